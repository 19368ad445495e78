//! What bulk verbs share: how jobs reach the client's pipeline, where its journal is, and how outcomes are counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::providers::Provider as _;
use alloy_primitives::B256;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream, Stream};
use indicatif::ProgressBar;
use theriac_client::Suite;
use theriac_client::pipeline::{Job, Options, Outcome, Status};
use tokio::sync::mpsc;

use crate::context::Context;
use crate::failure::Failure;

/// What was handed to the pipeline and has no outcome yet: for each job's key, what it is of.
#[derive(Debug)]
pub(crate) struct Sent<T>(Arc<Mutex<HashMap<String, T>>>);

impl<T> Clone for Sent<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Sent<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Sent<T> {
    /// Notes what the job with this key is of, before the job is handed over.
    pub(crate) fn note(&self, key: String, what: T) {
        self.map().insert(key, what);
    }

    /// A map is whole even if a thread panicked while it held the lock.
    fn map(&self) -> MutexGuard<'_, HashMap<String, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the jobs ended.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    /// Jobs of this run that succeeded.
    pub(crate) done: u64,
    /// Transactions that an interrupted run had left under way.
    pub(crate) resumed: u64,
    /// Gas of the jobs of this run.
    pub(crate) gas_used: u64,
    /// Jobs of this run that were refused, with the reason.
    pub(crate) failed: Vec<(T, String)>,
}

/// The jobs of a channel as a stream.
pub(crate) fn stream(jobs: mpsc::Receiver<Job>) -> BoxStream<'static, Job> {
    stream::unfold(jobs, |mut jobs| async move { Some((jobs.recv().await?, jobs)) }).boxed()
}

/// One journal per chain and account, since one account's nonces are counted in one place.
pub(crate) fn options(context: &Context<'_>, suite: &Suite) -> Options {
    let name = format!("{}-{}.jsonl", suite.chain().chain_id(), suite.chain().account());
    Options::with_journal(context.options.home.join("journal").join(name))
}

/// Follows the outcomes to their end.
pub(crate) async fn follow<T>(
    mut outcomes: impl Stream<Item = theriac_client::Result<Outcome>> + Unpin,
    suite: &Suite,
    sent: &Sent<T>,
    bar: &ProgressBar,
) -> Result<Ended<T>, Failure> {
    let mut ended = Ended { done: 0, resumed: 0, gas_used: 0, failed: Vec::new() };
    while let Some(outcome) = outcomes.next().await {
        let Outcome { key, status } = outcome?;
        // A key that was not sent in this run is one that the journal had.
        let Some(ours) = sent.map().remove(&key) else {
            ended.resumed += 1;
            continue;
        };
        match status {
            Status::Failed(error) => ended.failed.push((ours, error.to_string())),
            Status::DoneEarlier { hash, block_number } if !is_mined(suite, hash).await? => {
                ended.failed.push((ours, format!(
                    "the journal says that block {block_number} has it, but this chain does not know transaction {hash}: it was \
                     set back to an earlier state. Move the journal folder in the home folder away, and run again"
                )));
            }
            Status::Done(receipt) => {
                ended.done += 1;
                ended.gas_used += receipt.gas_used;
            }
            _ => ended.done += 1,
        }
        bar.inc(1);
    }
    Ok(ended)
}

/// A local chain that was killed may have gone back to its last saved state, behind what the journal knows.
async fn is_mined(suite: &Suite, hash: B256) -> Result<bool, Failure> {
    let receipt = suite.chain().provider().get_transaction_receipt(hash).await;
    let receipt = receipt.map_err(|error| Failure::user("Unreachable", error, "is the node still there? Run again"))?;
    Ok(receipt.is_some())
}
