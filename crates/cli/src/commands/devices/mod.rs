//! `theriac devices`: the twins of devices (ERC-721), and the tags that travel with the units.

mod hand_over;
mod mint;
mod show;
mod tag;

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::Subcommand;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with devices.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Mint twins, as the lot's manufacturer; several in one transaction.
    Mint(mint::Mint),
    /// Show a twin: owner, lock, document, first claim of its tag.
    Show {
        /// A UDI with a serial in any form, or an item id.
        item: String,
    },
    /// Hand a twin over.
    Transfer(hand_over::Transfer),
    /// Lock a twin: from then on only the keeper can unlock it or send it back.
    Lock {
        /// A UDI with a serial in any form, or an item id.
        item: String,
        /// Who alone can unlock it or send it back.
        #[arg(long, value_name = "ADDRESS", value_parser = account)]
        keeper: Address,
    },
    /// End a lock, as its keeper.
    Unlock {
        /// A UDI with a serial in any form, or an item id.
        item: String,
    },
    /// Send a locked twin back to the account that locked it, as its keeper.
    SendBack {
        /// A UDI with a serial in any form, or an item id.
        item: String,
    },
    /// Give a twin a document of its own, as the lot's manufacturer.
    SetDocument {
        /// A UDI with a serial in any form, or an item id.
        item: String,
        /// The document: JSON with `name`, `description` and `image`, as wallets show it.
        file: PathBuf,
    },
    /// Ask whether the tag at hand is that of the item: it signs a challenge.
    ProveTag(tag::Prove),
    /// Record who first claims the item by its tag; a later claim by another raises the alarm.
    Claim(tag::Claim),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Mint(options) => mint::run(context, &options).await,
        Verb::Show { item } => show::run(context, &item).await,
        Verb::Transfer(options) => hand_over::transfer(context, &options).await,
        Verb::Lock { item, keeper } => hand_over::lock(context, &item, keeper).await,
        Verb::Unlock { item } => hand_over::unlock(context, &item).await,
        Verb::SendBack { item } => hand_over::send_back(context, &item).await,
        Verb::SetDocument { item, file } => hand_over::set_document(context, &item, &file).await,
        Verb::ProveTag(options) => tag::prove(context, &options).await,
        Verb::Claim(options) => tag::claim(context, &options).await,
    }
}
