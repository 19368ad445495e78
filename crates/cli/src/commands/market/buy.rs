//! `theriac market buy` and `pay`.

use alloy_primitives::{Address, B256, U256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::trade::known::{KnownPurchase, OpenOffer};
use theriac_client::trade::money::Currency;
use theriac_client::trade::{Consent, ETHER, GRACE, Order, Permission, Times};
use theriac_core::ids::ItemId;

use super::{find, units};
use crate::answer::Answer;
use crate::commands::several;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// How long a permission that is signed for a purchase can be used, in seconds: long enough for a slow block, no longer.
const PERMISSION: u64 = 3_600;

/// Which units, and at which price.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// The offer.
    #[arg(value_name = "OFFER")]
    offer: String,
    /// Which units: UDIs with a serial in any form, or item ids; otherwise free ones are chosen.
    #[arg(value_name = "ITEM", conflicts_with = "count")]
    items: Vec<String>,
    /// How many units; otherwise one.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The price of one device as you saw it: nothing is bought at another one.
    #[arg(long, value_name = "AMOUNT")]
    price: Option<String>,
}

/// Options of `theriac market buy`.
#[derive(Debug, Args)]
pub(crate) struct Buy {
    #[command(flatten)]
    wanted: Wanted,
}

/// Options of `theriac market pay`.
#[derive(Debug, Args)]
pub(crate) struct Pay {
    #[command(flatten)]
    wanted: Wanted,
}

/// How the money comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Means {
    /// Ether, with the transaction.
    Ether,
    /// Tokens that Escrow may take, by approval of the market.
    Allowance,
    /// Tokens by a signature for this one purchase.
    Permission,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    /// None in a dry run: the id depends on the second of the purchase.
    purchase: Option<B256>,
    offer: B256,
    seller: Address,
    items: Vec<ItemId>,
    /// Of one device, in the smallest unit.
    price: String,
    /// Of all of them.
    cost: String,
    currency: Currency,
    paid_by: Means,
    /// Until when the seller has to ship; none for what is paid directly.
    ship_until: Option<u64>,
    #[serde(flatten)]
    done: Done,
}

/// Buys, with the money held in Escrow.
pub(super) async fn buy(context: &Context<'_>, options: &Buy) -> Result<Answer, Failure> {
    options.wanted.check()?;
    let suite = context.signing_suite().await?;
    let (open, order) = order(context, &suite, &options.wanted).await?;
    let market = suite.market();
    let means = means(&suite, &order).await?;
    let (done, told) = match means {
        Means::Permission => {
            let consent = consent(context, &suite, &order).await?;
            context.perform_telling(&market.buy_permitted(&order, &consent)).await?
        }
        _ => context.perform_telling(&market.buy(std::slice::from_ref(&order))).await?,
    };
    let made = KnownPurchase::of_events(&told).into_iter().next();
    answer(context, &suite, &open, &order, means, made, done).await
}

/// Pays at once.
pub(super) async fn pay(context: &Context<'_>, options: &Pay) -> Result<Answer, Failure> {
    options.wanted.check()?;
    let suite = context.signing_suite().await?;
    let (open, order) = order(context, &suite, &options.wanted).await?;
    let means = match order.terms.token {
        ETHER => Means::Ether,
        _ => Means::Allowance,
    };
    let (done, told) = context.perform_telling(&suite.market().pay_directly(&order)).await?;
    let made = KnownPurchase::of_events(&told).into_iter().next();
    answer(context, &suite, &open, &order, means, made, done).await
}

impl Wanted {
    /// Refuses what cannot be read, before anyone is asked.
    fn check(&self) -> Result<(), Failure> {
        find::check(&self.offer)?;
        several::items(&self.items).map(drop)
    }
}

/// The order, after a look at what would make it fail.
async fn order(context: &Context<'_>, suite: &Suite, wanted: &Wanted) -> Result<(OpenOffer, Order), Failure> {
    let open = find::open_offer(suite, &wanted.offer).await?;
    let currency = suite.currency(open.terms.token).await?;
    if let Some(text) = &wanted.price {
        let seen = currency.parse(text).map_err(|error| Failure::of(&error))?;
        if seen != U256::from(open.offer.price) {
            let now = currency.format(U256::from(open.offer.price));
            let what = format!("the price of offer {} is {now} now, not {}", open.id, currency.format(seen));
            return Err(Failure::user(
                "PriceChanged",
                what,
                "nothing was bought: look again, and buy at this price if you like",
            ));
        }
    }
    let account = suite.chain().account();
    if account == open.terms.seller {
        let help = "another account has to buy; `theriac market withdraw-offer` ends the offer";
        return Err(Failure::user("OwnOffer", format!("offer {} is your own", open.id), help));
    }
    if let Some(obstacle) = suite.obstacle_to(&open.terms, find::now(suite).await?).await? {
        let what = format!("offer {} cannot be bought now: {obstacle}", open.id);
        return Err(Failure::user("NotAvailable", what, "`theriac market list` shows what can be bought"));
    }
    if !suite.participants().is_active(account).await? {
        let what = format!("{account} is not an active participant, and only those can buy");
        return Err(Failure::user("NotActive", what, "a registrar has to enrol, reinstate or renew it"));
    }
    let units = units::chosen(context, suite, &open, &wanted.items, wanted.count).await?;
    let order = Order { terms: open.terms, units, price: open.offer.price };
    has_enough(suite, &order, &currency).await?;
    Ok((open, order))
}

/// Tokens say in their own ways, or not at all, that they are too few.
async fn has_enough(suite: &Suite, order: &Order, currency: &Currency) -> Result<(), Failure> {
    if currency.is_ether() {
        return Ok(());
    }
    let account = suite.chain().account();
    let has = suite.token(currency.token).balance_of(account).await?;
    if has >= order.cost() {
        return Ok(());
    }
    let what = format!("{account} has {}, and {} are needed", currency.format(has), currency.format(order.cost()));
    Err(Failure::user("NotEnoughTokens", what, "get more of them, or buy fewer units"))
}

/// An approval of the market that suffices is used; otherwise this one purchase is signed for.
async fn means(suite: &Suite, order: &Order) -> Result<Means, Failure> {
    if order.terms.token == ETHER {
        return Ok(Means::Ether);
    }
    let (account, market) = (suite.chain().account(), suite.market().address());
    let token = suite.token(order.terms.token);
    let approved = suite.escrow().is_operator(account, market).await?;
    let allowed = token.allowance(account, suite.escrow().address()).await? >= order.cost();
    Ok(if approved && allowed { Means::Allowance } else { Means::Permission })
}

/// The buyer's signature over exactly this, and over the token's permit where the allowance does not suffice.
async fn consent(context: &Context<'_>, suite: &Suite, order: &Order) -> Result<Consent, Failure> {
    let signer = context.required_signer()?;
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|error| Failure::internal("choosing a number at random", error))?;
    let until = find::now(suite).await? + PERMISSION;
    let Times { ship, inspection, returning, arbitration } = order.terms.times;
    let [ship, inspection, returning, arbitration] = [ship, inspection, returning, arbitration].map(u64::from);
    let permission = Permission {
        opener: suite.market().address(),
        payer: signer.address(),
        payee: order.terms.seller,
        token: order.terms.token,
        amount: order.cost(),
        until,
        reclaimable_by: until + ship + 2 * (inspection + returning) + arbitration + GRACE,
        nonce: U256::from_be_bytes(nonce),
    };
    let (escrow, token) = (suite.escrow(), suite.token(order.terms.token));
    let mut consent = escrow.sign_permission(&permission, &signer).await?;
    if token.allowance(signer.address(), escrow.address()).await? < order.cost()
        && !token.add_permit(&mut consent, escrow.address(), order.cost(), &signer).await?
    {
        let what = format!("Escrow may not take the price from {}, and the token has no permits", signer.address());
        let help = format!("allow it: `theriac market approve --token {}`", order.terms.token);
        return Err(Failure::user("NoAllowance", what, help));
    }
    Ok(consent)
}

async fn answer(
    context: &Context<'_>,
    suite: &Suite,
    open: &OpenOffer,
    order: &Order,
    paid_by: Means,
    made: Option<KnownPurchase>,
    done: Done,
) -> Result<Answer, Failure> {
    let made = made.ok_or_else(|| Failure::internal("buying", "the market told of no purchase"))?;
    let currency = suite.currency(order.terms.token).await?;
    let ship_until = (!made.direct).then(|| made.terms.bought_at + u64::from(made.terms.times.ship));
    let items = order.items();
    let count = if items.len() == 1 { "1 unit".to_owned() } else { format!("{} units", items.len()) };
    let cost = currency.format(order.cost());
    let seller = order.terms.seller;
    let text = match (context.options.dry_run, ship_until) {
        (true, _) => format!("{count} would be bought from {seller} for {cost}"),
        (false, Some(until)) => format!(
            "bought {count} from {seller}: purchase {}\n{cost} are held in Escrow; the seller has to ship until {}",
            made.id,
            time::iso(until)
        ),
        (false, None) => format!("bought {count} from {seller}: purchase {}\n{cost} are paid", made.id),
    };
    let facts = Facts {
        purchase: (!context.options.dry_run).then_some(made.id),
        offer: open.id,
        seller,
        items,
        price: order.price.to_string(),
        cost: order.cost().to_string(),
        currency,
        paid_by,
        ship_until,
        done,
    };
    Answer::new(format!("{text}\n{}", facts.done.text()), &facts)
}
