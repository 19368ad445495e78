//! Where packs are: on the pharmacy's shelves, or on their way to it.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use theriac_core::ids::{LotId, UnitId};

use super::history::{Happening, History};
use crate::error::Result;
use crate::rooms::Unit;
use crate::suite::Suite;

/// A unit that a pharmacy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Its id.
    pub id: UnitId,
    /// What the chain has of it.
    pub unit: Unit,
}

/// A unit on its way to a pharmacy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arrival {
    /// Its id.
    pub unit: UnitId,
    /// Its lot.
    pub lot: LotId,
    /// Who sent it.
    pub from: Address,
    /// Packs in it.
    pub packs: u64,
    /// The block in which it was sent.
    pub shipped_in: u64,
}

/// The units of these lots that the pharmacy holds now.
pub async fn shelves(
    suite: &Suite,
    history: &History,
    pharmacy: Address,
    lots: &BTreeSet<LotId>,
) -> Result<Vec<Shelf>> {
    let mut held = Vec::new();
    for id in history.units().into_iter().filter(|unit| lots.contains(&unit.lot())) {
        match suite.units().unit_of(id).await? {
            Some(unit) if unit.holder == pharmacy => held.push(Shelf { id, unit }),
            _ => {}
        }
    }
    Ok(held)
}

/// What is on its way to the pharmacy, of these lots or, with none, of any.
pub async fn arrivals(
    suite: &Suite,
    history: &History,
    pharmacy: Address,
    lots: Option<&BTreeSet<LotId>>,
) -> Result<Vec<Arrival>> {
    let mut coming = Vec::new();
    let mut seen = BTreeSet::new();
    for told in history.told.iter().rev() {
        let Happening::Shipped { from, to } = told.what else { continue };
        let wanted = to == pharmacy && lots.is_none_or(|lots| lots.contains(&told.unit.lot()));
        // Only the newest shipment of a unit can be under way.
        if !wanted || !seen.insert(told.unit) {
            continue;
        }
        let Some(unit) = suite.units().unit_of(told.unit).await? else { continue };
        if unit.addressee == Some(pharmacy) {
            let packs = suite.units().packs_in(told.unit).await?;
            coming.push(Arrival { unit: told.unit, lot: told.unit.lot(), from, packs, shipped_in: told.block });
        }
    }
    Ok(coming)
}

/// Whom the holder had the unit from: of those who delivered this lot the one that the unit is marked with.
pub fn source_of(history: &History, holder: Address, id: UnitId, unit: &Unit) -> Option<Address> {
    history.told.iter().rev().filter(|told| told.unit.lot() == id.lot()).find_map(|told| match told.what {
        Happening::Received { from, to, .. } if to == holder && unit.came_from(from) => Some(from),
        _ => None,
    })
}
