//! Labels before judges that share no code with us: ZXing-C++ reads what we print, and we read what bwip-js
//! prints. Both come with the repository's npm packages; without them the tests say so and check nothing.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may panic as tests do")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use theriac_core::label::{Label, Stock, Symbol, Symbology, read_picture};

const DIGITAL_LINK: &str = "https://id.gs1.org/01/09506000134352/10/A%2F1/21/SN-42?17=271231";
const ELEMENTS: [&str; 4] = [
    "01095060001343521727123110A1\u{1d}21SN-42",
    "01095060001343521010%25\u{1d}21%%A%",
    "0109506000134352112501011727123110aB!\"%&'()*+,-./:;<=>?_\u{1d}210123456789",
    "0109506000134352",
];

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels_foreign.mjs")
}

/// Why the tests cannot run here, if they cannot.
fn missing() -> Option<&'static str> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules");
    if !packages.join("zxing-wasm").exists() || !packages.join("bwip-js").exists() {
        return Some("node_modules lacks zxing-wasm or bwip-js: run `npm ci --ignore-scripts`");
    }
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    node.is_err().then_some("there is no `node` on the PATH")
}

/// What ZXing-C++ reads in each picture: pairs of symbology identifier and text, DataMatrix before QR.
fn foreign_reading(pictures: &[Vec<u8>]) -> Vec<Vec<(String, String)>> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("node");
    command.arg(script()).arg("read");
    for (place, picture) in pictures.iter().enumerate() {
        let file = folder.path().join(format!("{place}.png"));
        std::fs::write(&file, picture).unwrap();
        command.arg(file);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let symbols = |symbols: &Value| {
        let mut read: Vec<_> = symbols
            .as_array()
            .unwrap()
            .iter()
            .map(|symbol| (string(&symbol["identifier"]), string(&symbol["text"])))
            .collect();
        read.sort_by(|a, b| b.cmp(a));
        read
    };
    answer.as_array().unwrap().iter().map(symbols).collect()
}

/// The pictures that bwip-js makes.
fn foreign_pictures(options: &[Value]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let file = |place: usize| folder.path().join(format!("{place}.png"));
    let request: Vec<Value> =
        options.iter().enumerate().map(|(place, options)| json!({ "file": file(place), "options": options })).collect();
    let mut node = Command::new("node").arg(script()).arg("make").stdin(Stdio::piped()).spawn().unwrap();
    node.stdin.take().unwrap().write_all(json!(request).to_string().as_bytes()).unwrap();
    assert!(node.wait().unwrap().success());
    (0..options.len()).map(|place| std::fs::read(file(place)).unwrap()).collect()
}

#[test]
fn a_foreign_reader_reads_our_symbols() {
    if let Some(reason) = missing() {
        eprintln!("skipped: {reason}");
        return;
    }
    let mut pictures = vec![Symbol::qr(DIGITAL_LINK).unwrap().to_png(4).unwrap()];
    let mut expected = vec![vec![("]Q1".to_owned(), DIGITAL_LINK.to_owned())]];
    for elements in ELEMENTS {
        pictures.push(Symbol::gs1_data_matrix(elements).unwrap().to_png(4).unwrap());
        expected.push(vec![("]d2".to_owned(), elements.to_owned())]);
        pictures.push(Symbol::gs1_qr(elements).unwrap().to_png(4).unwrap());
        expected.push(vec![("]Q3".to_owned(), elements.to_owned())]);
    }
    assert_eq!(foreign_reading(&pictures), expected);
}

#[test]
fn a_foreign_reader_reads_both_symbols_of_our_labels() {
    if let Some(reason) = missing() {
        eprintln!("skipped: {reason}");
        return;
    }
    let labels = ELEMENTS.map(|elements| Label {
        title: "Infusion pump".into(),
        maker: "Example Devices AG, Basel".into(),
        digital_link: DIGITAL_LINK.into(),
        element_string: elements.into(),
        human_readable: vec!["(01)09506000134352".into()],
        scratch_code: Some("7K3M-9QXR-2VHT".into()),
        ..Label::default()
    });
    let pictures: Vec<_> = labels.iter().map(|label| label.to_png(&Stock::default()).unwrap()).collect();
    for (read, elements) in foreign_reading(&pictures).into_iter().zip(ELEMENTS) {
        assert_eq!(read, [("]d2".to_owned(), elements.to_owned()), ("]Q1".to_owned(), DIGITAL_LINK.to_owned())]);
    }
}

#[test]
fn we_read_the_symbols_of_a_foreign_maker() {
    if let Some(reason) = missing() {
        eprintln!("skipped: {reason}");
        return;
    }
    let bracketed = "(01)09506000134352(11)250101(17)271231(10)Lot%a/1(21)SN-42";
    let elements = "0109506000134352112501011727123110Lot%a/1\u{1d}21SN-42";
    let cases = [
        (json!({ "bcid": "gs1datamatrix", "text": bracketed }), Symbology::Gs1DataMatrix, elements),
        (
            json!({ "bcid": "gs1datamatrix", "text": bracketed, "format": "rectangle" }),
            Symbology::Gs1DataMatrix,
            elements,
        ),
        (
            // Without `%`, which bwip-js doubles in byte mode, too; ZXing-C++ reads it doubled as we do.
            json!({ "bcid": "gs1qrcode", "text": bracketed.replace('%', "-") }),
            Symbology::Gs1Qr,
            &elements.replace('%', "-"),
        ),
        (json!({ "bcid": "gs1dlqrcode", "text": DIGITAL_LINK }), Symbology::Qr, DIGITAL_LINK),
        (json!({ "bcid": "qrcode", "text": DIGITAL_LINK, "eclevel": "H" }), Symbology::Qr, DIGITAL_LINK),
        (json!({ "bcid": "datamatrix", "text": DIGITAL_LINK }), Symbology::DataMatrix, DIGITAL_LINK),
        (
            json!({ "bcid": "datamatrix", "text": "1234^FNC15678", "parsefnc": true }),
            Symbology::DataMatrix,
            "1234\u{1d}5678",
        ),
    ];
    let pictures = foreign_pictures(&cases.each_ref().map(|(options, ..)| options.clone()));
    for ((options, symbology, text), picture) in cases.into_iter().zip(pictures) {
        let read = read_picture(&picture).unwrap_or_else(|error| panic!("{options}: {error}"));
        assert_eq!((read[0].symbology, read[0].text.as_str(), read.len()), (symbology, text, 1), "{options}");
    }
}
