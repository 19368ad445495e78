//! Questions to hospital systems and their answers: what `FhirOracle` knows by digest and commitment.
//!
//! An asker ([`ask`]) seals a [`QuestionDocument`] for the nodes that the question names; each node ([`node`]) opens it, checks that the
//! question on chain is about what the document says, reads its FHIR server ([`reading`]) and signs. [`value`] says how a value becomes a
//! number or a commitment.
//!
//! **Which observation.** Of all that fit (right subject, code and unit; final, amended or corrected; a single number), a node takes the
//! newest that was observed when the question was asked; where there is none yet, the first one after that. So honest nodes with the same
//! data answer with the same observation, whenever they read. Two different values of the same second are no answer.
//!
//! **What goes on chain.** Of a patient only commitments: `subject` is the commitment to the patient under the asker's account, the value one
//! under `subject`, both under a salt that is fresh for every question; the value itself is sealed for the asker. A device's own metric is
//! a plain number. A node refuses to answer in plain with an observation whose subject is a patient.

pub mod answers;
pub mod ask;
mod documents;
pub mod node;
pub mod reading;
mod subject;
pub mod value;

pub use documents::{AnswerDocument, QuestionDocument, Source};
pub use subject::{PatientName, Subject};
pub use value::{Code, Value};

use theriac_core::document::DocumentError;
use theriac_core::envelope::EnvelopeError;

/// What can be wrong with a question or an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// Text that is no code.
    #[error("`{0}` is no code: write one of LOINC as 8867-4, with its check digit, or one of MDC as mdc:147842")]
    NoCode(String),
    /// Text that names no patient.
    #[error("this names no patient: write a reference as Patient/7, or an identifier as SYSTEM|VALUE")]
    NoPatient,
    /// A device without a label.
    #[error(
        "a device is named by its UDI with a serial, by which nodes find it on their servers; an item id does not say it"
    )]
    NoUdi,
    /// A code whose unit is not known.
    #[error("the unit of {0} is not known here: give it (UCUM), such as --unit Cel")]
    NoUnit(Code),
    /// A unit that cannot stand in the text of a value.
    #[error("`{0}` is no unit of UCUM: it has visible ASCII characters, without spaces")]
    BadUnit(String),
    /// A panel of a device.
    #[error("{0} is two numbers, which go on chain only as a commitment for a patient: ask for one of them")]
    PanelOfDevice(Code),
    /// Too many digits behind the point.
    #[error("{decimals} digits behind the point are too many: at most {most}", most = value::MOST_DECIMALS)]
    Decimals {
        /// How many.
        decimals: u8,
    },
    /// A tolerance for what has to be equal.
    #[error("a patient's value is a commitment, which is equal or not: there is no tolerance")]
    Tolerance,
    /// No such question.
    #[error("nobody asked the question {0} on this chain: compare its id")]
    Unknown(alloy::primitives::B256),
    /// A document that is not what it should be.
    #[error("the sealed document of the question does not fit: {0}")]
    Unfit(&'static str),
    /// A document that cannot be written or read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A sealed document that cannot be made or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// No random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(String),
}

impl OracleError {
    /// What happened, without anything that stood in a sealed document: for logs.
    pub fn summary(&self) -> String {
        match self {
            Self::Document(_) => "the sealed document of the question is malformed".to_owned(),
            Self::NoCode(_) => "the question has no code that is known".to_owned(),
            other => other.to_string(),
        }
    }
}
