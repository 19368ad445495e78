//! What the program prints where no chain is needed: the cases are the files of `cmd/`.

#[test]
fn commands_print_what_the_cases_say() {
    let cases = trycmd::TestCases::new();
    cases.env("THERIAC_PRIVATE_KEY", "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    cases.env("THERIAC_ANVIL", "none/anvil");
    cases.env("COLUMNS", "110");
    cases.case("tests/cmd/*.trycmd");
}

/// In JSON, which has backslashes before quotes: the cases take those for separators of paths.
#[test]
fn findings_in_a_file_of_events_are_told_in_json() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_theriac"))
        .args(["--json", "epcis", "validate", "tests/cmd/epcis.in/wrong.json"])
        .output()
        .expect("the program runs");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((output.status.code(), &told["valid"]), (Some(1), &serde_json::json!(false)));
    let findings = told["findings"].as_array().expect("a list");
    let lines: Vec<_> = findings.iter().map(|finding| (finding["line"].as_u64(), finding["path"].as_str())).collect();
    let expected = [
        (Some(8), Some("/epcisBody/eventList/0")),
        (Some(23), Some("/epcisBody/eventList/1/bizStep")),
        (Some(24), Some("/epcisBody/eventList/1/colour")),
    ];
    assert_eq!(lines, expected);
    assert_eq!(findings[0]["schemaPath"], "/definitions/event/required");
    assert_eq!(findings[0]["problem"], "the field \"eventTimeZoneOffset\" is missing");
}
