//! Price and availability: the open offers of a verified maker, and of the owner of the unit. Nothing of the verdict depends on them.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use theriac_core::ids::ModelId;

use super::Facts;
use crate::error::Result;
use crate::suite::Suite;
use crate::trade::Goods;
use crate::trade::known::{OfferFilter, OpenOffer};
use crate::trade::money::Currency;

/// An offer that can be bought now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    /// Its id.
    pub offer: B256,
    /// Whether it is of this very unit; otherwise it is the cheapest of the model in its currency.
    pub this_unit: bool,
    /// Maker, or owner of the unit.
    pub seller: Address,
    /// Of one device, in the currency's smallest unit.
    #[serde(serialize_with = "crate::trade::decimal")]
    pub price: u128,
    /// What is paid in.
    pub currency: Currency,
    /// How many are left.
    pub stock: u32,
    /// Last second at which it can be bought.
    pub until: u64,
}

/// Looks for offers of the model by its maker and by the owner of the unit.
pub(super) async fn look(suite: &Suite, facts: &mut Facts) {
    let (Some(maker), Some(model)) = (facts.maker_account(), facts.model_id) else { return };
    let owner = facts.owner.known().copied().flatten().filter(|owner| *owner != maker);
    let sellers = [Some(maker), owner].into_iter().flatten().collect();
    facts.offers = cheapest(suite, facts, model, sellers).await.into();
}

/// The offer of this unit, then of each currency the cheapest that can be bought.
async fn cheapest(suite: &Suite, facts: &Facts, model: ModelId, sellers: Vec<Address>) -> Result<Vec<Offered>> {
    let mut open = suite.open_offers(&OfferFilter { sellers, ..OfferFilter::default() }).await?;
    open.sort_by_key(|open| open.offer.price);
    let is_this = |open: &OpenOffer| facts.item_id.is_some_and(|item| open.terms.goods == Goods::Item(item));
    let mut found = Vec::new();
    let mut of_lots = BTreeMap::new();
    for open in open.iter().filter(|open| is_this(open)).chain(open.iter().filter(|open| !is_this(open))) {
        let this_unit = is_this(open);
        let has = |known: &Offered| known.this_unit == this_unit && known.currency.token == open.terms.token;
        if found.iter().any(has) {
            continue;
        }
        let lot = open.terms.goods.lot();
        let of = match of_lots.get(&lot) {
            Some(of) => *of,
            None => suite.catalog().lot_of(lot).await?.map(|lot| lot.model),
        };
        of_lots.insert(lot, of);
        if of == Some(model) && suite.obstacle_to(&open.terms, facts.clock).await?.is_none() {
            found.push(Offered {
                offer: open.id,
                this_unit,
                seller: open.terms.seller,
                price: open.offer.price,
                currency: suite.currency(open.terms.token).await?,
                stock: open.offer.stock,
                until: open.terms.until,
            });
        }
    }
    Ok(found)
}
