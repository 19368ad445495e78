//! Booking: a doctor with a limit per patient, so that a booking reads and writes the patient's tally as well.

use alloy::primitives::{Address, B256, aliases::U40};
use theriac_bindings::appointments::Appointments;
use theriac_sim::world::{World, WorldError};

use crate::Figures;
use crate::medicines::enrol;
use crate::scenario::{Scenario, measured};

const DAY_SECONDS: u64 = 86_400;
const SLOT: u32 = 1_800;
const PRACTITIONER: u32 = 1 << 7;
const PATIENT: u32 = 1 << 10;
const ZONE: &[u8] = b"Europe/Vienna";

/// A doctor with two open days, on the first of which two patients have a slot each.
#[derive(Clone)]
struct Practice {
    world: World,
    room: Address,
    doctor: Address,
    patient: Address,
    resource: B256,
    day: u32,
}

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut practice = Practice::enrolled(scenario)?;
    let open = practice.open(practice.day);
    measured!(figures, "Appointments.open", practice.world, practice.doctor, practice.room, open);
    practice.furnish(scenario)?;
    let Practice { room, patient, resource, day, .. } = practice;
    for (name, day) in [("dirtyWord", day), ("newDay", day + 1)] {
        let mut world = practice.world.clone();
        measured!(figures, format!("Appointments.book/{name}"), world, patient, room, practice.book(day, 7));
    }
    let mut world = practice.world.clone();
    let moved = Appointments::rescheduleCall {
        resource,
        day,
        slot: 0,
        nonce: 1,
        newDay: day,
        newSlot: 9,
        terms: practice.terms(day, 9),
    };
    measured!(figures, "Appointments.reschedule", world, patient, room, moved);
    let cancel = Appointments::cancelCall { resource, day, slot: 0, nonce: 1 };
    measured!(figures, "Appointments.cancel", practice.world, patient, room, cancel);
    Ok(())
}

impl Practice {
    fn enrolled(scenario: &Scenario) -> Result<Self, WorldError> {
        let doctor = Address::repeat_byte(0x1a);
        let mut practice = Self {
            world: scenario.world.clone(),
            room: scenario.world.rooms.appointments,
            doctor,
            patient: Address::repeat_byte(0x1b),
            resource: doctor.into_word(),
            day: u32::try_from(scenario.world.now() / DAY_SECONDS).unwrap_or(u32::MAX) + 7,
        };
        let cast = [(doctor, PRACTITIONER), (practice.patient, PATIENT)];
        enrol(&mut practice.world, scenario, &cast)?;
        // A day opened before: the resource has its zone and its limits.
        let (open, limits) = (practice.open(practice.day - 1), practice.limits());
        practice.world.send(doctor, practice.room, &open)?;
        practice.world.send(doctor, practice.room, &limits)?;
        Ok(practice)
    }

    fn furnish(&mut self, scenario: &Scenario) -> Result<(), WorldError> {
        let second = Address::repeat_byte(0x1c);
        enrol(&mut self.world, scenario, &[(second, PATIENT)])?;
        let calls = (self.open(self.day + 1), self.book(self.day, 0), self.book(self.day, 1));
        self.world.send(self.doctor, self.room, &calls.0)?;
        self.world.send(self.patient, self.room, &calls.1)?;
        self.world.send(second, self.room, &calls.2).map(|_| ())
    }

    fn limits(&self) -> Appointments::setLimitsCall {
        let limits = Appointments::Limits { maxOpen: 3, noticeSeconds: 86_400, offerSeconds: 0 };
        Appointments::setLimitsCall { resource: self.resource, limits }
    }

    /// Sixteen half hours from 08:00 in Vienna, in winter.
    fn open(&self, day: u32) -> Appointments::openCall {
        let new_day = Appointments::NewDay { day, firstAt: starts_at(day, 0), slotSeconds: SLOT, count: 16 };
        Appointments::openCall { resource: self.resource, zone: B256::right_padding_from(ZONE), days_: vec![new_day] }
    }

    fn book(&self, day: u32, slot: u8) -> Appointments::bookCall {
        Appointments::bookCall { resource: self.resource, day, slot, terms: self.terms(day, slot) }
    }

    fn terms(&self, day: u32, slot: u8) -> Appointments::Terms {
        Appointments::Terms {
            startsAt: starts_at(day, slot),
            addressCommitment: B256::repeat_byte(0xa1),
            patientCommitment: B256::repeat_byte(0xb2),
        }
    }
}

fn starts_at(day: u32, slot: u8) -> U40 {
    U40::from(u64::from(day) * DAY_SECONDS + 7 * 3_600 + u64::from(slot) * u64::from(SLOT))
}
