//! Scratch codes of a lot: made once, never overwritten, taken up again after a run that was killed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use serde_json::json;
use terminal::Terminal;
use theriac_core::ids::{Agency, LotId, ModelId};
use theriac_core::scratch::{CodeList, Derivation};
use theriac_core::serials;

const GTIN: &str = "09506000134352";
const MAKE: [&str; 11] = [
    "catalog",
    "scratch-codes",
    "serials.csv",
    "--model",
    GTIN,
    "--lot",
    "A1",
    "--codes",
    "codes.csv",
    "--out",
    "tagged.csv",
];

fn lot() -> LotId {
    ModelId::new(Agency::Gs1, GTIN).lot("A1")
}

fn read(terminal: &Terminal, name: &str) -> String {
    std::fs::read_to_string(terminal.path(name)).unwrap()
}

fn terminal() -> Terminal {
    let terminal = Terminal::new();
    terminal.write("serials.csv", "serial\nS1\n\"S,2\"\nS3\nS4\n");
    terminal
}

/// That `tagged.csv` is what follows from `codes.csv`.
#[track_caller]
fn agree(terminal: &Terminal) {
    let codes = CodeList::read(read(terminal, "codes.csv").as_bytes()).unwrap();
    let list = serials::read(read(terminal, "tagged.csv").as_bytes()).unwrap();
    assert!(codes.rows().iter().map(|(serial, _)| serial).eq(&list.serials));
    assert_eq!(list.tag_keys, Derivation::V1.tag_addresses(lot(), codes.rows()));
}

#[test]
fn codes_are_made_and_their_keys_listed() {
    let terminal = terminal();
    let tried = terminal.json("", &[&MAKE[..], &["--dry-run"]].concat());
    assert_eq!((&tried["count"], &tried["dryRun"]), (&json!(4), &json!(true)));
    assert!(!terminal.path("codes.csv").exists());

    let made = terminal.json("", &MAKE);
    assert_eq!((&made["codesKept"], &made["keysKept"], &made["lot"]), (&json!(false), &json!(0), &json!(lot())));
    agree(&terminal);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(terminal.path("codes.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut left: Vec<_> =
        std::fs::read_dir(terminal.folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["codes.csv", "serials.csv", "tagged.csv"]);

    // Once more would be other codes under the same name.
    let (codes, tagged) = (read(&terminal, "codes.csv"), read(&terminal, "tagged.csv"));
    assert_eq!(terminal.refusal("", &MAKE).0, "File");
    assert_eq!((read(&terminal, "codes.csv"), read(&terminal, "tagged.csv")), (codes, tagged));
}

#[test]
fn a_run_that_was_killed_is_taken_up() {
    let terminal = terminal();
    terminal.json("", &MAKE);
    let (codes, tagged) = (read(&terminal, "codes.csv"), read(&terminal, "tagged.csv"));
    // Killed before, in and after each line of the second file.
    let two = tagged.match_indices('\n').nth(2).unwrap().0 + 1;
    for (end, kept) in [(0, 0), (7, 0), (14, 0), (two - 1, 1), (two, 2), (two + 20, 2), (tagged.len(), 4)] {
        std::fs::remove_file(terminal.path("tagged.csv")).unwrap();
        terminal.write("tagged.csv.unfinished", &tagged[..end]);
        let made = terminal.json("", &MAKE);
        assert_eq!((&made["codesKept"], &made["keysKept"]), (&json!(true), &json!(kept)), "killed at {end}");
        assert_eq!((read(&terminal, "codes.csv"), read(&terminal, "tagged.csv")), (codes.clone(), tagged.clone()));
    }
    agree(&terminal);

    std::fs::remove_file(terminal.path("tagged.csv")).unwrap();
    terminal.write("tagged.csv.unfinished", &tagged);
    let other_lot = MAKE.map(|word| if word == "A1" { "A2" } else { word });
    assert_eq!(terminal.refusal("", &other_lot).0, "OtherWork");
    terminal.write("serials.csv", "serial\nS1\nS3\n");
    assert_eq!(terminal.refusal("", &MAKE).0, "OtherCodes");
    terminal.write("codes.csv", &codes[..codes.len() - 3]);
    let (code, words) = terminal.refusal("", &MAKE);
    assert_eq!(code, "Truncated");
    assert!(words.contains("breaks off in line 5"), "{words}");
    terminal.write("serials.csv", &tagged);
    assert_eq!(terminal.refusal("", &MAKE).0, "HasTagKeys");
}
