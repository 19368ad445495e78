//! Which units of an offer are bought: those that are named, or free ones.

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use theriac_client::Suite;
use theriac_client::lots::ProvenItem;
use theriac_client::trade::Goods;
use theriac_client::trade::known::{OpenOffer, PurchaseFilter};
use theriac_client::types::Standing;
use theriac_core::ids::{ItemId, LotId};

use crate::commands::documents::{lot_proofs, registered_lot};
use crate::commands::subject::Item;
use crate::commands::{proofs, several};
use crate::context::Context;
use crate::failure::Failure;

/// How many units are looked at together.
const AT_ONCE: usize = 16;

/// The units of the lot that the buyer named, or as many free ones; empty for an offer of one item, which is that item.
pub(super) async fn chosen(
    context: &Context<'_>,
    suite: &Suite,
    open: &OpenOffer,
    named: &[String],
    count: Option<u32>,
) -> Result<Vec<ProvenItem>, Failure> {
    let items = several::items(named)?;
    let asked = count.map_or(items.len().max(1), |count| count as usize);
    if asked > open.offer.stock as usize {
        let what = format!("offer {} has {} left, and {asked} are asked for", open.id, open.offer.stock);
        return Err(Failure::user("NotEnoughStock", what, "buy fewer, or from several offers"));
    }
    several::fits(asked)?;
    match open.terms.goods {
        Goods::Item(item) => match items.iter().find(|named| named.id != item) {
            Some(other) => Err(not_offered(other, open)),
            None => Ok(Vec::new()),
        },
        Goods::Lot { lot, first, last } if items.is_empty() => {
            free(context, suite, open, (lot, first, last), asked).await
        }
        Goods::Lot { lot, first, last } => {
            if let Some(other) = items.iter().find(|item| item.id.lot() != lot) {
                return Err(not_offered(other, open));
            }
            let memberships = proofs::memberships(context, suite, &items).await?;
            let outside = |index: u32| index < first || index > last;
            match items.iter().zip(&memberships).find(|(_, membership)| outside(membership.index)) {
                Some((other, _)) => Err(not_offered(other, open)),
                None => Ok(items
                    .into_iter()
                    .zip(memberships)
                    .map(|(item, membership)| ProvenItem { item: item.id, membership })
                    .collect()),
            }
        }
    }
}

/// The first units of the range that nobody has: without a twin, allowed to move, and not held by another than the seller.
async fn free(
    context: &Context<'_>,
    suite: &Suite,
    open: &OpenOffer,
    (lot, first, last): (LotId, u32, u32),
    wanted: usize,
) -> Result<Vec<ProvenItem>, Failure> {
    let mut proofs = lot_proofs(context, lot, &registered_lot(suite, lot).await?).await?;
    // What this seller sold is known from one request; only of the rest every single unit is asked.
    let filter = PurchaseFilter { seller: Some(open.terms.seller), ..PurchaseFilter::default() };
    let sold: HashSet<ItemId> =
        suite.purchases_made(&filter).await?.into_iter().flat_map(|purchase| purchase.terms.items).collect();
    let mut candidates = Vec::new();
    let mut found = Vec::new();
    for index in first..=last {
        candidates.extend(proofs.at(index)?.filter(|unit| !sold.contains(&unit.item)));
        if candidates.len() < AT_ONCE && index != last {
            continue;
        }
        let mut looked = stream::iter(candidates.drain(..))
            .map(|unit| async { is_free(suite, &unit, open).await.map(|free| free.then_some(unit)) })
            .buffered(AT_ONCE);
        while let Some(unit) = looked.next().await {
            found.extend(unit?);
        }
        if found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
    let what = format!("only {} units of offer {} are free, and {wanted} are asked for", found.len(), open.id);
    Err(Failure::user("NotEnoughUnits", what, "buy fewer; the others are sold, stopped, or held by somebody else"))
}

async fn is_free(suite: &Suite, unit: &ProvenItem, open: &OpenOffer) -> Result<bool, Failure> {
    let (devices, custody) = (suite.devices(), suite.custody());
    let (owner, standing, holding) =
        futures::try_join!(devices.owner_of(unit.item), custody.is_movable(unit.item), custody.holding_of(unit.item))?;
    let with_seller = holding.holder.is_none_or(|holder| holder == open.terms.seller) && holding.addressee.is_none();
    Ok(owner.is_none() && standing == Standing::Movable && with_seller)
}

fn not_offered(item: &Item, open: &OpenOffer) -> Failure {
    let what = format!("item {} is not among the goods of offer {}", item.id, open.id);
    Failure::user(
        "NotOffered",
        what,
        "`theriac market show` says what the offer is of; without names, free units are bought",
    )
}
