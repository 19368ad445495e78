//! `theriac market show`: an offer, or a purchase with its story.

use alloy_primitives::{Address, B256, U256};
use serde::Serialize;
use theriac_bindings::market::Market::MarketEvents;
use theriac_client::trade::known::KnownPurchase;
use theriac_client::trade::money::Currency;
use theriac_client::trade::{Offer, Progress, Status, Step, Terms};
use theriac_client::{RoomEvent, RoomLog, Suite};

use super::goods::Known;
use super::{act, find};
use crate::answer::Answer;
use crate::commands::people::People;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfferFacts {
    offer: B256,
    #[serde(flatten)]
    terms: Terms,
    /// None for an offer that was withdrawn or sold out.
    open: Option<Offer>,
    currency: Currency,
    /// Why it cannot be bought now; none where it can.
    obstacle: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PurchaseFacts {
    #[serde(flatten)]
    known: KnownPurchase,
    currency: Currency,
    #[serde(flatten)]
    progress: Progress,
    /// What Escrow holds for it now, in the smallest unit.
    held: String,
    next: Vec<Step>,
    history: Vec<Happening>,
}

/// Something that happened to a purchase.
#[derive(Serialize)]
struct Happening {
    at: u64,
    by: Option<Address>,
    text: String,
    /// Digest of the document that goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<B256>,
}

/// Shows what has this id.
pub(super) async fn run(context: &Context<'_>, id: &str) -> Result<Answer, Failure> {
    find::check(id)?;
    let suite = context.suite().await?;
    if let Some(known) = find::purchase_if_known(&suite, id).await? {
        return purchase(&suite, &known.id).await;
    }
    match find::terms_if_known(&suite, id).await? {
        Some((id, terms)) => offer(context, &suite, id, terms).await,
        None => Err(find::unknown("UnknownId", "offer or purchase", id)),
    }
}

async fn offer(context: &Context<'_>, suite: &Suite, id: B256, terms: Terms) -> Result<Answer, Failure> {
    let open = suite.market().offer_of(id).await?;
    let currency = suite.currency(terms.token).await?;
    let obstacle = suite.obstacle_to(&terms, find::now(suite).await?).await?.map(|obstacle| obstacle.to_string());
    let (price, left) = match open {
        Some(offer) => (currency.format(U256::from(offer.price)), offer.stock.to_string()),
        None => ("none".to_owned(), "0: sold out or withdrawn".to_owned()),
    };
    let day = |seconds: u32| f64::from(seconds) / 86_400.0;
    let text = format!(
        "offer       {id}\ngoods       {}\nseller      {}\nprice       {price} each\nleft        {left}\nuntil       {}\n\
         times       {} days to ship, {} to inspect, {} to report a damaged return, {} to decide a dispute\navailable   {}",
        Known::new(context, suite).text(&terms.goods).await?,
        People::new(suite).name(terms.seller).await?,
        time::iso(terms.until),
        day(terms.times.ship),
        day(terms.times.inspection),
        day(terms.times.returning),
        day(terms.times.arbitration),
        match (&obstacle, open) {
            (Some(obstacle), _) => format!("no: {obstacle}"),
            (None, None) => "no".to_owned(),
            (None, Some(_)) => "yes".to_owned(),
        }
    );
    Answer::new(text, &OfferFacts { offer: id, terms, open, currency, obstacle })
}

async fn purchase(suite: &Suite, id: &B256) -> Result<Answer, Failure> {
    let (known, progress) = find::purchase(suite, &id.to_string()).await?;
    let currency = suite.currency(known.terms.token).await?;
    let held = suite.escrow().held_in(known.terms.deal(suite.market().address()).id()).await?;
    let next = known.terms.steps(&progress, find::now(suite).await?);
    let mut history = Vec::new();
    for log in suite.market_history(*id).await? {
        history.extend(happening(suite, &currency, &log).await?);
    }
    let facts = PurchaseFacts { known, currency, progress, held: held.to_string(), next, history };
    let text = facts.text(held, &mut People::new(suite)).await?;
    Answer::new(text, &facts)
}

impl PurchaseFacts {
    async fn text(&self, held: U256, people: &mut People<'_>) -> Result<String, Failure> {
        let terms = &self.known.terms;
        let items: Vec<String> = terms.items.iter().map(|item| format!("\n  {item}")).collect();
        let story: Vec<String> =
            self.history.iter().map(|told| format!("\n  {}  {}", time::iso(told.at), told.text)).collect();
        let next =
            if self.next.is_empty() { "\n  nothing: it is at an end".to_owned() } else { act::lines(&self.next) };
        Ok(format!(
            "purchase  {}\nstatus    {}, since {}\nbuyer     {}\nseller    {}\npaid      {}, of which Escrow holds {}\nitems{}\n\
             story{}\nnext{next}",
            self.known.id,
            self.progress.status,
            time::iso(self.progress.since),
            people.name(terms.buyer).await?,
            people.name(terms.seller).await?,
            self.currency.format(self.known.paid),
            self.currency.format(held),
            items.concat(),
            story.concat(),
        ))
    }
}

/// What an event of the market says.
async fn happening(suite: &Suite, currency: &Currency, log: &RoomLog) -> Result<Option<Happening>, Failure> {
    let RoomEvent::Market(event) = &log.event else { return Ok(None) };
    let (by, text, document) = match event {
        MarketEvents::PurchaseMade(e) => {
            (Some(e.buyer), format!("bought, {} held in Escrow", currency.format(e.held)), None)
        }
        MarketEvents::PurchasePaidDirectly(e) => {
            (Some(e.buyer), format!("bought, {} paid at once", currency.format(e.paid)), None)
        }
        MarketEvents::PurchaseMoved(e) => (Some(e.by), Status::try_from(e.status)?.to_string(), Some(e.evidence)),
        MarketEvents::EvidenceFiled(e) => (Some(e.by), format!("evidence filed by {}", e.by), Some(e.evidence)),
        MarketEvents::PurchaseSettled(e) => {
            (Some(e.by), format!("settled, {} to the seller", currency.format(e.toSeller)), None)
        }
        MarketEvents::PurchaseRefunded(e) => {
            (Some(e.by), format!("refunded, {} to the buyer", currency.format(e.toBuyer)), None)
        }
        MarketEvents::PurchaseDivided(e) => {
            let twins = if e.buyerKeeps { "buyer" } else { "seller" };
            let (buyer, seller) = (currency.format(e.toBuyer), currency.format(e.toSeller));
            let text = format!("divided: {buyer} to the buyer, {seller} to the seller; the {twins} has the twins");
            (Some(e.arbiter), text, Some(e.decision))
        }
        MarketEvents::RecordAttached(e) => (Some(e.by), format!("document attached by {}", e.by), Some(e.digest)),
        _ => return Ok(None),
    };
    let at = suite.chain().time_of(log.block_number.unwrap_or_default()).await?;
    Ok(Some(Happening { at, by, text, document }))
}
