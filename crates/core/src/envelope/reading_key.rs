//! The reading key of a wallet: whoever can sign can read, without another file to keep.
//!
//! The wallet signs one fixed EIP-712 message, and the X25519 secret is made from the signature:
//!
//! ```text
//! domain   EIP712Domain(string name,string version)         name "Theriac", version "1"; no chain and no contract
//! message  ReadingKey(string purpose)                       purpose = PURPOSE
//! secret   HKDF-SHA-256 (RFC 5869)                          32 bytes
//!          input  r ‖ s, 32 bytes each, big-endian; not v, which signers write in several ways
//!          salt   "theriac/reading-key"
//!          info   "X25519 v1"
//! ```
//!
//! So the key is the same on every chain and in every program. It needs a wallet that signs one message with one
//! signature always (RFC 6979): a program asks twice, and where the answers differ (KMS, several signers, contract
//! wallets) an age identity file is used instead. The key cannot be changed without changing the wallet; an identity
//! file can. And the signature is the key: whoever is shown it reads everything, so no other site should be given it.

use alloy_primitives::{B256, Signature};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{EnvelopeError, Identity};

sol! {
    /// What the wallet signs.
    #[derive(Debug)]
    struct ReadingKey {
        string purpose;
    }
}

/// What the person reads in the wallet.
pub const PURPOSE: &str = "Make the key that opens my sealed records. Whoever gets this signature can read them: \
    sign only in a program that you trust with all of them.";

const SALT: &[u8] = b"theriac/reading-key";
const INFO: &[u8] = b"X25519 v1";

/// The one message.
pub fn message() -> ReadingKey {
    ReadingKey { purpose: PURPOSE.to_owned() }
}

/// Its signing domain.
pub const fn domain() -> Eip712Domain {
    eip712_domain! { name: "Theriac", version: "1", }
}

/// The hash that is signed, for a signer that takes hashes only.
pub fn signing_hash() -> B256 {
    message().eip712_signing_hash(&domain())
}

/// The identity that follows from r and s.
pub fn identity(r_and_s: &[u8; 64]) -> Result<Identity, EnvelopeError> {
    let mut secret = Zeroizing::new([0; 32]);
    let derived = Hkdf::<Sha256>::new(Some(SALT), r_and_s).expand(INFO, secret.as_mut());
    derived.map_err(|error| EnvelopeError::Failed(error.to_string()))?;
    Identity::from_bytes(&secret)
}

/// The identity of a wallet that signed the message twice; none where the two answers differ.
pub fn identity_of(first: &Signature, second: &Signature) -> Result<Option<Identity>, EnvelopeError> {
    let [first, second] = [first, second].map(|signature| {
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
        bytes[32..].copy_from_slice(&signature.s().to_be_bytes::<32>());
        bytes
    });
    if first == second { identity(&first).map(Some) } else { Ok(None) }
}
