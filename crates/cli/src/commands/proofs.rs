//! Proofs that items stand in their lots.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use theriac_client::Suite;
use theriac_client::lots::LotProofs;
use theriac_client::types::Membership;
use theriac_core::ids::LotId;

use super::documents::{lot_proofs, registered_lot};
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
        let proofs = match lots.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(lot_proofs(context, id, &registered_lot(suite, id).await?).await?),
        };
        let proven = proofs.find(item.id.half())?;
        found.push(proven.ok_or_else(|| not_in_lot(item, id))?.membership);
    }
    Ok(found)
}

/// The membership of one item.
pub(crate) async fn membership(context: &Context<'_>, suite: &Suite, item: &Item) -> Result<Membership, Failure> {
    let found = memberships(context, suite, std::slice::from_ref(item)).await?;
    found.into_iter().next().ok_or_else(|| not_in_lot(item, item.id.lot()))
}

fn not_in_lot(item: &Item, lot: LotId) -> Failure {
    Failure::user(
        "NotInLot",
        format!("item {} is not in lot {lot}: its maker never listed it", item.id),
        "compare the serial with the label; if they agree, do not use the unit",
    )
}
