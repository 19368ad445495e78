//! The character sets of GS1 element strings (GS1 General Specifications §7.11) and the texts in them that have a type
//! of their own: the lot, the serial, and what extends a GLN.

use std::fmt;
use std::str::FromStr;

/// A set of characters that a data field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CharacterSet {
    /// Digits.
    Numeric,
    /// GS1 AI encodable character set 82: letters, digits and ``!"%&'()*+,-./:;<=>?_``.
    Set82,
    /// GS1 AI encodable character set 39: capital letters, digits and `#-/`.
    Set39,
    /// File-safe base64: letters, digits, `-`, `_` and the filler `=`.
    Base64Url,
}

impl CharacterSet {
    /// Whether `character` is in the set.
    pub const fn contains(self, character: char) -> bool {
        match self {
            Self::Numeric => character.is_ascii_digit(),
            Self::Set82 => {
                character.is_ascii_alphanumeric() || matches!(character, '!' | '"' | '%'..='/' | ':'..='?' | '_')
            }
            Self::Set39 => {
                character.is_ascii_uppercase() || character.is_ascii_digit() || matches!(character, '#' | '-' | '/')
            }
            Self::Base64Url => character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '='),
        }
    }

    /// The first character of `text` outside the set, with its place counted from 1.
    pub fn first_foreign(self, text: &str) -> Option<(usize, char)> {
        text.chars()
            .enumerate()
            .find(|(_, character)| !self.contains(*character))
            .map(|(at, character)| (at + 1, character))
    }
}

impl fmt::Display for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Numeric => "digits",
            Self::Set82 => "letters A to Z and a to z, digits and !\"%&'()*+,-./:;<=>?_ (GS1 character set 82)",
            Self::Set39 => "capital letters, digits and #-/ (GS1 character set 39)",
            Self::Base64Url => "letters, digits, -, _ and = (base64url)",
        })
    }
}

/// A lot or serial that GS1 does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing, or more than 20 characters.
    #[error("the {what} `{text}` has {length} characters; it must have 1 to 20")]
    Length {
        /// `lot`, `serial` or `GLN extension`.
        what: &'static str,
        /// What was given.
        text: String,
        /// Its length in characters.
        length: usize,
    },
    /// A character outside set 82.
    #[error("the {what} `{text}` holds {character:?} at place {position}; allowed are {}", CharacterSet::Set82)]
    Character {
        /// `lot`, `serial` or `GLN extension`.
        what: &'static str,
        /// What was given.
        text: String,
        /// The character that is not allowed.
        character: char,
        /// Its place in the text, counted from 1.
        position: usize,
    },
}

fn check(what: &'static str, text: &str) -> Result<(), TextError> {
    let length = text.chars().count();
    if !(1..=20).contains(&length) {
        return Err(TextError::Length { what, text: text.to_owned(), length });
    }
    match CharacterSet::Set82.first_foreign(text) {
        Some((position, character)) => Err(TextError::Character { what, text: text.to_owned(), character, position }),
        None => Ok(()),
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes `text` as it stands on the label; lower and upper case are different.
            pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
                let text = text.into();
                check($what, &text)?;
                Ok(Self(text))
            }

            /// The characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text!(
    /// A batch or lot number, AI (10): 1 to 20 characters of set 82.
    Lot,
    "lot"
);
text!(
    /// A serial number, AI (21): 1 to 20 characters of set 82.
    Serial,
    "serial"
);
text!(
    /// A GLN extension component, AI (254), which names a place within the location: 1 to 20 characters of set 82.
    GlnExtension,
    "GLN extension"
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_sets_have_the_sizes_of_their_names() {
        let size = |set: CharacterSet| (0..=255_u8).filter(|byte| set.contains(char::from(*byte))).count();
        assert_eq!(size(CharacterSet::Numeric), 10);
        assert_eq!(size(CharacterSet::Set82), 82);
        assert_eq!(size(CharacterSet::Set39), 39);
        assert_eq!(size(CharacterSet::Base64Url), 65);
        assert!("#$@[\\]^`{|}~ \u{7f}é".chars().all(|outside| !CharacterSet::Set82.contains(outside)));
    }

    #[test]
    fn errors_name_the_character_and_the_length() {
        assert_eq!(
            Lot::new("A#1"),
            Err(TextError::Character { what: "lot", text: "A#1".into(), character: '#', position: 2 })
        );
        assert_eq!(Serial::new("").unwrap_err().to_string(), "the serial `` has 0 characters; it must have 1 to 20");
        assert!(matches!(Lot::new("x".repeat(21)), Err(TextError::Length { length: 21, .. })));
        assert!(serde_json::from_str::<Lot>("\"a b\"").is_err());
    }

    proptest! {
        #[test]
        fn every_allowed_text_is_kept_as_it_is(text in r#"[!"%-/0-9:-?A-Z_a-z]{1,20}"#) {
            let lot = Lot::new(text.clone()).unwrap();
            prop_assert_eq!(lot.as_str(), &text);
            prop_assert_eq!(serde_json::from_str::<Lot>(&serde_json::to_string(&lot).unwrap()).unwrap(), lot);
        }

        #[test]
        fn never_panics(text in ".*") {
            let _ = Serial::new(text);
        }
    }
}
