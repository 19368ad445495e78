//! Work orders: which there are, from the events, and how they stand now.

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use theriac_bindings::mds_profiles::MdsProfiles::{MdsProfilesEvents, OrderOpened};
use theriac_core::ids::ItemId;

use crate::error::Result;
use crate::events::RoomEvent;
use crate::rooms::WorkOrder;
use crate::suite::Suite;
use crate::types::{Content, OrderState};

/// How many orders are asked for at once.
const AT_ONCE: usize = 16;

/// A work order that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderEntry {
    /// Its number.
    pub number: u64,
    /// How it stands.
    pub order: WorkOrder,
    /// Whether its engineer can work on it now.
    pub assigned: bool,
    /// What is to be done.
    pub document: Content,
}

impl OrderEntry {
    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        matches!(self.order.state, OrderState::Open | OrderState::Assigned | OrderState::Started)
    }
}

/// All work orders, or those of one device, in the order of their numbers.
pub async fn orders(suite: &Suite, item: Option<ItemId>) -> Result<Vec<OrderEntry>> {
    let room = Filter::new().address(suite.mds_profiles().address()).event_signature(OrderOpened::SIGNATURE_HASH);
    let filter = item.iter().fold(room, |filter, item| filter.topic2(item.0));
    let logs = suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await?;
    let opened = logs.into_iter().filter_map(|log| match log.event {
        RoomEvent::MdsProfiles(MdsProfilesEvents::OrderOpened(told)) => {
            Some((told.order, Content { digest: told.digest, codec: told.codec }))
        }
        _ => None,
    });
    let entries = stream::iter(opened).map(|(number, document)| entry(suite, number, document));
    Ok(entries.buffered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
}

async fn entry(suite: &Suite, number: u64, document: Content) -> Result<Option<OrderEntry>> {
    let room = suite.mds_profiles();
    // None only where the node forgot a block between the two questions.
    let Some(order) = room.order_of(number).await? else { return Ok(None) };
    let assigned = match order.engineer {
        Some(engineer) => room.is_assigned(number, engineer).await?,
        None => false,
    };
    Ok(Some(OrderEntry { number, order, assigned, document }))
}
