//! The FHIR peers themselves: that they are what other tests take them for.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod fhir_peer;

use std::path::{Path, PathBuf};

use fhir_peer::{FhirServer, FhirValidator, pocd};
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};
use theriac_core::fhir::emit::{AuditAction, VitalSign, audit_event, provenance, safety_flag};
use theriac_core::fhir::model::Typed;
use theriac_core::fhir::{
    Decimal, DeviceStatus, MdsState, OperatingMode, PatientLink, Resource, StatusReason, from_xml, to_xml, validate,
};

/// The resources of a folder by file name.
fn resources(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut texts: Vec<_> = files
        .map(|file| (file.file_name().into_string().unwrap(), std::fs::read_to_string(file.path()).unwrap()))
        .collect();
    texts.sort();
    texts
}

/// The names of those in which `validator` finds an error.
fn faulty<'a>(validator: &FhirValidator, resources: &'a [(String, String)]) -> Vec<&'a str> {
    let faulty = resources.iter().filter(|(_, text)| !validator.errors(text).is_empty());
    faulty.map(|(name, _)| name.as_str()).collect()
}

async fn put(client: &Client, server: &FhirServer, resource: &Value) -> reqwest::Response {
    let name = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
    let request = client.put(format!("{}/{name}", server.url)).header(header::CONTENT_TYPE, "application/fhir+json");
    request.body(resource.to_string()).send().await.unwrap()
}

#[test]
fn examples_of_the_guide_have_no_errors() {
    let Some(validator) = FhirValidator::shared() else { return };
    let examples = resources(&pocd().unwrap().join("examples"));
    assert_eq!(examples.len(), 12);
    assert_eq!(faulty(validator, &examples), [""; 0]);
}

/// Everything that is made here, from the smallest to the fullest form.
fn emitted() -> Vec<Resource> {
    let vital = |id: Option<&str>, metric: Option<&str>| VitalSign {
        id: id.map(str::to_owned),
        patient: "Patient/SomePatient".to_owned(),
        at: "2026-01-31T08:00:00+01:00".to_owned(),
        metric: metric.map(str::to_owned),
    };
    let number = |text: &str| Decimal::new(text).unwrap();
    let mut made = Vec::new();
    for vital in [vital(None, None), vital(Some("v1"), Some("DeviceMetric/HeartRateNumericDeviceMetric"))] {
        made.push(vital.heart_rate(number("61")).into_resource());
        made.push(vital.respiratory_rate(number("14.5")).into_resource());
        made.push(vital.blood_pressure(number("120"), number("80")).into_resource());
    }
    let (patient, device, who) =
        ("Patient/SomePatient", "Device/PhysioMonitorMdsDevice", "Practitioner/SomePractitioner");
    let at = "2026-01-31T08:00:00Z";
    made.push(safety_flag(patient, Some(device), "Calibration is overdue", at, Some(who)).into_resource());
    made.push(safety_flag("Location/SomeLocation", None, "Recalled", at, None).into_resource());
    made.push(provenance(device, who, at, &["Device/PhysioMonitorMdsDevice/_history/1"]).into_resource());
    for refused in [None, Some("no consent")] {
        made.push(audit_event(AuditAction::Read, who, patient, device, at, refused).into_resource());
    }
    made
}

#[test]
fn what_is_made_here_is_valid_elsewhere() {
    let Some(validator) = FhirValidator::shared() else { return };
    for resource in emitted() {
        let text = String::from_utf8(resource.canonical()).unwrap();
        assert_eq!(validator.errors(&text), [""; 0], "{text}");
        let xml = to_xml(&resource).unwrap().replace('\n', " ");
        assert_eq!(validator.errors(&xml), [""; 0], "{xml}");
        assert_eq!(validate(&resource), [], "{text}");
    }
    // A device in all states that we write, on the guide's monitor.
    let monitor = std::fs::read(pocd().unwrap().join("examples/Device-PhysioMonitorMdsDevice.xml")).unwrap();
    let monitor = from_xml(&monitor).unwrap();
    for (number, mode) in OperatingMode::ALL.iter().enumerate() {
        let state = MdsState {
            status: Some(DeviceStatus::ALL[number]),
            status_reasons: StatusReason::ALL[number..=2 * number].to_vec(),
            mode: Some(*mode),
            hours: Some(9_000 + number as u32),
            cycles: Some(200),
            patient: Some(PatientLink::Commitment([7; 32].into())),
            ..MdsState::read(&monitor).unwrap()
        };
        let text = String::from_utf8(state.write(&monitor).unwrap().canonical()).unwrap();
        assert_eq!(validator.errors(&text), [""; 0], "{text}");
    }
}

#[test]
fn without_the_supplement_four_good_examples_fail() {
    let Some(pocd) = pocd() else { return };
    let Some(validator) = FhirValidator::start(&[], &[pocd.join("definitions"), pocd.join("examples")]) else { return };
    let expected = [
        "Device-BloodPressureVmdDevice.xml",
        "Device-PhysioMonitorMdsDevice.xml",
        "DeviceMetric-HeartRateNumericDeviceMetric.xml",
        "DeviceMetric-NBPNumericDeviceMetric.xml",
    ];
    assert_eq!(faulty(&validator, &resources(&pocd.join("examples"))), expected);
}

#[test]
fn three_examples_of_r4_have_their_one_fault() {
    let Some(validator) = FhirValidator::shared() else { return };
    let folder: PathBuf = pocd().unwrap().with_file_name("fhir");
    let examples = resources(&folder);
    let expected = ["devicemetric-example.json", "medicationdispense0301.json", "medicationrequest0301.json"];
    assert_eq!(faulty(validator, &examples), expected);
    let (_, metric) = examples.iter().find(|(name, _)| name == expected[0]).unwrap();
    let errors = validator.errors(metric);
    assert!(errors.iter().all(|error| error.starts_with("DeviceMetric.parent: ")), "{errors:?}");
}

#[test]
fn what_does_not_parse_is_answered_too() {
    let Some(validator) = FhirValidator::shared() else { return };
    for resource in ["", "{", "<Device", "no resource", r#"{"resourceType":"Devise"}"#] {
        assert_ne!(validator.errors(resource), [""; 0], "{resource:?}");
    }
    assert_eq!(validator.errors(r#"{"resourceType":"Device","status":"active"}"#), [""; 0]);
}

#[tokio::test]
async fn a_device_is_written_read_and_found_page_by_page() {
    let Some(server) = FhirServer::start(&["--page-size", "2"], &[]) else { return };
    let client = Client::new();
    let device = json!({ "resourceType": "Device", "id": "monitor", "status": "active", "serialNumber": "MON0000000" });
    assert_eq!(put(&client, &server, &device).await.status(), StatusCode::CREATED);
    let read: Value = client.get(format!("{}/Device/monitor", server.url)).send().await.unwrap().json().await.unwrap();
    assert_eq!(read["serialNumber"], device["serialNumber"]);
    assert_eq!(read["meta"]["versionId"], "1");

    for id in ["second", "third"] {
        put(&client, &server, &json!({ "resourceType": "Device", "id": id, "status": "active" })).await;
    }
    let first = client.get(format!("{}/Device?status=active", server.url)).send().await.unwrap();
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["entry"].as_array().unwrap().len(), 2);
    let next = first["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next").unwrap();
    let second: Value = client.get(next["url"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    assert_eq!(second["entry"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn tokens_are_given_to_the_client_and_expire() {
    let environment = [("FHIR_CLIENT_ID", "oracle"), ("FHIR_CLIENT_SECRET", "a secret: of 100 %")];
    let Some(server) = FhirServer::start(&["--token-seconds", "2"], &environment) else { return };
    let client = Client::new();
    let devices = format!("{}/Device", server.url);
    let refused = client.get(&devices).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], r#"Bearer realm="fhir""#);

    let ask = |secret: &'static str| {
        let body = format!("grant_type=client_credentials&client_id=oracle&client_secret={secret}");
        let request = client.post(format!("{}/token", server.root()));
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).send()
    };
    assert_eq!(ask("guessed").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let token: Value = ask("a+secret%3A+of+100+%25").await.unwrap().json().await.unwrap();
    assert_eq!(token["expires_in"], 2);
    let token = token["access_token"].as_str().unwrap();
    let read = || async { client.get(&devices).bearer_auth(token).send().await.unwrap().status() };
    assert_eq!(read().await, StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(read().await, StatusCode::UNAUTHORIZED);
}
