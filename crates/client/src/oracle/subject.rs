//! Whom or what a question is about.

use std::fmt;
use std::str::FromStr;

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use theriac_core::fhir::PatientLink;
use theriac_core::ids::ItemId;
use theriac_core::udi::Udi;

use super::OracleError;
use crate::fhir_server::ResourceName;
use crate::mds;

/// The longest name of a patient.
const LONGEST: usize = 256;

/// A patient as a FHIR server names it. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum PatientName {
    /// `Patient/7`: one server's own name.
    Reference(String),
    /// An identifier, which several servers may know.
    Identifier {
        /// Who gives it; empty where nobody is said.
        system: String,
        /// As given.
        value: String,
    },
}

impl PatientName {
    /// The text that is committed to: as in the commitments of `MdsProfiles`.
    pub fn text(&self) -> String {
        mds::patient_text(&self.link()).unwrap_or_default()
    }

    fn link(&self) -> PatientLink {
        match self {
            Self::Reference(reference) => PatientLink::Reference(reference.clone()),
            Self::Identifier { system, value } => {
                PatientLink::Identifier { system: Some(system.clone()), value: value.clone() }
            }
        }
    }

    /// As it is typed.
    pub fn typed(&self) -> String {
        match self {
            Self::Reference(reference) => reference.clone(),
            Self::Identifier { system, value } => format!("{system}|{value}"),
        }
    }
}

impl FromStr for PatientName {
    type Err = OracleError;

    fn from_str(text: &str) -> Result<Self, OracleError> {
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(OracleError::NoPatient);
        }
        if let Some((system, value)) = text.split_once('|') {
            // Both are written into a search, where these separate.
            let plain = |part: &str| !part.contains(['|', ',', '$', '\\']);
            return match !value.is_empty() && plain(system) && plain(value) {
                true => Ok(Self::Identifier { system: system.to_owned(), value: value.to_owned() }),
                false => Err(OracleError::NoPatient),
            };
        }
        let name: ResourceName = text.parse().map_err(|_| OracleError::NoPatient)?;
        match name.kind() {
            "Patient" => Ok(Self::Reference(name.to_string())),
            _ => Err(OracleError::NoPatient),
        }
    }
}

impl fmt::Debug for PatientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientName(hidden)")
    }
}

/// Whom or what a question is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Subject {
    /// A patient.
    Patient(PatientName),
    /// A device, by its UDI with a serial.
    Device {
        /// In brackets: `(01)…(21)…`, or as its agency writes it.
        udi: String,
    },
}

impl Subject {
    /// The word on chain: of a device its item id, of a patient keccak256(abi.encode(salt, asker, keccak256(text))).
    ///
    /// The asker is in it so that nobody can ask under another's commitment. None for a patient without a salt, and for a device with one,
    /// or without a serial.
    pub fn word(&self, asker: Address, salt: Option<B256>) -> Option<B256> {
        match (self, salt) {
            (Self::Patient(name), Some(salt)) => Some(mds::commitment(ItemId(asker.into_word()), &name.text(), salt)),
            (Self::Device { .. }, None) => Some(self.udi()?.item_id()?.0),
            _ => None,
        }
    }

    /// The label of a device.
    pub fn udi(&self) -> Option<Udi> {
        match self {
            Self::Device { udi } => Udi::parse(udi, this_year()).ok(),
            Self::Patient(_) => None,
        }
    }
}

/// The year that two-digit years of labels are read by.
pub(super) fn this_year() -> i16 {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_are_named_and_do_not_print() {
        let reference: PatientName = "Patient/7".parse().unwrap();
        let identifier: PatientName = "urn:mrn|7".parse().unwrap();
        assert_eq!(
            (reference.text(), identifier.text()),
            ("patient Patient/7".to_owned(), "patient urn:mrn|7".to_owned())
        );
        assert_eq!(identifier.typed(), "urn:mrn|7");
        assert!(!format!("{reference:?}{identifier:?}").contains('7'));
        for wrong in ["7", "Device/7", "Patient/7/8", "urn:mrn|", "a|b|c", "a|b,c", "Patient/7?x", "a|b\n"] {
            assert!(wrong.parse::<PatientName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_commitment_is_of_patient_salt_and_asker() {
        let patient = |text: &str| Subject::Patient(text.parse().unwrap());
        let (asker, salt) = (Address::repeat_byte(1), B256::repeat_byte(2));
        let word = patient("Patient/7").word(asker, Some(salt));
        assert!(word.is_some());
        assert_ne!(word, patient("Patient/8").word(asker, Some(salt)));
        assert_ne!(word, patient("Patient/7").word(Address::repeat_byte(3), Some(salt)));
        assert_ne!(word, patient("Patient/7").word(asker, Some(B256::repeat_byte(3))));
        assert_eq!(patient("Patient/7").word(asker, None), None);
        let device = Subject::Device { udi: "(01)00012345678905(10)A1(21)123456".to_owned() };
        let item = device.udi().unwrap().item_id().unwrap();
        assert_eq!(device.word(asker, None), Some(item.0));
        assert_eq!(device.word(asker, Some(salt)), None);
        assert_eq!(Subject::Device { udi: "(01)00012345678905".to_owned() }.word(asker, None), None);
    }
}
