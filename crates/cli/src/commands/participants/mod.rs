//! `theriac participants`: who takes part, in which roles, until when.

mod apply;
mod approve;
mod decide;
mod key;
mod list;

use alloy_primitives::Address;
use clap::Subcommand;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with participants.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make an application: the company's certificate and the account's key sign one challenge.
    Apply(apply::Apply),
    /// Check an application and enrol its account; powerful roles are announced first.
    Approve(approve::Approve),
    /// List all who were ever enrolled.
    List(list::List),
    /// Show one account.
    Show {
        /// The account.
        #[arg(value_parser = account)]
        account: Address,
    },
    /// Suspend an account at once.
    Suspend(decide::Decide),
    /// End a suspension, after the delay that the deployment has.
    Reinstate(decide::Decide),
    /// Publish the key with which others encrypt records for this account.
    SetKey(key::SetKey),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Apply(options) => apply::run(context, &options).await,
        Verb::Approve(options) => approve::run(context, &options).await,
        Verb::List(options) => list::run(context, &options).await,
        Verb::Show { account } => list::show(context, account).await,
        Verb::Suspend(options) => decide::suspend(context, &options).await,
        Verb::Reinstate(options) => decide::reinstate(context, &options).await,
        Verb::SetKey(options) => key::run(context, &options).await,
    }
}
