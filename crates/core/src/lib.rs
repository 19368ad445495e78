#![doc = include_str!("../README.md")]

pub mod canonical;
pub mod content;
pub mod credential;
pub mod document;
pub mod envelope;
pub mod epcis;
pub mod gs1;
pub mod gudid;
pub mod ids;
pub mod label;
pub mod merkle;
pub mod scans;
pub mod scratch;
pub mod serials;
pub mod udi;
