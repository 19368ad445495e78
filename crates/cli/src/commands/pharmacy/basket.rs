//! From packs as they are scanned to sales as the chain takes them: one for each unit on the shelf.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B128, B256, Signature};
use clap::Args;
use theriac_client::Suite;
use theriac_client::dispensing::{self, History};
use theriac_client::lots::LotProofs;
use theriac_client::rooms::{Lot, Progress};
use theriac_client::types::Sale;
use theriac_core::epcis::{Uri, links};
use theriac_core::gs1::{Gtin, Serial};
use theriac_core::ids::{ItemId, LotId, ModelId, UnitId};
use theriac_core::sale::rfid;

use super::prescription::{self, Known};
use super::product;
use crate::args::account;
use crate::commands::documents::{lot_document, lot_proofs, registered_lot};
use crate::commands::several;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// What is wanted.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// The packs: UDIs with a serial in any form, or item ids.
    #[arg(required = true, value_name = "PACK")]
    pub(super) packs: Vec<String>,
    /// The pharmacy's account; otherwise the signer is the pharmacy.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    pub(super) pharmacy: Option<Address>,
    /// The unit that the packs are in, instead of looking for it: a unit id.
    #[arg(long, value_name = "UNIT")]
    pub(super) unit: Option<String>,
    /// The prescription: its file, or the id of an issued one. None for what is sold over the counter.
    #[arg(long, value_name = "FILE|ID")]
    pub(super) prescription: Option<String>,
    /// The practitioner's signed approval of another product, to be handed in with the sale.
    #[arg(long, value_name = "FILE", requires = "prescription")]
    pub(super) substitution: Option<std::path::PathBuf>,
}

/// What is to be sold.
pub(super) struct Basket {
    pub(super) pharmacy: Address,
    pub(super) prescription: Option<Known>,
    /// How far the prescription is filled.
    pub(super) progress: Option<Progress>,
    /// One for each unit, in the order in which the packs were named.
    pub(super) portions: Vec<Portion>,
    /// What was read of the pharmacy on the way.
    pub(super) history: History,
}

/// The packs of one unit.
pub(super) struct Portion {
    pub(super) sale: Sale,
    pub(super) model: ModelId,
    /// The number of its sale on the prescription.
    pub(super) nonce: u32,
    items: Vec<Item>,
}

impl Portion {
    /// What the packs are signed as.
    pub(super) fn packs(&self) -> Result<B256, Failure> {
        rfid(self.sale.unit.lot(), &self.sale.proven.packs).map_err(|error| Failure::of(&error))
    }

    pub(super) fn count(&self) -> u64 {
        self.sale.proven.packs.len() as u64
    }

    pub(super) fn items(&self) -> Vec<ItemId> {
        self.items.iter().map(|item| item.id).collect()
    }
}

impl Basket {
    /// Finds lot, index, proof and unit of every pack.
    pub(super) async fn fill(context: &Context<'_>, suite: &Suite, wanted: &Wanted) -> Result<Self, Failure> {
        let items = several::items(&wanted.packs)?;
        let pharmacy = wanted.pharmacy.unwrap_or_else(|| suite.chain().account());
        let prescription = match &wanted.prescription {
            Some(text) => Some(prescription::known(suite, text).await?),
            None => None,
        };
        let progress = match &prescription {
            Some(known) => Some(suite.pharmacy().progress_of(known.id).await?),
            None => None,
        };
        let history = History::of(suite, pharmacy).await?;
        let unit = wanted.unit.as_deref().map(|unit| product::unit(context, unit)).transpose()?;
        let shelf = Shelf::of(suite, &history, pharmacy, &items, unit).await?;

        let mut basket = Self { pharmacy, prescription, progress, portions: Vec::new(), history };
        let mut lots: BTreeMap<LotId, (Lot, LotProofs)> = BTreeMap::new();
        let mut groups: Vec<(UnitId, Vec<(u32, Item)>)> = Vec::new();
        for item in items {
            let id = item.id.lot();
            let (_, proofs) = match lots.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => {
                    let lot = registered_lot(suite, id).await?;
                    let proofs = lot_proofs(context, id, &lot).await?;
                    free.insert((lot, proofs))
                }
            };
            let index = index_of(proofs, &item)?;
            let unit = shelf.unit_of(id, index);
            match groups.iter_mut().find(|(known, _)| *known == unit) {
                Some((_, packs)) => packs.push((index, item)),
                None => groups.push((unit, vec![(index, item)])),
            }
        }
        for (unit, packs) in groups {
            let Some((lot, proofs)) = lots.get_mut(&unit.lot()) else { continue };
            basket.add(unit, lot.model, proofs, packs)?;
        }
        Ok(basket)
    }

    fn add(
        &mut self,
        unit: UnitId,
        model: ModelId,
        proofs: &mut LotProofs,
        packs: Vec<(u32, Item)>,
    ) -> Result<(), Failure> {
        let indices: Vec<u32> = packs.iter().map(|(index, _)| *index).collect();
        let place = u32::try_from(self.portions.len()).unwrap_or(u32::MAX);
        let nonce = self.progress.map_or(0, |progress| progress.sales).saturating_add(place);
        let sale = Sale {
            pharmacy: self.pharmacy,
            unit,
            proven: proofs.packs(&indices)?,
            prescription: self.prescription.as_ref().map(|known| known.prescription.clone()),
            collection: None,
            evidence: B256::ZERO,
        };
        let items = packs.into_iter().map(|(_, item)| item).collect();
        self.portions.push(Portion { sale, model, nonce, items });
        Ok(())
    }

    /// As the contract takes them.
    pub(super) fn sales(&self) -> Vec<Sale> {
        self.portions.iter().map(|portion| portion.sale.clone()).collect()
    }

    pub(super) fn count(&self) -> u64 {
        self.portions.iter().map(Portion::count).sum()
    }

    /// How many packs are left of this fill, for what the contract says of each portion alone; none without a prescription.
    pub(super) fn left(&self) -> Option<u64> {
        let (known, progress) = (self.prescription.as_ref()?, self.progress?);
        let quantity = u64::from(known.prescription.quantity);
        let begun = progress.fills > 0 && u64::from(progress.fill_sold) < quantity;
        Some(if begun { quantity - u64::from(progress.fill_sold) } else { quantity })
    }
}

/// Which unit covers which index.
struct Shelf {
    given: Option<UnitId>,
    held: Vec<dispensing::Shelf>,
}

impl Shelf {
    async fn of(
        suite: &Suite,
        history: &History,
        pharmacy: Address,
        items: &[Item],
        given: Option<UnitId>,
    ) -> Result<Self, Failure> {
        let lots: BTreeSet<LotId> = items.iter().map(|item| item.id.lot()).collect();
        if let Some(other) = given.and_then(|unit| lots.iter().find(|lot| **lot != unit.lot())) {
            let what = format!("a pack is of lot {other}, which the unit is not");
            return Err(Failure::user("OtherLot", what, "leave out --unit, so that the units are looked for"));
        }
        let held = match given {
            Some(_) => Vec::new(),
            None => dispensing::shelves(suite, history, pharmacy, &lots).await?,
        };
        Ok(Self { given, held })
    }

    /// The unit; of a pack that is on no shelf one that nobody has, which the contract then says.
    fn unit_of(&self, lot: LotId, index: u32) -> UnitId {
        let covering = self.held.iter().find(|shelf| shelf.id.lot() == lot && shelf.unit.covers(index));
        let nowhere = || UnitId(lot.item_of_half(B128::ZERO).0);
        self.given.or(covering.map(|shelf| shelf.id)).unwrap_or_else(nowhere)
    }
}

fn index_of(proofs: &mut LotProofs, item: &Item) -> Result<u32, Failure> {
    let found = proofs.find(item.id.half())?;
    found.map(|proven| proven.membership.index).ok_or_else(|| {
        Failure::user(
            "NotInLot",
            format!("pack {} is not in lot {}: its maker never listed it", item.id, item.id.lot()),
            "compare the serial with the label; if they agree, keep the pack apart and report a suspect product",
        )
    })
}

/// The packs as events name them: product and serial.
pub(super) async fn links_of(context: &Context<'_>, suite: &Suite, portion: &Portion) -> Result<Vec<Uri>, Failure> {
    links_of_items(context, suite, &portion.items).await
}

/// The same of any items.
pub(super) async fn links_of_items(context: &Context<'_>, suite: &Suite, items: &[Item]) -> Result<Vec<Uri>, Failure> {
    let mut found = Vec::with_capacity(items.len());
    let mut documents = BTreeMap::new();
    for item in items {
        if let Some(udi) = &item.udi {
            found.push(links::label(udi).map_err(|error| Failure::of(&error))?);
            continue;
        }
        let id = item.id.lot();
        let document = match documents.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(lot_document(context, &registered_lot(suite, id).await?).await?),
        };
        let serial = document.serials().iter().find(|serial| id.item(&serial.to_string()) == item.id);
        let serial = serial.map(ToString::to_string).unwrap_or_default();
        let gtin = Gtin::new(&document.details().di).map_err(|error| Failure::of(&error))?;
        let serial = Serial::new(&serial).map_err(|error| Failure::of(&error))?;
        found.push(links::item(&gtin, &serial).map_err(|error| Failure::of(&error))?);
    }
    Ok(found)
}

/// A signature as papers carry it.
pub(super) fn signature(bytes: &[u8], whose: &str) -> Result<Signature, Failure> {
    Signature::from_raw(bytes).map_err(|error| {
        let what = format!("the {whose} has no signature of 65 bytes: {error}");
        Failure::user("NotThisPaper", what, "ask for the file again")
    })
}
