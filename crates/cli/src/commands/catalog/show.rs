//! `theriac catalog show`: a model with its registrations, or a lot.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_core::content::ContentAddress;
use theriac_core::document::ModelDocument;
use theriac_core::ids::{LotId, ModelId};

use super::known::Known;
use crate::answer::Answer;
use crate::commands::documents::{address_of, model_document_if_stored, registered_lot};
use crate::commands::subject::{LongId, LotOptions, Subject};
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac catalog show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A DI or model id, a UDI with a lot, or a lot id.
    #[arg(value_name = "MODEL|LOT", conflicts_with_all = ["model", "lot", "lot_id"])]
    what: Option<String>,
    #[command(flatten)]
    lot: LotOptions,
}

/// Shows it.
pub(super) async fn run(context: &Context<'_>, options: &Show) -> Result<Answer, Failure> {
    let subject = match &options.what {
        Some(text) => Subject::parse(text, LongId::Model)?,
        None => Subject::Lot(options.lot.required()?),
    };
    let suite = context.suite().await?;
    match subject {
        Subject::Model(model) => show_model(context, &suite, model.id).await,
        Subject::Lot(lot) => show_lot(&suite, lot.id).await,
        // What the catalogue has of one unit is its lot.
        Subject::Item(item) => show_lot(&suite, item.id.lot()).await,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModelFacts {
    model: ModelId,
    state: &'static str,
    registrations: Vec<RegistrationFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationFacts {
    manufacturer: Address,
    approved: bool,
    document: ContentAddress,
    /// None where the store does not have it.
    content: Option<ModelDocument>,
}

async fn show_model(context: &Context<'_>, suite: &Suite, model: ModelId) -> Result<Answer, Failure> {
    let known = Known::read(suite).await?;
    let approved = known.approved.get(&model);
    let mut registrations = Vec::new();
    for (manufacturer, registration) in known.registrations_of(model) {
        registrations.push(RegistrationFacts {
            manufacturer,
            approved: approved == Some(&manufacturer),
            document: address_of(&registration.document)?,
            content: model_document_if_stored(context, &registration.document).await?,
        });
    }
    if registrations.is_empty() {
        return Err(Failure::user(
            "UnknownModel",
            format!("nobody has registered the model {model} on chain {}", suite.chain().chain_id()),
            "compare the DI with the label; `theriac catalog models` lists what is registered",
        ));
    }
    let state = if approved.is_some() { "approved" } else { "registered" };
    let texts: Vec<String> = registrations.iter().map(|registration| registration.lines(model)).collect();
    Answer::new(texts.join("\n\n"), &ModelFacts { model, state, registrations })
}

impl RegistrationFacts {
    fn lines(&self, model: ModelId) -> String {
        let content = match &self.content {
            Some(document) => model_lines(document, model),
            None => format!("model id      {model}\n(the content store does not have the document)"),
        };
        let state = if self.approved { "approved" } else { "registered, not approved" };
        let manufacturer = self.manufacturer;
        format!("{content}\ndocument      {}\nmanufacturer  {manufacturer}\nstate         {state}", self.document.uri())
    }
}

/// A model for people.
pub(super) fn model_lines(document: &ModelDocument, model: ModelId) -> String {
    let mut lines = vec![
        format!("{}", document.name),
        format!("description   {}", document.description),
        format!("company       {}", document.company),
        format!("{:<14}{}", document.agency.as_str(), document.di),
    ];
    for other in &document.identifiers {
        lines.push(format!("also          {} {} ({:?})", other.agency, other.di, other.kind));
    }
    lines.push(format!("model id      {model}"));
    lines.join("\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LotFacts {
    lot: LotId,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    model: ModelId,
    #[serde(skip_serializing_if = "Option::is_none")]
    di: Option<String>,
    /// None where the lot does not count.
    manufacturer: Option<Address>,
    state: &'static str,
    count: u32,
    root: B256,
    document: ContentAddress,
    registered_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

async fn show_lot(suite: &Suite, id: LotId) -> Result<Answer, Failure> {
    let lot = registered_lot(suite, id).await?;
    let manufacturer = suite.catalog().manufacturer_of(id).await?;
    let known = Known::read(suite).await?;
    let told = known.lots.iter().find(|told| told.id == id);
    let registration = told.and_then(|told| known.registrations.get(&(told.model, told.manufacturer)));
    let facts = LotFacts {
        lot: id,
        number: told.map(|told| told.number.clone()),
        model: lot.model,
        di: registration.map(|registration| registration.di.clone()),
        manufacturer,
        state: if manufacturer.is_some() { "counts" } else { "struck" },
        count: lot.count,
        root: lot.root,
        document: address_of(&lot.document)?,
        registered_at: lot.registered_at,
        made_at: (lot.made_at > 0).then_some(lot.made_at),
        expires_at: (lot.expires_at > 0).then_some(lot.expires_at),
    };
    Answer::new(facts.lines(), &facts)
}

impl LotFacts {
    fn lines(&self) -> String {
        let date = |at: Option<u64>| at.map_or_else(|| "not stated".to_owned(), time::iso);
        [
            ("lot", self.number.clone().unwrap_or_default()),
            ("DI", self.di.clone().unwrap_or_default()),
            ("items", self.count.to_string()),
            ("made", date(self.made_at)),
            ("expires", date(self.expires_at)),
            ("registered", time::iso(self.registered_at)),
            ("state", self.state.to_owned()),
            ("manufacturer", self.manufacturer.map_or_else(String::new, |account| account.to_string())),
            ("lot id", self.lot.to_string()),
            ("model id", self.model.to_string()),
            ("root", self.root.to_string()),
            ("document", self.document.uri()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:<14}{value}"))
        .collect::<Vec<_>>()
        .join("\n")
    }
}
