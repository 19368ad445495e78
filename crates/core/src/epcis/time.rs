//! Times of events: RFC 3339, with the offset of the place beside them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A time as it was written, which is an instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time {
    text: String,
    at: Timestamp,
}

/// Text that is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: write RFC 3339 with an offset, as 2026-01-31T08:00:00.000Z")]
pub struct NotATime(pub String);

impl Time {
    /// The instant.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let wrong = || NotATime(text.to_owned());
        // jiff reads more than RFC 3339: a space for the T, offsets without minutes, names of zones in brackets.
        let bytes = text.as_bytes();
        let has_date_and_time = bytes.get(10).is_some_and(|byte| matches!(byte, b'T' | b't'));
        let offset = bytes.len().checked_sub(6).and_then(|start| bytes.get(start..));
        let has_offset = matches!(bytes.last(), Some(b'Z' | b'z'))
            || offset.is_some_and(|offset| matches!(offset[0], b'+' | b'-') && offset[3] == b':');
        let has_seconds = bytes.get(13) == Some(&b':') && bytes.get(16) == Some(&b':');
        if !(has_date_and_time && has_seconds && has_offset) {
            return Err(wrong());
        }
        Ok(Self { text: text.to_owned(), at: text.parse().map_err(|_| wrong())? })
    }
}

impl From<Timestamp> for Time {
    /// To the millisecond, which is what an event's hash knows.
    fn from(at: Timestamp) -> Self {
        let milliseconds = at.as_millisecond();
        let at = Timestamp::from_millisecond(milliseconds).unwrap_or(at);
        Self { text: format!("{at:.3}"), at }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Time {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.text
    }
}

/// How far the clocks of the place are from UTC, as `+01:00`: at most 14 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset {
    minutes: i16,
    /// `-00:00` and `+00:00` are the same offset and two texts, and hashes know the text.
    negative: bool,
}

/// Text that is not an offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an offset from UTC: write +01:00, at most 14 hours")]
pub struct NotAnOffset(pub String);

impl Offset {
    /// The clocks of UTC.
    pub const UTC: Self = Self { minutes: 0, negative: false };

    /// So many minutes ahead of UTC; `None` beyond 14 hours.
    pub fn of_minutes(minutes: i16) -> Option<Self> {
        (-840..=840).contains(&minutes).then_some(Self { minutes, negative: minutes < 0 })
    }

    /// Minutes ahead of UTC.
    pub fn minutes(self) -> i16 {
        self.minutes
    }
}

impl FromStr for Offset {
    type Err = NotAnOffset;

    fn from_str(text: &str) -> Result<Self, NotAnOffset> {
        let wrong = || NotAnOffset(text.to_owned());
        let [sign @ (b'+' | b'-'), digits @ ..] = text.as_bytes() else { return Err(wrong()) };
        let &[h1, h2, b':', m1, m2] = digits else { return Err(wrong()) };
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0')).ok_or_else(wrong);
        let (hours, rest) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
        let minutes = hours * 60 + rest;
        if rest > 59 || minutes > 840 {
            return Err(wrong());
        }
        let negative = *sign == b'-';
        Ok(Self { minutes: if negative { -minutes } else { minutes }, negative })
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.minutes.abs();
        write!(f, "{}{:02}:{:02}", if self.negative { '-' } else { '+' }, minutes / 60, minutes % 60)
    }
}

impl TryFrom<String> for Offset {
    type Error = NotAnOffset;

    fn try_from(text: String) -> Result<Self, NotAnOffset> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> Self {
        offset.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_rfc_3339_allows_and_keeps_the_text() {
        for text in ["2005-04-03T20:33:31.116000-06:00", "2022-02-17T11:30:47.0Z", "2020-03-04t11:00:30z"] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
        let summer: Time = "2013-06-08T14:58:56.591+02:00".parse().unwrap();
        assert_eq!(summer.at(), "2013-06-08T12:58:56.591Z".parse().unwrap());
        assert_eq!(Time::from(summer.at()).as_str(), "2013-06-08T12:58:56.591Z");
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "2020-03-04",
            "2020-03-04 11:00:30Z",
            "2020-03-04T11:00:30",
            "2020-13-04T11:00:30Z",
            "2020-03-04T11:00Z",
        ] {
            assert_eq!(text.parse::<Time>(), Err(NotATime(text.to_owned())));
        }
        for text in ["", "Z", "01:00", "+1:00", "+14:01", "+01:60", "+0a:00"] {
            assert_eq!(text.parse::<Offset>(), Err(NotAnOffset(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn offsets_round_trip(minutes in -840_i16..=840) {
            let offset = Offset::of_minutes(minutes).unwrap();
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
            prop_assert_eq!(offset.minutes(), minutes);
        }

        #[test]
        fn never_panics(text in ".*|[0-9T:.Z+-]{0,30}") {
            let _ = text.parse::<Time>();
            let _ = text.parse::<Offset>();
        }
    }
}
