//! The refusals of `Units` and `Pharmacy`.

use theriac_bindings::pharmacy::Pharmacy::PharmacyErrors as Pharmacy;
use theriac_bindings::units::Units::UnitsErrors as Units;

use super::{inactive, needs};
use crate::dispensing::About;
use crate::types::Reason;

pub(super) fn units(error: &Units) -> Option<String> {
    use Units as E;
    Some(match error {
        E::Units_NotActive(e) => inactive(&e.account),
        _ => return None,
    })
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
