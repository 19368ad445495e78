//! `theriac participants suspend` and `reinstate`: decisions with written reasons.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_core::{canonical, content};

use crate::answer::Answer;
use crate::args::account;
use crate::commands::delayed::{self, Stage, StageFacts};
use crate::context::Context;
use crate::failure::Failure;

/// Options of both decisions.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The account.
    #[arg(value_parser = account)]
    account: Address,
    /// Why, in words; kept as a document, whose digest goes on chain. Never name a patient.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// The document of a decision. It has no time, so that a decision announced by one run is the same in the next.
#[derive(Serialize)]
struct Reasons<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    account: Address,
    decision: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    account: Address,
    suspended: bool,
    evidence: Option<B256>,
    #[serde(flatten)]
    stage: StageFacts,
}

/// Suspends.
pub(super) async fn suspend(context: &Context<'_>, options: &Decide) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    if !must_act(&suite, options.account, true).await? {
        return unchanged(context, options, true);
    }
    let evidence = keep(context, options, "suspend").await?;
    let call = suite.participants().suspend(options.account, evidence);
    let stage = Stage::Done(context.perform(&call).await?);
    answer(context, options, true, evidence, &stage)
}

/// Reinstates.
pub(super) async fn reinstate(context: &Context<'_>, options: &Decide) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    if !must_act(&suite, options.account, false).await? {
        return unchanged(context, options, false);
    }
    let evidence = keep(context, options, "reinstate").await?;
    let call = suite.participants().reinstate(options.account, evidence);
    let stage = delayed::perform(context, &suite, &call).await?;
    answer(context, options, false, evidence, &stage)
}

/// Whether the account is not as it should become.
async fn must_act(suite: &Suite, account: Address, suspended: bool) -> Result<bool, Failure> {
    let known = suite.participants().participant_of(account).await?;
    if !known.is_enrolled() {
        return Err(Failure::user(
            "NotEnrolled",
            format!("{account} was never enrolled"),
            "`theriac participants list` shows who was",
        ));
    }
    Ok(known.suspended != suspended)
}

/// Stores the reasons and answers their digest; a dry run only computes it.
async fn keep(context: &Context<'_>, options: &Decide, decision: &'static str) -> Result<B256, Failure> {
    if options.reason.trim().is_empty() {
        return Err(Failure::user("NoReason", "--reason is empty", "say why, in a sentence"));
    }
    let reasons =
        Reasons { kind: "participantDecision", v: 1, account: options.account, decision, reason: &options.reason };
    let bytes = canonical::to_canonical_bytes(&reasons).map_err(|error| Failure::of(&error))?;
    if context.options.dry_run {
        return Ok(content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?.digest);
    }
    Ok(context.store()?.put(&bytes).await?.digest)
}

fn unchanged(context: &Context<'_>, options: &Decide, suspended: bool) -> Result<Answer, Failure> {
    let state = if suspended { "suspended already" } else { "not suspended" };
    let stage = StageFacts::nothing(context.options.dry_run);
    let facts = Facts { account: options.account, suspended, evidence: None, stage };
    Answer::new(format!("{} is {state}; nothing was sent", options.account), &facts)
}

fn answer(
    context: &Context<'_>,
    options: &Decide,
    suspended: bool,
    evidence: B256,
    stage: &Stage,
) -> Result<Answer, Failure> {
    let verb = if context.options.dry_run { "would be" } else { "is" };
    let state = if suspended { "suspended" } else { "reinstated" };
    let text = stage.text(&format!("{} {verb} {state}", options.account));
    let dry_run = context.options.dry_run;
    // Until a decision is executed, the account stays as it was.
    let suspended = suspended != !matches!(stage, Stage::Done(_));
    let facts = Facts { account: options.account, suspended, evidence: Some(evidence), stage: stage.facts(dry_run) };
    Answer::new(text, &facts)
}
