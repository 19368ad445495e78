//! Envelopes as age files (C2SP `age`, version 1), for X25519 keys or for a passphrase.

use std::cell::RefCell;
use std::io::{Read, Write};

use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor, Encryptor};
use age_core::format::{FileKey, Stanza};

use super::{EnvelopeError, Identity, MAX_HEADER, MAX_SIZE, MAX_WORK_FACTOR, Passphrase, Reader};

/// How a binary age file begins.
const MAGIC: &[u8] = b"age-encryption.org/";
/// How an armored one does.
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// What stands before the last line of the header.
const HEADER_END: &[u8] = b"\n---";

type Result<T> = std::result::Result<T, EnvelopeError>;

/// Whether this begins as an age file.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.trim_ascii_start().starts_with(ARMOR)
}

/// What the header of an age file tells everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// For so many X25519 keys, and so many of other kinds.
    Keys { x25519: usize, other: usize },
    /// For a passphrase, with scrypt's log2 of N.
    Passphrase { work_factor: u8 },
}

/// Seals for keys.
pub(super) fn seal(content: &[u8], readers: &[Reader]) -> Result<Vec<u8>> {
    let recipients = readers.iter().map(|reader| reader.key.recipient()).collect::<Result<Vec<_>>>()?;
    encrypt(content, Encryptor::with_recipients(recipients.iter().map(|one| one as &dyn age::Recipient)))
}

/// Seals for a passphrase; the work factor is log2 of scrypt's N.
pub(super) fn seal_with_passphrase(content: &[u8], passphrase: &Passphrase, work_factor: u8) -> Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(passphrase.secret());
    // Not what takes this machine a second: others must be able to open it, too.
    recipient.set_work_factor(work_factor.clamp(1, MAX_WORK_FACTOR));
    encrypt(content, Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)))
}

fn encrypt(content: &[u8], encryptor: std::result::Result<Encryptor, age::EncryptError>) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Debug| EnvelopeError::Failed(format!("{error:?}"));
    let mut sealed = Vec::with_capacity(content.len() + 1024);
    let mut writer = encryptor.map_err(|error| failed(&error))?.wrap_output(&mut sealed).map_err(|e| failed(&e))?;
    writer.write_all(content).and_then(|()| writer.finish().map(|_| ())).map_err(|error| failed(&error))?;
    Ok(sealed)
}

/// Opens with whichever identity fits.
pub(super) fn open(bytes: &[u8], identities: &[Identity]) -> Result<Vec<u8>> {
    let binary = binary(bytes)?;
    let decryptor = decryptor(&binary)?;
    if decryptor.is_scrypt() {
        return Err(EnvelopeError::NeedsPassphrase);
    }
    read(decryptor.decrypt(identities.iter().map(|identity| identity.age() as &dyn age::Identity)))
}

/// Opens with the passphrase.
pub(super) fn open_with_passphrase(bytes: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>> {
    let binary = binary(bytes)?;
    let decryptor = decryptor(&binary)?;
    if !decryptor.is_scrypt() {
        return Err(EnvelopeError::NeedsIdentity);
    }
    let mut identity = age::scrypt::Identity::new(passphrase.secret());
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    read(decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)))
}

fn read(opened: std::result::Result<age::stream::StreamReader<&[u8]>, DecryptError>) -> Result<Vec<u8>> {
    let reader = opened.map_err(refusal)?;
    let mut content = Vec::new();
    // A chunk that does not authenticate, and an end before the last chunk, are errors of reading.
    reader.take(MAX_SIZE as u64 + 1).read_to_end(&mut content).map_err(|_| EnvelopeError::Altered)?;
    Ok(content)
}

/// What the header says.
pub(super) fn lock(bytes: &[u8]) -> Result<Lock> {
    let binary = binary(bytes)?;
    let onlooker = Onlooker::default();
    // It has no key, so this ends without one, after every stanza was shown.
    let _ = decryptor(&binary)?.decrypt(std::iter::once(&onlooker as &dyn age::Identity));
    let stanzas = onlooker.0.into_inner();
    match stanzas.as_slice() {
        [only] if only.tag == "scrypt" => {
            let work_factor = only.args.get(1).and_then(|text| text.parse().ok());
            Ok(Lock::Passphrase {
                work_factor: work_factor.ok_or_else(|| malformed("its scrypt stanza has no work factor"))?,
            })
        }
        _ => {
            let x25519 = stanzas.iter().filter(|stanza| stanza.tag == "X25519").count();
            // Writers add a stanza of no meaning, so that readers learn to pass over what they do not know.
            let grease = stanzas.iter().filter(|stanza| stanza.tag.ends_with("-grease")).count();
            Ok(Lock::Keys { x25519, other: stanzas.len() - x25519 - grease })
        }
    }
}

/// An identity that opens nothing and remembers what it saw.
#[derive(Default)]
struct Onlooker(RefCell<Vec<Seen>>);

/// What it remembers of a stanza.
struct Seen {
    tag: String,
    args: Vec<String>,
}

impl age::Identity for Onlooker {
    fn unwrap_stanza(&self, _: &Stanza) -> Option<std::result::Result<FileKey, DecryptError>> {
        None
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<std::result::Result<FileKey, DecryptError>> {
        let seen = |stanza: &Stanza| Seen { tag: stanza.tag.clone(), args: stanza.args.clone() };
        self.0.borrow_mut().extend(stanzas.iter().map(seen));
        None
    }
}

/// The file without its armor.
fn binary(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut binary = Vec::new();
    let reader = ArmoredReader::new(bytes).take(MAX_SIZE as u64 + 1);
    { reader }.read_to_end(&mut binary).map_err(|_| malformed("its armor cannot be read"))?;
    Ok(binary)
}

fn decryptor(binary: &[u8]) -> Result<Decryptor<&[u8]>> {
    // age reads the header line by line and begins anew each time, so a long one would keep it busy for hours.
    let beginning = &binary[..binary.len().min(MAX_HEADER)];
    if !beginning.windows(HEADER_END.len()).any(|window| window == HEADER_END) {
        return Err(malformed("its header has no end"));
    }
    Decryptor::new_buffered(binary).map_err(refusal)
}

fn malformed(problem: &str) -> EnvelopeError {
    EnvelopeError::Malformed { format: "age", problem: problem.to_owned() }
}

fn refusal(error: DecryptError) -> EnvelopeError {
    match error {
        DecryptError::NoMatchingKeys => EnvelopeError::NotForThisKey,
        // Of a passphrase: for keys it goes on to the next stanza.
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => EnvelopeError::WrongPassphrase,
        DecryptError::ExcessiveWork { required, .. } => {
            EnvelopeError::TooMuchWork { asked: format!("scrypt with work factor {required}") }
        }
        DecryptError::InvalidMac => EnvelopeError::Altered,
        DecryptError::UnknownFormat => EnvelopeError::Unsupported {
            format: "age",
            what: "another version of the format".to_owned(),
            other: "version 1",
        },
        DecryptError::InvalidHeader | DecryptError::Io(_) => malformed("its header cannot be read"),
        other => EnvelopeError::Failed(format!("{other:?}")),
    }
}
