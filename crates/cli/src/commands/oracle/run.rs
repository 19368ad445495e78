//! `theriac oracle run`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::oracle::node::{Node, Policy, Tally, Told};

use super::ask::length;
use crate::answer::Answer;
use crate::args::account;
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::fhir_options::AccessOptions;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac oracle run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Base address of the FHIR R4 server that is read, https://host/fhir.
    #[arg(long, value_name = "URL")]
    server: String,
    /// To whom values of patients are told; can be given several times. Nobody else gets any. About devices everybody is answered.
    #[arg(long, value_name = "ADDRESS", value_parser = account, num_args = 1..)]
    asker: Vec<Address>,
    /// How often to look for questions, and how soon to look again for a value that was not there.
    #[arg(long, value_name = "TIME", value_parser = pause, default_value = "15s")]
    every: u64,
    /// Look once at everything that is open, and end.
    #[arg(long)]
    once: bool,
    /// File in which it keeps how far it has looked; otherwise oracle/node-ADDRESS.json in the home folder.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    access: AccessOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    node: Address,
    #[serde(flatten)]
    tally: Tally,
}

/// A pause of at most a day; a node that looks more rarely misses most questions, and the clock has an end.
fn pause(text: &str) -> Result<u64, String> {
    match length(text)? {
        seconds @ ..=86_400 => Ok(seconds),
        _ => Err(format!("`{text}` is longer than a day: a node looks more often, as 15s or 10m")),
    }
}

/// Works until it is told to stop.
pub(super) async fn run(context: &Context<'_>, options: &Run) -> Result<Answer, Failure> {
    if context.options.dry_run {
        let what = "a node that sends nothing has nothing to do";
        return Err(Failure::user("DryRun", what, "leave --dry-run away; --once makes it look once only"));
    }
    let signer = context.required_signer()?;
    let stopped = stop_signal()?;
    tokio::pin!(stopped);
    let mut tally = Tally::default();
    let work = async {
        let mut node = open(context, options).await?;
        let tell = |told: Told| context.printer.note(told);
        let count = |more: Tally| add(&mut tally, more);
        match options.once {
            true => node.pass(true, tell).await.map(count).map_err(Failure::from),
            false => node.run(tell, count).await.map_err(Failure::from),
        }
    };
    // It may be left at any point: what was sent is on chain, and what was not is found again.
    tokio::select! {
        ended = work => ended?,
        () = &mut stopped => context.printer.note("told to stop"),
    }
    let Tally { answered, declined, waiting, missed } = tally;
    let text = format!("{answered} answered, {declined} declined, {waiting} without a value yet, {missed} missed");
    Answer::new(text, &Facts { node: signer.address(), tally })
}

async fn open(context: &Context<'_>, options: &Run) -> Result<Node, Failure> {
    let server = options.access.open(&options.server)?;
    let identities = options.identity.given(context).await?;
    let suite = loop {
        match context.signing_suite().await {
            Ok(suite) => break suite,
            // A machine that starts all at once may have its chain a little later.
            Err(failure) if failure.code == "Unreachable" && !options.once => {
                context.printer.note(format!("the chain's node does not answer; going on in {} s", options.every));
                tokio::time::sleep(Duration::from_secs(options.every)).await;
            }
            Err(failure) => return Err(failure),
        }
    };
    let node = suite.chain().account();
    let state = options.state.clone().unwrap_or_else(|| context.options.home.join(format!("oracle/node-{node}.json")));
    let patients_for: BTreeSet<Address> = options.asker.iter().copied().collect();
    let every = Duration::from_secs(options.every);
    let policy = Policy { patients_for };
    Ok(Node::open(suite, context.store()?, server, identities, policy, &state, every).await?)
}

fn add(all: &mut Tally, more: Tally) {
    all.answered += more.answered;
    all.declined += more.declined;
    all.missed += more.missed;
    // Those that wait are counted at every look.
    all.waiting = more.waiting;
}

/// Ends at the first SIGINT or SIGTERM from now on.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| Failure::internal("listening for signals", error));
        let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Where it cannot be listened for, the system ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_looks_at_least_once_a_day() {
        assert_eq!((pause("15s"), pause("24h")), (Ok(15), Ok(86_400)));
        for never in ["25h", "9223372036854775807s", "0s"] {
            assert!(pause(never).is_err(), "{never}");
        }
    }
}
