//! `theriac market list`: what can be bought, or one's purchases.

use std::collections::HashMap;

use alloy_primitives::{Address, U256};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_client::Suite;
use theriac_client::trade::known::{KnownPurchase, OfferFilter, OpenOffer, PurchaseFilter};
use theriac_client::trade::money::Currency;
use theriac_client::trade::{Progress, Step};
use theriac_core::ids::{LotId, ModelId};

use super::find;
use super::goods::Known;
use crate::answer::{Answer, Table};
use crate::args::account;
use crate::commands::subject::{Lot, Model};
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac market list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only of this model: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI")]
    model: Option<String>,
    /// Only of this lot of the model.
    #[arg(long, value_name = "NUMBER", requires = "model")]
    lot: Option<String>,
    /// Only by this seller.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    seller: Option<Address>,
    /// Only your own offers.
    #[arg(long, conflicts_with = "seller")]
    mine: bool,
    /// Also offers that cannot be bought now, with the reason.
    #[arg(long)]
    all: bool,
    /// Your purchases instead, as buyer or as seller: where they stand, and who can do what until when.
    #[arg(long, conflicts_with_all = ["model", "seller", "mine", "all"])]
    purchases: bool,
}

/// An offer for a program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(flatten)]
    open: OpenOffer,
    model: Option<ModelId>,
    name: Option<String>,
    currency: Currency,
    /// Why it cannot be bought now; none where it can.
    obstacle: Option<String>,
}

/// A purchase for a program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PurchaseEntry {
    #[serde(flatten)]
    known: KnownPurchase,
    currency: Currency,
    #[serde(flatten)]
    progress: Progress,
    next: Vec<Step>,
}

/// Currencies, each asked for once.
#[derive(Default)]
struct Currencies(HashMap<Address, Currency>);

impl Currencies {
    async fn of(&mut self, suite: &Suite, token: Address) -> Result<Currency, Failure> {
        if let Some(currency) = self.0.get(&token) {
            return Ok(currency.clone());
        }
        let currency = suite.currency(token).await?;
        self.0.insert(token, currency.clone());
        Ok(currency)
    }
}

/// Lists.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    if options.purchases { purchases(context).await } else { offers(context, options).await }
}

async fn offers(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let (model, lot) = options.goods()?;
    let suite = context.suite().await?;
    let seller = match options.mine {
        true => Some(context.required_signer()?.address()),
        false => options.seller,
    };
    let filter = OfferFilter { sellers: seller.into_iter().collect(), ..OfferFilter::default() };
    let now = find::now(&suite).await?;
    let (mut goods, mut currencies) = (Known::new(context, &suite), Currencies::default());
    let mut table = Table::new(["Offer", "Goods", "Price", "Left", "Seller", "Until", ""]);
    let mut entries = Vec::new();
    let mut offered = Vec::new();
    for open in suite.open_offers(&filter).await? {
        let id = open.terms.goods.lot();
        let of = goods.model(id).await?;
        if model.is_none_or(|model| of == Some(model)) && lot.is_none_or(|lot| id == lot) {
            offered.push(open);
        }
    }
    let obstacles = suite.obstacles_to(&offered, now).await?;
    for (open, obstacle) in offered.into_iter().zip(obstacles) {
        let obstacle = obstacle.map(|obstacle| obstacle.to_string());
        if obstacle.is_some() && !options.all {
            continue;
        }
        let currency = currencies.of(&suite, open.terms.token).await?;
        table.row([
            find::short(&open.id),
            goods.text(&open.terms.goods).await?,
            currency.format(U256::from(open.offer.price)),
            open.offer.stock.to_string(),
            open.terms.seller.to_string(),
            time::iso(open.terms.until),
            obstacle.clone().unwrap_or_default(),
        ]);
        let id = open.terms.goods.lot();
        let (of, name) = (goods.model(id).await?, goods.name(id).await?);
        entries.push(Entry { open, model: of, name, currency, obstacle });
    }
    Answer::new(table.render("nothing is offered"), &json!({ "offers": entries }))
}

async fn purchases(context: &Context<'_>) -> Result<Answer, Failure> {
    let account = context.required_signer()?.address();
    let suite = context.suite().await?;
    let now = find::now(&suite).await?;
    let bought = PurchaseFilter { buyer: Some(account), ..PurchaseFilter::default() };
    let sold = PurchaseFilter { seller: Some(account), ..PurchaseFilter::default() };
    // Nobody buys from itself, so none is in both.
    let mut made = suite.purchases_made(&bought).await?;
    made.extend(suite.purchases_made(&sold).await?);
    made.sort_by_key(|known| (known.terms.bought_at, known.block));
    let progress = suite.progress_of_each(&made).await?;
    let mut currencies = Currencies::default();
    let mut table = Table::new(["Purchase", "You are", "Units", "Paid", "Status", "Next"]);
    let mut entries = Vec::new();
    for (known, progress) in made.into_iter().zip(progress) {
        let Some(progress) = progress else { continue };
        let next = known.terms.steps(&progress, now);
        let currency = currencies.of(&suite, known.terms.token).await?;
        table.row([
            find::short(&known.id),
            if account == known.terms.buyer { "buyer" } else { "seller" }.to_owned(),
            known.terms.items.len().to_string(),
            currency.format(known.paid),
            progress.status.to_string(),
            next.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        ]);
        entries.push(PurchaseEntry { known, currency, progress, next });
    }
    Answer::new(table.render("no purchases"), &json!({ "purchases": entries }))
}

impl List {
    fn goods(&self) -> Result<(Option<ModelId>, Option<LotId>), Failure> {
        let Some(model) = self.model.as_deref().map(Model::parse).transpose()? else { return Ok((None, None)) };
        let id = model.id;
        let lot = self.lot.as_deref().map(|number| Lot::of(model, number)).transpose()?;
        Ok((Some(id), lot.map(|lot| lot.id)))
    }
}
