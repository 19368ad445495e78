//! Device records of the FDA's Global Unique Device Identification Database (GUDID).
//!
//! Two sources, one record type, [`GudidDevice`]: the releases that AccessGUDID publishes for download (a zip of XML
//! files, tens of gigabytes when unpacked), and the JSON answers of its web service. [`open`] tells them apart.
//!
//! A release is read as a stream, in memory bounded by the largest record. Its `device` records are found by local
//! name at any depth, since namespaces and fields differ between releases; each is cut out of the stream and parsed
//! alone, so that a damaged one costs only itself and is reported as a [`RefusedRecord`]. Elements that are not
//! known are skipped. The contacts of a record are never stored.
//!
//! An identifier must have the form that its agency prescribes, with a check digit that checks: a record whose
//! primary identifier has not is refused, since no label could carry it; any other such identifier is left out of
//! its record and listed there.

mod cut;
mod error;
mod identifiers;
mod json;
mod model;
mod node;
mod parse;
mod record;
mod rewind;
mod source;
#[cfg(test)]
mod tests;
mod xml;

use std::ops::AddAssign;

pub use error::{GudidError, IdentifierFault, Position, RecordFault, RefusedIdentifier, RefusedRecord};
pub use json::read_json;
pub use record::{
    ControlledBy, GmdnTerm, GudidDevice, Identifier, IdentifierType, Measure, ModelFlags, MriSafety, Package,
    PremarketSubmission, ProductCode, Size, StorageCondition,
};
pub use source::{Format, Source, open};
pub use xml::read_xml;

/// What became of a file's records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records met; always `imported + refused`.
    pub read: u64,
    /// Records given as devices.
    pub imported: u64,
    /// Records given as refused.
    pub refused: u64,
    /// The file ended before its root element did: a download broke off, and records are missing.
    pub truncated: bool,
    /// The reader's user broke off.
    pub stopped: bool,
}

impl Summary {
    fn count(&mut self, record: &Result<GudidDevice, RefusedRecord>) {
        self.read += 1;
        match record {
            Ok(_) => self.imported += 1,
            Err(_) => self.refused += 1,
        }
    }
}

impl AddAssign for Summary {
    fn add_assign(&mut self, part: Summary) {
        self.read += part.read;
        self.imported += part.imported;
        self.refused += part.refused;
        self.truncated |= part.truncated;
        self.stopped |= part.stopped;
    }
}
