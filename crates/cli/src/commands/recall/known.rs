//! Recalls as the chain knows them.

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::{Address, B256};
use serde::Serialize;
use theriac_bindings::custody::Custody::{CustodyEvents, RecallOpened};
use theriac_client::rooms::Recall;
use theriac_client::types::{Content, RecallScope};
use theriac_client::{RoomEvent, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::ids::LotId;

use super::holders::lot_half;
use crate::failure::Failure;
use crate::time;

/// A recall with its number and notice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) number: u64,
    pub(super) recall: Recall,
    pub(super) notice: Content,
}

/// A recall for a program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    recall: u64,
    scope: RecallScope,
    subject: String,
    class: String,
    issuer: Address,
    opened_at: String,
    closed_at: Option<String>,
    notice: ContentAddress,
}

impl Known {
    /// `I`, `II` or `III`.
    pub(super) fn class(&self) -> String {
        self.recall.class.as_str().to_ascii_uppercase()
    }

    pub(super) fn is_open(&self) -> bool {
        self.recall.closed_at == 0
    }

    /// Scope and id: `lot 0x…`.
    pub(super) fn subject(&self) -> String {
        format!("{} {}", self.recall.scope, self.subject_id())
    }

    fn subject_id(&self) -> String {
        match self.recall.scope {
            RecallScope::Lot => LotId(lot_half(self.recall.subject)).to_string(),
            RecallScope::Model | RecallScope::Item => self.recall.subject.to_string(),
        }
    }

    pub(super) fn entry(&self) -> Result<Entry, Failure> {
        Ok(Entry {
            recall: self.number,
            scope: self.recall.scope,
            subject: self.subject_id(),
            class: self.class(),
            issuer: self.recall.issuer,
            opened_at: time::iso(self.recall.opened_at),
            closed_at: (!self.is_open()).then(|| time::iso(self.recall.closed_at)),
            notice: self.notice.address()?,
        })
    }
}

/// The recalls that `narrow` lets through, oldest first.
pub(super) async fn recalls(suite: &Suite, narrow: impl FnOnce(Filter) -> Filter) -> Result<Vec<Known>, Failure> {
    let opened = Filter::new().address(suite.custody().address()).event_signature(RecallOpened::SIGNATURE_HASH);
    let logs = suite.logs_of(narrow(opened), suite.deployment().block, suite.chain().block_number().await?).await?;
    let mut known = Vec::with_capacity(logs.len());
    for log in logs {
        let RoomEvent::Custody(CustodyEvents::RecallOpened(told)) = log.event else { continue };
        let recall = recall(suite, told.recallId).await?;
        known.push(Known { number: told.recallId, recall, notice: told.notice.into() });
    }
    Ok(known)
}

/// The open recall with exactly this subject and notice, if `issuer` opened one.
pub(super) async fn same(
    suite: &Suite,
    subject: B256,
    issuer: Address,
    notice: Content,
) -> Result<Option<Known>, Failure> {
    let known = recalls(suite, |filter| filter.topic2(subject).topic3(issuer)).await?;
    Ok(known.into_iter().find(|known| known.is_open() && known.notice == notice))
}

/// The recall of this number, which there must be.
pub(super) async fn recall(suite: &Suite, number: u64) -> Result<Recall, Failure> {
    suite.custody().recall_of(number).await?.ok_or_else(|| {
        Failure::user(
            "UnknownRecall",
            format!("there is no recall {number}"),
            "`theriac recall list` shows what there is",
        )
    })
}
