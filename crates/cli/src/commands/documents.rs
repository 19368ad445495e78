//! Documents of the catalogue, from the chain's digest through the content store.

use theriac_client::lots::{self, LotProofs};
use theriac_client::rooms::Lot;
use theriac_client::store::StoreError;
use theriac_client::types::Content;
use theriac_client::{Error, Suite};
use theriac_core::document::{Document as _, LotDocument, ModelDocument};
use theriac_core::ids::LotId;

use crate::context::Context;
use crate::failure::Failure;

/// The document of a model.
pub(crate) async fn model_document(context: &Context<'_>, content: &Content) -> Result<ModelDocument, Failure> {
    let bytes = context.store()?.get(&content.address()?).await?;
    ModelDocument::parse(&bytes).map_err(|error| Failure::of(&error))
}

/// The document of a model, none if the store does not have it: for what is only shown.
pub(crate) async fn model_document_if_stored(
    context: &Context<'_>,
    content: &Content,
) -> Result<Option<ModelDocument>, Failure> {
    match context.store()?.get(&content.address()?).await {
        Ok(bytes) => ModelDocument::parse(&bytes).map(Some).map_err(|error| Failure::of(&error)),
        Err(Error::Store(StoreError::Missing { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The document of a lot.
pub(crate) async fn lot_document(context: &Context<'_>, lot: &Lot) -> Result<LotDocument, Failure> {
    Ok(lots::document(&context.store()?, lot).await?)
}

/// The proofs of a lot: from the home folder, or made there from the lot's document.
pub(crate) async fn lot_proofs(context: &Context<'_>, id: LotId, lot: &Lot) -> Result<LotProofs, Failure> {
    let store = context.store()?;
    Ok(LotProofs::open(&context.options.home, id, lot.root, || lots::document(&store, lot)).await?)
}

/// A lot that the chain has, struck or not.
pub(crate) async fn registered_lot(suite: &Suite, id: LotId) -> Result<Lot, Failure> {
    suite.catalog().lot_of(id).await?.ok_or_else(|| {
        Failure::user(
            "UnknownLot",
            format!("no lot {id} is registered on chain {}", suite.chain().chain_id()),
            "compare model and lot number with the label; `theriac catalog lots` lists what is registered",
        )
    })
}
