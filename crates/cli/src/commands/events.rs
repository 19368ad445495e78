//! The events (EPCIS 2.0) that say what the verbs of custody and pharmacy did. Their canonical hash is the evidence on chain.
//!
//! Each is kept in the home folder as `events/<evidence>.json`, to be given to partners. It holds a nonce of the system's randomness
//! as an extension: the hash is on chain for everybody, and without it SSCC, time and parties could be found by trying.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, hex};
use jiff::Timestamp;
use theriac_core::epcis::verbs::Moment;
use theriac_core::epcis::{Document, Event, EventHash, Offset, Uri};

use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// When it happened: now, by the machine's clock.
pub(crate) fn now() -> Moment {
    Moment::new(Timestamp::now(), Offset::UTC)
}

/// An account as a party (the DID method `pkh`, with the account as CAIP-10 writes it).
pub(crate) fn party(chain_id: u64, account: Address) -> Result<Uri, Failure> {
    let uri = format!("did:pkh:eip155:{chain_id}:{account}");
    uri.parse().map_err(|error| Failure::internal("writing an account as a URI", error))
}

/// Events that were kept for a transaction which may yet be refused.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    files: Vec<PathBuf>,
}

impl Kept {
    /// Keeps an event, and answers its evidence. A dry run only computes it.
    pub(crate) fn keep(&mut self, context: &Context<'_>, event: Event) -> Result<B256, Failure> {
        let event = sealed_by_nonce(event)?;
        let evidence = event.evidence();
        if context.options.dry_run {
            return Ok(evidence);
        }
        let file = folder(context)?.join(format!("{evidence}.json"));
        write(&file, &event)?;
        self.files.push(file);
        Ok(evidence)
    }

    /// Keeps the events that tell one act, and answers its evidence: the last, which names the one before it by its hash, and so on.
    pub(crate) fn keep_act(
        &mut self,
        context: &Context<'_>,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<B256, Failure> {
        let mut last = None;
        for event in events {
            let event = match last {
                Some(before) => event.preceded_by(EventHash(before)),
                None => event,
            };
            last = Some(self.keep(context, event)?);
        }
        last.ok_or_else(|| Failure::internal("keeping the events of an act", "an act without events"))
    }

    /// Removes the events of what did not happen. A transaction that may still be mined keeps its own.
    pub(crate) fn settle<T>(self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.as_ref().is_err_and(|failure| failure.code != "NotMined") {
            // What went wrong before is told, and not that tidying up failed, too.
            self.files.iter().for_each(|file| drop(std::fs::remove_file(file)));
        }
        outcome
    }
}

/// Keeps an event that the chain has already, from a partner.
pub(crate) fn keep_known(context: &Context<'_>, event: &Event) -> Result<(), Failure> {
    let file = folder(context)?.join(format!("{}.json", event.evidence()));
    // The same evidence is the same event.
    if file.exists() { Ok(()) } else { write(&file, event) }
}

/// All events that are kept, by their time; those of one act in their order.
pub(crate) fn all(context: &Context<'_>) -> Result<Vec<Event>, Failure> {
    let folder = folder(context)?;
    let mut events = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| files::failed(&folder, &error))? {
        let file = entry.map_err(|error| files::failed(&folder, &error))?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            events.push(read(&file)?);
        }
    }
    // Events of one act have one time.
    events.sort_by_cached_key(|event| (event.event_time.at(), event.preceding().is_some()));
    Ok(events)
}

/// An event whose name is its hash; another one was changed since.
fn read(file: &Path) -> Result<Event, Failure> {
    let document = Document::parse(&files::read_text(file)?).map_err(|error| Failure::of(&error).at(file))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let event = document.into_events().pop().filter(|event| event.evidence().to_string() == name);
    event.ok_or_else(|| {
        let help = "get the event again from who made it, and remove this file";
        Failure::user("Damaged", format!("{} is not the event that it was", file.display()), help)
    })
}

fn folder(context: &Context<'_>) -> Result<PathBuf, Failure> {
    let folder = context.options.home.join("events");
    std::fs::create_dir_all(&folder).map_err(|error| files::failed(&folder, &error))?;
    Ok(folder)
}

fn sealed_by_nonce(event: Event) -> Result<Event, Failure> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Failure::internal("making a nonce", error))?;
    Ok(event.with_own("nonce", hex::encode(nonce)))
}

fn write(file: &Path, event: &Event) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(&event.to_json())
        .map_err(|error| Failure::internal("writing an event as JSON", error))?;
    files::write_secret(file, |out| out.write_all(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use theriac_core::epcis::links;
    use theriac_core::epcis::verbs::{Things, commission};
    use theriac_core::gs1::Sscc;

    fn event() -> Event {
        let unit = links::unit(&Sscc::new("106141412345678908").unwrap()).unwrap();
        commission(now(), Things::items([unit]))
    }

    #[test]
    fn the_evidence_is_the_hash_of_the_file_and_nobody_guesses_it() {
        let [one, other] = [(); 2].map(|()| sealed_by_nonce(event()).unwrap());
        assert_ne!(one.extensions, other.extensions);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        write(&file, &one).unwrap();
        let read = Document::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(read.events(), std::slice::from_ref(&one));
        assert_eq!(read.hashes()[0].0, one.evidence());
    }

    #[test]
    fn what_did_not_happen_leaves_no_event() {
        let folder = tempfile::tempdir().unwrap();
        let kept = || {
            let file = folder.path().join("event.json");
            write(&file, &event()).unwrap();
            Kept { files: vec![file] }
        };
        let file = folder.path().join("event.json");
        assert!(kept().settle::<()>(Err(Failure::user("Units_NoUnit", "", ""))).is_err());
        assert!(!file.exists());
        assert!(kept().settle::<()>(Err(Failure::user("NotMined", "", ""))).is_err());
        assert!(file.exists());
    }
}
