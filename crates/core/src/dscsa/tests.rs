use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::verification::*;
use super::*;
use crate::gs1::{Lot, Serial, Sscc};
use crate::ids::{LotId, ModelId, UnitSalt};

fn partner(byte: u8, name: &str) -> TradingPartner {
    TradingPartner {
        account: Address::repeat_byte(byte),
        name: name.into(),
        address: "1 Main Street, Springfield, IL 62701".into(),
        gln: Some(Gln::new("0614141123452").unwrap()),
    }
}

fn lot_id() -> LotId {
    ModelId::new(crate::ids::Agency::Gs1, "00300021433802").lot("A1")
}

fn unit(sscc: &str, first: u32, count: u32) -> ShippedUnit {
    ShippedUnit {
        sscc: Sscc::new(sscc).unwrap(),
        salt: UnitSalt::of_entropy([1; 32]),
        packer: Address::repeat_byte(0x11),
        lot_id: lot_id(),
        first,
        count,
    }
}

fn information() -> TransactionInformation {
    TransactionInformation {
        chain_id: 31337,
        custody: Address::repeat_byte(0xc0),
        product_name: "TRULICITY (dulaglutide)".into(),
        strength: "0.75 mg/0.5 mL".into(),
        dosage_form: "injection, solution".into(),
        ndc: Some(Ndc::new("0002-1433-80").unwrap()),
        gtin: Gtin::new("00300021433802").unwrap(),
        container_size: "4 pens of 0.5 mL".into(),
        containers: 150,
        lot: Lot::new("A1").unwrap(),
        transacted: "2026-01-30".parse().unwrap(),
        shipped: Some("2026-02-01".parse().unwrap()),
        from: partner(0x11, "Maker Inc."),
        to: partner(0x22, "Wholesale LLC"),
        units: vec![unit("106141412345678908", 100, 100), unit("376104250021234569", 200, 50)],
    }
}

fn statement() -> TransactionStatement {
    TransactionStatement::new(&information(), true, "2026-01-30T10:00:00Z".parse().unwrap()).unwrap()
}

fn suspect() -> SuspectProduct {
    SuspectProduct {
        case: "2026-7".into(),
        incident: IncidentType::Counterfeit,
        product_name: "TRULICITY (dulaglutide)".into(),
        ndc: Some(Ndc::new("0002-1433-80").unwrap()),
        gtin: Gtin::new("00300021433802").unwrap(),
        lot: Lot::new("A1").unwrap(),
        expires: Some("2027-12-31".parse().unwrap()),
        serials: vec![Serial::new("S9").unwrap(), Serial::new("S2").unwrap()],
        description: "The seal is glued over another one.".into(),
        noticed: "2026-03-01".parse().unwrap(),
        reporter: Reporter {
            account: Address::repeat_byte(0x33),
            name: "Corner Pharmacy".into(),
            address: "2 Main Street, Springfield, IL 62701".into(),
            contact: "+1 217 555 0100".into(),
        },
        handling: Handling::Quarantine { since: "2026-03-01".parse().unwrap() },
        previous: None,
        salt: None,
    }
}

fn after(previous: &SuspectProduct, handling: Handling) -> SuspectProduct {
    SuspectProduct { handling, previous: Some(digest(previous).unwrap()), ..previous.clone() }
}

fn round_trip<D: Document + PartialEq + std::fmt::Debug>(document: &D) {
    let bytes = document.canonical().unwrap();
    assert_eq!(&D::parse(&bytes).unwrap(), document);
    assert_eq!(canonical::to_canonical_bytes(&canonical::parse(&bytes).unwrap()).unwrap(), bytes);
    assert_eq!(document.address().unwrap().digest, digest(document).unwrap());
}

fn changed<D: Document>(document: &D, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut value: Value = serde_json::from_slice(&document.canonical().unwrap()).unwrap();
    change(value.as_object_mut().unwrap());
    D::parse(value.to_string().as_bytes()).err().expect("a changed document is refused").to_string()
}

fn information_error(change: impl FnOnce(&mut Map<String, Value>)) -> String {
    changed(&information(), change)
}

fn says(cases: impl IntoIterator<Item = (String, &'static str)>) {
    for (error, expected) in cases {
        assert!(error.contains(expected), "{error}\n  should say\n{expected}");
    }
}

#[test]
fn documents_round_trip_in_the_form_that_is_described() {
    round_trip(&information());
    round_trip(&statement());
    round_trip(&suspect());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    insta::assert_snapshot!("transaction_information", text(information().canonical().unwrap()));
    insta::assert_snapshot!("transaction_statement", text(statement().canonical().unwrap()));
    let report = Handling::Report { determined: "2026-03-02".parse().unwrap(), incident_number: Some("12-345".into()) };
    insta::assert_snapshot!("suspect_product", text(after(&suspect(), report).canonical().unwrap()));
}

/// The id by `cast keccak $(cast abi-encode …)`, as in `ids`.
#[test]
fn a_partner_finds_the_units_on_the_chain() {
    let unit = unit("106141412345678908", 0, 1);
    assert_eq!(unit.id().to_string(), format!("{}28cb9b008db786a5d87d72ee9214c213", lot_id()));
    assert_eq!(information().lot_id(), lot_id());
    assert!(!format!("{:?}", information()).contains(&"01".repeat(32)), "the salt is printed");
}

#[test]
fn wrong_transaction_information_is_refused() {
    says([
        (information_error(|ti| ti["strength"] = json!(" ")), "`strength` is empty: say what it is"),
        (information_error(|ti| ti["ndc"] = json!("0002-1433-81")), "carries the NDC 0002143380, not 0002-1433-81"),
        (
            information_error(|ti| ti["ndc"] = json!("0002143380")),
            "at `ndc`: `0002143380` does not say where its segments end",
        ),
        (information_error(|ti| ti["gtin"] = json!("09506000134352")), "carries no NDC"),
        (information_error(|ti| ti["gtin"] = json!("00300021433801")), "at `gtin`: the check digit"),
        (information_error(|ti| ti["lot"] = json!("A2")), "and GTIN and lot number name"),
        (
            information_error(|ti| ti["containers"] = json!(149)),
            "`containers` is 149, and the units hold 150: count again",
        ),
        (information_error(|ti| ti["units"] = json!([])), "`units` is empty"),
        (
            information_error(|ti| ti["shipped"] = json!("2026-01-30")),
            "leave it out if the shipment is within 24 hours",
        ),
        (information_error(|ti| ti["transacted"] = json!("30.01.2026")), "is not a date"),
        (information_error(|ti| ti["to"]["account"] = ti["from"]["account"].clone()), "to the same account"),
        (information_error(|ti| ti["to"]["gln"] = json!("0614141123453")), "at `to.gln`: the check digit"),
        (
            information_error(|ti| ti["units"][0]["sscc"] = json!("106141412345678909")),
            "at `units[0].sscc`: the check digit",
        ),
        (information_error(|ti| ti["units"][1]["first"] = json!(199)), "both hold the pack with index 199"),
        (information_error(|ti| ti["units"][1]["first"] = json!(u32::MAX)), "no index is beyond 2^32 - 1"),
        (information_error(|ti| ti["units"][1]["count"] = json!(0)), "it has at least one"),
        (information_error(|ti| ti["units"][1] = ti["units"][0].clone()), "stands in it twice"),
        (information_error(|ti| drop(ti.remove("units"))), "missing field `units`"),
        (information_error(|ti| drop(ti.insert("price".into(), json!(1)))), "at `price`: unknown field `price`"),
    ]);
}

#[test]
fn a_statement_is_whole_and_of_its_transaction() {
    assert_eq!(Statement::ALL.map(Statement::paragraph), ['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    statement().check_of(&information()).unwrap();
    round_trip(&TransactionStatement::new(&information(), false, statement().stated_at).unwrap());

    let other = TransactionInformation { shipped: None, ..information() };
    let error = statement().check_of(&other).unwrap_err().to_string();
    assert!(error.contains("ask for the right one"), "{error}");
    let stranger = TransactionStatement { from: partner(0x44, "Stranger"), ..statement() };
    let error = stranger.check_of(&information()).unwrap_err().to_string();
    assert!(error.contains("the seller is `Maker Inc.`"), "{error}");

    says([
        (changed(&statement(), |ts| ts["firstOwner"] = json!(false)), "the statement of §581(27)(B) is missing"),
        (changed(&statement(), |ts| drop(ts["statements"].as_array_mut().unwrap().pop())), "§581(27)(G) is missing"),
        (
            changed(&statement(), |ts| ts["statements"].as_array_mut().unwrap().push(json!("source"))),
            "write all but (B) and (C), which a first owner cannot make, once, in the order",
        ),
        (changed(&statement(), |ts| ts["statements"].as_array_mut().unwrap().reverse()), "in the order of §581(27)"),
        (changed(&statement(), |ts| ts["statements"][0] = json!("honest")), "unknown variant `honest`"),
    ]);
}

#[test]
fn a_case_goes_its_way() {
    let investigated = after(&suspect(), Handling::Investigate { since: "2026-03-02".parse().unwrap() });
    let cleared = after(&investigated, Handling::Clear { on: "2026-03-03".parse().unwrap() });
    let reported =
        after(&investigated, Handling::Report { determined: "2026-03-03".parse().unwrap(), incident_number: None });
    for (step, before) in [(&investigated, &suspect()), (&cleared, &investigated), (&reported, &investigated)] {
        round_trip(step);
        step.check_after(before).unwrap();
    }
    assert!(cleared.handling.is_cleared() && !reported.handling.is_cleared());

    let error = |step: &SuspectProduct, before| step.check_after(before).unwrap_err().to_string();
    let reopened = after(&cleared, Handling::Investigate { since: "2026-03-04".parse().unwrap() });
    let backdated = after(&investigated, Handling::Clear { on: "2026-03-01".parse().unwrap() });
    let other = SuspectProduct { lot: Lot::new("A2").unwrap(), ..cleared.clone() };
    says([
        (error(&cleared, &suspect()), "`previous` does not name the step before"),
        (error(&reopened, &cleared), "`investigate` cannot follow `clear`: open another case"),
        (error(&backdated, &investigated), "before the step of 2026-03-02: correct the day"),
        (error(&other, &investigated), "differ from the step before: open another case"),
        (
            changed(&suspect(), |case| case["handling"] = json!({ "clear": { "on": "2026-03-01" } })),
            "a case begins with `quarantine`",
        ),
        (
            changed(&suspect(), |case| case["handling"]["quarantine"]["since"] = json!("2026-02-28")),
            "before it was noticed",
        ),
        (changed(&suspect(), |case| case["handling"] = json!({ "sell": {} })), "unknown variant `sell`"),
        (changed(&suspect(), |case| case["handling"]["quarantine"]["by"] = json!("me")), "unknown field `by`"),
        (changed(&suspect(), |case| case["serials"][1] = json!("S9")), "the serial S9 stands in it twice"),
        (changed(&suspect(), |case| case["reporter"]["contact"] = json!("")), "`reporter.contact` is empty"),
        (changed(&suspect(), |case| case["incident"] = json!("lost")), "unknown variant `lost`"),
    ]);
}

/// A request of a published test of a verification router.
const REQUEST: &str = "/verify/gtin/00363391180998/lot/AutoDbTest/ser/1234567890?exp=230715&linkType=verificationService\
                       &context=dscsaSaleableReturn&reqGLN=0363391100002&corrUUID=08dd5e1b-78e7-4dee-9f55-e69f5edf099b";

#[test]
fn requests_are_read_and_written() {
    let request = VerificationRequest::parse(REQUEST).unwrap();
    assert_eq!((request.gtin.as_str(), request.lot.as_str()), ("00363391180998", "AutoDbTest"));
    assert_eq!((request.serial.as_str(), request.expires.to_string().as_str()), ("1234567890", "230715"));
    assert_eq!(request.to_path(), REQUEST);
    let whole = format!("https://vrs.example.org/api{REQUEST}&email=a@example.org&ctrlPossessAtt=true");
    let request = VerificationRequest::parse(&whole).unwrap();
    assert_eq!(request.in_possession, Some(true));
    assert_eq!(VerificationRequest::parse(&request.to_path()).unwrap(), request);

    let error = |from: &str, to: &str| VerificationRequest::parse(&REQUEST.replace(from, to)).unwrap_err().to_string();
    says([
        (error("/lot/AutoDbTest", ""), "the request lacks the lot"),
        (error("/ser/1234567890", ""), "the request lacks the serial"),
        (error("exp=230715&", ""), "the request lacks the expiry"),
        (error("00363391180998", "00363391180999"), "not of the form /verify/gtin/…: ".trim_end_matches("…: ")),
        (error("00363391180998", "00363391180999"), "the check digit"),
        (error("/gtin/", "/drug/"), "not of the form"),
        (error("230715", "231315"), "`exp`: `231315` (YYMMDD) is not a day of the calendar"),
        (error("230715", "230715&exp=230716"), "`exp` stands twice"),
        (error("dscsaSaleableReturn", "guess"), "`context` is `guess`: write dscsaSaleableReturn"),
        (error("verificationService", "pip"), "`linkType` is `pip`: write verificationService"),
        (error("0363391100002", "0363391100003"), "the check digit"),
        (error("e69f5edf099b", "e69f5edf099"), "write a UUID, as"),
        (error("&reqGLN", "&ctrlPossessAtt=yes&reqGLN"), "`ctrlPossessAtt` is `yes`: write true or false"),
    ]);
}

#[test]
fn an_identifier_is_compared_with_what_is_registered() {
    let request = VerificationRequest::parse(REQUEST).unwrap();
    let (lot, other) = (Lot::new("AutoDbTest").unwrap(), Lot::new("B").unwrap());
    let (day, next) = ("2023-07-15".parse().unwrap(), "2023-07-16".parse().unwrap());
    let failed = |reason| Outcome::NotVerified { reason, additional: None };
    for (registered, outcome) in [
        (Some((&lot, day)), Outcome::Verified { additional: None }),
        (Some((&other, day)), failed(FailureReason::NoMatchGtinSerialLot)),
        (Some((&lot, next)), failed(FailureReason::NoMatchGtinSerialExpiry)),
        (Some((&other, next)), failed(FailureReason::NoMatchGtinSerialLotExpiry)),
        (None, failed(FailureReason::NoMatchGtinSerial)),
    ] {
        assert_eq!(request.compare(registered, 2023), outcome);
    }
    // Day 00 is the last of the month.
    let request = VerificationRequest { expires: "230700".parse().unwrap(), ..request };
    let last = "2023-07-31".parse().unwrap();
    assert_eq!(request.compare(Some((&lot, last)), 2023), Outcome::Verified { additional: None });
    assert_eq!(Expiry::of_day(last).date(2023), Ok(last));
}

#[test]
fn answers_have_the_form_of_the_standard() {
    let request = VerificationRequest::parse(REQUEST).unwrap();
    let responder = Gln::new("0363391100002").unwrap();
    let at = "2019-05-17T16:48:53.428Z".parse().unwrap();
    let reason = FailureReason::NoMatchGtinSerial;
    let response =
        VerificationResponse::new(&request, responder, at, Outcome::NotVerified { reason, additional: None });
    assert_eq!(
        response.to_json(),
        r#"{"verificationTimestamp":"2019-05-17T16:48:53.428Z","responderGLN":"0363391100002","data":{"verified":false,"verificationFailureReason":"No_match_GTIN_Serial"},"corrUUID":"08dd5e1b-78e7-4dee-9f55-e69f5edf099b"}"#
    );
    assert_eq!(VerificationResponse::parse(response.to_json().as_bytes()).unwrap(), response);

    // Another service: no UUID was given, a code in small letters, a field of its own.
    let published = r#"{"verificationTimestamp":"2019-05-17T16:48:53.428Z","responderGLN":"0363391100002","corrUUID":"",
        "data":{"verified":true,"additionalInfo":"recalled"},"location":"vrs.example.org"}"#;
    let read = VerificationResponse::parse(published.as_bytes()).unwrap();
    assert_eq!(read.outcome, Outcome::Verified { additional: Some(AdditionalInfo::Recalled) });
    assert_eq!(read.correlation, None);

    let error = |from: &str, to: &str| {
        VerificationResponse::parse(published.replace(from, to).as_bytes()).unwrap_err().to_string()
    };
    says([
        (error("\"verified\":true", "\"verified\":1"), "at `data.verified`: invalid type"),
        (error("\"verified\":true,", ""), "missing field `verified`"),
        (
            error("recalled", "lost"),
            "`lost` is not an additionalInfo: it is one of Expired, ExpirationExtended, Recalled",
        ),
        (error("0363391100002", "0363391100003"), "at `responderGLN`: the check digit"),
        (error("2019-05-17T16", "yesterday 16"), "at `verificationTimestamp`"),
        (
            error("{\"verified\":true", "{\"verified\":true,\"verificationFailureReason\":\"No_reason_provided\""),
            "so there is no failure",
        ),
        (error("{", "["), "this is not the JSON"),
    ]);
}

proptest! {
    #[test]
    fn shipments_round_trip(counts in prop::collection::vec(1_u32..1000, 1..8), salts: [u8; 8], gap in 0_u32..5, name in "[^\\s].{0,20}") {
        let mut next = 0;
        let mut units = Vec::new();
        for (index, count) in counts.iter().enumerate() {
            let salt = UnitSalt::of_entropy([salts[index]; 32]);
            let sscc = Sscc::of_payload(10_614_141_234_567_890 + index as u64);
            units.push(ShippedUnit { salt, sscc, ..unit("106141412345678908", next, *count) });
            next += count + gap;
        }
        let containers = counts.iter().sum();
        round_trip(&TransactionInformation { units, containers, product_name: name, ..information() });
    }

    #[test]
    fn requests_round_trip(lot in r#"[!"%-/0-9:-?A-Z_a-z]{1,20}"#, serial in r#"[!"%-/0-9:-?A-Z_a-z]{1,20}"#, possessed: Option<bool>) {
        let request = VerificationRequest {
            lot: Lot::new(lot).unwrap(),
            serial: Serial::new(serial).unwrap(),
            in_possession: possessed,
            ..VerificationRequest::parse(REQUEST).unwrap()
        };
        prop_assert_eq!(VerificationRequest::parse(&request.to_path()).unwrap(), request);
    }

    #[test]
    fn answers_round_trip(
        second in 0_i64..4_000_000_000,
        reason in prop::option::of(prop::sample::select(FailureReason::ALL)),
        additional in prop::option::of(prop::sample::select(AdditionalInfo::ALL)),
    ) {
        let outcome = match reason {
            Some(reason) => Outcome::NotVerified { reason, additional },
            None => Outcome::Verified { additional },
        };
        let request = VerificationRequest::parse(REQUEST).unwrap();
        let at = jiff::Timestamp::from_second(second).unwrap();
        let response = VerificationResponse::new(&request, Gln::new("0363391100002").unwrap(), at, outcome);
        prop_assert_eq!(VerificationResponse::parse(response.to_json().as_bytes()).unwrap(), response);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*|/verify/gtin/00363391180998[a-z0-9/?&=%]{0,40}", bytes: Vec<u8>) {
        let _ = VerificationRequest::parse(&text);
        prop_assert!(VerificationResponse::parse(&bytes).is_err());
        prop_assert!(TransactionInformation::parse(&bytes).is_err());
    }
}

#[test]
fn a_case_has_every_step_after_the_one_before() {
    let day = |text: &str| text.parse().unwrap();
    let begun = SuspectCase::begin(suspect()).unwrap();
    assert_eq!(begun.id().unwrap(), digest(&suspect()).unwrap());
    let investigate = Handling::Investigate { since: day("2026-03-02") };
    let looked = begun.clone().then("the seal".into(), investigate.clone(), B256::ZERO).unwrap();
    let cleared =
        looked.clone().then("a scratch".into(), Handling::Clear { on: day("2026-03-03") }, B256::ZERO).unwrap();
    let read = SuspectCase::parse(&cleared.canonical().unwrap()).unwrap();
    assert_eq!((&read, read.steps().len(), read.id().unwrap()), (&cleared, 3, begun.id().unwrap()));
    assert_eq!(begun.clone().with(looked.steps()[1].clone()).unwrap(), looked);
    assert!(cleared.clone().then("again".into(), investigate, B256::ZERO).is_err(), "a case that is over stays over");
    assert!(SuspectCase::begin(looked.steps()[1].clone()).unwrap_err().to_string().contains("names one before"));
    assert!(begun.with(cleared.steps()[2].clone()).is_err(), "a step was left out");
    assert!(
        SuspectCase::parse(br#"{"type":"suspectCase","v":1,"steps":[]}"#).unwrap_err().to_string().contains("empty")
    );
}

#[test]
fn papers_are_of_one_transaction_and_name_its_units() {
    let papers = ShipmentPapers { information: information(), statement: statement() };
    let read = ShipmentPapers::parse(&papers.canonical().unwrap()).unwrap();
    assert_eq!(read, papers);
    assert!(papers.names(information().units[1].id()) && !papers.names(unit("006141410000000012", 0, 1).id()));
    let other = TransactionInformation { strength: "1.5 mg/0.5 mL".into(), ..information() };
    let refused = ShipmentPapers { information: other, statement: statement() }.canonical().unwrap_err();
    assert!(refused.to_string().contains("ask for the right one"), "{refused}");
}
