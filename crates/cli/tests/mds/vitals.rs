//! Vital signs of the patient: sealed, signed, one document after the other.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use theriac_core::fhir::Resource;
use theriac_core::fhir::emit::VitalSign;
use theriac_core::fhir::model::Typed as _;

use crate::house::{CLINIC, House, MONITOR, STRANGER, address, free_monitor, home, monitor};

const PATIENT: &str = "Patient/SomePatient";

/// The clinic's monitor is connected to the patient, who has a key.
fn house() -> House {
    let house = House::new();
    house.does(CLINIC, &["participants", "set-key", "--wallet"]);
    let key =
        house.does("", &["keys", "reading-key", "--out", "patient.key"])["recipient"].as_str().unwrap().to_owned();
    house.terminal.write("monitor.xml", &monitor());
    let import = ["mds", "import", "monitor.xml", "--item", MONITOR, "--reader", &address(CLINIC), &key];
    house.does(CLINIC, &import);
    house
}

fn heart_rate(patient: &str, at: &str, rate: u64) -> String {
    let sign = VitalSign { id: None, patient: patient.to_owned(), at: at.to_owned(), metric: None };
    String::from_utf8(sign.heart_rate(rate.into()).into_resource().canonical()).unwrap()
}

#[test]
fn vital_signs_are_for_the_patient_and_the_readers_of_the_device() {
    let house = house();
    house.terminal.write("one.json", &heart_rate(PATIENT, "2026-01-31T08:00:00+01:00", 72));
    house.terminal.write("two.json", &heart_rate(PATIENT, "2026-01-31T07:05:00Z", 75));
    let tried = house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "one.json", "--dry-run"]);
    assert_eq!((&tried["number"], &tried["dryRun"]), (&json!(1), &json!(true)));
    let first = house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "two.json", "one.json"]);
    assert_eq!((&first["number"], &first["observations"]), (&json!(1), &json!(2)), "{first}");
    assert_eq!((&first["from"], &first["until"]), (&json!("2026-01-31T07:00:00Z"), &json!("2026-01-31T07:05:00Z")));
    house.terminal.write("three.json", &heart_rate(PATIENT, "2026-01-31T07:10:00Z", 71));
    assert_eq!(house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "three.json"])["number"], json!(2));
    for (file, bytes) in house.stored(CLINIC) {
        assert!(!bytes.windows(11).any(|part| part == b"SomePatient"), "{} names the patient", file.display());
    }

    // The patient reads with the key alone, and what comes out is valid.
    let out = ["mds", "vitals", "export", MONITOR, "1", "--out", "read.json", "--identity", "patient.key"];
    assert_eq!(house.does(CLINIC, &out)["observations"], json!(2));
    let read = std::fs::read(house.terminal.path("read.json")).unwrap();
    let bundle = Resource::from_json(&read).unwrap();
    assert_eq!(bundle.fields().list("entry").len(), 2);
    if let Some(validator) = crate::fhir_peer::FhirValidator::shared() {
        assert_eq!(validator.errors(&String::from_utf8(read).unwrap()), Vec::<String>::new());
    }
    house.share(CLINIC, STRANGER);
    let stranger = house.refused(STRANGER, &["mds", "vitals", "export", MONITOR, "1", "--out", "stranger.json"]);
    assert_eq!(stranger.0, "NotForThisKey");
    let foreign = house.does(STRANGER, &["mds", "history", MONITOR]);
    assert_eq!((&foreign["sound"], &foreign["vitalSigns"][1]["observations"]), (&json!(true), &Value::Null));
    let own = house.does(CLINIC, &["mds", "history", MONITOR, "--identity", "patient.key"]);
    assert_eq!((&own["sound"], &own["vitalSigns"][0]["observations"]), (&json!(true), &json!(2)));
}

#[test]
fn vital_signs_of_another_patient_or_time_are_refused() {
    let house = house();
    let add = |file: &str| house.refused(CLINIC, &["mds", "vitals", "add", MONITOR, file]).0;
    house.terminal.write("other.json", &heart_rate("Patient/Other", "2026-01-31T08:00:00Z", 72));
    assert_eq!(add("other.json"), "OtherPatient");
    house.terminal.write("late.json", &heart_rate(PATIENT, "2999-01-31T08:00:00Z", 72));
    assert_eq!(add("late.json"), "MdsProfiles_BadPeriod");
    house.terminal.write("device.json", r#"{"resourceType":"Device"}"#);
    assert_eq!(add("device.json"), "NotAnObservation");
    house.terminal.write("good.json", &heart_rate(PATIENT, "2026-01-31T08:00:00Z", 72));
    house.share(CLINIC, STRANGER);
    let strange = house.refused(STRANGER, &["mds", "vitals", "add", MONITOR, "good.json"]);
    assert!(strange.0 == "Envelope" && strange.1.contains("not sealed for the key"), "{strange:?}");

    // A document that is lost or altered is named, and nothing is added behind it unseen.
    let first = house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "good.json"]);
    let name = first["document"].as_str().unwrap().trim_start_matches("ipfs://").to_owned();
    let (file, bytes) = house.stored(CLINIC).into_iter().find(|(file, _)| file.ends_with(&name)).expect("it is stored");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(add("good.json"), "HistoryMissing");
    let lost = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    assert!(lost["faults"][0].as_str().unwrap().contains("record 1"), "{lost}");
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(house.does(CLINIC, &["mds", "history", MONITOR])["sound"], json!(true));

    house.terminal.write("free.xml", &free_monitor());
    house.does(CLINIC, &["mds", "import", "free.xml", "--item", MONITOR]);
    assert_eq!(add("good.json"), "NoPatient");
    assert_eq!(house.does(CLINIC, &["mds", "history", MONITOR])["sound"], json!(true), "it was connected then");
}

/// The instant that is so many seconds from now, or from the newest block where that is later.
fn in_seconds(house: &House, seconds: i64) -> Timestamp {
    let newest = house.terminal.ask_node("eth_getBlockByNumber", json!(["latest", false]));
    let newest = i64::from_str_radix(newest["timestamp"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    let present = Timestamp::now().max(Timestamp::from_second(newest).unwrap());
    Timestamp::from_second(present.as_second()).unwrap() + SignedDuration::from_secs(seconds)
}

#[test]
fn clocks_that_differ_by_some_seconds_are_waited_for() {
    let house = house();
    let add = ["mds", "vitals", "add", MONITOR, "now.json", "--home", home(CLINIC)];
    // The monitor's clock is ahead of this machine's and of the chain's.
    house.terminal.write("now.json", &heart_rate(PATIENT, &in_seconds(&house, 3).to_string(), 72));
    let said = house.terminal.run(CLINIC, &add);
    assert!(said.code == 0 && said.stderr.contains("waiting for that"), "{said:?}");

    // Further ahead than clocks differ: refused, and nothing is stored.
    let stored = house.stored(CLINIC).len();
    house.terminal.write("now.json", &heart_rate(PATIENT, &in_seconds(&house, 120).to_string(), 72));
    let refused = house.refused(CLINIC, &add[..5]);
    assert!(refused.0 == "MdsProfiles_BadPeriod" && refused.1.contains("nothing was stored"), "{refused:?}");
    assert_eq!(house.stored(CLINIC).len(), stored);

    // The chain is ahead of this machine's clock: what was measured by the chain's time is in the past.
    house.wait(3_600);
    house.terminal.write("now.json", &heart_rate(PATIENT, &in_seconds(&house, -1).to_string(), 72));
    let said = house.terminal.run(CLINIC, &add);
    assert!(said.code == 0 && !said.stderr.contains("waiting"), "{said:?}");
}

#[test]
fn a_chain_that_is_some_seconds_behind_is_waited_for() {
    let house = house();
    let last = in_seconds(&house, 0);
    while Timestamp::now() < last + SignedDuration::from_secs(6) {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // Its next blocks are of the seconds after the newest one.
    house.terminal.ask_node("evm_setTime", json!([last.as_millisecond() + 1_000]));
    house.terminal.write("now.json", &heart_rate(PATIENT, &in_seconds(&house, 0).to_string(), 72));
    let said = house.terminal.run(CLINIC, &["mds", "vitals", "add", MONITOR, "now.json", "--home", home(CLINIC)]);
    assert!(said.code == 0 && said.stderr.contains("a little behind"), "{said:?}");
    assert_eq!(house.does(CLINIC, &["mds", "history", MONITOR])["sound"], json!(true));
}
