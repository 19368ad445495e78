//! Questions and answers found again in the events of `FhirOracle`.

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use theriac_bindings::fhir_oracle::FhirOracle::{Answered, Asked, FhirOracleEvents as Event};

use super::OracleError;
use crate::error::Result;
use crate::events::RoomEvent;
use crate::rooms::{OracleAnswer, Question};
use crate::suite::Suite;
use crate::types::Content;

impl Suite {
    /// The terms of a question.
    pub async fn question(&self, question: B256) -> Result<Question> {
        let newest = self.chain().block_number().await?;
        let filter = self.oracle_events().event_signature(Asked::SIGNATURE_HASH).topic1(question);
        let logs = self.logs_of(filter, self.deployment().block, newest).await?;
        let asked = logs.into_iter().find_map(|log| match log.event {
            RoomEvent::FhirOracle(Event::Asked(asked)) => Some(asked.terms),
            _ => None,
        });
        asked.ok_or(OracleError::Unknown(question))?.try_into()
    }

    /// The answers to a question, in the order in which they came.
    pub async fn oracle_answers(&self, question: B256) -> Result<Vec<OracleAnswer>> {
        let newest = self.chain().block_number().await?;
        let filter = self.oracle_events().event_signature(Answered::SIGNATURE_HASH).topic1(question);
        let logs = self.logs_of(filter, self.deployment().block, newest).await?;
        let answered = logs.into_iter().filter_map(|log| match log.event {
            RoomEvent::FhirOracle(Event::Answered(answered)) => Some(answered),
            _ => None,
        });
        Ok(answered
            .map(|answer| {
                let document = Content { digest: answer.digest, codec: answer.codec };
                OracleAnswer {
                    node: answer.node,
                    value: answer.value,
                    observed_at: answer.observedAt.to(),
                    document: (!document.is_none()).then_some(document),
                }
            })
            .collect())
    }

    /// The questions that were asked from block `from` to block `to` and name a node.
    pub async fn questions_to(&self, node: Address, from: u64, to: u64) -> Result<Vec<Question>> {
        let filter = self.oracle_events().event_signature(Asked::SIGNATURE_HASH);
        let logs = self.logs_of(filter, from, to).await?;
        let asked = logs.into_iter().filter_map(|log| match log.event {
            RoomEvent::FhirOracle(Event::Asked(asked)) if asked.terms.nodes.contains(&node) => Some(asked.terms),
            _ => None,
        });
        asked.map(Question::try_from).collect()
    }

    fn oracle_events(&self) -> Filter {
        Filter::new().address(self.deployment().fhir_oracle)
    }
}
