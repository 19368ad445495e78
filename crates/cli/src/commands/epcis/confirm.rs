//! Which events the chain confirms: those whose hash it has as evidence, and those that these name as of the same act.

use std::collections::HashMap;

use alloy::rpc::types::Filter;
use alloy_primitives::B256;
use serde_json::Value;
use theriac_client::{RoomLog, Suite};
use theriac_core::epcis::EventHash;

use crate::failure::Failure;

/// What was done with an event as its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    pub(super) transaction: Option<B256>,
    /// The room and its event.
    pub(super) what: String,
}

/// What the rooms have as evidence.
#[derive(Debug, Default)]
pub(super) struct Evidence(HashMap<EventHash, Deed>);

/// What an event is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) hash: EventHash,
    /// The event of the same act before it.
    pub(super) preceding: Option<EventHash>,
}

/// Events that the chain confirms.
#[derive(Debug, Default)]
pub(super) struct Confirmed<'a> {
    deeds: HashMap<EventHash, &'a Deed>,
    /// Events that belong to confirmed ones and are not there.
    pub(super) missing: Vec<EventHash>,
}

impl Evidence {
    /// Reads the events of the rooms of supply.
    pub(super) async fn read(suite: &Suite) -> Result<Self, Failure> {
        let rooms = vec![suite.custody().address(), suite.units().address(), suite.pharmacy().address()];
        let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
        let logs = suite.logs_of(Filter::new().address(rooms), first, last).await?;
        let mut found = HashMap::new();
        for log in logs {
            if let Some((what, evidence)) = evidence_of(&log) {
                // A verb on several items tells one event for each; the first says enough.
                found.entry(EventHash(evidence)).or_insert(Deed { transaction: log.transaction, what });
            }
        }
        Ok(Self(found))
    }

    /// Those of these events that are evidence, or that one of those names, at once or through others.
    pub(super) fn confirm(&self, events: &[Known]) -> Confirmed<'_> {
        let there: HashMap<_, _> = events.iter().map(|event| (event.hash, event.preceding)).collect();
        let mut confirmed = Confirmed::default();
        for event in events {
            let Some(deed) = self.0.get(&event.hash) else { continue };
            let mut next = Some(event.hash);
            while let Some(hash) = next {
                let Some(preceding) = there.get(&hash) else {
                    confirmed.missing.push(hash);
                    break;
                };
                // No event can name itself, since nobody knows a hash before what it is of.
                confirmed.deeds.entry(hash).or_insert(deed);
                next = *preceding;
            }
        }
        confirmed
    }
}

impl Confirmed<'_> {
    /// What was done with the event, or with the one that names it, as evidence.
    pub(super) fn deed(&self, event: EventHash) -> Option<&Deed> {
        self.deeds.get(&event).copied()
    }
}

/// Every event that carries evidence names it so.
fn evidence_of(log: &RoomLog) -> Option<(String, B256)> {
    let told = serde_json::to_value(&log.event).ok()?;
    let (room, event) = (told.get("room")?.as_str()?, told.get("event")?.as_object()?);
    let (name, fields) = event.iter().next()?;
    let evidence = fields.get("evidence").and_then(Value::as_str)?;
    Some((format!("{room}: {name}"), evidence.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(byte: u8) -> EventHash {
        EventHash(B256::repeat_byte(byte))
    }

    fn known(byte: u8, preceding: Option<u8>) -> Known {
        Known { hash: hash(byte), preceding: preceding.map(hash) }
    }

    #[test]
    fn evidence_confirms_all_events_of_its_act_and_no_others() {
        let deed = Deed { transaction: None, what: "Units: UnitSplit".to_owned() };
        let evidence = Evidence(HashMap::from([(hash(3), deed.clone())]));
        // 3 is evidence and names 2, which names 1; 4 names 3, which says nothing about 4.
        let all = [known(1, None), known(2, Some(1)), known(3, Some(2)), known(4, Some(3)), known(5, None)];
        let confirmed = evidence.confirm(&all);
        let answers = [1, 2, 3, 4, 5].map(|byte| confirmed.deed(hash(byte)) == Some(&deed));
        assert_eq!((answers, &confirmed.missing[..]), ([true, true, true, false, false], &[][..]));

        let confirmed = evidence.confirm(&[known(1, None), known(3, Some(2))]);
        assert_eq!((confirmed.deed(hash(1)), &confirmed.missing[..]), (None, &[hash(2)][..]));
    }
}
