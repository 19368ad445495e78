//! The documents of the system: what the chain keeps only the digest of.
//!
//! Each is an object of canonical JSON (RFC 8785) that says what it is: `"type"`, and `"v": 1` for the form described
//! here. Whatever a reader does not know is refused, since a field that is passed over may be the one that matters;
//! a later form gets a later `"v"`. Absent values are left out, never null. Days are `2026-01-31`, instants
//! `2026-01-31T08:00:00Z`, ids and addresses 0x and hexadecimal digits, content `ipfs://` and a CID.
//!
//! The `name`, `description` and `image` of a model and of a lot are those of ERC-721 metadata.

mod certificate;
pub(crate) mod dates;
mod lot;
mod model;
mod recall;

use std::fmt;

use alloy_primitives::{Address, B256};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use certificate::{CertificateDocument, CertificateKind, Reference, UnknownKind};
pub use lot::{LotDetails, LotDocument};
pub use model::{
    Category, ControlledBy, GmdnTerm, Identifier, IdentifierType, Measure, ModelDocument, ModelFlags, MriSafety,
    ProductCode, Size, StorageCondition,
};
pub use recall::{RecallClass, RecallNotice};

use crate::canonical::{self, CanonicalError};
use crate::content::{self, ContentAddress, ContentError};
use crate::ids::{ItemId, LotId, ModelId};
use crate::merkle::MerkleError;

/// The form of the documents that this program writes and reads.
pub const VERSION: u64 = 1;

/// A document that cannot be written, or text that is not the document it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Not canonical, or not JSON.
    #[error(transparent)]
    Json(#[from] CanonicalError),
    /// JSON, but no object.
    #[error("a document is a JSON object, beginning with {{")]
    NotAnObject,
    /// Another document, or none of ours.
    #[error("the `type` of this document is {found}: a document of type \"{expected}\" is wanted here")]
    Type {
        /// What the document says.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// A form that is not known.
    #[error("the `v` of this document is {found}: this program reads {VERSION}; use a newer one if there is one")]
    Version {
        /// What the document says.
        found: String,
    },
    /// A field that is missing, unknown or wrong.
    #[error("in {document} document, at `{path}`: {problem}")]
    Field {
        /// The type of the document.
        document: &'static str,
        /// The field, as `identifiers[0].type`.
        path: String,
        /// What is wrong with it, as the parser says it.
        problem: String,
    },
    /// A document whose fields contradict each other.
    #[error("in {document} document: {problem}")]
    Contradiction {
        /// The type of the document.
        document: &'static str,
        /// What contradicts what.
        problem: String,
    },
    /// A lot document whose serials make no lot.
    #[error("in lot document: {0}")]
    Lot(#[from] MerkleError),
    /// The document could not be read or written.
    #[error("the document could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// Its address could not be computed.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// A small document, which is read and written as a whole. A lot can be large: see [`LotDocument`].
pub trait Document: Serialize + DeserializeOwned {
    /// What stands as `"type"`.
    const TYPE: &'static str;

    /// Checks what the types of the fields cannot say.
    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }

    /// The document as canonical JSON.
    fn canonical(&self) -> Result<Vec<u8>, DocumentError> {
        self.check()?;
        canonical_with_type(self, Self::TYPE)
    }

    /// Where the document is found, by its content.
    fn address(&self) -> Result<ContentAddress, DocumentError> {
        Ok(content::address(self.canonical()?.as_slice())?)
    }

    /// Reads a document of this type. It need not be canonical: a person may have written it.
    fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let Value::Object(fields) = canonical::parse(bytes)? else { return Err(DocumentError::NotAnObject) };
        let document: Self = from_fields(fields, Self::TYPE)?;
        document.check()?;
        Ok(document)
    }
}

/// What a certificate or a recall is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// Every item of a model.
    Model(ModelId),
    /// Every item of a lot.
    Lot(LotId),
    /// One item.
    Item(ItemId),
    /// Who acts through an account. Certificates only: nobody is recalled.
    Account(Address),
}

impl Subject {
    /// The word under which the contracts keep it: a lot is its 16 bytes and zeros, an account a number.
    pub fn word(&self) -> B256 {
        match self {
            Self::Model(ModelId(id)) | Self::Item(ItemId(id)) => *id,
            Self::Lot(LotId(id)) => B256::right_padding_from(id.as_slice()),
            Self::Account(account) => account.into_word(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(id) => write!(f, "model {id}"),
            Self::Lot(id) => write!(f, "lot {id}"),
            Self::Item(id) => write!(f, "item {id}"),
            Self::Account(account) => write!(f, "account {account}"),
        }
    }
}

/// The canonical bytes of `fields` with `type` and `v` added.
fn canonical_with_type(fields: &impl Serialize, kind: &'static str) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Typed<'a, T> {
        #[serde(rename = "type")]
        kind: &'static str,
        v: u64,
        #[serde(flatten)]
        fields: &'a T,
    }
    Ok(canonical::to_canonical_bytes(&Typed { kind, v: VERSION, fields })?)
}

/// Checks and takes off `type` and `v`, and reads the rest.
fn from_fields<T: DeserializeOwned>(mut fields: Map<String, Value>, kind: &'static str) -> Result<T, DocumentError> {
    let found = |value: Option<Value>| value.map_or_else(|| "missing".to_owned(), |value| value.to_string());
    let type_field = fields.remove("type");
    if type_field.as_ref().and_then(Value::as_str) != Some(kind) {
        return Err(DocumentError::Type { found: found(type_field), expected: kind });
    }
    let version = fields.remove("v");
    if version.as_ref().and_then(Value::as_u64) != Some(VERSION) {
        return Err(DocumentError::Version { found: found(version) });
    }
    let fields = Value::Object(fields);
    if let Some(path) = null_at(&fields) {
        let problem = "null is not a value here: leave the field out".to_owned();
        return Err(DocumentError::Field { document: kind, path, problem });
    }
    serde_path_to_error::deserialize(fields).map_err(|error| DocumentError::Field {
        document: kind,
        path: error.path().to_string(),
        problem: error.into_inner().to_string(),
    })
}

/// Where the first null is, if there is one: a field left out and a field that is null would be two documents of one
/// meaning.
fn null_at(value: &Value) -> Option<String> {
    let join = |path: String, below: String| match below.as_bytes().first() {
        None | Some(b'[') => path + &below,
        Some(_) => path + "." + &below,
    };
    match value {
        Value::Null => Some(String::new()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, item)| null_at(item).map(|below| join(format!("[{i}]"), below)))
        }
        Value::Object(fields) => {
            fields.iter().find_map(|(name, field)| null_at(field).map(|below| join(name.clone(), below)))
        }
        _ => None,
    }
}

impl Document for ModelDocument {
    const TYPE: &'static str = "model";

    fn check(&self) -> Result<(), DocumentError> {
        let own = (self.agency, self.di.as_str());
        match self.identifiers.iter().any(|other| (other.agency, other.di.as_str()) == own) {
            true => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: format!("`{}` is the primary DI and stands among `identifiers` too: remove it there", self.di),
            }),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
