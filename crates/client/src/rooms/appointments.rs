//! `Appointments`: is this doctor (or machine) free?

use alloy::primitives::{Address, B256, Bytes, U256};
use theriac_bindings::appointments::Appointments as abi;
use theriac_core::calendar::{Commitment, SlotMask};
use theriac_core::ids::ItemId;

use crate::call::Call;
use crate::error::Result;
use crate::types::{BookingAnswer, SlotStatus, seconds};

super::room!(
    /// Is this doctor (or machine) free?
    Appointments, appointments
);

/// What can be booked: a practitioner's account, or a machine by its item id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ResourceId(pub B256);

impl ResourceId {
    /// The account of a practitioner; none for a machine.
    pub fn practitioner(self) -> Option<Address> {
        let account = Address::from_word(self.0);
        (account.into_word() == self.0).then_some(account)
    }
}

impl From<Address> for ResourceId {
    fn from(practitioner: Address) -> Self {
        Self(practitioner.into_word())
    }
}

impl From<ItemId> for ResourceId {
    fn from(machine: ItemId) -> Self {
        Self(machine.0)
    }
}

/// A day to open, or what a day is changed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDay {
    /// Days since 1970-01-01 in the resource's zone.
    pub day: u32,
    /// When its first slot starts.
    pub first_at: u64,
    /// How long a slot is.
    pub slot_seconds: u32,
    /// How many slots.
    pub count: u16,
}

/// An open day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// When its first slot starts.
    pub first_at: u64,
    /// How long a slot is.
    pub slot_seconds: u32,
    /// How many slots.
    pub count: u16,
    /// Whether it takes no new bookings.
    pub closed: bool,
}

/// Who has a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotBooking {
    /// Who booked it, or to whom it is offered.
    pub patient: Option<Address>,
    /// Where it stands.
    pub status: SlotStatus,
    /// How many bookings this slot has had, this one included.
    pub nonce: u32,
    /// The last second at which the patient may cancel, or accept the offer.
    pub until: u64,
    /// Whether it counts among the patient's open bookings.
    pub counted: bool,
}

/// The rules of a resource; zero where nothing was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// How many open bookings with it a patient may have; zero for no limit.
    pub max_open: u16,
    /// How long before the start a patient may cancel at the latest.
    pub notice_seconds: u32,
    /// How long an offer stands.
    pub offer_seconds: u32,
}

/// What a patient says of a booking besides where it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// When the slot starts, as the patient knows it.
    pub starts_at: u64,
    /// Salted commitment to the patient's address.
    pub address: Commitment,
    /// Salted commitment to the patient.
    pub patient: Commitment,
}

/// A booking: where it is, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Days since 1970-01-01 in the resource's zone.
    pub day: u32,
    /// The slot.
    pub slot: u8,
    /// How many bookings the slot has had, this one included.
    pub nonce: u32,
}

impl Appointments {
    /// Opens days. Caller: the practitioner, or the machine's owner.
    pub fn open(&self, resource: ResourceId, zone: B256, days: &[NewDay]) -> Call<abi::openCall> {
        self.call(abi::openCall { resource: resource.0, zone, days_: days.iter().map(Into::into).collect() })
    }

    /// Gives an open day another beginning, slot length or count. Caller: the host.
    pub fn change(&self, resource: ResourceId, to: &NewDay) -> Call<abi::changeCall> {
        self.call(abi::changeCall { resource: resource.0, to: to.into() })
    }

    /// No new bookings of this day. Caller: the host.
    pub fn close(&self, resource: ResourceId, day: u32) -> Call<abi::closeCall> {
        self.call(abi::closeCall { resource: resource.0, day })
    }

    /// New bookings again. Caller: the host.
    pub fn reopen(&self, resource: ResourceId, day: u32) -> Call<abi::reopenCall> {
        self.call(abi::reopenCall { resource: resource.0, day })
    }

    /// No new bookings of these slots. Caller: the host.
    pub fn block_slots(&self, resource: ResourceId, day: u32, slots: SlotMask) -> Call<abi::blockSlotsCall> {
        self.call(abi::blockSlotsCall { resource: resource.0, day, mask: slots.word() })
    }

    /// New bookings of these slots again. Caller: the host.
    pub fn unblock_slots(&self, resource: ResourceId, day: u32, slots: SlotMask) -> Call<abi::unblockSlotsCall> {
        self.call(abi::unblockSlotsCall { resource: resource.0, day, mask: slots.word() })
    }

    /// Sets the rules for bookings from now on. Caller: the host.
    pub fn set_limits(&self, resource: ResourceId, limits: &Limits) -> Call<abi::setLimitsCall> {
        let limits = abi::Limits {
            maxOpen: limits.max_open,
            noticeSeconds: limits.notice_seconds,
            offerSeconds: limits.offer_seconds,
        };
        self.call(abi::setLimitsCall { resource: resource.0, limits })
    }

    /// Says that the patient has come. Caller: the host.
    pub fn check_in(&self, resource: ResourceId, at: Place) -> Call<abi::checkInCall> {
        self.call(abi::checkInCall { resource: resource.0, day: at.day, slot: at.slot, nonce: at.nonce })
    }

    /// Says that the appointment took place. Caller: the host.
    pub fn complete(&self, resource: ResourceId, at: Place) -> Call<abi::completeCall> {
        self.call(abi::completeCall { resource: resource.0, day: at.day, slot: at.slot, nonce: at.nonce })
    }

    /// Says that the patient did not come. Caller: the host.
    pub fn mark_no_show(&self, resource: ResourceId, at: Place) -> Call<abi::markNoShowCall> {
        self.call(abi::markNoShowCall { resource: resource.0, day: at.day, slot: at.slot, nonce: at.nonce })
    }

    /// Books a slot. Caller: a patient.
    pub fn book(&self, resource: ResourceId, day: u32, slot: u8, terms: &Terms) -> Call<abi::bookCall> {
        self.call(abi::bookCall { resource: resource.0, day, slot, terms: terms.into() })
    }

    /// Gives a booking up. Caller: its patient, or the host.
    pub fn cancel(&self, resource: ResourceId, at: Place) -> Call<abi::cancelCall> {
        self.call(abi::cancelCall { resource: resource.0, day: at.day, slot: at.slot, nonce: at.nonce })
    }

    /// Exchanges a booking for another slot of the same resource, or changes nothing. Caller: its patient.
    pub fn reschedule(
        &self,
        resource: ResourceId,
        at: Place,
        new_day: u32,
        new_slot: u8,
        terms: &Terms,
    ) -> Call<abi::rescheduleCall> {
        self.call(abi::rescheduleCall {
            resource: resource.0,
            day: at.day,
            slot: at.slot,
            nonce: at.nonce,
            newDay: new_day,
            newSlot: new_slot,
            terms: terms.into(),
        })
    }

    /// Waits for a slot of a full day. Caller: a patient.
    pub fn join_waiting_list(&self, resource: ResourceId, day: u32) -> Call<abi::joinWaitingListCall> {
        self.call(abi::joinWaitingListCall { resource: resource.0, day })
    }

    /// Waits no longer, and declines what is offered. Caller: who waits.
    pub fn leave_waiting_list(&self, resource: ResourceId, day: u32) -> Call<abi::leaveWaitingListCall> {
        self.call(abi::leaveWaitingListCall { resource: resource.0, day })
    }

    /// Books the slot that is offered to the caller.
    pub fn accept_offer(&self, resource: ResourceId, day: u32, slot: u8, terms: &Terms) -> Call<abi::acceptOfferCall> {
        self.call(abi::acceptOfferCall { resource: resource.0, day, slot, terms: terms.into() })
    }

    /// Moves an offer that ran out on by one. Caller: anyone.
    pub fn move_offer_on(&self, resource: ResourceId, day: u32, slot: u8) -> Call<abi::moveOfferOnCall> {
        self.call(abi::moveOfferOnCall { resource: resource.0, day, slot })
    }

    /// Stops counting a booking whose slot is over among the patient's open ones. Caller: anyone.
    pub fn lapse(&self, resource: ResourceId, at: Place) -> Call<abi::lapseCall> {
        self.call(abi::lapseCall { resource: resource.0, day: at.day, slot: at.slot, nonce: at.nonce })
    }

    /// Several verbs of this room in one transaction, by their [`Call::calldata`]: all of them or none.
    pub fn multicall(&self, data: Vec<Bytes>) -> Call<abi::multicallCall> {
        self.call(abi::multicallCall { data })
    }

    /// What [`Appointments::book`] by `patient` would answer now, and the slots that can be booked.
    pub async fn answer_for(
        &self,
        resource: ResourceId,
        day: u32,
        slot: u8,
        patient: Address,
    ) -> Result<(BookingAnswer, SlotMask)> {
        let known = self.call(abi::answerForCall { resource: resource.0, day, slot, patient }).ask().await?;
        Ok((known.answer.try_into()?, SlotMask::from(known.freeMask)))
    }

    /// The practitioner, or the owner of the machine.
    pub async fn host_of(&self, resource: ResourceId) -> Result<Address> {
        self.call(abi::hostOfCall { resource: resource.0 }).ask().await
    }

    /// The IANA name of the zone; none before the first day was opened.
    pub async fn zone_of(&self, resource: ResourceId) -> Result<Option<String>> {
        let word = self.call(abi::zoneOfCall { resource: resource.0 }).ask().await?;
        let name: Vec<u8> = word.into_iter().take_while(|byte| *byte != 0).collect();
        Ok((!name.is_empty()).then(|| String::from_utf8_lossy(&name).into_owned()))
    }

    /// The rules.
    pub async fn limits_of(&self, resource: ResourceId) -> Result<Limits> {
        let known = self.call(abi::limitsOfCall { resource: resource.0 }).ask().await?;
        Ok(Limits { max_open: known.maxOpen, notice_seconds: known.noticeSeconds, offer_seconds: known.offerSeconds })
    }

    /// The day, if it was opened.
    pub async fn day_of(&self, resource: ResourceId, day: u32) -> Result<Option<Day>> {
        let known = self.call(abi::dayOfCall { resource: resource.0, day }).ask().await?;
        Ok((known.count != 0).then(|| Day {
            first_at: known.firstAt.to(),
            slot_seconds: known.slotSeconds,
            count: known.count,
            closed: known.closed,
        }))
    }

    /// The slots that are booked, offered or used, and those that are blocked.
    pub async fn masks_of(&self, resource: ResourceId, day: u32) -> Result<(SlotMask, SlotMask)> {
        let known = self.call(abi::masksOfCall { resource: resource.0, day }).ask().await?;
        Ok((known.takenMask.into(), known.blockedMask.into()))
    }

    /// Who has a slot.
    pub async fn booking_of(&self, resource: ResourceId, day: u32, slot: u8) -> Result<SlotBooking> {
        let known = self.call(abi::bookingOfCall { resource: resource.0, day, slot }).ask().await?;
        Ok(SlotBooking {
            patient: (!known.patient.is_zero()).then_some(known.patient),
            status: known.status.try_into()?,
            nonce: known.nonce,
            until: known.until.to(),
            counted: known.counted,
        })
    }

    /// How many bookings of the patient count as open with this resource.
    pub async fn open_bookings_of(&self, resource: ResourceId, patient: Address) -> Result<u64> {
        let known: U256 = self.call(abi::openBookingsOfCall { resource: resource.0, patient }).ask().await?;
        Ok(known.saturating_to())
    }

    /// How many wait for the day, and who is next.
    pub async fn waiting_of(&self, resource: ResourceId, day: u32) -> Result<(u32, Option<Address>)> {
        let known = self.call(abi::waitingOfCall { resource: resource.0, day }).ask().await?;
        Ok((known.length, (!known.next.is_zero()).then_some(known.next)))
    }

    /// Whether the patient waits for the day, and the slot that is offered to it.
    pub async fn place_of(&self, resource: ResourceId, day: u32, patient: Address) -> Result<(bool, Option<u8>)> {
        let known = self.call(abi::placeOfCall { resource: resource.0, day, patient }).ask().await?;
        Ok((known.ticket != 0, known.offered.then_some(known.slot)))
    }
}

impl From<&NewDay> for abi::NewDay {
    fn from(day: &NewDay) -> Self {
        Self { day: day.day, firstAt: seconds(day.first_at), slotSeconds: day.slot_seconds, count: day.count }
    }
}

impl From<&Terms> for abi::Terms {
    fn from(terms: &Terms) -> Self {
        Self {
            startsAt: seconds(terms.starts_at),
            addressCommitment: terms.address.word(),
            patientCommitment: terms.patient.word(),
        }
    }
}
