//! `theriac mds backup`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use theriac_client::mds;

use super::keeping::{Devices, KeptFacts};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac mds backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    devices: Devices,
    /// The CAR v1 file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    file: PathBuf,
    bytes: u64,
    documents: Vec<KeptFacts>,
    /// What this store has not, or has damaged: it is not in the file.
    missing: Vec<KeptFacts>,
}

/// Writes the file; exit code 1 if this store lacks something.
pub(super) async fn run(context: &Context<'_>, options: &Backup) -> Result<Answer, Failure> {
    files::require_new(&options.out)?;
    let suite = context.suite().await?;
    let store = context.store()?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let mut wanted = options.devices.documents(context, &suite).await?;
    while !wanted.is_empty() {
        let mut whole = Vec::new();
        for kept in wanted {
            match store.is_whole(&kept.address).await? {
                true => whole.push(kept),
                false => missing.push(KeptFacts::of(&kept)),
            }
        }
        // After the documents, the parts of the files that they name.
        wanted = mds::segments(&store, &whole).await?;
        found.append(&mut whole);
    }
    if found.is_empty() {
        return Err(Failure::user(
            "NothingKept",
            "this store has none of the documents",
            "name the store that has them (--store), or bring them here (`theriac mds restore`)",
        ));
    }
    let roots: Vec<_> = found.iter().map(|kept| kept.address).collect();
    let bytes = store.export_car(&roots, &options.out).await?;
    let documents = found.iter().map(KeptFacts::of).collect();
    let facts = Facts { file: options.out.clone(), bytes, documents, missing };
    let mut lines: Vec<String> = facts.missing.iter().map(KeptFacts::text).collect();
    lines.push(format!("{} documents in {}, {} bytes", facts.documents.len(), facts.file.display(), facts.bytes));
    Ok(Answer::new(lines.join("\n"), &facts)?.good(facts.missing.is_empty()))
}
