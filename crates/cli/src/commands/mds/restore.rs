//! `theriac mds restore`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, Restored};
use theriac_client::store::{BlockStore, Store};

use super::keeping::{Devices, KeptFacts};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac mds restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    devices: Devices,
    /// From this CAR file.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    car: Option<PathBuf>,
    /// From this store, named as for --store. Without it and --car, a Kubo node or pinning service looks in the network.
    #[arg(long, value_name = "STORE")]
    from: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    /// Documents that were here already.
    present: usize,
    brought: Vec<KeptFacts>,
    missing: Vec<KeptFacts>,
}

/// Brings what is missing; exit code 1 if it is not to be had.
pub(super) async fn run(context: &Context<'_>, options: &Restore) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let store = context.store()?;
    let wanted = options.devices.documents(context, &suite).await?;
    let failed = |error| files::failed(&context.options.home, &error);
    std::fs::create_dir_all(&context.options.home).map_err(failed)?;
    let folder = tempfile::tempdir_in(&context.options.home).map_err(failed)?;
    let from = match (&options.car, &options.from) {
        // Only what the chain knows goes on into the store, whatever else is in the file.
        (Some(car), _) => {
            let unpacked =
                Store::Blocks(BlockStore::open(folder.path().join("blocks")).map_err(theriac_client::Error::from)?);
            unpacked.import_car(car).await?;
            Some(unpacked)
        }
        (None, Some(spec)) => Some(Store::open(spec, &context.options.home)?),
        (None, None) => None,
    };
    let restored = mds::restore(&store, from.as_ref(), wanted, folder.path()).await?;
    let facts = Facts::of(&restored);
    let good = facts.missing.is_empty();
    Ok(Answer::new(facts.text(), &facts)?.good(good))
}

impl Facts {
    fn of(restored: &Restored) -> Self {
        Self {
            present: restored.present.len(),
            brought: restored.brought.iter().map(KeptFacts::of).collect(),
            missing: restored.missing.iter().map(|(kept, reason)| KeptFacts::missing(kept, reason)).collect(),
        }
    }

    fn text(&self) -> String {
        let mut lines: Vec<String> = self.missing.iter().map(KeptFacts::text).collect();
        lines.push(format!(
            "{} documents were here, {} brought, {} missing",
            self.present,
            self.brought.len(),
            self.missing.len()
        ));
        lines.join("\n")
    }
}
