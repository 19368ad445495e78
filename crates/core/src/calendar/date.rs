//! A date on the calendar of a resource, and its number on chain.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};

use super::CalendarError;

/// The date that has the number 0.
const EPOCH: Date = date(1970, 1, 1);
/// Instants end with the year 9999, whose last hours have no instant in every zone.
const LAST: Date = date(9998, 12, 31);

/// A date in the zone of a resource, from 1970-01-01 to 9998-12-31; written as 2026-11-03 (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CivilDate(Date);

impl CivilDate {
    /// The date, if it is in the range.
    pub fn new(date: Date) -> Result<Self, CalendarError> {
        if (EPOCH..=LAST).contains(&date) { Ok(Self(date)) } else { Err(CalendarError::DateRange(date.to_string())) }
    }

    /// The date with this number.
    pub fn of_day_number(number: u32) -> Result<Self, CalendarError> {
        let days = jiff::SignedDuration::from_hours(24 * i64::from(number));
        let date = EPOCH.checked_add(days).map_err(|_| CalendarError::DayNumber(number))?;
        Self::new(date).map_err(|_| CalendarError::DayNumber(number))
    }

    /// Days since 1970-01-01 on the same calendar, as the chain numbers days.
    pub fn day_number(self) -> u32 {
        let days = self.0.duration_since(EPOCH).as_hours() / 24;
        u32::try_from(days).expect("no date is before the epoch")
    }

    /// The same date for `jiff`.
    pub const fn date(self) -> Date {
        self.0
    }

    /// The date after this one, which may be after the last.
    pub(super) fn next(self) -> Date {
        self.0.tomorrow().expect("the last date has another after it")
    }
}

impl FromStr for CivilDate {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        date.map_or_else(|| Err(CalendarError::MalformedDate(text.to_owned())), Self::new)
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
