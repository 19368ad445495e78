//! A real server: HAPI's, where it can be started.

use serde_json::json;
use theriac_client::Secret;
use theriac_client::fhir_server::{Access, ServerError, Upon};
use theriac_core::fhir::Resource;

use crate::fhir_peer::FhirServer as Hapi;
use crate::{name, oauth};

fn open(url: &str, access: Access) -> theriac_client::fhir_server::FhirServer {
    theriac_client::fhir_server::FhirServer::open(url, access, false, Default::default()).unwrap()
}

fn device(id: &str, note: &str) -> Resource {
    let text = json!({ "resourceType": "Device", "id": id, "status": "active", "note": [{ "text": note }] });
    Resource::from_json(text.to_string().as_bytes()).unwrap()
}

#[tokio::test]
async fn versions_conflict_and_pages_come_one_after_the_other() {
    let Some(hapi) = Hapi::start(&["--page-size", "10"], &[]) else { return };
    let server = open(&hapi.url, Access::Open);
    let first = server.update(&device("monitor", "new"), Upon::Nothing).await.unwrap();
    assert_eq!(first.version.as_deref(), Some("1"));
    let again = server.update(&device("monitor", "mine"), Upon::Nothing).await.unwrap_err();
    assert!(matches!(again, ServerError::Conflict { .. }), "{again}");
    let second = server.update(&device("monitor", "changed"), Upon::Version("1")).await.unwrap();
    assert_eq!(second.version.as_deref(), Some("2"));
    let late = server.update(&device("monitor", "late"), Upon::Version("1")).await.unwrap_err();
    assert!(matches!(late, ServerError::Conflict { .. }), "{late}");
    let found = server.read(&name("Device/monitor")).await.unwrap();
    assert_eq!(found.version.as_deref(), Some("2"));
    assert!(String::from_utf8(found.resource.canonical()).unwrap().contains("changed"));
    // An unchanged document makes no version.
    let same = server.update(&device("monitor", "changed"), Upon::Version("2")).await.unwrap();
    assert_eq!(same.version.as_deref(), Some("2"));

    for number in 1..25 {
        server.update(&device(&format!("d{number}"), "one of many"), Upon::Nothing).await.unwrap();
    }
    let mut found = Vec::new();
    server
        .search("Device", &[("status", "active"), ("_count", "200")], |one| found.push(one.id().unwrap().to_owned()))
        .await
        .unwrap();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 25);

    let missing = server.read(&name("Device/nobody")).await.unwrap_err();
    assert!(
        matches!(missing, ServerError::NotFound { status: 404, .. }) && missing.to_string().contains("It says: HAPI-"),
        "{missing}"
    );
    let unknown = server.search("Device", &[("colour", "red")], |_| {}).await.unwrap_err();
    assert!(unknown.to_string().contains("(400)") && unknown.to_string().contains("colour"), "{unknown}");
    let made = server.create(&device("ignored", "made by the server")).await.unwrap();
    assert_eq!(made.version.as_deref(), Some("1"));
    assert!(made.name.id() != "ignored");
}

#[tokio::test]
async fn an_oauth_client_goes_on_when_its_token_has_expired() {
    let environment =
        [("FHIR_CLIENT_ID", "oracle"), ("FHIR_CLIENT_SECRET", "a secret: of 100 %"), ("FHIR_BEARER", "lasting")];
    let Some(hapi) = Hapi::start(&["--token-seconds", "2", "--bearer"], &environment) else { return };
    let token_url = format!("{}/token", hapi.root());
    let server = open(&hapi.url, oauth(Some(token_url.clone()), "a secret: of 100 %"));
    server.update(&device("monitor", "new"), Upon::Nothing).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    server.read(&name("Device/monitor")).await.unwrap();
    let wrong = open(&hapi.url, oauth(Some(token_url), "guessed")).read(&name("Device/monitor")).await.unwrap_err();
    assert!(wrong.to_string().contains("refused as invalid_client"), "{wrong}");
    let nobody = open(&hapi.url, Access::Open).read(&name("Device/monitor")).await.unwrap_err();
    assert!(matches!(nobody, ServerError::Forbidden { status: 401, .. }), "{nobody}");
    open(&hapi.url, Access::Bearer(Secret::new("lasting"))).read(&name("Device/monitor")).await.unwrap();
}
