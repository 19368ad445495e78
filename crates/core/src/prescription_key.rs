//! The one-time keys with which a patient collects medicines: one for each prescription, all from the patient's wallet.
//!
//! A prescription names its patient by the address of a key that is used for nothing else, so that two prescriptions of one person
//! have nothing in common. Nothing has to be kept for it but the wallet, which signs one fixed EIP-712 message:
//!
//! ```text
//! domain   EIP712Domain(string name,string version)         name "Theriac", version "1"; no chain and no contract
//! message  PrescriptionKeys(string purpose)                 purpose = PURPOSE
//! bytes    HKDF-SHA-256 (RFC 5869)                          48 bytes
//!          input  r ‖ s, 32 bytes each, big-endian; not v, which signers write in several ways
//!          salt   "theriac/prescription-key"
//!          info   "secp256k1 v1" ‖ number, 4 bytes, big-endian
//! key      bytes mod (n − 1) + 1                            FIPS 186-5, A.2.1; n is the order of secp256k1
//! ```
//!
//! As with the reading key ([`crate::envelope::reading_key`]) the wallet has to give one signature for one message (RFC 6979): a
//! program asks twice. And the signature is all keys: whoever is shown it can collect every medicine and knows which prescriptions
//! are of one person.

use std::fmt;

use alloy_primitives::{Address, B256, Signature};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use hkdf::Hkdf;
use k256::ecdsa::SigningKey;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::scratch::{KEY_LENGTH, key_of};

sol! {
    /// What the wallet signs.
    #[derive(Debug)]
    struct PrescriptionKeys {
        string purpose;
    }
}

/// What the person reads in the wallet.
pub const PURPOSE: &str = "Make the keys with which I collect my medicines. Whoever gets this signature can collect them: \
    sign only in a program that you trust with all of them.";

const SALT: &[u8] = b"theriac/prescription-key";
const INFO: &[u8] = b"secp256k1 v1";

/// The one message.
pub fn message() -> PrescriptionKeys {
    PrescriptionKeys { purpose: PURPOSE.to_owned() }
}

/// Its signing domain.
pub const fn domain() -> Eip712Domain {
    eip712_domain! { name: "Theriac", version: "1", }
}

/// The hash that is signed, for a signer that takes hashes only.
pub fn signing_hash() -> B256 {
    message().eip712_signing_hash(&domain())
}

/// All keys of one wallet. They do not print.
#[derive(Clone)]
pub struct KeyRing(Zeroizing<[u8; 64]>);

impl KeyRing {
    /// The keys of a wallet that signed the message twice; none where the two answers differ.
    pub fn of(first: &Signature, second: &Signature) -> Option<Self> {
        let [first, second] = [first, second].map(|signature| {
            let mut bytes = Zeroizing::new([0; 64]);
            bytes[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
            bytes[32..].copy_from_slice(&signature.s().to_be_bytes::<32>());
            bytes
        });
        (first == second).then_some(Self(first))
    }

    /// The key with this number.
    pub fn key(&self, number: u32) -> PrescriptionKey {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        let info = [INFO, &number.to_be_bytes()].concat();
        let derived = Hkdf::<Sha256>::new(Some(SALT), self.0.as_ref()).expand(&info, bytes.as_mut());
        derived.expect("48 bytes are within RFC 5869, section 2.3");
        PrescriptionKey(key_of(&bytes))
    }

    /// The first of `numbers` whose key has this address.
    pub fn find(&self, patient: Address, numbers: impl IntoIterator<Item = u32>) -> Option<(u32, PrescriptionKey)> {
        numbers.into_iter().map(|number| (number, self.key(number))).find(|(_, key)| key.address() == patient)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(hidden)")
    }
}

/// The private key of one prescription. It does not print.
#[derive(Clone)]
pub struct PrescriptionKey(SigningKey);

impl PrescriptionKey {
    /// What the prescription names as its patient.
    pub fn address(&self) -> Address {
        Address::from_private_key(&self.0)
    }

    /// The key, to sign with.
    pub fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

impl fmt::Debug for PrescriptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrescriptionKey({})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, address};

    use super::*;

    fn signature(s: u64, v: bool) -> Signature {
        Signature::new(U256::from(7), U256::from(s), v)
    }

    #[test]
    fn a_wallet_that_answers_in_two_ways_has_no_keys() {
        assert!(KeyRing::of(&signature(9, false), &signature(10, false)).is_none());
        // Signers write v in several ways; it is no part of the keys.
        let (one, other) = (KeyRing::of(&signature(9, false), &signature(9, true)), ring());
        assert_eq!(one.unwrap().key(3).address(), other.key(3).address());
    }

    #[test]
    fn every_prescription_has_a_key_of_its_own_and_it_is_found_again() {
        let ring = ring();
        let patients: std::collections::HashSet<_> = (0..100).map(|number| ring.key(number).address()).collect();
        assert_eq!(patients.len(), 100);
        let (number, key) = ring.find(ring.key(42).address(), 0..100).unwrap();
        assert_eq!((number, key.address()), (42, ring.key(42).address()));
        assert!(ring.find(ring.key(42).address(), 0..42).is_none());
    }

    #[test]
    fn keys_do_not_print() {
        let printed = format!("{:?} {:?}", ring(), ring().key(0));
        assert_eq!(printed, format!("KeyRing(hidden) PrescriptionKey({})", ring().key(0).address()));
    }

    /// Computed with Python: hmac for HKDF, integers for the key, `cast wallet address` for the address.
    #[test]
    fn agrees_with_another_derivation() {
        assert_eq!(ring().key(1).address(), address!("0x236948c25603491db82e46b46e82559732666490"));
    }

    fn ring() -> KeyRing {
        KeyRing::of(&signature(9, false), &signature(9, false)).unwrap()
    }
}
