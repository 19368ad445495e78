//! `theriac catalog`: what was made, models and lots.

mod approve;
mod import;
pub(super) mod known;
mod lot_order;
mod models;
mod register_lot;
pub(super) mod register_lots;
mod scratch_codes;
mod show;
mod strike;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done in the catalogue.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Register the models of a GUDID release or an AccessGUDID answer.
    Import(import::Import),
    /// Approve a manufacturer's model, with exactly the document that is shown.
    Approve(approve::Approve),
    /// List models.
    Models(models::Models),
    /// List lots.
    Lots(models::Lots),
    /// Show a model or a lot.
    Show(show::Show),
    /// Register a lot from a list of its serials, in one transaction.
    RegisterLot(register_lot::RegisterLot),
    /// Register many lots from a list of them, many transactions in flight.
    RegisterLots(register_lots::RegisterLots),
    /// Make scratch codes for a lot's units, and the serial list with their tag keys.
    ScratchCodes(scratch_codes::ScratchCodes),
    /// Strike a model that was approved wrongly: its lots no longer count.
    StrikeModel(strike::StrikeModel),
    /// Strike a lot that was registered wrongly.
    StrikeLot(strike::StrikeLot),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Import(options) => import::run(context, &options).await,
        Verb::Approve(options) => approve::run(context, &options).await,
        Verb::Models(options) => models::models(context, &options).await,
        Verb::Lots(options) => models::lots(context, &options).await,
        Verb::Show(options) => show::run(context, &options).await,
        Verb::RegisterLot(options) => register_lot::run(context, &options).await,
        Verb::RegisterLots(options) => register_lots::run(context, &options).await,
        Verb::ScratchCodes(options) => scratch_codes::run(context, &options).await,
        Verb::StrikeModel(options) => strike::model(context, &options).await,
        Verb::StrikeLot(options) => strike::lot(context, &options).await,
    }
}
