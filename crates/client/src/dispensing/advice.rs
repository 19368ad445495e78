//! What a pharmacist should do when a sale is refused.

use alloy::primitives::{Address, B128, B256};
use theriac_core::ids::{ItemId, LotId};

use crate::rooms::Answer;
use crate::types::Reason;

/// What the value beside a [`Reason`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    /// An account.
    Account(Address),
    /// A prescription.
    Prescription(B256),
    /// A lot.
    Lot(LotId),
    /// One pack.
    Item(ItemId),
    /// The index of a pack in its lot.
    Index(u32),
    /// Seconds since 1970.
    Time(u64),
    /// How many packs.
    Packs(u64),
}

impl Reason {
    /// What is so, and what the pharmacist should do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::None => "nothing stands against it: hand it over",
            Self::NotPharmacist => {
                "this account is no active pharmacist: a registrar has to enrol it in this role, or reinstate or renew it"
            }
            Self::NotEmployed => {
                "this account does not work for the pharmacy now: the pharmacy has to say so (`theriac pharmacy staff`)"
            }
            Self::NotPharmacy => {
                "the account is no active pharmacy: a registrar has to enrol it in this role, or reinstate or renew it"
            }
            Self::LotNotRegistered => {
                "the lot is not registered, or was struck: keep the packs apart and ask the maker whether they are genuine"
            }
            Self::NotInLot => {
                "the packs do not stand in this lot: do not hand them over; keep them apart and report a suspect product"
            }
            Self::Recalled => {
                "it is recalled: do not hand it over; keep it apart and send it back as the recall notice says"
            }
            Self::Expired => "it is past its expiry date: do not hand it over; return or destroy it",
            Self::Quarantined => {
                "it is in quarantine: do not hand it over until whoever set the quarantine has lifted it"
            }
            Self::Lost => {
                "it was reported lost or stolen: do not hand it over, and tell the maker and the police that it is here"
            }
            Self::NotHeld => "the pharmacy does not hold this unit: receive it first, or take a pack from the shelf",
            Self::UnderWay => {
                "the unit is on its way: call the shipment back, or receive it, before packs of it are sold"
            }
            Self::NotInUnit => {
                "a pack is not in this unit: scan it again, or leave out --unit so that its unit is looked for"
            }
            Self::Gone => {
                "a pack was dispensed or destroyed before: this one is a copy, or was sold twice; keep it and report a suspect product"
            }
            Self::NotMedicine => "the product is a device, not a medicine: it is sold on the market, not here",
            Self::PrescriptionMissing => "the product needs a prescription: ask the patient for it (--prescription)",
            Self::PrescriptionUnknown => {
                "nobody issued this prescription: hand in the signed one (`theriac pharmacy submit`), or ask the practitioner"
            }
            Self::Cancelled => "the prescription was cancelled: send the patient back to the practitioner",
            Self::NotYetValid => "the prescription counts later: ask the patient to come again then",
            Self::Past => "the prescription has run out: the patient needs a new one",
            Self::TooEarly => "the next fill is due later: ask the patient to come again then",
            Self::BeyondQuantity => "more packs than are left of this fill: sell fewer",
            Self::Spent => "all fills of the prescription were sold: the patient needs a new one",
            Self::WrongCollector => {
                "it was not signed with the prescription's key for this pharmacy, these packs and this sale: let the patient sign \
                 again (`theriac pharmacy collect`), and give nothing to anybody else"
            }
            Self::NotCountersigned => {
                "a controlled medicine takes a second pharmacist of this pharmacy: let one sign (`theriac pharmacy countersign`)"
            }
            Self::OtherProduct => {
                "it is another product than prescribed: ask the practitioner (`theriac pharmacy ask-substitution`)"
            }
            Self::RoomNotApproved => {
                "the pharmacy did not approve the room for its units: the pharmacy has to (`theriac pharmacy approve`)"
            }
        }
    }

    /// What the value beside it means; none where it says nothing.
    pub fn about(self, value: B256) -> Option<About> {
        let number = || value[24..].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Some(match self {
            Self::None => return None,
            Self::NotPharmacist
            | Self::RoomNotApproved
            | Self::NotEmployed
            | Self::NotPharmacy
            | Self::WrongCollector
            | Self::NotCountersigned => About::Account(Address::from_word(value)),
            Self::PrescriptionUnknown | Self::Cancelled | Self::Spent => About::Prescription(value),
            Self::LotNotRegistered | Self::NotInLot | Self::NotMedicine | Self::Expired => lot(value),
            Self::PrescriptionMissing | Self::OtherProduct => lot(value),
            // Of a lot the second half is empty, of a unit or a pack in it there is only its index.
            Self::Recalled | Self::Quarantined | Self::Lost if value[16..].iter().all(|byte| *byte == 0) => lot(value),
            Self::Recalled | Self::Quarantined | Self::Lost if value[..16].iter().any(|byte| *byte != 0) => {
                About::Item(ItemId(value))
            }
            Self::Recalled | Self::Quarantined | Self::Lost => About::Index(index(number())),
            Self::NotHeld | Self::UnderWay | Self::NotInUnit | Self::Gone => About::Index(index(number())),
            Self::NotYetValid | Self::Past | Self::TooEarly => About::Time(number()),
            Self::BeyondQuantity => About::Packs(number()),
        })
    }
}

fn index(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn lot(value: B256) -> About {
    About::Lot(LotId(B128::from_slice(&value[..16])))
}

impl Answer {
    /// What the value beside the reason means.
    pub fn offending(&self) -> Option<About> {
        self.reason.about(self.about)
    }

    /// From when on it can be asked again, where the answer itself says so: seconds since 1970.
    pub fn again_at(&self) -> Option<u64> {
        match (self.reason, self.offending()) {
            (Reason::NotYetValid | Reason::TooEarly, Some(About::Time(at))) => Some(at),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;

    use super::*;
    use crate::types::Outcome;

    #[test]
    fn every_reason_says_what_to_do() {
        for reason in Reason::ALL {
            let (fact, deed) = reason.advice().split_once(':').unwrap_or_else(|| panic!("{reason} says nothing to do"));
            assert!(fact.len() > 10 && deed.len() > 10, "{reason}");
        }
    }

    #[test]
    fn the_value_beside_a_reason_is_read_as_what_it_is() {
        let at = |reason, about| Answer { outcome: Outcome::NotAvailable, reason, about };
        let time = B256::from(U256::from(1_800_000_000));
        assert_eq!(at(Reason::TooEarly, time).again_at(), Some(1_800_000_000));
        assert_eq!(at(Reason::Past, time).again_at(), None);
        let lot = LotId(B128::repeat_byte(7));
        let mut word = [0; 32];
        word[..16].copy_from_slice(&[7; 16]);
        assert_eq!(Reason::Recalled.about(word.into()), Some(About::Lot(lot)));
        assert_eq!(Reason::Recalled.about(B256::repeat_byte(7)), Some(About::Item(ItemId(B256::repeat_byte(7)))));
        assert_eq!(Reason::Quarantined.about(B256::with_last_byte(9)), Some(About::Index(9)));
        assert_eq!(
            Reason::NotEmployed.about(B256::with_last_byte(9)),
            Some(About::Account(Address::with_last_byte(9)))
        );
        assert_eq!(Reason::None.about(B256::ZERO), None);
    }
}
