//! When a request is sent again: after pauses that double, with jitter, so that many clients do not come back at once.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use rand::{RngCore as _, rngs::OsRng};
use reqwest::StatusCode;

use super::wire::Limits;

/// The pauses between the attempts of one request.
#[derive(Debug)]
pub(super) struct Pauses {
    left: u32,
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn of(limits: &Limits) -> Self {
        Self { left: limits.attempts.saturating_sub(1), next: limits.first_pause, longest: limits.longest_pause }
    }

    /// How long to wait before the next attempt; none where there is to be no more. The server's wish is honoured unless it is too long.
    pub(super) fn next(&mut self, wish: Option<Duration>) -> Option<Duration> {
        if self.left == 0 || wish.is_some_and(|wish| wish > self.longest) {
            return None;
        }
        self.left -= 1;
        let pause = self.next.min(self.longest);
        self.next = self.next.saturating_mul(2);
        let jittered = pause / 2 + (pause / 2).mul_f64(f64::from(OsRng.next_u32()) / f64::from(u32::MAX));
        Some(jittered.max(wish.unwrap_or_default()))
    }
}

/// Whether another attempt may fare better: too many requests, or a fault of the server.
pub(super) fn is_worth(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// Whether the server says by this that it has not begun.
pub(super) fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
pub(super) fn wait_of(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_within_bounds_and_end() {
        let limits = Limits {
            attempts: 4,
            first_pause: Duration::from_secs(4),
            longest_pause: Duration::from_secs(10),
            ..Limits::default()
        };
        let mut pauses = Pauses::of(&limits);
        for (least, most) in [(2, 4), (4, 8), (5, 10)] {
            let pause = pauses.next(None).unwrap();
            assert!(pause >= Duration::from_secs(least) && pause <= Duration::from_secs(most), "{pause:?}");
        }
        assert_eq!(pauses.next(None), None);
        let mut pauses = Pauses::of(&limits);
        assert_eq!(pauses.next(Some(Duration::from_secs(9))), Some(Duration::from_secs(9)));
        assert_eq!(pauses.next(Some(Duration::from_secs(11))), None);
    }

    #[test]
    fn the_servers_wish_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        assert_eq!(wait_of("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wait_of("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(wait_of("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait_of("soon", now), None);
    }
}
