//! `Market`: how is it bought?

use alloy::primitives::{B256, U256};
use theriac_bindings::market::Market as abi;

use crate::call::Call;
use crate::error::Result;
use crate::trade::{Consent, Deal, ETHER, Offer, Order, Progress, Purchase, Terms};
use crate::types::Content;

super::room!(
    /// How is it bought?
    Market, market
);

impl Market {
    /// Offers goods, or gives an offer with the same terms another price and stock. Caller: the seller, active.
    pub fn offer(&self, terms: &Terms, price: u128, stock: u32) -> Call<abi::offerCall> {
        self.call(abi::offerCall { terms: terms.into(), price, stock })
    }

    /// Ends the offer. Caller: the seller.
    pub fn withdraw_offer(&self, terms: &Terms) -> Call<abi::withdrawOfferCall> {
        self.call(abi::withdrawOfferCall { terms: terms.into() })
    }

    /// Buys: each order is a purchase of its own, all or none are made. Ether goes with the call. Caller: the buyer.
    pub fn buy(&self, orders: &[Order]) -> Call<abi::buyCall> {
        let ether: U256 = orders.iter().filter(|order| order.terms.token == ETHER).map(Order::cost).sum();
        self.call(abi::buyCall { orders: orders.iter().map(Into::into).collect() }).with_value(ether)
    }

    /// As [`Market::buy`] in tokens, with the buyer's signed permission to take them into `Escrow`.
    pub fn buy_permitted(&self, order: &Order, consent: &Consent) -> Call<abi::buyPermittedCall> {
        self.call(abi::buyPermittedCall { order: order.into(), consent: consent.into() })
    }

    /// Buys and pays at once, without the protection of the escrow. Caller: an active provider; the seller made the item.
    pub fn pay_directly(&self, order: &Order) -> Call<abi::payDirectlyCall> {
        let ether = if order.terms.token == ETHER { order.cost() } else { U256::ZERO };
        self.call(abi::payDirectlyCall { order: order.into() }).with_value(ether)
    }

    /// Ships all items to the buyer. Caller: the seller, which holds them. Status: paid.
    pub fn ship(&self, purchase: &Purchase, evidence: B256) -> Call<abi::shipCall> {
        self.call(abi::shipCall { terms: purchase.into(), evidence })
    }

    /// Receives all items, and settles at once where they are `accepted` as they are. Caller: the buyer. Status: shipped.
    pub fn receive(&self, purchase: &Purchase, evidence: B256, accepted: bool) -> Call<abi::receiveItemsCall> {
        self.call(abi::receiveItemsCall { terms: purchase.into(), evidence, accepted })
    }

    /// Refuses all items at the door. Caller: the buyer. Status: shipped.
    pub fn refuse(&self, purchase: &Purchase, evidence: B256) -> Call<abi::refuseCall> {
        self.call(abi::refuseCall { terms: purchase.into(), evidence })
    }

    /// Ships all items back. Caller: the buyer. Status: received.
    pub fn return_items(&self, purchase: &Purchase, evidence: B256) -> Call<abi::returnItemsCall> {
        self.call(abi::returnItemsCall { terms: purchase.into(), evidence })
    }

    /// Receives what came back. Caller: the seller. Status: returning.
    pub fn take_back(&self, purchase: &Purchase, evidence: B256) -> Call<abi::takeBackCall> {
        self.call(abi::takeBackCall { terms: purchase.into(), evidence })
    }

    /// Asks for an arbiter. Caller: the buyer while shipped or received, the seller while returning or returned.
    pub fn dispute(&self, purchase: &Purchase, evidence: B256) -> Call<abi::disputeCall> {
        self.call(abi::disputeCall { terms: purchase.into(), evidence })
    }

    /// Adds evidence. Caller: buyer or seller. Status: disputed.
    pub fn file_evidence(&self, purchase: &Purchase, evidence: B256) -> Call<abi::fileEvidenceCall> {
        self.call(abi::fileEvidenceCall { terms: purchase.into(), evidence })
    }

    /// Divides the money, and leaves the twins with the buyer or sends them back. Caller: an active arbiter that is no party.
    pub fn resolve(
        &self,
        purchase: &Purchase,
        to_buyer: U256,
        buyer_keeps: bool,
        decision: B256,
    ) -> Call<abi::resolveCall> {
        self.call(abi::resolveCall { terms: purchase.into(), toBuyer: to_buyer, buyerKeeps: buyer_keeps, decision })
    }

    /// Pays the seller and unlocks the twins. Who may, [`crate::trade::Step`] says.
    pub fn settle(&self, purchase: &Purchase) -> Call<abi::settleCall> {
        self.call(abi::settleCall { terms: purchase.into() })
    }

    /// Repays the buyer and sends the twins back. Who may, [`crate::trade::Step`] says.
    pub fn refund(&self, purchase: &Purchase) -> Call<abi::refundCall> {
        self.call(abi::refundCall { terms: purchase.into() })
    }

    /// Anchors a (sealed) document to the purchase. Caller: buyer or seller, at any status.
    pub fn attach(&self, purchase: &Purchase, record: Content) -> Call<abi::attachCall> {
        self.call(abi::attachCall { terms: purchase.into(), record: record.into() })
    }

    /// Price and stock of an offer; none for one that was withdrawn, sold out or never made.
    pub async fn offer_of(&self, id: B256) -> Result<Option<Offer>> {
        let known = self.call(abi::offerOfCall { id }).ask().await?;
        Ok((known.stock != 0).then_some(Offer { price: known.price, stock: known.stock }))
    }

    /// Where a purchase stands; none for one that was never made.
    pub async fn progress_of(&self, purchase: B256) -> Result<Option<Progress>> {
        let known = self.call(abi::progressOfCall { purchase }).ask().await?;
        if known.status == 0 {
            return Ok(None);
        }
        Ok(Some(Progress {
            status: known.status.try_into()?,
            since: known.since.to(),
            silence_pays_buyer: known.silencePaysBuyer,
        }))
    }

    /// The id of an offer as the contract computes it.
    pub async fn offer_id_of(&self, terms: &Terms) -> Result<B256> {
        self.call(abi::offerIdOfCall { terms: terms.into() }).ask().await
    }

    /// The id of a purchase as the contract computes it.
    pub async fn purchase_id_of(&self, purchase: &Purchase) -> Result<B256> {
        self.call(abi::purchaseIdOfCall { terms: purchase.into() }).ask().await
    }

    /// The deal of a purchase as the contract computes it.
    pub async fn deal_of(&self, purchase: &Purchase) -> Result<Deal> {
        Ok(self.call(abi::dealOfCall { terms: purchase.into() }).ask().await?.into())
    }

    /// The last second of the purchase's present status as the contract computes it; none at an end.
    pub async fn last_second_of(&self, purchase: &Purchase) -> Result<Option<u64>> {
        let last: u64 = self.call(abi::lastSecondOfCall { terms: purchase.into() }).ask().await?.to();
        Ok((last != 0).then_some(last))
    }
}
