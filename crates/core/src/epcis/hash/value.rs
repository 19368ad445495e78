//! The canonical text of one value: times in UTC with milliseconds, numbers without what says nothing, URIs of CBV and of GS1
//! keys in one form.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::link;

/// URNs of vocabularies before CBV 2.0, and what they are now.
const VOCABULARIES: [(&str, &str); 5] = [
    ("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
];

/// The canonical form of any text but a time.
pub(super) fn canonical(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains("urn:epcglobal:cbv:") {
        for (urn, uri) in VOCABULARIES {
            text = text.replace(urn, uri).into();
        }
    }
    if let Some(number) = numeric(&text) {
        return number.into();
    }
    link::canonical(&text).map_or(text, Cow::Owned)
}

/// The canonical form of a time: UTC, three decimals. Finer times are cut to microseconds and rounded, halves to the even
/// millisecond. What is no time stays as it is.
pub(super) fn time(text: &str) -> Cow<'_, str> {
    let Ok(at) = text.parse::<Timestamp>() else { return text.into() };
    let microseconds = at.as_microsecond();
    let (whole, rest) = (microseconds.div_euclid(1000), microseconds.rem_euclid(1000));
    let up = rest > 500 || (rest == 500 && whole % 2 != 0);
    let Ok(at) = Timestamp::from_millisecond(whole + i64::from(up)) else { return text.into() };
    let civil = TimeZone::UTC.to_datetime(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        civil.millisecond()
    )
    .into()
}

/// The canonical form of a number, in text or not: no leading or trailing zeros, no plus, whole numbers without a point.
///
/// The standard's reference reads numbers as doubles and writes the shortest text that reads as the same double; an
/// exponent only below 0.0001. So does this, and an integer beyond 2^53 loses digits, as it does there.
pub(super) fn numeric(text: &str) -> Option<String> {
    let first = *text.as_bytes().first()?;
    (first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')).then_some(())?;
    let number: f64 = without_separators(text)?.parse().ok()?;
    number.is_finite().then(|| write(number))
}

/// Python reads `1_000` as a number, so the reference does.
fn without_separators(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let between_digits = |(place, byte): (usize, &u8)| {
        *byte != b'_' || (place > 0 && digit(bytes.get(place - 1)) && digit(bytes.get(place + 1)))
    };
    bytes.iter().enumerate().all(between_digits).then(|| text.replace('_', "").into())
}

/// A double as the reference writes it.
pub(super) fn write(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    if number.abs() >= 1e-4 {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once("e-") {
        Some((digits, exponent)) => format!("{digits}e-{exponent:0>2}"),
        None => text,
    }
}
