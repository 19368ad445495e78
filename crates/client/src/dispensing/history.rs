//! Everything that the rooms told of one pharmacy's packs, in order.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use theriac_bindings::pharmacy::Pharmacy::PharmacyEvents;
use theriac_bindings::units::Units::{self as abi, UnitsEvents};
use theriac_core::ids::{LotId, UnitId};

use crate::error::Result;
use crate::events::{RoomEvent, RoomLog};
use crate::suite::Suite;

/// What happened to a unit or to packs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It was sent off.
    Shipped {
        /// By whom.
        from: Address,
        /// To whom.
        to: Address,
    },
    /// It was taken over.
    Received {
        /// From whom.
        from: Address,
        /// By whom.
        to: Address,
        /// How many packs were in it.
        packs: u64,
    },
    /// It was refused at the door, and stays with the sender.
    Rejected {
        /// The sender.
        from: Address,
        /// Who refused it.
        to: Address,
    },
    /// It was called back on its way.
    CalledBack {
        /// By whom.
        from: Address,
        /// Who was to have it.
        to: Address,
    },
    /// Packs were handed over to those whom they are for.
    Dispensed {
        /// Who held them.
        holder: Address,
        /// Who said so: `Pharmacy`, or somebody beside it.
        by: Address,
        /// How many.
        packs: u64,
    },
    /// Packs were destroyed.
    Destroyed {
        /// Who held them.
        holder: Address,
        /// How many.
        packs: u64,
    },
    /// It was divided, joined or made; these units came of it.
    Became(Vec<UnitId>),
}

/// A happening and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The unit; of one that was divided or joined the first that it was made of.
    pub unit: UnitId,
    /// What happened.
    pub what: Happening,
    /// The transaction.
    pub transaction: B256,
    /// The block.
    pub block: u64,
}

/// What the rooms told up to a block.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In order.
    pub told: Vec<Told>,
    /// Sales in `Pharmacy`, by transaction.
    pub sales: BTreeMap<B256, u64>,
    /// Packs that patients brought back and the pharmacy destroyed, by lot.
    pub brought_back: BTreeMap<LotId, u64>,
    /// The newest block that was read.
    pub block: u64,
}

impl History {
    /// Reads all that concerns the units which `pharmacy` ever had or was to have.
    pub async fn of(suite: &Suite, pharmacy: Address) -> Result<Self> {
        let (first, block) = (suite.deployment().block, suite.chain().block_number().await?);
        let rooms = vec![suite.units().address(), suite.pharmacy().address()];
        let of = Filter::new().address(rooms);
        let word = pharmacy.into_word();
        let mut logs = suite.logs_of(of.clone().topic2(word), first, block).await?;
        logs.extend(suite.logs_of(of.clone().topic3(word), first, block).await?);

        let units: BTreeSet<B256> = logs.iter().filter_map(unit_of).collect();
        let passages = [
            abi::UnitShipped::SIGNATURE_HASH,
            abi::UnitReceived::SIGNATURE_HASH,
            abi::UnitRejected::SIGNATURE_HASH,
            abi::UnitShipmentCancelled::SIGNATURE_HASH,
        ];
        // What became of a unit that was to come is told without the pharmacy's name.
        if !units.is_empty() {
            let others = of.event_signature(passages.to_vec()).topic1(units.into_iter().collect::<Vec<_>>());
            logs.extend(suite.logs_of(others, first, block).await?);
        }
        logs.sort_by_key(|log| (log.block_number, log.index));
        logs.dedup_by_key(|log| (log.block_number, log.index));
        Ok(Self::told(&logs, block))
    }

    /// The same from logs in their order, each once.
    pub fn told(logs: &[RoomLog], block: u64) -> Self {
        let mut history = Self { block, ..Self::default() };
        for log in logs {
            history.learn(log);
        }
        history
    }

    fn learn(&mut self, log: &RoomLog) {
        let transaction = log.transaction.unwrap_or_default();
        match &log.event {
            RoomEvent::Units(event) => {
                if let Some((unit, what)) = happening(event) {
                    self.told.push(Told { unit, what, transaction, block: log.block_number.unwrap_or_default() });
                }
            }
            RoomEvent::Pharmacy(PharmacyEvents::Sold(_)) => *self.sales.entry(transaction).or_default() += 1,
            RoomEvent::Pharmacy(PharmacyEvents::ReturnedPackDestroyed(told)) => {
                *self.brought_back.entry(LotId(told.lot)).or_default() += 1;
            }
            _ => {}
        }
    }

    /// Every lot of which the pharmacy had or was to have something.
    pub fn lots(&self) -> BTreeSet<LotId> {
        self.told.iter().map(|told| told.unit.lot()).collect()
    }

    /// Every unit that was named.
    pub fn units(&self) -> BTreeSet<UnitId> {
        let mut units = BTreeSet::new();
        for told in &self.told {
            units.insert(told.unit);
            if let Happening::Became(parts) = &told.what {
                units.extend(parts);
            }
        }
        units
    }
}

/// The unit of an event, in whose first topic it stands.
fn unit_of(log: &RoomLog) -> Option<B256> {
    let RoomEvent::Units(event) = &log.event else { return None };
    happening(event).map(|(unit, _)| unit.0)
}

fn happening(event: &UnitsEvents) -> Option<(UnitId, Happening)> {
    use UnitsEvents as E;
    let (unit, what) = match event {
        E::UnitShipped(told) => (told.unit, Happening::Shipped { from: told.from, to: told.to }),
        E::UnitReceived(told) => {
            let packs = told.packs.saturating_to();
            (told.unit, Happening::Received { from: told.from, to: told.to, packs })
        }
        E::UnitRejected(told) => (told.unit, Happening::Rejected { from: told.from, to: told.to }),
        E::UnitShipmentCancelled(told) => (told.unit, Happening::CalledBack { from: told.from, to: told.to }),
        E::PacksDispensed(told) => {
            let packs = told.indices.len() as u64;
            (told.unit, Happening::Dispensed { holder: told.holder, by: told.by, packs })
        }
        E::PacksDestroyed(told) => {
            (told.unit, Happening::Destroyed { holder: told.holder, packs: told.packs.saturating_to() })
        }
        E::UnitsPacked(told) => (told.unit, Happening::Became(vec![UnitId(told.unit)])),
        E::UnitUnpacked(told) => (told.unit, Happening::Became(told.parts.iter().copied().map(UnitId).collect())),
        E::UnitSplit(told) => (told.unit, Happening::Became(vec![UnitId(told.part)])),
        _ => return None,
    };
    Some((UnitId(unit), what))
}
