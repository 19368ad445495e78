//! `theriac market` against a real chain: whole purchases, returns, disputes, tokens, and what is refused in words.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod house;
#[path = "../terminal/mod.rs"]
mod terminal;

use house::{ARBITER, DAY, DISTRIBUTOR, GTIN, HOSPITAL, House, STRANGER, UNITS, account, address, text, unit};
use serde_json::{Value, json};
use terminal::{ADMIN, MAKER};
use theriac_client::types::{Content, RecallClass};

const HALF: &str = "750000000000000000";
const PRICE: &str = "1500000000000000000";

#[test]
fn a_hospital_buys_and_every_answer_says_what_comes_next() {
    let house = House::new();
    let offer = house.offer();
    // Nobody can buy before the seller has joined, and nobody is told otherwise.
    assert_eq!(house.market("", &["list"])["offers"], json!([]));
    let reason = text(&house.market("", &["list", "--all"])["offers"][0]["obstacle"]);
    assert!(reason.contains("theriac market approve"), "{reason}");
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer]).0, "NotAvailable");
    let approved = house.market(MAKER, &["approve"]);
    assert_eq!(approved["approvals"].as_array().unwrap().len(), 2);
    assert!(
        house.market(MAKER, &["approve"])["approvals"].as_array().unwrap().iter().all(|one| one["unchanged"] == true)
    );

    let listed = &house.market("", &["list", "--model", GTIN, "--lot", "A1"])["offers"];
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["price"], &listed[0]["stock"]),
        (&json!(offer), &json!(PRICE), &json!(UNITS))
    );
    assert_eq!(house.market("", &["list", "--model", "09506000117843"])["offers"], json!([]));
    assert_eq!(house.market(HOSPITAL, &["list", "--mine"])["offers"], json!([]));
    let verified = house.terminal.answer("", &["verify", &unit(0)]).1;
    let price = &verified["offers"][0];
    assert_eq!((&price["price"], &price["stock"], &price["seller"]), (&json!(PRICE), &json!(UNITS), &address(MAKER)));
    let said = house.terminal.run("", &["verify", &unit(0)]).stdout;
    assert!(said.contains("price    1.5 ETH of this model, 6 left, from 0x3C44"), "{said}");

    // Units 0 and 1 are free, and chosen; nothing is sent in a dry run.
    let tried = house.market(HOSPITAL, &["buy", &offer, "--count", "2", "--dry-run"]);
    assert_eq!((&tried["purchase"], &tried["cost"]), (&Value::Null, &json!("3000000000000000000")));
    let bought = house.market(HOSPITAL, &["buy", &offer[..12], "--count", "2", "--price", "1.5eth"]);
    assert_eq!((&bought["paidBy"], bought["items"].as_array().unwrap().len()), (&json!("ether"), 2));
    let (purchase, item) = (text(&bought["purchase"]), bought["items"][1].clone());
    assert_eq!(house.owner(&item), address(HOSPITAL));
    assert_eq!(house.market("", &["show", &offer])["open"]["stock"], UNITS - 2);

    assert_eq!(house.refused(HOSPITAL, &["ship", &purchase]).0, "WrongParty");
    assert_eq!(house.refused(HOSPITAL, &["receive", &purchase]).0, "WrongStatus");
    let shipped = house.market(MAKER, &["ship", &purchase[..14]]);
    assert_eq!((&shipped["status"], &shipped["next"][0]["deed"]), (&json!("shipped"), &json!("receive")));
    let (code, words) = house.refused(HOSPITAL, &["receive", &purchase]);
    assert_eq!(code, "NotJoined", "{words}");
    house.market(HOSPITAL, &["approve"]);
    assert_eq!(house.market(HOSPITAL, &["receive", &purchase])["status"], "received");
    let record = house.terminal.write("record.txt", "a sealed record");
    let attached = house.market(HOSPITAL, &["attach", &purchase, &record]);
    house.market(MAKER, &["attach", &purchase, attached["digest"].as_str().unwrap()]);
    assert_eq!(house.refused(DISTRIBUTOR, &["attach", &purchase, &record]).0, "NotParty");
    let settled = house.market(HOSPITAL, &["settle", &purchase]);
    assert_eq!((&settled["status"], &settled["next"]), (&json!("settled"), &json!([])));
    assert_eq!(house.refused(HOSPITAL, &["return", &purchase]).0, "WrongStatus");

    assert_eq!(house.credit(MAKER), "3000000000000000000");
    let out = format!("0x{}", "77".repeat(20));
    assert_eq!(house.market(MAKER, &["withdraw", "--to", &out])["amount"], "3000000000000000000");
    assert_eq!(house.terminal.ask_node("eth_getBalance", json!([out, "latest"])), json!("0x29a2241af62c0000"));
    assert_eq!(house.refused(MAKER, &["withdraw"]).0, "NoCredit");
    let shown = house.market("", &["show", &purchase]);
    let story: Vec<&str> =
        shown["history"].as_array().unwrap().iter().map(|told| told["text"].as_str().unwrap()).collect();
    assert_eq!((story.len(), story[1], story[2]), (6, "shipped", "received"), "{story:?}");
    assert_eq!(house.market(MAKER, &["list", "--purchases"])["purchases"][0]["id"], json!(purchase));
}

#[test]
fn the_record_of_a_purchase_says_what_was_bought_and_is_sealed() {
    let house = House::joined();
    let offer = house.offer();
    let bought = house.market(HOSPITAL, &["buy", &offer, "--count", "2"]);
    let (purchase, id_only) = (text(&bought["purchase"]), text(&bought["items"][1]));
    let path = |name: &str| house.terminal.path(name).display().to_string();
    let (file, sealed, passphrase) =
        (path("record.json"), path("record.age"), house.terminal.write("secret", "p q r s"));
    let record = |units: [&str; 2]| {
        let names = ["--description", "Monitor", "--buyer-name", "City Hospital", "--seller-name", "Works"];
        let words = [&["record", &purchase, units[0], units[1]][..], &names, &["--out", &file]].concat();
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let refused = |units| {
        let words = record(units);
        house.refused(HOSPITAL, &words.iter().map(String::as_str).collect::<Vec<_>>()).0
    };
    let (first, second, other) = (unit(0), unit(1), unit(2));
    assert_eq!(refused([&first, &other]), "OtherItem");
    assert_eq!(refused([&first, &id_only]), "NoLabel");
    let words = record([&second, &first]);
    let made = house.market(HOSPITAL, &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(made["record"]["price"]["amount"], "3000000000000000000");
    assert_eq!(made["record"]["items"][0]["udi"], first);
    assert_eq!(refused([&first, &second]), "File", "nothing is overwritten");

    house.terminal.json(HOSPITAL, &["envelope", "seal", &file, "--passphrase-file", &passphrase, "--out", &sealed]);
    let opened = house.terminal.json(MAKER, &["envelope", "open", &sealed, "--passphrase-file", &passphrase]);
    assert_eq!(opened["record"], made["record"]);
    let attached = house.market(MAKER, &["attach", &purchase, &sealed]);
    assert_eq!(attached["digest"], opened["digest"]);
}

#[test]
fn what_is_sent_back_or_refused_brings_the_money_back() {
    let house = House::joined();
    let offer = house.offer();
    let bought = house.market(HOSPITAL, &["buy", &offer, &unit(3)]);
    let (purchase, item) = (text(&bought["purchase"]), &bought["items"][0]);
    house.market(MAKER, &["ship", &purchase]);
    house.market(HOSPITAL, &["receive", &purchase]);
    house.market(HOSPITAL, &["return", &purchase]);
    assert_eq!(house.refused(HOSPITAL, &["refund", &purchase]).0, "TooEarly");
    house.market(MAKER, &["take-back", &purchase]);
    house.market(MAKER, &["refund", &purchase]);
    assert_eq!((house.credit(HOSPITAL).as_str(), house.owner(item)), (PRICE, address(MAKER)));

    let second = house.buy(&offer);
    house.market(MAKER, &["ship", &second]);
    assert_eq!(house.market(HOSPITAL, &["refuse", &second])["status"], "returned");
    // After the seller's time anyone can do it.
    house.wait(15 * DAY);
    assert_eq!(house.market(STRANGER, &["refund", &second])["status"], "refunded");
    // Before shipping the buyer simply takes its money back.
    let third = house.buy(&offer);
    assert_eq!(house.market(HOSPITAL, &["refund", &third])["status"], "refunded");
    assert_eq!(house.credit(HOSPITAL), "4500000000000000000");

    // An item that came back has its twin, and is offered as an item.
    let again = house.market(MAKER, &["offer", &unit(3), "--price", "1eth", "--until", "2100-01-01"]);
    let verified = house.terminal.answer("", &["verify", &unit(3)]).1;
    assert_eq!((&verified["offers"][0]["thisUnit"], &verified["offers"][0]["offer"]), (&json!(true), &again["offer"]));
    let resold = house.market(HOSPITAL, &["buy", again["offer"].as_str().unwrap()]);
    assert_eq!(&resold["items"][0], item);
}

#[test]
fn an_arbiter_divides_what_the_parties_cannot_agree_about() {
    let house = House::joined();
    let offer = house.offer();
    let purchase = house.buy(&offer);
    assert_eq!(house.refused(HOSPITAL, &["dispute", &purchase]).0, "WrongStatus");
    house.market(MAKER, &["ship", &purchase]);
    house.market(HOSPITAL, &["receive", &purchase]);
    assert_eq!(house.market(HOSPITAL, &["dispute", &purchase])["status"], "disputed");
    let photo = house.terminal.write("photo.txt", "a crack");
    house.market(HOSPITAL, &["evidence", &purchase, &photo]);
    assert_eq!(house.refused(ARBITER, &["evidence", &purchase, &photo]).0, "WrongParty");
    let resolve =
        |to_buyer: &'static str| ["resolve", &purchase, "--to-buyer", to_buyer, "--twins", "buyer"].map(str::to_owned);
    let by = |key: &str, to_buyer| {
        let arguments = resolve(to_buyer);
        house.refused(key, &arguments.each_ref().map(String::as_str)).0
    };
    assert_eq!(by(HOSPITAL, "all"), "WrongParty");
    assert_eq!(by(DISTRIBUTOR, "all"), "NotArbiter");
    assert_eq!(by(ARBITER, "1.500000000000000001eth"), "MoreThanHeld");
    let decided = house.market(ARBITER, &resolve("0.75eth").each_ref().map(String::as_str));
    assert_eq!((&decided["status"], &decided["next"]), (&json!("divided"), &json!([])));
    assert_eq!((house.credit(HOSPITAL).as_str(), house.credit(MAKER).as_str()), (HALF, HALF));
    let shown = house.terminal.run("", &["market", "show", &purchase]).stdout;
    assert!(
        shown.contains("divided: 0.75 ETH to the buyer, 0.75 ETH to the seller; the buyer has the twins"),
        "{shown}"
    );
}

#[test]
fn what_cannot_be_done_is_told_before_anything_is_sent() {
    let house = House::joined();
    let offer = house.offer();
    // Late: who can do what now.
    let purchase = house.buy(&offer);
    let before = house.terminal.ask_node("eth_blockNumber", json!([]));
    assert_eq!(house.refused(STRANGER, &["refund", &purchase]).0, "TooEarly");
    assert_eq!(house.terminal.ask_node("eth_blockNumber", json!([])), before, "nothing was sent");
    house.wait(7 * DAY + 10);
    let (code, words) = house.refused(MAKER, &["ship", &purchase]);
    assert_eq!(code, "TooLate");
    assert!(words.contains("too late: the time to ship ended at") && words.contains("anyone: refund from"), "{words}");
    house.market(STRANGER, &["refund", &purchase]);
    assert_eq!(house.credit(HOSPITAL), PRICE);

    // The price changed under the buyer.
    let changed = house.market(MAKER, &["reprice", &offer, "--price", "2eth", "--stock", "2"]);
    assert_eq!((&changed["offer"], &changed["stock"]), (&json!(offer), &json!(2)));
    let (code, words) = house.refused(HOSPITAL, &["buy", &offer, "--price", "1.5eth"]);
    assert_eq!(code, "PriceChanged");
    assert!(words.contains("is 2 ETH now, not 1.5 ETH"), "{words}");
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer, "--count", "3"]).0, "NotEnoughStock");
    assert_eq!(house.refused(MAKER, &["buy", &offer]).0, "OwnOffer");
    assert_eq!(house.refused(STRANGER, &["buy", &offer]).0, "NotActive");
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer, &unit(UNITS)]).0, "NotInLot");
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer, &unit(0).replace("A1", "B2")]).0, "NotOffered");
    assert_eq!(house.refused(HOSPITAL, &["buy", "0x1234"]).0, "UnknownOffer");
    assert_eq!(house.refused(HOSPITAL, &["ship", "0x1234"]).0, "UnknownPurchase");
    assert_eq!(house.refused(HOSPITAL, &["withdraw-offer", &offer]).0, "Market_NotSeller");
    assert_eq!(house.refused(MAKER, &["offer", &unit(1), "--price", "1"]).0, "NoUnit");
    let sell = |lot: &str, last: &str| {
        house.refused(MAKER, &["offer", "--model", GTIN, "--lot", lot, "--last", last, "--price", "1eth"]).0
    };
    assert_eq!((sell("ZZ", "1").as_str(), sell("A1", "6").as_str()), ("UnknownLot", "NoSuchIndex"));
    let bad = ["offer", "--model", GTIN, "--lot", "A1", "--last", "0", "--stock", "2", "--price", "1eth"];
    assert_eq!(house.refused(MAKER, &bad).0, "Market_BadStock");

    // What could not be bought is not shown as available.
    house.send(&house.suite(ADMIN).participants().suspend(account(MAKER), Default::default()));
    assert_eq!(house.market("", &["list"])["offers"], json!([]));
    assert_eq!(house.terminal.answer("", &["verify", &unit(4)]).1["offers"], json!([]));
    house.send(&house.suite(ADMIN).participants().reinstate(account(MAKER), Default::default()));
    house.market(MAKER, &["withdraw-offer", &offer]);
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer]).0, "NoOffer");
    let offer = house.offer();
    let notice = Content::raw(alloy_primitives::B256::repeat_byte(9));
    let custody = house.suite(MAKER).custody();
    house.send(&custody.recall_lot(
        theriac_core::ids::ModelId::new(theriac_core::ids::Agency::Gs1, GTIN).lot("A1"),
        RecallClass::II,
        notice,
    ));
    let (code, words) = house.refused(HOSPITAL, &["buy", &offer]);
    assert!(code == "NotAvailable" && words.contains("the goods are recalled"), "{code}: {words}");
    let said = house.terminal.run("", &["verify", &unit(4)]).stdout;
    assert!(said.contains("price    not offered"), "{said}");
}

/// The file of a version with other rooms: it says so, and deploying again writes it anew.
#[test]
fn an_older_deployment_is_written_anew() {
    let terminal = terminal::Terminal::with_suite(0);
    let file = "deployments/31337.json";
    let whole = std::fs::read_to_string(terminal.path(file)).unwrap();
    let mut older: Value = serde_json::from_str(&whole).unwrap();
    for room in ["mdsProfiles", "fhirOracle"] {
        older.as_object_mut().unwrap().remove(room);
    }
    terminal.write(file, &older.to_string());
    let (code, words) = terminal.refusal("", &["market", "list"]);
    assert_eq!(code, "Malformed");
    assert!(words.contains("whose contracts were others. Run `theriac deploy` again"), "{words}");
    let again = terminal::Terminal::deployment(0);
    terminal.json(ADMIN, &again.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(std::fs::read_to_string(terminal.path(file)).unwrap(), whole);
}

#[test]
fn tokens_are_paid_by_a_signature_an_allowance_or_at_once() {
    let house = House::joined();
    let token = house.token();
    let sell = ["offer", "--model", GTIN, "--lot", "A1", "--price", "1500.25", "--token", &token];
    let offer = text(&house.market(MAKER, &sell)["offer"]);
    assert_eq!(house.market("", &["list"])["offers"][0]["price"], "1500250000");
    let said = house.terminal.run("", &["market", "list"]).stdout;
    assert!(said.contains("1500.25 USDX"), "{said}");
    assert_eq!(house.refused(HOSPITAL, &["buy", &offer, "--price", "1500.2500001"]).0, "TooFine");
    assert_eq!(house.refused(DISTRIBUTOR, &["buy", &offer]).0, "NotEnoughTokens");
    assert_eq!(
        house
            .refused(
                MAKER,
                &["offer", "--model", GTIN, "--lot", "A1", "--price", "1", "--token", &text(&address(MAKER))]
            )
            .0,
        "NoToken"
    );

    let signed = house.market(HOSPITAL, &["buy", &offer]);
    assert_eq!(signed["paidBy"], "permission");
    house.market(HOSPITAL, &["approve", "--token", &token, "--allowance", "2000 usdx"]);
    assert_eq!(house.market(HOSPITAL, &["buy", &offer])["paidBy"], "allowance");
    // 499.75 are left of the allowance, so the next one is signed for again; and paid at once the allowance has to do.
    assert_eq!(house.market(HOSPITAL, &["buy", &offer])["paidBy"], "permission");
    assert_eq!(house.refused(HOSPITAL, &["pay", &offer]).0, "ERC20InsufficientAllowance");
    house.market(HOSPITAL, &["approve", "--token", &token]);
    let paid = house.market(HOSPITAL, &["pay", &offer]);
    assert_eq!((&paid["shipUntil"], house.owner(&paid["items"][0])), (&Value::Null, address(HOSPITAL)));
    let direct = house.market("", &["show", paid["purchase"].as_str().unwrap()]);
    assert_eq!((&direct["status"], &direct["direct"]), (&json!("settled"), &json!(true)));
    let credit = &house.market(MAKER, &["credit"])["credit"];
    assert_eq!((&credit[0]["amount"], &credit[0]["currency"]["symbol"]), (&json!("1500250000"), &json!("USDX")));
    assert_eq!(house.market(MAKER, &["withdraw", "--token", &token])["amount"], "1500250000");
    let revoked = house.market(HOSPITAL, &["approve", "--token", &token, "--revoke"]);
    assert_eq!(revoked["approvals"].as_array().unwrap().len(), 4);
    assert_eq!(house.refused(HOSPITAL, &["ship", signed["purchase"].as_str().unwrap()]).0, "WrongParty");
}
