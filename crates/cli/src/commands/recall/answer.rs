//! `theriac recall acknowledge` and `close`.

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::{Address, B256, U256};
use clap::Args;
use serde::Serialize;
use theriac_bindings::custody::Custody::RecallAcknowledged;
use theriac_client::{RoomLog, Suite};

use super::known;
use crate::answer::Answer;
use crate::commands::evidence::{self, EvidenceOptions};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of both verbs.
#[derive(Debug, Args)]
pub(crate) struct Respond {
    /// The recall's number.
    recall: u64,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// The document that is made where the user gives none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecallEvent {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    verb: &'static str,
    recall: u64,
    by: Address,
    at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    recall: u64,
    account: Address,
    /// Whether it was so before, and nothing was sent.
    unchanged: bool,
    evidence: Option<B256>,
    #[serde(flatten)]
    done: Done,
}

/// Acknowledges the recall, once.
pub(super) async fn acknowledge(context: &Context<'_>, options: &Respond) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (number, account) = (options.recall, suite.chain().account());
    known::recall(&suite, number).await?;
    if !acknowledgements(&suite, number, |filter| filter.topic2(account)).await?.is_empty() {
        return unchanged(context, number, account, "acknowledged by this account");
    }
    let evidence = evidence(context, options, account, "acknowledge-recall").await?;
    let done = context.perform(&suite.custody().acknowledge_recall(number, evidence)).await?;
    changed(context, number, account, "acknowledged", evidence, done)
}

/// Closes the recall.
pub(super) async fn close(context: &Context<'_>, options: &Respond) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (number, account) = (options.recall, suite.chain().account());
    if known::recall(&suite, number).await?.closed_at != 0 {
        return unchanged(context, number, account, "closed");
    }
    let evidence = evidence(context, options, account, "close-recall").await?;
    let done = context.perform(&suite.custody().close_recall(number, evidence)).await?;
    changed(context, number, account, "closed", evidence, done)
}

/// Who acknowledged a recall, as far as `narrow` lets through.
pub(super) async fn acknowledgements(
    suite: &Suite,
    recall: u64,
    narrow: impl FnOnce(Filter) -> Filter,
) -> Result<Vec<RoomLog>, Failure> {
    let all = Filter::new().address(suite.custody().address()).event_signature(RecallAcknowledged::SIGNATURE_HASH);
    let filter = narrow(all.topic1(U256::from(recall)));
    Ok(suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await?)
}

async fn evidence(context: &Context<'_>, options: &Respond, by: Address, verb: &'static str) -> Result<B256, Failure> {
    let at = evidence::now();
    let event = RecallEvent { kind: "recallEvent", v: 1, verb, recall: options.recall, by, at };
    options.evidence.or(context, &event).await
}

fn unchanged(context: &Context<'_>, recall: u64, account: Address, state: &str) -> Result<Answer, Failure> {
    let facts = Facts { recall, account, unchanged: true, evidence: None, done: Done::nothing(context) };
    Answer::new(format!("recall {recall} is {state} already; nothing was sent"), &facts)
}

fn changed(
    context: &Context<'_>,
    recall: u64,
    account: Address,
    state: &str,
    evidence: B256,
    done: Done,
) -> Result<Answer, Failure> {
    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!("recall {recall} {is} {state}\n{}", done.text());
    Answer::new(text, &Facts { recall, account, unchanged: false, evidence: Some(evidence), done })
}
