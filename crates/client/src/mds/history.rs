//! Walking the versions of a profile, from the head on chain back to the first.
//!
//! The events of the room tell the digest of every version, so one that the store has lost hides none before it.

use alloy::primitives::{Address, B256};
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use theriac_bindings::mds_profiles::MdsProfiles::{DevicePlaced, MdsProfilesEvents, ProfileUpdated};
use theriac_core::envelope::Identity;
use theriac_core::fhir::{MdsState, PatientLink, Resource};
use theriac_core::ids::ItemId;

use super::{
    Body, Inside, SignedVersion, SignsHistory, Version, commitment, location_text, patient_text, state_of, walk_signs,
};
use crate::error::Result;
use crate::events::RoomEvent;
use crate::logs;
use crate::rooms::{DeviceState, Profile};
use crate::store::Store;
use crate::suite::Suite;
use crate::types::Content;

/// A version as the chain told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub number: u32,
    /// Who wrote it.
    pub writer: Address,
    /// What the chain kept.
    pub state: DeviceState,
    /// Where the document is.
    pub content: Content,
    /// Seconds since 1970.
    pub written_at: u64,
    /// Commitment to the patient from then on.
    pub patient: Option<B256>,
    /// Commitment to the place from then on.
    pub location: Option<B256>,
    /// The transaction.
    pub transaction: Option<B256>,
}

/// A version, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Walked {
    /// As the chain told it.
    pub step: Step,
    /// The document, where it was found whole.
    pub document: Option<SignedVersion>,
    /// Whether the FHIR document in it was read and agrees with the rest, or could not be opened.
    pub read: bool,
    /// Everything that is wrong; empty when it is sound.
    pub faults: Vec<String>,
}

/// All versions.
#[derive(Clone, Debug)]
pub struct History {
    /// The newest first.
    pub versions: Vec<Walked>,
    /// Vital signs of those to whom the device was connected.
    pub signs: SignsHistory,
    /// What is wrong with the chain of versions, or of records, as a whole.
    pub faults: Vec<String>,
}

impl History {
    /// Whether nothing is missing or altered.
    pub fn is_sound(&self) -> bool {
        let signs = self.signs.documents.iter().map(|document| &document.faults);
        self.faults.is_empty() && self.versions.iter().map(|version| &version.faults).chain(signs).all(Vec::is_empty)
    }
}

/// The versions as the events tell them, the first one first.
pub async fn steps(suite: &Suite, item: ItemId) -> Result<Vec<Step>> {
    let filter = Filter::new()
        .address(suite.mds_profiles().address())
        .event_signature(vec![ProfileUpdated::SIGNATURE_HASH, DevicePlaced::SIGNATURE_HASH])
        .topic1(item.0);
    let logs = suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await?;
    let word = |commitment: B256| (!commitment.is_zero()).then_some(commitment);
    let mut steps: Vec<Step> = Vec::new();
    for log in logs {
        match log.event {
            RoomEvent::MdsProfiles(MdsProfilesEvents::ProfileUpdated(told)) => {
                let Some((state, content, number, written_at)) = Profile::unpack(told.state, told.digest)? else {
                    continue;
                };
                let (patient, location) = steps.last().map(|last| (last.patient, last.location)).unwrap_or_default();
                let (writer, transaction) = (told.writer, log.transaction);
                steps.push(Step { number, writer, state, content, written_at, patient, location, transaction });
            }
            // It follows the version that it is part of.
            RoomEvent::MdsProfiles(MdsProfilesEvents::DevicePlaced(told)) => {
                if let Some(last) = steps.last_mut() {
                    (last.patient, last.location) = (word(told.patient), word(told.location));
                }
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// Walks all versions, and vital signs ([`walk_signs`]), and checks each: that the store has it unaltered, its number and item, its place behind the one
/// before, its signature and author, and that its state is the chain's. Documents that one of the identities opens are
/// checked inside, too.
pub async fn walk(suite: &Suite, store: &Store, item: ItemId, identities: &[Identity]) -> Result<History> {
    let room = suite.mds_profiles();
    let (steps, head, records) =
        tokio::try_join!(steps(suite, item), room.profile_of(item), logs::records(suite, item))?;
    let signs = walk_signs(suite, store, item, &records, &steps, identities).await?;
    let faults = [records.faults, signs.faults()].concat();
    let mut history = History { versions: Vec::new(), signs, faults };
    let told = steps.last().map(|step| (step.number, step.content));
    if told != head.map(|head| (head.version, head.content)) {
        history
            .faults
            .push("the newest version that the events tell is not the head on chain: ask another node".to_owned());
    }
    for (place, step) in steps.iter().enumerate().rev() {
        let mut walked = Walked { step: step.clone(), document: None, read: false, faults: Vec::new() };
        if u32::try_from(place + 1) != Ok(step.number) {
            walked
                .faults
                .push(format!("its event stands in place {}: events are missing, ask another node", place + 1));
        }
        match fetch(store, step.content).await {
            Ok(document) => {
                let before = place.checked_sub(1).map(|place| steps[place].content);
                walked.faults.extend(check(suite, item, step, before, &document));
                let inside = inside(&document.version, identities);
                walked.read = inside.is_some();
                walked.faults.extend(inside.into_iter().flatten());
                walked.document = Some(document);
            }
            Err(reason) => walked.faults.push(reason),
        }
        history.versions.push(walked);
    }
    Ok(history)
}

/// The document, or why it is not to be had.
async fn fetch(store: &Store, content: Content) -> std::result::Result<SignedVersion, String> {
    let address = content.address().map_err(|error| error.to_string())?;
    let bytes = store.get(&address).await.map_err(|error| error.to_string())?;
    SignedVersion::parse(&bytes).map_err(|error| error.to_string())
}

fn check(suite: &Suite, item: ItemId, step: &Step, before: Option<Content>, document: &SignedVersion) -> Vec<String> {
    let version = &document.version;
    let at = suite.deployment();
    let previous = version.previous.map(Content::from);
    let checks = [
        (version.item == item, "it is a version of another device"),
        (version.number == step.number, "its number is not the chain's"),
        ((version.chain_id, version.room) == (at.chain_id, at.mds_profiles), "it was made for another chain or room"),
        (previous == before, "it does not follow the version before it"),
        (document.is_signed_by_author(), "its signature is not its author's"),
        (version.author == step.writer, "its author is not who wrote it on chain"),
        (version.state == step.state, "its state is not the one on chain"),
        (
            (version.patient, version.location) == (step.patient, step.location),
            "its patient or place is not the one on chain",
        ),
    ];
    checks.into_iter().filter(|(good, _)| !good).map(|(_, fault)| fault.to_owned()).collect()
}

/// What is wrong with the FHIR document; none where nobody here can open it.
fn inside(version: &Version, identities: &[Identity]) -> Option<Vec<String>> {
    match &version.body {
        Body::Clear(profile) => Some(wrong_inside(version, profile, None)),
        Body::Sealed(bytes) => {
            let inside = Inside::open(bytes, identities).ok()?;
            Some(wrong_inside(version, &inside.profile, Some(&inside)))
        }
    }
}

fn wrong_inside(version: &Version, profile: &Resource, sealed: Option<&Inside>) -> Vec<String> {
    let state = match MdsState::read(profile) {
        Ok(state) => state,
        Err(error) => return vec![error.to_string()],
    };
    let mut faults = Vec::new();
    if state_of(&state).ok().as_ref() != Some(&version.state) {
        faults.push("its FHIR document says another state than the version".to_owned());
    }
    let salts = sealed.map(|inside| inside.salts).unwrap_or_default();
    let patient = match &state.patient {
        Some(PatientLink::Commitment(word)) => version.patient == Some(*word),
        link => agrees(version.item, version.patient, link.as_ref().and_then(patient_text), salts.patient),
    };
    let place = agrees(version.item, version.location, state.location.as_deref().map(location_text), salts.location);
    if !patient {
        faults.push("its FHIR document names another patient than it commits to".to_owned());
    }
    if !place {
        faults.push("its FHIR document names another place than it commits to".to_owned());
    }
    faults
}

/// Without the salt all that can be said is whether something is committed to at all.
fn agrees(item: ItemId, word: Option<B256>, text: Option<String>, salt: Option<B256>) -> bool {
    match (word, text, salt) {
        (Some(word), Some(text), Some(salt)) => commitment(item, &text, salt) == word,
        (word, text, _) => word.is_some() == text.is_some(),
    }
}
