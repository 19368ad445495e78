//! The next version of a device, before it is sealed and signed.

use alloy::primitives::{Address, B256};
use jiff::Timestamp;
use theriac_core::envelope::Reader;
use theriac_core::fhir::{MdsState, Resource};
use theriac_core::ids::ItemId;

use super::{Body, Inside, MdsError, Salts, Version, names_a_patient, state_of};
use crate::error::Result as ClientResult;
use crate::rooms::Profile;
use crate::suite::Suite;

/// What the next version is to say.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The twin.
    pub item: ItemId,
    /// The version before; none of the first.
    pub newest: Option<Profile>,
    /// The FHIR document.
    pub document: Resource,
    /// Salted commitment to the patient.
    pub patient: Option<B256>,
    /// Salted commitment to the place.
    pub location: Option<B256>,
    /// The salts of both, where they are known.
    pub salts: Salts,
    /// For whom it is sealed; nobody: it is stored in clear, which a document that names a patient must not be.
    pub readers: Vec<Reader>,
    /// When it is written, by the author's clock.
    pub at: Timestamp,
}

impl Draft {
    /// The number of the version, from 1.
    pub fn number(&self) -> u32 {
        self.newest.as_ref().map_or(1, |newest| newest.version.saturating_add(1))
    }

    /// Whether it says another patient or place than the version before.
    pub fn moves(&self) -> bool {
        let before = self.newest.as_ref().map(|newest| (newest.patient, newest.location)).unwrap_or_default();
        before != (self.patient, self.location)
    }

    /// Seals it for its readers, and says what the chain is to keep of it.
    pub fn seal(&self, suite: &Suite, author: Address) -> ClientResult<Version> {
        let state = MdsState::read(&self.document).map_err(MdsError::from)?;
        Ok(Version {
            chain_id: suite.deployment().chain_id,
            room: suite.deployment().mds_profiles,
            item: self.item,
            number: self.number(),
            previous: self.newest.as_ref().map(|newest| newest.content.address()).transpose()?,
            at: self.at,
            state: state_of(&state)?,
            patient: self.patient,
            location: self.location,
            body: self.body(&state)?,
            author,
        })
    }

    fn body(&self, state: &MdsState) -> Result<Body, MdsError> {
        if !self.readers.is_empty() {
            let (profile, readers) = (self.document.clone(), self.readers.clone());
            return Ok(Body::Sealed(Inside { profile, salts: self.salts, readers }.seal()?));
        }
        match names_a_patient(&self.document, state) {
            true => Err(MdsError::NoReaders),
            false => Ok(Body::Clear(self.document.clone())),
        }
    }
}
