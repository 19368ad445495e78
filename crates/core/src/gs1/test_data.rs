//! What the tests of this module read from the folder that `THERIAC_DATA` names.

use std::path::Path;

/// One entry of the GS1 Barcode Syntax Dictionary.
pub(crate) struct Entry {
    pub(crate) ais: String,
    pub(crate) flags: String,
    pub(crate) parts: Vec<String>,
    pub(crate) attributes: Vec<String>,
    pub(crate) title: String,
}

/// The text of a file below `THERIAC_DATA`, or nothing and a word on standard error where that is not set.
pub(crate) fn read(path: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("THERIAC_DATA") else {
        eprintln!("skipped: THERIAC_DATA is not set");
        return None;
    };
    Some(std::fs::read_to_string(Path::new(&folder).join(path)).unwrap())
}

/// All entries of the dictionary.
pub(crate) fn syntax_dictionary() -> Option<Vec<Entry>> {
    let text = read("gs1/gs1-syntax-dictionary.txt")?;
    Some(text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).map(entry).collect())
}

fn entry(line: &str) -> Entry {
    let (columns, title) = line.split_once('#').unwrap_or((line, ""));
    let mut words = columns.split_whitespace().peekable();
    let ais = words.next().unwrap().to_owned();
    let flags = words.next_if(|word| word.chars().all(|c| "*?".contains(c))).unwrap_or_default().to_owned();
    let is_part = |word: &&str| word.trim_start_matches('[').starts_with(['N', 'X', 'Y', 'Z']);
    let (parts, attributes): (Vec<&str>, Vec<&str>) = words.partition(is_part);
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    Entry { ais, flags, parts: owned(parts), attributes: owned(attributes), title: title.trim().to_owned() }
}
