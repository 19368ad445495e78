//! Sealed documents: encrypted for those who may read them, so that only the digest is everybody's. Purchase records above all;
//! [`seal_bytes`] takes any other.
//!
//! An envelope is one of two files, which others open too:
//!
//! | file | sealed for | opened also by |
//! |---|---|---|
//! | age (C2SP, version 1) | X25519 keys, or a passphrase (scrypt) | `age`, `rage`, npm `age-encryption` |
//! | CMS EnvelopedData (RFC 5652) | a passphrase (PBKDF2), with DES, 3DES or AES-256 in CBC mode | `openssl cms -decrypt` |
//!
//! The second is how the paper has it that this system follows; DES and 3DES are broken, CBC does not notice changes,
//! and a [`Warning`] says so. age authenticates what it holds, though not who sealed it: anyone can seal for a published
//! key. In both cases the digest that a party anchored is what makes the record that party's.
//!
//! **Readers.** An age file does not say for whom it is sealed. So that it can be sealed again for the same readers and
//! one more, they stand inside: what is sealed for keys is a document of type `sealedPurchase` with `readers` and
//! `record`. What is sealed for a passphrase is the record alone. [`share`] adds, removes and replaces readers. It makes
//! a new file with a new digest and a new key inside, and the old file stays what it was: who could open it still can, and
//! what somebody has read is read. Removing a reader counts for what is sealed from then on.
//!
//! **Bounds.** An envelope has at most [`MAX_SIZE`] bytes, and a file that would have the machine work for very long is
//! refused before the work is done.

mod age_form;
mod cms;
mod error;
mod keys;
pub mod reading_key;
mod record;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use cms::{Cipher, Hash};
pub use error::{EnvelopeError, Warning};
pub use keys::{Identity, Passphrase, PublicKey, Reader};
pub use record::{Amount, AmountError, Party, Price, PurchaseRecord, PurchasedItem};

use crate::canonical;
use crate::content::{self, ContentAddress};
use crate::document::{Document, DocumentError};

/// The largest envelope: 16 MiB.
pub const MAX_SIZE: usize = 16 << 20;
/// The most readers of one envelope.
pub const MAX_READERS: usize = 256;
/// Rounds of PBKDF2-HMAC-SHA-256 that are written; fewer in a file are warned of.
pub const MIN_ROUNDS: u32 = 600_000;
/// Rounds of PBKDF2 beyond which a file is not opened.
pub const MAX_ROUNDS: u32 = 10_000_000;
/// log2 of scrypt's N that is written: 256 MiB and about a second.
pub const WORK_FACTOR: u8 = 18;
/// log2 of scrypt's N beyond which a file is not opened: 1 GiB.
pub const MAX_WORK_FACTOR: u8 = 20;
/// The longest header of an age file, some 500 readers.
const MAX_HEADER: usize = 64 << 10;

type Result<T> = std::result::Result<T, EnvelopeError>;

/// An envelope that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The file.
    pub bytes: Vec<u8>,
    /// Who can open it; empty for a passphrase.
    pub readers: Vec<Reader>,
    /// What its maker should know.
    pub warnings: Vec<Warning>,
}

/// An envelope that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was inside.
    pub record: PurchaseRecord,
    /// Who else can open it, as its maker says; empty for a passphrase.
    pub readers: Vec<Reader>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// Any content of an envelope, not looked into.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedBytes {
    /// What was inside.
    pub bytes: Vec<u8>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// What opens an envelope.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// Identities, of which one has to fit.
    Identities(&'a [Identity]),
    /// A passphrase.
    Passphrase(&'a Passphrase),
}

/// How a record is sealed for a passphrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassphraseForm {
    /// An age file: scrypt and ChaCha20-Poly1305.
    #[default]
    Age,
    /// A CMS file with this cipher.
    Cms(Cipher),
}

/// Who shall be able to open an envelope that was not before, and who no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New readers.
    pub add: Vec<Reader>,
    /// Readers who go.
    pub remove: Vec<PublicKey>,
    /// Readers with another key from now on.
    pub replace: Vec<(PublicKey, Reader)>,
}

/// What everybody can see of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How it is sealed.
    pub lock: Lock,
    /// Its size in bytes.
    pub size: usize,
    /// Its address: the digest is what is anchored.
    pub content: ContentAddress,
    /// What one should know.
    pub warnings: Vec<Warning>,
}

/// How an envelope is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Lock {
    /// age, for keys.
    AgeKeys {
        /// X25519 keys.
        readers: usize,
        /// Keys of other kinds, which are not opened here.
        other_readers: usize,
    },
    /// age, for a passphrase.
    AgePassphrase {
        /// log2 of scrypt's N.
        work_factor: u8,
    },
    /// CMS, for a passphrase.
    CmsPassphrase {
        /// Of the content.
        cipher: Cipher,
        /// Of the content's key.
        key_cipher: Cipher,
        /// Of PBKDF2's HMAC.
        hash: Hash,
        /// Of PBKDF2.
        rounds: u32,
    },
}

impl Lock {
    /// Whether a passphrase opens it.
    pub const fn takes_passphrase(&self) -> bool {
        !matches!(self, Self::AgeKeys { .. })
    }
}

/// What is sealed for keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SealedPurchase {
    readers: Vec<Reader>,
    record: Map<String, Value>,
}

impl Document for SealedPurchase {
    const TYPE: &'static str = "sealedPurchase";
}

/// Seals a record for its readers.
pub fn seal(record: &PurchaseRecord, readers: &[Reader]) -> Result<Sealed> {
    // Before the list of readers is written down inside.
    check_readers(readers)?;
    let record = serde_json::from_slice(&record.canonical()?).map_err(|error| EnvelopeError::Failed(error.to_string()));
    let inside = SealedPurchase { readers: readers.to_vec(), record: record? }.canonical()?;
    seal_bytes(&inside, readers)
}

/// Seals anything for its readers, who stand not inside. [`open_bytes`] opens it.
pub fn seal_bytes(inside: &[u8], readers: &[Reader]) -> Result<Sealed> {
    check_readers(readers)?;
    let bytes = age_form::seal(inside, readers)?;
    within_bounds(&bytes)?;
    Ok(Sealed { bytes, readers: readers.to_vec(), warnings: Vec::new() })
}

/// Seals a record for whoever knows the passphrase. Deriving the key takes about a second.
pub fn seal_with_passphrase(record: &PurchaseRecord, passphrase: &Passphrase, form: PassphraseForm) -> Result<Sealed> {
    let inside = record.canonical()?;
    let (bytes, warnings) = match form {
        PassphraseForm::Age => (age_form::seal_with_passphrase(&inside, passphrase, WORK_FACTOR)?, Vec::new()),
        PassphraseForm::Cms(cipher) => {
            (cms::seal(&inside, passphrase, cipher, MIN_ROUNDS)?, cipher_warning([cipher, cipher]))
        }
    };
    within_bounds(&bytes)?;
    Ok(Sealed { bytes, readers: Vec::new(), warnings })
}

/// Opens an envelope and reads the record in it.
pub fn open(envelope: &[u8], key: Key<'_>) -> Result<Opened> {
    let OpenedBytes { bytes, mut warnings } = open_bytes(envelope, key)?;
    let (record, readers) = inside(&bytes)?;
    if let Key::Identities(identities) = key {
        warnings.extend(doubts(envelope, identities, &readers)?);
    }
    Ok(Opened { record, readers, warnings })
}

/// The record and its readers. Who seals with another program may have left the readers away.
fn inside(bytes: &[u8]) -> Result<(PurchaseRecord, Vec<Reader>)> {
    match SealedPurchase::parse(bytes) {
        Ok(sealed) => {
            let record = canonical::to_canonical_bytes(&sealed.record).map_err(DocumentError::from)?;
            Ok((PurchaseRecord::parse(&record)?, sealed.readers))
        }
        Err(DocumentError::Type { .. }) => Ok((PurchaseRecord::parse(bytes)?, Vec::new())),
        Err(other) => Err(other.into()),
    }
}

/// Opens an envelope of anything.
pub fn open_bytes(envelope: &[u8], key: Key<'_>) -> Result<OpenedBytes> {
    within_bounds(envelope)?;
    let bytes = match (age_form::is_one(envelope), key) {
        (true, Key::Identities(identities)) => age_form::open(envelope, identities)?,
        (true, Key::Passphrase(passphrase)) => age_form::open_with_passphrase(envelope, passphrase)?,
        (false, _) if !cms::is_one(envelope) => return Err(EnvelopeError::NotAnEnvelope),
        (false, Key::Identities(_)) => return Err(EnvelopeError::NeedsPassphrase),
        (false, Key::Passphrase(passphrase)) => {
            let parsed = cms::Parsed::read(envelope)?;
            let bytes = parsed.open(passphrase)?;
            return Ok(OpenedBytes { bytes, warnings: cms_warnings(&parsed) });
        }
    };
    Ok(OpenedBytes { bytes, warnings: Vec::new() })
}

/// Opens an envelope and seals the record anew, for other readers. The envelope itself stays what it was.
pub fn share(envelope: &[u8], identities: &[Identity], changes: &Changes) -> Result<Sealed> {
    let opened = open(envelope, Key::Identities(identities))?;
    let sealed = seal(&opened.record, &changed(opened.readers, changes)?)?;
    Ok(Sealed { warnings: opened.warnings, ..sealed })
}

/// Tells what everybody can see.
pub fn inspect(envelope: &[u8]) -> Result<Inspection> {
    within_bounds(envelope)?;
    let (lock, warnings) = if age_form::is_one(envelope) {
        let lock = match age_form::lock(envelope)? {
            age_form::Lock::Keys { x25519, other } => Lock::AgeKeys { readers: x25519, other_readers: other },
            age_form::Lock::Passphrase { work_factor } => Lock::AgePassphrase { work_factor },
        };
        (lock, Vec::new())
    } else if cms::is_one(envelope) {
        let parsed = cms::Parsed::read(envelope)?;
        let cms::Parsed { cipher, key_cipher, hash, rounds, .. } = parsed;
        (Lock::CmsPassphrase { cipher, key_cipher, hash, rounds }, cms_warnings(&parsed))
    } else {
        return Err(EnvelopeError::NotAnEnvelope);
    };
    Ok(Inspection { lock, size: envelope.len(), content: address(envelope)?, warnings })
}

/// The address of an envelope in the content store; the chain anchors its digest and codec.
pub fn address(envelope: &[u8]) -> Result<ContentAddress> {
    Ok(content::address(envelope)?)
}

/// The readers after the changes, in their old order with the new ones last.
fn changed(mut readers: Vec<Reader>, changes: &Changes) -> Result<Vec<Reader>> {
    let place = |readers: &[Reader], key: &PublicKey| {
        readers.iter().position(|reader| reader.key == *key).ok_or(EnvelopeError::NotAReader(*key))
    };
    for (old, new) in &changes.replace {
        let place = place(&readers, old)?;
        readers[place] = *new;
    }
    for key in &changes.remove {
        readers.remove(place(&readers, key)?);
    }
    readers.extend(&changes.add);
    Ok(readers)
}

fn check_readers(readers: &[Reader]) -> Result<()> {
    if readers.is_empty() {
        return Err(EnvelopeError::NoReaders);
    }
    if readers.len() > MAX_READERS {
        return Err(EnvelopeError::TooManyReaders(readers.len()));
    }
    let twice = readers.iter().enumerate().find(|(place, reader)| {
        // Few readers: no need for a set.
        readers[..*place].iter().any(|before| before.key == reader.key)
    });
    twice.map_or(Ok(()), |(_, reader)| Err(EnvelopeError::AlreadyReader(reader.key)))
}

/// What speaks against the list of readers in an envelope, which its maker wrote as he liked.
fn doubts(envelope: &[u8], identities: &[Identity], listed: &[Reader]) -> Result<Vec<Warning>> {
    let mut doubts = Vec::new();
    if let age_form::Lock::Keys { x25519, other } = age_form::lock(envelope)?
        && x25519 + other != listed.len()
    {
        doubts.push(Warning::ReadersDiffer { listed: listed.len(), sealed: x25519 + other });
    }
    let own = identities.iter().map(Identity::public).collect::<Result<Vec<_>>>()?;
    if !listed.iter().any(|reader| own.contains(&reader.key)) {
        doubts.push(Warning::OpenerNotListed);
    }
    Ok(doubts)
}

fn cipher_warning(ciphers: [Cipher; 2]) -> Vec<Warning> {
    let mut broken: Vec<_> = ciphers.into_iter().filter(|cipher| !cipher.weakness().is_empty()).collect();
    broken.dedup();
    broken.into_iter().map(Warning::BrokenCipher).collect()
}

fn cms_warnings(parsed: &cms::Parsed) -> Vec<Warning> {
    let mut warnings = cipher_warning([parsed.cipher, parsed.key_cipher]);
    if parsed.rounds < MIN_ROUNDS {
        warnings.push(Warning::FewRounds(parsed.rounds));
    }
    if parsed.hash == Hash::Sha1 {
        warnings.push(Warning::OldHash);
    }
    warnings.push(Warning::NoIntegrity);
    warnings
}

fn within_bounds(envelope: &[u8]) -> Result<()> {
    match envelope.len() {
        size if size > MAX_SIZE => Err(EnvelopeError::TooLarge { size }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
