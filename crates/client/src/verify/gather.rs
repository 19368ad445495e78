//! What the chain and the store say about a label.
//!
//! Questions that do not depend on each other are asked at once; events are searched only where a view says that there are
//! some, and by indexed topics.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256};
use alloy::providers::Provider as _;
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use futures::{StreamExt as _, stream};
use theriac_bindings::catalog::Catalog::{CatalogEvents, ModelRegistered};
use theriac_bindings::custody::Custody::{CustodyEvents, RecallOpened};
use theriac_bindings::devices::Devices::{CloneSuspected, DevicesEvents};
use theriac_core::document::{Document as _, IdentifierType, LotDocument, ModelDocument, RecallNotice, Subject};
use theriac_core::ids::{ItemId, LotId, ModelId};
use theriac_core::udi::{Di, Udi};

use super::{
    Block, CertificateFact, CloneAlarm, Fact, Facts, Label, ModelFact, Named, OpenRecall, Product, Recalls, Resolution,
    UnitFact,
};
use crate::error::{Error, Result};
use crate::events::RoomEvent;
use crate::lots::LotProofs;
use crate::rooms::Lot;
use crate::store::Store;
use crate::suite::Suite;
use crate::types::{CertificateKind, Content};

/// How many model documents are fetched at once.
const DOCUMENTS_AT_ONCE: usize = 16;

/// Asks the chain and the store about a label, for `verifier` if there is one. `home` keeps the proofs of lots.
pub async fn gather(suite: &Suite, store: &Store, home: &Path, label: Label, verifier: Option<Address>) -> Facts {
    let asking = Asking { suite, store, home };
    let mut facts = Facts::offline(label, machine_clock(), verifier);
    let (block, model) = tokio::join!(asking.block(), asking.model(&facts));
    facts.block = block.into();
    facts.clock = facts.clock.max(facts.block.known().map_or(0, |block| block.timestamp));
    match model {
        Ok(Some((id, model))) => {
            facts.model_id = Some(id);
            facts.model = Fact::Known(model);
        }
        Ok(None) => {}
        Err(error) => facts.model = Fact::Unreachable(error.to_string()),
    }
    if matches!(facts.model, Fact::Known(ModelFact::NotFound { .. } | ModelFact::Ambiguous(_))) {
        // All other ids follow from the model's.
        return facts;
    }
    rename(&mut facts);
    asking.stand(&mut facts).await;
    asking.prove(&mut facts).await;
    super::offers::look(suite, &mut facts).await;
    facts
}

fn machine_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Ids follow from the primary DI, whichever the label has; the serial of a package is not that of a unit.
fn rename(facts: &mut Facts) {
    let (Named::Udi(udi), Some(model)) = (&facts.label.named, facts.model_id) else { return };
    facts.lot_id = lot_of(udi, model);
    let serial = udi.serial.as_ref().filter(|_| !facts.is_package());
    facts.item_id = facts.lot_id.zip(serial).map(|(lot, serial)| lot.item(serial.as_str()));
}

fn lot_of(udi: &Udi, model: ModelId) -> Option<LotId> {
    match (&udi.lot, &udi.serial) {
        (Some(lot), _) => Some(model.lot(lot.as_str())),
        (None, Some(_)) => Some(model.lot("")),
        (None, None) => None,
    }
}

#[derive(Clone, Copy)]
struct Asking<'a> {
    suite: &'a Suite,
    store: &'a Store,
    home: &'a Path,
}

impl Asking<'_> {
    async fn block(&self) -> Result<Block> {
        let chain = self.suite.chain();
        let block = chain.asked("eth_getBlockByNumber", chain.provider().get_block(BlockId::latest()).await)?;
        let header = block.ok_or_else(|| Error::Answer("no newest block".to_owned()))?.header;
        Ok(Block { number: header.number, timestamp: header.timestamp })
    }

    /// The model that the label names; none when it names nothing, or a lot that nobody registered.
    async fn model(&self, facts: &Facts) -> Result<Option<(ModelId, ModelFact)>> {
        match (&facts.label.named, facts.lot_id) {
            (Named::Udi(udi), _) => self.model_of_di(&udi.di).await.map(Some),
            (Named::Item(_) | Named::Lot(_), Some(lot)) => match self.suite.catalog().lot_of(lot).await? {
                Some(lot) => {
                    let found = self.registered(lot.model).await?;
                    Ok(Some((lot.model, found.unwrap_or(ModelFact::NotFound { unread: 0 }))))
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// What the catalogue has under this very id.
    async fn registered(&self, id: ModelId) -> Result<Option<ModelFact>> {
        let catalog = self.suite.catalog();
        let (model, generation) = tokio::join!(catalog.model_of(id), catalog.generation_of(id));
        Ok(match (model?, generation?) {
            (Some(model), _) => Some(ModelFact::Approved { model, resolution: Resolution::Primary }),
            (None, 0) => None,
            (None, _) => Some(ModelFact::Struck),
        })
    }

    async fn model_of_di(&self, di: &Di) -> Result<(ModelId, ModelFact)> {
        let id = di.model_id();
        if let Some(found) = self.registered(id).await? {
            return Ok((id, found));
        }
        if let Some(listed) = di.with_check_digit()
            && let Some(model) = self.suite.catalog().model_of(listed.model_id()).await?
        {
            let id = listed.model_id();
            return Ok((id, ModelFact::Approved { model, resolution: Resolution::CheckDigit(listed) }));
        }
        self.model_naming(di).await
    }

    /// Looks for a label's DI among the other identifiers in the documents of all approved models.
    async fn model_naming(&self, di: &Di) -> Result<(ModelId, ModelFact)> {
        let documents = self.model_documents().await?;
        let mut unread = 0;
        let mut found = Vec::new();
        let mut read = stream::iter(documents)
            .map(|(id, content)| async move { (id, content, self.model_document(&content).await) })
            .buffer_unordered(DOCUMENTS_AT_ONCE);
        while let Some((id, content, document)) = read.next().await {
            match document {
                Ok(document) if document.id() == id => {
                    found.extend(naming(&document, di).map(|kind| (id, document.di.clone(), kind, content)));
                }
                // A document that says to be of another model is not one that can be relied on.
                Ok(_) | Err(_) => unread += 1,
            }
        }
        match found.as_slice() {
            [] => Ok((di.model_id(), ModelFact::NotFound { unread })),
            [(id, primary, kind, content)] => {
                let Some(model) = self.suite.catalog().model_of(*id).await? else {
                    return Ok((di.model_id(), ModelFact::NotFound { unread }));
                };
                let document = content.address()?;
                let resolution = Resolution::Document { primary: primary.clone(), kind: *kind, document };
                Ok((*id, ModelFact::Approved { model, resolution }))
            }
            several => Ok((di.model_id(), ModelFact::Ambiguous(several.iter().map(|(id, ..)| *id).collect()))),
        }
    }

    /// The documents of approved models, from the events.
    async fn model_documents(&self) -> Result<BTreeMap<ModelId, Content>> {
        let filter = Filter::new().address(self.suite.catalog().address());
        let mut registered = BTreeMap::new();
        let mut approved = BTreeMap::new();
        for log in self.all_logs(filter).await? {
            match log.event {
                RoomEvent::Catalog(CatalogEvents::ModelRegistered(ModelRegistered { model, document, .. })) => {
                    registered.insert((model, document.digest), Content::from(document));
                }
                RoomEvent::Catalog(CatalogEvents::ModelApproved(event)) => {
                    let document = registered.get(&(event.model, event.digest)).copied();
                    // The codec of a document whose registration is not told: a model document is one block.
                    approved.insert(ModelId(event.model), document.unwrap_or(Content::raw(event.digest)));
                }
                RoomEvent::Catalog(CatalogEvents::ModelStruck(event)) => {
                    approved.remove(&ModelId(event.model));
                }
                _ => {}
            }
        }
        Ok(approved)
    }

    async fn model_document(&self, content: &Content) -> Result<ModelDocument> {
        let bytes = self.store.get(&content.address()?).await?;
        ModelDocument::parse(&bytes).map_err(|error| Error::Answer(error.to_string()))
    }

    async fn all_logs(&self, filter: Filter) -> Result<Vec<crate::events::RoomLog>> {
        let newest = self.suite.chain().block_number().await?;
        self.suite.logs_of(filter, self.suite.deployment().block, newest).await
    }

    /// How model, lot and unit stand.
    async fn stand(&self, facts: &mut Facts) {
        let (suite, maker) = (self.suite, facts.maker_account());
        let (lot, recalls, participant, certificates, holding, devices, service, product) = tokio::join!(
            self.lot(facts.lot_id),
            maybe(facts.model_id, |model| self.recalls(model, facts.lot_id, facts.item_id)),
            maybe(maker, |maker| async move { suite.participants().participant_of(maker).await }),
            maybe(maker.zip(facts.model_id), |(maker, model)| {
                self.certificates(
                    maker,
                    [facts.item_id.map(Subject::Item), facts.lot_id.map(Subject::Lot), Some(Subject::Model(model))],
                )
            }),
            maybe(facts.item_id, |item| async move { suite.custody().holding_of(item).await }),
            maybe(facts.item_id, |item| async move {
                let devices = suite.devices();
                tokio::try_join!(devices.owner_of(item), devices.claim_of(item))
            }),
            maybe(facts.item_id, |item| async move { suite.mds_profiles().service_of(item).await }),
            self.product(maker.zip(facts.model_id)),
        );
        (facts.lot, facts.lot_counts) = lot;
        (facts.recalls, facts.maker, facts.certificates, facts.holding) = (recalls, participant, certificates, holding);
        (facts.owner, facts.claim) = match devices {
            Fact::Known((owner, claim)) => (Fact::Known(owner), Fact::Known(claim)),
            Fact::Unreachable(why) => (Fact::Unreachable(why.clone()), Fact::Unreachable(why)),
            Fact::NotAsked => (Fact::NotAsked, Fact::NotAsked),
        };
        (facts.service, facts.product) = (service, product);
    }

    async fn lot(&self, id: Option<LotId>) -> (Fact<Option<Lot>>, Fact<bool>) {
        let Some(id) = id else { return (Fact::NotAsked, Fact::NotAsked) };
        let catalog = self.suite.catalog();
        let (lot, maker) = tokio::join!(catalog.lot_of(id), catalog.manufacturer_of(id));
        (lot.into(), maker.map(|maker| maker.is_some()).into())
    }

    async fn certificates(&self, maker: Address, subjects: [Option<Subject>; 3]) -> Result<Vec<CertificateFact>> {
        let anchors = self.suite.anchors();
        let asked = subjects.map(|subject| {
            let anchors = anchors.clone();
            async move {
                let Some(subject) = subject else { return Ok(None) };
                let state = anchors.certificate_of(subject.word(), CertificateKind::Authenticity, maker).await?;
                Ok::<_, Error>(state.map(|state| CertificateFact { subject, state }))
            }
        });
        let [item, lot, model] = asked;
        let (item, lot, model) = tokio::try_join!(item, lot, model)?;
        Ok([item, lot, model].into_iter().flatten().collect())
    }

    async fn recalls(&self, model: ModelId, lot: Option<LotId>, item: Option<ItemId>) -> Result<Recalls> {
        let subjects = [Some(Subject::Model(model)), lot.map(Subject::Lot), item.map(Subject::Item)];
        let subjects: Vec<B256> = subjects.into_iter().flatten().map(|subject| subject.word()).collect();
        let custody = self.suite.custody();
        let counts = subjects.iter().map(|subject| custody.open_recalls_of(*subject));
        let open = futures::future::try_join_all(counts).await?.into_iter().sum();
        if open == 0 {
            return Ok(Recalls::default());
        }
        // That there are open recalls is known; that their notices are not to be had must not hide it.
        Ok(Recalls { open, told: self.open_recalls(subjects).await.unwrap_or_default() })
    }

    async fn open_recalls(&self, subjects: Vec<B256>) -> Result<Vec<OpenRecall>> {
        let custody = self.suite.custody();
        let filter =
            Filter::new().address(custody.address()).event_signature(RecallOpened::SIGNATURE_HASH).topic2(subjects);
        let mut told = Vec::new();
        for log in self.all_logs(filter).await? {
            let RoomEvent::Custody(CustodyEvents::RecallOpened(opened)) = log.event else { continue };
            let Some(recall) = custody.recall_of(opened.recallId).await?.filter(|recall| recall.closed_at == 0) else {
                continue;
            };
            let document = Content::from(opened.notice);
            told.push(OpenRecall {
                id: opened.recallId,
                class: recall.class,
                scope: recall.scope,
                issuer: recall.issuer,
                opened_at: recall.opened_at,
                document: document.address().ok(),
                notice: self.notice(&document).await,
                block: log.block_number,
                transaction: log.transaction,
            });
        }
        Ok(told)
    }

    async fn notice(&self, content: &Content) -> Option<RecallNotice> {
        let bytes = self.store.get(&content.address().ok()?).await.ok()?;
        RecallNotice::parse(&bytes).ok()
    }

    async fn product(&self, of: Option<(Address, ModelId)>) -> Option<Product> {
        let (maker, model) = of?;
        let registration = self.suite.catalog().registration_of(model, maker).await.ok()??;
        let document = self.model_document(&registration.document).await.ok()?;
        let address = registration.document.address().ok()?;
        Some(Product { name: document.name, company: document.company, document: address })
    }

    /// What depends on the lot and the claim.
    async fn prove(&self, facts: &mut Facts) {
        let lot = facts.lot.known().copied().flatten().filter(|_| facts.lot_counts.known() == Some(&true));
        let claimed = facts.item_id.filter(|_| matches!(facts.claim, Fact::Known(Some(_))));
        let (unit, alarm) = tokio::join!(
            maybe(facts.item_id.zip(lot), |(item, lot)| self.unit(item, lot)),
            maybe(claimed, |item| self.alarm(item)),
        );
        (facts.unit, facts.alarm) = (unit, alarm);
    }

    /// The unit by the lot document, with a proof that leads to the root on chain, and what the chain says of that proof.
    async fn unit(&self, item: ItemId, lot: Lot) -> Result<Option<UnitFact>> {
        let store = self.store;
        let document = || async move {
            let bytes = store.get(&lot.document.address()?).await?;
            LotDocument::read(bytes.as_slice()).map_err(|error| Error::Answer(error.to_string()))
        };
        let mut proofs = LotProofs::open(self.home, item.lot(), lot.root, document).await?;
        let Some(found) = proofs.find(item.half())? else { return Ok(None) };
        let contained = self.suite.catalog().contains(item, &found.membership).await?;
        Ok(Some(UnitFact { membership: found.membership, contained }))
    }

    async fn alarm(&self, item: ItemId) -> Result<Option<CloneAlarm>> {
        let devices = self.suite.devices().address();
        let filter = Filter::new().address(devices).event_signature(CloneSuspected::SIGNATURE_HASH).topic1(item.0);
        Ok(self.all_logs(filter).await?.into_iter().find_map(|log| match log.event {
            RoomEvent::Devices(DevicesEvents::CloneSuspected(event)) => {
                Some(CloneAlarm { claimer: event.claimer, block: log.block_number, transaction: log.transaction })
            }
            _ => None,
        }))
    }
}

/// Asks if there is something to ask about.
async fn maybe<S, T, F: Future<Output = Result<T>>>(subject: Option<S>, ask: impl FnOnce(S) -> F) -> Fact<T> {
    match subject {
        Some(subject) => ask(subject).await.into(),
        None => Fact::NotAsked,
    }
}

/// What the document says that `di` identifies, if it names it.
fn naming(document: &ModelDocument, di: &Di) -> Option<IdentifierType> {
    let named = |other: &&theriac_core::document::Identifier| other.agency == di.agency() && other.di == di.as_str();
    document.identifiers.iter().find(named).map(|identifier| identifier.kind)
}
