//! Cases and pallets of a medicine on a real chain: from the list of a maker to a pharmacy, with papers; and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod house;
mod suspect;
#[path = "../terminal/mod.rs"]
mod terminal;

use house::{GTIN, PHARMACY, Trade, WHOLESALER, account, pack, sscc};
use serde_json::{Value, json};
use terminal::{ADMIN_ACCOUNT, CERTIFIER, MAKER, MAKER_ACCOUNT};
use theriac_client::rooms::Price;

fn held(units: &Value) -> Vec<(String, u64, u64)> {
    let of = |unit: &Value| {
        (
            unit["sscc"].as_str().unwrap_or_default().to_owned(),
            unit["first"].as_u64().unwrap(),
            unit["packs"].as_u64().unwrap(),
        )
    };
    units["units"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_lot_goes_from_its_maker_to_a_pharmacy_in_cases_with_papers() {
    let trade = Trade::in_cases();
    assert_eq!(trade.run(MAKER, &["drug", "import", "list.csv"])["medicines"][0]["outcome"], "unchanged");
    let approved = trade.run(CERTIFIER, &["catalog", "approve", GTIN, "--manufacturer", MAKER_ACCOUNT]);
    assert_eq!(approved["product"], "drug");

    // Two cases become one, and the last is divided.
    trade.custody(MAKER, &["pack", &sscc(1), &sscc(2), "--into", &sscc(200)]);
    trade.custody(MAKER, &["split", &sscc(4), "--count", "20", "--into", &sscc(201)]);
    let expected = [(sscc(200), 0, 100), (sscc(3), 100, 50), (sscc(4), 150, 30), (sscc(201), 180, 20)];
    let expected: Vec<(String, u64, u64)> = expected.to_vec();
    let mine = trade.custody(MAKER, &["units"]);
    assert_eq!((held(&mine), &mine["packs"]), (expected, &json!(200)));

    // The event of the shipment is in the home folder, and its hash on chain.
    let papers = trade.papers("Maker Inc.", "Wholesale LLC");
    let to = account(WHOLESALER).to_string();
    let shipped = trade.custody(MAKER, &["ship", &sscc(3), "--to", &to, "--ti", &papers]);
    let evidence = shipped["units"][0]["evidence"].as_str().unwrap();
    let file = format!("maker/events/{evidence}.json");
    let hash = trade.terminal.run("", &["epcis", "hash", &file]).stdout;
    assert_eq!(hash.trim(), format!("ni:///sha-256;{}?ver=CBV2.0", evidence.trim_start_matches("0x")));

    // The wholesaler learns the number from the papers only; others have nothing to open.
    assert_eq!(trade.refused(WHOLESALER, &["receive", &sscc(3)]), "UnknownSscc");
    assert_eq!(trade.custody(PHARMACY, &["inbox"])["units"], json!([]));
    let inbox = trade.custody(WHOLESALER, &["inbox"]);
    assert_eq!((&inbox["units"][0]["papers"], &inbox["units"][0]["sscc"]), (&json!("opened"), &json!(sscc(3))));
    assert_eq!((&inbox["units"][0]["packs"], &inbox["units"][0]["lot"]), (&json!(50), &json!("A1")));
    assert_eq!(trade.custody(WHOLESALER, &["inbox"])["learnt"], json!([]), "it knows them by now");
    trade.custody(WHOLESALER, &["receive", &sscc(3)]);
    assert_eq!(trade.custody(WHOLESALER, &["inbox"])["units"], json!([]));

    // A tenth goes to the pharmacy.
    trade.custody(WHOLESALER, &["split", &sscc(3), "--count", "5", "--into", &sscc(300)]);
    trade.deliver(WHOLESALER, PHARMACY, ("Wholesale LLC", "Corner Pharmacy"), &sscc(300));
    assert_eq!(held(&trade.custody(PHARMACY, &["units"])), [(sscc(300), 145, 5)]);

    let trace = trade.custody(PHARMACY, &["trace", &pack(1147)]);
    let verbs: Vec<_> = trace["events"].as_array().unwrap().iter().map(|event| event["verb"].clone()).collect();
    assert_eq!(verbs, ["commission-lot", "unpack", "ship", "receive", "split", "ship", "receive"]);
    assert_eq!((&trace["index"], &trace["sscc"]), (&json!(147), &json!(sscc(300))));
    assert_eq!(trace["holder"], json!(account(PHARMACY)));
    let said = trade.terminal.run(PHARMACY, &["--home", "pharmacy", "custody", "trace", &sscc(300)]).stdout;
    assert!(said.contains("Corner Pharmacy, 0x") && said.contains("(pharmacy)"), "{said}");

    // A tag has no lot on it, and everybody who has the list finds it.
    let price = Price { amount: 12_950, currency: 840 };
    let model = theriac_core::ids::ModelId::new(theriac_core::ids::Agency::Gs1, GTIN);
    trade.send(&trade.suite(PHARMACY).pharmacy().set_price(model, Some(price)));
    let tag = "urn:epc:id:sgtin:0300021.043380.1147";
    let known = trade.run(PHARMACY, &["drug", "rfid", tag]);
    assert_eq!((&known["lots"][0]["number"], &known["lots"][0]["index"]), (&json!("A1"), &json!(147)));
    assert_eq!((&known["maker"], &known["prices"][0]["amount"]), (&json!(account(MAKER)), &json!(12_950)));
    assert_eq!(known["available"], json!([{ "pharmacy": account(PHARMACY), "packs": 5 }]));
    // With the trace of `custody trace`, and names where the reader's papers tell them.
    assert_eq!(known["lots"][0]["events"], trace["events"]);
    let read = |home: &str| trade.terminal.run("", &["--home", home, "drug", "rfid", tag]).stdout;
    let said = read("pharmacy");
    for told in [
        "maker        0x",
        "made         2026-01-01",
        "expires      2030-12-31",
        "holder       Corner Pharmacy, 0x",
        "trace\n",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(said.contains("by Wholesale LLC, 0x") && said.contains("12950"), "{said}");
    let others = read("certifier");
    assert!(!others.contains("Corner Pharmacy") && others.contains("(pharmacy)"), "{others}");
    let (said, none) =
        trade.terminal.answer("", &["--home", "pharmacy", "drug", "rfid", "urn:epc:id:sgtin:0300021.043380.1"]);
    assert_eq!((said.code, &none["lots"]), (1, &json!([])), "nobody made it");

    // The wholesaler's events stand behind what the chain has: it received, split (two events), and shipped. What was killed before it
    // was sent does not, and a changed one stands behind nothing.
    let orphan = trade.terminal.path("wholesaler/events");
    let event = theriac_core::epcis::verbs::commission(
        theriac_core::epcis::verbs::Moment::new(jiff::Timestamp::UNIX_EPOCH, theriac_core::epcis::Offset::UTC),
        theriac_core::epcis::verbs::Things::items(["https://id.gs1.org/00/106141412345678908".parse().unwrap()]),
    );
    let text = serde_json::Value::Object(event.to_json()).to_string();
    std::fs::write(orphan.join(format!("{}.json", event.evidence())), text).unwrap();
    let exported = trade.terminal.path("events.json").to_str().unwrap().to_owned();
    let written = trade.run(WHOLESALER, &["epcis", "export", "--out", &exported]);
    assert_eq!((&written["events"], &written["leftOut"]), (&json!(4), &json!(1)));
    assert_eq!(trade.run("", &["epcis", "validate", &exported])["valid"], true);
    let import = ["--home", "pharmacy", "epcis", "import", exported.as_str()];
    let kept = trade.events(PHARMACY).len();
    let (said, known) = trade.terminal.answer("", &import);
    assert_eq!((said.code, &known["confirmed"], known["events"].as_array().unwrap().len()), (0, &json!(4), 4));
    assert_eq!(trade.events(PHARMACY).len(), kept + 4);
    assert_eq!(trade.terminal.answer("", &import).1["confirmed"], 4, "again it is the same");
    assert_eq!(trade.events(PHARMACY).len(), kept + 4);
    let text = std::fs::read_to_string(&exported).unwrap();
    std::fs::write(&exported, text.replace("in_transit", "in_progress").replace("shipping", "receiving")).unwrap();
    assert_eq!(trade.terminal.answer("", &import).1["confirmed"], 3);

    // Every holder of a recalled lot is found, by packs.
    trade.custody(PHARMACY, &["destroy", &sscc(300), "--first", "149", "--count", "1"]);
    let reason = ["--class", "II", "--reason", "glass", "--action", "return"];
    trade.run(CERTIFIER, &[&["recall", "issue", "--model", GTIN, "--lot", "A1"], &reason[..]].concat());
    let holders = trade.run(CERTIFIER, &["recall", "holders", "1"]);
    let packs: Vec<_> = holders["holders"].as_array().unwrap().iter().map(|one| one["packs"].clone()).collect();
    assert_eq!(
        (packs, &holders["destroyed"], &holders["packs"]),
        (vec![json!(150), json!(45), json!(4)], &json!(1), &json!(199))
    );
    assert_eq!(trade.refused(PHARMACY, &["ship", &sscc(300), "--to", MAKER_ACCOUNT, "--ti", &papers]), "OpenedUnit");
}

#[test]
fn both_events_of_a_split_are_confirmed_and_a_changed_one_is_not() {
    let trade = Trade::in_cases();
    let split = trade.custody(MAKER, &["split", &sscc(1), "--count", "20", "--into", &sscc(9)]);
    let evidence = split["evidence"].as_str().unwrap();
    let exported = trade.terminal.path("events.json").to_str().unwrap().to_owned();
    trade.run(MAKER, &["epcis", "export", "--out", &exported]);
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&exported).unwrap()).unwrap();
    let events = document["epcisBody"]["eventList"].as_array().unwrap();
    let [unpacking, packing] = &events[events.len() - 2..] else { panic!("{document}") };
    assert_eq!((&unpacking["bizStep"], &packing["bizStep"]), (&json!("unpacking"), &json!("packing")));
    let hashes = trade.run("", &["epcis", "hash", &exported])["hashes"].clone();
    let [first, second] = &hashes.as_array().unwrap()[events.len() - 2..] else { panic!("{hashes}") };
    assert_eq!(*second, format!("ni:///sha-256;{}?ver=CBV2.0", evidence.trim_start_matches("0x")));
    assert_eq!(packing["theriac:precededBy"], *first);

    let import = |home: &str, events: &[&Value]| {
        let mut given = document.clone();
        given["epcisBody"]["eventList"] = json!(events);
        let file = trade.terminal.write("given.json", &given.to_string());
        let (said, told) = trade.terminal.answer("", &["--home", home, "epcis", "import", &file]);
        (said.code, told["confirmed"].clone(), told["missing"].clone())
    };
    assert_eq!(import("wholesaler", &[unpacking, packing]), (0, json!(2), json!([])));
    assert_eq!(trade.events(WHOLESALER).len(), 2);
    let again = trade.terminal.path("again.json").to_str().unwrap().to_owned();
    assert_eq!(trade.run(WHOLESALER, &["epcis", "export", "--out", &again])["events"], 2, "to be passed on");

    // One that says another number of packs is not the one that the evidence names.
    let mut changed = unpacking.clone();
    changed["childQuantityList"][0]["quantity"] = json!(19);
    assert_eq!(import("pharmacy", &[&changed, packing]), (1, json!(1), json!([first])));
    // And one that names another is not the evidence.
    let mut other = packing.clone();
    other["theriac:precededBy"] = second.clone();
    assert_eq!(import("stranger", &[unpacking, &other]), (1, json!(0), json!([])));
    // What came without the other is confirmed, and so is the other when it comes later.
    assert_eq!(import("certifier", &[unpacking]), (1, json!(0), json!([])));
    assert_eq!(import("certifier", &[packing]), (1, json!(1), json!([first])));
    assert_eq!(import("certifier", &[unpacking]), (0, json!(1), json!([])));
    assert_eq!(trade.events(CERTIFIER).len(), 2);
}

#[test]
fn what_is_late_twice_or_out_of_order_is_refused_and_changes_nothing() {
    let trade = Trade::in_cases();
    let (to, me) = (account(WHOLESALER).to_string(), account(MAKER).to_string());
    let lot = ["--model", GTIN, "--lot", "A1"];
    let new = sscc(9);
    let commission = [&["commission-lot"], &lot[..], &["--sscc", &new]].concat();
    assert_eq!(trade.refused(MAKER, &commission), "Units_AlreadyCommissioned");
    assert_eq!(trade.refused(WHOLESALER, &commission), "Units_NotManufacturer");
    assert_eq!(trade.refused(MAKER, &["commission", &pack(1000)]), "Custody_HeldInUnits");
    assert_eq!(trade.refused(MAKER, &["commission", &sscc(1)]), "NotForUnits");

    // The pallet is no more, and what was never a unit is not known.
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(100), "--to", &to]), "NoUnit");
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(999), "--to", &to]), "UnknownSscc");
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(1), &pack(1000), "--to", &to]), "MixedKinds");
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(1), "--to", &me]), "Units_BadAddressee");
    assert_eq!(trade.refused(MAKER, &["receive", &sscc(1)]), "Units_NotUnderWay");
    assert_eq!(trade.refused(MAKER, &["pack", &sscc(1), &sscc(3), "--into", &sscc(9)]), "Units_NotAdjoining");
    assert_eq!(trade.refused(MAKER, &["pack", &sscc(1), &sscc(2), "--into", &sscc(3)]), "Units_UnitExists");
    assert_eq!(trade.refused(MAKER, &["split", &sscc(1), "--count", "50", "--into", &sscc(9)]), "Units_BadParts");
    let parts = ["unpack", &sscc(1), "--counts", "20", "20", "--into", &sscc(8), &sscc(9)];
    assert_eq!(trade.refused(MAKER, &parts), "Units_BadParts");
    assert_eq!(trade.refused(MAKER, &["unpack", &sscc(1), "--each", "25", "--into", &sscc(8)]), "NumbersMissing");
    assert_eq!(trade.refused(MAKER, &["destroy", &sscc(1), "--first", "49", "--count", "2"]), "Units_NothingThere");
    assert_eq!(trade.refused(MAKER, &["release", &sscc(1)]), "Units_NotStopped");

    // A unit has its id for those who do not know its number, and only its parties move it.
    let id = trade.custody(MAKER, &["units"])["units"][0]["unit"].as_str().unwrap().to_owned();
    assert_eq!(trade.refused(WHOLESALER, &["ship", &id, "--to", &me]), "Units_NotHolder");
    let papers = trade.papers("Maker Inc.", "Wholesale LLC");
    assert_eq!(trade.refused(MAKER, &["papers", &sscc(1), "--ti", &papers]), "NotUnderWay");
    let wrong = trade.terminal.write("wrong.json", "{\"productName\": 1}");
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(1), "--to", &to, "--ti", &wrong]), "InvalidTi");
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(1), "--to", ADMIN_ACCOUNT, "--ti", &papers]), "NoKey");

    // Without papers the unit is on its way all the same; they can follow.
    trade.custody(MAKER, &["ship", &sscc(1), "--to", &to]);
    assert_eq!(trade.refused(MAKER, &["ship", &sscc(1), "--to", &to]), "Units_UnderWay");
    assert_eq!(trade.refused(PHARMACY, &["receive", &id]), "Units_NotAddressee");
    let inbox = trade.custody(WHOLESALER, &["inbox"]);
    assert_eq!((&inbox["units"][0]["sscc"], &inbox["learnt"]), (&Value::Null, &json!([])));
    trade.custody(MAKER, &["papers", &sscc(1), "--ti", &papers]);
    assert_eq!(trade.custody(WHOLESALER, &["inbox"])["units"][0]["sscc"], json!(sscc(1)));
    trade.custody(WHOLESALER, &["reject", &sscc(1)]);
    assert_eq!(trade.refused(WHOLESALER, &["receive", &sscc(1)]), "Units_NotUnderWay");

    // Stops hold the unit together, and a theft is taken back as what was reported.
    trade.custody(MAKER, &["quarantine", &sscc(1)]);
    assert_eq!(trade.refused(MAKER, &["quarantine", &sscc(1)]), "Units_AlreadyStopped");
    assert_eq!(trade.refused(MAKER, &["split", &sscc(1), "--count", "5", "--into", &sscc(9)]), "Units_Stopped");
    trade.custody(MAKER, &["release", &sscc(1)]);
    trade.custody(MAKER, &["report-lost", &sscc(1), "--loss", "stolen"]);
    trade.custody(MAKER, &["recover", &sscc(1)]);
    assert_eq!(trade.custody(MAKER, &["units"])["packs"], 200);

    let approved = trade.custody(MAKER, &["approve"]);
    assert_eq!((&approved["approved"], &approved["unchanged"]), (&json!(true), &json!(false)));
    assert_eq!(trade.custody(MAKER, &["approve"])["unchanged"], true);
    assert_eq!(trade.custody(MAKER, &["approve", "--revoke"])["approved"], false);
    let tried = trade.custody(MAKER, &["split", &sscc(1), "--count", "5", "--into", &sscc(9), "--dry-run"]);
    assert_eq!((&tried["dryRun"], &tried["transaction"]), (&json!(true), &Value::Null));
    assert!(!trade.book(MAKER).unwrap().contains(&sscc(9)), "a dry run writes nothing");
}
