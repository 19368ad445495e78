#![doc = include_str!("../README.md")]

pub mod call;
pub mod chain;
pub mod deploy;
pub mod deployment;
pub mod diary;
pub mod dispensing;
pub mod dry_run;
pub mod eip712;
pub mod error;
pub mod events;
mod explain;
pub mod logs;
pub mod lots;
pub mod mds;
pub mod pipeline;
pub mod relay;
pub mod revert;
pub mod roles;
pub mod rooms;
pub mod signer;
pub mod store;
pub mod suite;
pub mod tokens;
pub mod trade;
pub mod types;
pub mod units;
pub mod verify;

pub use call::{Call, Receipt, Scheduled};
pub use chain::Chain;
pub use deployment::{Deployment, Parameters};
pub use error::{Error, Result};
pub use events::{RoomEvent, RoomLog};
pub use revert::Revert;
pub use roles::Roles;
pub use signer::{Secret, Signer};
pub use suite::Suite;
