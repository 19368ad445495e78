//! Days and slots of appointments: civil time to UTC and back, masks of slots, the booking hash, and iCalendar files.
//!
//! A resource, that is a practitioner or a machine, opens a day as a row of up to 256 slots of one length. The chain
//! keeps of it the number of the day, the UTC second where the first slot begins, the length and the count; it knows no
//! time zone. All that has to do with zones is therefore done here, with the zone data that `jiff` bundles: the
//! machine's own may be older, newer or missing, and two people would not see the same time.
//!
//! # Daylight saving
//!
//! - Slots follow each other in elapsed time from the first one on, whatever the clocks on the wall do meanwhile.
//! - A time that the clocks skip or repeat names no instant: [`CalendarError::TimeSkipped`] and
//!   [`CalendarError::TimeRepeated`] say what there is to choose from, and a [`Choice`] chooses.
//! - A date has the hours that it has, 23 or 25 on two days of most years: slots must end when their date ends
//!   ([`Zone::bounds`]). A night that goes on after midnight is two days.
//!
//! # What the chain keeps
//!
//! | value | here | on chain |
//! |---|---|---|
//! | the day | [`CivilDate::day_number`]: days since 1970-01-01, in the resource's own zone | `uint32` |
//! | the first slot | [`DayPlan::first_second`]: seconds since 1970-01-01T00:00:00Z | `uint40` is enough |
//! | sets of slots | [`SlotMask`]: bit *i* from the lowest is slot *i* | `uint256` |
//!
//! ```
//! use theriac_core::calendar::{Availability, DayPlan, SlotMask, Zone};
//!
//! let zone: Zone = "Europe/Vienna".parse()?;
//! let day = DayPlan::between(zone, "2026-11-03".parse()?, "09:00".parse()?, "17:00".parse()?, None, "20m".parse()?)?;
//! assert_eq!((day.count(), day.first_second()), (24, 1_793_692_800));
//!
//! let booked = SlotMask::from_iter([4, 5]);
//! let shown = Availability::new(day, booked, SlotMask::EMPTY, SlotMask::EMPTY)?;
//! assert_eq!(shown.to_string(), "09:00–10:20 free, 10:20–11:00 booked, 11:00–17:00 free");
//! # Ok::<(), theriac_core::calendar::CalendarError>(())
//! ```

mod booking;
mod date;
mod error;
mod ics;
mod mask;
mod plan;
mod slots;
mod time;
mod zone;

pub use booking::{Booking, Commitment, CommitmentSalt};
pub use date::CivilDate;
pub use error::{CalendarError, Choices, Suggestions};
pub use ics::{Appointment, AppointmentKey, ResourceKind, Status, to_icalendar};
pub use mask::SlotMask;
pub use plan::{DayPlan, MAX_SLOTS, Slot, overlap};
pub use slots::{Availability, SlotState};
pub use time::{Choice, ClockTime, SlotLength};
pub use zone::{Reading, Zone};

#[cfg(test)]
mod tests;
