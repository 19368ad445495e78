//! What a pharmacy sets: who sells for it, that the room may sell what it holds, and what packs cost.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::rooms;
use theriac_core::ids::ModelId;

use super::{money, product};
use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// Options of `theriac pharmacy staff`.
#[derive(Debug, Args)]
pub(crate) struct Staff {
    /// The pharmacist's account.
    #[arg(value_parser = account)]
    pharmacist: Address,
    /// Until when it may sell for you: a day, or an instant.
    #[arg(long, value_name = "TIME", value_parser = time::last_second, required_unless_present = "end")]
    until: Option<u64>,
    /// It may no longer sell for you.
    #[arg(long, conflicts_with = "until")]
    end: bool,
}

/// Options of `theriac pharmacy price`.
#[derive(Debug, Args)]
pub(crate) struct SetPrice {
    /// The product: a GTIN, an NDC with hyphens, a UDI or a model id.
    product: String,
    /// What one pack costs, as 12.50.
    #[arg(required_unless_present = "none", requires = "currency")]
    amount: Option<String>,
    /// The currency's three letters (ISO 4217).
    currency: Option<String>,
    /// Take the price away.
    #[arg(long, conflicts_with = "amount")]
    none: bool,
}

#[derive(Serialize)]
struct StaffFacts {
    pharmacy: Address,
    pharmacist: Address,
    until: u64,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
struct Approved {
    pharmacy: Address,
    operator: Address,
    unchanged: bool,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
struct Priced {
    pharmacy: Address,
    model: ModelId,
    price: Option<money::Price>,
    #[serde(flatten)]
    done: Done,
}

/// Lets a pharmacist sell, or no longer.
pub(super) async fn staff(context: &Context<'_>, options: &Staff) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let until = options.until.unwrap_or(0);
    if until != 0 && until < suite.chain().now().await? {
        let what = format!("{} is over", time::iso(until));
        return Err(Failure::user("EmptyValidity", what, "give a later --until, or --end"));
    }
    let done = context.perform(&suite.pharmacy().set_pharmacist(options.pharmacist, until)).await?;
    let (pharmacy, pharmacist) = (suite.chain().account(), options.pharmacist);
    let may = match (until, context.options.dry_run) {
        (0, false) => "no longer sells".to_owned(),
        (0, true) => "would no longer sell".to_owned(),
        (until, false) => format!("sells until {}", time::iso(until)),
        (until, true) => format!("would sell until {}", time::iso(until)),
    };
    let text = format!("{pharmacist} {may} for {pharmacy}\n{}", done.text());
    Answer::new(text, &StaffFacts { pharmacy, pharmacist, until, done })
}

/// Makes the room the pharmacy's operator in `Units`, without which nothing can be sold.
pub(super) async fn approve(context: &Context<'_>, revoke: bool) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (units, room, pharmacy) = (suite.units(), suite.pharmacy().address(), suite.chain().account());
    let unchanged = units.is_operator(pharmacy, room).await? != revoke;
    let done = match unchanged {
        true => Done::nothing(context),
        false => context.perform(&units.set_operator(room, !revoke)).await?,
    };
    let may = if revoke { "may not sell" } else { "may sell" };
    let told = if unchanged { "so it was already; nothing was sent".to_owned() } else { done.text() };
    let text = format!("the pharmacy's room {may} what {pharmacy} holds\n{told}");
    Answer::new(text, &Approved { pharmacy, operator: room, unchanged, done })
}

/// Sets what one pack costs.
pub(super) async fn price(context: &Context<'_>, options: &SetPrice) -> Result<Answer, Failure> {
    let model = product::model(&options.product)?;
    let price = match (&options.amount, &options.currency) {
        (Some(amount), Some(currency)) => Some(money::read(amount, currency)?),
        _ => None,
    };
    if price.as_ref().is_some_and(|price| price.amount == 0) {
        return Err(Failure::user("InvalidAmount", "a price of nothing is none", "give --none to take it away"));
    }
    let suite = context.signing_suite().await?;
    let set = price.as_ref().map(|price| rooms::Price { amount: price.amount, currency: price.number });
    let done = context.perform(&suite.pharmacy().set_price(model, set)).await?;
    let pharmacy = suite.chain().account();
    let what = price.as_ref().map_or_else(|| "no price".to_owned(), money::Price::text);
    let verb = if context.options.dry_run { "would have" } else { "has" };
    let text = format!("a pack of {} {verb} {what} at {pharmacy}\n{}", options.product, done.text());
    Answer::new(text, &Priced { pharmacy, model, price, done })
}
