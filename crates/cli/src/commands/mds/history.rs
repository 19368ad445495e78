//! `theriac mds history`.

use std::fmt::Write as _;

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, Body, History, Walked};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use super::newest;
use super::next::StateFacts;
use crate::answer::Answer;
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac mds history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryOptions {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    #[command(flatten)]
    identity: IdentityOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    /// Whether nothing is missing or altered.
    sound: bool,
    faults: Vec<String>,
    /// The newest first.
    versions: Vec<VersionFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionFacts {
    version: u32,
    writer: Address,
    written_at: String,
    document: ContentAddress,
    #[serde(flatten)]
    state: StateFacts,
    patient: Option<B256>,
    location: Option<B256>,
    /// None where the document is missing.
    sealed: Option<bool>,
    /// Whether the FHIR document could be read, and was checked.
    read: bool,
    transaction: Option<B256>,
    /// What is wrong with it.
    faults: Vec<String>,
}

/// Walks all versions; exit code 1 if one is missing or altered.
pub(super) async fn run(context: &Context<'_>, options: &HistoryOptions) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.suite().await?;
    newest::required(&suite, item).await?;
    let identities = options.identity.if_given(context).await?;
    let history = mds::walk(&suite, &context.store()?, item, &identities).await?;
    let facts = Facts::of(item, history)?;
    Ok(Answer::new(facts.text(), &facts)?.good(facts.sound))
}

impl Facts {
    fn of(item: ItemId, history: History) -> Result<Self, Failure> {
        let sound = history.is_sound();
        let versions = history.versions.into_iter().map(VersionFacts::of).collect::<Result<_, _>>()?;
        Ok(Self { item, sound, faults: history.faults, versions })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for version in &self.versions {
            let sealed = match (version.sealed, version.read) {
                (Some(true), true) => ", sealed",
                (Some(true), false) => ", sealed for others: its FHIR document was not checked",
                _ => "",
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{}  {}  by {}\n   {}\n   {}{sealed}",
                version.version,
                version.written_at,
                version.writer,
                version.state.text(),
                version.document.uri()
            );
            for fault in &version.faults {
                let _ = writeln!(text, "   WRONG: {fault}");
            }
        }
        for fault in &self.faults {
            let _ = writeln!(text, "WRONG: {fault}");
        }
        let wrong: Vec<String> = self
            .versions
            .iter()
            .filter(|version| !version.faults.is_empty())
            .map(|version| version.version.to_string())
            .collect();
        text += &match (self.sound, wrong.is_empty()) {
            (true, _) => format!("{} versions, all there and unaltered", self.versions.len()),
            (false, true) => "the versions cannot be relied on".to_owned(),
            (false, false) => format!("missing or altered: version {}", wrong.join(", ")),
        };
        text
    }
}

impl VersionFacts {
    fn of(walked: Walked) -> Result<Self, Failure> {
        let step = walked.step;
        let sealed = walked.document.map(|document| matches!(document.version.body, Body::Sealed(_)));
        Ok(Self {
            version: step.number,
            writer: step.writer,
            written_at: time::iso(step.written_at),
            document: step.content.address()?,
            state: StateFacts::from(&step.state),
            patient: step.patient,
            location: step.location,
            sealed,
            read: walked.read,
            transaction: step.transaction,
            faults: walked.faults,
        })
    }
}
