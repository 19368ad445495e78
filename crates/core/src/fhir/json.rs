//! JSON as it was written: numbers as text (1.50 is not 1.5 in FHIR), properties in their order, none twice.
//!
//! `serde_json` keeps a number as written only with a feature that would change it for the whole workspace; so this
//! tree is our own.

use std::fmt;

use super::error::FhirError;
use super::parse;

/// A value of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`; FHIR has it only where the other of two lists side by side has a value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(Decimal),
    /// A string, without its escapes.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

impl Json {
    /// Reads JSON (RFC 8259) of at most [`MAX_BYTES`](super::MAX_BYTES) and [`MAX_DEPTH`](super::MAX_DEPTH), with no
    /// property twice in an object.
    pub fn parse(text: &[u8]) -> Result<Self, FhirError> {
        parse::parse(text)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The properties of an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The elements of a list, or the value itself.
    pub fn items(&self) -> &[Json] {
        match self {
            Self::Array(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

/// A number as written: its digits say its precision (R4, section 2.24.0.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// Reads a number of JSON, which is what R4 lets a decimal be.
    pub fn new(text: &str) -> Option<Self> {
        parse::is_number(text.as_bytes()).then(|| Self(text.to_owned()))
    }

    /// Of text that was found to be a number.
    pub(super) fn checked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest double, to reckon with.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The whole number, when it is one that is written without point and exponent.
    pub fn to_integer<N: std::str::FromStr>(&self) -> Option<N> {
        self.0.parse().ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<u64> for Decimal {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

/// The properties of an object in the order in which they were written, no name twice.
///
/// Two objects are equal when they have the same properties in the same order; [`canonical`](super::canonical()) forms
/// are equal in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// No property yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of properties of which no name stands twice.
    pub(super) fn unique(fields: Vec<(String, Json)>) -> Self {
        Self(fields)
    }

    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The value of a property, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.0.iter_mut().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The text of a property that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The elements of a property that is a list; none when there is no such list.
    pub fn list(&self, name: &str) -> &[Json] {
        self.get(name).and_then(Json::as_array).unwrap_or_default()
    }

    /// Sets a property: in its place when there is one, else behind all others.
    pub fn set(&mut self, name: &str, value: impl Into<Json>) {
        let value = value.into();
        match self.get_mut(name) {
            Some(place) => *place = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Takes a property out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(place).1)
    }

    /// Name and value of every property, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Value of every property, in order, to change it.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Json)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Name and value of every property, in order, taken out.
    pub fn into_fields(self) -> impl Iterator<Item = (String, Json)> {
        self.0.into_iter()
    }

    /// How many properties there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const N: usize> From<[(&str, Json); N]> for Object {
    /// The later of two properties with one name stays.
    fn from(fields: [(&str, Json); N]) -> Self {
        let mut object = Self::new();
        for (name, value) in fields {
            object.set(name, value);
        }
        object
    }
}
