//! `theriac devices mint`.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::args::account;
use crate::commands::{proofs, several};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac devices mint`.
#[derive(Debug, Args)]
pub(crate) struct Mint {
    /// UDIs with a serial in any form, or item ids; all go into one transaction.
    #[arg(required = true, value_name = "ITEM")]
    items: Vec<String>,
    /// Who owns the twins.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    to: Address,
    /// Lock them at once for this keeper, who alone can unlock them or send them back.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    keeper: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    items: Vec<ItemId>,
    to: Address,
    keeper: Option<Address>,
    #[serde(flatten)]
    done: Done,
}

/// Mints all twins, or none.
pub(super) async fn run(context: &Context<'_>, options: &Mint) -> Result<Answer, Failure> {
    let items = several::items(&options.items)?;
    let suite = context.signing_suite().await?;
    let devices = suite.devices();
    let proven = proofs::memberships(context, &suite, &items).await?;
    let each = items.iter().map(|item| item.id).zip(&proven);
    let done = match options.keeper {
        None => {
            let calls: Vec<_> = each.map(|(item, proof)| devices.mint(item, options.to, proof)).collect();
            several::perform(context, &calls, |data| devices.multicall(data)).await?
        }
        Some(keeper) => {
            let calls: Vec<_> =
                each.map(|(item, proof)| devices.mint_locked(item, options.to, proof, keeper)).collect();
            several::perform(context, &calls, |data| devices.multicall(data)).await?
        }
    };
    let is = if context.options.dry_run { "would be minted" } else { "minted" };
    let locked = options.keeper.map(|keeper| format!(", locked for {keeper}")).unwrap_or_default();
    let text = format!("{} {is} for {}{locked}\n{}", several::named(&options.items), options.to, done.text());
    let items = items.into_iter().map(|item| item.id).collect();
    Answer::new(text, &Facts { items, to: options.to, keeper: options.keeper, done })
}
