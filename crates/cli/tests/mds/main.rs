//! `theriac mds` and `theriac workorder` against a real chain: versions sealed and in clear, engineers, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[path = "../../../client/tests/fhir_peer/mod.rs"]
mod fhir_peer;
mod house;
#[path = "../../../client/tests/kubo_peer/mod.rs"]
mod kubo_peer;
mod many;
#[path = "../terminal/mod.rs"]
mod terminal;
mod vitals;

use house::{
    CLINIC, ENGINEER, FACTORY, GATEWAY, House, MONITOR, OTHER_ENGINEER, SECOND_MONITOR, STRANGER, account, address,
    free_monitor, home, item, monitor, scratch_code, signer,
};
use serde_json::{Value, json};
use theriac_client::mds;
use theriac_client::rooms::ProfileUpdate;
use theriac_client::store::Store;
use theriac_core::envelope::Identity;
use theriac_core::fhir::MdsState;

const SALTS: &str = "mds";

#[test]
fn a_profile_goes_from_document_to_chain_and_back_through_all_its_versions() {
    let house = House::new();
    house.terminal.write("monitor.xml", &free_monitor());
    assert_eq!(house.says_no("", &["mds", "show", MONITOR])["profile"], Value::Null);
    let import = ["mds", "import", "monitor.xml", "--item", MONITOR];
    let tried = house.does(CLINIC, &[&import[..], &["--dry-run"]].concat());
    assert_eq!((&tried["version"], &tried["dryRun"]), (&json!(1), &json!(true)));
    assert!(!house.terminal.path(home(CLINIC)).join(SALTS).exists(), "a dry run keeps nothing");
    let first = house.does(CLINIC, &import);
    assert_eq!((&first["version"], &first["mode"], &first["hours"]), (&json!(1), &json!("Dmo"), &json!(8760)));
    assert_eq!((&first["patient"], &first["readers"]), (&Value::Null, &json!([])));

    let update = ["mds", "update", MONITOR, "--mode", "Nml", "--hours", "8860", "--reason", "off", "standby"];
    let second = house.does(CLINIC, &update);
    assert_eq!(
        (&second["version"], &second["cycles"], &second["reasons"]),
        (&json!(2), &json!(156), &json!(["standby", "off"]))
    );
    assert_eq!(second["location"], first["location"], "it did not move");
    house.does(CLINIC, &["mds", "update", MONITOR, "--cycles", "157", "--reason", "none", "--on", "2"]);

    let shown = house.does("", &["mds", "show", MONITOR]);
    let profile = &shown["profile"];
    assert_eq!((&profile["version"], &profile["hours"], &profile["cycles"]), (&json!(3), &json!(8860), &json!(157)));
    assert_eq!(
        (&shown["overdue"], &shown["usable"], &shown["owner"]),
        (&json!(false), &json!(true), &json!(account(CLINIC)))
    );

    let walked = house.does(CLINIC, &["mds", "history", MONITOR]);
    assert_eq!((&walked["sound"], walked["versions"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(walked["versions"][2]["writer"], json!(account(CLINIC)));

    // What comes out is what went in, and every form is valid.
    house.does(CLINIC, &["mds", "export", MONITOR, "--version", "1", "--xml", "--out", "out.xml"]);
    house.does(CLINIC, &["mds", "export", MONITOR, "--out", "out.json"]);
    house.does(CLINIC, &["mds", "export", MONITOR, "--r5", "--out", "out5.json"]);
    let read = |name: &str| theriac_core::fhir::from_xml(&std::fs::read(house.terminal.path(name)).unwrap()).unwrap();
    assert_eq!(read("out.xml").digest(), read("monitor.xml").digest());
    let checked = house.does("", &["mds", "validate", "out.xml", "out.json", "--profile", "mds"]);
    assert_eq!((&checked["valid"], checked["documents"].as_array().unwrap().len()), (&json!(true), 2));
    assert!(std::fs::read_to_string(house.terminal.path("out5.json")).unwrap().contains("8860"));
    assert_eq!(house.refused(CLINIC, &["mds", "export", MONITOR, "--out", "out.json"]).0, "File");
    let none = house.refused(CLINIC, &["mds", "export", MONITOR, "--version", "9", "--out", "nine.json"]);
    assert!(none.0 == "UnknownVersion" && none.1.contains("1 to 3"), "{none:?}");
}

#[test]
fn a_patient_is_stored_only_sealed() {
    let house = House::new();
    house.terminal.write("monitor.xml", &monitor());
    let import = ["mds", "import", "monitor.xml", "--item", MONITOR];
    assert_eq!(house.refused(CLINIC, &import).0, "NoReaders");
    house.does(CLINIC, &["participants", "set-key", "--wallet"]);
    house.does(GATEWAY, &["participants", "set-key", "--wallet"]);
    let (clinic, gateway) = (address(CLINIC), address(GATEWAY));
    let readers = [&import[..], &["--reader", &clinic, &gateway]].concat();
    let first = house.does(CLINIC, &readers);
    assert!(first["patient"].is_string() && first["readers"].as_array().unwrap().len() == 2, "{first}");
    for (file, bytes) in house.stored(CLINIC) {
        assert!(!bytes.windows(11).any(|part| part == b"SomePatient"), "{} names the patient", file.display());
    }
    let salts = house.terminal.path(home(CLINIC)).join(SALTS).join(format!("{}.json", item(MONITOR)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&salts).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_to_string(&salts).unwrap().matches("0x").count(), 4, "two commitments and their salts");

    // An operator who is a reader writes on, under the same commitments, and only while appointed.
    house.share(CLINIC, GATEWAY);
    let update = ["mds", "update", MONITOR, "--hours", "8761"];
    assert_eq!(house.refused(GATEWAY, &update).0, "MdsProfiles_NotEntitled");
    house.does(CLINIC, &["mds", "appoint", MONITOR, &address(GATEWAY)]);
    let second = house.does(GATEWAY, &update);
    assert_eq!((&second["patient"], &second["location"]), (&first["patient"], &first["location"]));
    assert_eq!(house.does("", &["mds", "show", MONITOR])["operator"], json!(account(GATEWAY)));
    house.does(CLINIC, &["mds", "appoint", MONITOR, "--nobody"]);
    assert_eq!(house.refused(GATEWAY, &["mds", "update", MONITOR, "--hours", "8762"]).0, "MdsProfiles_NotEntitled");
    house.does(CLINIC, &["mds", "operator", &address(GATEWAY)]);
    house.does(GATEWAY, &["mds", "update", MONITOR, "--hours", "8762"]);
    house.does(CLINIC, &["mds", "operator", &address(GATEWAY), "--revoke"]);
    assert_eq!(house.refused(GATEWAY, &["mds", "update", MONITOR, "--hours", "8763"]).0, "MdsProfiles_NotEntitled");

    // Everyone can check the versions, and nobody else read them.
    house.share(GATEWAY, STRANGER);
    assert_eq!(house.does(STRANGER, &["mds", "history", MONITOR])["versions"][0]["sealed"], json!(true));
    let export = ["mds", "export", MONITOR, "--out", "stranger.json"];
    let refused = house.refused(STRANGER, &export);
    assert!(!house.terminal.path("stranger.json").exists(), "{refused:?}");
    assert_eq!(house.does(GATEWAY, &["mds", "export", MONITOR, "--out", "gateway.json"])["sealed"], json!(true));
    assert!(std::fs::read_to_string(house.terminal.path("gateway.json")).unwrap().contains("Patient/SomePatient"));

    let own = house.does(GATEWAY, &["mds", "history", MONITOR]);
    assert_eq!((&own["sound"], &own["versions"][0]["read"]), (&json!(true), &json!(true)), "a reader checks inside");

    // Without the patient it is in clear again, and on chain nobody is connected.
    house.share(GATEWAY, CLINIC);
    house.terminal.write("free.xml", &free_monitor().replace("8760", "8762"));
    assert_eq!(house.does(CLINIC, &["mds", "import", "free.xml", "--item", MONITOR])["patient"], Value::Null);
    assert_eq!(house.does("", &["mds", "show", MONITOR])["profile"]["patient"], Value::Null);
    assert_eq!(house.does(CLINIC, &["mds", "history", MONITOR])["sound"], json!(true));
}

/// A version whose envelope says something else than the chain: its readers notice.
#[test]
fn a_lie_inside_an_envelope_is_noticed_by_its_readers() {
    let house = House::new();
    let document = theriac_core::fhir::from_xml(monitor().as_bytes()).unwrap();
    let reader = Identity::generate();
    house.terminal.write("identity.txt", &reader.expose());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let suite = house.suite(CLINIC).await;
        let mut state = mds::state_of(&MdsState::read(&document).unwrap()).unwrap();
        state.hours += 1;
        let salts = mds::Salts { patient: Some([3; 32].into()), location: Some([4; 32].into()) };
        let inside = mds::Inside { profile: document, salts, readers: vec![reader.public().unwrap().into()] };
        let version = mds::Version {
            chain_id: suite.chain().chain_id(),
            room: suite.mds_profiles().address(),
            item: item(MONITOR),
            number: 1,
            previous: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            state: state.clone(),
            patient: Some(mds::commitment(item(MONITOR), "patient Patient/Another", [3; 32].into())),
            location: Some(mds::commitment(item(MONITOR), "location Location/SomeLocation", [4; 32].into())),
            body: mds::Body::Sealed(inside.seal().unwrap()),
            author: account(CLINIC),
        };
        let (patient, location) = (version.patient, version.location);
        let signed = version.sign(&signer(CLINIC)).await.unwrap();
        let store = Store::open("blocks", &house.terminal.path(home(CLINIC))).unwrap();
        let content = store.put(&signed.canonical()).await.unwrap().into();
        let update = ProfileUpdate { item: item(MONITOR), version: 1, state, content };
        suite.mds_profiles().update_placed(&update, patient, location).send().await.unwrap();
    });
    house.share(CLINIC, STRANGER);
    let outside = house.terminal.json("", &["mds", "history", MONITOR, "--home", home(STRANGER)]);
    assert_eq!((&outside["sound"], &outside["versions"][0]["read"]), (&json!(true), &json!(false)));
    let walked = house.says_no(CLINIC, &["mds", "history", MONITOR, "--identity", "identity.txt"]);
    let expected = [
        "its FHIR document says another state than the version",
        "its FHIR document names another patient than it commits to",
    ];
    assert_eq!(walked["versions"][0]["faults"], json!(expected));
}

#[test]
fn what_is_wrong_is_refused_and_nothing_stored() {
    let house = House::new();
    house.terminal.write("monitor.xml", &free_monitor());
    house.terminal.write("mode.xml", &free_monitor().replace("\"Dmo\"", "\"Xyz\""));
    let refused = house.refused(CLINIC, &["mds", "import", "mode.xml", "--item", MONITOR]);
    assert_eq!(refused.0, "InvalidFhir");
    assert!(refused.1.contains("Device.extension[") && refused.1.contains("nothing was stored"), "{}", refused.1);
    let found = house.says_no("", &["mds", "validate", "monitor.xml", "mode.xml"]);
    assert_eq!((&found["documents"][0]["valid"], &found["documents"][1]["valid"]), (&json!(true), &json!(false)));
    house.terminal.write("broken.json", "{\n  \"resourceType\": \"Device\",\n  oops\n}");
    let found = house.says_no("", &["mds", "validate", "broken.json"]);
    assert_eq!(found["documents"][0]["findings"][0]["line"], json!(3));
    let as_channel = house.says_no("", &["mds", "validate", "monitor.xml", "--profile", "vmd"]);
    assert_eq!(as_channel["valid"], json!(false));

    let import = ["mds", "import", "monitor.xml", "--item", MONITOR];
    assert_eq!(house.refused(STRANGER, &import).0, "MdsProfiles_NotEntitled");
    assert_eq!(house.refused(CLINIC, &["mds", "update", MONITOR, "--hours", "9"]).0, "MdsProfiles_NoProfile");
    house.does(CLINIC, &import);
    let backwards = house.refused(CLINIC, &["mds", "update", MONITOR, "--hours", "8759"]);
    assert!(backwards.0 == "MdsProfiles_CounterBackwards" && backwards.1.contains("8760 hours"), "{backwards:?}");
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "8761"]);
    let late = house.refused(CLINIC, &["mds", "update", MONITOR, "--hours", "8762", "--on", "1"]);
    assert!(late.0 == "MdsProfiles_NotNext" && late.1.contains("the newest of"), "{late:?}");

    // Two who read the same version: the chain takes one.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async {
        let room = house.suite(CLINIC).await.mds_profiles();
        let read = room.profile_of(item(MONITOR)).await.unwrap().unwrap();
        let next = ProfileUpdate {
            item: item(MONITOR),
            version: read.version + 1,
            state: read.state.clone(),
            content: read.content,
        };
        room.update(&next).send().await.unwrap();
        room.update(&next).send().await.unwrap_err()
    });
    assert_eq!(error.revert().unwrap().name(), "MdsProfiles_NotNext");
    assert!(error.to_string().contains("its next version is 4, not 3"), "{error}");
    // That version's document was the one before: `history` sees that it is none.
    let walked = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    assert!(
        walked["versions"][0]["faults"].as_array().unwrap().contains(&json!("its number is not the chain's")),
        "{walked}"
    );
}

#[test]
fn a_missing_or_altered_version_is_named() {
    let house = House::new();
    house.terminal.write("monitor.xml", &free_monitor());
    house.does(CLINIC, &["mds", "import", "monitor.xml", "--item", MONITOR]);
    for hours in ["8761", "8762"] {
        house.does(CLINIC, &["mds", "update", MONITOR, "--hours", hours]);
    }
    let faulty = |answer: &Value| -> Vec<u64> {
        let versions = answer["versions"].as_array().unwrap().iter();
        let wrong = versions.filter(|version| !version["faults"].as_array().unwrap().is_empty());
        wrong.map(|version| version["version"].as_u64().unwrap()).collect()
    };
    let second: Vec<_> = house
        .stored(CLINIC)
        .into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\"version\":2"))
        .collect();
    let [(file, bytes)] = &second[..] else { panic!("{} files of version 2", second.len()) };
    let altered = String::from_utf8(bytes.clone()).unwrap().replace("8761", "8000");
    std::fs::write(file, altered).unwrap();
    let answer = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    assert_eq!((faulty(&answer), &answer["sound"]), (vec![2], &json!(false)));
    assert!(house.reads(CLINIC, &["mds", "history", MONITOR]).stdout.contains("missing or altered: version 2"));
    std::fs::remove_file(file).unwrap();
    let answer = house.says_no(CLINIC, &["mds", "history", MONITOR]);
    assert_eq!(faulty(&answer), vec![2]);
    assert!(answer["versions"][1]["faults"][0].as_str().unwrap().contains("is not in"), "{answer}");
    std::fs::write(file, bytes).unwrap();
    assert_eq!(house.does(CLINIC, &["mds", "history", MONITOR])["sound"], json!(true));
}

#[test]
fn an_engineer_works_while_the_order_is_theirs() {
    let house = House::new();
    house.terminal.write("monitor.xml", &free_monitor());
    house.terminal.write("report.txt", "Board replaced, calibrated.\n");
    house.does(CLINIC, &["mds", "import", "monitor.xml", "--item", MONITOR]);
    let open = ["workorder", "open", MONITOR, "--kind", "calibration", "--description", "Yearly calibration"];
    assert_eq!(house.refused(STRANGER, &open).0, "MdsProfiles_NotEntitled");
    let order = house.does(CLINIC, &open)["order"].to_string();
    let assign = |who: &str, until: &str| -> Vec<String> {
        ["workorder", "assign", &order, &address(who), "--until", until].map(str::to_owned).to_vec()
    };
    let refused =
        |key: &str, list: Vec<String>| house.refused(key, &list.iter().map(String::as_str).collect::<Vec<_>>()).0;
    let does = |key: &str, list: Vec<String>| house.does(key, &list.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(refused(CLINIC, assign(STRANGER, "2090-01-01")), "MdsProfiles_NotEngineer");
    assert_eq!(refused(CLINIC, assign(ENGINEER, "2001-01-01")), "MdsProfiles_BadDate");
    assert_eq!(house.refused(ENGINEER, &["workorder", "start", &order]).0, "MdsProfiles_WrongState");
    does(CLINIC, assign(ENGINEER, "2090-01-01"));
    assert_eq!(house.refused(OTHER_ENGINEER, &["workorder", "start", &order]).0, "MdsProfiles_NotAssigned");
    house.does(ENGINEER, &["workorder", "start", &order]);
    let listed = house.does("", &["workorder", "list", "--engineer", &address(ENGINEER)]);
    assert_eq!(
        (&listed["workOrders"][0]["state"], &listed["workOrders"][0]["assigned"]),
        (&json!("started"), &json!(true))
    );
    assert_eq!(house.does("", &["workorder", "list", "--item", SECOND_MONITOR])["workOrders"], json!([]));
    assert_eq!(house.does("", &["mds", "show", MONITOR])["workOrders"][0]["order"].to_string(), order);

    // At work the engineer writes service data, and replaces a counter with evidence; another cannot.
    house.share(CLINIC, ENGINEER);
    let service = ["mds", "update", MONITOR, "--mode", "Srv", "--order", &order];
    assert_eq!(house.refused(ENGINEER, &["mds", "update", MONITOR, "--mode", "Srv"]).0, "MdsProfiles_NotEntitled");
    house.does(ENGINEER, &service);
    let counter = ["mds", "update", MONITOR, "--mode", "Nml", "--hours", "3", "--order", &order];
    assert_eq!(house.refused(ENGINEER, &counter).0, "MdsProfiles_CounterBackwards");
    let replaced = house.does(ENGINEER, &[&counter[..], &["--evidence", "report.txt"]].concat());
    assert_eq!(replaced["hours"], json!(3));
    house.share(ENGINEER, OTHER_ENGINEER);
    assert_eq!(house.refused(OTHER_ENGINEER, &service).0, "MdsProfiles_NotAssigned");
    house.terminal.write("moved.xml", &free_monitor().replace("SomeLocation", "Elsewhere"));
    let moved = ["mds", "import", "moved.xml", "--item", MONITOR, "--order", &order];
    assert_eq!(house.refused(ENGINEER, &moved).0, "OtherPlace");

    house.does(ENGINEER, &["workorder", "evidence", &order, "report.txt"]);
    let close = ["workorder", "close", &order, "--outcome", "done", "--report", "report.txt", "--calibration-due"];
    assert_eq!(house.refused(ENGINEER, &[&close[..], &["2001-01-01"]].concat()).0, "MdsProfiles_BadDate");
    house.does(ENGINEER, &[&close[..], &["2030-01-01"]].concat());
    let shown = house.does("", &["mds", "show", MONITOR]);
    assert_eq!((&shown["overdue"], &shown["workOrders"]), (&json!(false), &json!([])));
    assert!(shown["service"]["calibratedAt"].is_u64() && shown["service"]["maintenanceDue"].is_null(), "{shown}");
    assert_eq!(house.refused(ENGINEER, &service).0, "MdsProfiles_WrongState");
    assert_eq!(house.does(ENGINEER, &["mds", "history", MONITOR])["sound"], json!(true));
    house.wait(400 * 86_400 * 4);
    assert_eq!(house.does("", &["mds", "show", MONITOR])["overdue"], json!(true));
    let verified = house.says_no("", &["verify", MONITOR]);
    let reasons = verified["reasons"].as_array().unwrap();
    let service: Vec<_> = reasons.iter().filter(|reason| reason["check"] == "service").collect();
    let [late] = &service[..] else { panic!("{verified}") };
    assert_eq!(late["level"], "caution");
    assert!(late["text"].as_str().unwrap().starts_with("its calibration was due by 2030-01-01"), "{late}");
}

#[test]
fn who_claimed_the_tag_reports_one_fault_and_takes_it_back_while_nobody_has_it() {
    let house = House::new();
    let report = ["workorder", "open", MONITOR, "--kind", "fault", "--description", "It does not switch on"];
    assert_eq!(house.refused(STRANGER, &report).0, "MdsProfiles_NotEntitled");
    house.share(FACTORY, STRANGER);
    house.terminal.write("code.txt", &scratch_code().reveal());
    let claimed = house.does(STRANGER, &["devices", "claim", MONITOR, "--code-file", "code.txt"]);
    assert_eq!(claimed["first"], json!(true), "{claimed}");

    // Nothing but a fault, and of this device only.
    let [calibration, second] = [(MONITOR, "calibration"), (SECOND_MONITOR, "fault")].map(|(monitor, kind)| {
        house.refused(STRANGER, &["workorder", "open", monitor, "--kind", kind, "--description", "It is due"]).0
    });
    assert_eq!([calibration, second], ["MdsProfiles_NotEntitled"; 2]);
    let order = house.does(STRANGER, &report)["order"].to_string();
    let listed = &house.does("", &["workorder", "list"])["workOrders"][0];
    assert_eq!((&listed["state"], &listed["opener"]), (&json!("open"), &json!(account(STRANGER))));
    let known = house.refused(STRANGER, &report);
    assert!(known.0 == "MdsProfiles_FaultKnown" && known.1.contains(&format!("in work order {order}")), "{known:?}");

    // It gives no other right over the order, and ends with its assignment; the owner can always.
    let assign = ["workorder", "assign", &order, &address(ENGINEER), "--until", "2090-01-01"];
    assert_eq!(house.refused(STRANGER, &assign).0, "MdsProfiles_NotEntitled");
    let cancel = ["workorder", "cancel", &order, "--reason", "The plug was out"];
    assert_eq!(house.refused(OTHER_ENGINEER, &cancel).0, "MdsProfiles_NotEntitled");
    house.does(STRANGER, &cancel);
    assert_eq!(house.refused(STRANGER, &cancel).0, "MdsProfiles_WrongState");
    let again = house.does(STRANGER, &report)["order"].to_string();
    assert_ne!(again, order, "what was taken back is no known fault any more");
    let assign = ["workorder", "assign", &again, &address(ENGINEER), "--until", "2090-01-01"];
    house.does(CLINIC, &assign);
    let cancel = ["workorder", "cancel", &again, "--reason", "The plug was out"];
    assert_eq!(house.refused(STRANGER, &cancel).0, "MdsProfiles_NotEntitled");
    assert_eq!(house.refused(STRANGER, &report).0, "MdsProfiles_FaultKnown");
    house.does(CLINIC, &["workorder", "unassign", &again]);
    house.does(STRANGER, &cancel);
}

#[test]
fn an_order_runs_out_is_taken_away_and_given_up() {
    let house = House::new();
    let open = ["workorder", "open", MONITOR, "--kind", "fault", "--description", "No picture"];
    let order = house.does(CLINIC, &open)["order"].to_string();
    let now = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24)).unwrap().to_string();
    house.does(CLINIC, &["workorder", "assign", &order, &address(ENGINEER), "--until", &now]);
    house.wait(2 * 86_400);
    assert_eq!(house.refused(ENGINEER, &["workorder", "start", &order]).0, "MdsProfiles_NotAssigned");
    let listed = house.reads("", &["workorder", "list"]).stdout;
    assert!(listed.contains("OVER: assign it again"), "{listed}");
    house.does(CLINIC, &["workorder", "assign", &order, &address(ENGINEER), "--until", "2090-01-01"]);
    house.does(CLINIC, &["workorder", "unassign", &order]);
    assert_eq!(house.refused(ENGINEER, &["workorder", "start", &order]).0, "MdsProfiles_WrongState");
    let cancel = ["workorder", "cancel", &order, "--reason", "The cable was loose"];
    assert_eq!(house.refused(ENGINEER, &cancel).0, "MdsProfiles_NotEntitled");
    house.does(CLINIC, &cancel);
    assert_eq!(house.does("", &["workorder", "list"])["workOrders"][0]["state"], json!("cancelled"));
    let unknown = house.refused(CLINIC, &["workorder", "cancel", "99", "--reason", "none"]);
    assert!(unknown.0 == "MdsProfiles_WrongState" && unknown.1.contains("there is no work order 99"), "{unknown:?}");
    let tried = house.does(CLINIC, &[&open[..], &["--dry-run"]].concat());
    assert_eq!((&tried["order"], &tried["dryRun"]), (&Value::Null, &json!(true)));
}
