//! The hash of a sale, as the source paper of drug traceability has it: SHA-256 over what was sold (RFID), patient, doctor,
//! amount, date, nonce and manufacturer. `Pharmacy` emits it with every sale.
//!
//! ```text
//! rfid = keccak256(item ‖ item ‖ …)                    ids of 32 bytes, by increasing leaf index
//! hash = sha2-256(abi.encode(bytes32 rfid, bytes32 patient, address doctor, uint256 amount, uint256 date, uint256 nonce,
//!                            address manufacturer))
//! ```
//!
//! The patient stands in it as a commitment, never as a name or number: few enough people live that a bare hash would tell.

use alloy_primitives::{Address, B256, Keccak256, U256};
use alloy_sol_types::SolValue;

use crate::canonical;
use crate::ids::{ItemId, LotId};

/// The largest date: the contracts keep times in 40 bits.
const MAX_DATE: u64 = (1 << 40) - 1;

/// Packs or a time that no sale has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SaleError {
    /// Nothing is sold.
    #[error("the sale has no packs: name at least one")]
    Nothing,
    /// A pack that stands before one of a lower index, or twice.
    #[error("the pack with index {index} stands behind the one with {before}: order packs by index, each once")]
    Order {
        /// Its index.
        index: u32,
        /// The index before it.
        before: u32,
    },
    /// Packs of different lots, whose indices cannot be compared.
    #[error("packs of the lots {first} and {second} are in one sale: sell each lot by itself")]
    Lots {
        /// One lot.
        first: LotId,
        /// The other one.
        second: LotId,
    },
    /// A time that 40 bits cannot hold.
    #[error("{0} is no time of a sale: give seconds since 1970")]
    Date(u64),
}

/// What the hash of a sale is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The packs: see [`rfid`].
    pub rfid: B256,
    /// A commitment to the patient.
    pub patient: B256,
    /// The account of the doctor who prescribed; zero without prescription.
    pub doctor: Address,
    /// How many packs.
    pub amount: U256,
    /// When: seconds since 1970, below 2^40.
    pub date: u64,
    /// The number of the sale, so that no two are equal.
    pub nonce: U256,
    /// The account of the manufacturer.
    pub manufacturer: Address,
}

impl Sale {
    /// The hash.
    pub fn hash(&self) -> Result<B256, SaleError> {
        if self.date > MAX_DATE {
            return Err(SaleError::Date(self.date));
        }
        let date = U256::from(self.date);
        let fields = (self.rfid, self.patient, self.doctor, self.amount, date, self.nonce, self.manufacturer);
        Ok(canonical::digest(&fields.abi_encode_params()))
    }
}

/// One word for the packs of a sale, which are of one lot, each with its leaf index, in increasing order.
pub fn rfid(packs: &[(u32, ItemId)]) -> Result<B256, SaleError> {
    let (_, first) = packs.first().ok_or(SaleError::Nothing)?;
    for pair in packs.windows(2) {
        let [(before, _), (index, item)] = [pair[0], pair[1]];
        if index <= before {
            return Err(SaleError::Order { index, before });
        }
        if item.lot() != first.lot() {
            return Err(SaleError::Lots { first: first.lot(), second: item.lot() });
        }
    }
    let mut hasher = Keccak256::new();
    packs.iter().for_each(|(_, item)| hasher.update(item.0));
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use alloy_primitives::b256;

    use super::*;

    fn item(byte: u8) -> ItemId {
        let mut id = [0x22; 32];
        id[31] = byte;
        ItemId(id.into())
    }

    fn sale() -> Sale {
        Sale {
            rfid: rfid(&[(3, item(1)), (7, item(2))]).unwrap(),
            patient: B256::repeat_byte(0x44),
            doctor: Address::repeat_byte(0x55),
            amount: U256::from(2),
            date: 1_767_225_600,
            nonce: U256::from(7),
            manufacturer: Address::repeat_byte(0x66),
        }
    }

    /// Computed with `cast keccak`, and with `cast abi-encode` and `openssl dgst -sha256`.
    #[test]
    fn agrees_with_cast_and_openssl() {
        assert_eq!(sale().rfid, b256!("0x4d148098cbe8c7a9a2430adec9abf7dac23ab31f2d88556d7f7fe20cc8b0bf11"));
        assert_eq!(sale().hash(), Ok(b256!("0x38cc521b6d70d35d3de29f55bb6a15157417ea89a425ddef40cc49c5b61a1239")));
    }

    #[test]
    fn packs_have_one_order() {
        assert_eq!(rfid(&[]), Err(SaleError::Nothing));
        assert_eq!(rfid(&[(7, item(2)), (3, item(1))]), Err(SaleError::Order { index: 3, before: 7 }));
        assert_eq!(rfid(&[(3, item(1)), (3, item(1))]), Err(SaleError::Order { index: 3, before: 3 }));
        let other = ItemId(B256::repeat_byte(0x33));
        assert!(matches!(rfid(&[(3, item(1)), (7, other)]), Err(SaleError::Lots { .. })));
        assert_eq!(Sale { date: 1 << 40, ..sale() }.hash(), Err(SaleError::Date(1 << 40)));
    }

    #[test]
    fn every_field_counts() {
        for change in [
            (|sale| sale.rfid = B256::ZERO) as fn(&mut Sale),
            |sale| sale.patient = B256::ZERO,
            |sale| sale.doctor = Address::ZERO,
            |sale| sale.amount += U256::from(1),
            |sale| sale.date += 1,
            |sale| sale.nonce += U256::from(1),
            |sale| sale.manufacturer = Address::ZERO,
        ] {
            let mut other = sale();
            change(&mut other);
            assert_ne!(other.hash(), sale().hash());
        }
    }
}
