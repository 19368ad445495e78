//! The formats of primitive types (R4, section 2.24.0.1).

use jiff::civil::Date;

use super::{Report, short};
use crate::fhir::json::Json;
use crate::fhir::path::Path;
use crate::fhir::schema::Primitive;
use crate::fhir::xml::check_narrative;

/// Whether a value has the type and format of its element; if not, that is reported.
pub(super) fn check(value: &Json, of: Primitive, path: &Path<'_>, report: &mut Report<'_>) -> bool {
    let fault = match (value, of) {
        (Json::Bool(_), Primitive::Boolean) => return true,
        (_, Primitive::Boolean) => Some("a boolean (true or false, without quotes) is due".to_owned()),
        (Json::Number(number), _) if of.is_number() => wrong_number(number.as_str(), of),
        (_, _) if of.is_number() => Some("a number (without quotes) is due".to_owned()),
        (Json::String(text), Primitive::Xhtml) => check_narrative(text).err(),
        (Json::String(text), _) => wrong_text(text, of).map(|due| format!("`{}`: {due}", short(text))),
        _ => Some("a string is due".to_owned()),
    };
    let Some(fault) = fault else { return true };
    let fault = match value {
        Json::Bool(_) | Json::Number(_) | Json::String(_) => fault,
        other => format!("{fault}, not {}", other.kind()),
    };
    report.error(path, "type", fault);
    false
}

fn wrong_number(text: &str, of: Primitive) -> Option<String> {
    let whole = text.parse::<i32>().ok().filter(|_| !text.starts_with("-0"));
    let due = match (of, whole) {
        (Primitive::Decimal, _) | (Primitive::Integer, Some(_)) => return None,
        (Primitive::UnsignedInt, Some(0..)) | (Primitive::PositiveInt, Some(1..)) => return None,
        (Primitive::PositiveInt, _) => "a whole number from 1 to 2,147,483,647",
        (Primitive::UnsignedInt, _) => "a whole number from 0 to 2,147,483,647",
        _ => "a whole number of 32 bits",
    };
    Some(format!("`{}`: {due} is due", short(text)))
}

/// What is due, when a text has not the format of its type.
fn wrong_text(text: &str, of: Primitive) -> Option<&'static str> {
    let (fits, due) = match of {
        Primitive::Id => (is_id(text), "an id has 1 to 64 letters, digits, hyphens and points"),
        Primitive::Code => (is_code(text), "a code has no white space at its ends and single spaces inside"),
        Primitive::Uri | Primitive::Url | Primitive::Canonical => (is_uri(text), "an address has no white space"),
        Primitive::Oid => (is_oid(text), "an OID is written urn:oid:1.2.3"),
        Primitive::Uuid => (is_uuid(text), "a UUID is written urn:uuid: and 36 characters"),
        Primitive::Base64Binary => (is_base64(text), "this is not base64 (RFC 4648)"),
        Primitive::Date => (is_date(text), "a date is YYYY, YYYY-MM or YYYY-MM-DD"),
        Primitive::DateTime => {
            (is_date(text) || is_instant(text), "a time is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz")
        }
        Primitive::Instant => (is_instant(text), "an instant is YYYY-MM-DDThh:mm:ss+zz:zz"),
        Primitive::Time => (is_time(text), "a time of day is hh:mm:ss"),
        _ => (is_string(text), "a string is not empty, and has no control characters but tab and line ends"),
    };
    (!fits).then_some(due)
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

pub(super) fn is_uri(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.split(' ').all(is_uri)
}

fn is_string(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace()) && !text.contains(|c: char| c < ' ' && !"\t\n\r".contains(c))
}

fn is_oid(text: &str) -> bool {
    let Some(arcs) = text.strip_prefix("urn:oid:") else { return false };
    let digits = |arc: &str| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
    let minimal = |arc: &str| arc == "0" || !arc.starts_with('0');
    arcs.starts_with(['0', '1', '2'])
        && arcs.contains('.')
        && arcs.split('.').all(|arc| digits(arc) && minimal(arc))
        && arcs.find('.') == Some(1)
}

fn is_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn is_base64(text: &str) -> bool {
    let mut letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).peekable();
    let (mut length, mut padding) = (0usize, 0usize);
    if letters.peek().is_none() {
        return false;
    }
    for letter in letters {
        length += 1;
        match letter {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
            _ => return false,
        }
    }
    length % 4 == 0 && padding <= 2
}

/// Two digits at a place.
fn two(text: &[u8], at: usize) -> Option<i8> {
    match text.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => i8::try_from((a - b'0') * 10 + (b - b'0')).ok(),
        _ => None,
    }
}

fn is_date(text: &str) -> bool {
    let text = text.as_bytes();
    let (Some(century), Some(years)) = (two(text, 0), two(text, 2)) else { return false };
    let year = i16::from(century) * 100 + i16::from(years);
    let month = || two(text, 5).filter(|month| text[4] == b'-' && (1..=12).contains(month));
    match text.len() {
        4 => year > 0,
        7 => year > 0 && month().is_some(),
        10 => match (month(), two(text, 8)) {
            (Some(month), Some(day)) if text[7] == b'-' && year > 0 => Date::new(year, month, day).is_ok(),
            _ => false,
        },
        _ => false,
    }
}

/// The length of a time of day with seconds that a text begins with.
fn time(text: &[u8]) -> Option<usize> {
    let (hours, minutes, seconds) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
    // A leap second is a second 60.
    if text[2] != b':' || text[5] != b':' || hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    if text.get(8) != Some(&b'.') {
        return Some(8);
    }
    let digits = text[9..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(9 + digits)
}

fn is_time(text: &str) -> bool {
    time(text.as_bytes()) == Some(text.len())
}

pub(super) fn is_instant(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let rest = rest.as_bytes();
    let Some(length) = time(rest) else { return false };
    let zone = &rest[length..];
    let offset = || {
        let (hours, minutes) = (two(zone, 1)?, two(zone, 4)?);
        let fits = zone.len() == 6 && zone[3] == b':' && minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
        (fits && matches!(zone[0], b'+' | b'-')).then_some(())
    };
    date.len() == 10 && is_date(date) && (zone == b"Z" || offset().is_some())
}
