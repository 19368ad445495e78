//! Why a file was not cut, a segment not opened, or a manifest not believed.

use std::io;

use super::MAX_FILE;
use crate::document::DocumentError;
use crate::envelope::EnvelopeError;

/// What can go wrong with a log file. No variant holds anything of its content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// More than [`MAX_FILE`].
    #[error("the file has {size} bytes, more than the {MAX_FILE} of one record: cut it in parts, and push each")]
    TooLarge {
        /// Its size.
        size: u64,
    },
    /// Nothing to keep.
    #[error("the file is empty: there is nothing to keep")]
    Empty,
    /// It has fewer bytes than when it was begun.
    #[error("the file became shorter while it was read, by {missing} bytes: push it again when nobody cuts it")]
    Shrank {
        /// Bytes that were expected and did not come.
        missing: u64,
    },
    /// The file cannot be read.
    #[error("the file could not be read: {0}")]
    Read(#[source] io::Error),
    /// The compressor failed.
    #[error("a segment could not be compressed: {0}")]
    Compress(#[source] io::Error),
    /// A segment that is not what the manifest says.
    #[error("segment {number} of {of} {fault}: it is not what the manifest says, so nothing of the file is given out")]
    Segment {
        /// Which, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What is wrong.
        fault: Box<SegmentFault>,
    },
    /// All segments are right, and the whole is not.
    #[error("the segments make another file than the manifest names: whoever wrote the record has to push it again")]
    Whole,
    /// No manifest.
    #[error(transparent)]
    Manifest(#[from] DocumentError),
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

/// What is wrong with a segment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentFault {
    /// It cannot be opened.
    #[error("cannot be opened ({0})")]
    Sealed(#[source] EnvelopeError),
    /// It cannot be decompressed.
    #[error("cannot be decompressed ({0})")]
    Compressed(#[source] io::Error),
    /// It has fewer bytes.
    #[error("is cut short: it has {found} bytes, not {expected}")]
    Short {
        /// What it has.
        found: u64,
        /// What the manifest says.
        expected: u32,
    },
    /// It has more bytes; they were not read.
    #[error("is longer than the {expected} bytes it should have")]
    Long {
        /// What the manifest says.
        expected: u32,
    },
    /// It has the right length and other bytes.
    #[error("holds other bytes (SHA-256)")]
    Other,
}

impl SegmentFault {
    /// The error that names the segment; `index` counts from 0.
    pub fn of_segment(self, index: usize, of: usize) -> LogError {
        LogError::Segment { number: index + 1, of, fault: Box::new(self) }
    }
}
