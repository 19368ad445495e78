//! `theriac epcis import`.

use std::collections::HashSet;
use std::path::PathBuf;

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use theriac_core::epcis::{Document, EventHash};

use super::confirm::{Evidence, Known};
use super::{read, refused};
use crate::answer::Answer;
use crate::commands::events;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac epcis import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// EPCIS 2.0 in JSON: a document, a query document or one event; `-` reads standard input.
    file: PathBuf,
}

/// What became of one event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    hash: EventHash,
    /// The transaction that has it as evidence, or an event that names it; none when the chain has neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
    /// What was done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    deed: Option<String>,
}

#[derive(Serialize)]
struct Facts {
    events: Vec<Line>,
    confirmed: usize,
    /// Events of the same acts that are neither in the file nor kept already.
    missing: Vec<EventHash>,
}

/// Keeps those events that the chain confirms, and names the others.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Answer, Failure> {
    let document = Document::parse(&read(&options.file)?).map_err(|error| refused(&options.file, &error))?;
    let hashes = document.hashes();
    let pairs = hashes.iter().zip(document.preceding());
    let given: Vec<_> = pairs.map(|(hash, preceding)| Known { hash: *hash, preceding }).collect();
    let evidence = Evidence::read(&context.suite().await?).await?;
    // One event of an act may have come before the others.
    let mut all = given.clone();
    let new: HashSet<_> = hashes.iter().copied().collect();
    all.extend(kept(context)?.into_iter().filter(|known| !new.contains(&known.hash)));
    let confirmed = evidence.confirm(&all);
    let mut lines = Vec::with_capacity(hashes.len());
    for (event, Known { hash, .. }) in document.events().iter().zip(&given) {
        let deed = confirmed.deed(*hash);
        // An event that needs the prefixes of its document has another hash alone, and could not be shown by itself.
        if deed.is_some() && event.hash() == *hash && !context.options.dry_run {
            events::keep_known(context, event)?;
        }
        let (transaction, deed) = deed.map(|deed| (deed.transaction, deed.what.clone())).unzip();
        lines.push(Line { hash: *hash, transaction: transaction.flatten(), deed });
    }
    // Of what was kept before, it was said then.
    let named: HashSet<_> = evidence.confirm(&given).missing.into_iter().collect();
    let missing: Vec<_> = confirmed.missing.into_iter().filter(|hash| named.contains(hash)).collect();
    let count = lines.iter().filter(|line| line.deed.is_some()).count();
    Facts { events: lines, confirmed: count, missing }.answer()
}

fn kept(context: &Context<'_>) -> Result<Vec<Known>, Failure> {
    let kept = events::all(context)?;
    Ok(kept.iter().map(|event| Known { hash: event.hash(), preceding: event.preceding() }).collect())
}

impl Facts {
    fn answer(&self) -> Result<Answer, Failure> {
        let one = |line: &Line| match (&line.deed, line.transaction) {
            (Some(deed), Some(transaction)) => format!("{} {deed}, transaction {transaction}", line.hash),
            (Some(deed), None) => format!("{} {deed}", line.hash),
            (None, _) => format!("{} is no evidence of anything on this chain", line.hash),
        };
        let mut text: Vec<String> = self.events.iter().map(one).collect();
        let missing = self.missing.iter();
        text.extend(
            missing.map(|hash| format!("{hash} belongs to an act above and is missing: ask who sent the file")),
        );
        text.push(format!("{} of {} events are on the chain and kept", self.confirmed, self.events.len()));
        let good = self.confirmed == self.events.len() && self.missing.is_empty();
        Ok(Answer::new(text.join("\n"), self)?.good(good))
    }
}
