//! One segment: compressed, sealed, and back.

use std::io::Read as _;

use super::{LogError, Packing, Segment, SegmentFault};
use crate::content::ContentAddress;
use crate::envelope::{self, Identity, Key, Reader};
use crate::logs::Hasher;

/// Level 1: a log shrinks to a fifth, and faster than it is hashed; higher levels are several times slower for some percents.
const LEVEL: i32 = 1;
/// The largest window a decompressor sets up, as a power of two: that of a whole segment.
const MAX_WINDOW_LOG: u32 = 23;
/// What an age file for 256 readers adds at most: its header and 16 bytes for every 64 KiB.
const AGE_MARGIN: u64 = 128 << 10;

/// Compresses and seals a segment. Answers the bytes to store and how they are packed.
pub fn pack(plain: &[u8], readers: &[Reader]) -> Result<(Vec<u8>, Packing), LogError> {
    let packed = zstd::bulk::compress(plain, LEVEL).map_err(LogError::Compress)?;
    let (bytes, packing) =
        if packed.len() < plain.len() { (packed.as_slice(), Packing::Zstd) } else { (plain, Packing::None) };
    Ok((envelope::seal_bytes(bytes, readers)?.bytes, packing))
}

/// What a stored segment can have at most; whoever fetches one stops there.
pub fn packed_limit(segment: &Segment) -> u64 {
    u64::from(segment.size) + AGE_MARGIN
}

/// Opens and decompresses a segment, and believes it only if it is what the manifest says. Of one that is longer not more
/// than a byte too many is made.
pub fn unpack(sealed: &[u8], identities: &[Identity], segment: &Segment) -> Result<Vec<u8>, SegmentFault> {
    let opened = envelope::open_bytes(sealed, Key::Identities(identities)).map_err(SegmentFault::Sealed)?.bytes;
    let plain = match segment.packing {
        Packing::None => opened,
        Packing::Zstd => decompress(&opened, segment.size).map_err(SegmentFault::Compressed)?,
    };
    let (found, expected) = (plain.len() as u64, segment.size);
    if found > u64::from(expected) {
        return Err(SegmentFault::Long { expected });
    }
    if found < u64::from(expected) {
        return Err(SegmentFault::Short { found, expected });
    }
    if Hasher::digest(&plain) == segment.sha256 { Ok(plain) } else { Err(SegmentFault::Other) }
}

fn decompress(packed: &[u8], expected: u32) -> std::io::Result<Vec<u8>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
    decoder.window_log_max(MAX_WINDOW_LOG)?;
    let mut plain = Vec::with_capacity(expected as usize + 1);
    decoder.take(u64::from(expected) + 1).read_to_end(&mut plain)?;
    Ok(plain)
}

impl Segment {
    /// The segment of these bytes, stored at `content`.
    pub fn new(content: ContentAddress, plain: &[u8], packing: Packing) -> Self {
        let size = u32::try_from(plain.len()).unwrap_or(u32::MAX);
        Self { content, size, sha256: Hasher::digest(plain), packing }
    }
}
