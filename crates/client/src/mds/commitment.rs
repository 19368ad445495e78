//! Salted commitments: that the chain can tell whether patient or place changed, and nobody whose or where.

use alloy::primitives::{B256, keccak256};
use alloy::sol_types::SolValue as _;
use rand::{RngCore as _, rngs::OsRng};
use theriac_core::fhir::PatientLink;
use theriac_core::ids::ItemId;

use super::MdsError;

/// keccak256(abi.encode(salt, item, keccak256(text))), both words and the item as bytes32.
pub fn commitment(item: ItemId, text: &str, salt: B256) -> B256 {
    keccak256((salt, item.0, keccak256(text)).abi_encode())
}

/// What is committed to of a patient; none where the document has a commitment already.
pub fn patient_text(patient: &PatientLink) -> Option<String> {
    match patient {
        PatientLink::Reference(reference) => Some(format!("patient {reference}")),
        PatientLink::Identifier { system, value } => {
            Some(format!("patient {}|{value}", system.as_deref().unwrap_or_default()))
        }
        PatientLink::Commitment(_) => None,
    }
}

/// What is committed to of a place.
pub fn location_text(reference: &str) -> String {
    format!("location {reference}")
}

/// 32 random bytes of the operating system.
pub fn fresh_salt() -> Result<B256, MdsError> {
    let mut salt = B256::ZERO;
    OsRng.try_fill_bytes(salt.as_mut_slice()).map_err(|error| MdsError::NoRandomness(error.to_string()))?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_depends_on_salt_item_and_text() {
        let (item, salt) = (ItemId(B256::repeat_byte(1)), B256::repeat_byte(2));
        let one = commitment(item, "patient Patient/7", salt);
        let encoded = [salt, item.0, keccak256("patient Patient/7")].concat();
        assert_eq!(one, keccak256(encoded));
        assert_ne!(one, commitment(item, "patient Patient/7", B256::repeat_byte(3)));
        assert_ne!(one, commitment(ItemId(salt), "patient Patient/7", salt));
        assert_ne!(one, commitment(item, &location_text("Patient/7"), salt));
        assert_ne!(fresh_salt().unwrap(), fresh_salt().unwrap());
        let identifier = PatientLink::Identifier { system: Some("urn:mrn".to_owned()), value: "7".to_owned() };
        assert_eq!(patient_text(&identifier).as_deref(), Some("patient urn:mrn|7"));
        assert_eq!(patient_text(&PatientLink::Commitment(salt)), None);
    }
}
