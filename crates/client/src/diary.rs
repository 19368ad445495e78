//! Bookings found again in the events of `Appointments`, with all that became of them.
//!
//! The contract keeps who has a slot now; what was moved, cancelled or is awaited stands in its events only. The node
//! sifts them by resource or by patient, and a [`Diary`] reads them in their order.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use theriac_bindings::appointments::Appointments::{AppointmentsEvents as Event, DayOpened};

use crate::error::Result;
use crate::events::{RoomEvent, RoomLog};
use crate::rooms::{Place, ResourceId};
use crate::suite::Suite;

/// What became of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stands.
    Booked,
    /// The patient has come.
    CheckedIn,
    /// The appointment took place.
    Completed,
    /// The patient did not come.
    NoShow,
    /// It was given up.
    Cancelled,
}

/// A booking, at the place that it has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// With whom or what.
    pub resource: ResourceId,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// Where it was booked first; the same as `place` if it was never moved.
    pub first: Place,
    /// How often it was moved or cancelled.
    pub changes: u32,
    /// When its slot starts.
    pub starts_at: u64,
    /// Who booked it.
    pub patient: Address,
    /// The practitioner, or the owner of the machine, when it was booked.
    pub doctor: Address,
    /// The booking hash of the source paper.
    pub booking_hash: B256,
    /// What became of it.
    pub fate: Fate,
}

/// A slot that is held for a patient who waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    /// With whom or what.
    pub resource: ResourceId,
    /// Days since 1970-01-01 in the resource's zone.
    pub day: u32,
    /// The slot.
    pub slot: u8,
    /// For whom.
    pub patient: Address,
    /// The last second in which it can be accepted.
    pub until: u64,
}

/// A patient on the waiting list of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Waiting {
    /// With whom or what.
    pub resource: ResourceId,
    /// Days since 1970-01-01 in the resource's zone.
    pub day: u32,
    /// Who waits.
    pub patient: Address,
}

/// What the events of a resource or a patient come to.
///
/// Invariant: an entry is under the place that it has now, so a moved booking is one entry, and two entries never share
/// resource, day, slot and nonce.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diary {
    entries: BTreeMap<(ResourceId, u32, u8, u32), Entry>,
    offers: BTreeMap<(ResourceId, u32, u8), Offered>,
    waiting: BTreeSet<Waiting>,
}

impl Diary {
    /// Reads events in the order of the chain. Those of other rooms are passed over.
    pub fn read<'a>(events: impl IntoIterator<Item = &'a RoomEvent>) -> Self {
        let mut diary = Self::default();
        for event in events {
            if let RoomEvent::Appointments(event) = event {
                diary.note(event);
            }
        }
        diary
    }

    /// The bookings, by the start of their slots.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<_> = self.entries.values().copied().collect();
        entries.sort_by_key(|entry| (entry.starts_at, entry.resource, entry.place.nonce));
        entries
    }

    /// The slots on offer, by resource, day and slot.
    pub fn offers(&self) -> impl Iterator<Item = Offered> {
        self.offers.values().copied()
    }

    /// Who waits, by resource and day.
    pub fn waiting(&self) -> impl Iterator<Item = Waiting> {
        self.waiting.iter().copied()
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Booked(e) => {
                let (resource, place) = (ResourceId(e.resource), Place { day: e.day, slot: e.slot, nonce: e.nonce });
                self.offers.remove(&(resource, e.day, e.slot));
                let entry = Entry {
                    resource,
                    place,
                    first: place,
                    changes: 0,
                    starts_at: e.startsAt.to(),
                    patient: e.patient,
                    doctor: e.doctor,
                    booking_hash: e.bookingHash,
                    fate: Fate::Booked,
                };
                self.entries.insert((resource, e.day, e.slot, e.nonce), entry);
            }
            Event::Rescheduled(e) => {
                let resource = ResourceId(e.resource);
                // `Booked` told of the new place just before.
                let Some(old) = self.entries.remove(&(resource, e.day, e.slot, e.nonce)) else { return };
                if let Some(new) = self.entries.get_mut(&(resource, e.newDay, e.newSlot, e.newNonce)) {
                    (new.first, new.changes) = (old.first, old.changes + 1);
                }
            }
            Event::Cancelled(e) => self.settle((e.resource, e.day, e.slot, e.nonce), Fate::Cancelled),
            Event::CheckedIn(e) => self.settle((e.resource, e.day, e.slot, e.nonce), Fate::CheckedIn),
            Event::Completed(e) => self.settle((e.resource, e.day, e.slot, e.nonce), Fate::Completed),
            Event::NotShown(e) => self.settle((e.resource, e.day, e.slot, e.nonce), Fate::NoShow),
            other => self.note_waiting(other),
        }
    }

    fn note_waiting(&mut self, event: &Event) {
        let who = |resource, day, patient| Waiting { resource: ResourceId(resource), day, patient };
        match event {
            Event::WaitingListJoined(e) => _ = self.waiting.insert(who(e.resource, e.day, e.patient)),
            Event::WaitingListLeft(e) => _ = self.waiting.remove(&who(e.resource, e.day, e.patient)),
            Event::SlotOffered(e) => {
                let (resource, day, slot, patient) = (ResourceId(e.resource), e.day, e.slot, e.patient);
                self.waiting.remove(&Waiting { resource, day, patient });
                let offered = Offered { resource, day, slot, patient, until: e.until.to() };
                self.offers.insert((resource, day, slot), offered);
            }
            Event::OfferEnded(e) => _ = self.offers.remove(&(ResourceId(e.resource), e.day, e.slot)),
            _ => {}
        }
    }

    fn settle(&mut self, (resource, day, slot, nonce): (B256, u32, u8, u32), fate: Fate) {
        if let Some(entry) = self.entries.get_mut(&(ResourceId(resource), day, slot, nonce)) {
            entry.fate = fate;
            entry.changes += u32::from(fate == Fate::Cancelled);
        }
    }
}

impl Suite {
    /// The diary of a resource: of all its patients.
    pub async fn diary_of(&self, resource: ResourceId) -> Result<Diary> {
        self.read_diary(self.appointment_events().topic1(resource.0)).await
    }

    /// The diary of a patient: with all resources.
    pub async fn diary_of_patient(&self, patient: Address) -> Result<Diary> {
        self.read_diary(self.appointment_events().topic3(patient)).await
    }

    /// The days that a resource ever opened from `first` on, in order.
    pub async fn days_opened(&self, resource: ResourceId, first: u32) -> Result<Vec<u32>> {
        let filter = self.appointment_events().event_signature(DayOpened::SIGNATURE_HASH).topic1(resource.0);
        let days: BTreeSet<u32> = self
            .appointment_logs(filter)
            .await?
            .into_iter()
            .filter_map(|log| match log.event {
                RoomEvent::Appointments(Event::DayOpened(opened)) => Some(opened.day),
                _ => None,
            })
            .filter(|day| *day >= first)
            .collect();
        Ok(days.into_iter().collect())
    }

    async fn read_diary(&self, filter: Filter) -> Result<Diary> {
        let logs = self.appointment_logs(filter).await?;
        Ok(Diary::read(logs.iter().map(|log| &log.event)))
    }

    fn appointment_events(&self) -> Filter {
        Filter::new().address(self.deployment().appointments)
    }

    async fn appointment_logs(&self, filter: Filter) -> Result<Vec<RoomLog>> {
        self.logs_of(filter, self.deployment().block, self.chain().block_number().await?).await
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::aliases::U40;
    use theriac_bindings::appointments::Appointments as abi;

    use super::*;

    const RESOURCE: B256 = B256::repeat_byte(7);
    const PATIENT: Address = Address::repeat_byte(1);
    const OTHER: Address = Address::repeat_byte(2);

    fn booked(day: u32, slot: u8, nonce: u32, patient: Address) -> Event {
        Event::Booked(abi::Booked {
            resource: RESOURCE,
            day,
            patient,
            slot,
            nonce,
            startsAt: U40::from(u64::from(day) * 86_400 + u64::from(slot)),
            doctor: Address::ZERO,
            bookingHash: B256::repeat_byte(slot),
        })
    }

    fn moved((day, slot, nonce): (u32, u8, u32), (new_day, new_slot, new_nonce): (u32, u8, u32)) -> [Event; 2] {
        let told = Event::Rescheduled(abi::Rescheduled {
            resource: RESOURCE,
            day,
            patient: PATIENT,
            slot,
            nonce,
            newDay: new_day,
            newSlot: new_slot,
            newNonce: new_nonce,
        });
        [booked(new_day, new_slot, new_nonce, PATIENT), told]
    }

    fn offered(slot: u8, patient: Address) -> Event {
        Event::SlotOffered(abi::SlotOffered { resource: RESOURCE, day: 1, patient, slot, until: U40::from(9) })
    }

    fn read(events: impl IntoIterator<Item = Event>) -> Diary {
        let events: Vec<_> = events.into_iter().map(RoomEvent::Appointments).collect();
        Diary::read(&events)
    }

    #[test]
    fn a_booking_that_moves_twice_stays_one() {
        let steps =
            [vec![booked(1, 4, 1, PATIENT)], moved((1, 4, 1), (2, 5, 3)).into(), moved((2, 5, 3), (1, 4, 2)).into()];
        let entries = read(steps.into_iter().flatten()).entries();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].place, Place { day: 1, slot: 4, nonce: 2 });
        assert_eq!((entries[0].first, entries[0].changes), (Place { day: 1, slot: 4, nonce: 1 }, 2));
    }

    #[test]
    fn the_next_booking_of_a_slot_is_another() {
        let cancelled = Event::Cancelled(abi::Cancelled {
            resource: RESOURCE,
            day: 1,
            patient: PATIENT,
            slot: 4,
            nonce: 1,
            by: PATIENT,
        });
        let entries = read([booked(1, 4, 1, PATIENT), cancelled, booked(1, 4, 2, OTHER)]).entries();
        let fates: Vec<_> = entries.iter().map(|entry| (entry.patient, entry.fate, entry.changes)).collect();
        assert_eq!(fates, [(PATIENT, Fate::Cancelled, 1), (OTHER, Fate::Booked, 0)]);
    }

    #[test]
    fn who_waits_is_offered_a_slot_and_has_it() {
        let joined = |patient| {
            Event::WaitingListJoined(abi::WaitingListJoined { resource: RESOURCE, day: 1, patient, ticket: 1 })
        };
        let ended = Event::OfferEnded(abi::OfferEnded { resource: RESOURCE, day: 1, patient: PATIENT, slot: 4 });
        let mut events = vec![joined(PATIENT), joined(OTHER), offered(4, PATIENT)];
        let diary = read(events.clone());
        assert_eq!(diary.waiting().map(|one| one.patient).collect::<Vec<_>>(), [OTHER]);
        assert_eq!(diary.offers().map(|one| (one.patient, one.until)).collect::<Vec<_>>(), [(PATIENT, 9)]);
        events.extend([ended, offered(4, OTHER), booked(1, 4, 2, OTHER)]);
        let diary = read(events);
        assert_eq!((diary.waiting().count(), diary.offers().count(), diary.entries().len()), (0, 0, 1));
    }
}
