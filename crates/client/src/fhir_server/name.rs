//! Names of resources: type and logical id.

use std::fmt;
use std::str::FromStr;

use theriac_core::fhir::Resource;

use super::error::ServerError;

/// The longest id (R4, section 2.24.0.1, `id`).
const LONGEST_ID: usize = 64;

/// `Device/monitor`: a resource of a server, without version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceName {
    kind: String,
    id: String,
}

impl ResourceName {
    /// A name of these two parts.
    pub fn new(kind: &str, id: &str) -> Result<Self, ServerError> {
        format!("{kind}/{id}").parse()
    }

    /// The name of a resource that says its id.
    pub fn of(resource: &Resource) -> Result<Self, ServerError> {
        Self::new(resource.resource_type(), resource.id().unwrap_or_default())
    }

    /// The type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The logical id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl FromStr for ResourceName {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        let wrong = || ServerError::Name(text.to_owned());
        let (kind, id) = text.split_once('/').ok_or_else(wrong)?;
        let is_kind =
            kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|c| c.is_ascii_alphabetic());
        let of_id = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'.';
        // Two points would lead upwards in an address.
        let is_id = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(of_id) && !matches!(id, "." | "..");
        match is_kind && is_id {
            true => Ok(Self { kind: kind.to_owned(), id: id.to_owned() }),
            false => Err(wrong()),
        }
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_type_and_an_id() {
        assert_eq!("Device/a-1.b".parse::<ResourceName>().unwrap().to_string(), "Device/a-1.b");
        for wrong in ["", "Device", "Device/", "/a", "device/a", "Device/a/b", "Device/..", "Device/a?b", "De vice/a"] {
            assert!(wrong.parse::<ResourceName>().is_err(), "{wrong}");
        }
        assert!(format!("Device/{}", "a".repeat(65)).parse::<ResourceName>().is_err());
    }
}
