//! The binary schemes and filter values.

use std::fmt;
use std::str::FromStr;

use super::EpcError;
use super::partition::Kind;

/// How an EPC is written on a tag (§14.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// An item whose serial is a number below 2^38.
    Sgtin96,
    /// An item with any serial.
    Sgtin198,
    /// A logistic unit.
    Sscc96,
    /// A place whose extension is a number below 2^41.
    Sgln96,
    /// A place with any extension.
    Sgln195,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sgtin96, Self::Sgtin198, Self::Sscc96, Self::Sgln96, Self::Sgln195];

    /// As it stands in EPC Tag URIs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sgtin96 => "sgtin-96",
            Self::Sgtin198 => "sgtin-198",
            Self::Sscc96 => "sscc-96",
            Self::Sgln96 => "sgln-96",
            Self::Sgln195 => "sgln-195",
        }
    }

    /// The first byte on the tag (§14.2).
    pub const fn header(self) -> u8 {
        match self {
            Self::Sgtin96 => 0x30,
            Self::Sgtin198 => 0x36,
            Self::Sscc96 => 0x31,
            Self::Sgln96 => 0x32,
            Self::Sgln195 => 0x39,
        }
    }

    /// The number of bits.
    pub const fn bits(self) -> usize {
        match self {
            Self::Sgtin96 | Self::Sscc96 | Self::Sgln96 => 96,
            Self::Sgtin198 => 198,
            Self::Sgln195 => 195,
        }
    }

    /// The bytes on the tag, whose memory is in words of 16 bits (§9).
    pub const fn bytes(self) -> usize {
        self.bits().div_ceil(16) * 2
    }

    /// The bits of a serial that is a number; none where it is text, or where there is none.
    pub(super) const fn number_bits(self) -> Option<usize> {
        match self {
            Self::Sgtin96 => Some(38),
            Self::Sgln96 => Some(41),
            Self::Sgtin198 | Self::Sgln195 | Self::Sscc96 => None,
        }
    }

    /// The scheme with the same key that takes any serial.
    pub(super) const fn with_text(self) -> Self {
        match self {
            Self::Sgtin96 | Self::Sgtin198 => Self::Sgtin198,
            Self::Sgln96 | Self::Sgln195 => Self::Sgln195,
            Self::Sscc96 => Self::Sscc96,
        }
    }

    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Sgtin96 | Self::Sgtin198 => Kind::Sgtin,
            Self::Sscc96 => Kind::Sscc,
            Self::Sgln96 | Self::Sgln195 => Kind::Sgln,
        }
    }

    pub(super) fn of_header(header: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.header() == header)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().to_ascii_uppercase())
    }
}

/// What a reader can select tags by without reading them whole (§10): 0 to 7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Filter(u8);

impl Filter {
    /// Whatever has no value of its own.
    pub const ALL_OTHERS: Self = Self(0);
    /// A trade item for the point of sale.
    pub const POINT_OF_SALE: Self = Self(1);
    /// A full case for transport.
    pub const FULL_CASE: Self = Self(2);
    /// An inner pack for handling.
    pub const INNER_PACK: Self = Self(4);
    /// A unit load, as a pallet.
    pub const UNIT_LOAD: Self = Self(6);
    /// A unit within a trade item.
    pub const COMPONENT: Self = Self(7);

    /// A value of 0 to 7. Those that the standard reserves are allowed, since tags bear them.
    pub fn new(value: u8) -> Result<Self, EpcError> {
        if value <= 7 { Ok(Self(value)) } else { Err(EpcError::Filter(value.to_string())) }
    }

    /// The number.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The low three bits of a number.
    pub(super) const fn of_bits(bits: u64) -> Self {
        Self(bits as u8 & 7)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Filter {
    type Err = EpcError;

    fn from_str(text: &str) -> Result<Self, EpcError> {
        // A number of several digits would be another spelling of the same URI.
        let value = text.parse().ok().filter(|_| text.len() == 1);
        value.and_then(|value| Self::new(value).ok()).ok_or_else(|| EpcError::Filter(text.to_owned()))
    }
}
