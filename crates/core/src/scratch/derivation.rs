//! From a scratch code to the key of a tag.
//!
//! ```text
//! P     = the 17 symbols in capital letters, without hyphens, as ASCII
//! S     = "theriac scratch code 1" ‖ item id                   the 1 is the version; 22 + 32 bytes
//! bytes = scrypt(P, S, N = 2^16, r = 8, p = 1, 48 bytes)       RFC 7914
//! key   = bytes mod (n − 1) + 1                                FIPS 186-5, A.2.1; n is the order of secp256k1
//! ```
//!
//! The item id is the salt: a code on another item gives another key, and no table made once serves for two items. The 128 bits
//! beyond the order leave a bias of 2^-128.
//!
//! Why scrypt: node, OpenSSL and Python have it without a package, so that portal and outsiders can check what is derived here;
//! Argon2id (RFC 9106) resists time-memory trades better, but no guesser gets that far: 2^80 guesses are out of reach for any
//! function, and this one is the second line, for codes drawn with bad randomness. Why these parameters: 64 MiB and about
//! 130 milliseconds of one core, which a telephone bears once, and a manufacturer once per unit: 22 minutes of one core for
//! 10,000 units.

use std::fmt;

use alloy_primitives::{Address, U256, Uint};
use k256::ecdsa::SigningKey;
use rayon::prelude::*;
use scrypt::Params;
use zeroize::Zeroizing;

use super::ScratchCode;
use crate::ids::{ItemId, LotId};
use crate::serials::CompactSerial;

/// Bytes that become a key: 128 bits more than the order has, after FIPS 186-5, A.2.1.
pub(crate) const LENGTH: usize = 48;
/// The order of secp256k1 (SEC 2, 2.4.1).
const ORDER: U256 = U256::from_be_slice(&[
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
]);

/// A way from code to key. What was printed stays valid when another is added: a code does not say by which it was made, the
/// tag key in the lot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derivation {
    version: u8,
    /// Base-2 logarithm of scrypt's N.
    log_n: u8,
}

impl Derivation {
    /// The first one.
    pub const V1: Self = Self { version: 1, log_n: 16 };
    /// Every one by which codes may have been made, the newest first.
    pub const KNOWN: [Self; 1] = [Self::V1];

    const R: u32 = 8;
    const P: u32 = 1;

    /// The key of the tag of `item`. Takes 64 MiB and some tenths of a second.
    pub fn tag_key(self, code: &ScratchCode, item: ItemId) -> TagKey {
        let salt = [format!("theriac scratch code {}", self.version).as_bytes(), item.0.as_slice()].concat();
        let parameters = Params::new(self.log_n, Self::R, Self::P).expect("these are within RFC 7914, section 2");
        let mut bytes = Zeroizing::new([0; LENGTH]);
        scrypt::scrypt(code.symbols().as_slice(), &salt, &parameters, bytes.as_mut_slice())
            .expect("48 bytes are not too many");
        TagKey(key_of(&bytes))
    }

    /// What the leaves of a lot's tree carry for these units; on all cores.
    pub fn tag_addresses(self, lot: LotId, rows: &[(CompactSerial, ScratchCode)]) -> Vec<Address> {
        rows.par_iter().map(|(serial, code)| self.tag_key(code, lot.item(serial.as_str())).address()).collect()
    }
}

impl ScratchCode {
    /// The key whose address is `tag_key`, if this code gives it for `item` by any derivation.
    pub fn key_of_tag(&self, item: ItemId, tag_key: Address) -> Option<TagKey> {
        Derivation::KNOWN.into_iter().map(|known| known.tag_key(self, item)).find(|key| key.address() == tag_key)
    }
}

/// The key that these bytes give, without a bias that matters.
pub(crate) fn key_of(bytes: &[u8; LENGTH]) -> SigningKey {
    let key = Uint::<384, 6>::from_be_bytes(*bytes) % Uint::<384, 6>::from(ORDER - U256::ONE) + Uint::<384, 6>::ONE;
    let key = Zeroizing::new(key.to_be_bytes::<LENGTH>());
    SigningKey::from_slice(&key[LENGTH - 32..]).expect("it is between 1 and the order less 1")
}

/// The private key of a tag. It does not print.
#[derive(Clone)]
pub struct TagKey(SigningKey);

impl TagKey {
    /// What stands in the leaf of the lot's tree.
    pub fn address(&self) -> Address {
        Address::from_private_key(&self.0)
    }

    /// The key, to sign with.
    pub fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagKey({})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends of the range, which no derivation will ever show.
    #[test]
    fn every_value_becomes_a_key() {
        let key = |bytes: [u8; LENGTH]| U256::from_be_slice(&key_of(&bytes).to_bytes());
        let of = |value: U256| {
            let mut bytes = [0; LENGTH];
            bytes[16..].copy_from_slice(&value.to_be_bytes::<32>());
            key(bytes)
        };
        assert_eq!(of(U256::ZERO), U256::ONE);
        assert_eq!(of(ORDER - U256::from(2)), ORDER - U256::ONE);
        assert_eq!(of(ORDER - U256::ONE), U256::ONE);
        assert_eq!(of(ORDER), U256::from(2));
        // (2^384 - 1) mod (n - 1) + 1, computed with Python's integers.
        let most = "0x4551231950b75fc4402da1732fc9bec14551231950b75fc4402da1732fc9bec0";
        assert_eq!(key([0xff; LENGTH]), most.parse::<U256>().unwrap());
    }
}
