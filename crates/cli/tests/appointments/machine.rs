//! A machine as a resource: its twin is minted and handed over, patients book it, and it takes no bookings while it is stopped.

use alloy_primitives::B256;
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_client::types::{Content, NewLot, Product};
use theriac_client::{Roles, Suite};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, ModelId};
use theriac_core::serials;

use crate::house::{ANNA, BERT, House, STRANGER, ZONE, account, address, enrolment, known, signer};
use crate::terminal::ADMIN;

const FACTORY: &str = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
const CLINIC: &str = "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";
const PRACTICE: &str = "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97";
const REGULATOR: &str = "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6";
const GTIN: &str = "09506000134352";
/// A tomograph.
const MACHINE: &str = "(01)09506000134352(10)A1(21)S1";

/// The machine is the clinic's: in its hands, and by its twin.
fn with_machine(house: &House) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = house.terminal.path("deployments");
        let suite = async |key: &str| Suite::connect(house.terminal.rpc(), Some(signer(key)), &folder).await.unwrap();
        let people = suite(ADMIN).await.participants();
        let powerful = enrolment(Roles::CERTIFIER | Roles::REGULATOR);
        people.enrol_powerful(account(REGULATOR), &powerful).send().await.unwrap();
        for (key, roles) in [(FACTORY, Roles::MANUFACTURER), (CLINIC, Roles::PROVIDER), (PRACTICE, Roles::PROVIDER)] {
            people.enrol(account(key), &enrolment(roles)).send().await.unwrap();
        }
        let (maker, word, model) =
            (suite(FACTORY).await, Content::raw(B256::repeat_byte(7)), ModelId::new(Agency::Gs1, GTIN));
        maker.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word).send().await.unwrap();
        let catalog = suite(REGULATOR).await.catalog();
        catalog.approve_model(model, account(FACTORY), word.digest, Product::Device).send().await.unwrap();
        let details = LotDetails {
            name: "Tomograph".into(),
            description: "Magnetic resonance tomograph".into(),
            image: None,
            agency: Agency::Gs1,
            di: GTIN.into(),
            lot: "A1".into(),
            made: None,
            expires: None,
        };
        let (lot, tree) = LotDocument::new(details, serials::read("S1\nS2\n".as_bytes()).unwrap()).unwrap();
        let store = Store::open("blocks", &house.terminal.path(&FACTORY[..8])).unwrap();
        let document = store.put(&lot.canonical().unwrap()).await.unwrap();
        let (number, root) = ("A1".into(), tree.root());
        let (made_at, expires_at) = (1_700_000_000, 4_000_000_000);
        let new = NewLot { model, number, root, count: 2, made_at, expires_at, document: document.into() };
        maker.catalog().register_lot(&new).send().await.unwrap();
    });
    does(house, FACTORY, &["custody", "commission", MACHINE]);
    does(house, FACTORY, &["devices", "mint", MACHINE, "--to", &address(CLINIC)]);
    does(house, FACTORY, &["custody", "ship", MACHINE, "--to", &address(CLINIC)]);
    does(house, CLINIC, &["custody", "receive", MACHINE]);
}

/// A command of any room, which must succeed.
fn does(house: &House, key: &str, rest: &[&str]) -> Value {
    house.terminal.json(key, &[rest, &["--home", &key[..8]]].concat())
}

#[test]
fn a_machine_is_booked_by_its_udi_and_not_while_it_is_stopped() {
    let house = House::new();
    with_machine(&house);
    let (monday, tuesday) = (house.date(0), house.date(1));
    let hours = ["--from", "09:00", "--to", "10:00", "--slot", "20m", "--resource", MACHINE];
    let week = format!("{monday}..{tuesday}");
    let open = [&["open", &week, "--zone", ZONE], &hours[..]].concat();
    assert_eq!(house.refused(STRANGER, &open).0, "Appointments_NotHost");
    assert_eq!(house.says(CLINIC, &open)["days"].as_array().unwrap().len(), 2);
    assert_eq!(house.says("", &["day", MACHINE, &monday])["bookable"], json!(["09:00–10:00"]));

    let book = |time| House::booking(MACHINE, &monday, time);
    let booked = house.says(ANNA, &book("09:00"));
    assert_eq!(booked["answer"], "booked");
    assert_eq!(house.says(ANNA, &["list"])["bookings"][0]["doctor"], known(CLINIC), "the owner is the host");
    assert_eq!(house.says_no(BERT, &book("09:00"))["answer"], "slot-taken");

    // Whoever may stop the machine stops the bookings; those that stand stay, and can be given up.
    let stopped = |standing: &str| {
        let told = house.says_no(BERT, &book("09:20"));
        assert_eq!((&told["answer"], &told["standing"]), (&json!("unavailable"), &json!(standing)), "{told}");
        let said = house.reads(BERT, &book("09:20")).stdout;
        assert!(said.contains(standing) && said.contains("another machine"), "{said}");
    };
    does(&house, CLINIC, &["custody", "quarantine", MACHINE]);
    stopped("quarantined");
    assert_eq!(house.says(ANNA, &["list"])["bookings"][0]["fate"], "booked");
    let move_it = ["reschedule", MACHINE, &monday, "09:00", &tuesday, "09:00"];
    assert_eq!(house.says_no(ANNA, &move_it)["answer"], "unavailable");
    does(&house, CLINIC, &["custody", "release", MACHINE]);
    house.says(BERT, &book("09:20"));

    let recall = ["recall", "issue", "--item", MACHINE, "--class", "I", "--reason", "quench", "--action", "stop"];
    let number = does(&house, REGULATOR, &recall)["recall"].to_string();
    stopped("recalled");
    house.says(BERT, &["cancel", MACHINE, &monday, "09:20"]);
    does(&house, REGULATOR, &["recall", "close", &number]);
    house.says(BERT, &book("09:20"));

    // A new owner is the host of what was booked, and the old one no longer.
    does(&house, CLINIC, &["devices", "transfer", MACHINE, "--to", &address(PRACTICE)]);
    assert_eq!(house.refused(CLINIC, &["close", &tuesday, "--resource", MACHINE]).0, "Appointments_NotHost");
    house.says(PRACTICE, &["close", &tuesday, "--resource", MACHINE]);
    house.says(ANNA, &["reschedule", MACHINE, &monday, "09:00", &monday, "09:40"]);
    assert_eq!(house.says(ANNA, &["list"])["bookings"][0]["doctor"], known(PRACTICE));
    let check_in = ["check-in", &monday, "09:20", "--resource", MACHINE];
    assert_eq!(house.refused(CLINIC, &check_in).0, "Appointments_NotHost");
    let listed = house.says(PRACTICE, &["list", "--resource", MACHINE]);
    assert_eq!(listed["bookings"].as_array().unwrap().len(), 2);
    let written = house.says(PRACTICE, &["ics", "machine.ics", "--resource", MACHINE]);
    assert_eq!((&written["appointments"], &written["cancelled"]), (&json!(3), &json!(1)));
}
