//! `theriac drug rfid`: what stands behind the RFID tag of a pack.
//!
//! A tag names product and serial, and no lot. The lot is the one of this product whose list has the serial. A maker may use a serial
//! once for a product; one that two lots list is told as what it is, a fault or a forgery.

use std::collections::{BTreeMap, BTreeSet};

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_bindings::pharmacy::Pharmacy::{PharmacyEvents, PriceSet};
use theriac_client::lots::LotProofs;
use theriac_client::rooms::Lot;
use theriac_client::store::StoreError;
use theriac_client::types::{Product, Standing};
use theriac_client::units::ledger::Gone;
use theriac_client::units::{Book, Ledger};
use theriac_client::{Error, Roles, RoomEvent, Suite, lots};
use theriac_core::epc::{Epc, Identity};
use theriac_core::gs1::{Gtin, Serial, Sscc};
use theriac_core::ids::{Agency, ItemId, LotId, ModelId, UnitId};

use crate::answer::{Answer, Table};
use crate::commands::catalog::known::{Known, KnownLot};
use crate::commands::custody::trace::{self, Event};
use crate::commands::custody::unit_timeline::Words;
use crate::commands::documents::{model_document_if_stored, registered_lot};
use crate::commands::people::People;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac drug rfid`.
#[derive(Debug, Args)]
pub(crate) struct Rfid {
    /// The digits that a reader shows (3074257BF7194E4000001A85), an EPC Tag URI, or an EPC Pure Identity URI.
    tag: String,
}

/// A lot that has the serial.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    lot: LotId,
    number: String,
    item: ItemId,
    index: u32,
    made_at: Option<u64>,
    expires_at: Option<u64>,
    /// Whether the lot counts: neither it nor its model was struck.
    counts: bool,
    unit: Option<UnitId>,
    sscc: Option<Sscc>,
    holder: Option<Address>,
    gone: Option<Gone>,
    standing: Standing,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Price {
    pharmacy: Address,
    /// Minor units.
    amount: u64,
    /// ISO 4217, as a number.
    currency: u16,
}

#[derive(Serialize)]
struct Available {
    pharmacy: Address,
    packs: u64,
}

#[derive(Serialize)]
struct Facts {
    gtin: String,
    serial: String,
    model: ModelId,
    /// None where the model is not approved.
    maker: Option<Address>,
    product: Option<Product>,
    name: Option<String>,
    lots: Vec<Found>,
    /// Lots whose lists are not in the store, so that nobody knows whether they have the serial.
    unread: Vec<String>,
    prices: Vec<Price>,
    available: Vec<Available>,
}

/// Shows it. Exit code 0 only if exactly one lot that counts has the serial, and the pack is where packs should be.
pub(super) async fn run(context: &Context<'_>, options: &Rfid) -> Result<Answer, Failure> {
    let (gtin, serial) = read(&options.tag)?;
    let model = ModelId::new(Agency::Gs1, gtin.as_str());
    let suite = context.suite().await?;
    let known = Known::read(&suite).await?;
    let approved = known.approved_registration(model);
    let document = match approved {
        Some((_, registration)) => model_document_if_stored(context, &registration.document).await?,
        None => None,
    };
    let lots: Vec<_> = known.lots.iter().filter(|lot| lot.model == model).collect();
    let ids: BTreeSet<LotId> = lots.iter().map(|lot| lot.id).collect();
    let ledger = Ledger::read(&suite, |lot| ids.contains(&lot)).await?;
    let mut people = People::new(&suite);
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for lot in lots {
        match index_of(context, &suite, lot, &serial).await? {
            Some(Some(index)) => found.push(at(context, &suite, &mut people, &ledger, lot, &serial, index).await?),
            Some(None) => {}
            None => unread.push(lot.number.clone()),
        }
    }
    let facts = Facts {
        gtin: gtin.to_string(),
        serial: serial.to_string(),
        model,
        maker: approved.map(|(maker, _)| maker),
        product: approved.map(|(_, registration)| registration.product),
        name: document.map(|document| document.name),
        lots: found,
        unread,
        prices: prices(&suite, model).await?,
        available: available(&mut people, &ledger).await?,
    };
    let book = Book::open(&context.options.home)?;
    let text = facts.text(&mut Words { people: &mut people, book: &book }).await?;
    Ok(Answer::new(text, &facts)?.good(facts.good()))
}

/// The item that the tag names.
fn read(tag: &str) -> Result<(Gtin, Serial), Failure> {
    let epc = Epc::parse(tag).map_err(|error| Failure::user("InvalidTag", error, "read the tag again"))?;
    match epc.identity() {
        Identity::Sgtin { gtin, serial } => Ok((gtin.clone(), serial.clone())),
        _ => Err(Failure::user(
            "NotAPack",
            format!("`{tag}` is the tag of a logistic unit or a place, not of a pack"),
            "read the tag on the pack itself; for a case or pallet use `theriac custody trace`",
        )),
    }
}

/// Where the serial stands in the lot; none inside where it does not; none at all where its list is not in the store.
async fn index_of(
    context: &Context<'_>,
    suite: &Suite,
    lot: &KnownLot,
    serial: &Serial,
) -> Result<Option<Option<u32>>, Failure> {
    let (store, registered) = (context.store()?, registered_lot(suite, lot.id).await?);
    let list = || lots::document(&store, &registered);
    let mut proofs = match LotProofs::open(&context.options.home, lot.id, lot.root, list).await {
        Ok(proofs) => proofs,
        Err(Error::Store(StoreError::Missing { .. })) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let proven = proofs.find(LotId::serial_half(serial.as_str()))?;
    Ok(Some(proven.map(|proven| proven.membership.index)))
}

async fn at(
    context: &Context<'_>,
    suite: &Suite,
    people: &mut People<'_>,
    ledger: &Ledger,
    lot: &KnownLot,
    serial: &Serial,
    index: u32,
) -> Result<Found, Failure> {
    let item = lot.id.item(serial.as_str());
    let Lot { made_at, expires_at, .. } = registered_lot(suite, lot.id).await?;
    let book = Book::open(&context.options.home)?;
    let (held, gone) = (ledger.unit_at(lot.id, index), ledger.gone(lot.id, index));
    let own = suite.custody().is_movable(item).await?;
    let standing = match held {
        Some((unit, _)) if own == Standing::Movable => suite.units().is_movable(unit).await?,
        _ => own,
    };
    let of_item = suite.custody().holding_of(item).await?.holder;
    Ok(Found {
        lot: lot.id,
        number: lot.number.clone(),
        item,
        index,
        made_at: Some(made_at).filter(|at| *at > 0),
        expires_at: Some(expires_at).filter(|at| *at > 0),
        counts: !lot.struck,
        unit: held.map(|(unit, _)| unit),
        sscc: held.and_then(|(unit, _)| book.get(unit)).map(|entry| entry.sscc.clone()),
        holder: held.map(|(_, range)| range.holder).filter(|_| gone.is_none()).or(of_item),
        gone,
        standing,
        events: trace::pack_events(suite, people, &book, ledger, item, index).await?,
    })
}

/// What pharmacies ask for the product, by their newest word.
async fn prices(suite: &Suite, model: ModelId) -> Result<Vec<Price>, Failure> {
    let filter =
        Filter::new().address(suite.pharmacy().address()).event_signature(PriceSet::SIGNATURE_HASH).topic2(model.0);
    let newest = suite.chain().block_number().await?;
    let mut prices = BTreeMap::new();
    for log in suite.logs_of(filter, suite.deployment().block, newest).await? {
        if let RoomEvent::Pharmacy(PharmacyEvents::PriceSet(told)) = log.event {
            prices.insert(told.pharmacy, (told.amount, told.currency));
        }
    }
    // Currency zero takes a price back.
    let prices = prices.into_iter().filter(|(_, (_, currency))| *currency != 0);
    Ok(prices.map(|(pharmacy, (amount, currency))| Price { pharmacy, amount, currency }).collect())
}

/// Packs of the product in the hands of pharmacies, those that are not on their way and not stopped.
async fn available(people: &mut People<'_>, ledger: &Ledger) -> Result<Vec<Available>, Failure> {
    let mut packs: BTreeMap<Address, u64> = BTreeMap::new();
    for (unit, range) in ledger.units().filter(|(_, range)| range.addressee.is_none() && range.stops.is_empty()) {
        if people.roles(range.holder).await?.intersects(Roles::PHARMACY) {
            *packs.entry(range.holder).or_default() += ledger.packs_in(unit);
        }
    }
    Ok(packs.into_iter().map(|(pharmacy, packs)| Available { pharmacy, packs }).collect())
}

impl Facts {
    fn good(&self) -> bool {
        matches!(&self.lots[..], [found] if found.counts && found.gone.is_none() && found.standing == Standing::Movable)
    }

    async fn text(&self, words: &mut Words<'_, '_>) -> Result<String, Failure> {
        let mut lines = vec![format!("GTIN         {}, serial {}", self.gtin, self.serial)];
        match (&self.name, self.maker, self.product) {
            (name, Some(maker), Some(product)) => {
                lines.push(format!(
                    "product      {} ({product})",
                    name.as_deref().unwrap_or("document not in the store")
                ));
                lines.push(format!("maker        {}", words.who(maker).await?));
            }
            _ => lines.push("product      not approved on this chain: do not use the pack".to_owned()),
        }
        lines.push(self.verdict());
        for found in &self.lots {
            lines.extend(found.lines(words).await?);
        }
        if !self.unread.is_empty() {
            lines.push(format!(
                "not looked into, since their lists are not in the store: lots {}",
                self.unread.join(", ")
            ));
        }
        // How many minor units make one differs between currencies, so none is divided.
        let mut prices = Table::new(["Pharmacy", "Price in minor units", "Currency (ISO 4217)"]);
        for Price { pharmacy, amount, currency } in &self.prices {
            prices.row([words.who(*pharmacy).await?, amount.to_string(), format!("{currency:03}")]);
        }
        let mut available = Table::new(["Pharmacy", "Packs"]);
        for Available { pharmacy, packs } in &self.available {
            available.row([words.who(*pharmacy).await?, packs.to_string()]);
        }
        lines.push(format!("\n{}", prices.render("no pharmacy names a price")));
        lines.push(format!("\n{}", available.render("no pharmacy has it")));
        Ok(lines.join("\n"))
    }

    fn verdict(&self) -> String {
        match &self.lots[..] {
            [] if self.unread.is_empty() => {
                "lot          none has this serial: its maker never listed it; do not use the pack".to_owned()
            }
            [] => "lot          none that could be looked into has this serial".to_owned(),
            [found] => format!("lot          {}", found.number),
            several => {
                let numbers: Vec<_> = several.iter().map(|found| found.number.as_str()).collect();
                format!(
                    "lot          {}: the serial stands in each of them, which is a fault or a forgery; do not use the pack",
                    numbers.join(" and ")
                )
            }
        }
    }
}

impl Found {
    async fn lines(&self, words: &mut Words<'_, '_>) -> Result<Vec<String>, Failure> {
        let date = |at: Option<u64>| at.map_or_else(|| "not stated".to_owned(), time::iso);
        let holder = match (self.gone, self.holder) {
            (Some(Gone::Dispensed), _) => "it was dispensed".to_owned(),
            (Some(Gone::Destroyed), _) => "it was destroyed".to_owned(),
            (None, Some(holder)) => words.who(holder).await?,
            (None, None) => "nobody: never commissioned".to_owned(),
        };
        let struck = if self.counts { "" } else { " (the lot or its model was struck)" };
        Ok(vec![
            format!("made         {}", date(self.made_at)),
            format!("expires      {}", date(self.expires_at)),
            format!("unit         {}", self.unit.map_or_else(|| "none".to_owned(), |unit| words.unit(unit))),
            format!("holder       {holder}"),
            format!("standing     {}{struck}", self.standing),
            format!("trace\n{}", trace::table(&self.events)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_in_every_form_and_only_of_packs() {
        let expected = (Gtin::new("80614141123458").unwrap(), Serial::new("6789").unwrap());
        for tag in [
            "3074257BF7194E4000001A85",
            "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
            "urn:epc:id:sgtin:0614141.812345.6789",
        ] {
            assert_eq!(read(tag).unwrap(), expected, "{tag}");
        }
        assert_eq!(read("urn:epc:id:sscc:0614141.1234567890").unwrap_err().code, "NotAPack");
        for tag in ["", "30742", "3074257BF7194E40000", "urn:epc:id:sgtin:0614141", "zz"] {
            assert_eq!(read(tag).unwrap_err().code, "InvalidTag", "{tag}");
        }
    }
}
