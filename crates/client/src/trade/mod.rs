//! Offers, purchases and deals, as `Market` and `Escrow` know them.
//!
//! The chain keeps one slot of each, under the hash of its terms; whoever acts on it hands the terms in again. So the types here
//! carry the terms, give the ids offline ([`Terms::id`], [`Purchase::id`], [`Deal::id`]), and are found again in the events
//! ([`known`]).
//!
//! Amounts are in the token's smallest unit (wei for ether, whose token is the zero address), times in seconds.

pub mod known;
pub mod money;
mod obstacle;
mod offers;
mod permission;
mod purchases;
mod steps;

pub use obstacle::Obstacle;
pub use offers::{Goods, MAX_TIME, MIN_TIME, Offer, Order, Terms, Times};
pub use permission::{Consent, Deal, Permission};
pub use purchases::{GRACE, Progress, Purchase, Status};
pub use steps::{Deed, Refusal, Step, Who};

use alloy::primitives::Address;

/// What stands for ether where a token is named.
pub const ETHER: Address = Address::ZERO;

/// Writes an amount as a decimal string: JSON's numbers end where readers lose digits, and these do not.
pub(crate) fn decimal<T: ToString, S: serde::Serializer>(amount: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&amount.to_string())
}
