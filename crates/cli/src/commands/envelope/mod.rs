//! `theriac envelope`: purchase records, sealed for those who may read them.

mod inspect;
mod open;
pub(crate) mod readers;
mod seal;
pub(crate) mod secrets;
mod share;

use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use clap::{Args, Subcommand};
use serde::Serialize;
use theriac_core::content::ContentAddress;
use theriac_core::envelope::{self, Reader, Sealed, Warning};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// What can be done with envelopes.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Seal a purchase record for its readers, or for a passphrase.
    Seal(seal::Seal),
    /// Open an envelope, and show or write the record in it.
    Open(open::Open),
    /// Seal a record anew for other readers. The old envelope stays what it was.
    Share(share::Share),
    /// Show what everybody can see of an envelope: how it is sealed, and its digest.
    Inspect {
        /// The envelope.
        file: PathBuf,
    },
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Seal(options) => seal::run(context, &options).await,
        Verb::Open(options) => open::run(context, &options).await,
        Verb::Share(options) => share::run(context, &options).await,
        Verb::Inspect { file } => inspect::run(context, &file),
    }
}

/// Where an envelope goes.
#[derive(Debug, Args)]
struct Output {
    /// Where the envelope is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
    /// Keep the envelope in the content store, too.
    #[arg(long)]
    into_store: bool,
}

/// What is told of an envelope that was made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    file: PathBuf,
    size: usize,
    /// What is anchored.
    digest: B256,
    codec: u8,
    content: ContentAddress,
    stored: bool,
    readers: Vec<Reader>,
    warnings: Vec<String>,
    dry_run: bool,
}

impl Output {
    /// Refuses a name that is taken before any work is done for it.
    fn check(&self) -> Result<(), Failure> {
        match self.out.exists() && !self.force {
            true => Err(Failure::user(
                "File",
                format!("{} is there already", self.out.display()),
                "nothing was overwritten: name another file, or give --force",
            )),
            false => Ok(()),
        }
    }

    /// Writes the envelope, and stores it if that was asked for.
    async fn keep(&self, context: &Context<'_>, sealed: Sealed) -> Result<Made, Failure> {
        let content = envelope::address(&sealed.bytes).map_err(|error| Failure::of(&error))?;
        let dry_run = context.options.dry_run;
        if !dry_run {
            self.write(&sealed.bytes)?;
            if self.into_store {
                context.store()?.put(&sealed.bytes).await?;
            }
        }
        Ok(Made {
            file: self.out.clone(),
            size: sealed.bytes.len(),
            digest: content.digest,
            codec: content.codec.byte(),
            content,
            stored: self.into_store && !dry_run,
            readers: sealed.readers,
            warnings: told(context, &sealed.warnings),
            dry_run,
        })
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        use std::io::Write as _;
        if !self.force {
            return files::write_new(&self.out, bytes);
        }
        let replacement = files::Replacement::begin(&self.out)?;
        replacement.file().write_all(bytes).map_err(|error| files::failed(&self.out, &error))?;
        replacement.finish()
    }
}

impl Made {
    /// Lines for a person.
    fn text(&self) -> String {
        let place = match (self.dry_run, self.stored) {
            (true, _) => "dry run, nothing written",
            (false, true) => "written, and kept in the content store",
            (false, false) => "written",
        };
        let mut text = format!(
            "envelope  {} ({place}), {} bytes\ndigest    {}\ncontent   {}",
            self.file.display(),
            self.size,
            self.digest,
            self.content.uri()
        );
        text.push_str(&readers_text(&self.readers));
        text
    }
}

/// A line for each reader, each on a new line.
fn readers_text(readers: &[Reader]) -> String {
    let line = |reader: &Reader| match reader.account {
        Some(account) => format!("\nreader    {} of {account}", reader.key),
        None => format!("\nreader    {}", reader.key),
    };
    readers.iter().map(line).collect()
}

/// Tells the warnings, and gives them for the answer.
fn told(context: &Context<'_>, warnings: &[Warning]) -> Vec<String> {
    let texts: Vec<_> = warnings.iter().map(Warning::to_string).collect();
    texts.iter().for_each(|text| context.printer.note(text));
    texts
}

/// The bytes of an envelope.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    files::read(file)
}

/// A refusal of an envelope, with its file.
fn refused(file: &Path) -> impl Fn(envelope::EnvelopeError) -> Failure {
    let file = file.to_owned();
    move |error| Failure::of(&error).at(&file)
}
