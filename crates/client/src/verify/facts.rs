//! What is known about a label, and what could not be had.

use alloy::primitives::{Address, B256};
use theriac_core::content::ContentAddress;
use theriac_core::document::{IdentifierType, RecallNotice, Subject};
use theriac_core::ids::{ItemId, LotId, ModelId};
use theriac_core::scans::Finding;
use theriac_core::udi::Di;

use super::{Label, Named, Offered};
use crate::error::Result;
use crate::rooms::{CertificateState, Claim, Holding, Lot, Model, Participant, Service};
use crate::types::{Membership, RecallClass, RecallScope};

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// The answer.
    Known(T),
    /// There is an answer, but it could not be had: why.
    Unreachable(String),
    /// It was not asked, since what it depends on is not known or not there.
    NotAsked,
}

impl<T> Fact<T> {
    /// The answer, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(answer) => Some(answer),
            _ => None,
        }
    }
}

impl<T> From<Result<T>> for Fact<T> {
    fn from(answer: Result<T>) -> Self {
        match answer {
            Ok(answer) => Self::Known(answer),
            Err(error) => Self::Unreachable(error.to_string()),
        }
    }
}

/// All that a verdict rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What was read.
    pub label: Label,
    /// The model, under its primary DI.
    pub model_id: Option<ModelId>,
    /// The lot.
    pub lot_id: Option<LotId>,
    /// The unit.
    pub item_id: Option<ItemId>,
    /// Seconds since 1970: the machine's clock or the newest block, whichever is later.
    pub clock: u64,
    /// The newest block.
    pub block: Fact<Block>,
    /// The model.
    pub model: Fact<ModelFact>,
    /// The maker as a participant.
    pub maker: Fact<Participant>,
    /// The lot as registered.
    pub lot: Fact<Option<Lot>>,
    /// Whether the lot counts: neither it nor its model was struck.
    pub lot_counts: Fact<bool>,
    /// The unit in its lot.
    pub unit: Fact<Option<UnitFact>>,
    /// Certificates of authenticity by the maker, of the unit, the lot, the model, as far as there are any, in this order.
    pub certificates: Fact<Vec<CertificateFact>>,
    /// Open recalls.
    pub recalls: Fact<Recalls>,
    /// Who has the unit.
    pub holding: Fact<Holding>,
    /// Who owns its twin; none without twin.
    pub owner: Fact<Option<Address>>,
    /// The first claim of its tag.
    pub claim: Fact<Option<Claim>>,
    /// A second claim of its tag.
    pub alarm: Fact<Option<CloneAlarm>>,
    /// When the unit was, and has to be, maintained and calibrated.
    pub service: Fact<Service>,
    /// The scans that the verifier keeps of the unit; asked of no chain.
    pub scans: Fact<ScanFact>,
    /// What can be bought of it; nothing depends on it.
    pub offers: Fact<Vec<Offered>>,
    /// The product in words; nothing depends on it.
    pub product: Option<Product>,
    /// For whom it is verified: this account's own claim of a tag is no warning.
    pub verifier: Option<Address>,
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its time.
    pub timestamp: u64,
}

/// What the catalogue knows of a DI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelFact {
    /// Approved.
    Approved {
        /// The model.
        model: Model,
        /// How it was found.
        resolution: Resolution,
    },
    /// Approved once, then struck by a regulator.
    Struck,
    /// Not approved; nor does any document that could be read name it. So many could not be read.
    NotFound {
        /// Model documents that the store does not have.
        unread: usize,
    },
    /// The documents of several models name it.
    Ambiguous(Vec<ModelId>),
}

/// How a model was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Under the DI of the label, or by an id.
    Primary,
    /// Under the HIBCC identifier with its check character, as some labelers listed theirs.
    CheckDigit(Di),
    /// Through a model document that names the label's DI.
    Document {
        /// The primary DI.
        primary: String,
        /// What the label's DI identifies.
        kind: IdentifierType,
        /// The document that says so.
        document: ContentAddress,
    },
}

/// A unit in its lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFact {
    /// Index, tag key and proof, which lead to the lot's root.
    pub membership: Membership,
    /// What `Catalog.contains` says of them.
    pub contained: bool,
}

/// A certificate of authenticity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateFact {
    /// Of the unit, the lot or the model.
    pub subject: Subject,
    /// What is kept of it.
    pub state: CertificateState,
}

/// The open recalls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recalls {
    /// How many the contract counts.
    pub open: u64,
    /// Those that the events tell; fewer when they could not be read.
    pub told: Vec<OpenRecall>,
}

/// An open recall.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenRecall {
    /// Its number.
    pub id: u64,
    /// How severe.
    pub class: RecallClass,
    /// Of the model, the lot or the item.
    pub scope: RecallScope,
    /// Who issued it.
    pub issuer: Address,
    /// When it was opened.
    pub opened_at: u64,
    /// The notice's address.
    pub document: Option<ContentAddress>,
    /// The notice, where the store has it.
    pub notice: Option<RecallNotice>,
    /// The block that has the event.
    pub block: Option<u64>,
    /// The transaction.
    pub transaction: Option<B256>,
}

/// A second claim of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloneAlarm {
    /// Who claimed it later.
    pub claimer: Address,
    /// The block that has the event.
    pub block: Option<u64>,
    /// The transaction.
    pub transaction: Option<B256>,
}

/// What the verifier's own scans tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanFact {
    /// How many there are of the unit, this one included.
    pub scans: usize,
    /// What is strange about them.
    pub findings: Vec<Finding>,
}

/// A product in words, of its model document.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// What a wallet shows as title.
    pub name: String,
    /// The labeler.
    pub company: String,
    /// The document.
    pub document: ContentAddress,
}

impl Facts {
    /// What is known of a label before anyone is asked.
    pub fn offline(label: Label, clock: u64, verifier: Option<Address>) -> Self {
        let (model_id, lot_id, item_id) = match &label.named {
            Named::Udi(udi) => (Some(udi.model_id()), udi.lot_id(), udi.item_id()),
            Named::Item(item) => (None, Some(item.lot()), Some(*item)),
            Named::Lot(lot) => (None, Some(*lot), None),
            Named::Nothing => (None, None, None),
        };
        Self {
            label,
            model_id,
            lot_id,
            item_id,
            clock,
            block: Fact::NotAsked,
            model: Fact::NotAsked,
            maker: Fact::NotAsked,
            lot: Fact::NotAsked,
            lot_counts: Fact::NotAsked,
            unit: Fact::NotAsked,
            certificates: Fact::NotAsked,
            recalls: Fact::NotAsked,
            holding: Fact::NotAsked,
            owner: Fact::NotAsked,
            claim: Fact::NotAsked,
            alarm: Fact::NotAsked,
            service: Fact::NotAsked,
            scans: Fact::NotAsked,
            offers: Fact::NotAsked,
            product: None,
            verifier,
        }
    }

    /// The same when the chain cannot be asked at all.
    pub fn without_chain(label: Label, clock: u64, why: impl ToString) -> Self {
        Self { block: Fact::Unreachable(why.to_string()), ..Self::offline(label, clock, None) }
    }

    /// Who made it.
    pub fn maker_account(&self) -> Option<Address> {
        match self.model.known()? {
            ModelFact::Approved { model, .. } => Some(model.manufacturer),
            _ => None,
        }
    }

    /// Whether the label is that of a package, whose serial is not that of a unit.
    pub fn is_package(&self) -> bool {
        matches!(
            self.model.known(),
            Some(ModelFact::Approved { resolution: Resolution::Document { kind: IdentifierType::Package, .. }, .. })
        )
    }
}
