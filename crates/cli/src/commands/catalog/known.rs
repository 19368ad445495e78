//! What the chain has told about models and lots so far: one reading of the catalogue's events.

use std::collections::BTreeMap;

use alloy::rpc::types::Filter;
use alloy_primitives::{Address, B256};
use theriac_bindings::catalog::Catalog::{self as abi, CatalogEvents};
use theriac_client::types::{Content, Product};
use theriac_client::{RoomEvent, Suite};
use theriac_core::ids::{Agency, LotId, ModelId};

use crate::failure::Failure;

/// A manufacturer's registration of a model, as of its last event.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) agency: Agency,
    pub(super) di: String,
    pub(super) product: Product,
    pub(super) document: Content,
    /// How often this manufacturer has registered this model.
    pub(super) times: u32,
    /// Place among all registrations.
    pub(super) place: usize,
}

/// A lot, struck or not.
#[derive(Clone, Debug)]
pub(super) struct KnownLot {
    pub(super) id: LotId,
    pub(super) model: ModelId,
    pub(super) manufacturer: Address,
    pub(super) number: String,
    pub(super) root: B256,
    pub(super) count: u32,
    pub(super) expires_at: u64,
    /// Whether the lot was struck, or its model after it.
    pub(super) struck: bool,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) registrations: BTreeMap<(ModelId, Address), Registration>,
    pub(super) approved: BTreeMap<ModelId, Address>,
    /// In the order of registration.
    pub(super) lots: Vec<KnownLot>,
}

impl Known {
    /// Reads the events from the deployment's first block to the newest.
    pub(super) async fn read(suite: &Suite) -> Result<Self, Failure> {
        let filter = Filter::new().address(suite.catalog().address());
        let newest = suite.chain().block_number().await?;
        let mut known = Self::default();
        for log in suite.logs_of(filter, suite.deployment().block, newest).await? {
            if let RoomEvent::Catalog(event) = log.event {
                known.learn(event)?;
            }
        }
        Ok(known)
    }

    /// The registration that an approved model has, and for whom.
    pub(super) fn approved_registration(&self, model: ModelId) -> Option<(Address, &Registration)> {
        let manufacturer = *self.approved.get(&model)?;
        Some((manufacturer, self.registrations.get(&(model, manufacturer))?))
    }

    /// Every registration of the model.
    pub(super) fn registrations_of(&self, model: ModelId) -> impl Iterator<Item = (Address, &Registration)> {
        self.registrations.iter().filter(move |((of, _), _)| *of == model).map(|((_, by), known)| (*by, known))
    }

    fn learn(&mut self, event: CatalogEvents) -> Result<(), Failure> {
        match event {
            CatalogEvents::ModelRegistered(event) => self.registered(event)?,
            CatalogEvents::ModelApproved(event) => {
                self.approved.insert(ModelId(event.model), event.manufacturer);
            }
            CatalogEvents::ModelStruck(event) => {
                let model = ModelId(event.model);
                self.approved.remove(&model);
                self.lots.iter_mut().filter(|lot| lot.model == model).for_each(|lot| lot.struck = true);
            }
            CatalogEvents::LotRegistered(event) => self.lots.push(KnownLot {
                id: LotId(event.lot),
                model: ModelId(event.model),
                manufacturer: event.manufacturer,
                number: event.number,
                root: event.root,
                count: event.count,
                expires_at: event.expiresAt.to(),
                struck: false,
            }),
            CatalogEvents::LotStruck(event) => {
                let id = LotId(event.lot);
                self.lots.iter_mut().filter(|lot| lot.id == id).for_each(|lot| lot.struck = true);
            }
            _ => {}
        }
        Ok(())
    }

    fn registered(&mut self, event: abi::ModelRegistered) -> Result<(), Failure> {
        let key = (ModelId(event.model), event.manufacturer);
        let before = self.registrations.get(&key);
        let registration = Registration {
            agency: agency(event.agency)?,
            di: event.di,
            product: event.product.try_into()?,
            document: event.document.into(),
            times: before.map_or(0, |before| before.times) + 1,
            place: before.map_or(self.registrations.len(), |before| before.place),
        };
        self.registrations.insert(key, registration);
        Ok(())
    }
}

fn agency(number: u8) -> Result<Agency, Failure> {
    [Agency::Gs1, Agency::Hibcc, Agency::Iccbba]
        .into_iter()
        .find(|agency| theriac_client::types::agency_number(*agency) == number)
        .ok_or_else(|| {
            Failure::user("UnknownNumber", format!("the chain has an agency {number}"), "use a newer version")
        })
}
