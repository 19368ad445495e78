//! `theriac market approve`: what an account allows the market before it sells, buys or moves anything there.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use theriac_client::{Call, Suite};

use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac market approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// Also let it take this ERC-20 token into Escrow for what you buy. Without this, tokens with permits are paid by signature.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    token: Option<Address>,
    /// How much of the token at most, as 1500; otherwise without limit. Nothing but your own purchases can use it.
    #[arg(long, value_name = "AMOUNT", requires = "token")]
    allowance: Option<String>,
    /// No longer allow any of it.
    #[arg(long, conflicts_with = "allowance")]
    revoke: bool,
}

/// One approval.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// Of which contract.
    at: &'static str,
    approved: bool,
    unchanged: bool,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    account: Address,
    market: Address,
    approvals: &'a [Entry],
}

/// Gives or revokes the approvals. What is so already stays, and nothing is sent for it.
pub(super) async fn approve(context: &Context<'_>, options: &Approve) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (account, market, approved) = (suite.chain().account(), suite.market().address(), !options.revoke);
    let (devices, custody, escrow) = (suite.devices(), suite.custody(), suite.escrow());
    let mut entries = Vec::new();
    let known = devices.is_approved_for_all(account, market).await?;
    entries.push(set(context, "Devices", approved, known, &devices.set_approval_for_all(market, approved)).await?);
    let known = custody.is_operator(account, market).await?;
    entries.push(set(context, "Custody", approved, known, &custody.set_operator(market, approved)).await?);
    if let Some(address) = options.token {
        let (token, spender) = (suite.token(address), escrow.address());
        let wanted = allowance(&suite, address, options).await?;
        let known = token.allowance(account, spender).await? == wanted;
        entries.push(
            set(context, "token", approved, if known { approved } else { !approved }, &token.approve(spender, wanted))
                .await?,
        );
        let known = escrow.is_operator(account, market).await?;
        entries.push(set(context, "Escrow", approved, known, &escrow.set_operator(market, approved)).await?);
    }
    let lines: Vec<String> = entries.iter().map(|entry| entry.text(context)).collect();
    let may = if approved { "may act" } else { "may not act" };
    let text = format!("the market {market} {may} for {account}\n{}", lines.join("\n"));
    Answer::new(text, &Facts { account, market, approvals: &entries })
}

/// How much the token is to allow.
async fn allowance(suite: &Suite, token: Address, options: &Approve) -> Result<U256, Failure> {
    match &options.allowance {
        _ if options.revoke => Ok(U256::ZERO),
        None => Ok(U256::MAX),
        Some(text) => suite.currency(token).await?.parse(text).map_err(|error| Failure::of(&error)),
    }
}

async fn set<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    at: &'static str,
    approved: bool,
    known: bool,
    call: &Call<C>,
) -> Result<Entry, Failure> {
    let unchanged = known == approved;
    let done = if unchanged { Done::nothing(context) } else { context.perform(call).await? };
    Ok(Entry { at, approved, unchanged, done })
}

impl Entry {
    fn text(&self, context: &Context<'_>) -> String {
        let told = match (self.unchanged, self.approved, context.options.dry_run) {
            (true, ..) => "so it was already".to_owned(),
            (false, true, false) => format!("approved, {}", self.done.text()),
            (false, false, false) => format!("revoked, {}", self.done.text()),
            (false, _, true) => self.done.text(),
        };
        format!("{:<9}{told}", self.at)
    }
}
