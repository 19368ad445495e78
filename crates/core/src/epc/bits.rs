//! Fields of bits, the first bit of the first byte first.

/// The number in `count` bits, at most 64, from the bit `from`. Bits beyond the end read as zero.
pub(super) fn read(bytes: &[u8], from: usize, count: usize) -> u64 {
    (from..from + count).fold(0, |number, at| number << 1 | u64::from(bit(bytes, at)))
}

/// Writes the lowest `count` bits of `number` from the bit `from` into bytes that are zero there.
pub(super) fn write(bytes: &mut [u8], from: usize, count: usize, number: u64) {
    for place in 0..count {
        let at = from + place;
        bytes[at / 8] |= ((number >> (count - 1 - place) & 1) as u8) << (7 - at % 8);
    }
}

/// Whether all bits from `from` on are zero.
pub(super) fn is_zero_from(bytes: &[u8], from: usize) -> bool {
    (from..8 * bytes.len()).all(|at| bit(bytes, at) == 0)
}

fn bit(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1)
}
