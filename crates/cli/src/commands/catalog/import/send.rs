//! Documents into the store, registrations onto the chain.

use std::collections::HashSet;

use alloy_primitives::Address;
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use theriac_client::pipeline::Job;
use theriac_client::rooms::Catalog;
use theriac_client::store::Store;
use theriac_client::types::{Content, Product};
use theriac_client::{Roles, Suite};
use theriac_core::document::{Category, Document as _};
use theriac_core::ids::ModelId;
use tokio::sync::mpsc;

use super::read::{self, Good};
use super::{Import, Tally};
use crate::commands::bulk;
use crate::commands::catalog::known::Known;
use crate::context::Context;
use crate::failure::Failure;

/// Documents that are stored at the same time: writing to a disk or to another machine is mostly waiting.
const STORED_AT_ONCE: usize = 16;

/// Which records are under way: number and DI.
type Sent = bulk::Sent<(u64, String)>;

/// Imports the file: stores, registers, and counts.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Tally, Failure> {
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    require_manufacturer(&suite, account).await?;
    let records = read::start(options)?;
    let bar = context.printer.progress(0, "records");
    let sent = Sent::default();
    let (sender, jobs) = mpsc::channel(64);
    let feeder = Feeder {
        catalog: suite.catalog(),
        store: context.store()?,
        known: Known::read(&suite).await?,
        account,
        sent: sent.clone(),
        bar: bar.clone(),
    };
    let outcomes = suite.pipeline(bulk::stream(jobs), bulk::options(context, &suite)).await?;
    let feeding = tokio::spawn(feeder.run(records, sender));
    let ended = bulk::follow(outcomes, &suite, &sent, &bar).await?;
    let mut tally = feeding.await.map_err(|error| Failure::internal("feeding the pipeline", error))??;
    bar.finish_and_clear();
    (tally.registered, tally.resumed, tally.gas_used) = (ended.done, ended.resumed, ended.gas_used);
    tally.imported = tally.registered + tally.unchanged;
    for ((record, di), reason) in ended.failed {
        tally.refuse(record, &di, reason);
    }
    tally.refused.sort_by_key(|refused| refused.record);
    Ok(tally)
}

/// Without the role every single record would be refused.
async fn require_manufacturer(suite: &Suite, account: Address) -> Result<(), Failure> {
    if suite.participants().is_active_as(account, Roles::MANUFACTURER).await? {
        return Ok(());
    }
    Err(Failure::user(
        "Catalog_NotManufacturer",
        format!("{account} is not an active participant with the role manufacturer, so it cannot register models"),
        "apply with `theriac participants apply`; the registrar grants the role with `theriac participants approve`",
    ))
}

/// Makes jobs of records.
struct Feeder {
    catalog: Catalog,
    store: Store,
    known: Known,
    account: Address,
    sent: Sent,
    bar: ProgressBar,
}

/// A record whose document is stored, or why it could not be.
type Stored = (Good, Result<theriac_core::content::ContentAddress, Failure>);

impl Feeder {
    async fn run(self, records: mpsc::Receiver<read::Met>, jobs: mpsc::Sender<Job>) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let mut seen = HashSet::new();
        let waiting = stream::unfold(records, |mut records| async move { Some((records.recv().await?, records)) });
        let store = &self.store;
        let stored = waiting.map(|met| async move {
            match met {
                read::Met::Good(good) => Ok(put(store, *good).await),
                other => Err(other),
            }
        });
        let mut stored = std::pin::pin!(stored.buffered(STORED_AT_ONCE));
        while let Some(met) = stored.next().await {
            self.bar.inc_length(1);
            let (good, address) = match met {
                Ok((good, address)) => (good, address),
                Err(other) => {
                    tally.take(other);
                    self.bar.inc(1);
                    continue;
                }
            };
            if let Some(job) = self.job(&mut tally, &mut seen, good, address)? {
                // A closed channel means that the pipeline gave up, which its outcomes tell.
                if jobs.send(job).await.is_err() {
                    break;
                }
            } else {
                self.bar.inc(1);
            }
        }
        Ok(tally)
    }

    /// The job that registers the record; none where there is nothing to do.
    fn job(
        &self,
        tally: &mut Tally,
        seen: &mut HashSet<ModelId>,
        good: Good,
        address: Result<theriac_core::content::ContentAddress, Failure>,
    ) -> Result<Option<Job>, Failure> {
        let record = good.record;
        let Some(Good { document, .. }) = tally.take(read::Met::Good(Box::new(good))) else { return Ok(None) };
        let content = Content::from(address?);
        let (model, di) = (document.id(), document.di.as_str());
        if !seen.insert(model) {
            tally.refuse(record, di, "this DI stands in the file already; the first record was imported");
            return Ok(None);
        }
        let before = self.known.registrations.get(&(model, self.account));
        if before.is_some_and(|before| before.document == content) {
            tally.unchanged += 1;
            return Ok(None);
        }
        if let Some(manufacturer) = self.known.approved.get(&model) {
            let reason = format!(
                "the model is approved for {manufacturer} with another document; only a regulator can strike it"
            );
            tally.refuse(record, di, reason);
            return Ok(None);
        }
        let product = match document.category {
            Category::Device => Product::Device,
            Category::Drug => Product::Drug,
        };
        // The count makes a registration that goes back to an earlier document a new piece of work.
        let times = before.map_or(0, |before| before.times);
        let key = format!("registerModel/{model}/{}/{times}", content.digest);
        self.sent.note(key.clone(), (record, di.to_owned()));
        Ok(Some(self.catalog.register_model(document.agency, di, product, content).job(key)))
    }
}

async fn put(store: &Store, good: Good) -> Stored {
    let stored = match good.document.canonical() {
        Ok(bytes) => store.put(&bytes).await.map_err(Failure::from),
        Err(error) => Err(Failure::of(&error)),
    };
    (good, stored)
}
