//! One verb with its arguments, before it is sent.
//!
//! A [`Call`] can be looked at ([`Call::calldata`]), asked ([`Call::ask`]), tried without sending ([`Call::dry_run`]), sent
//! ([`Call::send`]), handed to the pipeline ([`Call::job`]), or, where the administration demands a delay, scheduled
//! ([`Call::schedule`]) and executed later ([`Call::execute`]).

use alloy::primitives::aliases::U48;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::Provider;
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::sol_types::SolCall;
use theriac_bindings::administration::Administration;

use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::events::RoomLog;
use crate::pipeline::Job;
use crate::suite::Suite;

/// A verb of a room with its arguments.
#[derive(Clone, Debug)]
pub struct Call<C> {
    pub(crate) suite: Suite,
    pub(crate) to: Address,
    pub(crate) call: C,
    /// Ether that goes with it, in wei.
    pub(crate) value: U256,
}

/// A transaction that a block has, and that succeeded.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Receipt {
    /// Hash of the transaction.
    pub hash: B256,
    /// The block that has it.
    pub block_number: u64,
    /// What it cost.
    pub gas_used: u64,
    /// What the rooms told, in order.
    pub events: Vec<RoomLog>,
}

/// When a scheduled verb can be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Scheduled {
    /// Id of the operation in the `AccessManager`; the guardian cancels by it.
    pub operation: B256,
    /// First second in which it can be executed.
    pub executable_at: u64,
    /// First second in which it can no longer be executed.
    pub expires_at: u64,
}

/// How long a scheduled operation stays executable: `AccessManager.expiration()`, one week.
const EXPIRATION: u64 = 7 * 24 * 60 * 60;

impl<C: SolCall + Clone + Send + Sync> Call<C> {
    /// The contract that is called.
    pub fn to(&self) -> Address {
        self.to
    }

    /// The same verb with ether, in wei.
    #[must_use]
    pub(crate) fn with_value(self, value: U256) -> Self {
        Self { value, ..self }
    }

    /// Ether that goes with it, in wei.
    pub fn value(&self) -> U256 {
        self.value
    }

    /// The ABI-encoded call.
    pub fn calldata(&self) -> Bytes {
        self.call.abi_encode().into()
    }

    /// Room and verb: `Catalog.registerLot`.
    pub fn name(&self) -> String {
        let verb = C::SIGNATURE.split('(').next().unwrap_or_default();
        format!("{}.{verb}", self.suite.contract_at(self.to).unwrap_or("contract"))
    }

    /// The transaction without nonce, gas and fees.
    pub fn request(&self) -> TransactionRequest {
        TransactionRequest::default()
            .from(self.suite.chain().account())
            .to(self.to)
            .value(self.value)
            .input(self.calldata().into())
    }

    /// Calls without sending, at the newest block, and answers what the verb would return.
    pub async fn ask(&self) -> Result<C::Return> {
        match self.ask_plainly().await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.suite.with_missing_role(error, self.to, &self.calldata()).await),
        }
    }

    /// As [`Call::ask`], without looking for the reason of a refusal: for the look itself.
    pub(crate) async fn ask_plainly(&self) -> Result<C::Return> {
        let chain = self.suite.chain();
        let answer = chain.asked(&self.name(), chain.provider().call(self.request()).await)?;
        C::abi_decode_returns(&answer).map_err(|error| Error::Answer(format!("{}: {error}", self.name())))
    }

    /// The gas that the node estimates.
    pub async fn estimate(&self) -> Result<u64> {
        let chain = self.suite.chain();
        match chain.asked(&self.name(), chain.provider().estimate_gas(self.request()).await) {
            Ok(gas) => Ok(gas),
            Err(error) => Err(self.suite.with_missing_role(error, self.to, &self.calldata()).await),
        }
    }

    /// Executes the call in process on the newest state and says what it would do. Nothing is sent.
    pub async fn dry_run(&self) -> Result<DryRun> {
        match crate::dry_run::run(&self.suite, &self.name(), self.request()).await {
            Ok(run) => Ok(run),
            Err(error) => Err(self.suite.with_missing_role(error, self.to, &self.calldata()).await),
        }
    }

    /// Signs, sends, and waits until a block has it.
    pub async fn send(&self) -> Result<Receipt> {
        match self.suite.chain().send(&self.name(), self.request()).await {
            Ok(receipt) => Ok(Receipt::of(&self.suite, receipt)),
            Err(error) => Err(self.suite.with_missing_role(error, self.to, &self.calldata()).await),
        }
    }

    /// For the pipeline, under a key that names this piece of work for ever.
    pub fn job(&self, key: impl Into<String>) -> Job {
        Job::new(key, self.to, self.calldata()).with_value(self.value)
    }

    /// Seconds that the signer's account has to wait between announcing this verb and executing it; 0 when it may act at once,
    /// none when it may not at all. For verbs that the `AccessManager` guards.
    pub async fn delay(&self) -> Result<Option<u32>> {
        let selector = C::SELECTOR.into();
        let caller = self.suite.chain().account();
        let call = Administration::canCallCall { caller, target: self.to, selector };
        let answer = self.through_administration(call).ask().await?;
        Ok((answer.immediate || answer.delay > 0).then_some(answer.delay))
    }

    /// Announces the verb to the `AccessManager`, for accounts with an execution delay: `enrolPowerful`, `reinstate`. The
    /// guardian can cancel it until it is executed.
    pub async fn schedule(&self) -> Result<Scheduled> {
        let call = Administration::scheduleCall { target: self.to, data: self.calldata(), when: U48::ZERO };
        self.through_administration(call).send().await?;
        self.scheduled(self.suite.chain().account()).await?.ok_or_else(|| {
            Error::Answer(format!("{} was scheduled, but the administration does not know it", self.name()))
        })
    }

    /// The schedule of this very verb by `caller`, if there is one that has not expired.
    pub async fn scheduled(&self, caller: Address) -> Result<Option<Scheduled>> {
        let hash = Administration::hashOperationCall { caller, target: self.to, data: self.calldata() };
        let operation = self.through_administration(hash).ask().await?;
        let executable_at =
            self.through_administration(Administration::getScheduleCall { id: operation }).ask().await?;
        let executable_at = executable_at.to::<u64>();
        Ok((executable_at > 0).then_some(Scheduled {
            operation,
            executable_at,
            expires_at: executable_at.saturating_add(EXPIRATION),
        }))
    }

    /// Executes what was scheduled, once its time has come.
    pub async fn execute(&self) -> Result<Receipt> {
        self.through_administration(Administration::executeCall { target: self.to, data: self.calldata() }).send().await
    }

    /// Takes back what `caller` scheduled. The caller itself or the guardian can.
    pub async fn cancel(&self, caller: Address) -> Result<Receipt> {
        let call = Administration::cancelCall { caller, target: self.to, data: self.calldata() };
        self.through_administration(call).send().await
    }

    fn through_administration<D: SolCall>(&self, call: D) -> Call<D> {
        self.suite.call(self.suite.deployment().administration, call)
    }
}

impl Receipt {
    pub(crate) fn of(suite: &Suite, receipt: TransactionReceipt) -> Self {
        let events = receipt.inner.logs().iter().filter_map(|log| suite.event_of(log)).collect();
        Self {
            hash: receipt.transaction_hash,
            block_number: receipt.block_number.unwrap_or_default(),
            gas_used: receipt.gas_used,
            events,
        }
    }
}
