//! Deals of `Escrow`, and how a payer of tokens agrees to one by a signature.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::{escrow::Escrow as abi, market::Market as market_abi};

use crate::eip712;
use crate::types::seconds;

/// The terms of a deal, fixed at its opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deal {
    /// Whom alone it obeys, and only in how it is divided between payer and payee.
    pub opener: Address,
    /// Whose money it is.
    pub payer: Address,
    /// Who may be paid.
    pub payee: Address,
    /// ERC-20 token, [`super::ETHER`] for ether.
    pub token: Address,
    /// From this second on anyone can send it back to the payer.
    pub reclaimable_at: u64,
    /// What it is for, as the opener numbers it: of `Market`, the purchase.
    pub subject: B256,
}

/// What a payer signs to agree to one deal (EIP-712).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    /// Who may open the deal.
    pub opener: Address,
    /// Who pays, and signs.
    pub payer: Address,
    /// Who may be paid.
    pub payee: Address,
    /// The token; never ether, which comes with the call.
    pub token: Address,
    /// Exactly how much.
    pub amount: U256,
    /// Last second at which the permission may be used.
    pub until: u64,
    /// The latest [`Deal::reclaimable_at`] that it allows.
    pub reclaimable_by: u64,
    /// Any number that the payer has not used before.
    pub nonce: U256,
}

/// A signed permission, with the token's own permit where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Last second at which it may be used.
    pub until: u64,
    /// The latest [`Deal::reclaimable_at`] that it allows.
    pub reclaimable_by: u64,
    /// Of the permission.
    pub nonce: U256,
    /// The payer's, over the [`Permission`].
    pub signature: Bytes,
    /// Deadline of the token's permit (ERC-2612).
    pub permit_until: u64,
    /// The payer's over that permit, for `Escrow` and exactly the deal's amount; empty where the allowance is there.
    pub permit_signature: Bytes,
}

impl Deal {
    /// Its id: the hash of these terms.
    pub fn id(&self) -> B256 {
        keccak256(abi::Deal::from(self).abi_encode())
    }
}

impl Permission {
    /// The permission with its signature, without a permit.
    pub fn signed(&self, signature: Bytes) -> Consent {
        Consent {
            until: self.until,
            reclaimable_by: self.reclaimable_by,
            nonce: self.nonce,
            signature,
            permit_until: 0,
            permit_signature: Bytes::new(),
        }
    }
}

impl From<&Deal> for abi::Deal {
    fn from(deal: &Deal) -> Self {
        Self {
            opener: deal.opener,
            payer: deal.payer,
            payee: deal.payee,
            token: deal.token,
            reclaimableAt: seconds(deal.reclaimable_at),
            subject: deal.subject,
        }
    }
}

impl From<market_abi::Deal> for Deal {
    fn from(deal: market_abi::Deal) -> Self {
        Self {
            opener: deal.opener,
            payer: deal.payer,
            payee: deal.payee,
            token: deal.token,
            reclaimable_at: deal.reclaimableAt.to(),
            subject: deal.subject,
        }
    }
}

impl From<&Permission> for eip712::Permission {
    fn from(permission: &Permission) -> Self {
        Self {
            opener: permission.opener,
            payer: permission.payer,
            payee: permission.payee,
            token: permission.token,
            amount: permission.amount,
            until: seconds(permission.until),
            reclaimableBy: seconds(permission.reclaimable_by),
            nonce: permission.nonce,
        }
    }
}

macro_rules! consent_of {
    ($($abi:ident),*) => {$(
        impl From<&Consent> for $abi::Consent {
            fn from(consent: &Consent) -> Self {
                Self {
                    until: seconds(consent.until),
                    reclaimableBy: seconds(consent.reclaimable_by),
                    nonce: consent.nonce,
                    signature: consent.signature.clone(),
                    permitUntil: U256::from(consent.permit_until),
                    permitSignature: consent.permit_signature.clone(),
                }
            }
        }
    )*};
}
consent_of!(abi, market_abi);
