//! What bulk verbs share: how jobs reach the client's pipeline, and where its journal is.

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use theriac_client::Suite;
use theriac_client::pipeline::{Job, Options};
use tokio::sync::mpsc;

use crate::context::Context;

/// The jobs of a channel as a stream.
pub(crate) fn stream(jobs: mpsc::Receiver<Job>) -> BoxStream<'static, Job> {
    stream::unfold(jobs, |mut jobs| async move { Some((jobs.recv().await?, jobs)) }).boxed()
}

/// One journal per chain and account, since one account's nonces are counted in one place.
pub(crate) fn options(context: &Context<'_>, suite: &Suite) -> Options {
    let name = format!("{}-{}.jsonl", suite.chain().chain_id(), suite.chain().account());
    Options::with_journal(context.options.home.join("journal").join(name))
}
