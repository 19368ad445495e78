//! `theriac epcis`: events of the supply chain in files of EPCIS 2.0.

mod confirm;
mod export;
mod import;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use theriac_core::epcis::{Document, EpcisError, Finding, Schema, validate};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// What can be done with a file of events.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Print the canonical hash (CBV 2.0) of every event, one a line.
    Hash {
        /// EPCIS 2.0 in JSON: a document, a query document or one event; `-` reads standard input.
        file: PathBuf,
        /// Print what is hashed, too: the pre-hash string behind each hash.
        #[arg(long)]
        pre_hash: bool,
    },
    /// Tell whether a file keeps to the JSON schema of EPCIS 2.0, and where not. Exit code 0 only when it does.
    Validate {
        /// EPCIS 2.0 in JSON: a document, a query document or one event; `-` reads standard input.
        file: PathBuf,
        /// Validate with this JSON schema (as that of GS1) and not with the built-in one.
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
    },
    /// Write the events of your own verbs, and those that you imported, as one document for a partner: what the chain has as evidence.
    Export(export::Export),
    /// Keep a partner's events, each of which has to be the evidence of something on the chain. Exit code 0 only when all are.
    Import(import::Import),
}

/// Does it.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Export(options) => export::run(context, &options).await,
        Verb::Import(options) => import::run(context, &options).await,
        Verb::Hash { file, pre_hash } => hash(&file, pre_hash),
        Verb::Validate { file, schema } => check(&file, schema.as_deref()),
    }
}

fn hash(file: &Path, pre_hash: bool) -> Result<Answer, Failure> {
    let document = Document::parse(&read(file)?).map_err(|error| refused(file, &error))?;
    let hashes = document.hashes();
    if !pre_hash {
        let lines: Vec<String> = hashes.iter().map(ToString::to_string).collect();
        return Answer::new(lines.join("\n"), &serde_json::json!({ "hashes": hashes }));
    }
    let strings = document.pre_hashes();
    let lines: Vec<String> = hashes.iter().zip(&strings).map(|(hash, string)| format!("{hash} {string}")).collect();
    Answer::new(lines.join("\n"), &serde_json::json!({ "hashes": hashes, "preHashes": strings }))
}

fn check(file: &Path, schema: Option<&Path>) -> Result<Answer, Failure> {
    let text = read(file)?;
    let findings = match schema {
        None => validate(&text),
        Some(path) => {
            let schema = Schema::parse(&files::read_text(path)?).map_err(|error| Failure::of(&error).at(path))?;
            schema.validate(&text)
        }
    };
    let findings = findings.map_err(|error| refused(file, &error))?;
    let valid = findings.is_empty();
    let facts = serde_json::json!({ "valid": valid, "findings": findings });
    Ok(Answer::new(told(file, &findings), &facts)?.good(valid))
}

fn told(file: &Path, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return format!("{} keeps to the schema of EPCIS 2.0", name(file));
    }
    let one = |finding: &Finding| {
        let path = if finding.path.is_empty() { "/" } else { &finding.path };
        let Finding { line, schema_path, problem, .. } = finding;
        format!("{}:{line}: {path}: {problem} (schema {schema_path})", name(file))
    };
    findings.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn read(file: &Path) -> Result<String, Failure> {
    if file != Path::new("-") {
        return files::read_text(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| files::failed(Path::new("standard input"), &error))?;
    Ok(text)
}

fn refused(file: &Path, error: &EpcisError) -> Failure {
    let help = match error {
        EpcisError::NotJson { .. } => "was the file cut off, or edited by hand? Get it again from who made it",
        EpcisError::Malformed { .. } => {
            "mend this place, or tell who made the file; `theriac epcis validate` shows all of them"
        }
        _ => "",
    };
    Failure { help: help.to_owned(), ..Failure::of(error).at(Path::new(name(file).as_str())) }
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}
