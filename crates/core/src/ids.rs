//! Identity of things, derived offline from what stands on a label.
//!
//! ```text
//! ModelId = keccak256(abi.encode(agency, DI))                          bytes32
//! LotId   = first 16 bytes of keccak256(abi.encodePacked(ModelId, lot)) bytes16
//! ItemId  = LotId ‖ first 16 bytes of keccak256(serial)                 bytes32
//! UnitId  = LotId ‖ first 16 bytes of keccak256(abi.encode(packer, label)) bytes32
//! label   = keccak256(abi.encode("sscc", 18 digits, salt))              bytes32
//! ```
//!
//! A phone that scans a label therefore knows the token id of a device without asking anyone, and the lot can be
//! read back from the item and from the unit.
//!
//! A logistic unit is different on purpose: whoever knows only its SSCC does not know its id. Company prefixes are
//! public and serials are counted, so a bare hash of 18 digits is found by trying them, and would tell a competitor who
//! packed what. Hence the salt, one for each unit, which the partners are told in the documents sealed for them. The
//! packer's account is in the id so that nobody can take an id that another is about to use.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B128, B256, hex, keccak256};
use alloy_sol_types::SolValue;

use crate::gs1::Sscc;

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
    /// A logistic unit: a range of the indices of one lot, under one label of who packed it.
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

    /// The unit of this lot that the account `packer` packed under `label`, as [`unit_label`] makes it.
    pub fn unit(self, packer: Address, label: B256) -> UnitId {
        let second_half = half(&(packer, label).abi_encode_params());
        UnitId(B256::from_slice(&[self.0.as_slice(), second_half.as_slice()].concat()))
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
    /// The lot that all items of the unit are of.
    pub fn lot(self) -> LotId {
        LotId(B128::from_slice(&self.0[..16]))
    }
}

/// What hides the SSCC in the label of a unit: 32 random bytes, made anew for each unit. Only documents that are sealed
/// for their readers may hold it, so it is written in documents and printed nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct UnitSalt(B256);

impl UnitSalt {
    /// A salt of the system's randomness, which the caller brings.
    pub const fn of_entropy(entropy: [u8; 32]) -> Self {
        Self(B256::new(entropy))
    }

    /// The 32 bytes, for those who keep them or tell them to a partner.
    pub const fn reveal(&self) -> B256 {
        self.0
    }
}

impl fmt::Debug for UnitSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnitSalt(hidden)")
    }
}

/// The label under which a unit stands on the chain: a commitment to its SSCC, which only who knows the salt can open.
pub fn unit_label(sscc: &Sscc, salt: &UnitSalt) -> B256 {
    keccak256(("sscc", sscc.as_str(), salt.0).abi_encode_params())
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

    /// Computed with `cast keccak $(cast abi-encode …)`.
    #[test]
    fn a_unit_is_its_lot_and_what_its_packer_calls_it() {
        let sscc = Sscc::new("106141412345678908").unwrap();
        let label = unit_label(&sscc, &UnitSalt::of_entropy([1; 32]));
        assert_eq!(label, hex!("e45e392532e6a3766f611b2edeabb975e5df343b0ab43c868930e1347d9d0ebb"));

        let lot = ModelId::new(Agency::Gs1, "10886704031390").lot("A1");
        let unit = lot.unit(Address::repeat_byte(0x11), label);
        assert_eq!(unit.lot(), lot);
        assert_eq!(unit.0[16..], hex!("28cb9b008db786a5d87d72ee9214c213"));

        assert_ne!(lot.unit(Address::repeat_byte(0x12), label), unit);
        assert_ne!(unit_label(&sscc, &UnitSalt::of_entropy([2; 32])), label);
    }

    #[test]
    fn a_salt_is_written_in_documents_and_printed_nowhere() {
        let salt = UnitSalt::of_entropy([0xab; 32]);
        assert_eq!(format!("{salt:?}"), "UnitSalt(hidden)");
        let written = serde_json::to_string(&salt).unwrap();
        assert_eq!(written, format!("\"0x{}\"", "ab".repeat(32)));
        assert_eq!(serde_json::from_str::<UnitSalt>(&written).unwrap(), salt);
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
