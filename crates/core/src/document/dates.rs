//! Days and instants in documents: one spelling each, so that equal documents have equal bytes.
//!
//! A day is `2026-01-31` (ISO 8601, complete calendar date), an instant `2026-01-31T08:00:00Z` (RFC 3339, UTC, whole
//! seconds). Other spellings of the same moment are refused.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, Serializer};

fn day<E: serde::de::Error>(text: &str) -> Result<Date, E> {
    text.parse::<Date>()
        .ok()
        .filter(|date| date.to_string() == text)
        .ok_or_else(|| E::custom(format_args!("`{text}` is not a date: write year-month-day, as 2026-01-31")))
}

/// A [`Date`] that must be there.
pub(crate) mod required {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(date)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        day(&String::deserialize(from)?)
    }
}

/// A [`Date`] that may be absent.
pub(crate) mod optional {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => to.collect_str(date),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        day(&String::deserialize(from)?).map(Some)
    }
}

fn instant<E: serde::de::Error>(text: &str) -> Result<Timestamp, E> {
    text.parse::<Timestamp>().ok().filter(|time| time.to_string() == text && time.subsec_nanosecond() == 0).ok_or_else(
        || E::custom(format_args!("`{text}` is not an instant: write UTC to the second, as 2026-01-31T08:00:00Z")),
    )
}

fn write<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    if time.subsec_nanosecond() != 0 {
        return Err(serde::ser::Error::custom(format_args!("{time} has a fraction of a second: round it")));
    }
    to.collect_str(time)
}

/// A [`Timestamp`] that must be there.
pub(crate) mod instant_required {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        write(time, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        instant(&String::deserialize(from)?)
    }
}

/// A [`Timestamp`] that may be absent.
pub(crate) mod instant_optional {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(time: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => write(time, to),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        instant(&String::deserialize(from)?).map(Some)
    }
}
