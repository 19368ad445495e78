//! Typed resources, the state of a device, R5, and what we emit.

use alloy_primitives::B256;
use proptest::prelude::*;

use super::formats::data;
use crate::fhir::emit::{AuditAction, VitalSign, audit_event, provenance, safety_flag};
use crate::fhir::model::{
    AuditEvent, Device, DeviceDefinition, DeviceMetric, Flag, Location, Observation, Patient, Practitioner, Provenance,
    Typed, Value,
};
use crate::fhir::{
    Decimal, DeviceStatus, FhirError, Json, MdsState, Object, OperatingMode, PatientLink, Profile, Resource,
    STATUS_REASON, StateError, StatusReason, from_r5, from_xml, to_r5, to_xml, validate, validate_as,
};

fn documents() -> Vec<(String, Resource)> {
    let examples = data("pocd/examples").into_iter().map(|(name, text)| (name, from_xml(&text).unwrap()));
    let others = data("fhir").into_iter().map(|(name, text)| (name, Resource::from_json(&text).unwrap()));
    examples.chain(others).collect()
}

fn through<T: Typed>(resource: &Resource) -> Resource {
    T::from_resource(resource.clone()).unwrap().into_resource()
}

#[test]
fn typed_resources_lose_nothing() {
    for (name, resource) in documents() {
        let again = match resource.resource_type() {
            "Device" => through::<Device>(&resource),
            "DeviceDefinition" => through::<DeviceDefinition>(&resource),
            "DeviceMetric" => through::<DeviceMetric>(&resource),
            "Observation" => through::<Observation>(&resource),
            "Patient" => through::<Patient>(&resource),
            "Practitioner" => through::<Practitioner>(&resource),
            "Location" => through::<Location>(&resource),
            "Provenance" => through::<Provenance>(&resource),
            "AuditEvent" => through::<AuditEvent>(&resource),
            "Flag" => through::<Flag>(&resource),
            _ => continue,
        };
        assert_eq!(again.canonical(), resource.canonical(), "{name}");
    }
}

#[test]
fn what_a_type_does_not_know_stays() {
    let text = r#"{"resourceType":"Observation","future":{"a":[1.50]},"_status":{"id":"s"},"status":"final",
        "valueTiming":{"event":["2026"]},"component":[{"valueQuantity":{"value":1.0,"x":null}}],"performer":[null]}"#;
    let resource = Resource::from_json(text.as_bytes()).unwrap();
    let observation = Observation::from_resource(resource.clone()).unwrap();
    assert_eq!(observation.status.as_deref(), Some("final"));
    assert!(matches!(&observation.value, Value::Other { kind, .. } if kind == "Timing"));
    assert_eq!(observation.other.len(), 3);
    assert_eq!(observation.into_resource().canonical(), resource.canonical());

    let wrong = Resource::from_json(br#"{"resourceType":"Device","note":[{"text":1}]}"#).unwrap();
    let due = FhirError::Shape { path: "Device.note[0].text".to_owned(), expected: "a string", found: "a number" };
    assert_eq!(Device::from_resource(wrong.clone()), Err(due));
    assert_eq!(
        Flag::from_resource(wrong).unwrap_err().to_string(),
        "this is a `Device`, not a `Flag`: choose the file of the `Flag`"
    );
}

fn monitor() -> Resource {
    let extension = |url: &str, value: &str| format!(r#"{{"url":"{url}",{value}}}"#);
    let guide = "http://hl7.org/fhir/uv/pocd/StructureDefinition/";
    let extensions = [
        extension("http://example.org/own", r#""valueDecimal":1.50"#),
        extension(&format!("{guide}operator"), r#""valueReference":{"reference":"Practitioner/a","display":"Dr. A"}"#),
        extension(&format!("{guide}operating-hours"), r#""valueUnsignedInt":8760"#),
        extension(&format!("{guide}operating-mode"), r#""valueCode":"Dmo""#),
    ];
    let text = format!(
        r#"{{"resourceType":"Device","id":"m","extension":[{}],
            "identifier":[{{"system":"urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680","value":"0123456789abcdef"}}],
        "status":"active","statusReason":[{{"text":"own words"}},
        {{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/device-status-reason",
        "code":"online","display":"Online"}}]}}],
        "type":{{"coding":[{{"system":"urn:iso:std:iso:11073:10101","code":"69965"}}]}},
        "patient":{{"reference":"Patient/p","display":"P"}},"location":{{"reference":"Location/l"}}}}"#,
        extensions.join(",")
    );
    Resource::from_json(text.as_bytes()).unwrap()
}

#[test]
fn a_state_is_read_as_it_stands() {
    let state = MdsState::read(&monitor()).unwrap();
    let due = MdsState {
        status: Some(DeviceStatus::Active),
        status_reasons: vec![StatusReason::Online],
        mode: Some(OperatingMode::Demonstration),
        hours: Some(8760),
        cycles: None,
        patient: Some(PatientLink::Reference("Patient/p".to_owned())),
        operator: Some("Practitioner/a".to_owned()),
        location: Some("Location/l".to_owned()),
    };
    assert_eq!(state, due);
    assert_eq!(state.write(&monitor()).unwrap(), monitor(), "its own state changes nothing, not even the display");
    assert_eq!(validate_as(&monitor(), Profile::MdsDevice), []);
}

#[test]
fn a_state_that_no_document_has_is_refused() {
    let change = |from: &str, to: &str| {
        let text = String::from_utf8(monitor().canonical()).unwrap();
        assert!(text.contains(from), "{from}");
        MdsState::read(&Resource::from_json(text.replace(from, to).as_bytes()).unwrap()).unwrap_err().to_string()
    };
    assert_eq!(
        change("\"Dmo\"", "\"Off\""),
        "`Device.extension[3].value`: this is no code of the standard: correct it"
    );
    assert_eq!(
        change("8760", "-1"),
        "`Device.extension[2].value`: a whole number from 0 to 2,147,483,647 is due: correct it"
    );
    assert!(change("operating-hours", "operating-mode").contains("`Device.extension[3]`: a second"));
    assert!(change("\"reference\":\"Location/l\"", "\"display\":\"l\"").starts_with("`Device.location`"));
    assert!(change("\"active\"", "\"broken\"").starts_with("`Device.status`"));
    let hours = MdsState { hours: Some(u32::MAX), ..MdsState::default() };
    assert!(matches!(hours.write(&monitor()), Err(StateError::TooMany { .. })));
    let flag = Resource::from_json(br#"{"resourceType":"Flag"}"#).unwrap();
    assert_eq!(MdsState::read(&flag), Err(StateError::NotADevice("Flag".to_owned())));
}

fn any_state() -> impl Strategy<Value = MdsState> {
    let patient = prop_oneof![
        "Patient/[a-z]{1,8}".prop_map(PatientLink::Reference),
        (proptest::option::of("http://[a-z]{1,8}"), "[0-9]{1,8}")
            .prop_map(|(system, value)| PatientLink::Identifier { system, value }),
        any::<[u8; 32]>().prop_map(|bytes| PatientLink::Commitment(B256::new(bytes))),
    ];
    let references = (proptest::option::of("Practitioner/[a-z]{1,8}"), proptest::option::of("Location/[a-z]{1,8}"));
    (
        proptest::option::of(prop::sample::select(DeviceStatus::ALL)),
        prop::sample::subsequence(StatusReason::ALL, 0..=StatusReason::ALL.len()),
        proptest::option::of(prop::sample::select(OperatingMode::ALL)),
        proptest::option::of(0..=2_147_483_647u32),
        proptest::option::of(0..=2_147_483_647u32),
        proptest::option::of(patient),
        references,
    )
        .prop_map(|(status, status_reasons, mode, hours, cycles, patient, (operator, location))| MdsState {
            status,
            status_reasons,
            mode,
            hours,
            cycles,
            patient,
            operator,
            location,
        })
}

/// What is not state, to compare before and after.
fn rest(resource: &Resource) -> Vec<(String, Json)> {
    let state = ["status", "patient", "location", "extension", "statusReason"];
    let own = "\"valueDecimal\":1.50";
    assert!(String::from_utf8(resource.canonical()).unwrap().contains(own), "the foreign extension stays");
    let fields = resource.fields().iter().filter(|(name, _)| !state.contains(name));
    fields.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// Reasons in words or other codes.
fn foreign_reasons(resource: &Resource) -> Vec<Json> {
    let codings = |concept: &Json| concept.as_object().unwrap().list("coding").to_vec();
    let ours = |coding: &Json| coding.as_object().unwrap().text("system") == Some(STATUS_REASON);
    let all = resource.fields().list("statusReason").iter();
    all.filter(|concept| !codings(concept).iter().any(ours)).cloned().collect()
}

fn with_reasons(reasons: &str) -> Resource {
    let coding = |code: &str| format!(r#"{{"system":"{STATUS_REASON}","code":"{code}"}}"#);
    let mut text = format!(r#"{{"resourceType":"Device","statusReason":[{reasons}]}}"#);
    for code in StatusReason::ALL.iter().map(|reason| reason.code()) {
        text = text.replace(&format!("<{code}>"), &coding(code));
    }
    Resource::from_json(text.as_bytes()).unwrap()
}

#[test]
fn a_status_has_several_reasons() {
    use StatusReason::{NotReady, Off, Offline, Online, Standby};
    let foreign = r#"{"coding":[{"system":"http://example.org","code":"off"}]},{"text":"own words"}"#;
    let before = with_reasons(&format!(
        r#"{{"coding":[<off>],"text":"at night"}},{foreign},{{"coding":[{{"code":"x"}},<standby>]}},{{"coding":[<off>]}}"#
    ));
    let state = MdsState::read(&before).unwrap();
    assert_eq!(state.status_reasons, [Standby, Off], "each once, in the order of the standard");

    let write = |reasons: &[StatusReason]| {
        let written = MdsState { status_reasons: reasons.to_vec(), ..state.clone() }.write(&before).unwrap();
        assert_eq!(MdsState::read(&written).unwrap().status_reasons, StatusReason::in_order(reasons));
        written
    };
    // The one that stays keeps its words, in its place, and so do those of others; new ones come last.
    let due = format!(
        r#"{{"coding":[<off>],"text":"at night"}},{foreign},{{"coding":[<off>]}},{{"coding":[<online>]}},{{"coding":[<offline>]}}"#
    );
    assert_eq!(write(&[Offline, Off, Online]), with_reasons(&due));
    assert_eq!(write(&[]), with_reasons(foreign));
    assert_eq!(write(&[Off, Standby]), before, "in another order they are the same");
    assert_eq!(write(&[Off, Standby, NotReady, Off]).fields().list("statusReason").len(), 6, "nothing comes twice");
    let alone = with_reasons(r#"{"coding":[<off>]}"#);
    let none = MdsState { status_reasons: Vec::new(), ..MdsState::read(&alone).unwrap() }.write(&alone).unwrap();
    assert!(none.fields().get("statusReason").is_none(), "R4 has no empty lists");
}

proptest! {
    #[test]
    fn a_state_goes_in_and_comes_out(first in any_state(), second in any_state()) {
        let document = first.write(&monitor()).unwrap();
        prop_assert_eq!(&MdsState::read(&document).unwrap(), &first);
        prop_assert_eq!(validate_as(&document, Profile::MdsDevice), []);
        let again = second.write(&document).unwrap();
        prop_assert_eq!(&MdsState::read(&again).unwrap(), &second);
        prop_assert_eq!(rest(&again), rest(&monitor()));
        prop_assert_eq!(foreign_reasons(&again), foreign_reasons(&monitor()));
        let there = to_r5(&again).unwrap();
        prop_assert_eq!(&MdsState::read(&from_r5(&there).unwrap()).unwrap(), &second);
    }

    #[test]
    fn a_device_of_r4_comes_back_from_r5(device in any_r4()) {
        let there = to_r5(&device).unwrap();
        let back = from_r5(&there).unwrap();
        prop_assert_eq!(String::from_utf8(back.canonical()).unwrap(), String::from_utf8(device.canonical()).unwrap());
    }

    #[test]
    fn a_device_of_r5_comes_back_from_r4(device in any_r5()) {
        let there = from_r5(&device).unwrap();
        let issues = validate(&there);
        prop_assert!(issues.iter().all(|issue| issue.rule != "elements of R4"), "{:?}", issues);
        let back = to_r5(&there).unwrap();
        prop_assert_eq!(String::from_utf8(back.canonical()).unwrap(), String::from_utf8(device.canonical()).unwrap());
    }
}

/// A Device with some of these properties.
fn some_of(properties: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = Resource> {
    prop::collection::vec(any::<bool>(), properties.len()).prop_map(|chosen| {
        let mut fields = Object::from([("resourceType", Json::from("Device"))]);
        for ((name, value), _) in properties.iter().zip(chosen).filter(|(_, chosen)| *chosen) {
            fields.set(name, Json::parse(value.as_bytes()).unwrap());
        }
        Resource::new(fields).unwrap()
    })
}

fn any_r4() -> impl Strategy<Value = Resource> {
    some_of(&[
        ("id", r#""a""#),
        (
            "modifierExtension",
            r#"[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.mode","valueString":"x"}]"#,
        ),
        (
            "extension",
            r#"[{"url":"http://example.org/a","valueDecimal":1.50},{"url":"http://example.org/b","valueCode":"x"},
            {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.mode","valueString":"other type"},
            {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.cycle"},
            {"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.gateway","extension":[]}]"#,
        ),
        ("definition", r#"{"reference":"DeviceDefinition/d"}"#),
        ("udiCarrier", r#"[{"deviceIdentifier":"1","entryType":"rfid"},{"issuer":"http://example.org"}]"#),
        ("status", r#""unknown""#),
        ("_status", r#"{"id":"s"}"#),
        ("statusReason", r#"[{"text":"a"},{"coding":[{"code":"off"}]}]"#),
        ("distinctIdentifier", r#""di""#),
        ("_distinctIdentifier", r#"{"id":"i"}"#),
        (
            "deviceName",
            r#"[{"name":"a","_name":{"id":"n"},"type":"model-name"},{"name":"b","type":"udi-label-name"},{"name":"c",
                "type":"user-friendly-name"}]"#,
        ),
        ("type", r#"{"text":"t"}"#),
        ("specialization", r#"[{"systemType":{"text":"s"},"version":"1"}]"#),
        ("version", r#"[{"value":"1"}]"#),
        (
            "property",
            r#"[{"type":{"text":"a"},"valueQuantity":[{"value":1.0}]},{"type":{"text":"b"},
                "valueCode":[{"text":"x"}]},{"type":{"text":"c"},"valueQuantity":[{"value":1},{"value":2}],
                "valueCode":[{"text":"y"}]},{"type":{"text":"d"}}]"#,
        ),
        ("patient", r#"{"reference":"Patient/p"}"#),
        ("note", r#"[{"text":"n"}]"#),
        ("parent", r#"{"reference":"Device/b"}"#),
    ])
}

fn any_r5() -> impl Strategy<Value = Resource> {
    some_of(&[
        ("id", r#""a""#),
        ("extension", r#"[{"url":"http://example.org/a","valueDecimal":1.50}]"#),
        ("displayName", r#""shown""#),
        ("_displayName", r#"{"id":"d"}"#),
        ("definition", r#"{"concept":{"text":"c"},"reference":{"reference":"DeviceDefinition/d"}}"#),
        (
            "udiCarrier",
            r#"[{"deviceIdentifier":"1","issuer":"http://example.org","entryType":"electronic-transmission"}]"#,
        ),
        ("status", r#""active""#),
        ("availabilityStatus", r#"{"text":"lost"}"#),
        ("biologicalSourceEvent", r#"{"value":"b"}"#),
        (
            "name",
            r#"[{"value":"a","type":"registered-name","display":true},{"value":"b","type":"patient-reported-name"}]"#,
        ),
        ("category", r#"[{"text":"a"},{"text":"b"}]"#),
        ("type", r#"[{"text":"a"},{"text":"b"},{"text":"c"}]"#),
        ("version", r#"[{"value":"1","installDate":"2026"}]"#),
        ("conformsTo", r#"[{"specification":{"text":"s"},"category":{"text":"c"},"version":"1"}]"#),
        (
            "property",
            r#"[{"type":{"text":"a"},"valueQuantity":{"value":1.0}},{"type":{"text":"b"},
                "valueCodeableConcept":{"text":"x"}},{"type":{"text":"c"},"valueString":"s"},{"type":{"text":"d"},
                "valueRange":{"low":{"value":1}}}]"#,
        ),
        ("mode", r#"{"text":"m"}"#),
        ("cycle", r#"{"value":156,"unit":"1","system":"http://unitsofmeasure.org","code":"1"}"#),
        ("duration", r#"{"value":8760,"unit":"h","system":"http://unitsofmeasure.org","code":"h"}"#),
        ("endpoint", r#"[{"reference":"Endpoint/e"}]"#),
        (
            "gateway",
            r#"[{"reference":{"reference":"Device/g"}},{"concept":{"text":"g"},
            "id":"i","extension":[{"url":"http://example.org/e","valueCode":"c"}]}]"#,
        ),
    ])
}

#[test]
fn r5_has_what_hl7_maps_and_keeps_the_rest() {
    let there = to_r5(&monitor()).unwrap();
    let text = String::from_utf8(there.canonical()).unwrap();
    assert!(text.contains(r#""type":[{"coding""#), "{text}");
    assert!(text.contains(
        r#"{"url":"http://hl7.org/fhir/4.0/StructureDefinition/extension-Device.patient","valueReference":{"#
    ));
    assert!(there.fields().get("patient").is_none() && there.fields().get("statusReason").is_none());
    for (name, device) in documents().into_iter().filter(|(_, one)| one.resource_type() == "Device") {
        assert_eq!(from_r5(&to_r5(&device).unwrap()).unwrap().canonical(), device.canonical(), "{name}");
    }
    let unknown = Resource::from_json(br#"{"resourceType":"Device","nonsense":1}"#).unwrap();
    assert_eq!(to_r5(&unknown), Err(FhirError::UnknownElement { path: "Device.nonsense".to_owned() }));
    let shape = Resource::from_json(br#"{"resourceType":"Device","type":[{}]}"#).unwrap();
    assert!(matches!(to_r5(&shape), Err(FhirError::Shape { .. })));
}

fn number(text: &str) -> Decimal {
    Decimal::new(text).unwrap()
}

#[test]
fn what_we_emit_is_valid_and_goes_through_xml() {
    let plain = VitalSign {
        id: Some("v".to_owned()),
        patient: "Patient/p".to_owned(),
        at: "2026-06-30T09:30:00+02:00".to_owned(),
        metric: None,
    };
    let measured = VitalSign { metric: Some("DeviceMetric/m".to_owned()), ..plain.clone() };
    let at = "2026-06-30T09:30:00Z";
    let emitted = [
        plain.heart_rate(number("72")).into_resource(),
        plain.respiratory_rate(number("14.5")).into_resource(),
        plain.blood_pressure(number("120"), number("80")).into_resource(),
        measured.heart_rate(number("72")).into_resource(),
        measured.respiratory_rate(number("14.50")).into_resource(),
        measured.blood_pressure(number("120"), number("80")).into_resource(),
        safety_flag("Location/l", Some("Device/m"), "Battery is recalled", "2026-06-30", Some("Organization/o"))
            .into_resource(),
        provenance("Device/m/_history/2", "Practitioner/a", at, &["Device/m/_history/1"]).into_resource(),
        audit_event(AuditAction::Read, "Practitioner/a", "Patient/p", "Device/g", at, None).into_resource(),
        audit_event(AuditAction::Read, "Practitioner/b", "Patient/p", "Device/g", at, Some("no consent"))
            .into_resource(),
    ];
    for resource in emitted {
        assert_eq!(validate(&resource), [], "{resource:?}");
        let again = from_xml(to_xml(&resource).unwrap().as_bytes()).unwrap();
        assert_eq!(again.canonical(), resource.canonical());
    }
}

#[test]
fn faulty_vital_signs_are_named() {
    let plain =
        VitalSign { id: None, patient: "Patient/p".to_owned(), at: "2026-06-30T09:30:00Z".to_owned(), metric: None };
    let rules = |observation: Observation| -> Vec<String> {
        validate(&observation.into_resource())
            .into_iter()
            .map(|issue| format!("{} {}", issue.path, issue.rule))
            .collect()
    };
    let mut rate = plain.heart_rate(number("72"));
    rate.value = Value::None;
    assert_eq!(rules(rate), ["Observation vs-2"]);
    let mut rate = plain.heart_rate(number("72"));
    rate.category.clear();
    assert_eq!(rules(rate), ["Observation.category vital signs", "Observation.category cardinality"]);
    let rate = VitalSign { at: "2026-06".to_owned(), ..plain.clone() }.heart_rate(number("72"));
    assert_eq!(rules(rate), ["Observation.effective vs-1"]);
    let mut pressure = plain.blood_pressure(number("120"), number("80"));
    pressure.component.pop();
    assert_eq!(rules(pressure), ["Observation.component cardinality", "Observation.component vital signs"]);
}
