//! The fields of signed documents.

use theriac_core::fhir::{Decimal, Json, Object};

use super::MdsError;

type Result<T> = std::result::Result<T, MdsError>;

/// Fields as they are read.
pub(super) struct Fields<'a>(pub(super) &'a Object);

impl Fields<'_> {
    pub(super) fn optional<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        value.as_str().and_then(|text| text.parse().ok()).map(Some).ok_or_else(|| wrong(name))
    }

    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<T> {
        self.optional(name)?.ok_or_else(|| wrong(name))
    }

    pub(super) fn coded<T>(&self, name: &'static str, of: impl Fn(&str) -> Option<T>) -> Result<T> {
        self.0.text(name).and_then(of).ok_or_else(|| wrong(name))
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T> {
        match self.0.get(name) {
            Some(Json::Number(number)) => number.to_integer().ok_or_else(|| wrong(name)),
            _ => Err(wrong(name)),
        }
    }
}

/// A count.
pub(super) fn number(value: impl Into<u64>) -> Json {
    Json::Number(Decimal::from(value.into()))
}

/// The error of a field.
pub(super) fn wrong(name: &str) -> MdsError {
    MdsError::NotAVersion(format!("`{name}` is missing or cannot be read"))
}
