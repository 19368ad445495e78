//! `theriac mds import`.

use std::path::{Path, PathBuf};

use clap::Args;
use theriac_client::fhir_server::ResourceName;
use theriac_core::fhir::{MdsState, Resource};
use theriac_core::ids::ItemId;
use theriac_core::udi::Udi;

use super::next::{Next, NextOptions};
use super::server::Origins;
use super::{document, newest, server};
use crate::answer::Answer;
use crate::commands::envelope::readers::{self, Named};
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::fhir_options::AccessOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac mds import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The MdsDevice document: a file with FHIR R4 as JSON or XML; with --server its name there, Device/ID.
    #[arg(value_name = "FILE_OR_NAME")]
    file: PathBuf,
    /// Read it from the FHIR R4 server with this base address, https://host/fhir.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    #[command(flatten)]
    access: AccessOptions,
    /// The device: a UDI with a serial in any form, or an item id.
    #[arg(long, value_name = "UDI")]
    item: String,
    /// Who may read the document: an account that published its key, or a key (age1…); can be given several times. Needed
    /// where it names a patient; otherwise it is stored in clear unless readers are given.
    #[arg(long, value_name = "ACCOUNT_OR_KEY", num_args = 1..)]
    reader: Vec<Named>,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    next: NextOptions,
}

/// Stores the document as the next version.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Answer, Failure> {
    let named = Item::parse(&options.item)?;
    let item = named.id;
    let (document, origin) = options.document(context, item).await?;
    document::require_mds(&document).map_err(|failure| failure.at(&options.file))?;
    if let Some(serials) = named.udi.as_ref().and_then(|udi| other_serial(&document, udi)) {
        context.printer.note(format!("{serials}: is it the document of this device?"));
    }
    let suite = context.signing_suite().await?;
    let newest = suite.mds_profiles().profile_of(item).await?;
    let readers = readers::find(context, suite.chain().chain_id(), &options.reader).await?;
    // An engineer has not the owner's salts: what the newest version names tells whether the device stays where it is.
    let opened = match &newest {
        Some(newest) if options.next.is_in_service() => {
            Some(newest::open(context, &suite, item, newest.version, newest.content, &options.identity).await?)
        }
        _ => None,
    };
    let before = opened.as_ref().map(|opened| MdsState::read(&opened.document)).transpose();
    let next = Next {
        suite: &suite,
        item,
        newest,
        document,
        readers,
        before: before.map_err(|error| Failure::of(&error))?,
        salts: opened.map(|opened| opened.salts).unwrap_or_default(),
        options: &options.next,
    };
    let answer = next.write(context).await?;
    if let Some(origin) = origin.filter(|_| !context.options.dry_run) {
        origin.save()?;
    }
    Ok(answer)
}

impl Import {
    /// The document, and where it was read if that is to be remembered.
    async fn document(&self, context: &Context<'_>, item: ItemId) -> Result<(Resource, Option<Origins>), Failure> {
        let Some(server) = &self.server else { return Ok((document::read(&self.file)?, None)) };
        let fetched = server::fetch(context, &self.access.open(server)?, name_of(&self.file)?).await?;
        let mut origins = Origins::open(&context.options.home, item)?;
        origins.note(&fetched.at, fetched.version);
        Ok((fetched.document, Some(origins)))
    }
}

fn name_of(path: &Path) -> Result<ResourceName, Failure> {
    let name: ResourceName = path.to_string_lossy().parse().map_err(|error| Failure::of(&error))?;
    match name.kind() {
        "Device" => Ok(name),
        other => Err(Failure::user(
            "WrongType",
            format!("`{name}` is a {other}, and profiles are of devices"),
            "name the MdsDevice as Device/ID",
        )),
    }
}

/// What differs where the document has another serial number than the label. Some write it in another way, so it is only told.
fn other_serial(document: &Resource, udi: &Udi) -> Option<String> {
    let (said, label) = (document.fields().text("serialNumber")?, udi.serial.as_ref()?.to_string());
    (said != label).then(|| format!("the document has the serial number {said}, the label {label}"))
}
