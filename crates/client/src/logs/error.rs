//! What can go wrong with the records of a device, each with what to do.

use std::io;
use std::path::PathBuf;

use theriac_core::logs::LogError;

use crate::store::StoreError;

/// What can go wrong with the records of a device.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogsError {
    /// The file, a segment or the manifest is not as it should be.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file that cannot be read or written.
    #[error("{}: {source}. Check the name and the folder, and that there is room", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No regular file.
    #[error("{} is not a file on a disk: write it to one first, since its size has to be known", path.display())]
    NotAFile {
        /// What it is called.
        path: PathBuf,
    },
    /// The state of the work cannot be written down.
    #[error(
        "{}: {source}. It keeps how far the work is; what was stored stays: make room there, and run the same command again",
        path.display()
    )]
    Journal {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process does the same.
    #[error("another process pushes the same file (it holds {}): wait for it", path.display())]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// A segment could not be stored.
    #[error(
        "segment {number} of {of} could not be stored: {source}. What was stored stays: run the same command again, and it goes on there"
    )]
    NotStored {
        /// Which, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What the store said.
        source: Box<StoreError>,
    },
    /// A segment is not to be had.
    #[error("segment {number} of {of} is not to be had: {source}")]
    Missing {
        /// Which, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What the store said.
        source: Box<StoreError>,
    },
    /// A number past the newest record.
    #[error("{number} is not the number of a record: the device has {count}; `theriac logs list` shows them")]
    NoRecord {
        /// What was asked for.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// The manifest says other than the chain.
    #[error(
        "the manifest of record {number} is that of another record: its {} not what the chain says. It was copied, or its writer made \
         a mistake: do not rely on it",
        differs(differences)
    )]
    OtherRecord {
        /// Which.
        number: usize,
        /// In what it differs.
        differences: Vec<&'static str>,
    },
    /// The work stopped.
    #[error("the work was stopped before it was done")]
    Stopped,
}

fn differs(differences: &[&str]) -> String {
    let is = if differences.len() == 1 { "is" } else { "are" };
    format!("{} {is}", differences.join(", "))
}
