//! `theriac market offer`, `reprice` and `withdraw-offer`.

use alloy_primitives::{Address, B256, U256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::trade::known::OpenOffer;
use theriac_client::trade::money::Currency;
use theriac_client::trade::{ETHER, Goods, Terms, Times};
use theriac_core::ids::{ItemId, LotId};

use super::find;
use crate::answer::Answer;
use crate::args::account;
use crate::commands::documents::registered_lot;
use crate::commands::subject::{Item, LotOptions};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// How long an offer stands where nothing else is said.
const STANDS: u64 = 90 * DAY;
const DAY: u64 = 86_400;

/// Options of `theriac market offer`.
#[derive(Debug, Args)]
pub(crate) struct Offering {
    /// The item, whose twin is yours: a UDI with a serial in any form, or an item id.
    #[arg(value_name = "ITEM", conflicts_with_all = ["model", "lot", "lot_id"])]
    item: Option<String>,
    #[command(flatten)]
    lot: LotOptions,
    /// First index of the lot that is offered.
    #[arg(long, value_name = "INDEX", default_value_t = 0, conflicts_with = "item")]
    first: u32,
    /// Last index of the lot that is offered; otherwise the lot's last.
    #[arg(long, value_name = "INDEX", conflicts_with = "item")]
    last: Option<u32>,
    /// How many are for sale; otherwise all indices from first to last.
    #[arg(long, value_name = "NUMBER", conflicts_with = "item")]
    stock: Option<u32>,
    /// Price of one device: 1.5eth, 20gwei, 7wei, or with --token a number of tokens.
    #[arg(long, value_name = "AMOUNT")]
    price: String,
    /// ERC-20 token to be paid in; otherwise ether.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    token: Option<Address>,
    /// Until when it can be bought, a day or an instant; otherwise for 90 days.
    #[arg(long, value_name = "TIME", value_parser = time::last_second)]
    until: Option<u64>,
    /// Days that you have to ship.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = days())]
    ship_days: u32,
    /// Days that the buyer has to inspect, from shipping and again from receipt.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = days())]
    inspection_days: u32,
    /// Days that you have to report damage, from the return's shipping and again from its receipt.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = days())]
    return_days: u32,
    /// Days that an arbiter has.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = days())]
    arbitration_days: u32,
}

/// Options of `theriac market reprice`.
#[derive(Debug, Args)]
pub(crate) struct Reprice {
    /// The offer.
    #[arg(value_name = "OFFER")]
    offer: String,
    /// The new price of one device; otherwise it stays.
    #[arg(long, value_name = "AMOUNT", required_unless_present = "stock")]
    price: Option<String>,
    /// How many are for sale from now on; otherwise as many as are left.
    #[arg(long, value_name = "NUMBER")]
    stock: Option<u32>,
}

/// What is named on the command line.
enum Named {
    Item(ItemId),
    Lot(LotId),
}

/// An offer for a program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    offer: B256,
    seller: Address,
    goods: Goods,
    /// Of one device, in the smallest unit.
    price: String,
    currency: Currency,
    stock: u32,
    until: u64,
    times: Times,
    /// Whether the market may hand over the seller's twins; without that nobody can buy.
    approved: bool,
    #[serde(flatten)]
    done: Done,
}

/// The contract takes 1 to 366 days.
fn days() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=366)
}

/// Offers.
pub(super) async fn offer(context: &Context<'_>, options: &Offering) -> Result<Answer, Failure> {
    let named = options.named()?;
    let ether = if options.token.is_none() { Some(price(&Currency::ether(), &options.price)?) } else { None };
    let suite = context.signing_suite().await?;
    let (goods, count) = options.goods(&suite, named).await?;
    let token = options.token.unwrap_or(ETHER);
    if token != ETHER {
        // An address that is no token at all would be found out by the first buyer.
        suite.token(token).balance_of(suite.chain().account()).await?;
    }
    let price = match ether {
        Some(price) => price,
        None => price(&suite.currency(token).await?, &options.price)?,
    };
    let terms = Terms {
        seller: suite.chain().account(),
        goods,
        token,
        until: match options.until {
            Some(until) => until,
            None => find::now(&suite).await? + STANDS,
        },
        times: options.times(),
    };
    make(context, &suite, &terms, price, options.stock.unwrap_or(count)).await
}

/// Offers on the same terms at another price, or another number.
pub(super) async fn reprice(context: &Context<'_>, options: &Reprice) -> Result<Answer, Failure> {
    find::check(&options.offer)?;
    let suite = context.signing_suite().await?;
    let OpenOffer { terms, offer, .. } = find::open_offer(&suite, &options.offer).await?;
    let price = match &options.price {
        Some(text) => price(&suite.currency(terms.token).await?, text)?,
        None => offer.price,
    };
    make(context, &suite, &terms, price, options.stock.unwrap_or(offer.stock)).await
}

/// Ends the offer.
pub(super) async fn withdraw(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    find::check(text)?;
    let suite = context.signing_suite().await?;
    let OpenOffer { id, terms, .. } = find::open_offer(&suite, text).await?;
    let done = context.perform(&suite.market().withdraw_offer(&terms)).await?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    #[derive(Serialize)]
    struct Withdrawn {
        offer: B256,
        #[serde(flatten)]
        done: Done,
    }
    Answer::new(format!("offer {id} {is} withdrawn\n{}", done.text()), &Withdrawn { offer: id, done })
}

/// Reads the price of one device.
fn price(currency: &Currency, text: &str) -> Result<u128, Failure> {
    let amount = currency.parse(text).map_err(|error| Failure::of(&error))?;
    u128::try_from(amount)
        .map_err(|_| Failure::user("TooMuch", format!("`{text}` is too high a price"), "name a lower one"))
}

async fn make(context: &Context<'_>, suite: &Suite, terms: &Terms, price: u128, stock: u32) -> Result<Answer, Failure> {
    let done = context.perform(&suite.market().offer(terms, price, stock)).await?;
    let approved = may_hand_over(suite, terms).await?;
    if !approved {
        context
            .printer
            .note("nobody can buy it yet: the market may not hand over your twins. Run `theriac market approve`");
    }
    let currency = suite.currency(terms.token).await?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!(
        "offer {} {is} open: {stock} of {} at {} each, until {}\n{}",
        terms.id(),
        goods(&terms.goods),
        currency.format(U256::from(price)),
        time::iso(terms.until),
        done.text()
    );
    let Terms { seller, goods, until, times, .. } = *terms;
    let price = price.to_string();
    Answer::new(text, &Facts { offer: terms.id(), seller, goods, price, currency, stock, until, times, approved, done })
}

async fn may_hand_over(suite: &Suite, terms: &Terms) -> Result<bool, Failure> {
    let (devices, market) = (suite.devices(), suite.market().address());
    let of_all = devices.is_approved_for_all(terms.seller, market).await?;
    Ok(match terms.goods {
        Goods::Item(item) if !of_all => devices.approved_for(item).await? == Some(market),
        _ => of_all,
    })
}

/// What is offered, in few words.
pub(super) fn goods(goods: &Goods) -> String {
    match goods {
        Goods::Item(item) => format!("item {item}"),
        Goods::Lot { lot, first, last } => format!("lot {lot} {first} to {last}"),
    }
}

impl Offering {
    /// What is named, before anyone is asked.
    fn named(&self) -> Result<Named, Failure> {
        if let Some(text) = &self.item {
            return Ok(Named::Item(Item::parse(text)?.id));
        }
        self.lot.lot()?.map(|lot| Named::Lot(lot.id)).ok_or_else(|| {
            Failure::user("NoGoods", "nothing was named", "give an item, or --model and --lot, or --lot-id")
        })
    }

    /// The goods, and how many they are.
    async fn goods(&self, suite: &Suite, named: Named) -> Result<(Goods, u32), Failure> {
        let lot = match named {
            Named::Item(item) => return Ok((Goods::Item(item), 1)),
            Named::Lot(lot) => lot,
        };
        let count = registered_lot(suite, lot).await?.count;
        let (first, last) = (self.first, self.last.unwrap_or(count.saturating_sub(1)));
        if first > last || last >= count {
            let what = format!(
                "the lot has the indices 0 to {}, and {first} to {last} are asked for",
                count.saturating_sub(1)
            );
            return Err(Failure::user("NoSuchIndex", what, "choose --first and --last among them"));
        }
        Ok((Goods::Lot { lot, first, last }, last - first + 1))
    }

    fn times(&self) -> Times {
        // At most 366 days, so it fits.
        let seconds = |days: u32| days * DAY as u32;
        Times {
            ship: seconds(self.ship_days),
            inspection: seconds(self.inspection_days),
            returning: seconds(self.return_days),
            arbitration: seconds(self.arbitration_days),
        }
    }
}
