//! Codes of LOINC: their shape, and the units of those that we emit.

use crate::fhir::json::{Json, Object};

/// The system of LOINC codes.
pub(in crate::fhir) const SYSTEM: &str = "http://loinc.org";

/// Codes whose quantities R4 gives a unit (section 10.1.3.5).
static UNITS: &[(&str, &str)] =
    &[("8867-4", "/min"), ("9279-1", "/min"), ("8480-6", "mm[Hg]"), ("8462-4", "mm[Hg]"), ("8478-0", "mm[Hg]")];

/// Whether a coding says that it has a code of LOINC, and has none.
pub(in crate::fhir) fn is_faulty(coding: &Object) -> bool {
    coding.text("system") == Some(SYSTEM) && !coding.text("code").is_some_and(is_code)
}

/// Whether a code has the shape of LOINC: digits, or LP, LA, LL or LG and digits, a hyphen and a check digit (mod 10).
pub fn is_code(code: &str) -> bool {
    let Some((number, check)) = code.rsplit_once('-') else { return false };
    let digits = ["LP", "LA", "LL", "LG"].into_iter().find_map(|part| number.strip_prefix(part)).unwrap_or(number);
    let fits = (1..=8).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    fits && check.len() == 1 && check.bytes().next() == Some(check_digit(digits))
}

/// The check digit of Luhn's algorithm, as a character.
fn check_digit(digits: &str) -> u8 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

/// The code of LOINC in the `code` of an observation or component.
pub(in crate::fhir) fn of(coded: &Object) -> Option<&str> {
    let concept = coded.get("code")?.as_object()?;
    let codings = concept.list("coding").iter().filter_map(Json::as_object);
    codings.into_iter().find(|coding| coding.text("system") == Some(SYSTEM))?.text("code")
}

/// The unit of UCUM that the quantity of a code has, when it is known here.
pub(in crate::fhir) fn unit(code: &str) -> Option<&'static str> {
    UNITS.iter().find_map(|(known, unit)| (*known == code).then_some(*unit))
}
