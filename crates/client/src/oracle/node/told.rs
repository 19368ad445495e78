//! What a node tells of its work. Nothing of it names a patient, has a value or a secret: it may go to any log.

use std::fmt;
use std::time::Duration;

use alloy::primitives::B256;

use crate::error::Error;

/// One thing that a node tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// It answered.
    Answered {
        /// What.
        question: B256,
        /// The transaction.
        transaction: B256,
    },
    /// It will not answer, unless it is started anew with other options.
    Declined {
        /// What.
        question: B256,
        /// Why.
        why: String,
    },
    /// It cannot answer yet.
    Waiting {
        /// What.
        question: B256,
        /// Why.
        why: String,
        /// When it looks again.
        pause: Duration,
    },
    /// The deadline went by.
    Missed {
        /// What.
        question: B256,
    },
    /// Nothing can be done for a while.
    Trouble {
        /// Why.
        why: String,
        /// When it goes on.
        pause: Duration,
    },
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { question, transaction } => {
                write!(f, "question {question}: answered in transaction {transaction}")
            }
            Self::Declined { question, why } => write!(f, "question {question}: not answered: {why}"),
            Self::Waiting { question, why, pause } => {
                write!(f, "question {question}: no answer yet: {why}; next look in {} s", pause.as_secs())
            }
            Self::Missed { question } => write!(f, "question {question}: the deadline went by without an answer"),
            Self::Trouble { why, pause } => write!(f, "{why}; going on in {} s", pause.as_secs()),
        }
    }
}

/// What happened, without addresses (which may have keys in them) and what others said.
pub(super) fn summary(error: &Error) -> String {
    match error {
        Error::Unreachable { .. } => "the chain's node does not answer".to_owned(),
        Error::Reverted { revert, .. } => format!("the contract refused: {}", revert.name()),
        Error::FhirServer(error) => error.summary(),
        Error::Oracle(error) => error.summary(),
        Error::Store(_) => "the content store does not do its part".to_owned(),
        Error::InsufficientFunds { .. } => "this node's account has not enough ether for gas".to_owned(),
        Error::Nonce { .. } => "another program sends from this node's account".to_owned(),
        Error::Underpriced { .. } => "the chain takes only higher fees now".to_owned(),
        Error::Node { code, .. } => format!("the chain's node refused a request ({code})"),
        Error::Answer(_) => "an answer of the chain's node cannot be read".to_owned(),
        Error::NotMined { hash, seconds } => format!("no block has transaction {hash} after {seconds} s"),
        Error::WrongChain { expected, found, .. } => format!("the node runs chain {found}, not {expected}"),
        _ => "something failed that is no fault of chain, store or server".to_owned(),
    }
}
