//! The XML of resources (R4, section 2.6.1), both ways and without loss.
//!
//! What XML does not say, whether an element is a list or a number, comes from [`schema`](super::schema); an element
//! that the tables do not have is refused by its path, never guessed and never dropped. Comments, processing
//! instructions, white space between elements and `xsi:schemaLocation` are no part of a resource. DTDs are refused, so
//! there are no entities but the five of XML itself and characters by number; depth and size are bounded.

mod narrative;
mod read;
pub(super) mod tree;
mod write;

pub use read::from_xml;
pub use write::to_xml;

pub(super) use narrative::check as check_narrative;

/// The namespace of resources.
const FHIR: &str = "http://hl7.org/fhir";
/// The namespace of narratives.
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// The deepest nesting. Every element of XML is at most a list and an object in JSON.
const MAX_XML_DEPTH: usize = super::MAX_DEPTH / 2;

/// A character that XML 1.0 cannot have, not even by its number (section 2.2).
fn forbidden(text: &str) -> Option<char> {
    text.chars().find(|c| (*c < ' ' && !"\t\n\r".contains(*c)) || matches!(c, '\u{fffe}' | '\u{ffff}'))
}
