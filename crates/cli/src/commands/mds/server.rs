//! Documents of a FHIR server: read from it, and written back upon the version that was read.
//!
//! Which version that was stands in the home folder (`fhir/<item>.json`), not in the document: so a document that was changed here is still
//! written upon what it was made from, and what somebody else wrote on the server meanwhile is not lost.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use theriac_client::fhir_server::{FhirServer, ResourceName, ServerError, Upon};
use theriac_core::fhir::{Json, Resource};
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::commands::fhir_options::failed;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// A document as a server had it.
pub(super) struct Fetched {
    pub(super) document: Resource,
    /// Base address and name.
    pub(super) at: String,
    /// Its version there.
    pub(super) version: Option<String>,
}

/// Where a document is to be written.
pub(super) struct Destination<'a> {
    pub(super) server: FhirServer,
    /// Upon which version, if the user says it.
    pub(super) over: Option<&'a str>,
}

/// Which version of a server is known here, by address.
pub(super) struct Origins {
    file: PathBuf,
    kept: Kept,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u32,
    versions: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    version: u32,
    server: String,
    resource: String,
    /// Its version on the server now, where that says it.
    server_version: Option<String>,
    /// Upon which version of the server's it was written; none where it had nothing.
    upon: Option<String>,
    dry_run: bool,
}

/// Reads a device, and looks whether what it refers to is there.
pub(super) async fn fetch(context: &Context<'_>, server: &FhirServer, name: ResourceName) -> Result<Fetched, Failure> {
    let found = server.read(&name).await.map_err(failed)?;
    for reference in references(&found.resource) {
        let Ok(referred) = reference.parse::<ResourceName>() else { continue };
        match server.read(&referred).await {
            Ok(_) => {}
            Err(ServerError::NotFound { .. }) => {
                context.printer.note(format!("the document refers to {referred}, which the server does not have"));
            }
            // Who may read devices may not be allowed to read patients.
            Err(ServerError::Forbidden { .. }) => {
                context.printer.note(format!("the document refers to {referred}, which you may not read there"));
            }
            Err(other) => return Err(failed(other)),
        }
    }
    Ok(Fetched { document: found.resource, at: place(server, &name), version: found.version })
}

/// Writes a version's document.
pub(super) async fn put(
    context: &Context<'_>,
    to: Destination<'_>,
    item: ItemId,
    number: u32,
    document: &Resource,
) -> Result<Answer, Failure> {
    let name = ResourceName::of(document).map_err(|_| {
        let help = "give it an id (Device.id), and import it again";
        Failure::user("NoId", "the document has no id, so a server has no place for it", help)
    })?;
    let mut origins = Origins::open(&context.options.home, item)?;
    let at = place(&to.server, &name);
    let upon = to.over.map(str::to_owned).or_else(|| origins.version(&at));
    let server_version = match context.options.dry_run {
        true => None,
        false => {
            let condition = upon.as_deref().map_or(Upon::Nothing, Upon::Version);
            let written =
                to.server.update(document, condition).await.map_err(|error| conflict(error, upon.as_deref()))?;
            origins.note(&at, written.version.clone());
            origins.save()?;
            written.version
        }
    };
    let dry_run = context.options.dry_run;
    let (is, stands) = (if dry_run { "would be" } else { "is" }, server_version.as_deref().unwrap_or("unknown"));
    let now = if dry_run { String::new() } else { format!(", version {stands} there") };
    let text = format!("version {number} of {item} {is} written to {at}{now}");
    let (server, resource) = (to.server.base(), name.to_string());
    Answer::new(text, &Facts { item, version: number, server, resource, server_version, upon, dry_run })
}

/// What to do about somebody else's version.
fn conflict(error: ServerError, upon: Option<&str>) -> Failure {
    let ServerError::Conflict { said, .. } = &error else { return failed(error) };
    let what = match upon {
        Some(version) => format!("the server has no longer version {version}, upon which this was to be written{said}"),
        None => format!(
            "the server has this device already, and it was neither read from there nor written there from here{said}"
        ),
    };
    Failure::user(
        "Conflict",
        what,
        "nothing was written. Read the server's (`theriac mds import --server`), put your changes upon that, and export again; \
         or give --over VERSION to replace that version",
    )
}

fn place(server: &FhirServer, name: &ResourceName) -> String {
    format!("{}/{name}", server.base())
}

/// The references of a device to other resources of its server, each once.
fn references(device: &Resource) -> Vec<String> {
    let fields = ["definition", "patient", "owner", "location", "parent"];
    let of = |field: &str| device.fields().get(field).and_then(Json::as_object)?.text("reference").map(str::to_owned);
    let mut found: Vec<String> = fields.into_iter().filter_map(of).collect();
    found.sort();
    found.dedup();
    found
}

impl Origins {
    /// Those of the device; none yet where there is no file.
    pub(super) fn open(home: &Path, item: ItemId) -> Result<Self, Failure> {
        let file = home.join("fhir").join(format!("{item}.json"));
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).ok().filter(|kept: &Kept| kept.v == 1).ok_or_else(|| {
                let help = "remove it, and import the device from its server again";
                Failure::user("Origins", format!("{} is damaged", file.display()), help)
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept { v: 1, ..Kept::default() },
            Err(error) => return Err(files::failed(&file, &error)),
        };
        Ok(Self { file, kept })
    }

    fn version(&self, at: &str) -> Option<String> {
        self.kept.versions.get(at).cloned()
    }

    /// Not yet in the file. A server without versions is written to as if it had nothing, which it then refuses.
    pub(super) fn note(&mut self, at: &str, version: Option<String>) {
        match version {
            Some(version) => _ = self.kept.versions.insert(at.to_owned(), version),
            None => _ = self.kept.versions.remove(at),
        }
    }

    /// Writes the file.
    pub(super) fn save(&self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| files::failed(&self.file, &error);
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let text = serde_json::to_vec(&self.kept).map_err(|error| Failure::internal("writing the versions", error))?;
        let replacement = files::Replacement::begin(&self.file)?;
        replacement.file().write_all(&text).map_err(failed)?;
        replacement.finish()
    }
}
