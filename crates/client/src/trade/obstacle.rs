//! Why an offer that has stock could still not be bought now: what `Market`, `Devices` and `Escrow` would refuse.

use alloy::primitives::Address;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use theriac_core::document::Subject;
use theriac_core::ids::ItemId;

use super::known::{AT_ONCE, OpenOffer};
use super::{Goods, Terms};
use crate::error::Result;
use crate::rooms::Lot;
use crate::suite::Suite;
use crate::types::{CertificateKind, Product, Standing};

/// What stands against a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// Its time is over.
    #[error("the offer has ended")]
    Ended,
    /// The seller may not sell.
    #[error("the seller {0} is not an active participant")]
    SellerNotActive(Address),
    /// The market may not hand the twins over.
    #[error("the seller {0} has not approved the market in Devices: it has to run `theriac market approve`")]
    NotApproved(Address),
    /// The seller has sold it elsewhere, or given it away.
    #[error("the twin belongs to {0}, not to the seller")]
    OtherOwner(Address),
    /// There is no twin.
    #[error("the item has no twin")]
    NoTwin,
    /// The twin is locked, by a sale that is under way or by another keeper.
    #[error("the twin is locked for {0}")]
    Locked(Address),
    /// The lot is not the seller's, or does not count any more.
    #[error("the lot is not the seller's any more")]
    NotMaker,
    /// Medicines are dispensed, not sold here.
    #[error("it is a medicine, and medicines have no twin")]
    NotADevice,
    /// Custody stops it.
    #[error("the goods are {0}")]
    Immovable(Standing),
    /// The maker does not vouch for it.
    #[error("its maker has no valid certificate of authenticity for it")]
    NotCertified,
}

impl Suite {
    /// Whether something stands against buying from this offer at `now`. One unit of an offered lot may be stopped by itself;
    /// that is asked of the unit.
    pub async fn obstacle_to(&self, terms: &Terms, now: u64) -> Result<Option<Obstacle>> {
        if now > terms.until {
            return Ok(Some(Obstacle::Ended));
        }
        let (participants, catalog, custody) = (self.participants(), self.catalog(), self.custody());
        let id = terms.goods.lot();
        let (active, maker, standing, lot) = tokio::try_join!(
            participants.is_active(terms.seller),
            catalog.manufacturer_of(id),
            // Of a lot the contract answers under its word: no item has this id.
            custody.is_movable(ItemId(terms.goods.subject())),
            catalog.lot_of(id),
        )?;
        if !active {
            return Ok(Some(Obstacle::SellerNotActive(terms.seller)));
        }
        let (Some(maker), Some(lot)) = (maker, lot) else { return Ok(Some(Obstacle::NotMaker)) };
        if standing != Standing::Movable {
            return Ok(Some(Obstacle::Immovable(standing)));
        }
        let (goods, certified) =
            tokio::try_join!(self.obstacle_of_goods(terms, maker, &lot), self.is_authentic(terms, maker, &lot))?;
        Ok(goods.or((!certified).then_some(Obstacle::NotCertified)))
    }

    /// What stands against each of these offers, in their order.
    pub async fn obstacles_to(&self, offers: &[OpenOffer], now: u64) -> Result<Vec<Option<Obstacle>>> {
        stream::iter(offers).map(|open| self.obstacle_to(&open.terms, now)).buffered(AT_ONCE).try_collect().await
    }

    async fn obstacle_of_goods(&self, terms: &Terms, maker: Address, lot: &Lot) -> Result<Option<Obstacle>> {
        let (devices, market) = (self.devices(), self.market().address());
        let approved = devices.is_approved_for_all(terms.seller, market).await?;
        let not_approved = Obstacle::NotApproved(terms.seller);
        match terms.goods {
            Goods::Lot { .. } if maker != terms.seller => Ok(Some(Obstacle::NotMaker)),
            Goods::Lot { .. } => {
                let model = self.catalog().model_of(lot.model).await?;
                let device = model.is_some_and(|model| model.product == Product::Device);
                Ok(if !device { Some(Obstacle::NotADevice) } else { (!approved).then_some(not_approved) })
            }
            Goods::Item(item) => {
                let (owner, lock) = tokio::try_join!(devices.owner_of(item), devices.lock_of(item))?;
                let Some(owner) = owner else { return Ok(Some(Obstacle::NoTwin)) };
                if owner != terms.seller {
                    return Ok(Some(Obstacle::OtherOwner(owner)));
                }
                if let Some(lock) = lock {
                    return Ok(Some(Obstacle::Locked(lock.keeper)));
                }
                let approved = approved || devices.approved_for(item).await? == Some(market);
                Ok((!approved).then_some(not_approved))
            }
        }
    }

    /// The maker's word for the item, its lot or its model.
    async fn is_authentic(&self, terms: &Terms, maker: Address, lot: &Lot) -> Result<bool> {
        let anchors = &self.anchors();
        let subjects = [terms.goods.subject(), Subject::Lot(terms.goods.lot()).word(), lot.model.0];
        let asked = subjects.map(|subject| anchors.is_certified(subject, CertificateKind::Authenticity, maker));
        Ok(futures::future::try_join_all(asked).await?.contains(&true))
    }
}
