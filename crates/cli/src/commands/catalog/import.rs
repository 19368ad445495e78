//! `theriac catalog import`: the records of a GUDID file become registered models.
//!
//! Three parts run side by side: a thread reads the file, a task stores each document and makes its transaction, and the
//! client's pipeline sends them, many in flight. What the chain has already with the same document is left alone, so the same
//! command continues after a kill.

mod read;
mod send;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// Refusals and left-out identifiers that the text lists; `--json` lists all.
const LISTED: usize = 20;

/// Options of `theriac catalog import`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Import {
    /// A GUDID release (.zip or .xml) or an AccessGUDID answer (.json).
    file: PathBuf,
    /// Only records whose company name contains this text, in any case.
    #[arg(long, value_name = "TEXT")]
    manufacturer_name: Option<String>,
}

/// What became of the file's records.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    /// Records met: imported, filtered and refused together.
    read: u64,
    /// Records that are good: registered now or before, in a dry run those that would be.
    imported: u64,
    /// Of these, registered in this run.
    registered: u64,
    /// Of these, registered before with the same document.
    unchanged: u64,
    /// Records of other companies than the one asked for.
    filtered: u64,
    /// Transactions that an interrupted run had left under way, and that this run saw through.
    resumed: u64,
    /// Gas of the registrations of this run.
    gas_used: u64,
    refused: Vec<Refused>,
    left_out: Vec<LeftOut>,
    /// The file ended too early, or is damaged as a whole: records may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    dry_run: bool,
}

/// A record that was not imported.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    /// Its place among the records of the file, counted from 1.
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    di: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    reason: String,
}

/// An identifier that no label can carry, of a record that was imported without it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LeftOut {
    record: u64,
    di: String,
    identifier: String,
    reason: String,
}

/// Imports the file.
pub(super) async fn run(context: &Context<'_>, options: &Import) -> Result<Answer, Failure> {
    let tally = match context.options.dry_run {
        true => dry_run(context, options).await?,
        false => send::run(context, options).await?,
    };
    let good = tally.refused.is_empty() && tally.fault.is_none();
    Ok(Answer::new(tally.lines(), &tally)?.good(good))
}

/// Reads and counts: no chain, no signer, no store.
async fn dry_run(context: &Context<'_>, options: &Import) -> Result<Tally, Failure> {
    let bar = context.printer.progress(0, "records");
    let mut records = read::start(options)?;
    let mut tally = Tally { dry_run: true, ..Tally::default() };
    while let Some(met) = records.recv().await {
        bar.inc_length(1);
        bar.inc(1);
        if tally.take(met).is_some() {
            tally.imported += 1;
        }
    }
    bar.finish_and_clear();
    Ok(tally)
}

impl Tally {
    /// Counts what was met, and gives back a record that is to be registered.
    fn take(&mut self, met: read::Met) -> Option<read::Good> {
        match met {
            read::Met::Good(good) => {
                self.read += 1;
                let listed = good.left_out.iter().map(|identifier| LeftOut {
                    record: good.record,
                    di: good.document.di.clone(),
                    identifier: identifier.value.clone(),
                    reason: identifier.reason.to_string(),
                });
                self.left_out.extend(listed);
                return Some(*good);
            }
            read::Met::Filtered => {
                self.read += 1;
                self.filtered += 1;
            }
            read::Met::Refused(refused) => {
                self.read += 1;
                self.refused.push(Refused {
                    record: refused.number,
                    entry: refused.entry,
                    di: refused.di,
                    line: refused.position.map(|position| position.line),
                    offset: refused.position.map(|position| position.offset),
                    reason: refused.reason.to_string(),
                });
            }
            read::Met::Fault(fault) => self.fault = Some(fault),
        }
        None
    }

    fn refuse(&mut self, record: u64, di: &str, reason: impl std::fmt::Display) {
        let (di, reason) = (Some(di.to_owned()), reason.to_string());
        self.refused.push(Refused { record, entry: None, di, line: None, offset: None, reason });
    }

    fn lines(&self) -> String {
        let verb = if self.dry_run { "would be imported" } else { "imported" };
        let mut lines =
            vec![format!("read {} records: {} {verb}, {} refused", self.read, self.imported, self.refused.len())];
        let mut add = |count: u64, what: &str| {
            if count > 0 {
                lines.push(format!("{count} {what}"));
            }
        };
        add(self.registered, "registered now");
        add(self.unchanged, "registered before with the same document");
        add(self.filtered, "of other companies");
        add(self.resumed, "left under way by an earlier run and seen through");
        for refused in self.refused.iter().take(LISTED) {
            lines.push(format!("refused  {}", refused.line()));
        }
        lines.extend(more(self.refused.len(), "refused"));
        for left in self.left_out.iter().take(LISTED) {
            let LeftOut { record, di, identifier, reason } = left;
            lines.push(format!("left out  {identifier} of record {record}, DI {di}: {reason}"));
        }
        lines.extend(more(self.left_out.len(), "left out"));
        lines.extend(self.fault.as_ref().map(|fault| format!("the file: {fault}")));
        lines.join("\n")
    }
}

impl Refused {
    fn line(&self) -> String {
        let mut place = format!("record {}", self.record);
        let parts = [
            self.entry.as_ref().map(|entry| format!(" of {entry}")),
            self.di.as_ref().map(|di| format!(", DI {di}")),
            self.line.map(|line| format!(", line {line}")),
            self.offset.map(|offset| format!(" (byte {offset})")),
        ];
        parts.into_iter().flatten().for_each(|part| place.push_str(&part));
        format!("{place}: {}", self.reason)
    }
}

fn more(count: usize, what: &str) -> Option<String> {
    (count > LISTED).then(|| format!("and {} more {what}; --json lists all", count - LISTED))
}
