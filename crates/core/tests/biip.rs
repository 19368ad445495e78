//! Compares the reading of GS1 element strings and Digital Links with PyPI `biip`, an independent implementation.
//!
//! Runs where `THERIAC_PYTHON` names a Python that can import `biip` (5.2 was used), and says so where it does not.

use std::io::Write;
use std::process::{Command, Stdio};

use theriac_core::gs1::{DigitalLink, ElementStrings};

/// Reads lines `kind <TAB> JSON string`, answers each with a JSON list of pairs, or null where biip refuses.
const SCRIPT: &str = r#"
import json, sys
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

readers = {"raw": GS1Message.parse, "hri": GS1Message.parse_hri, "link": GS1DigitalLinkURI.parse}
for line in sys.stdin:
    kind, text = line.rstrip("\n").split("\t")
    try:
        found = readers[kind](json.loads(text)).element_strings
        # A wrong key does not stop biip, it only says so.
        wrong = any(element.gtin_error or element.sscc_error for element in found)
        print("null" if wrong else json.dumps([[element.ai.ai, element.value] for element in found]))
    except ParseError:
        print("null")
"#;

const CASES: &[(&str, &str)] = &[
    ("raw", "01095060001343521727123110AB-1\u{1d}21S/9"),
    ("raw", "01095060001343521126010110L\u{1d}70032712311230\u{1d}21S"),
    ("raw", "01095012345678903310300075010ABC123"),
    ("raw", "00106141412345678908"),
    ("raw", "02095060001343523712\u{1d}10X"),
    ("raw", "0109506000134352240A1\u{1d}30500\u{1d}2212\u{1d}41095060001343764200ABC"),
    ("raw", "0109506000134352710PZN123\u{1d}80082601011234\u{1d}21S"),
    ("raw", "010950600013435317271231"),
    ("raw", "010950600013435217271331"),
    ("raw", "0109506000134352171231"),
    ("raw", "0109506000134352101234567890123456789012345"),
    ("raw", "05123"),
    ("hri", "(01)09506000134352(17)271200(10)AB-1(21)S/9"),
    ("hri", "(01)09506000134352(99)A+B"),
    ("hri", "(01)09506000134353"),
    ("link", "https://id.gs1.org/01/09506000134352/22/2A/10/AB%2B1/21/S%2F9?17=271231&11=260101"),
    ("link", "https://shop.example/some/path/00/106141412345678908"),
    ("link", "http://example.org/414/9520123456788/254/32a%2Fb"),
    ("link", "https://id.gs1.org/01/09506000134352/21/S/10/L"),
    ("link", "https://id.gs1.org/about"),
];

type Pairs = Option<Vec<(String, String)>>;

fn ours(kind: &str, text: &str) -> Pairs {
    let elements = match kind {
        "link" => DigitalLink::parse(text).ok()?.elements().clone(),
        _ => ElementStrings::parse(text).ok()?,
    };
    let mut pairs: Vec<_> =
        elements.iter().map(|element| (element.ai().to_string(), element.value().to_owned())).collect();
    pairs.sort();
    Some(pairs)
}

fn theirs(python: &std::ffi::OsStr) -> Vec<Pairs> {
    let mut biip = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("THERIAC_PYTHON names a Python");
    let mut input = biip.stdin.take().expect("standard input is a pipe");
    for (kind, text) in CASES {
        writeln!(input, "{kind}\t{}", serde_json::json!(text)).expect("biip reads its input");
    }
    drop(input);
    let output = biip.wait_with_output().expect("biip ends");
    assert!(output.status.success(), "{} must be able to import biip", python.display());
    let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let pairs = lines.lines().map(|line| serde_json::from_str::<Pairs>(line).expect("a list of pairs, or null"));
    pairs
        .map(|found| {
            found.map(|mut pairs| {
                pairs.sort();
                pairs
            })
        })
        .collect()
}

#[test]
fn biip_reads_the_same() {
    let Some(python) = std::env::var_os("THERIAC_PYTHON") else {
        eprintln!("skipped: THERIAC_PYTHON is not set");
        return;
    };
    let theirs = theirs(&python);
    assert_eq!(theirs.len(), CASES.len());
    for ((kind, text), theirs) in CASES.iter().zip(theirs) {
        assert_eq!(ours(kind, text), theirs, "{kind} {text:?}");
    }
}
