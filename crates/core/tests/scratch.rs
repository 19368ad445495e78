//! Scratch codes against node: against what it once derived (`tests/data/scratch.json`, made by `tests/data/scratch.mjs`)
//! and, where node is there, against what it derives now.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use alloy_primitives::{Address, Bytes};
use serde::Deserialize;
use theriac_core::ids::ItemId;
use theriac_core::scratch::{Derivation, ENTROPY, ScratchCode};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    code: String,
    item: ItemId,
    public_key: Bytes,
}

fn committed() -> Vec<Row> {
    serde_json::from_str(include_str!("data/scratch.json")).unwrap()
}

fn address(row: &Row) -> Address {
    Derivation::V1.tag_key(&row.code.parse().unwrap(), row.item).address()
}

#[test]
fn a_code_and_an_item_give_the_known_key() {
    for row in committed() {
        assert_eq!(address(&row), Address::from_raw_public_key(&row.public_key), "{}", row.item);
    }
}

#[test]
fn node_derives_the_same() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scratch.mjs");
    let mut node = Command::new("node");
    node.arg(script);
    // Of bits that nobody chose, so that each run is a new trial.
    let mut entropy = [0; ENTROPY];
    entropy.copy_from_slice(&std::process::id().to_be_bytes().repeat(3)[..ENTROPY]);
    let code = ScratchCode::of_entropy(&entropy);
    node.args([code.reveal().as_str(), &committed()[1].item.to_string()]);
    let output = match node.output() {
        Ok(output) => output,
        Err(error) => {
            assert!(std::env::var_os("THERIAC_REQUIRE_PEERS").is_none(), "node: {error}");
            return writeln!(std::io::stderr(), "skipped: node cannot be run ({error})").unwrap();
        }
    };
    let told: Vec<Row> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(address(&told[0]), Address::from_raw_public_key(&told[0].public_key));
}

/// Computed with Python's integers.
#[test]
fn bits_give_the_known_codes() {
    for (bits, text) in [
        ("0x00000000000000000000", "0000-0000-0000-00000"),
        ("0xffffffffffffffffffff", "ZZZZ-ZZZZ-ZZZZ-ZZZZM"),
        ("0x00443214c74254b635cf", "0123-4567-89AB-CDEFP"),
        ("0xf0f1f2f3f4f5f6f7f8f9", "Y3RZ-5WZM-YQVF-FY7SS"),
    ] {
        let bits: Bytes = bits.parse().unwrap();
        let entropy = <[u8; ENTROPY]>::try_from(bits.as_ref()).unwrap();
        assert_eq!(ScratchCode::of_entropy(&entropy).reveal().as_str(), text);
    }
}
