//! From the chain and the store back to the file.

use std::io::Write;
use std::path::Path;

use alloy::primitives::B256;
use theriac_core::envelope::Identity;
use theriac_core::ids::ItemId;
use theriac_core::logs::{Cutter, Hasher, LogError, MAX_RECORD, Manifest, packed_limit, unpack};

use super::{LogsError, RecordEntry};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::suite::Suite;

/// Fetches and opens the manifest of a record, and believes it only if it is that of this record.
pub async fn open(
    suite: &Suite,
    store: &Store,
    item: ItemId,
    entry: &RecordEntry,
    identities: &[Identity],
) -> Result<Manifest> {
    let sealed = store.get_within(&entry.content.address()?, MAX_RECORD).await?;
    let manifest = Manifest::open(&sealed, identities).map_err(LogsError::Log)?;
    let differences = manifest.differences(&entry.told(suite, item)?);
    match differences.is_empty() {
        true => Ok(manifest),
        false => Err(LogsError::OtherRecord { number: entry.number, differences }.into()),
    }
}

/// Fetches and opens one segment; `index` counts from 0.
pub async fn segment(store: &Store, manifest: &Manifest, index: usize, identities: &[Identity]) -> Result<Vec<u8>> {
    let (segment, of) = (&manifest.segments[index], manifest.segments.len());
    let sealed = store.get_within(&segment.content, packed_limit(segment)).await.map_err(|error| match error {
        Error::Store(source) => LogsError::Missing { number: index + 1, of, source: Box::new(source) }.into(),
        other => other,
    })?;
    let plain = unpack(&sealed, identities, segment);
    Ok(plain.map_err(|fault| LogsError::Log(fault.of_segment(index, of)))?)
}

/// Writes the whole file, a segment at a time, and checks each and the whole. What was written before an error is not to be
/// used. `out` is called `path` in errors.
pub async fn write_out(
    store: &Store,
    manifest: &Manifest,
    identities: &[Identity],
    out: &mut (impl Write + Send),
    path: &Path,
    mut done: impl FnMut(usize) + Send,
) -> Result<()> {
    let mut whole = Hasher::default();
    for index in 0..manifest.segments.len() {
        let plain = segment(store, manifest, index, identities).await?;
        whole.update(&plain);
        out.write_all(&plain).map_err(|source| LogsError::File { path: path.to_owned(), source })?;
        done(plain.len());
    }
    match whole.finish() == manifest.file.sha256 {
        true => Ok(()),
        false => Err(LogsError::Log(LogError::Whole).into()),
    }
}

/// SHA-256 of a file, read as it is pushed.
pub async fn digest_of(source: super::Source) -> Result<B256> {
    let digest = tokio::task::spawn_blocking(move || {
        let mut cutter = Cutter::new(source.file(), source.size())?;
        let mut buffer = Vec::new();
        while cutter.next_into(&mut buffer)? {}
        Ok::<_, LogError>(cutter.finish())
    });
    Ok(digest.await.map_err(|_| LogsError::Stopped)?.map_err(LogsError::Log)?)
}
