use std::io::{self, Write};

use alloy_primitives::{Address, B256};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::content::Codec;
use crate::ids::Agency;
use crate::serials;

fn model() -> ModelDocument {
    ModelDocument {
        name: "XIENCE ALPINE 1145350-28".into(),
        description: "Everolimus eluting coronary stent system 3.50 mm x 28 mm".into(),
        image: None,
        category: Category::Device,
        agency: Agency::Gs1,
        di: "08717648200274".into(),
        identifiers: vec![Identifier {
            kind: IdentifierType::Package,
            agency: Agency::Gs1,
            di: "18717648200271".into(),
            quantity: Some(10),
            contains: Some("08717648200274".into()),
        }],
        brand: "XIENCE ALPINE".into(),
        version_model: "1145350-28".into(),
        catalogue_number: Some("1145350-28".into()),
        company: "ABBOTT VASCULAR INC.".into(),
        device_count: Some(1),
        gmdn_terms: vec![GmdnTerm { name: "Drug-eluting coronary artery stent".into(), definition: String::new() }],
        product_codes: vec![ProductCode { code: "NIQ".into(), name: "Coronary drug-eluting stent".into() }],
        controlled_by: ControlledBy { lot: true, expires: true, ..ControlledBy::default() },
        flags: ModelFlags { rx: true, single_use: true, sterile: true, ..ModelFlags::default() },
        mri_safety: MriSafety::Conditional,
        sizes: vec![Size {
            kind: "Length".into(),
            measure: Some(Measure { value: "28".into(), unit: "Millimeter".into() }),
            text: String::new(),
        }],
        storage: vec![StorageCondition {
            kind: "Storage Environment Temperature".into(),
            low: None,
            high: Some(Measure { value: "25".into(), unit: "Degrees Celsius".into() }),
            text: String::new(),
        }],
        sterilization_methods: vec![],
        distribution_end: Some("2026-01-31".parse().unwrap()),
    }
}

fn certificate() -> CertificateDocument {
    CertificateDocument {
        kind: CertificateKind::Conformity,
        subject: Subject::Model(model().id()),
        issuer: Address::repeat_byte(0x11),
        issuer_name: "Notified Body 0123".into(),
        holder: "ABBOTT VASCULAR INC.".into(),
        number: Some("CE 123456".into()),
        statement: "The quality system conforms.".into(),
        valid_from: "2026-01-31T08:00:00Z".parse().unwrap(),
        valid_until: Some("2029-01-31T08:00:00Z".parse().unwrap()),
        references: vec![
            Reference { title: "ISO 13485:2016".into(), content: None },
            Reference { title: "Report".into(), content: Some(ContentAddress::of_block(Codec::Raw, b"report")) },
        ],
    }
}

/// An openFDA device recall of 2004, Z-1004-04.
fn recall() -> RecallNotice {
    RecallNotice {
        class: RecallClass::II,
        subject: Subject::Lot(model().id().lot("20118000")),
        firm: "Zimmer Inc.".into(),
        reason: "The proximal angled hole is oriented 180 degrees reversed from the required orientation.".into(),
        action: "Do not implant. Return to the firm.".into(),
        recall_number: Some("Z-1004-04".into()),
        event_number: None,
        product_description: Some("M/DN Intramedullary Fixation Humeral Nail".into()),
        code_info: Some("Lot # 20118000.".into()),
        product_quantity: Some("33 units.".into()),
        distribution_pattern: Some("Nationwide and internationally.".into()),
        root_cause: None,
        initiated: "2004-03-16".parse().unwrap(),
    }
}

fn details() -> LotDetails {
    LotDetails {
        name: "XIENCE ALPINE, lot A1".into(),
        description: "Coronary stent system".into(),
        image: None,
        agency: Agency::Gs1,
        di: "08717648200274".into(),
        lot: "A1".into(),
        made: Some("2026-01-31".parse().unwrap()),
        expires: Some("2028-01-31".parse().unwrap()),
    }
}

fn lot(csv: &str) -> LotDocument {
    LotDocument::new(details(), serials::read(csv.as_bytes()).unwrap()).unwrap().0
}

fn round_trip<D: Document + PartialEq + fmt::Debug>(document: &D) {
    let bytes = document.canonical().unwrap();
    assert_eq!(&D::parse(&bytes).unwrap(), document);
    assert_eq!(canonical::to_canonical_bytes(&canonical::parse(&bytes).unwrap()).unwrap(), bytes);
    assert_eq!(document.address().unwrap(), ContentAddress::of_block(Codec::Raw, &bytes));
    assert_eq!(document.address().unwrap().digest, canonical::digest(&bytes));
}

/// The fields of a document, with some changed, as text.
fn changed(document: &impl Document, change: impl FnOnce(&mut Map<String, Value>)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&document.canonical().unwrap()).unwrap();
    change(value.as_object_mut().unwrap());
    value.to_string().into_bytes()
}

fn model_error(change: impl FnOnce(&mut Map<String, Value>)) -> String {
    ModelDocument::parse(&changed(&model(), change)).unwrap_err().to_string()
}

#[test]
fn documents_round_trip() {
    round_trip(&model());
    round_trip(&certificate());
    round_trip(&recall());
}

#[test]
fn documents_have_the_form_that_is_described() {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    insta::assert_snapshot!("model", text(model().canonical().unwrap()));
    insta::assert_snapshot!("certificate", text(certificate().canonical().unwrap()));
    insta::assert_snapshot!("recall", text(recall().canonical().unwrap()));
    let key = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    insta::assert_snapshot!("lot", text(lot(&format!("serial,tagKey\nA1,{key}\nA\"2,\n")).canonical().unwrap()));
}

#[test]
fn a_wrong_field_is_named_by_its_path() {
    for (error, expected) in [
        (model_error(|m| drop(m.insert("colour".into(), json!("red")))), "at `colour`: unknown field `colour`"),
        (model_error(|m| drop(m.remove("brand"))), "missing field `brand`"),
        (
            model_error(|m| m["identifiers"][0]["type"] = json!("Parcel")),
            "at `identifiers[0].type`: unknown variant `Parcel`, expected one of `Primary`, `Secondary`",
        ),
        (model_error(|m| m["identifiers"][0]["quantity"] = json!(-1)), "at `identifiers[0].quantity`: invalid value"),
        (
            model_error(|m| drop(m.insert("image".into(), json!(null)))),
            "at `image`: null is not a value here: leave the field out",
        ),
        (model_error(|m| m["identifiers"][0]["quantity"] = json!(null)), "at `identifiers[0].quantity`: null"),
        (model_error(|m| m["flags"]["rx"] = json!("yes")), "at `flags.rx`: invalid type: string \"yes\""),
        (
            model_error(|m| m["distributionEnd"] = json!("20260131")),
            "at `distributionEnd`: `20260131` is not a date: write year-month-day, as 2026-01-31",
        ),
        (model_error(|m| m["distributionEnd"] = json!("2026-02-30")), "`2026-02-30` is not a date"),
        (
            model_error(|m| m["type"] = json!("lot")),
            "the `type` of this document is \"lot\": a document of type \"model\"",
        ),
        (model_error(|m| drop(m.remove("type"))), "the `type` of this document is missing"),
        (model_error(|m| m["v"] = json!(2)), "the `v` of this document is 2: this program reads 1"),
        (
            model_error(|m| m["deviceCount"] = json!(1_u64 << 60)),
            "1152921504606846976 at `/deviceCount` is beyond 2^53 - 1",
        ),
        (
            model_error(|m| m["identifiers"][0]["di"] = json!("08717648200274")),
            "`08717648200274` is the primary DI and stands among `identifiers` too",
        ),
        (ModelDocument::parse(b"[]").unwrap_err().to_string(), "a document is a JSON object"),
        (ModelDocument::parse(b"{").unwrap_err().to_string(), "this is not the JSON of a document"),
    ] {
        assert!(error.contains(expected), "{error}\n  should say\n{expected}");
    }
}

#[test]
fn instants_have_one_spelling() {
    for text in ["2026-01-31T08:00:00.5Z", "2026-01-31T09:00:00+01:00", "2026-01-31 08:00:00Z", "2026-01-31"] {
        let bytes = changed(&certificate(), |c| c["validFrom"] = json!(text));
        let error = CertificateDocument::parse(&bytes).unwrap_err().to_string();
        assert!(error.contains(&format!("at `validFrom`: `{text}` is not an instant")), "{error}");
    }
    let fraction = CertificateDocument { valid_from: "2026-01-31T08:00:00.5Z".parse().unwrap(), ..certificate() };
    assert!(fraction.canonical().unwrap_err().to_string().contains("has a fraction of a second: round it"));
}

#[test]
fn a_certificate_ends_after_it_begins() {
    let never = CertificateDocument { valid_until: Some(certificate().valid_from), ..certificate() };
    let error = never.canonical().unwrap_err().to_string();
    assert!(error.contains("is not after 2026-01-31T08:00:00Z"), "{error}");
}

#[test]
fn nobody_is_recalled() {
    let account = RecallNotice { subject: Subject::Account(certificate().issuer), ..recall() };
    let error = account.canonical().unwrap_err().to_string();
    assert!(error.contains("name a model, a lot or an item"), "{error}");
}

#[test]
fn subjects_are_words_as_the_contracts_keep_them() {
    let (model, account) = (model().id(), certificate().issuer);
    assert_eq!(Subject::Model(model).word(), model.0);
    let lot = Subject::Lot(model.lot("L1")).word();
    assert_eq!((&lot[..16], &lot[16..]), (model.lot("L1").0.as_slice(), [0; 16].as_slice()));
    let item = model.lot("L1").item("S1");
    assert_eq!(Subject::Item(item).word(), item.0);
    assert_eq!(Subject::Account(account).word(), account.into_word());
}

#[test]
fn kinds_of_certificates_keep_their_codes() {
    let codes: Vec<u8> = CertificateKind::ALL.into_iter().map(CertificateKind::code).collect();
    assert_eq!(codes, [0, 1, 2, 3, 4]);
    for kind in CertificateKind::ALL {
        assert_eq!(CertificateKind::try_from(kind.code()), Ok(kind));
    }
    assert_eq!(CertificateKind::try_from(5), Err(UnknownKind(5)));
    assert_eq!([RecallClass::I, RecallClass::II, RecallClass::III].map(RecallClass::code), [1, 2, 3]);
}

#[test]
fn a_lot_is_found_and_proven_through_its_document() {
    let lot = lot("A1\nA2\nA3\n");
    let tree = lot.tree().unwrap();
    let index = lot.index_of("A2").unwrap();
    assert_eq!((index, lot.count()), (1, 3));
    let proof = tree.proof(index).unwrap();
    assert!(crate::merkle::verify(lot.root(), &lot.leaf(index).unwrap(), &proof));
    assert_eq!(lot.index_of("A4"), None);
    assert_eq!(lot.index_of("not a serial"), None);
    assert_eq!(lot.leaf(3), None);
    assert_eq!(lot.details().id().item("A2").half(), lot.leaf(index).unwrap().half);
}

#[test]
fn a_large_lot_is_several_blocks() {
    let csv: String = (0..100_000).map(|i| format!("SERIAL-{i:07}\n")).collect();
    let lot = lot(&csv);
    let mut bytes = Vec::new();
    lot.write(&mut bytes).unwrap();
    assert_eq!(LotDocument::read(bytes.as_slice()).unwrap(), lot);
    assert_eq!(lot.address().unwrap().codec, Codec::DagPb);
    assert_eq!(lot.tree().unwrap().root(), lot.root());
}

fn lot_error(change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let key = Address::repeat_byte(7);
    let mut value: Value =
        serde_json::from_slice(&lot(&format!("serial,tagKey\nA1,{key}\nA2,\n")).canonical().unwrap()).unwrap();
    change(value.as_object_mut().unwrap());
    LotDocument::read(value.to_string().as_bytes())
        .and_then(|lot| lot.tree())
        .expect_err("a changed lot document is refused")
        .to_string()
}

#[test]
fn a_wrong_lot_document_is_refused() {
    for (error, expected) in [
        (lot_error(|l| l["count"] = json!(3)), "`count` is 3, but `serials` has 2"),
        (lot_error(|l| l["serials"] = json!([])), "a lot has at least one item"),
        (lot_error(|l| drop(l.remove("serials"))), "a lot has at least one item"),
        (lot_error(|l| l["serials"] = json!(["A1", "A1"])), "items 0 and 1 have the same serial"),
        (lot_error(|l| l["serials"] = json!(["A2", "A1"])), "but the serials have"),
        (lot_error(|l| l["serials"][1] = json!("A 2")), "at `serials[1]`: serial `A 2` contains ' '"),
        (lot_error(|l| l["serials"][1] = json!(7)), "at `serials[1]`: invalid type: integer `7`, expected a serial"),
        (lot_error(|l| l["tagKeys"] = json!([""])), "`tagKeys` has 1 entries for 2 serials"),
        (lot_error(|l| l["tagKeys"] = json!(["", ""])), "`tagKeys` names no tag: leave it out"),
        (lot_error(|l| l["tagKeys"][1] = json!("0x12")), "at `tagKeys[1]`: invalid value: string \"0x12\""),
        (lot_error(|l| l["tagKeys"][1] = l["tagKeys"][0].clone()), "but the serials have"),
        (lot_error(|l| l["root"] = json!(B256::ZERO)), "but the serials have"),
        (lot_error(|l| drop(l.insert("colour".into(), json!(1)))), "at `colour`: unknown field `colour`"),
        (lot_error(|l| drop(l.remove("lot"))), "missing field `lot`"),
        (lot_error(|l| drop(l.insert("image".into(), json!(null)))), "at `image`: null is not a value here"),
        (lot_error(|l| l["v"] = json!(2)), "the `v` of this document is 2"),
        (lot_error(|l| l["type"] = json!("model")), "a document of type \"lot\" is wanted here"),
        (
            lot_error(|l| l["expires"] = json!("2025-01-31")),
            "it expires on 2025-01-31, before it was made on 2026-01-31",
        ),
    ] {
        assert!(error.contains(expected), "{error}\n  should say\n{expected}");
    }
    let text = |text: &str| LotDocument::read(text.as_bytes()).unwrap_err().to_string();
    assert!(text(r#"{"serials":["A1"],"serials":["A2"]}"#).contains("field `serials` stands twice"));
    assert!(text(r#"{"v":1,"v":1}"#).contains("field `v` stands twice"));
    assert!(text("[]").contains("expected a lot document"));
    assert!(text(r#"{"serials":["A1""#).contains("this is not the JSON of a document"));
    assert!(text(&format!("{} x", String::from_utf8(lot("A1\n").canonical().unwrap()).unwrap())).contains("trailing"));
    let many: String = (0..65).map(|i| format!("\"f{i}\":1,")).collect();
    assert!(text(&format!("{{{many}\"v\":1}}")).contains("too many fields"));
}

#[test]
fn a_published_recall_becomes_a_notice() {
    let Some(data) = std::env::var_os("THERIAC_DATA") else {
        writeln!(io::stderr(), "skipped: THERIAC_DATA is not set").unwrap();
        return;
    };
    let file = std::fs::File::open(std::path::Path::new(&data).join("recall/one-recall.json")).unwrap();
    let published: Value = serde_json::from_reader(file).unwrap();
    let text = |name: &str| Some(published[name].as_str().unwrap().to_owned());
    round_trip(&RecallNotice {
        firm: text("recalling-firm").unwrap(),
        reason: text("reason-for-recall").unwrap(),
        product_description: text("product-description"),
        code_info: text("code-info"),
        product_quantity: text("product-quantity"),
        distribution_pattern: text("distribution-pattern"),
        ..recall()
    });
}

proptest! {
    #[test]
    fn models_round_trip(name: String, di in "[0-9]{14}", quantity: Option<u32>, rx: bool, text: String) {
        let mut document = model();
        document.name = name;
        document.identifiers[0].di = di;
        document.identifiers[0].quantity = quantity;
        document.flags.rx = rx;
        document.storage[0].text = text;
        prop_assume!(document.check().is_ok());
        round_trip(&document);
    }

    #[test]
    fn certificates_round_trip(
        kind in prop::sample::select(&CertificateKind::ALL),
        subject in any::<[u8; 32]>(),
        (from, length) in (0_i64..4_000_000_000, prop::option::of(1_i64..4_000_000_000)),
        statement: String,
    ) {
        let instant = |second| jiff::Timestamp::from_second(second).unwrap();
        round_trip(&CertificateDocument {
            kind,
            subject: Subject::Item(ItemId(subject.into())),
            statement,
            valid_from: instant(from),
            valid_until: length.map(|length| instant(from + length)),
            ..certificate()
        });
    }

    #[test]
    fn lots_round_trip(
        serials in prop::collection::btree_set("[!\"%-?A-Z_a-z]{1,20}", 1..20),
        tags in prop::collection::vec(prop::option::of(1_u8..), 20),
        (name, lot) in (any::<String>(), "[!\"%-?A-Z_a-z]{0,20}"),
    ) {
        let mut csv = String::from("serial,tagKey\n");
        for (i, (serial, tag)) in serials.iter().zip(tags).enumerate() {
            let tag_key = |tag| Address::left_padding_from(&[tag, i as u8]).to_string();
            csv += &format!("\"{}\",{}\n", serial.replace('"', "\"\""), tag.map_or(String::new(), tag_key));
        }
        let details = LotDetails { name, lot, ..details() };
        let (document, tree) = LotDocument::new(details, serials::read(csv.as_bytes()).unwrap()).unwrap();
        let bytes = document.canonical().unwrap();
        let read = LotDocument::read(bytes.as_slice()).unwrap();
        prop_assert_eq!(&read, &document);
        prop_assert_eq!(read.tree().unwrap().root(), tree.root());

        // What is written piece by piece is what the canonicalizer writes at once.
        prop_assert_eq!(canonical::to_canonical_bytes(&canonical::parse(&bytes).unwrap()).unwrap(), bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        prop_assert!(ModelDocument::parse(&bytes).is_err());
        prop_assert!(LotDocument::read(bytes.as_slice()).is_err());
    }
}
