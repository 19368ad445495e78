//! The documents of the cases, in the home folder as `suspect/<digest>.json`.
//!
//! Invariant: a file has the digest of its content as its name, so one that was changed is known. A file that stands for nothing on
//! chain, as of a command that was killed, is passed over.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use theriac_core::document::Document as _;
use theriac_core::dscsa::{SuspectCase, SuspectProduct, digest};

use super::traces::Traces;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// All documents.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    steps: BTreeMap<B256, SuspectProduct>,
}

/// A document that was put there for a step that may yet be refused.
#[derive(Debug)]
pub(super) struct Put {
    /// None where nothing was written.
    file: Option<PathBuf>,
}

impl Shelf {
    /// Reads the documents.
    pub(super) fn open(context: &Context<'_>) -> Result<Self, Failure> {
        let folder = context.options.home.join("suspect");
        let mut steps = BTreeMap::new();
        if folder.exists() {
            for entry in std::fs::read_dir(&folder).map_err(|error| files::failed(&folder, &error))? {
                let file = entry.map_err(|error| files::failed(&folder, &error))?.path();
                if file.extension().is_some_and(|extension| extension == "json") {
                    let (name, step) = read(&file)?;
                    steps.insert(name, step);
                }
            }
        }
        Ok(Self { folder, steps })
    }

    /// The cases of this account, as far as the chain has their steps.
    pub(super) fn cases(&self, account: Address, traces: &Traces) -> Result<Vec<SuspectCase>, Failure> {
        let done: Vec<_> = self.steps.iter().filter(|(digest, step)| traces.has(&step.handling, **digest)).collect();
        let mut cases = Vec::new();
        for (first, step) in &done {
            if step.previous.is_some() || step.reporter.account != account {
                continue;
            }
            let mut case = SuspectCase::begin((*step).clone()).map_err(|error| Failure::of(&error))?;
            let mut last = **first;
            while let Some((next, step)) = done.iter().find(|(_, step)| step.previous == Some(last)) {
                case = case.with((*step).clone()).map_err(|error| Failure::of(&error))?;
                last = **next;
            }
            cases.push(case);
        }
        Ok(cases)
    }

    /// The newest case with this number.
    pub(super) fn case(&self, number: &str, account: Address, traces: &Traces) -> Result<SuspectCase, Failure> {
        let is_meant = |step: &SuspectProduct| step.case == number;
        let found = self.cases(account, traces)?.into_iter().find(|case| case.steps().iter().any(is_meant));
        found.ok_or_else(|| match self.steps.values().find(|step| is_meant(step)) {
            Some(step) if step.reporter.account != account => {
                let what = format!("case `{number}` is of {}, not of {account}", step.reporter.account);
                Failure::user("WrongParty", what, "who began a case takes its steps: sign with that account")
            }
            _ => {
                let what = format!("{} has no case `{number}` that was begun on this chain", self.folder.display());
                let help = "`theriac custody suspect list` shows your cases; `suspect quarantine` begins one";
                Failure::user("NoCase", what, help)
            }
        })
    }

    /// Puts a document there, unless this is a dry run.
    pub(super) fn put(&self, context: &Context<'_>, step: &SuspectProduct) -> Result<(B256, Put), Failure> {
        let digest = digest(step).map_err(|error| Failure::of(&error))?;
        if context.options.dry_run {
            return Ok((digest, Put { file: None }));
        }
        std::fs::create_dir_all(&self.folder).map_err(|error| files::failed(&self.folder, &error))?;
        let file = self.folder.join(format!("{digest}.json"));
        let bytes = step.canonical().map_err(|error| Failure::of(&error))?;
        files::write_secret(&file, |out| out.write_all(&bytes))?;
        Ok((digest, Put { file: Some(file) }))
    }
}

impl Put {
    /// Takes the document away again where the step was refused. A transaction that may still be mined keeps it.
    pub(super) fn settle<T>(self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if let Some(file) = self.file.filter(|_| outcome.as_ref().is_err_and(|failure| failure.code != "NotMined")) {
            // What went wrong before is told, and not that tidying up failed, too.
            drop(std::fs::remove_file(file));
        }
        outcome
    }
}

fn read(file: &Path) -> Result<(B256, SuspectProduct), Failure> {
    let damaged = || {
        let help = "restore it from a copy: who follows the case needs every step as it was; nothing was done";
        Failure::user("Damaged", format!("{} is not the document that it was", file.display()), help)
    };
    let step = SuspectProduct::parse(&files::read(file)?).map_err(|_| damaged())?;
    let digest = digest(&step).map_err(|_| damaged())?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    (name == digest.to_string()).then_some((digest, step)).ok_or_else(damaged)
}
