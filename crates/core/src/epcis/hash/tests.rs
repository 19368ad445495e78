use proptest::prelude::*;
use serde_json::json;

use super::value;
use super::*;
use crate::epcis::Document;

/// Files of the reference: what goes in, the pre-hash strings, the hashes.
fn reference() -> Vec<(String, String, Vec<String>, Vec<String>)> {
    let Some(data) = std::env::var_os("THERIAC_DATA") else {
        eprintln!("skipped: THERIAC_DATA is not set");
        return Vec::new();
    };
    let folder = std::path::Path::new(&data).join("epcis/hash");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonld"))
        .collect();
    files.sort();
    let lines = |path: &std::path::Path, extension: &str| -> Vec<String> {
        let text = std::fs::read_to_string(path.with_extension(extension)).unwrap();
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (name, text, lines(&path, "prehashes"), lines(&path, "hashes"))
    };
    files.into_iter().map(read).collect()
}

#[test]
fn is_that_of_the_reference() {
    for (name, text, pre_hashes, hashes) in reference() {
        let document = Document::parse(&text).unwrap();
        let ours: Vec<String> = document.hashes().iter().map(ToString::to_string).collect();
        assert_eq!(ours, hashes, "{name}");
        for ((ours, theirs), hash) in document.pre_hashes().iter().zip(&pre_hashes).zip(&hashes) {
            // Two lines of the reference are not the strings that its own hashes are of.
            if EventHash::of_pre_hash(theirs).to_string() == *hash {
                assert_eq!(ours, theirs, "{name}");
            } else {
                assert!(
                    ["epcisDocWithAllGS1Keys", "epcisDocWithCustomSchemaInContext"].contains(&name.as_str()),
                    "{name}"
                );
            }
        }
    }
}

fn of(event: &Value, context: &Value) -> String {
    let mut namespaces = Namespaces::default();
    namespaces.add(context);
    pre_hash(event.as_object().unwrap(), &namespaces)
}

#[test]
fn says_what_the_order_names_then_what_is_left() {
    let event = json!({
        "example:own": { "example:b": 2, "example:a": [true, "x"] },
        "destinationList": [{ "destination": "urn:epc:id:pgln:4012345.00000", "type": "owning_party" }],
        "ilmd": { "example:lot": "  L 1 " },
        "sourceList": [],
        "bizTransactionList": [{ "bizTransaction": "urn:x:2", "type": "po" }, { "bizTransaction": "urn:x:1" }],
        "readPoint": { "id": "geo:1,2", "example:floor": "03" },
        "bizStep": "urn:epcglobal:cbv:bizstep:packing",
        "disposition": "https://example.com/own",
        "action": "ADD",
        "quantityList": [{ "uom": "KGM", "quantity": 1.50, "epcClass": "urn:epc:idpat:sgtin:4012345.066666.*" }],
        "epcList": ["urn:b:1", "urn:a:1"],
        "certificationInfo": ["https://c.example/2", "https://c.example/1"],
        "eventTimeZoneOffset": "+01:00",
        "eventTime": "2020-03-04T11:00:30+01:00",
        "recordTime": "2020-03-04T11:00:31+01:00",
        "eventID": "urn:uuid:1",
        "errorDeclaration": { "declarationTime": "2020-03-05T11:00:31+01:00" },
        "rdfs:comment": "nothing",
        "type": "ObjectEvent",
    });
    let context = json!(["https://ref.gs1.org/c.jsonld", { "example": "https://ns.example.com/" }]);
    assert_eq!(
        of(&event, &context),
        "eventType=ObjectEventeventTime=2020-03-04T10:00:30.000ZeventTimeZoneOffset=+01:00\
         certificationInfo=https://c.example/1certificationInfo=https://c.example/2\
         epcListepc=urn:a:1epc=urn:b:1\
         quantityListquantityElementepcClass=https://id.gs1.org/01/04012345666663quantity=1.5uom=KGM\
         action=ADDbizStep=https://ref.gs1.org/cbv/BizStep-packingdisposition=https://example.com/own\
         readPointid=geo:1,2{https://ns.example.com/}floor=3\
         bizTransactionListbizTransaction=urn:x:1type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:2\
         destinationListtype=https://ref.gs1.org/cbv/SDT-owning_partydestination=https://id.gs1.org/417/4012345000009\
         ilmd{https://ns.example.com/}lot=L 1\
         {https://ns.example.com/}own{https://ns.example.com/}a=True{https://ns.example.com/}a=x\
         {https://ns.example.com/}b=2"
    );
}

#[test]
fn times_are_utc_with_milliseconds() {
    for (text, canonical) in [
        ("2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"),
        ("2023-02-02T11:04:03.1425Z", "2023-02-02T11:04:03.142Z"),
        ("2023-02-02T11:04:03.1425019Z", "2023-02-02T11:04:03.143Z"),
        ("2022-12-31T23:59:59.9999+14:00", "2022-12-31T10:00:00.000Z"),
        ("1969-12-31T23:59:59.9996Z", "1970-01-01T00:00:00.000Z"),
        ("0099-03-04T00:00:00-00:30", "0099-03-04T00:30:00.000Z"),
        ("yesterday", "yesterday"),
    ] {
        assert_eq!(value::time(text), canonical);
    }
}

#[test]
fn numbers_lose_what_says_nothing() {
    for (text, canonical) in [
        ("007", "7"),
        ("+1.50", "1.5"),
        ("-0.0", "0"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("0.00001", "1e-05"),
        ("1.25e-7", "1.25e-07"),
        ("1_000", "1000"),
        ("1e22", "10000000000000000000000"),
    ] {
        assert_eq!(value::numeric(text).as_deref(), Some(canonical), "{text}");
    }
    for text in ["", "-", "1-2", "+01:00", "inf", "nan", "-inf", "1__0", "_1", "1_", "0x10", "1e999", "L1"] {
        assert_eq!(value::numeric(text), None, "{text}");
    }
}

#[test]
fn keys_of_gs1_have_one_uri() {
    for (uri, canonical) in [
        ("urn:epc:id:sgtin:4012345.012345.A+1%2F", "https://id.gs1.org/01/04012345123456/21/A%2B1%2F"),
        ("urn:epc:id:sgln:123456789012..0", "https://id.gs1.org/414/1234567890128"),
        ("urn:epc:id:gdti:123456789012..A1", "https://id.gs1.org/253/1234567890128A1"),
        ("urn:epc:id:grai:4012345.66666.87", "https://id.gs1.org/8003/0401234566666387"),
        ("urn:epc:idpat:cpi:4012345.ABC.*", "https://id.gs1.org/8010/4012345ABC"),
        (
            "http://example.com/some/path/gtin/9506000134352/lot/A/ser/B?17=271231",
            "https://id.gs1.org/01/09506000134352/21/B",
        ),
        ("https://id.gs1.org/01/09506000134352/22/2A/10/A", "https://id.gs1.org/01/09506000134352/10/A"),
        ("https://example.com/01/09506000134352/22/2A", "https://id.gs1.org/01/09506000134352"),
        ("https://example.com/8006/095060001343520102/10/A/21/B", "https://id.gs1.org/8006/095060001343520102/21/B"),
        ("https://example.com/414/9520123456788/254/32a", "https://id.gs1.org/414/9520123456788/254/32a"),
    ] {
        assert_eq!(link::canonical(uri).as_deref(), Some(canonical), "{uri}");
    }
    for uri in [
        "urn:epc:id:sgtin:4012345.12345.1",
        "urn:epc:id:sgtin:4012345.012345.",
        "urn:epc:id:sscc:4012345.000000033",
        "urn:epc:id:grai:123456789012..1",
        "urn:epc:id:sgtin:4012345.012345.%2",
        "https://example.com/01/123",
        "https://example.com/products/09506000134352",
        "https://example.com/01/09506000134352/21/A%2FB",
        "geo:50.947573340894124,6.922120147375441",
    ] {
        assert_eq!(link::canonical(uri).filter(|canonical| canonical != uri), None, "{uri}");
    }
}

proptest! {
    #[test]
    fn canonical_values_never_panic(text in ".*|(urn:epc:(id|class|idpat):[a-z]{3,5}:[0-9.*%A-Z]{0,30})|(https?://[a-z]{1,5}/[0-9/a-z%?#]{0,40})") {
        value::canonical(&text);
        value::time(&text);
    }

    #[test]
    fn a_canonical_value_is_its_own(text in "urn:epc:id:(sgtin:[0-9]{7}[.][0-9]{6}|sgln:[0-9]{7}[.][0-9]{5}|grai:[0-9]{7}[.][0-9]{5})[.][0-9A-Z-]{1,16}") {
        let once = value::canonical(&text).into_owned();
        prop_assert!(once.starts_with("https://id.gs1.org/"), "{}", once);
        prop_assert_eq!(value::canonical(&once).into_owned(), once.clone());
    }
}
