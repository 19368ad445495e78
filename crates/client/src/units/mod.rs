//! Logistic units as their holders know them: which SSCC is which unit on the chain, and what the chain told of each.
//!
//! The chain knows a unit by an id that hides its SSCC ([`theriac_core::ids::UnitId`]). What opens it, SSCC and salt, is in the
//! [`Book`] of the home folder and in the papers that partners seal for each other. Where a unit begins and ends, who has it and
//! who had it follows from the events of `Units`: the [`Ledger`] replays them.

pub mod book;
pub mod ledger;

pub use book::{Book, Entry};
pub use ledger::{Ledger, Range, Step};
