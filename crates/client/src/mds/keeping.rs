//! What a department keeps: every document that the chain knows of its devices, brought from another store where one is missing.
//!
//! The chain alone says which they are: the versions of the profiles, the records, and the documents of work orders. So a new store needs
//! nothing of the old one but the bytes, from whoever has them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::path::Path;

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use theriac_bindings::devices::Devices::{DevicesEvents, Transfer};
use theriac_bindings::mds_profiles::MdsProfiles::{
    MdsProfilesEvents, OperatorAppointed, OperatorSet, OrderCancelled, OrderClosed, OrderEvidence, OrderOpened,
};
use theriac_core::content::ContentAddress;
use theriac_core::document::Document as _;
use theriac_core::ids::ItemId;
use theriac_core::logs::{MAX_RECORD, SealedRecord};

use super::steps;
use crate::error::Result;
use crate::events::{RoomEvent, RoomLog};
use crate::logs;
use crate::store::{Store, StoreError};
use crate::suite::Suite;
use crate::types::Content;

/// How many documents or devices are asked for at once.
const AT_ONCE: usize = 8;
/// Documents in one CAR file on their way from store to store.
const CARRIED_TOGETHER: usize = 64;

/// A document that the chain knows of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The twin.
    pub item: ItemId,
    /// What it is.
    pub what: What,
    /// Where it is.
    pub address: ContentAddress,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Of the profile.
    Version(u32),
    /// A log, an alarm, vital signs or another record, by its place in the device's chain of records, from 1.
    Record(usize),
    /// A part of that record's file, from 1.
    Segment(usize, usize),
    /// Of a work order.
    Order(u64),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(number) => write!(f, "version {number}"),
            Self::Record(place) => write!(f, "record {place}"),
            Self::Segment(place, part) => write!(f, "part {part} of record {place}"),
            Self::Order(number) => write!(f, "a document of work order {number}"),
        }
    }
}

/// What became of the documents.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// Those that the store had.
    pub present: Vec<Kept>,
    /// Those that it has now.
    pub brought: Vec<Kept>,
    /// Those that are not to be had, and why.
    pub missing: Vec<(Kept, String)>,
}

/// Everything that the chain knows of a device, the oldest of each kind first.
pub async fn documents(suite: &Suite, item: ItemId) -> Result<Vec<Kept>> {
    let versions = steps(suite, item).await?.into_iter().map(|step| (What::Version(step.number), step.content));
    let (records, orders) = tokio::try_join!(logs::records(suite, item), order_documents(suite, item))?;
    let records = records.entries.into_iter().map(|entry| (What::Record(entry.number), entry.content));
    let mut seen = HashSet::new();
    let all = versions.chain(records).chain(orders);
    let named = all.map(|(what, content)| Ok(Kept { item, what, address: content.address()? }));
    // The same document may be evidence twice.
    named.filter(|kept: &Result<Kept>| kept.as_ref().map_or(true, |kept| seen.insert(kept.address))).collect()
}

async fn order_documents(suite: &Suite, item: ItemId) -> Result<Vec<(What, Content)>> {
    let room = Filter::new().address(suite.mds_profiles().address());
    let opened = room.clone().event_signature(OrderOpened::SIGNATURE_HASH).topic2(item.0);
    let mut found: Vec<(u64, Content)> = told(suite, opened).await?.into_iter().filter_map(of_order).collect();
    let orders: Vec<B256> = found.iter().map(|(order, _)| alloy::primitives::U256::from(*order).into()).collect();
    // A filter without a topic lets all through.
    if !orders.is_empty() {
        let signatures =
            vec![OrderEvidence::SIGNATURE_HASH, OrderClosed::SIGNATURE_HASH, OrderCancelled::SIGNATURE_HASH];
        let later = room.event_signature(signatures).topic1(orders);
        found.extend(told(suite, later).await?.into_iter().filter_map(of_order));
    }
    Ok(found.into_iter().map(|(order, content)| (What::Order(order), content)).collect())
}

fn of_order(log: RoomLog) -> Option<(u64, Content)> {
    use MdsProfilesEvents as E;
    let RoomEvent::MdsProfiles(told) = log.event else { return None };
    let (order, digest, codec) = match told {
        E::OrderOpened(told) => (told.order, told.digest, told.codec),
        E::OrderEvidence(told) => (told.order, told.digest, told.codec),
        E::OrderClosed(told) => (told.order, told.digest, told.codec),
        E::OrderCancelled(told) => (told.order, told.digest, told.codec),
        _ => return None,
    };
    Some((order, Content { digest, codec }))
}

/// The devices that the account owns or operates today.
pub async fn devices_of(suite: &Suite, account: Address) -> Result<Vec<ItemId>> {
    let owners = owners_served(suite, account).await?;
    let received = Filter::new()
        .address(suite.devices().address())
        .event_signature(Transfer::SIGNATURE_HASH)
        .topic2(owners.iter().map(|owner| owner.into_word()).collect::<Vec<_>>());
    let appointed = Filter::new()
        .address(suite.mds_profiles().address())
        .event_signature(OperatorAppointed::SIGNATURE_HASH)
        .topic3(account);
    let (received, appointed) = tokio::try_join!(told(suite, received), told(suite, appointed))?;
    let candidates: BTreeSet<ItemId> = received.into_iter().chain(appointed).filter_map(item_of).collect();
    let owners = &owners;
    let checked = stream::iter(candidates).map(|item| async move {
        let owned = suite.devices().owner_of(item).await?.is_some_and(|owner| owners.contains(&owner));
        let operated = || async {
            Ok::<_, crate::Error>(suite.mds_profiles().profile_of(item).await?.and_then(|known| known.operator))
        };
        Ok::<_, crate::Error>((owned || operated().await? == Some(account)).then_some(item))
    });
    Ok(checked.buffered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
}

/// The account, and whose devices it may write for.
async fn owners_served(suite: &Suite, account: Address) -> Result<HashSet<Address>> {
    let room = suite.mds_profiles();
    let filter = Filter::new().address(room.address()).event_signature(OperatorSet::SIGNATURE_HASH).topic2(account);
    let mut served: HashMap<Address, bool> = HashMap::from([(account, true)]);
    for log in told(suite, filter).await? {
        if let RoomEvent::MdsProfiles(MdsProfilesEvents::OperatorSet(told)) = log.event
            && told.owner != account
        {
            served.insert(told.owner, told.approved);
        }
    }
    Ok(served.into_iter().filter_map(|(owner, serves)| serves.then_some(owner)).collect())
}

fn item_of(log: RoomLog) -> Option<ItemId> {
    match log.event {
        RoomEvent::Devices(DevicesEvents::Transfer(told)) => Some(ItemId(told.tokenId.into())),
        RoomEvent::MdsProfiles(MdsProfilesEvents::OperatorAppointed(told)) => Some(ItemId(told.item)),
        _ => None,
    }
}

async fn told(suite: &Suite, filter: Filter) -> Result<Vec<RoomLog>> {
    suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await
}

/// The parts of the files of those records that the store has; of the others nobody knows them.
pub async fn segments(store: &Store, documents: &[Kept]) -> Result<Vec<Kept>> {
    let mut found = Vec::new();
    for kept in documents {
        let What::Record(place) = kept.what else { continue };
        // Vital signs, and whatever else was appended, have no parts.
        let bytes = match store.get_within(&kept.address, MAX_RECORD).await {
            Err(crate::Error::Store(StoreError::TooLarge { .. })) => continue,
            answer => answer?,
        };
        let Ok(record) = SealedRecord::parse(&bytes) else { continue };
        let part = |(part, address)| Kept { what: What::Segment(place, part), address, ..kept.clone() };
        found.extend((1..).zip(record.segments).map(part));
    }
    Ok(found)
}

/// Brings what `into` has not, or has damaged: from another store, or else, as a node or service of IPFS, from the network. `folder` is for
/// what is on its way.
pub async fn restore(into: &Store, from: Option<&Store>, wanted: Vec<Kept>, folder: &Path) -> Result<Restored> {
    let mut restored = Restored::default();
    bring(into, from, wanted, folder, &mut restored).await?;
    let here: Vec<Kept> = restored.present.iter().chain(&restored.brought).cloned().collect();
    bring(into, from, segments(into, &here).await?, folder, &mut restored).await?;
    Ok(restored)
}

async fn bring(
    into: &Store,
    from: Option<&Store>,
    wanted: Vec<Kept>,
    folder: &Path,
    restored: &mut Restored,
) -> Result<()> {
    let (present, lacking) = sorted(into, wanted).await?;
    restored.present.extend(present);
    let Some(from) = from else {
        for kept in lacking {
            match into.pin(&kept.address).await {
                Ok(()) => restored.brought.push(kept),
                Err(error) => restored.missing.push((kept, lost(error)?)),
            }
        }
        return Ok(());
    };
    let (found, missing) = sorted(from, lacking).await?;
    let reason = || "the other store has it not, or not whole".to_owned();
    restored.missing.extend(missing.into_iter().map(|kept| (kept, reason())));
    for group in found.chunks(CARRIED_TOGETHER) {
        let roots: Vec<ContentAddress> = group.iter().map(|kept| kept.address).collect();
        from.carry(&roots, into, folder).await?;
        restored.brought.extend_from_slice(group);
    }
    Ok(())
}

/// Those that the store has whole, and the others.
async fn sorted(store: &Store, wanted: Vec<Kept>) -> Result<(Vec<Kept>, Vec<Kept>)> {
    let asked = stream::iter(wanted).map(|kept| async move {
        let whole = store.is_whole(&kept.address).await?;
        Ok::<_, crate::Error>((whole, kept))
    });
    let (whole, lacking): (Vec<_>, Vec<_>) =
        asked.buffered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().partition(|(whole, _)| *whole);
    let kept = |part: Vec<(bool, Kept)>| part.into_iter().map(|(_, kept)| kept).collect();
    Ok((kept(whole), kept(lacking)))
}

/// Why a document is not to be had; any other error ends the work.
fn lost(error: crate::Error) -> Result<String> {
    match error {
        // What a node refuses of one document it may do for the next.
        crate::Error::Store(lost @ (StoreError::Missing { .. } | StoreError::Refused { .. })) => Ok(lost.to_string()),
        other => Err(other),
    }
}
