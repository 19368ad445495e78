//! What a certificate is about, as it is named on the command line.

use alloy_primitives::Address;
use clap::Args;
use theriac_client::Suite;
use theriac_core::document::Subject;
use theriac_core::ids::{ItemId, ModelId};

use crate::args::account;
use crate::commands::subject::{LongId, LotOptions, Subject as Named};
use crate::failure::Failure;

/// Options that name a subject.
#[derive(Debug, Args)]
pub(crate) struct SubjectOptions {
    /// A UDI in any form, a DI, an id of a model, lot or item, or an account.
    #[arg(value_name = "SUBJECT", conflicts_with_all = ["model", "lot", "lot_id"])]
    pub(super) subject: Option<String>,
    #[command(flatten)]
    pub(super) lot: LotOptions,
}

impl SubjectOptions {
    /// The subject, for a verb that cannot do without.
    pub(super) async fn required(&self, suite: &Suite) -> Result<Subject, Failure> {
        self.subject(suite).await?.ok_or_else(|| {
            Failure::user(
                "NoSubject",
                "nothing was named",
                "give a UDI, a DI, an id or an account, or --model and --lot",
            )
        })
    }

    /// The subject, if one is named.
    pub(super) async fn subject(&self, suite: &Suite) -> Result<Option<Subject>, Failure> {
        let Some(text) = &self.subject else { return Ok(self.lot.lot()?.map(|lot| Subject::Lot(lot.id))) };
        if text.starts_with("0x") && text.len() == 42 {
            let account = account(text).map_err(|what| Failure::user("InvalidAccount", what, ""))?;
            return Ok(Some(Subject::Account(account)));
        }
        Ok(Some(match Named::parse(text, LongId::Item)? {
            Named::Model(model) => Subject::Model(model.id),
            Named::Lot(lot) => Subject::Lot(lot.id),
            Named::Item(item) if item.udi.is_none() => of_long_id(suite, item.id).await?,
            Named::Item(item) => Subject::Item(item.id),
        }))
    }
}

/// Ids of models and items look alike; one that the catalogue knows as a model is one.
async fn of_long_id(suite: &Suite, id: ItemId) -> Result<Subject, Failure> {
    let model = ModelId(id.0);
    let known = suite.catalog().model_of(model).await?;
    Ok(if known.is_some() { Subject::Model(model) } else { Subject::Item(id) })
}

/// The manufacturer of a model, lot or item: whose word counts for its authenticity.
pub(super) async fn manufacturer(suite: &Suite, subject: &Subject) -> Result<Option<Address>, Failure> {
    let catalog = suite.catalog();
    Ok(match subject {
        Subject::Model(model) => catalog.model_of(*model).await?.map(|model| model.manufacturer),
        Subject::Lot(lot) => catalog.manufacturer_of(*lot).await?,
        Subject::Item(item) => catalog.manufacturer_of(item.lot()).await?,
        Subject::Account(_) => None,
    })
}
