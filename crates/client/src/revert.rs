//! Reverts, decoded into the typed Solidity errors of the rooms.

use alloy::primitives::{Address, Bytes, FixedBytes, U256};
use alloy::sol_types::{ContractError, SolInterface};
use theriac_bindings::administration::Administration;
use theriac_bindings::administration::Administration::AdministrationErrors;
use theriac_bindings::anchors::Anchors::AnchorsErrors;
use theriac_bindings::appointments::Appointments::AppointmentsErrors;
use theriac_bindings::catalog::Catalog::CatalogErrors;
use theriac_bindings::custody::Custody::CustodyErrors;
use theriac_bindings::devices::Devices::DevicesErrors;
use theriac_bindings::escrow::Escrow::EscrowErrors;
use theriac_bindings::fhir_oracle::FhirOracle::FhirOracleErrors;
use theriac_bindings::forwarder::ERC2771Forwarder::ERC2771ForwarderErrors;
use theriac_bindings::market::Market::MarketErrors;
use theriac_bindings::mds_profiles::MdsProfiles::MdsProfilesErrors;
use theriac_bindings::participants::Participants::ParticipantsErrors;
use theriac_bindings::pharmacy::Pharmacy::PharmacyErrors;
use theriac_bindings::units::Units::UnitsErrors;

use crate::suite::Suite;
use crate::tokens::Erc20::Erc20Errors;

/// Why a contract refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revert {
    /// An error of `Participants`.
    Participants(ParticipantsErrors),
    /// An error of `Catalog`.
    Catalog(CatalogErrors),
    /// An error of `Anchors`.
    Anchors(AnchorsErrors),
    /// An error of `Custody`.
    Custody(CustodyErrors),
    /// An error of `Devices`, those of ERC-721 (ERC-6093) included.
    Devices(DevicesErrors),
    /// An error of `Escrow`.
    Escrow(EscrowErrors),
    /// An error of `Market`.
    Market(MarketErrors),
    /// An error of `Units`.
    Units(UnitsErrors),
    /// An error of `Pharmacy`.
    Pharmacy(PharmacyErrors),
    /// An error of `Appointments`.
    Appointments(AppointmentsErrors),
    /// An error of `MdsProfiles`.
    MdsProfiles(MdsProfilesErrors),
    /// An error of `FhirOracle`.
    FhirOracle(FhirOracleErrors),
    /// An error of an ERC-20 token (ERC-6093).
    Token(Erc20Errors),
    /// An error of the `AccessManager`.
    Administration(AdministrationErrors),
    /// An error of the forwarder.
    Forwarder(ERC2771ForwarderErrors),
    /// `require` with a text; none of our contracts does that.
    Message(String),
    /// A failed check of the compiler's (overflow, array bounds).
    Panic(U256),
    /// No reason given: out of gas, or no contract at the address.
    Empty,
    /// An error of a contract that is not ours.
    Unknown(Bytes),
}

impl Revert {
    /// Decodes what a revert returned. Two rooms may declare one error alike; then the first in deploy order names it.
    pub fn decode(data: &[u8]) -> Self {
        let Some(selector) = data.first_chunk::<4>().copied() else { return Self::Empty };
        macro_rules! first_of {
            ($($variant:ident: $errors:ty),*) => {
                $(if <$errors>::valid_selector(selector)
                    && let Ok(error) = <$errors>::abi_decode(data)
                {
                    return Self::$variant(error);
                })*
            };
        }
        first_of!(
            Participants: ParticipantsErrors, Catalog: CatalogErrors, Anchors: AnchorsErrors, Custody: CustodyErrors,
            Units: UnitsErrors, Devices: DevicesErrors, Escrow: EscrowErrors, Market: MarketErrors,
            Pharmacy: PharmacyErrors, Appointments: AppointmentsErrors,
            MdsProfiles: MdsProfilesErrors, FhirOracle: FhirOracleErrors, Token: Erc20Errors,
            Administration: AdministrationErrors, Forwarder: ERC2771ForwarderErrors
        );
        match ContractError::<std::convert::Infallible>::abi_decode(data) {
            Ok(ContractError::Revert(revert)) => Self::Message(revert.reason),
            Ok(ContractError::Panic(panic)) => Self::Panic(panic.code),
            _ => Self::Unknown(Bytes::copy_from_slice(data)),
        }
    }

    /// The error's name in Solidity: `Catalog_LotExists`.
    pub fn name(&self) -> String {
        self.signature().split('(').next().unwrap_or_default().to_owned()
    }

    /// Name and types of its values: `Catalog_LotExists(bytes16)`.
    pub fn signature(&self) -> String {
        macro_rules! of {
            ($errors:ty, $error:expr) => {
                <$errors>::signature_by_selector($error.selector()).unwrap_or_default().to_owned()
            };
        }
        match self {
            Self::Participants(error) => of!(ParticipantsErrors, error),
            Self::Catalog(error) => of!(CatalogErrors, error),
            Self::Anchors(error) => of!(AnchorsErrors, error),
            Self::Custody(error) => of!(CustodyErrors, error),
            Self::Devices(error) => of!(DevicesErrors, error),
            Self::Escrow(error) => of!(EscrowErrors, error),
            Self::Market(error) => of!(MarketErrors, error),
            Self::Units(error) => of!(UnitsErrors, error),
            Self::Pharmacy(error) => of!(PharmacyErrors, error),
            Self::Appointments(error) => of!(AppointmentsErrors, error),
            Self::MdsProfiles(error) => of!(MdsProfilesErrors, error),
            Self::FhirOracle(error) => of!(FhirOracleErrors, error),
            Self::Token(error) => of!(Erc20Errors, error),
            Self::Administration(error) => of!(AdministrationErrors, error),
            Self::Forwarder(error) => of!(ERC2771ForwarderErrors, error),
            Self::Message(_) => "Error(string)".to_owned(),
            Self::Panic(_) => "Panic(uint256)".to_owned(),
            Self::Empty => "no reason".to_owned(),
            Self::Unknown(_) => "unknown error".to_owned(),
        }
    }
}

/// Roles of the `AccessManager`, as `Administration` numbers them.
pub mod role {
    /// Changes who administers.
    pub const ADMIN: u64 = 0;
    /// Enrols participants in ordinary roles, and suspends.
    pub const REGISTRAR: u64 = 1;
    /// Enrols participants in powerful roles, and reinstates; with a delay.
    pub const GRANTOR: u64 = 2;
    /// Cancels what was scheduled.
    pub const GUARDIAN: u64 = 3;
}

/// The administrative role that a caller lacks, and who grants it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.advice())]
pub struct Missing {
    /// Who called.
    pub account: Address,
    /// Name of the role.
    pub role: String,
    /// Whether the account has the role, but must schedule.
    pub has_role: bool,
    /// The `AccessManager`.
    pub administration: Address,
}

impl Missing {
    fn advice(&self) -> String {
        let Self { account, role, administration, .. } = self;
        if self.has_role {
            format!(
                "{account} has the role {role} with a delay only: schedule the call first, and execute it when its time has come"
            )
        } else {
            format!("{account} needs the role {role}; an administrator grants it (grantRole of {administration})")
        }
    }
}

/// Asks the `AccessManager` which role the refused call needs. None when that was not the reason, or nobody answers: the
/// refusal itself must not be lost over this.
pub(crate) async fn missing_role(suite: &Suite, revert: &Revert, target: Address, data: &[u8]) -> Option<Missing> {
    let administration = suite.deployment().administration;
    let (account, role_id) = match revert {
        Revert::Participants(ParticipantsErrors::AccessManagedUnauthorized(refused)) => {
            let selector = FixedBytes::from(*data.first_chunk::<4>()?);
            let call = Administration::getTargetFunctionRoleCall { target, selector };
            (refused.caller, suite.call(administration, call).ask_plainly().await.ok()?)
        }
        Revert::Administration(AdministrationErrors::AccessManagerUnauthorizedCall(refused)) => {
            let call = Administration::getTargetFunctionRoleCall { target: refused.target, selector: refused.selector };
            (refused.caller, suite.call(administration, call).ask_plainly().await.ok()?)
        }
        Revert::Administration(AdministrationErrors::AccessManagerUnauthorizedAccount(refused)) => {
            (refused.msgsender, refused.roleId)
        }
        _ => return None,
    };
    let call = Administration::hasRoleCall { roleId: role_id, account };
    let has_role = suite.call(administration, call).ask_plainly().await.is_ok_and(|answer| answer.isMember);
    let role = match role_id {
        role::ADMIN => "ADMIN".to_owned(),
        role::REGISTRAR => "REGISTRAR".to_owned(),
        role::GRANTOR => "GRANTOR".to_owned(),
        role::GUARDIAN => "GUARDIAN".to_owned(),
        other => format!("number {other}"),
    };
    Some(Missing { account, role, has_role, administration })
}
