//! `theriac verify` against a real chain: one test for each kind of verdict and its reasons.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod house;
#[path = "../terminal/mod.rs"]
mod terminal;

use house::{EXPIRED, FORGED, HIBCC, House, NO_SERIAL, PACKAGE, RECALLED, SECONDARY, TAGGED, UNTAGGED};
use serde_json::Value;
use theriac_client::types::{Loss, RecallClass};
use theriac_core::document::Subject;

/// The verdict, the exit code and the reasons.
struct Verdict {
    name: String,
    code: i32,
    answer: Value,
}

impl Verdict {
    #[track_caller]
    fn expect(&self, name: &str, check: &str, words: &str) {
        let reasons = self.answer["reasons"].as_array().unwrap();
        assert_eq!(self.name, name, "{reasons:#?}");
        assert_eq!(self.code, i32::from(name != "genuine"), "the exit code");
        let found = reasons
            .iter()
            .any(|reason| reason["check"] == check && reason["text"].as_str().is_some_and(|text| text.contains(words)));
        assert!(found, "no reason `{check}` with `{words}`: {reasons:#?}");
    }
}

fn verify(house: &House, arguments: &[&str]) -> Verdict {
    let (said, answer) = house.terminal.answer("", &[&["verify"], arguments].concat());
    Verdict { name: answer["verdict"].as_str().unwrap_or_default().to_owned(), code: said.code, answer }
}

#[test]
fn what_a_label_says_is_compared_with_what_the_maker_registered() {
    let house = House::new();
    let picture = house.picture("genuine.png", TAGGED, TAGGED);
    let genuine = verify(&house, &[&picture]);
    genuine.expect("genuine", "unit", "unit 0 of the lot, proven");
    genuine.expect("genuine", "tag", "nobody has claimed its tag");
    genuine.expect("genuine", "certificate", "of the model is valid without end");
    assert_eq!(genuine.answer["product"]["name"], "Monitor M1");
    assert_eq!(genuine.answer["label"]["symbols"].as_array().unwrap().len(), 2);
    let item = genuine.answer["itemId"].as_str().unwrap();
    verify(&house, &[item]).expect("genuine", "label", "no label was read");
    verify(&house, &[UNTAGGED]).expect("genuine", "tag", "maker proven, uniqueness not proven");

    verify(&house, &[FORGED]).expect("doNotUse", "unit", "forged");
    let other = house.picture("contradiction.png", TAGGED, UNTAGGED);
    verify(&house, &[&other]).expect("doNotUse", "label", "contradict each other: serial S1 and S2");
    verify(&house, &["(01)09506000134352(17)361231(10)A1(21)S1"]).expect("doNotUse", "dates", "on 2036-12-31");
    verify(&house, &["(01)09506000134352(10)ZZ(21)S1"]).expect("doNotUse", "lot", "no such lot");
    verify(&house, &[EXPIRED]).expect("doNotUse", "expiry", "last use 2020-12-31T23:59:59Z");

    verify(&house, &[NO_SERIAL]).expect("caution", "unit", "lot genuine, unit not identified");
    verify(&house, &[SECONDARY]).expect("genuine", "model", "another identifier of it (Secondary)");
    verify(&house, &[HIBCC]).expect("caution", "model", "as A999123457: its labeler listed the check character");
    verify(&house, &[PACKAGE]).expect("caution", "unit", "the label of a package");
    verify(&house, &["(01)09506000117843(10)A1(21)S1"]).expect("unknown", "model", "no approved model");
    let nowhere = format!("0x{}", "12".repeat(32));
    verify(&house, &[&nowhere]).expect("unknown", "lot", "no lot with this id");
    verify(&house, &["(01)09506000134352(21)S1"]).expect("unknown", "lot", "a serial but no lot");
}

#[test]
fn what_happens_to_a_unit_changes_the_verdict() {
    let house = House::new();
    let picture = house.picture("label.png", TAGGED, TAGGED);
    house.claim(TAGGED, house::HOSPITAL);
    verify(&house, &[&picture]).expect("caution", "tag", "this is a copy");
    verify(&house, &[&picture, "--as", house::HOSPITAL_ACCOUNT]).expect("genuine", "tag", "claimed first by you");
    house.claim(TAGGED, house::REGULATOR);
    verify(&house, &[&picture]).expect("doNotUse", "tag", "claimed twice");

    let recall = house.recall(RECALLED, RecallClass::I);
    let recalled = verify(&house, &[RECALLED]);
    recalled.expect("doNotUse", "recall", "class I, of the lot");
    recalled.expect("doNotUse", "recall", "Return it to the maker.");
    assert_eq!(recalled.answer["recalls"][0]["id"], recall);
    house.close(recall);
    verify(&house, &[RECALLED]).expect("genuine", "recall", "no recall is open");

    verify(&house, &[UNTAGGED]).expect("genuine", "custody", "is held by");
    house.act(house::HOSPITAL, |suite, item| suite.custody().quarantine(item, house::EVIDENCE), UNTAGGED);
    verify(&house, &[UNTAGGED]).expect("doNotUse", "custody", "quarantine");
    let release = |suite: &theriac_client::Suite, item| {
        suite.custody().release(item, house::HOSPITAL_ACCOUNT.parse().unwrap(), house::EVIDENCE)
    };
    house.act(house::HOSPITAL, release, UNTAGGED);
    house.act(
        house::HOSPITAL,
        |suite, item| suite.custody().report_lost(item, Loss::Stolen, house::EVIDENCE),
        UNTAGGED,
    );
    verify(&house, &[UNTAGGED]).expect("doNotUse", "custody", "lost or stolen");

    let model = house.model();
    house.certificate(Subject::Item(house::item(RECALLED)), Some(1));
    verify(&house, &[RECALLED]).expect("caution", "certificate", "of the unit ended");
    house.revoke(Subject::Model(model));
    verify(&house, &[house::THIRD]).expect("doNotUse", "certificate", "revoked its certificate of the model");
    house.suspend_maker();
    verify(&house, &[RECALLED]).expect("caution", "maker", "is suspended");
}

#[test]
fn scans_that_are_kept_show_a_copy() {
    let house = House::new();
    let at = |udi: &str, place: &str| verify(&house, &[udi, "--scans", "scans", "--place", place]);
    let lines = || std::fs::read_to_string(house.terminal.path("scans")).unwrap();
    at(TAGGED, "47.37,8.54").expect("genuine", "scans", "this one included: 1;");
    at(TAGGED, "47.56,7.59").expect("genuine", "scans", "this one included: 2;");
    verify(&house, &[TAGGED, "--scans", "scans"]).expect("genuine", "scans", "this one included: 3;");
    at(TAGGED, "-33.87,151.21").expect("caution", "scans", "which nothing travels in that time");
    // It stays so, and says nothing of another unit.
    at(TAGGED, "47.37,8.54").expect("caution", "scans", "which nothing travels in that time");
    at(UNTAGGED, "40.71,-74.01").expect("genuine", "scans", "this one included: 1;");
    assert_eq!(lines().lines().count(), 6);
    assert!(!lines().contains("47.") && !lines().contains("-33"), "{}", lines());

    // Nothing is kept of what names no unit, nor in a dry run.
    let before = lines();
    verify(&house, &[NO_SERIAL, "--scans", "scans"]);
    let tried = verify(&house, &[UNTAGGED, "--scans", "scans", "--place", "0,0", "--dry-run"]);
    tried.expect("caution", "scans", "which nothing travels in that time");
    assert_eq!(lines(), before);

    // A run that was killed left half a line.
    std::fs::write(house.terminal.path("scans"), format!("{before}17900")).unwrap();
    at(UNTAGGED, "40.71,-74.01").expect("genuine", "scans", "this one included: 2;");
    assert!(lines().starts_with(&before) && lines().lines().count() == 7, "{}", lines());

    #[cfg(unix)]
    for file in ["scans", "scans.salt"] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(house.terminal.path(file)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::rename(house.terminal.path("scans.salt"), house.terminal.path("away")).unwrap();
    assert_eq!(house.terminal.refusal("", &["verify", TAGGED, "--scans", "scans"]).0, "NoSalt");
    house.terminal.write("scans.salt", "7");
    assert_eq!(house.terminal.refusal("", &["verify", TAGGED, "--scans", "scans"]).0, "BadSalt");
    // Under another salt the earlier places say nothing, and that is told.
    house.terminal.write("scans.salt", &"07".repeat(32));
    let said = house.terminal.run("", &["verify", TAGGED, "--scans", "scans", "--place", "47.37,8.54"]);
    assert!(said.code == 0 && said.stderr.contains("4 places of earlier scans are under another salt"), "{said:?}");
    house.terminal.write("scans", "no scans\n");
    let (code, words) = house.terminal.refusal("", &["verify", TAGGED, "--scans", "scans"]);
    assert!(code == "Line" && words.contains("line 1 is not a scan"), "{words}");
}

#[test]
fn nothing_is_genuine_because_something_could_not_be_reached() {
    let house = House::new();
    verify(&house, &[TAGGED, "--rpc", "http://127.0.0.1:9"]).expect("unknown", "chain", "no node answers");
    verify(&house, &[EXPIRED, "--rpc", "http://127.0.0.1:9"]).expect("doNotUse", "expiry", "expired");
    verify(&house, &[TAGGED, "--deployments", "elsewhere"]).expect("unknown", "chain", "no deployment of chain 31337");
    house.terminal.ask_node("anvil_setChainId", serde_json::json!([99]));
    verify(&house, &[TAGGED]).expect("unknown", "chain", "no deployment of chain 99");
    house.terminal.ask_node("anvil_setChainId", serde_json::json!([31337]));

    verify(&house, &[TAGGED]).expect("genuine", "unit", "proven");
    std::fs::remove_dir_all(house.terminal.path(".theriac/blocks")).unwrap();
    verify(&house, &[TAGGED]).expect("genuine", "unit", "proven");
    std::fs::remove_dir_all(house.terminal.path(".theriac/lots")).unwrap();
    verify(&house, &[TAGGED]).expect("unknown", "unit", "could not be found out");
    verify(&house, &[SECONDARY]).expect("unknown", "model", "one of 2 models whose documents");
}

#[test]
fn bad_input_is_refused_before_anyone_is_asked() {
    let terminal = terminal::Terminal::new();
    assert_eq!(terminal.refusal("", &["verify", "(01)09506000134353(10)A1"]).0, "InvalidUdi");
    assert_eq!(terminal.refusal("", &["verify", "missing.png"]).0, "File");
    assert_eq!(terminal.refusal("", &["verify", "0x12"]).0, "InvalidId");
    let (said, answer) = terminal.answer("", &["verify", &terminal.write("label.png", "no picture")]);
    assert_eq!((said.code, answer["verdict"].as_str()), (1, Some("unknown")));
}
