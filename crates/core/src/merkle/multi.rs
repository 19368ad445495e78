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

pub(super) fn prove(tree: &LotTree, indices: &[u32]) -> Result<MultiProof, MerkleError> {
    let mut leaves = indices.iter().map(|&index| Ok((tree.place(index)?, index))).collect::<Result<Vec<_>, _>>()?;
    // From the end of the array, so that siblings meet at the head of the queue.
    leaves.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(pair) = leaves.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(MerkleError::Repeated(pair[0].1));
    }

    let mut queue: VecDeque<usize> = leaves.iter().map(|(place, _)| *place).collect();
    let mut proof = Vec::new();
    let mut flags = Vec::new();
    while let Some(node) = queue.pop_front().filter(|node| *node > 0) {
        let both_known = queue.front() == Some(&sibling(node));
        if both_known {
            queue.pop_front();
        } else {
            proof.push(tree.nodes[sibling(node)]);
        }
        flags.push(both_known);
        queue.push_back(parent(node));
    }
    if indices.is_empty() {
        proof.push(tree.root());
    }
    Ok(MultiProof { indices: leaves.into_iter().map(|(_, index)| index).collect(), proof, flags })
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
