//! The documents of the system: canonical JSON, addressed by content.

mod dates;
mod model;

pub use model::{
    Category, ControlledBy, GmdnTerm, Identifier, IdentifierType, Measure, ModelDocument, ModelFlags, MriSafety,
    ProductCode, Size, StorageCondition,
};
