//! Cutting a file into segments, and the digest of the whole.

use std::fmt;
use std::io::Read;

use alloy_primitives::B256;
use sha2::{Digest as _, Sha256};

use super::{LogError, MAX_FILE, SEGMENT_SIZE};

/// SHA-256 (FIPS 180-4) of what comes piece by piece.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// SHA-256 of these bytes.
    pub fn digest(bytes: &[u8]) -> B256 {
        B256::new(Sha256::digest(bytes).into())
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that came.
    pub fn finish(self) -> B256 {
        B256::new(self.0.finalize().into())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// Cuts a file of a known size into segments of [`SEGMENT_SIZE`].
///
/// What is appended to the file meanwhile is not read: a log may grow while it is pushed.
#[derive(Debug)]
pub struct Cutter<R> {
    source: R,
    left: u64,
    whole: Hasher,
}

impl<R: Read> Cutter<R> {
    /// Begins. Refuses before anything is read.
    pub fn new(source: R, size: u64) -> Result<Self, LogError> {
        match size {
            0 => Err(LogError::Empty),
            size if size > MAX_FILE => Err(LogError::TooLarge { size }),
            left => Ok(Self { source, left, whole: Hasher::default() }),
        }
    }

    /// Fills `buffer` with the next segment, and answers whether there was one.
    pub fn next_into(&mut self, buffer: &mut Vec<u8>) -> Result<bool, LogError> {
        buffer.clear();
        let size = self.left.min(SEGMENT_SIZE as u64);
        // Room for exactly one, so that a buffer that is used again never grows.
        buffer.reserve_exact(usize::try_from(size).unwrap_or(SEGMENT_SIZE));
        let read = self.source.by_ref().take(size).read_to_end(buffer).map_err(LogError::Read)? as u64;
        if read < size {
            return Err(LogError::Shrank { missing: self.left - read });
        }
        self.left -= read;
        self.whole.update(buffer);
        Ok(read > 0)
    }

    /// The digest of the whole file, once all segments were taken.
    pub fn finish(self) -> B256 {
        self.whole.finish()
    }
}
