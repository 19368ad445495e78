//! A judge that shares no code with us: npm `age-encryption` opens manifest and segments, and the `zstd` program unpacks them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use alloy_primitives::hex;
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_core::content::ContentAddress;

use crate::house::{CLINIC, House, home};
use crate::{at_work, push, recording};

#[test]
#[allow(clippy::print_stderr, reason = "says what it skips")]
fn age_and_zstd_of_others_open_a_record() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let peers =
        root.join("node_modules/age-encryption").exists() && Command::new("zstd").arg("--version").output().is_ok();
    if !peers {
        assert!(
            std::env::var_os("THERIAC_REQUIRE_PEERS").is_none(),
            "npm age-encryption or the program zstd is missing"
        );
        eprintln!("skipped: npm age-encryption or the program zstd is missing");
        return;
    }
    let (house, _) = at_work();
    let text = recording();
    house.terminal.write("monitor.tsv", &text);
    let made = house.does("", &["keys", "reading-key", "--out", "reading.key"]);
    let pushed = house.does(CLINIC, &push("monitor.tsv", &["--reader", made["recipient"].as_str().unwrap()]));
    let key = std::fs::read_to_string(house.terminal.path("reading.key")).unwrap();
    let identity = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).unwrap();

    let record: Value = serde_json::from_slice(&fetched(&house, &pushed["manifest"])).unwrap();
    let sealed = hex::decode(record["manifest"].as_str().unwrap()).unwrap();
    let manifest: Value = serde_json::from_slice(&opened(&root, identity, &sealed)).unwrap();
    assert_eq!((&manifest["type"], &manifest["file"]["name"]), (&json!("deviceRecord"), &json!("monitor.tsv")));
    let mut whole = Vec::new();
    for segment in manifest["segments"].as_array().unwrap() {
        assert_eq!(segment["packing"], "zstd");
        let packed = opened(&root, identity, &fetched(&house, &segment["content"]));
        let plain = filtered(Command::new("zstd").args(["-d", "-c", "-q"]), &packed);
        assert_eq!(json!(plain.len()), segment["size"]);
        whole.extend_from_slice(&plain);
    }
    assert!(whole == text.as_bytes());
}

fn fetched(house: &House, address: &Value) -> Vec<u8> {
    let address: ContentAddress = address.as_str().unwrap().parse().unwrap();
    let store = Store::open("blocks", &house.terminal.path(home(CLINIC))).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(store.get(&address)).unwrap()
}

fn opened(root: &Path, identity: &str, sealed: &[u8]) -> Vec<u8> {
    let question = json!({ "file": hex::encode(sealed), "identity": identity }).to_string();
    let script = root.join("crates/core/tests/envelope_foreign.mjs");
    let answer = filtered(Command::new("node").arg(script).arg("open"), question.as_bytes());
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    hex::decode(answer["content"].as_str().unwrap()).unwrap()
}

/// What a program makes of its input.
fn filtered(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || pipe.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(output.status.success());
    output.stdout
}
