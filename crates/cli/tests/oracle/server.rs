//! Two hospital systems that know the same patient and the same monitor: HAPI where it can be started, else recordings of it.
//!
//! The first has twenty-five heart rates on pages of ten, most of which do not count; the second another id for the patient and other values.
//! Times are fixed, so that a recording of one day fits the questions of another.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::fhir_peer::{FhirServer as Hapi, FhirValidator};
use crate::http_server::Server;

/// The patient, as both know him.
pub(crate) const PATIENT: &str = "urn:oid:2.16.840.1.113883.4.1|ward-7";
/// Older than every observation.
pub(crate) const FRESH: &str = "200000h";

/// A hospital's system.
pub(crate) struct System {
    /// Base address.
    pub(crate) url: String,
    _peer: Peer,
}

#[allow(dead_code, reason = "kept alive")]
enum Peer {
    Hapi(Hapi, Option<Server>),
    Recording(Server),
}

/// Both, as recorded.
pub(crate) fn recorded() -> [System; 2] {
    ["first", "second"].map(|name| {
        let server = Server::replaying(&recording(name));
        System { url: server.url(), _peer: Peer::Recording(server) }
    })
}

/// Both as they are; none where there is no Java. With THERIAC_RECORD=1 what they answer is recorded.
pub(crate) fn real() -> Option<[System; 2]> {
    Some([start("first", &first())?, start("second", &second())?])
}

fn start(name: &str, resources: &[Value]) -> Option<System> {
    let hapi = Hapi::start(&["--page-size", "10"], &[])?;
    let validator = FhirValidator::shared();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let open = theriac_client::fhir_server::FhirServer::open;
        let server = open(&hapi.url, Default::default(), false, Default::default()).unwrap();
        for resource in resources {
            let text = resource.to_string();
            if let Some(validator) = validator {
                assert_eq!(validator.errors(&text), [""; 0], "{text}");
            }
            let resource = theriac_core::fhir::Resource::from_json(text.as_bytes()).unwrap();
            server.update(&resource, theriac_client::fhir_server::Upon::Nothing).await.unwrap();
        }
    });
    if std::env::var_os("THERIAC_RECORD").is_some() {
        let proxy = Server::recording(&hapi.url, recording(name));
        return Some(System { url: proxy.url(), _peer: Peer::Hapi(hapi, Some(proxy)) });
    }
    Some(System { url: hapi.url.clone(), _peer: Peer::Hapi(hapi, None) })
}

pub(crate) fn recording(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../client/tests/data/fhir_recordings/{name}.json"))
}

fn patient(id: &str) -> Value {
    let (system, value) = PATIENT.split_once('|').unwrap();
    json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": system, "value": value }] })
}

fn device() -> Value {
    json!({ "resourceType": "Device", "id": "monitor", "status": "active", "serialNumber": "123456", "lotNumber": "A1",
        "udiCarrier": [{ "deviceIdentifier": "00012345678905" }] })
}

/// Has the same DI and another serial.
fn other_device() -> Value {
    let mut other = device();
    (other["id"], other["serialNumber"]) = (json!("monitor2"), json!("123457"));
    other
}

fn metric() -> Value {
    json!({ "resourceType": "DeviceMetric", "id": "battery", "category": "measurement",
        "type": { "coding": [{ "system": "urn:iso:std:iso:11073:10101", "code": "67996" }] },
        "source": { "reference": "Device/monitor" } })
}

/// What was observed of whom; `number` and `unit` in one code.
fn observation(id: &str, subject: &str, code: Value, at: &str, value: Value) -> Value {
    let category = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category",
        "code": "vital-signs" }] });
    let mut observation = json!({ "resourceType": "Observation", "id": id, "status": "final", "category": [category],
        "code": { "coding": [code] }, "subject": { "reference": subject }, "effectiveDateTime": at });
    observation.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    observation
}

fn loinc(code: &str) -> Value {
    json!({ "system": "http://loinc.org", "code": code })
}

fn quantity(number: &str, unit: &str) -> Value {
    let number: Value = serde_json::from_str(number).unwrap();
    json!({ "value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit })
}

fn rate(id: &str, subject: &str, code: &str, at: &str, number: &str) -> Value {
    observation(id, subject, loinc(code), at, json!({ "valueQuantity": quantity(number, "/min") }))
}

fn pressure(id: &str, subject: &str, at: &str, [systolic, diastolic]: [&str; 2]) -> Value {
    let part = |code: &str, number: &str| json!({ "code": { "coding": [loinc(code)] }, "valueQuantity": quantity(number, "mm[Hg]") });
    let component = json!([part("8480-6", systolic), part("8462-4", diastolic)]);
    observation(id, subject, loinc("85354-9"), at, json!({ "component": component }))
}

/// Of the monitor itself, but for the last: that is a patient's, though the monitor measured it.
fn battery(id: &str, at: &str, number: &str, subject: Option<&str>) -> Value {
    let code = json!({ "system": "urn:iso:std:iso:11073:10101", "code": "67996" });
    let mut battery = observation(id, "", code, at, json!({ "valueQuantity": quantity(number, "%") }));
    let fields = battery.as_object_mut().unwrap();
    fields.remove("subject");
    fields.remove("category");
    subject.iter().for_each(|subject| _ = fields.insert("subject".to_owned(), json!({ "reference": subject })));
    fields.insert("device".to_owned(), json!({ "reference": "DeviceMetric/battery" }));
    battery
}

fn first() -> Vec<Value> {
    let me = "Patient/a";
    let mut all =
        vec![patient("a"), json!({ "resourceType": "Patient", "id": "b" }), device(), other_device(), metric()];
    // The newest that counts is of 10:24:00+01:00, with 80.4.
    for minute in 0..25 {
        let at = format!("2026-01-31T10:{minute:02}:00+01:00");
        let number = if minute == 24 { "80.40".to_owned() } else { format!("{}", 60 + minute % 9) };
        all.push(rate(&format!("hr{minute}"), me, "8867-4", &at, &number));
    }
    let mut wrong = rate("wrong", me, "8867-4", "2026-01-31T10:30:00+01:00", "20");
    wrong["status"] = json!("entered-in-error");
    let mut early = rate("early", me, "8867-4", "2026-01-31T10:31:00+01:00", "21");
    early["status"] = json!("preliminary");
    let other = rate("other", "Patient/b", "8867-4", "2026-01-31T10:32:00+01:00", "22");
    all.extend([wrong, early, other]);
    all.push(rate("rr", me, "9279-1", "2026-01-31T10:00:00+01:00", "14"));
    all.push(pressure("bp", me, "2026-01-31T10:05:00+01:00", ["120", "80.0"]));
    all.push(battery("charge1", "2026-01-31T09:00:00Z", "90", None));
    all.push(battery("charge2", "2026-01-31T09:10:00Z", "87.6", Some("Device/monitor")));
    all.push(battery("charge3", "2026-01-31T09:20:00Z", "13", Some(me)));
    all
}

fn second() -> Vec<Value> {
    let me = "Patient/x";
    let mut all = vec![patient("x"), device(), metric()];
    all.push(rate("pulse", me, "8867-4", "2026-01-31T09:24:00Z", "8.02e1"));
    all.push(rate("breath", me, "9279-1", "2026-01-31T09:00:00Z", "22"));
    let mut corrected = pressure("cuff", me, "2026-01-31T09:05:00Z", ["120.0", "80"]);
    corrected["status"] = json!("corrected");
    all.push(corrected);
    all.push(battery("charge", "2026-01-31T09:10:01Z", "88.1", Some("Device/monitor")));
    all
}
