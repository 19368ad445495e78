//! From a GUDID record to the document of a model.

use super::record::{GmdnTerm, GudidDevice, Identifier, ProductCode};
use crate::document::{self, Category, ModelDocument};

impl From<&GudidDevice> for ModelDocument {
    /// Publication housekeeping, D-U-N-S number and premarket submissions are not part of the document.
    fn from(device: &GudidDevice) -> Self {
        let name = format!("{} {}", device.brand, device.version_model);
        ModelDocument {
            // A record without a description is shown by its first term, which says what kind of thing it is.
            description: device
                .description
                .clone()
                .or_else(|| device.gmdn_terms.first().map(|term| term.name.clone()))
                .unwrap_or_else(|| name.clone()),
            name,
            image: None,
            category: Category::Device,
            agency: device.di.agency(),
            di: device.di.to_string(),
            identifiers: device.identifiers.iter().map(document::Identifier::from).collect(),
            brand: device.brand.clone(),
            version_model: device.version_model.clone(),
            catalogue_number: device.catalogue_number.clone(),
            company: device.company.clone(),
            device_count: device.device_count,
            gmdn_terms: device.gmdn_terms.iter().map(document::GmdnTerm::from).collect(),
            product_codes: device.product_codes.iter().map(document::ProductCode::from).collect(),
            controlled_by: device.controlled_by,
            flags: device.flags,
            mri_safety: device.mri_safety,
            sizes: device.sizes.clone(),
            storage: device.storage.clone(),
            sterilization_methods: device.sterilization_methods.clone(),
            distribution_end: device.distribution_end,
        }
    }
}

impl From<&Identifier> for document::Identifier {
    fn from(identifier: &Identifier) -> Self {
        document::Identifier {
            kind: identifier.kind,
            agency: identifier.di.agency(),
            di: identifier.di.to_string(),
            quantity: identifier.package.as_ref().map(|package| package.quantity),
            contains: identifier.package.as_ref().map(|package| package.contains.to_string()),
        }
    }
}

impl From<&GmdnTerm> for document::GmdnTerm {
    fn from(term: &GmdnTerm) -> Self {
        document::GmdnTerm { name: term.name.clone(), definition: term.definition.clone().unwrap_or_default() }
    }
}

impl From<&ProductCode> for document::ProductCode {
    fn from(code: &ProductCode) -> Self {
        document::ProductCode { code: code.code.clone(), name: code.name.clone().unwrap_or_default() }
    }
}
