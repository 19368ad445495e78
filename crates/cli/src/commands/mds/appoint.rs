//! `theriac mds appoint` and `operator`: who may write profiles beside the owner.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::args::account;
use crate::commands::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac mds appoint`.
#[derive(Debug, Args)]
pub(crate) struct Appoint {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// The operator.
    #[arg(value_name = "ADDRESS", value_parser = account, required_unless_present = "nobody", conflicts_with = "nobody")]
    operator: Option<Address>,
    /// Nobody operates it any more.
    #[arg(long)]
    nobody: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<ItemId>,
    operator: Option<Address>,
    approved: bool,
    #[serde(flatten)]
    done: Done,
}

/// Appoints the operator of one device.
pub(super) async fn run(context: &Context<'_>, options: &Appoint) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.signing_suite().await?;
    let call = suite.mds_profiles().appoint(item, options.operator.unwrap_or_default());
    let done = context.perform(&call).await?;
    let verb = if context.options.dry_run { "would operate" } else { "operates" };
    let who = options.operator.map_or_else(|| "nobody".to_owned(), |operator| operator.to_string());
    let text = format!("{who} {verb} the device {item} beside its owner\n{}", done.text());
    Answer::new(
        text,
        &Facts { item: Some(item), operator: options.operator, approved: options.operator.is_some(), done },
    )
}

/// Approves an operator of all devices of the signer, or no longer.
pub(super) async fn operator(context: &Context<'_>, operator: Address, revoke: bool) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.mds_profiles().set_operator(operator, !revoke)).await?;
    let may = match (context.options.dry_run, revoke) {
        (false, false) => "may write",
        (false, true) => "may no longer write",
        (true, false) => "could write",
        (true, true) => "could no longer write",
    };
    let owner = suite.chain().account();
    let text = format!("{operator} {may} the profiles of all devices of {owner}\n{}", done.text());
    Answer::new(text, &Facts { item: None, operator: Some(operator), approved: !revoke, done })
}
