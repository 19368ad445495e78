//! `theriac market attach`: the digest of a document, anchored to a purchase.

use std::path::Path;

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use theriac_client::types::Content;
use theriac_core::content::ContentAddress;

use super::find;
use crate::answer::Answer;
use crate::commands::evidence;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac market attach`.
#[derive(Debug, Args)]
pub(crate) struct Attach {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
    /// The document: a file, which is kept in the store; or a CID, or the sha2-256 digest of one that is kept already. Seal what is
    /// not for everybody before: `theriac envelope seal`.
    #[arg(value_name = "FILE|CID|DIGEST")]
    document: String,
}

#[derive(Serialize)]
struct Facts {
    purchase: B256,
    document: ContentAddress,
    digest: B256,
    #[serde(flatten)]
    done: Done,
}

/// Attaches.
pub(super) async fn run(context: &Context<'_>, options: &Attach) -> Result<Answer, Failure> {
    find::check(&options.purchase)?;
    let suite = context.signing_suite().await?;
    let (known, _) = find::purchase(&suite, &options.purchase).await?;
    let account = suite.chain().account();
    if account != known.terms.buyer && account != known.terms.seller {
        let what = format!("{account} is neither buyer nor seller of purchase {}", known.id);
        return Err(Failure::user("NotParty", what, "only they attach documents"));
    }
    let record = record(context, &options.document).await?;
    let done = context.perform(&suite.market().attach(&known.terms, record)).await?;
    let document = record.address()?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!("{} {is} attached to purchase {}\n{}", document.uri(), known.id, done.text());
    Answer::new(text, &Facts { purchase: known.id, document, digest: record.digest, done })
}

/// The document's address; a file is kept before its digest goes on chain.
async fn record(context: &Context<'_>, text: &str) -> Result<Content, Failure> {
    if Path::new(text).is_file() {
        return Ok(evidence::keep_file(context, Path::new(text)).await?.into());
    }
    if let Ok(digest) = text.parse::<B256>() {
        return Ok(Content::raw(digest));
    }
    text.parse::<ContentAddress>().map(Content::from).map_err(|_| {
        let what = format!("`{text}` is neither a file, nor a CID, nor a digest");
        Failure::user(
            "NoDocument",
            what,
            "give a file's path as seen from here, an ipfs:// address, or 0x and 64 digits",
        )
    })
}
