//! A connection to one chain: provider, account, and how transactions are sent and awaited.

use std::time::{Duration, Instant};

use alloy::network::Ethereum;
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::{DynProvider, PendingTransactionBuilder, Provider, ProviderBuilder};
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::transports::{TransportError, TransportResult};

use crate::error::{Asked, Error, Result};
use crate::signer::Signer;

/// How long a single transaction is waited for before [`Error::NotMined`].
const PATIENCE: Duration = Duration::from_secs(180);

/// A connection to a node. Cloning it is cheap and shares the connection.
#[derive(Clone, Debug)]
pub struct Chain {
    url: String,
    chain_id: u64,
    provider: DynProvider,
    signer: Option<Signer>,
}

impl Chain {
    /// Connects to `url` (HTTP) and asks for the chain id. Without a signer only views and dry runs are possible.
    pub async fn connect(url: &str, signer: Option<Signer>) -> Result<Self> {
        let endpoint = url.parse().map_err(|error| {
            Error::Parameters(format!("`{url}` is no RPC address ({error}): http://127.0.0.1:8545"))
        })?;
        // The nonce is asked for each transaction: alloy's cached counter would leave a gap behind every refused estimate.
        let builder = ProviderBuilder::default().with_gas_estimation().with_simple_nonce_management().fetch_chain_id();
        let provider = match &signer {
            Some(signer) => builder.wallet(signer.wallet()).connect_http(endpoint).erased(),
            None => builder.connect_http(endpoint).erased(),
        };
        // The default of alloy supposes blocks of seven seconds.
        provider.client().set_poll_interval(Duration::from_millis(100));
        let mut chain = Self { url: url.to_owned(), chain_id: 0, provider, signer };
        chain.chain_id = chain.asked("eth_chainId", chain.provider.get_chain_id().await)?;
        Ok(chain)
    }

    /// The same node for another account.
    pub async fn with_signer(&self, signer: Signer) -> Result<Self> {
        Self::connect(&self.url, Some(signer)).await
    }

    /// The RPC address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The chain id (EIP-155).
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// alloy's provider, for what this crate has no verb for.
    pub fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// Who signs.
    pub fn signer(&self) -> Result<&Signer> {
        self.signer.as_ref().ok_or(Error::NoSigner)
    }

    /// The account that calls are made from: the signer's, or none's.
    pub fn account(&self) -> Address {
        self.signer.as_ref().map(Signer::address).unwrap_or_default()
    }

    /// Number of the newest block.
    pub async fn block_number(&self) -> Result<u64> {
        self.asked("eth_blockNumber", self.provider.get_block_number().await)
    }

    /// Time of the newest block, which is what contracts compare with.
    pub async fn now(&self) -> Result<u64> {
        let block = self.provider.get_block(alloy::eips::BlockId::latest()).await;
        let block = self.asked("eth_getBlockByNumber", block)?;
        Ok(block.ok_or_else(|| Error::Answer("no newest block".to_owned()))?.header.timestamp)
    }

    /// Time of a block.
    pub async fn time_of(&self, block: u64) -> Result<u64> {
        let found = self.asked("eth_getBlockByNumber", self.provider.get_block(block.into()).await)?;
        Ok(found.ok_or_else(|| Error::Answer(format!("no block {block}")))?.header.timestamp)
    }

    /// Sorts a failure of the node.
    pub(crate) fn asked<T>(&self, call: &str, answer: TransportResult<T>) -> Result<T> {
        answer.map_err(|error| self.failed(call, error))
    }

    pub(crate) fn failed(&self, call: &str, error: TransportError) -> Error {
        Error::from_node(error, Asked { url: &self.url, chain_id: self.chain_id, account: self.account(), call })
    }

    /// Sends a transaction and waits until a block has it. A reverted one is an error with the decoded reason.
    pub(crate) async fn send(&self, call: &str, request: TransactionRequest) -> Result<TransactionReceipt> {
        let request = request.from(self.signer()?.address());
        let pending = self.asked(call, self.provider.send_transaction(request.clone()).await)?;
        let receipt = self.receipt(call, pending).await?;
        if receipt.status() {
            return Ok(receipt);
        }
        let data = self.revert_data(&request, receipt.block_number.unwrap_or_default()).await?;
        Err(Error::reverted(call, &data))
    }

    pub(crate) async fn receipt(
        &self,
        call: &str,
        pending: PendingTransactionBuilder<Ethereum>,
    ) -> Result<TransactionReceipt> {
        let hash: B256 = *pending.tx_hash();
        let started = Instant::now();
        loop {
            if let Some(receipt) = self.asked(call, self.provider.get_transaction_receipt(hash).await)? {
                return Ok(receipt);
            }
            if started.elapsed() > PATIENCE {
                return Err(Error::NotMined { hash, seconds: PATIENCE.as_secs() });
            }
            tokio::time::sleep(self.provider.client().poll_interval()).await;
        }
    }

    /// What the call reverts with at the end of `block`, else at its beginning; empty when it does so at neither: then an
    /// earlier transaction of the block was the cause, or the gas.
    pub(crate) async fn revert_data(&self, request: &TransactionRequest, block: u64) -> Result<Bytes> {
        for number in [block, block.saturating_sub(1)] {
            match self.provider.call(request.clone()).block(number.into()).await {
                Ok(_) => continue,
                Err(error) => match error.as_error_resp().and_then(|payload| payload.as_revert_data()) {
                    Some(data) => return Ok(data),
                    None => continue,
                },
            }
        }
        Ok(Bytes::new())
    }
}
