//! `Appointments` as its interface describes it: each slot with who has it, each day with who waits. Masks, open bookings and offers
//! are derived.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use alloy::primitives::{Address, B256, U256, aliases::U40};
use theriac_bindings::appointments::Appointments as abi;

use crate::harness::Faults;
use crate::people::{PATIENT, PRACTITIONER, People};

const HOUR: u64 = 3_600;
const DAY_SECONDS: u64 = 24 * HOUR;

// The statuses as the interface counts them.
pub(crate) const FREE: u8 = 0;
pub(crate) const OFFERED: u8 = 1;
pub(crate) const BOOKED: u8 = 2;
pub(crate) const CHECKED_IN: u8 = 3;
pub(crate) const COMPLETED: u8 = 4;
pub(crate) const NO_SHOW: u8 = 5;

type Verdict = Result<(), Faults>;

/// All resources.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: u64,
    pub(crate) people: People,
    pub(crate) resources: BTreeMap<B256, Resource>,
}

/// What can be booked.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) id: B256,
    pub(crate) host: Address,
    /// A machine may be one that must not move; a practitioner always may.
    pub(crate) movable: bool,
    pub(crate) is_machine: bool,
    pub(crate) zone: B256,
    pub(crate) limits: abi::Limits,
    pub(crate) days: BTreeMap<u32, Day>,
}

/// A day that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    pub(crate) first_at: u64,
    pub(crate) slot_seconds: u64,
    pub(crate) count: u16,
    pub(crate) closed: bool,
    pub(crate) blocked: BTreeSet<u8>,
    pub(crate) slots: BTreeMap<u8, Slot>,
    /// Tickets in order.
    pub(crate) waiting: VecDeque<(u32, Address)>,
    pub(crate) tickets: u32,
}

/// Who has a slot; one that nobody ever had is not there.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) patient: Address,
    pub(crate) status: u8,
    pub(crate) nonce: u32,
    pub(crate) until: u64,
    pub(crate) counted: bool,
}

impl Slot {
    pub(crate) fn is_live(&self) -> bool {
        self.status == BOOKED || self.status == CHECKED_IN
    }
}

impl Day {
    fn new(shape: &abi::NewDay) -> Self {
        Self {
            first_at: shape.firstAt.to(),
            slot_seconds: u64::from(shape.slotSeconds),
            count: shape.count,
            closed: false,
            blocked: BTreeSet::new(),
            slots: BTreeMap::new(),
            waiting: VecDeque::new(),
            tickets: 0,
        }
    }

    pub(crate) fn start(&self, slot: u8) -> u64 {
        self.first_at + u64::from(slot) * self.slot_seconds
    }

    fn end_of(&self, slot: u8) -> u64 {
        self.start(slot) + self.slot_seconds
    }

    fn end(&self) -> u64 {
        self.first_at + u64::from(self.count) * self.slot_seconds
    }

    fn has(&self, slot: u8) -> bool {
        u16::from(slot) < self.count
    }

    fn numbers(&self) -> impl Iterator<Item = u8> {
        (0..self.count).filter_map(|slot| u8::try_from(slot).ok())
    }

    pub(crate) fn taken(&self) -> BTreeSet<u8> {
        self.slots.iter().filter(|(_, slot)| slot.status != FREE).map(|(number, _)| *number).collect()
    }

    /// The slots still to start that are neither taken nor blocked; `own` is taken for free.
    pub(crate) fn bookable(&self, now: u64, own: Option<u8>) -> BTreeSet<u8> {
        let taken = self.taken();
        let is_free = |slot: &u8| !taken.contains(slot) || own == Some(*slot);
        self.numbers().filter(|slot| self.start(*slot) > now && is_free(slot) && !self.blocked.contains(slot)).collect()
    }

    /// The slot that is offered to the patient.
    pub(crate) fn offer_to(&self, patient: Address) -> Option<u8> {
        let is_offer = |slot: &Slot| slot.status == OFFERED && slot.patient == patient;
        self.slots.iter().find(|(_, slot)| is_offer(slot)).map(|(number, _)| *number)
    }

    pub(crate) fn ticket_of(&self, patient: Address) -> u32 {
        self.waiting.iter().find(|(_, who)| *who == patient).map_or(0, |(ticket, _)| *ticket)
    }
}

/// A place in a resource's calendar, with the booking that is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) resource: B256,
    pub(crate) day: u32,
    pub(crate) slot: u8,
    pub(crate) nonce: u32,
}

impl Model {
    fn resource(&mut self, id: B256) -> &mut Resource {
        self.resources.get_mut(&id).unwrap()
    }

    fn day(&mut self, place: Place) -> &mut Day {
        self.resource(place.resource).days.get_mut(&place.day).unwrap()
    }

    fn slot(&mut self, place: Place) -> &mut Slot {
        self.day(place).slots.get_mut(&place.slot).unwrap()
    }

    fn host_fault(&self, resource: B256, caller: Address) -> Faults {
        let mut faults = Faults::default();
        let is_host = self.resources[&resource].host == caller;
        faults.when(!is_host, abi::Appointments_NotHost { resource, account: caller });
        faults
    }

    fn is_host_active(&self, resource: &Resource) -> bool {
        if resource.is_machine {
            return self.people.is_active(resource.host);
        }
        self.people.is_active_as(resource.host, PRACTITIONER)
    }

    /// The day, where it takes bookings.
    fn taking_day(&self, resource: B256, day: u32) -> Option<&Day> {
        let resource = &self.resources[&resource];
        let day = resource.days.get(&day).filter(|day| !day.closed)?;
        (self.is_host_active(resource) && resource.movable).then_some(day)
    }

    pub(crate) fn open_bookings(&self, resource: B256, patient: Address) -> usize {
        let days = self.resources[&resource].days.values();
        days.flat_map(|day| day.slots.values()).filter(|slot| slot.counted && slot.patient == patient).count()
    }

    // --------------------------------------------------------------------------------------------------- the host

    pub(crate) fn open(&mut self, caller: Address, resource: B256, zone: B256, days: &[abi::NewDay]) -> Verdict {
        let mut faults = self.host_fault(resource, caller);
        let known = &self.resources[&resource];
        faults.when(!self.is_host_active(known), abi::Appointments_NotActive { account: known.host });
        faults.when(zone.is_zero(), abi::Appointments_NoZone {});
        let other = !known.zone.is_zero() && known.zone != zone;
        faults.when(other, abi::Appointments_OtherZone { resource, zone: known.zone });
        let mut after = known.clone();
        for shape in days {
            let open_already = after.days.contains_key(&shape.day);
            faults.when(open_already, abi::Appointments_AlreadyOpen { resource, day: shape.day });
            faults.join(times(&after, shape, self.now));
            after.days.entry(shape.day).or_insert_with(|| Day::new(shape));
        }
        faults.none()?;
        after.zone = zone;
        *self.resource(resource) = after;
        Ok(())
    }

    pub(crate) fn change(&mut self, caller: Address, resource: B256, to: &abi::NewDay) -> Verdict {
        let mut faults = self.host_fault(resource, caller);
        let known = &self.resources[&resource];
        let Some(day) = known.days.get(&to.day) else {
            faults.when(true, abi::Appointments_NotOpen { resource, day: to.day });
            return faults.none();
        };
        let taken = day.taken();
        let moves = day.first_at != to.firstAt.to::<u64>() || day.slot_seconds != u64::from(to.slotSeconds);
        let dropped = taken.iter().any(|slot| u16::from(*slot) >= to.count);
        let in_use = abi::Appointments_SlotsInUse { resource, day: to.day, takenMask: mask(&taken) };
        faults.when(dropped || (moves && !taken.is_empty()), in_use);
        faults.join(times(known, to, self.now));
        faults.none()?;
        let shape = Day::new(to);
        let day = self.resource(resource).days.get_mut(&to.day).unwrap();
        (day.first_at, day.slot_seconds, day.count) = (shape.first_at, shape.slot_seconds, shape.count);
        Ok(())
    }

    /// Closes a day, or opens it again.
    pub(crate) fn set_closed(&mut self, caller: Address, resource: B256, day: u32, closed: bool) -> Verdict {
        let mut faults = self.host_fault(resource, caller);
        match self.resources[&resource].days.get(&day) {
            None => faults.when(true, abi::Appointments_NotOpen { resource, day }),
            Some(known) if closed => faults.when(known.closed, abi::Appointments_DayClosed { resource, day }),
            Some(known) => faults.when(!known.closed, abi::Appointments_NotClosed { resource, day }),
        }
        faults.none()?;
        self.resource(resource).days.get_mut(&day).unwrap().closed = closed;
        Ok(())
    }

    /// Blocks slots, or unblocks them.
    pub(crate) fn set_blocked(
        &mut self,
        caller: Address,
        resource: B256,
        day: u32,
        slots: &BTreeSet<u8>,
        blocked: bool,
    ) -> Verdict {
        let mut faults = self.host_fault(resource, caller);
        match self.resources[&resource].days.get(&day) {
            None => faults.when(true, abi::Appointments_NotOpen { resource, day }),
            Some(known) => {
                let bad = slots.is_empty() || slots.iter().any(|slot| !known.has(*slot));
                faults.when(bad, abi::Appointments_BadMask { mask: mask(slots), count: known.count });
            }
        }
        faults.none()?;
        let known = self.resource(resource).days.get_mut(&day).unwrap();
        if blocked {
            known.blocked.extend(slots);
        } else {
            known.blocked.retain(|slot| !slots.contains(slot));
        }
        Ok(())
    }

    pub(crate) fn set_limits(&mut self, caller: Address, resource: B256, limits: &abi::Limits) -> Verdict {
        self.host_fault(resource, caller).none()?;
        self.resource(resource).limits = limits.clone();
        Ok(())
    }

    pub(crate) fn check_in(&mut self, caller: Address, place: Place) -> Verdict {
        let mut faults = self.host_fault(place.resource, caller);
        faults.join(self.live(place).map(|_| ()));
        faults.join(self.not_checked_in(place));
        faults.none()?;
        self.slot(place).status = CHECKED_IN;
        Ok(())
    }

    pub(crate) fn complete(&mut self, caller: Address, place: Place) -> Verdict {
        let mut faults = self.host_fault(place.resource, caller);
        faults.join(self.live(place).and_then(|(day, _)| from(self.now, day.start(place.slot))));
        faults.none()?;
        self.end_as(place, COMPLETED)
    }

    pub(crate) fn mark_no_show(&mut self, caller: Address, place: Place) -> Verdict {
        let mut faults = self.host_fault(place.resource, caller);
        faults.join(self.live(place).and_then(|(day, _)| from(self.now, day.end_of(place.slot))));
        faults.join(self.not_checked_in(place));
        faults.none()?;
        self.end_as(place, NO_SHOW)
    }

    fn end_as(&mut self, place: Place, status: u8) -> Verdict {
        let slot = self.slot(place);
        (slot.status, slot.counted) = (status, false);
        Ok(())
    }

    fn not_checked_in(&self, place: Place) -> Verdict {
        let mut faults = Faults::default();
        let came = self.live(place).is_ok_and(|(_, slot)| slot.status == CHECKED_IN);
        let Place { resource, day, slot, .. } = place;
        faults.when(came, abi::Appointments_AlreadyCheckedIn { resource, day, slot });
        faults.none()
    }

    /// The booking that is meant, if it has not come to an end.
    fn live(&self, place: Place) -> Result<(&Day, &Slot), Faults> {
        let Place { resource, day, slot, nonce } = place;
        let known = self.resources[&resource].days.get(&day);
        known
            .and_then(|known| Some((known, known.slots.get(&slot)?)))
            .filter(|(_, booking)| booking.is_live() && booking.nonce == nonce)
            .ok_or_else(|| Faults::only(abi::Appointments_NoSuchBooking { resource, day, slot, nonce }))
    }

    // ------------------------------------------------------------------------------------------------ the patient

    pub(crate) fn book(&mut self, caller: Address, place: Place, terms: &abi::Terms) -> Verdict {
        let mut faults = Faults::default();
        faults.join(self.place_faults(caller, place, None));
        faults.join(self.limit_fault(caller, place.resource));
        faults.join(self.terms_faults(place, terms));
        faults.none()?;
        let counted = self.resources[&place.resource].limits.maxOpen != 0;
        self.take(caller, place, counted);
        Ok(())
    }

    pub(crate) fn cancel(&mut self, caller: Address, place: Place) -> Verdict {
        let (_, booking) = self.live(place)?;
        let mut faults = Faults::default();
        if caller != self.resources[&place.resource].host {
            let Place { resource, day, slot, .. } = place;
            let error = abi::Appointments_NotEntitled { resource, day, slot, account: caller };
            faults.when(caller != booking.patient, error);
            faults.join(until(self.now, booking.until));
        }
        faults.none()?;
        self.pass_on(place);
        Ok(())
    }

    pub(crate) fn reschedule(&mut self, caller: Address, old: Place, new: Place, terms: &abi::Terms) -> Verdict {
        let (_, booking) = self.live(old)?;
        let counted = booking.counted;
        let mut faults = Faults::default();
        let Place { resource, day, slot, .. } = old;
        let error = abi::Appointments_NotEntitled { resource, day, slot, account: caller };
        faults.when(caller != booking.patient, error);
        faults.join(until(self.now, booking.until));
        faults.join(self.place_faults(caller, new, None));
        faults.join(self.terms_faults(new, terms));
        faults.none()?;
        self.take(caller, new, counted);
        self.pass_on(old);
        Ok(())
    }

    pub(crate) fn join(&mut self, caller: Address, resource: B256, day: u32) -> Verdict {
        let mut faults = Faults::default();
        let registered = self.people.is_active_as(caller, PATIENT);
        faults.when(!registered, abi::Appointments_NotRegistered { patient: caller });
        let Some(known) = self.taking_day(resource, day) else {
            faults.when(true, abi::Appointments_Unavailable { resource, day });
            return faults.none();
        };
        let past = known.numbers().all(|slot| known.start(slot) <= self.now);
        faults.when(past, abi::Appointments_DayPast { resource, day });
        let free = known.bookable(self.now, None);
        faults.when(!free.is_empty(), abi::Appointments_DayNotFull { resource, day, freeMask: mask(&free) });
        let waits = known.ticket_of(caller) != 0 || known.offer_to(caller).is_some();
        faults.when(waits, abi::Appointments_AlreadyWaiting { resource, day, patient: caller });
        faults.none()?;
        let known = self.resource(resource).days.get_mut(&day).unwrap();
        known.tickets += 1;
        known.waiting.push_back((known.tickets, caller));
        Ok(())
    }

    pub(crate) fn leave(&mut self, caller: Address, resource: B256, day: u32) -> Verdict {
        let known = self.resource(resource).days.get_mut(&day);
        let waits = known.as_ref().is_some_and(|day| day.ticket_of(caller) != 0);
        let offer = known.as_ref().and_then(|day| day.offer_to(caller));
        if let Some(slot) = offer {
            self.pass_on(Place { resource, day, slot, nonce: 0 });
            return Ok(());
        }
        match known.filter(|_| waits) {
            Some(day) => day.waiting.retain(|(_, who)| *who != caller),
            None => return Err(Faults::only(abi::Appointments_NotWaiting { resource, day, patient: caller })),
        }
        Ok(())
    }

    pub(crate) fn accept(&mut self, caller: Address, place: Place, terms: &abi::Terms) -> Verdict {
        let Place { resource, day, slot, .. } = place;
        let offer = self.offer(place).filter(|offer| offer.patient == caller);
        let Some(offer) = offer else {
            return Err(Faults::only(abi::Appointments_NotOffered { resource, day, slot, patient: caller }));
        };
        let mut faults = Faults::default();
        faults.join(until(self.now, offer.until));
        faults.join(self.place_faults(caller, place, Some(slot)));
        faults.join(self.limit_fault(caller, resource));
        faults.join(self.terms_faults(place, terms));
        faults.none()?;
        let counted = self.resources[&resource].limits.maxOpen != 0;
        self.take(caller, place, counted);
        Ok(())
    }

    // -------------------------------------------------------------------------------------------------- everybody

    pub(crate) fn move_on(&mut self, place: Place) -> Verdict {
        let Place { resource, day, slot, .. } = place;
        let Some(offer) = self.offer(place) else {
            let patient = Address::ZERO;
            return Err(Faults::only(abi::Appointments_NotOffered { resource, day, slot, patient }));
        };
        if self.people.is_active_as(offer.patient, PATIENT) {
            from(self.now, offer.until + 1)?;
        }
        self.pass_on(place);
        Ok(())
    }

    pub(crate) fn lapse(&mut self, place: Place) -> Verdict {
        let (day, booking) = self.live(place)?;
        let mut faults = Faults::default();
        let counted = booking.counted;
        let error = abi::Appointments_NotCounted { resource: place.resource, day: place.day, slot: place.slot };
        faults.when(!counted, error);
        faults.join(from(self.now, day.end_of(place.slot)));
        faults.none()?;
        self.slot(place).counted = false;
        Ok(())
    }

    /// What `book` may answer now, with the slots that can be booked.
    pub(crate) fn answers(&self, patient: Address, resource: B256, day: u32, slot: u8) -> Vec<abi::answerForReturn> {
        let answer = |number, free: &BTreeSet<u8>| abi::answerForReturn { answer: number, freeMask: mask(free) };
        let none = BTreeSet::new();
        let registered = self.people.is_active_as(patient, PATIENT);
        let Some(known) = self.taking_day(resource, day) else {
            let mut answers = vec![answer(3, &none)];
            answers.extend((!registered).then(|| answer(4, &none)));
            return answers;
        };
        if !registered {
            return vec![answer(4, &none)];
        }
        let free = known.bookable(self.now, None);
        let max_open = usize::from(self.resources[&resource].limits.maxOpen);
        let faults = [
            (5, !known.has(slot)),
            (6, known.has(slot) && known.start(slot) <= self.now),
            (2, free.is_empty()),
            (1, known.has(slot) && known.start(slot) > self.now && !free.contains(&slot)),
            (7, max_open != 0 && self.open_bookings(resource, patient) >= max_open),
        ];
        let found: Vec<_> = faults.iter().filter(|(_, is)| *is).map(|(number, _)| answer(*number, &free)).collect();
        if found.is_empty() { vec![answer(0, &free)] } else { found }
    }

    fn place_faults(&self, patient: Address, place: Place, own: Option<u8>) -> Verdict {
        let Place { resource, day, slot, .. } = place;
        let mut faults = Faults::default();
        let registered = self.people.is_active_as(patient, PATIENT);
        faults.when(!registered, abi::Appointments_NotRegistered { patient });
        let Some(known) = self.taking_day(resource, day) else {
            faults.when(true, abi::Appointments_Unavailable { resource, day });
            return faults.none();
        };
        let free = known.bookable(self.now, own);
        let free_mask = mask(&free);
        faults.when(free.is_empty(), abi::Appointments_DayFull { resource, day });
        if !known.has(slot) {
            faults.when(true, abi::Appointments_NoSuchSlot { resource, day, slot, count: known.count });
            return faults.none();
        }
        let past = known.start(slot) <= self.now;
        faults.when(past, abi::Appointments_SlotPast { resource, day, slot, freeMask: free_mask });
        let taken = !past && !free.contains(&slot);
        faults.when(taken, abi::Appointments_SlotTaken { resource, day, slot, freeMask: free_mask });
        faults.none()
    }

    fn limit_fault(&self, patient: Address, resource: B256) -> Verdict {
        let max_open = self.resources[&resource].limits.maxOpen;
        let reached = max_open != 0 && self.open_bookings(resource, patient) >= usize::from(max_open);
        let mut faults = Faults::default();
        faults.when(reached, abi::Appointments_LimitReached { resource, patient, maxOpen: max_open });
        faults.none()
    }

    fn terms_faults(&self, place: Place, terms: &abi::Terms) -> Verdict {
        let Place { resource, day, slot, .. } = place;
        let mut faults = Faults::default();
        let missing = terms.addressCommitment.is_zero() || terms.patientCommitment.is_zero();
        faults.when(missing, abi::Appointments_MissingCommitment {});
        if let Some(known) = self.resources[&resource].days.get(&day) {
            let starts_at = U40::from(known.start(slot));
            let error = abi::Appointments_OtherStart { resource, day, slot, startsAt: starts_at };
            faults.when(terms.startsAt != starts_at, error);
        }
        faults.none()
    }

    fn offer(&self, place: Place) -> Option<&Slot> {
        let day = self.resources[&place.resource].days.get(&place.day)?;
        day.slots.get(&place.slot).filter(|slot| slot.status == OFFERED)
    }

    /// The patient has the slot from now on.
    fn take(&mut self, patient: Address, place: Place, counted: bool) {
        let notice = u64::from(self.resources[&place.resource].limits.noticeSeconds);
        let day = self.day(place);
        // Before the start, by the notice more.
        let until = (day.start(place.slot) - 1).saturating_sub(notice);
        let nonce = day.slots.get(&place.slot).map_or(0, |slot| slot.nonce) + 1;
        day.slots.insert(place.slot, Slot { patient, status: BOOKED, nonce, until, counted });
    }

    /// The slot goes to the first who waits, if that patient could book it, or is free.
    fn pass_on(&mut self, place: Place) {
        let now = self.now;
        let limits = &self.resources[&place.resource].limits;
        let stands = if limits.offerSeconds == 0 { 2 * HOUR } else { u64::from(limits.offerSeconds) };
        let could_be_booked = self
            .taking_day(place.resource, place.day)
            .is_some_and(|day| day.bookable(now, Some(place.slot)).contains(&place.slot));
        let day = self.day(place);
        let next = if could_be_booked { day.waiting.pop_front() } else { None };
        let last = day.start(place.slot).saturating_sub(1);
        let slot = self.slot(place);
        slot.counted = false;
        (slot.patient, slot.status, slot.until) = match next {
            Some((_, patient)) => (patient, OFFERED, last.min(now + stands)),
            None => (Address::ZERO, FREE, 0),
        };
    }
}

/// Whether a day can be as it is to be, among the others of its resource.
fn times(resource: &Resource, shape: &abi::NewDay, now: u64) -> Verdict {
    let (first, slot_seconds) = (shape.firstAt.to::<u64>(), u64::from(shape.slotSeconds));
    let span = slot_seconds * u64::from(shape.count);
    if span == 0 || span > DAY_SECONDS || shape.count > 256 {
        let (day, slot_seconds, count) = (shape.day, shape.slotSeconds, shape.count);
        return Err(Faults::only(abi::Appointments_BadSlots { day, slotSeconds: slot_seconds, count }));
    }
    let mut faults = Faults::default();
    // Somewhere on earth it is that date from 14 hours before midnight UTC to 12 hours after the next.
    let midnight = u64::from(shape.day) * DAY_SECONDS;
    let on_date = (midnight - 14 * HOUR..midnight + 36 * HOUR).contains(&first);
    faults.when(!on_date, abi::Appointments_OtherDate { day: shape.day, firstAt: shape.firstAt });
    let past = first + span - slot_seconds <= now;
    faults.when(past, abi::Appointments_DayPast { resource: resource.id, day: shape.day });
    for (&neighbour, other) in &resource.days {
        let in_the_way = match neighbour.cmp(&shape.day) {
            std::cmp::Ordering::Less => other.end() > first,
            std::cmp::Ordering::Equal => false,
            std::cmp::Ordering::Greater => first + span > other.first_at,
        };
        faults.when(in_the_way, abi::Appointments_Overlap { resource: resource.id, day: shape.day, neighbour });
    }
    faults.none()
}

fn from(now: u64, from: u64) -> Verdict {
    let mut faults = Faults::default();
    faults.when(now < from, abi::Appointments_TooEarly { from: U256::from(from) });
    faults.none()
}

fn until(now: u64, until: u64) -> Verdict {
    let mut faults = Faults::default();
    faults.when(now > until, abi::Appointments_TooLate { until: U40::from(until) });
    faults.none()
}

/// A bit for every slot.
pub(crate) fn mask(slots: &BTreeSet<u8>) -> U256 {
    slots.iter().fold(U256::ZERO, |mask, slot| mask | U256::ONE << usize::from(*slot))
}
