//! The rooms beside plain models of them: the same steps, taken at random, must be accepted and refused for the same reasons and leave
//! both in the same state.
//!
//! The models follow the NatSpec of the interfaces, not the contracts: they keep each pack, each booking and each fill for itself, and
//! what a contract counts they derive. In which order a contract finds several faults is no part of its interface, so a model gives all
//! that a step has, and the contract must refuse with one of them, its values included.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod appointments;
mod harness;
mod people;
mod pharmacy;
