//! `theriac mds vitals`: what a device measured of the patient to whom it is connected, sealed under the patient's key.

use std::io::Write as _;
use std::path::PathBuf;

use alloy_primitives::B256;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use theriac_client::mds::{self, Inside, SignsHistory, VitalSigns};
use theriac_client::rooms::DeviceRecord;
use theriac_client::types::{Content, RecordKind, Severity};
use theriac_client::{Suite, logs};
use theriac_core::content::ContentAddress;
use theriac_core::envelope::{Identity, Reader};
use theriac_core::fhir::{self, Series};
use theriac_core::ids::ItemId;

use super::document;
use super::newest::{self, Opened};
use super::salts::Salts;
use crate::answer::Answer;
use crate::commands::envelope::readers::{self, Named};
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::commands::{evidence, period};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::{files, time};

/// What can be done with vital signs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Store Observations as the next document of vital signs, for the readers of the device's newest version.
    Add(Add),
    /// Write a document's Observations to a file, as a FHIR Bundle.
    Export(Export),
}

/// Options of `theriac mds vitals add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The device: a UDI with a serial in any form, or an item id.
    item: String,
    /// FHIR R4 Observations, or Bundles of them, as JSON or XML, all of the patient to whom the device is connected.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who else may read them: an account that published its key, or a key (age1…); can be given several times.
    #[arg(long, value_name = "ACCOUNT_OR_KEY", num_args = 1..)]
    reader: Vec<Named>,
    #[command(flatten)]
    identity: IdentityOptions,
}

/// Options of `theriac mds vitals export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// Which document, from 1, as `theriac mds history` numbers them.
    number: u32,
    /// The file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// As XML rather than JSON.
    #[arg(long)]
    xml: bool,
    #[command(flatten)]
    identity: IdentityOptions,
}

/// Does the verb.
pub(super) async fn run(context: &Context<'_>, verb: &Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Add(options) => add(context, options).await,
        Verb::Export(options) => export(context, options).await,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    item: ItemId,
    number: u32,
    from: Timestamp,
    until: Timestamp,
    observations: usize,
    document: ContentAddress,
    /// Who can open it.
    readers: Vec<Reader>,
    #[serde(flatten)]
    done: Done,
}

async fn add(context: &Context<'_>, options: &Add) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let documents = options.files.iter().map(|file| document::read(file)).collect::<Result<Vec<_>, Failure>>()?;
    let series = Series::of(&documents).map_err(|error| Failure::of(&error))?;
    let placeholder = Content::raw(B256::repeat_byte(1));
    let (from, until) = (second(series.from)?, second(series.until)?);
    let (kind, severity) = (RecordKind::Document, Severity::None);
    let record = DeviceRecord { item, kind, content: placeholder, from, until, severity };
    let suite = context.signing_suite().await?;
    period::await_end(context, &suite, &record).await?;
    let profile = newest::required(&suite, item).await?;
    let Some(patient) = profile.patient else {
        return Err(Failure::user(
            "NoPatient",
            format!("the device {item} is connected to nobody"),
            "say to whom first: `theriac mds import` with a document that names the patient",
        ));
    };
    let opened = newest::open(context, &suite, item, profile.version, profile.content, &options.identity).await?;
    let salt = salt(context, item, &series, patient, &opened)?;
    let mut readers = opened.readers;
    for reader in readers::find(context, suite.chain().chain_id(), &options.reader).await? {
        if !readers.contains(&reader) {
            readers.push(reader);
        }
    }
    let history = walked(context, &suite, item, &[]).await?;
    if let Some(lost) = history.missing.last() {
        return Err(Failure::user(
            "HistoryMissing",
            format!("record {lost} of {item} is not in this store, and may be the newest vital signs"),
            "bring it here (`theriac mds restore`), and try again",
        ));
    }
    let before = history.newest();
    let salts = mds::Salts { patient: Some(salt), location: None };
    let inside = Inside { profile: series.bundle.clone(), salts, readers: readers.clone() };
    let signer = suite.chain().signer()?;
    let signs = VitalSigns {
        chain_id: suite.chain().chain_id(),
        room: suite.mds_profiles().address(),
        item,
        number: before.map_or(1, |(number, _)| number.saturating_add(1)),
        previous: before.map(|(_, content)| content.address()).transpose()?,
        at: time::instant(time::now()).ok_or_else(|| Failure::internal("reading the clock", "it is past 9999"))?,
        from: series.from,
        until: series.until,
        patient,
        sealed: inside.seal().map_err(|error| Failure::of(&error))?,
        author: signer.address(),
    };
    let signed = signs.sign(signer).await?;
    let bytes = signed.readable().map_err(|error| Failure::of(&error))?;
    let document = evidence::keep_bytes(context, &bytes).await?;
    let record = DeviceRecord { content: document.into(), ..record };
    let done = period::keep(context, &record, &suite.mds_profiles().keep(&record)?).await?;
    if !context.options.dry_run {
        require_place(&walked(context, &suite, item, &[]).await?, document, signed.signs.number)?;
    }
    let (number, observations) = (signed.signs.number, series.count());
    let added = Added { item, number, from: series.from, until: series.until, observations, document, readers, done };
    let is = if context.options.dry_run { "would be" } else { "are" };
    let text = format!(
        "vital signs {number} of {item} {is} stored: {observations} observations, {} to {}\ndocument {}, sealed for {}\n{}",
        added.from,
        added.until,
        document.uri(),
        added.readers.len(),
        added.done.text()
    );
    Answer::new(text, &added)
}

/// Somebody may have added a document between the look at the history and the block: then this one follows nothing.
fn require_place(history: &SignsHistory, document: ContentAddress, number: u32) -> Result<(), Failure> {
    let own = history.documents.iter().find(|walked| walked.entry.content == document.into());
    match own.is_none_or(|own| own.counts) {
        true => Ok(()),
        false => Err(Failure::user(
            "NumberTaken",
            format!("somebody else added vital signs {number} at the same time, so these have no place in the series"),
            "run the same command again: they become the next ones",
        )),
    }
}

/// Seconds since 1970.
fn second(at: Timestamp) -> Result<u64, Failure> {
    u64::try_from(at.as_second()).map_err(|_| {
        Failure::user(
            "BadPeriod",
            format!("the observation of {at} is before 1970"),
            "correct the time of the observation",
        )
    })
}

/// The salt with which the patient of the observations is the one on chain.
fn salt(context: &Context<'_>, item: ItemId, series: &Series, patient: B256, opened: &Opened) -> Result<B256, Failure> {
    let book = Salts::open(&context.options.home, item)?;
    let Some(text) = mds::patient_text(&series.patient) else {
        return Err(Failure::user(
            "NoPatient",
            "the observations name their patient by a commitment only",
            "name the patient as the device's document does; everything is sealed before it is stored",
        ));
    };
    let known: Vec<B256> = [opened.salts.patient, book.of(patient)].into_iter().flatten().collect();
    match known.iter().find(|salt| mds::commitment(item, &text, **salt) == patient) {
        Some(salt) => Ok(*salt),
        None if known.is_empty() => Err(Failure::user(
            "NoSalt",
            "it cannot be told whether the observations are of the patient to whom the device is connected: you have not the salt",
            "be a reader of the device's newest version (--identity), or use the home folder in which it was written",
        )),
        None => Err(Failure::user(
            "OtherPatient",
            "the observations are of another patient than the one to whom the device is connected",
            "give the observations of this patient, or say first that the device was given to another one (`theriac mds import`)",
        )),
    }
}

async fn walked(
    context: &Context<'_>,
    suite: &Suite,
    item: ItemId,
    identities: &[Identity],
) -> Result<SignsHistory, Failure> {
    let records = logs::records(suite, item).await?;
    let steps = mds::steps(suite, item).await?;
    Ok(mds::walk_signs(suite, &context.store()?, item, &records, &steps, identities).await?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported {
    item: ItemId,
    number: u32,
    observations: usize,
    file: PathBuf,
    dry_run: bool,
}

async fn export(context: &Context<'_>, options: &Export) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.suite().await?;
    let identities = options.identity.given(context).await?;
    let history = walked(context, &suite, item, &identities).await?;
    let count = history.documents.len();
    let Some(found) = history.numbered(options.number) else {
        return Err(Failure::user(
            "UnknownVersion",
            format!("{item} has no vital signs {} in this store", options.number),
            format!(
                "there are {count} documents here; `theriac mds history` lists them, `theriac mds restore` brings others"
            ),
        ));
    };
    let Some(series) = &found.series else {
        return Err(Failure::user(
            "NotForThisKey",
            format!("vital signs {} cannot be read: {}", options.number, unread(&found.faults)),
            "give the identity of one of the readers (--identity)",
        ));
    };
    let bytes = match options.xml {
        true => fhir::to_xml(&series.bundle).map_err(|error| Failure::of(&error))?.into_bytes(),
        false => series.bundle.canonical(),
    };
    if !context.options.dry_run {
        files::write_secret(&options.out, |file| file.write_all(&bytes))?;
    }
    for fault in &found.faults {
        context.printer.note(format!("WRONG: {fault}"));
    }
    let is = if context.options.dry_run { "would be" } else { "are" };
    let text = format!("vital signs {} of {item} {is} written to {}", options.number, options.out.display());
    let (file, dry_run) = (options.out.clone(), context.options.dry_run);
    let facts = Exported { item, number: options.number, observations: series.count(), file, dry_run };
    Ok(Answer::new(text, &facts)?.good(found.faults.is_empty()))
}

fn unread(faults: &[String]) -> String {
    if faults.is_empty() { "they are sealed for others".to_owned() } else { faults.join("; ") }
}
