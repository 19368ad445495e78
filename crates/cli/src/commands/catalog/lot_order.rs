//! A lot to be registered: from a list of serials to its document, its tree, and what the chain is told.

use std::path::PathBuf;

use indicatif::ProgressBar;
use jiff::civil::Date;
use theriac_client::types::NewLot;
use theriac_core::content::{self, ContentAddress};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::gs1::date;
use theriac_core::ids::{Agency, LotId, ModelId};
use theriac_core::merkle::LotTree;
use theriac_core::serials;

use super::known::Known;
use crate::commands::documents::{content_of, model_document_if_stored};
use crate::commands::subject::{self, Model};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// What of a model stands in the documents of its lots.
#[derive(Clone, Debug)]
pub(super) struct LotModel {
    pub(super) id: ModelId,
    agency: Agency,
    di: String,
    name: String,
    description: String,
    image: Option<String>,
}

/// What a manufacturer says of a lot.
#[derive(Clone, Debug)]
pub(super) struct LotOrder {
    pub(super) model: LotModel,
    pub(super) number: String,
    pub(super) serials: PathBuf,
    pub(super) made: Option<Date>,
    pub(super) expires: Option<Date>,
}

/// A lot ready to be registered.
#[derive(Debug)]
pub(super) struct ReadyLot {
    pub(super) id: LotId,
    pub(super) document: LotDocument,
    pub(super) tree: LotTree,
    /// The document as it is stored.
    pub(super) bytes: Vec<u8>,
    pub(super) address: ContentAddress,
    pub(super) new_lot: NewLot,
}

impl LotModel {
    /// The approved model, with the words of its document where the store has that.
    pub(super) async fn find(context: &Context<'_>, known: &Known, model: &Model) -> Result<Self, Failure> {
        let Some((_, registration)) = known.approved_registration(model.id) else {
            let name = model.di.as_ref().map_or_else(|| model.id.to_string(), ToString::to_string);
            let registered = known.registrations_of(model.id).next().is_some();
            let (code, what, help) = match registered {
                true => (
                    "NotApproved",
                    "is registered but not approved",
                    "a certifier or regulator runs `theriac catalog approve`",
                ),
                false => (
                    "UnknownModel",
                    "is not registered on this chain",
                    "compare the DI with the label; `theriac catalog import` registers models",
                ),
            };
            return Err(Failure::user(code, format!("the model {name} {what}"), help));
        };
        let document = model_document_if_stored(context, &registration.document).await?;
        let (name, description, image) = match document {
            Some(document) => (document.name, document.description, document.image),
            None => (format!("{} {}", registration.agency, registration.di), registration.product.to_string(), None),
        };
        let (agency, di) = (registration.agency, registration.di.clone());
        Ok(Self { id: model.id, agency, di, name, description, image })
    }
}

impl LotOrder {
    /// The id that the lot will have.
    pub(super) fn id(&self) -> LotId {
        self.model.id.lot(&self.number)
    }

    /// Reads the serials and hashes the tree, on a thread of its own; `bar` counts bytes.
    pub(super) async fn prepare(self, bar: ProgressBar) -> Result<ReadyLot, Failure> {
        let work = move || self.prepare_here(&bar);
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::internal("reading the serials", error))?
    }

    fn prepare_here(self, bar: &ProgressBar) -> Result<ReadyLot, Failure> {
        subject::lot_number(&self.number)?;
        let file = files::open(&self.serials)?;
        bar.set_length(file.metadata().map_or(0, |metadata| metadata.len()));
        let list = serials::read(bar.wrap_read(file)).map_err(|error| Failure::of(&error).at(&self.serials))?;
        let LotOrder { model, number, made, expires, .. } = self;
        let details = LotDetails {
            name: model.name,
            description: model.description,
            image: model.image,
            agency: model.agency,
            di: model.di,
            lot: number.clone(),
            made,
            expires,
        };
        let (document, tree) = LotDocument::new(details, list).map_err(|error| Failure::of(&error))?;
        let bytes = document.canonical().map_err(|error| Failure::of(&error))?;
        let address = content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?;
        let new_lot = NewLot {
            model: model.id,
            number,
            root: tree.root(),
            count: tree.count(),
            made_at: made.map(first_second).transpose()?.unwrap_or(0),
            expires_at: expires.map(last_second).transpose()?.unwrap_or(0),
            document: content_of(&address),
        };
        Ok(ReadyLot { id: document.details().id(), document, tree, bytes, address, new_lot })
    }
}

fn first_second(day: Date) -> Result<u64, Failure> {
    since_1970(date::expiry_at_time(day.at(0, 0, 0, 0)), day)
}

fn last_second(day: Date) -> Result<u64, Failure> {
    since_1970(date::expiry_at(day), day)
}

fn since_1970(second: i64, day: Date) -> Result<u64, Failure> {
    u64::try_from(second).ok().filter(|second| *second > 0).ok_or_else(|| {
        Failure::user("InvalidDate", format!("{day} is not after 1970-01-01"), "compare the date with the label")
    })
}
