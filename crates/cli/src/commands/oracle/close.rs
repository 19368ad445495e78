//! `theriac oracle close`.

use alloy_primitives::B256;
use serde::Serialize;
use theriac_bindings::fhir_oracle::FhirOracle::FhirOracleEvents as Event;
use theriac_client::RoomEvent;
use theriac_client::types::Rule;

use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    question: B256,
    settled: bool,
    rule: Rule,
    agreed: u32,
    answered: u32,
    nodes: usize,
    #[serde(flatten)]
    done: Done,
}

/// Closes it.
pub(super) async fn run(context: &Context<'_>, id: B256) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let question = suite.question(id).await?;
    let (done, events) = context.perform_telling(&suite.fhir_oracle().close(&question)).await?;
    let closed = events.into_iter().find_map(|event| match event {
        RoomEvent::FhirOracle(Event::Closed(closed)) => Some(closed),
        _ => None,
    });
    let closed = closed.ok_or_else(|| Failure::internal("closing the question", "the room told nothing"))?;
    let (agreed, answered) = (closed.agreed.count_ones(), closed.answered.count_ones());
    let (settled, nodes) = (closed.settled, question.nodes.len());
    let is = if done.dry_run { "would be" } else { "is" };
    let came = if settled { "settled" } else { "not settled" };
    let text = format!(
        "question {id} {is} closed, {came}: {answered} of {nodes} nodes answered, {agreed} agreed\n{}",
        done.text()
    );
    Answer::new(text, &Facts { question: id, settled, rule: question.rule, agreed, answered, nodes, done })
}
