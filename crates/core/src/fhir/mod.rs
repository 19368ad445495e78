//! FHIR R4 (4.0.1): resources read, written, checked and converted without loss.
//!
//! - [`Resource`] is a document with everything in it; [`canonical()`] says how it is stored and what its digest is.
//! - [`from_xml`] and [`to_xml`] convert between its two formats.
//! - [`validate()`] checks it against R4, the HL7 Point-of-Care Device guide and R4's vital signs; [`validate_set`]
//!   checks what holds several together.
//! - [`model`] has typed resources, [`emit`] builds those that this project makes.
//! - [`MdsState`] is what the chain keeps of a device in use; [`to_r5`] and [`from_r5`] convert a Device to R5 and
//!   back.

mod canonical;
pub mod emit;
mod error;
mod json;
mod lines;
pub mod model;
mod parse;
mod path;
mod pocd;
mod r5;
mod resource;
mod schema;
mod series;
mod state;
mod validate;
mod xml;

pub use canonical::{canonical, digest};
pub use error::FhirError;
pub use json::{Decimal, Json, Object};
pub use lines::Lines;
pub use pocd::{EUI_64, Profile, UCUM, loinc::is_code as is_loinc, mdc::SYSTEM as MDC, urls};
pub use r5::{from_r5, to_r5};
pub use resource::Resource;
pub use series::{Series, SeriesError};
pub use state::{
    DeviceStatus, MdsState, OperatingMode, PATIENT_COMMITMENT, PatientLink, STATUS_REASON, StateError, StatusReason,
};
pub use validate::{Finding, Issue, Severity, validate, validate_as, validate_set};
pub use xml::{from_xml, to_xml};

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// How deep lists and objects may be nested.
pub const MAX_DEPTH: usize = 64;

#[cfg(test)]
mod tests;
