//! `theriac recall`: what must not be used, who has it, and who has answered.

mod answer;
mod holders;
mod issue;
mod known;
mod list;
mod notice;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with recalls.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Recall a model, a lot or an item: as its maker or a regulator. It cannot be shipped from then on, except back.
    Issue(Box<issue::Issue>),
    /// List the recalls.
    List {
        /// Only those that are not closed.
        #[arg(long)]
        open: bool,
    },
    /// Say that you have read a recall and acted on it.
    Acknowledge(answer::Respond),
    /// Close a recall: as its issuer or a regulator.
    Close(answer::Respond),
    /// Show who holds what is recalled, and who has acknowledged.
    Holders {
        /// The recall's number.
        recall: u64,
    },
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Issue(options) => issue::run(context, &options).await,
        Verb::List { open } => list::run(context, open).await,
        Verb::Acknowledge(options) => answer::acknowledge(context, &options).await,
        Verb::Close(options) => answer::close(context, &options).await,
        Verb::Holders { recall } => holders::run(context, recall).await,
    }
}
