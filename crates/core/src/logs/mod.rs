//! Log files, alarms and photographs of devices: files of up to 1 GiB, sealed in segments for those who may read them.
//!
//! ```text
//! file ── cut every 4 MiB ──> segment ── zstd (RFC 8878), kept plain where it does not shrink ── age ──> content store
//!                                                          manifest (JSON) ── age ──> record (JSON) ──> content store, anchored
//! ```
//!
//! A [`Cutter`] cuts the file and hashes the whole of it; [`pack`] makes one segment and [`unpack`] opens it, each on its own,
//! so that several are made at once and work that was stopped goes on with the next. The [`Manifest`] names them all, with
//! the digest of each and of the file, and says which record of which device it is. Both are age files (C2SP,
//! version 1) for the same readers: `age -d` and `zstd -d` open a segment, too. What is anchored is a [`SealedRecord`]: the sealed
//! manifest, and where the segments are.
//!
//! **What others see.** Who has the store sees how many segments there are and how large each is when compressed, and whoever
//! sees the header of an age file for how many keys it is. Neither name nor digest of the file is to be seen.
//!
//! **What a writer can do.** age does not say who sealed. What makes a record its writer's is that the chain has the manifest's
//! digest under the writer's account, so a manifest that was taken from another record is refused by what it says of itself
//! ([`Manifest::differences`]). No manifest makes a reader write more than it announces, and none announces more than
//! [`MAX_FILE`].

mod cut;
mod error;
mod looks;
mod manifest;
mod segment;

pub use cut::{Cutter, Hasher};
pub use error::{LogError, SegmentFault};
pub use looks::{Picture, Preview, media_type, picture, preview};
pub use manifest::{FileFacts, Manifest, Packing, Record, SealedRecord, Segment};
pub use segment::{pack, packed_limit, unpack};

/// The largest file: 1 GiB.
pub const MAX_FILE: u64 = 1 << 30;
/// Bytes of the file in a segment that is written here; the last one has what is left.
pub const SEGMENT_SIZE: usize = 4 << 20;
/// The largest segment that is read: 8 MiB.
pub const MAX_SEGMENT: u32 = 8 << 20;
/// The most segments that are read.
pub const MAX_SEGMENTS: usize = 4096;
/// The largest sealed record that is read: 4 MiB.
pub const MAX_RECORD: u64 = 4 << 20;

#[cfg(test)]
mod tests;
