//! A serial that is kept in place.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest serial (GS1 General Specifications, AI 21: X..20).
const MAX_LENGTH: usize = 20;

/// Why a text is not a serial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerialFault {
    /// Nothing there.
    #[error("the serial is empty: write one, or remove the line")]
    Empty,
    /// More than 20 characters.
    #[error("serial `{0}` is longer than 20 characters")]
    TooLong(String),
    /// A character that GS1 does not allow.
    #[error("serial `{serial}` contains {character:?}, which is not in GS1 character set 82")]
    Character {
        /// The serial.
        serial: String,
        /// The first such character.
        character: char,
    },
}

/// Whether `text` is 1 to 20 characters of GS1 character set 82 (GS1 General Specifications, figure 7.11-1).
pub fn check_serial(text: &[u8]) -> Result<(), SerialFault> {
    let wrong = text.iter().position(|byte| !is_gs1_82(*byte));
    match wrong {
        _ if text.is_empty() => Err(SerialFault::Empty),
        None if text.len() > MAX_LENGTH => Err(SerialFault::TooLong(String::from_utf8_lossy(text).into_owned())),
        None => Ok(()),
        Some(at) => {
            let serial = String::from_utf8_lossy(text).into_owned();
            // The bytes before `at` are ASCII, so the character there begins at the same place in the lossy text.
            let character = serial[at..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            Err(SerialFault::Character { serial, character })
        }
    }
}

const fn is_gs1_82(byte: u8) -> bool {
    matches!(byte, b'!' | b'"' | b'%'..=b'?' | b'A'..=b'Z' | b'_' | b'a'..=b'z')
}

/// A serial of 1 to 20 characters of GS1 character set 82, without memory of its own: a million are 20 MB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompactSerial {
    /// The characters, then zeros; all ASCII.
    bytes: [u8; MAX_LENGTH],
}

impl CompactSerial {
    /// Checks and keeps `text`.
    pub fn new(text: &[u8]) -> Result<Self, SerialFault> {
        check_serial(text)?;
        let mut bytes = [0; MAX_LENGTH];
        bytes[..text.len()].copy_from_slice(text);
        Ok(Self { bytes })
    }

    /// The serial as text.
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(MAX_LENGTH);
        // Nothing but ASCII is ever kept, so the text is whole.
        std::str::from_utf8(&self.bytes[..length]).unwrap_or_default()
    }
}

impl fmt::Display for CompactSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CompactSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompactSerial({self})")
    }
}

impl std::str::FromStr for CompactSerial {
    type Err = SerialFault;

    fn from_str(text: &str) -> Result<Self, SerialFault> {
        Self::new(text.as_bytes())
    }
}

impl Serialize for CompactSerial {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CompactSerial {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = CompactSerial;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a serial")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<CompactSerial, E> {
                text.parse().map_err(E::custom)
            }
        }

        from.deserialize_str(Text)
    }
}
