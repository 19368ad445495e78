//! Verbs that the administration may let happen only after a delay: announced by one run, executed by a later one.
//!
//! Which of the two a run does follows from the chain alone, so the same command is given again until it is done.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use serde::Serialize;
use theriac_client::{Call, Scheduled, Suite};

use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// How far a verb has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// It happened (with `--dry-run`: it would).
    Done(Done),
    /// This run would have announced it.
    WouldAnnounce { seconds: u32 },
    /// This run announced it.
    Announced(Scheduled),
    /// An earlier run announced it, and its time has not come.
    Waiting(Scheduled),
}

/// The fields of a stage in a JSON answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StageFacts {
    /// `done`, `announced` or `waiting`.
    stage: &'static str,
    transaction: Option<B256>,
    gas_used: u64,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executable_at: Option<u64>,
}

impl StageFacts {
    /// Of a run in which nothing was to be done.
    pub(crate) fn nothing(dry_run: bool) -> Self {
        Self { stage: "done", transaction: None, gas_used: 0, dry_run, operation: None, executable_at: None }
    }
}

/// Does the verb, or the next step to it.
pub(crate) async fn perform<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    suite: &Suite,
    call: &Call<C>,
) -> Result<Stage, Failure> {
    let account: Address = suite.chain().account();
    // Without the role the verb itself says which one, and who grants it.
    let Some(seconds) = call.delay().await?.filter(|seconds| *seconds > 0) else {
        return context.perform(call).await.map(Stage::Done);
    };
    let Some(scheduled) = call.scheduled(account).await? else {
        if context.options.dry_run {
            return Ok(Stage::WouldAnnounce { seconds });
        }
        return Ok(Stage::Announced(call.schedule().await?));
    };
    // A chain without traffic makes its next block at the machine's time; one whose clock was set ahead, after its newest block.
    let next_block = suite.chain().now().await?.max(time::now());
    if context.options.dry_run || next_block < scheduled.executable_at {
        return Ok(Stage::Waiting(scheduled));
    }
    Ok(Stage::Done(Done::from(&call.execute().await?)))
}

impl Stage {
    /// What became of `what` ("alice is enrolled").
    pub(crate) fn text(&self, what: &str) -> String {
        match self {
            Self::Done(done) => format!("{what}\n{}", done.text()),
            Self::WouldAnnounce { seconds } => {
                format!("dry run, nothing sent: this would be announced, and could be executed {seconds} seconds later")
            }
            Self::Announced(scheduled) => format!("announced, not done yet\n{}", next_step(scheduled)),
            Self::Waiting(scheduled) => format!("announced earlier, not done yet\n{}", next_step(scheduled)),
        }
    }

    /// The same for a program.
    pub(crate) fn facts(&self, dry_run: bool) -> StageFacts {
        let (stage, scheduled) = match self {
            Self::Done(done) => {
                let (transaction, gas_used) = (done.transaction, done.gas_used);
                return StageFacts {
                    stage: "done",
                    transaction,
                    gas_used,
                    dry_run,
                    operation: None,
                    executable_at: None,
                };
            }
            Self::WouldAnnounce { .. } => ("announced", None),
            Self::Announced(scheduled) => ("announced", Some(scheduled)),
            Self::Waiting(scheduled) => ("waiting", Some(scheduled)),
        };
        StageFacts {
            stage,
            transaction: None,
            gas_used: 0,
            dry_run,
            operation: scheduled.map(|scheduled| scheduled.operation),
            executable_at: scheduled.map(|scheduled| scheduled.executable_at),
        }
    }
}

fn next_step(scheduled: &Scheduled) -> String {
    format!(
        "operation   {}\nexecutable  from {} to {}\nGive the same command again then; until it is executed the guardian can cancel it.",
        scheduled.operation,
        time::iso(scheduled.executable_at),
        time::iso(scheduled.expires_at),
    )
}
