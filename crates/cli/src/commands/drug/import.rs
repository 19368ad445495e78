//! `theriac drug import`: the medicines of a list become registered models, each with its class.
//!
//! What the chain has already with the same document and class is left alone, so the same command continues after a kill.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use theriac_client::types::{Content, Product};
use theriac_client::{Roles, Suite};
use theriac_core::content;
use theriac_core::document::Document as _;
use theriac_core::ids::ModelId;

use super::read::{self, Medicine};
use crate::answer::{Answer, Table};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac drug import`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Import {
    /// CSV with a header, or a JSON array: name, strength, form, class (prescription, over-the-counter or controlled), company, and
    /// gtin or ndc.
    file: PathBuf,
}

/// One medicine, and what became of it.
#[derive(Serialize)]
struct Imported {
    model: ModelId,
    gtin: String,
    name: String,
    class: Product,
    /// `registered`, `unchanged`, or why it was refused.
    outcome: String,
    #[serde(skip)]
    good: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    medicines: Vec<Imported>,
    gas_used: u64,
    dry_run: bool,
}

/// Imports the list.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Answer, Failure> {
    let text = files::read_text(&options.file)?;
    let medicines = read::medicines(&text).map_err(|failure| failure.at(&options.file))?;
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    if !suite.participants().is_active_as(account, Roles::MANUFACTURER).await? {
        return Err(Failure::user(
            "Catalog_NotManufacturer",
            format!(
                "{account} is not an active participant with the role manufacturer, so it cannot register medicines"
            ),
            "apply with `theriac participants apply`; the registrar grants the role with `theriac participants approve`",
        ));
    }
    let mut facts = Facts { medicines: Vec::new(), gas_used: 0, dry_run: context.options.dry_run };
    for medicine in medicines {
        let (outcome, good) = match register(context, &suite, &medicine).await {
            Ok(Some(gas)) => {
                facts.gas_used += gas;
                ("registered".to_owned(), true)
            }
            Ok(None) => ("unchanged".to_owned(), true),
            // The others can be registered even where one cannot; a node that does not answer ends it.
            Err(failure) if failure.mendable && failure.code != "Unreachable" => (failure.what, false),
            Err(failure) => return Err(failure),
        };
        let Medicine { product, document } = medicine;
        let (model, gtin, name) = (document.id(), document.di, document.name);
        facts.medicines.push(Imported { model, gtin, name, class: product, outcome, good });
    }
    let good = facts.medicines.iter().all(|imported| imported.good);
    Ok(Answer::new(facts.text(), &facts)?.good(good))
}

/// Stores the document and registers the model; the gas, or none where there was nothing to do.
async fn register(context: &Context<'_>, suite: &Suite, medicine: &Medicine) -> Result<Option<u64>, Failure> {
    let Medicine { product, document } = medicine;
    let (catalog, model) = (suite.catalog(), document.id());
    let bytes = document.canonical().map_err(|error| Failure::of(&error))?;
    let address = content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?;
    let before = catalog.registration_of(model, suite.chain().account()).await?;
    if before.is_some_and(|known| known.document == Content::from(address) && known.product == *product) {
        return Ok(None);
    }
    if !context.options.dry_run {
        context.store()?.put(&bytes).await?;
    }
    let call = catalog.register_model(document.agency, &document.di, *product, address.into());
    Ok(Some(context.perform(&call).await?.gas_used))
}

impl Facts {
    fn text(&self) -> String {
        let mut table = Table::new(["GTIN", "Name", "Class", "Outcome"]);
        for Imported { gtin, name, class, outcome, .. } in &self.medicines {
            table.row([gtin.clone(), name.clone(), class.to_string(), outcome.clone()]);
        }
        let told = if self.dry_run { "dry run, nothing sent; registered would be:\n" } else { "" };
        format!("{told}{}", table.render("the list is empty"))
    }
}
