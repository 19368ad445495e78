//! Companies join, are suspended and come back.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use rcgen::{ExtendedKeyUsagePurpose, date_time_ymd};
use serde_json::{Value, json};
use terminal::authority::Authority;
use terminal::{ADMIN, ADMIN_ACCOUNT, CERTIFIER, CERTIFIER_ACCOUNT, GUARDIAN_ACCOUNT, MAKER, MAKER_ACCOUNT, Terminal};

fn states(terminal: &Terminal, roles: &[&str]) -> Vec<(String, String)> {
    let listed = terminal.json("", &[&["participants", "list"], roles].concat());
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let entries = listed["participants"].as_array().unwrap();
    entries.iter().map(|entry| (text(entry, "account"), text(entry, "state"))).collect()
}

fn is(account: &str, state: &str) -> (String, String) {
    (account.to_lowercase(), state.to_owned())
}

#[test]
fn a_company_joins_once_is_suspended_and_comes_back() {
    let mut terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    let application = terminal.apply(&authority, MAKER, "manufacturer,distributor", "Acme");
    let roots = terminal.write("roots.pem", &authority.root);
    let approve = ["participants", "approve", "--application", &application, "--roots", &roots];

    let tried = terminal.json(ADMIN, &[&approve[..], &["--dry-run"]].concat());
    assert_eq!((&tried["dryRun"], &tried["transaction"]), (&json!(true), &json!(null)));
    assert!(states(&terminal, &[]).is_empty());
    let approved = terminal.json(ADMIN, &approve);
    assert_eq!(approved["organisation"]["name"], "Acme");
    assert_eq!(approved["roles"], json!(["manufacturer", "distributor"]));
    assert!(approved["gasUsed"].as_u64().unwrap() > 21_000);
    let again = terminal.json(ADMIN, &approve);
    assert_eq!((&again["alreadyEnrolled"], &again["transaction"]), (&json!(true), &json!(null)));
    assert_eq!(states(&terminal, &[]), [is(MAKER_ACCOUNT, "active")]);
    assert!(states(&terminal, &["--roles", "pharmacy"]).is_empty());

    let suspend = ["participants", "suspend", MAKER_ACCOUNT, "--reason", "its licence has ended"];
    let suspended = terminal.json(ADMIN, &suspend);
    assert_eq!(terminal.json(ADMIN, &suspend)["transaction"], json!(null));
    // The reasons are where the evidence says.
    let digest = suspended["evidence"].as_str().unwrap();
    assert!(blocks(&terminal).iter().any(|block| block.contains("its licence has ended")), "{digest}");
    assert_eq!(states(&terminal, &[]), [is(MAKER_ACCOUNT, "suspended")]);
    terminal.json("", &["chain", "stop"]);
    terminal.start_chain();
    assert_eq!(states(&terminal, &[]), [is(MAKER_ACCOUNT, "suspended")]);
    let back =
        terminal.json(ADMIN, &["participants", "reinstate", MAKER_ACCOUNT, "--reason", "the licence is renewed"]);
    assert_eq!((&back["stage"], &back["suspended"]), (&json!("done"), &json!(false)));
    assert_eq!(states(&terminal, &[]), [is(MAKER_ACCOUNT, "active")]);
}

/// The texts of all documents in the store.
fn blocks(terminal: &Terminal) -> Vec<String> {
    let folders = std::fs::read_dir(terminal.path(".theriac/blocks")).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.filter(|path| path.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    files.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok()).collect()
}

#[test]
fn powerful_roles_are_announced_first_and_executed_by_the_same_command() {
    let terminal = Terminal::with_suite(3600);
    let authority = Authority::new("Demo Authority");
    let application = terminal.apply(&authority, CERTIFIER, "certifier", "Notified Body");
    let roots = terminal.write("roots.pem", &authority.root);
    let approve = ["participants", "approve", "--application", &application, "--roots", &roots];

    let tried = terminal.json(ADMIN, &[&approve[..], &["--dry-run"]].concat());
    assert_eq!(tried["stage"], "announced");
    let announced = terminal.json(ADMIN, &approve);
    assert_eq!(announced["stage"], "announced");
    let waiting = terminal.json(ADMIN, &approve);
    assert_eq!((&waiting["stage"], &waiting["operation"]), (&json!("waiting"), &announced["operation"]));
    assert!(states(&terminal, &[]).is_empty());
    // Ordinary roles do not wait.
    assert_eq!(terminal.enrol(&authority, MAKER, "manufacturer", "Acme")["stage"], "done");

    terminal.ask_node("evm_increaseTime", json!([3601]));
    terminal.ask_node("evm_mine", json!([]));
    assert_eq!(terminal.json(ADMIN, &approve)["stage"], "done");
    assert_eq!(terminal.json(ADMIN, &approve)["alreadyEnrolled"], true);
    assert_eq!(states(&terminal, &["--roles", "certifier"]), [is(CERTIFIER_ACCOUNT, "active")]);

    let reason = ["--reason", "the accreditation was doubted"];
    terminal.json(ADMIN, &[&["participants", "suspend", CERTIFIER_ACCOUNT], &reason[..]].concat());
    let reinstate = [&["participants", "reinstate", CERTIFIER_ACCOUNT], &reason[..]].concat();
    let announced = terminal.json(ADMIN, &reinstate);
    assert_eq!((&announced["stage"], &announced["suspended"]), (&json!("announced"), &json!(true)));
    terminal.ask_node("evm_increaseTime", json!([3601]));
    terminal.ask_node("evm_mine", json!([]));
    assert_eq!(terminal.json(ADMIN, &reinstate)["suspended"], false);
}

#[test]
fn certificates_that_prove_nothing_are_refused_with_the_reason() {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    let strangers = terminal.write("strangers.pem", &Authority::new("Another Authority").root);
    let roots = terminal.write("roots.pem", &authority.root);
    let approve = |application: &str, roots: &str| {
        terminal.refusal(ADMIN, &["participants", "approve", "--application", application, "--roots", roots])
    };
    let good = terminal.apply(&authority, MAKER, "manufacturer", "Acme");
    assert_eq!(approve(&good, &strangers).0, "UntrustedRoot");

    let apply = |name: &str, change: fn(&mut rcgen::CertificateParams)| {
        let (certificate, private) = authority.company("Acme", change);
        let certificate = terminal.write(&format!("{name}.pem"), &certificate);
        let private = terminal.write(&format!("{name}.key"), &private);
        let out = format!("{name}.json");
        let files = ["--certificate", &certificate, "--certificate-key", &private, "--out", &out];
        terminal.json(MAKER, &[&["participants", "apply", "--roles", "manufacturer"], &files[..]].concat());
        out
    };
    let expired = apply("expired", |certificate| certificate.not_after = date_time_ymd(2021, 1, 1));
    let (code, words) = approve(&expired, &roots);
    assert_eq!(code, "Expired");
    assert!(words.starts_with("expired.json: the certificate has expired: apply again"), "{words}");
    let server = apply("server", |certificate| {
        certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    assert_eq!(approve(&server, &roots).0, "WrongPurpose");

    let altered = std::fs::read_to_string(terminal.path(&good)).unwrap().replace("manufacturer", "regulator");
    let altered = terminal.write("altered.json", &altered);
    assert_eq!(approve(&altered, &roots).0, "CertificateSignature");
    let foreign = terminal.run(
        MAKER,
        &[
            "participants",
            "apply",
            "--certificate",
            "Acme.pem",
            "--certificate-key",
            "server.key",
            "--roles",
            "manufacturer",
            "--out",
            "foreign.json",
        ],
    );
    assert_eq!(foreign.code, 1);
    assert!(foreign.stderr.contains("not signed by the certificate's key"), "{foreign:?}");
    assert!(!terminal.path("foreign.json").exists());
}

#[test]
fn a_key_without_the_role_is_told_which_one_and_who_grants_it() {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    let roots = terminal.write("roots.pem", &authority.root);
    let application = terminal.apply(&authority, MAKER, "manufacturer", "Acme");
    let approve = ["participants", "approve", "--application", &application, "--roots", &roots];
    let (code, words) = terminal.refusal(MAKER, &approve);
    assert_eq!(code, "AccessManagedUnauthorized");
    assert!(words.contains("needs the role REGISTRAR; an administrator grants it"), "{words}");

    let powerful = terminal.apply(&authority, CERTIFIER, "certifier", "Notified Body");
    let (_, words) =
        terminal.refusal(MAKER, &["participants", "approve", "--application", &powerful, "--roots", &roots]);
    assert!(words.contains("needs the role GRANTOR"), "{words}");
    let (code, _) = terminal.refusal(ADMIN, &["participants", "suspend", GUARDIAN_ACCOUNT, "--reason", "x"]);
    assert_eq!(code, "NotEnrolled");
    let (code, _) = terminal.refusal("", &approve);
    assert_eq!(code, "NoSigner");
    let (said, shown) = terminal.answer("", &["participants", "show", ADMIN_ACCOUNT]);
    assert_eq!((said.code, &shown["state"]), (1, &json!("not enrolled")));
}

#[test]
fn a_key_for_sealed_records_is_published_and_withdrawn() {
    let terminal = Terminal::with_suite(0);
    terminal.enrol(&Authority::new("Demo Authority"), MAKER, "manufacturer", "Acme");
    let key = format!("0x{}", "a5".repeat(32));
    let shown = || terminal.json("", &["participants", "show", MAKER_ACCOUNT])["encryptionKey"].clone();
    assert_eq!(terminal.json(MAKER, &["participants", "set-key", &key])["unchanged"], false);
    assert_eq!(terminal.json(MAKER, &["participants", "set-key", &key])["unchanged"], true);
    assert_eq!(shown(), json!(key));
    let zero = format!("0x{}", "00".repeat(32));
    assert_eq!(terminal.refusal(MAKER, &["participants", "set-key", &zero]).0, "ZeroKey");
    terminal.json(MAKER, &["participants", "set-key", "--withdraw"]);
    assert_eq!(shown(), json!(null));
}
