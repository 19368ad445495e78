//! Envelopes before judges that share no code with us: npm `age-encryption` and OpenSSL open what we seal, and we open
//! what they seal. Without them the tests say so and check nothing.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may panic as tests do")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use alloy_primitives::{Address, B256, U256, hex};
use serde_json::{Value, json};
use theriac_core::document::Document as _;
use theriac_core::envelope::{
    self, Amount, Cipher, Identity, Key, Party, Passphrase, PassphraseForm, Price, PurchaseRecord, PurchasedItem,
    Reader, Warning, reading_key,
};
use theriac_core::udi::Udi;

/// A passphrase of these tests alone: on the command line of OpenSSL everybody sees it.
const PASSPHRASE: &str = "correct horse battery staple";

fn record() -> PurchaseRecord {
    let udi = "(01)09506000134352(17)281231(10)A1(21)SN-42".to_owned();
    let party = |byte, name: &str| Party { account: Address::repeat_byte(byte), name: name.into(), address: None };
    PurchaseRecord {
        chain_id: 31337,
        market: Address::repeat_byte(1),
        purchase: B256::repeat_byte(2),
        offer: B256::repeat_byte(3),
        buyer: party(4, "Kantonsspital Musterstadt"),
        seller: party(5, "Example Devices AG"),
        items: vec![PurchasedItem {
            item: Udi::parse(&udi, 2026).unwrap().item_id().unwrap(),
            udi,
            description: "Patient monitor".into(),
            unit_price: Amount(U256::from(125_050)),
        }],
        price: Price { amount: Amount(U256::from(125_050)), token: Address::ZERO, symbol: "ETH".into(), decimals: 18 },
        delivery_address: Some("Spitalgasse 1, 9999 Musterstadt".into()),
        notes: Some("für Frau Müller".into()),
        bought_at: "2026-01-31T08:00:00Z".parse().unwrap(),
        ship_until: None,
        inspect_until: None,
        return_until: None,
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).unwrap()
}

mod age {
    use super::*;

    /// Why the tests cannot run here, if they cannot.
    fn missing() -> Option<&'static str> {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
        if !packages.join("age-encryption").exists() {
            return Some("node_modules lacks age-encryption: run `make setup`");
        }
        let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
        node.is_err().then_some("there is no `node` on the PATH")
    }

    /// What the script answers.
    fn ask(verb: &str, question: &Value) -> Value {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/envelope_foreign.mjs");
        let mut node =
            Command::new("node").arg(script).arg(verb).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        node.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
        let output = node.wait_with_output().unwrap();
        assert!(output.status.success(), "{verb}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn field(answer: &Value, field: &str) -> Vec<u8> {
        hex::decode(answer[field].as_str().unwrap()).unwrap()
    }

    #[test]
    fn npm_opens_what_we_seal_for_three_readers() {
        if let Some(reason) = missing() {
            eprintln!("skipped: {reason}");
            return;
        }
        let identities: Vec<_> = (0..3).map(|_| Identity::generate()).collect();
        let readers: Vec<Reader> = identities.iter().map(|identity| identity.public().unwrap().into()).collect();
        let sealed = envelope::seal(&record(), &readers).unwrap();
        for identity in &identities {
            let question = json!({ "file": hex::encode(&sealed.bytes), "identity": identity.expose().as_str() });
            let inside: Value = serde_json::from_slice(&field(&ask("open", &question), "content")).unwrap();
            assert_eq!((&inside["type"], inside["readers"].as_array().unwrap().len()), (&json!("sealedPurchase"), 3));
            assert_eq!(PurchaseRecord::parse(inside["record"].to_string().as_bytes()).unwrap(), record());
        }
    }

    #[test]
    fn we_open_what_npm_seals_for_three_readers() {
        if let Some(reason) = missing() {
            eprintln!("skipped: {reason}");
            return;
        }
        let keys: Vec<Value> = (0..3).map(|_| ask("keys", &json!({}))).collect();
        let recipients: Vec<&Value> = keys.iter().map(|key| &key["recipient"]).collect();
        let content = record().canonical().unwrap();
        let answer = ask("seal", &json!({ "content": hex::encode(&content), "recipients": recipients }));
        let file = field(&answer, "file");
        for key in &keys {
            let identity: Identity = key["identity"].as_str().unwrap().parse().unwrap();
            assert_eq!(identity.public().unwrap().to_string(), key["recipient"].as_str().unwrap());
            let opened = envelope::open(&file, Key::Identities(&[identity])).unwrap();
            assert_eq!(opened.record, record());
            // It does not know our list of readers.
            assert!(opened.warnings.contains(&Warning::ReadersDiffer { listed: 0, sealed: 3 }));
        }
    }

    #[test]
    fn a_passphrase_goes_both_ways() {
        if let Some(reason) = missing() {
            eprintln!("skipped: {reason}");
            return;
        }
        let ours = envelope::seal_with_passphrase(&record(), &passphrase(), PassphraseForm::Age).unwrap().bytes;
        let opened = ask("open", &json!({ "file": hex::encode(&ours), "passphrase": PASSPHRASE }));
        assert_eq!(field(&opened, "content"), record().canonical().unwrap());

        let content = hex::encode(record().canonical().unwrap());
        let theirs = ask("seal", &json!({ "content": content, "passphrase": PASSPHRASE, "workFactor": 10 }));
        let opened = envelope::open(&field(&theirs, "file"), Key::Passphrase(&passphrase())).unwrap();
        assert_eq!(opened.record, record());
    }

    #[test]
    fn a_reading_key_is_the_same_elsewhere() {
        if let Some(reason) = missing() {
            eprintln!("skipped: {reason}");
            return;
        }
        let signature: [u8; 64] = std::array::from_fn(|place| place as u8);
        let ours = reading_key::identity(&signature).unwrap().public().unwrap();
        let theirs = field(&ask("derive", &json!({ "rAndS": hex::encode(signature) })), "publicKey");
        assert_eq!(ours.bytes().as_slice(), theirs);
    }
}

mod openssl {
    use super::*;

    /// Single DES left OpenSSL's default provider with version 3.
    const LEGACY: [&str; 4] = ["-provider", "legacy", "-provider", "default"];

    /// Why the test with this cipher cannot run here, if it cannot; and what OpenSSL needs for it.
    fn needs(cipher: Cipher) -> Result<&'static [&'static str], String> {
        let version = Command::new("openssl").arg("version").output().map_err(|error| format!("openssl: {error}"))?;
        if cipher != Cipher::Des || String::from_utf8_lossy(&version.stdout).starts_with("OpenSSL 1") {
            return Ok(&[]);
        }
        let providers = Command::new("openssl").args(["list", "-providers"]).args(LEGACY).output();
        match providers.is_ok_and(|listed| listed.status.success()) {
            true => Ok(&LEGACY),
            false => Err("OpenSSL has no legacy provider here, which single DES needs: DES is not tested".to_owned()),
        }
    }

    fn option(cipher: Cipher) -> &'static str {
        match cipher {
            Cipher::Des => "-des-cbc",
            Cipher::TripleDes => "-des-ede3-cbc",
            Cipher::Aes256 => "-aes-256-cbc",
        }
    }

    /// Runs `openssl cms` with `input` and gives its output; none where it refuses.
    fn cms(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let [from, to]: [PathBuf; 2] = ["in", "out"].map(|name| folder.path().join(name));
        std::fs::write(&from, input).unwrap();
        let mut command = Command::new("openssl");
        command.arg("cms").args(arguments).arg("-in").arg(&from).arg("-out").arg(&to);
        let output = command.output().unwrap();
        output.status.success().then(|| std::fs::read(to).unwrap())
    }

    #[test]
    fn it_opens_every_cipher() {
        for cipher in Cipher::ALL {
            let providers = match needs(cipher) {
                Ok(providers) => providers,
                Err(reason) => {
                    eprintln!("skipped: {reason}");
                    continue;
                }
            };
            let sealed =
                envelope::seal_with_passphrase(&record(), &passphrase(), PassphraseForm::Cms(cipher)).unwrap().bytes;
            let decrypt = ["-decrypt", "-binary", "-inform", "DER", "-pwri_password"];
            let opened = cms(&[providers, &decrypt, &[PASSPHRASE]].concat(), &sealed);
            assert_eq!(opened, Some(record().canonical().unwrap()), "{cipher}");
            let wrong = cms(&[providers, &decrypt, &["wrong"]].concat(), &sealed);
            assert_ne!(wrong, Some(record().canonical().unwrap()), "{cipher}");
        }
    }

    #[test]
    fn we_open_what_it_seals_and_warn() {
        for cipher in Cipher::ALL {
            let providers = match needs(cipher) {
                Ok(providers) => providers,
                Err(reason) => {
                    eprintln!("skipped: {reason}");
                    continue;
                }
            };
            let encrypt = ["-encrypt", "-binary", "-outform", "DER", option(cipher), "-pwri_password", PASSPHRASE];
            let sealed = cms(&[providers, &encrypt].concat(), &record().canonical().unwrap()).unwrap();
            let opened = envelope::open(&sealed, Key::Passphrase(&passphrase())).unwrap();
            assert_eq!(opened.record, record(), "{cipher}");
            assert!(opened.warnings.contains(&Warning::FewRounds(2048)), "{cipher}: {:?}", opened.warnings);
            assert!(opened.warnings.contains(&Warning::OldHash), "{cipher}: {:?}", opened.warnings);
            let broken = opened.warnings.contains(&Warning::BrokenCipher(cipher));
            assert_eq!(broken, cipher != Cipher::Aes256, "{cipher}: {:?}", opened.warnings);
        }
    }

    #[test]
    fn what_else_it_seals_is_named() {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("skipped: openssl is not on the PATH");
            return;
        }
        let sealed = |options: &[&str]| {
            let encrypt = ["-encrypt", "-binary", "-outform", "DER", "-pwri_password", PASSPHRASE];
            cms(&[&encrypt, options].concat(), b"{}").unwrap()
        };
        let open = |file: &[u8]| envelope::open(file, Key::Passphrase(&passphrase())).unwrap_err().to_string();
        assert!(open(&sealed(&["-aes-128-cbc"])).contains("the cipher 2.16.840.1.101.3.4.1.2"));
        // BER of indefinite length, which is not DER.
        assert!(open(&sealed(&["-aes-256-cbc", "-stream"])).contains("`openssl cms -stream`"));
        let signed = cms(&["-data_create", "-outform", "DER"], b"{}").unwrap();
        assert!(open(&signed).contains("the content type 1.2.840.113549.1.7.1"));
    }
}
