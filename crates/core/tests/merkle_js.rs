//! The tree against OpenZeppelin's JavaScript library: against what it once gave (`tests/data/merkle.json`, made by
//! `tests/data/merkle.mjs`) and, where the repository's `node_modules` is there, against what it gives now.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use alloy_primitives::{Address, B128, B256};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use theriac_core::merkle::{Leaf, Leaves, LotTree, verify};

#[derive(Deserialize)]
struct Tree {
    size: u32,
    root: B256,
    proofs: Vec<Proof>,
    multi: Multi,
}

#[derive(Deserialize)]
struct Proof {
    index: u32,
    proof: Vec<B256>,
}

#[derive(Deserialize)]
struct Multi {
    indices: Vec<u32>,
    proof: Vec<B256>,
    flags: Vec<bool>,
}

fn leaf(index: u32) -> Leaf {
    let hash = |word| Sha256::digest(format!("{word} {index}"));
    let tag_key = if index.is_multiple_of(2) { Address::ZERO } else { Address::from_slice(&hash("tag")[..20]) };
    Leaf { index, half: B128::from_slice(&hash("half")[..16]), tag_key }
}

fn assert_equal(theirs: &[Tree]) {
    for theirs in theirs {
        let ours = LotTree::build(Leaves::new((0..theirs.size).map(leaf).collect()).expect("a lot"));
        assert_eq!(ours.root(), theirs.root, "root of {}", theirs.size);
        for Proof { index, proof } in &theirs.proofs {
            assert_eq!(&ours.proof(*index).expect("an index of the lot"), proof, "proof of {index} in {}", theirs.size);
            assert!(verify(theirs.root, &leaf(*index), proof));
        }
        let asked: Vec<u32> = theirs.proofs.iter().map(|proof| proof.index).collect();
        let multi = ours.multi_proof(&asked).expect("indices of the lot");
        assert_eq!(multi.indices, theirs.multi.indices, "order of the multiproof in {}", theirs.size);
        assert_eq!(multi.proof, theirs.multi.proof, "multiproof in {}", theirs.size);
        assert_eq!(multi.flags, theirs.multi.flags, "flags of the multiproof in {}", theirs.size);
    }
}

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}

#[test]
fn trees_equal_those_that_the_library_gave() {
    let trees: Vec<Tree> = serde_json::from_slice(&std::fs::read(data("merkle.json")).unwrap()).unwrap();
    assert_eq!(trees.iter().map(|tree| tree.size).collect::<Vec<_>>(), [1, 2, 3, 7, 8, 100, 1000]);
    assert_equal(&trees);
}

#[test]
fn trees_equal_those_that_the_library_gives() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !repository.join("node_modules/@openzeppelin/merkle-tree").exists() {
        writeln!(std::io::stderr(), "skipped: node_modules has no @openzeppelin/merkle-tree; `npm ci` installs it")
            .unwrap();
        return;
    }
    let sizes = ["1", "2", "3", "7", "8", "100", "1000", "10000"];
    let node = Command::new("node").current_dir(repository).arg(data("merkle.mjs")).args(sizes).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let trees: Vec<Tree> = serde_json::from_slice(&node.stdout).unwrap();
    assert_eq!(trees.len(), sizes.len());
    assert_equal(&trees);
}
