//! Scans that a verifier keeps, and what they tell of copies: item, time, and the place as a salted cell.
//!
//! A copied label is scanned where the original is not. Two scans that no aircraft can connect, or a unit that keeps
//! turning up far away, therefore ask for care. A verdict gets worse by it, never better: most copies stay unnoticed until both they
//! and the original have been scanned by the same verifier.
//!
//! # Places
//!
//! A place is coarsened to a [`Cell`] of about 111 km by 111 km and kept only as a [`Token`], HMAC-SHA-256 of item and cell under the
//! verifier's [`Salt`]. Because the item is hashed too, the same place gives another token for every item: the file shows neither where
//! somebody works nor which items were scanned at one place. Whoever has the salt can find the cell of a token by trying all
//! 41,252 of them, and so the rules do; without the salt nobody can, and whoever deletes the salt has deleted the places.
//!
//! # Rules
//!
//! [`Rules::judge`] looks at all scans of one item at once, so late, repeated and disordered ones need no care. What is
//! normal is not found: a shop or a hospital that scans a unit a hundred times where it stands, and the way from maker to
//! distributor to hospital. A copy that is used near its original is not found either.

mod cell;
mod journal;
mod rules;
mod seal;

pub use cell::{Cell, Place, PlaceError};
pub use journal::{JournalError, NoScan, Scan, scans_of};
pub use rules::{Finding, Position, Rules, Visit};
pub use seal::{Salt, SaltError, Token};

#[cfg(test)]
mod tests;
