//! Time zones: what a clock on the wall of a resource shows, and which instant is meant by it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::error::nearest_names;
use super::{CalendarError, Choice, Choices, CivilDate, ClockTime};

/// Names in the data that stand for no place and no time.
const NO_ZONES: [&str; 2] = ["Factory", "Etc/Unknown"];

/// A time zone of the IANA database, by its name there; any case is read, the database's own is written.
///
/// The data is the one that is bundled, never the machine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// One of the instants that a skipped or repeated time may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How to choose it.
    pub choice: Choice,
    /// What is then meant.
    pub instant: Timestamp,
    /// What the clocks show at that instant.
    pub civil: DateTime,
    /// How far they are ahead of UTC.
    pub offset: Offset,
}

impl Zone {
    /// All names, in alphabetical order.
    pub fn names() -> impl Iterator<Item = String> {
        let database = TimeZoneDatabase::bundled();
        let names: Vec<_> = database.available().map(|name| name.as_str().to_owned()).collect();
        names.into_iter().filter(|name| !NO_ZONES.contains(&name.as_str()))
    }

    /// Its name in the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the clocks show at an instant.
    pub fn civil(&self, instant: Timestamp) -> DateTime {
        self.zone.to_datetime(instant)
    }

    /// The date at an instant: today's, if the instant is now.
    pub fn date_at(&self, instant: Timestamp) -> Result<CivilDate, CalendarError> {
        CivilDate::new(self.civil(instant).date())
    }

    /// Where a date begins and where it ends, that is where the next one begins.
    ///
    /// Most dates have 24 hours. Some have 23 or 25, or 23½; one that was left out has none and is an error.
    pub fn bounds(&self, date: CivilDate) -> Result<Range<Timestamp>, CalendarError> {
        let begin = self.first_instant(date)?;
        let end = self.last_instant(date)?;
        if begin < end {
            return Ok(begin..end);
        }
        Err(CalendarError::DateSkipped { date, zone: self.name.clone() })
    }

    /// The instant at which clocks show `time` on `date`, with `choice` where there are two or none. 24:00 is the end
    /// of the date.
    ///
    /// A choice is ignored where nothing is to be chosen. It cannot lead to another date, as it would from 00:30 where
    /// clocks go from 00:00 to 01:00.
    pub fn instant(
        &self,
        date: CivilDate,
        time: ClockTime,
        choice: Option<Choice>,
    ) -> Result<Timestamp, CalendarError> {
        let bounds = self.bounds(date)?;
        if time == ClockTime::END_OF_DAY {
            return Ok(bounds.end);
        }
        let civil = time.on(date);
        let found = self.zone.to_ambiguous_timestamp(civil);
        if let AmbiguousOffset::Unambiguous { .. } = found.offset() {
            return found.unambiguous().map_err(|_| out_of_range(date));
        }
        let both = [(Choice::Earlier, found.earlier()), (Choice::Later, found.later())];
        let mut readings = Vec::with_capacity(2);
        for (choice, instant) in both {
            let reading = self.reading(choice, instant.map_err(|_| out_of_range(date))?);
            if reading.civil.date() == date.date() {
                readings.push(reading);
            }
        }
        if let Some(chosen) = readings.iter().find(|reading| Some(reading.choice) == choice) {
            return Ok(chosen.instant);
        }
        let zone = self.name.clone();
        let choices = Choices(readings);
        if matches!(found.offset(), AmbiguousOffset::Fold { .. }) {
            return Err(CalendarError::TimeRepeated { time, date, zone, choices });
        }
        let (last, first) = self.gap(found.earlier().map_err(|_| out_of_range(date))?);
        Err(CalendarError::TimeSkipped { time, date, zone, last, first, choices })
    }

    /// The time that clocks show at an instant: 09:00, and with its distance from UTC, 02:30+01:00, if it comes twice
    /// on its date.
    pub fn clock(&self, instant: Timestamp) -> String {
        let civil = self.civil(instant);
        let time = ClockTime::from(civil.time());
        if matches!(self.zone.to_ambiguous_timestamp(civil).offset(), AmbiguousOffset::Fold { .. }) {
            return format!("{time}{}", Ahead(self.zone.to_offset(instant)));
        }
        time.to_string()
    }

    fn reading(&self, choice: Choice, instant: Timestamp) -> Reading {
        Reading { choice, instant, civil: self.civil(instant), offset: self.zone.to_offset(instant) }
    }

    /// The first instant whose date is `date` or, if clocks skip that, a later one.
    fn first_instant(&self, date: CivilDate) -> Result<Timestamp, CalendarError> {
        let found = self.zone.to_ambiguous_timestamp(date.date().at(0, 0, 0, 0));
        let earlier = found.earlier().map_err(|_| out_of_range(date))?;
        // In a gap, the date begins where the clocks change.
        Ok(if is_gap(found.offset()) { self.change_after(earlier) } else { earlier })
    }

    /// Where `date` is over for good.
    fn last_instant(&self, date: CivilDate) -> Result<Timestamp, CalendarError> {
        let found = self.zone.to_ambiguous_timestamp(date.next().at(0, 0, 0, 0));
        let earlier = found.earlier().map_err(|_| out_of_range(date))?;
        match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Ok(earlier),
            AmbiguousOffset::Gap { .. } => Ok(self.change_after(earlier)),
            // From 00:01 back to 23:01, the old date returns; from 01:00 back to 00:00, it does not.
            AmbiguousOffset::Fold { .. } if self.civil(self.change_after(earlier)).date() > date.date() => Ok(earlier),
            AmbiguousOffset::Fold { .. } => found.later().map_err(|_| out_of_range(date)),
        }
    }

    /// What clocks show where they jump forward next after `instant`: the time that they leave, and the one they come
    /// to.
    fn gap(&self, instant: Timestamp) -> (DateTime, DateTime) {
        let change = self.change_after(instant);
        let before = self.zone.to_offset(instant).to_datetime(change);
        (before, self.civil(change))
    }

    /// The first change of clocks after an instant that is known to have one after it.
    fn change_after(&self, instant: Timestamp) -> Timestamp {
        let offset = self.zone.to_offset(instant);
        // A zone may change its name only.
        let mut changes = self.zone.following(instant);
        changes.find(|change| change.offset() != offset).map_or(instant, |change| change.timestamp())
    }
}

fn is_gap(offset: AmbiguousOffset) -> bool {
    matches!(offset, AmbiguousOffset::Gap { .. })
}

fn out_of_range(date: CivilDate) -> CalendarError {
    CalendarError::DateRange(date.to_string())
}

/// +01:00, as RFC 3339 writes it.
pub(super) struct Ahead(pub(super) Offset);

impl fmt::Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.seconds();
        let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if seconds % 60 > 0 { write!(f, ":{:02}", seconds % 60) } else { Ok(()) }
    }
}

impl FromStr for Zone {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let unknown = || CalendarError::UnknownZone { name: text.to_owned(), nearest: nearest_names(text) };
        let zone = TimeZoneDatabase::bundled().get(text).map_err(|_| unknown())?;
        let name = zone.iana_name().filter(|name| !NO_ZONES.contains(name)).ok_or_else(unknown)?.to_owned();
        Ok(Self { name, zone })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
