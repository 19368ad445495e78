//! Lines of a CSV file, and where they were.

use std::borrow::Cow;

/// The fields of one line (RFC 4180); `None` if a quotation does not end with its field.
pub fn fields(line: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let mut fields = Vec::with_capacity(2);
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let (field, after) = quoted_field(quoted)?;
                (Cow::Owned(field), after)
            }
            None => {
                let end = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after {
            [] => return Some(fields),
            [b',', next @ ..] => rest = next,
            _ => return None,
        }
    }
}

/// A field after its opening quotation mark, and what follows the closing one.
fn quoted_field(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut field = Vec::new();
    loop {
        let mark = rest.iter().position(|byte| *byte == b'"')?;
        field.extend_from_slice(&rest[..mark]);
        rest = &rest[mark + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                field.push(b'"');
                rest = after;
            }
            None => return Some((field, rest)),
        }
    }
}

/// The line of each row. Rows mostly follow each other, so only the breaks are kept.
#[derive(Default)]
pub(super) struct LineNumbers {
    /// From which row on a row's line is the row plus how much.
    breaks: Vec<(usize, u64)>,
}

impl LineNumbers {
    /// Notes the line of the next row.
    pub(super) fn push(&mut self, row: usize, line: u64) {
        let offset = line - row as u64;
        if self.breaks.last().is_none_or(|(_, last)| *last != offset) {
            self.breaks.push((row, offset));
        }
    }

    /// The line of a row that was noted.
    pub(super) fn of(&self, row: usize) -> u64 {
        let after = self.breaks.partition_point(|(from, _)| *from <= row);
        let offset = after.checked_sub(1).map_or(0, |i| self.breaks[i].1);
        row as u64 + offset
    }
}
