//! Who can open an envelope: keys and passphrases, of which the secret ones do not print.

use std::fmt;
use std::str::FromStr;

use age::secrecy::{ExposeSecret, SecretString};
use alloy_primitives::{Address, B256};
use bech32::{Bech32, Hrp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use super::EnvelopeError;

/// What an age recipient begins with.
const PUBLIC: Hrp = Hrp::parse_unchecked("age");
/// What an age identity begins with.
const SECRET: Hrp = Hrp::parse_unchecked("age-secret-key-");
/// Any X25519 secret: its multiple of a point of low order is zero, and of no other point.
const ANY_SECRET: [u8; 32] = [0x40; 32];

/// An X25519 public key (RFC 7748) that records can be sealed to: the `encryptionKey` of `Participants`.
///
/// Invariant: it is not of low order. With such a key (zero is one) everybody knows the shared secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The 32 bytes, as the chain has them.
    pub fn new(bytes: [u8; 32]) -> Result<Self, EnvelopeError> {
        // age panics on these, since it takes a shared secret of zeros for a broken random number generator.
        match x25519_dalek::x25519(ANY_SECRET, bytes) == [0; 32] {
            true => Err(EnvelopeError::NoKey { key: B256::new(bytes) }),
            false => Ok(Self(bytes)),
        }
    }

    /// The 32 bytes, as the chain has them.
    pub fn bytes(&self) -> B256 {
        B256::new(self.0)
    }

    pub(super) fn recipient(&self) -> Result<age::x25519::Recipient, EnvelopeError> {
        let text = self.to_string();
        text.parse().map_err(|_| EnvelopeError::BadPublicKey(text))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(f, PUBLIC, &self.0).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = EnvelopeError;

    /// Reads `age1…`, or 64 hexadecimal digits with or without 0x.
    fn from_str(text: &str) -> Result<Self, EnvelopeError> {
        let wrong = || EnvelopeError::BadPublicKey(text.to_owned());
        let bytes = match text.starts_with("age1") {
            true => key_bytes(PUBLIC, text).ok_or_else(wrong)?,
            false => Zeroizing::new(text.parse::<B256>().map_err(|_| wrong())?.0),
        };
        Self::new(*bytes)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// The bytes of a key in Bech32 (BIP 173).
fn key_bytes(prefix: Hrp, text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp() != prefix {
        return None;
    }
    let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<_>>());
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

/// The secret key that belongs to a [`PublicKey`]: an age identity. It does not print.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// A new one.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// All identities in a file of `age-keygen`: one `AGE-SECRET-KEY-1…` on a line, beside empty lines and lines that
    /// begin with `#`.
    pub fn read_all(text: &str) -> Result<Vec<Self>, EnvelopeError> {
        let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line.trim()));
        let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let found = keys
            .map(|(line, text)| text.parse().map_err(|_| EnvelopeError::BadIdentity { line }))
            .collect::<Result<Vec<_>, _>>()?;
        if found.is_empty() { Err(EnvelopeError::NoIdentity) } else { Ok(found) }
    }

    /// The key that others seal to.
    pub fn public(&self) -> Result<PublicKey, EnvelopeError> {
        self.0.to_public().to_string().parse()
    }

    /// The line of an age identity file, for whoever writes one.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The identity with this X25519 secret.
    pub(super) fn from_bytes(secret: &[u8; 32]) -> Result<Self, EnvelopeError> {
        let text = bech32::encode_upper::<Bech32>(SECRET, secret).map(Zeroizing::new);
        text.ok().and_then(|text| text.parse().ok()).ok_or(EnvelopeError::NoIdentity)
    }

    pub(super) fn age(&self) -> &age::x25519::Identity {
        &self.0
    }
}

impl FromStr for Identity {
    type Err = EnvelopeError;

    fn from_str(text: &str) -> Result<Self, EnvelopeError> {
        text.parse().map(Self).map_err(|_| EnvelopeError::BadIdentity { line: 1 })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(hidden)")
    }
}

/// A passphrase. It does not print, and is wiped when it goes.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes the text as it is, as UTF-8; an empty one is refused.
    pub fn new(text: impl Into<String>) -> Result<Self, EnvelopeError> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() { Err(EnvelopeError::EmptyPassphrase) } else { Ok(Self(text)) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn secret(&self) -> SecretString {
        SecretString::from(self.0.as_str())
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

/// Somebody who can open an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reader {
    /// The key that is sealed to.
    pub key: PublicKey,
    /// The account that published the key, where it came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Address>,
}

impl From<PublicKey> for Reader {
    fn from(key: PublicKey) -> Self {
        Self { key, account: None }
    }
}
