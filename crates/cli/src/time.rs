//! Times as people write and read them: ISO 8601, UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What the machine's clock says, in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Seconds since 1970 as `2026-01-31T08:00:00Z`; a time past the year 9999 does not come.
pub(crate) fn iso(seconds: u64) -> String {
    instant(seconds).map_or_else(|| "never".to_owned(), |time| time.to_string())
}

/// Seconds since 1970 as an instant, none past the year 9999.
pub(crate) fn instant(seconds: u64) -> Option<Timestamp> {
    i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// A day, `2026-01-31`.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no day: write it as 2026-01-31"))
}

/// The first second that the text means: `2026-01-31`, or an instant as `2026-01-31T08:00:00Z`.
pub(crate) fn first_second(text: &str) -> Result<u64, String> {
    read(text, |date| date.to_zoned(TimeZone::UTC).map(|start| start.timestamp()))
}

/// The last second that the text means: of `2026-01-31` that of the day, UTC.
pub(crate) fn last_second(text: &str) -> Result<u64, String> {
    read(text, |date| date.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).map(|end| end.timestamp()))
}

fn read(text: &str, of_day: impl FnOnce(Date) -> Result<Timestamp, jiff::Error>) -> Result<u64, String> {
    let time = match text.parse::<Timestamp>() {
        Ok(time) => Ok(time),
        Err(_) => text.parse::<Date>().and_then(of_day),
    };
    time.ok()
        .and_then(|time| u64::try_from(time.as_second()).ok())
        .ok_or_else(|| format!("`{text}` is no time: write a day as 2026-01-31, or an instant as 2026-01-31T08:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_from_its_first_to_its_last_second() {
        assert_eq!(iso(first_second("2026-01-31").unwrap()), "2026-01-31T00:00:00Z");
        assert_eq!(iso(last_second("2026-01-31").unwrap()), "2026-01-31T23:59:59Z");
        assert_eq!(last_second("2026-01-31T08:00:00Z"), first_second("2026-01-31T09:00:00+01:00"));
    }

    #[test]
    fn what_is_no_time_is_named() {
        for text in ["2026-02-30", "tomorrow", "1969-12-31", ""] {
            assert!(last_second(text).unwrap_err().starts_with(&format!("`{text}` is no time")));
        }
        assert_eq!(iso(u64::MAX), "never");
    }
}
