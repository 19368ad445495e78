//! `theriac oracle`: what does the hospital system say? Asked on chain, answered by nodes that read FHIR servers.

mod answers;
mod ask;
mod close;
mod kept;
mod run;

use alloy_primitives::B256;
use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with questions.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Ask for a value of a device or a patient. Of a patient nothing but commitments goes on chain.
    Ask(ask::Ask),
    /// Answer questions as an oracle node, from a FHIR server, until it is stopped.
    Run(run::Run),
    /// Show a question: where it stands, and what each node answered. Exit code 1 until enough agreed.
    Answers(answers::AnswersOptions),
    /// Count the reputation of a question's nodes and pay them: when all have answered, or the deadline is over.
    Close {
        /// The question's id.
        #[arg(value_parser = question)]
        question: B256,
    },
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Ask(options) => ask::run(context, &options).await,
        Verb::Run(options) => run::run(context, &options).await,
        Verb::Answers(options) => answers::run(context, &options).await,
        Verb::Close { question } => close::run(context, question).await,
    }
}

/// Reads the id of a question.
fn question(text: &str) -> Result<B256, String> {
    text.parse().map_err(|_| format!("`{text}` is no question: 0x and 64 hexadecimal digits are expected"))
}
