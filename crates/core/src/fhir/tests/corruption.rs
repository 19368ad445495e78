//! Every single corruption of the guide's examples is reported, at its FHIRPath, unless the element is free.

use std::collections::BTreeSet;

use super::formats::data;
use crate::fhir::{Issue, Json, Object, Resource, Severity, from_xml, validate_set};

/// References of the examples to resources that the guide does not publish.
const ELSEWHERE: [&str; 3] =
    ["DeviceMetric/ECGSampleArrayDeviceMetric", "Device/ECGVmdDevice", "Device/NBPChannelDevice"];

/// What the profiles let be absent, as paths without places in lists.
const MAY_BE_ABSENT: &[&str] = &[
    "Device.deviceName",
    "Device.extension",
    "Device.extension.extension.value.coding.display",
    "Device.id",
    "Device.identifier",
    "Device.location",
    "Device.manufacturer",
    "Device.meta",
    "Device.modelNumber",
    "Device.partNumber",
    "Device.patient",
    "Device.serialNumber",
    "Device.status",
    "Device.type.coding.display",
    "Device.type.text",
    "Device.udiCarrier",
    "Device.udiCarrier.carrierHRF",
    "Device.udiCarrier.deviceIdentifier",
    "DeviceMetric.color",
    "DeviceMetric.extension",
    "DeviceMetric.extension.extension.value.coding.display",
    "DeviceMetric.extension.extension.value.unit",
    "DeviceMetric.extension.extension.value.value",
    "DeviceMetric.measurementPeriod",
    "DeviceMetric.measurementPeriod.repeat.frequency",
    "DeviceMetric.measurementPeriod.repeat.period",
    "DeviceMetric.operationalStatus",
    "DeviceMetric.type.coding.display",
    "DeviceMetric.type.text",
    "DeviceMetric.unit",
    "DeviceMetric.unit.coding.display",
    "DeviceMetric.unit.text",
    "Location.mode",
    "Location.name",
    "Location.physicalType",
    "Location.physicalType.coding.code",
    "Location.physicalType.coding.display",
    "Location.physicalType.coding.system",
    "Location.type",
    "Location.type.coding.code",
    "Location.type.coding.display",
    "Location.type.coding.system",
    "Observation.category.coding.display",
    "Observation.code.coding.display",
    "Observation.component.code.coding.display",
    "Observation.component.value.unit",
    "Observation.id",
    "Observation.meta",
    "Patient.active",
    "Patient.birthDate",
    "Patient.gender",
    "Patient.identifier",
    "Patient.identifier.type",
    "Patient.identifier.type.coding.code",
    "Patient.identifier.type.coding.system",
    "Patient.identifier.value",
    "Patient.name",
    "Patient.name.family",
    "Patient.name.given",
    "Patient.name.use",
    "Practitioner.active",
    "Practitioner.name",
    "Practitioner.name.family",
    "Practitioner.name.given",
    "Practitioner.name.prefix",
];

/// Text that the profiles leave to the author.
const FREE_TEXT: &[&str] = &[
    "Device.deviceName.name",
    "Device.extension.extension.value.coding.display",
    "Device.id",
    "Device.manufacturer",
    "Device.modelNumber",
    "Device.partNumber",
    "Device.serialNumber",
    "Device.type.text",
    "Device.udiCarrier.carrierHRF",
    "DeviceMetric.extension.extension.value.coding.display",
    "DeviceMetric.extension.extension.value.unit",
    "DeviceMetric.type.text",
    "DeviceMetric.unit.text",
    "Location.name",
    "Location.physicalType.coding.code",
    "Location.physicalType.coding.display",
    "Location.physicalType.coding.system",
    "Location.type.coding.code",
    "Location.type.coding.display",
    "Location.type.coding.system",
    "Observation.category.coding.display",
    "Observation.code.coding.display",
    "Observation.component.code.coding.display",
    "Observation.component.value.unit",
    "Observation.id",
    "Observation.value.unit",
    "Patient.identifier.type.coding.code",
    "Patient.identifier.type.coding.system",
    "Patient.identifier.value",
    "Patient.name.family",
    "Patient.name.given",
    "Practitioner.name.family",
    "Practitioner.name.given",
    "Practitioner.name.prefix",
];

/// A step down: a property or a place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Property(String),
    Place(usize),
}

fn examples() -> Vec<(String, Resource)> {
    data("pocd/examples").into_iter().map(|(name, text)| (name, from_xml(&text).unwrap())).collect()
}

/// Every place below a value, with the value itself.
fn places(value: &Json, here: Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let below: Vec<(Step, &Json)> = match value {
        Json::Object(fields) => fields.iter().map(|(name, one)| (Step::Property(name.to_owned()), one)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(place, one)| (Step::Place(place), one)).collect(),
        _ => Vec::new(),
    };
    for (step, one) in below {
        if step == Step::Property("resourceType".to_owned()) {
            continue;
        }
        let there = [here.as_slice(), &[step]].concat();
        found.push(there.clone());
        places(one, there, found);
    }
}

fn at<'a>(value: &'a mut Json, steps: &[Step]) -> &'a mut Json {
    let Some((first, rest)) = steps.split_first() else { return value };
    let next = match (value, first) {
        (Json::Object(fields), Step::Property(name)) => fields.get_mut(name).unwrap(),
        (Json::Array(items), Step::Place(place)) => &mut items[*place],
        _ => unreachable!("places come from the document"),
    };
    at(next, rest)
}

/// The FHIRPath of a place, with or without places in lists.
fn fhir_path(of: &str, steps: &[Step], indexed: bool) -> String {
    let mut path = of.to_owned();
    for step in steps {
        match step {
            Step::Property(name) => {
                let choice = ["value", "effective"].into_iter().find(|choice| {
                    name.strip_prefix(choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
                });
                path.push('.');
                path.push_str(choice.unwrap_or(name));
            }
            Step::Place(place) if indexed => path.push_str(&format!("[{place}]")),
            Step::Place(_) => {}
        }
    }
    path
}

/// What is reported of one example when another document stands in its place.
fn issues(examples: &[(String, Resource)], which: usize, document: Json) -> Vec<Issue> {
    let Json::Object(fields) = document else { unreachable!("an example is an object") };
    let mut all: Vec<Resource> = examples.iter().map(|(_, resource)| resource.clone()).collect();
    all[which] = Resource::new(fields).unwrap();
    let elsewhere = |reference: &str| ELSEWHERE.contains(&reference);
    let findings = validate_set(&all, elsewhere).into_iter();
    // What breaks elsewhere, because the corrupted document is no longer what others refer to, counts as found, too.
    findings.map(|finding| finding.issue).collect()
}

/// Runs a corruption at every place of every example: it gives the new document, or nothing where it does not apply.
fn each(mut corrupt: impl FnMut(&Json, &[Step]) -> Option<Json>, mut look: impl FnMut(&str, &[Step], &[Issue])) {
    let examples = examples();
    for (which, (_, resource)) in examples.iter().enumerate() {
        let whole = Json::Object(resource.fields().clone());
        let mut all = Vec::new();
        places(&whole, Vec::new(), &mut all);
        for steps in all {
            if let Some(document) = corrupt(&whole, &steps) {
                look(resource.resource_type(), &steps, &issues(&examples, which, document));
            }
        }
    }
}

fn replaced(whole: &Json, steps: &[Step], change: impl FnOnce(&Json) -> Option<Json>) -> Option<Json> {
    let mut document = whole.clone();
    let place = at(&mut document, steps);
    *place = change(place)?;
    Some(document)
}

fn has_error_at(issues: &[Issue], path: &str) -> bool {
    issues.iter().any(|issue| issue.severity == Severity::Error && issue.path == path)
}

#[test]
fn the_set_of_examples_has_no_issue() {
    let all: Vec<Resource> = examples().into_iter().map(|(_, resource)| resource).collect();
    let known = |reference: &str| ELSEWHERE.contains(&reference);
    assert_eq!(validate_set(&all, known), []);
    let dangling: BTreeSet<String> = validate_set(&all, |_| false).into_iter().map(|found| found.issue.path).collect();
    let due = if all.is_empty() {
        vec![]
    } else {
        vec![
            "Device.parent.reference",
            "DeviceMetric.extension[0].extension[1].value.reference",
            "DeviceMetric.parent.reference",
        ]
    };
    assert_eq!(dangling.into_iter().collect::<Vec<_>>(), due);
}

#[test]
fn a_value_of_another_type_is_an_error() {
    let wrong = |value: &Json| {
        Some(match value {
            Json::String(_) => Json::Bool(true),
            Json::Number(number) => Json::from(number.as_str()),
            Json::Bool(_) => Json::from("true"),
            Json::Object(_) => Json::from("text"),
            Json::Array(items) => items[0].clone(),
            Json::Null => return None,
        })
    };
    each(
        |whole, steps| replaced(whole, steps, wrong),
        |of, steps, issues| {
            let path = fhir_path(of, steps, true);
            assert!(has_error_at(issues, &path), "{path}: {issues:#?}");
        },
    );
}

#[test]
fn an_empty_value_is_an_error() {
    let empty = |value: &Json| match value {
        Json::String(_) => Some(Json::from("")),
        Json::Object(_) => Some(Json::Object(Object::new())),
        Json::Array(_) => Some(Json::Array(Vec::new())),
        _ => None,
    };
    each(
        |whole, steps| replaced(whole, steps, empty),
        |of, steps, issues| {
            let path = fhir_path(of, steps, true);
            assert!(has_error_at(issues, &path), "{path}: {issues:#?}");
        },
    );
}

#[test]
fn a_single_value_as_a_list_is_an_error() {
    each(
        |whole, steps| match steps.last() {
            Some(Step::Property(_)) => replaced(whole, steps, |value| match value {
                Json::Array(_) => None,
                one => Some(Json::Array(vec![one.clone()])),
            }),
            _ => None,
        },
        |of, steps, issues| {
            let path = fhir_path(of, steps, true);
            assert!(has_error_at(issues, &path), "{path}: {issues:#?}");
        },
    );
}

#[test]
fn an_unknown_element_is_an_error() {
    each(
        |whole, steps| {
            replaced(whole, steps, |value| {
                let mut fields = value.as_object()?.clone();
                fields.set("nonsense", "x");
                Some(fields.into())
            })
        },
        |of, steps, issues| {
            let path = format!("{}.nonsense", fhir_path(of, steps, true));
            assert!(has_error_at(issues, &path), "{path}: {issues:#?}");
        },
    );
}

#[test]
fn what_is_left_out_is_reported_or_free() {
    let mut free = BTreeSet::new();
    each(
        |whole, steps| {
            let (last, above) = steps.split_last()?;
            let Step::Property(name) = last else { return None };
            replaced(whole, above, |value| {
                let mut fields = value.as_object()?.clone();
                fields.remove(name);
                Some(fields.into())
            })
        },
        |of, steps, issues| {
            let (_, above) = steps.split_last().unwrap();
            let around = fhir_path(of, above, true);
            match issues.is_empty() {
                true => {
                    free.insert(fhir_path(of, steps, false));
                }
                false => assert!(
                    issues.iter().any(|issue| issue.path.starts_with(&around)
                        || around.starts_with(&issue.path)
                        || ["containment", "reference"].contains(&issue.rule)),
                    "{around}: {issues:#?}"
                ),
            }
        },
    );
    assert_free(free, MAY_BE_ABSENT);
}

#[test]
fn another_text_is_reported_or_free() {
    let mut free = BTreeSet::new();
    each(
        |whole, steps| replaced(whole, steps, |value| value.as_str().map(|text| Json::from(format!("{text}x")))),
        |of, steps, issues| {
            if issues.is_empty() {
                free.insert(fhir_path(of, steps, false));
            }
        },
    );
    assert_free(free, FREE_TEXT);
}

/// What went unreported is exactly what is known to be free; nothing is known without the examples.
fn assert_free(free: BTreeSet<String>, known: &[&str]) {
    let known: Vec<&str> = if examples().is_empty() { Vec::new() } else { known.to_vec() };
    assert_eq!(free.into_iter().collect::<Vec<_>>(), known);
}

/// The element that a pointer with JSON's own names leads to, in the example of a name.
fn example(name: &str) -> Option<(usize, Json)> {
    let all = examples();
    let which = all.iter().position(|(file, _)| file.starts_with(name))?;
    Some((which, Json::Object(all[which].1.fields().clone())))
}

#[test]
fn the_faults_that_the_field_knows_are_named() {
    let Some((which, mds)) = example("Device-PhysioMonitor") else { return };
    let all = examples();
    type Corruption = fn(&mut Object);
    let cases: [(&str, Corruption, &str, &str); 9] = [
        (
            "neither",
            |device| {
                device.remove("identifier");
                device.remove("udiCarrier");
            },
            "Device",
            "pocd-dev-1",
        ),
        ("two modes", |device| repeat_extension(device, 4), "Device.extension[6]", "cardinality"),
        ("two counters", |device| repeat_extension(device, 2), "Device.extension[6]", "cardinality"),
        ("wrong mode", |device| set_value(device, 4, "valueCode", "Off"), "Device.extension[4].value", "code"),
        ("mode as text", |device| set_value(device, 4, "valueString", "Dmo"), "Device.extension[4].value", "type"),
        (
            "short EUI-64",
            |device| set_identifier(device, "01-23-45-67-89-AB-CD"),
            "Device.identifier[0].value",
            "EUI-64",
        ),
        (
            "EUI-64 with letters",
            |device| set_identifier(device, "01-23-45-67-89-AB-CD-EG"),
            "Device.identifier[0].value",
            "EUI-64",
        ),
        ("status", |device| device.set("status", "broken"), "Device.status", "required binding"),
        (
            "operator",
            |device| set_operator(device, "Device/PhysioMonitorMdsDevice"),
            "Device.extension[1].value.reference",
            "reference",
        ),
    ];
    for (name, corrupt, path, rule) in cases {
        let Json::Object(mut fields) = mds.clone() else { unreachable!() };
        corrupt(&mut fields);
        let found = issues(&all, which, fields.into());
        let named =
            found.iter().any(|issue| issue.path == path && issue.rule == rule && issue.severity == Severity::Error);
        assert!(named, "{name}: {found:#?}");
    }
}

fn extensions(device: &mut Object) -> &mut Vec<Json> {
    match device.get_mut("extension") {
        Some(Json::Array(all)) => all,
        _ => unreachable!("the example has extensions"),
    }
}

fn repeat_extension(device: &mut Object, place: usize) {
    let all = extensions(device);
    all.push(all[place].clone());
}

fn set_value(device: &mut Object, place: usize, property: &str, value: &str) {
    let all = extensions(device);
    let url = all[place].as_object().unwrap().text("url").unwrap().to_owned();
    all[place] = Object::from([("url", Json::from(url)), (property, Json::from(value))]).into();
}

fn set_operator(device: &mut Object, reference: &str) {
    let Json::Object(operator) = &mut extensions(device)[1] else { unreachable!() };
    operator.set("valueReference", Object::from([("reference", Json::from(reference))]));
}

fn set_identifier(device: &mut Object, value: &str) {
    let Some(Json::Array(all)) = device.get_mut("identifier") else { unreachable!() };
    let Json::Object(identifier) = &mut all[0] else { unreachable!() };
    identifier.set("value", value);
}

#[test]
fn parts_of_a_device_contain_each_other() {
    let Some((which, vmd)) = example("Device-BloodPressureVmd") else { return };
    let all = examples();
    let parent = |target: &str| {
        let Json::Object(mut fields) = vmd.clone() else { unreachable!() };
        fields.set("parent", Object::from([("reference", Json::from(target))]));
        issues(&all, which, fields.into())
    };
    let named =
        |found: &[Issue]| found.iter().any(|issue| issue.path == "Device.parent" && issue.rule == "containment");
    assert!(!named(&parent("Device/PhysioMonitorMdsDevice")));
    assert!(named(&parent("Device/HeartRateChannelDevice")), "a channel is no MDS");
    assert!(named(&parent("Device/BloodPressureChannelDevice")), "and a circle is no containment");
}
