//! Damage costs the damaged record and no other.

use proptest::prelude::*;

use super::*;

/// Puts a damaged record between two good ones and expects these and the reason.
fn between(damaged: &str, reason: RecordFault) -> RefusedRecord {
    let xml = file(&[&record(A, ""), damaged, &record(C, "")]);
    let got = read(&xml);
    assert_eq!(got.dis(), [A, C], "{damaged}: {:?}", got.refused);
    assert_eq!(got.reasons(), [reason], "{damaged}");
    assert!(!got.summary.truncated);
    let refused = got.refused[0].clone();
    let position = refused.position.unwrap();
    assert_eq!((refused.number, position.line), (2, 4));
    assert_eq!(position.offset as usize, xml.find(damaged).unwrap());
    refused
}

#[test]
fn a_record_without_end_is_refused_and_the_next_one_read() {
    let damaged = record(B, "").replace("</device>", "");
    let refused = between(&damaged, RecordFault::NotClosed);
    assert_eq!(refused.di.as_deref(), Some(B));
    assert_eq!(
        refused.to_string(),
        format!(
            "record 2, DI {B}, line 4 (byte {}): the next device begins before </device>",
            refused.position.unwrap().offset
        )
    );
}

#[test]
fn a_record_without_beginning_is_reported() {
    let damaged = record(B, "");
    let (start, rest) = damaged.split_once('>').unwrap();
    let xml = file(&[&record(A, ""), rest, &record(C, "")]);
    let got = read(xml);
    assert!(start.starts_with("<device"));
    assert_eq!(got.dis(), [A, C]);
    assert_eq!(got.reasons(), [RecordFault::NotOpened]);
}

#[test]
fn unclosed_constructs_swallow_nothing() {
    between(&record(B, "<x><!-- never closed</x>"), RecordFault::Unclosed("comment"));
    between(&record(B, "<x><![CDATA[ never closed</x>"), RecordFault::Unclosed("CDATA section"));
    between(&record(B, "<x><?pi never closed</x>"), RecordFault::Unclosed("processing instruction"));
    between(&record(B, "<x y=\"never closed></x>"), RecordFault::StrayMarkup);
    between(&record(B, "<x"), RecordFault::StrayMarkup);
    between(&record(B, "<x>1 < 2</x>"), RecordFault::StrayMarkup);
    between(&record(B, "<!ENTITY a \"b\">"), RecordFault::Declaration);
    between(&record(B, "<!DOCTYPE a>"), RecordFault::Declaration);
}

#[test]
fn an_end_tag_in_an_attribute_ends_only_its_own_record() {
    // `<` cannot stand in an attribute value (XML 1.0, section 3.1), so this is damage.
    between(&record(B, "<x y=\"</device>\"/>"), RecordFault::StrayMarkup);
}

#[test]
fn end_tags_in_comments_and_character_data_are_not_ends() {
    let more = "<!-- </device> <device> --><deviceDescription><![CDATA[</device> & <device>]]></deviceDescription>\
                <?note </device> ?><deviceSizes></deviceSizes><deviceCount>3</deviceCount><x y='>'/>";
    let got = read(file(&[&record(A, more), &record(B, "")]));
    assert_eq!(got.reasons(), []);
    assert_eq!(got.dis(), [A, B]);
    assert_eq!(got.devices[0].description.as_deref(), Some("</device> & <device>"));
    assert_eq!(got.devices[0].device_count, Some(3));
}

#[test]
fn badly_formed_content_is_refused() {
    assert!(matches!(
        read(file(&[&record(B, "<x></y>")])).reasons().as_slice(),
        [RecordFault::Xml(reason)] if reason.contains('x')
    ));
    assert!(matches!(read(file(&[&record(B, "<x a='1' a='2'/>")])).reasons().as_slice(), [RecordFault::Xml(_)]));
    between(&record(B, "<x>&secret;</x>"), RecordFault::Entity("secret".into()));
    between(
        &record(B, "<deviceDescription>a&#8;b</deviceDescription>"),
        RecordFault::ForbiddenCharacter { element: "deviceDescription".into(), code: 8 },
    );
    let deep = format!("{}{}", "<x>".repeat(100), "</x>".repeat(100));
    between(&record(B, &deep), RecordFault::TooDeep { limit: 16 });
    between("<device/>", RecordFault::Missing("the primary identifier"));
}

#[test]
fn bytes_that_are_no_utf8_cost_one_record() {
    let mut xml = file(&[&record(A, ""), &record(B, "<x>?</x>"), &record(C, "")]).into_bytes();
    let at = xml.iter().rposition(|byte| *byte == b'?').unwrap();
    xml[at] = 0xe9;
    let got = read(&xml);
    assert_eq!(got.dis(), [A, C]);
    assert!(matches!(got.reasons().as_slice(), [RecordFault::NotUtf8 { .. }]));
    assert_eq!(got.refused[0].di.as_deref(), Some(B));
}

#[test]
fn the_end_of_the_file_inside_a_record_is_said() {
    let xml = file(&[&record(A, ""), &record(B, "")]);
    let whole = xml.find(B).unwrap();
    for end in [whole + 40, xml.rfind("</device>").unwrap(), xml.rfind("</device>").unwrap() + 8] {
        let got = read(&xml[..end]);
        assert_eq!(got.dis(), [A]);
        assert_eq!(got.reasons(), [RecordFault::Truncated]);
        assert!(got.summary.truncated);
    }
    let between_records = read(&xml[..xml.rfind("</device>").unwrap() + 9]);
    assert_eq!(between_records.dis(), [A, B]);
    assert!(between_records.summary.truncated, "records may be missing");
}

#[test]
fn a_record_that_is_too_large_is_skipped() {
    for filling in ["x".repeat(5000), "<x/>".repeat(1500), format!("<!--{}-->", "x".repeat(5000))] {
        let xml = file(&[&record(A, ""), &record(B, &format!("<y>{filling}</y>")), &record(C, "")]);
        let got = read_limited(&xml, 4096).unwrap();
        assert_eq!(got.dis(), [A, C]);
        let reason = got.reasons().remove(0);
        assert!(
            matches!(reason, RecordFault::TooLarge { limit: 4096 } | RecordFault::Unclosed("comment")),
            "{reason:?}"
        );
        assert_eq!(got.refused[0].di.as_deref(), Some(B));
        assert_eq!(got.refused.len(), 1);
    }
    let tag = format!("<y z=\"{}\"/>", "x".repeat(5000));
    let got = read_limited(file(&[&record(A, ""), &record(B, &tag), &record(C, "")]), 4096).unwrap();
    assert_eq!((got.dis(), got.reasons()), (vec![A, C], vec![RecordFault::TooLarge { limit: 4096 }]));
}

#[test]
fn openings_that_never_close_take_linear_time() {
    // A mebibyte of them: were each searched to the end, this would not end.
    let got = read("<device><!--".repeat(90_000));
    assert_eq!(got.summary.refused, 90_000);
    let got = read("<device><![CDATA[<!--<?".repeat(45_000));
    assert_eq!(got.summary.refused, 45_000);
}

#[test]
fn other_encodings_and_document_types_are_refused_for_the_whole_file() {
    let wide: Vec<u8> = file(&[&record(A, "")]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        read_limited(&wide, 4096).unwrap_err().to_string(),
        "the file is encoded as UTF-16; GUDID files are UTF-8, convert it first (iconv -t UTF-8)"
    );
    let latin = file(&[&record(A, "")]).replace("utf-8", "ISO-8859-1");
    assert!(matches!(read_limited(latin, 4096), Err(GudidError::Encoding { encoding }) if encoding == "ISO-8859-1"));
    let bomb = "<!DOCTYPE data [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><data/>";
    assert!(matches!(read_limited(bomb, 4096), Err(GudidError::DocumentType { offset: 0 })));
}

#[test]
fn breaking_off_stops_the_reading() {
    let mut seen = 0;
    let xml = file(&[&record(A, ""), &record(B, "")]);
    let summary = read_xml(xml.as_bytes(), |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!(seen, 1);
    assert_eq!(summary.unwrap(), Summary { read: 1, imported: 1, stopped: true, ..Summary::default() });
}

/// Pieces that a damaged file could be made of.
fn debris() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(record(A, "")),
        Just(record(B, "<!-- x -->")),
        prop::sample::select(vec![
            "<device>",
            "</device>",
            "<device/>",
            "<",
            ">",
            "\"",
            "'",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?",
            "?>",
            "<!",
            "<x a=\"",
            "</",
            "&amp;",
            "&x;",
            "<data>",
            "</data>",
            "<contacts>",
            "</contacts>",
            "<identifier>",
            "\n",
            "é",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_and_everything_is_counted(text in debris(), limit in 64usize..2000) {
        // The piece-wise reader must cut in the same way wherever its buffer ends.
        let whole = read_limited(&text, limit);
        let pieces = gather(|on| {
            let reader = std::io::BufReader::with_capacity(7, text.as_bytes());
            xml::read_entry(reader, None, limit, on)
        });
        match (whole, pieces) {
            (Ok(whole), Ok(pieces)) => {
                prop_assert_eq!(&whole.devices, &pieces.devices);
                prop_assert_eq!(&whole.refused, &pieces.refused);
                for refused in &whole.refused {
                    prop_assert!(refused.position.unwrap().offset < text.len() as u64);
                }
            }
            (whole, pieces) => prop_assert_eq!(whole.is_err(), pieces.is_err()),
        }
    }

    #[test]
    fn one_changed_byte_costs_at_most_its_own_record(at in 0usize..2000, byte in any::<u8>()) {
        let damaged = record(B, "<x y=\"1\"><!-- c --><![CDATA[d]]></x>");
        let xml = file(&[&record(A, ""), "#", &record(C, "")]);
        let mut bytes = damaged.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let whole: Vec<u8> = xml.bytes().flat_map(|b| if b == b'#' { bytes.clone() } else { vec![b] }).collect();
        let got = read(&whole);
        prop_assert_eq!(got.devices.first().map(|device| device.di.as_str()), Some(A));
        prop_assert_eq!(got.devices.last().map(|device| device.di.as_str()), Some(C));
    }
}
