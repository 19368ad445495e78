//! Which devices' documents are backed up or restored.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::mds::{self, Kept};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use crate::args::account;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// The devices.
#[derive(Debug, Args)]
pub(super) struct Devices {
    /// UDIs with serials in any form, or item ids.
    #[arg(required_unless_present_any = ["mine", "of"])]
    items: Vec<String>,
    /// All devices that the account that signs owns or operates: what a department keeps of its own.
    #[arg(long)]
    mine: bool,
    /// All devices that this account owns or operates.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    of: Vec<Address>,
}

impl Devices {
    /// All documents of the devices.
    pub(super) async fn documents(&self, context: &Context<'_>, suite: &Suite) -> Result<Vec<Kept>, Failure> {
        let mut documents = Vec::new();
        for item in self.items(context, suite).await? {
            documents.extend(mds::documents(suite, item).await?);
        }
        if documents.is_empty() {
            return Err(Failure::user(
                "NothingKept",
                "the chain knows no document of these devices",
                "`theriac mds show` tells whether a device has a profile; is it the right chain?",
            ));
        }
        Ok(documents)
    }

    async fn items(&self, context: &Context<'_>, suite: &Suite) -> Result<Vec<ItemId>, Failure> {
        let mut items = self.items.iter().map(|text| Ok(Item::parse(text)?.id)).collect::<Result<Vec<_>, Failure>>()?;
        let mut accounts = self.of.clone();
        if self.mine {
            accounts.push(context.required_signer()?.address());
        }
        for account in accounts {
            items.extend(mds::devices_of(suite, account).await?);
        }
        items.sort_unstable();
        items.dedup();
        Ok(items)
    }
}

/// A document in words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptFacts {
    item: ItemId,
    what: String,
    document: ContentAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl KeptFacts {
    pub(super) fn of(kept: &Kept) -> Self {
        Self { item: kept.item, what: kept.what.to_string(), document: kept.address, reason: None }
    }

    pub(super) fn missing(kept: &Kept, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::of(kept) }
    }

    /// `missing  version 3 of 0x…: reason`.
    pub(super) fn text(&self) -> String {
        let Self { item, what, document, reason } = self;
        format!("missing  {what} of {item}, {document}: {}", reason.as_deref().unwrap_or("it is not in this store"))
    }
}
