//! Transaction information.

use std::collections::HashSet;

use alloy_primitives::Address;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{TradingPartner, check_ndc, check_texts, refuse};
use crate::document::{Document, DocumentError, dates};
use crate::gs1::{Gtin, Lot, Ndc, Sscc};
use crate::ids::{Agency, LotId, ModelId, UnitId, UnitSalt, unit_label};

/// What changed hands between two partners, of one product and lot (§581(26)); the letters are those of its paragraphs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TransactionInformation {
    /// The chain on which the units are (EIP-155).
    pub chain_id: u64,
    /// The `Custody` contract there.
    pub custody: Address,
    /// (A) Proprietary or established name.
    pub product_name: String,
    /// (B) Strength, as `0.75 mg/0.5 mL`.
    pub strength: String,
    /// (B) Dosage form, as `injection, solution`.
    pub dosage_form: String,
    /// (C) National Drug Code; absent of a product that is not for the United States.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ndc: Option<Ndc>,
    /// The GTIN under which the product is registered; with an NDC, the one that carries it.
    pub gtin: Gtin,
    /// (D) Size of a container, as `4 syringes of 0.5 mL`.
    pub container_size: String,
    /// (E) How many containers: saleable packs.
    pub containers: u32,
    /// (F) Lot.
    pub lot: Lot,
    /// (G) The day on which ownership changed.
    #[serde(with = "dates::required")]
    pub transacted: Date,
    /// (H) The day of the shipment, if that is more than 24 hours later.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::optional")]
    pub shipped: Option<Date>,
    /// (I) Who owned it.
    pub from: TradingPartner,
    /// (J) Who owns it now.
    pub to: TradingPartner,
    /// Where on the chain the containers are.
    pub units: Vec<ShippedUnit>,
}

/// A logistic unit, with what a partner needs to find it on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ShippedUnit {
    /// Its SSCC, as on the label.
    pub sscc: Sscc,
    /// What hides the SSCC on the chain.
    pub salt: UnitSalt,
    /// The account that packed it.
    pub packer: Address,
    /// The lot that it is of.
    pub lot_id: LotId,
    /// The leaf index of the first pack in it.
    pub first: u32,
    /// How many packs are in it; their indices follow each other.
    pub count: u32,
}

impl ShippedUnit {
    /// The id under which `Custody` keeps it.
    pub fn id(&self) -> UnitId {
        self.lot_id.unit(self.packer, unit_label(&self.sscc, &self.salt))
    }

    /// The index behind the last pack.
    fn end(&self) -> u64 {
        u64::from(self.first) + u64::from(self.count)
    }
}

impl TransactionInformation {
    /// The id of the lot.
    pub fn lot_id(&self) -> LotId {
        ModelId::new(Agency::Gs1, self.gtin.as_str()).lot(self.lot.as_str())
    }

    /// What is wrong with the units, as a whole or with one of them.
    fn unit_problem(&self) -> Option<String> {
        if self.units.is_empty() {
            return Some("`units` is empty: name the units in which the containers are".to_owned());
        }
        let lot = self.lot_id();
        let mut ids = HashSet::new();
        for unit in &self.units {
            let sscc = &unit.sscc;
            if unit.lot_id != lot {
                let named = unit.lot_id;
                return Some(format!(
                    "the unit {sscc} is of lot {named}, and GTIN and lot number name {lot}: correct one of them"
                ));
            }
            if unit.count == 0 || unit.end() > 1 << 32 {
                let (first, count) = (unit.first, unit.count);
                return Some(format!(
                    "the unit {sscc} has {count} packs from index {first}: it has at least one, and no index is beyond 2^32 - 1"
                ));
            }
            if !ids.insert(unit.id()) {
                return Some(format!("the unit {sscc} stands in it twice: name each unit once"));
            }
        }
        self.overlap().or_else(|| self.miscount())
    }

    fn overlap(&self) -> Option<String> {
        let mut units: Vec<&ShippedUnit> = self.units.iter().collect();
        units.sort_by_key(|unit| unit.first);
        let pair = units.windows(2).find(|pair| pair[0].end() > u64::from(pair[1].first))?;
        Some(format!(
            "the units {} and {} both hold the pack with index {}: a pack is in one unit",
            pair[0].sscc, pair[1].sscc, pair[1].first
        ))
    }

    fn miscount(&self) -> Option<String> {
        let packs: u64 = self.units.iter().map(|unit| u64::from(unit.count)).sum();
        let containers = u64::from(self.containers);
        (packs != containers).then(|| format!("`containers` is {containers}, and the units hold {packs}: count again"))
    }
}

impl Document for TransactionInformation {
    const TYPE: &'static str = "transactionInformation";

    fn check(&self) -> Result<(), DocumentError> {
        check_texts::<Self>(&[
            ("productName", &self.product_name),
            ("strength", &self.strength),
            ("dosageForm", &self.dosage_form),
            ("containerSize", &self.container_size),
            ("from.name", &self.from.name),
            ("from.address", &self.from.address),
            ("to.name", &self.to.name),
            ("to.address", &self.to.address),
        ])?;
        check_ndc::<Self>(&self.gtin, self.ndc.as_ref())?;
        if self.from.account == self.to.account {
            return refuse::<Self, _>(format!("it goes from {} to the same account: correct one", self.from.account));
        }
        if let Some(shipped) = self.shipped.filter(|shipped| *shipped <= self.transacted) {
            return refuse::<Self, _>(format!(
                "`shipped` is {shipped}, not after the transaction on {}: leave it out if the shipment is within 24 hours",
                self.transacted
            ));
        }
        self.unit_problem().map_or(Ok(()), refuse::<Self, _>)
    }
}
