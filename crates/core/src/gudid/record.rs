//! A device of GUDID, checked.
//!
//! The elements are those of the FDA's "GUDID Data Elements Reference Table"; what a [`ModelDocument`] says in the
//! same way has the same type here.
//!
//! [`ModelDocument`]: crate::document::ModelDocument

use jiff::civil::Date;

use super::error::RefusedIdentifier;
pub use crate::document::{ControlledBy, IdentifierType, Measure, ModelFlags, MriSafety, Size, StorageCondition};
use crate::udi::Di;

/// One published record: a version or model of a device.
///
/// Contacts are not part of it: a file's telephone numbers and addresses are skipped while it is read.
///
/// AccessGUDID lists some identifiers with the check character of their symbol; here they are without, see
/// [`Di::listed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GudidDevice {
    /// AccessGUDID's own key, which stays when the DI changes; since 2018.
    pub record_key: Option<String>,
    /// Published, Unpublished or Deactivated.
    pub record_status: Option<String>,
    /// The day of first publication.
    pub published: Option<Date>,
    /// In or not in commercial distribution.
    pub distribution_status: Option<String>,
    /// The day from which it is no longer sold.
    pub distribution_end: Option<Date>,

    /// The primary DI.
    pub di: Di,
    /// All other identifiers.
    pub identifiers: Vec<Identifier>,
    /// Other identifiers that the file has and no label can carry.
    pub left_out: Vec<RefusedIdentifier>,

    /// Brand (proprietary) name.
    pub brand: String,
    /// Version or model number.
    pub version_model: String,
    /// Catalogue or reference number.
    pub catalogue_number: Option<String>,
    /// The labeler.
    pub company: String,
    /// The labeler's D-U-N-S number.
    pub duns: Option<String>,
    /// The device in the labeler's words.
    pub description: Option<String>,
    /// Devices in the base package.
    pub device_count: Option<u32>,

    /// What the label carries beside the DI.
    pub controlled_by: ControlledBy,
    /// The yes-or-no elements; what the file leaves open is no.
    pub flags: ModelFlags,
    /// Safety near a magnetic resonance scanner.
    pub mri_safety: MriSafety,

    /// Terms of the Global Medical Device Nomenclature.
    pub gmdn_terms: Vec<GmdnTerm>,
    /// FDA product codes.
    pub product_codes: Vec<ProductCode>,
    /// Public premarket submissions.
    pub premarket_submissions: Vec<PremarketSubmission>,

    /// Clinically relevant sizes.
    pub sizes: Vec<Size>,
    /// Conditions of storage and handling.
    pub storage: Vec<StorageCondition>,
    /// How to sterilize before use.
    pub sterilization_methods: Vec<String>,
}

/// An identifier beside the primary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it identifies.
    pub kind: IdentifierType,
    /// The identifier.
    pub di: Di,
    /// What is in the package, if it identifies one.
    pub package: Option<Package>,
}

/// What an identifier of type [`IdentifierType::Package`] says of its package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// How many of `contains` are in it.
    pub quantity: u32,
    /// The DI of the package or device inside.
    pub contains: Di,
    /// In the labeler's words, such as "Case".
    pub kind: Option<String>,
    /// In or not in commercial distribution.
    pub status: Option<String>,
    /// The day from which it is no longer sold.
    pub discontinued: Option<Date>,
}

/// A term of the Global Medical Device Nomenclature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GmdnTerm {
    /// Five digits; public since 2021.
    pub code: Option<String>,
    /// Preferred term.
    pub name: String,
    /// Its definition.
    pub definition: Option<String>,
}

/// An FDA product code (21 CFR 862-892).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductCode {
    /// Three letters.
    pub code: String,
    /// What they mean.
    pub name: Option<String>,
    /// The class of risk, "1" to "3" or "U" and others; only AccessGUDID answers have it.
    pub device_class: Option<String>,
}

/// A premarket submission, where the FDA makes it public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PremarketSubmission {
    /// Such as `K973011` or `P960040`.
    pub number: String,
    /// Its supplement, `000` for none.
    pub supplement: Option<String>,
}
