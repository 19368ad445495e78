//! For whom a record is sealed: those whom the chain names now, the writer, and who is named beside them.

use alloy_primitives::Address;
use clap::Args;
use theriac_client::{Suite, logs};
use theriac_core::envelope::{PublicKey, Reader};
use theriac_core::ids::ItemId;

use crate::args::account;
use crate::commands::envelope::readers::{self, Named};
use crate::commands::reading_key;
use crate::context::Context;
use crate::failure::Failure;

/// Options that change who reads.
#[derive(Debug, Args)]
pub(super) struct ReaderOptions {
    /// Who else may read it: an account that published its key, or a key (age1…); can be given several times. Readers are
    /// always you, the engineers who are assigned to a running order of the device now, its owner and its operator.
    #[arg(long, value_name = "ACCOUNT_OR_KEY", num_args = 1..)]
    reader: Vec<Named>,
    /// Who of these shall not read it, or cannot, having no key; can be given several times.
    #[arg(long, value_name = "ADDRESS", value_parser = account, num_args = 1..)]
    without: Vec<Address>,
}

impl ReaderOptions {
    /// All readers, in one order whatever the chain answers first.
    pub(super) async fn find(
        &self,
        context: &Context<'_>,
        suite: &Suite,
        item: ItemId,
    ) -> Result<Vec<Reader>, Failure> {
        let writer = suite.chain().account();
        let others = [&self.without[..], &[writer]].concat();
        let mut found = logs::readers_of(suite, item, &others).await?;
        if let Some(engineer) = found.without_key.first() {
            return Err(without_key(*engineer));
        }
        found.include(own(suite, writer).await?);
        for reader in readers::find(context, suite.chain().chain_id(), &self.reader).await? {
            found.include(reader);
        }
        found.readers.sort_by_key(|reader| reader.key);
        Ok(found.readers)
    }
}

/// The writer, by the published key or else by the wallet's own.
async fn own(suite: &Suite, writer: Address) -> Result<Reader, Failure> {
    let published = suite.participants().participant_of(writer).await?.encryption_key;
    let key = match PublicKey::new(published.0) {
        Ok(key) => key,
        Err(_) => reading_key::of(suite.chain().signer()?).await?.public().map_err(|error| Failure::of(&error))?,
    };
    Ok(Reader { key, account: Some(writer) })
}

fn without_key(engineer: Address) -> Failure {
    Failure::user(
        "NoKey",
        format!(
            "{engineer} is assigned to a running order of this device and has published no key, so could not read it"
        ),
        format!(
            "have them publish one (`theriac participants set-key --wallet`), or push without them: --without {engineer}; \
             nothing was stored"
        ),
    )
}
