//! Vital signs of the patient: sealed, signed, one document after the other.

use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use theriac_client::mds::{SignedVersion, SignedVitalSigns, Version, VitalSigns};
use theriac_client::rooms::{DeviceRecord, ProfileUpdate};
use theriac_client::store::Store;
use theriac_client::types::{RecordKind, Severity};
use theriac_core::fhir::Resource;
use theriac_core::fhir::emit::VitalSign;
use theriac_core::fhir::model::Typed as _;

use crate::house::{CLINIC, GATEWAY, House, MONITOR, STRANGER, address, free_monitor, home, item, monitor, signer};

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

/// Puts bytes on chain as a document of the monitor, as whoever owns it can.
async fn keep(house: &House, bytes: &[u8], signs: &VitalSigns) {
    let store = Store::open("blocks", &house.terminal.path(home(CLINIC))).unwrap();
    let second = |at: jiff::Timestamp| u64::try_from(at.as_second()).unwrap();
    let record = DeviceRecord {
        item: item(MONITOR),
        kind: RecordKind::Document,
        content: store.put(bytes).await.unwrap().into(),
        from: second(signs.from),
        until: second(signs.until),
        severity: Severity::None,
    };
    house.suite(CLINIC).await.mds_profiles().keep(&record).unwrap().send().await.unwrap();
}

#[test]
fn copies_and_made_up_documents_have_no_place_and_stop_nobody() {
    let house = house();
    house.terminal.write("one.json", &heart_rate(PATIENT, "2026-01-31T08:00:00Z", 72));
    house.terminal.write("two.json", &heart_rate(PATIENT, "2026-01-31T08:05:00Z", 75));
    let first = house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "one.json"]);
    let name = first["document"].as_str().unwrap().trim_start_matches("ipfs://");
    let (_, bytes) = house.stored(CLINIC).into_iter().find(|(file, _)| file.ends_with(name)).expect("it is stored");
    let signs = SignedVitalSigns::parse(&bytes).unwrap().signs;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        keep(&house, &bytes, &signs).await;
        let last = VitalSigns { number: u32::MAX, ..signs.clone() }.sign(&signer(CLINIC)).await.unwrap();
        keep(&house, &last.canonical(), &signs).await;
        keep(&house, b"{\"type\":\"vitalSigns\"}", &signs).await;
    });
    let walked = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    let wrong = |place: usize| walked["vitalSigns"][place]["faults"].to_string();
    assert!(wrong(0) == "[]" && wrong(1).contains("a copy") && wrong(2).contains("not the next"), "{walked}");
    assert!(walked["faults"][0].as_str().unwrap().contains("record 4 says that it is vital signs"), "{walked}");

    // What follows has its place behind the first.
    assert_eq!(house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "two.json"])["number"], json!(2));
    let walked = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    assert_eq!(walked["vitalSigns"][3]["faults"], json!([]));
    for number in ["1", "2"] {
        house.does(CLINIC, &["mds", "vitals", "export", MONITOR, number, "--out", &format!("{number}.out")]);
    }
}

#[test]
fn of_two_who_add_at_once_one_is_told_that_the_number_is_taken() {
    let house = House::new();
    for key in [CLINIC, GATEWAY] {
        house.does(key, &["participants", "set-key", "--wallet"]);
    }
    house.terminal.write("monitor.xml", &monitor());
    let readers = [address(CLINIC), address(GATEWAY)];
    house.does(CLINIC, &["mds", "import", "monitor.xml", "--item", MONITOR, "--reader", &readers[0], &readers[1]]);
    house.does(CLINIC, &["mds", "appoint", MONITOR, &readers[1]]);
    house.share(CLINIC, GATEWAY);
    house.terminal.write("one.json", &heart_rate(PATIENT, "2026-01-31T08:00:00Z", 72));
    house.terminal.write("two.json", &heart_rate(PATIENT, "2026-01-31T08:05:00Z", 75));

    house.terminal.ask_node("evm_setAutomine", json!([false]));
    let add = |key: &str, file: &str| {
        let arguments = ["--json", "mds", "vitals", "add", MONITOR, file, "--home", home(key)];
        house.terminal.command(key, &arguments).stdout(Stdio::piped()).spawn().unwrap()
    };
    let both = [add(CLINIC, "one.json"), add(GATEWAY, "two.json")];
    let begun = Instant::now();
    while house.terminal.ask_node("txpool_status", json!([]))["pending"] != "0x2" {
        assert!(begun.elapsed() < Duration::from_secs(60), "they are not both sent");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Each has the document of the other when the block comes.
    house.share(CLINIC, GATEWAY);
    house.share(GATEWAY, CLINIC);
    house.terminal.ask_node("evm_setAutomine", json!([true]));
    house.terminal.ask_node("evm_mine", json!([]));
    let mut said = both.map(|child| {
        let output = child.wait_with_output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), answer["number"].clone(), answer["error"]["code"].clone())
    });
    said.sort_by_key(|(code, ..)| *code);
    assert_eq!(said[0], (Some(0), json!(1), Value::Null));
    assert_eq!(said[1], (Some(1), Value::Null, json!("NumberTaken")));
    assert_eq!(house.does(CLINIC, &["mds", "vitals", "add", MONITOR, "one.json"])["number"], json!(2));
}

#[test]
fn a_version_of_another_chain_is_not_gone_on_from() {
    let house = House::new();
    house.terminal.write("free.xml", &free_monitor());
    let first = house.does(CLINIC, &["mds", "import", "free.xml", "--item", MONITOR]);
    let name = first["document"].as_str().unwrap().trim_start_matches("ipfs://").to_owned();
    let (_, bytes) = house.stored(CLINIC).into_iter().find(|(file, _)| file.ends_with(&name)).expect("it is stored");
    let version = SignedVersion::parse(&bytes).unwrap().version;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let copied = Version { chain_id: 1, number: 2, previous: Some(name.parse().unwrap()), ..version.clone() };
        let copied = copied.sign(&signer(CLINIC)).await.unwrap();
        let store = Store::open("blocks", &house.terminal.path(home(CLINIC))).unwrap();
        let content = store.put(&copied.canonical()).await.unwrap().into();
        let update = ProfileUpdate { item: version.item, version: 2, state: version.state, content };
        house.suite(CLINIC).await.mds_profiles().update(&update).send().await.unwrap();
    });
    let refused = house.refused(CLINIC, &["mds", "update", MONITOR, "--hours", "9000"]);
    assert!(refused.0 == "NotAVersion" && refused.1.contains("another chain"), "{refused:?}");
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
