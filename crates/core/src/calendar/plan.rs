//! The slots of one day of a resource.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::error::write_list;
use super::{CalendarError, Choice, CivilDate, ClockTime, SlotLength, SlotMask, Zone};

/// Slots of a day, at most: the bits of a word on chain.
pub const MAX_SLOTS: u16 = 256;

/// One day of a resource: its slots, which follow each other without a pause.
///
/// A plan that was made here begins on its date and ends with it at the latest. One that was read from the chain is
/// taken as it stands: the chain cannot know zones, so another program may have opened something else there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayPlan {
    zone: Zone,
    date: CivilDate,
    first: Timestamp,
    length: SlotLength,
    count: u16,
}

/// A slot: its place in the day, where it begins, and where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    /// 0 is the first.
    pub index: u8,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
}

impl Slot {
    /// When it begins, in seconds since 1970-01-01T00:00:00Z.
    pub fn start_second(&self) -> u64 {
        second(self.start)
    }
}

impl DayPlan {
    /// `count` slots from `first` on; `choice` says which `first` is meant if clocks skip or repeat it.
    pub fn new(
        zone: Zone,
        date: CivilDate,
        first: ClockTime,
        choice: Option<Choice>,
        length: SlotLength,
        count: u16,
    ) -> Result<Self, CalendarError> {
        check_count(count.into())?;
        let begin = opening(&zone, date, first, choice)?;
        let bounds = zone.bounds(date)?;
        let fit = seconds_between(begin, bounds.end) / i64::from(length.seconds());
        if i64::from(count) > fit {
            let hours = seconds_between(bounds.start, bounds.end);
            let (zone, fit) = (zone.name().to_owned(), fit.unsigned_abs());
            return Err(CalendarError::DoesNotFit { count, length, from: first, date, hours, zone, fit });
        }
        Ok(Self { zone, date, first: begin, length, count })
    }

    /// As many slots as there are between two times; `choice` is for both of them.
    ///
    /// The time between them is what a stopwatch shows: from 00:00 to 03:00 it may be two or four hours. Where slots do
    /// not fill it, the error names the closing times next to `to` that would do.
    pub fn between(
        zone: Zone,
        date: CivilDate,
        from: ClockTime,
        to: ClockTime,
        choice: Option<Choice>,
        length: SlotLength,
    ) -> Result<Self, CalendarError> {
        let begin = opening(&zone, date, from, choice)?;
        let open = seconds_between(begin, zone.instant(date, to, choice)?);
        if open <= 0 {
            return Err(CalendarError::ClosesTooEarly { from, to });
        }
        let step = i64::from(length.seconds());
        if open % step != 0 {
            let nearest = closing_times(&zone, date, begin, length, open)?;
            return Err(CalendarError::Uneven { from, to, open, length, nearest });
        }
        let count = check_count((open / step).unsigned_abs())?;
        Ok(Self { zone, date, first: begin, length, count })
    }

    /// A day as the chain keeps it: its number, the UTC second where its first slot begins, seconds of a slot, and
    /// slots.
    pub fn of_chain(
        zone: Zone,
        day: u32,
        first_second: u64,
        slot_seconds: u32,
        count: u16,
    ) -> Result<Self, CalendarError> {
        let date = CivilDate::of_day_number(day)?;
        let length = SlotLength::of_seconds(slot_seconds)?;
        let count = check_count(count.into())?;
        let out_of_range = || CalendarError::SecondRange(first_second);
        let first = i64::try_from(first_second).ok().and_then(|second| Timestamp::from_second(second).ok());
        let first = first.ok_or_else(out_of_range)?;
        // The slots must have instants, too.
        if first > Timestamp::MAX - SignedDuration::from_secs(i64::from(length.seconds()) * i64::from(MAX_SLOTS)) {
            return Err(out_of_range());
        }
        Ok(Self { zone, date, first, length, count })
    }

    /// The zone of its resource.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Its date in that zone.
    pub const fn date(&self) -> CivilDate {
        self.date
    }

    /// How long each slot is.
    pub const fn length(&self) -> SlotLength {
        self.length
    }

    /// How many slots there are, 1 to 256.
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// Where the first slot begins, in seconds since 1970-01-01T00:00:00Z.
    pub fn first_second(&self) -> u64 {
        second(self.first)
    }

    /// Where the first slot begins.
    pub const fn start(&self) -> Timestamp {
        self.first
    }

    /// Where the last slot ends.
    pub fn end(&self) -> Timestamp {
        self.edge(self.count)
    }

    /// The set of all its slots.
    pub fn all(&self) -> SlotMask {
        SlotMask::first(self.count)
    }

    /// A slot by its index.
    pub fn slot(&self, index: u64) -> Result<Slot, CalendarError> {
        let known = u16::try_from(index).ok().filter(|&index| index < self.count);
        known.map(|index| self.at(index)).ok_or_else(|| CalendarError::SlotOutside {
            date: self.date,
            slot: index,
            last: self.last().index,
            opens: self.clock(self.first),
            closes: self.clock(self.end()),
        })
    }

    /// All slots, in order.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = Slot> {
        (0..self.count).map(|index| self.at(index))
    }

    /// The slot that begins when clocks show `time`.
    pub fn slot_at(&self, time: ClockTime, choice: Option<Choice>) -> Result<Slot, CalendarError> {
        let after = seconds_between(self.first, self.zone.instant(self.date, time, choice)?);
        let step = i64::from(self.length.seconds());
        if !(0..step * i64::from(self.count)).contains(&after) {
            let (opens, closes) = (self.clock(self.first), self.clock(self.end()));
            return Err(CalendarError::TimeOutside { time, date: self.date, opens, closes });
        }
        let slot = self.at(u16::try_from(after / step).expect("the time is within the day"));
        if after % step == 0 {
            return Ok(slot);
        }
        let mut near = vec![self.clock(slot.start)];
        near.extend((slot.end < self.end()).then(|| self.clock(slot.end)));
        Err(CalendarError::NotAStart { time, date: self.date, nearest: list(&near) })
    }

    /// Whether a slot begins before `now`, so that it can no longer be booked.
    pub fn is_past(&self, slot: &Slot, now: Timestamp) -> bool {
        slot.start < now
    }

    /// The slots that begin before `now`.
    pub fn past(&self, now: Timestamp) -> SlotMask {
        self.slots().filter(|slot| self.is_past(slot, now)).map(|slot| slot.index).collect()
    }

    /// Refuses a slot that begins before `now`.
    pub fn refuse_past_slot(&self, slot: &Slot, now: Timestamp) -> Result<(), CalendarError> {
        if !self.is_past(slot, now) {
            return Ok(());
        }
        Err(CalendarError::SlotPast { date: self.date, slot: slot.index, start: slot.start, now })
    }

    /// Refuses a day of which no slot could be booked, since all begin before `now`.
    pub fn refuse_past(&self, now: Timestamp) -> Result<(), CalendarError> {
        let last = self.last();
        if !self.is_past(&last, now) {
            return Ok(());
        }
        Err(CalendarError::DayPast { date: self.date, last: last.start, now })
    }

    /// Refuses a day that runs at the same time as one of `others`, which are of the same resource.
    pub fn refuse_overlap<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Result<(), CalendarError> {
        let Some(other) = others.into_iter().find(|other| overlap(self, other)) else { return Ok(()) };
        Err(CalendarError::Overlap {
            day: self.date,
            begin: self.first,
            end: self.end(),
            other: other.date,
            other_begin: other.first,
            other_end: other.end(),
        })
    }

    /// Slots as a stretch of civil time, 09:00–10:20; it is empty for no slots. Slots that the day does not have are
    /// left out.
    pub fn label(&self, slots: Range<u16>) -> String {
        let end = slots.end.min(self.count);
        if slots.start >= end {
            return String::new();
        }
        format!("{}–{}", self.clock(self.edge(slots.start)), self.clock(self.edge(end)))
    }

    /// What clocks show at an instant of the day: 09:00, 24:00 at the end of its date, with the date if it is another.
    pub fn clock(&self, instant: Timestamp) -> String {
        if self.zone.bounds(self.date).is_ok_and(|bounds| bounds.end == instant) {
            return ClockTime::END_OF_DAY.to_string();
        }
        let (date, clock) = (self.zone.civil(instant).date(), self.zone.clock(instant));
        if date == self.date.date() { clock } else { format!("{date} {clock}") }
    }

    fn at(&self, index: u16) -> Slot {
        let place = u8::try_from(index).expect("a day has at most 256 slots");
        Slot { index: place, start: self.edge(index), end: self.edge(index + 1) }
    }

    fn last(&self) -> Slot {
        self.at(self.count - 1)
    }

    /// Where the slot `index` begins, be it one after the last.
    fn edge(&self, index: u16) -> Timestamp {
        self.first + SignedDuration::from_secs(i64::from(index) * i64::from(self.length.seconds()))
    }
}

/// Whether two days share an instant. One that begins where the other ends shares none.
pub fn overlap(a: &DayPlan, b: &DayPlan) -> bool {
    a.first < b.end() && b.first < a.end()
}

fn check_count(count: u64) -> Result<u16, CalendarError> {
    match u16::try_from(count) {
        Ok(0) => Err(CalendarError::NoSlots),
        Ok(count) if count <= MAX_SLOTS => Ok(count),
        _ => Err(CalendarError::TooManySlots { count }),
    }
}

fn opening(zone: &Zone, date: CivilDate, time: ClockTime, choice: Option<Choice>) -> Result<Timestamp, CalendarError> {
    if time == ClockTime::END_OF_DAY {
        return Err(CalendarError::OpensAtEnd(date));
    }
    let instant = zone.instant(date, time, choice)?;
    // East of Greenwich, the first day of all begins before the first second.
    if instant < Timestamp::UNIX_EPOCH { Err(CalendarError::DateRange(date.to_string())) } else { Ok(instant) }
}

/// The times before and after `open` seconds at which the last slot would end; those on the date, and with a slot at
/// least.
fn closing_times(
    zone: &Zone,
    date: CivilDate,
    begin: Timestamp,
    length: SlotLength,
    open: i64,
) -> Result<String, CalendarError> {
    let bounds = zone.bounds(date)?;
    let step = i64::from(length.seconds());
    let mut times = Vec::new();
    for count in [open / step, open / step + 1] {
        let end = begin + SignedDuration::from_secs(count * step);
        if !(1..=i64::from(MAX_SLOTS)).contains(&count) || end > bounds.end {
            continue;
        }
        let clock = if end == bounds.end { ClockTime::END_OF_DAY.to_string() } else { zone.clock(end) };
        times.push(format!("{clock} ({count} {})", if count == 1 { "slot" } else { "slots" }));
    }
    if times.is_empty() { Ok("another time, or choose another length".to_owned()) } else { Ok(list(&times)) }
}

fn list(items: &[String]) -> String {
    let mut text = String::new();
    write_list(&mut text, items, " or ").expect("a string takes all");
    text
}

fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}

fn second(instant: Timestamp) -> u64 {
    u64::try_from(instant.as_second()).expect("no day begins before the epoch")
}
