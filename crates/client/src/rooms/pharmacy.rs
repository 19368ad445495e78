//! `Pharmacy`: may this medicine be handed over?

use alloy::primitives::{Address, B256, Bytes, Signature, U256};
use alloy::sol_types::{Eip712Domain, SolCall, SolStruct};
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_core::ids::{LotId, ModelId};
use theriac_core::merkle::Leaf;

use crate::call::Call;
use crate::eip712;
use crate::error::{Error, Result};
use crate::signer::Signer;
use crate::types::{Membership, Outcome, Prescription, ProvenPacks, Reason, Sale, seconds};

super::room!(
    /// May this medicine be handed over?
    Pharmacy, pharmacy
);

/// How far a prescription is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// When the first pack of the newest fill was sold.
    pub fill_started_at: u64,
    /// Packs sold of the newest fill.
    pub fill_sold: u32,
    /// Fills begun.
    pub fills: u32,
    /// Sales made on it: the nonce of the next.
    pub sales: u32,
    /// The product's number in `Catalog`; zero until it is issued.
    pub model_number: u32,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// What a sale would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Answer {
    /// Deliver, ask the practitioner, or not available.
    pub outcome: Outcome,
    /// Why not.
    pub reason: Reason,
    /// The offending account, prescription, lot, item, index or time.
    pub about: B256,
}

/// What became of a lot at a pharmacy, in packs: received = sold + returned + destroyed + stock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stock {
    /// That came to it.
    pub received: u64,
    /// Dispensed from its units.
    pub sold: u64,
    /// That went on to others.
    pub returned: u64,
    /// Destroyed.
    pub destroyed: u64,
    /// What is left.
    pub stock: u64,
}

/// What one pack costs: `amount` in minor units of `currency` (ISO 4217 numeric code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Price {
    /// Minor units: cents.
    pub amount: u64,
    /// ISO 4217 numeric code: 978 for the euro.
    pub currency: u16,
}

impl Pharmacy {
    /// Lets a pharmacist sell for the caller until this second; 0 ends it. Caller: a pharmacy.
    pub fn set_pharmacist(&self, pharmacist: Address, until: u64) -> Call<abi::setPharmacistCall> {
        self.call(abi::setPharmacistCall { pharmacist, until: seconds(until) })
    }

    /// Sets what one pack costs at the caller; none for no price. Caller: a pharmacy.
    pub fn set_price(&self, model: ModelId, price: Option<Price>) -> Call<abi::setPriceCall> {
        let price = price.unwrap_or(Price { amount: 0, currency: 0 });
        let price = abi::Price { amount: price.amount, currency: price.currency };
        self.call(abi::setPriceCall { model: model.0, price })
    }

    /// Issues a prescription. Caller: its practitioner.
    pub fn prescribe(&self, prescription: &Prescription) -> Call<abi::prescribeCall> {
        self.call(abi::prescribeCall { prescription: prescription.into() })
    }

    /// Issues a prescription that its practitioner signed. Caller: anyone.
    pub fn submit(&self, prescription: &Prescription, signature: Bytes) -> Call<abi::submitCall> {
        self.call(abi::submitCall { prescription: prescription.into(), signature })
    }

    /// Cancels a prescription, issued or only signed. Caller: its practitioner, or a regulator.
    pub fn cancel(&self, prescription: &Prescription) -> Call<abi::cancelCall> {
        self.call(abi::cancelCall { prescription: prescription.into() })
    }

    /// Asks the practitioner for its approval of another product. Caller: a pharmacist of the pharmacy.
    pub fn ask_substitution(
        &self,
        prescription: &Prescription,
        pharmacy: Address,
        model: ModelId,
    ) -> Call<abi::askSubstitutionCall> {
        self.call(abi::askSubstitutionCall { prescription: prescription.into(), pharmacy, model: model.0 })
    }

    /// Approves another product on a prescription. Caller: its practitioner.
    pub fn approve_substitution(
        &self,
        prescription: &Prescription,
        model: ModelId,
    ) -> Call<abi::approveSubstitutionCall> {
        self.call(abi::approveSubstitutionCall { prescription: prescription.into(), model: model.0 })
    }

    /// The same, signed by the practitioner. Caller: anyone.
    pub fn submit_substitution(
        &self,
        prescription: &Prescription,
        model: ModelId,
        signature: Bytes,
    ) -> Call<abi::submitSubstitutionCall> {
        self.call(abi::submitSubstitutionCall { prescription: prescription.into(), model: model.0, signature })
    }

    /// Sells. Caller: a pharmacist of the pharmacy.
    pub fn sell(&self, sale: &Sale) -> Call<abi::sellCall> {
        self.call(abi::sellCall { sale: sale.into() })
    }

    /// Sells a controlled medicine, with the signature of a second pharmacist.
    pub fn sell_controlled(
        &self,
        sale: &Sale,
        second: Address,
        countersignature: Bytes,
    ) -> Call<abi::sellControlledCall> {
        self.call(abi::sellControlledCall { sale: sale.into(), second, countersignature })
    }

    /// Destroys a pack that a patient brought back. Caller: a pharmacy.
    pub fn destroy_returned(
        &self,
        lot: LotId,
        leaf: &Leaf,
        membership: &Membership,
        evidence: B256,
    ) -> Call<abi::destroyReturnedCall> {
        self.call(abi::destroyReturnedCall { lot: lot.0, pack: pack(leaf), proof: membership.proof.clone(), evidence })
    }

    /// Several verbs of this room in one transaction, by their [`Call::calldata`]: all of them or none.
    pub fn multicall(&self, data: Vec<Bytes>) -> Call<abi::multicallCall> {
        self.call(abi::multicallCall { data })
    }

    /// The prescription's id: its EIP-712 hash, computed here; equal to the contract's.
    pub fn id_of(&self, prescription: &Prescription) -> B256 {
        eip712::Prescription::from(prescription).eip712_signing_hash(&self.domain())
    }

    /// Signs a prescription, for [`Pharmacy::submit`].
    pub async fn sign_prescription(&self, prescription: &Prescription, signer: &Signer) -> Result<Bytes> {
        let signature = signer.sign_typed(&eip712::Prescription::from(prescription), &self.domain()).await?;
        Ok(signature.as_bytes().to_vec().into())
    }

    /// Signs an approval of another product, for [`Pharmacy::submit_substitution`].
    pub async fn sign_substitution(&self, prescription: B256, model: ModelId, signer: &Signer) -> Result<Bytes> {
        let approval = eip712::Substitution { prescription, model: model.0 };
        Ok(signer.sign_typed(&approval, &self.domain()).await?.as_bytes().to_vec().into())
    }

    /// Signs for the packs of a sale (see [`theriac_core::sale::rfid`]) with the prescription's key.
    pub async fn sign_collection(
        &self,
        prescription: B256,
        pharmacy: Address,
        packs: B256,
        nonce: u32,
        signer: &Signer,
    ) -> Result<Signature> {
        let collection = eip712::Collection { prescription, pharmacy, packs, nonce: U256::from(nonce) };
        signer.sign_typed(&collection, &self.domain()).await
    }

    /// Signs as the second pharmacist.
    pub async fn countersign(
        &self,
        prescription: B256,
        pharmacy: Address,
        packs: B256,
        nonce: u32,
        signer: &Signer,
    ) -> Result<Bytes> {
        let countersignature = eip712::Countersignature { prescription, pharmacy, packs, nonce: U256::from(nonce) };
        Ok(signer.sign_typed(&countersignature, &self.domain()).await?.as_bytes().to_vec().into())
    }

    fn domain(&self) -> Eip712Domain {
        eip712::domain(eip712::PHARMACY, self.suite.deployment().chain_id, self.address())
    }

    /// What the sale would answer to `pharmacist` now; signatures that are missing are taken as ones to come.
    pub async fn check(&self, pharmacist: Address, sale: &Sale) -> Result<Answer> {
        let known = self.call(abi::checkCall { pharmacist, sale: sale.into() }).ask().await?;
        Ok(Answer { outcome: known.outcome.try_into()?, reason: known.reason.try_into()?, about: known.about })
    }

    /// As [`Pharmacy::check`] of several sales, each on its own, as if the verbs of `before` ([`Call::calldata`]) had been sent: that a
    /// prescription is submitted, say.
    pub async fn check_after(&self, before: &[Bytes], pharmacist: Address, sales: &[Sale]) -> Result<Vec<Answer>> {
        let checks = sales.iter().map(|sale| self.call(abi::checkCall { pharmacist, sale: sale.into() }).calldata());
        let asked = self.multicall(before.iter().cloned().chain(checks).collect()).ask().await?;
        let unread = |error| Error::Answer(format!("Pharmacy.check: {error}"));
        let answers = asked.iter().skip(before.len()).map(|bytes| {
            let known = abi::checkCall::abi_decode_returns(bytes).map_err(unread)?;
            Ok(Answer { outcome: known.outcome.try_into()?, reason: known.reason.try_into()?, about: known.about })
        });
        answers.collect()
    }

    /// What the packs of a sale are signed as, as the contract computes it; [`theriac_core::sale::rfid`] does it here.
    pub async fn asked_packs_of(&self, sale: &Sale) -> Result<B256> {
        self.call(abi::packsOfCall { sale: sale.into() }).ask().await
    }

    /// The prescription's id as the contract computes it.
    pub async fn asked_id_of(&self, prescription: &Prescription) -> Result<B256> {
        self.call(abi::idOfCall { prescription: prescription.into() }).ask().await
    }

    /// How far a prescription is filled.
    pub async fn progress_of(&self, prescription: B256) -> Result<Progress> {
        let known = self.call(abi::progressOfCall { id: prescription }).ask().await?;
        Ok(Progress {
            fill_started_at: known.fillStartedAt.to(),
            fill_sold: known.fillSold,
            fills: known.fills,
            sales: known.sales,
            model_number: known.modelNumber,
            cancelled: known.cancelled,
        })
    }

    /// Whether the practitioner approved this product on the prescription.
    pub async fn is_substitution_approved(&self, prescription: B256, model: ModelId) -> Result<bool> {
        self.call(abi::isSubstitutionApprovedCall { id: prescription, model: model.0 }).ask().await
    }

    /// Last second at which the pharmacist may sell for the pharmacy; 0 for never.
    pub async fn employed_until(&self, pharmacy: Address, pharmacist: Address) -> Result<u64> {
        Ok(self.call(abi::employedUntilCall { pharmacy, pharmacist }).ask().await?.to())
    }

    /// What one pack costs at the pharmacy, if it says.
    pub async fn price_of(&self, pharmacy: Address, model: ModelId) -> Result<Option<Price>> {
        let known = self.call(abi::priceOfCall { pharmacy, model: model.0 }).ask().await?;
        Ok((known.currency != 0).then_some(Price { amount: known.amount, currency: known.currency }))
    }

    /// What became of the lot at the pharmacy.
    pub async fn stock_of(&self, pharmacy: Address, lot: LotId) -> Result<Stock> {
        let known = self.call(abi::stockOfCall { pharmacy, lot: lot.0 }).ask().await?;
        Ok(Stock {
            received: known.received.saturating_to(),
            sold: known.sold.saturating_to(),
            returned: known.returned.saturating_to(),
            destroyed: known.destroyed.saturating_to(),
            stock: known.stock.saturating_to(),
        })
    }

    /// Whether a pack that a patient brought back was destroyed.
    pub async fn is_return_destroyed(&self, lot: LotId, index: u32) -> Result<bool> {
        self.call(abi::isReturnDestroyedCall { lot: lot.0, index }).ask().await
    }
}

impl From<&Prescription> for abi::Prescription {
    fn from(prescription: &Prescription) -> Self {
        Self {
            practitioner: prescription.practitioner,
            patient: prescription.patient,
            model: prescription.model.0,
            quantity: prescription.quantity,
            repeats: prescription.repeats,
            interval: prescription.interval,
            validFrom: seconds(prescription.valid_from),
            validUntil: seconds(prescription.valid_until),
        }
    }
}

fn pack(leaf: &Leaf) -> abi::Pack {
    abi::Pack { index: leaf.index, half: leaf.half, tagKey: leaf.tag_key }
}

impl From<&ProvenPacks> for abi::ProvenPacks {
    fn from(proven: &ProvenPacks) -> Self {
        Self {
            packs: proven.packs.iter().map(pack).collect(),
            proof: proven.proof.clone(),
            flags: proven.flags.clone(),
        }
    }
}

impl From<&Sale> for abi::Sale {
    fn from(sale: &Sale) -> Self {
        // The short form of ERC-2098: the parity of v stands in the highest bit of s.
        let (r, vs) = sale.collection.map_or((B256::ZERO, B256::ZERO), |signature| {
            let short = signature.as_erc2098();
            (B256::from_slice(&short[..32]), B256::from_slice(&short[32..]))
        });
        let none = abi::Prescription {
            practitioner: Address::ZERO,
            patient: Address::ZERO,
            model: B256::ZERO,
            quantity: 0,
            repeats: 0,
            interval: 0,
            validFrom: seconds(0),
            validUntil: seconds(0),
        };
        Self {
            pharmacy: sale.pharmacy,
            unit: sale.unit.0,
            proven: (&sale.proven).into(),
            prescription: sale.prescription.as_ref().map_or(none, Into::into),
            r,
            vs,
            evidence: sale.evidence,
        }
    }
}
