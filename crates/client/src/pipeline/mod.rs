//! Many transactions from one account: in flight together, none lost, none doubled.
//!
//! - **Nonces** are counted here, not asked for each transaction.
//! - **In flight**: up to [`Options::in_flight`] (500) transactions, sent in JSON-RPC batches of 100.
//! - **Confirmation** follows the blocks: one block and one `eth_getBlockReceipts` per block that has transactions of ours (or
//!   batched receipts, where a node lacks it), never one request per transaction.
//! - **Forgotten** transactions (a node restarted, or dropped its pool) are sent again: the very same signed bytes, so the same
//!   transaction cannot happen twice.
//! - **Stuck** ones are replaced under their nonce with higher fees; a **gap** is filled from its lowest nonce.
//! - **Interrupted**: a [`Journal`] has every signed transaction on disk before a node sees it. After a kill the next run follows
//!   or sends again what the journal has; a key that is done is not sent again.
//!
//! What is relied upon: that one account is used by one pipeline at a time (another program's transaction under one of our
//! nonces is noticed, and ours is signed anew), and that a node which says a nonce is used also knows its receipt.

mod fees;
mod journal;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use futures::Stream;
use futures::stream::StreamExt as _;
use tokio::sync::mpsc;

use crate::call::Receipt;
use crate::error::{Error, Result};
use crate::suite::Suite;
use journal::Journal;
use worker::Worker;

/// One transaction to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Names this piece of work for ever: what the journal knows as done under this key is not sent again.
    pub key: String,
    /// The contract.
    pub to: Address,
    /// The ABI-encoded call.
    pub data: Bytes,
    /// Ether that goes with it, in wei.
    pub value: U256,
    /// Gas limit. Without one it is estimated once per contract and verb, with a margin.
    pub gas: Option<u64>,
}

impl Job {
    /// A job whose gas the pipeline estimates once per kind.
    pub fn new(key: impl Into<String>, to: Address, data: Bytes) -> Self {
        Self { key: key.into(), to, data, value: U256::ZERO, gas: None }
    }

    /// Sets the ether that goes with it, in wei.
    #[must_use]
    pub fn with_value(mut self, value: U256) -> Self {
        self.value = value;
        self
    }

    /// Sets the gas limit, so that nothing is estimated.
    #[must_use]
    pub fn with_gas(mut self, gas: u64) -> Self {
        self.gas = Some(gas);
        self
    }
}

/// How a job ended.
#[derive(Debug)]
pub struct Outcome {
    /// The job's key.
    pub key: String,
    /// What became of it.
    pub status: Status,
}

/// What became of a job.
#[derive(Debug)]
#[non_exhaustive]
pub enum Status {
    /// A block has it, and it succeeded.
    Done(Receipt),
    /// An earlier run did it, the journal says.
    DoneEarlier {
        /// Its transaction.
        hash: B256,
        /// The block that has it.
        block_number: u64,
    },
    /// The contract refused, on chain or already at the estimate; the next run may try again.
    Failed(Error),
}

/// How the pipeline works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Transactions in flight at once.
    pub in_flight: usize,
    /// Blocks on top of a transaction before it counts: 1 on chains with instant finality.
    pub confirmations: u64,
    /// How often the node is asked for new blocks.
    pub poll: Duration,
    /// Blocks without a transaction before it is sent again.
    pub resend_blocks: u64,
    /// Time without any of ours before all are sent again: a chain that makes blocks only for transactions makes none when it
    /// forgot them.
    pub resend_time: Duration,
    /// Blocks without a transaction before it is replaced with higher fees.
    pub replace_blocks: u64,
    /// Never offer more per gas than this, in wei.
    pub max_fee_per_gas: u128,
    /// Time without progress before giving up; nothing is lost then, the next run continues.
    pub patience: Duration,
    /// Where the journal is. Without one an interrupted run cannot be resumed.
    pub journal: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            in_flight: 500,
            confirmations: 1,
            poll: Duration::from_millis(50),
            resend_blocks: 5,
            resend_time: Duration::from_secs(3),
            replace_blocks: 15,
            max_fee_per_gas: u128::MAX,
            patience: Duration::from_secs(600),
            journal: None,
        }
    }
}

impl Options {
    /// The defaults with a journal.
    pub fn with_journal(path: impl Into<PathBuf>) -> Self {
        Self { journal: Some(path.into()), ..Self::default() }
    }
}

impl Suite {
    /// Sends the jobs and tells what became of each, in the order in which blocks have them.
    ///
    /// What an earlier run left in flight is told too, once, whether its job comes again or not. An `Err` ends the stream:
    /// the pipeline gave up, and the next run with the same journal continues. Dropping the stream stops the work; what is
    /// in flight then stays in the journal.
    pub async fn pipeline(
        &self,
        jobs: impl Stream<Item = Job> + Send + Unpin + 'static,
        options: Options,
    ) -> Result<impl Stream<Item = Result<Outcome>> + Send + Unpin + 'static> {
        let journal = match &options.journal {
            Some(path) => Some(Journal::open(path, journal::Head::of(self.chain()).await?)?),
            None => None,
        };
        // Small, so that a slow reader slows the sender down instead of filling the memory.
        let (outcomes, receiver) = mpsc::channel(64);
        let worker = Worker::new(self.clone(), options, journal, outcomes).await?;
        tokio::spawn(worker.run(jobs));
        Ok(futures::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|outcome| (outcome, receiver))
        })
        .boxed())
    }
}
