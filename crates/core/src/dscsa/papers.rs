//! The papers of a shipment.

use serde::{Deserialize, Serialize};

use super::{TransactionInformation, TransactionStatement};
use crate::document::{Document, DocumentError};
use crate::ids::UnitId;

/// What a seller gives the buyer with the goods: what changed hands, and what it vouches for (§582(c)(1)). The salts in it open the
/// units on the chain, so it is sealed for the two and never stored in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipmentPapers {
    /// What changed hands.
    pub information: TransactionInformation,
    /// What the seller vouches for.
    pub statement: TransactionStatement,
}

impl ShipmentPapers {
    /// Whether they are of this unit.
    pub fn names(&self, unit: UnitId) -> bool {
        self.information.units.iter().any(|shipped| shipped.id() == unit)
    }
}

impl Document for ShipmentPapers {
    const TYPE: &'static str = "shipmentPapers";

    fn check(&self) -> Result<(), DocumentError> {
        self.information.check()?;
        self.statement.check()?;
        self.statement.check_of(&self.information)
    }
}
