//! What can be wrong with a document before its rules are looked at.

/// A document that cannot be read, written or converted without loss.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FhirError {
    /// More bytes than are read.
    #[error("the document has {size} bytes; at most {limit} are read: send it in parts")]
    TooLarge {
        /// How many there are.
        size: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Text that is not JSON (RFC 8259), or that readers would understand in different ways.
    #[error("line {line}, column {column}: {reason}")]
    Json {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// Text that is not the XML of a resource.
    #[error("line {line}, column {column}: {reason}")]
    Xml {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// JSON that is not an object with a `resourceType`.
    #[error("this is not a FHIR resource: {0}")]
    NotAResource(&'static str),
    /// Another resource than the one that was asked for.
    #[error("this is a `{found}`, not a `{expected}`: choose the file of the `{expected}`")]
    WrongType {
        /// The one that was asked for.
        expected: &'static str,
        /// The one that stands there.
        found: String,
    },
    /// A resource whose elements are not known here: XML does not say which of them are lists or numbers.
    #[error("`{path}`: the type `{name}` is not known here, so it cannot be converted: send it as JSON")]
    UnknownType {
        /// Where it stands.
        path: String,
        /// Its name.
        name: String,
    },
    /// A property that R4 does not have, so that XML has no place for it.
    #[error("`{path}` is no element of R4, so XML has no place for it: use an extension, or keep the document as JSON")]
    UnknownElement {
        /// Where it stands.
        path: String,
    },
    /// A value that is not of the type that its element has.
    #[error("`{path}` is {found} where {expected} is due")]
    Shape {
        /// Where it stands.
        path: String,
        /// What its type is written as.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A value that the other format cannot write.
    #[error("`{path}` has no form in {format}: {reason}")]
    NotWritable {
        /// Where it stands.
        path: String,
        /// `JSON` or `XML`.
        format: &'static str,
        /// Why, and what to do.
        reason: String,
    },
}

/// Line and column of a byte, both counted from 1.
pub(super) fn position(text: &[u8], offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    // Bytes that continue a character of UTF-8 are not counted.
    let column = before[start..].iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
    (line, column)
}
