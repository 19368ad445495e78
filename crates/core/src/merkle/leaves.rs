//! What a tree is built over, checked before it is.

use alloy_primitives::{Address, B128, B256, keccak256};
use rayon::prelude::*;

/// A lot or an index for which there is no tree or proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// A lot without items.
    #[error("a lot has at least one item: add its serials")]
    Empty,
    /// More items than a lot can have.
    #[error("a lot has at most {max} items, not {count}: divide it into several lots")]
    TooMany {
        /// How many were given.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A leaf whose index is not its place.
    #[error("the leaf at place {place} has index {index}: leaves are numbered from 0 in packing order")]
    OutOfOrder {
        /// Where it stands.
        place: usize,
        /// What it says.
        index: u32,
    },
    /// One serial at two places.
    #[error("items {first} and {second} have the same serial: a serial names one item")]
    Duplicate {
        /// Index of the one.
        first: u32,
        /// Index of the other.
        second: u32,
    },
    /// A leaf is asked for that the lot does not have.
    #[error("the lot has {count} items, numbered from 0: there is no item {index}")]
    OutsideLot {
        /// Which was asked for.
        index: u32,
        /// How many there are.
        count: u32,
    },
    /// A leaf is asked for twice in one proof.
    #[error("item {0} is listed twice: one proof names it once")]
    Repeated(u32),
}

/// One item of a lot, as the chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// Its place in the lot document, from 0.
    pub index: u32,
    /// The second half of its item id.
    pub half: B128,
    /// The address of the key that travels with it; zero if it has none.
    pub tag_key: Address,
}

impl Leaf {
    /// `keccak256(keccak256(abi.encode(uint32 index, bytes16 half, address tagKey)))`.
    pub fn hash(&self) -> B256 {
        // abi.encode: an integer and an address stand right in their word, bytes16 stands left (Solidity ABI, 3.1).
        let mut words = [0; 96];
        words[28..32].copy_from_slice(&self.index.to_be_bytes());
        words[32..48].copy_from_slice(self.half.as_slice());
        words[76..].copy_from_slice(self.tag_key.as_slice());
        keccak256(keccak256(words))
    }
}

/// The leaves of one lot.
///
/// Invariant: there is at least one, each stands at its index, and no serial stands twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaves(Vec<Leaf>);

impl Leaves {
    /// The most that a lot can have, so that every node of its tree has a number of 32 bits.
    pub const MAX: usize = 1 << 31;

    /// Checks the invariant.
    pub fn new(leaves: Vec<Leaf>) -> Result<Self, MerkleError> {
        if leaves.is_empty() {
            return Err(MerkleError::Empty);
        }
        if leaves.len() > Self::MAX {
            return Err(MerkleError::TooMany { count: leaves.len(), max: Self::MAX });
        }
        if let Some((place, leaf)) = leaves.iter().enumerate().find(|(place, leaf)| leaf.index as usize != *place) {
            return Err(MerkleError::OutOfOrder { place, index: leaf.index });
        }
        match duplicates(&leaves).first() {
            Some(&(first, second)) => Err(MerkleError::Duplicate { first, second }),
            None => Ok(Self(leaves)),
        }
    }

    /// The leaves by index.
    pub fn as_slice(&self) -> &[Leaf] {
        &self.0
    }
}

/// Every leaf with the serial of an earlier one, as (earlier, later), by the later.
pub(crate) fn duplicates(leaves: &[Leaf]) -> Vec<(u32, u32)> {
    let mut halves: Vec<(B128, u32)> = leaves.iter().map(|leaf| (leaf.half, leaf.index)).collect();
    halves.par_sort_unstable();
    let mut found: Vec<(u32, u32)> = halves
        .chunk_by(|a, b| a.0 == b.0)
        .flat_map(|same| same[1..].iter().map(|later| (same[0].1, later.1)))
        .collect();
    found.sort_unstable_by_key(|(_, later)| *later);
    found
}
