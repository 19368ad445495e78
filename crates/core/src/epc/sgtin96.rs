//! SGTIN-96 without allocation.

use super::partition::{Kind, PrefixLength};
use super::{EpcError, Filter, Identity, Scheme, Tag};
use crate::gs1::{Gtin, Serial};

const SERIAL_BITS: u32 = 38;

/// An SGTIN-96 (§14.5.1.1), read into numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sgtin96 {
    filter: Filter,
    prefix: PrefixLength,
    payload: u64,
    serial: u64,
}

impl Sgtin96 {
    /// The largest serial: 2^38 - 1.
    pub const MAX_SERIAL: u64 = (1 << SERIAL_BITS) - 1;

    /// Reads the 96 bits.
    pub fn decode(bytes: &[u8; 12]) -> Result<Self, EpcError> {
        if bytes[0] != Scheme::Sgtin96.header() {
            return Err(EpcError::header(bytes[0]));
        }
        let first =
            u64::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
        let last = u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        // 8 header, 3 filter, 3 partition, 44 key and 6 of the serial's 38 bits stand in the first 64.
        let field = first >> 6 & ((1 << Kind::Sgtin.bits()) - 1);
        let (prefix, payload) = Kind::Sgtin.unpack(Scheme::Sgtin96, first >> 50 & 7, field)?;
        let serial = (first & 0x3f) << 32 | u64::from(last);
        Ok(Self { filter: Filter::of_bits(first >> 53), prefix, payload, serial })
    }

    /// The 96 bits.
    pub fn encode(self) -> [u8; 12] {
        let head = u64::from(Scheme::Sgtin96.header()) << 56
            | u64::from(self.filter.value()) << 53
            | self.prefix.partition() << 50
            | Kind::Sgtin.pack(self.prefix, self.payload) << 6
            | self.serial >> 32;
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&head.to_be_bytes());
        bytes[8..].copy_from_slice(&(self.serial as u32).to_be_bytes());
        bytes
    }

    /// The trade item.
    pub fn gtin(self) -> Gtin {
        Gtin::of_payload(self.payload)
    }

    /// The serial.
    pub const fn serial(self) -> u64 {
        self.serial
    }

    /// The filter value.
    pub const fn filter(self) -> Filter {
        self.filter
    }

    /// How many digits of the GTIN are the company prefix.
    pub const fn prefix(self) -> PrefixLength {
        self.prefix
    }
}

impl From<Sgtin96> for Tag {
    fn from(read: Sgtin96) -> Self {
        let serial = Serial::new(read.serial.to_string()).expect("12 digits are a serial");
        let identity = Identity::Sgtin { gtin: read.gtin(), serial };
        Self::of_parts(Scheme::Sgtin96, read.filter, read.prefix, identity)
    }
}
