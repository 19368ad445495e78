use proptest::prelude::*;

use super::*;

/// Hexadecimal digits, EPC Tag URI, length of the company prefix, and element strings: annex E.3 of TDS 1.x, and where
/// the prefix is 952… or 9506… of TDS 2.x.
const PUBLISHED: [(&str, &str, u8, &str); 10] = [
    ("3074257BF7194E4000001A85", "urn:epc:tag:sgtin-96:3.0614141.812345.6789", 7, "(01)80614141123458(21)6789"),
    (
        "3066C4409047E140075BCD15",
        "urn:epc:tag:sgtin-96:3.95060001343.05.123456789",
        11,
        "(01)09506000134352(21)123456789",
    ),
    (
        "3674257BF6B7A659B2C2BF100000000000000000000000000000",
        "urn:epc:tag:sgtin-198:3.0614141.712345.32a%2Fb",
        7,
        "(01)70614141123451(21)32a/b",
    ),
    (
        "3666C4409047E159B2C2BF100000000000000000000000000000",
        "urn:epc:tag:sgtin-198:3.95060001343.05.32a%2Fb",
        11,
        "(01)09506000134352(21)32a/b",
    ),
    ("3174257BF4499602D2000000", "urn:epc:tag:sscc-96:3.0614141.1234567890", 7, "(00)106141412345678908"),
    ("311BA1B300CE0A6A83000000", "urn:epc:tag:sscc-96:0.952012.03456789123", 6, "(00)095201234567891235"),
    ("3274257BF46072000000162E", "urn:epc:tag:sgln-96:3.0614141.12345.5678", 7, "(414)0614141123452(254)5678"),
    ("3276451FD46072000000162E", "urn:epc:tag:sgln-96:3.9521141.12345.5678", 7, "(414)9521141123454(254)5678"),
    (
        "3974257BF46072CD9615F8800000000000000000000000000000",
        "urn:epc:tag:sgln-195:3.0614141.12345.32a%2Fb",
        7,
        "(414)0614141123452(254)32a/b",
    ),
    (
        "3976451FD46072CD9615F8800000000000000000000000000000",
        "urn:epc:tag:sgln-195:3.9521141.12345.32a%2Fb",
        7,
        "(414)9521141123454(254)32a/b",
    ),
];

fn elements(text: &str) -> ElementStrings {
    text.parse().unwrap()
}

fn error(text: &str) -> String {
    Epc::parse(text).unwrap_err().to_string()
}

fn length(digits: u8) -> PrefixLength {
    PrefixLength::new(digits).unwrap()
}

#[test]
fn published_examples_go_every_way() {
    for (hex, uri, digits, label) in PUBLISHED {
        let tag = Tag::parse(hex).unwrap();
        assert_eq!((tag.to_string().as_str(), tag.to_hex().as_str()), (uri, hex));
        assert_eq!(Tag::parse(uri), Ok(tag.clone()));
        assert_eq!(Tag::decode(&tag.encode()), Ok(tag.clone()));
        assert_eq!(tag.epc().to_elements(), elements(label), "{hex}");

        let epc = Epc::of_elements(&elements(label), length(digits)).unwrap();
        assert_eq!(&epc, tag.epc());
        assert_eq!(Epc::parse(&epc.to_string()), Ok(epc.clone()));
        let link = epc.to_link("https://id.example.org").unwrap();
        assert_eq!(Epc::of_link(&link, length(digits)), Ok(epc.clone()));
        assert_eq!(Tag::smallest(epc, tag.filter()), tag);
    }
}

#[test]
fn pure_identities_are_those_of_the_standard() {
    for (hex, uri) in [
        ("3074257BF7194E4000001A85", "urn:epc:id:sgtin:0614141.812345.6789"),
        ("3174257BF4499602D2000000", "urn:epc:id:sscc:0614141.1234567890"),
        ("3274257BF46072000000162E", "urn:epc:id:sgln:0614141.12345.5678"),
        ("3976451FD46072CD9615F8800000000000000000000000000000", "urn:epc:id:sgln:9521141.12345.32a%2Fb"),
    ] {
        assert_eq!(Epc::parse(hex).map(|epc| epc.to_string()), Ok(uri.to_owned()));
        let json = serde_json::to_string(&Epc::parse(uri).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Epc>(&json).unwrap().to_string(), uri);
    }
}

#[test]
fn readers_write_digits_in_several_ways() {
    let tag = Tag::parse("3074257BF7194E4000001A85").unwrap();
    for text in [
        "3074257bf7194e4000001a85",
        "0x3074257BF7194E4000001A85",
        " 3074 257B F719 4E40 0000 1A85\n",
        "30-74-25-7B-F7-19-4E-40-00-00-1A-85",
        "3074257BF7194E4000001A850000",
        "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
    ] {
        assert_eq!(Tag::parse(text).as_ref(), Ok(&tag), "{text}");
    }
    // 195 bits are 49 digits, as the standard itself prints them.
    let odd = "3974257BF46072CD9615F8800000000000000000000000000";
    assert_eq!(Tag::parse(odd).unwrap().to_string(), "urn:epc:tag:sgln-195:3.0614141.12345.32a%2Fb");
}

#[test]
fn a_location_may_have_no_extension_and_a_gln_no_reference() {
    let label = elements("(414)0614141123452");
    let epc = Epc::of_elements(&label, length(7)).unwrap();
    assert_eq!(epc.to_string(), "urn:epc:id:sgln:0614141.12345.0");
    for scheme in [Scheme::Sgln96, Scheme::Sgln195] {
        let tag = Tag::new(epc.clone(), scheme, Filter::ALL_OTHERS).unwrap();
        assert_eq!(Tag::decode(&tag.encode()).unwrap().epc().to_elements(), label);
    }
    let whole = Epc::of_elements(&label, length(12)).unwrap();
    assert_eq!(whole.to_string(), "urn:epc:id:sgln:061414112345..0");
    assert_eq!(Epc::parse("urn:epc:id:sgln:061414112345..0"), Ok(whole));
    assert_eq!(Epc::of_elements(&elements("(414)0614141123452(254)0"), length(7)), Err(EpcError::ZeroExtension));
}

#[test]
fn serials_go_where_they_fit() {
    let epc =
        |serial: &str| Epc::of_elements(&elements(&format!("(01)80614141123458(21){serial}")), length(7)).unwrap();
    for (serial, fits) in [
        ("0", true),
        ("274877906943", true),
        ("274877906944", false),
        ("06789", false),
        ("00", false),
        ("A1", false),
        ("+5", false),
    ] {
        let small = Tag::new(epc(serial), Scheme::Sgtin96, Filter::POINT_OF_SALE);
        assert_eq!(small.is_ok(), fits, "{serial}");
        let scheme = if fits { Scheme::Sgtin96 } else { Scheme::Sgtin198 };
        let tag = Tag::smallest(epc(serial), Filter::POINT_OF_SALE);
        assert_eq!(tag.scheme(), scheme);
        assert_eq!(Tag::decode(&tag.encode()).unwrap().epc(), &epc(serial));
    }
    let error = Tag::new(epc("A1"), Scheme::Sgtin96, Filter::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "the serial `A1` does not fit an SGTIN-96, which holds numbers up to 274877906943 without zeros in front: use SGTIN-198"
    );
    let wrong = Tag::new(epc("1"), Scheme::Sscc96, Filter::default()).unwrap_err().to_string();
    assert!(wrong.contains("cannot be written as SSCC-96"), "{wrong}");
}

#[test]
fn a_malformed_tag_is_refused_with_what_to_do() {
    for (text, expected) in [
        ("", "there is no EPC: give the hexadecimal digits"),
        ("0x", "there is no EPC"),
        ("3074257BF7194E4000001A8G", "holds 'G' at place 24"),
        ("0x30742G", "holds 'G' at place 8"),
        ("3074257BF7194E4000001A8", "these are 92 bits, and an SGTIN-96 has 96: read the tag again"),
        ("3674257BF6B7A659B2C2BF10", "these are 96 bits, and an SGTIN-198 has 198"),
        ("3074257BF7194E4000001A850001", "give the EPC alone, without the PC word (as 3000)"),
        ("30003074257BF7194E4000001A85", "give the EPC alone, without the PC word (as 3000)"),
        ("E2801160600002084D5A2C7B", "the reader must be set to the EPC bank"),
        ("000000000000000000000000", "a tag that was never written"),
        ("3376451FD40C0E400000162E", "the header 0x33 is that of a returnable asset (GRAI)"),
        ("F73795211411234538566CB0AFC4", "the header 0xF7 is that of a scheme of TDS 2"),
        ("307C257BF7194E4000001A85", "the SGTIN-96 has partition value 7"),
        ("3017FFFFFFFFFFFFFFFFFFFF", "which is too much: the tag is damaged"),
        ("3174257BF4499602D2000001", "the last 24 bits of an SSCC-96 are zero"),
        ("3674257BF6B7A640000000000000000000000000000000000000", "the SGTIN-198 has no serial"),
        ("3674257BF6B7A659800BF0000000000000000000000000000000", "behind the end of the serial"),
        ("3674257BF6B7A650000000000000000000000000000000000000", "holds ' ' at place 1"),
        ("urn:epc:raw:96.x3074257BF7194E4000001A85", "it should begin with urn:epc:id:"),
        ("urn:epc:id:grai:0614141.12345.400", "`grai` is not known here"),
        ("urn:epc:tag:sgtin-64:3.0614141.812345.6789", "`sgtin-64` is not known here"),
        ("urn:epc:id:sgtin:0614141.812345", "a part is missing"),
        ("urn:epc:id:sgtin", "a `:` is missing behind the scheme"),
        ("urn:epc:id:sgtin:0614141.81234.6789", "behind a company prefix of 7 digits stand 6 more, not `81234`"),
        ("urn:epc:id:sgtin:06141.81234567.6789", "5 (of `06141`) is not the length of a company prefix"),
        ("urn:epc:id:sgtin:061414x.812345.6789", "`061414x` has to be digits"),
        ("urn:epc:id:sgtin:0614141.812345.32a/b", "`/` in a serial is written %2F"),
        ("urn:epc:id:sgtin:0614141.812345.32a%2", "is not percent-encoded"),
        ("urn:epc:id:sgtin:0614141.812345.", "the serial `` has 0 characters"),
        ("urn:epc:id:sgtin:0614141.812345.A B", "holds ' ' at place 2"),
        ("urn:epc:id:sscc:0614141.1234567890.1", "`1234567890.1` has to be digits"),
        ("urn:epc:tag:sgtin-96:8.0614141.812345.6789", "`8` is not a filter value"),
        ("urn:epc:tag:sgtin-96:03.0614141.812345.6789", "`03` is not a filter value"),
        ("urn:epc:tag:sgtin-96:3.0614141.812345.06789", "does not fit an SGTIN-96"),
    ] {
        let error = error(text);
        assert!(error.contains(expected), "{text}: {error}\n  should say\n{expected}");
    }
}

#[test]
fn element_strings_without_an_epc_are_refused() {
    let error = |text| Epc::of_elements(&elements(text), length(7)).unwrap_err().to_string();
    assert!(error("(10)A1").contains("there is no key for an EPC"));
    assert!(error("(01)80614141123458(10)A1").contains("the GTIN 80614141123458 stands without a serial"));
    assert!(error("(00)106141412345678908(414)0614141123452").contains("(00) and (414) are both there"));
    for digits in ["5", "13", "x", ""] {
        assert!(digits.parse::<PrefixLength>().unwrap_err().to_string().contains("6 to 12 digits"));
    }
}

#[test]
fn the_fast_way_gives_the_same() {
    let tag = Tag::parse("3074257BF7194E4000001A85").unwrap();
    let bytes: [u8; 12] = tag.encode().try_into().unwrap();
    let fast = Sgtin96::decode(&bytes).unwrap();
    assert_eq!((fast.gtin().as_str(), fast.serial()), ("80614141123458", 6789));
    assert_eq!((fast.filter().value(), fast.prefix().digits()), (3, 7));
    assert_eq!(fast.encode(), bytes);
    assert_eq!(Sgtin96::decode(&[0x31; 12]), Err(EpcError::header(0x31)));
}

fn any_tag() -> impl Strategy<Value = Tag> {
    let text = r#"[!"%-/0-9:-?A-Z_a-z]{1,20}|[1-9][0-9]{0,11}"#;
    let parts = (prop::sample::select(&Scheme::ALL), 0..=7_u8, 6..=12_u8, 0..100_000_000_000_000_000_u64, text);
    parts.prop_filter_map("a serial that the scheme holds", |(scheme, filter, digits, payload, serial)| {
        let payload = match scheme.kind() {
            Kind::Sgtin => payload % 10_u64.pow(13),
            Kind::Sscc => payload,
            Kind::Sgln => payload % 10_u64.pow(12),
        };
        let identity = Identity::of_parts(scheme.kind(), payload, &serial).ok()?;
        let epc = Epc::new(identity, length(digits)).ok()?;
        let fitting =
            if Tag::new(epc.clone(), scheme, Filter::default()).is_ok() { scheme } else { scheme.with_text() };
        Tag::new(epc, fitting, Filter::new(filter).ok()?).ok()
    })
}

proptest! {
    #[test]
    fn every_tag_goes_every_way(tag in any_tag()) {
        prop_assert_eq!(Tag::decode(&tag.encode()), Ok(tag.clone()));
        prop_assert_eq!(Tag::parse(&tag.to_hex()), Ok(tag.clone()));
        prop_assert_eq!(Tag::parse(&tag.to_string()), Ok(tag.clone()));
        prop_assert_eq!(tag.encode().len(), tag.scheme().bytes());
        let epc = tag.epc();
        prop_assert_eq!(Epc::parse(&epc.to_string()), Ok(epc.clone()));
        prop_assert_eq!(Epc::of_elements(&epc.to_elements(), epc.prefix()), Ok(epc.clone()));
        let link: DigitalLink = epc.to_link("https://id.example.org").unwrap().to_string().parse().unwrap();
        prop_assert_eq!(Epc::of_link(&link, epc.prefix()), Ok(epc.clone()));
    }

    #[test]
    fn whatever_is_read_is_written_the_same(mut bytes in any::<[u8; 26]>(), scheme in prop::sample::select(&Scheme::ALL)) {
        bytes[0] = scheme.header();
        let bytes = &bytes[..scheme.bytes()];
        if let Ok(tag) = Tag::decode(bytes) {
            prop_assert_eq!(tag.encode(), bytes);
        }
        if let Some(Ok(fast)) = bytes.first_chunk().map(Sgtin96::decode) {
            prop_assert_eq!(&fast.encode()[..], &bytes[..12]);
            prop_assert_eq!(Tag::from(fast).encode(), &bytes[..12]);
        }
    }

    #[test]
    fn never_panics(text in ".*|[0-9A-F]{0,60}|urn:epc:(id|tag):[a-z0-9:.%-]{0,40}", bytes: Vec<u8>) {
        let _ = Epc::parse(&text);
        let _ = Tag::parse(&text);
        let _ = Tag::decode(&bytes);
    }
}
