//! The refusals of `Appointments`.

use theriac_bindings::appointments::Appointments::AppointmentsErrors as Appointments;

use super::inactive;

pub(super) fn appointments(error: &Appointments) -> Option<String> {
    use Appointments as E;
    Some(match error {
        E::Appointments_NotActive(e) => inactive(&e.account),
        _ => return None,
    })
}
