//! Identity of things, derived offline from what stands on a label.
//!
//! ```text
//! ModelId = keccak256(abi.encode(agency, DI))                          bytes32
//! LotId   = first 16 bytes of keccak256(abi.encodePacked(ModelId, lot)) bytes16
//! ItemId  = LotId ‖ first 16 bytes of keccak256(serial)                 bytes32
//! UnitId  = keccak256(abi.encode("sscc", 18 digits))                    bytes32
//! ```
//!
//! A phone that scans a label therefore knows the token id of a device without asking anyone, and the lot can be
//! read back from the item.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{B128, B256, hex, keccak256};
use alloy_sol_types::SolValue;

/// The body that issues a device identifier (21 CFR 830.100).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Agency {
    /// GS1: the DI is a GTIN, padded to 14 digits.
    #[serde(rename = "GS1")]
    Gs1,
    /// Health Industry Business Communications Council.
    #[serde(rename = "HIBCC")]
    Hibcc,
    /// ICCBBA (ISBT 128).
    #[serde(rename = "ICCBBA")]
    Iccbba,
}

impl Agency {
    /// The name that enters [`ModelId`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gs1 => "GS1",
            Self::Hibcc => "HIBCC",
            Self::Iccbba => "ICCBBA",
        }
    }
}

impl fmt::Display for Agency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An id that is not the hexadecimal number of the right length.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: write 0x and {digits} hexadecimal digits")]
pub struct IdError {
    kind: &'static str,
    digits: usize,
    text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", hex::encode_prefixed(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = || IdError { kind: $kind, digits: 2 * <$inner>::len_bytes(), text: text.to_owned() };
                let digits = text.strip_prefix("0x").ok_or_else(wrong)?;
                let bytes = hex::decode(digits).map_err(|_| wrong())?;
                <$inner>::try_from(bytes.as_slice()).map(Self).map_err(|_| wrong())
            }
        }
    };
}

id!(
    /// A product model: what the device identifier (DI) of a label names.
    ModelId, B256, "model id"
);
id!(
    /// A lot of a model; the lot `""` holds products that carry only a serial.
    LotId, B128, "lot id"
);
id!(
    /// One unit with a serial: the ERC-721 token id of a device.
    ItemId, B256, "item id"
);
id!(
    /// A logistic unit, named by its SSCC.
    UnitId, B256, "unit id"
);

impl ModelId {
    /// The id of `di` as `agency` writes it; a GTIN must already be padded to 14 digits.
    pub fn new(agency: Agency, di: &str) -> Self {
        Self(keccak256((agency.as_str(), di).abi_encode_params()))
    }

    /// The lot called `lot` of this model.
    pub fn lot(self, lot: &str) -> LotId {
        LotId(half(&(self.0, lot.to_owned()).abi_encode_packed()))
    }
}

impl LotId {
    /// The item with `serial` in this lot.
    pub fn item(self, serial: &str) -> ItemId {
        self.item_of_half(Self::serial_half(serial))
    }

    /// The item whose second half is `half`, as a leaf of the lot's tree carries it.
    pub fn item_of_half(self, half: B128) -> ItemId {
        ItemId(B256::from_slice(&[self.0.as_slice(), half.as_slice()].concat()))
    }

    /// The second half of an item id: the first 16 bytes of keccak256 of the serial.
    pub fn serial_half(serial: &str) -> B128 {
        half(serial.as_bytes())
    }
}

impl ItemId {
    /// The lot that this item is of.
    pub fn lot(self) -> LotId {
        LotId(B128::from_slice(&self.0[..16]))
    }

    /// What stands in the leaf of the lot's tree.
    pub fn half(self) -> B128 {
        B128::from_slice(&self.0[16..])
    }
}

impl UnitId {
    /// The unit with this SSCC, 18 digits.
    pub fn new(sscc: &str) -> Self {
        Self(keccak256(("sscc", sscc).abi_encode_params()))
    }
}

fn half(bytes: &[u8]) -> B128 {
    B128::from_slice(&keccak256(bytes)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn item_keeps_its_lot() {
        let lot = ModelId::new(Agency::Gs1, "10886704031390").lot("A1");
        assert_eq!(lot.item("S-1").lot(), lot);
        assert_ne!(lot.item("S-1"), lot.item("S-2"));
        assert_eq!(lot.item("S-1").half(), LotId::serial_half("S-1"));
    }

    #[test]
    fn text_round_trips_and_says_what_is_wrong() {
        let model = ModelId::new(Agency::Hibcc, "A99912345");
        assert_eq!(model.to_string().parse::<ModelId>(), Ok(model));
        assert_eq!(
            "0x12".parse::<LotId>().unwrap_err().to_string(),
            "`0x12` is not a lot id: write 0x and 32 hexadecimal digits"
        );
    }
}
