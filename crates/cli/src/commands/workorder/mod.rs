//! `theriac workorder`: engineers are called to devices, and say what came of it.

mod act;
mod list;

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{Args, Subcommand};
use theriac_client::types::{OrderKind, WorkOutcome};

pub(crate) use list::OrderFacts;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// What can be done with work orders.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Open a work order, as owner or operator; a fault also as who first claimed the unit's tag.
    Open(Open),
    /// Give an order to an engineer until a date, as owner or operator.
    Assign {
        /// The order's number.
        order: u64,
        /// The engineer.
        #[arg(value_name = "ENGINEER", value_parser = account)]
        engineer: Address,
        /// Last day or instant of the assignment.
        #[arg(long, value_name = "DATE", value_parser = time::last_second)]
        until: u64,
    },
    /// Take an order away from its engineer, as owner or operator.
    Unassign {
        /// The order's number.
        order: u64,
    },
    /// Begin the work, as the engineer.
    Start {
        /// The order's number.
        order: u64,
    },
    /// Add evidence, as the engineer, owner or operator.
    Evidence {
        /// The order's number.
        order: u64,
        /// The document. Never name a patient.
        file: PathBuf,
    },
    /// End the work with a report, as the engineer.
    Close(Close),
    /// End an order without outcome, as owner or operator; a fault that nobody has yet also as who reported it.
    Cancel {
        /// The order's number.
        order: u64,
        /// Why: a file, or a text. Never name a patient.
        #[arg(long, value_name = "FILE_OR_TEXT")]
        reason: String,
    },
    /// List work orders.
    List(list::List),
}

/// Options of `theriac workorder open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The device: a UDI with a serial in any form, or an item id.
    item: String,
    /// Why: fault, maintenance, calibration or inspection.
    #[arg(long)]
    kind: OrderKind,
    /// What is to be done or what does not work: a file, or a text. Never name a patient.
    #[arg(long, value_name = "FILE_OR_TEXT")]
    description: String,
}

/// Options of `theriac workorder close`.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// The order's number.
    order: u64,
    /// What came of it: done, no-fault-found or not-repairable.
    #[arg(long)]
    outcome: WorkOutcome,
    /// The report. Never name a patient.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// It was maintained: when the next maintenance is due.
    #[arg(long, value_name = "DATE", value_parser = time::last_second)]
    maintenance_due: Option<u64>,
    /// It was calibrated: when the next calibration is due.
    #[arg(long, value_name = "DATE", value_parser = time::last_second)]
    calibration_due: Option<u64>,
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Open(options) => act::open(context, &options).await,
        Verb::Assign { order, engineer, until } => act::assign(context, order, engineer, until).await,
        Verb::Unassign { order } => act::unassign(context, order).await,
        Verb::Start { order } => act::start(context, order).await,
        Verb::Evidence { order, file } => act::evidence(context, order, &file).await,
        Verb::Close(options) => act::close(context, &options).await,
        Verb::Cancel { order, reason } => act::cancel(context, order, &reason).await,
        Verb::List(options) => list::run(context, &options).await,
    }
}
