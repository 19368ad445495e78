//! The rooms: one module each, verbs as [`crate::call::Call`]s, views typed.

mod anchors;
mod appointments;
mod catalog;
mod custody;
mod devices;
mod escrow;
mod fhir_oracle;
mod market;
mod mds_profiles;
mod participants;
mod pharmacy;
mod units;

pub use anchors::{Anchors, CertificateState};
pub use appointments::{Appointments, Day, Limits, NewDay, Place, ResourceId, SlotBooking, Terms};
pub use catalog::{Catalog, Lot, LotStanding, Model, ModelRegistration};
pub use custody::{Custody, Holding, Recall};
pub use devices::{Claim, Devices, Lock};
pub use escrow::Escrow;
pub use fhir_oracle::{FhirOracle, OracleAnswer, Question, QuestionState, Reputation};
pub use market::Market;
pub use mds_profiles::{DeviceRecord, DeviceState, MdsProfiles, Profile, ProfileUpdate, Service, WorkOrder};
pub use participants::{Participant, Participants};
pub use pharmacy::{Answer, Pharmacy, Price, Progress, Stock};
pub use units::{Tally, Unit, Units};

/// A room of the suite: the contract's address, and how its views are asked.
macro_rules! room {
    ($(#[$doc:meta])* $name:ident, $address:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            suite: crate::suite::Suite,
        }

        impl $name {
            pub(crate) fn new(suite: crate::suite::Suite) -> Self {
                Self { suite }
            }

            /// Address of the contract.
            pub fn address(&self) -> alloy::primitives::Address {
                self.suite.deployment().$address
            }

            fn call<C: alloy::sol_types::SolCall>(&self, call: C) -> crate::call::Call<C> {
                self.suite.call(self.address(), call)
            }
        }
    };
}
use room;
