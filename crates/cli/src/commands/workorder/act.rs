//! The verbs that change a work order.

use std::path::Path;

use alloy_primitives::Address;
use serde::Serialize;
use theriac_bindings::mds_profiles::MdsProfiles::MdsProfilesEvents;
use theriac_client::RoomEvent;
use theriac_core::canonical;
use theriac_core::content::ContentAddress;

use super::{Close, Open};
use crate::answer::Answer;
use crate::commands::evidence;
use crate::commands::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// A text as a document.
#[derive(Serialize)]
struct Note<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    /// None of a dry run that would open one.
    order: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engineer: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<ContentAddress>,
    #[serde(flatten)]
    done: Done,
}

impl Facts {
    fn of(order: u64, done: Done) -> Self {
        Self { order: Some(order), engineer: None, until: None, document: None, done }
    }
}

/// Keeps a file, or a text that is no file's name.
async fn keep(context: &Context<'_>, text: &str) -> Result<ContentAddress, Failure> {
    let path = Path::new(text);
    if path.is_file() {
        return evidence::keep_file(context, path).await;
    }
    if text.trim().is_empty() {
        return Err(Failure::user("NoText", "the text is empty", "say in words what it is about, or name a file"));
    }
    let note = Note { kind: "workOrderNote", v: 1, text };
    let bytes = canonical::to_canonical_bytes(&note).map_err(|error| Failure::of(&error))?;
    evidence::keep_bytes(context, &bytes).await
}

fn answer(context: &Context<'_>, what: &str, facts: &Facts) -> Result<Answer, Failure> {
    let is = if context.options.dry_run { "would be" } else { "is" };
    let order = facts.order.map(|order| format!(" {order}")).unwrap_or_default();
    Answer::new(format!("work order{order} {is} {what}\n{}", facts.done.text()), facts)
}

/// Opens one.
pub(super) async fn open(context: &Context<'_>, options: &Open) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.signing_suite().await?;
    let document = keep(context, &options.description).await?;
    let call = suite.mds_profiles().open(item, options.kind, document.into());
    let (done, events) = context.perform_telling(&call).await?;
    let order = events.iter().find_map(|event| match event {
        RoomEvent::MdsProfiles(MdsProfilesEvents::OrderOpened(opened)) if !context.options.dry_run => {
            Some(opened.order)
        }
        _ => None,
    });
    let facts = Facts { order, document: Some(document), ..Facts::of(0, done) };
    answer(context, &format!("opened ({}) for {item}", options.kind), &facts)
}

/// Assigns it.
pub(super) async fn assign(
    context: &Context<'_>,
    order: u64,
    engineer: Address,
    until: u64,
) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.mds_profiles().assign(order, engineer, until)).await?;
    let end = time::iso(until);
    let what = format!("{engineer}'s until {end}");
    answer(context, &what, &Facts { engineer: Some(engineer), until: Some(end), ..Facts::of(order, done) })
}

/// Takes it away.
pub(super) async fn unassign(context: &Context<'_>, order: u64) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.mds_profiles().unassign(order)).await?;
    answer(context, "nobody's now", &Facts::of(order, done))
}

/// Begins the work.
pub(super) async fn start(context: &Context<'_>, order: u64) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.mds_profiles().start(order)).await?;
    answer(context, "started", &Facts::of(order, done))
}

/// Adds evidence.
pub(super) async fn evidence(context: &Context<'_>, order: u64, file: &Path) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let document = evidence::keep_file(context, file).await?;
    let done = context.perform(&suite.mds_profiles().add_evidence(order, document.into())).await?;
    let what = format!("given the evidence {}", document.uri());
    answer(context, &what, &Facts { document: Some(document), ..Facts::of(order, done) })
}

/// Ends the work.
pub(super) async fn close(context: &Context<'_>, options: &Close) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let report = evidence::keep_file(context, &options.report).await?;
    let (maintenance, calibration) = (options.maintenance_due, options.calibration_due);
    let call = suite.mds_profiles().close(options.order, options.outcome, maintenance, calibration, report.into());
    let done = context.perform(&call).await?;
    let what = format!("closed ({}), report {}", options.outcome, report.uri());
    answer(context, &what, &Facts { document: Some(report), ..Facts::of(options.order, done) })
}

/// Gives it up.
pub(super) async fn cancel(context: &Context<'_>, order: u64, reason: &str) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let document = keep(context, reason).await?;
    let done = context.perform(&suite.mds_profiles().cancel(order, document.into())).await?;
    answer(context, "cancelled", &Facts { document: Some(document), ..Facts::of(order, done) })
}
