//! GS1 identifiers as they stand on labels: keys with check digits, application identifiers, element strings with and
//! without brackets, and GS1 Digital Link URIs, after the GS1 General Specifications (sections are cited as §) and the
//! GS1 Digital Link Standard: URI Syntax.
//!
//! Everything is parsed into types that cannot hold a wrong value ([`Gtin`], [`Sscc`], [`Gln`], [`Lot`],
//! [`Serial`], [`Element`]), so that an identifier is checked once, where it enters.

pub mod ai;
mod ai_table;
pub mod charset;
pub mod check_digit;
pub mod date;
pub mod digital_link;
pub mod element_string;
pub mod gtin;
pub mod ndc;
pub(crate) mod percent;
#[cfg(test)]
pub(crate) mod test_data;

pub use ai::{Ai, UnknownAi, ValueError};
pub use charset::{CharacterSet, GlnExtension, Lot, Serial, TextError};
pub use check_digit::{CheckDigitError, check_digit};
pub use date::{DateError, expiry_at};
pub use digital_link::{DigitalLink, DigitalLinkError};
pub use element_string::{Element, ElementError, ElementStrings};
pub use gtin::{Gln, Gtin, KeyError, Sscc};
pub use ndc::{Ndc, Ndc10, Ndc11, NdcError, Segments};
pub use percent::PercentError;
