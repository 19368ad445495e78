//! What is offered, and what somebody orders of it.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::market::Market as abi;
use theriac_core::document::Subject;
use theriac_core::ids::{ItemId, LotId};

use crate::lots::ProvenItem;
use crate::types::seconds;

/// The shortest time that an offer may give a party, in seconds: `Market.MIN_TIME`.
pub const MIN_TIME: u32 = 86_400;
/// The longest: `Market.MAX_TIME`.
pub const MAX_TIME: u32 = 366 * 86_400;

/// The goods of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Goods {
    /// A device that has its twin.
    Item(ItemId),
    /// Units of a lot that have no twin yet, by their indices in the lot document, both included.
    #[serde(rename_all = "camelCase")]
    Lot {
        /// The lot.
        lot: LotId,
        /// First index.
        first: u32,
        /// Last index.
        last: u32,
    },
}

/// How long the parties have, in seconds; each from [`MIN_TIME`] to [`MAX_TIME`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    /// The seller's, to ship, from the purchase.
    pub ship: u32,
    /// The buyer's, from shipping and anew from receipt, to dispute, and to return what was received.
    pub inspection: u32,
    /// The seller's, from the return's shipping and anew from its receipt, to report what is wrong with it.
    pub returning: u32,
    /// The arbiter's, from the dispute.
    pub arbitration: u32,
}

/// What is offered and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// Owner of the item, or maker of the lot.
    pub seller: Address,
    /// What.
    pub goods: Goods,
    /// ERC-20 token to be paid in, [`super::ETHER`] for ether.
    pub token: Address,
    /// Last second at which it can be bought.
    pub until: u64,
    /// How long the parties have.
    pub times: Times,
}

/// What changes about an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Offer {
    /// Of one device.
    #[serde(serialize_with = "super::decimal")]
    pub price: u128,
    /// How many are left.
    pub stock: u32,
}

/// What somebody buys from one offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The offer.
    pub terms: Terms,
    /// Which units of the lot; none where the offer is of an item, which is the one that is bought.
    pub units: Vec<ProvenItem>,
    /// Of one device, as the buyer saw it.
    pub price: u128,
}

impl Goods {
    /// The lot that they are of.
    pub fn lot(&self) -> LotId {
        match self {
            Self::Item(item) => item.lot(),
            Self::Lot { lot, .. } => *lot,
        }
    }

    /// The word under which the contract knows them.
    pub fn subject(&self) -> B256 {
        match self {
            Self::Item(item) => Subject::Item(*item).word(),
            Self::Lot { lot, .. } => Subject::Lot(*lot).word(),
        }
    }
}

impl Terms {
    /// The offer's id: the hash of these terms, which its price and stock are no part of.
    pub fn id(&self) -> B256 {
        keccak256(abi::Terms::from(self).abi_encode())
    }
}

impl Order {
    /// The items that are bought.
    pub fn items(&self) -> Vec<ItemId> {
        match self.terms.goods {
            Goods::Item(item) => vec![item],
            Goods::Lot { .. } => self.units.iter().map(|unit| unit.item).collect(),
        }
    }

    /// What all of them cost.
    pub fn cost(&self) -> U256 {
        U256::from(self.price) * U256::from(self.items().len())
    }
}

impl From<&Terms> for abi::Terms {
    fn from(terms: &Terms) -> Self {
        let (first, last) = match terms.goods {
            Goods::Item(_) => (0, 0),
            Goods::Lot { first, last, .. } => (first, last),
        };
        Self {
            seller: terms.seller,
            subject: terms.goods.subject(),
            first,
            last,
            token: terms.token,
            until: seconds(terms.until),
            shipTime: terms.times.ship,
            inspectionTime: terms.times.inspection,
            returnTime: terms.times.returning,
            arbitrationTime: terms.times.arbitration,
        }
    }
}

impl From<abi::Terms> for Terms {
    fn from(terms: abi::Terms) -> Self {
        // As the contract tells them apart: the second half of an item's id is a hash, that of a lot's word is empty.
        let item = ItemId(terms.subject);
        let goods = match item.half().is_zero() {
            true => Goods::Lot { lot: item.lot(), first: terms.first, last: terms.last },
            false => Goods::Item(item),
        };
        Self {
            seller: terms.seller,
            goods,
            token: terms.token,
            until: terms.until.to(),
            times: Times {
                ship: terms.shipTime,
                inspection: terms.inspectionTime,
                returning: terms.returnTime,
                arbitration: terms.arbitrationTime,
            },
        }
    }
}

impl From<&Order> for abi::Order {
    fn from(order: &Order) -> Self {
        Self {
            terms: (&order.terms).into(),
            items: order.items().into_iter().map(|item| item.0).collect(),
            memberships: order.units.iter().map(|unit| (&unit.membership).into()).collect(),
            price: order.price,
        }
    }
}
