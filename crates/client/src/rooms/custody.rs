//! `Custody`: who holds this unit, and may it move?

use alloy::primitives::{Address, B256, Bytes, FixedBytes, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::custody::Custody as abi;
use theriac_core::ids::{ItemId, LotId, ModelId};

use crate::call::Call;
use crate::error::Result;
use crate::types::{Content, Loss, Membership, RecallClass, RecallScope, Standing};

super::room!(
    /// Who holds this unit, and may it move?
    Custody, custody
);

/// Who has an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Holding {
    /// Who holds it; none before commissioning.
    pub holder: Option<Address>,
    /// Who is to receive it, while it is under way.
    pub addressee: Option<Address>,
    /// First 11 bytes of keccak256(abi.encode(account that the holder had it from)); zero when from its maker's line.
    pub came_from_tag: FixedBytes<11>,
    /// Open recalls of this very item.
    pub recalls: u32,
    /// Quarantines in force.
    pub quarantines: u16,
    /// Losses reported and not lifted.
    pub losses: u16,
    /// Whether its life has ended.
    pub decommissioned: bool,
}

impl Holding {
    /// Whether the holder had the item from `account`.
    pub fn came_from(&self, account: Address) -> bool {
        self.came_from_tag[..] == keccak256(account.abi_encode())[..11]
    }
}

/// A recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recall {
    /// Who opened it.
    pub issuer: Address,
    /// How severe.
    pub class: RecallClass,
    /// Of a model, a lot or an item.
    pub scope: RecallScope,
    /// When it was opened.
    pub opened_at: u64,
    /// When it was closed, zero while open.
    pub closed_at: u64,
    /// Model id, lot id (16 bytes, then zeros) or item id.
    pub subject: B256,
}

impl Custody {
    /// The item begins its life with its maker. Caller: the lot's manufacturer, or its operator.
    pub fn commission(&self, item: ItemId, membership: &Membership, evidence: B256) -> Call<abi::commissionCall> {
        self.call(abi::commissionCall {
            item: item.0,
            index: membership.index,
            tagKey: membership.tag_key,
            proof: membership.proof.clone(),
            evidence,
        })
    }

    /// Says that the lot is held in units (`Units`), for ever. Caller: its manufacturer, or its operator.
    pub fn hold_in_units(&self, lot: LotId) -> Call<abi::holdInUnitsCall> {
        self.call(abi::holdInUnitsCall { lot: lot.0 })
    }

    /// Whether the lot is held in units.
    pub async fn is_held_in_units(&self, lot: LotId) -> Result<bool> {
        self.call(abi::isHeldInUnitsCall { lot: lot.0 }).ask().await
    }

    /// Sends the item on its way. Caller: its holder, or the holder's operator.
    pub fn ship(&self, item: ItemId, to: Address, evidence: B256) -> Call<abi::shipCall> {
        self.call(abi::shipCall { item: item.0, to, evidence })
    }

    /// Takes over what was shipped. Caller: the addressee, or its operator.
    pub fn receive(&self, item: ItemId, evidence: B256) -> Call<abi::receiveItemCall> {
        self.call(abi::receiveItemCall { item: item.0, evidence })
    }

    /// Refuses what was shipped. Caller: the addressee, or its operator.
    pub fn reject(&self, item: ItemId, evidence: B256) -> Call<abi::rejectCall> {
        self.call(abi::rejectCall { item: item.0, evidence })
    }

    /// Calls a shipment back. Caller: the holder, or its operator.
    pub fn cancel_shipment(&self, item: ItemId, evidence: B256) -> Call<abi::cancelShipmentCall> {
        self.call(abi::cancelShipmentCall { item: item.0, evidence })
    }

    /// Sets the caller's quarantine. Caller: holder, maker, regulator.
    pub fn quarantine(&self, item: ItemId, evidence: B256) -> Call<abi::quarantineCall> {
        self.call(abi::quarantineCall { item: item.0, evidence })
    }

    /// Lifts the quarantine that `set_by` set. Caller: `set_by`, or a regulator.
    pub fn release(&self, item: ItemId, set_by: Address, evidence: B256) -> Call<abi::releaseCall> {
        self.call(abi::releaseCall { item: item.0, setBy: set_by, evidence })
    }

    /// Reports the item lost or stolen. Caller: holder, maker, regulator.
    pub fn report_lost(&self, item: ItemId, loss: Loss, evidence: B256) -> Call<abi::reportLostCall> {
        self.call(abi::reportLostCall { item: item.0, loss: loss.into(), evidence })
    }

    /// Lifts the loss that `set_by` reported. Caller: `set_by`, or a regulator.
    pub fn recover(&self, item: ItemId, set_by: Address, evidence: B256) -> Call<abi::recoverCall> {
        self.call(abi::recoverCall { item: item.0, setBy: set_by, evidence })
    }

    /// Ends the item's life. Caller: its holder; the item is not under way.
    pub fn decommission(&self, item: ItemId, evidence: B256) -> Call<abi::decommissionCall> {
        self.call(abi::decommissionCall { item: item.0, evidence })
    }

    /// Recalls every lot of a model. Caller: its maker or a regulator.
    pub fn recall_model(&self, model: ModelId, class: RecallClass, notice: Content) -> Call<abi::recallModelCall> {
        self.call(abi::recallModelCall { model: model.0, class: class.into(), notice: notice.into() })
    }

    /// Recalls a lot. Caller: its maker or a regulator.
    pub fn recall_lot(&self, lot: LotId, class: RecallClass, notice: Content) -> Call<abi::recallLotCall> {
        self.call(abi::recallLotCall { lot: lot.0, class: class.into(), notice: notice.into() })
    }

    /// Recalls an item. Caller: its maker or a regulator.
    pub fn recall_item(&self, item: ItemId, class: RecallClass, notice: Content) -> Call<abi::recallItemCall> {
        self.call(abi::recallItemCall { item: item.0, class: class.into(), notice: notice.into() })
    }

    /// Says that the caller has read the recall and acted on it.
    pub fn acknowledge_recall(&self, recall: u64, evidence: B256) -> Call<abi::acknowledgeRecallCall> {
        self.call(abi::acknowledgeRecallCall { recallId: recall, evidence })
    }

    /// Closes a recall. Caller: its issuer or a regulator.
    pub fn close_recall(&self, recall: u64, evidence: B256) -> Call<abi::closeRecallCall> {
        self.call(abi::closeRecallCall { recallId: recall, evidence })
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

    /// Who has the item.
    pub async fn holding_of(&self, item: ItemId) -> Result<Holding> {
        let known = self.call(abi::holdingOfCall { item: item.0 }).ask().await?;
        let some = |account: Address| (!account.is_zero()).then_some(account);
        Ok(Holding {
            holder: some(known.holder),
            addressee: some(known.addressee),
            came_from_tag: known.cameFromTag,
            recalls: known.recalls,
            quarantines: known.quarantines,
            losses: known.losses,
            decommissioned: known.decommissioned,
        })
    }

    /// Whether the item may move, with the first reason when not.
    pub async fn is_movable(&self, item: ItemId) -> Result<Standing> {
        self.call(abi::isMovableCall { item: item.0 }).ask().await?.standing.try_into()
    }

    /// A recall by its number, if there is one.
    pub async fn recall_of(&self, recall: u64) -> Result<Option<Recall>> {
        let known = self.call(abi::recallOfCall { recallId: recall }).ask().await?;
        if known.issuer.is_zero() {
            return Ok(None);
        }
        Ok(Some(Recall {
            issuer: known.issuer,
            class: known.class.try_into()?,
            scope: known.scope.try_into()?,
            opened_at: known.openedAt.to(),
            closed_at: known.closedAt.to(),
            subject: known.subject,
        }))
    }

    /// How many recalls of exactly this model, lot (as subject) or item are open.
    pub async fn open_recalls_of(&self, subject: B256) -> Result<u64> {
        Ok(self.call(abi::openRecallsOfCall { subject }).ask().await?.saturating_to())
    }

    /// Number of the newest recall; they count from 1.
    pub async fn last_recall(&self) -> Result<u64> {
        self.call(abi::lastRecallIdCall {}).ask().await
    }

    /// Whether `account` set a quarantine that is in force.
    pub async fn is_quarantined_by(&self, item: ItemId, account: Address) -> Result<bool> {
        self.call(abi::isQuarantinedByCall { item: item.0, account }).ask().await
    }

    /// Whether `account` reported a loss that is not lifted.
    pub async fn is_lost_by(&self, item: ItemId, account: Address) -> Result<bool> {
        self.call(abi::isLostByCall { item: item.0, account }).ask().await
    }
}
