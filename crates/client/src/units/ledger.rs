//! What the events of `Units` tell: where each unit begins and ends, who has it, who had it, and which packs are gone.
//!
//! The chain enumerates nothing; whoever wants to know replays the events. A node cannot sift them by lot, since a lot is only the
//! beginning of a unit's id, so all events of the room are read and those of other lots passed over.
//!
//! Invariant: the ranges of the units of a lot cover the lot without gap or overlap, as the contract keeps them.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use theriac_bindings::units::Units::UnitsEvents;
use theriac_core::ids::{LotId, UnitId};

use crate::error::Result;
use crate::events::{RoomEvent, RoomLog};
use crate::suite::Suite;
use crate::types::UnitStop;

/// A unit that there is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// Who holds it.
    pub holder: Address,
    /// Who is to receive it, while it is under way.
    pub addressee: Option<Address>,
    /// Its first leaf index.
    pub first: u32,
    /// How many indices, holes included.
    pub count: u32,
    /// Who stopped it, and why.
    pub stops: BTreeSet<(Address, UnitStop)>,
}

impl Range {
    /// Whether this leaf index is one of its.
    pub fn covers(&self, index: u32) -> bool {
        index.checked_sub(self.first).is_some_and(|place| place < self.count)
    }

    fn shares(&self, first: u32, count: u32) -> bool {
        let end = |first: u32, count: u32| u64::from(first) + u64::from(count);
        u64::from(self.first) < end(first, count) && u64::from(first) < end(self.first, self.count)
    }
}

/// One event, with the indices that it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stands.
    pub log: RoomLog,
    /// The unit that it names first.
    pub unit: UnitId,
    /// The leaf indices: those of the unit, or of what left it.
    pub about: About,
}

/// Which leaf indices an event was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// `count` of them from `first` on.
    Range {
        /// The first.
        first: u32,
        /// How many.
        count: u32,
    },
    /// These.
    Indices(Vec<u32>),
}

impl About {
    /// Whether this index is among them.
    pub fn has(&self, index: u32) -> bool {
        match self {
            Self::Range { first, count } => index.checked_sub(*first).is_some_and(|place| place < *count),
            Self::Indices(indices) => indices.contains(&index),
        }
    }
}

/// How a pack left its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Gone {
    /// It was handed over to whom it is for.
    Dispensed,
    /// It was destroyed.
    Destroyed,
}

/// All that was told, of all lots or of some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    units: BTreeMap<UnitId, Range>,
    steps: Vec<Step>,
    gone: BTreeMap<LotId, BTreeMap<u32, Gone>>,
}

impl Ledger {
    /// Reads the events of the lots that `wanted` lets through, up to the newest block.
    pub async fn read(suite: &Suite, wanted: impl Fn(LotId) -> bool) -> Result<Self> {
        let filter = Filter::new().address(suite.units().address());
        let logs = suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await?;
        Ok(Self::replay(logs, wanted))
    }

    /// Replays events, in their order.
    pub fn replay(logs: impl IntoIterator<Item = RoomLog>, wanted: impl Fn(LotId) -> bool) -> Self {
        let mut ledger = Self::default();
        for log in logs {
            let RoomEvent::Units(event) = &log.event else { continue };
            let Some(unit) = unit_of(event) else { continue };
            if wanted(unit.lot())
                && let Some(about) = ledger.learn(unit, event)
            {
                ledger.steps.push(Step { log, unit, about });
            }
        }
        ledger
    }

    /// The units that there are, by lot.
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Range)> {
        self.units.iter().map(|(unit, range)| (*unit, range))
    }

    /// The unit, if there is one.
    pub fn unit(&self, unit: UnitId) -> Option<&Range> {
        self.units.get(&unit)
    }

    /// The unit in which the pack at this index lies or lay last.
    pub fn unit_at(&self, lot: LotId, index: u32) -> Option<(UnitId, &Range)> {
        self.units().find(|(unit, range)| unit.lot() == lot && range.covers(index))
    }

    /// What was told of the pack at this index, through all its units.
    pub fn steps_of(&self, lot: LotId, index: u32) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.unit.lot() == lot && step.about.has(index))
    }

    /// What was told of this very unit, as long as it had this id.
    pub fn steps_of_unit(&self, unit: UnitId) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| names(&step.log, unit))
    }

    /// How the pack at this index left its unit, if it did.
    pub fn gone(&self, lot: LotId, index: u32) -> Option<Gone> {
        self.gone.get(&lot)?.get(&index).copied()
    }

    /// The indices of a lot that were dispensed or destroyed.
    pub fn gone_of(&self, lot: LotId) -> impl Iterator<Item = (u32, Gone)> {
        self.gone.get(&lot).into_iter().flatten().map(|(index, how)| (*index, *how))
    }

    /// How many packs are in a unit: its indices without the holes.
    pub fn packs_in(&self, unit: UnitId) -> u64 {
        let Some(range) = self.unit(unit) else { return 0 };
        let holes = self.gone_of(unit.lot()).filter(|(index, _)| range.covers(*index)).count();
        u64::from(range.count).saturating_sub(holes as u64)
    }

    /// Takes an event in, and says which indices it is about; none for what does not fit what was told before.
    fn learn(&mut self, unit: UnitId, event: &UnitsEvents) -> Option<About> {
        use UnitsEvents as E;
        match event {
            E::UnitCommissioned(told) => Some(self.begin(unit, told.holder, 0, told.count)),
            E::UnitShipped(told) => self.change(unit, |range| range.addressee = Some(told.to)),
            E::UnitReceived(told) => self.change(unit, |range| {
                range.holder = told.to;
                range.addressee = None;
            }),
            E::UnitRejected(_) | E::UnitShipmentCancelled(_) => self.change(unit, |range| range.addressee = None),
            E::UnitsPacked(told) => {
                told.parts.iter().for_each(|part| drop(self.units.remove(&UnitId(*part))));
                Some(self.begin(unit, told.holder, told.first, told.count))
            }
            E::UnitUnpacked(told) => self.unpack(unit, told.holder, &told.parts, &told.counts),
            E::UnitSplit(told) => {
                let whole = self.change(unit, |range| range.count = range.count.saturating_sub(told.count))?;
                let stays = self.unit(unit).map_or(0, |range| range.count);
                self.begin(UnitId(told.part), told.holder, told.first, told.count);
                // The event is about all that was in the unit before it.
                Some(widened(whole, stays, told.count))
            }
            E::UnitStopped(told) => {
                let stop = UnitStop::try_from(told.stop).ok()?;
                self.change(unit, |range| range.stops.extend([(told.by, stop)]))
            }
            E::UnitFreed(told) => {
                let stop = UnitStop::try_from(told.stop).ok()?;
                self.change(unit, |range| range.stops.retain(|set| *set != (told.setBy, stop)))
            }
            E::PacksDispensed(told) => {
                let gone = self.gone.entry(unit.lot()).or_default();
                gone.extend(told.indices.iter().map(|index| (*index, Gone::Dispensed)));
                Some(About::Indices(told.indices.clone()))
            }
            E::PacksDestroyed(told) => {
                let gone = self.gone.entry(unit.lot()).or_default();
                // What was dispensed before stays dispensed: only what was left was destroyed.
                let range = told.first..told.first.saturating_add(told.count);
                for index in range {
                    gone.entry(index).or_insert(Gone::Destroyed);
                }
                Some(About::Range { first: told.first, count: told.count })
            }
            _ => None,
        }
    }

    fn begin(&mut self, unit: UnitId, holder: Address, first: u32, count: u32) -> About {
        let range = Range { holder, addressee: None, first, count, stops: BTreeSet::new() };
        debug_assert!(
            !self
                .units()
                .any(|(other, known)| other != unit && other.lot() == unit.lot() && known.shares(first, count)),
            "the units of a lot do not overlap"
        );
        self.units.insert(unit, range);
        About::Range { first, count }
    }

    fn change(&mut self, unit: UnitId, change: impl FnOnce(&mut Range)) -> Option<About> {
        let range = self.units.get_mut(&unit)?;
        change(range);
        Some(About::Range { first: range.first, count: range.count })
    }

    fn unpack(&mut self, unit: UnitId, holder: Address, parts: &[B256], counts: &[u32]) -> Option<About> {
        let Range { first, count, .. } = self.units.remove(&unit)?;
        let mut next = first;
        for (part, count) in parts.iter().zip(counts) {
            self.begin(UnitId(*part), holder, next, *count);
            next = next.saturating_add(*count);
        }
        Some(About::Range { first, count })
    }
}

fn widened(about: About, stays: u32, by: u32) -> About {
    match about {
        About::Range { first, .. } => About::Range { first, count: stays.saturating_add(by) },
        other => other,
    }
}

/// The unit that an event names first; none for those about accounts.
fn unit_of(event: &UnitsEvents) -> Option<UnitId> {
    use UnitsEvents as E;
    Some(UnitId(match event {
        E::UnitCommissioned(told) => told.unit,
        E::UnitShipped(told) => told.unit,
        E::UnitReceived(told) => told.unit,
        E::UnitRejected(told) => told.unit,
        E::UnitShipmentCancelled(told) => told.unit,
        E::UnitsPacked(told) => told.unit,
        E::UnitUnpacked(told) => told.unit,
        E::UnitSplit(told) => told.unit,
        E::UnitStopped(told) => told.unit,
        E::UnitFreed(told) => told.unit,
        E::PacksDispensed(told) => told.unit,
        E::PacksDestroyed(told) => told.unit,
        _ => return None,
    }))
}

fn names(log: &RoomLog, unit: UnitId) -> bool {
    let RoomEvent::Units(event) = &log.event else { return false };
    let parts: &[B256] = match event {
        UnitsEvents::UnitsPacked(told) => &told.parts,
        UnitsEvents::UnitUnpacked(told) => &told.parts,
        UnitsEvents::UnitSplit(told) => std::slice::from_ref(&told.part),
        _ => &[],
    };
    unit_of(event) == Some(unit) || parts.contains(&unit.0)
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
