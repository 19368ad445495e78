//! `history/append`: versions of full profiles per second, each made from its document, sealed, signed, stored on the disk and anchored, until
//! the receipt of its transaction is there. Peer: the same, one version after another.
//!
//! What this history replaces, BigchainDB 2.2.2 (abandoned), is not run here: it needs MongoDB and Tendermint.

use std::time::Instant;

use alloy::primitives::B256;
use futures::StreamExt as _;
use futures::stream;
use jiff::Timestamp;
use serde_json::{Value, json};
use theriac_client::mds::{self, Draft, Salts};
use theriac_client::pipeline::{Job, Options, Status};
use theriac_client::rooms::ProfileUpdate;
use theriac_client::store::{BlockStore, Store};
use theriac_client::types::{Content, Membership, NewLot, Product};
use theriac_client::{Roles, Secret, Signer, Suite};
use theriac_core::envelope::{Identity, Reader};
use theriac_core::fhir::{MdsState, Resource};
use theriac_core::ids::{Agency, ItemId, ModelId};
use theriac_core::merkle::LotTree;
use theriac_core::serials;
use tokio::sync::mpsc;

use crate::anvil::{Anvil, LARGE_BLOCKS};
use crate::figures::{Error, median, rounded};

const DEVICES: u32 = 2_000;
/// Each writes one version of every device.
const ROUNDS: usize = 5;
/// The peer needs a block, 0.2 s, for each.
const PEER_VERSIONS: usize = 25;
const GTIN: &str = "00012345678905";
const LOT: &str = "A1";
/// The second account of anvil's well-known mnemonic.
const REGULATOR: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/// More than a mint or a first version takes.
const GAS: u64 = 500_000;

pub(crate) fn measure(monitor: &Resource) -> Result<Value, Error> {
    let anvil = Anvil::start(&LARGE_BLOCKS)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(on(&anvil, monitor))
}

async fn on(anvil: &Anvil, monitor: &Resource) -> Result<Value, Error> {
    let folder = tempfile::tempdir_in("target")?;
    let ward = Ward {
        suite: anvil.suite(Roles::MANUFACTURER).await?,
        store: Store::Blocks(BlockStore::open(folder.path().join("blocks"))?),
        monitor: monitor.clone(),
        reader: Reader::from(Identity::generate().public()?),
        salts: Salts { patient: Some(B256::repeat_byte(5)), location: Some(B256::repeat_byte(6)) },
    };
    let devices = ward.mint().await?;
    ward.first_versions(&devices).await?;
    let mut per_second = Vec::new();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        ward.append(&devices).await?;
        per_second.push(devices.len() as f64 / started.elapsed().as_secs_f64());
    }
    for item in devices.iter().take(3) {
        let history = mds::walk(&ward.suite, &ward.store, *item, &[]).await?;
        if !history.is_sound() || history.versions.len() != ROUNDS + 1 {
            return Err(format!("the history of {item} is not sound: {history:?}").into());
        }
        let address = history.versions[0].step.content.address()?;
        bytes = ward.store.get(&address).await?.len();
    }
    let peer = ward.one_after_another(&devices).await?;
    let ours = median(per_second);
    Ok(json!({
        "perSecond": rounded(ours),
        "bytes": bytes,
        "peer": "one after another, each waiting for its receipt",
        "ratio": rounded(ours / peer),
    }))
}

/// Devices of one owner, all with the same patient's monitor as document.
struct Ward {
    suite: Suite,
    store: Store,
    monitor: Resource,
    reader: Reader,
    salts: Salts,
}

impl Ward {
    async fn mint(&self) -> Result<Vec<ItemId>, Error> {
        let owner = self.suite.chain().account();
        let regulator = Signer::from_private_key(&Secret::new(REGULATOR))?;
        let enrolment = crate::anvil::enrolment(&self.suite, Roles::REGULATOR).await?;
        self.suite.participants().enrol_powerful(regulator.address(), &enrolment).send().await?;
        let word = Content::raw(B256::repeat_byte(7));
        let model = ModelId::new(Agency::Gs1, GTIN);
        self.suite.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word).send().await?;
        let catalog = self.suite.with_signer(regulator).await?.catalog();
        catalog.approve_model(model, owner, word.digest, Product::Device).send().await?;

        let text: String = (1..=DEVICES).map(|serial| format!("M{serial:05}\n")).collect();
        let tree = LotTree::build(serials::read(text.as_bytes())?.leaves);
        let (number, root, count) = (LOT.to_owned(), tree.root(), tree.count());
        let (made_at, expires_at) = (1_700_000_000, 4_000_000_000);
        let lot = NewLot { model, number, root, count, made_at, expires_at, document: word };
        self.suite.catalog().register_lot(&lot).send().await?;

        let id = model.lot(LOT);
        let mut jobs = Vec::new();
        let mut items = Vec::new();
        for index in 0..count {
            let item = id.item(&format!("M{:05}", index + 1));
            let membership = Membership { index, tag_key: Default::default(), proof: tree.proof(index)? };
            jobs.push(self.suite.devices().mint(item, owner, &membership).job(format!("mint/{item}")).with_gas(GAS));
            items.push(item);
        }
        self.all_done(jobs).await?;
        Ok(items)
    }

    /// They say where the devices are, and stand alone in their transactions.
    async fn first_versions(&self, devices: &[ItemId]) -> Result<(), Error> {
        let drafts = self.drafts(devices).await?;
        let prepared = mds::prepare(self.suite.clone(), self.store.clone(), drafts).await?;
        let jobs = prepared.iter().map(|one| {
            let (update, version) = (one.update(), &one.version);
            let call = self.suite.mds_profiles().update_placed(&update, version.patient, version.location);
            call.job(format!("first/{}", version.item)).with_gas(GAS)
        });
        self.all_done(jobs.collect()).await
    }

    /// The next version of each: an hour more.
    async fn drafts(&self, devices: &[ItemId]) -> Result<Vec<Draft>, Error> {
        let known = stream::iter(devices.to_vec())
            .map(|item| async move { (item, self.suite.mds_profiles().profile_of(item).await) })
            .buffered(64);
        let known: Vec<_> = known.collect().await;
        known.into_iter().map(|(item, newest)| self.draft(item, newest?)).collect()
    }

    fn draft(&self, item: ItemId, newest: Option<theriac_client::rooms::Profile>) -> Result<Draft, Error> {
        let mut state = MdsState::read(&self.monitor)?;
        state.hours = newest.as_ref().map_or(Some(1), |newest| u32::try_from(newest.state.hours + 1).ok());
        let text = |of: Option<String>, salt: Option<B256>| {
            of.zip(salt).map(|(text, salt)| mds::commitment(item, &text, salt))
        };
        let patient = text(state.patient.as_ref().and_then(mds::patient_text), self.salts.patient);
        let location = text(state.location.as_deref().map(mds::location_text), self.salts.location);
        Ok(Draft {
            item,
            newest,
            document: state.write(&self.monitor)?,
            patient,
            location,
            salts: self.salts,
            readers: vec![self.reader],
            at: Timestamp::now(),
        })
    }

    async fn append(&self, devices: &[ItemId]) -> Result<(), Error> {
        let drafts = self.drafts(devices).await?;
        let (sender, mut jobs) = mpsc::channel(64);
        let feeding = tokio::spawn(mds::feed(self.suite.clone(), self.store.clone(), drafts, sender, |_, _| {}));
        let jobs = stream::poll_fn(move |context| jobs.poll_recv(context));
        self.follow(jobs, devices.len().div_ceil(mds::PER_TRANSACTION)).await?;
        Ok(feeding.await??)
    }

    async fn one_after_another(&self, devices: &[ItemId]) -> Result<f64, Error> {
        let drafts = self.drafts(&devices[..PEER_VERSIONS]).await?;
        let started = Instant::now();
        for draft in drafts {
            let signer = self.suite.chain().signer()?;
            let signed = draft.seal(&self.suite, signer.address())?.sign(signer).await?;
            let address = self.store.put(&signed.readable()?).await?;
            let version = &signed.version;
            let (state, content) = (version.state.clone(), address.into());
            let update = ProfileUpdate { item: version.item, version: version.number, state, content };
            self.suite.mds_profiles().update(&update).send().await?;
        }
        Ok(PEER_VERSIONS as f64 / started.elapsed().as_secs_f64())
    }

    async fn all_done(&self, jobs: Vec<Job>) -> Result<(), Error> {
        let count = jobs.len();
        self.follow(stream::iter(jobs), count).await
    }

    async fn follow(
        &self,
        jobs: impl futures::Stream<Item = Job> + Send + Unpin + 'static,
        count: usize,
    ) -> Result<(), Error> {
        let journal = tempfile::tempdir()?;
        let options = Options {
            poll: std::time::Duration::from_millis(20),
            ..Options::with_journal(journal.path().join("journal"))
        };
        let mut outcomes = self.suite.pipeline(jobs, options).await?;
        let mut done = 0;
        while let Some(outcome) = outcomes.next().await {
            match outcome?.status {
                Status::Done(_) => done += 1,
                other => return Err(format!("a transaction failed: {other:?}").into()),
            }
        }
        if done == count { Ok(()) } else { Err(format!("only {done} of {count} were done").into()) }
    }
}
