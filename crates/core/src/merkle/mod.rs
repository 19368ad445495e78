//! The tree over all items of a lot, whose root the chain keeps.
//!
//! Roots and proofs equal those of `StandardMerkleTree` in OpenZeppelin's JavaScript library with leaf types
//! `["uint32", "bytes16", "address"]`, so its contracts and its library verify them:
//!
//! - a leaf is `keccak256(keccak256(abi.encode(index, half, tagKey)))`; hashed twice, so that no node passes for a leaf;
//! - leaves are sorted by their hash, and stand in the array of nodes from the end backwards;
//! - node `i` is `keccak256` of its children `2i + 1` and `2i + 2`, the smaller first; the root is node 0.
//!
//! Unlike that library, [`Leaves`] refuses a serial that stands twice: one of the two twins would be a forgery.

mod leaves;
mod multi;

use alloy_primitives::{B256, keccak256};
use rayon::prelude::*;

pub(crate) use leaves::duplicates;
pub use leaves::{Leaf, Leaves, MerkleError};
pub use multi::{MultiProof, verify_multi};

/// Below this many nodes a level is hashed faster than it is divided among threads.
const MIN_NODES_PER_TASK: usize = 512;

/// The tree of one lot. It keeps the nodes (64 bytes per leaf) and the place of each leaf, not the leaves.
#[derive(Clone, Debug)]
pub struct LotTree {
    /// Root first, leaves last, sorted by hash from the end backwards.
    nodes: Vec<B256>,
    /// Of each leaf index, its node.
    places: Vec<u32>,
}

impl LotTree {
    /// Hashes the tree, on all threads.
    pub fn build(leaves: Leaves) -> Self {
        let mut hashed: Vec<(B256, u32)> = leaves
            .as_slice()
            .par_iter()
            .with_min_len(MIN_NODES_PER_TASK)
            .map(|leaf| (leaf.hash(), leaf.index))
            .collect();
        drop(leaves);
        hashed.par_sort_unstable();

        let last = 2 * hashed.len() - 2;
        let mut nodes = vec![B256::ZERO; last + 1];
        let mut places = vec![0; hashed.len()];
        for (rank, (hash, index)) in hashed.into_iter().enumerate() {
            nodes[last - rank] = hash;
            places[index as usize] = (last - rank) as u32;
        }
        hash_upwards(&mut nodes, places.len());
        Self { nodes, places }
    }

    /// What `Catalog` keeps of the lot.
    pub fn root(&self) -> B256 {
        self.nodes[0]
    }

    /// How many leaves there are.
    pub fn count(&self) -> u32 {
        self.places.len() as u32
    }

    /// The hash of the leaf at `index`.
    pub fn leaf_hash(&self, index: u32) -> Result<B256, MerkleError> {
        Ok(self.nodes[self.place(index)?])
    }

    /// The siblings on the way from the leaf at `index` to the root.
    pub fn proof(&self, index: u32) -> Result<Vec<B256>, MerkleError> {
        Ok(siblings(self.place(index)?).map(|node| self.nodes[node]).collect())
    }

    /// All nodes, root first, as they stand in the array of the library.
    pub fn nodes(&self) -> &[B256] {
        &self.nodes
    }

    /// Of each leaf, by its index, the node.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// One proof for several leaves, in the format of OpenZeppelin's `MerkleProof.multiProofVerify`.
    pub fn multi_proof(&self, indices: &[u32]) -> Result<MultiProof, MerkleError> {
        multi::prove(self, indices)
    }

    fn place(&self, index: u32) -> Result<usize, MerkleError> {
        let outside = || MerkleError::OutsideLot { index, count: self.count() };
        self.places.get(index as usize).map(|place| *place as usize).ok_or_else(outside)
    }
}

/// The siblings on the way from `node` up to the root: the proof of the leaf at that node.
pub fn siblings(node: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(node), |node| (*node > 0).then(|| parent(*node)))
        .take_while(|node| *node > 0)
        .map(sibling)
}

/// Whether `proof` leads from `leaf` to `root`.
pub fn verify(root: B256, leaf: &Leaf, proof: &[B256]) -> bool {
    proof.iter().fold(leaf.hash(), |node, sibling| parent_hash(&node, sibling)) == root
}

/// Hashes the inner nodes level by level from the bottom; the nodes of one level do not depend on each other.
fn hash_upwards(nodes: &mut [B256], leaf_count: usize) {
    let mut end = leaf_count - 1;
    while end > 0 {
        // Nodes of the deepest level not hashed yet: from the last power of two (less one) up to `end`.
        let start = (1 << end.ilog2()) - 1;
        let (upper, lower) = nodes.split_at_mut(end);
        upper[start..].par_iter_mut().with_min_len(MIN_NODES_PER_TASK).enumerate().for_each(|(i, node)| {
            let left = 2 * (start + i) + 1 - end;
            *node = parent_hash(&lower[left], &lower[left + 1]);
        });
        end = start;
    }
}

fn parent_hash(a: &B256, b: &B256) -> B256 {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    let mut pair = [0; 64];
    pair[..32].copy_from_slice(first.as_slice());
    pair[32..].copy_from_slice(second.as_slice());
    keccak256(pair)
}

const fn parent(node: usize) -> usize {
    (node - 1) / 2
}

const fn sibling(node: usize) -> usize {
    if node.is_multiple_of(2) { node - 1 } else { node + 1 }
}

#[cfg(test)]
mod tests;
