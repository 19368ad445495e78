//! `theriac catalog register-lot`: a lot of any size in one transaction.

use std::path::PathBuf;

use alloy_primitives::B256;
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::lots::LotProofs;
use theriac_client::rooms::Lot;
use theriac_client::types::NewLot;
use theriac_core::content::ContentAddress;
use theriac_core::ids::{LotId, ModelId};

use super::known::Known;
use super::lot_order::{LotModel, LotOrder, ReadyLot};
use crate::answer::Answer;
use crate::commands::subject::{self, Model};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// Options of `theriac catalog register-lot`.
#[derive(Debug, Args)]
pub(crate) struct RegisterLot {
    /// The approved model: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI")]
    model: String,
    /// The lot's number as on the label; "" for products that carry only a serial.
    #[arg(long, value_name = "NUMBER")]
    lot: String,
    /// CSV file, one serial in a line, in packing order; with a header `serial,tagKey` also each item's tag key.
    #[arg(long, value_name = "FILE")]
    serials: PathBuf,
    /// Day of manufacture, as 2026-01-31.
    #[arg(long, value_name = "DATE", value_parser = time::day)]
    made: Option<Date>,
    /// Last day of use, as 2026-01-31.
    #[arg(long, value_name = "DATE", value_parser = time::day)]
    expires: Option<Date>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    lot: LotId,
    number: String,
    model: ModelId,
    count: u32,
    root: B256,
    document: ContentAddress,
    already_registered: bool,
    #[serde(flatten)]
    done: Done,
}

/// Registers the lot. The same command again finds it registered and sends nothing.
pub(super) async fn run(context: &Context<'_>, options: &RegisterLot) -> Result<Answer, Failure> {
    let model = Model::parse(&options.model)?;
    subject::lot_number(&options.lot)?;
    let suite = context.signing_suite().await?;
    let known = Known::read(&suite).await?;
    let order = LotOrder {
        model: LotModel::find(context, &known, &model).await?,
        number: options.lot.clone(),
        serials: options.serials.clone(),
        made: options.made,
        expires: options.expires,
    };
    let bar = context.printer.progress(0, "bytes of serials");
    let ready = order.prepare(bar.clone()).await?;
    bar.finish_and_clear();
    if let Some(lot) = suite.catalog().lot_of(ready.id).await? {
        return already(context, &ready, &lot);
    }
    let call = suite.catalog().register_lot(&ready.new_lot);
    // Asked before anything is stored: a refusal then leaves nothing behind.
    call.ask().await?;
    if !context.options.dry_run {
        context.store()?.put(&ready.bytes).await?;
        LotProofs::keep(&context.options.home, &ready.document, &ready.tree)?;
    }
    match context.perform(&call).await {
        Ok(done) => answer(context, &ready, false, done),
        Err(failure) => after_refusal(context, &suite, &ready, failure).await,
    }
}

/// A run that was killed after sending may have its transaction mined only now: then it was that one that registered the lot.
async fn after_refusal(
    context: &Context<'_>,
    suite: &Suite,
    ready: &ReadyLot,
    failure: Failure,
) -> Result<Answer, Failure> {
    match suite.catalog().lot_of(ready.id).await? {
        Some(lot) if lot.root == ready.new_lot.root => already(context, ready, &lot),
        _ => Err(failure),
    }
}

/// The answer for a lot that the chain has.
fn already(context: &Context<'_>, ready: &ReadyLot, lot: &Lot) -> Result<Answer, Failure> {
    same(ready, lot)?;
    if !context.options.dry_run {
        LotProofs::keep(&context.options.home, &ready.document, &ready.tree)?;
    }
    answer(context, ready, true, Done::nothing(context))
}

/// Refuses a lot that the chain has with other contents.
pub(super) fn same(ready: &ReadyLot, lot: &Lot) -> Result<(), Failure> {
    let NewLot { number, root, made_at, expires_at, .. } = &ready.new_lot;
    let different = |what: &str, has: &dyn std::fmt::Display, file: &dyn std::fmt::Display| {
        Err(Failure::user(
            "Catalog_LotExists",
            format!(
                "lot {number} is registered already, with another {what}: the chain has {has}, this command {file}"
            ),
            "a lot is registered once: correct the command, or choose another lot number; a regulator can strike a wrong lot",
        ))
    };
    if lot.struck {
        return Err(Failure::user(
            "LotStruck",
            format!("lot {number} was struck by a regulator and stays struck"),
            "register the items under another lot number",
        ));
    }
    if lot.root != *root {
        return different("list of serials", &lot.root, root);
    }
    if lot.made_at != *made_at {
        return different("date of manufacture", &iso(lot.made_at), &iso(*made_at));
    }
    if lot.expires_at != *expires_at {
        return different("expiry", &iso(lot.expires_at), &iso(*expires_at));
    }
    Ok(())
}

fn iso(seconds: u64) -> String {
    if seconds == 0 { "none".to_owned() } else { time::iso(seconds) }
}

fn answer(context: &Context<'_>, ready: &ReadyLot, already: bool, done: Done) -> Result<Answer, Failure> {
    let NewLot { model, number, root, count, .. } = &ready.new_lot;
    let outcome = match (already, context.options.dry_run) {
        (true, _) => "is registered already with the same serials; nothing was sent".to_owned(),
        (false, true) => format!("would be registered\n{}", done.text()),
        (false, false) => format!("is registered\n{}", done.text()),
    };
    let document = ready.address;
    let text = format!(
        "lot {number} of {count} items {outcome}\nlot id    {}\nroot      {root}\ndocument  {}",
        ready.id,
        document.uri()
    );
    let (number, root, count) = (number.clone(), *root, *count);
    Answer::new(
        text,
        &Facts { lot: ready.id, number, model: *model, count, root, document, already_registered: already, done },
    )
}
