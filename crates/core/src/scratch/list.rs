//! The list of codes of a lot, for whoever prints the scratch fields: CSV (RFC 4180), `serial,scratchCode`, one unit in a line.
//!
//! Who reads this file can claim every unit in it.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use super::{ScratchCode, ScratchError};
use crate::serials::{CompactSerial, SerialFault, fields};

const HEADER: [&str; 2] = ["serial", "scratchCode"];
/// No line of a serial and a code is longer, quotation marks and all.
const MAX_LINE: u64 = 256;

/// The codes of a lot's units, in packing order; no serial stands twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeList {
    rows: Vec<(CompactSerial, ScratchCode)>,
}

/// A file that is no list of codes. Codes are never repeated in these messages.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeListError {
    /// The file could not be read.
    #[error("the scratch codes could not be read: {0}")]
    Read(#[from] io::Error),
    /// The first line is another.
    #[error("the first line is not `serial,scratchCode`: give the file that `theriac catalog scratch-codes` wrote")]
    Header,
    /// A line of other fields.
    #[error("line {line} is not a serial and a scratch code: take the file anew from where it was made")]
    Fields {
        /// Its number.
        line: u64,
    },
    /// A serial outside the rules of GS1.
    #[error("line {line}: {fault}")]
    Serial {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        fault: SerialFault,
    },
    /// A code that is none.
    #[error("line {line}: {fault}")]
    Code {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        fault: ScratchError,
    },
    /// A serial that stands twice.
    #[error("line {line}: serial `{serial}` stands already on line {first}: a unit has one code")]
    Duplicate {
        /// The serial.
        serial: CompactSerial,
        /// Where it stands first.
        first: u64,
        /// Where it stands again.
        line: u64,
    },
    /// The last line does not end.
    #[error("the file breaks off in line {line}: take it anew from where it was made")]
    Truncated {
        /// The line's number.
        line: u64,
    },
}

impl CodeList {
    /// A list of serials that were checked to be different.
    pub fn new(rows: Vec<(CompactSerial, ScratchCode)>) -> Self {
        Self { rows }
    }

    /// The units with their codes, in packing order.
    pub fn rows(&self) -> &[(CompactSerial, ScratchCode)] {
        &self.rows
    }

    /// The same, to keep.
    pub fn into_rows(self) -> Vec<(CompactSerial, ScratchCode)> {
        self.rows
    }

    /// Writes the file.
    pub fn write(&self, to: impl Write) -> io::Result<()> {
        let mut file = csv::Writer::from_writer(to);
        file.write_record(HEADER)?;
        for (serial, code) in &self.rows {
            file.write_record([serial.as_str(), code.reveal().as_str()])?;
        }
        file.flush()
    }

    /// Reads a file to its end.
    pub fn read(file: impl Read) -> Result<Self, CodeListError> {
        let mut file = BufReader::new(file);
        let mut rows = Vec::new();
        let mut first_at = HashMap::new();
        let mut text = zeroize::Zeroizing::new(Vec::new());
        for line in 1.. {
            text.clear();
            if file.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)? == 0 {
                break;
            }
            if text.last() != Some(&b'\n') {
                return Err(CodeListError::Truncated { line });
            }
            let content = text.trim_ascii_end();
            if line == 1 {
                is_header(content)?;
                continue;
            }
            let (serial, code) = row(line, content)?;
            if let Some(first) = first_at.insert(serial, line) {
                return Err(CodeListError::Duplicate { serial, first, line });
            }
            rows.push((serial, code));
        }
        // An empty file has no header either.
        if rows.is_empty() { Err(CodeListError::Header) } else { Ok(Self { rows }) }
    }
}

fn is_header(line: &[u8]) -> Result<(), CodeListError> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let found = fields(line).ok_or(CodeListError::Header)?;
    let same = found.len() == HEADER.len() && found.iter().zip(HEADER).all(|(is, name)| is.as_ref() == name.as_bytes());
    if same { Ok(()) } else { Err(CodeListError::Header) }
}

fn row(line: u64, content: &[u8]) -> Result<(CompactSerial, ScratchCode), CodeListError> {
    let fields = fields(content).ok_or(CodeListError::Fields { line })?;
    let [serial, code] = fields.as_slice() else { return Err(CodeListError::Fields { line }) };
    let serial = CompactSerial::new(serial).map_err(|fault| CodeListError::Serial { line, fault })?;
    let code = std::str::from_utf8(code).map_err(|_| CodeListError::Fields { line })?;
    let code = code.parse().map_err(|fault| CodeListError::Code { line, fault })?;
    Ok((serial, code))
}
