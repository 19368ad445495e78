//! Walking the documents of vital signs, as the device's chain of records has them.

use theriac_core::content::ContentError;
use theriac_core::envelope::Identity;
use theriac_core::fhir::Series;
use theriac_core::ids::ItemId;

use super::{Inside, SignedVitalSigns, Step, commitment, patient_text};
use crate::error::{Error, Result};
use crate::logs::{RecordEntry, Records};
use crate::store::{Store, StoreError};
use crate::suite::Suite;
use crate::types::{Content, RecordKind};

/// The largest document: an envelope in hexadecimal digits, and what is around it.
const MAX_DOCUMENT: u64 = 33 << 20;

/// A document of vital signs, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct WalkedSigns {
    /// The record, as the chain told it.
    pub entry: RecordEntry,
    /// The document.
    pub document: SignedVitalSigns,
    /// What is in it; none where nobody here can open it.
    pub series: Option<Series>,
    /// Everything that is wrong; empty when it is sound.
    pub faults: Vec<String>,
    /// Whether it has its place in the series, as far as one sees without a key. What has none, a copy or a second document of
    /// a number, is told and passed over: nothing follows it.
    pub counts: bool,
}

/// All documents of vital signs.
#[derive(Clone, Debug, Default)]
pub struct SignsHistory {
    /// The oldest first.
    pub documents: Vec<WalkedSigns>,
    /// Records of the same kind that the store has not, or not whole: they may be vital signs.
    pub missing: Vec<usize>,
    /// Records that say they are vital signs and cannot be read, whoever has them.
    pub malformed: Vec<usize>,
}

impl SignsHistory {
    /// Number and address of the newest document that has its place.
    pub fn newest(&self) -> Option<(u32, Content)> {
        let last = self.documents.iter().rfind(|walked| walked.counts);
        last.map(|last| (last.document.signs.number, last.entry.content))
    }

    /// The document with this number: the one that has its place, else one that has not.
    pub fn numbered(&self, number: u32) -> Option<&WalkedSigns> {
        let mut so_called = self.documents.iter().filter(|walked| walked.document.signs.number == number);
        let first = so_called.clone().next();
        so_called.find(|walked| walked.counts).or(first)
    }

    /// What is wrong with the whole.
    pub(super) fn faults(&self) -> Vec<String> {
        let lost = |number: &usize| {
            format!("record {number}, a document and perhaps vital signs, is not in this store: `theriac mds restore`")
        };
        let malformed = |number: &usize| {
            format!("record {number} says that it is vital signs, and cannot be read: its writer has to add them again")
        };
        self.missing.iter().map(lost).chain(self.malformed.iter().map(malformed)).collect()
    }
}

/// Walks the documents among the records and checks each: item, number, its place behind the one before, period, signature and
/// author, and that its patient is one to whom the device was connected. What one of the identities opens is checked inside, too.
pub async fn walk_signs(
    suite: &Suite,
    store: &Store,
    item: ItemId,
    records: &Records,
    steps: &[Step],
    identities: &[Identity],
) -> Result<SignsHistory> {
    let mut history = SignsHistory::default();
    // Vital signs are of owner and operator; what an engineer keeps under a work order is another document.
    let in_service = |entry: &RecordEntry| entry.kept.is_some_and(|kept| kept.order.is_some());
    let documents = records.entries.iter().filter(|entry| entry.kind == RecordKind::Document && !in_service(entry));
    for entry in documents {
        let bytes = match store.get_within(&entry.content.address()?, MAX_DOCUMENT).await {
            Err(Error::Store(StoreError::Missing { .. } | StoreError::Corrupt { .. })) => {
                history.missing.push(entry.number);
                continue;
            }
            // Somebody's file or tree of blocks, and no vital signs.
            Err(Error::Store(StoreError::TooLarge { .. } | StoreError::Content(ContentError::NotAFile { .. }))) => {
                continue;
            }
            answer => answer?,
        };
        if !SignedVitalSigns::is_one(&bytes) {
            continue;
        }
        let Ok(document) = SignedVitalSigns::parse(&bytes) else {
            history.malformed.push(entry.number);
            continue;
        };
        let mut faults = check(suite, item, entry, history.newest(), &document);
        if !steps.iter().any(|step| step.patient == Some(document.signs.patient)) {
            faults.push("the device was never connected to its patient".to_owned());
        }
        let counts = faults.is_empty();
        let series = match inside(&document, identities) {
            None => None,
            Some(Ok(series)) => Some(series),
            Some(Err(fault)) => {
                faults.push(fault);
                None
            }
        };
        history.documents.push(WalkedSigns { entry: entry.clone(), document, series, faults, counts });
    }
    Ok(history)
}

fn check(
    suite: &Suite,
    item: ItemId,
    entry: &RecordEntry,
    before: Option<(u32, Content)>,
    document: &SignedVitalSigns,
) -> Vec<String> {
    let signs = &document.signs;
    let at = suite.deployment();
    let told = entry.kept.map(|kept| (Ok(kept.from), Ok(kept.until)));
    let period = (u64::try_from(signs.from.as_second()), u64::try_from(signs.until.as_second()));
    let (number, previous) =
        (before.map_or(1, |(number, _)| number.saturating_add(1)), before.map(|(_, content)| content));
    let checks = [
        (signs.item == item, "it is of another device"),
        ((signs.chain_id, signs.room) == (at.chain_id, at.mds_profiles), "it was made for another chain or room"),
        (
            signs.number == number,
            "its number is not the next: it was written at the same time as another, or is a copy",
        ),
        (signs.previous.map(Content::from) == previous, "it does not follow the document before it"),
        (document.is_signed_by_author(), "its signature is not its author's"),
        (entry.kept.is_some_and(|kept| kept.writer == signs.author), "its author is not who wrote it on chain"),
        (told == Some(period), "its period is not the one on chain"),
    ];
    checks.into_iter().filter(|(good, _)| !good).map(|(_, fault)| fault.to_owned()).collect()
}

/// The observations, or what is wrong with them; none where nobody here can open them.
fn inside(document: &SignedVitalSigns, identities: &[Identity]) -> Option<std::result::Result<Series, String>> {
    let inside = Inside::open(&document.signs.sealed, identities).ok()?;
    let signs = &document.signs;
    Some(Series::of(std::slice::from_ref(&inside.profile)).map_err(|error| error.to_string()).and_then(|series| {
        let words = patient_text(&series.patient).zip(inside.salts.patient);
        let patient = words.map(|(text, salt)| commitment(signs.item, &text, salt));
        match ((series.from, series.until) == (signs.from, signs.until), patient == Some(signs.patient)) {
            (false, _) => Err("its observations are of another period than it says".to_owned()),
            (true, false) => Err("its observations are of another patient than it commits to".to_owned()),
            (true, true) => Ok(series),
        }
    }))
}
