//! Rules of R4 itself.

use super::formats::data;
use crate::fhir::{Issue, Profile, Resource, Severity, from_xml, validate, validate_as};

#[test]
fn examples_are_valid_as_intended() {
    // Each of these has the one fault that two public validators find, too; that of a third is a code of SNOMED.
    let faulty = [
        ("devicemetric-example.json", "DeviceMetric.parent.reference"),
        ("medicationrequest0301.json", "MedicationRequest.dispenseRequest.performer.reference"),
    ];
    for (name, text) in data("fhir") {
        let issues = validate(&Resource::from_json(&text).unwrap());
        let found: Vec<&str> = issues.iter().map(|issue| issue.path.as_str()).collect();
        let due: Vec<&str> = faulty.iter().filter(|(faulty, _)| *faulty == name).map(|(_, path)| *path).collect();
        assert_eq!(found, due, "{name}: {issues:#?}");
    }
    for (name, text) in data("pocd/examples") {
        assert_eq!(validate(&from_xml(&text).unwrap()), [], "{name}");
    }
}

fn issues(text: &str) -> Vec<String> {
    let told = |issue: Issue| format!("{} {} {}", issue.severity, issue.path, issue.rule);
    validate(&Resource::from_json(text.as_bytes()).unwrap()).into_iter().map(told).collect()
}

#[test]
fn rules_of_the_standard_are_named() {
    let cases: &[(&str, &[&str])] = &[
        (r#"{"resourceType":"Device","id":"a b"}"#, &["error Device.id type"]),
        (r#"{"resourceType":"Nothing","id":"a_b"}"#, &["warning Nothing known types", "error Nothing.id type"]),
        (
            r#"{"resourceType":"DeviceMetric"}"#,
            &["error DeviceMetric.type cardinality", "error DeviceMetric.category cardinality"],
        ),
        (r#"{"resourceType":"Device","extension":[{"url":"http://e.org/a"}]}"#, &["error Device.extension[0] ext-1"]),
        (
            r#"{"resourceType":"Device","extension":[{"url":"http://e.org/a","valueString":"a",
                "extension":[{"url":"b","valueString":"c"}]}]}"#,
            &["error Device.extension[0] ext-1"],
        ),
        (r#"{"resourceType":"Device","note":[{}]}"#, &["error Device.note[0] ele-1"]),
        (r#"{"resourceType":"Device","manufactureDate":"2026-02-30"}"#, &["error Device.manufactureDate type"]),
        (r#"{"resourceType":"Device","manufactureDate":"2026-02-03T10:00"}"#, &["error Device.manufactureDate type"]),
        (r#"{"resourceType":"Device","manufactureDate":"2026-02-03T10:00:00.5-05:00"}"#, &[]),
        (r#"{"resourceType":"Device","url":"a b"}"#, &["error Device.url type"]),
        (
            r#"{"resourceType":"Device","udiCarrier":[{"carrierAIDC":"abc"}]}"#,
            &["error Device.udiCarrier[0].carrierAIDC type"],
        ),
        (
            r#"{"resourceType":"Device","parent":{"reference":"Patient/a"}}"#,
            &["error Device.parent.reference reference"],
        ),
        (r#"{"resourceType":"Device","parent":{"reference":"nowhere"}}"#, &["error Device.parent.reference reference"]),
        (r#"{"resourceType":"Device","parent":{"reference":"http://e.org/fhir/Device/1/_history/2"}}"#, &[]),
        (r#"{"resourceType":"Device","parent":{"reference":"urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"}}"#, &[]),
        (r##"{"resourceType":"Device","parent":{"reference":"#a"}}"##, &["error Device ref-1"]),
        (
            r##"{"resourceType":"Device","contained":[{"resourceType":"Device","id":"a","meta":{"versionId":"1"}}],
                "parent":{"reference":"#a"}}"##,
            &["error Device.contained[0] dom-4"],
        ),
        (
            r#"{"resourceType":"Device","contained":[{"resourceType":"Device","id":"a"}]}"#,
            &["error Device.contained[0] dom-3"],
        ),
        (
            r#"{"resourceType":"Device","property":[{"type":{"text":"a"},"valueQuantity":[{"code":"h"}]}]}"#,
            &["error Device.property[0].valueQuantity[0] qty-3"],
        ),
        (
            r#"{"resourceType":"Flag","status":"active","code":{"text":"a"},"subject":{"display":"b"},
                "period":{"start":"2026-02-03T10:00:00Z","end":"2026-02-03T10:30:00+01:00"}}"#,
            &["error Flag.period per-1"],
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"x",
                "dataAbsentReason":{"text":"y"}}"#,
            &["error Observation.dataAbsentReason obs-6"],
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"x","valueInteger":1}"#,
            &["error Observation.value type"],
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueInteger":1.0}"#,
            &["error Observation.value type"],
        ),
        (
            r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org",
                "code":"8867-5"}]}}"#,
            &["error Observation.code.coding[0].code LOINC code"],
        ),
        (
            r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"b"}]}]}"#,
            &["error Patient.name[0].given[1] ele-1"],
        ),
        (r#"{"resourceType":"Patient","name":[{"given":["a",null]}]}"#, &["error Patient.name[0].given[1] type"]),
        (r#"{"resourceType":"Patient","birthDate":null}"#, &["error Patient.birthDate type"]),
        (r#"{"resourceType":"Patient","contact":[{"gender":"male"}]}"#, &["error Patient.contact[0] pat-1"]),
        (
            r#"{"resourceType":"Patient","text":{"status":"generated","div":"<p>a</p>"}}"#,
            &["error Patient.text.div type"],
        ),
    ];
    for (text, due) in cases {
        assert_eq!(issues(text), *due, "{text}");
    }
}

#[test]
fn a_profile_is_for_one_type() {
    let flag = Resource::from_json(
        br#"{"resourceType":"Flag","status":"active","code":{"text":"a"},"subject":{"display":"b"}}"#,
    )
    .unwrap();
    let issues = validate_as(&flag, Profile::MdsDevice);
    assert_eq!(issues.len(), 1);
    assert_eq!(
        (issues[0].severity, issues[0].rule, issues[0].path.as_str()),
        (Severity::Error, "profile", "Flag.meta.profile")
    );
    for profile in Profile::ALL {
        assert_eq!(Profile::of_url(&format!("{}|1.0.0", profile.url())), Some(profile));
    }
}
