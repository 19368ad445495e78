use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::cbv::*;
use super::*;

fn data() -> Option<PathBuf> {
    let data = std::env::var_os("THERIAC_DATA");
    if data.is_none() {
        eprintln!("skipped: THERIAC_DATA is not set");
    }
    data.map(|data| Path::new(&data).join("epcis"))
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json" || extension == "jsonld"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Refused by every validator that asserts formats, as the data's README says.
const REFUSED: [&str; 2] =
    ["Documents-AggregationEvent_with_persistentDisposition", "Documents-SensorData_with_combined_events"];

#[test]
fn valid_files_are_valid_and_invalid_ones_are_not() {
    let Some(data) = data() else { return };
    for (name, text) in files(&data.join("valid")) {
        let findings = validate(&text).unwrap();
        assert_eq!(findings.is_empty(), !REFUSED.contains(&name.as_str()), "{name}: {findings:#?}");
    }
    for (name, text) in files(&data.join("invalid")) {
        assert!(!validate(&text).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn findings_name_line_and_rule() {
    let text = r#"{
  "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
  "type": "EPCISDocument",
  "schemaVersion": "2.0",
  "creationDate": "2026-01-31T08:00:00Z",
  "epcisBody": {
    "eventList": [
      {
        "type": "ObjectEvent",
        "eventTime": "2026-01-31 08:00:00",
        "action": "OBSERVE",
        "epcList": [],
        "bizStep": "handing_over",
        "colour": "blue"
      }
    ]
  }
}"#;
    let found: Vec<_> =
        validate(text).unwrap().into_iter().map(|f| (f.line, f.path, f.schema_path, f.problem)).collect();
    let event = "/epcisBody/eventList/0";
    let at = |line: usize, below: &str| (line, format!("{event}{below}"));
    let places: Vec<_> = found.iter().map(|(line, path, ..)| (*line, path.clone())).collect();
    assert_eq!(places, [at(8, ""), at(10, "/eventTime"), at(13, "/bizStep"), at(14, "/colour")]);
    assert_eq!(found[0].3, "the field \"eventTimeZoneOffset\" is missing");
    assert!(found[1].3.contains("is not a time: write RFC 3339"), "{found:?}");
    assert!(
        found[2].3.starts_with("\"handing_over\" is no word of the standard and no full URI: use one of accepting")
    );
    assert!(found[3].3.contains("fields of your own have a prefix"), "{found:?}");
    let schema: Value = serde_json::from_str(Schema::TEXT).unwrap();
    for (.., rule, _) in &found {
        assert!(schema.pointer(rule).is_some(), "{rule} is a place in the schema");
    }
}

#[test]
fn the_words_of_the_schema_are_those_of_cbv() {
    fn check<W: Word>(schema: &Value, name: &str) {
        let enumerated = schema["definitions"][name]["anyOf"][0]["enum"].as_array().unwrap();
        let ours: Vec<&str> = W::all().iter().map(|word| word.word()).collect();
        assert_eq!(enumerated.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>(), ours, "{name}");
    }
    let schema: Value = serde_json::from_str(Schema::TEXT).unwrap();
    check::<BizStep>(&schema, "bizStep");
    check::<Disposition>(&schema, "disposition");
    check::<BizTransactionType>(&schema, "bizTransactionType");
    check::<SourceDestType>(&schema, "sourceDestType");
    check::<ErrorReason>(&schema, "errorReason");
    check::<Component>(&schema, "component");
    check::<MeasurementType>(&schema, "measurementType");
    check::<SensorAlertType>(&schema, "sensorAlertType");
}

/// Every change of one place that a mistake makes: it is missing, of another type, empty, misspelt, or there is one too many.
fn damaged(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let others = [
        json!(null),
        json!(7),
        json!("word"),
        json!("own:word"),
        json!([]),
        json!({}),
        json!(true),
        json!("urn:epcglobal:cbv:x:y"),
    ];
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let with = |field: Option<Value>| {
                    let mut fields = fields.clone();
                    match field {
                        Some(field) => fields.insert(name.clone(), field),
                        None => fields.shift_remove(name),
                    };
                    Value::Object(fields)
                };
                all.push(with(None));
                all.extend(others.iter().cloned().map(|other| with(Some(other))));
                all.extend(damaged(field).into_iter().map(|field| with(Some(field))));
            }
            for name in ["colour", "own:colour", "ilmd", "persistentDisposition", "epcList", "parentID"] {
                let mut fields = fields.clone();
                fields.insert(name.to_owned(), json!({ "x": 1 }));
                all.push(Value::Object(fields));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let with = |item: Option<Value>| {
                    let mut items = items.clone();
                    match item {
                        Some(item) => items[index] = item,
                        None => drop(items.remove(index)),
                    }
                    Value::Array(items)
                };
                all.push(with(None));
                all.extend(damaged(item).into_iter().map(|item| with(Some(item))));
            }
            if let Some(first) = items.first() {
                all.push(items.iter().chain([first]).cloned().collect());
            }
        }
        Value::String(_) => all.extend(others),
        _ => {}
    }
    all
}

#[test]
fn the_verdict_is_that_of_the_schema_of_gs1() {
    let Some(data) = data() else { return };
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(data.join("EPCIS-JSON-Schema.json")).unwrap()).unwrap();
    let build = |schema: &Value| jsonschema::draft7::options().should_validate_formats(true).build(schema).unwrap();
    let (theirs, ours) = (build(&schema), build(&serde_json::from_str(Schema::TEXT).unwrap()));
    let mut compared = [0, 0];
    for folder in ["valid", "invalid", "hash"] {
        for (name, text) in files(&data.join(folder)) {
            let document: Value = serde_json::from_str(&text).unwrap();
            let whole = std::iter::once(document.clone());
            // Of long files only some changes: all of a few hundred thousand would take minutes.
            let changes = damaged(&document);
            let step = 1 + changes.len() / 300;
            for changed in whole.chain(changes.into_iter().step_by(step)) {
                let valid = theirs.is_valid(&changed);
                compared[usize::from(valid)] += 1;
                assert_eq!(ours.is_valid(&changed), valid, "{name}: {changed:#}");
            }
        }
    }
    assert!(compared[0] > 2000 && compared[1] > 1000, "{compared:?} refused and accepted");
}

#[test]
fn nothing_that_partners_send_is_lost() {
    let Some(data) = data() else { return };
    for folder in ["valid", "hash"] {
        for (name, text) in files(&data.join(folder)) {
            let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let written = document.to_json();
            // The one thing that changes: the full URI of a standard word becomes the word.
            let expected = text.replace("\"https://ref.gs1.org/cbv/BizStep-", "\"");
            assert_eq!(written, serde_json::from_str::<Value>(&expected).unwrap(), "{name}");
            let again = Document::parse(&serde_json::to_string_pretty(&written).unwrap()).unwrap();
            assert_eq!(again, document, "{name}");
        }
    }
}

#[test]
fn malformed_documents_are_refused_with_place_and_line() {
    let event = |field: &str| {
        format!(
            "{{\n\"@context\": [],\n\"type\": \"ObjectEvent\",\n\"eventTime\": \"2026-01-31T08:00:00Z\",\n\
             \"eventTimeZoneOffset\": \"+01:00\",\n\"action\": \"ADD\",\n{field}\n}}"
        )
    };
    let cases = [
        ("\"epcList\": [\"urn:x:1\",\n\"x\"]", 8, "/epcList/1", "`x` is not a URI"),
        ("\"bizStep\": \"handing_over\"", 7, "/bizStep", "`handing_over` is no business step of CBV 2.0"),
        ("\"recordTime\": \"2026-01-31\"", 7, "/recordTime", "`2026-01-31` is not a time"),
        ("\"disposition\": null", 7, "/disposition", "null is not a value here"),
        ("\"readPoint\": {\n\"name\": 1}", 7, "/readPoint", "missing field `id`"),
        (
            "\"quantityList\": [{\"epcClass\": \"urn:x:1\",\n\"quantity\": \"7\"}]",
            8,
            "/quantityList/0/quantity",
            "expected a JSON number",
        ),
        (
            "\"sensorElementList\": [{\"sensorReport\": [{\"type\": \"Time\",\n\"time\": \"now\"}]}]",
            8,
            "/sensorElementList/0/sensorReport/0/time",
            "`now` is not a time",
        ),
        ("\"x:count\": 9007199254740993", 7, "/x:count", "would be rounded"),
    ];
    for (field, line, pointer, problem) in cases {
        match Document::parse(&event(field)) {
            Err(EpcisError::Malformed { line: l, pointer: p, problem: text }) => {
                assert_eq!((l, p.as_str()), (line, pointer), "{text}");
                assert!(text.contains(problem), "{text}");
            }
            other => panic!("{field}: {other:?}"),
        }
    }
    for (text, line) in [("", 1), ("{\n", 2), ("{\"type\": 1,\n \"type\": 2}", 2), ("[1,\n2,]", 2), ("{} {}", 1)] {
        assert!(matches!(Document::parse(text), Err(EpcisError::NotJson { line: l, .. }) if l == line), "{text}");
    }
    for (text, pointer) in [
        ("7", ""),
        ("{}", ""),
        ("{\"type\": \"EPCISDocument\"}", ""),
        ("{\"type\": \"EPCISDocument\", \"epcisBody\": []}", "/epcisBody"),
        ("{\"type\": \"EPCISDocument\", \"epcisBody\": {\"eventList\": {}}}", "/epcisBody/eventList"),
        ("{\"type\": \"EPCISDocument\", \"epcisBody\": {\"eventList\": [3]}}", "/epcisBody/eventList/0"),
        ("{\"type\": \"EPCISQueryDocument\", \"epcisBody\": {\"queryResults\": {}}}", "/epcisBody/queryResults"),
        ("{\"type\": \"ReturnEvent\"}", "/type"),
    ] {
        assert!(
            matches!(Document::parse(text), Err(EpcisError::Malformed { pointer: p, .. }) if p == pointer),
            "{text}"
        );
    }
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    let text = serde_json::to_string(&every_verb().to_json()).unwrap();
    for end in (0..text.len()).step_by(37) {
        assert!(matches!(Document::parse(&text[..end]), Err(EpcisError::NotJson { .. })), "cut at {end}");
    }
}

#[test]
fn both_ways_of_reading_read_the_same() {
    let written = every_verb().to_json();
    let mut query = written.clone();
    query["type"] = "EPCISQueryDocument".into();
    query["epcisBody"] = json!({ "queryResults": { "queryName": "all", "resultsBody": written["epcisBody"] } });
    for whole in [written, query] {
        assert!(Document::read_in_parallel(&whole.to_string()).is_some());
        let changes = damaged(&whole);
        let step = 1 + changes.len() / 500;
        let mut refused = 0;
        for changed in changes.into_iter().step_by(step) {
            let text = changed.to_string();
            let from_front = Document::read(changed).ok().filter(|read| read.kind() != DocumentKind::Event);
            assert_eq!(Document::read_in_parallel(&text), from_front, "{text}");
            refused += usize::from(from_front.is_none());
        }
        assert!(refused > 100, "{refused}");
    }
    let twice = r#"{"type": "EPCISDocument", "epcisBody": {"eventList": []}, "epcisBody": {"eventList": []}}"#;
    let large = r#"{"type": "EPCISDocument", "epcisBody": {"eventList": []}, "x": 9007199254740993}"#;
    for text in [twice, large, "{\"type\": \"EPCISDocument\"}"] {
        assert_eq!(Document::read_in_parallel(text), None, "{text}");
    }
}

/// A document with an event of every verb.
pub(super) fn every_verb() -> Document {
    use super::verbs::*;
    use crate::gs1::{Gtin, Lot, Serial, Sscc};

    let moment = || {
        Moment::new("2026-01-31T08:00:00.125Z".parse().unwrap(), Offset::of_minutes(60).unwrap())
            .read_at(links::place("9520123456788", Some("dock 3".replace(' ', "-").as_str())).unwrap())
            .now_in(links::place("9520123456788", None).unwrap())
    };
    let gtin = Gtin::new("09506000134352").unwrap();
    let item = |serial: &str| links::item(&gtin, &Serial::new(serial).unwrap()).unwrap();
    let unit = |sscc: &str| links::unit(&Sscc::new(sscc).unwrap()).unwrap();
    let packs = || Things::items([item("S/9"), item("0010"), item("A+B")]);
    let lot = || Things::pieces(links::lot(&gtin, &Lot::new("L-1").unwrap()).unwrap(), 10_000);
    let (maker, pharmacy) = (links::party("9506000134376").unwrap(), links::party("9520123456788").unwrap());
    let pallet = unit("106141412345678908");
    let case = unit("106141412345678915");
    let one = || Things::items([pallet.clone()]);
    let [from, into] = split(moment(), pallet.clone(), case.clone(), lot());
    let events = vec![
        commission(moment(), packs().and_pieces(links::product(&gtin).unwrap(), 3)),
        pack(moment(), pallet.clone(), lot()),
        ship(moment(), one(), maker.clone(), pharmacy.clone()).for_document(
            BizTransactionType::DespatchAdvice,
            "urn:epcglobal:cbv:bt:9506000134376:ASN1".parse().unwrap(),
        ),
        withdraw(moment(), one(), maker.clone(), pharmacy.clone()),
        receive(moment(), one(), maker.clone(), pharmacy.clone()),
        send_back(moment(), one(), pharmacy.clone(), maker.clone()),
        take_back(moment(), one(), pharmacy.clone(), maker.clone()),
        unpack(moment(), pallet.clone(), Things::default()),
        from,
        into,
        quarantine(moment(), packs()),
        release(moment(), packs()),
        recall(moment(), lot()),
        report_lost(moment(), packs()),
        report_stolen(moment(), packs()),
        recover(moment(), packs()),
        dispense(moment(), Things::items([item("S/9")]))
            .with_extension("theriac:note", json!({ "theriac:n": [2, "1"] })),
        sell(moment(), Things::items([item("S/9")])),
        destroy(moment(), packs()),
        decommission(moment(), packs()),
        document(
            moment(),
            one(),
            BizStep::Shipping,
            BizTransactionType::Invoice,
            "https://a.example/i/1".parse().unwrap(),
        ),
        repackage(moment(), packs(), lot()),
        fix(moment(), pallet.clone(), Things::items([item("0010")])),
        take_off(moment(), pallet.clone(), Things::items([item("0010")])),
    ];
    let created = Time::from("2026-01-31T08:00:01Z".parse::<jiff::Timestamp>().unwrap());
    Document::new(created, &[("theriac", "https://theriac.example/epcis/")], events)
}

#[test]
fn an_event_of_every_verb_keeps_to_the_schema() {
    let document = every_verb();
    let text = serde_json::to_string_pretty(&document.to_json()).unwrap();
    assert_eq!(validate(&text), Ok(Vec::new()));
    assert_eq!(Document::parse(&text), Ok(document.clone()));
    insta::assert_snapshot!(document.pre_hashes().join("\n"));

    let named = document.events()[0].clone().named_by_hash();
    assert_eq!(named.event_id.as_ref().unwrap().as_str(), document.hashes()[0].to_string());
    assert_eq!(named.evidence(), document.hashes()[0].0);
}

fn any_text() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~é]{0,12}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from)
    ]
}

fn any_extension() -> impl Strategy<Value = Value> {
    any_text().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("own:[a-c]", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn any_event()(
        epcs in prop::collection::btree_set("urn:epc:id:sgtin:4012345[.]01111[0-9][.][0-9A-Z]{1,4}", 0..4),
        quantities in prop::collection::vec(("urn:epc:class:lgtin:4012345[.]011111[.][A-C]{1,2}", 1_u32..9), 0..3),
        milliseconds in 0_i64..4_000_000_000_000,
        step in 0..BizStep::all().len(),
        reports in prop::collection::vec(-40_i32..40, 0..3),
        parties in prop::collection::btree_set("urn:epc:id:pgln:4012345[.]0000[0-9]", 0..3),
        own in prop::collection::btree_map("own:[d-f]", any_extension(), 0..3),
    ) -> Event {
        let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
        let quantities = quantities.into_iter().map(|(class, count)| Quantity {
            epc_class: class.parse().unwrap(), quantity: Some(count.into()), uom: None, extensions: Map::new(),
        });
        let kind = EventKind::Object {
            action: Action::Add,
            epc_list: Some(epcs.iter().map(|epc| epc.parse().unwrap()).collect()),
            quantity_list: Some(quantities.collect()),
        };
        let mut event = Event::new(kind, at, Offset::UTC);
        event.biz_step = Some(BizStep::all()[step].into());
        for party in parties {
            event = event.between(party.parse().unwrap(), party.parse().unwrap());
        }
        let report = |value: &i32| json!({ "type": "Temperature", "value": value, "uom": "CEL" }).as_object().unwrap().clone();
        if !reports.is_empty() {
            event.sensor_element_list = Some(vec![SensorElement {
                sensor_metadata: None, sensor_report: reports.iter().map(report).collect(), extensions: Map::new(),
            }]);
        }
        event.extensions = own.into_iter().collect();
        event
    }
}

/// The same JSON with other key order, and lists in other order.
fn shuffled(value: Value, seed: usize) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(|(name, field)| (name, shuffled(field, seed))).collect();
            let turn = if fields.is_empty() { 0 } else { seed % fields.len() };
            fields.rotate_left(turn);
            Value::Object(fields.into_iter().rev().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(|item| shuffled(item, seed)).collect();
            let turn = if items.is_empty() { 0 } else { seed % items.len() };
            items.rotate_left(turn);
            items.into()
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_as_the_same(events in prop::collection::vec(any_event(), 0..4)) {
        let document = Document::new("2026-01-31T08:00:01Z".parse().unwrap(), &[("own", "https://own.example/")], events);
        let text = document.to_json().to_string();
        let again = Document::parse(&text).unwrap();
        prop_assert_eq!(again.to_json().to_string(), text);
        prop_assert_eq!(again, document);
    }

    #[test]
    fn the_hash_knows_neither_order_nor_white_space(event in any_event(), seed in 0_usize..7) {
        let document = Document::new("2026-01-31T08:00:01Z".parse().unwrap(), &[("own", "https://own.example/")], vec![event]);
        let value = document.to_json();
        let other = serde_json::to_string_pretty(&shuffled(value, seed)).unwrap();
        let other = Document::parse(&other).unwrap();
        prop_assert_eq!(other.pre_hashes(), document.pre_hashes());
        prop_assert_eq!(other.hashes(), document.hashes());
    }

    #[test]
    fn the_hash_knows_every_item(event in any_event()) {
        let mut other = event.clone();
        if let EventKind::Object { epc_list: Some(list), .. } = &mut other.kind {
            list.push("urn:epc:id:sgtin:4012345.022222.1".parse().unwrap());
        }
        prop_assert_ne!(event.hash(), other.hash());
    }

    #[test]
    fn never_panics(text in ".*|[\\[\\]{}:,\" a-z0-9@]{0,60}") {
        let _ = Document::parse(&text);
        let _ = validate(&text);
    }
}
