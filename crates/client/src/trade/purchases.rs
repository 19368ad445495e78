//! What was bought, and where it stands.

use alloy::primitives::{Address, B256, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::market::Market as abi;
use theriac_core::ids::ItemId;

use super::{Deal, Times};
use crate::types::{closed_list, seconds};

/// From the latest end that a purchase can have until its money can be reclaimed in `Escrow`, in seconds: `Market.GRACE`.
pub const GRACE: u64 = 30 * 86_400;

closed_list!(
    /// Where a purchase stands; the last three are ends.
    Status, "status of a purchase" {
        /// The money is held, the twins are the buyer's and locked.
        Paid = 1 => "paid",
        /// The goods are on their way to the buyer.
        Shipped = 2 => "shipped",
        /// The buyer has them, and its time to return them runs.
        Received = 3 => "received",
        /// They are on their way back.
        Returning = 4 => "returning",
        /// The seller has them back, and its time to report damage runs.
        Returned = 5 => "returned",
        /// An arbiter was asked for.
        Disputed = 6 => "disputed",
        /// The seller has the money, the buyer its twins without a lock.
        Settled = 7 => "settled",
        /// The buyer has its money back, the seller its twins.
        Refunded = 8 => "refunded",
        /// An arbiter divided the money.
        Divided = 9 => "divided",
    }
);

/// A purchase as agreed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Purchase {
    /// Who bought.
    pub buyer: Address,
    /// Who sold.
    pub seller: Address,
    /// ERC-20 token that was paid, [`super::ETHER`] for ether.
    pub token: Address,
    /// When.
    pub bought_at: u64,
    /// How long the parties have.
    pub times: Times,
    /// What.
    pub items: Vec<ItemId>,
}

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Where.
    pub status: Status,
    /// When it came there.
    pub since: u64,
    /// Whom it favours when its time passes in silence.
    pub silence_pays_buyer: bool,
}

impl Purchase {
    /// Its id: the hash of these terms.
    pub fn id(&self) -> B256 {
        keccak256(abi::Purchase::from(self).abi_encode())
    }

    /// The deal in `Escrow` that holds its money, opened by the `Market` at this address.
    pub fn deal(&self, market: Address) -> Deal {
        let Times { ship, inspection, returning, arbitration } = self.times;
        let [ship, inspection, returning, arbitration] = [ship, inspection, returning, arbitration].map(u64::from);
        Deal {
            opener: market,
            payer: self.buyer,
            payee: self.seller,
            token: self.token,
            reclaimable_at: self.bought_at + ship + 2 * (inspection + returning) + arbitration + GRACE,
            subject: self.id(),
        }
    }

    /// The last second of its present status; none at an end.
    pub fn last_second(&self, progress: &Progress) -> Option<u64> {
        let time = match progress.status {
            Status::Paid => self.times.ship,
            Status::Shipped | Status::Received => self.times.inspection,
            Status::Returning | Status::Returned => self.times.returning,
            Status::Disputed => self.times.arbitration,
            Status::Settled | Status::Refunded | Status::Divided => return None,
        };
        Some(progress.since + u64::from(time))
    }
}

impl From<&Purchase> for abi::Purchase {
    fn from(purchase: &Purchase) -> Self {
        Self {
            buyer: purchase.buyer,
            seller: purchase.seller,
            token: purchase.token,
            boughtAt: seconds(purchase.bought_at),
            shipTime: purchase.times.ship,
            inspectionTime: purchase.times.inspection,
            returnTime: purchase.times.returning,
            arbitrationTime: purchase.times.arbitration,
            items: purchase.items.iter().map(|item| item.0).collect(),
        }
    }
}

impl From<abi::Purchase> for Purchase {
    fn from(purchase: abi::Purchase) -> Self {
        Self {
            buyer: purchase.buyer,
            seller: purchase.seller,
            token: purchase.token,
            bought_at: purchase.boughtAt.to(),
            times: Times {
                ship: purchase.shipTime,
                inspection: purchase.inspectionTime,
                returning: purchase.returnTime,
                arbitration: purchase.arbitrationTime,
            },
            items: purchase.items.into_iter().map(ItemId).collect(),
        }
    }
}
