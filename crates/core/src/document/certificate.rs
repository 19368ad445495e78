//! The document behind a certificate: who certifies what of whom, until when.

use alloy_primitives::Address;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, DocumentError, Subject, dates};
use crate::content::ContentAddress;

/// A certificate in full. `Anchors` keeps subject, kind, issuer, digest and validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CertificateDocument {
    /// What is certified.
    pub kind: CertificateKind,
    /// Of what.
    pub subject: Subject,
    /// The account that issues it.
    pub issuer: Address,
    /// The issuer's name.
    pub issuer_name: String,
    /// The name of the organisation that holds the certificate. Never a patient.
    pub holder: String,
    /// The number under which the issuer keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What is stated, in words.
    pub statement: String,
    /// From when it counts.
    #[serde(with = "dates::instant_required")]
    pub valid_from: Timestamp,
    /// Until when; absent if it does not end by itself.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::instant_optional")]
    pub valid_until: Option<Timestamp>,
    /// Standards, reports, approvals that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

impl Document for CertificateDocument {
    const TYPE: &'static str = "certificate";

    fn check(&self) -> Result<(), DocumentError> {
        match self.valid_until {
            Some(until) if until <= self.valid_from => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: format!("it is valid until {until}, which is not after {}: correct one", self.valid_from),
            }),
            _ => Ok(()),
        }
    }
}

/// Something that a certificate rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reference {
    /// Its name: "ISO 13485:2016", a number of a 510(k).
    pub title: String,
    /// The document itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentAddress>,
}

/// What a certificate says. The codes are those of `IAnchors.CertificateKind`; that list grows at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum CertificateKind {
    /// The unit, lot or model is its maker's.
    Authenticity = 0,
    /// It conforms to a standard or a regulation.
    Conformity = 1,
    /// It was calibrated.
    Calibration = 2,
    /// It was maintained.
    Maintenance = 3,
    /// What an account may claim of itself: training, licence.
    Credential = 4,
}

/// A code of no kind of certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no kind of certificate with code {0}: the codes are 0 to 4")]
pub struct UnknownKind(pub u8);

impl CertificateKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 5] =
        [Self::Authenticity, Self::Conformity, Self::Calibration, Self::Maintenance, Self::Credential];

    /// The byte that the chain keeps.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for CertificateKind {
    type Error = UnknownKind;

    fn try_from(code: u8) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.code() == code).ok_or(UnknownKind(code))
    }
}
