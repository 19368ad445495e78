//! Offers and purchases found again in the events of `Market`: the chain keeps only hashes of their terms.
//!
//! The node sifts by the events' topics; what changes (price and stock, status) is then asked of the contract.

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use theriac_bindings::escrow::Escrow::{DealOpened, EscrowEvents};
use theriac_bindings::market::Market::{MarketEvents, OfferMade, PurchaseMade, PurchasePaidDirectly};

use super::{Offer, Progress, Purchase, Terms};
use crate::error::Result;
use crate::events::{RoomEvent, RoomLog};
use crate::suite::Suite;

/// How many views are asked at once.
pub(super) const AT_ONCE: usize = 16;

/// Which offers are looked for; empty is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferFilter {
    /// Exactly this one.
    pub id: Option<B256>,
    /// By one of these.
    pub sellers: Vec<Address>,
    /// Of one of these items and lots, by the words under which the contract knows them ([`super::Goods::subject`]).
    pub subjects: Vec<B256>,
}

/// Which purchases are looked for; empty is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurchaseFilter {
    /// Exactly this one.
    pub id: Option<B256>,
    /// By this buyer.
    pub buyer: Option<Address>,
    /// From this seller.
    pub seller: Option<Address>,
}

/// An offer that has stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OpenOffer {
    /// Its id.
    pub id: B256,
    /// What is offered and how.
    #[serde(flatten)]
    pub terms: Terms,
    /// Price and stock now.
    #[serde(flatten)]
    pub offer: Offer,
}

/// A purchase as it was made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPurchase {
    /// Its id.
    pub id: B256,
    /// What was agreed.
    #[serde(flatten)]
    pub terms: Purchase,
    /// The offer that it was bought from.
    pub offer: B256,
    /// Of one device.
    #[serde(serialize_with = "super::decimal")]
    pub price: u128,
    /// What arrived, in `Escrow` or, paid directly, with the seller.
    #[serde(serialize_with = "super::decimal")]
    pub paid: U256,
    /// Whether it was paid directly, without the escrow.
    pub direct: bool,
    /// The block that has it.
    pub block: Option<u64>,
}

impl Suite {
    /// The terms of every offer that was ever made, in the order of their first appearance.
    pub async fn offers_made(&self, filter: &OfferFilter) -> Result<Vec<(B256, Terms)>> {
        let mut topics = Filter::new().address(self.market().address()).event_signature(OfferMade::SIGNATURE_HASH);
        if let Some(id) = filter.id {
            topics = topics.topic1(id);
        }
        if !filter.sellers.is_empty() {
            topics = topics.topic2(filter.sellers.iter().map(|seller| seller.into_word()).collect::<Vec<_>>());
        }
        if !filter.subjects.is_empty() {
            topics = topics.topic3(filter.subjects.clone());
        }
        let mut made: Vec<(B256, Terms)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for log in self.trade_logs(topics).await? {
            let RoomEvent::Market(MarketEvents::OfferMade(told)) = log.event else { continue };
            if seen.insert(told.offer) {
                made.push((told.offer, told.terms.into()));
            }
        }
        Ok(made)
    }

    /// The offers that have stock, as they are now. Whether they can be bought, [`Suite::obstacle_to`] says.
    pub async fn open_offers(&self, filter: &OfferFilter) -> Result<Vec<OpenOffer>> {
        let market = &self.market();
        stream::iter(self.offers_made(filter).await?)
            .map(|(id, terms)| async move {
                let offer = market.offer_of(id).await?;
                Ok(offer.map(|offer| OpenOffer { id, terms, offer }))
            })
            .buffered(AT_ONCE)
            .try_filter_map(|open| async move { Ok(open) })
            .try_collect()
            .await
    }

    /// The purchases that were made, oldest first.
    pub async fn purchases_made(&self, filter: &PurchaseFilter) -> Result<Vec<KnownPurchase>> {
        let mut topics = Filter::new()
            .address(self.market().address())
            .event_signature(vec![PurchaseMade::SIGNATURE_HASH, PurchasePaidDirectly::SIGNATURE_HASH]);
        if let Some(id) = filter.id {
            topics = topics.topic1(id);
        }
        if let Some(buyer) = filter.buyer {
            topics = topics.topic2(buyer);
        }
        if let Some(seller) = filter.seller {
            topics = topics.topic3(seller);
        }
        Ok(self.trade_logs(topics).await?.into_iter().filter_map(KnownPurchase::told).collect())
    }

    /// Where these purchases stand, in their order.
    pub async fn progress_of_each(&self, purchases: &[KnownPurchase]) -> Result<Vec<Option<Progress>>> {
        let market = &self.market();
        stream::iter(purchases.iter().map(|purchase| purchase.id))
            .map(|id| market.progress_of(id))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// All that `Market` told of a purchase, or of an offer, in its order.
    pub async fn market_history(&self, id: B256) -> Result<Vec<RoomLog>> {
        self.trade_logs(Filter::new().address(self.market().address()).topic1(id)).await
    }

    /// The tokens, and ether, that the account ever had in a deal of `Escrow`, whoever opened it.
    pub async fn tokens_of(&self, account: Address) -> Result<Vec<Address>> {
        let opened = Filter::new().address(self.escrow().address()).event_signature(DealOpened::SIGNATURE_HASH);
        let (paying, paid) =
            tokio::try_join!(self.trade_logs(opened.clone().topic2(account)), self.trade_logs(opened.topic3(account)))?;
        let told = paying.into_iter().chain(paid).filter_map(|log| match log.event {
            RoomEvent::Escrow(EscrowEvents::DealOpened(deal)) => Some(deal.token),
            _ => None,
        });
        Ok(told.collect::<std::collections::BTreeSet<_>>().into_iter().collect())
    }

    async fn trade_logs(&self, filter: Filter) -> Result<Vec<RoomLog>> {
        self.logs_of(filter, self.deployment().block, self.chain().block_number().await?).await
    }
}

impl KnownPurchase {
    /// The purchase that an event tells of.
    fn told(log: RoomLog) -> Option<Self> {
        let block = log.block_number;
        match log.event {
            RoomEvent::Market(MarketEvents::PurchaseMade(PurchaseMade {
                purchase, offer, price, held, terms, ..
            })) => Some(Self { id: purchase, terms: terms.into(), offer, price, paid: held, direct: false, block }),
            RoomEvent::Market(MarketEvents::PurchasePaidDirectly(told)) => {
                let PurchasePaidDirectly { purchase, offer, price, paid, terms, .. } = told;
                Some(Self { id: purchase, terms: terms.into(), offer, price, paid, direct: true, block })
            }
            _ => None,
        }
    }

    /// The purchases that a transaction made, as its events tell.
    pub fn of_events(events: &[RoomEvent]) -> Vec<Self> {
        let bare =
            |event: &RoomEvent| RoomLog { event: event.clone(), block_number: None, transaction: None, index: None };
        events.iter().map(bare).filter_map(Self::told).collect()
    }
}
