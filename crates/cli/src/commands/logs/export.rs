//! `theriac logs export`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use theriac_client::logs;
use theriac_core::ids::ItemId;
use theriac_core::logs::FileFacts;

use super::record::{Opened, RecordOptions};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac logs export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    record: RecordOptions,
    /// Where the file goes, for its owner's eyes only.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    number: usize,
    file: FileFacts,
    out: PathBuf,
    dry_run: bool,
}

/// Writes the file. A dry run verifies all of it and writes nothing.
pub(super) async fn run(context: &Context<'_>, options: &Export) -> Result<Answer, Failure> {
    let opened = options.record.open(context).await?;
    // Before a gigabyte is opened; that nobody made the file meanwhile is seen to when it is named.
    if !options.force && options.out.exists() {
        return Err(files::failed(&options.out, &std::io::ErrorKind::AlreadyExists.into()));
    }
    let dry_run = context.options.dry_run;
    match dry_run {
        true => write(context, &opened, &mut std::io::sink(), &options.out).await?,
        false => write_file(context, &opened, &options.out, options.force).await?,
    }
    let Opened { item, entry, manifest, .. } = opened;
    let is = if dry_run { "would be" } else { "is" };
    let text = format!(
        "record {} of {item} {is} written to {}: {}, {} bytes, all verified",
        entry.number,
        options.out.display(),
        manifest.file.name,
        manifest.file.size
    );
    let (file, out) = (manifest.file, options.out.clone());
    Answer::new(text, &Facts { item, number: entry.number, file, out, dry_run })
}

/// The file appears under its name when it is whole; before that, it has another beside it.
async fn write_file(context: &Context<'_>, opened: &Opened, out: &Path, force: bool) -> Result<(), Failure> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| files::failed(out, &error);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    write(context, opened, file.as_file_mut(), out).await?;
    file.as_file().sync_all().map_err(failed)?;
    let named = if force { file.persist(out) } else { file.persist_noclobber(out) };
    named.map(drop).map_err(|error| failed(error.error))
}

async fn write(
    context: &Context<'_>,
    opened: &Opened,
    out: &mut (impl std::io::Write + Send),
    name: &Path,
) -> Result<(), Failure> {
    let bar = context.printer.progress(opened.manifest.file.size, "opening");
    let done = |bytes: usize| bar.inc(bytes as u64);
    logs::write_out(&opened.store, &opened.manifest, &opened.identities, out, name, done).await?;
    out.flush().map_err(|error| files::failed(name, &error))
}
