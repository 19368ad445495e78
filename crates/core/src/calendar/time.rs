//! Times of day as people write them, lengths of slots, and the choice between two readings of one time.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};

use super::{CalendarError, CivilDate};

pub(super) const DAY: u32 = 86_400;

/// A time on a clock of 24 hours, from 00:00 to 24:00; written as 09:00, or 09:00:30 where seconds matter.
///
/// 24:00 is the end of its date, so a day can close at it and no slot can begin at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockTime {
    /// Since 00:00, were there no change of clocks.
    seconds: u32,
}

impl ClockTime {
    /// 24:00.
    pub const END_OF_DAY: Self = Self { seconds: DAY };

    /// What such a clock shows on `date`.
    pub(super) fn on(self, date: CivilDate) -> DateTime {
        let midnight = date.date().at(0, 0, 0, 0);
        midnight
            .checked_add(SignedDuration::from_secs(self.seconds.into()))
            .expect("the last date has another after it")
    }
}

impl From<Time> for ClockTime {
    /// The time, without its fraction of a second.
    fn from(time: Time) -> Self {
        let seconds = time.duration_since(Time::midnight()).as_secs();
        Self { seconds: u32::try_from(seconds).expect("a day has few seconds") }
    }
}

impl FromStr for ClockTime {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let wrong = || CalendarError::MalformedTime(text.to_owned());
        let parts: Vec<_> = text.split(':').collect();
        if !matches!(parts.len(), 2 | 3) || parts.iter().any(|part| part.len() != 2) {
            return Err(wrong());
        }
        let mut numbers = [0_u32; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            // `u32` reads a sign, too.
            *number =
                part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten().ok_or_else(wrong)?;
        }
        let [hours, minutes, seconds] = numbers;
        let time = Self { seconds: hours * 3600 + minutes * 60 + seconds };
        if minutes < 60 && seconds < 60 && time <= Self::END_OF_DAY { Ok(time) } else { Err(wrong()) }
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds } = self;
        write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if seconds % 60 > 0 { write!(f, ":{:02}", seconds % 60) } else { Ok(()) }
    }
}

/// Which instant a time means that the clocks of a date skip or repeat.
///
/// 02:30 skipped between 02:00 and 03:00 is, taken as the earlier one, 01:30, and taken as the later one, 03:30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The instant that comes first.
    Earlier,
    /// The instant that comes last.
    Later,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Earlier => "earlier",
            Self::Later => "later",
        })
    }
}

impl FromStr for Choice {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        match text {
            "earlier" => Ok(Self::Earlier),
            "later" => Ok(Self::Later),
            _ => Err(CalendarError::MalformedChoice(text.to_owned())),
        }
    }
}

/// How long a slot lasts: whole seconds, from one to a day of 24 hours; written as 20m, 1h30m or PT20M (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotLength {
    seconds: u32,
}

impl SlotLength {
    /// A length of so many seconds.
    pub fn of_seconds(seconds: u32) -> Result<Self, CalendarError> {
        if (1..=DAY).contains(&seconds) {
            Ok(Self { seconds })
        } else {
            Err(CalendarError::SlotLength(format!("{seconds}s")))
        }
    }

    /// Its seconds.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }
}

impl FromStr for SlotLength {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let wrong = || CalendarError::SlotLength(text.to_owned());
        let duration = text.parse::<SignedDuration>().map_err(|_| wrong())?;
        let seconds = u32::try_from(duration.as_secs()).ok().filter(|_| duration.subsec_nanos() == 0);
        Self::of_seconds(seconds.ok_or_else(wrong)?).map_err(|_| wrong())
    }
}

impl fmt::Display for SlotLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_duration(f, self.seconds.into())
    }
}

/// 8h, 20m, 1h 30m.
pub(super) fn write_duration(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    write!(f, "{:#}", SignedDuration::from_secs(seconds))
}

/// A stretch of time in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds(pub(super) i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_duration(f, self.0)
    }
}
