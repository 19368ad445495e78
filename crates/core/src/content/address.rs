//! The form in which the chain keeps a CID: codec byte and sha2-256 digest.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::B256;
use cid::Cid;
use multihash::Multihash;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// sha2-256 in the multicodec table.
const SHA2_256: u64 = 0x12;

/// A text, or a CID, that is not the address of content of this system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not a CID at all.
    #[error("`{0}` is not a CID: write ipfs:// and a CIDv1 in base32, as bafkrei…")]
    NotACid(String),
    /// A CID of version 0.
    #[error("{0} is a CIDv0: convert it to a CIDv1 (`ipfs cid base32`)")]
    Version(Cid),
    /// A codec other than raw and dag-pb.
    #[error("codec {0:#x} is not used here: content is raw (0x55) or dag-pb (0x70)")]
    Codec(u64),
    /// A hash other than sha2-256.
    #[error("{0} is not a sha2-256 address: add the content again with hash sha2-256")]
    Hash(Cid),
}

/// How the root block of a file is to be read (multicodec).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Codec {
    /// The bytes of the file themselves.
    Raw = 0x55,
    /// A node that links parts of the file.
    DagPb = 0x70,
}

impl Codec {
    /// The byte that the chain keeps.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u64> for Codec {
    type Error = AddressError;

    fn try_from(code: u64) -> Result<Self, AddressError> {
        match code {
            0x55 => Ok(Self::Raw),
            0x70 => Ok(Self::DagPb),
            _ => Err(AddressError::Codec(code)),
        }
    }
}

impl TryFrom<u8> for Codec {
    type Error = AddressError;

    fn try_from(byte: u8) -> Result<Self, AddressError> {
        Self::try_from(u64::from(byte))
    }
}

/// Where content is, by what it is: the CIDv1 in the form that the chain keeps.
///
/// Shows as the CID in base32; [`ContentAddress::uri`] puts `ipfs://` before it. Parses from either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentAddress {
    /// How the root block is to be read.
    pub codec: Codec,
    /// sha2-256 of the root block.
    pub digest: B256,
}

impl ContentAddress {
    /// The address of a block with these bytes.
    pub fn of_block(codec: Codec, bytes: &[u8]) -> Self {
        Self { codec, digest: B256::new(Sha256::digest(bytes).into()) }
    }

    /// The CID, as IPFS nodes name the content.
    pub fn cid(&self) -> Cid {
        let hash = Multihash::wrap(SHA2_256, self.digest.as_slice()).expect("32 bytes fit a multihash of 64");
        Cid::new_v1(u64::from(self.codec.byte()), hash)
    }

    /// `ipfs://` and the CID: what `tokenURI` answers.
    pub fn uri(&self) -> String {
        format!("ipfs://{self}")
    }
}

impl From<ContentAddress> for Cid {
    fn from(address: ContentAddress) -> Self {
        address.cid()
    }
}

impl TryFrom<&Cid> for ContentAddress {
    type Error = AddressError;

    fn try_from(cid: &Cid) -> Result<Self, AddressError> {
        if cid.version() != cid::Version::V1 {
            return Err(AddressError::Version(*cid));
        }
        let codec = Codec::try_from(cid.codec())?;
        if cid.hash().code() != SHA2_256 {
            return Err(AddressError::Hash(*cid));
        }
        let digest = B256::try_from(cid.hash().digest()).map_err(|_| AddressError::Hash(*cid))?;
        Ok(Self { codec, digest })
    }
}

impl fmt::Display for ContentAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cid().fmt(f)
    }
}

impl FromStr for ContentAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bare = text.strip_prefix("ipfs://").unwrap_or(text);
        // `Cid` accepts a path of a gateway too, and takes the CID out of it; an address is nothing but the CID.
        if bare.contains('/') {
            return Err(AddressError::NotACid(text.to_owned()));
        }
        let cid = Cid::try_from(bare).map_err(|_| AddressError::NotACid(text.to_owned()))?;
        Self::try_from(&cid)
    }
}

impl Serialize for ContentAddress {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.uri())
    }
}

impl<'de> Deserialize<'de> for ContentAddress {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
