//! Who may read a record that is pushed now.

use alloy::primitives::Address;
use theriac_core::envelope::{PublicKey, Reader};
use theriac_core::ids::ItemId;

use crate::error::Result;
use crate::mds;
use crate::suite::Suite;

/// Those whom the chain names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those who published a key, each key once.
    pub readers: Vec<Reader>,
    /// Engineers who are assigned and published none.
    pub without_key: Vec<Address>,
}

/// The engineers who are assigned to a running order of the device now, its owner, and the operator whom the owner
/// appointed; without those in `without`. Owner and operator read if they published a key.
pub async fn readers_of(suite: &Suite, item: ItemId, without: &[Address]) -> Result<Found> {
    let (devices, room) = (suite.devices(), suite.mds_profiles());
    let (orders, owner, profile) =
        tokio::try_join!(mds::orders(suite, Some(item)), devices.owner_of(item), room.profile_of(item))?;
    let mut found = Found::default();
    let assigned = orders.iter().filter(|entry| entry.is_running() && entry.assigned);
    for engineer in assigned.filter_map(|entry| entry.order.engineer) {
        let taken = without.contains(&engineer) || found.without_key.contains(&engineer);
        if !taken && !found.add(published(suite, engineer).await?, engineer) {
            found.without_key.push(engineer);
        }
    }
    for account in [owner, profile.and_then(|profile| profile.operator)].into_iter().flatten() {
        if !without.contains(&account) {
            found.add(published(suite, account).await?, account);
        }
    }
    Ok(found)
}

/// The key that the account published.
async fn published(suite: &Suite, account: Address) -> Result<Option<PublicKey>> {
    let known = suite.participants().participant_of(account).await?;
    Ok(PublicKey::new(known.encryption_key.0).ok())
}

impl Found {
    /// Adds a reader whose key is not there yet; no where there is no key.
    fn add(&mut self, key: Option<PublicKey>, account: Address) -> bool {
        let Some(key) = key else { return false };
        self.include(Reader { key, account: Some(account) });
        true
    }

    /// Adds a reader, unless the key is there.
    pub fn include(&mut self, reader: Reader) {
        if !self.readers.iter().any(|known| known.key == reader.key) {
            self.readers.push(reader);
        }
    }
}
