//! `Catalog`: what was made?

use alloy::primitives::{Address, B256};
use theriac_bindings::catalog::Catalog as abi;
use theriac_core::ids::{Agency, ItemId, LotId, ModelId};

use crate::call::Call;
use crate::error::Result;
use crate::types::{Content, Membership, NewLot, Product, agency_number, seconds};

super::room!(
    /// What was made?
    Catalog, catalog
);

/// A manufacturer's registration of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModelRegistration {
    /// The model document.
    pub document: Content,
    /// Device or drug.
    pub product: Product,
    /// When it was registered last.
    pub registered_at: u64,
}

/// An approved model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Model {
    /// For whom it was approved.
    pub manufacturer: Address,
    /// When.
    pub approved_at: u64,
    /// How often the model was struck before.
    pub generation: u16,
    /// Device or drug.
    pub product: Product,
    /// Its short name on this chain, kept for ever.
    pub number: u32,
}

/// A registered lot, struck or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lot {
    /// Merkle root over all items.
    pub root: B256,
    /// The lot document.
    pub document: Content,
    /// The model it is of.
    pub model: ModelId,
    /// How many items.
    pub count: u32,
    /// Date of manufacture, zero when not stated.
    pub made_at: u64,
    /// Last second of the expiry date, zero when it does not expire.
    pub expires_at: u64,
    /// When it was registered.
    pub registered_at: u64,
    /// The model's generation at registration.
    pub generation: u16,
    /// Whether a regulator struck it.
    pub struck: bool,
}

/// What custody rules need of a lot that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LotStanding {
    /// Short name on this chain of the model it is of.
    pub model_number: u32,
    /// Who made it.
    pub manufacturer: Address,
    /// Last second of the expiry date, zero when it does not expire.
    pub expires_at: u64,
}

impl Catalog {
    /// Registers a model, or replaces the caller's registration of it. Caller: an active manufacturer.
    pub fn register_model(
        &self,
        agency: Agency,
        di: &str,
        product: Product,
        document: Content,
    ) -> Call<abi::registerModelCall> {
        self.call(abi::registerModelCall {
            agency: agency_number(agency),
            di: di.to_owned(),
            product: product.into(),
            document: document.into(),
        })
    }

    /// Approves a manufacturer's registration with exactly this document and product. Caller: an active certifier or
    /// regulator.
    pub fn approve_model(
        &self,
        model: ModelId,
        manufacturer: Address,
        digest: B256,
        product: Product,
    ) -> Call<abi::approveModelCall> {
        self.call(abi::approveModelCall { model: model.0, manufacturer, digest, product: product.into() })
    }

    /// Strikes a model that was approved wrongly. Caller: an active regulator.
    pub fn strike_model(&self, model: ModelId, evidence: B256) -> Call<abi::strikeModelCall> {
        self.call(abi::strikeModelCall { model: model.0, evidence })
    }

    /// Registers a lot of an approved model. Caller: its manufacturer, or an operator of it.
    pub fn register_lot(&self, lot: &NewLot) -> Call<abi::registerLotCall> {
        self.call(abi::registerLotCall {
            newLot: abi::NewLot {
                model: lot.model.0,
                number: lot.number.clone(),
                root: lot.root,
                count: lot.count,
                madeAt: seconds(lot.made_at),
                expiresAt: seconds(lot.expires_at),
                document: lot.document.into(),
            },
        })
    }

    /// Strikes a lot that was registered wrongly. Caller: an active regulator.
    pub fn strike_lot(&self, lot: LotId, evidence: B256) -> Call<abi::strikeLotCall> {
        self.call(abi::strikeLotCall { lot: lot.0, evidence })
    }

    /// Allows `operator` to register lots for the caller, or no longer.
    pub fn set_operator(&self, operator: Address, approved: bool) -> Call<abi::setOperatorCall> {
        self.call(abi::setOperatorCall { operator, approved })
    }

    /// Whether `operator` may register lots for `manufacturer`.
    pub async fn is_operator(&self, manufacturer: Address, operator: Address) -> Result<bool> {
        self.call(abi::isOperatorCall { manufacturer, operator }).ask().await
    }

    /// The registration of `model` by `manufacturer`, if there is one.
    pub async fn registration_of(&self, model: ModelId, manufacturer: Address) -> Result<Option<ModelRegistration>> {
        let known = self.call(abi::registrationOfCall { model: model.0, manufacturer }).ask().await?;
        if known.registeredAt.is_zero() {
            return Ok(None);
        }
        Ok(Some(ModelRegistration {
            document: Content { digest: known.digest, codec: known.codec },
            product: known.product.try_into()?,
            registered_at: known.registeredAt.to(),
        }))
    }

    /// The model, if it is approved.
    pub async fn model_of(&self, model: ModelId) -> Result<Option<Model>> {
        let known = self.call(abi::modelOfCall { model: model.0 }).ask().await?;
        if known.manufacturer.is_zero() {
            return Ok(None);
        }
        Ok(Some(Model {
            manufacturer: known.manufacturer,
            approved_at: known.approvedAt.to(),
            generation: known.generation,
            product: known.product.try_into()?,
            number: known.number,
        }))
    }

    /// How often the model was struck, approved again since or not.
    pub async fn generation_of(&self, model: ModelId) -> Result<u16> {
        Ok(self.call(abi::modelOfCall { model: model.0 }).ask().await?.generation)
    }

    /// The lot as registered, struck or not.
    pub async fn lot_of(&self, lot: LotId) -> Result<Option<Lot>> {
        let known = self.call(abi::lotOfCall { lot: lot.0 }).ask().await?;
        Ok((known.count != 0).then(|| Lot {
            root: known.root,
            document: Content { digest: known.digest, codec: known.codec },
            model: ModelId(known.model),
            count: known.count,
            made_at: known.madeAt.to(),
            expires_at: known.expiresAt.to(),
            registered_at: known.registeredAt.to(),
            generation: known.generation,
            struck: known.r#struck,
        }))
    }

    /// The manufacturer of a lot that counts.
    pub async fn manufacturer_of(&self, lot: LotId) -> Result<Option<Address>> {
        let manufacturer = self.call(abi::manufacturerOfCall { lot: lot.0 }).ask().await?;
        Ok((!manufacturer.is_zero()).then_some(manufacturer))
    }

    /// Model number, manufacturer and expiry of a lot that counts.
    pub async fn standing_of(&self, lot: LotId) -> Result<Option<LotStanding>> {
        let known = self.call(abi::standingOfCall { lot: lot.0 }).ask().await?;
        Ok((!known.manufacturer.is_zero()).then(|| LotStanding {
            model_number: known.modelNumber,
            manufacturer: known.manufacturer,
            expires_at: known.expiresAt.to(),
        }))
    }

    /// Who made the item and what it is, if it stands in a lot that counts with this index, tag key and proof.
    pub async fn origin_of(&self, item: ItemId, membership: &Membership) -> Result<Option<(Address, Product)>> {
        let call = abi::originOfCall {
            item: item.0,
            index: membership.index,
            tagKey: membership.tag_key,
            proof: membership.proof.clone(),
        };
        let known = self.call(call).ask().await?;
        if known.manufacturer.is_zero() {
            return Ok(None);
        }
        Ok(Some((known.manufacturer, known.product.try_into()?)))
    }

    /// Whether the item stands in a lot that counts, with this index, tag key and proof.
    pub async fn contains(&self, item: ItemId, membership: &Membership) -> Result<bool> {
        self.call(abi::containsCall {
            item: item.0,
            index: membership.index,
            tagKey: membership.tag_key,
            proof: membership.proof.clone(),
        })
        .ask()
        .await
    }
}
