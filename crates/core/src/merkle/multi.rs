//! One proof for several leaves.

use std::collections::VecDeque;

use alloy_primitives::B256;

use super::{Leaf, LotTree, MerkleError, parent, parent_hash, sibling};

/// A proof of several leaves at once, as OpenZeppelin's `MerkleProof.multiProofVerify` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiProof {
    /// The indices of the leaves, in the order in which the verifier wants them.
    pub indices: Vec<u32>,
    /// Nodes that do not follow from the leaves.
    pub proof: Vec<B256>,
    /// For each step, whether both children are known (true) or one comes from `proof`.
    pub flags: Vec<bool>,
}

impl MultiProof {
    /// The flags as our contracts take them: one bit a step, the highest of the first byte first.
    pub fn flag_bits(&self) -> Vec<u8> {
        let mut bits = vec![0; self.flags.len().div_ceil(8)];
        for (step, _) in self.flags.iter().enumerate().filter(|(_, both_known)| **both_known) {
            bits[step / 8] |= 0x80 >> (step % 8);
        }
        bits
    }

    /// Proves leaves of a tree whose nodes are not in memory: each leaf by its node and index, each node as `read` gives it. A leaf stands
    /// once.
    pub fn of_nodes<E>(
        mut leaves: Vec<(usize, u32)>,
        mut read: impl FnMut(usize) -> Result<B256, E>,
    ) -> Result<Self, E> {
        // From the end of the array, so that siblings meet at the head of the queue.
        leaves.sort_unstable_by(|a, b| b.cmp(a));
        let mut queue: VecDeque<usize> = leaves.iter().map(|(place, _)| *place).collect();
        let mut proof = Vec::new();
        let mut flags = Vec::new();
        while let Some(node) = queue.pop_front().filter(|node| *node > 0) {
            let both_known = queue.front() == Some(&sibling(node));
            if both_known {
                queue.pop_front();
            } else {
                proof.push(read(sibling(node))?);
            }
            flags.push(both_known);
            queue.push_back(parent(node));
        }
        if leaves.is_empty() {
            proof.push(read(0)?);
        }
        Ok(Self { indices: leaves.into_iter().map(|(_, index)| index).collect(), proof, flags })
    }
}

pub(super) fn prove(tree: &LotTree, indices: &[u32]) -> Result<MultiProof, MerkleError> {
    let leaves = indices.iter().map(|&index| Ok((tree.place(index)?, index))).collect::<Result<Vec<_>, _>>()?;
    let mut sorted: Vec<u32> = indices.to_vec();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(MerkleError::Repeated(pair[0]));
    }
    MultiProof::of_nodes(leaves, |node| Ok(tree.nodes[node]))
}

/// Whether `proof` leads from `leaves`, given in the order of [`MultiProof::indices`], to `root`.
pub fn verify_multi(root: B256, leaves: &[Leaf], proof: &[B256], flags: &[bool]) -> bool {
    if leaves.len() + proof.len() != flags.len() + 1 {
        return false;
    }
    let mut queue: VecDeque<B256> = leaves.iter().map(Leaf::hash).collect();
    let mut proof = proof.iter().copied();
    for &both_known in flags {
        let Some(a) = queue.pop_front() else { return false };
        let Some(b) = (if both_known { queue.pop_front() } else { proof.next() }) else { return false };
        queue.push_back(parent_hash(&a, &b));
    }
    let top = queue.pop_back().or_else(|| proof.next());
    queue.is_empty() && proof.next().is_none() && top == Some(root)
}
