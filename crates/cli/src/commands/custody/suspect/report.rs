//! `theriac custody suspect report`: the product is illegitimate, and those who have to know are told.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::types::RecordKind;
use theriac_core::content::ContentAddress;
use theriac_core::document::Document as _;
use theriac_core::dscsa::Handling;
use theriac_core::envelope;

use super::Step;
use super::step::{Next, today};
use super::traces::Thing;
use crate::answer::Answer;
use crate::args::account;
use crate::commands::custody::papers::published;
use crate::commands::evidence;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac custody suspect report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    step: Step,
    /// Who has to know: trading partners who may have such product, and the regulator. You can open the notice, too.
    #[arg(long, required = true, num_args = 1.., value_name = "ADDRESS", value_parser = account)]
    to: Vec<Address>,
    /// The number that the FDA has given the incident, once it has: report again with it.
    #[arg(long, value_name = "TEXT")]
    incident_number: Option<String>,
}

#[derive(Serialize)]
struct Facts {
    case: String,
    id: B256,
    step: &'static str,
    evidence: B256,
    things: Vec<Thing>,
    /// The sealed notice.
    notice: ContentAddress,
    readers: Vec<Address>,
    #[serde(flatten)]
    done: Done,
}

/// Seals the whole case for its readers, stores and anchors it; then the step counts.
pub(super) async fn run(context: &Context<'_>, options: &Report) -> Result<Answer, Failure> {
    let handling = Handling::Report { determined: today(), incident_number: options.incident_number.clone() };
    let next = Next::of(context, &options.step, handling).await?;
    let mut readers = vec![published(&next.suite, next.suite.chain().account()).await?];
    for to in &options.to {
        let reader = published(&next.suite, *to).await?;
        if readers.iter().all(|known| known.key != reader.key) {
            readers.push(reader);
        }
    }
    let inside = next.case.canonical().map_err(|error| Failure::of(&error))?;
    let sealed = envelope::seal_bytes(&inside, &readers).map_err(|error| Failure::of(&error))?.bytes;
    let (evidence, put) = next.shelf.put(context, &next.step)?;
    let (notice, done) = put.settle(send(context, &next, &sealed).await)?;

    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!(
        "case {}: it {is} reported, and stays stopped; record {evidence}\nnotice {} {is} sealed for you and {} readers\n{}",
        next.step.case,
        notice.uri(),
        options.to.len(),
        done.text()
    );
    let Next { id, step, things, .. } = next;
    let (case, readers) = (step.case, options.to.clone());
    Answer::new(text, &Facts { case, id, step: step.handling.name(), evidence, things, notice, readers, done })
}

/// The notice comes first: a report that counts has one.
async fn send(context: &Context<'_>, next: &Next, sealed: &[u8]) -> Result<(ContentAddress, Done), Failure> {
    let notice = evidence::keep_bytes(context, sealed).await?;
    if !context.options.dry_run {
        next.record(context, RecordKind::Document, notice.into()).await?;
    }
    Ok((notice, next.record(context, RecordKind::Report, next.content()?).await?))
}
