//! What is free on a day, and what is not.

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;

use super::{CalendarError, DayPlan, SlotMask};

/// What a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotState {
    /// Nobody has it.
    Free,
    /// Somebody has it.
    Booked,
    /// It is on offer to somebody who waits.
    Held,
    /// The resource took it out.
    Blocked,
}

impl fmt::Display for SlotState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "free",
            Self::Booked => "booked",
            Self::Held => "held",
            Self::Blocked => "blocked",
        })
    }
}

/// The slots of a day with their states. None of the sets names a slot that the day does not have.
///
/// A slot in several sets has one state: booked comes before held, held before blocked. It prints as
/// `09:00–10:20 free, 10:20–10:40 booked`, in the time of the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    plan: DayPlan,
    booked: SlotMask,
    held: SlotMask,
    blocked: SlotMask,
}

impl Availability {
    /// A day and its sets.
    pub fn new(plan: DayPlan, booked: SlotMask, held: SlotMask, blocked: SlotMask) -> Result<Self, CalendarError> {
        for mask in [booked, held, blocked] {
            if let Some(slot) = (mask - plan.all()).iter().next() {
                let (date, count) = (plan.date(), plan.count());
                return Err(CalendarError::MaskOutside { mask: mask.word(), slot, date, count });
            }
        }
        Ok(Self { plan, booked, held, blocked })
    }

    /// The day.
    pub const fn plan(&self) -> &DayPlan {
        &self.plan
    }

    /// The slots that nobody has.
    pub fn free(&self) -> SlotMask {
        self.of(SlotState::Free)
    }

    /// Those of them that can still be booked.
    pub fn free_at(&self, now: Timestamp) -> SlotMask {
        self.free() - self.plan.past(now)
    }

    /// The slots in a state.
    pub fn of(&self, state: SlotState) -> SlotMask {
        match state {
            SlotState::Free => self.plan.all() - self.booked - self.held - self.blocked,
            SlotState::Booked => self.booked,
            SlotState::Held => self.held - self.booked,
            SlotState::Blocked => self.blocked - self.booked - self.held,
        }
    }

    /// The state of a slot.
    pub fn state(&self, slot: u64) -> Result<SlotState, CalendarError> {
        let slot = self.plan.slot(slot)?.index;
        let states = [SlotState::Booked, SlotState::Held, SlotState::Blocked];
        Ok(states.into_iter().find(|&state| self.of(state).contains(slot)).unwrap_or(SlotState::Free))
    }

    /// The stretches of slots in one state, in order; together they are the day.
    pub fn runs(&self) -> Vec<(Range<u16>, SlotState)> {
        let states = [SlotState::Free, SlotState::Booked, SlotState::Held, SlotState::Blocked];
        let mut runs: Vec<_> =
            states.into_iter().flat_map(|state| self.of(state).ranges().map(move |range| (range, state))).collect();
        runs.sort_by_key(|(range, _)| range.start);
        runs
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (range, state)) in self.runs().into_iter().enumerate() {
            let joint = if place > 0 { ", " } else { "" };
            write!(f, "{joint}{} {state}", self.plan.label(range))?;
        }
        Ok(())
    }
}
