//! `theriac logs show`.

use clap::Args;
use serde::Serialize;
use theriac_client::logs;
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;
use theriac_core::logs::{FileFacts, Picture, Preview, Record, picture, preview};

use super::record::{Opened, RecordOptions};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac logs show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    record: RecordOptions,
    /// Of a text, how many of its first and last lines; 0 for none.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(..=1000))]
    lines: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    number: usize,
    manifest: ContentAddress,
    record: Record,
    file: FileFacts,
    readers: Vec<theriac_core::envelope::Reader>,
    segments: usize,
    /// Segments that the store has not, from 1.
    missing: Vec<usize>,
    /// Of a text.
    text: Option<Preview>,
    /// Of a photograph.
    picture: Option<Picture>,
}

/// Shows the record; exit code 1 where the store lacks a part of it.
pub(super) async fn run(context: &Context<'_>, options: &Show) -> Result<Answer, Failure> {
    let opened = options.record.open(context).await?;
    let missing = missing(&opened).await?;
    let (text, picture) = looks(&opened, &missing, usize::from(options.lines)).await?;
    let Opened { item, entry, manifest, .. } = opened;
    let facts = Facts {
        item,
        number: entry.number,
        manifest: entry.content.address()?,
        record: manifest.record,
        file: manifest.file,
        readers: manifest.readers,
        segments: manifest.segments.len(),
        missing,
        text,
        picture,
    };
    Ok(Answer::new(facts.text(), &facts)?.good(facts.missing.is_empty()))
}

async fn missing(opened: &Opened) -> Result<Vec<usize>, Failure> {
    let mut missing = Vec::new();
    for (index, segment) in opened.manifest.segments.iter().enumerate() {
        if !opened.store.has(&segment.content).await? {
            missing.push(index + 1);
        }
    }
    Ok(missing)
}

/// Opens the first segment and, of a text, the last ones.
async fn looks(
    opened: &Opened,
    missing: &[usize],
    lines: usize,
) -> Result<(Option<Preview>, Option<Picture>), Failure> {
    let count = opened.manifest.segments.len();
    if missing.contains(&1) {
        return Ok((None, None));
    }
    let part = |index| logs::segment(&opened.store, &opened.manifest, index, &opened.identities);
    let head = part(0).await?;
    let picture = picture(&head);
    if lines == 0 || picture.is_some() {
        return Ok((None, picture));
    }
    let mut tail = Vec::new();
    // The last segment may be of a few bytes.
    for index in count.saturating_sub(2).max(1)..count {
        if !missing.contains(&(index + 1)) {
            tail.append(&mut part(index).await?);
        }
    }
    Ok((preview(&head, &tail, lines), picture))
}

impl Facts {
    fn text(&self) -> String {
        let (record, file) = (&self.record, &self.file);
        let order = record.order.map_or_else(|| "none: as owner or operator".to_owned(), |order| order.to_string());
        let mut rows = vec![
            ("item", self.item.to_string()),
            ("record", format!("{}, {}", self.number, record.kind)),
            ("period", format!("{} to {}", record.from, record.until)),
            ("severity", record.severity.clone()),
            ("writer", record.writer.to_string()),
            ("work order", order),
            ("file", format!("{}, {}, {} bytes", file.name, file.media_type, file.size)),
            ("sha256", file.sha256.to_string()),
            ("segments", self.segments.to_string()),
        ];
        if !self.missing.is_empty() {
            let list: Vec<String> = self.missing.iter().map(ToString::to_string).collect();
            rows.push(("MISSING", format!("segments {}: fetch them, or name a store that has them", list.join(", "))));
        }
        for reader in &self.readers {
            let account = reader.account.map(|account| format!(" of {account}")).unwrap_or_default();
            rows.push(("reader", format!("{}{account}", reader.key)));
        }
        if let Some(picture) = &self.picture {
            rows.push(("picture", format!("{}, {} × {} pixels", picture.format, picture.width, picture.height)));
        }
        let mut lines: Vec<String> = rows.into_iter().map(|(name, value)| format!("{name:<13}{value}")).collect();
        if let Some(text) = &self.text {
            if !text.columns.is_empty() {
                lines.push(format!("{:<13}{}: {}", "columns", text.columns.len(), text.columns.join(", ")));
            }
            lines.extend(text.first.iter().cloned());
            if !text.last.is_empty() {
                lines.push("…".to_owned());
                lines.extend(text.last.iter().cloned());
            }
        }
        lines.join("\n")
    }
}
