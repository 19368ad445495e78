//! A record of a device, as it is named, found and opened.

use clap::Args;
use theriac_client::logs::{self, LogsError, RecordEntry};
use theriac_client::store::Store;
use theriac_client::{Error, Suite};
use theriac_core::envelope::{EnvelopeError, Identity};
use theriac_core::ids::ItemId;
use theriac_core::logs::{LogError, Manifest};

use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// How a record is named, and what opens it.
#[derive(Debug, Args)]
pub(super) struct RecordOptions {
    /// The device: a UDI with a serial in any form, or an item id.
    item: String,
    /// The record's number, as `theriac logs list` shows it.
    number: usize,
    #[command(flatten)]
    identity: IdentityOptions,
}

/// A record that was opened.
pub(super) struct Opened {
    pub(super) item: ItemId,
    pub(super) entry: RecordEntry,
    pub(super) manifest: Manifest,
    pub(super) store: Store,
    pub(super) identities: Vec<Identity>,
}

impl RecordOptions {
    /// Finds the record on chain, and opens its manifest.
    pub(super) async fn open(&self, context: &Context<'_>) -> Result<Opened, Failure> {
        let item = Item::parse(&self.item)?.id;
        let suite = context.suite().await?;
        let records = logs::records(&suite, item).await?;
        if !records.faults.is_empty() {
            context.printer.note("the node leaves out or alters records of this device: see `theriac logs list`");
        }
        let entry = records.entry(self.number)?.clone();
        let (store, identities) = (context.store()?, self.identity.given(context).await?);
        let manifest = open(&suite, &store, item, &entry, &identities).await?;
        Ok(Opened { item, entry, manifest, store, identities })
    }
}

async fn open(
    suite: &Suite,
    store: &Store,
    item: ItemId,
    entry: &RecordEntry,
    identities: &[Identity],
) -> Result<Manifest, Failure> {
    logs::open(suite, store, item, entry, identities).await.map_err(|error| match error {
        Error::Logs(LogsError::Log(LogError::Envelope(EnvelopeError::NotForThisKey))) => Failure::user(
            "NotAReader",
            format!("record {} is not sealed for your key: nothing of it can be read with it", entry.number),
            "readers are its writer, the owner and operator, and the engineers who were assigned when it was pushed; give \
             --identity FILE if you read with another key, or ask one of them",
        ),
        other => other.into(),
    })
}
