//! Appointments for the calendars that people use: iCalendar (RFC 5545), published as RFC 5546 §3.2.1 asks.
//!
//! Times are in UTC form (`DTSTART:20261103T080000Z`, RFC 5545 §3.3.5, form 2), so that a file needs no definitions of
//! zones, and calendars show them in their owner's zone. Nothing personal is written: a summary of fixed words, ids
//! that are hashes, and the contract as organizer. Calendars that are shared are told not to show the entry
//! (`CLASS:PRIVATE`).

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use icalendar::{Calendar, Class, Component, Event, EventStatus};
use jiff::Timestamp;

use super::{CivilDate, Slot};

/// Names this program, as §3.7.3 asks.
const PRODUCT: &str = "-//Theriac//Theriac//EN";

/// What names a booking for ever: where it was booked first, and how often that slot had been booked before.
///
/// It stays the same when the booking moves. The nonce keeps the booking that took a freed slot afterwards apart from
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppointmentKey {
    /// The chain, by its EIP-155 id.
    pub chain: u64,
    /// The contract with the appointments.
    pub contract: Address,
    /// The practitioner's or machine's id there.
    pub resource: B256,
    /// The date of the day that was booked first.
    pub date: CivilDate,
    /// The slot that was booked first.
    pub slot: u8,
    /// Tells bookings of the same slot apart.
    pub nonce: U256,
}

impl AppointmentKey {
    /// `UID` of the entry: a UUID of version 8 (RFC 9562 §5.8, as RFC 7986 §5.3 advises), whose bits are the first of
    /// `keccak256(abi.encode(chain, contract, resource, day number, slot, nonce))`.
    pub fn uid(&self) -> String {
        let (chain, day) = (U256::from(self.chain), U256::from(self.date.day_number()));
        let encoded = (chain, self.contract, self.resource, day, U256::from(self.slot), self.nonce).abi_encode_params();
        let mut first = [0; 16];
        first.copy_from_slice(&keccak256(encoded)[..16]);
        uuid::Builder::from_custom_bytes(first).into_uuid().to_string()
    }
}

/// Whom or what an appointment is with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// A practitioner.
    Practitioner,
    /// A machine, say an MRI scanner.
    Machine,
}

/// Whether an appointment takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It does, or did.
    Confirmed,
    /// It does not. The entry stays in the file, so that calendars strike it out.
    Cancelled,
}

/// An appointment as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Its name.
    pub key: AppointmentKey,
    /// Whom or what it is with.
    pub kind: ResourceKind,
    /// The slot that it has now.
    pub slot: Slot,
    /// Whether it takes place.
    pub status: Status,
    /// How often it was changed, that is moved or cancelled: a calendar keeps the entry with the highest number
    /// (§3.8.7.4).
    pub sequence: u32,
}

/// A file with these appointments, as it is at `stamp`: UTF-8, lines with CRLF, folded after 75 bytes.
///
/// Calendars know an entry again by its `UID`; importing a newer file moves or strikes out what an older one brought.
pub fn to_icalendar<'a>(appointments: impl IntoIterator<Item = &'a Appointment>, stamp: Timestamp) -> String {
    let mut calendar = Calendar::empty();
    for property in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")] {
        calendar.append_property(property);
    }
    calendar.extend(appointments.into_iter().map(|appointment| event(appointment, stamp)));
    calendar.to_string()
}

fn event(appointment: &Appointment, stamp: Timestamp) -> Event {
    let Appointment { key, kind, slot, status, sequence } = appointment;
    let summary = match kind {
        ResourceKind::Practitioner => "Appointment",
        ResourceKind::Machine => "Appointment with a machine",
    };
    let status = match status {
        Status::Confirmed => EventStatus::Confirmed,
        Status::Cancelled => EventStatus::Cancelled,
    };
    let mut event = Event::new();
    event.uid(&key.uid()).summary(summary).status(status).sequence(*sequence).class(Class::Private);
    event
        .add_property("DTSTAMP", utc(stamp))
        .add_property("DTSTART", utc(slot.start))
        .add_property("DTEND", utc(slot.end));
    // RFC 5546 wants an organizer in what is published. A DID is a URI, as §3.3.3 asks, and this one is no person's.
    event.add_property("ORGANIZER", format!("did:pkh:eip155:{}:{}", key.chain, key.contract));
    event.done()
}

/// 20261103T080000Z.
fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}
