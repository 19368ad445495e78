//! Many versions at once, as a gateway that serves many devices writes them: sealed and signed on all cores, stored together,
//! anchored many in one transaction.

use std::collections::HashSet;

use alloy::primitives::{B256, keccak256};
use futures::{StreamExt as _, stream};
use rayon::prelude::*;
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::{Draft, MdsError, Version};
use crate::error::Result;
use crate::pipeline::Job;
use crate::rooms::ProfileUpdate;
use crate::store::{Store, StoreError};
use crate::suite::Suite;

/// Versions that one transaction anchors.
pub const PER_TRANSACTION: usize = 50;
/// Versions that are flushed to the disk together.
const STORED_TOGETHER: usize = 10 * PER_TRANSACTION;
/// Groups that are prepared while the one before is sent.
const AHEAD: usize = 2;
/// Gas of a transaction without its versions, and of one version: with room above what is measured (snapshots/operations.json), on the
/// coming fork too.
const GAS: u64 = 100_000;
const GAS_OF_FIRST: u64 = 400_000;
const GAS_OF_NEXT: u64 = 70_000;

/// A version that is signed and stored, and not yet anchored.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What was signed.
    pub version: Version,
    /// Where the document is.
    pub address: ContentAddress,
}

impl Prepared {
    /// What the chain is told.
    pub fn update(&self) -> ProfileUpdate {
        let version = &self.version;
        let (state, content) = (version.state.clone(), self.address.into());
        ProfileUpdate { item: version.item, version: version.number, state, content }
    }
}

/// Prepares the versions and hands them to the pipeline, [`PER_TRANSACTION`] in each job. `note` learns the key of a job and what is
/// in it before the job is sent; a document is stored before that. Of one device there can be one version.
///
/// # Errors
/// A version that cannot be sealed or stored ends it; what was handed over before goes on.
pub async fn feed(
    suite: Suite,
    store: Store,
    drafts: Vec<Draft>,
    jobs: mpsc::Sender<Job>,
    mut note: impl FnMut(String, Vec<Prepared>),
) -> Result<()> {
    require_one_of_each(&drafts)?;
    let groups: Vec<Vec<Draft>> = drafts.chunks(STORED_TOGETHER).map(<[Draft]>::to_vec).collect();
    let mut prepared =
        stream::iter(groups).map(|group| prepare(suite.clone(), store.clone(), group)).buffered(AHEAD).boxed();
    while let Some(group) = prepared.next().await {
        for versions in group?.chunks(PER_TRANSACTION) {
            let job = job(&suite, versions);
            note(job.key.clone(), versions.to_vec());
            // A closed channel means that the pipeline gave up, which its outcomes tell.
            if jobs.send(job).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A second one would have to name the first, which has no address before it is sealed.
fn require_one_of_each(drafts: &[Draft]) -> Result<()> {
    let mut seen: HashSet<ItemId> = HashSet::new();
    for draft in drafts {
        if !seen.insert(draft.item) {
            return Err(MdsError::Twice { item: draft.item }.into());
        }
        // `updateMany` does not say where devices are.
        if draft.moves() {
            return Err(MdsError::Moves { item: draft.item }.into());
        }
    }
    Ok(())
}

fn job(suite: &Suite, versions: &[Prepared]) -> Job {
    let updates: Vec<ProfileUpdate> = versions.iter().map(Prepared::update).collect();
    let digests: Vec<B256> = updates.iter().map(|update| update.content.digest).collect();
    let gas: u64 =
        versions.iter().map(|one| if one.version.number == 1 { GAS_OF_FIRST } else { GAS_OF_NEXT }).sum::<u64>() + GAS;
    // The digests are of signed documents, so the key is of this piece of work alone.
    let key = format!("updateMany/{}", keccak256(digests.concat()));
    suite.mds_profiles().update_many(&updates).job(key).with_gas(gas)
}

/// Seals and signs on all cores, and stores together.
pub async fn prepare(suite: Suite, store: Store, drafts: Vec<Draft>) -> Result<Vec<Prepared>> {
    let runtime = Handle::current();
    let work = move || -> Result<Vec<(Version, Vec<u8>)>> {
        let signer = suite.chain().signer()?;
        let one = |draft: &Draft| {
            let signed = runtime.block_on(draft.seal(&suite, signer.address())?.sign(signer))?;
            let bytes = signed.readable()?;
            Ok((signed.version, bytes))
        };
        drafts.par_iter().map(one).collect()
    };
    let signed = tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)??;
    let (versions, documents): (Vec<Version>, Vec<Vec<u8>>) = signed.into_iter().unzip();
    let addresses = store.put_many(documents).await?;
    Ok(versions.into_iter().zip(addresses).map(|(version, address)| Prepared { version, address }).collect())
}
