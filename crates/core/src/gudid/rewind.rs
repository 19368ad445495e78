//! A reader that knows where it is and can go back.

use std::io::{self, BufRead, Read};

use super::error::Position;

/// Reads forward, counts bytes and lines, and takes bytes back that turned out to belong to what follows.
pub(super) struct Rewind<R> {
    input: R,
    /// Bytes taken back; those from `at` on come before the rest of `input`.
    again: Vec<u8>,
    at: usize,
    position: Position,
}

impl<R: BufRead> Rewind<R> {
    pub(super) fn new(input: R) -> Self {
        Rewind { input, again: Vec::new(), at: 0, position: Position { offset: 0, line: 1 } }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// Appends to `out` at most `most` bytes, up to and with the first `delimiter`. Gives their number, 0 at the end.
    pub(super) fn read_until(&mut self, delimiter: u8, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
        let start = out.len();
        if self.at < self.again.len() {
            let waiting = &self.again[self.at..];
            let read = (&waiting[..most.min(waiting.len())]).read_until(delimiter, out)?;
            self.at += read;
            if out.ends_with(&[delimiter]) || read == most {
                self.advance(&out[start..]);
                return Ok(read);
            }
        }
        let left = most - (out.len() - start);
        self.input.by_ref().take(left as u64).read_until(delimiter, out)?;
        self.advance(&out[start..]);
        Ok(out.len() - start)
    }

    /// Goes back to before `bytes`, which must be the last that were read.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        if self.at < self.again.len() && self.at >= bytes.len() {
            self.at -= bytes.len();
        } else {
            let waiting = self.again.split_off(self.at);
            self.again.clear();
            self.again.extend_from_slice(bytes);
            self.again.extend_from_slice(&waiting);
            self.at = 0;
        }
        self.position.offset -= bytes.len() as u64;
        self.position.line -= newlines(bytes);
    }

    fn advance(&mut self, bytes: &[u8]) {
        self.position.offset += bytes.len() as u64;
        self.position.line += newlines(bytes);
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn going_back_changes_nothing(
            text in "[a\n<]{0,60}",
            steps in proptest::collection::vec((1usize..9, 0usize..9), 1..40),
        ) {
            let mut reader = Rewind::new(text.as_bytes());
            let mut read = Vec::new();
            for (most, back) in steps {
                let mut chunk = Vec::new();
                reader.read_until(b'<', most, &mut chunk).unwrap();
                let kept = chunk.len().saturating_sub(back);
                reader.unread(&chunk[kept..]);
                read.extend_from_slice(&chunk[..kept]);
                prop_assert_eq!(&read[..], &text.as_bytes()[..read.len()]);
                prop_assert_eq!(reader.position(), Position { offset: read.len() as u64, line: 1 + newlines(&read) });
            }
        }
    }
}
