//! Log files, alarms and photographs of devices: from a file to the store and the chain, and back.
//!
//! | step | what happens | where |
//! |---|---|---|
//! | readers | the engineers whom the chain names now, and those who own and operate the device | [`readers_of`] |
//! | seal | the file is cut, and every segment compressed, sealed and stored, two at a time | [`seal`] |
//! | anchor | the manifest's digest goes on chain by `MdsProfiles`, which appends it to the device's records in `Anchors` | `rooms` |
//! | list | the records as the events tell them, held against the head on chain | [`records`] |
//! | open | the manifest is fetched, opened and held against the chain; then the segments, one by one | [`open`], [`write_out`] |
//!
//! **Stopped in the middle.** What was stored is written down in a [`Journal`] in the home folder, so that the next attempt
//! goes on there. The file is read and hashed again from its beginning: a segment counts as made only if the bytes are the
//! same and the store still has it.
//!
//! **Memory.** A file of any size takes that of a few segments ([`theriac_core::logs::SEGMENT_SIZE`]).

mod error;
mod journal;
mod open;
mod readers;
mod records;
mod seal;

pub use error::LogsError;
pub use journal::{Journal, Pushed, Task};
pub use open::{digest_of, open, segment, write_out};
pub use readers::{Found, readers_of};
pub use records::{Kept, RecordEntry, Records, awaits_block, records};
pub use seal::{Known, Made, Source, seal};

#[cfg(test)]
mod tests;
