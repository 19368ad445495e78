//! What trading partners owe each other and the FDA under the Drug Supply Chain Security Act (FD&C Act §§581 and 582,
//! 21 U.S.C. 360eee and 360eee-1).
//!
//! | document | what it is | after |
//! |---|---|---|
//! | [`TransactionInformation`] | what changed hands, and which units on the chain that is | §581(26) |
//! | [`TransactionStatement`] | what the seller vouches for | §581(27) |
//! | [`ShipmentPapers`] | both, as they go to the buyer | §582(c)(1) |
//! | [`SuspectProduct`] | a product under suspicion, and what became of it | §581(21), §582(b)(4), Form FDA 3911 |
//! | [`SuspectCase`] | the same, with every step, as it goes to partners and the regulator | §582(b)(4)(B) |
//!
//! They are documents like those of [`crate::document`]. Between partners they travel sealed ([`crate::envelope`]), and
//! the chain keeps the digest of the envelope: who buys how much from whom is not for everybody.
//!
//! [`verification`] is the question whether the maker knows a product identifier, and its answer, which goes over HTTP and
//! not onto the chain.

mod case;
mod papers;
mod statement;
mod suspect;
mod transaction;
pub mod verification;

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

pub use case::SuspectCase;
pub use papers::ShipmentPapers;
pub use statement::{Statement, TransactionStatement};
pub use suspect::{Handling, IncidentType, Reporter, SuspectProduct};
pub use transaction::{ShippedUnit, TransactionInformation};

use crate::canonical;
use crate::document::{Document, DocumentError};
use crate::gs1::{Gln, Gtin, Ndc, Ndc10};

/// A business that owns product, or owned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TradingPartner {
    /// The account that acts for it.
    pub account: Address,
    /// Its business name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Its GLN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gln: Option<Gln>,
}

/// sha2-256 of the canonical bytes of a document: what another document refers to it by.
pub fn digest(document: &impl Document) -> Result<B256, DocumentError> {
    Ok(canonical::digest(&document.canonical()?))
}

fn refuse<D: Document, T>(problem: String) -> Result<T, DocumentError> {
    Err(DocumentError::Contradiction { document: D::TYPE, problem })
}

/// Refuses a text of nothing but spaces where something has to be said.
fn check_texts<D: Document>(texts: &[(&str, &str)]) -> Result<(), DocumentError> {
    match texts.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((field, _)) => refuse::<D, _>(format!("`{field}` is empty: say what it is")),
        None => Ok(()),
    }
}

/// Refuses an NDC that is not the one in the GTIN.
fn check_ndc<D: Document>(gtin: &Gtin, ndc: Option<&Ndc>) -> Result<(), DocumentError> {
    let Some(ndc) = ndc else { return Ok(()) };
    match Ndc10::of_gtin(gtin) {
        Ok(carried) if carried == *ndc.digits() => Ok(()),
        Ok(carried) => {
            refuse::<D, _>(format!("the GTIN {gtin} carries the NDC {carried}, not {ndc}: correct one of them"))
        }
        Err(error) => refuse::<D, _>(format!("`ndc` is {ndc}, but {error}: leave the NDC out or correct the GTIN")),
    }
}

#[cfg(test)]
mod tests;
