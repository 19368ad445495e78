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
pub(in crate::commands) struct Registration {
    pub(in crate::commands) agency: Agency,
    pub(in crate::commands) di: String,
    pub(in crate::commands) product: Product,
    pub(in crate::commands) document: Content,
    /// How often this manufacturer has registered this model.
    pub(in crate::commands) times: u32,
    /// Place among all registrations.
    pub(in crate::commands) place: usize,
}

/// A lot, struck or not.
#[derive(Clone, Debug)]
pub(in crate::commands) struct KnownLot {
    pub(in crate::commands) id: LotId,
    pub(in crate::commands) model: ModelId,
    pub(in crate::commands) manufacturer: Address,
    pub(in crate::commands) number: String,
    pub(in crate::commands) root: B256,
    pub(in crate::commands) count: u32,
    pub(in crate::commands) expires_at: u64,
    /// Whether the lot was struck, or its model after it.
    pub(in crate::commands) struck: bool,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Known {
    pub(in crate::commands) registrations: BTreeMap<(ModelId, Address), Registration>,
    pub(in crate::commands) approved: BTreeMap<ModelId, Address>,
    /// In the order of registration.
    pub(in crate::commands) lots: Vec<KnownLot>,
}

impl Known {
    /// Reads the events from the deployment's first block to the newest.
    pub(in crate::commands) async fn read(suite: &Suite) -> Result<Self, Failure> {
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
    pub(in crate::commands) fn approved_registration(&self, model: ModelId) -> Option<(Address, &Registration)> {
        let manufacturer = *self.approved.get(&model)?;
        Some((manufacturer, self.registrations.get(&(model, manufacturer))?))
    }

    /// Every registration of the model.
    pub(in crate::commands) fn registrations_of(
        &self,
        model: ModelId,
    ) -> impl Iterator<Item = (Address, &Registration)> {
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
