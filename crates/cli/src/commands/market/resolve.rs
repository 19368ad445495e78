//! `theriac market resolve`: an arbiter decides.

use alloy_primitives::U256;
use clap::{Args, ValueEnum};
use theriac_client::Roles;
use theriac_client::trade::Deed;

use super::act::Case;
use crate::answer::Answer;
use crate::commands::evidence::EvidenceOptions;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac market resolve`.
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
    /// What the buyer gets of the money that is held: an amount as 0.5eth, or `all` or `none`. The seller gets the rest.
    #[arg(long, value_name = "AMOUNT")]
    to_buyer: String,
    /// Who has the twins from now on.
    #[arg(long, value_name = "PARTY")]
    twins: Party,
    #[command(flatten)]
    decision: EvidenceOptions,
}

/// A party of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Party {
    /// Who bought.
    Buyer,
    /// Who sold.
    Seller,
}

/// Decides.
pub(super) async fn run(context: &Context<'_>, options: &Resolve) -> Result<Answer, Failure> {
    let case = Case::open(context, &options.purchase).await?;
    case.check(Deed::Resolve)?;
    let (suite, terms) = (&case.suite, &case.known.terms);
    let account = suite.chain().account();
    if !suite.participants().is_active_as(account, Roles::ARBITER).await? {
        let what = format!("{account} is not an active arbiter");
        return Err(Failure::user("NotArbiter", what, "ask an arbiter; a grantor enrols accounts in that role"));
    }
    let currency = suite.currency(terms.token).await?;
    let held = suite.escrow().held_in(terms.deal(suite.market().address()).id()).await?;
    let to_buyer = match options.to_buyer.as_str() {
        "all" => held,
        "none" => U256::ZERO,
        text => currency.parse(text).map_err(|error| Failure::of(&error))?,
    };
    if to_buyer > held {
        let what = format!("{} are held, so {} cannot be given", currency.format(held), currency.format(to_buyer));
        return Err(Failure::user("MoreThanHeld", what, "give at most what is held, or `all`"));
    }
    let decision = case.evidence(context, &options.decision, Deed::Resolve).await?;
    let keeps = options.twins == Party::Buyer;
    let done = context.perform(&suite.market().resolve(terms, to_buyer, keeps, decision)).await?;
    case.answer(context, Deed::Resolve, Some(decision), done).await
}
