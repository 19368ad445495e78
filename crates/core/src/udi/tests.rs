//! Tests of the agency-independent UDI.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::gs1::element_string::tests::any_elements;
use crate::gs1::test_data;

const NOW: i16 = 2026;

fn read(text: &str) -> Udi {
    Udi::parse(text, NOW).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> String {
    Udi::parse(text, NOW).unwrap_err().to_string()
}

#[test]
fn every_gs1_form_gives_the_same() {
    let bracketed = "(01)09506000134352(11)260101(17)271200(10)AB-1(21)S/9";
    let udi = read(bracketed);
    assert_eq!(udi.di.as_str(), "09506000134352");
    assert_eq!((udi.made, udi.expires), (Some(date(2026, 1, 1)), Some(date(2027, 12, 31))));
    let raw = udi.to_element_string().unwrap();
    assert_eq!(raw, "0109506000134352112601011727123110AB-1\u{1d}21S/9");
    let link = udi.to_digital_link("https://id.gs1.org").unwrap().to_string();
    assert_eq!(link, "https://id.gs1.org/01/09506000134352/10/AB-1/21/S%2F9?11=260101&17=271231");
    for text in [
        raw.clone(),
        format!("]d2{raw}"),
        format!("]C1{raw}"),
        link.clone(),
        format!("]Q1{link}"),
        format!(" {link}\n"),
    ] {
        assert_eq!(read(&text), udi, "{text}");
    }
    assert_eq!(read("9506000134352"), Udi::new(udi.di.clone()));
    assert_eq!(read("]E09506000134352").model_id(), udi.model_id());
}

#[test]
fn reads_the_examples_of_the_fda() {
    // "UDI formats by FDA-Accredited Issuing Agency" and the guidance of the IMDRF on it.
    let udi = read("(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234");
    assert_eq!((udi.made, udi.expires), (Some(date(2014, 12, 31)), Some(date(2015, 7, 7))));
    assert_eq!(read("]C0+A99912345/$$52001510X33").di.as_str(), "A99912345");
    assert_eq!(read("=)1TE123456A&)RZ12345678").di.agency(), Agency::Iccbba);
}

#[test]
fn reads_what_accessgudid_reads() {
    let path = "gudid/accessgudid_json_parse_udi_by_unique_device_identifier_code.json";
    let Some(answer) = test_data::read(path) else { return };
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let theirs = |field: &str| answer[field].as_str().map(str::to_owned);
    let udi = read(&theirs("udi").unwrap());
    assert_eq!(Some(udi.di.agency().to_string()), theirs("issuingAgency"));
    assert_eq!(Some(udi.di.to_string()), theirs("di"));
    assert_eq!(udi.lot.as_ref().map(Lot::to_string), theirs("lotNumber"));
    assert_eq!(udi.serial.as_ref().map(Serial::to_string), theirs("serialNumber"));
    assert_eq!(udi.expires.map(|day| day.to_string()), theirs("expirationDate"));
    assert_eq!(udi.made.map(|day| day.to_string()), theirs("manufacturingDate"));
    assert_eq!(udi.other.first().map(|datum| datum.value.clone()), theirs("donationId"));
}

#[test]
fn ids_follow_from_the_label() {
    let model = ModelId::new(Agency::Gs1, "09506000134352");
    let ids = |text: &str| {
        let udi = read(text);
        assert_eq!(udi.model_id(), model);
        (udi.lot_id(), udi.item_id())
    };
    assert_eq!(ids("(01)09506000134352"), (None, None));
    assert_eq!(ids("(01)09506000134352(10)A"), (Some(model.lot("A")), None));
    assert_eq!(ids("(01)09506000134352(21)S"), (Some(model.lot("")), Some(model.lot("").item("S"))));
    assert_eq!(ids("(01)09506000134352(10)A(21)S"), (Some(model.lot("A")), Some(model.lot("A").item("S"))));
}

#[test]
fn expiry_is_the_end_of_the_day_or_the_time_on_the_label() {
    assert_eq!(read("(01)09506000134352(17)270331").expiry_at(), Some(1_806_537_599));
    let timed = read("(01)09506000134352(17)270331(7003)2703311230");
    assert_eq!(timed.expiry_at(), Some(1_806_537_599 - 86_399 + 45_000));
    assert_eq!(timed.to_bracketed().as_deref(), Ok("(01)09506000134352(7003)2703311230"));
    assert_eq!(read("(01)09506000134352").expiry_at(), None);
    assert!(error("(01)09506000134352(17)270331(7003)2704011230").contains("two dates of expiry"));
}

#[test]
fn says_what_it_refused() {
    assert_eq!(error("  "), "there is no text: scan or type the UDI of a label");
    assert!(error("hello").starts_with("`hello` is not a UDI: expected GS1 element strings"));
    assert!(error("(10)A").contains("there is no GTIN"));
    assert!(error("]d21012345678").contains("there is no GTIN"));
    assert!(error("(00)106141412345678908").contains("logistic unit, SSCC 106141412345678908"));
    assert!(error("https://id.gs1.org/01/09506000134353").contains("not a valid GS1 Digital Link: the check digit"));
    assert!(error("(01)09506000134352(17)271301").contains("not valid GS1 element strings: at character 23"));
    assert!(error("+A123BJC5D6E71H").starts_with("not a valid HIBC: the check character"));
    assert!(error("=/A").starts_with("not a valid ISBT 128 code: at character 1"));
    assert!(error("950600013435").contains("the check digit"));
    assert!(error("]d1(01)09506000134352").contains("not one of a GS1 carrier"));
    // 29 February needs the century.
    assert!(error("(01)09506000134352(17)270229").contains("not a day of the calendar"));
}

#[test]
fn other_agencies_have_no_gs1_form() {
    let udi = read("+A99912345/$$52001510X33");
    assert_eq!(udi.to_bracketed(), Err(UdiError::NotGs1(Agency::Hibcc)));
    assert_eq!(udi.to_label_text().as_deref(), Ok("+A99912345/$$320011510X32"));
}

#[test]
fn what_gs1_cannot_carry_is_not_written() {
    let datum = |identifier: &str, value: &str| Datum { identifier: identifier.into(), value: value.into() };
    let with = |other| Udi { other, ..read("(01)09506000134352") }.to_bracketed().unwrap_err().to_string();
    assert_eq!(with(vec![datum("Q", "5")]), "`Q` is not a GS1 application identifier");
    assert!(with(vec![datum("30", "x")]).contains("allowed are digits"));
    assert!(with(vec![datum("30", "5"), datum("30", "6")]).contains("stands twice"));
}

#[test]
fn json_has_one_flat_object() {
    let udi = read("(01)09506000134352(17)271231(10)AB-1(30)5");
    let json = serde_json::json!({
        "agency": "GS1", "di": "09506000134352", "lot": "AB-1", "expires": "2027-12-31",
        "other": [{"identifier": "30", "value": "5"}],
    });
    assert_eq!(serde_json::to_value(&udi).unwrap(), json);
    assert_eq!(serde_json::from_value::<Udi>(json).unwrap(), udi);
}

proptest! {
    #[test]
    fn gs1_forms_round_trip(elements in any_elements()) {
        let udi = Udi::from_elements(&elements, NOW).unwrap();
        let again = |text: String| Udi::parse(&text, NOW).unwrap();
        let sorted = |mut udi: Udi| { udi.other.sort_by(|a, b| a.identifier.cmp(&b.identifier)); udi };
        let udi = sorted(udi);
        prop_assert_eq!(sorted(again(udi.to_element_string().unwrap())), udi.clone());
        prop_assert_eq!(sorted(again(udi.to_bracketed().unwrap())), udi.clone());
        prop_assert_eq!(sorted(again(udi.to_label_text().unwrap())), udi.clone());
        prop_assert_eq!(sorted(again(udi.to_digital_link("https://a.example").unwrap().to_string())), udi.clone());
        prop_assert_eq!(serde_json::from_str::<Udi>(&serde_json::to_string(&udi).unwrap()).unwrap(), udi);
    }

    #[test]
    fn never_panics(text in r".*|(\][a-zA-Z][0-9])?[(+=*0-9hH][()0-9A-Z/$&=,>\x1d]{0,40}") {
        let _ = Udi::parse(&text, NOW);
    }
}
