//! Purchase records are sealed for accounts, shared, opened by their wallets, and by OpenSSL.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use std::process::Command;

use serde_json::{Value, json};
use terminal::authority::Authority;
use terminal::{CERTIFIER, CERTIFIER_ACCOUNT, GUARDIAN, GUARDIAN_ACCOUNT, MAKER, MAKER_ACCOUNT, Terminal};

const RECORD: &str = include_str!("cmd/envelope.in/record.json");

/// A record of a purchase on the local chain, as a file.
fn record(terminal: &Terminal) -> String {
    terminal.write("record.json", RECORD)
}

fn keys(answer: &Value) -> Vec<&str> {
    answer["readers"].as_array().unwrap().iter().map(|reader| reader["key"].as_str().unwrap()).collect()
}

#[test]
fn a_record_is_sealed_for_accounts_and_opened_by_their_wallets() {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    for (key, roles, name) in [(MAKER, "manufacturer", "Acme"), (GUARDIAN, "provider", "Hospital")] {
        terminal.enrol(&authority, key, roles, name);
    }
    let record = record(&terminal);
    let line = ["envelope", "seal", &record, "--out", "first.age", "--to", MAKER_ACCOUNT, GUARDIAN_ACCOUNT];

    // Nobody has a key yet, and nothing is written.
    let (code, told) = terminal.refusal("", &line);
    assert_eq!(code, "NoKey");
    assert!(told.contains(MAKER_ACCOUNT) && told.contains("set-key --wallet"), "{told}");
    assert!(!terminal.path("first.age").exists());

    let reading = terminal.json(MAKER, &["keys", "reading-key"]);
    let published = terminal.json(MAKER, &["participants", "set-key", "--wallet"]);
    assert_eq!(published["encryptionKey"], reading["key"]);
    terminal.json(GUARDIAN, &["participants", "set-key", "--wallet"]);
    let sealed = terminal.json("", &[&line[..], &["--into-store"]].concat());
    assert_eq!((&sealed["stored"], &sealed["codec"]), (&json!(true), &json!(0x55)));
    assert_eq!(keys(&sealed)[0], reading["recipient"].as_str().unwrap());
    assert_eq!(sealed["readers"][1]["account"], GUARDIAN_ACCOUNT.to_lowercase());
    let inspected = terminal.json("", &["envelope", "inspect", "first.age"]);
    assert_eq!((&inspected["digest"], &inspected["content"]), (&sealed["digest"], &sealed["content"]));
    assert_eq!(inspected["lock"], json!({ "kind": "ageKeys", "readers": 2, "otherReaders": 0 }));
    let content = sealed["content"].as_str().unwrap();
    let cid = content.strip_prefix("ipfs://").unwrap_or(content);
    let stored = terminal.path(".theriac/blocks").join(&cid[cid.len() - 3..cid.len() - 1]).join(cid);
    assert_eq!(std::fs::read(stored).unwrap(), std::fs::read(terminal.path("first.age")).unwrap());

    let expected: Value = serde_json::from_str(RECORD).unwrap();
    for wallet in [MAKER, GUARDIAN] {
        assert_eq!(terminal.json(wallet, &["envelope", "open", "first.age"])["record"], expected);
    }
    assert_eq!(terminal.refusal(CERTIFIER, &["envelope", "open", "first.age"]).0, "NotForThisKey");
    assert_eq!(terminal.refusal("", &["envelope", "open", "first.age"]).0, "NoIdentity");
}

#[test]
fn readers_come_go_and_change_their_keys() {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    terminal.enrol(&authority, MAKER, "manufacturer", "Acme");
    terminal.json(MAKER, &["participants", "set-key", "--wallet"]);
    let record = record(&terminal);
    terminal.json("", &["envelope", "seal", &record, "--out", "first.age", "--to", MAKER_ACCOUNT]);

    // A regulator without an account reads with a file.
    let file = terminal.json("", &["keys", "reading-key", "--out", "regulator.txt"]);
    let regulator = file["recipient"].as_str().unwrap();
    assert_eq!(terminal.refusal("", &["keys", "reading-key", "--out", "regulator.txt"]).0, "File");
    let add = ["envelope", "share", "first.age", "--add", regulator, "--out", "second.age"];
    let shared = terminal.json(MAKER, &add);
    assert_eq!(keys(&shared).len(), 2);
    assert_eq!(terminal.refusal(MAKER, &add).0, "File");
    terminal.json("", &["envelope", "open", "second.age", "--identity", "regulator.txt"]);
    let early = terminal.refusal("", &["envelope", "open", "first.age", "--identity", "regulator.txt"]);
    assert_eq!(early.0, "NotForThisKey");

    // The maker's wallet was seen by somebody: its key becomes one of a file, on the chain and in the envelope.
    let new = terminal.json("", &["keys", "reading-key", "--out", "maker.txt"]);
    terminal.json(MAKER, &["participants", "set-key", new["recipient"].as_str().unwrap()]);
    let swap = format!("{MAKER_ACCOUNT}={MAKER_ACCOUNT}");
    let rotate = ["envelope", "share", "second.age", "--replace", &swap, "--remove", regulator, "--out", "third.age"];
    let rotated = terminal.json(MAKER, &rotate);
    assert_eq!(keys(&rotated), [new["recipient"].as_str().unwrap()]);
    let opened = terminal.json("", &["envelope", "open", "third.age", "--identity", "maker.txt", "--out", "open.json"]);
    assert_eq!(opened["file"], "open.json");
    assert_eq!(terminal.refusal(MAKER, &["envelope", "open", "third.age"]).0, "NotForThisKey");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for secret in ["open.json", "maker.txt"] {
            let mode = std::fs::metadata(terminal.path(secret)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{secret}");
        }
    }

    let stranger = ["envelope", "share", "third.age", "--remove", CERTIFIER_ACCOUNT, "--identity", "maker.txt"];
    let refused = terminal.refusal("", &[&stranger[..], &["--out", "fourth.age"]].concat());
    assert_eq!(refused.0, "NotAReader");
    let low = format!("0x01{}", "00".repeat(31));
    assert_eq!(terminal.refusal(MAKER, &["participants", "set-key", &low]).0, "LowOrderKey");
}

#[test]
fn a_record_of_another_chain_is_not_sealed_with_the_keys_of_this_one() {
    let terminal = Terminal::with_suite(0);
    let record = terminal.write("record.json", &RECORD.replace("31337", "1"));
    let (code, told) = terminal.refusal("", &["envelope", "seal", &record, "--out", "no.age", "--to", MAKER_ACCOUNT]);
    assert_eq!(code, "WrongChain");
    assert!(told.contains("chain 1,"), "{told}");
}

#[test]
fn openssl_opens_what_the_command_sealed_and_the_other_way_round() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not on the PATH");
        return;
    }
    let terminal = Terminal::new();
    let record = record(&terminal);
    let passphrase = terminal.write("passphrase", "correct horse\nnot this line\n");
    let openssl = |arguments: &[&str]| {
        let mut command = Command::new("openssl");
        command.arg("cms").args(arguments).args(["-pwri_password", "correct horse"]);
        let output = command.current_dir(terminal.folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let seal = ["envelope", "seal", &record, "--cipher", "aes-256", "--passphrase-file", &passphrase];
    let sealed = terminal.json("", &[&seal[..], &["--out", "record.cms"]].concat());
    assert_eq!((&sealed["warnings"], &sealed["readers"]), (&json!([]), &json!([])));
    openssl(&["-decrypt", "-binary", "-inform", "DER", "-in", "record.cms", "-out", "theirs.json"]);
    let theirs: Value = serde_json::from_slice(&std::fs::read(terminal.path("theirs.json")).unwrap()).unwrap();
    assert_eq!(theirs, serde_json::from_str::<Value>(RECORD).unwrap());

    openssl(&["-encrypt", "-binary", "-outform", "DER", "-des3", "-in", "theirs.json", "-out", "theirs.cms"]);
    let open = ["envelope", "open", "theirs.cms", "--passphrase-file", &passphrase];
    let opened = terminal.json("", &open);
    assert_eq!(opened["record"], theirs);
    let warnings = opened["warnings"].to_string();
    for words in ["3DES is broken", "2048 rounds", "SHA-1", "does not notice changes"] {
        assert!(warnings.contains(words), "{words}: {warnings}");
    }
    let wrong = terminal.write("wrong", "battery staple");
    let refused = terminal.refusal("", &["envelope", "open", "theirs.cms", "--passphrase-file", &wrong]);
    assert_eq!(refused.0, "WrongPassphrase");
    assert!(!refused.1.contains("battery"), "{}", refused.1);

    // Something else inside is refused, unless it is asked for.
    terminal.write("note.txt", "not a record");
    openssl(&["-encrypt", "-binary", "-outform", "DER", "-aes256", "-in", "note.txt", "-out", "note.cms"]);
    let note = ["envelope", "open", "note.cms", "--passphrase-file", &passphrase];
    assert_eq!(terminal.refusal("", &note).0, "Document");
    assert_eq!(terminal.json("", &[&note[..], &["--raw"]].concat())["text"], "not a record");
    let empty = terminal.write("empty", "\n");
    assert_eq!(
        terminal.refusal("", &["envelope", "open", "note.cms", "--passphrase-file", &empty]).0,
        "EmptyPassphrase"
    );
}
