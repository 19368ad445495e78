//! `Participants`: who is this, in which roles, until when?

use alloy::primitives::{Address, B256};
use theriac_bindings::participants::Participants as abi;

use crate::call::Call;
use crate::error::Result;
use crate::roles::Roles;
use crate::types::{Enrolment, seconds};

super::room!(
    /// Who is this, in which roles, until when?
    Participants, participants
);

/// What is known of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Participant {
    /// What the account may be; empty for an account never enrolled.
    pub roles: Roles,
    /// First second of validity.
    pub valid_from: u64,
    /// Last second of validity.
    pub valid_until: u64,
    /// Whether a registrar suspended it.
    pub suspended: bool,
    /// Salted commitment to its organisation.
    pub organisation: B256,
    /// sha2-256 of the application that was approved.
    pub credential: B256,
    /// X25519 public key for sealed records, zero when it has none.
    pub encryption_key: B256,
}

impl Participant {
    /// Whether the account was ever enrolled.
    pub fn is_enrolled(&self) -> bool {
        !self.roles.is_none()
    }

    /// Whether it is enrolled, inside its validity at `now`, and not suspended.
    pub fn is_active_at(&self, now: u64) -> bool {
        self.is_enrolled() && !self.suspended && (self.valid_from..=self.valid_until).contains(&now)
    }
}

impl Participants {
    /// Enrols an account with ordinary roles. Caller: a registrar.
    pub fn enrol(&self, account: Address, enrolment: &Enrolment) -> Call<abi::enrolCall> {
        self.call(abi::enrolCall { account, enrolment: enrolment.into() })
    }

    /// Enrols an account with any roles. Caller: a grantor, by [`Call::schedule`] and [`Call::execute`] where the deployment
    /// has a delay.
    pub fn enrol_powerful(&self, account: Address, enrolment: &Enrolment) -> Call<abi::enrolPowerfulCall> {
        self.call(abi::enrolPowerfulCall { account, enrolment: enrolment.into() })
    }

    /// Suspends an account at once; `evidence` is the digest of the reasons. Caller: a registrar.
    pub fn suspend(&self, account: Address, evidence: B256) -> Call<abi::suspendCall> {
        self.call(abi::suspendCall { account, evidence })
    }

    /// Ends a suspension. Caller: a grantor, delayed as [`Participants::enrol_powerful`].
    pub fn reinstate(&self, account: Address, evidence: B256) -> Call<abi::reinstateCall> {
        self.call(abi::reinstateCall { account, evidence })
    }

    /// Publishes the caller's X25519 key; zero withdraws it.
    pub fn set_encryption_key(&self, key: B256) -> Call<abi::setEncryptionKeyCall> {
        self.call(abi::setEncryptionKeyCall { encryptionKey: key })
    }

    /// All that is known of an account.
    pub async fn participant_of(&self, account: Address) -> Result<Participant> {
        let known = self.call(abi::participantOfCall { account }).ask().await?;
        Ok(Participant {
            roles: Roles::from_bits(known.roles),
            valid_from: known.validFrom.to(),
            valid_until: known.validUntil.to(),
            suspended: known.suspended,
            organisation: known.organisation,
            credential: known.credential,
            encryption_key: known.encryptionKey,
        })
    }

    /// Whether the account is enrolled, inside its validity and not suspended.
    pub async fn is_active(&self, account: Address) -> Result<bool> {
        self.call(abi::isActiveCall { account }).ask().await
    }

    /// Whether the account is active and has at least one of `roles`.
    pub async fn is_active_as(&self, account: Address, roles: Roles) -> Result<bool> {
        self.call(abi::isActiveAsCall { account, roles: roles.bits() }).ask().await
    }
}

impl From<&Enrolment> for abi::Enrolment {
    fn from(enrolment: &Enrolment) -> Self {
        Self {
            roles: enrolment.roles.bits(),
            validFrom: seconds(enrolment.valid_from),
            validUntil: seconds(enrolment.valid_until),
            organisation: enrolment.organisation,
            credential: enrolment.credential,
        }
    }
}
