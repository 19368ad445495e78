//! Who acts. The keys are those of anvil's well-known mnemonic: public, and worth nothing on any other chain.

use alloy::primitives::{Address, hex};
use alloy::signers::local::{MnemonicBuilder, PrivateKeySigner};

use crate::Error;

const MNEMONIC: &str = "test test test test test test test test test test test junk";

/// An account of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// Someone who only looks.
    Nobody,
    Administrator,
    Guardian,
    Regulator,
    Vital,
    Ortho,
    Certifier,
    Distributor,
    Hospital,
    /// Holds a copied label.
    Buyer,
    /// Decides disputes.
    Arbiter,
    /// Makes a medicine.
    Remedy,
    /// Makes the same substance under another name.
    Generic,
    Pharmacy,
    /// Sells for the pharmacy.
    Pharmacist,
    Doctor,
    /// Gets what was meant for the pharmacy.
    Trader,
    /// Repairs and calibrates devices.
    Engineer,
    /// An oracle node that reads the hospital's FHIR server.
    OracleEast,
    /// Another one.
    OracleWest,
    /// Another department of the hospital, which has a store of its own and no account.
    Ward,
    /// A patient, without ether.
    Anna,
    /// Another patient, without ether.
    Bert,
}

impl Person {
    /// Those who apply, with their company and roles.
    pub(crate) const APPLICANTS: [(Self, &'static str, &'static str); 18] = [
        (Self::Regulator, "National Device Authority", "regulator"),
        (Self::Certifier, "Notified Body 0001", "certifier"),
        (Self::Vital, "Vital Monitoring Works", "manufacturer"),
        (Self::Ortho, "Ortho Implant Works", "manufacturer"),
        (Self::Distributor, "MedLogistics", "distributor"),
        (Self::Hospital, "City Hospital", "provider"),
        (Self::Arbiter, "Chamber of Arbitration", "arbiter"),
        (Self::Remedy, "Remedy Works", "manufacturer"),
        (Self::Generic, "Generic Works", "manufacturer"),
        (Self::Pharmacy, "Corner Pharmacy", "pharmacy"),
        (Self::Pharmacist, "Pharmacist 4711", "pharmacist"),
        (Self::Doctor, "Practice at the Bridge", "practitioner"),
        (Self::Trader, "Night Trading", "distributor"),
        (Self::Engineer, "Calibration Service", "engineer"),
        (Self::OracleEast, "Oracle East", "oracle"),
        (Self::OracleWest, "Oracle West", "oracle"),
        (Self::Anna, "Pseudonym 7F3A", "patient"),
        (Self::Bert, "Pseudonym 91C2", "patient"),
    ];

    fn index(self) -> Option<u32> {
        match self {
            Self::Nobody | Self::Ward => None,
            Self::Administrator => Some(0),
            Self::Guardian => Some(1),
            Self::Regulator => Some(2),
            Self::Vital => Some(3),
            Self::Ortho => Some(4),
            Self::Certifier => Some(5),
            Self::Distributor => Some(6),
            Self::Hospital => Some(7),
            Self::Buyer => Some(8),
            Self::Arbiter => Some(9),
            Self::Remedy => Some(10),
            Self::Generic => Some(11),
            Self::Pharmacy => Some(12),
            Self::Pharmacist => Some(13),
            Self::Doctor => Some(14),
            Self::Trader => Some(15),
            Self::Engineer => Some(16),
            Self::OracleEast => Some(17),
            Self::OracleWest => Some(18),
            // The chain gives ether to the first twenty only.
            Self::Anna => Some(20),
            Self::Bert => Some(21),
        }
    }

    fn signer(self) -> Result<Option<PrivateKeySigner>, Error> {
        let Some(index) = self.index() else { return Ok(None) };
        Ok(Some(MnemonicBuilder::from_phrase_nth(MNEMONIC, index)))
    }

    /// The key as `THERIAC_PRIVATE_KEY` takes it.
    pub(crate) fn private_key(self) -> Result<Option<String>, Error> {
        Ok(self.signer()?.map(|signer| hex::encode_prefixed(signer.to_bytes())))
    }

    /// The address.
    pub(crate) fn address(self) -> Result<String, Error> {
        let signer = self.signer()?;
        Ok(signer.map_or(Address::ZERO, |signer| signer.address()).to_string())
    }

    /// The name of its company; empty for those who have none.
    pub(crate) fn company(self) -> &'static str {
        Self::APPLICANTS.iter().find(|(person, ..)| *person == self).map_or("", |(_, company, _)| company)
    }

    /// Its home folder in `demo-out`. Who makes, trades or takes medicines has one of its own, since what opens a unit or a booking is not for
    /// the others; a pharmacist works at the desk of the pharmacy.
    pub(crate) fn home(self) -> String {
        match self {
            Self::Pharmacist => Self::Pharmacy.home(),
            Self::Remedy
            | Self::Generic
            | Self::Distributor
            | Self::Pharmacy
            | Self::Doctor
            | Self::Trader
            | Self::Ward
            | Self::Anna
            | Self::Bert => format!("homes/{}", self.word()),
            _ => "home".to_owned(),
        }
    }

    /// A word for file names.
    pub(crate) fn word(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}
