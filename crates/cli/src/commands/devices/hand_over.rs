//! `theriac devices transfer`, `lock`, `unlock`, `send-back` and `set-document`: verbs about one twin.

use std::path::Path;

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_bindings::devices::Devices::{DeviceLocked, DevicesEvents};
use theriac_client::{RoomEvent, Suite};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::args::account;
use crate::commands::evidence;
use crate::commands::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac devices transfer`.
#[derive(Debug, Args)]
pub(crate) struct Transfer {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// Who is to own the twin.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    to: Address,
    /// Lock it at once for this keeper, who alone can unlock it or send it back.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    keeper: Option<Address>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parties {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keeper: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<ContentAddress>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    #[serde(flatten)]
    parties: Parties,
    #[serde(flatten)]
    done: Done,
}

/// Hands the twin over, from whoever owns it.
pub(super) async fn transfer(context: &Context<'_>, options: &Transfer) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.signing_suite().await?;
    let (devices, from) = (suite.devices(), owner(&suite, item).await?);
    let done = match options.keeper {
        None => context.perform(&devices.transfer(from, options.to, item)).await?,
        Some(keeper) => context.perform(&devices.transfer_locked(from, options.to, item, keeper)).await?,
    };
    let locked = options.keeper.map(|keeper| format!(", locked for {keeper}")).unwrap_or_default();
    let parties = Parties { from: Some(from), to: Some(options.to), keeper: options.keeper, document: None };
    answer(context, item, &format!("handed over from {from} to {}{locked}", options.to), parties, done)
}

/// Locks the twin where it is.
pub(super) async fn lock(context: &Context<'_>, item: &str, keeper: Address) -> Result<Answer, Failure> {
    let item = Item::parse(item)?.id;
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.devices().lock(item, keeper)).await?;
    answer(context, item, &format!("locked for {keeper}"), Parties { keeper: Some(keeper), ..Parties::default() }, done)
}

/// Ends the lock.
pub(super) async fn unlock(context: &Context<'_>, item: &str) -> Result<Answer, Failure> {
    let item = Item::parse(item)?.id;
    let suite = context.signing_suite().await?;
    let done = context.perform(&suite.devices().unlock(item)).await?;
    answer(context, item, "unlocked", Parties::default(), done)
}

/// Sends the twin back. The contract keeps only a hash of the account that locked it; the event tells which it is.
pub(super) async fn send_back(context: &Context<'_>, item: &str) -> Result<Answer, Failure> {
    let item = Item::parse(item)?.id;
    let suite = context.signing_suite().await?;
    let locked =
        Filter::new().address(suite.devices().address()).event_signature(DeviceLocked::SIGNATURE_HASH).topic1(item.0);
    let logs = suite.logs_of(locked, suite.deployment().block, suite.chain().block_number().await?).await?;
    let newest = logs.into_iter().rev().find_map(|log| match log.event {
        RoomEvent::Devices(DevicesEvents::DeviceLocked(told)) => Some(told.returnTo),
        _ => None,
    });
    let to = newest.ok_or_else(|| {
        Failure::user(
            "NeverLocked",
            format!("the twin of item {item} was never locked"),
            "only a locked twin is sent back",
        )
    })?;
    let done = context.perform(&suite.devices().send_back(item, to)).await?;
    answer(context, item, &format!("sent back to {to}"), Parties { to: Some(to), ..Parties::default() }, done)
}

/// Gives the twin a document of its own.
pub(super) async fn set_document(context: &Context<'_>, item: &str, file: &Path) -> Result<Answer, Failure> {
    let item = Item::parse(item)?.id;
    let suite = context.signing_suite().await?;
    let document = evidence::keep_file(context, file).await?;
    let done = context.perform(&suite.devices().set_document(item, document.into())).await?;
    let parties = Parties { document: Some(document), ..Parties::default() };
    answer(context, item, &format!("given the document {}", document.uri()), parties, done)
}

async fn owner(suite: &Suite, item: ItemId) -> Result<Address, Failure> {
    suite.devices().owner_of(item).await?.ok_or_else(|| {
        Failure::user("NoTwin", format!("item {item} has no twin"), "its manufacturer mints it: `theriac devices mint`")
    })
}

fn answer(context: &Context<'_>, item: ItemId, what: &str, parties: Parties, done: Done) -> Result<Answer, Failure> {
    let is = if context.options.dry_run { "would be" } else { "is" };
    Answer::new(format!("the twin of item {item} {is} {what}\n{}", done.text()), &Facts { item, parties, done })
}
