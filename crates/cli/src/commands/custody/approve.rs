//! `theriac custody approve`: which rooms and accounts may act for the signer where things are held in units.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;

use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac custody approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// Who may act for you with your units; otherwise the room `Pharmacy`, which sells out of them what its rules allow.
    #[arg(value_parser = account, conflicts_with = "lots")]
    operator: Option<Address>,
    /// For makers: the room `Units` may say that your lots are held in units, when you commission them.
    #[arg(long)]
    lots: bool,
    /// No longer allow it.
    #[arg(long)]
    revoke: bool,
}

#[derive(Serialize)]
struct Facts {
    account: Address,
    operator: Address,
    approved: bool,
    unchanged: bool,
    #[serde(flatten)]
    done: Done,
}

/// Approves, or revokes. What is so already stays, and nothing is sent.
pub(super) async fn run(context: &Context<'_>, options: &Approve) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (account, custody, units) = (suite.chain().account(), suite.custody(), suite.units());
    let approved = !options.revoke;
    let (operator, what, before) = match options.lots {
        true => {
            let operator = units.address();
            (operator, "say that lots are held in units", custody.is_operator(account, operator).await?)
        }
        false => {
            let operator = options.operator.unwrap_or_else(|| suite.pharmacy().address());
            (operator, "act with units", units.is_operator(account, operator).await?)
        }
    };
    let unchanged = before == approved;
    let done = match (unchanged, options.lots) {
        (true, _) => Done::nothing(context),
        (false, true) => context.perform(&custody.set_operator(operator, approved)).await?,
        (false, false) => context.perform(&units.set_operator(operator, approved)).await?,
    };
    let may = if approved { "may" } else { "may not" };
    let told = if unchanged { "so it was already; nothing was sent".to_owned() } else { done.text() };
    let text = format!("{operator} {may} {what} for {account}\n{told}");
    Answer::new(text, &Facts { account, operator, approved, unchanged, done })
}
