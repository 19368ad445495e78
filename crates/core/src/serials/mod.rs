//! The list of serials that a manufacturer hands in: a CSV file, read once, line by line.
//!
//! One line is one item, in packing order. The file is RFC 4180 in UTF-8, with or without byte order mark, with LF or
//! CRLF; blank lines do not count. Columns:
//!
//! - `serial`: 1 to 20 characters of GS1 character set 82 (GS1 General Specifications, AI 21);
//! - `tagKey`, optional: the address of the key that travels with the item; empty or zero for none.
//!
//! A file of one column may go without header; one whose first line is the word `serial`, in any case, has one. With two
//! columns the header is required, since nothing else tells which is which. A serial with a comma or a leading quotation mark is
//! written in quotation marks, as RFC 4180 says; no field spans lines, which keeps line numbers exact.

mod compact;
mod lines;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use alloy_primitives::{Address, B256};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub use compact::{CompactSerial, SerialFault, check_serial};
use lines::LineNumbers;
pub use lines::fields;

use crate::ids::LotId;
use crate::merkle::{Leaf, Leaves, MerkleError, duplicates};

/// Duplicates that an error lists; it counts the others.
const LISTED_DUPLICATES: usize = 10;
/// No line of a serial and an address is longer, quotation marks and all.
const MAX_LINE: u64 = 256;

/// A file of serials that cannot become a lot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SerialError {
    /// The file could not be read.
    #[error("the serials could not be read: {0}")]
    Read(#[from] io::Error),
    /// A line that is longer than any serial and address.
    #[error("line {line} is longer than {MAX_LINE} bytes: give a CSV file with one serial in a line")]
    LongLine {
        /// Its number.
        line: u64,
    },
    /// A quoted field that does not end where the line or the field does.
    #[error("line {line} has an unfinished quotation: close it, and write a quotation mark inside it twice")]
    Quotation {
        /// Its number.
        line: u64,
    },
    /// A line with another number of fields than the header.
    #[error("line {line} has {found} fields, not {expected}: {hint}")]
    Fields {
        /// Its number.
        line: u64,
        /// Fields in it.
        found: usize,
        /// Fields in the header.
        expected: usize,
        /// What to do.
        hint: &'static str,
    },
    /// A header that is not understood.
    #[error("the header has a column `{0}`: the columns are `serial` and, optionally, `tagKey`, each once")]
    Header(String),
    /// A header without the column of serials.
    #[error("the header has no column `serial`: add it")]
    NoSerialColumn,
    /// A serial outside the rules of GS1.
    #[error("line {line}: {fault}")]
    Serial {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        fault: SerialFault,
    },
    /// A tag key that is no address.
    #[error("line {line}: `{text}` is not the address of a tag key: write 0x and 40 hexadecimal digits, or nothing")]
    TagKey {
        /// Its line.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// Serials that stand twice.
    #[error("{0}: a serial names one item, so remove or correct the later line")]
    DuplicateSerials(Duplicates),
    /// Tag keys that stand twice.
    #[error("{0}: a tag travels with one item, so correct the later line")]
    DuplicateTagKeys(Duplicates),
    /// No serial, or too many.
    #[error(transparent)]
    Count(#[from] MerkleError),
}

/// Values that stand on more than one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicates {
    /// The first of them, by line.
    pub listed: Vec<Duplicate>,
    /// How many there are in all.
    pub total: usize,
}

/// A value that stands on two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The serial or the tag key.
    pub value: String,
    /// The line where it stands first.
    pub first_line: u64,
    /// The line where it stands again.
    pub line: u64,
}

impl fmt::Display for Duplicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Duplicate { value, first_line, line }) in self.listed.iter().enumerate() {
            write!(f, "{}`{value}` on line {line} stands already on line {first_line}", if i > 0 { "; " } else { "" })?;
        }
        match self.total - self.listed.len() {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// A file of serials as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialList {
    /// The serials, in packing order.
    pub serials: Vec<CompactSerial>,
    /// The tag keys, in packing order; empty if no item has one.
    pub tag_keys: Vec<Address>,
    /// sha2-256 of the file: a second run sees by it that it has the same file.
    pub file_digest: B256,
    /// The leaves of the lot's tree.
    pub leaves: Leaves,
}

/// Reads a file of serials, to its end.
pub fn read(file: impl Read) -> Result<SerialList, SerialError> {
    let mut file = BufReader::with_capacity(1 << 16, Hashing { inner: file, hash: Sha256::new() });
    let mut rows = Rows::default();
    let mut columns = None;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if file.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 > MAX_LINE {
            return Err(SerialError::LongLine { line: number });
        }
        let text = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
        let text = text.trim_ascii_end();
        if text.trim_ascii().is_empty() {
            continue;
        }
        let fields = fields(text).ok_or(SerialError::Quotation { line: number })?;
        match &columns {
            Some(columns) => rows.push(number, columns, &fields)?,
            None => {
                let (known, is_header) = Columns::of_first_line(number, &fields)?;
                if !is_header {
                    rows.push(number, &known, &fields)?;
                }
                columns = Some(known);
            }
        }
    }
    rows.finish(B256::new(file.into_inner().hash.finalize().into()))
}

/// A line of such a file, for a header `serial,tagKey`; without its end.
pub fn line(serial: &CompactSerial, tag_key: Address) -> String {
    let serial = serial.as_str();
    if serial.contains([',', '"']) {
        return format!("\"{}\",{tag_key}", serial.replace('"', "\"\""));
    }
    format!("{serial},{tag_key}")
}

/// The leaves of serials in packing order; `tag_keys` is empty or as long.
pub(crate) fn leaves_of(serials: &[CompactSerial], tag_keys: &[Address]) -> Vec<Leaf> {
    serials
        .par_iter()
        .with_min_len(512)
        .enumerate()
        .map(|(index, serial)| Leaf {
            index: index as u32,
            half: LotId::serial_half(serial.as_str()),
            tag_key: tag_keys.get(index).copied().unwrap_or_default(),
        })
        .collect()
}

/// Which field of a line is what.
struct Columns {
    count: usize,
    serial: usize,
    tag_key: Option<usize>,
}

impl Columns {
    /// The columns as the first line tells them, and whether it is a header.
    fn of_first_line(line: u64, fields: &[Cow<'_, [u8]>]) -> Result<(Self, bool), SerialError> {
        let named = |name: &[u8]| fields.iter().any(|field| field.eq_ignore_ascii_case(name));
        match fields {
            _ if named(b"serial") || named(b"tagKey") => Ok((Self::of_header(fields)?, true)),
            [only] if looks_like_header(only) => Err(SerialError::Header(String::from_utf8_lossy(only).into_owned())),
            [_] => Ok((Self { count: 1, serial: 0, tag_key: None }, false)),
            _ => {
                let hint =
                    "name the columns in a first line `serial,tagKey`, or put a serial with a comma in quotation marks";
                Err(SerialError::Fields { line, found: fields.len(), expected: 1, hint })
            }
        }
    }

    fn of_header(fields: &[Cow<'_, [u8]>]) -> Result<Self, SerialError> {
        let (mut serial, mut tag_key) = (None, None);
        for (column, name) in fields.iter().enumerate() {
            let place = match name.to_ascii_lowercase().as_slice() {
                b"serial" => Some(&mut serial),
                b"tagkey" => Some(&mut tag_key),
                _ => None,
            };
            if place.is_none_or(|place| place.replace(column).is_some()) {
                return Err(SerialError::Header(String::from_utf8_lossy(name).into_owned()));
            }
        }
        let serial = serial.ok_or(SerialError::NoSerialColumn)?;
        Ok(Self { count: fields.len(), serial, tag_key })
    }
}

/// "SerialNumber" and the like: it could be a serial, but to register it as one would be a pity.
fn looks_like_header(field: &[u8]) -> bool {
    field.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"serial")) && !field.iter().any(u8::is_ascii_digit)
}

#[derive(Default)]
struct Rows {
    serials: Vec<CompactSerial>,
    /// As long as `serials`, or empty as long as no item has a tag key.
    tag_keys: Vec<Address>,
    lines: LineNumbers,
}

impl Rows {
    fn push(&mut self, line: u64, columns: &Columns, fields: &[Cow<'_, [u8]>]) -> Result<(), SerialError> {
        if fields.len() != columns.count {
            let hint = "put a serial with a comma in quotation marks";
            return Err(SerialError::Fields { line, found: fields.len(), expected: columns.count, hint });
        }
        if self.serials.len() == Leaves::MAX {
            return Err(MerkleError::TooMany { count: Leaves::MAX + 1, max: Leaves::MAX }.into());
        }
        let serial =
            CompactSerial::new(&fields[columns.serial]).map_err(|fault| SerialError::Serial { line, fault })?;
        if let Some(column) = columns.tag_key {
            let tag_key = tag_key(&fields[column]).ok_or_else(|| SerialError::TagKey {
                line,
                text: String::from_utf8_lossy(&fields[column]).into_owned(),
            })?;
            if !tag_key.is_zero() && self.tag_keys.is_empty() {
                self.tag_keys.resize(self.serials.len(), Address::ZERO);
            }
            if !tag_key.is_zero() || !self.tag_keys.is_empty() {
                self.tag_keys.push(tag_key);
            }
        }
        self.lines.push(self.serials.len(), line);
        self.serials.push(serial);
        Ok(())
    }

    fn finish(self, file_digest: B256) -> Result<SerialList, SerialError> {
        let Self { serials, tag_keys, lines } = self;
        if let Some(found) = repeated_tag_keys(&tag_keys, &lines) {
            return Err(SerialError::DuplicateTagKeys(found));
        }
        let leaves = leaves_of(&serials, &tag_keys);
        match Leaves::new(leaves) {
            Ok(leaves) => Ok(SerialList { serials, tag_keys, file_digest, leaves }),
            Err(MerkleError::Duplicate { .. }) => {
                let twins = duplicates(&leaves_of(&serials, &[]));
                let listed = twins.iter().take(LISTED_DUPLICATES).map(|&(first, later)| Duplicate {
                    value: serials[later as usize].as_str().to_owned(),
                    first_line: lines.of(first as usize),
                    line: lines.of(later as usize),
                });
                Err(SerialError::DuplicateSerials(Duplicates { listed: listed.collect(), total: twins.len() }))
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// An address in hexadecimal digits; where their case is mixed, it is the checksum of ERC-55.
fn tag_key(text: &[u8]) -> Option<Address> {
    let text = std::str::from_utf8(text).ok()?;
    if text.is_empty() {
        return Some(Address::ZERO);
    }
    let digits = text.strip_prefix("0x")?;
    let mixed = digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if mixed { Address::parse_checksummed(text, None).ok() } else { text.parse().ok() }
}

fn repeated_tag_keys(tag_keys: &[Address], lines: &LineNumbers) -> Option<Duplicates> {
    let mut first_at = HashMap::new();
    let mut found = Duplicates { listed: Vec::new(), total: 0 };
    for (index, tag_key) in tag_keys.iter().enumerate().filter(|(_, tag_key)| !tag_key.is_zero()) {
        let first = *first_at.entry(tag_key).or_insert(index as u32);
        if first as usize == index {
            continue;
        }
        found.total += 1;
        if found.listed.len() < LISTED_DUPLICATES {
            let (first_line, line) = (lines.of(first as usize), lines.of(index));
            found.listed.push(Duplicate { value: tag_key.to_string(), first_line, line });
        }
    }
    (found.total > 0).then_some(found)
}

/// Hashes what passes through.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
