//! Proofs that items stand in their lots.

use std::collections::HashMap;

use theriac_client::lots::{LotProofs, LotsError};
use theriac_client::rooms::Lot;
use theriac_client::store::Store;
use theriac_client::types::Membership;
use theriac_client::{Error, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::document::LotDocument;
use theriac_core::ids::LotId;

use super::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// The memberships of these items, in their order; a lot document is read once, and not at all if its proofs are in the home
/// folder.
pub(crate) async fn memberships(
    context: &Context<'_>,
    suite: &Suite,
    items: &[Item],
) -> Result<Vec<Membership>, Failure> {
    let mut lots: HashMap<LotId, LotProofs> = HashMap::new();
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let id = item.id.lot();
        if !lots.contains_key(&id) {
            lots.insert(id, open(context, suite, id).await?);
        }
        let proven = match lots.get_mut(&id) {
            Some(proofs) => proofs.find(item.id.half())?,
            None => None,
        };
        found.push(proven.ok_or_else(|| not_in_lot(item, id))?.membership);
    }
    Ok(found)
}

/// The membership of one item.
pub(crate) async fn membership(context: &Context<'_>, suite: &Suite, item: &Item) -> Result<Membership, Failure> {
    let found = memberships(context, suite, std::slice::from_ref(item)).await?;
    found.into_iter().next().ok_or_else(|| not_in_lot(item, item.id.lot()))
}

async fn open(context: &Context<'_>, suite: &Suite, id: LotId) -> Result<LotProofs, Failure> {
    let lot = suite.catalog().lot_of(id).await?.ok_or_else(|| {
        Failure::user(
            "UnknownLot",
            format!("no lot {id} is registered on chain {}", suite.chain().chain_id()),
            "compare model, lot number and serial with the label",
        )
    })?;
    Ok(LotProofs::open(&context.options.home, id, lot.root, || document(context, &lot)).await?)
}

async fn document(context: &Context<'_>, lot: &Lot) -> Result<LotDocument, Error> {
    let codec = lot.document.codec.try_into().map_err(|error| Error::Answer(format!("the lot's document: {error}")))?;
    let store = Store::open(&context.options.store, &context.options.home)?;
    let bytes = store.get(&ContentAddress { codec, digest: lot.document.digest }).await?;
    LotDocument::read(bytes.as_slice()).map_err(|error| Error::Lots(LotsError::from(error)))
}

fn not_in_lot(item: &Item, lot: LotId) -> Failure {
    Failure::user(
        "NotInLot",
        format!("item {} is not in lot {lot}: its maker never listed it", item.id),
        "compare the serial with the label; if they agree, do not use the unit",
    )
}
