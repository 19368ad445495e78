//! Steps, mostly as their party would take them, now and then with a slip.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, aliases::U40};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use theriac_bindings::appointments::Appointments as abi;
use theriac_bindings::custody::Custody;
use theriac_bindings::devices::Devices;

use super::model::{self, Place};
use super::{AUTHORITY, CLINIC, DOCTOR, HOSPITAL, PATIENTS, Stage, broken};
use crate::harness::{Check, Count, agree};

const DAY_SECONDS: u64 = 86_400;
const EVIDENCE: B256 = B256::repeat_byte(0xe1);

/// A step: at which resource, by whom, about which day and slot, as numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    machine: bool,
    who: usize,
    day: u32,
    slot: u8,
    slip: Slip,
    act: Act,
}

/// What may be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slip {
    None,
    Caller,
    Nonce,
    Start,
    Commitment,
    Zone,
    Slot,
    Day,
}

/// What a day is to be like.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Seconds from midnight UTC.
    offset: i64,
    slot_seconds: u32,
    count: u16,
}

#[derive(Clone, Debug)]
enum Act {
    Open(Vec<Shape>),
    Change(Shape),
    Close,
    Reopen,
    Block(u64),
    Unblock(u64),
    SetLimits { max_open: u16, notice: u32, offer: u32 },
    Book,
    Cancel { by_host: bool },
    Reschedule { day: u32, slot: u8 },
    Join,
    Leave,
    Accept,
    MoveOn,
    CheckIn,
    Complete,
    MarkNoShow,
    Lapse,
    Suspend,
    Recall,
    Transfer,
    Wait(u64),
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    let head = (any::<bool>(), 0..100_usize, 0..100_u32, any::<u8>());
    (head, slip(), act()).prop_map(|((machine, who, day, slot), slip, act)| Turn { machine, who, day, slot, slip, act })
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        40 => Just(Slip::None),
        2 => Just(Slip::Caller),
        1 => Just(Slip::Nonce),
        1 => Just(Slip::Start),
        1 => Just(Slip::Commitment),
        1 => Just(Slip::Zone),
        1 => Just(Slip::Slot),
        1 => Just(Slip::Day),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    let offset = prop_oneof![8 => 0..10 * 3_600_i64, 1 => -20 * 3_600..40 * 3_600_i64];
    let slot_seconds = prop_oneof![6 => 900..7_200_u32, 1 => 0..400_u32];
    let count = prop_oneof![10 => 1..5_u16, 1 => 250..260_u16, 1 => 0..40_u16];
    (offset, slot_seconds, count).prop_map(|(offset, slot_seconds, count)| Shape { offset, slot_seconds, count })
}

fn act() -> impl Strategy<Value = Act> {
    let limits = (prop_oneof![2 => Just(0), 3 => 1..4_u16], 0..100_000_u32, prop_oneof![Just(0), 60..20_000_u32]);
    let offers = prop_oneof![4 => Just(Act::Accept), 3 => Just(Act::MoveOn)];
    let ends = prop_oneof![
        4 => Just(Act::CheckIn),
        4 => Just(Act::Complete),
        4 => Just(Act::MarkNoShow),
        4 => Just(Act::Lapse),
    ];
    let hosts = prop_oneof![
        8 => proptest::collection::vec(shape(), 1..4).prop_map(Act::Open),
        2 => shape().prop_map(Act::Change),
        1 => Just(Act::Close),
        2 => Just(Act::Reopen),
        3 => (1..32_u64).prop_map(Act::Block),
        3 => (1..32_u64).prop_map(Act::Unblock),
        2 => limits.prop_map(|(max_open, notice, offer)| Act::SetLimits { max_open, notice, offer }),
    ];
    let patients = prop_oneof![
        12 => Just(Act::Book),
        5 => any::<bool>().prop_map(|by_host| Act::Cancel { by_host }),
        3 => (0..100_u32, any::<u8>()).prop_map(|(day, slot)| Act::Reschedule { day, slot }),
        7 => Just(Act::Join),
        2 => Just(Act::Leave),
    ];
    let fate = prop_oneof![2 => Just(Act::Suspend), 1 => Just(Act::Recall), 1 => Just(Act::Transfer)];
    let time = prop_oneof![4 => 60..3_000_u64, 3 => 3_000..20_000_u64, 1 => 20_000..100_000_u64].prop_map(Act::Wait);
    prop_oneof![21 => hosts, 29 => patients, 7 => offers, 12 => ends, 3 => fate, 6 => time]
}

impl Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Change(_) => "change",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Block(_) => "blockSlots",
            Self::Unblock(_) => "unblockSlots",
            Self::SetLimits { .. } => "setLimits",
            Self::Book => "book",
            Self::Cancel { .. } => "cancel",
            Self::Reschedule { .. } => "reschedule",
            Self::Join => "joinWaitingList",
            Self::Leave => "leaveWaitingList",
            Self::Accept => "acceptOffer",
            Self::MoveOn => "moveOfferOn",
            Self::CheckIn => "checkIn",
            Self::Complete => "complete",
            Self::MarkNoShow => "markNoShow",
            Self::Lapse => "lapse",
            Self::Suspend | Self::Recall | Self::Transfer | Self::Wait(_) => "",
        }
    }
}

/// Sends a call to the world and takes the same step in the model.
macro_rules! both {
    ($stage:expr, $caller:expr, $call:expr, $model:expr) => {{
        let (caller, room) = ($caller, $stage.world.rooms.appointments);
        let done = $stage.world.send(caller, room, &$call);
        agree(done, &$model)
    }};
}

impl Stage {
    pub(crate) fn take(&mut self, turn: &Turn, whole: bool, count: &mut Count) -> Check {
        let place = self.place(turn);
        let accepted = match &turn.act {
            Act::Suspend | Act::Recall | Act::Transfer | Act::Wait(_) => {
                self.befall(turn)?;
                None
            }
            Act::Book | Act::Cancel { .. } | Act::Reschedule { .. } | Act::Join | Act::Leave | Act::Accept => {
                Some(self.patient_step(turn, place)?)
            }
            Act::CheckIn | Act::Complete | Act::MarkNoShow | Act::Lapse | Act::MoveOn => {
                Some(self.end_step(turn, place)?)
            }
            _ => Some(self.host_step(turn, place)?),
        };
        if let Some(accepted) = accepted {
            count.step(turn.act.name(), accepted);
        }
        // These touch days beside the one that the step is about.
        let whole = whole || matches!(turn.act, Act::Open(_) | Act::Reschedule { .. });
        self.compare(whole, (place.resource, place.day, turn.slot % 8, PATIENTS[turn.who % PATIENTS.len()]))
    }

    /// Where the step is: a booking that the act can be about, or any day and slot.
    fn place(&self, turn: &Turn) -> Place {
        let machine = turn.machine && !turn.who.is_multiple_of(3);
        let resource = if machine { self.machine.0 } else { DOCTOR.into_word() };
        let wanted: &[u8] = match turn.act {
            Act::Accept | Act::MoveOn => &[model::OFFERED],
            Act::Cancel { .. } | Act::Reschedule { .. } | Act::CheckIn => &[model::BOOKED, model::CHECKED_IN],
            Act::Complete | Act::MarkNoShow | Act::Lapse => &[model::BOOKED, model::CHECKED_IN],
            _ => &[],
        };
        let known = &self.model.resources[&resource];
        let found: Vec<Place> = known
            .days
            .iter()
            .flat_map(|(day, calendar)| calendar.slots.iter().map(move |(slot, booking)| (*day, *slot, booking)))
            .filter(|(_, _, booking)| wanted.contains(&booking.status))
            .map(|(day, slot, booking)| Place { resource, day, slot, nonce: booking.nonce })
            .collect();
        let mut place = match found.get(turn.day as usize % found.len().max(1)) {
            Some(place) => *place,
            None => self.any_place(turn, resource),
        };
        match turn.slip {
            Slip::Nonce => place.nonce += 1,
            Slip::Slot => place.slot = place.slot.wrapping_add(turn.slot),
            Slip::Day => place.day += 1,
            _ => {}
        }
        place
    }

    fn any_place(&self, turn: &Turn, resource: B256) -> Place {
        let (day, slot) = self.somewhere(resource, turn.day, turn.slot);
        Place { resource, day, slot, nonce: 1 }
    }

    /// A day, one of the last three that were opened where there are any, and a slot of it.
    fn somewhere(&self, resource: B256, day: u32, slot: u8) -> (u32, u8) {
        let days: Vec<_> = self.model.resources[&resource].days.iter().rev().take(3).collect();
        match days.get(day as usize % days.len().max(1)) {
            Some((day, calendar)) => (**day, (u16::from(slot) % calendar.count.min(6)) as u8),
            None => (self.today(), slot % 4),
        }
    }

    fn today(&self) -> u32 {
        u32::try_from(self.world.now() / DAY_SECONDS).unwrap()
    }

    fn host_of(&self, turn: &Turn, place: Place) -> Address {
        let host = self.model.resources[&place.resource].host;
        if turn.slip != Slip::Caller { host } else { [AUTHORITY, HOSPITAL, CLINIC, PATIENTS[0]][turn.who % 4] }
    }

    fn host_step(&mut self, turn: &Turn, place: Place) -> Result<bool, TestCaseError> {
        let (caller, resource, day) = (self.host_of(turn, place), place.resource, place.day);
        match &turn.act {
            Act::Open(shapes) => {
                let zone = match turn.slip {
                    Slip::Zone if turn.who.is_multiple_of(2) => B256::ZERO,
                    Slip::Zone => B256::right_padding_from(b"Asia/Tokyo"),
                    _ => B256::right_padding_from(b"Europe/Vienna"),
                };
                let first = self.today() + turn.day % 4;
                let days: Vec<_> = (first..).zip(shapes).map(|(day, shape)| new_day(day, *shape)).collect();
                let call = abi::openCall { resource, zone, days_: days.clone() };
                both!(self, caller, call, self.model.open(caller, resource, zone, &days))
            }
            Act::Change(shape) => {
                let mut to = new_day(day, *shape);
                // Half of them change the count alone.
                if let Some(known) =
                    self.model.resources[&resource].days.get(&day).filter(|_| turn.who.is_multiple_of(2))
                {
                    to.firstAt = U40::from(known.first_at);
                    to.slotSeconds = u32::try_from(known.slot_seconds).unwrap();
                }
                both!(
                    self,
                    caller,
                    abi::changeCall { resource, to: to.clone() },
                    self.model.change(caller, resource, &to)
                )
            }
            Act::Close => {
                let model = self.model.set_closed(caller, resource, day, true);
                both!(self, caller, abi::closeCall { resource, day }, model)
            }
            Act::Reopen => {
                let model = self.model.set_closed(caller, resource, day, false);
                both!(self, caller, abi::reopenCall { resource, day }, model)
            }
            Act::Block(bits) | Act::Unblock(bits) => {
                let slots: BTreeSet<u8> = (0..8).filter(|slot| self.bit(resource, day, *bits, *slot)).collect();
                let mask: U256 = model::mask(&slots);
                let blocks = matches!(turn.act, Act::Block(_));
                let model = self.model.set_blocked(caller, resource, day, &slots, blocks);
                if blocks {
                    both!(self, caller, abi::blockSlotsCall { resource, day, mask }, model)
                } else {
                    both!(self, caller, abi::unblockSlotsCall { resource, day, mask }, model)
                }
            }
            Act::SetLimits { max_open, notice, offer } => {
                let limits = abi::Limits { maxOpen: *max_open, noticeSeconds: *notice, offerSeconds: *offer };
                let call = abi::setLimitsCall { resource, limits: limits.clone() };
                both!(self, caller, call, self.model.set_limits(caller, resource, &limits))
            }
            other => Err(TestCaseError::fail(format!("no step of a host: {other:?}"))),
        }
    }

    /// Whether the bit is set; those beyond the day are mostly left out.
    fn bit(&self, resource: B256, day: u32, bits: u64, slot: u8) -> bool {
        let count = self.model.resources[&resource].days.get(&day).map_or(8, |day| day.count);
        bits >> slot & 1 != 0 && (u16::from(slot) < count || bits.is_multiple_of(7))
    }

    fn patient_step(&mut self, turn: &Turn, place: Place) -> Result<bool, TestCaseError> {
        let Place { resource, day, slot, nonce } = place;
        let anyone = PATIENTS[turn.who % PATIENTS.len()];
        let booking = self.model.resources[&resource].days.get(&day).and_then(|day| day.slots.get(&slot));
        let owner = booking.map_or(anyone, |booking| booking.patient);
        let owner = if turn.slip == Slip::Caller || owner.is_zero() { anyone } else { owner };
        match &turn.act {
            Act::Book => {
                let terms = self.terms(turn, place);
                let call = abi::bookCall { resource, day, slot, terms: terms.clone() };
                both!(self, anyone, call, self.model.book(anyone, place, &terms))
            }
            Act::Cancel { by_host } => {
                let caller = if *by_host { self.host_of(turn, place) } else { owner };
                let call = abi::cancelCall { resource, day, slot, nonce };
                both!(self, caller, call, self.model.cancel(caller, place))
            }
            Act::Reschedule { day: new_day, slot: new_slot } => {
                let (new_day, new_slot) = self.somewhere(resource, *new_day, *new_slot);
                let new = Place { resource, day: new_day, slot: new_slot, nonce: 0 };
                let terms = self.terms(turn, new);
                let call = abi::rescheduleCall {
                    resource,
                    day,
                    slot,
                    nonce,
                    newDay: new_day,
                    newSlot: new_slot,
                    terms: terms.clone(),
                };
                both!(self, owner, call, self.model.reschedule(owner, place, new, &terms))
            }
            Act::Join => {
                let call = abi::joinWaitingListCall { resource, day };
                both!(self, anyone, call, self.model.join(anyone, resource, day))
            }
            Act::Leave => {
                let call = abi::leaveWaitingListCall { resource, day };
                both!(self, anyone, call, self.model.leave(anyone, resource, day))
            }
            _ => {
                let terms = self.terms(turn, place);
                let call = abi::acceptOfferCall { resource, day, slot, terms: terms.clone() };
                both!(self, owner, call, self.model.accept(owner, place, &terms))
            }
        }
    }

    fn end_step(&mut self, turn: &Turn, place: Place) -> Result<bool, TestCaseError> {
        let Place { resource, day, slot, nonce } = place;
        let host = self.host_of(turn, place);
        match turn.act {
            Act::CheckIn => {
                let call = abi::checkInCall { resource, day, slot, nonce };
                both!(self, host, call, self.model.check_in(host, place))
            }
            Act::Complete => {
                let call = abi::completeCall { resource, day, slot, nonce };
                both!(self, host, call, self.model.complete(host, place))
            }
            Act::MarkNoShow => {
                let call = abi::markNoShowCall { resource, day, slot, nonce };
                both!(self, host, call, self.model.mark_no_show(host, place))
            }
            Act::Lapse => {
                let call = abi::lapseCall { resource, day, slot, nonce };
                both!(self, AUTHORITY, call, self.model.lapse(place))
            }
            _ => {
                let call = abi::moveOfferOnCall { resource, day, slot };
                both!(self, AUTHORITY, call, self.model.move_on(place))
            }
        }
    }

    /// What happens outside the room.
    fn befall(&mut self, turn: &Turn) -> Check {
        match turn.act {
            Act::Suspend => {
                // Whoever is suspended is mostly reinstated before another is.
                let everyone = [PATIENTS[0], PATIENTS[1], PATIENTS[2], DOCTOR, HOSPITAL];
                let suspended = everyone.into_iter().find(|one| !self.model.people.is_active(*one));
                let one =
                    suspended.filter(|_| !turn.who.is_multiple_of(4)).unwrap_or(everyone[turn.who % everyone.len()]);
                self.model.people.turn(&mut self.world, one).map_err(broken)
            }
            Act::Recall => self.recall_or_close().map_err(broken),
            Act::Transfer => {
                let id = self.machine.0;
                let from = self.model.resources[&id].host;
                let to = if from == HOSPITAL { CLINIC } else { HOSPITAL };
                let call = Devices::transferFromCall { from, to, tokenId: U256::from_be_bytes(id.0) };
                // Whether a twin may change hands is for `Devices` to say; here only whose it is matters.
                if self.world.send(from, self.world.rooms.devices, &call).is_ok() {
                    self.model.resources.get_mut(&id).unwrap().host = to;
                }
                Ok(())
            }
            Act::Wait(seconds) => {
                self.world.wait(seconds);
                self.model.now = self.world.now();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn recall_or_close(&mut self) -> Result<(), theriac_sim::world::WorldError> {
        let (room, item) = (self.world.rooms.custody, self.machine.0);
        self.recall = match self.recall {
            Some(recall_id) => {
                let close = Custody::closeRecallCall { recallId: recall_id, evidence: EVIDENCE };
                self.world.send(AUTHORITY, room, &close)?;
                None
            }
            None => {
                let notice = Custody::Content { digest: EVIDENCE, codec: 0x55 };
                Some(self.world.call(AUTHORITY, room, &Custody::recallItemCall { item, class: 1, notice })?)
            }
        };
        self.model.resources.get_mut(&item).unwrap().movable = self.recall.is_none();
        Ok(())
    }

    fn terms(&self, turn: &Turn, place: Place) -> abi::Terms {
        let known = self.model.resources[&place.resource].days.get(&place.day);
        let start = known.map_or(0, |day| day.start(place.slot)) + u64::from(turn.slip == Slip::Start);
        let commitment = if turn.slip == Slip::Commitment { B256::ZERO } else { B256::repeat_byte(0xa1) };
        abi::Terms {
            startsAt: U40::from(start),
            addressCommitment: commitment,
            patientCommitment: B256::repeat_byte(0xb2),
        }
    }
}

fn new_day(day: u32, shape: Shape) -> abi::NewDay {
    let first_at = (i64::from(day) * DAY_SECONDS as i64 + shape.offset) as u64;
    abi::NewDay { day, firstAt: U40::from(first_at), slotSeconds: shape.slot_seconds, count: shape.count }
}
