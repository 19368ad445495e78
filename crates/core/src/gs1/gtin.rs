//! The GS1 keys that Theriac identifies things and places by: GTIN, SSCC and GLN (GS1 General Specifications §2.1, §2.2,
//! §2.4).

use std::fmt;
use std::str::FromStr;

use super::check_digit::{self, CheckDigitError};

/// Text that is not the GS1 key it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A wrong number of digits.
    #[error("`{text}` has {length} characters; a {key} has {allowed} digits")]
    Length {
        /// `GTIN`, `SSCC` or `GLN`.
        key: &'static str,
        /// What was given.
        text: String,
        /// Its length in characters.
        length: usize,
        /// The lengths that are allowed.
        allowed: &'static str,
    },
    /// Something that is not a digit.
    #[error("`{text}` holds {character:?} at place {position}; a {key} has digits only")]
    Character {
        /// `GTIN`, `SSCC` or `GLN`.
        key: &'static str,
        /// What was given.
        text: String,
        /// The character that is not a digit.
        character: char,
        /// Its place, counted from 1.
        position: usize,
    },
    /// A wrong check digit.
    #[error(transparent)]
    CheckDigit(#[from] CheckDigitError),
}

fn check(key: &'static str, text: &str, lengths: &[usize], allowed: &'static str) -> Result<(), KeyError> {
    if let Some((at, character)) = text.chars().enumerate().find(|(_, character)| !character.is_ascii_digit()) {
        return Err(KeyError::Character { key, text: text.to_owned(), character, position: at + 1 });
    }
    if !lengths.contains(&text.len()) {
        return Err(KeyError::Length { key, text: text.to_owned(), length: text.len(), allowed });
    }
    Ok(check_digit::verify(text)?)
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// All digits, the check digit last.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// All digits but the check digit, as a number.
            pub(crate) fn payload(&self) -> u64 {
                self.0.bytes().take($digits - 1).fold(0, |number, digit| 10 * number + u64::from(digit - b'0'))
            }

            /// The key with these digits before the check digit; of a number with more digits, the last ones.
            pub(crate) fn of_payload(payload: u64) -> Self {
                let digits: [u8; $digits] = with_check_digit(payload);
                Self(digits.map(char::from).into_iter().collect())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = KeyError;

            fn from_str(text: &str) -> Result<Self, KeyError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = KeyError;

            fn try_from(text: String) -> Result<Self, KeyError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }
    };
}

key!(
    /// A Global Trade Item Number, always 14 digits with a right check digit.
    Gtin,
    14
);
key!(
    /// A Serial Shipping Container Code: 18 digits with a right check digit.
    Sscc,
    18
);
key!(
    /// A Global Location Number: 13 digits with a right check digit. It names a party or a place.
    Gln,
    13
);

/// The digits of `payload` in ASCII, with zeros in front and the check digit behind.
fn with_check_digit<const N: usize>(payload: u64) -> [u8; N] {
    let mut digits = [b'0'; N];
    let mut rest = payload;
    let mut sum = 0;
    for (place, digit) in digits[..N - 1].iter_mut().rev().enumerate() {
        let value = (rest % 10) as u8;
        rest /= 10;
        // The weights run 3, 1, 3, … from the right (§7.9.1).
        sum += if place % 2 == 0 { 3 * u32::from(value) } else { u32::from(value) };
        *digit = b'0' + value;
    }
    digits[N - 1] = b'0' + ((10 - sum % 10) % 10) as u8;
    digits
}

impl Gtin {
    /// Takes a GTIN-8, -12, -13 or -14 and pads it with zeros to 14 digits, as AI (01) and the registers do.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        check("GTIN", text, &[8, 12, 13, 14], "8, 12, 13 or 14")?;
        Ok(Self(format!("{text:0>14}")))
    }
}

impl Sscc {
    /// Takes the 18 digits, with or without the identifier that stands before them on a label, as `(00)` or as `00`.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let unmarked = text.strip_prefix("(00)").or_else(|| text.strip_prefix("00").filter(|rest| rest.len() == 18));
        let digits = unmarked.unwrap_or(text);
        check("SSCC", digits, &[18], "18")?;
        Ok(Self(digits.to_owned()))
    }
}

impl Gln {
    /// Takes the 13 digits of AIs (410) to (417).
    pub fn new(text: &str) -> Result<Self, KeyError> {
        check("GLN", text, &[13], "13")?;
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pads_every_length_to_14() {
        for (given, padded) in [
            ("96385074", "00000096385074"),
            ("614141123452", "00614141123452"),
            ("6291041500213", "06291041500213"),
            ("10886704031390", "10886704031390"),
        ] {
            assert_eq!(Gtin::new(given).map(|gtin| gtin.to_string()), Ok(padded.to_owned()));
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(Gtin::new("123456789"), Err(KeyError::Length { length: 9, .. })));
        assert!(matches!(Gtin::new("1234567x"), Err(KeyError::Character { position: 8, .. })));
        assert_eq!(
            Gtin::new("10886704031391").unwrap_err().to_string(),
            "the check digit of `10886704031391` is 1, it should be 0: one of the digits was misread or mistyped"
        );
        assert!(matches!(Sscc::new("376104250021234568"), Err(KeyError::CheckDigit(_))));
        assert!(matches!(Sscc::new("(00)37610425002123456"), Err(KeyError::Length { length: 17, .. })));
        assert!(matches!(Sscc::new("(01)376104250021234569"), Err(KeyError::Character { character: '(', .. })));
        assert!(matches!(Gln::new("0614141123453"), Err(KeyError::CheckDigit(_))));
        assert_eq!(
            Gln::new("614141123452").unwrap_err().to_string(),
            "`614141123452` has 12 characters; a GLN has 13 digits"
        );
    }

    #[test]
    fn an_sscc_may_bear_its_identifier() {
        let sscc = Sscc::new("376104250021234569").unwrap();
        for text in ["(00)376104250021234569", "00376104250021234569"] {
            assert_eq!(Sscc::new(text), Ok(sscc.clone()));
        }
        // Its own zeros in front are digits of it.
        assert_eq!(Sscc::new("006141411234567890").map(|sscc| sscc.to_string()), Ok("006141411234567890".to_owned()));
    }

    proptest! {
        #[test]
        fn a_checked_number_of_any_length_is_kept(length in prop::sample::select(vec![8_usize, 12, 13, 14]), digits in "[0-9]{13}") {
            let payload = &digits[..length - 1];
            let text = format!("{payload}{}", check_digit::check_digit(payload).unwrap());
            let gtin = Gtin::new(&text).unwrap();
            prop_assert!(gtin.as_str().ends_with(&text));
            // Zeros in front carry no weight, so the padded number verifies too.
            prop_assert_eq!(Gtin::new(gtin.as_str()), Ok(gtin.clone()));
            prop_assert_eq!(serde_json::from_value::<Gtin>(serde_json::to_value(&gtin).unwrap()).unwrap(), gtin);
        }

        #[test]
        fn a_payload_makes_the_key_and_is_found_in_it(number in 0..100_000_000_000_000_000_u64) {
            let sscc = Sscc::of_payload(number);
            prop_assert_eq!(Sscc::new(sscc.as_str()), Ok(sscc.clone()));
            prop_assert_eq!(sscc.payload(), number);
            let gtin = Gtin::of_payload(number % 10_u64.pow(13));
            prop_assert_eq!(Gtin::new(gtin.as_str()), Ok(gtin.clone()));
            prop_assert_eq!(gtin.payload(), number % 10_u64.pow(13));
            let gln = Gln::of_payload(number % 10_u64.pow(12));
            prop_assert_eq!(Gln::new(gln.as_str()), Ok(gln.clone()));
            prop_assert_eq!(gln.payload(), number % 10_u64.pow(12));
        }

        #[test]
        fn never_panics(text in ".*") {
            let _ = Gtin::new(&text);
            let _ = Sscc::new(&text);
            let _ = Gln::new(&text);
        }
    }
}
