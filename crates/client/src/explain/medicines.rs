//! The refusals of `Units` and `Pharmacy`.

use theriac_bindings::pharmacy::Pharmacy::PharmacyErrors as Pharmacy;
use theriac_bindings::units::Units::UnitsErrors as Units;

use super::{inactive, needs, standing};
use crate::dispensing::About;
use crate::types::{PackState, Reason, UnitStop};

pub(super) fn units(error: &Units) -> Option<String> {
    use Units as E;
    Some(match error {
        E::Units_NotActive(e) => inactive(&e.account),
        E::Units_NotHolder(e) => {
            format!("{} does not hold unit {}, and is no operator of its holder", e.account, e.unit)
        }
        E::Units_NotAddressee(e) => {
            format!(
                "unit {} is not on its way to {}: its addressee, or its operator, has to do this",
                e.unit, e.account
            )
        }
        E::Units_NotManufacturer(e) => {
            format!(
                "{} did not make lot {}, and is no operator of its maker: only they begin its life",
                e.account, e.lot
            )
        }
        E::Units_NotEntitled(e) => {
            format!("{} is neither holder nor maker of unit {}, nor a regulator: ask one of them", e.account, e.unit)
        }
        E::Units_NoUnit(e) => format!(
            "there is no unit {}: it was packed into another one, unpacked, or never made; trace a pack of it",
            e.unit
        ),
        E::Units_UnitExists(e) => {
            format!("unit {} exists already: give the new one an SSCC that is not in use", e.unit)
        }
        E::Units_AlreadyCommissioned(e) => {
            format!("lot {} began its life already; a lot is commissioned once", e.lot)
        }
        E::Units_UnderWay(e) => format!(
            "unit {} is on its way to {}: it has to be received, rejected or called back before",
            e.unit, e.addressee
        ),
        E::Units_NotUnderWay(e) => format!("unit {} is not on its way to anyone: its holder has to ship it", e.unit),
        E::Units_OtherContents(e) => format!(
            "unit {} has {} packs in the {} indices from {} on, which is not what was looked at: look at it again before you receive it",
            e.unit, e.packs, e.count, e.first
        ),
        E::Units_BadAddressee(e) => {
            format!("unit {} cannot be sent to {}: name another account than its holder's", e.unit, e.addressee)
        }
        E::Units_Immovable(e) => format!(
            "unit {} is {}: it can only go back to its maker or to whom the holder had it from",
            e.unit,
            standing(e.standing)
        ),
        E::Units_Stopped(e) => format!(
            "unit {} is in quarantine or reported lost: lift that before it is packed, unpacked or split",
            e.unit
        ),
        E::Units_NotAdjoining(e) => format!(
            "unit {} does not go on where {} ends, or they are of different lots, holders or sources: name units whose \
             packs follow each other, in their order",
            e.next, e.unit
        ),
        E::Units_BadParts(e) => format!(
            "the parts of unit {} have {} packs together: give each one at least, all of them as many as the unit has, and an \
             SSCC for each",
            e.unit, e.total
        ),
        E::Units_AlreadyStopped(e) => {
            format!("{} has set this ({}) on unit {} already", e.by, stop(e.stop), e.unit)
        }
        E::Units_NotStopped(e) => {
            format!("{} has not set this ({}) on unit {}: name who did with --set-by", e.by, stop(e.stop), e.unit)
        }
        E::Units_NotSetter(e) => {
            format!("{} is not {} who set it on unit {}, and no regulator", e.account, e.setBy, e.unit)
        }
        E::Units_NotDispensable(e) => format!(
            "the pack with index {} cannot be taken out of unit {}: {}",
            e.index,
            e.unit,
            PackState::try_from(e.state).map_or_else(|_| e.state.to_string(), pack)
        ),
        E::Units_NothingThere(e) => format!(
            "of the {} indices from {} on, not all are in unit {}, or nothing is left in them: `theriac custody units` shows its range",
            e.count, e.first, e.unit
        ),
        _ => return None,
    })
}

fn stop(number: u8) -> String {
    UnitStop::try_from(number).map_or_else(|_| number.to_string(), |stop| stop.to_string())
}

/// What keeps a pack in its unit, and what to do.
fn pack(state: PackState) -> String {
    match state {
        PackState::Inside => "it is in it; try again",
        PackState::NotHeld => "the account does not hold the unit; receive it first",
        PackState::UnderWay => "the unit is on its way; its addressee receives it first",
        PackState::Quarantined => "the unit is in quarantine; release it first",
        PackState::Lost => "the unit was reported lost or stolen; whoever did takes the report back first",
        PackState::NotInUnit => "it is not in this unit; name the one in which it is",
        PackState::Gone => "it was dispensed or destroyed before; a pack is dispensed once",
    }
    .to_owned()
}

pub(super) fn pharmacy(error: &Pharmacy) -> Option<String> {
    use Pharmacy as E;
    Some(match error {
        E::Pharmacy_AlreadyIssued(e) => format!("prescription {} was issued already: go on with it", e.id),
        E::Pharmacy_BadPrescription(e) => format!(
            "prescription {} needs a patient, an approved medicine, a quantity, a validity that has not ended, and with repeats \
             an interval: write it anew",
            e.id
        ),
        E::Pharmacy_Cancelled(e) => {
            format!("prescription {} was cancelled: send the patient back to the practitioner", e.id)
        }
        E::Pharmacy_NotEmployed(e) => format!(
            "{} is no pharmacist of {} now: the pharmacy has to say so (`theriac pharmacy staff`), and a registrar to have \
             enrolled both",
            e.pharmacist, e.pharmacy
        ),
        E::Pharmacy_NotEntitled(e) => {
            format!("{} is not the practitioner of prescription {}, nor a regulator who may cancel it", e.account, e.id)
        }
        E::Pharmacy_NotPharmacy(e) => needs(&e.account, "pharmacy"),
        E::Pharmacy_NotPractitioner(e) => needs(&e.account, "practitioner"),
        E::Pharmacy_NotReturnable(e) => format!(
            "pack {} of lot {} is not in the lot, was never dispensed, or was destroyed before: what still is in a unit is \
             destroyed with it",
            e.index, e.lot
        ),
        E::Pharmacy_NothingToApprove(e) => format!(
            "product {} is the prescribed one, is approved on prescription {} already, or is none: nothing is to be done",
            e.model, e.id
        ),
        E::Pharmacy_Refused(e) => refused(&e.answer),
        E::Pharmacy_WrongSignature(e) => format!(
            "{} did not sign prescription {} for this contract on this chain: ask for the signed file again",
            e.practitioner, e.id
        ),
        _ => return None,
    })
}

/// What the pharmacist should do, and about what.
fn refused(answer: &theriac_bindings::pharmacy::Pharmacy::Answer) -> String {
    let Ok(reason) = Reason::try_from(answer.reason) else {
        return format!("for a reason that this version does not know ({})", answer.reason);
    };
    let about = match reason.about(answer.about) {
        None => String::new(),
        Some(About::Account(account)) => format!(" ({account})"),
        Some(About::Prescription(id)) => format!(" (prescription {id})"),
        Some(About::Lot(lot)) => format!(" (lot {lot})"),
        Some(About::Item(item)) => format!(" (pack {item})"),
        Some(About::Index(index)) => format!(" (pack with index {index})"),
        Some(About::Time(seconds)) => format!(" ({})", instant(seconds)),
        Some(About::Packs(packs)) => format!(" ({packs} are left)"),
    };
    format!("{}{about}", reason.advice())
}

/// Seconds since 1970 as people write them.
fn instant(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or_else(|| format!("{seconds} seconds after 1970"), |time| time.to_string())
}
