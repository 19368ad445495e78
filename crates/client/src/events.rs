//! What the rooms told: typed events, and a reader of ranges of blocks.

use alloy::primitives::{Address, B256};
use alloy::providers::Provider;
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEventInterface;
use theriac_bindings::administration::Administration::AdministrationEvents;
use theriac_bindings::anchors::Anchors::AnchorsEvents;
use theriac_bindings::appointments::Appointments::AppointmentsEvents;
use theriac_bindings::catalog::Catalog::CatalogEvents;
use theriac_bindings::custody::Custody::CustodyEvents;
use theriac_bindings::devices::Devices::DevicesEvents;
use theriac_bindings::escrow::Escrow::EscrowEvents;
use theriac_bindings::fhir_oracle::FhirOracle::FhirOracleEvents;
use theriac_bindings::market::Market::MarketEvents;
use theriac_bindings::mds_profiles::MdsProfiles::MdsProfilesEvents;
use theriac_bindings::participants::Participants::ParticipantsEvents;
use theriac_bindings::pharmacy::Pharmacy::PharmacyEvents;
use theriac_bindings::units::Units::UnitsEvents;

use crate::error::{Error, Result};
use crate::suite::Suite;

/// An event of a room.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "room", content = "event", rename_all = "camelCase")]
#[non_exhaustive]
pub enum RoomEvent {
    /// Of the `AccessManager`.
    Administration(AdministrationEvents),
    /// Of `Participants`.
    Participants(ParticipantsEvents),
    /// Of `Catalog`.
    Catalog(CatalogEvents),
    /// Of `Anchors`.
    Anchors(AnchorsEvents),
    /// Of `Custody`.
    Custody(CustodyEvents),
    /// Of `Devices`.
    Devices(DevicesEvents),
    /// Of `Escrow`.
    Escrow(EscrowEvents),
    /// Of `Market`.
    Market(MarketEvents),
    /// Of `Units`.
    Units(UnitsEvents),
    /// Of `Pharmacy`.
    Pharmacy(PharmacyEvents),
    /// Of `Appointments`.
    Appointments(AppointmentsEvents),
    /// Of `MdsProfiles`.
    MdsProfiles(MdsProfilesEvents),
    /// Of `FhirOracle`.
    FhirOracle(FhirOracleEvents),
}

/// An event and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RoomLog {
    /// What was told.
    pub event: RoomEvent,
    /// Block that has it; none in a dry run.
    pub block_number: Option<u64>,
    /// Transaction that caused it; none in a dry run.
    pub transaction: Option<B256>,
    /// Place in the block.
    pub index: Option<u64>,
}

impl Suite {
    /// Decodes a log of one of the rooms; none for another contract's, or an event that this version does not know.
    pub fn event_of(&self, log: &Log) -> Option<RoomLog> {
        Some(RoomLog {
            event: self.decode(&log.inner)?,
            block_number: log.block_number,
            transaction: log.transaction_hash,
            index: log.log_index,
        })
    }

    pub(crate) fn decode(&self, log: &alloy::primitives::Log) -> Option<RoomEvent> {
        let rooms = self.deployment();
        let event = match log.address {
            at if at == rooms.administration => {
                RoomEvent::Administration(AdministrationEvents::decode_log(log).ok()?.data)
            }
            at if at == rooms.participants => RoomEvent::Participants(ParticipantsEvents::decode_log(log).ok()?.data),
            at if at == rooms.catalog => RoomEvent::Catalog(CatalogEvents::decode_log(log).ok()?.data),
            at if at == rooms.anchors => RoomEvent::Anchors(AnchorsEvents::decode_log(log).ok()?.data),
            at if at == rooms.custody => RoomEvent::Custody(CustodyEvents::decode_log(log).ok()?.data),
            at if at == rooms.devices => RoomEvent::Devices(DevicesEvents::decode_log(log).ok()?.data),
            at if at == rooms.escrow => RoomEvent::Escrow(EscrowEvents::decode_log(log).ok()?.data),
            at if at == rooms.market => RoomEvent::Market(MarketEvents::decode_log(log).ok()?.data),
            at if at == rooms.units => RoomEvent::Units(UnitsEvents::decode_log(log).ok()?.data),
            at if at == rooms.pharmacy => RoomEvent::Pharmacy(PharmacyEvents::decode_log(log).ok()?.data),
            at if at == rooms.appointments => RoomEvent::Appointments(AppointmentsEvents::decode_log(log).ok()?.data),
            at if at == rooms.mds_profiles => RoomEvent::MdsProfiles(MdsProfilesEvents::decode_log(log).ok()?.data),
            at if at == rooms.fhir_oracle => RoomEvent::FhirOracle(FhirOracleEvents::decode_log(log).ok()?.data),
            _ => return None,
        };
        Some(event)
    }

    /// Events of the rooms from block `from` to block `to`, both included, in their order.
    pub async fn logs(&self, from: u64, to: u64) -> Result<Vec<RoomLog>> {
        let rooms: Vec<Address> = self.deployment().contracts().into_iter().map(|(_, at)| at).collect();
        self.logs_of(Filter::new().address(rooms), from, to).await
    }

    /// As [`Suite::logs`], of what `filter` lets through (addresses and topics; its blocks are ignored).
    ///
    /// A node may limit how many blocks or logs it answers at once. It says so by an error without a common code, so a
    /// refused range is halved until one block is left, and grows again with every range that is answered.
    pub async fn logs_of(&self, filter: Filter, from: u64, to: u64) -> Result<Vec<RoomLog>> {
        let mut found = Vec::new();
        let (mut first, mut span) = (from, to.saturating_sub(from).saturating_add(1));
        while first <= to {
            let last = to.min(first.saturating_add(span - 1));
            let page = filter.clone().from_block(first).to_block(last);
            match self.chain().asked("eth_getLogs", self.chain().provider().get_logs(&page).await) {
                Ok(logs) => {
                    found.extend(logs.iter().filter_map(|log| self.event_of(log)));
                    first = last + 1;
                    span = span.saturating_mul(2);
                }
                Err(Error::Node { .. }) if last > first => span = (last - first).div_ceil(2),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}
