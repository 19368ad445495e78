//! The document of a product model: what GUDID tells of a device, and what a wallet shows of a token.
//!
//! Field by field it is the GUDID device record (FDA, "GUDID Data Elements Reference Table", 2021) without contacts,
//! account numbers and publication housekeeping. `name`, `description` and `image` are those of ERC-721 metadata, so an
//! ordinary wallet shows a token whose `tokenURI` leads here.

use serde::{Deserialize, Serialize};

use super::dates;
use crate::ids::{Agency, ModelId};

/// What a [`ModelId`] stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModelDocument {
    /// What a wallet shows as title: by custom the brand and the version or model number.
    pub name: String,
    /// What the product is, in words.
    pub description: String,
    /// A picture, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,

    /// A device or a medicine.
    pub category: Category,
    /// The body that issued the primary DI.
    pub agency: Agency,
    /// The primary DI; a GTIN padded to 14 digits. It is the DI under which the model is registered.
    pub di: String,
    /// Every other identifier that may stand on a label of this product.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,

    /// Brand (proprietary) name.
    pub brand: String,
    /// Version or model number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_model: String,
    /// Catalogue or reference number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue_number: Option<String>,
    /// The labeler.
    pub company: String,
    /// Devices in the base package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_count: Option<u32>,

    /// Terms of the Global Medical Device Nomenclature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gmdn_terms: Vec<GmdnTerm>,
    /// FDA product codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product_codes: Vec<ProductCode>,

    /// What the label carries beside the DI.
    pub controlled_by: ControlledBy,
    /// The yes-or-no elements.
    pub flags: ModelFlags,
    /// Safety near a magnetic resonance scanner.
    pub mri_safety: MriSafety,

    /// Clinically relevant sizes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<Size>,
    /// Conditions of storage and handling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub storage: Vec<StorageCondition>,
    /// How to sterilize before use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sterilization_methods: Vec<String>,

    /// The day from which the product is no longer in commercial distribution.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::optional")]
    pub distribution_end: Option<jiff::civil::Date>,
}

impl ModelDocument {
    /// The id under which `Catalog` keeps this model.
    pub fn id(&self) -> ModelId {
        ModelId::new(self.agency, &self.di)
    }
}

/// Device or medicine: `Catalog` keeps both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Category {
    /// A medical device.
    #[default]
    Device,
    /// A medicine.
    Drug,
}

/// One more identifier of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Identifier {
    /// What it identifies.
    #[serde(rename = "type")]
    pub kind: IdentifierType,
    /// The body that issued it.
    pub agency: Agency,
    /// The identifier; a GTIN padded to 14 digits.
    pub di: String,
    /// Of a package: how many of `contains` are in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Of a package: the DI that it contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
}

/// What an identifier identifies (GUDID "Device ID Type").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IdentifierType {
    /// The base package, as a second primary DI.
    Primary,
    /// The same base package with another issuing agency.
    Secondary,
    /// A higher level of packaging.
    Package,
    /// One device of a base package that holds several without their own label.
    UnitOfUse,
    /// The mark on the device itself, where it differs from the label's.
    DirectMarking,
    /// A primary DI that this one replaced.
    Previous,
}

/// A term of the Global Medical Device Nomenclature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GmdnTerm {
    /// Preferred term.
    pub name: String,
    /// Its definition.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
}

/// An FDA product code (21 CFR 862-892).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProductCode {
    /// Three letters.
    pub code: String,
    /// What they mean.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The production identifiers that the label of this model carries (21 CFR 801.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ControlledBy {
    /// Lot or batch.
    pub lot: bool,
    /// Serial.
    pub serial: bool,
    /// Date of manufacture.
    pub made: bool,
    /// Expiry date.
    pub expires: bool,
    /// Donation identification number.
    pub donation: bool,
}

/// The yes-or-no elements of a GUDID record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModelFlags {
    /// On prescription only.
    pub rx: bool,
    /// Over the counter.
    pub otc: bool,
    /// For one use on one patient.
    pub single_use: bool,
    /// Packaged sterile.
    pub sterile: bool,
    /// To be sterilized before use.
    pub sterilize_before_use: bool,
    /// A kit.
    pub kit: bool,
    /// A combination product.
    pub combination_product: bool,
    /// Human cells, tissues or products of them.
    pub human_tissue: bool,
    /// Labelled as containing natural rubber latex.
    pub contains_latex: bool,
    /// Labelled as not made with natural rubber latex.
    pub latex_free: bool,
    /// Exempt from direct marking (21 CFR 801.45).
    pub direct_marking_exempt: bool,
    /// Exempt from premarket submission.
    pub premarket_exempt: bool,
}

/// Safety near a magnetic resonance scanner (ASTM F2503).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MriSafety {
    /// MR Safe.
    Safe,
    /// MR Conditional.
    Conditional,
    /// MR Unsafe.
    Unsafe,
    /// The labelling does not say.
    #[default]
    NotStated,
}

/// A clinically relevant size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Size {
    /// What is measured, in GUDID's words ("Outer Diameter").
    #[serde(rename = "type")]
    pub kind: String,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// In words, where a number does not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A number as the labeler wrote it, with its unit; a string, since rounding it is not ours to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Measure {
    /// The number.
    pub value: String,
    /// The unit, in GUDID's words ("Degrees Celsius").
    pub unit: String,
}

/// A condition of storage or handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StorageCondition {
    /// What is limited, in GUDID's words ("Storage Environment Temperature").
    #[serde(rename = "type")]
    pub kind: String,
    /// Not below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Measure>,
    /// Not above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Measure>,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}
