//! `MdsProfiles`: how is this device doing?

use alloy::primitives::{Address, B256, U256, Uint};
use theriac_bindings::mds_profiles::MdsProfiles as abi;
use theriac_core::fhir::{DeviceStatus, OperatingMode, StatusReason};
use theriac_core::ids::ItemId;

use crate::call::Call;
use crate::error::{Error, Result};
use crate::types::{Content, OrderKind, OrderState, RecordKind, Severity, WorkOutcome, seconds};

super::room!(
    /// How is this device doing?
    MdsProfiles, mds_profiles
);

/// The contract's numbers of `Device.status`.
const STATUSES: [DeviceStatus; 4] =
    [DeviceStatus::Unknown, DeviceStatus::Active, DeviceStatus::Inactive, DeviceStatus::EnteredInError];
/// Reasons of a status in the order of their bits, the lowest first.
const REASONS: &[StatusReason] = StatusReason::ALL;
/// The contract's numbers of operating modes.
const MODES: [OperatingMode; 4] =
    [OperatingMode::Normal, OperatingMode::Demonstration, OperatingMode::Service, OperatingMode::Maintenance];

fn number_of<T: PartialEq>(list: &[T], value: &T) -> u8 {
    // The lists name every value there is.
    list.iter().position(|known| known == value).and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

fn value_of<T: Copy>(list: &[T], number: u8, kind: &'static str) -> Result<T> {
    list.get(usize::from(number)).copied().ok_or(Error::UnknownNumber { kind, number })
}

/// What changes of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceState {
    /// `Device.status`.
    pub status: DeviceStatus,
    /// Why it has it, in the order of the standard.
    pub reasons: Vec<StatusReason>,
    /// The one operating mode.
    pub mode: OperatingMode,
    /// Operating hours.
    pub hours: u64,
    /// Operating cycles.
    pub cycles: u64,
}

impl DeviceState {
    fn reason_bits(&self) -> u8 {
        self.reasons.iter().fold(0, |bits, reason| bits | 1 << number_of(REASONS, reason))
    }
}

/// A new version of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileUpdate {
    /// The twin.
    pub item: ItemId,
    /// One more than that of the newest version.
    pub version: u32,
    /// What the new version says.
    pub state: DeviceState,
    /// The full profile.
    pub content: Content,
}

impl ProfileUpdate {
    fn abi(&self) -> abi::Update {
        abi::Update {
            item: self.item.0,
            version: self.version,
            status: number_of(&STATUSES, &self.state.status),
            reasons: self.state.reason_bits(),
            mode: number_of(&MODES, &self.state.mode),
            hoursRun: Uint::from(self.state.hours),
            cycles: Uint::from(self.state.cycles),
            content: self.content.into(),
        }
    }
}

/// What is known of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What changes of it.
    pub state: DeviceState,
    /// The newest version of the full profile.
    pub content: Content,
    /// Its number, from 1.
    pub version: u32,
    /// When it was written.
    pub updated_at: u64,
    /// Salted commitment to the patient; none for nobody.
    pub patient: Option<B256>,
    /// Salted commitment to the place; none where it is unknown.
    pub location: Option<B256>,
    /// Who operates the device.
    pub operator: Option<Address>,
}

impl Profile {
    /// Takes the word apart in which the chain keeps the state; none where there is no profile.
    pub fn unpack(state: U256, digest: B256) -> Result<Option<(DeviceState, Content, u32, u64)>> {
        let part = |from: usize, bits: usize| -> u64 { ((state >> from) & ((U256::ONE << bits) - U256::ONE)).to() };
        let byte = |from: usize| u8::try_from(part(from, 8)).unwrap_or_default();
        let version = u32::try_from(part(112, 32)).unwrap_or_default();
        if version == 0 {
            return Ok(None);
        }
        let bits = byte(8);
        let known = DeviceState {
            status: value_of(&STATUSES, byte(0), "device status")?,
            reasons: (0..8).zip(REASONS).filter(|(bit, _)| bits & (1 << bit) != 0).map(|(_, reason)| *reason).collect(),
            mode: value_of(&MODES, byte(16), "operating mode")?,
            hours: part(32, 40),
            cycles: part(72, 40),
        };
        Ok(Some((known, Content { digest, codec: byte(24) }, version, part(144, 40))))
    }
}

/// When a device was, and has to be, serviced; seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Last maintenance.
    pub maintained_at: Option<u64>,
    /// Next maintenance.
    pub maintenance_due: Option<u64>,
    /// Last calibration.
    pub calibrated_at: Option<u64>,
    /// Next calibration.
    pub calibration_due: Option<u64>,
}

/// A work order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkOrder {
    /// The device.
    pub item: ItemId,
    /// Whose it is.
    pub engineer: Option<Address>,
    /// Until when.
    pub until: u64,
    /// Who opened it.
    pub opener: Address,
    /// Why.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
}

/// A record about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// The device.
    pub item: ItemId,
    /// What it is.
    pub kind: RecordKind,
    /// Where it is, encrypted.
    pub content: Content,
    /// First second of what it covers.
    pub from: u64,
    /// Last second.
    pub until: u64,
    /// Of an alarm.
    pub severity: Severity,
}

impl DeviceRecord {
    fn abi(&self) -> Result<abi::Record> {
        Ok(abi::Record {
            item: self.item.0,
            kind: self.kind.into(),
            content: self.content.into(),
            from: seconds(self.from),
            until: seconds(self.until),
            severity: self.severity.into(),
        })
    }
}

impl MdsProfiles {
    /// Lets an account write for all twins of the caller, or no longer.
    pub fn set_operator(&self, operator: Address, approved: bool) -> Call<abi::setOperatorCall> {
        self.call(abi::setOperatorCall { operator, approved })
    }

    /// Says who operates a twin, and may write for it, or nobody (zero). Caller: the owner.
    pub fn appoint(&self, item: ItemId, operator: Address) -> Call<abi::appointCall> {
        self.call(abi::appointCall { item: item.0, operator })
    }

    /// Writes a new version. Caller: the owner or an operator.
    pub fn update(&self, next: &ProfileUpdate) -> Call<abi::updateCall> {
        self.call(abi::updateCall { next: next.abi() })
    }

    /// As [`MdsProfiles::update`], and says to whom it is connected and where it is.
    pub fn update_placed(
        &self,
        next: &ProfileUpdate,
        patient: Option<B256>,
        location: Option<B256>,
    ) -> Call<abi::updatePlacedCall> {
        self.call(abi::updatePlacedCall {
            next: next.abi(),
            patient: patient.unwrap_or_default(),
            location: location.unwrap_or_default(),
        })
    }

    /// Writes new versions of many twins: all, or none.
    pub fn update_many(&self, next: &[ProfileUpdate]) -> Call<abi::updateManyCall> {
        self.call(abi::updateManyCall { next: next.iter().map(ProfileUpdate::abi).collect() })
    }

    /// As [`MdsProfiles::update`] under a work order; with evidence counters may run backwards. Caller: the engineer at work.
    pub fn update_in_service(
        &self,
        order: u64,
        next: &ProfileUpdate,
        evidence: Option<B256>,
    ) -> Call<abi::updateInServiceCall> {
        self.call(abi::updateInServiceCall { order, next: next.abi(), evidence: evidence.unwrap_or_default() })
    }

    /// Opens a work order. Caller: the owner or an operator; for a fault also who first claimed the unit's tag.
    pub fn open(&self, item: ItemId, kind: OrderKind, document: Content) -> Call<abi::openCall> {
        self.call(abi::openCall { item: item.0, kind: kind.into(), document: document.into() })
    }

    /// Gives an order to an engineer until a date.
    pub fn assign(&self, order: u64, engineer: Address, until: u64) -> Call<abi::assignCall> {
        self.call(abi::assignCall { order, engineer, until: seconds(until) })
    }

    /// Takes an order away from its engineer.
    pub fn unassign(&self, order: u64) -> Call<abi::assignCall> {
        self.assign(order, Address::ZERO, 0)
    }

    /// Begins the work. Caller: the engineer.
    pub fn start(&self, order: u64) -> Call<abi::startCall> {
        self.call(abi::startCall { order })
    }

    /// Adds evidence. Caller: the engineer, the owner or an operator.
    pub fn add_evidence(&self, order: u64, document: Content) -> Call<abi::addEvidenceCall> {
        self.call(abi::addEvidenceCall { order, document: document.into() })
    }

    /// Ends the work. Caller: the engineer at work.
    pub fn close(
        &self,
        order: u64,
        outcome: WorkOutcome,
        maintenance_due: Option<u64>,
        calibration_due: Option<u64>,
        report: Content,
    ) -> Call<abi::closeCall> {
        self.call(abi::closeCall {
            order,
            outcome: outcome.into(),
            maintenanceDue: seconds(maintenance_due.unwrap_or_default()),
            calibrationDue: seconds(calibration_due.unwrap_or_default()),
            report: report.into(),
        })
    }

    /// Ends an order without outcome.
    pub fn cancel(&self, order: u64, reason: Content) -> Call<abi::cancelCall> {
        self.call(abi::cancelCall { order, reason: reason.into() })
    }

    /// Appends a record. Caller: the owner or an operator.
    pub fn keep(&self, record: &DeviceRecord) -> Result<Call<abi::keepCall>> {
        Ok(self.call(abi::keepCall { record_: record.abi()? }))
    }

    /// Appends a record under a work order. Caller: the engineer at work.
    pub fn keep_in_service(&self, order: u64, record: &DeviceRecord) -> Result<Call<abi::keepInServiceCall>> {
        Ok(self.call(abi::keepInServiceCall { order, record_: record.abi()? }))
    }

    /// All that is known of the profile of a twin; none where nobody wrote one.
    pub async fn profile_of(&self, item: ItemId) -> Result<Option<Profile>> {
        let known = self.call(abi::profileOfCall { item: item.0 }).ask().await?;
        let Some((state, content, version, updated_at)) = Profile::unpack(known.state, known.digest)? else {
            return Ok(None);
        };
        let commitment = |word: B256| (!word.is_zero()).then_some(word);
        Ok(Some(Profile {
            state,
            content,
            version,
            updated_at,
            patient: commitment(known.patient),
            location: commitment(known.location),
            operator: (!known.operator.is_zero()).then_some(known.operator),
        }))
    }

    /// Service dates of a twin.
    pub async fn service_of(&self, item: ItemId) -> Result<Service> {
        let known = self.call(abi::serviceOfCall { item: item.0 }).ask().await?;
        let date = |at: Uint<40, 1>| Some(at.to::<u64>()).filter(|at| *at > 0);
        Ok(Service {
            maintained_at: date(known.maintainedAt),
            maintenance_due: date(known.maintenanceDue),
            calibrated_at: date(known.calibratedAt),
            calibration_due: date(known.calibrationDue),
        })
    }

    /// A work order; none with this number.
    pub async fn order_of(&self, order: u64) -> Result<Option<WorkOrder>> {
        let known = self.call(abi::orderOfCall { order }).ask().await?;
        let state: OrderState = known.state.try_into()?;
        if state == OrderState::None {
            return Ok(None);
        }
        Ok(Some(WorkOrder {
            item: ItemId(known.item),
            engineer: (!known.engineer.is_zero()).then_some(known.engineer),
            until: known.until.to(),
            opener: known.opener,
            kind: known.kind.try_into()?,
            state,
        }))
    }

    /// Whether the order is this engineer's now.
    pub async fn is_assigned(&self, order: u64, engineer: Address) -> Result<bool> {
        self.call(abi::isAssignedCall { order, engineer }).ask().await
    }

    /// Whether the device can be given to a patient.
    pub async fn is_usable(&self, item: ItemId) -> Result<bool> {
        self.call(abi::isUsableCall { item: item.0 }).ask().await
    }

    /// Whether maintenance or calibration was due before now.
    pub async fn is_overdue(&self, item: ItemId) -> Result<bool> {
        self.call(abi::isOverdueCall { item: item.0 }).ask().await
    }

    /// How many work orders there are; they are numbered from 1.
    pub async fn orders(&self) -> Result<u64> {
        self.call(abi::ordersCall {}).ask().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_standard_is_that_of_the_bits() {
        let contract = include_str!("../../../../contracts/types/MdsState.sol");
        let (_, bits) = contract.split_once("one bit each, the lowest first: ").unwrap();
        let (bits, _) = bits.split_once('.').unwrap();
        let bits: Vec<_> = bits.split(',').map(|code| code.trim_matches(['/', ' ', '\n'])).collect();
        let codes: Vec<_> = StatusReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(bits, codes);
        assert_eq!(bits.len(), 8);
    }

    #[test]
    fn the_word_is_taken_apart_as_the_contract_packs_it() {
        let word = U256::from(1_u8)
            | U256::from(0b1000_0010_u8) << 8
            | U256::from(3_u8) << 16
            | U256::from(0x55_u8) << 24
            | U256::from(7_000_u16) << 32
            | U256::from(41_u8) << 72
            | U256::from(5_u8) << 112
            | U256::from(1_800_000_000_u32) << 144;
        let digest = B256::repeat_byte(7);
        let expected = DeviceState {
            status: DeviceStatus::Active,
            reasons: vec![StatusReason::Paused, StatusReason::Off],
            mode: OperatingMode::Maintenance,
            hours: 7_000,
            cycles: 41,
        };
        assert_eq!(expected.reason_bits(), 0b1000_0010);
        let known = Profile::unpack(word, digest).unwrap();
        assert_eq!(known, Some((expected, Content { digest, codec: 0x55 }, 5, 1_800_000_000)));
        assert_eq!(Profile::unpack(U256::ZERO, digest).unwrap(), None);
        assert!(Profile::unpack(word | U256::from(9_u8), digest).is_err());
    }
}
