//! Content addresses: the CID of a file, computed here before any node is asked.
//!
//! A file is cut and linked as the `unixfs-v1-2025` profile of IPFS says (IPIP-499): CIDv1, sha2-256, raw leaves of
//! 1 MiB, balanced tree with at most 1024 links in a node. So a file of up to 1 MiB is one raw block whose CID is its
//! sha2-256 digest, and a larger one is a tree of `dag-pb` nodes.
//!
//! [`build`] hands out every block as it arises; [`FileReader`] puts the file together again and believes no block
//! before hashing it. The chain keeps a [`ContentAddress`]: the digest and the codec byte, from which the CID is rebuilt.

mod address;
mod file;

use std::io::{self, Read};

pub use address::{AddressError, Codec, ContentAddress};
pub use cid::Cid;
pub use file::{FileReader, links, verify};
use rust_unixfs::file::adder::{BalancedCollector, Chunker, FileAdder};

/// Bytes in a leaf of the `unixfs-v1-2025` profile.
pub const CHUNK_SIZE: usize = 1 << 20;
/// Links in a node of the `unixfs-v1-2025` profile.
pub const MAX_LINKS: usize = 1024;

/// A file that could not be cut into blocks or put together from them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The source of the file failed.
    #[error("the content could not be read: {0}")]
    Read(#[source] io::Error),
    /// The receiver of a block failed.
    #[error("block {block} could not be stored: {source}")]
    Store {
        /// The block that was to be stored.
        block: ContentAddress,
        /// What the store said.
        source: io::Error,
    },
    /// A block that the file needs could not be had.
    #[error("block {block} could not be fetched: {source}")]
    Fetch {
        /// The block that was asked for.
        block: ContentAddress,
        /// What the store said.
        source: io::Error,
    },
    /// A store returned other bytes than were asked for.
    #[error(
        "the bytes returned for block {block} hash to {actual}: the store is damaged or lies; fetch the block elsewhere"
    )]
    WrongBytes {
        /// The block that was asked for.
        block: ContentAddress,
        /// The address of what came.
        actual: ContentAddress,
    },
    /// A block has its right hash but is not part of a file of the profile.
    #[error("block {block} is not part of a file of the unixfs-v1-2025 profile: {reason}")]
    NotAFile {
        /// The block in question.
        block: ContentAddress,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The CID is of a kind that the system does not use.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// Cuts a file into blocks, calls `store` with each (leaves before the nodes that link them) and returns the root.
///
/// An empty file is one empty raw block. Memory is that of one block and of the links above it.
pub fn build(
    mut content: impl Read,
    mut store: impl FnMut(&Cid, &[u8]) -> io::Result<()>,
) -> Result<Cid, ContentError> {
    let mut adder = FileAdder::builder()
        .with_chunker(Chunker::Size(CHUNK_SIZE))
        .with_collector(BalancedCollector::with_branching_factor(MAX_LINKS))
        .build();
    // The last block to come is the root: nodes follow what they link, and a single leaf stands alone.
    let mut root = None;
    let mut keep = |cid: Cid, bytes: Vec<u8>| {
        let block = ContentAddress::try_from(&cid)?;
        root = Some(cid);
        store(&cid, &bytes).map_err(|source| ContentError::Store { block, source })
    };

    let mut chunk = Vec::with_capacity(CHUNK_SIZE);
    loop {
        chunk.clear();
        content.by_ref().take(CHUNK_SIZE as u64).read_to_end(&mut chunk).map_err(ContentError::Read)?;
        if chunk.is_empty() {
            break;
        }
        // The chunk is pushed whole, or is the last one: the adder takes all of it.
        let (blocks, _) = adder.push(&chunk);
        for (cid, bytes) in blocks {
            keep(cid, bytes)?;
        }
    }
    for (cid, bytes) in adder.finish() {
        keep(cid, bytes)?;
    }
    root.ok_or_else(|| ContentError::Read(io::Error::other("the UnixFS builder made no block")))
}

/// The address of a file, without keeping its blocks.
pub fn address(content: impl Read) -> Result<ContentAddress, ContentError> {
    Ok(ContentAddress::try_from(&build(content, |_, _| Ok(()))?)?)
}

#[cfg(test)]
mod tests;
