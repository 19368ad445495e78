//! What the rooms' verbs take and their views answer, in types that cannot hold a wrong value.
//!
//! The bindings carry Solidity's own shapes (enums as numbers, ids as words); everything here converts to and from them.

use alloy::primitives::{Address, B256, Bytes, Signature};
use theriac_core::content::{AddressError, ContentAddress};
use theriac_core::ids::{Agency, ModelId, UnitId};
use theriac_core::merkle::Leaf;

use crate::error::{Error, Result};

/// The address of a document: sha2-256 of its root block, and the codec that says how to read that block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// sha2-256 (multihash 0x12, 32 bytes).
    pub digest: B256,
    /// Multicodec of the root block: [`Content::RAW`] or [`Content::DAG_PB`].
    pub codec: u8,
}

impl Content {
    /// One block of bytes.
    pub const RAW: u8 = 0x55;
    /// A UnixFS tree.
    pub const DAG_PB: u8 = 0x70;

    /// The document whose only block has this digest.
    pub const fn raw(digest: B256) -> Self {
        Self { digest, codec: Self::RAW }
    }

    /// Whether this is an address at all: all zero means "no document".
    pub fn is_none(&self) -> bool {
        self.digest.is_zero()
    }

    /// Where stores have it.
    pub fn address(&self) -> Result<ContentAddress> {
        let codec = self.codec.try_into().map_err(|error: AddressError| Error::Answer(error.to_string()))?;
        Ok(ContentAddress { codec, digest: self.digest })
    }
}

impl From<ContentAddress> for Content {
    fn from(address: ContentAddress) -> Self {
        Self { digest: address.digest, codec: address.codec.byte() }
    }
}

macro_rules! content_of {
    ($($module:ident :: $contract:ident),*) => {$(
        impl From<Content> for theriac_bindings::$module::$contract::Content {
            fn from(content: Content) -> Self {
                Self { digest: content.digest, codec: content.codec }
            }
        }

        impl From<theriac_bindings::$module::$contract::Content> for Content {
            fn from(content: theriac_bindings::$module::$contract::Content) -> Self {
                Self { digest: content.digest, codec: content.codec }
            }
        }
    )*};
}
content_of!(
    catalog::Catalog,
    anchors::Anchors,
    custody::Custody,
    devices::Devices,
    market::Market,
    mds_profiles::MdsProfiles,
    fhir_oracle::FhirOracle
);

/// A closed list of the contracts: its number on chain, its word for people.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($(#[$variant_doc:meta])* $variant:ident = $number:literal => $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant = $number),*
        }

        impl $name {
            /// Every value there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for people and for JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl From<$name> for u8 {
            fn from(value: $name) -> u8 {
                value as u8
            }
        }

        impl TryFrom<u8> for $name {
            type Error = $crate::error::Error;

            fn try_from(number: u8) -> $crate::error::Result<Self> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err($crate::error::Error::UnknownNumber { kind: $kind, number }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(text: &str) -> $crate::error::Result<Self> {
                match text.to_ascii_lowercase().as_str() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::error::Error::UnknownWord { kind: $kind, word: text.to_owned(), known: &[$($word),*] }),
                }
            }
        }
    };
}
pub(crate) use closed_list;

mod device_management;

pub use device_management::{CodeSystem, OrderKind, OrderState, Rule, Severity, WorkOutcome};

closed_list!(
    /// What a model is of.
    Product, "product" {
        /// A medical device.
        Device = 0 => "device",
        /// A medicine that needs a prescription.
        Drug = 1 => "drug",
        /// A medicine that is sold without.
        OverTheCounterDrug = 2 => "over-the-counter-drug",
        /// A medicine that takes a second pharmacist as well.
        ControlledDrug = 3 => "controlled-drug",
    }
);
closed_list!(
    /// Why a unit is stopped by somebody.
    UnitStop, "reason to stop a unit" {
        /// It is looked into.
        Quarantine = 0 => "quarantine",
        /// It was lost.
        Lost = 1 => "lost",
        /// It was stolen.
        Stolen = 2 => "stolen",
    }
);
closed_list!(
    /// Whether packs can be taken out of a unit, or why not.
    PackState, "state of a pack" {
        /// They are in it.
        Inside = 0 => "inside",
        /// The account does not hold the unit.
        NotHeld = 1 => "not-held",
        /// The unit is on its way.
        UnderWay = 2 => "under-way",
        /// The unit is in quarantine.
        Quarantined = 3 => "quarantined",
        /// The unit was reported lost or stolen.
        Lost = 4 => "lost",
        /// The pack is not in the unit.
        NotInUnit = 5 => "not-in-unit",
        /// The pack was dispensed or destroyed before.
        Gone = 6 => "gone",
    }
);
closed_list!(
    /// The three answers to whether a medicine may be handed over.
    Outcome, "outcome of a check" {
        /// It may.
        Deliver = 0 => "deliver",
        /// It is of another product than prescribed: the practitioner has to approve it.
        AskPractitioner = 1 => "ask-practitioner",
        /// It may not.
        NotAvailable = 2 => "not-available",
    }
);
closed_list!(
    /// Why a sale is refused.
    Reason, "reason of a refusal" {
        /// It is not.
        None = 0 => "none",
        /// The account is no active pharmacist.
        NotPharmacist = 1 => "not-pharmacist",
        /// The pharmacist does not work for this pharmacy now.
        NotEmployed = 2 => "not-employed",
        /// The account is no active pharmacy.
        NotPharmacy = 3 => "not-pharmacy",
        /// The lot is not registered, or was struck.
        LotNotRegistered = 4 => "lot-not-registered",
        /// The packs do not stand in the lot.
        NotInLot = 5 => "not-in-lot",
        /// The lot, its product or a pack is recalled.
        Recalled = 6 => "recalled",
        /// The lot has expired.
        Expired = 7 => "expired",
        /// A pack or the unit is in quarantine.
        Quarantined = 8 => "quarantined",
        /// A pack or the unit was reported lost or stolen.
        Lost = 9 => "lost",
        /// The pharmacy does not hold the unit.
        NotHeld = 10 => "not-held",
        /// The unit is on its way.
        UnderWay = 11 => "under-way",
        /// A pack is not in the unit.
        NotInUnit = 12 => "not-in-unit",
        /// A pack was dispensed or destroyed before.
        Gone = 13 => "gone",
        /// The product is no medicine.
        NotMedicine = 14 => "not-medicine",
        /// The product needs a prescription.
        PrescriptionMissing = 15 => "prescription-missing",
        /// Nobody issued the prescription.
        PrescriptionUnknown = 16 => "prescription-unknown",
        /// The prescription was cancelled.
        Cancelled = 17 => "cancelled",
        /// The prescription counts later.
        NotYetValid = 18 => "not-yet-valid",
        /// The prescription's time is over.
        Past = 19 => "past",
        /// The next fill is due later.
        TooEarly = 20 => "too-early",
        /// More packs than are left of this fill.
        BeyondQuantity = 21 => "beyond-quantity",
        /// All fills were sold.
        Spent = 22 => "spent",
        /// Not signed with the prescription's key for exactly this sale.
        WrongCollector = 23 => "wrong-collector",
        /// No second pharmacist of the pharmacy signed.
        NotCountersigned = 24 => "not-countersigned",
        /// Another product than prescribed.
        OtherProduct = 25 => "other-product",
        /// The pharmacy did not approve the room in `Units`.
        RoomNotApproved = 26 => "room-not-approved",
    }
);
closed_list!(
    /// What a booking would answer.
    BookingAnswer, "answer to a booking" {
        /// It is booked.
        Booked = 0 => "booked",
        /// Somebody has the slot.
        SlotTaken = 1 => "slot-taken",
        /// All slots of the day are taken.
        DayFull = 2 => "day-full",
        /// The resource takes no bookings that day.
        Unavailable = 3 => "unavailable",
        /// The account is no active patient.
        NotRegistered = 4 => "not-registered",
        /// The day has not so many slots.
        NoSuchSlot = 5 => "no-such-slot",
        /// The slot has begun.
        SlotPast = 6 => "slot-past",
        /// The patient has as many open bookings as it may.
        LimitReached = 7 => "limit-reached",
    }
);
closed_list!(
    /// Where a slot stands.
    SlotStatus, "status of a slot" {
        /// Nobody has it.
        Free = 0 => "free",
        /// It is held for a patient who waited.
        Offered = 1 => "offered",
        /// It is booked.
        Booked = 2 => "booked",
        /// The patient has come.
        CheckedIn = 3 => "checked-in",
        /// The appointment took place.
        Completed = 4 => "completed",
        /// The patient did not come.
        NoShow = 5 => "no-show",
    }
);
closed_list!(
    /// What a certificate says.
    CertificateKind, "kind of certificate" {
        /// The unit, lot or model is its maker's.
        Authenticity = 0 => "authenticity",
        /// It conforms to a standard or a regulation.
        Conformity = 1 => "conformity",
        /// It was calibrated.
        Calibration = 2 => "calibration",
        /// It was maintained.
        Maintenance = 3 => "maintenance",
        /// What an account may claim of itself.
        Credential = 4 => "credential",
    }
);
impl From<CertificateKind> for theriac_core::document::CertificateKind {
    fn from(kind: CertificateKind) -> Self {
        match kind {
            CertificateKind::Authenticity => Self::Authenticity,
            CertificateKind::Conformity => Self::Conformity,
            CertificateKind::Calibration => Self::Calibration,
            CertificateKind::Maintenance => Self::Maintenance,
            CertificateKind::Credential => Self::Credential,
        }
    }
}
closed_list!(
    /// Why a certificate was revoked (after RFC 5280 §5.3.1).
    RevocationReason, "reason of revocation" {
        /// No reason given.
        Unspecified = 0 => "unspecified",
        /// The issuer's key is known to others.
        KeyCompromise = 1 => "key-compromise",
        /// The subject belongs to another now.
        AffiliationChanged = 2 => "affiliation-changed",
        /// A newer one replaces it.
        Superseded = 3 => "superseded",
        /// The issuer no longer does this.
        CessationOfOperation = 4 => "cessation-of-operation",
        /// The subject lost the right.
        PrivilegeWithdrawn = 5 => "privilege-withdrawn",
    }
);
closed_list!(
    /// What a record of evidence is.
    RecordKind, "kind of record" {
        /// A document.
        Document = 0 => "document",
        /// A log.
        Log = 1 => "log",
        /// An alarm.
        Alarm = 2 => "alarm",
        /// A photograph.
        Photograph = 3 => "photograph",
        /// A report.
        Report = 4 => "report",
    }
);
closed_list!(
    /// Whether an item may move, or the first reason why not.
    Standing, "standing" {
        /// It may move.
        Movable = 0 => "movable",
        /// Its lot does not count.
        NotRegistered = 1 => "not-registered",
        /// A recall of its model, its lot or itself is open.
        Recalled = 2 => "recalled",
        /// It is past its expiry date.
        Expired = 3 => "expired",
        /// A quarantine is in force.
        Quarantined = 4 => "quarantined",
        /// It was reported lost or stolen.
        Lost = 5 => "lost",
        /// Its life has ended.
        Decommissioned = 6 => "decommissioned",
    }
);
closed_list!(
    /// How severe a recall is (21 CFR 7.3(m)).
    RecallClass, "class of recall" {
        /// Serious harm or death is reasonably probable.
        I = 0 => "i",
        /// Temporary or reversible harm, or serious harm is remote.
        II = 1 => "ii",
        /// Harm is not likely.
        III = 2 => "iii",
    }
);
closed_list!(
    /// What a recall is of.
    RecallScope, "scope of recall" {
        /// Every lot of a model.
        Model = 0 => "model",
        /// One lot.
        Lot = 1 => "lot",
        /// One item.
        Item = 2 => "item",
    }
);
closed_list!(
    /// How a unit was lost.
    Loss, "kind of loss" {
        /// Nobody knows where it is.
        Lost = 0 => "lost",
        /// It was stolen.
        Stolen = 1 => "stolen",
    }
);

/// The agency as the contracts number it.
pub const fn agency_number(agency: Agency) -> u8 {
    match agency {
        Agency::Gs1 => 0,
        Agency::Hibcc => 1,
        Agency::Iccbba => 2,
    }
}

/// What a manufacturer registers as a lot.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NewLot {
    /// The approved model.
    pub model: ModelId,
    /// Lot number as on the label, at most 20 bytes; empty for serial-only products.
    pub number: String,
    /// Merkle root over all items.
    pub root: B256,
    /// How many items; indices 0 to count − 1.
    pub count: u32,
    /// Date of manufacture in seconds since 1970, zero when not stated.
    pub made_at: u64,
    /// Last second of the expiry date, zero when it does not expire.
    pub expires_at: u64,
    /// The lot document.
    pub document: Content,
}

/// Proof that an item stands in its lot.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Membership {
    /// Place of the item in the lot document.
    pub index: u32,
    /// Address of the key that travels with the unit, zero when it has none.
    pub tag_key: Address,
    /// Siblings from the leaf to the root.
    pub proof: Vec<B256>,
}

/// What a practitioner prescribes. The patient is the address of a key made for this prescription only.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Prescription {
    /// Who prescribes.
    pub practitioner: Address,
    /// Address of the key with which it is collected.
    pub patient: Address,
    /// The product.
    pub model: ModelId,
    /// Packs of one fill.
    pub quantity: u32,
    /// How many fills may follow the first.
    pub repeats: u16,
    /// From the first sale of a fill to the next fill, seconds.
    pub interval: u32,
    /// First second at which it may be filled.
    pub valid_from: u64,
    /// Last second.
    pub valid_until: u64,
}

/// Packs of one lot, with the proof that they stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvenPacks {
    /// In the order of the lot's tree.
    pub packs: Vec<Leaf>,
    /// Of one pack its proof, of more the nodes of the multiproof.
    pub proof: Vec<B256>,
    /// Of more packs the multiproof's flags, one bit a step, the highest of the first byte first.
    pub flags: Bytes,
}

/// A sale of packs of one product, out of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The account that holds the unit.
    pub pharmacy: Address,
    /// The unit.
    pub unit: UnitId,
    /// What is sold.
    pub proven: ProvenPacks,
    /// None for what is sold over the counter.
    pub prescription: Option<Prescription>,
    /// Signature with the prescription's key, once there is one.
    pub collection: Option<Signature>,
    /// Digest of the event document.
    pub evidence: B256,
}

/// What a registrar says of an account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Enrolment {
    /// What the account may be.
    pub roles: crate::roles::Roles,
    /// First second of validity.
    pub valid_from: u64,
    /// Last second of validity.
    pub valid_until: u64,
    /// keccak256(abi.encode(account, organisation identifier, salt)).
    pub organisation: B256,
    /// sha2-256 of the signed application.
    pub credential: B256,
}

/// A certificate as issued or signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Certificate {
    /// What it is about: a model, lot (16 bytes, then zeros), item, or account as a number.
    pub subject: B256,
    /// What it says.
    pub kind: CertificateKind,
    /// Who says it.
    pub issuer: Address,
    /// The certificate document.
    pub document: Content,
    /// When it was issued or signed.
    pub issued_at: u64,
    /// First second of validity.
    pub valid_from: u64,
    /// Last second of validity.
    pub valid_until: u64,
}

/// Seconds since 1970 as the contracts keep them. A time past the year 36,000 is its last second.
pub(crate) fn seconds(time: u64) -> alloy::primitives::aliases::U40 {
    alloy::primitives::aliases::U40::saturating_from(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_of_one_kind_on_chain_and_in_their_documents() {
        let documents = theriac_core::document::CertificateKind::ALL;
        let chain: Vec<theriac_core::document::CertificateKind> =
            CertificateKind::ALL.iter().map(|kind| (*kind).into()).collect();
        assert_eq!(chain, documents);
        for (kind, document) in CertificateKind::ALL.iter().zip(documents) {
            assert_eq!(u8::from(*kind), document.code());
            assert_eq!(serde_json::to_value(kind).unwrap(), serde_json::to_value(document).unwrap());
        }
    }

    #[test]
    fn lists_name_and_number_their_values() {
        for kind in CertificateKind::ALL {
            assert_eq!(CertificateKind::try_from(u8::from(*kind)).unwrap(), *kind);
            assert_eq!(kind.as_str().parse::<CertificateKind>().unwrap(), *kind);
        }
        assert!(matches!(Standing::try_from(7), Err(Error::UnknownNumber { kind: "standing", number: 7 })));
        let error = "iv".parse::<RecallClass>().unwrap_err().to_string();
        assert_eq!(error, "`iv` is not a class of recall: use one of i, ii, iii");
    }
}
