//! The two GS1 keys that Theriac identifies things by: GTIN and SSCC (GS1 General Specifications §2.1, §2.2).

use std::fmt;
use std::str::FromStr;

use super::check_digit::{self, CheckDigitError};
use crate::ids::UnitId;

/// Text that is not the GS1 key it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A wrong number of digits.
    #[error("`{text}` has {length} characters; a {key} has {allowed} digits")]
    Length {
        /// `GTIN` or `SSCC`.
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
        /// `GTIN` or `SSCC`.
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
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// All digits, the check digit last.
            pub fn as_str(&self) -> &str {
                &self.0
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
    Gtin
);
key!(
    /// A Serial Shipping Container Code: 18 digits with a right check digit.
    Sscc
);

impl Gtin {
    /// Takes a GTIN-8, -12, -13 or -14 and pads it with zeros to 14 digits, as AI (01) and the registers do.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        check("GTIN", text, &[8, 12, 13, 14], "8, 12, 13 or 14")?;
        Ok(Self(format!("{text:0>14}")))
    }
}

impl Sscc {
    /// Takes the 18 digits of AI (00).
    pub fn new(text: &str) -> Result<Self, KeyError> {
        check("SSCC", text, &[18], "18")?;
        Ok(Self(text.to_owned()))
    }

    /// The id of the logistic unit that bears this SSCC.
    pub fn unit_id(&self) -> UnitId {
        UnitId::new(&self.0)
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
        assert_eq!(Sscc::new("376104250021234569").unwrap().unit_id(), UnitId::new("376104250021234569"));
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
        fn never_panics(text in ".*") {
            let _ = Gtin::new(&text);
            let _ = Sscc::new(&text);
        }
    }
}
