//! `theriac custody suspect`: product under suspicion (DSCSA, FD&C Act §582), from its quarantine to the end of the case.
//!
//! | step | on chain, with the digest of the step's document | after |
//! |---|---|---|
//! | quarantine | `Custody` or `Units` stop the things; the digest is the case's id from now on | nothing |
//! | investigate | a record about the case | quarantine |
//! | clear | the things are released | quarantine, investigate |
//! | report | a record about the case, and one of the notice that is sealed for its readers; the things stay stopped | quarantine, investigate, report |
//!
//! The documents stay in the home folder. A step counts when the chain has its digest, so that a command that was killed, or refused,
//! is simply given again.

mod begin;
mod list;
mod notices;
mod report;
mod shelf;
mod step;
mod traces;

use clap::{Args, Subcommand};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with suspect product.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Begin a case: stop what you hold, or made, or regulate.
    Quarantine(begin::Quarantine),
    /// Note that it is looked into.
    Investigate(Step),
    /// End a case whose product is not illegitimate: release it.
    Clear(Step),
    /// Report illegitimate product: it stays stopped, and a notice is sealed for those who have to know.
    Report(report::Report),
    /// List your cases and where they stand.
    List,
    /// Open what was reported to you about items or units.
    Notices(notices::Notices),
}

/// A step of a case.
#[derive(Debug, Args)]
pub(crate) struct Step {
    /// The number under which the case was begun.
    case: String,
    /// What was found, or why the suspicion is over. Never name a patient.
    #[arg(long, value_name = "TEXT")]
    description: String,
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Quarantine(options) => begin::run(context, &options).await,
        Verb::Investigate(options) => step::investigate(context, &options).await,
        Verb::Clear(options) => step::clear(context, &options).await,
        Verb::Report(options) => report::run(context, &options).await,
        Verb::List => list::run(context).await,
        Verb::Notices(options) => notices::run(context, &options).await,
    }
}
