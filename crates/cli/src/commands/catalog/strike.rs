//! `theriac catalog strike-model` and `strike-lot`: a regulator's corrections.

use std::path::PathBuf;

use alloy_primitives::B256;
use clap::Args;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::subject::{LotOptions, Model};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::files;

/// Options of `theriac catalog strike-model`.
#[derive(Debug, Args)]
pub(crate) struct StrikeModel {
    /// The model: its DI, a UDI or a model id.
    model: String,
    /// The decision, kept in the content store; the chain has its digest.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
}

/// Options of `theriac catalog strike-lot`.
#[derive(Debug, Args)]
pub(crate) struct StrikeLot {
    #[command(flatten)]
    lot: LotOptions,
    /// The decision, kept in the content store; the chain has its digest.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
}

/// Strikes a model.
pub(super) async fn model(context: &Context<'_>, options: &StrikeModel) -> Result<Answer, Failure> {
    let model = Model::parse(&options.model)?.id;
    let evidence = evidence(context, &options.evidence).await?;
    let call = context.signing_suite().await?.catalog().strike_model(model, evidence);
    let done = context.perform(&call).await?;
    answer(context, "model", model.to_string(), evidence, done)
}

/// Strikes a lot.
pub(super) async fn lot(context: &Context<'_>, options: &StrikeLot) -> Result<Answer, Failure> {
    let lot = options.lot.required()?.id;
    let evidence = evidence(context, &options.evidence).await?;
    let call = context.signing_suite().await?.catalog().strike_lot(lot, evidence);
    let done = context.perform(&call).await?;
    answer(context, "lot", lot.to_string(), evidence, done)
}

/// The digest of the evidence, which is stored unless this is a dry run.
async fn evidence(context: &Context<'_>, file: &std::path::Path) -> Result<B256, Failure> {
    let bytes = files::read(file)?;
    if context.options.dry_run {
        return Ok(theriac_core::content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?.digest);
    }
    Ok(context.store()?.put(&bytes).await?.digest)
}

fn answer(context: &Context<'_>, kind: &str, id: String, evidence: B256, done: Done) -> Result<Answer, Failure> {
    let verb = if context.options.dry_run { "would be struck" } else { "is struck" };
    let text = format!("{kind} {id} {verb}\n{}", done.text());
    let done = serde_json::to_value(done).map_err(|error| Failure::internal("writing the answer as JSON", error))?;
    let mut facts = json!({ kind: id, "evidence": evidence });
    if let (Some(facts), serde_json::Value::Object(done)) = (facts.as_object_mut(), done) {
        facts.extend(done);
    }
    Answer::new(text, &facts)
}
