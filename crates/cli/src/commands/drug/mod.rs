//! `theriac drug`: medicines, their lots, and what the RFID tag of a pack tells.

mod import;
mod read;
mod rfid;
mod verification;

use clap::Subcommand;

use crate::answer::Answer;
use crate::commands::catalog::register_lots::{self, RegisterLots};
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with medicines.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Register the medicines of a list, each with its class: prescription, over-the-counter or controlled.
    Import(import::Import),
    /// Register lots from a list of them, each with its serials in packing order, as `theriac catalog register-lots` does.
    Lots(RegisterLots),
    /// Show maker, dates, lot, price, availability and trace of the pack with this tag.
    Rfid(rfid::Rfid),
    /// Answer whether a product identifier is genuine (saleable return), in the form of GS1 Lightweight Messaging. Exit code 0 only if so.
    Answer(verification::Question),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Import(options) => import::run(context, &options).await,
        // What a lot of medicines needs besides, that it is held in units, `theriac custody commission-lot` says.
        Verb::Lots(options) => register_lots::run(context, &options).await,
        Verb::Rfid(options) => rfid::run(context, &options).await,
        Verb::Answer(options) => verification::run(context, &options).await,
    }
}
