//! What can be wrong with a day, a slot, a time or a zone, and what to do about it.

use std::fmt;

use alloy_primitives::U256;
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::time::Seconds;
use super::zone::Ahead;
use super::{Choice, CivilDate, ClockTime, MAX_SLOTS, Reading, SlotLength, Zone};

/// Zones that an error proposes.
const PROPOSED: usize = 3;
/// A name that differs by more letters was not meant.
const FARTHEST: usize = 3;

/// A day, slot, time, zone or booking that does not work out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// A name that is not in the IANA database.
    #[error("`{name}` is not a time zone: {nearest}")]
    UnknownZone {
        /// The name.
        name: String,
        /// Zones that may have been meant.
        nearest: Suggestions,
    },
    /// Text that is no date.
    #[error("`{0}` is not a date: write year-month-day, as 2026-11-03")]
    MalformedDate(String),
    /// A date that nothing can be opened on.
    #[error("{0} is out of range: appointments are from 1970-01-01 to 9998-12-31")]
    DateRange(String),
    /// A number that stands for no date.
    #[error("{0} is not the number of a day: days are counted from 1970-01-01 and end with 9998-12-31 (2932531)")]
    DayNumber(u32),
    /// A date that clocks left out.
    #[error(
        "there was no {date} in {zone}, where clocks were put from the date before to the one after: \
         choose another date"
    )]
    DateSkipped {
        /// The date.
        date: CivilDate,
        /// The zone.
        zone: String,
    },
    /// Text that is no time of day.
    #[error(
        "`{0}` is not a time of day: write hours and minutes on a clock of 24 hours, as 09:00 (closing may be 24:00)"
    )]
    MalformedTime(String),
    /// Neither earlier nor later.
    #[error("`{0}` is no choice between two times: write `earlier` or `later`")]
    MalformedChoice(String),
    /// A time that no clock shows on that date.
    #[error(
        "no clock shows {time} on {date} in {zone}, where clocks go from {} to {}: choose {choices}",
        ClockTime::from(last.time()), ClockTime::from(first.time())
    )]
    TimeSkipped {
        /// The time.
        time: ClockTime,
        /// The date.
        date: CivilDate,
        /// The zone.
        zone: String,
        /// What clocks would have shown next, had they not been changed.
        last: DateTime,
        /// What they showed instead.
        first: DateTime,
        /// What may be meant.
        choices: Choices,
    },
    /// A time that clocks show twice on that date.
    #[error("clocks show {time} twice on {date} in {zone}: choose {choices}")]
    TimeRepeated {
        /// The time.
        time: ClockTime,
        /// The date.
        date: CivilDate,
        /// The zone.
        zone: String,
        /// What may be meant.
        choices: Choices,
    },
    /// Text that is no length of a slot.
    #[error("`{0}` is not the length of a slot: write whole minutes or hours up to 24h, as 20m or 1h30m")]
    SlotLength(String),
    /// A first slot at 24:00.
    #[error("no slot begins at 24:00, where {0} ends: open the next date at 00:00")]
    OpensAtEnd(CivilDate),
    /// A day that closes before it opens.
    #[error(
        "the day closes at {to}, which is not after {from}, when it opens: close later, \
         and open the next date for what is after midnight"
    )]
    ClosesTooEarly {
        /// When it opens.
        from: ClockTime,
        /// When it closes.
        to: ClockTime,
    },
    /// A day without slots.
    #[error("a day has at least one slot: say how many, or leave the day closed")]
    NoSlots,
    /// More slots than a mask has bits.
    #[error("{count} slots are more than the {MAX_SLOTS} of a day: make slots longer, or open fewer")]
    TooManySlots {
        /// How many were asked for.
        count: u64,
    },
    /// Opening hours that slots do not fill.
    #[error("{} from {from} to {to} are not a whole number of slots of {length}: close at {nearest}", Seconds(*open))]
    Uneven {
        /// When the day opens.
        from: ClockTime,
        /// When it was to close.
        to: ClockTime,
        /// The time between them, in seconds.
        open: i64,
        /// The length of a slot.
        length: SlotLength,
        /// Closing times that work.
        nearest: String,
    },
    /// Slots that do not end with their date.
    #[error(
        "{count} slots of {length} from {from} do not end on {date}, which has {} in {zone}: {fit} fit; \
         open the next date for the others",
        Seconds(*hours)
    )]
    DoesNotFit {
        /// How many slots.
        count: u16,
        /// The length of a slot.
        length: SlotLength,
        /// When the first begins.
        from: ClockTime,
        /// The date.
        date: CivilDate,
        /// The length of the date, in seconds.
        hours: i64,
        /// The zone.
        zone: String,
        /// How many would fit.
        fit: u64,
    },
    /// Two days of a resource at the same time.
    #[error(
        "the day {day} would run from {begin} to {end}, while the day {other} is open from {other_begin} to \
         {other_end}: open at another time, or close {other} first"
    )]
    Overlap {
        /// The new day.
        day: CivilDate,
        /// When it begins.
        begin: Timestamp,
        /// When it ends.
        end: Timestamp,
        /// The day that is open already.
        other: CivilDate,
        /// When that begins.
        other_begin: Timestamp,
        /// When that ends.
        other_end: Timestamp,
    },
    /// A slot that the day does not have.
    #[error("{date} has no slot {slot}: its slots are 0 to {last}, from {opens} to {closes}")]
    SlotOutside {
        /// The date.
        date: CivilDate,
        /// The slot asked for.
        slot: u64,
        /// The last slot.
        last: u8,
        /// When the first begins.
        opens: String,
        /// When the last ends.
        closes: String,
    },
    /// A time outside the opening hours.
    #[error("{time} is not within {date}, which is open from {opens} to {closes}: choose a time between them")]
    TimeOutside {
        /// The time.
        time: ClockTime,
        /// The date.
        date: CivilDate,
        /// When the day opens.
        opens: String,
        /// When it closes.
        closes: String,
    },
    /// A time within the opening hours at which no slot begins.
    #[error("no slot begins at {time} on {date}: choose {nearest}")]
    NotAStart {
        /// The time.
        time: ClockTime,
        /// The date.
        date: CivilDate,
        /// The starts around it.
        nearest: String,
    },
    /// A day of which every slot has begun.
    #[error("{date} is past: its last slot began at {last}, and now is {now}; choose a later date")]
    DayPast {
        /// The date.
        date: CivilDate,
        /// The start of its last slot.
        last: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A slot that has begun.
    #[error("slot {slot} on {date} began at {start}, and now is {now}: choose a later slot")]
    SlotPast {
        /// The date.
        date: CivilDate,
        /// The slot.
        slot: u8,
        /// When it began.
        start: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// A mask with bits beyond the last slot.
    #[error("the mask {mask:#x} names slot {slot}, and {date} has {count}: this is the mask of another day")]
    MaskOutside {
        /// The mask.
        mask: U256,
        /// The first slot that is not there.
        slot: u8,
        /// The date.
        date: CivilDate,
        /// How many slots there are.
        count: u16,
    },
    /// What the chain tells of a day is no time.
    #[error("second {0} is out of range: appointments are from 1970-01-01 to 9998-12-31")]
    SecondRange(u64),
    /// A salt that is none. It is not repeated.
    #[error("this is not a salt: 64 hexadecimal digits of randomness, which are not all zero, are expected")]
    Salt,
    /// Nothing to commit to.
    #[error("there is nothing to commit to: give the text that the commitment is to hide")]
    NothingToCommit,
}

/// Zones that may have been meant by a name, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestions(pub Vec<String>);

impl fmt::Display for Suggestions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("write area and city of the IANA database, as Europe/Vienna, or UTC"),
            names => {
                f.write_str("did you mean ")?;
                write_list(f, names, " or ")?;
                f.write_str("?")
            }
        }
    }
}

/// The readings of a time that clocks skip or repeat: two, or one if the other lies on another date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices(pub Vec<Reading>);

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = Vec::with_capacity(self.0.len());
        for Reading { choice, instant, civil, offset } in &self.0 {
            told.push(format!("`{choice}` ({}{}, {instant})", ClockTime::from(civil.time()), Ahead(*offset)));
        }
        if told.is_empty() {
            return f.write_str("another time");
        }
        write_list(f, &told, " or ")
    }
}

impl Choices {
    /// The instant of a choice.
    pub fn instant(&self, choice: Choice) -> Option<Timestamp> {
        self.0.iter().find(|reading| reading.choice == choice).map(|reading| reading.instant)
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn write_list(f: &mut impl fmt::Write, items: &[String], last: &str) -> fmt::Result {
    for (place, item) in items.iter().enumerate() {
        let joint = match place {
            0 => "",
            _ if place + 1 == items.len() => last,
            _ => ", ",
        };
        write!(f, "{joint}{item}")?;
    }
    Ok(())
}

/// The names of zones that differ least from `text`, and by few letters, in whole or in their last part: a city alone
/// finds its zone.
pub(super) fn nearest_names(text: &str) -> Suggestions {
    let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
    let sought = plain(text.trim());
    // Nobody means by a text of a line's length a name of thirty letters.
    if sought.is_empty() || sought.len() > 64 {
        return Suggestions(Vec::new());
    }
    let mut near: Vec<_> = Zone::names()
        .filter_map(|name| {
            let whole = plain(&name);
            let city = whole.rsplit('/').next().unwrap_or_default();
            let steps = [whole.as_str(), city].map(|known| strsim::damerau_levenshtein(known, &sought));
            let steps = steps.into_iter().min().unwrap_or(usize::MAX);
            // Of three letters, two wrong ones leave nothing.
            (steps <= FARTHEST.min(sought.chars().count() / 3)).then_some((steps, name))
        })
        .collect();
    near.sort();
    // Where one is nearer than the others, the others are not meant.
    let nearest = near.first().map_or(0, |(steps, _)| *steps);
    near.retain(|(steps, _)| *steps == nearest);
    near.truncate(PROPOSED);
    Suggestions(near.into_iter().map(|(_, name)| name).collect())
}
