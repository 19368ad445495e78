//! Why an envelope was not made or not opened, and what one should know of one that was.

use alloy_primitives::B256;

use super::cms::Cipher;
use super::{MAX_READERS, MAX_ROUNDS, MAX_SIZE, MAX_WORK_FACTOR, MIN_ROUNDS, PublicKey};
use crate::content::ContentError;
use crate::document::DocumentError;

/// A record that was not sealed, or an envelope that was not opened. No variant holds a secret; what
/// is said of a record may repeat a value of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The record cannot be written, or what was inside is no record.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Zero, or another point of low order.
    #[error(
        "{key} is no key to seal to (zero or of low order, RFC 7748 section 6.1): its owner has no key, and has to publish one first"
    )]
    NoKey {
        /// The 32 bytes.
        key: B256,
    },
    /// Text that is no key.
    #[error("`{0}` is not an X25519 key: write age1… or 64 hexadecimal digits")]
    BadPublicKey(String),
    /// A line of an identity file that is no identity. The line is not repeated.
    #[error("line {line} is not an age identity: AGE-SECRET-KEY-1… is expected, as `age-keygen` writes it")]
    BadIdentity {
        /// The line, counted from 1.
        line: usize,
    },
    /// Nothing to open with.
    #[error("there is no age identity: a line AGE-SECRET-KEY-1… is expected, as `age-keygen` writes it")]
    NoIdentity,
    /// Nothing is not a secret.
    #[error("the passphrase is empty: choose one that nobody guesses")]
    EmptyPassphrase,
    /// Sealed to nobody, nobody could open it.
    #[error("there is no reader: name at least one")]
    NoReaders,
    /// More than [`MAX_READERS`].
    #[error("{0} readers are more than {MAX_READERS}: seal several envelopes")]
    TooManyReaders(usize),
    /// Somebody named twice, or already able to read.
    #[error("{0} is a reader already: name each reader once")]
    AlreadyReader(PublicKey),
    /// Somebody to be removed or replaced who is not there.
    #[error("{0} is not a reader of this envelope: compare with the readers that opening it shows")]
    NotAReader(PublicKey),
    /// Neither age nor CMS.
    #[error("this is no envelope: an age file, or a CMS EnvelopedData in DER, is expected")]
    NotAnEnvelope,
    /// Larger than [`MAX_SIZE`].
    #[error("{size} bytes are more than the {MAX_SIZE} that an envelope can have")]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// Truncated, or not what its beginning promises.
    #[error("this {format} file is cut short or damaged: {problem}; fetch it again")]
    Malformed {
        /// age or CMS.
        format: &'static str,
        /// Where it stopped making sense.
        problem: String,
    },
    /// Sound, but made with something that is not read here.
    #[error("this {format} file uses {what}, which is not read here: ask for one sealed with age or with {other}")]
    Unsupported {
        /// age or CMS.
        format: &'static str,
        /// An object identifier, or words.
        what: String,
        /// What is read.
        other: &'static str,
    },
    /// The file asks for more work than anyone would honestly ask for.
    #[error(
        "opening this file would take {asked}, more than is done here (rounds {MAX_ROUNDS}, work factor {MAX_WORK_FACTOR}): it may be made to keep the machine busy"
    )]
    TooMuchWork {
        /// Rounds or work factor.
        asked: String,
    },
    /// Opened with an identity.
    #[error("this envelope is sealed with a passphrase: give the passphrase")]
    NeedsPassphrase,
    /// Opened with a passphrase.
    #[error("this envelope is sealed for the keys of its readers: give an identity, not a passphrase")]
    NeedsIdentity,
    /// No key fits.
    #[error(
        "this envelope is not sealed for the key given: use that of another account or file, or ask a reader to share it"
    )]
    NotForThisKey,
    /// The passphrase does not fit, or the envelope was changed: which one is not told, so that nobody can ask step by step.
    #[error("the passphrase is wrong, or the envelope was altered")]
    WrongPassphrase,
    /// The key fits, but what was sealed is not what is there.
    #[error("the envelope was altered or cut short after it was sealed: fetch it again")]
    Altered,
    /// Its address could not be computed.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The system gave no random numbers, or the like.
    #[error("sealing failed: {0}")]
    Failed(String),
}

/// What whoever seals or opens should know, though it was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// DES or 3DES.
    #[error(
        "{0} is broken ({why}): it is there because the source paper used it; seal with age, or with AES-256",
        why = .0.weakness()
    )]
    BrokenCipher(Cipher),
    /// Fewer rounds than we write.
    #[error(
        "the passphrase is stretched by {0} rounds only, and {MIN_ROUNDS} is the least today: who has the file can guess fast"
    )]
    FewRounds(u32),
    /// PBKDF2 with HMAC-SHA-1.
    #[error("the key is derived with HMAC-SHA-1, which is not used for new files any more")]
    OldHash,
    /// CBC alone.
    #[error(
        "CMS without a signature does not notice changes: believe the record only if the file's digest is the anchored one"
    )]
    NoIntegrity,
    /// The list inside the envelope and the stanzas outside do not have one length.
    #[error("the envelope lists {listed} readers and is sealed for {sealed}: do not rely on the list")]
    ReadersDiffer {
        /// In the list.
        listed: usize,
        /// Stanzas.
        sealed: usize,
    },
    /// The list inside the envelope lacks whoever opened it.
    #[error("the key that opened the envelope is not in its list of readers: do not rely on the list")]
    OpenerNotListed,
}
