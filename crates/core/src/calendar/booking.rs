//! The booking hash of the source paper, and the commitments that it is made of.
//!
//! ```text
//! commitment   = keccak256(abi.encode(string text, bytes32 salt))
//! booking hash = SHA-256(abi.encode(bytes32 address commitment, bytes32 patient commitment, address doctor,
//!                                   uint256 start of the slot in UTC seconds, uint256 day number, uint256 nonce))
//! ```
//!
//! The paper hashes the patient's address and name as they are. Names, numbers of patients and addresses are few: who
//! has a list of them finds by trial what such a hash hides, in no time. So a [`Commitment`] cannot be made without a
//! [`CommitmentSalt`]. Who knows text and salt can show what was committed to; a new salt for each booking keeps two
//! bookings of one patient apart.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CalendarError, CivilDate, Slot};

const SALT: usize = 32;

/// What makes a commitment impossible to guess. It does not print.
#[derive(Clone)]
pub struct CommitmentSalt(Zeroizing<[u8; SALT]>);

impl CommitmentSalt {
    /// A salt of the system's randomness. Zeros are refused: with them, the commitment would be a bare hash.
    pub fn of_entropy(entropy: &[u8; SALT]) -> Result<Self, CalendarError> {
        if *entropy == [0; SALT] { Err(CalendarError::Salt) } else { Ok(Self(Zeroizing::new(*entropy))) }
    }

    /// As it is kept, by the patient and whoever the patient tells.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }
}

impl FromStr for CommitmentSalt {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let mut salt = Zeroizing::new([0; SALT]);
        hex::decode_to_slice(text.trim(), salt.as_mut_slice()).map_err(|_| CalendarError::Salt)?;
        Self::of_entropy(&salt)
    }
}

impl fmt::Debug for CommitmentSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitmentSalt(hidden)")
    }
}

/// A text under a salt: it can be shown later, and cannot be guessed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(B256);

impl Commitment {
    /// Commits to a text, as it is: spaces and case count.
    pub fn new(text: &str, salt: &CommitmentSalt) -> Result<Self, CalendarError> {
        if text.trim().is_empty() {
            return Err(CalendarError::NothingToCommit);
        }
        // The encoding holds text and salt side by side.
        let encoded = Zeroizing::new((text, B256::new(*salt.0)).abi_encode_params());
        Ok(Self(keccak256(encoded.as_slice())))
    }

    /// One that somebody else made.
    pub const fn of_chain(word: B256) -> Self {
        Self(word)
    }

    /// Whether it was made of this text and salt.
    pub fn opens_to(self, text: &str, salt: &CommitmentSalt) -> bool {
        Self::new(text, salt).is_ok_and(|made| made == self)
    }

    /// Its 32 bytes.
    pub const fn word(self) -> B256 {
        self.0
    }
}

/// What the booking hash is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Where the patient lives, as a commitment.
    pub address: Commitment,
    /// Who the patient is, as a commitment.
    pub patient: Commitment,
    /// The account of the practitioner or machine.
    pub doctor: Address,
    /// Where the slot begins, in seconds since 1970-01-01T00:00:00Z.
    pub slot_second: u64,
    /// The date of the day, in the resource's zone.
    pub date: CivilDate,
    /// Tells bookings of the same slot apart.
    pub nonce: U256,
}

impl Booking {
    /// The booking of a slot.
    pub fn new(
        address: Commitment,
        patient: Commitment,
        doctor: Address,
        slot: &Slot,
        date: CivilDate,
        nonce: U256,
    ) -> Self {
        Self { address, patient, doctor, slot_second: slot.start_second(), date, nonce }
    }

    /// The booking hash.
    pub fn hash(&self) -> B256 {
        let (slot, date) = (U256::from(self.slot_second), U256::from(self.date.day_number()));
        let encoded = (self.address.0, self.patient.0, self.doctor, slot, date, self.nonce).abi_encode_params();
        B256::new(Sha256::digest(encoded).into())
    }
}
