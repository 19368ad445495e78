//! Versions of device profiles: what the room `MdsProfiles` knows by digest, kept in the content store.
//!
//! A version is one document ([`SignedVersion`]) in canonical form (that of [`theriac_core::fhir::canonical()`], which keeps
//! the digits of FHIR's decimals):
//!
//! | field | what it is |
//! |---|---|
//! | `type`, `v` | `mdsVersion`, 1 |
//! | `chainId`, `room` | the chain, and `MdsProfiles` on it |
//! | `item`, `version` | the twin, and the number of the version, from 1 |
//! | `previous` | CID of the version before; absent in the first |
//! | `at` | when it was written, by the author's clock |
//! | `state` | what the chain keeps of it: status, reasons, mode, hours, cycles, salted commitments to patient and place |
//! | `profile` | the FHIR document, where it names no patient |
//! | `sealed` | else an age file in hexadecimal digits, with the document, the salts and the readers in it |
//! | `author`, `signature` | who wrote it, and its signature (EIP-712, domain "Theriac MdsProfiles") over all of the above |
//!
//! So the versions are a chain that anyone can walk and check without reading a patient's name ([`walk`]).

mod append;
mod commitment;
mod draft;
mod fields;
mod history;
mod keeping;
mod orders;
mod sealed;
mod signs;
mod state;
mod version;
mod vitals;

pub use append::{PER_TRANSACTION, Prepared, feed, prepare};
pub use commitment::{commitment, fresh_salt, location_text, patient_text};
pub use draft::Draft;
pub use history::{History, Step, Walked, steps, walk};
pub use keeping::{Kept, Restored, What, devices_of, documents, restore, segments};
pub use orders::{OrderEntry, orders};
pub use sealed::{Inside, Salts};
pub use signs::{SignsHistory, WalkedSigns, walk_signs};
pub use state::{names_a_patient, state_of};
pub use version::{Body, SignedVersion, Version};
pub use vitals::{SignedVitalSigns, VitalSigns};

use theriac_core::envelope::EnvelopeError;
use theriac_core::fhir::{FhirError, StateError};
use theriac_core::ids::ItemId;

/// What can be wrong with a version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MdsError {
    /// A document that is no version, or one that was altered.
    #[error("this is no version of a device profile: {0}. Is it the right document, and whole?")]
    NotAVersion(String),
    /// JSON that cannot be read.
    #[error(transparent)]
    Fhir(#[from] FhirError),
    /// A document whose state cannot be kept.
    #[error(transparent)]
    State(#[from] StateError),
    /// The chain keeps exactly one operating mode.
    #[error(
        "the document has no operating mode: add the extension operating-mode with Nml, Dmo, Srv or Mtn, of which the chain \
         keeps exactly one"
    )]
    NoMode,
    /// A document that names a patient, for everyone.
    #[error(
        "the document names a patient, so it is stored only sealed, and nobody was named who may read it: give \
         --reader ACCOUNT_OR_KEY for each, yourself among them"
    )]
    NoReaders,
    /// Two versions of one device in one batch.
    #[error("{item} is in the batch twice: write one version of a device after the other")]
    Twice {
        /// The device.
        item: ItemId,
    },
    /// A device that moves in a batch.
    #[error(
        "the document of {item} names another patient or place than its newest version: write it alone, not in a batch"
    )]
    Moves {
        /// The device.
        item: ItemId,
    },
    /// A sealed document that cannot be made or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// No random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(String),
}
