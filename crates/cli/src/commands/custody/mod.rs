//! `theriac custody`: who has which items and logistic units, and what stops them.

mod act;
mod approve;
mod inbox;
mod list;
pub(super) mod named;
mod operator;
mod papers;
mod range;
mod suspect;
mod timeline;
pub(super) mod trace;
mod unit_act;
pub(super) mod unit_timeline;

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::Subcommand;
use theriac_client::types::Loss;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use act::{Act, Deed};

/// What can be done with custody. Several things go into one transaction: all of them or none.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Begin the lives of items: their maker holds them.
    Commission(Act),
    /// Begin the life of a lot of medicines: its maker holds it as one unit.
    CommissionLot(range::CommissionLot),
    /// Join units whose packs follow each other into one.
    Pack(range::Pack),
    /// Divide a unit into several.
    Unpack(range::Unpack),
    /// Take the last packs off a unit, into one of their own.
    Split(range::Split),
    /// Send items or units on their way.
    Ship {
        #[command(flatten)]
        act: Act,
        /// Who is to receive them.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        to: Address,
        /// Seal transaction information and statement (DSCSA) for the receiver: JSON with what the chain does not know, as
        /// `theriac custody papers` takes it.
        #[arg(long, value_name = "FILE")]
        ti: Option<PathBuf>,
    },
    /// Seal the papers of units that are on their way for their receiver.
    Papers(papers::Papers),
    /// List units on their way to you, open their papers, and learn their numbers.
    Inbox,
    /// List the units that you hold.
    Units(list::Units),
    /// Take over what was shipped to you.
    Receive(Act),
    /// Refuse what was shipped to you.
    Reject(Act),
    /// Call back what you shipped.
    Cancel(Act),
    /// Stop items or units: as their holder, their maker or a regulator.
    Quarantine(Act),
    /// Lift a quarantine.
    Release {
        #[command(flatten)]
        act: Act,
        /// Who set it; otherwise the signer.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        set_by: Option<Address>,
    },
    /// Report items or units lost or stolen: as their holder, their maker or a regulator.
    ReportLost {
        #[command(flatten)]
        act: Act,
        /// What happened: lost or stolen.
        #[arg(long, default_value = "lost")]
        loss: Loss,
    },
    /// Take back a report of loss.
    Recover {
        #[command(flatten)]
        act: Act,
        /// Who reported it; otherwise the signer.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        set_by: Option<Address>,
    },
    /// Stop suspect product, investigate it, and clear or report it.
    Suspect {
        #[command(subcommand)]
        verb: suspect::Verb,
    },
    /// End the lives of items: used up, destroyed.
    Decommission(Act),
    /// End the lives of packs in a unit.
    Destroy(range::Destroy),
    /// Show who had an item, a pack or a unit, when, and what stopped it.
    Trace {
        /// A UDI with a serial in any form, or an item id; or the number of a unit (SSCC), or its id.
        #[arg(value_name = "ITEM|SSCC")]
        item: String,
    },
    /// Allow a room or an account to act with your units, or no longer.
    Approve(approve::Approve),
    /// Allow an account to act for you in every verb of custody, or no longer.
    Operator(operator::Operator),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    let (act, deed) = match verb {
        Verb::Commission(act) => (act, Deed::Commission),
        Verb::CommissionLot(options) => return range::commission(context, &options).await,
        Verb::Pack(options) => return range::pack(context, &options).await,
        Verb::Unpack(options) => return range::unpack(context, &options).await,
        Verb::Split(options) => return range::split(context, &options).await,
        Verb::Destroy(options) => return range::destroy(context, &options).await,
        Verb::Suspect { verb } => return suspect::run(context, verb).await,
        Verb::Papers(options) => return papers::run(context, &options).await,
        Verb::Inbox => return inbox::run(context).await,
        Verb::Units(options) => return list::run(context, &options).await,
        Verb::Approve(options) => return approve::run(context, &options).await,
        Verb::Ship { act, to, ti: Some(ti) } => return papers::ship(context, &act, to, &ti).await,
        Verb::Ship { act, to, ti: None } => (act, Deed::Ship { to }),
        Verb::Receive(act) => (act, Deed::Receive),
        Verb::Reject(act) => (act, Deed::Reject),
        Verb::Cancel(act) => (act, Deed::Cancel),
        Verb::Quarantine(act) => (act, Deed::Quarantine),
        Verb::Release { act, set_by } => (act, Deed::Release { set_by }),
        Verb::ReportLost { act, loss } => (act, Deed::ReportLost { loss }),
        Verb::Recover { act, set_by } => (act, Deed::Recover { set_by }),
        Verb::Decommission(act) => (act, Deed::Decommission),
        Verb::Trace { item } => return trace::run(context, &item).await,
        Verb::Operator(options) => return operator::run(context, &options).await,
    };
    act::run(context, &act, deed).await
}
