//! What the chain has of the cases of one account.

use std::collections::HashSet;

use alloy::rpc::types::Filter;
use alloy_primitives::{Address, B256};
use serde::Serialize;
use theriac_bindings::anchors::Anchors::AnchorsEvents;
use theriac_bindings::custody::Custody::CustodyEvents;
use theriac_bindings::units::Units::UnitsEvents;
use theriac_client::types::UnitStop;
use theriac_client::{RoomEvent, Suite};
use theriac_core::dscsa::Handling;
use theriac_core::ids::{ItemId, UnitId};

use crate::failure::Failure;

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub(super) enum Thing {
    Item(ItemId),
    Unit(UnitId),
}

/// The events that one account caused.
#[derive(Debug, Default)]
pub(super) struct Traces {
    stopped: Vec<(Thing, B256)>,
    released: HashSet<B256>,
    recorded: HashSet<B256>,
}

impl Traces {
    /// Reads them.
    pub(super) async fn of(suite: &Suite, account: Address) -> Result<Self, Failure> {
        let rooms = vec![suite.custody().address(), suite.units().address(), suite.anchors().address()];
        let filter = Filter::new().address(rooms).topic2(account.into_word());
        let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
        let mut traces = Self::default();
        for log in suite.logs_of(filter, first, last).await? {
            traces.note(log.event);
        }
        Ok(traces)
    }

    fn note(&mut self, event: RoomEvent) {
        match event {
            RoomEvent::Custody(CustodyEvents::ItemQuarantined(told)) => {
                self.stopped.push((Thing::Item(ItemId(told.item)), told.evidence));
            }
            RoomEvent::Custody(CustodyEvents::ItemReleased(told)) => _ = self.released.insert(told.evidence),
            RoomEvent::Units(UnitsEvents::UnitStopped(told)) => {
                self.stopped.push((Thing::Unit(UnitId(told.unit)), told.evidence));
            }
            RoomEvent::Units(UnitsEvents::UnitFreed(told)) => _ = self.released.insert(told.evidence),
            RoomEvent::Anchors(AnchorsEvents::RecordAppended(told)) => _ = self.recorded.insert(told.digest),
            _ => {}
        }
    }

    /// Whether the step with this digest was done.
    pub(super) fn has(&self, handling: &Handling, digest: B256) -> bool {
        match handling {
            Handling::Quarantine { .. } => self.stopped.iter().any(|(_, evidence)| *evidence == digest),
            Handling::Clear { .. } => self.released.contains(&digest),
            Handling::Investigate { .. } | Handling::Report { .. } => self.recorded.contains(&digest),
        }
    }

    /// What was stopped by the first step of a case.
    pub(super) fn things(&self, case: B256) -> Vec<Thing> {
        self.stopped.iter().filter(|(_, evidence)| *evidence == case).map(|(thing, _)| *thing).collect()
    }
}

impl Thing {
    /// Whether the quarantine of this account is in force.
    pub(super) async fn is_stopped(self, suite: &Suite, by: Address) -> Result<bool, Failure> {
        Ok(match self {
            Self::Item(item) => suite.custody().is_quarantined_by(item, by).await?,
            Self::Unit(unit) => suite.units().is_stopped_by(unit, UnitStop::Quarantine, by).await?,
        })
    }
}
