//! Elements to fields, from XML and JSON alike.

use proptest::prelude::*;

use super::*;
use crate::document::ModelDocument;

const FULL: &str = include_str!("full.xml");

fn answer(json: &str) -> Result<Got, GudidError> {
    gather(|on| read_json(json.as_bytes(), on))
}

#[test]
fn every_element_finds_its_field() {
    let got = read(FULL);
    assert_eq!(got.reasons(), []);
    insta::assert_debug_snapshot!(got.devices);
}

#[test]
fn contacts_are_dropped() {
    let shown = format!("{:?}", read(FULL).devices);
    assert!(FULL.contains("someone@example.com") && FULL.contains("555-0100"));
    assert!(!shown.contains("example.com") && !shown.contains("555-0100"));
}

#[test]
fn prefixes_and_wrappers_do_not_matter() {
    let prefixed =
        record(A, "").replace("</", "</g:").replace('<', "<g:").replace("<g:/g:", "</g:").replace("xmlns=", "xmlns:g=");
    let got = read(format!("<x><y><g:list>{prefixed}</g:list></y></x>"));
    assert_eq!((got.dis(), got.summary.truncated), (vec![A], false));
    assert_eq!(got.devices[0].company, "Maker & Sons");
    assert_eq!(read(record(A, "")).dis(), [A]);
}

#[test]
fn identifiers_are_held_to_their_agency() {
    let with = |agency: &str, di: &str| {
        let text = record("@", "").replace("GS1", agency).replace('@', di);
        let got = read(file(&[&text]));
        got.devices.first().map(|device| device.di.to_string()).ok_or_else(|| got.reasons().remove(0).to_string())
    };
    assert_eq!(with("GS1", "844588018923"), Ok(A.to_owned()));
    assert_eq!(with("HIBCC", "D02320200101"), Ok("D02320200101".to_owned()));
    assert_eq!(with("HIBCC", "H373VBJR062502A3F"), Ok("H373VBJR062502A3".to_owned()), "without its check character");
    assert_eq!(with("ICCBBA", "A9999XYZ100T0944"), Ok("A9999XYZ100T0944".to_owned()));
    for (agency, di, said) in [
        ("GS1", "00844588018924", "should be 3"),
        ("GS1", "0084458801892X", "digits only"),
        ("GS1", "8445880189", "10 characters"),
        ("GS1", "", "0 characters"),
        ("HIBCC", "00844588018923", "not a HIBCC device identifier"),
        ("ICCBBA", "A9999XYZ100", "not an ICCBBA device identifier"),
        ("NDC/NHRIC", "1234", "\"NDC/NHRIC\" is none of the agencies"),
    ] {
        let reason = with(agency, di).unwrap_err();
        assert!(reason.starts_with("primary identifier: ") && reason.contains(said), "{reason}");
    }
}

#[test]
fn a_faulty_further_identifier_is_left_out_and_listed() {
    let more = "<identifiers><identifier><deviceId>10844588018924</deviceId><deviceIdType>Package</deviceIdType>\
                <deviceIdIssuingAgency>GS1</deviceIdIssuingAgency></identifier>\
                <identifier><deviceId>D02320200101</deviceId><deviceIdType>Tertiary</deviceIdType>\
                <deviceIdIssuingAgency>HIBCC</deviceIdIssuingAgency></identifier></identifiers>";
    let got = read(file(&[&record(A, more)]));
    let device = &got.devices[0];
    assert_eq!(device.identifiers, []);
    assert_eq!(device.left_out.len(), 2);
    assert_eq!(device.left_out[0].kind, Some(IdentifierType::Package));
    assert!(device.left_out[0].reason.to_string().contains("it should be 0"), "{}", device.left_out[0].reason);
    assert_eq!(device.left_out[1].reason, IdentifierFault::UnknownType { kind: "Tertiary".into() });
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    let reason = |more: &str| read(file(&[&record(A, more)])).reasons().remove(0).to_string();
    assert_eq!(reason("<rx>maybe</rx>"), "rx is \"maybe\", which is not true or false");
    assert_eq!(reason("<deviceCount>-1</deviceCount>"), "deviceCount is \"-1\", which is not a number");
    assert!(reason("<devicePublishDate>2015-02-30</devicePublishDate>").starts_with("devicePublishDate is"));
    assert!(reason("<MRISafetyStatus>MR Perhaps</MRISafetyStatus>").starts_with("MRISafetyStatus is"));
    let without = record(A, "").replace("lotBatch", "lot");
    assert_eq!(read(file(&[&without])).reasons(), [RecordFault::Missing("lotBatch")]);
    let second = "<identifiers><identifier><deviceIdType>Primary</deviceIdType></identifier></identifiers>";
    assert_eq!(read(file(&[&record(A, second)])).reasons(), [RecordFault::SeveralPrimaries(2)]);
}

#[test]
fn answers_take_lists_as_arrays_or_as_single_objects() {
    let device = |identifier: &str| {
        format!(
            r#"{{"identifiers": {{"identifier": {identifier}}}, "brandName": "B", "versionModelNumber": 7,
            "companyName": "C", "lotBatch": false, "serialNumber": true, "contacts": {{"customerContact": [{{"phone": "555-0100"}}]}},
            "devicePublishDate": "2015-05-08T00:00:00.000Z",
            "productCodes": {{"fdaProductCode": {{"productCode": "NIQ", "productCodeName": "Stent"}}}}}}"#
        )
    };
    let id =
        r#"{"deviceId": "08717648200274", "deviceIdType": "Primary", "deviceIdIssuingAgency": "GS1", "pkgType": null}"#;
    let single = format!(
        r#"{{"gudid": {{"device": {}}}, "productCodes": {{"productCode": "NIQ", "deviceClass": "3"}}}}"#,
        device(id)
    );
    let listed = format!(
        r#"[{{"gudid": {{"device": [{}]}}, "productCodes": [{{"productCode": "NIQ", "deviceClass": "3"}}]}}]"#,
        device(&format!("[{id}]"))
    );
    let (single, listed) = (answer(&single).unwrap(), answer(&listed).unwrap());
    assert_eq!(single.devices, listed.devices);
    let found = &single.devices[0];
    assert_eq!((found.di.as_str(), found.version_model.as_str()), ("08717648200274", "7"));
    assert_eq!(found.product_codes[0].device_class.as_deref(), Some("3"));
    assert_eq!(found.published, Some(jiff::civil::date(2015, 5, 8)));
    assert!(!format!("{found:?}").contains("555-0100"));
}

#[test]
fn answers_without_device_are_refused() {
    assert_eq!(
        answer(r#"{"error": "Device not found"}"#).unwrap_err().to_string(),
        "the answer holds no device (Device not found); use the answer of devices/lookup"
    );
    assert!(matches!(answer(r#"{"udi": "x", "di": "y"}"#), Err(GudidError::NoDevice { said: None })));
    assert!(matches!(answer("{"), Err(GudidError::Json(_))));
    assert!(matches!(answer(&"[".repeat(100_000)), Err(GudidError::Json(_))));
    let got = answer(r#"{"gudid": {"device": {"brandName": "B"}}}"#).unwrap();
    assert_eq!(got.reasons(), [RecordFault::Missing("the primary identifier")]);
}

#[test]
fn the_model_document_says_what_the_record_says() {
    let devices = read(FULL).devices;
    let document = ModelDocument::from(&devices[0]);
    insta::assert_json_snapshot!(document);
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<ModelDocument>(&json).unwrap(), document);
}

proptest! {
    /// Any text that XML can carry comes back, written as references or as character data.
    #[test]
    fn texts_come_back(texts in proptest::collection::vec("[ -~éß\u{4e00}\u{1f600}]{0,30}", 2), plain in any::<bool>()) {
        let written: Vec<String> = texts.iter().map(|text| if plain && !text.contains("]]>") {
            format!("<![CDATA[{text}]]>")
        } else {
            quick_xml::escape::escape(text).into_owned()
        }).collect();
        let more = format!("<deviceDescription>{}</deviceDescription><catalogNumber>{}</catalogNumber>", written[0], written[1]);
        let got = read(file(&[&record(A, &more)]));
        let expected = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        prop_assert_eq!(&got.devices[0].description, &expected(&texts[0]));
        prop_assert_eq!(&got.devices[0].catalogue_number, &expected(&texts[1]));
    }

    #[test]
    fn answers_never_panic(json in "[\\[\\]{}\":,a-z0-9]{0,80}", key in "(gudid|device|identifiers|error)", value in "[\\[\\]{}0-9\"]{0,6}") {
        let _ = answer(&json);
        let _ = answer(&format!("{{\"gudid\":{{\"{key}\":{value}}}}}"));
    }
}
