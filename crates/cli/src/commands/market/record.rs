//! `theriac market record`: the record of a purchase, for its parties to complete, seal and attach.

use std::io::Write as _;
use std::path::PathBuf;

use alloy_primitives::{B256, U256};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use theriac_client::trade::known::KnownPurchase;
use theriac_core::document::Document as _;
use theriac_core::envelope::{Amount, Party, Price, PurchaseRecord, PurchasedItem};

use super::find;
use crate::answer::Answer;
use crate::commands::several;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac market record`.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
    /// The units that were bought, as their labels have them: the chain knows their ids only.
    #[arg(value_name = "UDI", required = true)]
    units: Vec<String>,
    /// What the units are, in words.
    #[arg(long, value_name = "TEXT")]
    description: String,
    /// Name of the buyer.
    #[arg(long, value_name = "NAME")]
    buyer_name: String,
    /// Name of the seller.
    #[arg(long, value_name = "NAME")]
    seller_name: String,
    /// Where the goods go.
    #[arg(long, value_name = "ADDRESS")]
    deliver_to: Option<String>,
    /// Whatever else was agreed.
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
    /// Where the record is written, for its owner's eyes only. Nothing of it goes on chain.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Facts {
    purchase: B256,
    file: PathBuf,
    /// As it is in the file.
    record: serde_json::Value,
}

/// Writes the record with what the chain knows and what the user says.
pub(super) async fn run(context: &Context<'_>, options: &Record) -> Result<Answer, Failure> {
    find::check(&options.purchase)?;
    let suite = context.suite().await?;
    let (known, _) = find::purchase(&suite, &options.purchase).await?;
    let named = several::items(&options.units)?;
    let currency = suite.currency(known.terms.token).await?;
    let record = PurchaseRecord {
        chain_id: suite.chain().chain_id(),
        market: suite.market().address(),
        purchase: known.id,
        offer: known.offer,
        buyer: Party { account: known.terms.buyer, name: options.buyer_name.clone(), address: None },
        seller: Party { account: known.terms.seller, name: options.seller_name.clone(), address: None },
        items: items(&known, &named, &options.units, &options.description)?,
        price: Price {
            amount: Amount(U256::from(known.price) * U256::from(known.terms.items.len())),
            token: known.terms.token,
            symbol: currency.symbol,
            decimals: currency.decimals,
        },
        delivery_address: options.deliver_to.clone(),
        notes: options.notes.clone(),
        bought_at: instant(known.terms.bought_at)?,
        ship_until: Some(instant(known.terms.bought_at + u64::from(known.terms.times.ship))?),
        inspect_until: None,
        return_until: None,
    };
    let canonical = record.canonical().map_err(|error| Failure::of(&error))?;
    files::write_secret(&options.out, |file| file.write_all(&canonical))?;
    let record = serde_json::from_slice(&canonical).map_err(|error| Failure::internal("reading the record", error))?;
    let file = options.out.clone();
    let text = format!(
        "record    {}\nComplete it if you like; then seal it (`theriac envelope seal`) and attach the envelope to purchase {}.",
        file.display(),
        find::short(&known.id)
    );
    Answer::new(text, &Facts { purchase: known.id, file, record })
}

/// The units in the order of the purchase; each has to be named, and no other.
fn items(
    known: &KnownPurchase,
    named: &[Item],
    texts: &[String],
    description: &str,
) -> Result<Vec<PurchasedItem>, Failure> {
    if let Some((other, _)) = named.iter().zip(texts).find(|(item, _)| !known.terms.items.contains(&item.id)) {
        let what = format!("item {} is not of purchase {}", other.id, known.id);
        return Err(Failure::user("OtherItem", what, "name the units that were bought"));
    }
    let unit = |item: &theriac_core::ids::ItemId| {
        let text = named.iter().zip(texts).find(|(named, _)| named.id == *item && named.udi.is_some());
        let Some((_, udi)) = text else {
            let what = format!("the label of item {item} is not given");
            return Err(Failure::user(
                "NoLabel",
                what,
                "name every unit that was bought by its UDI, with lot and serial",
            ));
        };
        Ok(PurchasedItem {
            item: *item,
            udi: udi.clone(),
            description: description.to_owned(),
            unit_price: Amount(U256::from(known.price)),
        })
    };
    known.terms.items.iter().map(unit).collect()
}

fn instant(second: u64) -> Result<Timestamp, Failure> {
    let second = i64::try_from(second).map_err(|error| Failure::internal("reading a time", error))?;
    Timestamp::from_second(second).map_err(|error| Failure::internal("reading a time", error))
}
