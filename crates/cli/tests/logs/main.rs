//! `theriac logs` against a real chain: who reads, who does not, and what becomes of a push that is stopped.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod foreign;
#[path = "../mds/house.rs"]
#[allow(dead_code, reason = "the tests of profiles use the rest")]
mod house;
mod stopped;
#[path = "../terminal/mod.rs"]
mod terminal;
#[path = "../../../sim/src/bin/bench/waveform.rs"]
mod waveform;

use std::path::PathBuf;

use house::{
    CLINIC, ENGINEER, GATEWAY, House, MONITOR, OTHER_ENGINEER, SECOND_MONITOR, STRANGER, account, address, home, item,
};
use serde_json::{Value, json};
use theriac_client::logs;
use theriac_client::rooms::DeviceRecord;
use theriac_client::types::{RecordKind, Severity};

/// The house with a running order of the engineer, whose key is published, as is the clinic's.
pub(crate) fn at_work() -> (House, String) {
    let house = House::new();
    for key in [CLINIC, ENGINEER] {
        house.does(key, &["participants", "set-key", "--wallet"]);
    }
    let order = assigned(&house, ENGINEER);
    (house, order)
}

pub(crate) fn assigned(house: &House, engineer: &str) -> String {
    let open = ["workorder", "open", MONITOR, "--kind", "fault", "--description", "No pressure"];
    let order = house.does(CLINIC, &open)["order"].to_string();
    house.does(CLINIC, &["workorder", "assign", &order, &address(engineer), "--until", "2090-01-01"]);
    order
}

/// The recording of a real monitor where the data are, else rows of its form.
fn recording() -> String {
    let rows = match std::env::var_os("THERIAC_DATA") {
        Some(data) => waveform::rows(&waveform::samples(&PathBuf::from(data)).unwrap(), 0),
        None => waveform::rows(&(0..120_000).map(|sample| sample % 2000).collect::<Vec<_>>(), 0),
    };
    format!("{}{rows}", waveform::COLUMNS)
}

pub(crate) fn push<'a>(file: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["logs", "push", MONITOR, file, "--kind", "log", "--from", "2026-01-31"], rest].concat()
}

#[test]
fn the_recording_is_read_as_its_header_says() {
    let Some(data) = std::env::var_os("THERIAC_DATA") else { return };
    let samples = waveform::samples(&PathBuf::from(data)).unwrap();
    // Initial values and checksums (sums, 16 bits) of 03700181.hea.
    let sum = |of: fn(usize) -> bool| {
        let places = samples.iter().enumerate().filter(|(place, _)| of(place % waveform::FRAME));
        places.map(|(_, sample)| *sample).sum::<i32>() as i16
    };
    assert_eq!((samples[0], samples[4], samples[5]), (67, -943, -304));
    assert_eq!([sum(|at| at < 4), sum(|at| at == 4), sum(|at| at == 5)], [-11266, -23651, 6310]);
}

#[test]
fn an_engineer_at_work_reads_and_a_stranger_does_not() {
    let (house, order) = at_work();
    let text = recording();
    house.terminal.write("monitor.tsv", &text);
    let tried = house.does(CLINIC, &push("monitor.tsv", &["--dry-run"]));
    assert_eq!((&tried["dryRun"], &tried["number"], &tried["already"]), (&json!(true), &Value::Null, &json!(false)));
    let kept = house.terminal.path(home(CLINIC)).join("logs");
    assert!(!kept.exists(), "a dry run keeps nothing");
    assert_eq!(house.does("", &["logs", "list", MONITOR])["records"], json!([]));

    let pushed = house.does(CLINIC, &push("monitor.tsv", &[]));
    assert_eq!((&pushed["number"], &pushed["resumed"]), (&json!(1), &json!(0)));
    assert_eq!(pushed["file"]["mediaType"], "text/tab-separated-values");
    assert_eq!(pushed["file"], tried["file"]);
    let readers: Vec<&Value> = pushed["readers"].as_array().unwrap().iter().map(|reader| &reader["account"]).collect();
    assert!(readers.len() == 2 && readers.contains(&&json!(account(ENGINEER))), "{pushed}");
    for (file, bytes) in house.stored(CLINIC) {
        assert!(!bytes.windows(9).any(|part| part == b"MCL1_mV_1"), "{} is readable", file.display());
    }

    house.share(CLINIC, ENGINEER);
    let shown = house.does(ENGINEER, &["logs", "show", MONITOR, "1", "--lines", "2"]);
    assert_eq!(shown["text"]["columns"].as_array().unwrap().len(), 7);
    assert_eq!(shown["text"]["first"][0], waveform::COLUMNS.trim_end());
    assert_eq!(shown["text"]["last"][1], text.lines().last().unwrap());
    assert_eq!((&shown["missing"], &shown["picture"]), (&json!([]), &Value::Null));
    let read = house.reads(ENGINEER, &["logs", "show", MONITOR, "1"]).stdout;
    assert!(read.contains("columns      7: time_s, MCL1_mV_1") && read.contains("1, log"), "{read}");
    house.does(ENGINEER, &["logs", "export", MONITOR, "1", "--out", "out.tsv", "--dry-run"]);
    assert!(!house.terminal.path("out.tsv").exists());
    house.does(ENGINEER, &["logs", "export", MONITOR, "1", "--out", "out.tsv"]);
    assert!(std::fs::read_to_string(house.terminal.path("out.tsv")).unwrap() == text);
    let export = ["logs", "export", MONITOR, "1", "--out", "out.tsv"];
    assert_eq!(house.refused(ENGINEER, &export).0, "File");
    house.does(ENGINEER, &[&export[..], &["--force"]].concat());

    house.share(CLINIC, STRANGER);
    for verb in [&["logs", "show", MONITOR, "1"][..], &["logs", "export", MONITOR, "1", "--out", "stolen.tsv"]] {
        let refused = house.refused(STRANGER, verb);
        assert!(refused.0 == "NotAReader" && refused.1.contains("record 1 is not sealed for your key"), "{refused:?}");
        assert_eq!(house.refused("", verb).0, "NoIdentity");
    }
    assert!(!house.terminal.path("stolen.tsv").exists());
    // Who may not write is refused before anything is stored, and so is an engineer whose work has not begun.
    let blocks = house.stored(STRANGER).len();
    assert_eq!(house.refused(STRANGER, &push("out.tsv", &[])).0, "MdsProfiles_NotEntitled");
    assert_eq!(house.stored(STRANGER).len(), blocks);
    assert_eq!(house.refused(ENGINEER, &push("out.tsv", &["--order", &order])).0, "MdsProfiles_WrongState");
    house.does(ENGINEER, &["workorder", "start", &order]);
    let report = push("out.tsv", &["--order", &order]);
    let by_engineer = house.does(ENGINEER, &report);
    assert_eq!((&by_engineer["number"], by_engineer["order"].to_string()), (&json!(2), order));
    house.share(ENGINEER, CLINIC);
    assert_eq!(house.does(CLINIC, &["logs", "show", MONITOR, "2"])["record"]["writer"], json!(account(ENGINEER)));
}

#[test]
fn later_records_are_not_for_an_engineer_whose_work_has_ended() {
    let (house, first) = at_work();
    house.does(OTHER_ENGINEER, &["participants", "set-key", "--wallet"]);
    house.terminal.write("monitor.tsv", "time\tpulse\n1\t61\n");
    let reads = |number: &str| {
        house.share(CLINIC, ENGINEER);
        let (said, _) = house.terminal.answer(ENGINEER, &["logs", "show", MONITOR, number, "--home", home(ENGINEER)]);
        said.code == 0
    };
    let again = push("monitor.tsv", &["--again"]);
    house.does(CLINIC, &again);
    house.does(CLINIC, &["workorder", "unassign", &first]);
    house.does(CLINIC, &again);
    assert!(reads("1") && !reads("2"), "an order that was taken away");
    // Another engineer has it now.
    house.does(CLINIC, &["workorder", "assign", &first, &address(OTHER_ENGINEER), "--until", "2090-01-01"]);
    house.does(CLINIC, &again);
    house.share(CLINIC, OTHER_ENGINEER);
    house.does(OTHER_ENGINEER, &["logs", "show", MONITOR, "3"]);
    assert!(!reads("3"));

    let second = assigned(&house, ENGINEER);
    house.does(CLINIC, &again);
    house.terminal.write("report.txt", "Cable replaced.\n");
    house.does(ENGINEER, &["workorder", "start", &second]);
    house.does(ENGINEER, &["workorder", "close", &second, "--outcome", "done", "--report", "report.txt"]);
    house.does(CLINIC, &again);
    assert!(reads("4") && !reads("5"), "an order that was closed");

    let third = assigned(&house, ENGINEER);
    house.does(CLINIC, &["workorder", "unassign", &third]);
    let tomorrow = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24)).unwrap().to_string();
    house.does(CLINIC, &["workorder", "assign", &third, &address(ENGINEER), "--until", &tomorrow]);
    house.does(CLINIC, &again);
    house.wait(2 * 86_400);
    house.does(CLINIC, &again);
    assert!(reads("6") && !reads("7"), "an order that ran out");
    assert!(reads("1") && reads("4"), "what was readable stays so");
}

#[test]
fn a_record_needs_keys_and_a_sensible_file() {
    let house = House::new();
    assigned(&house, ENGINEER);
    house.terminal.write("monitor.tsv", "time\tpulse\n1\t61\n");
    let refused = house.refused(CLINIC, &push("monitor.tsv", &[]));
    assert!(refused.0 == "NoKey" && refused.1.contains("--without 0x"), "{refused:?}");
    let without = address(ENGINEER);
    let pushed = house.does(CLINIC, &push("monitor.tsv", &["--without", &without]));
    assert_eq!(pushed["readers"].as_array().unwrap().len(), 1, "the wallet's own key, though it is not published");
    house.does(CLINIC, &["logs", "show", MONITOR, "1"]);
    house.does(GATEWAY, &["participants", "set-key", "--wallet"]);
    let key = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    let gateway = address(GATEWAY);
    let more = push("monitor.tsv", &["--without", &without, "--again", "--reader", &gateway, key]);
    assert_eq!(house.does(CLINIC, &more)["readers"].as_array().unwrap().len(), 3);

    let with_kind = |file: &str, rest: &[&str]| {
        house.refused(CLINIC, &[&["logs", "push", MONITOR, file, "--without", &without], rest].concat()).0
    };
    assert_eq!(with_kind("monitor.tsv", &["--kind", "alarm", "--from", "2026-01-31"]), "NoSeverity");
    assert_eq!(with_kind("monitor.tsv", &["--kind", "log", "--from", "soon"]), "InvalidDate");
    assert_eq!(with_kind("monitor.tsv", &["--kind", "log", "--from", "2090-01-31"]), "MdsProfiles_BadPeriod");
    let backwards = ["--kind", "log", "--from", "2026-01-31", "--until", "2026-01-30"];
    assert_eq!(with_kind("monitor.tsv", &backwards), "MdsProfiles_BadPeriod");
    let log = ["--kind", "log", "--from", "2026-01-31"];
    assert_eq!(with_kind("none.tsv", &log), "File");
    assert_eq!(with_kind(".", &log), "NotAFile");
    house.terminal.write("empty.tsv", "");
    assert_eq!(with_kind("empty.tsv", &log), "Empty");
    let large = std::fs::File::create(house.terminal.path("large.tsv")).unwrap();
    large.set_len((1 << 30) + 1).unwrap();
    assert_eq!(with_kind("large.tsv", &log), "TooLarge");
    assert_eq!(house.refused(CLINIC, &["logs", "show", MONITOR, "3"]).0, "NoRecord");
    assert_eq!(house.refused(CLINIC, &["logs", "show", MONITOR, "0"]).0, "NoRecord");
}

#[test]
fn alarms_and_photographs_are_listed_and_shown() {
    let (house, _) = at_work();
    house.terminal.write("alarm.txt", "ABP low\n");
    let png = {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend_from_slice(&[0, 0, 5, 0, 0, 0, 2, 208, 8, 2, 0, 0, 0]);
        bytes
    };
    std::fs::write(house.terminal.path("display.png"), &png).unwrap();
    let alarm = ["logs", "push", MONITOR, "alarm.txt", "--kind", "alarm", "--severity", "high"];
    house.does(CLINIC, &[&alarm[..], &["--from", "2026-01-31T08:00:00Z"]].concat());
    let photograph = ["logs", "push", MONITOR, "display.png", "--kind", "photograph", "--from", "2026-02-01"];
    house.does(CLINIC, &photograph);
    let listed = house.does(CLINIC, &["logs", "list", MONITOR]);
    let records = listed["records"].as_array().unwrap();
    assert_eq!((&listed["sound"], records.len()), (&json!(true), 2));
    assert_eq!((&records[0]["kind"], &records[0]["severity"]), (&json!("alarm"), &json!("high")));
    assert_eq!((&records[0]["until"], &records[0]["stored"]), (&json!("2026-01-31T08:00:00Z"), &json!(true)));
    let only = |rest: &[&str]| {
        let answer = house.does(CLINIC, &[&["logs", "list", MONITOR][..], rest].concat());
        let numbers = answer["records"].as_array().unwrap().iter().map(|record| record["number"].as_u64().unwrap());
        numbers.collect::<Vec<_>>()
    };
    assert_eq!((only(&["--kind", "photograph"]), only(&["--since", "2026-02-01"])), (vec![2], vec![2]));
    assert_eq!((only(&["--kind", "report"]), only(&["--since", "2026-01-31"])), (vec![], vec![1, 2]));
    assert_eq!(house.does("", &["logs", "list", SECOND_MONITOR])["records"], json!([]));
    // A store that lacks them says so.
    assert_eq!(house.does("", &["logs", "list", MONITOR])["records"][0]["stored"], json!(false));
    let shown = house.does(CLINIC, &["logs", "show", MONITOR, "2"]);
    assert_eq!(shown["picture"], json!({ "format": "PNG", "width": 1280, "height": 720 }));
    assert!(house.reads(CLINIC, &["logs", "show", MONITOR, "2"]).stdout.contains("PNG, 1280 × 720 pixels"));
}

#[test]
fn a_manifest_of_another_record_and_lost_segments_are_refused() {
    let (house, _) = at_work();
    house.terminal.write("monitor.tsv", &recording());
    house.does(CLINIC, &push("monitor.tsv", &[]));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let copied = |to: &str, kind: RecordKind, severity: Severity| {
        runtime.block_on(async {
            let suite = house.suite(CLINIC).await;
            let content = logs::records(&suite, item(MONITOR)).await.unwrap().entries[0].content;
            let record = DeviceRecord { item: item(to), kind, content, from: 1, until: 2, severity };
            suite.mds_profiles().keep(&record).unwrap().send().await.unwrap();
        });
    };
    copied(SECOND_MONITOR, RecordKind::Log, Severity::None);
    let refused = house.refused(CLINIC, &["logs", "show", SECOND_MONITOR, "1"]);
    assert!(refused.0 == "OtherRecord" && refused.1.contains("device, period are not"), "{refused:?}");
    copied(MONITOR, RecordKind::Alarm, Severity::Low);
    let refused = house.refused(CLINIC, &["logs", "export", MONITOR, "2", "--out", "copied.tsv"]);
    assert!(refused.1.contains("kind, period, severity are not"), "{refused:?}");

    // The largest block is part of the only segment that is full.
    let (file, bytes) = house.stored(CLINIC).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    let export = ["logs", "export", MONITOR, "1", "--out", "whole.tsv"];
    std::fs::remove_file(&file).unwrap();
    let shown = house.says_no(CLINIC, &["logs", "show", MONITOR, "1"]);
    assert_eq!(shown["missing"], json!([1]));
    let refused = house.refused(CLINIC, &export);
    assert!(refused.0 == "Missing" && refused.1.contains("segment 1 of "), "{refused:?}");
    std::fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    assert!(house.refused(CLINIC, &export).1.contains("is damaged"));
    let left: Vec<_> = std::fs::read_dir(house.terminal.folder.path()).unwrap().collect();
    assert!(left.iter().all(|entry| !entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp")));
    assert!(!house.terminal.path("whole.tsv").exists());
    std::fs::write(&file, &bytes).unwrap();
    house.does(CLINIC, &export);
}
