//! `theriac logs list`.

use std::fmt::Write as _;

use alloy_primitives::{Address, B256};
use clap::Args;
use futures::{StreamExt as _, stream};
use serde::Serialize;
use theriac_client::logs::{self, RecordEntry};
use theriac_client::types::{RecordKind, Severity};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use crate::answer::{Answer, Table};
use crate::commands::people::People;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// How many records the store is asked for at once.
const AT_ONCE: usize = 16;

/// Options of `theriac logs list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// A UDI with a serial in any form, or an item id.
    item: String,
    /// Only records of this kind: log, alarm, photograph, document or report.
    #[arg(long)]
    kind: Option<RecordKind>,
    /// Only what covers this day or instant, or a later one.
    #[arg(long, value_name = "DATE", value_parser = time::first_second)]
    since: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    /// Whether the chain of records is whole.
    sound: bool,
    faults: Vec<String>,
    records: Vec<RecordFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordFacts {
    number: usize,
    kind: RecordKind,
    severity: Option<Severity>,
    from: Option<String>,
    until: Option<String>,
    writer: Option<Address>,
    order: Option<u64>,
    manifest: ContentAddress,
    /// Whether the store has the manifest; none where it cannot be asked.
    stored: Option<bool>,
    transaction: Option<B256>,
}

impl RecordFacts {
    fn of(entry: &RecordEntry, stored: Option<bool>) -> Result<Self, Failure> {
        let kept = entry.kept;
        Ok(Self {
            number: entry.number,
            kind: entry.kind,
            severity: kept.map(|kept| kept.severity),
            from: kept.map(|kept| time::iso(kept.from)),
            until: kept.map(|kept| time::iso(kept.until)),
            writer: kept.map(|kept| kept.writer),
            order: kept.and_then(|kept| kept.order),
            manifest: entry.content.address()?,
            stored,
            transaction: entry.transaction,
        })
    }
}

/// Lists them; exit code 1 where one is missing or altered.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.suite().await?;
    let mut found = logs::records(&suite, item).await?;
    found.entries.retain(|entry| options.wants(entry));
    let records = stored(context, &found.entries).await?;
    let text = text(&records, &found.faults, &mut People::new(&suite)).await?;
    let sound = found.faults.is_empty();
    Ok(Answer::new(text, &Facts { item, sound, faults: found.faults, records })?.good(sound))
}

impl List {
    fn wants(&self, entry: &RecordEntry) -> bool {
        let late = self.since.is_none_or(|since| entry.kept.is_none_or(|kept| kept.until >= since));
        late && self.kind.is_none_or(|kind| kind == entry.kind)
    }
}

async fn stored(context: &Context<'_>, entries: &[RecordEntry]) -> Result<Vec<RecordFacts>, Failure> {
    let store = context.store()?;
    let asked = stream::iter(entries).map(|entry| {
        let store = &store;
        async move { store.has(&entry.content.address()?).await }
    });
    let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
    if let Some(Err(error)) = answers.iter().find(|answer| answer.is_err()) {
        context.printer.note(format!("whether the store has the records cannot be told: {error}"));
    }
    entries.iter().zip(answers).map(|(entry, stored)| RecordFacts::of(entry, stored.ok())).collect()
}

async fn text(records: &[RecordFacts], faults: &[String], people: &mut People<'_>) -> Result<String, Failure> {
    let mut table = Table::new(["number", "kind", "from", "until", "severity", "order", "stored", "writer"]);
    for record in records {
        let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "?".to_owned());
        let stored = match record.stored {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "?",
        };
        table.row([
            record.number.to_string(),
            record.kind.to_string(),
            or_unknown(record.from.clone()),
            or_unknown(record.until.clone()),
            or_unknown(record.severity.map(|severity| severity.to_string())),
            record.order.map_or_else(|| "-".to_owned(), |order| order.to_string()),
            stored.to_owned(),
            match record.writer {
                Some(writer) => people.name(writer).await?,
                None => "?".to_owned(),
            },
        ]);
    }
    let mut text = table.render("no records");
    for fault in faults {
        // Writing to a String cannot fail.
        let _ = write!(text, "\nMISSING OR ALTERED: {fault}: ask another node");
    }
    Ok(text)
}
