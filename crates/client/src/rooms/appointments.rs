//! `Appointments`: is this doctor (or machine) free?

super::room!(
    /// Is this doctor (or machine) free?
    Appointments, appointments
);
