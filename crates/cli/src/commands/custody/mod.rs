//! `theriac custody`: who has which units, and what stops them.

mod act;
mod operator;
mod timeline;
mod trace;

use alloy_primitives::Address;
use clap::Subcommand;
use theriac_client::types::Loss;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use act::{Act, Deed};

/// What can be done with custody. Several items go into one transaction: all of them or none.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Begin the lives of items: their maker holds them.
    Commission(Act),
    /// Send items on their way.
    Ship {
        #[command(flatten)]
        act: Act,
        /// Who is to receive them.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        to: Address,
    },
    /// Take over what was shipped to you.
    Receive(Act),
    /// Refuse what was shipped to you.
    Reject(Act),
    /// Call back what you shipped.
    Cancel(Act),
    /// Stop items: as their holder, their maker or a regulator.
    Quarantine(Act),
    /// Lift a quarantine.
    Release {
        #[command(flatten)]
        act: Act,
        /// Who set it; otherwise the signer.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        set_by: Option<Address>,
    },
    /// Report items lost or stolen: as their holder, their maker or a regulator.
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
    /// End the lives of items: used up, destroyed.
    Decommission(Act),
    /// Show who had an item, when, and what stopped it.
    Trace {
        /// A UDI with a serial in any form, or an item id.
        item: String,
    },
    /// Allow an account to act for you in every verb of custody, or no longer.
    Operator(operator::Operator),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    let (act, deed) = match verb {
        Verb::Commission(act) => (act, Deed::Commission),
        Verb::Ship { act, to } => (act, Deed::Ship { to }),
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
