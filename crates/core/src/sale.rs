//! The hash of a sale, as the source paper of drug traceability has it: SHA-256 over what was sold (RFID), patient, doctor,
//! amount, date, nonce and manufacturer. `Pharmacy` emits it with every sale.
//!
//! ```text
//! rfid = keccak256(item ‖ item ‖ …)                    ids of 32 bytes, in the order of the lot's tree
//! hash = sha2-256(abi.encode(bytes32 rfid, bytes32 patient, address doctor, uint256 amount, uint256 date, uint256 nonce,
//!                            address manufacturer))
//! ```
//!
//! The patient stands in it as a commitment, never as a name or number: few enough people live that a bare hash would tell.

use alloy_primitives::{Address, B256, Keccak256, U256};
use alloy_sol_types::SolValue;

use crate::canonical;
use crate::ids::LotId;
use crate::merkle::Leaf;

/// The largest date: the contracts keep times in 40 bits.
const MAX_DATE: u64 = (1 << 40) - 1;

/// Packs or a time that no sale has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SaleError {
    /// Nothing is sold.
    #[error("the sale has no packs: name at least one")]
    Nothing,
    /// A pack that does not stand in the order of the tree, or twice.
    #[error(
        "the pack with index {index} stands behind the one with {before}: order packs as their proof has them, each once"
    )]
    Order {
        /// Its index.
        index: u32,
        /// The index before it.
        before: u32,
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

/// One word for the packs of a sale, which are of one lot and stand in the order of [`MultiProof::indices`]: their leaves ascending by hash.
///
/// [`MultiProof::indices`]: crate::merkle::MultiProof::indices
pub fn rfid(lot: LotId, packs: &[Leaf]) -> Result<B256, SaleError> {
    if packs.is_empty() {
        return Err(SaleError::Nothing);
    }
    if let Some(pair) = packs.windows(2).find(|pair| pair[1].hash() <= pair[0].hash()) {
        return Err(SaleError::Order { index: pair[1].index, before: pair[0].index });
    }
    let mut hasher = Keccak256::new();
    packs.iter().for_each(|pack| hasher.update(lot.item_of_half(pack.half).0));
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B128, b256};

    use super::*;

    const LOT: LotId = LotId(B128::repeat_byte(0x22));

    fn pack(index: u32, byte: u8) -> Leaf {
        let mut half = [0x22; 16];
        half[15] = byte;
        Leaf { index, half: half.into(), tag_key: Address::ZERO }
    }

    /// Ordered by their leaves.
    fn packs() -> Vec<Leaf> {
        let mut packs = vec![pack(3, 1), pack(7, 2)];
        packs.sort_by_key(Leaf::hash);
        packs
    }

    fn sale() -> Sale {
        Sale {
            rfid: rfid(LOT, &packs()).unwrap(),
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
        let (ordered, mut turned) = (packs(), packs());
        turned.reverse();
        let (index, before) = (ordered[0].index, ordered[1].index);
        assert_eq!(rfid(LOT, &[]), Err(SaleError::Nothing));
        assert_eq!(rfid(LOT, &turned), Err(SaleError::Order { index, before }));
        assert_eq!(rfid(LOT, &[pack(3, 1), pack(3, 1)]), Err(SaleError::Order { index: 3, before: 3 }));
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
