//! Element strings: application identifiers with their data fields, one behind the other (GS1 General Specifications
//! §7.8).
//!
//! Two forms are read and written. **Raw**, as a scanner transmits it: the separator FNC1 arrives as GS (0x1D), stands
//! behind every field whose length is not predefined, unless it is the last, and a symbology identifier such as `]d2`
//! may come first. **Bracketed**, as people read it: `(01)09506000134352(10)AB-1`.
//!
//! A data field may hold brackets itself, so `(10)A(21)B` could be a lot `A(21)B`. Here `(`, two to four digits and `)`
//! always begin an element; where a data field really holds them, the first bracket is written `\(`, as the GS1 Barcode
//! Syntax Engine does. Brackets of any other shape are data.

use std::fmt;
use std::str::FromStr;

use super::ai::{Ai, ValueError};

/// The separator as scanners transmit it.
pub const GS: char = '\u{1d}';

/// Symbology identifiers of carriers that hold element strings (ISO/IEC 15424): GS1-128, GS1 DataBar, GS1 DataMatrix,
/// GS1 QR Code, GS1 DotCode.
const GS1_CARRIERS: [&str; 5] = ["]C1", "]e0", "]d2", "]Q3", "]J1"];

/// One application identifier with a data field that it allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Element {
    ai: Ai,
    value: String,
}

impl Element {
    /// Checks `value` against the format of `ai`.
    pub fn new(ai: Ai, value: impl Into<String>) -> Result<Self, ValueError> {
        let value = value.into();
        ai.check(&value)?;
        Ok(Self { ai, value })
    }

    /// The application identifier.
    pub fn ai(&self) -> Ai {
        self.ai
    }

    /// The data field.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Several element strings of one thing. No application identifier occurs twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ElementStrings(Vec<Element>);

/// Text that is not element strings, and where it stops being so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {problem}")]
pub struct ElementError {
    /// The place in the text, counted from 1.
    pub position: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong with element strings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no element at all.
    #[error("there are no element strings")]
    Empty,
    /// A symbology identifier of a carrier that holds no element strings.
    #[error("the symbology identifier `{0}` is not one of a GS1 carrier (]C1, ]e0, ]d2, ]Q3, ]J1)")]
    NotGs1Carrier(String),
    /// A character that no element string can hold.
    #[error("{0:?} cannot stand in an element string")]
    Character(char),
    /// No application identifier where one must be.
    #[error("`{0}` does not begin with a GS1 application identifier")]
    ExpectedAi(String),
    /// No `(` where a bracketed element must begin.
    #[error("expected an application identifier in brackets, as in (01)")]
    ExpectedBracket,
    /// A field longer than it may be, most often because a separator got lost.
    #[error(
        "({ai}) {} runs for {length} characters, at most {} are allowed: is a separator (FNC1, GS) missing behind it?",
        .ai.title(), .ai.max_length()
    )]
    TooLong {
        /// Whose field it is.
        ai: Ai,
        /// Its length.
        length: usize,
    },
    /// A field that its identifier does not allow.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// One identifier twice, with different fields.
    #[error("({ai}) {} stands twice, as `{first}` and as `{second}`", .ai.title())]
    Conflict {
        /// The identifier.
        ai: Ai,
        /// Its first field.
        first: String,
        /// Its second field.
        second: String,
    },
}

impl Problem {
    fn at(self, position: usize) -> ElementError {
        ElementError { position, problem: self }
    }
}

impl ElementStrings {
    /// Reads either form; a symbology identifier may stand in front.
    pub fn parse(text: &str) -> Result<Self, ElementError> {
        if let Some((at, character)) = text.chars().enumerate().find(|(_, character)| !character.is_ascii()) {
            return Err(Problem::Character(character).at(at + 1));
        }
        let start = if text.starts_with(']') { carrier(text)? } else { 0 };
        let elements =
            if text[start..].starts_with('(') { Self::read_bracketed(text) } else { Self::read_raw(text, start) }?;
        if elements.0.is_empty() { Err(Problem::Empty.at(text.len().max(1))) } else { Ok(elements) }
    }

    fn read_raw(text: &str, mut at: usize) -> Result<Self, ElementError> {
        let mut elements = Self::default();
        while at < text.len() {
            let rest = &text[at..];
            // A separator is welcome between any two elements, as §7.8 asks of whoever decodes.
            if rest.starts_with(GS) {
                at += 1;
                continue;
            }
            let excerpt = || rest.chars().take_while(|character| *character != GS).take(4).collect();
            let ai = Ai::at_start_of(rest).ok_or_else(|| Problem::ExpectedAi(excerpt()).at(at + 1))?;
            let field = &rest[ai.digits()..];
            let separator = field.find(GS).unwrap_or(field.len());
            let end = if ai.has_predefined_length() { ai.max_length().min(field.len()) } else { separator };
            at += ai.digits();
            if end > ai.max_length() {
                return Err(Problem::TooLong { ai, length: end }.at(at + 1));
            }
            elements.add(ai, field[..end].to_owned(), at)?;
            at += end;
        }
        Ok(elements)
    }

    fn read_bracketed(text: &str) -> Result<Self, ElementError> {
        let mut elements = Self::default();
        let mut at = if text.starts_with(']') { 3 } else { 0 };
        while at < text.len() {
            let rest = &text[at..];
            let digits = bracketed_digits(rest).ok_or_else(|| Problem::ExpectedBracket.at(at + 1))?;
            let ai: Ai = digits.parse().map_err(|_| Problem::ExpectedAi(digits.to_owned()).at(at + 2))?;
            at += digits.len() + 2;
            let field = &text[at..];
            let end = field_end(field);
            // People put spaces between elements; no data field can hold one.
            let value = field[..end].trim_end_matches(' ').replace("\\(", "(");
            elements.add(ai, value, at)?;
            at += end;
        }
        Ok(elements)
    }

    /// Adds what was read at the byte `at` (of ASCII text, so also the character).
    fn add(&mut self, ai: Ai, value: String, at: usize) -> Result<(), ElementError> {
        let element = Element::new(ai, value).map_err(|error| {
            let inside = if let ValueError::Character { position, .. } = error { position } else { 1 };
            Problem::Value(error).at(at + inside)
        })?;
        self.push(element).map_err(|problem| problem.at(at + 1))
    }

    /// Adds an element behind the others. The same one again is left out; another value for the same identifier is
    /// refused.
    pub fn push(&mut self, element: Element) -> Result<(), Problem> {
        match self.value(element.ai) {
            Some(first) if first != element.value => {
                Err(Problem::Conflict { ai: element.ai, first: first.to_owned(), second: element.value })
            }
            Some(_) => Ok(()),
            None => {
                self.0.push(element);
                Ok(())
            }
        }
    }

    /// The data field of `ai`.
    pub fn value(&self, ai: Ai) -> Option<&str> {
        self.0.iter().find(|element| element.ai == ai).map(Element::value)
    }

    /// The elements in the order that they stand in.
    pub fn iter(&self) -> std::slice::Iter<'_, Element> {
        self.0.iter()
    }

    /// The same elements, those of predefined length first: the order that needs fewest separators (§7.8).
    pub fn predefined_first(mut self) -> Self {
        self.0.sort_by_key(|element| !element.ai.has_predefined_length());
        self
    }

    /// The raw form: what is encoded behind the FNC1 that marks a GS1 symbol, with GS for further ones.
    pub fn to_raw(&self) -> String {
        let mut text = String::new();
        for (index, Element { ai, value }) in self.0.iter().enumerate() {
            text.push_str(&format!("{ai}{value}"));
            if !ai.has_predefined_length() && index + 1 < self.0.len() {
                text.push(GS);
            }
        }
        text
    }

    /// The bracketed form, which people read.
    pub fn to_bracketed(&self) -> String {
        self.0.iter().map(|Element { ai, value }| format!("({ai}){}", escape(value))).collect()
    }
}

/// Whether `carrier` is the symbology identifier of a symbol that holds element strings.
pub(crate) fn is_gs1_carrier(carrier: &str) -> bool {
    GS1_CARRIERS.contains(&carrier)
}

/// The length of the symbology identifier that `text` begins with.
fn carrier(text: &str) -> Result<usize, ElementError> {
    match GS1_CARRIERS.iter().find(|carrier| text.starts_with(**carrier)) {
        Some(carrier) => Ok(carrier.len()),
        None => Err(Problem::NotGs1Carrier(text.chars().take(3).collect()).at(1)),
    }
}

/// The digits, if `text` begins with `(`, two to four digits and `)`.
fn bracketed_digits(text: &str) -> Option<&str> {
    let (digits, _) = text.strip_prefix('(')?.split_once(')')?;
    ((2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Where the data field that `text` begins with ends: before the next element, or with the text.
fn field_end(text: &str) -> usize {
    let begins_element = |at: &usize| !text[..*at].ends_with('\\') && bracketed_digits(&text[*at..]).is_some();
    text.match_indices('(').map(|(at, _)| at).find(begins_element).unwrap_or(text.len())
}

/// Marks the brackets in a data field that would read as the beginning of an element.
fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        if bracketed_digits(&value[at..]).is_some() {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

impl<'a> IntoIterator for &'a ElementStrings {
    type Item = &'a Element;
    type IntoIter = std::slice::Iter<'a, Element>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for ElementStrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_bracketed())
    }
}

impl FromStr for ElementStrings {
    type Err = ElementError;

    fn from_str(text: &str) -> Result<Self, ElementError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ElementStrings {
    type Error = ElementError;

    fn try_from(text: String) -> Result<Self, ElementError> {
        Self::parse(&text)
    }
}

impl From<ElementStrings> for String {
    fn from(elements: ElementStrings) -> Self {
        elements.to_bracketed()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let elements = ElementStrings::parse(text).unwrap();
        elements.iter().map(|element| (element.ai().to_string(), element.value().to_owned())).collect()
    }

    fn error(text: &str) -> String {
        ElementStrings::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_every_form_alike() {
        let bracketed = "(01)09506000134352(17)271231(10)AB-1(21)S/9";
        let raw = "010950600013435217271231".to_owned() + "10AB-1\u{1d}21S/9";
        for text in [
            bracketed.to_owned(),
            "(01) 09506000134352".replace(") ", ")") + " (17)271231 (10)AB-1 (21)S/9",
            raw.clone(),
            format!("]d2{raw}"),
            format!("]Q3{raw}"),
            format!("]C1{raw}\u{1d}"),
            format!("]e0\u{1d}{raw}"),
            format!("]d2{bracketed}"),
        ] {
            assert_eq!(ElementStrings::parse(&text).unwrap().to_bracketed(), bracketed, "{text}");
        }
        assert_eq!(ElementStrings::parse(bracketed).unwrap().to_raw(), raw);
    }

    #[test]
    fn writes_separators_only_where_needed() {
        let elements = ElementStrings::parse("(10)A(01)09506000134352(37)5(11)260101").unwrap();
        assert_eq!(elements.to_raw(), "10A\u{1d}0109506000134352375\u{1d}11260101");
        assert_eq!(elements.predefined_first().to_raw(), "01095060001343521126010110A\u{1d}375");
    }

    #[test]
    fn reads_an_example_of_the_general_specifications() {
        // An item of variable measure (§2.1) with its net weight, and a lot.
        assert_eq!(
            pairs("0195012345678903310300075010ABC123"),
            [("01", "95012345678903"), ("3103", "000750"), ("10", "ABC123")].map(|(a, b)| (a.into(), b.into()))
        );
    }

    #[test]
    fn brackets_in_data_are_kept() {
        assert_eq!(pairs("(10)A(B)(21)C")[0].1, "A(B)");
        assert_eq!(pairs("(10)A\\(21)C"), [("10".into(), "A(21)C".into())]);
        let elements = ElementStrings::parse("10A(21)C").unwrap();
        assert_eq!(elements.to_bracketed(), "(10)A\\(21)C");
        assert_eq!(ElementStrings::parse(&elements.to_bracketed()), Ok(elements));
    }

    #[test]
    fn says_what_and_where() {
        assert_eq!(error(""), "at character 1: there are no element strings");
        assert_eq!(
            error("(01)09506000134352(04)1"),
            "at character 20: `04` does not begin with a GS1 application identifier"
        );
        assert_eq!(
            error("010950600013435205"),
            "at character 17: `05` does not begin with a GS1 application identifier"
        );
        assert_eq!(
            error("(01)09506000134353"),
            "at character 5: (01) GTIN: the check digit of `09506000134353` is 3, it should be 2: one of the digits \
             was misread or mistyped"
        );
        assert!(error("(10)A#1").starts_with("at character 6: (10) BATCH/LOT holds '#' at place 2 of `A#1`"));
        assert_eq!(error("(10)A(21)B(10)C"), "at character 15: (10) BATCH/LOT stands twice, as `A` and as `C`");
        assert_eq!(pairs("(10)A(21)B(10)A").len(), 2);
        assert!(error("10123456789012345678901").contains("is a separator (FNC1, GS) missing behind it?"));
        assert!(error("]d11234").contains("`]d1` is not one of a GS1 carrier"));
        assert_eq!(error("(01)0950600013435é"), "at character 18: 'é' cannot stand in an element string");
        assert!(error("01095060001343").contains("takes 14 characters"));
        assert!(error("(17)270230").contains("not a day of the calendar"));
        assert!(error("(10").contains("expected an application identifier in brackets"));
    }

    /// Elements that could stand on a label, each identifier once.
    pub(crate) fn any_elements() -> impl Strategy<Value = ElementStrings> {
        let text = r#"[!"%-/0-9:-?A-Z_a-z]{1,20}|[()0-9]{1,20}"#;
        let gtin = "[0-9]{13}".prop_map(|payload| format!("{payload}{}", crate::gs1::check_digit(&payload).unwrap()));
        // Days that every month of every century has.
        let day = (0_u8..100, 1_u8..=12, 0_u8..=28).prop_map(|(y, m, d)| format!("{y:02}{m:02}{d:02}"));
        let fields = (
            gtin,
            prop::option::of(text),
            prop::option::of(text),
            prop::option::of(day.clone()),
            prop::option::of(day),
            prop::option::of("[0-9]{1,8}"),
            prop::option::of(text),
        );
        fields
            .prop_map(|(gtin, lot, serial, made, expires, count, id)| {
                [
                    ("01", Some(gtin)),
                    ("10", lot),
                    ("21", serial),
                    ("11", made),
                    ("17", expires),
                    ("30", count),
                    ("240", id),
                ]
                .into_iter()
                .filter_map(|(ai, value)| Some(Element::new(ai.parse().unwrap(), value?).unwrap()))
                .collect::<Vec<_>>()
            })
            .prop_shuffle()
            .prop_map(|elements| {
                let mut all = ElementStrings::default();
                elements.into_iter().for_each(|element| all.push(element).unwrap());
                all
            })
    }

    proptest! {
        #[test]
        fn both_forms_round_trip(elements in any_elements()) {
            prop_assert_eq!(ElementStrings::parse(&elements.to_raw()), Ok(elements.clone()));
            prop_assert_eq!(ElementStrings::parse(&elements.to_bracketed()), Ok(elements.clone()));
            let ordered = elements.predefined_first();
            prop_assert_eq!(ElementStrings::parse(&ordered.to_raw()), Ok(ordered));
        }

        #[test]
        fn never_panics(text in r".*|(\](d2|.)?)?[()0-9A-Z\\\x1d]{0,60}") {
            let _ = ElementStrings::parse(&text);
        }
    }
}
