//! `theriac custody operator`.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;

use crate::answer::Answer;
use crate::args::account;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac custody operator`.
#[derive(Debug, Args)]
pub(crate) struct Operator {
    /// The account that acts for you.
    #[arg(value_parser = account)]
    operator: Address,
    /// No longer allow it.
    #[arg(long)]
    revoke: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    account: Address,
    operator: Address,
    approved: bool,
    unchanged: bool,
    #[serde(flatten)]
    done: Done,
}

/// Approves the operator, or revokes its approval. What is so already stays, and nothing is sent.
pub(super) async fn run(context: &Context<'_>, options: &Operator) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let (account, custody) = (suite.chain().account(), suite.custody());
    let approved = !options.revoke;
    let unchanged = custody.is_operator(account, options.operator).await? == approved;
    let done = if unchanged {
        Done::nothing(context)
    } else {
        context.perform(&custody.set_operator(options.operator, approved)).await?
    };
    let may = if approved { "may act" } else { "may not act" };
    let told = if unchanged { "so it was already; nothing was sent".to_owned() } else { done.text() };
    let text = format!("{} {may} for {account} in custody\n{told}", options.operator);
    Answer::new(text, &Facts { account, operator: options.operator, approved, unchanged, done })
}
