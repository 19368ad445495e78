//! What is asked for and what is answered: codes, units, numbers, and the text that a value is committed to.
//!
//! **Numbers.** A question says how many digits behind the point count. A value is rounded to these, halves away from zero, without
//! floating point: with one digit 80, 80.0, 8.0e1 and 79.95 are all 80.0, and -0.04 is 0.0.
//!
//! **Text.** The committed text of a value is, in ASCII,
//!
//! ```text
//! loinc|8867-4=80 /min                                     system|code=number unit
//! loinc|85354-9=8480-6 120 mm[Hg];8462-4 80 mm[Hg]         the blood pressure panel, systolic first
//! ```
//!
//! with exactly as many digits behind the point as the question says. Time and source of the observation do not belong to it, so two
//! servers that have the same value give the same text, and under the same salt the same commitment:
//! keccak256(abi.encode(salt, subject, keccak256(text))), `subject` as in the question.
//!
//! **A device's own metric** goes on chain as a number: the value times ten to the power of `decimals`, as an int128.

use std::fmt;
use std::str::FromStr;

use alloy::primitives::{B256, FixedBytes, I256};
use theriac_core::fhir::{Decimal, MDC};
use theriac_core::ids::ItemId;

use super::OracleError;
use crate::mds;
use crate::types::CodeSystem;

/// The system of LOINC codes.
const LOINC: &str = "http://loinc.org";
/// The most digits behind the point.
pub const MOST_DECIMALS: u8 = 18;

/// The blood pressure panel.
pub const BLOOD_PRESSURE: &str = "85354-9";
/// Its parts, in the order of the text.
pub const SYSTOLIC: &str = "8480-6";
/// The other part.
pub const DIASTOLIC: &str = "8462-4";

/// Codes whose unit is known (LOINC as in R4, section 10.1.3.5; MDC for the same), so that nobody has to say it.
const UNITS: &[(CodeSystem, &str, &str)] = &[
    (CodeSystem::Loinc, "8867-4", "/min"),
    (CodeSystem::Loinc, "9279-1", "/min"),
    (CodeSystem::Loinc, SYSTOLIC, "mm[Hg]"),
    (CodeSystem::Loinc, DIASTOLIC, "mm[Hg]"),
    (CodeSystem::Loinc, "8478-0", "mm[Hg]"),
    (CodeSystem::Loinc, BLOOD_PRESSURE, "mm[Hg]"),
    (CodeSystem::Mdc, "147842", "/min"),
    (CodeSystem::Mdc, "151562", "/min"),
    (CodeSystem::Mdc, "150021", "mm[Hg]"),
    (CodeSystem::Mdc, "150022", "mm[Hg]"),
    (CodeSystem::Mdc, "150023", "mm[Hg]"),
];

/// What is asked for: a code of LOINC or MDC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    system: CodeSystem,
    code: String,
}

impl Code {
    /// A code of a system.
    ///
    /// # Errors
    /// Text without the shape of a code: digits, a hyphen and a check digit in LOINC; a whole number in MDC.
    pub fn new(system: CodeSystem, code: &str) -> Result<Self, OracleError> {
        let right = match system {
            CodeSystem::Loinc => theriac_core::fhir::is_loinc(code) && code.len() <= 16,
            CodeSystem::Mdc => code.parse::<u32>().is_ok_and(|number| number > 0 && number.to_string() == code),
        };
        match right {
            true => Ok(Self { system, code: code.to_owned() }),
            false => Err(OracleError::NoCode(code.to_owned())),
        }
    }

    /// Of a question on chain.
    pub fn of_word(system: CodeSystem, word: FixedBytes<16>) -> Result<Self, OracleError> {
        let text = std::str::from_utf8(word.as_slice()).unwrap_or_default().trim_end_matches('\0');
        Self::new(system, text)
    }

    /// As the chain has it: ASCII, padded with zeros.
    pub fn word(&self) -> FixedBytes<16> {
        let mut word = FixedBytes::ZERO;
        // A code has at most 16 bytes.
        word[..self.code.len()].copy_from_slice(self.code.as_bytes());
        word
    }

    /// Who numbers it.
    pub fn system(&self) -> CodeSystem {
        self.system
    }

    /// The code alone.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The system as FHIR names it.
    pub fn system_url(&self) -> &'static str {
        match self.system {
            CodeSystem::Loinc => LOINC,
            CodeSystem::Mdc => MDC,
        }
    }

    /// Whether its value is two numbers.
    pub fn is_panel(&self) -> bool {
        self.system == CodeSystem::Loinc && self.code == BLOOD_PRESSURE
    }

    /// Whether its value may also be a part of the blood pressure panel.
    pub(super) fn is_of_panel(&self) -> bool {
        self.system == CodeSystem::Loinc && matches!(self.code.as_str(), SYSTOLIC | DIASTOLIC)
    }

    /// The unit (UCUM) of its values, where it is known.
    pub fn unit(&self) -> Option<&'static str> {
        let of_code = |(system, code, _): &&(_, &str, _)| *system == self.system && *code == self.code;
        UNITS.iter().find(of_code).map(|(_, _, unit)| *unit)
    }
}

impl FromStr for Code {
    type Err = OracleError;

    /// Reads `8867-4`, `loinc:8867-4` or `mdc:147842`.
    fn from_str(text: &str) -> Result<Self, OracleError> {
        let (system, code) = text.split_once(':').unwrap_or(("loinc", text));
        match system {
            "loinc" => Self::new(CodeSystem::Loinc, code),
            "mdc" => Self::new(CodeSystem::Mdc, code),
            _ => Err(OracleError::NoCode(text.to_owned())),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.system, self.code)
    }
}

/// A value, in units of the last decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// One number.
    Number(i128),
    /// The blood pressure panel.
    Pressure {
        /// The higher pressure.
        systolic: i128,
        /// The lower pressure.
        diastolic: i128,
    },
}

impl Value {
    /// The text that is committed to.
    pub fn text(&self, code: &Code, unit: &str, decimals: u8) -> String {
        let written = |number: &i128| fixed(*number, decimals);
        match self {
            Self::Number(number) => format!("{code}={} {unit}", written(number)),
            Self::Pressure { systolic, diastolic } => {
                format!("{code}={SYSTOLIC} {} {unit};{DIASTOLIC} {} {unit}", written(systolic), written(diastolic))
            }
        }
    }
}

/// The commitment to a text about the subject of a question.
pub fn commitment(subject: B256, text: &str, salt: B256) -> B256 {
    mds::commitment(ItemId(subject), text, salt)
}

/// A number as the contract takes it: int128, sign-extended.
pub fn word_of(number: i128) -> B256 {
    I256::try_from(number).map(|number| number.into_raw().into()).unwrap_or_default()
}

/// The number in a word of the contract; none where it is no int128.
pub fn number_of(word: B256) -> Option<i128> {
    I256::from_raw(word.into()).try_into().ok()
}

/// A number with all its digits behind the point: 805 with one is `80.5`.
pub fn fixed(number: i128, decimals: u8) -> String {
    let (sign, places) = (if number < 0 { "-" } else { "" }, usize::from(decimals));
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A decimal of FHIR in units of the last decimal, halves rounded away from zero; none where it is too large for the contract.
pub fn rounded(decimal: &Decimal, decimals: u8) -> Option<i128> {
    let text = decimal.as_str();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    // How many digits stand before the point of the result.
    let exponent: i64 = exponent.parse().ok()?;
    let behind = i64::try_from(fraction.len()).ok()?;
    let shift = exponent.checked_add(i64::from(decimals))?.checked_sub(behind)?;
    let length = i64::try_from(digits.len()).ok()?.checked_add(shift)?;
    let magnitude: i128 = match length {
        ..0 => 0,
        0..=38 => {
            let kept = usize::try_from(length).ok()?;
            let padded = format!("{digits:0<kept$}");
            let (kept, cut) = padded.split_at(kept);
            let up = i128::from(cut.bytes().next().is_some_and(|digit| digit >= b'5'));
            let kept: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
            kept.checked_add(up)?
        }
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, decimals: u8) -> Option<i128> {
        rounded(&Decimal::new(text).unwrap(), decimals)
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for text in
            ["80", "80.0", "8.0e1", "0.8E+2", "8000e-2", "79.5", "80.4999999999999999999999999999999999999999999"]
        {
            assert_eq!(read(text, 0), Some(80), "{text}");
        }
        for (text, expected) in
            [("79.95", 800), ("80.05", 801), ("-80.05", -801), ("-0.04", 0), ("0.05", 1), ("0.049", 0)]
        {
            assert_eq!(read(text, 1), Some(expected), "{text}");
        }
        assert_eq!(read("1e-999999999999", 0), Some(0));
        assert_eq!(read("0e999999999999999999", 0), Some(0));
        assert_eq!(read("1e37", 0), Some(10_i128.pow(37)));
        for too_large in ["1e38", "9e38", "1e999999999999999999999", "1e9223372036854775807"] {
            assert_eq!(read(too_large, 0), None, "{too_large}");
        }
    }

    #[test]
    fn values_have_one_text() {
        let code = |text: &str| text.parse::<Code>().unwrap();
        assert_eq!(Value::Number(80).text(&code("8867-4"), "/min", 0), "loinc|8867-4=80 /min");
        assert_eq!(Value::Number(-5).text(&code("mdc:147842"), "/min", 2), "mdc|147842=-0.05 /min");
        let pressure = Value::Pressure { systolic: 1205, diastolic: 800 };
        let expected = "loinc|85354-9=8480-6 120.5 mm[Hg];8462-4 80.0 mm[Hg]";
        assert_eq!(pressure.text(&code("loinc:85354-9"), "mm[Hg]", 1), expected);
        let (subject, salt) = (B256::repeat_byte(1), B256::repeat_byte(2));
        assert_ne!(commitment(subject, expected, salt), commitment(salt, expected, salt));
        assert_ne!(commitment(subject, expected, salt), commitment(subject, expected, subject));
    }

    #[test]
    fn codes_are_read_and_written_as_on_chain() {
        for text in ["8867-4", "mdc:150021", "loinc:85354-9"] {
            let code: Code = text.parse().unwrap();
            assert_eq!(Code::of_word(code.system(), code.word()).unwrap(), code);
            assert!(code.unit().is_some());
        }
        for wrong in ["8867-5", "mdc:0", "mdc:01", "snomed:1", "", "mdc:8867-4", "heart rate"] {
            assert!(matches!(wrong.parse::<Code>(), Err(OracleError::NoCode(_))), "{wrong}");
        }
        assert_eq!("mdc:67108864".parse::<Code>().unwrap().unit(), None);
        assert!(Code::of_word(CodeSystem::Loinc, FixedBytes::repeat_byte(0xff)).is_err());
    }

    proptest! {
        #[test]
        fn a_number_keeps_its_value(number in any::<i64>(), decimals in 0u8..=18) {
            let number = i128::from(number);
            let text = fixed(number, decimals);
            prop_assert_eq!(read(&text, decimals), Some(number));
            prop_assert_eq!(number_of(word_of(number)), Some(number));
            // The same number with its point elsewhere.
            let moved = format!("{number}e-{decimals}");
            prop_assert_eq!(read(&moved, decimals), Some(number));
        }

        #[test]
        fn rounding_is_by_at_most_half(number in -1_000_000_000i64..1_000_000_000, cut in 0u32..6) {
            let exact = Decimal::new(&fixed(number.into(), 6)).unwrap();
            let kept = rounded(&exact, 6 - cut as u8).unwrap() * 10i128.pow(cut);
            prop_assert!(2 * (kept - i128::from(number)).abs() <= 10i128.pow(cut));
        }
    }
}
