//! May this be used? One verdict about a label, with its reasons and their evidence.
//!
//! Three steps, each of its own kind:
//!
//! 1. [`Label`]: what the symbols of a label say, and whether they agree. Works offline.
//! 2. [`gather`]: what the chain and the store say about it. Whatever cannot be had is kept as [`Fact::Unreachable`], never
//!    passed over.
//! 3. [`judge`]: a pure function from the [`Facts`] to the [`Verification`].
//!
//! The worst reason is the verdict: do not use, then unknown, then caution, then genuine. "Genuine" needs more than the
//! absence of bad reasons: every check in [`Check::REQUIRED`] must have been made. So nothing becomes genuine because
//! something could not be reached, and a check that is forgotten makes a verdict unknown.
//!
//! What no verdict can say is that a label was not copied. Without a tag the verdict says "maker proven, uniqueness not
//! proven"; with one, who claimed it first. A verifier who keeps scans is cautioned by what no single unit does.

mod facts;
mod gather;
mod judge;
mod label;
mod offers;
mod words;

use std::fmt;

use alloy::primitives::{Address, B256};
use theriac_core::content::ContentAddress;
use theriac_core::ids::{ItemId, LotId, ModelId};

pub use facts::{
    Block, CertificateFact, CloneAlarm, Fact, Facts, ModelFact, OpenRecall, Product, Recalls, Resolution, ScanFact,
    UnitFact,
};
pub use gather::gather;
pub use judge::judge;
pub use label::{Label, LabelProblem, Named};
pub use offers::Offered;

use crate::rooms::Lot;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Every check was made, and none found anything against it.
    Genuine,
    /// Something asks for care: what it is, the reasons say.
    Caution,
    /// Something needed for an answer is not known or could not be reached.
    Unknown,
    /// Forged, recalled, expired, or otherwise not to be used.
    DoNotUse,
}

/// What one reason means for the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// The check was passed.
    Good,
    /// Nothing against it, but the reader should know.
    Note,
    /// Asks for care.
    Caution,
    /// The check could not be made.
    Unknown,
    /// Must not be used.
    DoNotUse,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The chain can be asked at all.
    Chain,
    /// The label can be read, and its symbols agree.
    Label,
    /// The model is approved.
    Model,
    /// The maker takes part, and is not suspended.
    Maker,
    /// The lot is registered and counts.
    Lot,
    /// The dates on the label are those of the lot.
    Dates,
    /// The lot is not past its expiry date.
    Expiry,
    /// The unit is in the lot.
    Unit,
    /// The maker certifies that it is authentic.
    Certificate,
    /// No recall is open.
    Recall,
    /// Who holds it, and whether it was stopped.
    Custody,
    /// Who owns the twin.
    Twin,
    /// Whether the unit can be told from a copy.
    Tag,
    /// Whether it was maintained and calibrated in time.
    Service,
    /// What the verifier's earlier scans of it tell.
    Scans,
}

impl Check {
    /// What must have been checked before anything is genuine. Scans are not among it: whoever keeps none can verify too; nor
    /// are service dates, which most units have not.
    pub const REQUIRED: [Self; 13] = [
        Self::Chain,
        Self::Label,
        Self::Model,
        Self::Maker,
        Self::Lot,
        Self::Dates,
        Self::Expiry,
        Self::Unit,
        Self::Certificate,
        Self::Recall,
        Self::Custody,
        Self::Twin,
        Self::Tag,
    ];

    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Label => "label",
            Self::Model => "model",
            Self::Maker => "maker",
            Self::Lot => "lot",
            Self::Dates => "dates",
            Self::Expiry => "expiry",
            Self::Unit => "unit",
            Self::Certificate => "certificate",
            Self::Recall => "recall",
            Self::Custody => "custody",
            Self::Twin => "twin",
            Self::Tag => "tag",
            Self::Service => "service",
            Self::Scans => "scans",
        }
    }
}

/// One reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// What was checked.
    pub check: Check,
    /// What it means for the verdict.
    pub level: Level,
    /// What was found, in words.
    pub text: String,
    /// What it rests on, to be looked up by anyone.
    pub evidence: Vec<Evidence>,
}

/// Something that a reason rests on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Evidence {
    /// What a symbol of the label says.
    Symbol {
        /// Its text.
        text: String,
    },
    /// What a view of a room answers.
    Call {
        /// Room, view and arguments.
        call: String,
    },
    /// A document in the store.
    Document {
        /// Its address.
        address: ContentAddress,
    },
    /// An event of a room.
    Event {
        /// Room and event.
        event: &'static str,
        /// The block that has it.
        block: Option<u64>,
        /// The transaction that caused it.
        transaction: Option<B256>,
    },
}

/// The verdict with all that it rests on.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// The answer.
    pub verdict: Verdict,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
    /// What was read.
    pub label: Label,
    /// The model, under its primary DI.
    pub model_id: Option<ModelId>,
    /// The lot.
    pub lot_id: Option<LotId>,
    /// The unit.
    pub item_id: Option<ItemId>,
    /// Who made it.
    pub maker: Option<Address>,
    /// The product in words, where the store has its document.
    pub product: Option<Product>,
    /// The lot as registered.
    pub lot: Option<RegisteredLot>,
    /// Open recalls.
    pub recalls: Vec<OpenRecall>,
    /// Who has it.
    pub holder: Option<Address>,
    /// Who owns its twin.
    pub owner: Option<Address>,
    /// What can be bought of it now, from its maker or from the unit's owner; empty when nothing is, none when that is not known.
    pub offers: Option<Vec<Offered>>,
    /// The newest block when the chain was asked.
    pub block: Option<Block>,
}

/// A lot as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredLot {
    /// Merkle root over all items.
    pub root: B256,
    /// How many items.
    pub count: u32,
    /// Date of manufacture in seconds since 1970, zero when not stated.
    pub made_at: u64,
    /// Last second of the expiry date, zero when it does not expire.
    pub expires_at: u64,
    /// When it was registered.
    pub registered_at: u64,
    /// The lot document.
    pub document: Option<ContentAddress>,
}

impl From<&Lot> for RegisteredLot {
    fn from(lot: &Lot) -> Self {
        let Lot { root, count, made_at, expires_at, registered_at, .. } = *lot;
        Self { root, count, made_at, expires_at, registered_at, document: lot.document.address().ok() }
    }
}

impl Level {
    /// The best verdict that is possible beside a reason of this level.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Good | Self::Note => Verdict::Genuine,
            Self::Caution => Verdict::Caution,
            Self::Unknown => Verdict::Unknown,
            Self::DoNotUse => Verdict::DoNotUse,
        }
    }

    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Caution => "caution",
            Self::Unknown => "unknown",
            Self::DoNotUse => "do not use",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Genuine => "genuine",
            Self::Caution => "caution",
            Self::Unknown => "unknown",
            Self::DoNotUse => "do not use",
        })
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The separator GS of element strings is not for the eye.
            Self::Symbol { text } => write!(f, "symbol {}", text.replace('\u{1d}', "<GS>")),
            Self::Call { call } => f.write_str(call),
            Self::Document { address } => write!(f, "document {address}"),
            Self::Event { event, block, transaction } => {
                write!(f, "event {event}")?;
                block.map_or(Ok(()), |block| write!(f, " in block {block}"))?;
                transaction.map_or(Ok(()), |hash| write!(f, ", transaction {hash}"))
            }
        }
    }
}
