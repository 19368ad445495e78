//! A resource of any type, whole.

use alloy_primitives::B256;

use super::canonical::{canonical_object, digest_object};
use super::error::FhirError;
use super::json::{Json, Object};

/// A resource of any type with everything that was in it.
///
/// It always has its `resourceType`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource(Object);

impl Resource {
    /// Of an object that says its `resourceType`.
    pub fn new(fields: Object) -> Result<Self, FhirError> {
        match fields.get("resourceType") {
            Some(Json::String(name)) if !name.is_empty() => Ok(Self(fields)),
            Some(_) => Err(FhirError::NotAResource("`resourceType` is not the name of a type")),
            None => Err(FhirError::NotAResource("it has no `resourceType`")),
        }
    }

    /// Of a type, with the fields that `write` adds behind its name.
    pub(super) fn typed(name: &'static str, write: impl FnOnce(Object) -> Object) -> Self {
        Self(write(Object::from([("resourceType", Json::from(name))])))
    }

    /// Reads the JSON of a resource.
    pub fn from_json(text: &[u8]) -> Result<Self, FhirError> {
        match Json::parse(text)? {
            Json::Object(fields) => Self::new(fields),
            _ => Err(FhirError::NotAResource("it is not an object")),
        }
    }

    /// The name of its type.
    pub fn resource_type(&self) -> &str {
        self.0.text("resourceType").unwrap_or_default()
    }

    /// Its logical id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// The profiles that it claims to follow (`meta.profile`).
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        let meta = self.0.get("meta").and_then(Json::as_object);
        meta.map(|meta| meta.list("profile")).unwrap_or_default().iter().filter_map(Json::as_str)
    }

    /// All its properties.
    pub fn fields(&self) -> &Object {
        &self.0
    }

    /// All its properties, taken out.
    pub fn into_fields(self) -> Object {
        self.0
    }

    /// Its canonical JSON (see [`canonical`](super::canonical())).
    pub fn canonical(&self) -> Vec<u8> {
        canonical_object(&self.0)
    }

    /// SHA-256 of its canonical JSON: what the chain knows it by.
    pub fn digest(&self) -> B256 {
        digest_object(&self.0)
    }
}
