//! Events of the supply chain, as partners exchange them: EPCIS 2.0 in JSON-LD with the Core Business Vocabulary, CBV 2.0.
//!
//! [`Document::parse`] reads what partners send and keeps what it does not know; [`verbs`] write an event for every act of custody
//! and sale; [`validate`] tells whether a file keeps to the schema, and where not; [`Document::hashes`] gives the canonical hash by
//! which an event is known, and which is its evidence on chain.

pub mod cbv;
mod document;
mod event;
mod fields;
mod hash;
pub mod links;
mod outline;
mod own;
mod position;
#[cfg(test)]
mod tests;
mod time;
mod validate;
pub mod verbs;

pub use document::{Document, DocumentKind};
pub use event::{
    Action, BizTransaction, CertificationInfo, Destination, ErrorDeclaration, Event, EventKind, NotAUri,
    PersistentDisposition, Place, Quantity, SensorElement, Source, Uri,
};
pub use hash::EventHash;
pub use own::{NAMESPACE, NotAnEventHash};
pub use time::{NotATime, NotAnOffset, Offset, Time};
pub use validate::{Finding, Schema, validate};

/// The JSON-LD context of EPCIS 2.0, with which every document begins.
pub const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/// Text that is not an EPCIS document, or not a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EpcisError {
    /// Not JSON, or an object with one name twice.
    #[error("line {line}, column {column}: this is not JSON: {problem}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// JSON that is no EPCIS document.
    #[error("line {line}, at `{pointer}`: {problem}")]
    Malformed {
        /// Where it is (RFC 6901).
        pointer: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A schema that cannot be used.
    #[error("this is no JSON schema to validate with: {0}")]
    Schema(String),
}

/// A problem whose line is not known yet.
#[derive(Debug)]
struct Malformed {
    pointer: String,
    problem: String,
}

impl Malformed {
    fn in_text(self, text: &str) -> EpcisError {
        let line = position::Positions::of(text).line(&self.pointer);
        EpcisError::Malformed { pointer: self.pointer, line, problem: self.problem }
    }
}
