//! What a call would do, computed in process on the state of one block. Nothing is sent.
//!
//! revm fetches accounts and slots from the node as the call touches them (its `alloydb`), all of the same block. So a node needs
//! only what every node has: balance, code, nonce and storage.

use alloy::consensus::BlockHeader as _;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{DynProvider, Provider};
use alloy::rpc::types::TransactionRequest;
use revm::context::result::{ExecutionResult, ResultAndState};
use revm::context::{BlockEnv, TxEnv};
use revm::database::{AlloyDB, BlockId, CacheDB};
use revm::database_interface::WrapDatabaseAsync;
use revm::primitives::hardfork::SpecId;
use revm::{Context, ExecuteEvm, MainBuilder, MainContext};

use crate::error::{Error, Result};
use crate::events::RoomEvent;
use crate::suite::Suite;

/// What a call would do.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DryRun {
    /// The block on whose state it was computed.
    pub block_number: u64,
    /// What it would cost.
    pub gas_used: u64,
    /// What the rooms would tell.
    pub events: Vec<RoomEvent>,
    /// Storage slots that were zero and would not be any more: the price that only rises.
    pub new_slots: Vec<(Address, B256)>,
    /// Slots that would change otherwise.
    pub changed_slots: usize,
    /// What the verb would return, ABI-encoded.
    pub output: Bytes,
}

/// Runs the call on the state of the newest block, as part of the block after it. A refusal is an error with the decoded reason.
pub(crate) async fn run(suite: &Suite, call: &str, request: TransactionRequest) -> Result<DryRun> {
    let chain = suite.chain();
    let newest = chain.asked("eth_getBlockByNumber", chain.provider().get_block(BlockId::latest()).await)?;
    let header = newest.ok_or_else(|| Error::Answer("no newest block".to_owned()))?.header;
    let account = request.from.unwrap_or_default();
    let nonce = chain.provider().get_transaction_count(account).block_id(header.number().into()).await;
    let transaction = TxEnv::builder()
        .caller(account)
        .nonce(chain.asked("eth_getTransactionCount", nonce)?)
        .chain_id(Some(chain.chain_id()))
        .to(request.to.and_then(|to| to.to().copied()).unwrap_or_default())
        .value(request.value.unwrap_or_default())
        .data(request.input.input().cloned().unwrap_or_default())
        // EIP-7825 caps a transaction there; a chain with smaller blocks could not take it either.
        .gas_limit(header.gas_limit().min(1 << 24))
        .build()
        .map_err(|error| Error::DryRun(format!("{error:?}")))?;
    let block = BlockEnv {
        number: U256::from(header.number() + 1),
        timestamp: U256::from(header.timestamp().max(seconds_since_1970())),
        gas_limit: header.gas_limit(),
        beneficiary: header.beneficiary(),
        prevrandao: Some(B256::ZERO),
        ..BlockEnv::default()
    };
    let outcome = execute(chain.provider().clone(), header.number(), chain.chain_id(), block, transaction).await?;
    read(suite, call, header.number(), outcome)
}

fn seconds_since_1970() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// revm is synchronous and fetches in the middle of its work, so it gets a thread of its own; the node's answers come through
/// the caller's runtime.
async fn execute(
    provider: DynProvider,
    state_of: u64,
    chain_id: u64,
    block: BlockEnv,
    transaction: TxEnv,
) -> Result<ResultAndState> {
    let runtime = tokio::runtime::Handle::current();
    let work = move || {
        let live = WrapDatabaseAsync::with_handle(AlloyDB::new(provider, BlockId::from(state_of)), runtime);
        let mut evm = Context::mainnet()
            .with_db(CacheDB::new(live))
            .with_block(block)
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::PRAGUE);
                cfg.chain_id = chain_id;
                cfg.disable_balance_check = true;
                cfg.disable_base_fee = true;
            })
            .build_mainnet();
        evm.transact(transaction).map_err(|error| Error::DryRun(error.to_string()))
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::DryRun(error.to_string()))?
}

fn read(suite: &Suite, call: &str, block_number: u64, outcome: ResultAndState) -> Result<DryRun> {
    let (gas_used, logs, output) = match outcome.result {
        ExecutionResult::Success { gas, logs, output, .. } => (gas.tx_gas_used(), logs, output.into_data()),
        ExecutionResult::Revert { output, .. } => return Err(Error::reverted(call, &output)),
        ExecutionResult::Halt { reason, .. } => return Err(Error::DryRun(format!("{call} stops: {reason:?}"))),
    };
    let mut new_slots = Vec::new();
    let mut changed_slots = 0;
    for (address, account) in &outcome.state {
        for (slot, value) in account.changed_storage_slots() {
            if value.original_value().is_zero() {
                new_slots.push((*address, B256::from(*slot)));
            } else {
                changed_slots += 1;
            }
        }
    }
    new_slots.sort_unstable();
    let events = logs.iter().filter_map(|log| suite.decode(log)).collect();
    Ok(DryRun { block_number, gas_used, events, new_slots, changed_slots, output })
}
