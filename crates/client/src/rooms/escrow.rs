//! `Escrow`: whose money is this?

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{Eip712Domain, SolStruct};
use theriac_bindings::escrow::Escrow as abi;

use crate::call::Call;
use crate::eip712;
use crate::error::Result;
use crate::signer::Signer;
use crate::trade::{Consent, Deal, ETHER, Permission};

super::room!(
    /// Whose money is this?
    Escrow, escrow
);

impl Escrow {
    /// Opens a deal with money of its payer; ether goes with the call. Caller: the deal's opener.
    pub fn open(&self, deal: &Deal, amount: U256) -> Call<abi::openCall> {
        let value = if deal.token == ETHER { amount } else { U256::ZERO };
        self.call(abi::openCall { terms: deal.into(), amount }).with_value(value)
    }

    /// As [`Escrow::open`] in tokens, with the payer's signed permission.
    pub fn open_permitted(&self, deal: &Deal, amount: U256, consent: &Consent) -> Call<abi::openPermittedCall> {
        self.call(abi::openPermittedCall { terms: deal.into(), amount, consent: consent.into() })
    }

    /// Credits all that the deal holds to its payee. Caller: its opener.
    pub fn pay(&self, deal: &Deal) -> Call<abi::payCall> {
        self.call(abi::payCall { terms: deal.into() })
    }

    /// Credits all that the deal holds to its payer. Caller: its opener.
    pub fn refund(&self, deal: &Deal) -> Call<abi::refundCall> {
        self.call(abi::refundCall { terms: deal.into() })
    }

    /// Credits `to_payer` to the payer and what is left to the payee. Caller: its opener.
    pub fn divide(&self, deal: &Deal, to_payer: U256) -> Call<abi::divideCall> {
        self.call(abi::divideCall { terms: deal.into(), toPayer: to_payer })
    }

    /// Credits all that the deal holds to its payer, from its `reclaimable_at` on. Caller: anyone.
    pub fn reclaim(&self, deal: &Deal) -> Call<abi::reclaimCall> {
        self.call(abi::reclaimCall { terms: deal.into() })
    }

    /// Sends all of the caller's credit in `token` to `to`.
    pub fn withdraw(&self, token: Address, to: Address) -> Call<abi::withdrawCall> {
        self.call(abi::withdrawCall { token, to })
    }

    /// Allows `operator` to open deals with the caller's tokens, or no longer.
    pub fn set_operator(&self, operator: Address, approved: bool) -> Call<abi::setOperatorCall> {
        self.call(abi::setOperatorCall { operator, approved })
    }

    /// Withdraws the caller's signed permission with this nonce, used or not.
    pub fn revoke_permission(&self, nonce: U256) -> Call<abi::revokePermissionCall> {
        self.call(abi::revokePermissionCall { nonce })
    }

    /// Signs a permission, for [`Escrow::open_permitted`] and [`super::Market::buy_permitted`].
    pub async fn sign_permission(&self, permission: &Permission, signer: &Signer) -> Result<Consent> {
        let signature = signer.sign_typed(&eip712::Permission::from(permission), &self.domain()).await?;
        Ok(permission.signed(signature.as_bytes().to_vec().into()))
    }

    /// The hash that [`Escrow::sign_permission`] signs, without asking the chain; equal to the contract's `permissionHash`.
    pub fn permission_signing_hash(&self, permission: &Permission) -> B256 {
        eip712::Permission::from(permission).eip712_signing_hash(&self.domain())
    }

    /// The same hash as the contract computes it; of the deal only opener, payee and token count.
    pub async fn permission_hash(&self, deal: &Deal, permission: &Permission) -> Result<B256> {
        let consent = (&permission.signed(Bytes::new())).into();
        self.call(abi::permissionHashCall { terms: deal.into(), amount: permission.amount, consent }).ask().await
    }

    fn domain(&self) -> Eip712Domain {
        eip712::domain(eip712::ESCROW, self.suite.deployment().chain_id, self.address())
    }

    /// What an open deal holds; zero for one that is not open.
    pub async fn held_in(&self, deal: B256) -> Result<U256> {
        self.call(abi::heldInCall { deal }).ask().await
    }

    /// What the account can withdraw.
    pub async fn credit_of(&self, account: Address, token: Address) -> Result<U256> {
        self.call(abi::creditOfCall { account, token }).ask().await
    }

    /// Whether `operator` may open deals with the account's tokens.
    pub async fn is_operator(&self, account: Address, operator: Address) -> Result<bool> {
        self.call(abi::isOperatorCall { account, operator }).ask().await
    }

    /// Whether the payer's permission with this nonce was used or withdrawn.
    pub async fn is_permission_spent(&self, payer: Address, nonce: U256) -> Result<bool> {
        self.call(abi::isPermissionSpentCall { payer, nonce }).ask().await
    }

    /// The id of a deal as the contract computes it.
    pub async fn deal_id_of(&self, deal: &Deal) -> Result<B256> {
        self.call(abi::dealIdOfCall { terms: deal.into() }).ask().await
    }
}
