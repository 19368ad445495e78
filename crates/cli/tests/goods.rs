//! Goods: commissioned, shipped, stopped, recalled, and their twins minted and claimed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use alloy_primitives::B256;
use serde_json::{Value, json};
use terminal::authority::Authority;
use terminal::{ADMIN, CERTIFIER, CERTIFIER_ACCOUNT, GUARDIAN, GUARDIAN_ACCOUNT, MAKER, MAKER_ACCOUNT, Terminal};
use theriac_client::store::Store;
use theriac_client::types::{Content, NewLot, Product};
use theriac_client::{Secret, Signer, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, ModelId};
use theriac_core::scratch::{Derivation, ENTROPY, ScratchCode};
use theriac_core::serials;

const GTIN: &str = "09506000134352";
/// The hospital; its key is the one that elsewhere is the guardian's.
const HOSPITAL: &str = GUARDIAN;
const HOSPITAL_ACCOUNT: &str = GUARDIAN_ACCOUNT;
/// The distributor, whom nobody else in these tests needs.
const DISTRIBUTOR: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
const DISTRIBUTOR_ACCOUNT: &str = "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65";
const UNITS: u32 = 5;

/// The code under the scratch field of a unit.
fn code(serial: u32) -> ScratchCode {
    ScratchCode::of_entropy(&[serial as u8; ENTROPY])
}

fn unit(serial: u32) -> String {
    format!("(01){GTIN}(10)A1(21)S{serial}")
}

/// A chain with four participants, a model, and a lot of devices, `S0` to `S3` with tags and `S4` without.
struct House {
    terminal: Terminal,
    lot: LotDocument,
}

impl House {
    fn new() -> Self {
        let terminal = Terminal::with_suite(0);
        let authority = Authority::new("Demo Authority");
        terminal.enrol(&authority, MAKER, "manufacturer", "Acme");
        terminal.enrol(&authority, CERTIFIER, "certifier,regulator", "Agency");
        terminal.enrol(&authority, DISTRIBUTOR, "distributor", "Carrier");
        terminal.enrol(&authority, HOSPITAL, "provider", "Clinic");
        let house = Self { terminal, lot: lot() };
        house.register();
        house
    }

    /// Model and lot, through the client.
    fn register(&self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let maker = self.suite(MAKER).await;
            let word = Content::raw(B256::repeat_byte(7));
            maker.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word).send().await.unwrap();
            let model = ModelId::new(Agency::Gs1, GTIN);
            let certifier = self.suite(CERTIFIER).await;
            let manufacturer = MAKER_ACCOUNT.parse().unwrap();
            let approval = certifier.catalog().approve_model(model, manufacturer, word.digest, Product::Device);
            approval.send().await.unwrap();
            let store = Store::open("blocks", &self.terminal.path(".theriac")).unwrap();
            let document = store.put(&self.lot.canonical().unwrap()).await.unwrap();
            maker.catalog().register_lot(&self.new_lot(model, document)).send().await.unwrap();
        });
    }

    fn new_lot(&self, model: ModelId, document: ContentAddress) -> NewLot {
        NewLot {
            model,
            number: "A1".into(),
            root: self.lot.root(),
            count: UNITS,
            made_at: 1_700_000_000,
            expires_at: 4_000_000_000,
            document: Content { digest: document.digest, codec: document.codec.byte() },
        }
    }

    async fn suite(&self, key: &str) -> Suite {
        let signer = Signer::from_private_key(&Secret::new(key)).unwrap();
        Suite::connect(self.terminal.rpc(), Some(signer), &self.terminal.path("deployments")).await.unwrap()
    }

    fn custody(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &[&["custody"], rest].concat())
    }

    fn refused(&self, key: &str, rest: &[&str]) -> String {
        self.terminal.refusal(key, rest).0
    }

    fn trace(&self, item: &str) -> Value {
        self.terminal.json("", &["custody", "trace", item])
    }

    fn verbs(&self, item: &str) -> Vec<String> {
        let traced = self.trace(item);
        let events = traced["events"].as_array().unwrap();
        events.iter().map(|event| event["verb"].as_str().unwrap().to_owned()).collect()
    }

    /// Commissions the unit and brings it to the distributor.
    fn deliver(&self, item: &str) {
        self.custody(MAKER, &["commission", item]);
        self.custody(MAKER, &["ship", item, "--to", DISTRIBUTOR_ACCOUNT]);
        self.custody(DISTRIBUTOR, &["receive", item]);
    }
}

fn lot() -> LotDocument {
    let details = LotDetails {
        name: "Screw".into(),
        description: "Bone screw".into(),
        image: None,
        agency: Agency::Gs1,
        di: GTIN.into(),
        lot: "A1".into(),
        made: None,
        expires: None,
    };
    let lot = ModelId::new(Agency::Gs1, GTIN).lot("A1");
    let tag = |serial| Derivation::V1.tag_key(&code(serial), lot.item(&format!("S{serial}"))).address();
    let last = UNITS - 1;
    let rows: String = (0..last).map(|serial| format!("S{serial},{}\n", tag(serial))).collect();
    let list = serials::read(format!("serial,tagKey\n{rows}S{last},\n").as_bytes()).unwrap();
    LotDocument::new(details, list).unwrap().0
}

fn account(text: &str) -> Value {
    json!(text.to_lowercase())
}

#[test]
fn units_travel_from_their_maker_to_a_hospital_and_end_there() {
    let house = House::new();
    let (first, second) = (unit(0), unit(1));
    let (said, unknown) = house.terminal.answer("", &["custody", "trace", &first]);
    assert_eq!((said.code, &unknown["holder"], &unknown["events"]), (1, &Value::Null, &json!([])));
    let both = [first.as_str(), &second];

    let tried = house.custody(MAKER, &[&["commission", "--dry-run"], &both[..]].concat());
    assert_eq!((&tried["dryRun"], &tried["transaction"]), (&json!(true), &Value::Null));
    assert!(house.terminal.answer("", &["custody", "trace", &first]).1["holder"].is_null());
    let done = house.custody(MAKER, &[&["commission"], &both[..]].concat());
    assert!(done["transaction"].is_string() && done["gasUsed"].as_u64().unwrap() > 21_000, "{done}");
    assert_eq!(done["items"].as_array().unwrap().len(), 2);
    assert_eq!(house.refused(MAKER, &["custody", "commission", &first]), "Custody_AlreadyCommissioned");

    house.custody(MAKER, &[&["ship", "--to", DISTRIBUTOR_ACCOUNT], &both[..]].concat());
    assert_eq!(house.refused(MAKER, &["custody", "ship", &first, "--to", HOSPITAL_ACCOUNT]), "Custody_UnderWay");
    assert_eq!(house.refused(HOSPITAL, &["custody", "receive", &first]), "Custody_NotAddressee");
    house.custody(DISTRIBUTOR, &[&["receive"], &both[..]].concat());
    assert_eq!(house.refused(DISTRIBUTOR, &["custody", "receive", &first]), "Custody_NotUnderWay");
    assert_eq!(house.refused(MAKER, &["custody", "ship", &first, "--to", HOSPITAL_ACCOUNT]), "Custody_NotHolder");

    // The hospital refuses one, the distributor calls the other back; then one arrives and is used up.
    house.custody(DISTRIBUTOR, &[&["ship", "--to", HOSPITAL_ACCOUNT], &both[..]].concat());
    house.custody(HOSPITAL, &["reject", &first]);
    house.custody(DISTRIBUTOR, &["cancel", &second]);
    let protocol = house.terminal.write("protocol.txt", "handed over at the ramp");
    house.custody(DISTRIBUTOR, &["ship", &first, "--to", HOSPITAL_ACCOUNT, "--evidence", &protocol]);
    house.custody(HOSPITAL, &["receive", &first]);
    house.custody(HOSPITAL, &["decommission", &first]);

    let traced = house.trace(&first);
    assert_eq!((&traced["holder"], &traced["standing"]), (&account(HOSPITAL_ACCOUNT), &json!("decommissioned")));
    let verbs = ["commission", "ship", "receive", "ship", "reject", "ship", "receive", "decommission"];
    assert_eq!(house.verbs(&first), verbs);
    assert_eq!(house.verbs(&second), ["commission", "ship", "receive", "ship", "cancel"]);
    let handed = &traced["events"][5];
    assert_eq!((&handed["from"], &handed["to"]), (&account(DISTRIBUTOR_ACCOUNT), &account(HOSPITAL_ACCOUNT)));
    assert!(handed["text"].as_str().unwrap().contains("(provider)"), "{handed}");
    let address = theriac_core::content::address("handed over at the ramp".as_bytes()).unwrap();
    assert_eq!(handed["evidence"], json!(address.digest));
    let made: B256 = traced["events"][0]["evidence"].as_str().unwrap().parse().unwrap();
    let event = std::fs::read_to_string(house.terminal.path(".theriac").join(format!("events/{made}.json"))).unwrap();
    assert!(event.contains("commissioning") && event.contains("/21/"), "{event}");
}

#[test]
fn what_is_stopped_does_not_move_until_who_stopped_it_lets_it_go() {
    let house = House::new();
    let (item, other) = (unit(0), unit(1));
    house.deliver(&item);
    house.custody(MAKER, &["quarantine", &item]);
    assert_eq!(house.trace(&item)["standing"], "quarantined");
    let ship = ["custody", "ship", &item, "--to", HOSPITAL_ACCOUNT];
    assert_eq!(house.refused(DISTRIBUTOR, &ship), "Custody_Immovable");
    assert_eq!(house.refused(MAKER, &["custody", "quarantine", &item]), "Custody_AlreadyQuarantined");
    assert_eq!(
        house.refused(DISTRIBUTOR, &["custody", "release", &item, "--set-by", MAKER_ACCOUNT]),
        "Custody_NotSetter"
    );
    // The signer is who set it, where nobody is named.
    assert_eq!(house.refused(DISTRIBUTOR, &["custody", "release", &item]), "Custody_NotQuarantined");
    house.custody(CERTIFIER, &["release", &item, "--set-by", MAKER_ACCOUNT]);

    house.custody(DISTRIBUTOR, &["report-lost", &item, "--loss", "stolen"]);
    assert_eq!(house.trace(&item)["standing"], "lost");
    assert_eq!(house.refused(DISTRIBUTOR, &ship), "Custody_Immovable");
    house.custody(DISTRIBUTOR, &["recover", &item]);
    house.custody(DISTRIBUTOR, &["ship", &item, "--to", HOSPITAL_ACCOUNT]);

    // All of a command, or nothing of it.
    house.custody(MAKER, &["commission", &other]);
    let third = unit(2);
    assert_eq!(house.refused(MAKER, &["custody", "commission", &third, &other]), "Custody_AlreadyCommissioned");
    assert_eq!(house.refused(MAKER, &["custody", "commission", &third, &third]), "NamedTwice");
    assert_eq!(house.terminal.answer("", &["custody", "trace", &third]).0.code, 1);
    assert_eq!(house.refused(MAKER, &["custody", "commission", &unit(UNITS)]), "NotInLot");
    assert_eq!(house.refused(MAKER, &["custody", "commission", &unit(0).replace("A1", "B2")]), "UnknownLot");
    assert_eq!(house.refused(DISTRIBUTOR, &["custody", "commission", &third]), "Custody_NotManufacturer");

    assert_eq!(house.custody(MAKER, &["operator", DISTRIBUTOR_ACCOUNT])["unchanged"], false);
    assert_eq!(house.custody(MAKER, &["operator", DISTRIBUTOR_ACCOUNT])["unchanged"], true);
    house.custody(DISTRIBUTOR, &["commission", &third]);
    assert_eq!(house.trace(&third)["holder"], account(MAKER_ACCOUNT));
    house.custody(MAKER, &["operator", DISTRIBUTOR_ACCOUNT, "--revoke"]);
    let fourth = unit(3);
    assert_eq!(house.refused(DISTRIBUTOR, &["custody", "commission", &fourth]), "Custody_NotManufacturer");
}

#[test]
fn a_recall_stops_a_lot_and_shows_who_has_it_and_who_has_answered() {
    let house = House::new();
    let (item, kept, used) = (unit(0), unit(1), unit(2));
    house.deliver(&item);
    house.custody(MAKER, &["commission", &kept, &used]);
    house.custody(MAKER, &["decommission", &used]);
    let facts = ["--class", "II", "--reason", "hole reversed", "--action", "return it", "--number", "Z-1004-04"];
    let issue = [&["recall", "issue", "--model", GTIN, "--lot", "A1"], &facts[..]].concat();
    assert_eq!(house.refused(DISTRIBUTOR, &issue), "Custody_NotEntitled");
    let tried = house.terminal.json(MAKER, &[&issue[..], &["--dry-run"]].concat());
    assert_eq!((&tried["recall"], &tried["transaction"]), (&json!(1), &Value::Null));
    assert_eq!(house.terminal.json("", &["recall", "list"])["recalls"], json!([]));

    let issued = house.terminal.json(MAKER, &issue);
    assert_eq!((&issued["recall"], &issued["scope"], &issued["class"]), (&json!(1), &json!("lot"), &json!("II")));
    let again = house.terminal.json(MAKER, &issue);
    assert_eq!(
        (&again["alreadyOpen"], &again["recall"], &again["transaction"]),
        (&json!(true), &json!(1), &Value::Null)
    );
    let ship = ["custody", "ship", &item, "--to", HOSPITAL_ACCOUNT];
    assert_eq!(house.refused(DISTRIBUTOR, &ship), "Custody_Immovable");
    let listed = house.terminal.json("", &["recall", "list", "--open"]);
    assert_eq!(listed["recalls"][0]["notice"], issued["notice"]);

    house.terminal.json(DISTRIBUTOR, &["recall", "acknowledge", "1"]);
    assert_eq!(house.terminal.json(DISTRIBUTOR, &["recall", "acknowledge", "1"])["unchanged"], true);
    assert_eq!(house.refused(ADMIN, &["recall", "acknowledge", "1"]), "Custody_NotEntitled");
    assert_eq!(house.refused(DISTRIBUTOR, &["recall", "acknowledge", "2"]), "UnknownRecall");
    let holders = house.terminal.json("", &["recall", "holders", "1"]);
    let counts = ["items", "itemsAcknowledged", "decommissioned"].map(|count| holders[count].as_u64().unwrap());
    assert_eq!(counts, [2, 1, 1]);
    assert_eq!(holders["acknowledged"], json!([account(DISTRIBUTOR_ACCOUNT)]));
    let answers = holders["holders"].as_array().unwrap().iter();
    let answers: Vec<(&Value, &Value)> = answers.map(|entry| (&entry["account"], &entry["acknowledged"])).collect();
    assert!(answers.contains(&(&account(DISTRIBUTOR_ACCOUNT), &json!(true))), "{answers:?}");
    assert!(answers.contains(&(&account(MAKER_ACCOUNT), &json!(false))), "{answers:?}");

    assert_eq!(house.refused(DISTRIBUTOR, &["recall", "close", "1"]), "Custody_NotRecallIssuer");
    house.terminal.json(CERTIFIER, &["recall", "close", "1"]);
    assert_eq!(house.terminal.json(CERTIFIER, &["recall", "close", "1"])["unchanged"], true);
    assert_eq!(house.terminal.json("", &["recall", "list", "--open"])["recalls"], json!([]));
    house.custody(DISTRIBUTOR, &ship[1..]);
    assert_eq!(house.verbs(&item), ["commission", "ship", "receive", "recall", "close-recall", "ship"]);

    // Of the whole model, and of one item.
    house.terminal.json(CERTIFIER, &[&["recall", "issue", "--model", GTIN], &facts[..]].concat());
    assert_eq!(house.terminal.json("", &["recall", "holders", "2"])["items"], 2);
    house.terminal.json(CERTIFIER, &[&["recall", "issue", "--item", &kept], &facts[..]].concat());
    assert_eq!(house.terminal.json("", &["recall", "holders", "3"])["items"], 1);
    assert_eq!(house.trace(&kept)["standing"], "recalled");
}

#[test]
fn twins_are_minted_together_handed_over_locked_and_sent_back() {
    let house = House::new();
    let (first, second) = (unit(0), unit(1));
    let devices = |key: &str, rest: &[&str]| house.terminal.json(key, &[&["devices"], rest].concat());
    assert_eq!(house.terminal.answer("", &["devices", "show", &first]).0.code, 1);
    assert_eq!(
        house.refused(HOSPITAL, &["devices", "mint", &first, "--to", HOSPITAL_ACCOUNT]),
        "Devices_NotManufacturer"
    );
    let mint = ["mint", &first, &second, "--to", DISTRIBUTOR_ACCOUNT];
    assert_eq!(devices(MAKER, &[&mint[..], &["--dry-run"]].concat())["transaction"], Value::Null);
    devices(MAKER, &mint);
    assert_eq!(house.refused(MAKER, &["devices", "mint", &first, "--to", MAKER_ACCOUNT]), "ERC721InvalidSender");
    assert_eq!(devices("", &["show", &second])["owner"], account(DISTRIBUTOR_ACCOUNT));

    assert_eq!(
        house.refused(MAKER, &["devices", "transfer", &first, "--to", HOSPITAL_ACCOUNT]),
        "ERC721InsufficientApproval"
    );
    devices(DISTRIBUTOR, &["transfer", &first, "--to", HOSPITAL_ACCOUNT, "--keeper", MAKER_ACCOUNT]);
    assert_eq!(devices("", &["show", &first])["keeper"], account(MAKER_ACCOUNT));
    assert_eq!(house.refused(HOSPITAL, &["devices", "transfer", &first, "--to", MAKER_ACCOUNT]), "Devices_Locked");
    assert_eq!(house.refused(HOSPITAL, &["devices", "unlock", &first]), "Devices_NotKeeper");
    assert_eq!(devices(MAKER, &["send-back", &first])["to"], account(DISTRIBUTOR_ACCOUNT));
    assert_eq!(devices("", &["show", &first])["owner"], account(DISTRIBUTOR_ACCOUNT));
    assert_eq!(house.refused(MAKER, &["devices", "send-back", &second]), "NeverLocked");
    devices(DISTRIBUTOR, &["lock", &second, "--keeper", MAKER_ACCOUNT]);
    devices(MAKER, &["unlock", &second]);
    assert_eq!(devices("", &["show", &second])["keeper"], Value::Null);

    let before = devices("", &["show", &first])["tokenUri"].clone();
    assert_eq!(before, json!(house.lot.address().unwrap().uri()));
    let file = house.terminal.write("own.json", r#"{"name":"Screw S0"}"#);
    let given = devices(MAKER, &["set-document", &first, &file]);
    let shown = devices("", &["show", &first]);
    assert_eq!(shown["document"], given["document"]);
    assert_ne!(shown["tokenUri"], before);
    assert_eq!(house.refused(DISTRIBUTOR, &["devices", "set-document", &first, &file]), "Devices_NotManufacturer");
}

#[test]
fn the_first_claim_counts_and_the_second_raises_the_alarm() {
    let house = House::new();
    let item = unit(0);
    // As a person would type it.
    let tag = house.terminal.write("code.txt", &code(0).reveal().to_lowercase().replace('-', " "));
    let key = ["--code-file", tag.as_str()];
    let claim = [&["devices", "claim", &item], &key[..]].concat();
    let prove = [&["devices", "prove-tag", &item], &key[..]].concat();
    let proof = house.terminal.json("", &prove);
    assert_eq!(proof["genuine"], true);
    assert_ne!(house.terminal.json("", &prove)["challenge"], proof["challenge"]);
    let forged = house.terminal.write("forged.txt", &code(7).reveal());
    let (said, answer) = house.terminal.answer("", &["devices", "prove-tag", &item, "--code-file", &forged]);
    assert_eq!((said.code, &answer["genuine"]), (1, &json!(false)));
    for other in [code(7), code(1)] {
        let file = house.terminal.write("other.txt", &other.reveal());
        let (refusal, words) = house.terminal.refusal(HOSPITAL, &["devices", "claim", &item, "--code-file", &file]);
        assert_eq!(refusal, "OtherTag");
        assert!(words.contains("check symbol fits") && !words.contains(other.reveal().as_str()), "{words}");
    }
    // A misread symbol is not a forgery.
    let misread = code(0).reveal().replacen('0', "8", 1);
    let file = house.terminal.write("misread.txt", &misread);
    let (refusal, words) = house.terminal.refusal(HOSPITAL, &["devices", "claim", &item, "--code-file", &file]);
    assert_eq!(refusal, "MistypedCode");
    assert!(words.contains("the check symbol is wrong") && !words.contains(&misread), "{words}");
    assert_eq!(house.refused(HOSPITAL, &["devices", "claim", &unit(UNITS - 1), "--code-file", &tag]), "NoTag");
    let (refusal, words) = house.terminal.refusal(HOSPITAL, &["devices", "claim", &item]);
    assert_eq!(refusal, "NoScratchCode");
    assert!(words.contains("a chip would have to sign 0x"), "{words}");
    let bad = ["devices", "claim", &item, "--signature", &format!("0x{}", "1b".repeat(65))].map(str::to_owned);
    assert_eq!(house.refused(HOSPITAL, &bad.each_ref().map(String::as_str)), "Devices_BadSignature");

    let tried = house.terminal.json(HOSPITAL, &[&claim[..], &["--dry-run"]].concat());
    assert_eq!((&tried["first"], &tried["transaction"]), (&json!(true), &Value::Null));
    assert_eq!(house.terminal.answer("", &["devices", "show", &item]).1["firstClaim"], Value::Null);
    let claimed = house.terminal.json(HOSPITAL, &claim);
    assert_eq!((&claimed["first"], &claimed["alreadyClaimed"]), (&json!(true), &json!(false)));
    let again = house.terminal.json(HOSPITAL, &claim);
    assert_eq!((&again["alreadyClaimed"], &again["transaction"]), (&json!(true), &Value::Null));

    let (said, clone) = house.terminal.answer(DISTRIBUTOR, &claim);
    assert_eq!((said.code, &clone["cloneSuspected"]), (1, &json!(true)));
    assert_eq!(clone["firstClaimer"], account(HOSPITAL_ACCOUNT));
    assert!(clone["transaction"].is_string() && clone["gasUsed"].as_u64().unwrap() > 21_000, "{clone}");
    let (_, shown) = house.terminal.answer("", &["devices", "show", &item]);
    assert_eq!(shown["firstClaim"]["claimer"], account(HOSPITAL_ACCOUNT));
    // Anyone may hand in the claim of another.
    let other = unit(1);
    let for_other = ["--json", "devices", "claim", &other, "--claimer", CERTIFIER_ACCOUNT];
    let mut command = house.terminal.command(MAKER, &for_other);
    let output = command.env("THERIAC_SCRATCH_CODE", code(1).reveal().as_str()).output().unwrap();
    let claimed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(claimed["firstClaimer"], account(CERTIFIER_ACCOUNT), "{output:?}");
}
