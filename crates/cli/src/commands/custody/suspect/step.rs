//! The steps after the first: `investigate` and `clear`; and what `report` shares with them.

use alloy_primitives::{Address, B256};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::types::{Content, RecordKind, UnitStop};
use theriac_core::document::Document as _;
use theriac_core::dscsa::{Handling, SuspectCase, SuspectProduct};

use super::Step;
use super::shelf::Shelf;
use super::traces::{Thing, Traces};
use crate::answer::Answer;
use crate::commands::several;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// A case with its next step, which is not done yet.
pub(super) struct Next {
    pub(super) suite: Suite,
    pub(super) shelf: Shelf,
    pub(super) case: SuspectCase,
    /// By which the case is known on chain.
    pub(super) id: B256,
    pub(super) step: SuspectProduct,
    /// What is stopped for the case.
    pub(super) things: Vec<Thing>,
}

#[derive(Serialize)]
struct Facts {
    case: String,
    id: B256,
    step: &'static str,
    evidence: B256,
    things: Vec<Thing>,
    #[serde(flatten)]
    done: Done,
}

impl Next {
    /// Finds the case, and writes the step after its last one.
    pub(super) async fn of(context: &Context<'_>, options: &Step, handling: Handling) -> Result<Self, Failure> {
        let suite = context.signing_suite().await?;
        let (account, shelf) = (suite.chain().account(), Shelf::open(context)?);
        let traces = Traces::of(&suite, account).await?;
        let before = shelf.case(&options.case, account, &traces)?;
        let id = before.id().map_err(|error| Failure::of(&error))?;
        let case = before.then(options.description.clone(), handling, salt()?);
        let case = case.map_err(|error| Failure { code: "WrongStep".to_owned(), ..Failure::of(&error) })?;
        let step = case.steps().last().cloned();
        let step = step.ok_or_else(|| Failure::internal("taking the step of a case", "it has none"))?;
        let things = still_stopped(&suite, account, traces.things(id)).await?;
        Ok(Self { suite, shelf, case, id, step, things })
    }

    /// Records about the case that there is this document.
    pub(super) async fn record(
        &self,
        context: &Context<'_>,
        kind: RecordKind,
        content: Content,
    ) -> Result<Done, Failure> {
        context.perform(&self.suite.anchors().append(self.id, kind, content)).await
    }

    /// The document of the step, as the chain refers to it.
    pub(super) fn content(&self) -> Result<Content, Failure> {
        Ok(self.step.address().map_err(|error| Failure::of(&error))?.into())
    }
}

/// The things whose quarantine is in force. A case without any is nobody's to go on with.
async fn still_stopped(suite: &Suite, account: Address, things: Vec<Thing>) -> Result<Vec<Thing>, Failure> {
    let mut stopped = Vec::with_capacity(things.len());
    for thing in things {
        if thing.is_stopped(suite, account).await? {
            stopped.push(thing);
        }
    }
    if stopped.is_empty() {
        let what =
            "nothing is stopped for this case any more: you or a regulator released it by `theriac custody release`";
        let help = "begin another case if the suspicion lasts: `theriac custody suspect quarantine`";
        return Err(Failure::user("Released", what, help));
    }
    Ok(stopped)
}

/// Notes that the product is looked into.
pub(super) async fn investigate(context: &Context<'_>, options: &Step) -> Result<Answer, Failure> {
    let next = Next::of(context, options, Handling::Investigate { since: today() }).await?;
    let (evidence, put) = next.shelf.put(context, &next.step)?;
    let done = put.settle(next.record(context, RecordKind::Report, next.content()?).await)?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    let what = format!("case {}: it {is} investigated, record {evidence}", options.case);
    told(&what, next, evidence, done)
}

/// Ends the case, and releases the things.
pub(super) async fn clear(context: &Context<'_>, options: &Step) -> Result<Answer, Failure> {
    let next = Next::of(context, options, Handling::Clear { on: today() }).await?;
    let (evidence, put) = next.shelf.put(context, &next.step)?;
    let done = put.settle(release(context, &next, evidence).await)?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    let what = format!(
        "case {}: it {is} cleared, and {} things released, evidence {evidence}",
        options.case,
        next.things.len()
    );
    told(&what, next, evidence, done)
}

async fn release(context: &Context<'_>, next: &Next, evidence: B256) -> Result<Done, Failure> {
    let (custody, units, by) = (next.suite.custody(), next.suite.units(), next.suite.chain().account());
    let (mut of_items, mut of_units) = (Vec::new(), Vec::new());
    for thing in &next.things {
        match thing {
            Thing::Item(item) => of_items.push(custody.release(*item, by, evidence)),
            Thing::Unit(unit) => of_units.push(units.free(*unit, UnitStop::Quarantine, by, evidence)),
        }
    }
    // A case is of items or of units, never of both.
    match of_units.is_empty() {
        true => several::perform(context, &of_items, |data| custody.multicall(data)).await,
        false => several::perform(context, &of_units, |data| units.multicall(data)).await,
    }
}

fn told(what: &str, next: Next, evidence: B256, done: Done) -> Result<Answer, Failure> {
    let Next { id, step, things, .. } = next;
    let text = format!("{what}\n{}", done.text());
    Answer::new(text, &Facts { case: step.case, id, step: step.handling.name(), evidence, things, done })
}

/// Today, UTC.
pub(super) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// What hides the document behind its digest.
pub(super) fn salt() -> Result<B256, Failure> {
    let mut salt = B256::ZERO;
    getrandom::fill(salt.as_mut_slice()).map_err(|error| Failure::internal("making a salt", error))?;
    Ok(salt)
}
