//! Scans as lines of a file that only grows: `<seconds since 1970> <item id> <token, or - without a place>`.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::str::FromStr;

use super::Token;
use crate::ids::ItemId;

/// No line is longer, its end included.
const MAX_LINE: u64 = 128;

/// A scan as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The unit.
    pub item: ItemId,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Where, if that was known.
    pub place: Option<Token>,
}

/// A file that is no journal of scans.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It could not be read.
    #[error("the scans could not be read: {0}")]
    Read(#[from] io::Error),
    /// A line that is no scan.
    #[error("line {line} is not a scan: is it the right file? Restore it from a copy, or name a new one")]
    Line {
        /// Its number.
        line: u64,
    },
}

/// The scans of one item, in the order of the file; other items' lines are only checked. A last line without end is passed over:
/// whoever wrote it was killed in the middle.
pub fn scans_of(file: impl Read, item: ItemId) -> Result<Vec<Scan>, JournalError> {
    let mut file = io::BufReader::with_capacity(1 << 16, file);
    let mut found = Vec::new();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if file.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let wrong = || JournalError::Line { line };
        let Some(content) = text.strip_suffix(b"\n") else {
            if text.len() as u64 == MAX_LINE {
                return Err(wrong());
            }
            break;
        };
        let content = std::str::from_utf8(content).map_err(|_| wrong())?;
        let scan: Scan = content.parse().map_err(|NoScan| wrong())?;
        if scan.item == item {
            found.push(scan);
        }
    }
    Ok(found)
}

/// A text that is no scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scan")]
pub struct NoScan;

impl fmt::Display for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, at, place } = self;
        match place {
            Some(token) => write!(f, "{at} {item} {token}"),
            None => write!(f, "{at} {item} -"),
        }
    }
}

impl FromStr for Scan {
    type Err = NoScan;

    fn from_str(text: &str) -> Result<Self, NoScan> {
        let mut words = text.split(' ');
        let mut next = || words.next().ok_or(NoScan);
        let at = next()?.parse().map_err(|_| NoScan)?;
        let item = next()?.parse().map_err(|_| NoScan)?;
        let place = match next()? {
            "-" => None,
            token => Some(token.parse().map_err(|_| NoScan)?),
        };
        if words.next().is_some() { Err(NoScan) } else { Ok(Self { item, at, place }) }
    }
}
