//! `Devices`: who owns this device?

use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy::sol_types::SolStruct;
use theriac_bindings::devices::Devices as abi;
use theriac_core::ids::ItemId;

use crate::call::Call;
use crate::eip712;
use crate::error::{Error, Result};
use crate::signer::Signer;
use crate::types::{Content, Membership};

super::room!(
    /// Who owns this device?
    Devices, devices
);

/// A lock on a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lock {
    /// Who alone can unlock or send back.
    pub keeper: Address,
    /// First 12 bytes of keccak256(abi.encode(account that locked it)).
    pub return_tag: FixedBytes<12>,
}

/// The first claim of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Claim {
    /// Who claimed it.
    pub claimer: Address,
    /// When.
    pub claimed_at: u64,
}

impl Devices {
    /// Mints the twin. Caller: the lot's manufacturer, or its ERC-721 operator.
    pub fn mint(&self, item: ItemId, to: Address, membership: &Membership) -> Call<abi::mintCall> {
        self.call(abi::mintCall { item: item.0, to, membership: membership.into() })
    }

    /// As [`Devices::mint`], and locks the twin for `keeper`.
    pub fn mint_locked(
        &self,
        item: ItemId,
        to: Address,
        membership: &Membership,
        keeper: Address,
    ) -> Call<abi::mintLockedCall> {
        self.call(abi::mintLockedCall { item: item.0, to, membership: membership.into(), keeper })
    }

    /// Hands the twin over (ERC-721). Caller: its owner, or an account approved for it.
    pub fn transfer(&self, from: Address, to: Address, item: ItemId) -> Call<abi::transferFromCall> {
        self.call(abi::transferFromCall { from, to, tokenId: token(item) })
    }

    /// As [`Devices::transfer`], and locks the twin for `keeper`.
    pub fn transfer_locked(
        &self,
        from: Address,
        to: Address,
        item: ItemId,
        keeper: Address,
    ) -> Call<abi::transferLockedCall> {
        self.call(abi::transferLockedCall { from, to, item: item.0, keeper })
    }

    /// Locks the twin where it is.
    pub fn lock(&self, item: ItemId, keeper: Address) -> Call<abi::lockCall> {
        self.call(abi::lockCall { item: item.0, keeper })
    }

    /// Ends the lock. Caller: the keeper.
    pub fn unlock(&self, item: ItemId) -> Call<abi::unlockCall> {
        self.call(abi::unlockCall { item: item.0 })
    }

    /// Sends the twin back to the account that locked it. Caller: the keeper.
    pub fn send_back(&self, item: ItemId, to: Address) -> Call<abi::sendBackCall> {
        self.call(abi::sendBackCall { item: item.0, to })
    }

    /// Gives the twin a document of its own. Caller: the lot's manufacturer, or its operator.
    pub fn set_document(&self, item: ItemId, document: Content) -> Call<abi::setDocumentCall> {
        self.call(abi::setDocumentCall { item: item.0, document: document.into() })
    }

    /// Records who first claimed the item's tag; `signature` by [`Devices::sign_claim`]. Caller: anyone.
    pub fn claim(
        &self,
        item: ItemId,
        membership: &Membership,
        claimer: Address,
        signature: Bytes,
    ) -> Call<abi::claimCall> {
        self.call(abi::claimCall { item: item.0, membership: membership.into(), claimer, signature })
    }

    /// Allows `operator` all that the caller may do with its twins (ERC-721), or no longer.
    pub fn set_approval_for_all(&self, operator: Address, approved: bool) -> Call<abi::setApprovalForAllCall> {
        self.call(abi::setApprovalForAllCall { operator, approved })
    }

    /// Several verbs of this room in one transaction, by their [`Call::calldata`]: all of them or none.
    pub fn multicall(&self, data: Vec<Bytes>) -> Call<abi::multicallCall> {
        self.call(abi::multicallCall { data })
    }

    /// Signs a claim with the tag's key.
    pub async fn sign_claim(&self, item: ItemId, claimer: Address, tag: &Signer) -> Result<Bytes> {
        let claim = eip712::TagClaim { item: item.0, claimer };
        Ok(tag.sign_typed(&claim, &self.domain()).await?.as_bytes().to_vec().into())
    }

    /// Signs a challenge with the tag's key, as a chip does.
    pub async fn sign_challenge(&self, item: ItemId, challenge: B256, tag: &Signer) -> Result<Bytes> {
        let challenge = eip712::TagChallenge { item: item.0, challenge };
        Ok(tag.sign_typed(&challenge, &self.domain()).await?.as_bytes().to_vec().into())
    }

    /// The hash that a chip signs for `challenge`; equal to the contract's `challengeHash`.
    pub fn challenge_signing_hash(&self, item: ItemId, challenge: B256) -> B256 {
        eip712::TagChallenge { item: item.0, challenge }.eip712_signing_hash(&self.domain())
    }

    /// The hash that a tag signs for a claim; equal to the contract's `claimHash`.
    pub fn claim_signing_hash(&self, item: ItemId, claimer: Address) -> B256 {
        eip712::TagClaim { item: item.0, claimer }.eip712_signing_hash(&self.domain())
    }

    fn domain(&self) -> alloy::sol_types::Eip712Domain {
        eip712::domain(eip712::DEVICES, self.suite.deployment().chain_id, self.address())
    }

    /// Whether the tag of the item signed this challenge.
    pub async fn prove_tag(
        &self,
        item: ItemId,
        membership: &Membership,
        challenge: B256,
        signature: Bytes,
    ) -> Result<bool> {
        self.call(abi::proveTagCall { item: item.0, membership: membership.into(), challenge, signature }).ask().await
    }

    /// The owner of the twin, if there is a twin.
    pub async fn owner_of(&self, item: ItemId) -> Result<Option<Address>> {
        use crate::revert::Revert;
        use abi::DevicesErrors::ERC721NonexistentToken;
        match self.call(abi::ownerOfCall { tokenId: token(item) }).ask().await {
            Ok(owner) => Ok(Some(owner)),
            Err(Error::Reverted { revert, .. }) if matches!(*revert, Revert::Devices(ERC721NonexistentToken(_))) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// How many twins the account owns.
    pub async fn balance_of(&self, owner: Address) -> Result<U256> {
        self.call(abi::balanceOfCall { owner }).ask().await
    }

    /// `ipfs://<CIDv1>` of the twin's document.
    pub async fn token_uri(&self, item: ItemId) -> Result<String> {
        self.call(abi::tokenURICall { tokenId: token(item) }).ask().await
    }

    /// Whether `operator` may act for `owner` (ERC-721).
    pub async fn is_approved_for_all(&self, owner: Address, operator: Address) -> Result<bool> {
        self.call(abi::isApprovedForAllCall { owner, operator }).ask().await
    }

    /// The account that may act for this twin alone (ERC-721), if there is one. The twin must exist.
    pub async fn approved_for(&self, item: ItemId) -> Result<Option<Address>> {
        let approved = self.call(abi::getApprovedCall { tokenId: token(item) }).ask().await?;
        Ok((!approved.is_zero()).then_some(approved))
    }

    /// The lock, if the twin is locked.
    pub async fn lock_of(&self, item: ItemId) -> Result<Option<Lock>> {
        let known = self.call(abi::lockOfCall { item: item.0 }).ask().await?;
        Ok((!known.keeper.is_zero()).then_some(Lock { keeper: known.keeper, return_tag: known.returnTag }))
    }

    /// The first claim of the item's tag, if it was claimed.
    pub async fn claim_of(&self, item: ItemId) -> Result<Option<Claim>> {
        let known = self.call(abi::claimOfCall { item: item.0 }).ask().await?;
        Ok((!known.claimer.is_zero()).then(|| Claim { claimer: known.claimer, claimed_at: known.claimedAt.to() }))
    }

    /// The document of the twin: its own, else its lot's.
    pub async fn document_of(&self, item: ItemId) -> Result<Content> {
        Ok(self.call(abi::documentOfCall { item: item.0 }).ask().await?.into())
    }

    /// The hash of a challenge as the contract computes it.
    pub async fn challenge_hash(&self, item: ItemId, challenge: B256) -> Result<B256> {
        self.call(abi::challengeHashCall { item: item.0, challenge }).ask().await
    }

    /// The hash of a claim as the contract computes it.
    pub async fn claim_hash(&self, item: ItemId, claimer: Address) -> Result<B256> {
        self.call(abi::claimHashCall { item: item.0, claimer }).ask().await
    }
}

fn token(item: ItemId) -> U256 {
    U256::from_be_bytes(item.0.0)
}

macro_rules! membership_of {
    ($($membership:path),*) => {$(
        impl From<&Membership> for $membership {
            fn from(membership: &Membership) -> Self {
                Self { index: membership.index, tagKey: membership.tag_key, proof: membership.proof.clone() }
            }
        }
    )*};
}
membership_of!(abi::Membership, theriac_bindings::market::Market::Membership);
