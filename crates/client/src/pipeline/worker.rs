//! The worker behind the pipeline: one task that fills, follows and recovers in turn.
//!
//! Invariants: every transaction in `flight` is in the journal; at most one transaction per nonce can be mined, and all its
//! versions do the same; a key is in `flight` at most once.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use alloy::eips::eip2718::Encodable2718 as _;
use alloy::network::{NetworkTransactionBuilder as _, TransactionBuilder as _};
use alloy::primitives::{Address, B256, Bytes, Selector};
use alloy::providers::Provider;
use alloy::rpc::client::BatchRequest;
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::transports::TransportError;
use futures::stream::{Stream, StreamExt as _, TryStreamExt as _};
use futures::{FutureExt as _, stream};
use tokio::sync::mpsc;

use super::fees::Fees;
use super::journal::{Journal, Line};
use super::{Job, Options, Outcome, Status};
use crate::call::Receipt;
use crate::chain::Chain;
use crate::error::{Error, Result, is_known_already};
use crate::suite::Suite;

/// Requests per JSON-RPC batch; nodes limit them to a thousand or less.
const BATCH: usize = 100;
/// Signatures asked for at once: nothing for a local key, much for one behind a network.
const SIGNING: usize = 16;
/// Looks at a nonce that is used but has no receipt of ours, before another's transaction is believed to have used it.
const LOOKS: u8 = 3;
/// Refusals of one transaction by the node before the run ends.
const REFUSALS: u8 = 5;

/// A transaction on its way.
#[derive(Debug)]
struct Flying {
    job: Job,
    /// Every version signed under the nonce, the newest last.
    versions: Vec<(B256, Bytes)>,
    /// Unknown for what an earlier run signed.
    fees: Option<Fees>,
    /// Newest block when it was sent, and when its newest version was.
    sent_in: u64,
    signed_in: u64,
    looks: u8,
    refusals: u8,
}

pub(super) struct Worker {
    suite: Suite,
    options: Options,
    journal: Option<Journal>,
    outcomes: mpsc::Sender<Result<Outcome>>,
    account: Address,
    fees: Fees,
    next_nonce: u64,
    flight: BTreeMap<u64, Flying>,
    nonce_of: HashMap<B256, u64>,
    keys: HashSet<String>,
    /// Jobs that need another nonce.
    again: VecDeque<Job>,
    gas_of: HashMap<(Address, Selector), u64>,
    /// Blocks up to here were read.
    read: u64,
    progress: Instant,
    recovered: Instant,
    recovered_in: u64,
    has_block_receipts: bool,
}

impl Worker {
    pub(super) async fn new(
        suite: Suite,
        options: Options,
        journal: Option<Journal>,
        outcomes: mpsc::Sender<Result<Outcome>>,
    ) -> Result<Self> {
        let chain = suite.chain();
        let account = chain.signer()?.address();
        let read = chain.block_number().await?;
        let pending = chain.provider().get_transaction_count(account).pending().await;
        let next_nonce = chain.asked("eth_getTransactionCount", pending)?;
        let fees = Fees::current(chain, options.max_fee_per_gas).await?;
        let mut worker = Self {
            suite,
            options,
            journal,
            outcomes,
            account,
            fees,
            next_nonce,
            flight: BTreeMap::new(),
            nonce_of: HashMap::new(),
            keys: HashSet::new(),
            again: VecDeque::new(),
            gas_of: HashMap::new(),
            read,
            progress: Instant::now(),
            recovered: Instant::now(),
            recovered_in: read,
            has_block_receipts: true,
        };
        worker.take_over()?;
        Ok(worker)
    }

    /// Takes over what an earlier run left in flight; its transactions are looked for at once.
    fn take_over(&mut self) -> Result<()> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        for (key, pending) in std::mem::take(&mut journal.pending) {
            let job = job_of(&key, pending.versions.last().map(|(_, raw)| raw))?;
            self.nonce_of.extend(pending.versions.iter().map(|(hash, _)| (*hash, pending.nonce)));
            self.next_nonce = self.next_nonce.max(pending.nonce + 1);
            self.keys.insert(key);
            let flying = Flying {
                job,
                versions: pending.versions,
                fees: None,
                sent_in: 0,
                signed_in: self.read,
                looks: 0,
                refusals: 0,
            };
            self.flight.insert(pending.nonce, flying);
        }
        Ok(())
    }

    fn chain(&self) -> &Chain {
        self.suite.chain()
    }

    /// Runs until all jobs ended, the reader went away, or there is no way forward.
    pub(super) async fn run(mut self, mut jobs: impl Stream<Item = Job> + Send + Unpin + 'static) {
        let mut more = true;
        let mut takes_over = !self.flight.is_empty();
        while more || !self.flight.is_empty() || !self.again.is_empty() {
            let turn = async {
                if std::mem::take(&mut takes_over) {
                    self.recover().await?;
                }
                let mined = self.follow().await?;
                let sent = self.fill(&mut jobs, &mut more).await?;
                self.recover_when_due().await?;
                Ok::<bool, Error>(mined || sent)
            };
            match turn.await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(self.options.poll).await,
                // The node may come back; what is in flight is followed or sent again then.
                Err(error) if error.is_transient() && self.progress.elapsed() < self.options.patience => {
                    tokio::time::sleep(self.options.poll.max(Duration::from_millis(250))).await;
                }
                Err(error) => {
                    let _ = self.outcomes.send(Err(error)).await;
                    return;
                }
            }
            if self.outcomes.is_closed() {
                return;
            }
        }
    }

    /// Says how a job ended. A reader that went away is noticed by `run`.
    async fn tell(&mut self, key: String, status: Status) {
        self.progress = Instant::now();
        let _ = self.outcomes.send(Ok(Outcome { key, status })).await;
    }
}

/// Filling: from jobs to signed transactions on their way.
impl Worker {
    /// Sends one batch, if there is room and work. Says whether it did.
    async fn fill(&mut self, jobs: &mut (impl Stream<Item = Job> + Unpin), more: &mut bool) -> Result<bool> {
        let mut batch = Vec::new();
        let room = self.options.in_flight.saturating_sub(self.flight.len()).min(BATCH);
        while batch.len() < room {
            let job = match self.again.pop_front() {
                Some(job) => job,
                None if !*more => break,
                None => match jobs.next().now_or_never() {
                    Some(Some(job)) => match self.admit(job).await {
                        Some(job) => job,
                        None => continue,
                    },
                    Some(None) => {
                        *more = false;
                        break;
                    }
                    None => break,
                },
            };
            match self.gas_for(&job).await {
                Ok(Some(gas)) => batch.push(job.with_gas(gas)),
                Ok(None) => {}
                Err(error) => {
                    // The node did not answer, which says nothing of these jobs.
                    self.again.extend(batch);
                    self.again.push_back(job);
                    return Err(error);
                }
            }
        }
        if batch.is_empty() {
            return Ok(false);
        }
        if self.flight.is_empty() {
            self.progress = Instant::now();
        }
        self.send_new(batch).await?;
        Ok(true)
    }

    /// Lets a key in once; what an earlier run did is told and not done again.
    async fn admit(&mut self, job: Job) -> Option<Job> {
        if !self.keys.insert(job.key.clone()) {
            return None;
        }
        let done = self.journal.as_ref().and_then(|journal| journal.done.get(&job.key).copied());
        match done {
            Some((hash, block_number)) => {
                self.tell(job.key, Status::DoneEarlier { hash, block_number }).await;
                None
            }
            None => Some(job),
        }
    }

    /// The gas limit: the job's own, or an estimate of the first of its kind with a third on top. None when the estimate itself
    /// is refused: then the job has ended without costing anything.
    async fn gas_for(&mut self, job: &Job) -> Result<Option<u64>> {
        let kind = (job.to, job.data.first_chunk::<4>().map(Selector::from).unwrap_or_default());
        if let Some(gas) = job.gas.or_else(|| self.gas_of.get(&kind).copied()) {
            return Ok(Some(gas));
        }
        let request = self.request(job);
        let call = self.name(job);
        match self.chain().asked(&call, self.chain().provider().estimate_gas(request).await) {
            Ok(gas) => {
                let gas = gas.saturating_add(gas / 3);
                self.gas_of.insert(kind, gas);
                Ok(Some(gas))
            }
            Err(error @ Error::Reverted { .. }) => {
                let error = self.suite.with_missing_role(error, job.to, &job.data).await;
                self.tell(job.key.clone(), Status::Failed(error)).await;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn request(&self, job: &Job) -> TransactionRequest {
        TransactionRequest::default().from(self.account).to(job.to).value(job.value).input(job.data.clone().into())
    }

    fn name(&self, job: &Job) -> String {
        format!("{} ({})", self.suite.contract_at(job.to).unwrap_or("contract"), job.key)
    }

    async fn send_new(&mut self, jobs: Vec<Job>) -> Result<()> {
        let first = self.next_nonce;
        let work: Vec<_> = jobs.into_iter().zip(first..).collect();
        let fees = self.fees;
        let signed = self.sign(work.iter().map(|(job, nonce)| (job, *nonce, fees))).await?;
        self.write(work.iter().zip(&signed).map(|((job, nonce), version)| (job.key.as_str(), *nonce, version))).await?;

        // From here on a kill, or a node that is away, costs nothing: the journal has them.
        self.next_nonce = first + work.len() as u64;
        let nonces: Vec<u64> = work.iter().map(|(_, nonce)| *nonce).collect();
        for ((job, nonce), version) in work.into_iter().zip(signed) {
            self.nonce_of.insert(version.0, nonce);
            let flying = Flying {
                job,
                versions: vec![version],
                fees: Some(fees),
                sent_in: self.read,
                signed_in: self.read,
                looks: 0,
                refusals: 0,
            };
            self.flight.insert(nonce, flying);
        }
        self.send_raw(&nonces).await
    }

    /// Signs, several at once and in order.
    async fn sign(&self, work: impl Iterator<Item = (&Job, u64, Fees)>) -> Result<Vec<(B256, Bytes)>> {
        let wallet = self.chain().signer()?.wallet();
        let requests: Vec<_> = work
            .map(|(job, nonce, fees)| {
                let request = self.request(job).nonce(nonce).gas_limit(job.gas.unwrap_or_default());
                let mut request = fees.put_on(request);
                request.set_chain_id(self.chain().chain_id());
                request
            })
            .collect();
        let sign = |request: TransactionRequest| async {
            let signed = request.build(&wallet).await.map_err(|error| Error::Signer(error.to_string()))?;
            Ok((*signed.tx_hash(), Bytes::from(signed.encoded_2718())))
        };
        stream::iter(requests).map(sign).buffered(SIGNING).try_collect().await
    }

    async fn write<'a>(&self, signed: impl Iterator<Item = (&'a str, u64, &'a (B256, Bytes))>) -> Result<()> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let lines: Vec<_> = signed
            .map(|(key, nonce, (hash, raw))| Line::Signed { key: key.to_owned(), nonce, hash: *hash, raw: raw.clone() })
            .collect();
        journal.append(&lines).await
    }

    /// Sends the newest version under each nonce, in batches.
    async fn send_raw(&mut self, nonces: &[u64]) -> Result<()> {
        for nonces in nonces.chunks(BATCH) {
            let client = self.chain().provider().client();
            let mut batch = BatchRequest::new(client);
            let mut waiters = Vec::new();
            for nonce in nonces {
                let Some((_, raw)) = self.flight.get(nonce).and_then(|flying| flying.versions.last()) else { continue };
                let waiter = batch
                    .add_call::<_, B256>("eth_sendRawTransaction", &(raw,))
                    .map_err(|error| self.chain().failed("eth_sendRawTransaction", error))?;
                waiters.push((*nonce, waiter));
            }
            let sent = batch.send().await;
            self.chain().asked("eth_sendRawTransaction", sent)?;
            for (nonce, waiter) in waiters {
                if let Err(error) = waiter.await {
                    self.refused(nonce, error)?;
                }
            }
        }
        Ok(())
    }

    /// What a node's refusal of a raw transaction means. Most heal by themselves: the transaction stays in flight, and
    /// `recover` sends, replaces or signs it anew.
    fn refused(&mut self, nonce: u64, error: TransportError) -> Result<()> {
        if is_known_already(&error) {
            return Ok(());
        }
        match self.chain().failed("eth_sendRawTransaction", error) {
            error @ (Error::InsufficientFunds { .. } | Error::Unreachable { .. }) => Err(error),
            // Used: by ours, which the blocks will tell, or by another's, which `recover` will find.
            Error::Nonce { .. } => Ok(()),
            Error::Underpriced { .. } => {
                if let Some(flying) = self.flight.get_mut(&nonce) {
                    flying.signed_in = 0;
                }
                Ok(())
            }
            error => {
                let Some(flying) = self.flight.get_mut(&nonce) else { return Ok(()) };
                flying.refusals += 1;
                if flying.refusals < REFUSALS {
                    return Ok(());
                }
                Err(Error::Pipeline(format!(
                    "the node refuses transaction {nonce} (`{}`) for good: {error}. What came before it is done; the \
                     journal has the rest",
                    flying.job.key
                )))
            }
        }
    }
}

/// Following: from blocks to outcomes.
impl Worker {
    /// Reads the blocks that are new and deep enough. Says whether one had transactions of ours.
    async fn follow(&mut self) -> Result<bool> {
        let newest = self.chain().block_number().await?;
        let deep = (newest + 1).saturating_sub(self.options.confirmations.max(1));
        let mut mined = false;
        while self.read < deep {
            if self.flight.is_empty() {
                self.read = deep;
                break;
            }
            let number = self.read + 1;
            let block = self.chain().provider().get_block_by_number(number.into()).await;
            // A node behind others may not have it yet.
            let Some(block) = self.chain().asked("eth_getBlockByNumber", block)? else { break };
            let ours: Vec<B256> = block.transactions.hashes().filter(|hash| self.nonce_of.contains_key(hash)).collect();
            if !ours.is_empty() {
                mined = true;
                let receipts = self.receipts_of(number, ours).await?;
                self.land(receipts).await?;
            }
            self.read = number;
        }
        if mined {
            self.fees = Fees::current(self.chain(), self.options.max_fee_per_gas).await?;
        }
        Ok(mined)
    }

    /// Our receipts of a block, in one request where the node has `eth_getBlockReceipts`.
    async fn receipts_of(&mut self, block: u64, ours: Vec<B256>) -> Result<Vec<TransactionReceipt>> {
        if self.has_block_receipts {
            let answer = self.chain().provider().get_block_receipts(block.into()).await;
            match self.chain().asked("eth_getBlockReceipts", answer) {
                Ok(Some(receipts)) => {
                    let mut found = receipts;
                    found.retain(|receipt| self.nonce_of.contains_key(&receipt.transaction_hash));
                    return Ok(found);
                }
                Ok(None) | Err(Error::Node { .. }) => self.has_block_receipts = false,
                Err(error) => return Err(error),
            }
        }
        self.receipts(&ours).await
    }

    /// The receipts that there are, in batches.
    async fn receipts(&self, hashes: &[B256]) -> Result<Vec<TransactionReceipt>> {
        let mut found = Vec::new();
        for hashes in hashes.chunks(BATCH) {
            let client = self.chain().provider().client();
            let mut batch = BatchRequest::new(client);
            let mut waiters = Vec::new();
            for hash in hashes {
                let waiter = batch
                    .add_call::<_, Option<TransactionReceipt>>("eth_getTransactionReceipt", &(hash,))
                    .map_err(|error| self.chain().failed("eth_getTransactionReceipt", error))?;
                waiters.push(waiter);
            }
            let sent = batch.send().await;
            self.chain().asked("eth_getTransactionReceipt", sent)?;
            for waiter in waiters {
                found.extend(self.chain().asked("eth_getTransactionReceipt", waiter.await)?);
            }
        }
        Ok(found)
    }

    /// Takes what blocks have out of flight: journal first, then the reader.
    async fn land(&mut self, receipts: Vec<TransactionReceipt>) -> Result<()> {
        let mut landed = Vec::new();
        let mut lines = Vec::new();
        for receipt in receipts {
            let Some(nonce) = self.nonce_of.get(&receipt.transaction_hash).copied() else { continue };
            let Some(flying) = self.flight.remove(&nonce) else { continue };
            for (hash, _) in &flying.versions {
                self.nonce_of.remove(hash);
            }
            lines.push(Line::Ended {
                key: flying.job.key.clone(),
                nonce,
                hash: receipt.transaction_hash,
                block: receipt.block_number.unwrap_or_default(),
                ok: receipt.status(),
            });
            landed.push((flying.job, receipt));
        }
        if let Some(journal) = &self.journal {
            journal.append(&lines).await?;
        }
        for (job, receipt) in landed {
            let status = match receipt.status() {
                true => Status::Done(Receipt::of(&self.suite, receipt)),
                false if self.ran_out_of_gas(&job, &receipt) => {
                    self.again.push_back(Job { gas: job.gas.map(|gas| gas.saturating_mul(2)), ..job });
                    continue;
                }
                false => Status::Failed(self.reason(&job, &receipt).await?),
            };
            self.tell(job.key, status).await;
        }
        Ok(())
    }

    /// Whether our estimate was too low for this one of its kind. All gas but a 64th (EIP-150) is gone then.
    fn ran_out_of_gas(&self, job: &Job, receipt: &TransactionReceipt) -> bool {
        let kind = (job.to, job.data.first_chunk::<4>().map(Selector::from).unwrap_or_default());
        job.gas.is_some_and(|gas| self.gas_of.get(&kind) == Some(&gas) && receipt.gas_used >= gas - gas / 32)
    }

    async fn reason(&self, job: &Job, receipt: &TransactionReceipt) -> Result<Error> {
        let block = receipt.block_number.unwrap_or_default();
        let data = self.chain().revert_data(&self.request(job), block).await?;
        let error = Error::reverted(&self.name(job), &data);
        Ok(self.suite.with_missing_role(error, job.to, &job.data).await)
    }
}

/// Recovering: what was forgotten, replaced, stuck, or left by an earlier run.
impl Worker {
    async fn recover_when_due(&mut self) -> Result<()> {
        let Some(flying) = self.flight.values().next() else { return Ok(()) };
        let waited = self.read.saturating_sub(flying.sent_in.max(self.recovered_in));
        let silent = self.progress.elapsed().min(self.recovered.elapsed());
        if waited < self.options.resend_blocks && silent < self.options.resend_time {
            return Ok(());
        }
        if self.progress.elapsed() > self.options.patience {
            return Err(Error::Pipeline(format!(
                "no block has taken any of {} transactions in flight for {} s: is the chain making blocks, and does {} have \
                 ether? The journal has them; run again to continue",
                self.flight.len(),
                self.options.patience.as_secs(),
                self.account
            )));
        }
        self.recover().await
    }

    /// Looks up what happened to everything in flight, and sends again what no block and perhaps no pool has.
    async fn recover(&mut self) -> Result<()> {
        (self.recovered, self.recovered_in) = (Instant::now(), self.read);
        let used = self.chain().provider().get_transaction_count(self.account).await;
        let used = self.chain().asked("eth_getTransactionCount", used)?;

        // Below the account's nonce: mined, ours or another's.
        let hashes: Vec<B256> =
            self.flight.range(..used).flat_map(|(_, flying)| flying.versions.iter().map(|(hash, _)| *hash)).collect();
        let deep = self.read;
        let mut receipts = self.receipts(&hashes).await?;
        // The rest is deeper soon, and `follow` finds it.
        let too_fresh: HashSet<B256> = receipts
            .iter()
            .filter(|receipt| receipt.block_number.unwrap_or_default() > deep)
            .map(|receipt| receipt.transaction_hash)
            .collect();
        receipts.retain(|receipt| !too_fresh.contains(&receipt.transaction_hash));
        self.land(receipts).await?;
        self.give_up_nonces(used, &too_fresh);

        // Above it: in a pool, or forgotten. Sending again tells which, and changes nothing in the first case.
        self.replace_stuck().await?;
        let waiting: Vec<u64> = self.flight.range(used..).map(|(nonce, _)| *nonce).collect();
        self.send_raw(&waiting).await
    }

    /// Another's transaction used a nonce of ours: ours can never be mined, so its job gets a new nonce.
    fn give_up_nonces(&mut self, used: u64, too_fresh: &HashSet<B256>) {
        self.next_nonce = self.next_nonce.max(used);
        let mut lost = Vec::new();
        for (nonce, flying) in self.flight.range_mut(..used) {
            if flying.versions.iter().any(|(hash, _)| too_fresh.contains(hash)) {
                continue;
            }
            flying.looks += 1;
            if flying.looks >= LOOKS {
                lost.push(*nonce);
            }
        }
        for flying in lost.iter().filter_map(|nonce| self.flight.remove(nonce)) {
            for (hash, _) in &flying.versions {
                self.nonce_of.remove(hash);
            }
            self.again.push_back(flying.job);
        }
    }

    /// Replaces the lowest transaction when blocks passed it by, and with it all that offer less than the chain now asks.
    async fn replace_stuck(&mut self) -> Result<()> {
        let Some(lowest) = self.flight.values().next() else { return Ok(()) };
        if self.read.saturating_sub(lowest.signed_in) < self.options.replace_blocks {
            return Ok(());
        }
        let limit = self.options.max_fee_per_gas;
        self.fees = Fees::current(self.chain(), limit).await?;
        let current = self.fees;
        let lowest = self.flight.keys().next().copied();
        let stuck: Vec<(u64, Fees)> = self
            .flight
            .iter()
            .filter(|(nonce, flying)| Some(**nonce) == lowest || flying.fees.is_none_or(|fees| fees.is_below(current)))
            .map(|(nonce, flying)| (*nonce, flying.fees.map_or(current, |fees| fees.replacing(current, limit))))
            .collect();

        let work = stuck.iter().filter_map(|(nonce, fees)| Some((&self.flight.get(nonce)?.job, *nonce, *fees)));
        let signed = self.sign(work).await?;
        self.write(
            stuck
                .iter()
                .zip(&signed)
                .filter_map(|((nonce, _), version)| Some((self.flight.get(nonce)?.job.key.as_str(), *nonce, version))),
        )
        .await?;
        for ((nonce, fees), version) in stuck.into_iter().zip(signed) {
            if let Some(flying) = self.flight.get_mut(&nonce) {
                self.nonce_of.insert(version.0, nonce);
                flying.versions.push(version);
                flying.fees = Some(fees);
                flying.signed_in = self.read;
            }
        }
        Ok(())
    }
}

/// The job of a transaction that an earlier run signed, for a replacement or a new nonce.
fn job_of(key: &str, raw: Option<&Bytes>) -> Result<Job> {
    use alloy::consensus::{Transaction as _, TxEnvelope};
    use alloy::eips::eip2718::Decodable2718 as _;
    let broken =
        || Error::Pipeline(format!("the journal's transaction of `{key}` cannot be read: the file was changed"));
    let raw = raw.ok_or_else(broken)?;
    let signed = TxEnvelope::decode_2718(&mut raw.as_ref()).map_err(|_| broken())?;
    let to = signed.to().ok_or_else(broken)?;
    Ok(Job::new(key, to, signed.input().clone()).with_value(signed.value()).with_gas(signed.gas_limit()))
}
