//! Labels, made offline and from a registered lot, and read back as a scanner reads them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use std::path::Path;

use alloy_primitives::B256;
use serde_json::json;
use terminal::authority::Authority;
use terminal::{CERTIFIER, GUARDIAN, MAKER, MAKER_ACCOUNT, Terminal};
use theriac_client::rooms::Catalog;
use theriac_client::store::Store;
use theriac_client::types::{Content, NewLot, Product};
use theriac_client::{Secret, Signer, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::document::{
    Category, ControlledBy, Document as _, LotDetails, LotDocument, ModelDocument, ModelFlags, MriSafety,
};
use theriac_core::gs1::date::expiry_at;
use theriac_core::ids::Agency;
use theriac_core::label::read_picture;
use theriac_core::scratch::{CodeList, Derivation, ENTROPY, ScratchCode};
use theriac_core::serials;
use theriac_core::udi::Udi;

const UNIT: &str = "(01)09506000134352(17)271231(10)AB-1(21)S0001";
const DI: &str = "09506000134352";

/// The UDIs that the symbols of a picture hold.
fn scanned(picture: &Path) -> Vec<Udi> {
    let symbols = read_picture(&std::fs::read(picture).unwrap()).unwrap();
    symbols.iter().map(|symbol| Udi::parse(&symbol.text, 2026).unwrap()).collect()
}

/// Pages of a PDF, by their objects.
fn pages(file: &Path) -> usize {
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
    text.matches("/Type/Page").count() - text.matches("/Type/Pages").count()
}

#[test]
fn a_label_of_a_udi_is_read_as_that_udi() {
    let terminal = Terminal::new();
    let meant = Udi::parse(UNIT, 2026).unwrap();
    let made = terminal.json("", &["label", UNIT, "--out", "label.png", "--title", "Stent", "--maker", "Dőry AG"]);
    assert_eq!(scanned(&terminal.path("label.png")), [meant.clone(), meant.clone()]);
    let size = std::fs::metadata(terminal.path("label.png")).unwrap().len();
    let expected = json!({ "v": 1, "file": "label.png", "labels": 1, "pages": 1, "bytes": size, "replaced": ["ő"] });
    assert_eq!(made, expected);

    let link = meant.to_digital_link("https://id.example.com/v").unwrap().to_string();
    let svg = ["label", &link, "--out", "label.svg", "--resolver", "https://id.example.com/v"];
    assert_eq!(terminal.json("", &svg)["replaced"], json!([]));
    let svg = std::fs::read_to_string(terminal.path("label.svg")).unwrap();
    for line in [DI, "LOT", "AB-1", "EXP", "2027-12-31", "(01)09506000134352", "(17)271231", "(10)AB-1", "(21)S0001"] {
        assert!(svg.contains(&format!(">{line}</text>")), "{line}: {svg}");
    }

    for sheet in [&[][..], &["--sheet", "a4"], &["--sheet", "letter"], &["--sheet", "single"]] {
        let printed = terminal.json("", &[&["label", UNIT, "--out", "label.pdf"], sheet].concat());
        assert_eq!((&printed["labels"], &printed["pages"]), (&json!(1), &json!(1)));
        assert_eq!(pages(&terminal.path("label.pdf")), 1);
    }
}

#[test]
fn what_fails_leaves_the_file_that_was_there() {
    let terminal = Terminal::new();
    terminal.write("label.png", "the old one");
    terminal.write("file", "no folder");
    std::fs::create_dir(terminal.path("folder.pdf")).unwrap();
    let long = format!("https://id.example.com/{}", "a".repeat(3000));
    for (arguments, code) in [
        (&[UNIT, "--out", "label.png", "--resolver", &long][..], "TooLong"),
        (&[UNIT, "--out", "label.png", "--sheet", "a4"], "NoSheets"),
        (&["(01)09506000134353", "--out", "label.png"], "InvalidUdi"),
        (&["+A99912345/$$52001510X33", "--out", "label.png"], "NotGs1"),
        (&[UNIT, "--out", "nowhere/label.png"], "File"),
        (&[UNIT, "--out", "file/label.png"], "File"),
        (&[UNIT, "--out", "folder.pdf"], "File"),
    ] {
        let (found, words) = terminal.refusal("", &[&["label"], arguments].concat());
        assert_eq!(found, code, "{words}");
    }
    assert_eq!(std::fs::read(terminal.path("label.png")).unwrap(), b"the old one");
    let mut left: Vec<_> =
        std::fs::read_dir(terminal.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["file", "folder.pdf", "label.png"]);
}

fn model() -> ModelDocument {
    ModelDocument {
        name: "Coronary stent 3.0 × 18 mm".into(),
        description: "A stent".into(),
        image: None,
        category: Category::Device,
        agency: Agency::Gs1,
        di: DI.into(),
        identifiers: vec![],
        brand: "Stent".into(),
        version_model: "3018".into(),
        catalogue_number: None,
        company: "Acme AG, Basel".into(),
        device_count: Some(1),
        gmdn_terms: vec![],
        product_codes: vec![],
        controlled_by: ControlledBy { lot: true, serial: true, expires: true, ..ControlledBy::default() },
        flags: ModelFlags::default(),
        mri_safety: MriSafety::Conditional,
        sizes: vec![],
        storage: vec![],
        sterilization_methods: vec![],
        distribution_end: None,
    }
}

/// Thirty units, S0 to S29, the first three with scratch codes.
fn lot_document() -> LotDocument {
    let details = LotDetails {
        name: "Coronary stent, lot AB-1".into(),
        description: "A lot".into(),
        image: None,
        agency: Agency::Gs1,
        di: DI.into(),
        lot: "AB-1".into(),
        made: Some("2026-01-31".parse().unwrap()),
        expires: Some("2027-12-31".parse().unwrap()),
    };
    let rows = codes(0);
    let tags = Derivation::V1.tag_addresses(details.id(), rows.rows());
    let tagged = rows.rows().iter().zip(tags).map(|((serial, _), tag)| serials::line(serial, tag));
    let list: Vec<String> = tagged.chain((3..30).map(|index| format!("S{index},"))).collect();
    let list = format!("serial,tagKey\n{}\n", list.join("\n"));
    LotDocument::new(details, serials::read(list.as_bytes()).unwrap()).unwrap().0
}

/// Scratch codes of S0 to S2, others for every `kind`.
fn codes(kind: u8) -> CodeList {
    let code =
        |index: u8| (format!("S{index}").parse().unwrap(), ScratchCode::of_entropy(&[16 * kind + index; ENTROPY]));
    CodeList::new((0..3).map(code).collect())
}

fn content(address: ContentAddress) -> Content {
    Content { digest: address.digest, codec: address.codec.byte() }
}

async fn catalog(terminal: &Terminal, key: &str) -> Catalog {
    let signer = Signer::from_private_key(&Secret::new(key)).unwrap();
    Suite::connect(terminal.rpc(), Some(signer), &terminal.path("deployments")).await.unwrap().catalog()
}

/// Model and lot, registered as the maker and approved as the certifier.
async fn register(terminal: &Terminal) {
    let store = Store::open("blocks", &terminal.path(".theriac")).unwrap();
    let (model, lot) = (model(), lot_document());
    let (id, document) = (model.id(), content(store.put(&model.canonical().unwrap()).await.unwrap()));
    let maker = catalog(terminal, MAKER).await;
    maker.register_model(Agency::Gs1, DI, Product::Device, document).send().await.unwrap();
    let certifier = catalog(terminal, CERTIFIER).await;
    certifier.approve_model(id, MAKER_ACCOUNT.parse().unwrap(), document.digest, Product::Device).send().await.unwrap();
    let document = content(store.put(&lot.canonical().unwrap()).await.unwrap());
    let second = |day: Option<jiff::civil::Date>| u64::try_from(expiry_at(day.unwrap())).unwrap();
    let new = NewLot {
        model: id,
        number: "AB-1".into(),
        root: lot.root(),
        count: lot.count(),
        made_at: second(lot.details().made) - 86_399,
        expires_at: second(lot.details().expires),
        document,
    };
    maker.register_lot(&new).send().await.unwrap();
}

#[test]
fn the_labels_of_a_lot_say_what_the_chain_vouches_for() {
    let terminal = Terminal::with_suite(0);
    let authority = Authority::new("Demo Authority");
    terminal.enrol(&authority, MAKER, "manufacturer", "Acme");
    terminal.enrol(&authority, CERTIFIER, "certifier", "Bureau");
    terminal.enrol(&authority, GUARDIAN, "regulator", "Agency");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(register(&terminal));
    let lot = ["label", "--model", DI, "--lot", "AB-1", "--out"];
    let with = |rest: &[&'static str]| [&lot[..], rest].concat();

    terminal.json("", &with(&["one.png", "--serial", "S7"]));
    let meant = Udi::parse("(01)09506000134352(11)260131(17)271231(10)AB-1(21)S7", 2026).unwrap();
    assert_eq!(scanned(&terminal.path("one.png")), [meant.clone(), meant]);
    terminal.json("", &with(&["one.svg", "--indices", "29"]));
    let svg = std::fs::read_to_string(terminal.path("one.svg")).unwrap();
    for line in ["Coronary stent 3.0 × 18 mm", "Acme AG, Basel", "2026-01-31", "(21)S29"] {
        assert!(svg.contains(&format!(">{line}</text>")), "{line}: {svg}");
    }

    terminal.write("some.csv", "serial\nS3\nS1\n");
    for (rest, labels, count) in [
        (&["all.pdf"][..], 30, 2),
        (&["all.pdf", "--sheet", "letter"], 30, 3),
        (&["some.pdf", "--indices", "6-29"], 24, 1),
        (&["some.pdf", "--serials", "some.csv", "--sheet", "single"], 2, 2),
        (&["some.pdf", "--serial", "S1", "S2", "S4"], 3, 1),
    ] {
        let printed = terminal.json("", &with(rest));
        assert_eq!((&printed["labels"], &printed["pages"]), (&json!(labels), &json!(count)), "{rest:?}");
        assert_eq!(pages(&terminal.path(rest[0])), count, "{rest:?}");
    }

    for (name, list) in [("codes.csv", codes(0)), ("others.csv", codes(1))] {
        list.write(std::fs::File::create(terminal.path(name)).unwrap()).unwrap();
    }
    terminal.json("", &with(&["secret.svg", "--serial", "S1", "--scratch-codes", "codes.csv"]));
    let svg = std::fs::read_to_string(terminal.path("secret.svg")).unwrap();
    let code = codes(0).rows()[1].1.reveal();
    assert!(svg.contains(&format!(">{}</text>", code.as_str())), "{svg}");
    terminal.json("", &with(&["secret.pdf", "--indices", "0-2", "--scratch-codes", "codes.csv"]));
    #[cfg(unix)]
    for file in ["secret.svg", "secret.pdf"] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(terminal.path(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }

    terminal.write("foreign.csv", "serial\nS3\nS30\n");
    for (rest, code, said) in [
        (
            &["no.pdf", "--indices", "6-30"][..],
            "BeyondLot",
            "no index 30 in the lot: it has 30 units\nchoose from 0 to 29",
        ),
        (&["no.pdf", "--serial", "S30", "s1", "S1"], "NotInLot", "not in lot `AB-1`: `S30`, `s1`"),
        (&["no.pdf", "--serials", "foreign.csv"], "NotInLot", "`S30`"),
        (&["no.pdf", "--indices", "0-3", "--scratch-codes", "codes.csv"], "NoCode", "no scratch code for `S3`"),
        (
            &["no.pdf", "--serial", "S2", "--scratch-codes", "others.csv"],
            "OtherCodes",
            "not that of the registered unit",
        ),
        (&["no.pdf", "--serial", "S2", "--scratch-codes", "foreign.csv"], "Header", "`theriac catalog scratch-codes`"),
        (&["no.pdf", "--serials", "none.csv"], "File", "none.csv: No such file"),
        (&["no.png"], "OneLabelOnly", "30 labels were asked for"),
        (&["nowhere/no.pdf"], "File", "nowhere/no.pdf: No such file"),
        (&["no.pdf", "--store", "elsewhere"], "Store", "`elsewhere` does not name a content store"),
    ] {
        let (found, words) = terminal.refusal("", &with(rest));
        assert!(words.contains(said), "{rest:?}: {words}");
        assert_eq!(found, code, "{rest:?}");
    }
    let unknown = ["label", "--model", DI, "--lot", "AB-2", "--out", "no.pdf"];
    assert_eq!(terminal.refusal("", &unknown).0, "UnknownLot");

    // Where nobody keeps the model document, the labels have the DI for a title, and that is told.
    let second = Store::open("blocks", &terminal.path("second")).unwrap();
    assert_eq!(terminal.refusal("", &with(&["no.svg", "--serial", "S7", "--home", "second"])).0, "Store");
    runtime.block_on(second.put(&lot_document().canonical().unwrap())).unwrap();
    let said = terminal.run("", &with(&["plain.svg", "--serial", "S7", "--home", "second", "--maker", "Acme"]));
    assert!(said.code == 0 && said.stderr.contains("title and maker of the model document are missing"), "{said:?}");
    let svg = std::fs::read_to_string(terminal.path("plain.svg")).unwrap();
    assert!(svg.contains(&format!(">{DI}</text>")) && svg.contains(">Acme</text>"), "{svg}");

    let strike = async {
        catalog(&terminal, GUARDIAN).await.strike_lot(lot_document().details().id(), B256::repeat_byte(1)).send().await
    };
    runtime.block_on(strike).unwrap();
    assert_eq!(terminal.refusal("", &with(&["no.png", "--serial", "S7"])).0, "Struck");
    assert!(!terminal.path("no.pdf").exists() && !terminal.path("no.png").exists());
}
