//! Documents of the catalogue, from the chain's digest through the content store.

use theriac_client::lots::LotProofs;
use theriac_client::rooms::Lot;
use theriac_client::store::{Store, StoreError};
use theriac_client::types::Content;
use theriac_client::{Error, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::document::{Document as _, LotDocument, ModelDocument};
use theriac_core::ids::LotId;

use crate::context::Context;
use crate::failure::Failure;

/// What the chain keeps of a document.
pub(crate) fn content_of(address: &ContentAddress) -> Content {
    Content { digest: address.digest, codec: address.codec.byte() }
}

/// The address of a document that the chain knows.
pub(crate) fn address_of(content: &Content) -> Result<ContentAddress, Failure> {
    let codec = content.codec.try_into().map_err(|error| Failure::of(&error))?;
    Ok(ContentAddress { codec, digest: content.digest })
}

/// The document of a model.
pub(crate) async fn model_document(context: &Context<'_>, content: &Content) -> Result<ModelDocument, Failure> {
    let bytes = context.store()?.get(&address_of(content)?).await?;
    ModelDocument::parse(&bytes).map_err(|error| Failure::of(&error))
}

/// The document of a model, none if the store does not have it: for what is only shown.
pub(crate) async fn model_document_if_stored(
    context: &Context<'_>,
    content: &Content,
) -> Result<Option<ModelDocument>, Failure> {
    match context.store()?.get(&address_of(content)?).await {
        Ok(bytes) => ModelDocument::parse(&bytes).map(Some).map_err(|error| Failure::of(&error)),
        Err(Error::Store(StoreError::Missing { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The document of a lot.
pub(crate) async fn lot_document(context: &Context<'_>, lot: &Lot) -> Result<LotDocument, Failure> {
    Ok(read_lot(context, lot).await?)
}

/// The proofs of a lot: from the home folder, or made there from the lot's document.
pub(crate) async fn lot_proofs(context: &Context<'_>, id: LotId, lot: &Lot) -> Result<LotProofs, Failure> {
    Ok(LotProofs::open(&context.options.home, id, lot.root, || read_lot(context, lot)).await?)
}

async fn read_lot(context: &Context<'_>, lot: &Lot) -> Result<LotDocument, Error> {
    let codec = lot.document.codec.try_into().map_err(|error| Error::Answer(format!("{error}")))?;
    let address = ContentAddress { codec, digest: lot.document.digest };
    let bytes = Store::open(&context.options.store, &context.options.home)?.get(&address).await?;
    LotDocument::read(bytes.as_slice()).map_err(|error| Error::Lots(error.into()))
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
