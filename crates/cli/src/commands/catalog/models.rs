//! `theriac catalog models` and `lots`: lists from the chain's events.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_client::types::Product;
use theriac_core::content::ContentAddress;
use theriac_core::ids::{Agency, LotId, ModelId};

use super::known::{Known, KnownLot};
use crate::answer::{Answer, Table};
use crate::commands::documents::address_of;
use crate::commands::subject::Model;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac catalog models`.
#[derive(Debug, Args)]
pub(crate) struct Models {
    /// Only this manufacturer's.
    #[arg(long, value_name = "ADDRESS")]
    manufacturer: Option<Address>,
    /// Only those that are approved, or that wait for it.
    #[arg(long, value_name = "STATE", value_parser = ["approved", "registered"])]
    state: Option<String>,
}

/// Options of `theriac catalog lots`.
#[derive(Debug, Args)]
pub(crate) struct Lots {
    /// Only of this model: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI")]
    model: Option<String>,
    /// Only this manufacturer's.
    #[arg(long, value_name = "ADDRESS")]
    manufacturer: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModelEntry {
    agency: Agency,
    di: String,
    state: &'static str,
    manufacturer: Address,
    product: Product,
    model: ModelId,
    document: ContentAddress,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LotEntry {
    lot: LotId,
    number: String,
    model: ModelId,
    di: Option<String>,
    manufacturer: Address,
    count: u32,
    root: B256,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    state: &'static str,
}

/// Lists the models in the order in which they were registered first.
pub(super) async fn models(context: &Context<'_>, options: &Models) -> Result<Answer, Failure> {
    let known = Known::read(&context.suite().await?).await?;
    let mut registrations: Vec<_> = known.registrations.iter().collect();
    registrations.sort_by_key(|(_, registration)| registration.place);
    let mut entries = Vec::new();
    for ((model, manufacturer), registration) in registrations {
        let state = if known.approved.get(model) == Some(manufacturer) { "approved" } else { "registered" };
        if options.manufacturer.is_some_and(|wanted| wanted != *manufacturer)
            || options.state.as_ref().is_some_and(|wanted| wanted != state)
        {
            continue;
        }
        entries.push(ModelEntry {
            agency: registration.agency,
            di: registration.di.clone(),
            state,
            manufacturer: *manufacturer,
            product: registration.product,
            model: *model,
            document: address_of(&registration.document)?,
        });
    }
    let mut table = Table::new(["Agency", "DI", "State", "Kind", "Manufacturer"]);
    for entry in &entries {
        let (agency, product) = (entry.agency.to_string(), entry.product.to_string());
        table.row([agency, entry.di.clone(), entry.state.to_owned(), product, entry.manufacturer.to_string()]);
    }
    Answer::new(table.render("no models"), &json!({ "models": entries }))
}

/// Lists the lots in the order of their registration.
pub(super) async fn lots(context: &Context<'_>, options: &Lots) -> Result<Answer, Failure> {
    let model = options.model.as_deref().map(Model::parse).transpose()?;
    let known = Known::read(&context.suite().await?).await?;
    let wanted = |lot: &&KnownLot| {
        model.as_ref().is_none_or(|model| model.id == lot.model)
            && options.manufacturer.is_none_or(|manufacturer| manufacturer == lot.manufacturer)
    };
    let entries: Vec<LotEntry> = known.lots.iter().filter(wanted).map(|lot| LotEntry::new(lot, &known)).collect();
    let mut table = Table::new(["DI", "Lot", "Items", "Expires", "State", "Lot id"]);
    for entry in &entries {
        let di = entry.di.clone().unwrap_or_else(|| entry.model.to_string());
        let expires = entry.expires_at.map_or_else(|| "never".to_owned(), time::iso);
        let (count, state) = (entry.count.to_string(), entry.state.to_owned());
        table.row([di, entry.number.clone(), count, expires, state, entry.lot.to_string()]);
    }
    Answer::new(table.render("no lots"), &json!({ "lots": entries }))
}

impl LotEntry {
    fn new(lot: &KnownLot, known: &Known) -> Self {
        let registration = known.registrations.get(&(lot.model, lot.manufacturer));
        Self {
            lot: lot.id,
            number: lot.number.clone(),
            model: lot.model,
            di: registration.map(|registration| registration.di.clone()),
            manufacturer: lot.manufacturer,
            count: lot.count,
            root: lot.root,
            expires_at: (lot.expires_at > 0).then_some(lot.expires_at),
            state: if lot.struck { "struck" } else { "counts" },
        }
    }
}
