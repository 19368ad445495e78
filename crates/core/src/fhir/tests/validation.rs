//! Rules of R4 itself.

use super::formats::data;
use crate::fhir::{Issue, Profile, Resource, Severity, from_xml, validate, validate_as, validate_set};

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

/// The guide has no examples of these.
const WITHOUT_EXAMPLES: [(Profile, &str); 5] = [
    (
        Profile::SampleArrayDeviceMetric,
        r#"{"resourceType":"DeviceMetric","id":"m","meta":{"profile":
        ["http://hl7.org/fhir/uv/pocd/StructureDefinition/SampleArrayDeviceMetric"]},
        "extension":[
            {"url":"http://hl7.org/fhir/uv/pocd/StructureDefinition/device-instance","extension":[{"url":"number",
            "valueUnsignedInt":2},{"url":"label","valueString":"II"}]},
            {"url":"http://hl7.org/fhir/StructureDefinition/measurement-resolution","valueDecimal":0.50},
            {"url":"http://hl7.org/fhir/uv/pocd/StructureDefinition/sweep-speed","valueQuantity":{"value":25,
            "system":"http://unitsofmeasure.org","code":"mm/s"}},
            {"url":"http://hl7.org/fhir/uv/pocd/StructureDefinition/visual-grid","extension":[{"url":"position",
            "valueQuantity":{"value":1}},{"url":"level","valueUnsignedInt":0}]}],
        "type":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"131329"}]},
        "source":{"reference":"Device/m"},"parent":{"reference":"Device/c"},"category":"measurement"}"#,
    ),
    (
        Profile::EnumerationDeviceMetric,
        r#"{"resourceType":"DeviceMetric","id":"m","meta":{"profile":
        ["http://hl7.org/fhir/uv/pocd/StructureDefinition/EnumerationDeviceMetric"]},
        "type":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"147232"}]},
        "source":{"reference":"Device/m"},"parent":{"reference":"Device/c"},"category":"measurement"}"#,
    ),
    (
        Profile::SampleArrayObservation,
        r#"{"resourceType":"Observation","id":"o","meta":{"profile":
        ["http://hl7.org/fhir/uv/pocd/StructureDefinition/SampleArrayObservation"]},
        "status":"final","code":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"131329"}]},
        "subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2026-06-30T09:30:00Z","end":
        "2026-06-30T09:30:04Z"},
        "valueSampledData":{"origin":{"value":0,"system":"http://unitsofmeasure.org","code":"mV"},"period":8,
        "factor":0.005,"dimensions":1,"data":"1 2 3 E"},
        "device":{"reference":"DeviceMetric/m"}}"#,
    ),
    (
        Profile::EnumerationObservation,
        r#"{"resourceType":"Observation","id":"o","meta":{"profile":
        ["http://hl7.org/fhir/uv/pocd/StructureDefinition/EnumerationObservation"]},
        "status":"final","code":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"147232"}]},
        "subject":{"reference":"Device/m"},"effectiveDateTime":"2026-06-30T09:30:00Z","valueString":"asystole",
        "device":{"reference":"DeviceMetric/m"}}"#,
    ),
    (
        Profile::VmdDevice,
        r#"{"resourceType":"Device","id":"v","meta":{"profile":
        ["http://hl7.org/fhir/uv/pocd/StructureDefinition/VmdDevice"]},
        "type":{"coding":[{"system":"urn:iso:std:iso:11073:10101","code":"69710"}]},
        "safety":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/safety-classification","code":"MedB"}]}],
        "parent":{"reference":"Device/m"}}"#,
    ),
];

#[test]
fn profiles_without_examples_have_their_rules() {
    for (profile, text) in WITHOUT_EXAMPLES {
        let resource = Resource::from_json(text.as_bytes()).unwrap();
        assert_eq!(validate_as(&resource, profile), [], "{profile:?}");
        assert!(resource.profiles().any(|url| url == profile.url()), "{profile:?}");
    }
    let cases: [(usize, &str, &str, &str); 16] = [
        (
            0,
            r#""valueUnsignedInt":2"#,
            r#""valueInteger":2"#,
            "error DeviceMetric.extension[0].extension[0].value type",
        ),
        (0, r#""url":"label""#, r#""url":"number""#, "error DeviceMetric.extension[0].extension[1] cardinality"),
        (0, r#""valueDecimal":0.50"#, r#""valueDecimal":"0.50""#, "error DeviceMetric.extension[1].value type"),
        (0, "sweep-speed", "sweep-sped", "error DeviceMetric.extension[2].url extension"),
        (0, r#""url":"position""#, r#""url":"place""#, "error DeviceMetric.extension[3].extension cardinality"),
        (0, "131329", "0131329", "error DeviceMetric.type.coding[0].code MDC code"),
        (0, "131329", "69965", "error DeviceMetric.type.coding[0].code MDC code"),
        (1, r#""category""#, r#""unit":{"text":"x"},"category""#, "error DeviceMetric.unit cardinality"),
        (1, r#""source""#, r#""color":"pink","source""#, "error DeviceMetric.color required binding"),
        (
            2,
            r#""effectivePeriod":{"start":"2026-06-30T09:30:00Z","end":"2026-06-30T09:30:04Z"}"#,
            r#""effectiveInstant":"2026-06-30T09:30:00Z""#,
            "error Observation.effective type",
        ),
        (2, "http://unitsofmeasure.org", "http://example.org", "error Observation.value.origin.system fixed value"),
        (2, "DeviceMetric/m", "Device/m", "error Observation.device.reference reference"),
        (3, r#""valueString":"asystole","#, "", "error Observation pocd-obs-1"),
        (3, r#""valueString":"asystole""#, r#""valueBoolean":true"#, "error Observation.value type"),
        (4, "MedB", "MedX", "error Device.safety[0].coding[0].code code"),
        (4, r#""parent""#, r#""patient":{"reference":"Patient/p"},"parent""#, "error Device.patient cardinality"),
    ];
    for (which, from, to, due) in cases {
        let (profile, text) = WITHOUT_EXAMPLES[which];
        assert!(text.contains(from), "{from}");
        let found = issues(&text.replace(from, to));
        assert!(found.iter().any(|issue| issue == due), "{profile:?} {from} {to}: {found:#?}");
    }
}

#[test]
fn entries_of_a_bundle_are_resources_of_their_own() {
    let text = r##"{"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427","resource":{"resourceType":"Device","status":"x",
        "contained":[{"resourceType":"Location","id":"l"}],"location":{"reference":"#l"}}},
        {"resource":{"resourceType":"Device","id":"b","parent":{"reference":
        "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427"},
        "owner":{"reference":"Organization/o"},"location":{"reference":"#m"}}}]}"##;
    let due = ["error Bundle.entry[0].resource.status required binding", "error Bundle.entry[1].resource ref-1"];
    assert_eq!(issues(text), due);
    let bundle = Resource::from_json(text.as_bytes()).unwrap();
    let found = validate_set(&[bundle.clone(), bundle], |_| false);
    let second: Vec<&str> =
        found.iter().filter(|found| found.resource == 1).map(|found| found.issue.path.as_str()).collect();
    let due =
        ["Bundle.entry[0].resource.status", "Bundle.entry[1].resource", "Bundle.entry[1].resource.owner.reference"];
    assert_eq!(second, due);
    let device = Resource::from_json(br#"{"resourceType":"Device","id":"a"}"#).unwrap();
    let twice = validate_set(&[device.clone(), device], |_| true);
    assert_eq!(twice.len(), 1);
    assert_eq!((twice[0].resource, twice[0].issue.rule), (1, "identity"));
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
