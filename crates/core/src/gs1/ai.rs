//! Application identifiers: the two to four digits in front of every data field that say what it is, how long it is
//! and what it may hold (GS1 General Specifications §3).

use std::fmt;
use std::str::FromStr;

use super::ai_table::{Definition, Rule, TABLE, number};
use super::charset::CharacterSet;
use super::check_digit::{self, CheckDigitError};
use super::date::{self, DateError, DayZero};

/// An application identifier that GS1 has assigned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ai {
    row: u8,
    number: u16,
}

/// Digits that GS1 has not assigned to an application identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a GS1 application identifier")]
pub struct UnknownAi(pub String);

/// A data field that its application identifier does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Too short or too long.
    #[error("({ai}) {} takes {} characters, `{text}` has {length}", .ai.title(), .ai.lengths())]
    Length {
        /// Whose data field it is.
        ai: Ai,
        /// The data field.
        text: String,
        /// Its length in characters.
        length: usize,
    },
    /// A character that is not in the set of this field.
    #[error("({ai}) {} holds {character:?} at place {position} of `{text}`; allowed are {set}", .ai.title())]
    Character {
        /// Whose data field it is.
        ai: Ai,
        /// The data field.
        text: String,
        /// The character that is not allowed.
        character: char,
        /// Its place in the data field, counted from 1.
        position: usize,
        /// What is allowed there.
        set: CharacterSet,
    },
    /// A wrong check digit.
    #[error("({ai}) {}: {error}", .ai.title())]
    CheckDigit {
        /// Whose data field it is.
        ai: Ai,
        /// What is wrong.
        error: CheckDigitError,
    },
    /// An impossible date or time.
    #[error("({ai}) {}: {error}", .ai.title())]
    Date {
        /// Whose data field it is.
        ai: Ai,
        /// What is wrong.
        error: DateError,
    },
}

impl Ai {
    /// (00) the SSCC of a logistic unit.
    pub const SSCC: Self = Self::known("00");
    /// (01) the GTIN of a trade item.
    pub const GTIN: Self = Self::known("01");
    /// (02) the GTIN of what a logistic unit contains.
    pub const CONTENT: Self = Self::known("02");
    /// (10) batch or lot.
    pub const LOT: Self = Self::known("10");
    /// (11) date of production.
    pub const PRODUCTION_DATE: Self = Self::known("11");
    /// (17) date of expiry.
    pub const EXPIRY_DATE: Self = Self::known("17");
    /// (21) serial.
    pub const SERIAL: Self = Self::known("21");
    /// (22) consumer product variant.
    pub const CONSUMER_PRODUCT_VARIANT: Self = Self::known("22");
    /// (30) count of items in a trade item of variable count.
    pub const COUNT: Self = Self::known("30");
    /// (37) count of trade items in a logistic unit.
    pub const CONTENT_COUNT: Self = Self::known("37");
    /// (240) additional product identification.
    pub const ADDITIONAL_ID: Self = Self::known("240");
    /// (254) a place within the location of a GLN.
    pub const GLN_EXTENSION: Self = Self::known("254");
    /// (414) the GLN of a physical location.
    pub const LOCATION: Self = Self::known("414");
    /// (7003) date and time of expiry.
    pub const EXPIRY_TIME: Self = Self::known("7003");

    const fn known(digits: &str) -> Self {
        match Self::find(digits.as_bytes()) {
            Some(ai) => ai,
            None => panic!("not in the table"),
        }
    }

    /// The identifier with exactly these digits.
    const fn find(digits: &[u8]) -> Option<Self> {
        let Some(number) = number(digits) else { return None };
        let mut row = 0;
        while row < TABLE.len() {
            let definition = &TABLE[row];
            if definition.digits as usize == digits.len() && definition.first <= number && number <= definition.last {
                return Some(Self { row: row as u8, number });
            }
            row += 1;
        }
        None
    }

    /// The identifier that `text` begins with. No identifier is the beginning of another, so there is at most one.
    pub fn at_start_of(text: &str) -> Option<Self> {
        (2..=4).find_map(|digits| Self::find(text.as_bytes().get(..digits)?))
    }

    /// The title of the data field, as GS1 prints it.
    pub fn title(self) -> &'static str {
        self.definition().title
    }

    /// How many digits the identifier itself has.
    pub fn digits(self) -> usize {
        usize::from(self.definition().digits)
    }

    /// Whether the length follows from the first two digits, so that no separator is needed behind the data field
    /// (§7.8).
    pub fn has_predefined_length(self) -> bool {
        self.definition().predefined
    }

    /// Whether the field may stand in the query of a GS1 Digital Link.
    pub fn is_link_attribute(self) -> bool {
        self.definition().attribute
    }

    /// The greatest length of the data field.
    pub fn max_length(self) -> usize {
        self.definition().parts.iter().map(|part| usize::from(part.max)).sum()
    }

    /// The least length of the data field.
    pub fn min_length(self) -> usize {
        self.definition().parts.iter().filter(|part| !part.optional).map(|part| usize::from(part.min)).sum()
    }

    fn lengths(self) -> String {
        let (min, max) = (self.min_length(), self.max_length());
        if min == max { max.to_string() } else { format!("{min} to {max}") }
    }

    fn definition(self) -> &'static Definition {
        &TABLE[usize::from(self.row)]
    }

    /// Checks length, characters, check digit, dates and times of a data field. Codes of other bodies (countries,
    /// currencies, media types) are not checked.
    pub fn check(self, text: &str) -> Result<(), ValueError> {
        let wrong_length = || ValueError::Length { ai: self, text: text.to_owned(), length: text.chars().count() };
        if text.chars().count() > self.max_length() {
            return Err(wrong_length());
        }
        let mut rest = text;
        for (index, part) in self.definition().parts.iter().enumerate() {
            if rest.is_empty() && part.optional && index > 0 {
                return Ok(());
            }
            let cut = rest.char_indices().nth(usize::from(part.max)).map_or(rest.len(), |(at, _)| at);
            let (field, behind) = rest.split_at(cut);
            if let Some((position, character)) = part.set.first_foreign(field) {
                let position = position + text.chars().count() - rest.chars().count();
                return Err(ValueError::Character {
                    ai: self,
                    text: text.to_owned(),
                    character,
                    position,
                    set: part.set,
                });
            }
            if field.len() < usize::from(part.min) {
                return Err(wrong_length());
            }
            self.check_rule(part.rule, field)?;
            rest = behind;
        }
        Ok(())
    }

    fn check_rule(self, rule: Rule, field: &str) -> Result<(), ValueError> {
        let date_error = |error| ValueError::Date { ai: self, error };
        match rule {
            Rule::None => Ok(()),
            Rule::CheckDigit => check_digit::verify(field).map_err(|error| ValueError::CheckDigit { ai: self, error }),
            Rule::DateOrMonth => date::check_yymmdd(field, DayZero::LastOfMonth).map_err(date_error),
            Rule::Date => date::check_yymmdd(field, DayZero::Refused).map_err(date_error),
            Rule::LongDate => date::parse_yyyymmdd(field).map(drop).map_err(date_error),
            Rule::Time => date::parse_time(field).map(drop).map_err(date_error),
        }
    }
}

impl fmt::Display for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = self.digits())
    }
}

impl fmt::Debug for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ai({self})")
    }
}

impl FromStr for Ai {
    type Err = UnknownAi;

    fn from_str(text: &str) -> Result<Self, UnknownAi> {
        Self::find(text.as_bytes()).ok_or_else(|| UnknownAi(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gs1::ai_table::Part;
    use crate::gs1::test_data::syntax_dictionary;

    /// The notation of the dictionary for one of our parts.
    fn notation(part: &Part) -> String {
        let set = match part.set {
            CharacterSet::Numeric => "N",
            CharacterSet::Set82 => "X",
            CharacterSet::Set39 => "Y",
            CharacterSet::Base64Url => "Z",
        };
        let range = if part.min == part.max { "" } else { ".." };
        let (open, close) = if part.optional { ("[", "]") } else { ("", "") };
        let rule = match part.rule {
            Rule::None => "",
            Rule::CheckDigit => ",csum",
            Rule::DateOrMonth => ",yymmd0",
            Rule::Date => ",yymmdd",
            Rule::LongDate => ",yyyymmdd",
            Rule::Time => ",hhmi",
        };
        format!("{open}{set}{range}{}{close}{rule}", part.max)
    }

    /// Drops from a part of the dictionary the linters that this library does not apply.
    fn with_our_linters(part: &str) -> String {
        let mut pieces = part.split(',');
        let mut kept = pieces.next().unwrap_or_default().to_owned();
        for linter in pieces.filter(|linter| ["csum", "yymmd0", "yymmdd", "yyyymmdd", "hhmi"].contains(linter)) {
            kept = format!("{kept},{linter}");
        }
        kept
    }

    #[test]
    fn the_table_is_the_syntax_dictionary() {
        let Some(dictionary) = syntax_dictionary() else { return };
        let theirs: Vec<String> = dictionary
            .iter()
            .map(|entry| {
                let parts: Vec<String> = entry.parts.iter().map(|part| with_our_linters(part)).collect();
                format!("{} {} {} {}", entry.ais, entry.flags, parts.join(" "), entry.title)
            })
            .collect();
        let ours: Vec<String> = TABLE
            .iter()
            .map(|row| {
                let width = usize::from(row.digits);
                let last = if row.first == row.last { String::new() } else { format!("-{:0width$}", row.last) };
                let flags =
                    format!("{}{}", if row.predefined { "*" } else { "" }, if row.attribute { "?" } else { "" });
                let parts: Vec<String> = row.parts.iter().map(notation).collect();
                format!("{:0width$}{last} {flags} {} {}", row.first, parts.join(" "), row.title)
            })
            .collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn predefined_lengths_follow_from_the_first_two_digits() {
        // The list of §7.8: identifier and data field together.
        let lengths = [
            (&[0][..], 20),
            (&[1, 2, 3], 16),
            (&[11, 12, 13, 15, 16, 17], 8),
            (&[20], 4),
            (&[31, 32, 33, 34, 35, 36], 10),
            (&[41], 16),
        ];
        for definition in TABLE {
            let prefix = definition.first / 10_u16.pow(u32::from(definition.digits) - 2);
            let total =
                u16::from(definition.digits) + definition.parts.iter().map(|part| u16::from(part.max)).sum::<u16>();
            let predefined = lengths.iter().find(|(prefixes, _)| prefixes.contains(&prefix)).map(|(_, length)| *length);
            assert_eq!(predefined, definition.predefined.then_some(total), "{}", definition.title);
        }
    }

    #[test]
    fn no_identifier_begins_another() {
        for number in 0..10_000 {
            let digits = format!("{number:04}");
            let found = (2..=4).filter(|length| digits[..*length].parse::<Ai>().is_ok()).count();
            assert!(found <= 1, "{digits}");
        }
        assert_eq!("14".parse::<Ai>(), Err(UnknownAi("14".into())));
        assert_eq!("3106".parse::<Ai>(), Err(UnknownAi("3106".into())));
        assert_eq!("3103".parse::<Ai>().map(|ai| ai.to_string()), Ok("3103".into()));
        assert_eq!(Ai::at_start_of("010950"), Some(Ai::GTIN));
        assert_eq!(Ai::at_start_of("é"), None);
    }

    #[test]
    fn checks_say_what_is_wrong() {
        let message = |ai: Ai, text: &str| ai.check(text).unwrap_err().to_string();
        assert_eq!(message(Ai::GTIN, "1088670403139"), "(01) GTIN takes 14 characters, `1088670403139` has 13");
        assert_eq!(
            message(Ai::EXPIRY_DATE, "271301"),
            "(17) USE BY or EXPIRY: `271301` (YYMMDD) is not a day of the calendar"
        );
        assert_eq!(message(Ai::LOT, ""), "(10) BATCH/LOT takes 1 to 20 characters, `` has 0");
        assert!(message(Ai::SERIAL, "1é").starts_with("(21) SERIAL holds 'é' at place 2 of `1é`; allowed are letters"));
        assert!(matches!(Ai::EXPIRY_TIME.check("2704302460"), Err(ValueError::Date { .. })));
        assert!(matches!(Ai::EXPIRY_TIME.check("270430x359"), Err(ValueError::Character { position: 7, .. })));

        let gcn: Ai = "255".parse().unwrap();
        assert_eq!((gcn.check("9501101020917"), gcn.check("95011010209170123")), (Ok(()), Ok(())));
        let harvest: Ai = "7007".parse().unwrap();
        assert!(harvest.check("260101260").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(row in 0..TABLE.len(), text in "[0-9]{0,20}|.{0,95}") {
            let definition = &TABLE[row];
            let ai: Ai = format!("{:0width$}", definition.last, width = usize::from(definition.digits)).parse().unwrap();
            let _ = ai.check(&text);
            let _ = text.parse::<Ai>();
            Ai::at_start_of(&text);
        }
    }
}
