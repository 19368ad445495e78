//! Keystores made by the program, and what it prints for shells and readers.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use terminal::{ADMIN, ADMIN_ACCOUNT, GUARDIAN_ACCOUNT, Terminal};

#[test]
fn a_new_key_signs_under_its_password_only() {
    let terminal = Terminal::with_chain();
    let password = terminal.write("password", "correct horse\n");
    let wrong = terminal.write("wrong", "battery staple\n");
    let made = terminal.json("", &["keys", "new", "--out", "key.json", "--password-file", &password]);
    let account = made["account"].as_str().unwrap();
    let show = ["keys", "show", "--keystore", "key.json", "--password-file"];
    assert_eq!(terminal.json("", &[&show[..], &[&password]].concat())["account"], account);
    assert_eq!(terminal.refusal("", &[&show[..], &[&wrong]].concat()).0, "Signer");
    let again = terminal.refusal("", &["keys", "new", "--out", "key.json", "--password-file", &password]);
    assert_eq!(again.0, "File");
    assert_eq!(terminal.refusal("", &["keys", "new", "--out", "other.json"]).0, "NoPassword");
    assert_eq!(terminal.json(ADMIN, &["keys", "show"])["account"], ADMIN_ACCOUNT.to_lowercase());

    // It has no ether yet, and is told so.
    let deploy = ["deploy", "--admin", account, "--guardian", GUARDIAN_ACCOUNT, "--keystore", "key.json"];
    let (code, words) = terminal.refusal("", &[&deploy[..], &["--password-file", &password]].concat());
    assert_eq!(code, "InsufficientFunds");
    assert!(words.contains("has not enough ether for gas"), "{words}");
}

#[test]
fn shells_and_readers_are_told_of_every_command() {
    let terminal = Terminal::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = terminal.json("", &["completions", shell])["script"].clone();
        assert!(script.as_str().unwrap().contains("set-key"), "{shell}");
    }
    terminal.json("", &["man", "pages"]);
    let page = std::fs::read_to_string(terminal.path("pages/theriac-participants-approve.1")).unwrap();
    assert!(page.contains("\\-\\-roots"), "{page}");
}
