//! Dates on labels: two-digit years, months without a day, days of the year.
//!
//! All functions are pure: who calls says which year it is now, because two digits mean another century to another
//! reader (GS1 General Specifications §7.12).

use jiff::civil::{Date, DateTime, Time, date};

/// A date on a label that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// Not digits, or not as many as the form has.
    #[error("`{text}` is not a date written as {form}")]
    Form {
        /// What was given.
        text: String,
        /// The form that it should have, as in `YYMMDD`.
        form: &'static str,
    },
    /// A day that the calendar does not have.
    #[error("`{text}` ({form}) is not a day of the calendar")]
    NoSuchDay {
        /// What was given.
        text: String,
        /// The form that was read.
        form: &'static str,
    },
    /// Day 00, where the exact day is required.
    #[error("`{text}` ({form}) has day 00, but this field must name the exact day")]
    DayMissing {
        /// What was given.
        text: String,
        /// The form that was read.
        form: &'static str,
    },
    /// An hour or minute that the clock does not have.
    #[error("`{text}` ({form}) is not a time of day")]
    NoSuchTime {
        /// What was given.
        text: String,
        /// The form that was read.
        form: &'static str,
    },
}

/// The year that `two_digits` mean for a reader in `current_year`: the one of that ending nearest to now, from 49
/// years back to 50 years ahead (§7.12).
pub fn year_of(two_digits: u8, current_year: i16) -> i16 {
    // Saturating, because a caller may hand in any year; at the ends of i16 the calendar refuses the result.
    let century = current_year.saturating_sub(current_year.rem_euclid(100));
    let year = century.saturating_add(i16::from(two_digits % 100));
    match year.saturating_sub(current_year) {
        51.. => year.saturating_sub(100),
        ..=-50 => year.saturating_add(100),
        _ => year,
    }
}

/// The last second of `day`, UTC, as seconds since 1970: an item that expires on `day` is expired when the clock is
/// greater than this.
pub fn expiry_at(day: Date) -> i64 {
    expiry_at_time(day.at(23, 59, 59, 0))
}

/// The seconds since 1970 of `moment`, taken as UTC, for labels that also tell the hour of expiry.
pub fn expiry_at_time(moment: DateTime) -> i64 {
    moment.duration_since(DateTime::from_parts(date(1970, 1, 1), Time::midnight())).as_secs()
}

/// `YYMMDD`, as GS1 writes dates. The century is lost: see [`year_of`].
pub fn to_yymmdd(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day())
}

/// Whether day 00 may stand for the last day of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayZero {
    /// Day 00 is the last day of the month.
    LastOfMonth,
    /// Day 00 is refused.
    Refused,
}

/// Reads the six digits of AIs (11) to (17) and (7003).
pub fn parse_yymmdd(text: &str, day_zero: DayZero, current_year: i16) -> Result<Date, DateError> {
    let form = "YYMMDD";
    let [year, month, day] = fields(text, [2, 2, 2], form)?;
    let year = year_of(year as u8, current_year);
    calendar_day(text, form, year, month, day, day_zero)
}

/// Checks what can be checked of `YYMMDD` without knowing the century: 29 February is let through in every year
/// that is a multiple of four.
pub(crate) fn check_yymmdd(text: &str, day_zero: DayZero) -> Result<(), DateError> {
    parse_yymmdd(text, day_zero, 2000).map(drop)
}

/// Reads `YYYYMMDD`.
pub(crate) fn parse_yyyymmdd(text: &str) -> Result<Date, DateError> {
    let form = "YYYYMMDD";
    let [year, month, day] = fields(text, [4, 2, 2], form)?;
    calendar_day(text, form, year as i16, month, day, DayZero::Refused)
}

/// Reads `MMDDYY`, a form of HIBC labels.
pub(crate) fn parse_mmddyy(text: &str, current_year: i16) -> Result<Date, DateError> {
    let form = "MMDDYY";
    let [month, day, year] = fields(text, [2, 2, 2], form)?;
    calendar_day(text, form, year_of(year as u8, current_year), month, day, DayZero::Refused)
}

/// Reads `MMYY`, a form of HIBC labels: the last day of that month.
pub(crate) fn parse_mmyy(text: &str, current_year: i16) -> Result<Date, DateError> {
    let form = "MMYY";
    let [month, year] = fields(text, [2, 2], form)?;
    calendar_day(text, form, year_of(year as u8, current_year), month, 0, DayZero::LastOfMonth)
}

/// Reads `YYJJJ`, a form of HIBC labels: year and day of the year.
pub(crate) fn parse_yyjjj(text: &str, current_year: i16) -> Result<Date, DateError> {
    let form = "YYJJJ";
    let [year, day] = fields(text, [2, 3], form)?;
    day_of_year(text, form, year_of(year as u8, current_year), day)
}

/// Reads `YYYJJJ`, the form of ISBT 128: the last three digits of the year and the day of the year. Years from 900
/// belong to the 1900s (ISBT 128 Standard Technical Specification, data structures 004 and 008).
pub(crate) fn parse_yyyjjj(text: &str) -> Result<Date, DateError> {
    let form = "YYYJJJ";
    let [year, day] = fields(text, [3, 3], form)?;
    day_of_year(text, form, if year >= 900 { 1000 } else { 2000 } + year as i16, day)
}

/// `YYYJJJ`, as ISBT 128 writes dates.
pub(crate) fn to_yyyjjj(day: Date) -> String {
    format!("{:03}{:03}", day.year().rem_euclid(1000), day.day_of_year())
}

/// Reads `HHMM`, or `HH` where `text` has only two digits.
pub(crate) fn parse_time(text: &str) -> Result<Time, DateError> {
    let form = if text.len() == 2 { "HH" } else { "HHMM" };
    let [hour, minute] = if text.len() == 2 {
        let [hour] = fields(text, [2], form)?;
        [hour, 0]
    } else {
        fields(text, [2, 2], form)?
    };
    Time::new(hour as i8, minute as i8, 0, 0).map_err(|_| DateError::NoSuchTime { text: text.to_owned(), form })
}

/// Cuts `text` into numbers of `widths` digits.
fn fields<const N: usize>(text: &str, widths: [usize; N], form: &'static str) -> Result<[u16; N], DateError> {
    if text.len() != widths.iter().sum::<usize>() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateError::Form { text: text.to_owned(), form });
    }
    let mut rest = text.bytes();
    Ok(widths.map(|width| rest.by_ref().take(width).fold(0, |number, byte| 10 * number + u16::from(byte - b'0'))))
}

fn calendar_day(
    text: &str,
    form: &'static str,
    year: i16,
    month: u16,
    day: u16,
    day_zero: DayZero,
) -> Result<Date, DateError> {
    let no_such_day = |_| DateError::NoSuchDay { text: text.to_owned(), form };
    if day == 0 {
        return match day_zero {
            DayZero::LastOfMonth => Date::new(year, month as i8, 1).map(Date::last_of_month).map_err(no_such_day),
            DayZero::Refused => Err(DateError::DayMissing { text: text.to_owned(), form }),
        };
    }
    Date::new(year, month as i8, day as i8).map_err(no_such_day)
}

fn day_of_year(text: &str, form: &'static str, year: i16, day: u16) -> Result<Date, DateError> {
    Date::new(year, 1, 1)
        .and_then(|first| first.with().day_of_year(day as i16).build())
        .map_err(|_| DateError::NoSuchDay { text: text.to_owned(), form })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn centuries_follow_the_general_specifications() {
        // §7.12: 51 to 99 ahead is the past century, 50 to 99 back the coming one.
        for (digits, now, year) in [
            (26, 2026, 2026),
            (76, 2026, 2076),
            (77, 2026, 1977),
            (99, 2026, 1999),
            (0, 2026, 2000),
            (10, 2061, 2110),
            (11, 2061, 2111),
            (12, 2061, 2012),
            (49, 1999, 2049),
            (50, 1999, 1950),
        ] {
            assert_eq!(year_of(digits, now), year, "{digits} in {now}");
        }
    }

    #[test]
    fn reads_every_form() {
        let leap = date(2028, 2, 29);
        assert_eq!(parse_yymmdd("280200", DayZero::LastOfMonth, 2026), Ok(leap));
        assert_eq!(parse_yymmdd("280229", DayZero::Refused, 2026), Ok(leap));
        assert_eq!(parse_mmddyy("022928", 2026), Ok(leap));
        assert_eq!(parse_mmyy("0228", 2026), Ok(leap));
        assert_eq!(parse_yyjjj("28060", 2026), Ok(leap));
        assert_eq!(parse_yyyjjj("028060"), Ok(leap));
        assert_eq!(parse_yyyjjj("999365"), Ok(date(1999, 12, 31)));
        assert_eq!(parse_yyyymmdd("20280229"), Ok(leap));
        assert_eq!(parse_time("2359"), Ok(Time::constant(23, 59, 0, 0)));
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        for text in ["270229", "271301", "270001", "270431", "270000"] {
            assert!(
                matches!(parse_yymmdd(text, DayZero::LastOfMonth, 2026), Err(DateError::NoSuchDay { .. })),
                "{text}"
            );
        }
        assert!(matches!(parse_yymmdd("270400", DayZero::Refused, 2026), Err(DateError::DayMissing { .. })));
        assert!(matches!(parse_yymmdd("2704", DayZero::Refused, 2026), Err(DateError::Form { .. })));
        assert!(matches!(parse_yyjjj("27366", 2026), Err(DateError::NoSuchDay { .. })));
        assert!(matches!(parse_yyyjjj("028000"), Err(DateError::NoSuchDay { .. })));
        assert!(matches!(parse_time("2400"), Err(DateError::NoSuchTime { .. })));
        // 2100 is no leap year: only who knows the century can tell.
        assert_eq!(check_yymmdd("000229", DayZero::LastOfMonth), Ok(()));
        assert!(parse_yymmdd("000229", DayZero::LastOfMonth, 2098).is_err());
    }

    #[test]
    fn expiry_is_the_last_second_of_the_day() {
        assert_eq!(expiry_at(date(1970, 1, 1)), 86_399);
        assert_eq!(expiry_at(date(2027, 3, 31)), 1_806_537_599);
        assert_eq!(expiry_at_time(date(1970, 1, 2).at(1, 0, 0, 0)), 90_000);
    }

    proptest! {
        #[test]
        fn two_digits_round_trip_in_the_window(now in 1900_i16..2900, ahead in -49_i16..=50, month in 1_i8..=12, day in 1_i8..=28) {
            let day = date(now + ahead, month, day);
            prop_assert_eq!(parse_yymmdd(&to_yymmdd(day), DayZero::Refused, now), Ok(day));
        }

        #[test]
        fn three_digits_round_trip(year in 1900_i16..2900, day in 1_i16..=365) {
            let day = date(year, 1, 1).with().day_of_year(day).build().unwrap();
            prop_assert_eq!(parse_yyyjjj(&to_yyyjjj(day)), Ok(day));
        }

        #[test]
        fn never_panics(text in "[0-9]{0,9}|.*", now in -9999_i16..9999) {
            let _ = parse_yymmdd(&text, DayZero::LastOfMonth, now);
            let _ = parse_yyyymmdd(&text);
            let _ = parse_mmddyy(&text, now);
            let _ = parse_mmyy(&text, now);
            let _ = parse_yyjjj(&text, now);
            let _ = parse_yyyjjj(&text);
            let _ = parse_time(&text);
        }
    }
}
