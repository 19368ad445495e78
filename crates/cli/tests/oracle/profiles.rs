//! Profiles of devices from a FHIR server, and to it.

use serde_json::{Value, json};
use theriac_client::fhir_server::{FhirServer, Upon};
use theriac_core::fhir::{Resource, from_xml};

use crate::fhir_peer::{FhirServer as Hapi, FhirValidator};
use crate::house::{CLINIC, House, MONITOR, address, monitor};

const NAME: &str = "Device/PhysioMonitorMdsDevice";

/// The hospital's system, as somebody else works with it.
struct Hospital {
    hapi: Hapi,
    runtime: tokio::runtime::Runtime,
}

impl Hospital {
    /// With the guide's monitor in it; references may lead to what it does not have.
    fn start() -> Option<Self> {
        let hapi = Hapi::start(&["--loose-references"], &[])?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let hospital = Self { hapi, runtime };
        hospital.writes(from_xml(monitor().as_bytes()).unwrap(), Upon::Nothing);
        let location = br#"{"resourceType":"Location","id":"SomeLocation","name":"Ward"}"#;
        hospital.writes(Resource::from_json(location).unwrap(), Upon::Nothing);
        Some(hospital)
    }

    fn server(&self) -> FhirServer {
        FhirServer::open(&self.hapi.url, Default::default(), false, Default::default()).unwrap()
    }

    fn writes(&self, resource: Resource, upon: Upon<'_>) {
        self.runtime.block_on(async { self.server().update(&resource, upon).await.unwrap() });
    }

    fn has(&self) -> (Value, String) {
        let found = self.runtime.block_on(async { self.server().read(&NAME.parse().unwrap()).await.unwrap() });
        (serde_json::from_slice(&found.resource.canonical()).unwrap(), found.version.unwrap())
    }
}

#[test]
fn a_profile_goes_from_the_hospital_to_the_chain_and_back() {
    let Some(hospital) = Hospital::start() else { return };
    let house = House::new();
    house.does(CLINIC, &["participants", "set-key", "--wallet"]);
    let clinic = address(CLINIC);
    let import = ["mds", "import", NAME, "--server", &hospital.hapi.url, "--item", MONITOR, "--reader", &clinic];
    let read = house.reads(CLINIC, &import);
    assert_eq!(read.code, 0, "{read:?}");
    assert!(read.stderr.contains("refers to Patient/SomePatient, which the server does not have"), "{read:?}");
    assert!(!read.stderr.contains("SomeLocation"), "{read:?}");
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "9000", "--mode", "Nml"]);
    let export = ["mds", "export", MONITOR, "--server", &hospital.hapi.url];
    assert_eq!(house.does(CLINIC, &[&export[..], &["--dry-run"]].concat())["dryRun"], json!(true));
    let written = house.does(CLINIC, &export);
    assert_eq!((&written["upon"], &written["serverVersion"]), (&json!("1"), &json!("2")));
    let (there, version) = hospital.has();
    assert_eq!(version, "2");
    assert!(there.to_string().contains(r#""valueUnsignedInt":9000"#), "{there}");
    if let Some(validator) = FhirValidator::shared() {
        assert_eq!(validator.errors(&there.to_string()), [""; 0]);
    }

    // Somebody at the hospital writes meanwhile: nothing of that is lost.
    let mut theirs = there.clone();
    theirs["note"] = json!([{ "text": "moved to the attic" }]);
    hospital.writes(Resource::from_json(theirs.to_string().as_bytes()).unwrap(), Upon::Version("2"));
    house.does(CLINIC, &["mds", "update", MONITOR, "--mode", "Mtn"]);
    let (code, words) = house.refused(CLINIC, &export);
    assert!(code == "Conflict" && words.contains("no longer version 2") && words.contains("--over"), "{words}");
    assert_eq!(hospital.has().0["note"], theirs["note"]);
    house.does(CLINIC, &import);
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "9100"]);
    assert_eq!(house.does(CLINIC, &export)["serverVersion"], json!("4"));
    let (there, _) = hospital.has();
    assert!(there["note"] == theirs["note"] && there.to_string().contains("9100"), "{there}");

    // From a home that never read it, nothing is overwritten unless one says what.
    std::fs::remove_dir_all(house.terminal.path(crate::house::home(CLINIC)).join("fhir")).unwrap();
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "9200"]);
    let (code, words) = house.refused(CLINIC, &export);
    assert!(code == "Conflict" && words.contains("has this device already"), "{words}");
    assert_eq!(house.does(CLINIC, &[&export[..], &["--over", "4"]].concat())["serverVersion"], json!("5"));
    let missing = ["mds", "import", "Device/nobody", "--server", &hospital.hapi.url, "--item", MONITOR];
    let (code, words) = house.refused(CLINIC, &missing);
    assert!(code == "NotFound" && words.contains("knows no such resource"), "{code}: {words}");
}
