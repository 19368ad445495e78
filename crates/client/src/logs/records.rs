//! The records of a device as the chain tells them.
//!
//! `MdsProfiles` appends every record to one chain of hashes in `Anchors`, of which `Anchors` keeps the head. So a node that
//! leaves an event away, or changes one, is found out by whoever computes the hashes again.

use std::collections::HashMap;

use alloy::primitives::{Address, B256};
use alloy::providers::Provider as _;
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use jiff::Timestamp;
use theriac_bindings::anchors::Anchors::{AnchorsEvents, RecordAppended};
use theriac_bindings::mds_profiles::MdsProfiles::{MdsProfilesEvents, RecordKept};
use theriac_core::ids::ItemId;
use theriac_core::logs::Record;

use super::LogsError;
use crate::error::{Error, Result};
use crate::events::RoomEvent;
use crate::rooms::Anchors;
use crate::suite::Suite;
use crate::types::{Content, RecordKind, Severity};

/// What `MdsProfiles` told of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Who wrote it.
    pub writer: Address,
    /// Under which work order; none for owner and operators.
    pub order: Option<u64>,
    /// First second of what it covers.
    pub from: u64,
    /// Last second.
    pub until: u64,
    /// Of an alarm.
    pub severity: Severity,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEntry {
    /// Its place, from 1.
    pub number: usize,
    /// What it is.
    pub kind: RecordKind,
    /// Where its manifest is.
    pub content: Content,
    /// What the room told; none where that event is missing.
    pub kept: Option<Kept>,
    /// The transaction.
    pub transaction: Option<B256>,
    /// The block.
    pub block: Option<u64>,
}

/// All records of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// The newest last.
    pub entries: Vec<RecordEntry>,
    /// What is wrong with what the node told; empty when nothing is missing or altered.
    pub faults: Vec<String>,
}

/// The records of the device, held against the head on chain.
pub async fn records(suite: &Suite, item: ItemId) -> Result<Records> {
    let (room, anchors) = (suite.mds_profiles().address(), suite.anchors());
    // The head before the events: what is appended meanwhile comes after it.
    let head = anchors.head_of(item.0, room).await?;
    let (start, newest) = (suite.deployment().block, suite.chain().block_number().await?);
    let appended = Filter::new().address(anchors.address()).event_signature(RecordAppended::SIGNATURE_HASH);
    let kept = Filter::new().address(room).event_signature(RecordKept::SIGNATURE_HASH);
    let (appended, kept) = tokio::try_join!(
        suite.logs_of(appended.topic1(item.0).topic2(room.into_word()), start, newest),
        suite.logs_of(kept.topic1(item.0), start, newest)
    )?;
    let mut told: HashMap<B256, Kept> = HashMap::new();
    for log in kept {
        if let RoomEvent::MdsProfiles(MdsProfilesEvents::RecordKept(event)) = log.event {
            told.insert(event.head, Kept::try_from(&event)?);
        }
    }
    let mut chain = Chain::default();
    for log in appended {
        if let RoomEvent::Anchors(AnchorsEvents::RecordAppended(event)) = log.event {
            let (kind, content) = (event.kind.try_into()?, Content { digest: event.digest, codec: event.codec });
            let kept = told.remove(&event.head);
            let (transaction, block) = (log.transaction, log.block_number);
            chain.add(RecordEntry { number: 0, kind, content, kept, transaction, block }, event.head);
        }
    }
    Ok(chain.end(head, told.len()))
}

/// The chain of hashes as it is computed again.
#[derive(Default)]
struct Chain {
    heads: Vec<B256>,
    entries: Vec<RecordEntry>,
    faults: Vec<String>,
}

impl Chain {
    fn add(&mut self, entry: RecordEntry, head: B256) {
        let number = self.entries.len() + 1;
        let before = self.heads.last().copied().unwrap_or_default();
        if Anchors::next_head(before, entry.kind, entry.content) != head {
            self.faults
                .push(format!("record {number} does not follow the one before it: records are missing or altered"));
        }
        if entry.kept.is_none() {
            self.faults.push(format!("of record {number} the room tells no writer and period: its event is missing"));
        }
        // Goes on from what the event says, so that one gap is told once.
        self.heads.push(head);
        self.entries.push(RecordEntry { number, ..entry });
    }

    fn end(mut self, head: B256, unmatched: usize) -> Records {
        if !head.is_zero() && !self.heads.contains(&head) {
            self.faults.push(
                "the newest record that the events tell is not the head on chain: records are missing".to_owned(),
            );
        }
        if head.is_zero() && !self.heads.is_empty() {
            self.faults.push(
                "the events tell records, and the chain has none: the node's events are not of this chain".to_owned(),
            );
        }
        if unmatched > 0 {
            self.faults
                .push(format!("of {unmatched} records the room tells, and `Anchors` does not: events are missing"));
        }
        Records { entries: self.entries, faults: self.faults }
    }
}

impl Records {
    /// The record with this number, from 1.
    pub fn entry(&self, number: usize) -> Result<&RecordEntry> {
        let found = number.checked_sub(1).and_then(|place| self.entries.get(place));
        found.ok_or_else(|| LogsError::NoRecord { number, count: self.entries.len() }.into())
    }

    /// The record whose manifest is at `content`.
    pub fn with_content(&self, content: Content) -> Option<&RecordEntry> {
        self.entries.iter().find(|entry| entry.content == content)
    }
}

impl RecordEntry {
    /// What the chain says of it, as its manifest says it.
    pub fn told(&self, suite: &Suite, item: ItemId) -> Result<Record> {
        let kept = self.kept.ok_or_else(|| {
            Error::Answer(format!("the node tells no writer and period of record {}: ask another node", self.number))
        })?;
        Ok(Record {
            chain_id: suite.deployment().chain_id,
            room: suite.mds_profiles().address(),
            item,
            writer: kept.writer,
            order: kept.order,
            kind: self.kind.to_string(),
            from: instant(kept.from)?,
            until: instant(kept.until)?,
            severity: kept.severity.to_string(),
        })
    }
}

fn instant(seconds: u64) -> Result<Timestamp> {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.ok_or_else(|| Error::Answer(format!("{seconds} seconds since 1970 are past the year 9999")))
}

impl TryFrom<&RecordKept> for Kept {
    type Error = Error;

    fn try_from(event: &RecordKept) -> Result<Self> {
        Ok(Self {
            writer: event.writer,
            order: (event.order != 0).then_some(event.order),
            from: event.from.to(),
            until: event.until.to(),
            severity: event.severity.try_into()?,
        })
    }
}

/// Whether a transaction of the signing account waits for a block: it may be the record that an attempt before sent.
pub async fn awaits_block(suite: &Suite) -> Result<bool> {
    let (chain, account) = (suite.chain(), suite.chain().account());
    let count = || chain.provider().get_transaction_count(account);
    let mined = chain.asked("eth_getTransactionCount", count().latest().await)?;
    let sent = chain.asked("eth_getTransactionCount", count().pending().await)?;
    Ok(sent > mined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(byte: u8) -> RecordEntry {
        let kept = Kept { writer: Address::ZERO, order: None, from: 1, until: 2, severity: Severity::None };
        let content = Content::raw(B256::repeat_byte(byte));
        RecordEntry { number: 0, kind: RecordKind::Log, content, kept: Some(kept), transaction: None, block: None }
    }

    fn chain(bytes: &[u8]) -> Vec<(RecordEntry, B256)> {
        let mut head = B256::ZERO;
        let mut step = |byte: &u8| {
            let entry = entry(*byte);
            head = Anchors::next_head(head, entry.kind, entry.content);
            (entry, head)
        };
        bytes.iter().map(&mut step).collect()
    }

    fn walked(events: &[(RecordEntry, B256)], head: B256) -> Vec<String> {
        let mut chain = Chain::default();
        events.iter().for_each(|(entry, head)| chain.add(entry.clone(), *head));
        chain.end(head, 0).faults
    }

    #[test]
    fn every_missing_or_altered_event_is_noticed() {
        let events = chain(&[1, 2, 3]);
        let head = events[2].1;
        assert!(walked(&events, head).is_empty());
        assert!(walked(&[], B256::ZERO).is_empty());
        // One appended between the two questions is no fault.
        assert!(walked(&chain(&[1, 2, 3, 4]), head).is_empty());
        for left_out in 0..3 {
            let mut some = events.clone();
            some.remove(left_out);
            assert_eq!(walked(&some, head).len(), 1, "{left_out}");
        }
        let mut altered = events.clone();
        altered[1].0.content = Content::raw(B256::repeat_byte(9));
        assert!(walked(&altered, head)[0].starts_with("record 2 "));
        let mut silent = events;
        silent[2].0.kept = None;
        assert!(walked(&silent, head)[0].contains("no writer"));
        assert_eq!(walked(&chain(&[1]), B256::ZERO).len(), 1);
    }
}
