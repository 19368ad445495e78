//! `theriac pharmacy` against a real chain: prescriptions, sales, what is refused in words, and what a pharmacy has to explain.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod house;
#[path = "../terminal/mod.rs"]
mod terminal;

use alloy_primitives::B256;
use house::{
    ANOTHER, CONTROLLED, COUNTER, DAY, DOCTOR, DRUG, House, NOWHERE, OTHER, PATIENT, PHARMACIST, PHARMACY, SECOND,
    WHOLESALER, account, address, lot, pack, signer, text,
};
use serde_json::{Value, json};
use terminal::MAKER;
use theriac_client::lots::LotProofs;
use theriac_client::types::Sale;
use theriac_client::types::{Content, Prescription, RecallClass};
use theriac_core::sale::rfid;

const EVIDENCE: B256 = B256::repeat_byte(8);

#[test]
fn a_prescription_signed_without_a_chain_is_filled_to_the_last_pack() {
    let house = House::new();
    house.pharmacy(PHARMACY, &["price", DRUG, "12.50", "EUR"]);
    let patient = house.patient(PATIENT);
    assert_ne!(house.patient(PATIENT), patient);
    assert_eq!(house.pharmacy(PATIENT, &["patient-key", "--number", "0"])["patient"], json!(patient.to_lowercase()));
    let written = ["prescribe", DRUG, "--patient", &patient, "--quantity", "5", "--repeats", "1", "--interval", "30"];
    let signed = ["--until", "2090-01-01", "--sign", "rx.json"];
    let prescribed = house.pharmacy(DOCTOR, &[&written[..], &signed, &NOWHERE].concat());
    let id: B256 = text(&prescribed["id"]).parse().unwrap();
    same_hashes_as_the_contract(&house, &prescribed);

    // Three packs; the signed prescription is handed in with the sale.
    let three = [pack(DRUG, 0), pack(DRUG, 1), pack(DRUG, 2)];
    let three = three.each_ref().map(String::as_str);
    let first = house.collect(PATIENT, "rx.json", &three, "first");
    let (code, words) = house.refused(OTHER, &["collect", "first-request.json", "--out", "no.json"]);
    assert_eq!(code, "OtherPatient", "{words}");
    let for_it = ["--prescription", "rx.json", "--collection", &first];
    let sold = house.sell(&[&three[..], &for_it].concat());
    assert_eq!(sold["price"]["amount"], 3750);
    assert!(sold["sales"][0]["saleHash"].is_string());
    // The event is kept, and its hash is the evidence.
    let evidence = text(&sold["sales"][0]["evidence"]);
    let kept = format!(".theriac/events/{evidence}.json");
    let hash = house.terminal.run("", &["epcis", "hash", &kept]).stdout;
    assert!(hash.contains(evidence.trim_start_matches("0x")), "{hash}");

    // The same collection serves no second sale, nor other packs.
    assert_eq!(house.sell_refused(&[&three[..], &for_it].concat()).0, "OtherSale");
    let two = [pack(DRUG, 3), pack(DRUG, 25)];
    let two = two.each_ref().map(String::as_str);
    assert_eq!(house.sell_refused(&[&two[..], &for_it].concat()).0, "OtherSale");
    // Somebody else's signature for the right packs.
    let second = house.collect(PATIENT, "rx.json", &two, "second");
    forge(&house, id, &second, "forged.json");
    let forged = ["--prescription", "rx.json", "--collection", "forged.json"];
    let (code, words) = house.sell_refused(&[&two[..], &forged].concat());
    assert!(code == "Pharmacy_Refused" && words.contains("prescription's key"), "{code}: {words}");

    // Two packs out of two cases: one transaction. The published code read 2 instead of 3 + 2.
    let sold = house.sell(&[&two[..], &["--prescription", "rx.json", "--collection", &second]].concat());
    assert_eq!(sold["sales"].as_array().unwrap().len(), 2);
    let progress = house.runtime.block_on(house.suite(PHARMACY).pharmacy().progress_of(id)).unwrap();
    assert_eq!((progress.fill_sold, progress.fills, progress.sales), (5, 1, 3));
    assert_eq!(house.stock(DRUG)["sold"], 5);
    assert_eq!(house.stock(DRUG)["stock"], 35);

    // The next fill is due in thirty days, and then it is there.
    let fourth = pack(DRUG, 4);
    let (outcome, reason, answer) = house.check(&[&fourth, "--prescription", "rx.json"]);
    assert_eq!((outcome.as_str(), reason.as_str()), ("not-available", "too-early"));
    assert!(answer["againAt"].is_u64());
    house.wait(30 * DAY);
    assert_eq!(house.check(&[&fourth, "--prescription", "rx.json"]).0, "deliver");
    // A pack that was sold is sold for every other prescription.
    let issued = prescribe(&house, DRUG, "2090-01-01");
    assert_eq!(house.check(&[three[0], "--prescription", &issued]).1, "gone");
    let (_, reason, _) = house.check(&[&fourth, &pack(DRUG, 6), "--prescription", &issued]);
    assert_eq!(reason, "beyond-quantity");
    // A serial that the maker never listed.
    let (code, _) = house.refused(PHARMACIST, &["check", &pack(DRUG, 99), "--prescription", &issued]);
    assert_eq!(code, "NotInLot");
}

/// The id of a prescription, and what packs are signed as, in Rust and in Solidity.
fn same_hashes_as_the_contract(house: &House, prescribed: &Value) {
    let prescription: Prescription = serde_json::from_value(prescribed["prescription"].clone()).unwrap();
    let suite = house.suite(PHARMACY);
    house.runtime.block_on(async {
        let pharmacy = suite.pharmacy();
        let id = pharmacy.asked_id_of(&prescription).await.unwrap();
        assert_eq!((json!(id), id), (prescribed["id"].clone(), pharmacy.id_of(&prescription)));
        let home = house.file(".theriac");
        let known = suite.catalog().lot_of(lot(DRUG)).await.unwrap().unwrap();
        let store = theriac_client::store::Store::open("blocks", &home).unwrap();
        let document = || theriac_client::lots::document(&store, &known);
        let mut proofs = LotProofs::open(&home, lot(DRUG), known.root, document).await.unwrap();
        for indices in [&[7][..], &[3, 1, 2], &[0, 59, 31, 8]] {
            let sale = Sale {
                pharmacy: account(PHARMACY),
                unit: House::case(1),
                proven: proofs.packs(indices).unwrap(),
                prescription: None,
                collection: None,
                evidence: EVIDENCE,
            };
            assert_eq!(pharmacy.asked_packs_of(&sale).await.unwrap(), rfid(lot(DRUG), &sale.proven.packs).unwrap());
        }
    });
}

/// The same collection, signed by somebody who is not the patient.
fn forge(house: &House, id: B256, collection: &str, name: &str) {
    let mut paper: Value = serde_json::from_slice(&std::fs::read(house.file(collection)).unwrap()).unwrap();
    let pharmacy = house.suite(OTHER).pharmacy();
    for sale in paper["content"]["sales"].as_array_mut().unwrap() {
        let (packs, nonce) = (text(&sale["packs"]).parse().unwrap(), sale["nonce"].as_u64().unwrap());
        let stranger = signer(OTHER);
        let signed = pharmacy.sign_collection(id, account(PHARMACY), packs, nonce.try_into().unwrap(), &stranger);
        let signed = house.runtime.block_on(signed).unwrap();
        sale["signature"] = json!(alloy_primitives::Bytes::from(signed.as_bytes().to_vec()));
    }
    std::fs::write(house.file(name), paper.to_string()).unwrap();
}

/// The doctor sends a prescription of one pack for a new key of the patient; answers its id.
fn prescribe(house: &House, gtin: &str, until: &str) -> String {
    let patient = house.patient(PATIENT);
    let order = ["prescribe", gtin, "--patient", &patient, "--quantity", "1", "--until", until];
    text(&house.pharmacy(DOCTOR, &order)["id"])
}

#[test]
fn another_product_is_asked_for_approved_and_sold() {
    let house = House::new();
    let patient = house.patient(PATIENT);
    let order = ["prescribe", DRUG, "--patient", &patient, "--quantity", "2", "--until", "2090-01-01"];
    let id = text(&house.pharmacy(DOCTOR, &[&order[..], &["--out", "rx.json"]].concat())["id"]);
    assert_eq!(house.refused(PHARMACIST, &["submit", "rx.json"]).0, "NotSigned");
    let wanted = pack(ANOTHER, 4);
    let (outcome, reason, answer) = house.check(&[&wanted, "--prescription", "rx.json"]);
    assert_eq!((outcome.as_str(), reason.as_str()), ("ask-practitioner", "other-product"));
    assert!(text(&answer["advice"]).contains("ask-substitution"));
    let pharmacy = address(PHARMACY);
    house.pharmacy(PHARMACIST, &["ask-substitution", &id, ANOTHER, "--pharmacy", &pharmacy]);
    assert_eq!(
        house.refused(OTHER, &["ask-substitution", &id, ANOTHER, "--pharmacy", &pharmacy]).0,
        "Pharmacy_NotEmployed"
    );
    let signed = ["approve-substitution", "rx.json", ANOTHER, "--sign", "yes.json"];
    assert_eq!(house.refused(OTHER, &[&signed[..], &NOWHERE].concat()).0, "OtherPractitioner");
    house.pharmacy(DOCTOR, &[&signed[..], &NOWHERE].concat());

    let with = ["--prescription", "rx.json", "--substitution", "yes.json"];
    let request = [&[wanted.as_str()][..], &with, &["--request", "ask.json"]].concat();
    assert_eq!(house.check(&request).0, "deliver");
    house.pharmacy(PATIENT, &[&["collect", "ask.json", "--out", "collection.json"][..], &NOWHERE].concat());
    house.sell(&[&[wanted.as_str()][..], &with, &["--collection", "collection.json"]].concat());
    assert_eq!(house.stock(ANOTHER)["sold"], 1);
    let again = house.pharmacy(PHARMACIST, &["submit", "yes.json"]);
    assert_eq!(again["transaction"], Value::Null);
    let (code, words) = house.refused(DOCTOR, &["approve-substitution", &id, ANOTHER]);
    assert!(code == "Pharmacy_NothingToApprove" && words.contains("already"), "{words}");

    // A cancelled one, and one whose time is over.
    let cancelled = prescribe(&house, DRUG, "2090-01-01");
    assert_eq!(house.refused(OTHER, &["cancel", &cancelled]).0, "Pharmacy_NotEntitled");
    house.pharmacy(DOCTOR, &["cancel", &cancelled]);
    assert_eq!(house.check(&[&pack(DRUG, 0), "--prescription", &cancelled]).1, "cancelled");
    let short = prescribe(&house, DRUG, "2080-01-01");
    house.wait(60 * 365 * DAY);
    assert_eq!(house.check(&[&pack(DRUG, 0), "--prescription", &short]).1, "past");
}

#[test]
fn each_class_of_medicine_has_its_own_rule() {
    let house = House::new();
    // Over the counter; a drug without prescription is refused.
    let plaster = pack(COUNTER, 0);
    assert_eq!(house.check(&[&plaster]).0, "deliver");
    house.sell(&[&plaster]);
    let (code, words) = house.sell_refused(&[&plaster]);
    assert!(code == "Pharmacy_Refused" && words.contains("sold twice"), "{words}");
    assert_eq!(house.check(&[&pack(DRUG, 0)]).1, "prescription-missing");

    // A controlled medicine takes two pharmacists.
    let rx = prescribe(&house, CONTROLLED, "2090-01-01");
    let wanted = pack(CONTROLLED, 3);
    let collection = house.collect(PATIENT, &rx, &[&wanted], "controlled");
    let sale = [wanted.as_str(), "--prescription", &rx, "--collection", &collection];
    let (code, words) = house.sell_refused(&sale);
    assert!(code == "Pharmacy_Refused" && words.contains("second pharmacist"), "{words}");
    let request = "controlled-request.json";
    house.pharmacy(PHARMACIST, &["countersign", request, "--out", "same.json"]);
    let (code, words) = house.sell_refused(&[&sale[..], &["--second", "same.json"]].concat());
    assert!(code == "Pharmacy_Refused" && words.contains("second pharmacist"), "{words}");
    house.pharmacy(SECOND, &[&["countersign", request, "--out", "second.json"][..], &NOWHERE].concat());
    house.sell(&[&sale[..], &["--second", "second.json"]].concat());
    assert_eq!(house.stock(CONTROLLED)["sold"], 1);

    // Recalled, no longer employed, not yet allowed.
    house.send(&house.suite(MAKER).custody().recall_lot(lot(COUNTER), RecallClass::I, Content::raw(EVIDENCE)));
    let (outcome, reason, answer) = house.check(&[&pack(COUNTER, 1)]);
    assert_eq!((outcome.as_str(), reason.as_str()), ("not-available", "recalled"));
    assert_eq!(answer["about"], json!({ "lot": lot(COUNTER) }));
    house.pharmacy(PHARMACY, &["staff", &address(PHARMACIST), "--end"]);
    assert_eq!(house.check(&[&pack(DRUG, 0)]).1, "not-employed");
    house.pharmacy(PHARMACY, &["approve", "--revoke"]);
    assert_eq!(house.sell_refused(&[&pack(DRUG, 0)]).0, "NotApproved");
}

#[test]
fn what_comes_and_goes_beside_the_room_is_found() {
    let house = House::new();
    let pharmacy = address(PHARMACY);
    let whose = ["reconcile", "--pharmacy", &pharmacy];
    assert_eq!(house.pharmacy("", &whose)["differences"], json!([]));

    // Nothing of the third case is here yet; it is on its way.
    let rx = prescribe(&house, DRUG, "2090-01-01");
    let units = house.suite(WHOLESALER).units();
    house.send(&units.ship(House::case(3), account(PHARMACY), EVIDENCE));
    let (_, reason, answer) = house.check(&[&pack(DRUG, 45), "--prescription", &rx]);
    assert_eq!(reason, "not-held");
    assert_eq!((&answer["arrivals"][0]["packs"], &answer["onShelf"]), (&json!(20), &json!(40)));

    // It is called back, and comes to somebody else.
    house.send(&units.cancel_shipment(House::case(3), EVIDENCE));
    let (said, answer) = house.terminal.answer("", &[&["pharmacy"], &whose[..]].concat());
    assert_eq!((said.code, &answer["differences"][0]["kind"]), (1, &json!("called-back")));
    house.bring(WHOLESALER, House::case(3), MAKER);

    // Packs are dispensed without the room, and some are destroyed, returned and brought back.
    house.send(&house.suite(PHARMACY).units().dispense(account(PHARMACY), House::case(1), &[10, 11, 12, 13], EVIDENCE));
    house.pharmacy(PHARMACY, &["destroy", &pack(DRUG, 14), &pack(DRUG, 15), &pack(DRUG, 17)]);
    assert_eq!(house.refused(PHARMACY, &["destroy", &pack(DRUG, 14)]).0, "NotThere");
    let case = House::case(2).to_string();
    let returned = house.pharmacy(PHARMACY, &["return", &case]);
    assert_eq!((&returned["to"], &returned["packs"]), (&json!(account(WHOLESALER)), &json!(20)));
    house.receive(WHOLESALER, House::case(2));
    assert_eq!(house.refused(PHARMACY, &["return", &case]).0, "NotHeld");
    let sold = pack(DRUG, 1);
    let collection = house.collect(PATIENT, &rx, &[&sold], "one");
    house.sell(&[&sold, "--prescription", &rx, "--collection", &collection]);
    house.pharmacy(PHARMACY, &["destroy", "--returned", &sold]);
    let (code, words) = house.refused(PHARMACY, &["destroy", "--returned", &sold]);
    assert!(code == "Pharmacy_NotReturnable" && words.contains("destroyed before"), "{words}");

    let stock = house.stock(DRUG);
    let of = |name: &str| stock[name].as_u64().unwrap();
    assert_eq!(["received", "sold", "returned", "destroyed", "stock"].map(of), [40, 5, 20, 3, 12]);
    let (said, answer) = house.terminal.answer("", &[&["pharmacy"], &whose[..]].concat());
    assert_eq!(said.code, 1);
    let found = answer["differences"].as_array().unwrap();
    let kinds: Vec<&Value> = found.iter().map(|difference| &difference["kind"]).collect();
    assert_eq!(kinds, [&json!("received-elsewhere"), &json!("dispensed-beside")]);
    assert_eq!((&found[0]["to"], &found[0]["packs"]), (&json!(account(MAKER)), &json!(20)));
    assert_eq!((&found[1]["who"], &found[1]["packs"]), (&json!(account(PHARMACY)), &json!(4)));
    assert!(found.iter().all(|difference| difference["transaction"].is_string()));
    let book = answer["products"].as_array().unwrap().iter().find(|book| book["lot"] == json!(lot(DRUG))).unwrap();
    assert_eq!((&book["sold"], &book["beside"], &book["broughtBack"]), (&json!(1), &json!(4), &json!(1)));
    let words = house.terminal.run("", &[&["pharmacy"], &whose[..]].concat()).stdout;
    assert!(words.contains("2 to be explained") && words.contains("ask who did it"), "{words}");
}
