//! `theriac mds export`: to a file, or to a FHIR server.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use theriac_client::mds;
use theriac_core::content::ContentAddress;
use theriac_core::fhir::{self, Resource};
use theriac_core::ids::ItemId;

use super::{newest, server};
use crate::answer::Answer;
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::fhir_options::AccessOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac mds export`.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(crate) struct Export {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// Which version; otherwise the newest.
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
    /// Write XML instead of JSON.
    #[arg(long, conflicts_with = "r5")]
    xml: bool,
    /// Write it as R5 has it (JSON).
    #[arg(long)]
    r5: bool,
    /// Where the document goes; a sealed one for its owner's eyes only.
    #[arg(long, value_name = "FILE", required_unless_present = "server")]
    out: Option<PathBuf>,
    /// Write it to the FHIR R4 server with this base address, as Device/ID, upon the version that was read from or written to it here.
    #[arg(long, value_name = "URL", conflicts_with_all = ["out", "xml", "r5"])]
    server: Option<String>,
    /// With --server: write upon this version of the server's, whatever it says.
    #[arg(long, value_name = "VERSION", requires = "server")]
    over: Option<String>,
    #[command(flatten)]
    access: AccessOptions,
    #[command(flatten)]
    identity: IdentityOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    version: u32,
    document: ContentAddress,
    file: PathBuf,
    format: &'static str,
    /// Whether it is stored sealed.
    sealed: bool,
    dry_run: bool,
}

/// Writes the document.
pub(super) async fn run(context: &Context<'_>, options: &Export) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.suite().await?;
    let head = newest::required(&suite, item).await?;
    let (number, content) = match options.version {
        None => (head.version, head.content),
        Some(number) => {
            let steps = mds::steps(&suite, item).await?;
            let step = steps.into_iter().find(|step| step.number == number).ok_or_else(|| {
                Failure::user(
                    "UnknownVersion",
                    format!("{item} has no version {number}"),
                    format!("there are versions 1 to {}", head.version),
                )
            })?;
            (number, step.content)
        }
    };
    let opened = newest::open(context, &suite, item, number, content, &options.identity).await?;
    let Some(out) = &options.out else {
        return server::put(context, options.destination()?, item, number, &opened.document).await;
    };
    let (bytes, format) = options.written(&opened.document)?;
    let sealed = !opened.readers.is_empty();
    if !context.options.dry_run {
        match sealed {
            true => files::write_secret(out, |file| file.write_all(&bytes))?,
            false => files::write_new(out, &bytes)?,
        }
    }
    let is = if context.options.dry_run { "would be" } else { "is" };
    let text = format!("version {number} of {item} {is} written to {} ({format})", out.display());
    let document = content.address()?;
    let (file, dry_run) = (out.clone(), context.options.dry_run);
    Answer::new(text, &Facts { item, version: number, document, file, format, sealed, dry_run })
}

impl Export {
    fn destination(&self) -> Result<server::Destination<'_>, Failure> {
        let base = self.server.as_deref().unwrap_or_default();
        Ok(server::Destination { server: self.access.open(base)?, over: self.over.as_deref() })
    }

    fn written(&self, document: &Resource) -> Result<(Vec<u8>, &'static str), Failure> {
        let refused = |error: fhir::FhirError| Failure::of(&error);
        if self.r5 {
            return Ok((fhir::to_r5(document).map_err(refused)?.canonical(), "FHIR R5, JSON"));
        }
        match self.xml {
            true => Ok((fhir::to_xml(document).map_err(refused)?.into_bytes(), "FHIR R4, XML")),
            false => Ok((document.canonical(), "FHIR R4, JSON")),
        }
    }
}
