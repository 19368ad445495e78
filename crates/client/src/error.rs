//! What can go wrong, each with what to do.
//!
//! A revert is a typed Solidity error ([`crate::revert::Revert`]); nobody matches on strings. Nodes give no codes for what
//! they refuse before a contract runs (nonce, funds, fees), so their wording is read in one place: `Error::from_node`.

use std::path::PathBuf;

use alloy::primitives::{Address, B256, Bytes};
use alloy::transports::{RpcError, TransportError};

use crate::revert::{Missing, Revert};

/// The client's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong between a verb and its effect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The contract refused.
    #[error("{call} was refused: {revert}{}", missing.as_ref().map(|m| format!(". {m}")).unwrap_or_default())]
    Reverted {
        /// Room and verb, `Catalog.registerLot`.
        call: String,
        /// The typed Solidity error.
        revert: Box<Revert>,
        /// The administrative role that the caller lacks, if that is the reason.
        missing: Option<Missing>,
    },
    /// Nobody answers at the RPC address.
    #[error("no node answers at {url}: {reason}. Start one with `theriac chain start`, or give another address")]
    Unreachable {
        /// Where.
        url: String,
        /// What the transport said.
        reason: String,
    },
    /// The node runs another chain than the deployment is on.
    #[error(
        "the node at {url} runs chain {found}, but the deployment is on chain {expected}: use a node of chain {expected}, or the deployment of chain {found}"
    )]
    WrongChain {
        /// The node.
        url: String,
        /// Chain of the deployment.
        expected: u64,
        /// Chain of the node.
        found: u64,
    },
    /// There is no code where the deployment says that a room is.
    #[error(
        "{contract} is not at {address} on chain {chain_id}: the chain was started anew or the deployment file is of another one. Run `theriac deploy`"
    )]
    NotDeployed {
        /// Name of the contract.
        contract: &'static str,
        /// Where it should be.
        address: Address,
        /// On this chain.
        chain_id: u64,
    },
    /// Other code than ours at the address.
    #[error(
        "the code at {address} is not that of {contract}: this client and the deployment are of different versions"
    )]
    OtherCode {
        /// Name of the contract.
        contract: &'static str,
        /// Where it is.
        address: Address,
    },
    /// A verb without a signer.
    #[error("no account to sign with: give a keystore file, or a private key in the environment")]
    NoSigner,
    /// The account cannot pay.
    #[error("{account} has not enough ether for gas on chain {chain_id}: send it some. The node says: {reason}")]
    InsufficientFunds {
        /// Who should pay.
        account: Address,
        /// On this chain.
        chain_id: u64,
        /// The node's words.
        reason: String,
    },
    /// Another program sends from the same account.
    #[error(
        "the nonce of {account} was used by another transaction: is another program sending from this account? Try again. The node says: {reason}"
    )]
    Nonce {
        /// Whose nonce.
        account: Address,
        /// The node's words.
        reason: String,
    },
    /// The offered fee is below what the node takes.
    #[error("the node takes only higher fees now: try again. It says: {reason}")]
    Underpriced {
        /// The node's words.
        reason: String,
    },
    /// The node refused a request for another reason.
    #[error("the node refused the request ({code}): {message}")]
    Node {
        /// JSON-RPC error code.
        code: i64,
        /// The node's words.
        message: String,
    },
    /// An answer that makes no sense.
    #[error("the node's answer could not be read: {0}")]
    Answer(String),
    /// A transaction was sent and no block has it yet.
    #[error(
        "transaction {hash} was sent, but no block has it after {seconds} s: it may still be mined; ask the node for its receipt before sending again"
    )]
    NotMined {
        /// The transaction.
        hash: B256,
        /// How long was waited.
        seconds: u64,
    },
    /// A number that is not in one of the contracts' closed lists.
    #[error("the chain answers {number}, which is no {kind} that this version knows: upgrade")]
    UnknownNumber {
        /// Of which list.
        kind: &'static str,
        /// The number.
        number: u8,
    },
    /// A word that is not in one of the closed lists.
    #[error("`{word}` is not a {kind}: use one of {}", known.join(", "))]
    UnknownWord {
        /// Of which list.
        kind: &'static str,
        /// The word.
        word: String,
        /// What there is.
        known: &'static [&'static str],
    },
    /// The deployment parameters are unsafe.
    #[error("{0}")]
    Parameters(String),
    /// No deployment is known for the chain.
    #[error("no deployment of chain {chain_id} at {}: run `theriac deploy`, or copy the file from whom deployed", path.display())]
    NoDeployment {
        /// Of this chain.
        chain_id: u64,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file whose contents are wrong.
    #[error("{}{}: {reason}", path.display(), line.map(|l| format!(", line {l}")).unwrap_or_default())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1, if it has lines.
        line: Option<usize>,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A key or keystore that cannot be used.
    #[error("{0}")]
    Signer(String),
    /// The in-process EVM could not run the call.
    #[error("the dry run failed: {0}")]
    DryRun(String),
    /// What was named as a token is none.
    #[error("there is no ERC-20 token at {0} on this chain: check the address")]
    NoToken(Address),
    /// A content store could not do what it was asked.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The proofs of a lot are not to be had.
    #[error(transparent)]
    Lots(#[from] crate::lots::LotsError),
    /// The records of a device cannot be written or read.
    #[error(transparent)]
    Logs(#[from] crate::logs::LogsError),
    /// A signed request cannot be relayed.
    #[error(transparent)]
    Relay(#[from] crate::relay::RelayError),
    /// A version of a device profile that cannot be made.
    #[error(transparent)]
    Mds(#[from] crate::mds::MdsError),
    /// A FHIR server did not do what it was asked.
    #[error(transparent)]
    FhirServer(#[from] crate::fhir_server::ServerError),
    /// A question to the oracle, or an answer, is not in order.
    #[error(transparent)]
    Oracle(#[from] crate::oracle::OracleError),
    /// The pipeline gave up.
    #[error("{0}")]
    Pipeline(String),
}

impl Error {
    /// The contract's refusal, if that is what happened.
    pub fn revert(&self) -> Option<&Revert> {
        match self {
            Self::Reverted { revert, .. } => Some(revert),
            _ => None,
        }
    }

    /// Whether another attempt may succeed without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Underpriced { .. } | Self::Nonce { .. })
    }

    pub(crate) fn reverted(call: &str, data: &Bytes) -> Self {
        Self::Reverted { call: call.to_owned(), revert: Box::new(Revert::decode(data)), missing: None }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }
}

/// Who asked, for [`Error::from_node`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub url: &'a str,
    pub chain_id: u64,
    pub account: Address,
    pub call: &'a str,
}

impl Error {
    /// Sorts what a node or its transport said.
    pub(crate) fn from_node(error: TransportError, asked: Asked<'_>) -> Self {
        let payload = match error {
            RpcError::ErrorResp(payload) => payload,
            RpcError::Transport(error) => {
                return Self::Unreachable { url: asked.url.to_owned(), reason: innermost(&error) };
            }
            other => return Self::Answer(other.to_string()),
        };
        if let Some(data) = payload.as_revert_data() {
            return Self::reverted(asked.call, &data);
        }
        let (code, message) = (payload.code, payload.message.into_owned());
        let said = message.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["execution reverted"]) {
            return Self::reverted(asked.call, &Bytes::new());
        }
        if says(&["insufficient funds", "insufficient balance"]) {
            return Self::InsufficientFunds { account: asked.account, chain_id: asked.chain_id, reason: message };
        }
        if says(&["nonce too low", "invalid nonce", "nonce too high"]) {
            return Self::Nonce { account: asked.account, reason: message };
        }
        if says(&["underpriced", "fee too low", "less than block base fee", "insufficient fee"]) {
            return Self::Underpriced { reason: message };
        }
        Self::Node { code, message }
    }
}

/// The last cause says what happened ("Connection refused"); those above it only where.
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Whether the node refused a raw transaction only because it has it already.
pub(crate) fn is_known_already(error: &TransportError) -> bool {
    error.as_error_resp().is_some_and(|payload| {
        let said = payload.message.to_ascii_lowercase();
        ["already known", "already imported", "known transaction", "already in mempool", "tx already exists in cache"]
            .iter()
            .any(|words| said.contains(words))
    })
}
