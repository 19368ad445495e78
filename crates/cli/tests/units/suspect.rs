//! Suspect product: a case that is cleared, one that is reported, and what is refused on the way.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house::{PHARMACY, Trade, WHOLESALER, account, pack, sscc};
use crate::terminal::{ADMIN_ACCOUNT, CERTIFIER, MAKER};

const DRAFT: &str = r#"{"case":"2026-17","incident":"counterfeit","productName":"TRULICITY","ndc":"0002-1433-80",
    "description":"the seals are of another colour",
    "reporter":{"name":"Wholesale LLC","address":"2 Main Street","contact":"+1 555 0100"}}"#;

/// The wholesaler has the first case; the regulator has a key to be sealed to.
fn trade() -> Trade {
    let trade = Trade::in_cases();
    trade.run(CERTIFIER, &["participants", "set-key", "--wallet"]);
    trade.deliver(MAKER, WHOLESALER, ("Maker Inc.", "Wholesale LLC"), &sscc(1));
    trade.terminal.write("draft.json", DRAFT);
    trade
}

fn suspect(trade: &Trade, key: &str, rest: &[&str]) -> Value {
    trade.custody(key, &[&["suspect"], rest].concat())
}

/// What must be refused, and leave no document: its code.
fn refused(trade: &Trade, key: &str, rest: &[&str]) -> String {
    let before = shelf(trade, key);
    let code = trade.refused(key, &[&["suspect"], rest].concat());
    assert_eq!(shelf(trade, key), before, "{rest:?}");
    code
}

fn shelf(trade: &Trade, key: &str) -> BTreeSet<String> {
    let folder = trade.terminal.path(Trade::home(key)).join("suspect");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn draft(trade: &Trade, case: &str) -> String {
    trade.terminal.write(&format!("{case}.json"), &DRAFT.replace("2026-17", case))
}

#[test]
fn a_case_is_investigated_and_cleared_and_every_step_is_on_chain() {
    let trade = trade();
    let number = sscc(1);
    let begin = ["quarantine", &number, "--draft", "draft.json"];
    let tried = suspect(&trade, WHOLESALER, &[&begin[..], &["--dry-run"]].concat());
    assert_eq!((&tried["dryRun"], shelf(&trade, WHOLESALER).len()), (&json!(true), 0));
    let investigate = ["investigate", "2026-17", "--description", "the maker was asked"];
    let clear = ["clear", "2026-17", "--description", "the maker changed its seals"];
    assert_eq!(refused(&trade, WHOLESALER, &investigate), "NoCase");

    let begun = suspect(&trade, WHOLESALER, &begin);
    let unit = &trade.custody(WHOLESALER, &["trace", &number])["units"][0];
    let last = unit["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["verb"], &last["evidence"]), (&json!("quarantine"), &begun["id"]));
    let onwards = account(PHARMACY).to_string();
    assert_eq!(trade.refused(WHOLESALER, &["ship", &number, "--to", &onwards]), "Units_Immovable");
    assert_eq!(refused(&trade, WHOLESALER, &begin), "CaseExists");
    let other = draft(&trade, "2026-18");
    assert_eq!(refused(&trade, WHOLESALER, &["quarantine", &number, "--draft", &other]), "Units_AlreadyStopped");

    suspect(&trade, WHOLESALER, &investigate);
    assert_eq!(refused(&trade, WHOLESALER, &investigate), "WrongStep");
    let theirs = [&["--home", "wholesaler", "custody", "suspect"], &clear[..]].concat();
    assert_eq!(trade.terminal.refusal(PHARMACY, &theirs).0, "WrongParty");
    let cleared = suspect(&trade, WHOLESALER, &clear);
    assert_eq!((&cleared["step"], cleared["things"].as_array().unwrap().len()), (&json!("clear"), 1));
    let unit = &trade.custody(WHOLESALER, &["trace", &number])["units"][0];
    let last = unit["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["verb"], &last["evidence"]), (&json!("release"), &cleared["evidence"]));
    assert_eq!(unit["standing"], "movable");
    for step in [&investigate[..], &clear, &["report", "2026-17", "--description", "late", "--to", ADMIN_ACCOUNT]] {
        assert_eq!(refused(&trade, WHOLESALER, step), "WrongStep");
    }
    let cases = suspect(&trade, WHOLESALER, &["list"])["cases"].clone();
    assert_eq!((&cases[0]["steps"], &cases[0]["case"], &cases[1]), (&json!(3), &json!("2026-17"), &Value::Null));
    assert_eq!(cases[0]["serials"].as_array().unwrap().len(), 50);
    assert!(cases[0]["handling"]["clear"]["on"].is_string(), "{cases}");

    // What was released beside the case cannot be cleared.
    suspect(&trade, WHOLESALER, &["quarantine", &number, "--draft", &other]);
    trade.custody(WHOLESALER, &["release", &number]);
    assert_eq!(refused(&trade, WHOLESALER, &["clear", "2026-18", "--description", "x"]), "Released");

    // A document that was changed is no step of any case.
    let name = format!("{}.json", begun["id"].as_str().unwrap());
    let file = trade.terminal.path("wholesaler/suspect").join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    for damaged in [&text.replace("colour", "color"), &text[..text.len() / 2]] {
        std::fs::write(&file, damaged).unwrap();
        assert_eq!(refused(&trade, WHOLESALER, &["list"]), "Damaged");
    }
}

#[test]
fn what_is_reported_stays_stopped_and_its_readers_open_the_notice() {
    let trade = trade();
    let (mine, number, regulator) = (pack(1000), sscc(1), account(CERTIFIER).to_string());
    // Who holds a pack in a unit stops the unit; only its maker or a regulator stops the pack.
    assert_eq!(refused(&trade, WHOLESALER, &["quarantine", &mine, "--draft", "draft.json"]), "WrongParty");
    assert_eq!(refused(&trade, MAKER, &["quarantine", &mine, &number, "--draft", "draft.json"]), "MixedKinds");
    assert_eq!(refused(&trade, MAKER, &["quarantine", &pack(7), "--draft", "draft.json"]), "NotListed");
    trade.terminal.write("half.json", &DRAFT[..90]);
    assert_eq!(refused(&trade, MAKER, &["quarantine", &mine, "--draft", "half.json"]), "InvalidDraft");
    let unit = trade.custody(WHOLESALER, &["units"])["units"][0]["unit"].as_str().unwrap().to_owned();
    assert_eq!(refused(&trade, PHARMACY, &["quarantine", &unit, "--draft", "draft.json"]), "WrongParty");

    suspect(&trade, WHOLESALER, &["quarantine", &number, "--draft", "draft.json"]);
    let report = ["report", "2026-17", "--description", "no such seal was ever made", "--to"];
    assert_eq!(refused(&trade, WHOLESALER, &[&report[..], &[ADMIN_ACCOUNT]].concat()), "NoKey");
    let waiting = suspect(&trade, CERTIFIER, &["notices", &mine]);
    assert_eq!((&waiting["notices"][0]["step"], waiting["notices"].as_array().unwrap().len()), (&Value::Null, 1));
    let to_maker = account(MAKER).to_string();
    let reported = suspect(&trade, WHOLESALER, &[&report[..], &[&regulator, &to_maker]].concat());
    assert_eq!(trade.custody(WHOLESALER, &["trace", &number])["units"][0]["standing"], "quarantined");
    assert_eq!(refused(&trade, WHOLESALER, &["clear", "2026-17", "--description", "x"]), "WrongStep");

    for reader in [CERTIFIER, MAKER, WHOLESALER] {
        let told = suspect(&trade, reader, &["notices", &mine])["notices"][0].clone();
        assert_eq!((&told["notice"], &told["case"]), (&json!("opened"), &reported["id"]), "{told}");
        assert_eq!(told["step"]["description"], "no such seal was ever made");
        assert_eq!(told["step"]["reporter"]["account"], json!(account(WHOLESALER)));
    }
    let told = suspect(&trade, PHARMACY, &["notices", &mine])["notices"][0].clone();
    assert_eq!((&told["step"], told["notice"] == "opened"), (&Value::Null, false), "sealed for others");

    // The FDA gives a number, and everybody has the newer notice.
    let again = [&report[..], &[&regulator, "--incident-number", "3911-7"]].concat();
    suspect(&trade, WHOLESALER, &again);
    // Who does not know the number names the unit by its id.
    let told = suspect(&trade, CERTIFIER, &["notices", &unit])["notices"][0].clone();
    assert_eq!(told["step"]["handling"]["report"]["incidentNumber"], "3911-7");
    let told = suspect(&trade, MAKER, &["notices", &mine])["notices"][0].clone();
    assert_eq!(told["step"]["handling"]["report"]["incidentNumber"], Value::Null, "it has the first one");
    assert_eq!(suspect(&trade, WHOLESALER, &["list"])["cases"][0]["steps"], 3);

    // A pack of its own: the maker's case is another, about the same pack.
    let other = draft(&trade, "M-1");
    suspect(&trade, MAKER, &["quarantine", &mine, "--draft", &other]);
    let listed = suspect(&trade, MAKER, &["list"])["cases"].clone();
    assert_eq!((&listed[0]["serials"], &listed[1]), (&json!(["1000"]), &Value::Null));
    assert_eq!(suspect(&trade, PHARMACY, &["notices", &mine])["notices"].as_array().unwrap().len(), 2);
    suspect(&trade, MAKER, &["clear", "M-1", "--description", "it was scanned wrongly"]);
}
