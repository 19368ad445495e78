//! The partition tables (§14.3.3, §14.5): how the bits of a key are divided into company prefix and reference.
//!
//! All tables have one rule: the prefix gets the bits that its digits need, the reference the rest. An indicator or
//! extension digit, which stands in front of the prefix in the key, stands in front of the reference in the EPC (§7).

use std::fmt;
use std::str::FromStr;

use super::EpcError;
use super::scheme::Scheme;

/// 10 to the power of the index.
const POWERS: [u64; 19] = {
    let mut powers = [1; 19];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = 10 * powers[index - 1];
        index += 1;
    }
    powers
};

/// How many digits of a key are the GS1 Company Prefix: 6 to 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrefixLength(u8);

impl PrefixLength {
    /// A length of 6 to 12 digits.
    pub fn new(digits: u8) -> Result<Self, EpcError> {
        match digits {
            6..=12 => Ok(Self(digits)),
            _ => Err(EpcError::PrefixLength(digits.to_string())),
        }
    }

    /// The number of digits.
    pub const fn digits(self) -> u8 {
        self.0
    }

    /// The partition value (§14.3.3): 0 for 12 digits, 6 for 6.
    pub(super) const fn partition(self) -> u64 {
        12 - self.0 as u64
    }

    /// The length that a partition value stands for.
    pub(super) const fn of_partition(partition: u64) -> Option<Self> {
        if partition <= 6 { Some(Self(12 - partition as u8)) } else { None }
    }

    /// The bits that hold the prefix.
    const fn bits(self) -> u32 {
        [20, 24, 27, 30, 34, 37, 40][self.0 as usize - 6]
    }
}

impl fmt::Display for PrefixLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PrefixLength {
    type Err = EpcError;

    fn from_str(text: &str) -> Result<Self, EpcError> {
        text.parse()
            .ok()
            .and_then(|digits| Self::new(digits).ok())
            .ok_or_else(|| EpcError::PrefixLength(text.to_owned()))
    }
}

/// The kinds of EPC that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sgtin,
    Sscc,
    Sgln,
}

/// A key without check digit, cut behind its company prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) prefix: u64,
    pub(super) reference: u64,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Sgtin, Self::Sscc, Self::Sgln];

    /// As it stands in URIs.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sgtin => "sgtin",
            Self::Sscc => "sscc",
            Self::Sgln => "sgln",
        }
    }

    /// Bits of prefix and reference together.
    pub(super) const fn bits(self) -> u32 {
        match self {
            Self::Sgtin => 44,
            Self::Sscc => 58,
            Self::Sgln => 41,
        }
    }

    /// Digits of prefix and reference together: the key without its check digit.
    const fn digits(self) -> usize {
        match self {
            Self::Sgtin => 13,
            Self::Sscc => 17,
            Self::Sgln => 12,
        }
    }

    /// Whether the key begins with a digit that is not of the prefix.
    const fn has_leading_digit(self) -> bool {
        !matches!(self, Self::Sgln)
    }

    /// Digits of the reference behind a prefix of this length.
    pub(super) const fn reference_digits(self, prefix: PrefixLength) -> usize {
        self.digits() - prefix.0 as usize
    }

    /// Cuts a key.
    pub(super) const fn cut(self, length: PrefixLength, payload: u64) -> Cut {
        let reference_digits = self.reference_digits(length);
        if !self.has_leading_digit() {
            let tail = POWERS[reference_digits];
            return Cut { prefix: payload / tail, reference: payload % tail };
        }
        let behind = POWERS[self.digits() - 1];
        let tail = POWERS[reference_digits - 1];
        let (leading, rest) = (payload / behind, payload % behind);
        Cut { prefix: rest / tail, reference: leading * tail + rest % tail }
    }

    /// Puts a key together again; nothing if a part has more digits than it may.
    pub(super) const fn join(self, length: PrefixLength, cut: Cut) -> Option<u64> {
        let reference_digits = self.reference_digits(length);
        if cut.prefix >= POWERS[length.0 as usize] || cut.reference >= POWERS[reference_digits] {
            return None;
        }
        if !self.has_leading_digit() {
            return Some(cut.prefix * POWERS[reference_digits] + cut.reference);
        }
        let tail = POWERS[reference_digits - 1];
        let (leading, rest) = (cut.reference / tail, cut.reference % tail);
        Some(leading * POWERS[self.digits() - 1] + cut.prefix * tail + rest)
    }

    /// The key in a partition value and the bits behind it.
    pub(super) fn unpack(self, scheme: Scheme, partition: u64, field: u64) -> Result<(PrefixLength, u64), EpcError> {
        let length = PrefixLength::of_partition(partition).ok_or(EpcError::Partition(scheme))?;
        let reference_bits = self.bits() - length.bits();
        let cut = Cut { prefix: field >> reference_bits, reference: field & ((1 << reference_bits) - 1) };
        match self.join(length, cut) {
            Some(payload) => Ok((length, payload)),
            None => Err(EpcError::TooManyDigits {
                scheme,
                prefix: cut.prefix,
                prefix_digits: length.0,
                reference: cut.reference,
                reference_digits: self.reference_digits(length),
            }),
        }
    }

    /// The bits of a key behind the partition value.
    pub(super) const fn pack(self, length: PrefixLength, payload: u64) -> u64 {
        let cut = self.cut(length, payload);
        cut.prefix << (self.bits() - length.bits()) | cut.reference
    }
}
