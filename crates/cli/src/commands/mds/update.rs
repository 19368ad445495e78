//! `theriac mds update`.

use clap::Args;
use theriac_core::fhir::MdsState;

use super::change::Change;
use super::newest;
use super::next::{Next, NextOptions};
use crate::answer::Answer;
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac mds update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    #[command(flatten)]
    change: Change,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    next: NextOptions,
}

/// Writes the state into the newest document and stores it as the next version, for the same readers.
pub(super) async fn run(context: &Context<'_>, options: &Update) -> Result<Answer, Failure> {
    options.change.require_one_meaning()?;
    let item = Item::parse(&options.item)?.id;
    let suite = context.signing_suite().await?;
    let profile = newest::required(&suite, item).await?;
    let opened = newest::open(context, &suite, item, profile.version, profile.content, &options.identity).await?;
    let before = MdsState::read(&opened.document).map_err(|error| Failure::of(&error))?;
    let mut state = before.clone();
    options.change.apply(&mut state);
    let document = state.write(&opened.document).map_err(|error| Failure::of(&error))?;
    let next = Next {
        suite: &suite,
        item,
        newest: Some(profile),
        document,
        readers: opened.readers,
        before: Some(before),
        salts: opened.salts,
        options: &options.next,
    };
    next.write(context).await
}
