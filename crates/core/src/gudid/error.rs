//! What can go wrong with a whole file, with one record, and with one identifier.

use std::io;

use super::record::IdentifierType;
use crate::udi::DiError;

/// A fault of the file as a whole: reading stops, the records delivered before it stand.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GudidError {
    /// The reader failed.
    #[error("the GUDID file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The zip archive itself is damaged.
    #[error("the zip file cannot be opened: {0}; download it again")]
    Zip(#[source] zip::result::ZipError),
    /// One entry of the zip archive is damaged, for example by a wrong CRC-32.
    #[error("{entry} in the zip file is damaged: {source}; do not rely on its records, download the file again")]
    ZipEntry {
        /// The entry's name.
        entry: String,
        /// What the decompressor said.
        source: io::Error,
    },
    /// One entry of the zip archive asks for a password.
    #[error("{entry} in the zip file is encrypted; unpack it with its password and give the XML file")]
    Encrypted {
        /// The entry's name.
        entry: String,
    },
    /// The zip archive holds no XML file.
    #[error("the zip file holds no .xml file; a GUDID release has one or more")]
    NoXmlInZip,
    /// The file is in an encoding other than UTF-8.
    #[error("the file is encoded as {encoding}; GUDID files are UTF-8, convert it first (iconv -t UTF-8)")]
    Encoding {
        /// The encoding that was seen.
        encoding: String,
    },
    /// The file declares a document type; entities of a DTD are never expanded.
    #[error("the file has a <!DOCTYPE> at byte {offset}; GUDID files have none, and it is not read for safety")]
    DocumentType {
        /// Where it begins, counted from 0.
        offset: u64,
    },
    /// Neither zip, XML nor JSON.
    #[error("this is no GUDID file: it is {found}; give a release (.zip or .xml) or an AccessGUDID answer (.json)")]
    UnknownFormat {
        /// What the first bytes say.
        found: String,
    },
    /// The JSON text is not well formed.
    #[error("the AccessGUDID answer is not valid JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// The JSON text is larger than any answer.
    #[error("the AccessGUDID answer is larger than {limit} bytes; import a release as XML instead")]
    JsonTooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// The JSON text is valid and holds no device.
    #[error("the answer holds no device{}; use the answer of devices/lookup", .said.as_ref().map(|s| format!(" ({s})")).unwrap_or_default())]
    NoDevice {
        /// What the service said instead, if anything.
        said: Option<String>,
    },
}

/// Why one record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// The file ends inside the record.
    #[error("the file ends inside the record")]
    Truncated,
    /// The next record starts before this one ends.
    #[error("the next device begins before </device>")]
    NotClosed,
    /// `</device>` where no record is open.
    #[error("</device> without its beginning")]
    NotOpened,
    /// A comment, CDATA section or processing instruction is never closed.
    #[error("a {0} is not closed")]
    Unclosed(&'static str),
    /// `<` where a tag cannot be: in text or in an attribute.
    #[error("a '<' stands where no tag is")]
    StrayMarkup,
    /// A `<!` declaration inside a record.
    #[error("a <! declaration stands inside the record")]
    Declaration,
    /// The record is larger than the limit.
    #[error("the record is larger than {limit} bytes")]
    TooLarge {
        /// The most that one record may have.
        limit: usize,
    },
    /// Elements are nested deeper than in any GUDID schema.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// The deepest nesting that is read.
        limit: usize,
    },
    /// The bytes are not UTF-8.
    #[error("byte {offset} of the record is not UTF-8")]
    NotUtf8 {
        /// The first wrong byte, counted from the start of the record.
        offset: usize,
    },
    /// The XML of the record is not well formed.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// An entity other than the five of XML itself.
    #[error("unknown entity &{0};")]
    Entity(String),
    /// A character that XML 1.0 forbids (section 2.2).
    #[error("{element} holds the forbidden character U+{code:04X}")]
    ForbiddenCharacter {
        /// The element.
        element: String,
        /// Its code point.
        code: u32,
    },
    /// A field that every record must have is missing or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field has a value that its type does not allow.
    #[error("{field} is {value:?}, which is not {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// The record has more than one primary identifier.
    #[error("{0} primary identifiers; a record has one")]
    SeveralPrimaries(usize),
    /// The primary identifier is wrong, so no label can carry it.
    #[error("primary identifier: {0}")]
    Primary(#[source] IdentifierFault),
}

/// Why one identifier was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierFault {
    /// Its agency issues no such identifier; for a GTIN, the check digit may be wrong.
    #[error(transparent)]
    Di(#[from] DiError),
    /// An agency that issues no identifiers for labels (21 CFR 830.100), such as NDC/NHRIC.
    #[error("{agency:?} is none of the agencies GS1, HIBCC, ICCBBA")]
    UnknownAgency {
        /// As written.
        agency: String,
    },
    /// A type of identifier that GUDID does not know.
    #[error("unknown identifier type {kind:?}")]
    UnknownType {
        /// As written.
        kind: String,
    },
    /// The package's quantity is not a positive number.
    #[error("package quantity {quantity:?} is not a positive number")]
    Quantity {
        /// As written.
        quantity: String,
    },
    /// The identifier of what the package contains is wrong.
    #[error("what it contains: {0}")]
    Contents(#[source] DiError),
    /// A date of the package is not a date.
    #[error("{date:?} is not a date")]
    Date {
        /// As written.
        date: String,
    },
}

/// An identifier that is not the primary one and was left out of an accepted record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedIdentifier {
    /// As written in the file.
    pub value: String,
    /// Its type, if that is known.
    pub kind: Option<IdentifierType>,
    /// What is wrong with it.
    pub reason: IdentifierFault,
}

/// A record that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {number}{}{}{}: {reason}",
    .entry.as_ref().map(|e| format!(" of {e}")).unwrap_or_default(),
    .di.as_ref().map(|di| format!(", DI {di}")).unwrap_or_default(),
    .position.as_ref().map(|p| format!(", line {} (byte {})", p.line, p.offset)).unwrap_or_default())]
pub struct RefusedRecord {
    /// The entry of the zip archive, if it came from one.
    pub entry: Option<String>,
    /// Its place among the records of the file, counted from 1.
    pub number: u64,
    /// The device identifier, if one can be seen in the damage.
    pub di: Option<String>,
    /// Where it begins in an XML file.
    pub position: Option<Position>,
    /// Why.
    pub reason: RecordFault,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, counted from 1.
    pub line: u64,
}
