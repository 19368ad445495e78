//! The refusals of `Units` and `Pharmacy`.

use theriac_bindings::pharmacy::Pharmacy::PharmacyErrors as Pharmacy;
use theriac_bindings::units::Units::UnitsErrors as Units;

use super::inactive;

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
        E::Pharmacy_AlreadyIssued(e) => format!("prescription {} was issued already", e.id),
        _ => return None,
    })
}
