//! `theriac epcis import`.

use std::collections::HashMap;
use std::path::PathBuf;

use alloy::rpc::types::Filter;
use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use theriac_client::{RoomLog, Suite};
use theriac_core::epcis::{Document, EventHash};

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
    /// The transaction that has it as evidence; none when the chain has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
    /// What was done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    deed: Option<String>,
}

/// Keeps those events that the chain confirms, and names the others.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Answer, Failure> {
    let document = Document::parse(&read(&options.file)?).map_err(|error| refused(&options.file, &error))?;
    let hashes = document.hashes();
    let known = evidence(&context.suite().await?).await?;
    let mut lines = Vec::with_capacity(hashes.len());
    for (event, hash) in document.events().iter().zip(hashes) {
        let found = known.get(&hash.0);
        // An event that needs the prefixes of its document has another hash alone, and could not be shown by itself.
        if found.is_some() && event.hash() == hash {
            events::keep_known(context, event)?;
        }
        let (transaction, deed) = found.map(|(hash, deed)| (*hash, deed.clone())).unzip();
        lines.push(Line { hash, transaction: transaction.flatten(), deed });
    }
    let confirmed = lines.iter().filter(|line| line.deed.is_some()).count();
    let one = |line: &Line| match (&line.deed, line.transaction) {
        (Some(deed), Some(transaction)) => format!("{} {deed}, transaction {transaction}", line.hash),
        (Some(deed), None) => format!("{} {deed}", line.hash),
        (None, _) => format!("{} is no evidence of anything on this chain", line.hash),
    };
    let mut text: Vec<String> = lines.iter().map(one).collect();
    text.push(format!("{confirmed} of {} events are on the chain and kept", lines.len()));
    let all = confirmed == lines.len();
    let facts = serde_json::json!({ "events": lines, "confirmed": confirmed });
    Ok(Answer::new(text.join("\n"), &facts)?.good(all))
}

/// What the rooms have as evidence: the transaction, and what was done.
pub(super) async fn evidence(suite: &Suite) -> Result<HashMap<B256, (Option<B256>, String)>, Failure> {
    let rooms = vec![suite.custody().address(), suite.units().address(), suite.pharmacy().address()];
    let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
    let logs = suite.logs_of(Filter::new().address(rooms), first, last).await?;
    let mut found = HashMap::new();
    for log in logs {
        if let Some((deed, evidence)) = evidence_of(&log) {
            // A verb on several items tells one event for each; the first says enough.
            found.entry(evidence).or_insert((log.transaction, deed));
        }
    }
    Ok(found)
}

/// Every event that carries evidence names it so.
fn evidence_of(log: &RoomLog) -> Option<(String, B256)> {
    let told = serde_json::to_value(&log.event).ok()?;
    let (room, event) = (told.get("room")?.as_str()?, told.get("event")?.as_object()?);
    let (name, fields) = event.iter().next()?;
    let evidence = fields.get("evidence").and_then(Value::as_str)?;
    Some((format!("{room}: {name}"), evidence.parse().ok()?))
}
