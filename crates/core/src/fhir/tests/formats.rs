//! JSON, XML and the canonical form, on documents that nobody here wrote.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::fhir::{FhirError, Json, Resource, from_xml, to_xml};

/// The files of a folder of `THERIAC_DATA`; none when it is not there.
pub(super) fn data(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(root) = std::env::var_os("THERIAC_DATA").map(PathBuf::from) else {
        eprintln!("skipped: THERIAC_DATA is not set");
        return Vec::new();
    };
    let mut files: Vec<_> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Elements, attributes and text of XML, without what does not count: an outside witness for round trips.
fn elements(text: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut seen = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let mut attributes: Vec<String> = tag
                    .attributes()
                    .map(|attribute| attribute.unwrap())
                    .map(|a| format!("{}={}", a.key.0, a.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap()))
                    .collect();
                attributes.sort();
                seen.push(format!("<{} {}", tag.name().0, attributes.join(" ")));
            }
            Event::End(tag) => seen.push(format!("/{}", tag.name().0)),
            Event::Text(text) if !text.trim().is_empty() => seen.push(text.trim().to_owned()),
            Event::GeneralRef(name) => seen.push(format!("&{}", name.into_inner())),
            Event::Eof => return seen,
            _ => {}
        }
    }
}

#[test]
fn examples_of_the_profile_go_to_json_and_back() {
    for (name, text) in data("pocd/examples") {
        let resource = from_xml(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let again = to_xml(&Resource::from_json(&resource.canonical()).unwrap()).unwrap();
        assert_eq!(elements(&again), elements(std::str::from_utf8(&text).unwrap()), "{name}");
        assert_eq!(from_xml(again.as_bytes()).unwrap(), resource, "{name}");
    }
}

#[test]
fn examples_of_the_standard_go_to_xml_and_back() {
    for (name, text) in data("fhir") {
        let resource = Resource::from_json(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let xml = to_xml(&resource).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let again = from_xml(xml.as_bytes()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(again.canonical(), resource.canonical(), "{name}");
    }
}

fn json_fault(text: &str) -> String {
    Json::parse(text.as_bytes()).unwrap_err().to_string()
}

fn xml_fault(text: &str) -> String {
    from_xml(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn decimals_and_their_digits_stay() {
    for number in ["1.50", "1.5", "0", "-0", "1e-3", "1.0E+10", "12345678901234567890.123456789012345678901"] {
        let text = format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}"#);
        let resource = Resource::from_json(text.as_bytes()).unwrap();
        assert_eq!(resource.canonical(), text.as_bytes(), "{number}");
        let xml = to_xml(&resource).unwrap();
        assert!(xml.contains(&format!("<value value=\"{number}\"/>")), "{xml}");
        assert_eq!(from_xml(xml.as_bytes()).unwrap(), resource);
    }
}

#[test]
fn canonical_form_has_one_order_and_no_space() {
    let text = br#" { "resourceType" : "Device", "z" : [ 1.0, null, true ], "a\u0062" : "\u00e9\n\/\u0007",
        "\ud83d\ude00": {}, "\uffff" : 2 } "#;
    let document = Resource::from_json(text).unwrap();
    let due = "{\"ab\":\"é\\n/\\u0007\",\"resourceType\":\"Device\",\"z\":[1.0,null,true],\"😀\":{},\"\u{ffff}\":2}";
    assert_eq!(String::from_utf8(document.canonical()).unwrap(), due);
    // From `printf … | sha256sum`.
    let device = Resource::from_json(br#"{"resourceType": "Device", "id": "a"}"#).unwrap();
    assert_eq!(device.canonical(), br#"{"id":"a","resourceType":"Device"}"#);
    assert_eq!(hex::encode(device.digest().as_slice()), DIGEST);
}

/// sha256sum of `{"id":"a","resourceType":"Device"}`.
const DIGEST: &str = "62825ac7e2de64c275bfe9b377d97677d057dec374c487696a6787f562177685";

#[test]
fn faults_of_json_have_line_and_column() {
    let cases = [
        ("", "line 1, column 1: the document ends where a value is due: it was cut off"),
        ("{\n  \"é\": tru\n}", "line 2, column 8: a value is due, not 't'"),
        ("{\"a\": 01}", "line 1, column 8: `,` or `}` is due, not '1'"),
        ("{\"a\": 1.}", "line 1, column 7: a number is written as -12.50 or 1e-3, without leading zeros"),
        ("[1,]", "line 1, column 4: a value is due, not ']'"),
        ("{'a': 1}", "line 1, column 2: a property in double quotes is due, not '\\''"),
        ("{\"a\": \"b", "line 1, column 9: the document ends inside a string: it was cut off"),
        ("{\"a\": \"\u{1}\"}", "line 1, column 8: a control character inside a string: write it as \\n or \\u0000"),
        ("{\"a\": \"\\ud800\"}", "line 1, column 8: \\u needs four hexadecimal digits, and surrogates in pairs"),
        ("{} {}", "line 1, column 4: more text after the document: remove it"),
        (
            "{\"a\": 1,\n \"a\": 2}",
            "line 2, column 2: the property `a` stands twice, and every reader would believe another: remove one",
        ),
    ];
    for (text, due) in cases {
        assert_eq!(json_fault(text), due, "{text}");
    }
    let deep = "[".repeat(1_000_000);
    assert_eq!(json_fault(&deep), "line 1, column 65: nested more than 64 deep, which no resource is");
    let many: Vec<String> = (0..100).map(|place| format!("\"p{}\":1", place % 99)).collect();
    assert!(json_fault(&format!("{{{}}}", many.join(","))).contains("`p0` stands twice"));
    let large = Json::parse(&vec![b' '; crate::fhir::MAX_BYTES + 1]).unwrap_err();
    assert!(matches!(large, FhirError::TooLarge { .. }));
}

#[test]
fn faults_of_xml_have_line_and_column() {
    let device = |inner: &str| format!("<Device xmlns=\"http://hl7.org/fhir\">\n{inner}\n</Device>");
    let cases = [
        ("<Device/>".to_owned(), "line 1, column 1: `Device` is not in the namespace"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]>".to_owned() + &device(""), "line 1, column 1: a document type declaration"),
        (device("<status value=\"&b;\"/>"), "line 2, column 1: "),
        (device("&b;"), "line 2, column 1: text `&…;` between elements"),
        (device("<nonsense value=\"1\"/>"), "line 2, column 1: `Device` has no element `nonsense` in R4"),
        (device("<status value=\"a\"/><status value=\"b\"/>"), "line 2, column 20: `status` stands twice"),
        (device("<lotNumber value=\"a\"/><status value=\"b\"/>"), "line 2, column 23: `status` stands too late"),
        (device("<status value=\"a\" colour=\"b\"/>"), "line 2, column 1: FHIR has no attribute `colour`"),
        (device("<status value=\"&#14;\"/>"), "line 2, column 1: "),
        (device("<status value=\"\u{e}\"/>"), "line 2, column 1: the character U+000E"),
        (device("<status/>"), "line 2, column 1: `status` has neither value nor extension"),
        (device("<patient value=\"a\"/>"), "line 2, column 1: `patient` has elements, no attribute `value`"),
        (device("<text><status value=\"empty\"/><div/></text>"), "line 2, column 30: a narrative is a `div`"),
        (
            device("<extension url=\"u\"><valueBoolean value=\"yes\"/></extension>"),
            "line 2, column 20: `valueBoolean` is",
        ),
        (
            device("<extension url=\"u\"><valueDecimal value=\"+1\"/></extension>"),
            "line 2, column 20: `valueDecimal` is",
        ),
        (device("<contained><Nothing/></contained>"), "line 2, column 12: the resource type `Nothing` is not known"),
        ("<Device xmlns=\"http://hl7.org/fhir\"><status".to_owned(), "line 1, column "),
        (device("</status>"), "line 2, column "),
        (String::new(), "line 1, column 1: there is no element"),
    ];
    for (text, due) in cases {
        let fault = xml_fault(&text);
        assert!(fault.starts_with(due), "{text}: {fault}");
    }
    let deep = device(&"<extension url=\"u\">".repeat(100_000));
    assert!(xml_fault(&deep).contains("more than 32 deep"));
    let wide = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_owned() + &device("");
    assert!(xml_fault(&wide).contains("write the file in UTF-8"));
}

/// An entity that grows exponentially needs a document type declaration, which is refused before it is looked at.
#[test]
fn a_billion_laughs_are_not_heard() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let text = format!("<!DOCTYPE l [<!ENTITY l0 \"ha\">{laughs}]><Device xmlns=\"http://hl7.org/fhir\">&l9;</Device>");
    assert!(xml_fault(&text).contains("document type declaration"));
    let inside = "<Device xmlns=\"http://hl7.org/fhir\"><text><status value=\"empty\"/>\
        <div xmlns=\"http://www.w3.org/1999/xhtml\">&l9;</div></text></Device>";
    assert!(xml_fault(inside).contains("the entity `&l9;`"));
}

#[test]
fn what_xml_cannot_say_is_refused() {
    let fault = |text: &str| to_xml(&Resource::from_json(text.as_bytes()).unwrap()).unwrap_err().to_string();
    let cases = [
        (r#"{"resourceType":"Nothing"}"#, "`Nothing`: the type `Nothing` is not known here"),
        (r#"{"resourceType":"Device","fhir_comments":["x"]}"#, "`Device.fhir_comments` is no element of R4"),
        (r#"{"resourceType":"Device","note":[{"text":"a","b":1}]}"#, "`Device.note[0].b` is no element of R4"),
        (r#"{"resourceType":"Device","_note":[{"id":"a"}]}"#, "`Device._note` is no element of R4"),
        (r#"{"resourceType":"Device","status":1}"#, "`Device.status` is a number where a string is due"),
        (r#"{"resourceType":"Device","status":["a"]}"#, "`Device.status` is a list where a single value is due"),
        (r#"{"resourceType":"Device","note":{"text":"a"}}"#, "`Device.note` is an object where a list is due"),
        (
            r#"{"resourceType":"Device","lotNumber":"a\u0001"}"#,
            "`Device.lotNumber` has no form in XML: it has the character",
        ),
        (
            r#"{"resourceType":"Device","text":{"div":"<p>a</p>"}}"#,
            "`Device.text.div` has no form in XML: a narrative is",
        ),
        (r#"{"resourceType":"Observation","valueString":"a","valueInteger":1}"#, "`Observation.value` is two types"),
    ];
    for (text, due) in cases {
        let fault = fault(text);
        assert!(fault.starts_with(due), "{text}: {fault}");
    }
}

#[test]
fn extensions_of_primitive_values_and_gaps_go_both_ways() {
    let text = r#"{"resourceType":"Patient","id":"a","name":[{"id":"n","given":["A",null,"C"],"_given":[null,
        {"id":"g","extension":[{"url":"http://example.org/u","valueString":"x\ty\n\"<&>"}]},null]}],
        "birthDate":"1970-03-30","_birthDate":{"extension":[{"url":"http://example.org/t",
        "valueDateTime":"1970-03-30T09:30:00+02:00"}]},
        "_gender":{"extension":[{"url":"http://example.org/v","valueCode":"x"}]},
        "contained":[{"resourceType":"Practitioner","active":false}]}"#;
    let resource = Resource::from_json(text.as_bytes()).unwrap();
    let again = from_xml(to_xml(&resource).unwrap().as_bytes()).unwrap();
    assert_eq!(String::from_utf8(again.canonical()).unwrap(), String::from_utf8(resource.canonical()).unwrap());
}

fn any_json() -> impl Strategy<Value = Json> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (any::<i32>(), 0..1_000_000u32, any::<i8>())
            .prop_map(|(whole, part, power)| format!("{whole}.{part:06}e{power}")),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        number.prop_map(|text| Json::Number(crate::fhir::Decimal::new(&text).unwrap())),
        ".*".prop_map(Json::String),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::Array),
            prop::collection::btree_map(".{0,6}", inner, 0..8).prop_map(|fields| {
                let mut object = crate::fhir::Object::new();
                fields.into_iter().for_each(|(name, value)| object.set(&name, value));
                Json::Object(object)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_form_is_read_as_it_was_written(document in any_json()) {
        let bytes = crate::fhir::canonical(&document);
        let again = Json::parse(&bytes).unwrap();
        prop_assert_eq!(crate::fhir::canonical(&again), bytes.clone());
        // Another reader sees the same.
        let theirs: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let ours: serde_json::Value = serde_json::from_slice(&crate::fhir::canonical(&again)).unwrap();
        prop_assert_eq!(theirs, ours);
    }

    #[test]
    fn json_is_accepted_where_another_reader_accepts_it(text in "[\\[\\]{}\",:0-9eE.+\\-tfn \\\\u/a]{0,24}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match Json::parse(text.as_bytes()) {
            // A number beyond doubles is a number of JSON, which the other cannot hold.
            Ok(_) => prop_assert!(theirs.is_ok() || theirs.unwrap_err().to_string().contains("out of range")),
            Err(fault) => prop_assert!(theirs.is_err() || fault.to_string().contains("twice"), "{}: {}", text, fault),
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Json::parse(&bytes);
        let _ = from_xml(&bytes);
    }

    #[test]
    fn damaged_documents_never_panic(place in 0usize..3000, byte in any::<u8>(), which in 0usize..12) {
        let files = data("pocd/examples");
        if let Some((_, text)) = files.get(which) {
            let mut text = text.clone();
            let place = place % text.len();
            text[place] = byte;
            if let Ok(resource) = from_xml(&text) {
                crate::fhir::validate(&resource);
                let again = from_xml(to_xml(&resource).unwrap().as_bytes()).unwrap();
                prop_assert_eq!(again.canonical(), resource.canonical());
            }
            let _ = from_xml(&text[..place]);
        }
    }
}
