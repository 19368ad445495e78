use proptest::prelude::*;

use super::*;
use crate::serials::CompactSerial;

fn symbols(code: &ScratchCode) -> Vec<u8> {
    code.symbols().to_vec()
}

fn parsed(symbols: &[u8]) -> Result<ScratchCode, ScratchError> {
    std::str::from_utf8(symbols).unwrap().parse()
}

/// Every error of one symbol, every swap of two, every twin error: 17 · 31, 136 and 136 · 31 words, none of them a code.
fn every_likely_error_is_noticed(code: &ScratchCode) {
    let right = symbols(code);
    for first in 0..SYMBOLS {
        for symbol in ALPHABET.iter().filter(|symbol| **symbol != right[first]) {
            let mut wrong = right.clone();
            wrong[first] = *symbol;
            assert_eq!(parsed(&wrong), Err(ScratchError::Check));
            for second in (first + 1..SYMBOLS).filter(|second| right[*second] == right[first]) {
                let mut twice = wrong.clone();
                twice[second] = *symbol;
                assert_eq!(parsed(&twice), Err(ScratchError::Check), "xx read as yy");
            }
        }
        for second in first + 1..SYMBOLS {
            let mut swapped = right.clone();
            swapped.swap(first, second);
            let expected = if swapped == right { Ok(code.clone()) } else { Err(ScratchError::Check) };
            assert_eq!(parsed(&swapped), expected);
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_however_it_is_typed(bits in any::<[u8; ENTROPY]>(), capital in any::<bool>()) {
        let code = ScratchCode::of_entropy(&bits);
        let text = code.reveal();
        prop_assert_eq!(text.len(), 20);
        prop_assert_eq!(text.parse(), Ok(code.clone()));
        let case = if capital { text.to_uppercase() } else { text.to_lowercase() };
        let typed = case.replace('-', " ").replace('0', "o").replace('1', if capital { "I" } else { "l" });
        prop_assert_eq!(typed.parse(), Ok(code));
    }

    #[test]
    fn likely_errors_are_noticed(bits in any::<[u8; ENTROPY]>()) {
        every_likely_error_is_noticed(&ScratchCode::of_entropy(&bits));
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_shows_in_its_error(text in "\\PC{0,40}") {
        if let Err(error) = text.parse::<ScratchCode>() {
            prop_assert!(text.chars().count() < 8 || !error.to_string().contains(&text));
        }
    }

    #[test]
    fn all_bits_count(bits in any::<[u8; ENTROPY]>(), place in 0..ENTROPY * 8) {
        let mut other = bits;
        other[place / 8] ^= 1 << (place % 8);
        prop_assert_ne!(ScratchCode::of_entropy(&bits), ScratchCode::of_entropy(&other));
    }
}

/// The linearity of the code makes it enough to try one word; these are the ends and one with all symbols different.
#[test]
fn likely_errors_are_noticed_at_the_ends_too() {
    for bits in [[0; ENTROPY], [0xff; ENTROPY], [0, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]] {
        every_likely_error_is_noticed(&ScratchCode::of_entropy(&bits));
    }
}

#[test]
fn what_is_no_code_is_told_apart() {
    let error = |text: &str| text.parse::<ScratchCode>().unwrap_err();
    assert_eq!(error(""), ScratchError::Length { found: 0 });
    assert_eq!(error("0000-0000-0000-0000"), ScratchError::Length { found: 16 });
    assert_eq!(error("0000-0000-0000-0000-00"), ScratchError::Length { found: 18 });
    assert_eq!(error("0000-0000-0000-00001"), ScratchError::Check);
    assert_eq!(error("0000-U000-0000-00000"), ScratchError::Symbol { position: 6 });
    assert_eq!(error("0000-Ü000-0000-00000"), ScratchError::Symbol { position: 6 });
}

#[test]
fn codes_and_keys_do_not_print() {
    let code = ScratchCode::of_entropy(&[7; ENTROPY]);
    assert_eq!(format!("{code:?}"), "ScratchCode(hidden)");
    let list = CodeList::new(vec![(CompactSerial::new(b"S1").unwrap(), code)]);
    assert_eq!(format!("{list:?}"), "CodeList { rows: [(CompactSerial(S1), ScratchCode(hidden))] }");
}

#[test]
fn a_list_is_read_back_and_damage_is_named() {
    let row = |serial: &[u8], byte| (CompactSerial::new(serial).unwrap(), ScratchCode::of_entropy(&[byte; ENTROPY]));
    let list = CodeList::new(vec![row(b"S1", 1), row(b"S,2", 2), row(b"\"3", 3)]);
    let mut file = Vec::new();
    list.write(&mut file).unwrap();
    assert_eq!(CodeList::read(file.as_slice()).unwrap(), list);
    let text = String::from_utf8(file).unwrap();
    assert_eq!(CodeList::read(text.replace('\n', "\r\n").as_bytes()).unwrap(), list);

    let read = |text: &str| CodeList::read(text.as_bytes()).unwrap_err();
    for end in 1..text.len() {
        let whole_lines = text[..end].ends_with('\n') && end > "serial,scratchCode\n".len();
        assert_eq!(CodeList::read(&text.as_bytes()[..end]).is_ok(), whole_lines, "{}", &text[..end]);
    }
    assert!(matches!(read(""), CodeListError::Header));
    assert!(matches!(read("serial,tagKey\n"), CodeListError::Header));
    let with = |line: &str| read(&format!("{text}{line}\n"));
    assert!(matches!(with("S9"), CodeListError::Fields { line: 5 }));
    assert!(matches!(with("S#,0000-0000-0000-00000"), CodeListError::Serial { line: 5, .. }));
    assert!(matches!(with("S9,0000-0000-0000-00001"), CodeListError::Code { line: 5, fault: ScratchError::Check }));
    assert!(matches!(with("S1,0000-0000-0000-00000"), CodeListError::Duplicate { first: 2, line: 5, .. }));
    assert!(matches!(with(&"x".repeat(300)), CodeListError::Truncated { line: 5 }));
}
