//! The documents whose digests the verbs of goods put on chain: the user's file, or a small document that says what was done.

use std::fs::File;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use theriac_core::content::ContentAddress;
use theriac_core::{canonical, content};

use crate::context::Context;
use crate::failure::Failure;
use crate::{files, time};

/// The option by which a verb takes its evidence.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct EvidenceOptions {
    /// Document whose digest goes on chain; otherwise a small one is made that says what was done. Never name a patient.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
}

impl EvidenceOptions {
    /// Keeps the user's file, if one was given, and answers its digest.
    pub(crate) async fn given(&self, context: &Context<'_>) -> Result<Option<B256>, Failure> {
        match &self.evidence {
            Some(file) => Ok(Some(keep_file(context, file).await?.digest)),
            None => Ok(None),
        }
    }

    /// Keeps the user's file or else this document, and answers the digest.
    pub(crate) async fn or(&self, context: &Context<'_>, document: &impl Serialize) -> Result<B256, Failure> {
        match self.given(context).await? {
            Some(digest) => Ok(digest),
            None => keep(context, document).await,
        }
    }
}

/// Keeps a document in canonical form and answers its digest. A dry run only computes it.
pub(crate) async fn keep(context: &Context<'_>, document: &impl Serialize) -> Result<B256, Failure> {
    let bytes = canonical::to_canonical_bytes(document).map_err(|error| Failure::of(&error))?;
    Ok(keep_bytes(context, &bytes).await?.digest)
}

/// Keeps bytes and answers their address. A dry run only computes it.
pub(crate) async fn keep_bytes(context: &Context<'_>, bytes: &[u8]) -> Result<ContentAddress, Failure> {
    if context.options.dry_run {
        return content::address(bytes).map_err(|error| Failure::of(&error));
    }
    Ok(context.store()?.put(bytes).await?)
}

/// Keeps a file and answers its address. A dry run only computes it.
pub(crate) async fn keep_file(context: &Context<'_>, path: &Path) -> Result<ContentAddress, Failure> {
    let file = File::open(path).map_err(|error| files::failed(path, &error))?;
    if context.options.dry_run {
        return content::address(file).map_err(|error| Failure::of(&error).at(path));
    }
    Ok(context.store()?.put_file(path).await?)
}

/// The present second, as the documents write it.
pub(crate) fn now() -> String {
    time::iso(time::now())
}
