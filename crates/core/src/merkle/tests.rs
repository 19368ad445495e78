use alloy_primitives::{Address, B128};
use proptest::prelude::*;

use super::*;

fn leaves(count: u32) -> Vec<Leaf> {
    let tag_key =
        |i: u32| if i.is_multiple_of(3) { Address::left_padding_from(&i.to_be_bytes()) } else { Address::ZERO };
    let half = |i: u32| B128::from_slice(&keccak256(i.to_be_bytes())[..16]);
    (0..count).map(|index| Leaf { index, half: half(index), tag_key: tag_key(index) }).collect()
}

fn tree(count: u32) -> LotTree {
    LotTree::build(Leaves::new(leaves(count)).unwrap())
}

#[test]
fn leaf_is_hashed_as_the_abi_encodes_it() {
    use alloy_sol_types::SolValue;
    let leaf = Leaf { index: 7, half: B128::repeat_byte(0xab), tag_key: Address::repeat_byte(0xcd) };
    let encoded = (leaf.index, leaf.half, leaf.tag_key).abi_encode_params();
    assert_eq!(encoded.len(), 96);
    assert_eq!(leaf.hash(), keccak256(keccak256(encoded)));
}

#[test]
fn one_leaf_is_its_own_root() {
    let only = leaves(1)[0];
    assert_eq!(tree(1).root(), only.hash());
    assert!(tree(1).proof(0).unwrap().is_empty());
    assert!(verify(only.hash(), &only, &[]));
}

#[test]
fn what_is_no_lot_is_refused() {
    assert_eq!(Leaves::new(vec![]), Err(MerkleError::Empty));

    let mut swapped = leaves(3);
    swapped.swap(1, 2);
    assert_eq!(Leaves::new(swapped), Err(MerkleError::OutOfOrder { place: 1, index: 2 }));

    let mut twice = leaves(6);
    twice[5].half = twice[1].half;
    twice[4].half = twice[1].half;
    assert_eq!(duplicates(&twice), [(1, 4), (1, 5)]);
    let error = Leaves::new(twice).unwrap_err();
    assert_eq!(error.to_string(), "items 1 and 4 have the same serial: a serial names one item");
}

#[test]
fn an_index_outside_the_lot_is_refused() {
    let outside = MerkleError::OutsideLot { index: 3, count: 3 };
    assert_eq!(tree(3).proof(3), Err(outside.clone()));
    assert_eq!(tree(3).leaf_hash(3), Err(outside.clone()));
    assert_eq!(tree(3).multi_proof(&[0, 3]), Err(outside));
    assert_eq!(tree(3).multi_proof(&[0, 2, 0]), Err(MerkleError::Repeated(0)));
}

#[test]
fn a_large_tree_has_the_root_that_recursion_gives() {
    fn hash(nodes: &mut [B256], node: usize) -> B256 {
        if 2 * node + 1 < nodes.len() {
            nodes[node] = parent_hash(&hash(nodes, 2 * node + 1), &hash(nodes, 2 * node + 2));
        }
        nodes[node]
    }
    // Large enough that every branch of the parallel code runs: several tasks in a level, and a ragged last level.
    let count = 5 * MIN_NODES_PER_TASK as u32 + 3;
    let mut sorted: Vec<B256> = leaves(count).iter().map(Leaf::hash).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let mut nodes = vec![B256::ZERO; count as usize - 1];
    nodes.extend(sorted);
    assert_eq!(tree(count).root(), hash(&mut nodes, 0));
}

proptest! {
    #[test]
    fn every_proof_verifies_its_leaf_and_no_other(count in 1_u32..200, a: prop::sample::Index, b: prop::sample::Index) {
        let (leaves, tree) = (leaves(count), tree(count));
        let (leaf, other) = (leaves[a.index(leaves.len())], leaves[b.index(leaves.len())]);
        let proof = tree.proof(leaf.index).unwrap();
        prop_assert!(verify(tree.root(), &leaf, &proof));
        prop_assert_eq!(verify(tree.root(), &other, &proof), other == leaf);
        prop_assert_eq!(tree.leaf_hash(leaf.index).unwrap(), leaf.hash());

        let another_tag = Leaf { tag_key: Address::repeat_byte(1), ..leaf };
        prop_assert!(!verify(tree.root(), &another_tag, &proof));
        let another_index = Leaf { index: leaf.index + 1, ..leaf };
        prop_assert!(!verify(tree.root(), &another_index, &proof));
        if !proof.is_empty() {
            prop_assert!(!verify(tree.root(), &leaf, &proof[1..]));
        }
    }

    #[test]
    fn a_node_does_not_pass_for_the_tree(count in 2_u32..100) {
        let tree = tree(count);
        for leaf in leaves(count) {
            prop_assert!(!verify(tree.root(), &leaf, &[]));
        }
    }

    #[test]
    fn multi_proofs_verify_together(count in 1_u32..120, chosen in prop::collection::btree_set(0_u32..120, 0..20)) {
        let chosen: Vec<u32> = chosen.into_iter().filter(|index| *index < count).collect();
        let (leaves, tree) = (leaves(count), tree(count));
        let MultiProof { indices, proof, flags } = tree.multi_proof(&chosen).unwrap();
        let mut proven: Vec<Leaf> = indices.iter().map(|index| leaves[*index as usize]).collect();
        prop_assert!(verify_multi(tree.root(), &proven, &proof, &flags));

        let mut sorted = indices;
        sorted.sort_unstable();
        prop_assert_eq!(sorted, chosen);
        if let Some(first) = proven.first_mut() {
            first.half = B128::ZERO;
            prop_assert!(!verify_multi(tree.root(), &proven, &proof, &flags));
        }
    }

    #[test]
    fn any_multi_proof_is_judged(
        leaf_count in 0_u32..5,
        proof in prop::collection::vec(any::<[u8; 32]>().prop_map(B256::new), 0..5),
        flags: Vec<bool>,
    ) {
        let root = tree(9).root();
        prop_assert!(!verify_multi(root, &leaves(leaf_count), &proof, &flags));
    }
}
