//! `theriac market credit` and `withdraw`: the money that purchases have left to an account in `Escrow`.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::trade::ETHER;
use theriac_client::trade::money::Currency;

use crate::answer::{Answer, Table};
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac market credit`.
#[derive(Debug, Args)]
pub(crate) struct Credit {
    /// Whose; otherwise the signer's.
    #[arg(value_name = "ADDRESS", value_parser = account)]
    account: Option<Address>,
}

/// Options of `theriac market withdraw`.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// The ERC-20 token; otherwise ether.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    token: Option<Address>,
    /// To whom it goes; otherwise to you.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    to: Option<Address>,
}

/// An amount for a program.
#[derive(Serialize)]
struct Sum {
    /// In the smallest unit.
    amount: String,
    currency: Currency,
}

#[derive(Serialize)]
struct CreditFacts {
    account: Address,
    credit: Vec<Sum>,
}

#[derive(Serialize)]
struct WithdrawFacts {
    to: Address,
    #[serde(flatten)]
    sum: Sum,
    #[serde(flatten)]
    done: Done,
}

/// Shows the credit in ether and in every token that the account ever dealt in.
pub(super) async fn credit(context: &Context<'_>, options: &Credit) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let account = match options.account {
        Some(account) => account,
        None => context.required_signer()?.address(),
    };
    let mut table = Table::new(["Credit", "Token"]);
    let mut credit = Vec::new();
    for token in suite.tokens_of(account).await? {
        let amount = suite.escrow().credit_of(account, token).await?;
        if amount.is_zero() {
            continue;
        }
        let currency = suite.currency(token).await?;
        let named = if token == ETHER { "ether".to_owned() } else { token.to_string() };
        table.row([currency.format(amount), named]);
        credit.push(Sum { amount: amount.to_string(), currency });
    }
    let none = format!("{account} has no credit in Escrow");
    Answer::new(table.render(&none), &CreditFacts { account, credit })
}

/// Withdraws all of the credit in one token.
pub(super) async fn withdraw(context: &Context<'_>, options: &Withdraw) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (account, token) = (suite.chain().account(), options.token.unwrap_or(ETHER));
    let (escrow, currency, to) = (suite.escrow(), suite.currency(token).await?, options.to.unwrap_or(account));
    let amount = escrow.credit_of(account, token).await?;
    if amount.is_zero() {
        let what = format!("{account} has no credit in {}", currency.symbol);
        return Err(Failure::user("NoCredit", what, "`theriac market credit` shows what there is"));
    }
    let done = context.perform(&escrow.withdraw(token, to)).await?;
    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!("{} {is} withdrawn to {to}\n{}", currency.format(amount), done.text());
    Answer::new(text, &WithdrawFacts { to, sum: Sum { amount: amount.to_string(), currency }, done })
}
