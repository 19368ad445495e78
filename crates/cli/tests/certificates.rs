//! Certificates: issued, handed in, checked, revoked.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use alloy_primitives::B256;
use serde_json::{Value, json};
use terminal::authority::Authority;
use terminal::{ADMIN, ADMIN_ACCOUNT, CERTIFIER, GUARDIAN, MAKER, MAKER_ACCOUNT, Terminal};
use theriac_client::types::{Content, Product};
use theriac_client::{Secret, Signer, Suite};
use theriac_core::ids::{Agency, ModelId};

const GTIN: &str = "09506000134352";
const UNIT: &str = "(01)09506000134352(10)A1(21)S1";

fn house() -> Terminal {
    let terminal = Terminal::with_suite(0);
    terminal.enrol(&Authority::new("Demo Authority"), MAKER, "manufacturer", "Acme");
    terminal
}

fn verify(terminal: &Terminal, subject: &[&str]) -> (bool, Value) {
    let (said, answer) = terminal.answer("", &[&["certificate", "verify"], subject].concat());
    assert_eq!(said.code == 0, answer["certified"].as_bool().unwrap());
    (said.code == 0, answer["certificates"][0].clone())
}

#[test]
fn a_certificate_is_issued_once_checked_and_revoked() {
    let terminal = house();
    let calibration = [UNIT, "--kind", "calibration"];
    let rest = [
        "--issuer-name",
        "Acme",
        "--statement",
        "calibrated to 0.1 K",
        "--until",
        "2100-01-01",
        "--reference",
        "ISO 17025",
    ];
    let issue = [&["certificate", "issue"], &calibration[..], &rest].concat();
    assert!(!verify(&terminal, &calibration).0);
    let tried = terminal.json(MAKER, &[&issue[..], &["--dry-run"]].concat());
    assert_eq!(tried["transaction"], json!(null));
    assert!(!verify(&terminal, &calibration).0);

    let issued = terminal.json(MAKER, &issue);
    assert_eq!(issued["alreadyIssued"], false);
    let again = terminal.json(MAKER, &issue);
    assert_eq!((&again["alreadyIssued"], &again["document"]), (&json!(true), &issued["document"]));
    let (good, certificate) = verify(&terminal, &calibration);
    assert!(good, "{certificate}");
    assert_eq!(certificate["statement"], "calibrated to 0.1 K");
    // The subject by its id is the same subject.
    let id = issued["subject"].as_str().unwrap();
    assert!(verify(&terminal, &[id, "--kind", "calibration", "--issuer", MAKER_ACCOUNT]).0);
    assert!(!verify(&terminal, &[id, "--kind", "calibration", "--issuer", ADMIN_ACCOUNT]).0);

    let revoke = [&["certificate", "revoke"], &calibration[..], &["--reason", "key-compromise"]].concat();
    terminal.json(MAKER, &revoke);
    assert_eq!(terminal.json(MAKER, &revoke)["alreadyRevoked"], true);
    let (good, certificate) = verify(&terminal, &calibration);
    assert_eq!((good, &certificate["standing"]), (false, &json!("revoked")));
    // A later one counts again.
    assert_eq!(terminal.json(MAKER, &issue)["alreadyIssued"], false);
    assert!(verify(&terminal, &calibration).0);
}

#[test]
fn a_signed_certificate_is_handed_in_by_anyone_but_not_after_its_revocation() {
    let terminal = house();
    let about = [MAKER_ACCOUNT, "--kind", "credential"];
    let sign = |out: &str| {
        let rest = ["--issuer-name", "Acme", "--statement", "trained", "--sign-only", "--out", out];
        terminal.json(MAKER, &[&["certificate", "issue"], &about[..], &rest].concat());
    };
    let tried = ["--issuer-name", "Acme", "--statement", "trained", "--dry-run", "--sign-only", "--out", "tried.json"];
    terminal.json(MAKER, &[&["certificate", "issue"], &about[..], &tried].concat());
    assert!(!terminal.path("tried.json").exists());
    sign("first.json");
    assert!(!verify(&terminal, &about).0);
    let stranger = terminal.refusal(GUARDIAN, &["certificate", "submit", "Acme.json"]);
    assert_eq!(stranger.0, "NotASignedCertificate");
    terminal.json(GUARDIAN, &["certificate", "submit", "first.json"]);
    assert_eq!(terminal.json(GUARDIAN, &["certificate", "submit", "first.json"])["alreadyIssued"], true);
    assert!(verify(&terminal, &about).0);

    let text = std::fs::read_to_string(terminal.path("first.json")).unwrap();
    terminal.write("forged.json", &text.replace("\"kind\":\"credential\"", "\"kind\":\"conformity\""));
    assert_eq!(terminal.refusal(GUARDIAN, &["certificate", "submit", "forged.json"]).0, "Anchors_BadSignature");
    terminal.write("elsewhere.json", &text.replace("\"chainId\":31337", "\"chainId\":1"));
    assert_eq!(terminal.refusal(GUARDIAN, &["certificate", "submit", "elsewhere.json"]).0, "Elsewhere");

    terminal.json(MAKER, &[&["certificate", "revoke"], &about[..], &["--reason", "privilege-withdrawn"]].concat());
    assert_eq!(terminal.refusal(GUARDIAN, &["certificate", "submit", "first.json"]).0, "Anchors_NotNewer");
    let listed = terminal.json("", &["certificate", "list", "--issuer", MAKER_ACCOUNT]);
    assert_eq!(listed["certificates"][0]["standing"], "revoked");
    assert_eq!(terminal.json("", &["certificate", "list", UNIT])["certificates"], json!([]));
}

#[test]
fn nothing_is_certified_because_its_document_could_not_be_had() {
    let terminal = house();
    let about = ["--model", "09506000134352", "--lot", "A1", "--kind", "conformity"];
    let rest = ["--issuer-name", "Acme", "--statement", "conforms"];
    terminal.json(MAKER, &[&["certificate", "issue"], &about[..], &rest].concat());
    assert!(verify(&terminal, &about).0);
    std::fs::remove_dir_all(terminal.path(".theriac/blocks")).unwrap();
    let (good, certificate) = verify(&terminal, &about);
    assert_eq!((good, &certificate["standing"]), (false, &json!("valid")));
    let problem = certificate["problem"].as_str().unwrap();
    assert!(problem.starts_with("its document cannot be had"), "{problem}");
}

#[test]
fn only_participants_certify_and_only_a_maker_is_asked_for_authenticity() {
    let terminal = house();
    let issue = ["certificate", "issue", UNIT, "--kind", "authenticity", "--issuer-name", "Nobody"];
    assert_eq!(terminal.refusal(ADMIN, &issue).0, "Anchors_NotActive");
    assert_eq!(terminal.refusal("", &["certificate", "verify", UNIT]).0, "NoManufacturer");
    assert_eq!(terminal.refusal("", &["certificate", "verify"]).0, "NoSubject");
}

/// The model of [`UNIT`], registered by the maker and approved.
fn approved_model(terminal: &Terminal) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let document = Content::raw(B256::repeat_byte(1));
        let model = ModelId::new(Agency::Gs1, GTIN);
        let folder = terminal.path("deployments");
        let suite = async |key: &str| {
            let signer = Signer::from_private_key(&Secret::new(key)).unwrap();
            Suite::connect(terminal.rpc(), Some(signer), &folder).await.unwrap()
        };
        let maker = suite(MAKER).await;
        maker.catalog().register_model(Agency::Gs1, GTIN, Product::Device, document).send().await.unwrap();
        let account = maker.chain().account();
        suite(CERTIFIER)
            .await
            .catalog()
            .approve_model(model, account, document.digest, theriac_client::types::Product::Device)
            .send()
            .await
            .unwrap();
        model.to_string()
    })
}

#[test]
fn authenticity_is_what_the_manufacturer_of_the_model_says() {
    let terminal = house();
    let authority = Authority::new("Demo Authority");
    terminal.enrol(&authority, CERTIFIER, "certifier", "Notified Body");
    let id = approved_model(&terminal);
    let issue = |key: &str, subject: &str, name: &str| {
        terminal.json(key, &["certificate", "issue", subject, "--kind", "authenticity", "--issuer-name", name])
    };
    // Another's word does not count, whoever it is.
    issue(CERTIFIER, GTIN, "Notified Body");
    assert!(!verify(&terminal, &[GTIN]).0);
    let issued = issue(MAKER, &id, "Acme");
    assert_eq!(issued["subject"], id);
    let (good, certificate) = verify(&terminal, &[GTIN]);
    assert!(good, "{certificate}");
    assert_eq!(certificate["statement"], "This is a genuine product of Acme.");
    assert!(verify(&terminal, &[&id]).0);
}
