//! The events that stand behind what is on the chain, in the home folder: `events/<evidence>.json`, one bare event each.
//!
//! The chain has the canonical hash of an event only. Whoever wants to show what it stands for needs the event, so it is kept before
//! its hash is sent.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::{B256, hex};
use theriac_core::epcis::{Document, Event};

use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Keeps an event and answers its evidence. A dry run only computes it.
pub(crate) fn keep(context: &Context<'_>, event: &Event) -> Result<B256, Failure> {
    let evidence = event.evidence();
    if context.options.dry_run {
        return Ok(evidence);
    }
    let folder = folder(&context.options.home);
    std::fs::create_dir_all(&folder).map_err(|error| files::failed(&folder, &error))?;
    let path = folder.join(format!("{}.json", hex::encode(evidence)));
    let text = format!("{:#}\n", serde_json::Value::Object(event.to_json()));
    // The same evidence is the same event, whenever it was kept; trade is the keeper's own business, so nobody else reads it.
    let file = files::Replacement::begin_secret(&path)?;
    file.file().write_all(text.as_bytes()).map_err(|error| files::failed(&path, &error))?;
    file.finish()?;
    Ok(evidence)
}

/// All events, by their time.
pub(crate) fn all(context: &Context<'_>) -> Result<Vec<Event>, Failure> {
    let folder = folder(&context.options.home);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(files::failed(&folder, &error)),
    };
    let mut events = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| files::failed(&folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            events.push(read(&path)?);
        }
    }
    events.sort_by_key(|event| event.event_time.at());
    Ok(events)
}

/// An event whose name is its hash; another one was changed since.
fn read(path: &Path) -> Result<Event, Failure> {
    let document = Document::parse(&files::read_text(path)?).map_err(|error| Failure::of(&error).at(path))?;
    let damaged = || {
        let help = "get the event again from who made it, and remove this file";
        Failure::user("Damaged", format!("{} is not the event that it was", path.display()), help)
    };
    let event = document.into_events().pop().ok_or_else(damaged)?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    match hex::encode(event.evidence()) == name {
        true => Ok(event),
        false => Err(damaged()),
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("events")
}
