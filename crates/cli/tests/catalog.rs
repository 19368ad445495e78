//! Models and lots, from the maker's files to a label that is read back.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use std::time::Duration;

use serde_json::{Value, json};
use terminal::authority::Authority;
use terminal::{CERTIFIER, GUARDIAN, MAKER, MAKER_ACCOUNT, Terminal};
use theriac_core::gs1::check_digit::check_digit;

const GTIN: &str = "00844588018923";

/// A record of the release's schema.
fn record(di: &str, company: &str) -> String {
    format!(
        "<device><identifiers><identifier><deviceId>{di}</deviceId><deviceIdType>Primary</deviceIdType>\
         <deviceIdIssuingAgency>GS1</deviceIdIssuingAgency></identifier></identifiers>\
         <brandName>Brand</brandName><versionModelNumber>M{di}</versionModelNumber><companyName>{company}</companyName>\
         <lotBatch>true</lotBatch><serialNumber>true</serialNumber></device>"
    )
}

fn release(records: &[String]) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<data>\n{}\n</data>\n", records.join("\n"))
}

/// The GTIN of the `number`th product of a company.
fn gtin(number: usize) -> String {
    let payload = format!("0950600{number:06}");
    format!("{payload}{}", check_digit(&payload).unwrap())
}

/// A suite with an enrolled manufacturer and certifier.
fn house() -> Terminal {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    terminal.enrol(&authority, MAKER, "manufacturer", "Maker");
    terminal.enrol(&authority, CERTIFIER, "certifier", "Certifier");
    terminal
}

/// The same with one approved model.
fn house_with_model() -> Terminal {
    let terminal = house();
    terminal.write("one.xml", &release(&[record(GTIN, "Maker AG")]));
    terminal.json(MAKER, &["catalog", "import", "one.xml"]);
    terminal.json(CERTIFIER, &["catalog", "approve", GTIN, "--manufacturer", MAKER_ACCOUNT]);
    terminal
}

fn serials(count: usize) -> String {
    (0..count).map(|number| format!("S{number:04}\n")).collect()
}

const REGISTER: [&str; 8] = ["catalog", "register-lot", "--model", GTIN, "--lot", "A1", "--serials", "serials.csv"];

#[test]
fn a_broken_record_costs_only_itself() {
    let terminal = house();
    let broken = record(&gtin(2), "Maker AG").replace("</companyName>", "");
    let wrong = record("00844588018924", "Maker AG");
    let good = |number| record(&gtin(number), "Maker AG");
    let records = [good(1), broken, good(3), wrong, record(&gtin(5), "Other Inc"), good(1)];
    terminal.write("part.xml", &release(&records));

    let import = ["catalog", "import", "part.xml", "--manufacturer-name", "maker"];
    let (said, dry) = terminal.answer("", &[&import[..], &["--dry-run"]].concat());
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!((&dry["read"], &dry["imported"], &dry["filtered"]), (&json!(6), &json!(3), &json!(1)));
    assert_eq!(dry["refused"][0]["record"], 2);
    assert!(dry["refused"][1]["reason"].as_str().unwrap().contains("check digit"), "{dry}");

    let (said, told) = terminal.answer(MAKER, &import);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!((&told["registered"], &told["imported"]), (&json!(2), &json!(2)), "{told}");
    let refused: Vec<&Value> = told["refused"].as_array().unwrap().iter().map(|refused| &refused["record"]).collect();
    assert_eq!(refused, [2, 4, 6]);
    let (_, again) = terminal.answer(MAKER, &import);
    assert_eq!((&again["registered"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");
    let models = terminal.json("", &["catalog", "models"]);
    assert_eq!(models["models"].as_array().unwrap().len(), 2);
}

#[test]
fn a_killed_import_loses_and_doubles_nothing() {
    const COUNT: usize = 300;
    let terminal = house();
    let records: Vec<String> = (0..COUNT).map(|number| record(&gtin(number), "Maker AG")).collect();
    terminal.write("many.xml", &release(&records));
    let mut import = terminal.command(MAKER, &["catalog", "import", "many.xml"]).spawn().unwrap();
    let journal = terminal.path(&format!(".theriac/journal/31337-{MAKER_ACCOUNT}.jsonl"));
    // In the middle: some transactions are signed, and most are not.
    while std::fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < 30 {
        assert_eq!(import.try_wait().unwrap(), None, "the import ended before it could be killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    import.kill().unwrap();
    import.wait().unwrap();
    let before = terminal.json("", &["catalog", "models"])["models"].as_array().unwrap().len();
    assert!(before < COUNT, "the import was over before it was killed");

    let told = terminal.json(MAKER, &["catalog", "import", "many.xml"]);
    assert_eq!((&told["read"], &told["imported"]), (&json!(COUNT), &json!(COUNT)), "{told}");
    let registered = "0x".to_owned()
        + &alloy_primitives::hex::encode(
            <theriac_bindings::catalog::Catalog::ModelRegistered as alloy_sol_types::SolEvent>::SIGNATURE_HASH,
        );
    let logs = terminal.ask_node("eth_getLogs", json!([{ "fromBlock": "0x0", "topics": [registered] }]));
    let mut models: Vec<&str> = logs.as_array().unwrap().iter().map(|log| log["topics"][1].as_str().unwrap()).collect();
    assert_eq!(models.len(), COUNT, "each is registered once");
    models.sort_unstable();
    models.dedup();
    assert_eq!(models.len(), COUNT, "none is missing");
    let again = terminal.json(MAKER, &["catalog", "import", "many.xml"]);
    assert_eq!((&again["registered"], &again["unchanged"]), (&json!(0), &json!(COUNT)), "{again}");
}

#[test]
fn import_says_who_may_and_what_is_missing() {
    let terminal = house();
    terminal.write("one.xml", &release(&[record(GTIN, "Maker AG")]));
    let import = ["catalog", "import", "one.xml"];
    let (code, words) = terminal.refusal(GUARDIAN, &import);
    assert_eq!(code, "Catalog_NotManufacturer");
    assert!(words.contains("theriac participants approve"), "{words}");
    assert_eq!(terminal.refusal("", &import).0, "NoSigner");
    assert_eq!(terminal.refusal(MAKER, &["catalog", "import", "none.xml"]).0, "Io");
    terminal.write("text.csv", "serial\n");
    assert_eq!(terminal.refusal("", &["catalog", "import", "--dry-run", "text.csv"]).0, "UnknownFormat");
}

#[test]
fn models_are_approved_with_the_document_that_was_seen() {
    let terminal = house();
    terminal.write("one.xml", &release(&[record(GTIN, "Maker AG")]));
    let approve = ["catalog", "approve", GTIN, "--manufacturer", MAKER_ACCOUNT];
    assert_eq!(terminal.refusal(CERTIFIER, &approve).0, "NotRegistered");
    terminal.json(MAKER, &["catalog", "import", "one.xml"]);
    terminal.write("serials.csv", &serials(2));
    assert_eq!(terminal.refusal(MAKER, &REGISTER).0, "NotApproved");
    assert_eq!(terminal.refusal(MAKER, &approve).0, "Catalog_NotApprover");
    let other = ["--digest", "0x1111111111111111111111111111111111111111111111111111111111111111"];
    assert_eq!(terminal.refusal(CERTIFIER, &[&approve[..], &other].concat()).0, "OtherDocument");
    let dry = terminal.json(CERTIFIER, &[&approve[..], &["--dry-run"]].concat());
    assert_eq!((&dry["dryRun"], &dry["transaction"]), (&json!(true), &Value::Null));
    let approved = terminal.json(CERTIFIER, &approve);
    assert_eq!(approved["alreadyApproved"], false);
    assert_eq!(terminal.json(CERTIFIER, &approve)["alreadyApproved"], true);
    let shown = terminal.json("", &["catalog", "show", GTIN]);
    assert_eq!(shown["state"], "approved");
    assert_eq!(shown["registrations"][0]["content"]["company"], "Maker AG");
    assert_eq!(shown["registrations"][0]["document"], approved["document"]);
    assert_eq!(terminal.refusal("", &["catalog", "show", "9506000134352"]).0, "UnknownModel");
}

#[test]
fn a_lot_is_registered_once() {
    let terminal = house_with_model();
    terminal.write("serials.csv", &serials(1000));
    let register = [&REGISTER[..], &["--made", "2026-01-01", "--expires", "2031-12-31"]].concat();
    let dry = terminal.json(MAKER, &[&register[..], &["--dry-run"]].concat());
    assert!(dry["newSlots"].as_u64().unwrap() <= 4, "{dry}");
    assert_eq!(terminal.json("", &["catalog", "lots"])["lots"], json!([]));
    let done = terminal.json(MAKER, &register);
    assert_eq!((&done["count"], &done["alreadyRegistered"]), (&json!(1000), &json!(false)));
    let again = terminal.json(MAKER, &register);
    assert_eq!((&again["alreadyRegistered"], &again["root"]), (&json!(true), &done["root"]));

    terminal.write("serials.csv", &serials(999));
    let (code, words) = terminal.refusal(MAKER, &register);
    assert_eq!(code, "Catalog_LotExists");
    assert!(words.contains(done["root"].as_str().unwrap()), "{words}");
    let shown = terminal.json("", &["catalog", "show", "--lot-id", done["lot"].as_str().unwrap()]);
    assert_eq!((&shown["state"], &shown["number"], &shown["root"]), (&json!("counts"), &json!("A1"), &done["root"]));
}

#[test]
fn what_is_wrong_with_a_lot_is_said_before_anything_is_sent() {
    let terminal = house_with_model();
    terminal.write("serials.csv", "S1\nS2\nS1\n");
    let (code, words) = terminal.refusal(MAKER, &REGISTER);
    assert_eq!(code, "DuplicateSerials");
    assert!(words.contains("`S1` on line 3 stands already on line 1"), "{words}");
    terminal.write("serials.csv", "S1\nSé\n");
    assert_eq!(terminal.refusal(MAKER, &REGISTER).0, "Serial");
    terminal.write("serials.csv", "S1\n");
    assert_eq!(terminal.refusal(GUARDIAN, &REGISTER).0, "Catalog_NotForModel");
    let impossible = [&REGISTER[..], &["--expires", "2026-02-30"]].concat();
    let (_, words) = terminal.refusal(MAKER, &impossible);
    assert!(words.contains("`2026-02-30` is no day"), "{words}");
    let reversed = [&REGISTER[..], &["--made", "2026-02-01", "--expires", "2026-01-01"]].concat();
    assert_eq!(terminal.refusal(MAKER, &reversed).0, "Contradiction");
    let unknown = ["catalog", "register-lot", "--model", "9506000134352", "--lot", "A1", "--serials", "serials.csv"];
    assert_eq!(terminal.refusal(MAKER, &unknown).0, "UnknownModel");
    assert_eq!(terminal.json("", &["catalog", "lots"])["lots"], json!([]));
    let down = [&REGISTER[..], &["--rpc", "http://127.0.0.1:1"]].concat();
    assert_eq!(terminal.refusal(MAKER, &down).0, "Unreachable");
}

#[test]
fn a_killed_registration_of_many_lots_loses_and_doubles_nothing() {
    const COUNT: usize = 150;
    let terminal = house_with_model();
    let mut list = "model,lot,serials,expires\n".to_owned();
    for number in 0..COUNT {
        terminal.write(&format!("lot{number}.csv"), &serials(number + 1));
        list += &format!("{GTIN},L{number},lot{number}.csv,2031-12-31\n");
    }
    terminal.write("lots.csv", &list);
    let register = ["catalog", "register-lots", "lots.csv"];
    let dry = terminal.json(MAKER, &[&register[..], &["--dry-run"]].concat());
    assert_eq!((&dry["registered"], &dry["dryRun"]), (&json!(COUNT), &json!(true)));

    let lots = || terminal.json("", &["catalog", "lots"])["lots"].as_array().unwrap().len();
    let mut running = terminal.command(MAKER, &register).spawn().unwrap();
    while lots() < 10 {
        assert_eq!(running.try_wait().unwrap(), None, "the registration ended before it could be killed");
    }
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(lots() < COUNT, "the registration was over before it was killed");

    let told = terminal.json(MAKER, &register);
    let count = |field: &str| usize::try_from(told[field].as_u64().unwrap()).unwrap();
    assert_eq!(count("registered") + count("unchanged"), COUNT, "{told}");
    assert_eq!(lots(), COUNT, "each stands in the events once");
    assert_eq!(terminal.json(MAKER, &register)["unchanged"], COUNT);

    terminal.write("wrong.csv", "S1\nS1\n");
    terminal.write(
        "lots.csv",
        &format!("model,lot,serials\n{GTIN},L0,wrong.csv\n{GTIN},new,lot3.csv\n{GTIN},new,lot4.csv\n"),
    );
    let (said, told) = terminal.answer(MAKER, &register);
    assert_eq!((said.code, &told["registered"]), (1, &json!(1)), "{said:?}");
    let lines: Vec<&Value> = told["refused"].as_array().unwrap().iter().map(|refused| &refused["line"]).collect();
    assert_eq!(lines, [2, 4]);
}

#[test]
fn a_regulator_strikes_what_was_registered_wrongly() {
    let terminal = house_with_model();
    terminal.enrol(&Authority::new("Demo Authority"), GUARDIAN, "regulator", "Regulator");
    terminal.write("serials.csv", &serials(3));
    terminal.write("decision.txt", "The serials are those of another product.");
    let lot = terminal.json(MAKER, &REGISTER)["lot"].clone();
    let strike = ["catalog", "strike-lot", "--model", GTIN, "--lot", "A1", "--evidence", "decision.txt"];
    assert_eq!(terminal.refusal(MAKER, &strike).0, "Catalog_NotRegulator");
    assert_eq!(terminal.json(GUARDIAN, &strike)["lot"], lot);
    assert_eq!(terminal.json("", &["catalog", "show", "--model", GTIN, "--lot", "A1"])["state"], "struck");
    assert_eq!(terminal.refusal(MAKER, &REGISTER).0, "LotStruck");
    assert_eq!(terminal.refusal(GUARDIAN, &strike).0, "Catalog_LotNotRegistered");

    terminal.json(GUARDIAN, &["catalog", "strike-model", GTIN, "--evidence", "decision.txt"]);
    let models = terminal.json("", &["catalog", "models", "--state", "approved"]);
    assert_eq!(models["models"], json!([]));
    let next = ["catalog", "register-lot", "--model", GTIN, "--lot", "A2", "--serials", "serials.csv"];
    assert_eq!(terminal.refusal(MAKER, &next).0, "NotApproved");
}

#[test]
fn a_chain_that_was_set_back_is_noticed() {
    let terminal = house();
    let saved = terminal.ask_node("evm_snapshot", json!([]));
    terminal.write("one.xml", &release(&[record(GTIN, "Maker AG")]));
    let import = ["catalog", "import", "one.xml"];
    terminal.json(MAKER, &import);
    assert_eq!(terminal.ask_node("evm_revert", json!([saved])), json!(true));
    let (said, told) = terminal.answer(MAKER, &import);
    assert_eq!((said.code, &told["registered"]), (1, &json!(0)), "{said:?}");
    assert!(told["refused"][0]["reason"].as_str().unwrap().contains("set back to an earlier state"), "{told}");
    std::fs::remove_dir_all(terminal.path(".theriac/journal")).unwrap();
    assert_eq!(terminal.json(MAKER, &import)["registered"], 1);
}
