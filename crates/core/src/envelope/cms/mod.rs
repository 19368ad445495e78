//! Envelopes as the source paper has them: CMS EnvelopedData for a passphrase, which one OpenSSL command opens.
//!
//! The structure is RFC 5652 section 6 with a PasswordRecipientInfo (6.2.4). PBKDF2 (RFC 8018) makes a key of the
//! passphrase, that key wraps the content's key ([`wrap`], RFC 3211), and the content is in CBC mode with PKCS#7
//! padding. Nothing in it authenticates: who changes the file changes the record, and is noticed by the anchored digest
//! only. A wrong passphrase is told by the check bytes of the wrapped key, with the same error as padding that is wrong.

mod cipher;
mod wrap;

use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EncryptedContentInfo, EnvelopedData, PasswordRecipientInfo, RecipientInfo, RecipientInfos};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode};
use pkcs5::pbes2::{PBKDF2_OID, Pbkdf2Params, Pbkdf2Prf};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

pub use cipher::Cipher;

use super::{EnvelopeError, MAX_ROUNDS, Passphrase};

const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// id-alg-PWRI-KEK (RFC 3211).
const PWRI_KEK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.9");
/// Bytes of salt that are written.
const SALT: usize = 16;

type Result<T> = std::result::Result<T, EnvelopeError>;

/// Whether this begins as DER does: with a SEQUENCE.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
}

/// Seals for a passphrase, stretched by `rounds` of HMAC-SHA-256.
pub(super) fn seal(content: &[u8], passphrase: &Passphrase, cipher: Cipher, rounds: u32) -> Result<Vec<u8>> {
    let salt = random(SALT)?;
    let params = Pbkdf2Params {
        salt: &salt,
        iteration_count: rounds,
        // OpenSSL leaves it out, too: the cipher says how long the key is.
        key_length: None,
        prf: Pbkdf2Prf::HmacWithSha256,
    };
    let derivation =
        AlgorithmIdentifierOwned { oid: PBKDF2_OID, parameters: Some(Any::encode_from(&params).map_err(failed)?) };
    let password_key = derive(passphrase, &params, cipher)?;
    let content_key = random(cipher.key_size())?;
    let key_iv = random(cipher.block_size())?;
    let content_iv = random(cipher.block_size())?;
    let wrapped = wrap::wrap(cipher, &password_key, &key_iv, &content_key)?;
    let sealed = cipher.encrypt(&content_key, &content_iv, content)?;

    let octets = |bytes: &[u8]| OctetString::new(bytes).map_err(failed);
    let recipient = RecipientInfo::Pwri(PasswordRecipientInfo {
        version: CmsVersion::V0,
        key_derivation_alg: Some(derivation),
        key_enc_alg: AlgorithmIdentifierOwned {
            oid: PWRI_KEK,
            parameters: Some(Any::encode_from(&cipher.identifier(&key_iv)?).map_err(failed)?),
        },
        enc_key: octets(&wrapped)?,
    });
    let enveloped = EnvelopedData {
        // RFC 5652 6.1: a PasswordRecipientInfo makes it 3.
        version: CmsVersion::V3,
        originator_info: None,
        recip_infos: RecipientInfos(SetOfVec::try_from(vec![recipient]).map_err(failed)?),
        encrypted_content: EncryptedContentInfo {
            content_type: DATA,
            content_enc_alg: cipher.identifier(&content_iv)?,
            encrypted_content: Some(octets(&sealed)?),
        },
        unprotected_attrs: None,
    };
    let content = Any::encode_from(&enveloped).map_err(failed)?;
    ContentInfo { content_type: ENVELOPED_DATA, content }.to_der().map_err(failed)
}

/// A file that was understood, though not opened.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Of the content.
    pub(super) cipher: Cipher,
    /// Of the content's key.
    pub(super) key_cipher: Cipher,
    /// What stretches the passphrase.
    pub(super) hash: Hash,
    /// How often.
    pub(super) rounds: u32,
    derivation: Any,
    wrapped: Vec<u8>,
    key_iv: Vec<u8>,
    content_iv: Vec<u8>,
    sealed: Vec<u8>,
}

/// The hash of PBKDF2's HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1: what `openssl cms` takes.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// SHA-256: what is written here.
    #[serde(rename = "SHA-256")]
    Sha256,
    /// SHA-384.
    #[serde(rename = "SHA-384")]
    Sha384,
    /// SHA-512.
    #[serde(rename = "SHA-512")]
    Sha512,
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

impl Parsed {
    /// Reads the structure.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.get(1) == Some(&0x80) {
            return Err(unsupported("lengths left open (BER), as `openssl cms -stream` writes them".to_owned()));
        }
        let outer = ContentInfo::from_der(bytes).map_err(malformed)?;
        if outer.content_type != ENVELOPED_DATA {
            return Err(unsupported(format!("the content type {}", outer.content_type)));
        }
        let enveloped: EnvelopedData = outer.content.decode_as().map_err(malformed)?;
        let recipient = passphrase_of(&enveloped)?;
        if recipient.key_enc_alg.oid != PWRI_KEK {
            return Err(unsupported(format!("the key wrap {}", recipient.key_enc_alg.oid)));
        }
        let wrapping = recipient.key_enc_alg.parameters.as_ref().ok_or_else(|| lacks("the cipher of its key"))?;
        let (key_cipher, key_iv) = Cipher::read(&wrapping.decode_as().map_err(malformed)?)?;
        let (cipher, content_iv) = Cipher::read(&enveloped.encrypted_content.content_enc_alg)?;
        let derivation = recipient.key_derivation_alg.as_ref().ok_or_else(|| lacks("the derivation of its key"))?;
        if derivation.oid != PBKDF2_OID {
            return Err(unsupported(format!("the key derivation {}", derivation.oid)));
        }
        let derivation = derivation.parameters.clone().ok_or_else(|| lacks("the parameters of PBKDF2"))?;
        let params: Pbkdf2Params<'_> = derivation.decode_as().map_err(malformed)?;
        let sealed = enveloped.encrypted_content.encrypted_content.as_ref().ok_or_else(|| lacks("its content"))?;
        Ok(Self {
            cipher,
            key_cipher,
            hash: hash_of(&params)?,
            rounds: params.iteration_count,
            wrapped: recipient.enc_key.as_bytes().to_vec(),
            key_iv,
            content_iv,
            sealed: sealed.as_bytes().to_vec(),
            derivation,
        })
    }

    /// Opens it.
    pub(super) fn open(&self, passphrase: &Passphrase) -> Result<Vec<u8>> {
        let params: Pbkdf2Params<'_> = self.derivation.decode_as().map_err(malformed)?;
        if self.rounds > MAX_ROUNDS {
            return Err(EnvelopeError::TooMuchWork { asked: format!("{} rounds of PBKDF2", self.rounds) });
        }
        let size = self.key_cipher.key_size();
        if self.rounds == 0 || params.key_length.is_some_and(|length| usize::from(length) != size) {
            return Err(lacks("parameters of PBKDF2 that fit its cipher"));
        }
        let password_key = derive(passphrase, &params, self.key_cipher)?;
        let content_key = wrap::unwrap(self.key_cipher, &password_key, &self.key_iv, &self.wrapped);
        // One answer for a key that does not unwrap, is too short, or leaves wrong padding.
        content_key
            .filter(|key| key.len() == self.cipher.key_size())
            .and_then(|key| self.cipher.decrypt(&key, &self.content_iv, &self.sealed))
            .ok_or(EnvelopeError::WrongPassphrase)
    }
}

/// The one PasswordRecipientInfo. Others beside it (certificates) are nothing to us.
fn passphrase_of(enveloped: &EnvelopedData) -> Result<&PasswordRecipientInfo> {
    let mut found = enveloped.recip_infos.0.iter().filter_map(|recipient| match recipient {
        RecipientInfo::Pwri(info) => Some(info),
        _ => None,
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(unsupported("no passphrase but the keys of certificates".to_owned())),
        // Each would cost the derivation of a key.
        (Some(_), Some(_)) => Err(unsupported("several passphrases".to_owned())),
    }
}

fn hash_of(params: &Pbkdf2Params<'_>) -> Result<Hash> {
    match params.prf {
        Pbkdf2Prf::HmacWithSha1 => Ok(Hash::Sha1),
        Pbkdf2Prf::HmacWithSha256 => Ok(Hash::Sha256),
        Pbkdf2Prf::HmacWithSha384 => Ok(Hash::Sha384),
        Pbkdf2Prf::HmacWithSha512 => Ok(Hash::Sha512),
        other => Err(unsupported(format!("the pseudo-random function {}", other.oid()))),
    }
}

fn derive(passphrase: &Passphrase, params: &Pbkdf2Params<'_>, cipher: Cipher) -> Result<Zeroizing<Vec<u8>>> {
    let (password, salt, rounds) = (passphrase.bytes(), params.salt, params.iteration_count);
    let mut key = Zeroizing::new(vec![0; cipher.key_size()]);
    match hash_of(params)? {
        Hash::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut key),
        Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut key),
        Hash::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, rounds, &mut key),
        Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key),
    }
    Ok(key)
}

fn random(size: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; size]);
    getrandom::fill(&mut bytes).map_err(|error| EnvelopeError::Failed(format!("no random numbers: {error}")))?;
    Ok(bytes)
}

fn malformed(error: der::Error) -> EnvelopeError {
    EnvelopeError::Malformed { format: "CMS", problem: error.to_string() }
}

fn lacks(what: &str) -> EnvelopeError {
    EnvelopeError::Malformed { format: "CMS", problem: format!("it lacks {what}") }
}

fn unsupported(what: String) -> EnvelopeError {
    EnvelopeError::Unsupported { format: "CMS", what, other: "a passphrase (PBKDF2) and AES-256-CBC" }
}

fn failed(error: der::Error) -> EnvelopeError {
    EnvelopeError::Failed(format!("DER: {error}"))
}
