//! The three ciphers, all in CBC mode.

use std::fmt;

use aes::Aes256;
use cbc::cipher::block_padding::{NoPadding, Padding, Pkcs7};
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt as _, BlockModeEncrypt as _, InnerIvInit, KeyInit,
};
use der::Any;
use der::asn1::{ObjectIdentifier, OctetString};
use des::{Des, TdesEde3};
use serde::Serialize;
use spki::AlgorithmIdentifierOwned;

use super::{EnvelopeError, failed, malformed, unsupported};

/// A cipher of CMS, in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Cipher {
    /// DES with its key of 56 bits: the source paper's. Broken.
    #[serde(rename = "des")]
    Des,
    /// Three times DES, with three keys (EDE). Its blocks are too short.
    #[serde(rename = "3des")]
    TripleDes,
    /// AES with a key of 256 bits.
    #[serde(rename = "aes-256")]
    Aes256,
}

/// Runs the same function with whichever cipher it is.
macro_rules! with {
    ($cipher:expr, $function:ident::<_ $(, $padding:ty)?>($($argument:expr),*)) => {
        match $cipher {
            Cipher::Des => $function::<Des $(, $padding)?>($($argument),*),
            Cipher::TripleDes => $function::<TdesEde3 $(, $padding)?>($($argument),*),
            Cipher::Aes256 => $function::<Aes256 $(, $padding)?>($($argument),*),
        }
    };
}

impl Cipher {
    /// Every cipher.
    pub const ALL: [Self; 3] = [Self::Des, Self::TripleDes, Self::Aes256];

    /// Bytes of a key.
    pub(super) const fn key_size(self) -> usize {
        match self {
            Self::Des => 8,
            Self::TripleDes => 24,
            Self::Aes256 => 32,
        }
    }

    /// Bytes of a block, and of an initialisation vector.
    pub(super) const fn block_size(self) -> usize {
        match self {
            Self::Des | Self::TripleDes => 8,
            Self::Aes256 => 16,
        }
    }

    /// Why nobody should choose it; empty where nothing speaks against it.
    pub(crate) const fn weakness(self) -> &'static str {
        match self {
            Self::Des => "a key of 56 bits is found by trying them all, in about a day",
            Self::TripleDes => "its blocks of 64 bits repeat, and NIST withdrew it in 2023",
            Self::Aes256 => "",
        }
    }

    const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Des => "1.3.14.3.2.7",
            Self::TripleDes => "1.2.840.113549.3.7",
            Self::Aes256 => "2.16.840.1.101.3.4.1.42",
        })
    }

    /// As CMS writes it: the initialisation vector is the parameter (RFC 3370 section 5, RFC 3565 section 4).
    pub(super) fn identifier(self, iv: &[u8]) -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
        let iv = OctetString::new(iv).map_err(failed)?;
        Ok(AlgorithmIdentifierOwned { oid: self.oid(), parameters: Some(Any::encode_from(&iv).map_err(failed)?) })
    }

    /// The cipher that is named, and its initialisation vector.
    pub(super) fn read(identifier: &AlgorithmIdentifierOwned) -> Result<(Self, Vec<u8>), EnvelopeError> {
        let cipher = Self::ALL.into_iter().find(|cipher| cipher.oid() == identifier.oid);
        let cipher = cipher.ok_or_else(|| unsupported(format!("the cipher {}", identifier.oid)))?;
        let iv = identifier.parameters.as_ref().map(|iv| iv.decode_as::<OctetString>()).transpose();
        match iv.map_err(malformed)?.map(OctetString::into_bytes) {
            Some(iv) if iv.len() == cipher.block_size() => Ok((cipher, iv)),
            _ => Err(super::lacks("an initialisation vector that fits its cipher")),
        }
    }

    /// Encrypts, with PKCS#7 padding (RFC 5652 section 6.3).
    pub(super) fn encrypt(self, key: &[u8], iv: &[u8], content: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        with!(self, encrypt::<_, Pkcs7>(key, iv, content)).ok_or_else(misfit)
    }

    /// Decrypts; none where key, length or padding is wrong, which is not told apart.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        with!(self, decrypt::<_, Pkcs7>(key, iv, sealed))
    }

    /// Encrypts whole blocks.
    pub(super) fn encrypt_blocks(self, key: &[u8], iv: &[u8], blocks: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        with!(self, encrypt::<_, NoPadding>(key, iv, blocks)).ok_or_else(misfit)
    }

    /// Decrypts whole blocks.
    pub(super) fn decrypt_blocks(self, key: &[u8], iv: &[u8], blocks: &[u8]) -> Option<Vec<u8>> {
        with!(self, decrypt::<_, NoPadding>(key, iv, blocks))
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Des => "DES",
            Self::TripleDes => "3DES",
            Self::Aes256 => "AES-256",
        })
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit, P: Padding>(key: &[u8], iv: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let encryptor = cbc::Encryptor::inner_iv_slice_init(cipher, iv).ok()?;
    let mut buffer = content.to_vec();
    // Room for the padding: a block at most.
    buffer.resize(content.len() + C::block_size(), 0);
    let size = encryptor.encrypt_padded::<P>(&mut buffer, content.len()).ok()?.len();
    buffer.truncate(size);
    Some(buffer)
}

fn decrypt<C: BlockCipherDecrypt + KeyInit, P: Padding>(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let decryptor = cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    let mut buffer = sealed.to_vec();
    let size = decryptor.decrypt_padded::<P>(&mut buffer).ok()?.len();
    buffer.truncate(size);
    Some(buffer)
}

fn misfit() -> EnvelopeError {
    EnvelopeError::Failed("the cipher and its key do not fit".to_owned())
}
