//! What goods are, as far as the catalogue and the store know: of which model, and under which name.

use std::collections::HashMap;

use theriac_client::Suite;
use theriac_client::trade::Goods;
use theriac_core::ids::{LotId, ModelId};

use crate::commands::documents::model_document_if_stored;
use crate::context::Context;
use crate::failure::Failure;

/// The models of lots and the names of models, each asked for once.
pub(super) struct Known<'a> {
    context: &'a Context<'a>,
    suite: &'a Suite,
    models: HashMap<LotId, Option<ModelId>>,
    names: HashMap<ModelId, Option<String>>,
}

impl<'a> Known<'a> {
    /// Nothing yet.
    pub(super) fn new(context: &'a Context<'a>, suite: &'a Suite) -> Self {
        Self { context, suite, models: HashMap::new(), names: HashMap::new() }
    }

    /// The model of a lot that the chain has.
    pub(super) async fn model(&mut self, lot: LotId) -> Result<Option<ModelId>, Failure> {
        if let Some(model) = self.models.get(&lot) {
            return Ok(*model);
        }
        let model = self.suite.catalog().lot_of(lot).await?.map(|lot| lot.model);
        self.models.insert(lot, model);
        Ok(model)
    }

    /// The product's name; none where the store does not have its document.
    pub(super) async fn name(&mut self, lot: LotId) -> Result<Option<String>, Failure> {
        let Some(model) = self.model(lot).await? else { return Ok(None) };
        if let Some(name) = self.names.get(&model) {
            return Ok(name.clone());
        }
        let name = self.name_of(model, lot).await?;
        self.names.insert(model, name.clone());
        Ok(name)
    }

    async fn name_of(&self, model: ModelId, lot: LotId) -> Result<Option<String>, Failure> {
        let catalog = self.suite.catalog();
        let Some(maker) = catalog.manufacturer_of(lot).await? else { return Ok(None) };
        let Some(registration) = catalog.registration_of(model, maker).await? else { return Ok(None) };
        // The name is only shown: a document that cannot be read leaves the id.
        let document = model_document_if_stored(self.context, &registration.document).await;
        Ok(document.ok().flatten().map(|document| document.name))
    }

    /// `Monitor M1, units 0 to 9 of lot 0x…`.
    pub(super) async fn text(&mut self, goods: &Goods) -> Result<String, Failure> {
        let what = match goods {
            Goods::Item(item) => format!("item {item}"),
            Goods::Lot { lot, first, last } => format!("units {first} to {last} of lot {lot}"),
        };
        Ok(match self.name(goods.lot()).await? {
            Some(name) => format!("{name}, {what}"),
            None => what,
        })
    }
}
