//! `theriac pharmacy stock` and `reconcile`: what a pharmacy has by product and lot, and what of it is to be explained.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::dispensing::{self, Arrival, Book, Difference, History};
use theriac_client::rooms::{Lot, Stock};
use theriac_core::ids::{LotId, ModelId, UnitId};

use super::money;
use crate::answer::{Answer, Table};
use crate::args::account;
use crate::commands::documents::{model_document_if_stored, registered_lot};
use crate::context::Context;
use crate::failure::Failure;

/// Options of both.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// The pharmacy's account; otherwise the signer.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    pharmacy: Option<Address>,
}

#[derive(Serialize)]
struct StockFacts {
    pharmacy: Address,
    lots: Vec<LotFacts>,
    arrivals: Vec<Arrival>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LotFacts {
    lot: LotId,
    model: ModelId,
    /// The device identifier, where the model's document is in the store.
    di: Option<String>,
    expires_at: u64,
    price: Option<money::Price>,
    #[serde(flatten)]
    stock: Stock,
    units: Vec<UnitFacts>,
}

#[derive(Serialize)]
struct UnitFacts {
    unit: UnitId,
    first: u32,
    count: u32,
    packs: u64,
}

#[derive(Serialize)]
struct ReconcileFacts {
    pharmacy: Address,
    block: u64,
    products: Vec<ProductBook>,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct ProductBook {
    model: ModelId,
    di: Option<String>,
    lot: LotId,
    #[serde(flatten)]
    book: Book,
}

/// As often the chain is read anew where it grows meanwhile.
const READINGS: u32 = 5;

/// Lists what is on the shelves and on its way.
pub(super) async fn stock(context: &Context<'_>, options: &Whose) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let pharmacy = options.pharmacy.unwrap_or_else(|| suite.chain().account());
    let (history, stocks) = read(&suite, pharmacy).await?;
    let arrivals = dispensing::arrivals(&suite, &history, pharmacy, None).await?;
    let known = stocks.keys().copied().collect();
    let shelves = dispensing::shelves(&suite, &history, pharmacy, &known).await?;
    let mut lots = Vec::new();
    for (lot, stock) in stocks.iter().filter(|(_, stock)| stock.received > 0) {
        let registered = registered_lot(&suite, *lot).await?;
        let mut units = Vec::new();
        for shelf in shelves.iter().filter(|shelf| shelf.id.lot() == *lot) {
            let packs = suite.units().packs_in(shelf.id).await?;
            units.push(UnitFacts { unit: shelf.id, first: shelf.unit.first, count: shelf.unit.count, packs });
        }
        let price = suite.pharmacy().price_of(pharmacy, registered.model).await?;
        lots.push(LotFacts {
            lot: *lot,
            model: registered.model,
            di: di(context, &suite, &registered).await?,
            expires_at: registered.expires_at,
            price: price.map(|price| money::Price::new(price.amount, price.currency)),
            stock: *stock,
            units,
        });
    }
    let facts = StockFacts { pharmacy, lots, arrivals };
    Answer::new(stock_text(&facts), &facts)
}

fn stock_text(facts: &StockFacts) -> String {
    let mut table = Table::new(["Product", "Lot", "Received", "Sold", "Returned", "Destroyed", "Stock", "Price"]);
    for lot in &facts.lots {
        let Stock { received, sold, returned, destroyed, stock } = lot.stock;
        let [received, sold, returned, destroyed, stock] =
            [received, sold, returned, destroyed, stock].map(|packs| packs.to_string());
        let price = lot.price.as_ref().map(money::Price::text).unwrap_or_default();
        let product = named(lot.di.as_deref(), lot.model);
        table.row([product, lot.lot.to_string(), received, sold, returned, destroyed, stock, price]);
    }
    let mut lines = vec![table.render("nothing was received yet")];
    for unit in facts.lots.iter().flat_map(|lot| &lot.units) {
        lines.push(format!("unit    {}: {} packs, indices from {}", unit.unit, unit.packs, unit.first));
    }
    for arrival in &facts.arrivals {
        lines.push(format!("coming  {}: {} packs from {}", arrival.unit, arrival.packs, arrival.from));
    }
    lines.join("\n")
}

/// Compares what came with what went. Exit code 1 where something is to be explained.
pub(super) async fn reconcile(context: &Context<'_>, options: &Whose) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let pharmacy = options.pharmacy.unwrap_or_else(|| suite.chain().account());
    let (history, stocks) = read(&suite, pharmacy).await?;
    let (books, differences) = dispensing::reconcile(&history, pharmacy, suite.pharmacy().address(), &stocks);
    let mut products = Vec::new();
    for (lot, book) in books {
        let registered = registered_lot(&suite, lot).await?;
        products.push(ProductBook { model: registered.model, di: di(context, &suite, &registered).await?, lot, book });
    }
    products.sort_by_key(|product| (product.model, product.lot));
    let mut table =
        Table::new(["Product", "Lot", "Received", "Sold", "Beside", "Returned", "Destroyed", "Brought back", "Stock"]);
    for product in &products {
        let Book { received, sold, beside, returned, destroyed, brought_back, stock } = product.book;
        let [received, sold, beside, returned, destroyed, brought_back, stock] =
            [received, sold, beside, returned, destroyed, brought_back, stock].map(|packs| packs.to_string());
        let name = named(product.di.as_deref(), product.model);
        let lot = product.lot.to_string();
        table.row([name, lot, received, sold, beside, returned, destroyed, brought_back, stock]);
    }
    let mut lines = vec![table.render("nothing came and nothing went")];
    match differences.len() {
        0 => lines.push("everything is explained".to_owned()),
        count => lines.push(format!("{count} to be explained:")),
    }
    lines.extend(differences.iter().map(sentence));
    let good = differences.is_empty();
    let facts = ReconcileFacts { pharmacy, block: history.block, products, differences };
    Ok(Answer::new(lines.join("\n"), &facts)?.good(good))
}

fn sentence(difference: &Difference) -> String {
    let packs = difference.packs.map_or_else(String::new, |packs| format!("{packs} packs of "));
    let what = match difference.unit {
        Some(unit) => format!("unit {unit}"),
        None => format!("lot {}", difference.lot),
    };
    let who = difference.who.map_or_else(String::new, |who| format!("; by {who}"));
    let to = difference.to.map_or_else(String::new, |to| format!("; to {to}"));
    let at = difference.transaction.map_or_else(String::new, |hash| format!("; transaction {hash}"));
    format!("- {packs}{what}: {}{who}{to}{at}", difference.kind.sentence())
}

/// Events and counts of one block: where the chain grew in between, both are read again.
async fn read(suite: &Suite, pharmacy: Address) -> Result<(History, BTreeMap<LotId, Stock>), Failure> {
    for _ in 0..READINGS {
        let history = History::of(suite, pharmacy).await?;
        let mut stocks = BTreeMap::new();
        for lot in history.lots() {
            stocks.insert(lot, suite.pharmacy().stock_of(pharmacy, lot).await?);
        }
        if suite.chain().block_number().await? == history.block {
            return Ok((history, stocks));
        }
    }
    Err(Failure::user("Busy", "the chain grew faster than it could be read", "try again, or use a node nearer to you"))
}

async fn di(context: &Context<'_>, suite: &Suite, lot: &Lot) -> Result<Option<String>, Failure> {
    let Some(model) = suite.catalog().model_of(lot.model).await? else { return Ok(None) };
    let registration = suite.catalog().registration_of(lot.model, model.manufacturer).await?;
    let Some(registration) = registration else { return Ok(None) };
    let document = model_document_if_stored(context, &registration.document).await?;
    Ok(document.map(|document| document.di.to_string()))
}

fn named(di: Option<&str>, model: ModelId) -> String {
    di.map_or_else(|| model.to_string(), str::to_owned)
}
