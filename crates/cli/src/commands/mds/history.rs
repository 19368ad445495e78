//! `theriac mds history`.

use std::fmt::Write as _;

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::mds::{self, Body, History, Walked, WalkedSigns};
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
    /// The oldest first.
    vital_signs: Vec<SignsFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignsFacts {
    number: u32,
    author: Address,
    from: String,
    until: String,
    document: ContentAddress,
    /// None where they could not be read.
    observations: Option<usize>,
    /// What is wrong with it.
    faults: Vec<String>,
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
        let vital_signs = history.signs.documents.into_iter().map(SignsFacts::of).collect::<Result<_, _>>()?;
        Ok(Self { item, sound, faults: history.faults, versions, vital_signs })
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
        self.vital_signs.iter().for_each(|signs| text += &signs.text());
        for fault in &self.faults {
            let _ = writeln!(text, "WRONG: {fault}");
        }
        let versions = self.versions.iter().filter(|version| !version.faults.is_empty());
        let signs = self.vital_signs.iter().filter(|signs| !signs.faults.is_empty());
        let wrong: Vec<String> = versions
            .map(|version| format!("version {}", version.version))
            .chain(signs.map(|signs| format!("vital signs {}", signs.number)))
            .collect();
        let and_signs = match self.vital_signs.len() {
            0 => String::new(),
            1 => " and 1 document of vital signs".to_owned(),
            count => format!(" and {count} documents of vital signs"),
        };
        text += &match (self.sound, wrong.is_empty()) {
            (true, _) => format!("{} versions{and_signs}, all there and unaltered", self.versions.len()),
            (false, true) => "the history cannot be relied on".to_owned(),
            (false, false) => format!("missing or altered: {}", wrong.join(", ")),
        };
        text
    }
}

impl SignsFacts {
    fn of(walked: WalkedSigns) -> Result<Self, Failure> {
        let signs = walked.document.signs;
        Ok(Self {
            number: signs.number,
            author: signs.author,
            from: signs.from.to_string(),
            until: signs.until.to_string(),
            document: walked.entry.content.address()?,
            observations: walked.series.map(|series| series.count()),
            faults: walked.faults,
        })
    }

    fn text(&self) -> String {
        let what = match self.observations {
            Some(count) => format!("{count} observations"),
            None => "sealed for others".to_owned(),
        };
        let Self { number, author, from, until, document, faults, .. } = self;
        let mut text = format!("vital signs {number}  {from} to {until}  by {author}\n   {}, {what}\n", document.uri());
        for fault in faults {
            text += &format!("   WRONG: {fault}\n");
        }
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
