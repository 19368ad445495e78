use proptest::prelude::*;

use super::*;

const KEY: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn texts(list: &SerialList) -> Vec<&str> {
    list.serials.iter().map(CompactSerial::as_str).collect()
}

fn read_serials(file: &str) -> Vec<String> {
    texts(&read(file.as_bytes()).unwrap()).into_iter().map(str::to_owned).collect()
}

fn error(file: &str) -> String {
    read(file.as_bytes()).unwrap_err().to_string()
}

#[test]
fn line_ends_blank_lines_and_byte_order_mark_do_not_matter() {
    for file in [
        "A1\nA2\n",
        "A1\nA2",
        "A1\r\nA2\r\n",
        "\u{feff}A1\nA2",
        "\n\nA1\n  \n\r\nA2\n\n",
        "serial\nA1\nA2\n",
        "\u{feff}serial\r\nA1\r\nA2",
        "\"serial\"\n\"A1\"\nA2",
    ] {
        assert_eq!(read_serials(file), ["A1", "A2"], "{file:?}");
    }
    assert_eq!(read_serials("\"A,1\"\n\"A\"\"2\"\nA\"3\n"), ["A,1", "A\"2", "A\"3"]);
    assert_eq!(read_serials("SERIAL\nA1\n"), ["A1"]);
    assert_eq!(read_serials("Serial,TagKey\nA1,\n"), ["A1"]);
    assert_eq!(read_serials("SERIAL-0\nSERIAL-1\n"), ["SERIAL-0", "SERIAL-1"]);
    assert_eq!(read_serials("serial\nserial\n"), ["serial"], "after a header the word is a serial");
}

#[test]
fn the_digest_is_of_the_file_as_it_is() {
    let file = "\u{feff}serial\r\nA1\r\n\r\n";
    assert_eq!(read(file.as_bytes()).unwrap().file_digest, crate::canonical::digest(file.as_bytes()));
}

#[test]
fn leaves_are_those_of_the_ids() {
    let list = read(format!("tagKey,serial\n,A1\n{KEY},A2\n0x{},A3\n", "0".repeat(40)).as_bytes()).unwrap();
    let key: Address = KEY.parse().unwrap();
    assert_eq!(list.tag_keys, [Address::ZERO, key, Address::ZERO]);
    let leaf = |index, serial, tag_key| Leaf { index, half: LotId::serial_half(serial), tag_key };
    let expected = [leaf(0, "A1", Address::ZERO), leaf(1, "A2", key), leaf(2, "A3", Address::ZERO)];
    assert_eq!(list.leaves.as_slice(), expected);

    assert_eq!(read(&b"serial,tagKey\nA1,\nA2,\n"[..]).unwrap().tag_keys, [] as [Address; 0]);
}

#[test]
fn duplicates_are_named_with_both_lines() {
    assert_eq!(
        error("serial\nA1\n\nA2\nA1\r\nA2\nA1\n"),
        "`A1` on line 5 stands already on line 2; `A2` on line 6 stands already on line 4; \
         `A1` on line 7 stands already on line 2: a serial names one item, so remove or correct the later line"
    );
    let many = error(&"A1\n".repeat(13));
    assert!(many.contains("on line 11 stands already on line 1; and 2 more"), "{many}");
    assert_eq!(
        error(&format!("serial,tagKey\nA1,{KEY}\nA2,\nA3,{}\n", KEY.to_lowercase())),
        format!("`{KEY}` on line 4 stands already on line 2: a tag travels with one item, so correct the later line")
    );
}

#[test]
fn wrong_serials_are_named_with_their_line() {
    for (file, expected) in [
        ("A1\n123456789012345678901\n", "line 2: serial `123456789012345678901` is longer than 20 characters"),
        ("A 1\n", "line 1: serial `A 1` contains ' ', which is not in GS1 character set 82"),
        ("serial\nA1\nü\n", "line 3: serial `ü` contains 'ü', which is not in GS1 character set 82"),
        ("serial,tagKey\n,\n", "line 2: the serial is empty: write one, or remove the line"),
        ("A#1", "line 1: serial `A#1` contains '#', which is not in GS1 character set 82"),
        ("A\rB\n", "line 1: serial `A\rB` contains '\\r', which is not in GS1 character set 82"),
    ] {
        assert_eq!(error(file), expected);
    }
}

#[test]
fn wrong_files_are_refused_with_what_to_do() {
    for (file, expected) in [
        ("", "a lot has at least one item"),
        ("serial\n\n", "a lot has at least one item"),
        ("A1,B2\n", "line 1 has 2 fields, not 1: name the columns in a first line `serial,tagKey`"),
        ("serial\nA1,B2\n", "line 2 has 2 fields, not 1: put a serial with a comma in quotation marks"),
        ("serial,tagKey\nA1\n", "line 2 has 1 fields, not 2"),
        ("serial,colour\nA1,red\n", "the header has a column `colour`"),
        ("SerialNumber\nA1\n", "the header has a column `SerialNumber`: the columns are `serial`"),
        ("Serial No.\nA1\n", "the header has a column `Serial No.`"),
        ("tagKey\n\n", "the header has no column `serial`: add it"),
        ("serial,serial\nA1,A1\n", "the header has a column `serial`"),
        ("tagKey,tagKey\n,\n", "the header has a column `tagKey`"),
        ("tagKey,colour\n,\n", "the header has a column `colour`"),
        ("A1\n\"A2\n", "line 2 has an unfinished quotation"),
        ("A1\n\"A2\"x\n", "line 2 has an unfinished quotation"),
        ("serial,tagKey\nA1,0x12\n", "line 2: `0x12` is not the address of a tag key"),
        ("serial,tagKey\nA1,5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n", "is not the address of a tag key"),
        ("serial,tagKey\nA1,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD\n", "is not the address of a tag key"),
    ] {
        let error = error(file);
        assert!(error.contains(expected), "{file:?}: {error}");
    }
    assert!(error(&"1".repeat(300)).contains("line 1 is longer than 256 bytes"));
}

#[test]
fn the_82_characters_are_those_of_the_standard() {
    let set = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    assert_eq!(set.len(), 82);
    for byte in 0..=255_u8 {
        assert_eq!(check_serial(&[byte]).is_ok(), set.as_bytes().contains(&byte), "{byte:#x}");
    }
}

proptest! {
    #[test]
    fn compact_serials_round_trip(text in "[!\"%-?A-Z_a-z]{1,20}") {
        let serial: CompactSerial = text.parse().unwrap();
        prop_assert_eq!(serial.as_str(), &text);
        let json = serde_json::to_string(&serial).unwrap();
        prop_assert_eq!(serde_json::from_str::<CompactSerial>(&json).unwrap(), serial);
    }

    #[test]
    fn quoted_files_round_trip(
        serials in prop::collection::btree_set("[!\"%-?A-Z_a-z]{1,20}", 1..20),
        blank_before: bool,
    ) {
        let mut file = String::from("serial\n");
        for serial in &serials {
            file += if blank_before { "\r\n" } else { "" };
            file += &format!("\"{}\"\n", serial.replace('"', "\"\""));
        }
        prop_assert_eq!(read_serials(&file), Vec::from_iter(serials));
    }

    #[test]
    fn any_file_is_read_or_refused(file: Vec<u8>) {
        if let Ok(list) = read(file.as_slice()) {
            prop_assert_eq!(list.leaves.as_slice().len(), list.serials.len());
        }
    }
}
