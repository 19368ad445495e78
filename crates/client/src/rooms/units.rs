//! `Units`: who holds this case or pallet, and what is left in it?

use alloy::primitives::{Address, B256, Bytes, FixedBytes, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::units::Units as abi;
use theriac_core::ids::{LotId, UnitId};

use crate::call::Call;
use crate::error::Result;
use crate::types::{Loss, PackState, Standing, UnitStop};

super::room!(
    /// Who holds this case or pallet, and what is left in it?
    Units, units
);

/// A unit: a range of the leaf indices of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    /// Who holds it.
    pub holder: Address,
    /// Its first leaf index.
    pub first: u32,
    /// How many indices, holes included.
    pub count: u32,
    /// Whether packs may have left it.
    pub opened: bool,
    /// Who is to receive it, while it is under way.
    pub addressee: Option<Address>,
    /// Quarantines in force.
    pub quarantines: u8,
    /// Losses reported and not lifted.
    pub losses: u8,
    /// First 11 bytes of keccak256(abi.encode(account that the holder had it from)); zero at its maker.
    pub came_from_tag: FixedBytes<11>,
}

impl Unit {
    /// Whether the holder had the unit from `account`.
    pub fn came_from(&self, account: Address) -> bool {
        self.came_from_tag[..] == keccak256(account.abi_encode())[..11]
    }

    /// Whether this leaf index is one of its.
    pub fn covers(&self, index: u32) -> bool {
        index.checked_sub(self.first).is_some_and(|place| place < self.count)
    }
}

/// What an account had of a lot, in packs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Made by it, or received from others.
    pub received: u64,
    /// Received by others from it.
    pub sent: u64,
    /// Handed over to those whom it is for.
    pub dispensed: u64,
    /// Destroyed.
    pub destroyed: u64,
}

impl Tally {
    /// What it has.
    pub fn stock(&self) -> u64 {
        self.received.saturating_sub(self.sent).saturating_sub(self.dispensed).saturating_sub(self.destroyed)
    }
}

impl Units {
    /// The lot begins its life as one unit at its maker. Caller: the lot's manufacturer, or its operator.
    pub fn commission(&self, lot: LotId, label: B256, evidence: B256) -> Call<abi::commissionCall> {
        self.call(abi::commissionCall { lot: lot.0, label, evidence })
    }

    /// Joins adjoining units into one. Caller: their holder, or its operator.
    pub fn pack(&self, parts: &[UnitId], label: B256, evidence: B256) -> Call<abi::packCall> {
        self.call(abi::packCall { parts: parts.iter().map(|part| part.0).collect(), label, evidence })
    }

    /// Divides a unit into parts of `counts` indices, in order. Caller: its holder, or the holder's operator.
    pub fn unpack(&self, unit: UnitId, counts: &[u32], labels: &[B256], evidence: B256) -> Call<abi::unpackCall> {
        self.call(abi::unpackCall { unit: unit.0, counts: counts.to_vec(), labels: labels.to_vec(), evidence })
    }

    /// Takes the last `count` indices off a unit. Caller: its holder, or the holder's operator.
    pub fn split(&self, unit: UnitId, count: u32, label: B256, evidence: B256) -> Call<abi::splitCall> {
        self.call(abi::splitCall { unit: unit.0, count, label, evidence })
    }

    /// Sends the unit on its way. Caller: its holder, or the holder's operator.
    pub fn ship(&self, unit: UnitId, to: Address, evidence: B256) -> Call<abi::shipCall> {
        self.call(abi::shipCall { unit: unit.0, to, evidence })
    }

    /// Takes over what was shipped, if it is what the caller says: `packs` packs in the `count` indices from `first` on. Caller: the
    /// addressee, or its operator.
    pub fn receive(
        &self,
        unit: UnitId,
        first: u32,
        count: u32,
        packs: u32,
        evidence: B256,
    ) -> Call<abi::receiveUnitCall> {
        self.call(abi::receiveUnitCall { unit: unit.0, first, count, packs, evidence })
    }

    /// Refuses what was shipped. Caller: the addressee, or its operator.
    pub fn reject(&self, unit: UnitId, evidence: B256) -> Call<abi::rejectCall> {
        self.call(abi::rejectCall { unit: unit.0, evidence })
    }

    /// Calls a shipment back. Caller: the holder, or its operator.
    pub fn cancel_shipment(&self, unit: UnitId, evidence: B256) -> Call<abi::cancelShipmentCall> {
        self.call(abi::cancelShipmentCall { unit: unit.0, evidence })
    }

    /// Stops the unit in the caller's name. Caller: holder, maker, regulator.
    pub fn stop(&self, unit: UnitId, why: UnitStop, evidence: B256) -> Call<abi::stopCall> {
        self.call(abi::stopCall { unit: unit.0, why: why.into(), evidence })
    }

    /// Lifts what `set_by` set. Caller: `set_by`, or a regulator.
    pub fn free(&self, unit: UnitId, why: UnitStop, set_by: Address, evidence: B256) -> Call<abi::freeCall> {
        self.call(abi::freeCall { unit: unit.0, why: why.into(), setBy: set_by, evidence })
    }

    /// Hands the packs at these indices over to those whom they are for. Caller: the holder, or its operator.
    pub fn dispense(&self, holder: Address, unit: UnitId, indices: &[u32], evidence: B256) -> Call<abi::dispenseCall> {
        self.call(abi::dispenseCall { holder, unit: unit.0, indices: indices.to_vec(), evidence })
    }

    /// Destroys what is left of `count` indices from `first` on. Caller: the holder, or its operator.
    pub fn destroy(&self, unit: UnitId, first: u32, count: u32, evidence: B256) -> Call<abi::destroyCall> {
        self.call(abi::destroyCall { unit: unit.0, first, count, evidence })
    }

    /// Allows `operator` to act for the caller in every verb of this room, or no longer.
    pub fn set_operator(&self, operator: Address, approved: bool) -> Call<abi::setOperatorCall> {
        self.call(abi::setOperatorCall { operator, approved })
    }

    /// Several verbs of this room in one transaction, by their [`Call::calldata`]: all of them or none.
    pub fn multicall(&self, data: Vec<Bytes>) -> Call<abi::multicallCall> {
        self.call(abi::multicallCall { data })
    }

    /// Whether `operator` may act for `account`.
    pub async fn is_operator(&self, account: Address, operator: Address) -> Result<bool> {
        self.call(abi::isOperatorCall { account, operator }).ask().await
    }

    /// The unit, if there is one.
    pub async fn unit_of(&self, unit: UnitId) -> Result<Option<Unit>> {
        let known = self.call(abi::unitOfCall { unit: unit.0 }).ask().await?;
        if known.holder.is_zero() {
            return Ok(None);
        }
        Ok(Some(Unit {
            holder: known.holder,
            first: known.first,
            count: known.count,
            opened: known.opened,
            addressee: known.underWay.then_some(known.addressee),
            quarantines: known.quarantines,
            losses: known.losses,
            came_from_tag: known.cameFromTag,
        }))
    }

    /// How many packs are in the unit: its indices without the holes.
    pub async fn packs_in(&self, unit: UnitId) -> Result<u64> {
        Ok(self.call(abi::packsInCall { unit: unit.0 }).ask().await?.saturating_to())
    }

    /// Whether the unit may move, with the first reason when not.
    pub async fn is_movable(&self, unit: UnitId) -> Result<Standing> {
        self.call(abi::isMovableCall { unit: unit.0 }).ask().await?.standing.try_into()
    }

    /// Whether the packs at these indices can be taken out of the unit of `holder`; else the first that cannot, and why.
    pub async fn state_of(&self, holder: Address, unit: UnitId, indices: &[u32]) -> Result<(PackState, u32)> {
        let call = abi::stateOfCall { holder, unit: unit.0, indices: indices.to_vec() };
        let known = self.call(call).ask().await?;
        Ok((known._0.try_into()?, known._1))
    }

    /// What the account had of the lot.
    pub async fn tally_of(&self, account: Address, lot: LotId) -> Result<Tally> {
        let known = self.call(abi::tallyOfCall { account, lot: lot.0 }).ask().await?;
        Ok(Tally { received: known.received, sent: known.sent, dispensed: known.dispensed, destroyed: known.destroyed })
    }

    /// Whether the lot began its life in units.
    pub async fn is_commissioned(&self, lot: LotId) -> Result<bool> {
        self.call(abi::isCommissionedCall { lot: lot.0 }).ask().await
    }

    /// Whether the pack at this index was dispensed or destroyed.
    pub async fn is_gone(&self, lot: LotId, index: u32) -> Result<bool> {
        self.call(abi::isGoneCall { lot: lot.0, index }).ask().await
    }

    /// Whether the pack at this index was destroyed out of a unit.
    pub async fn is_destroyed(&self, lot: LotId, index: u32) -> Result<bool> {
        self.call(abi::isDestroyedCall { lot: lot.0, index }).ask().await
    }

    /// Whether `account` stopped the unit for this reason, and did not lift it.
    pub async fn is_stopped_by(&self, unit: UnitId, why: UnitStop, account: Address) -> Result<bool> {
        self.call(abi::isStoppedByCall { unit: unit.0, why: why.into(), account }).ask().await
    }
}

impl From<Loss> for UnitStop {
    fn from(loss: Loss) -> Self {
        match loss {
            Loss::Lost => Self::Lost,
            Loss::Stolen => Self::Stolen,
        }
    }
}
