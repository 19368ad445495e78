//! `theriac catalog register-lots`: many lots, one transaction each, many in flight.
//!
//! The list is CSV with a header: `model`, `lot`, `serials` (a file, seen from the list's folder) and, optionally, `made` and
//! `expires`. A lot that cannot be registered costs only itself; the same command again continues.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use jiff::civil::Date;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::lots::LotProofs;
use theriac_client::pipeline::Job;
use theriac_core::ids::{LotId, ModelId};
use tokio::sync::mpsc;

use super::known::Known;
use super::lot_order::{LotModel, LotOrder, ReadyLot};
use super::register_lot::same;
use crate::answer::Answer;
use crate::commands::bulk::{self, Ended, Sent};
use crate::commands::subject::Model;
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, list, time};

const REQUIRED: [&str; 3] = ["model", "lot", "serials"];
const OPTIONAL: [&str; 2] = ["made", "expires"];

/// Options of `theriac catalog register-lots`.
#[derive(Debug, Args)]
pub(crate) struct RegisterLots {
    /// CSV file with the columns model, lot, serials and, optionally, made and expires.
    pub(in crate::commands) file: PathBuf,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    /// Lots in the list.
    read: u64,
    registered: u64,
    /// Lots that the chain had already, with the same contents.
    unchanged: u64,
    /// Transactions that an interrupted run had left under way, and that this run saw through.
    resumed: u64,
    /// Gas of the registrations of this run.
    gas_used: u64,
    refused: Vec<Refused>,
    dry_run: bool,
}

#[derive(Debug, Serialize)]
struct Refused {
    line: u64,
    lot: String,
    reason: String,
}

/// A line of the list.
#[derive(Debug)]
struct Row {
    line: u64,
    model: String,
    lot: String,
    serials: PathBuf,
    made: Option<Date>,
    expires: Option<Date>,
}

/// Registers them.
pub(in crate::commands) async fn run(context: &Context<'_>, options: &RegisterLots) -> Result<Answer, Failure> {
    let folder = options.file.parent().unwrap_or(Path::new(""));
    let rows = rows(&files::read_text(&options.file)?, folder).map_err(|failure| failure.at(&options.file))?;
    let suite = context.signing_suite().await?;
    let bar = context.printer.progress(rows.len() as u64, "lots");
    let mut feeder = Feeder {
        context,
        known: Known::read(&suite).await?,
        models: HashMap::new(),
        seen: HashSet::new(),
        sent: Sent::default(),
        tally: Tally { read: rows.len() as u64, dry_run: context.options.dry_run, ..Tally::default() },
        bar: bar.clone(),
        suite,
    };
    match context.options.dry_run {
        true => feeder.try_all(rows).await?,
        false => feeder.send_all(rows).await?,
    }
    bar.finish_and_clear();
    let mut tally = feeder.tally;
    tally.refused.sort_by_key(|refused| refused.line);
    let good = tally.refused.is_empty();
    Ok(Answer::new(tally.lines(), &tally)?.good(good))
}

struct Feeder<'a> {
    context: &'a Context<'a>,
    suite: Suite,
    known: Known,
    models: HashMap<ModelId, LotModel>,
    seen: HashSet<LotId>,
    /// Lots under way: line and number.
    sent: Sent<(u64, String)>,
    tally: Tally,
    bar: ProgressBar,
}

impl Feeder<'_> {
    async fn send_all(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        let (sender, jobs) = mpsc::channel(64);
        let outcomes = self.suite.pipeline(bulk::stream(jobs), bulk::options(self.context, &self.suite)).await?;
        let (suite, sent, bar) = (self.suite.clone(), self.sent.clone(), self.bar.clone());
        let (fed, ended) = tokio::join!(self.feed(rows, sender), bulk::follow(outcomes, &suite, &sent, &bar));
        let Ended { done, resumed, gas_used, failed } = ended?;
        fed?;
        (self.tally.registered, self.tally.resumed, self.tally.gas_used) = (done, resumed, gas_used);
        for ((line, lot), reason) in failed {
            self.tally.refused.push(Refused { line, lot, reason });
        }
        Ok(())
    }

    /// Prepares and stores each lot and hands over its job. The sender is dropped at the end, which ends the pipeline.
    async fn feed(&mut self, rows: Vec<Row>, jobs: mpsc::Sender<Job>) -> Result<(), Failure> {
        let store = self.context.store()?;
        for row in rows {
            let (line, lot) = (row.line, row.lot.clone());
            let Some(ready) = self.take(row).await? else { continue };
            store.put(&ready.bytes).await?;
            LotProofs::keep(&self.context.options.home, &ready.document, &ready.tree)?;
            let key = format!("registerLot/{}/{}", ready.id, ready.new_lot.root);
            self.sent.note(key.clone(), (line, lot));
            // A closed channel means that the pipeline gave up, which its outcomes tell.
            if jobs.send(self.suite.catalog().register_lot(&ready.new_lot).job(key)).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// For a dry run: asks the contract for each lot, and sends nothing.
    async fn try_all(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        for row in rows {
            let (line, lot) = (row.line, row.lot.clone());
            let Some(ready) = self.take(row).await? else { continue };
            match self.suite.catalog().register_lot(&ready.new_lot).ask().await {
                Ok(_) => self.tally.registered += 1,
                Err(error) => self.tally.refused.push(Refused { line, lot, reason: error.to_string() }),
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    /// The lot of a row, if there is something to register. A fault of the row is counted; one of the machine ends the run.
    async fn take(&mut self, row: Row) -> Result<Option<ReadyLot>, Failure> {
        let (line, lot) = (row.line, row.lot.clone());
        match self.prepare(row).await {
            Ok(Some(ready)) => return Ok(Some(ready)),
            Ok(None) => self.tally.unchanged += 1,
            Err(failure) if failure.mendable && failure.code != "Unreachable" => {
                self.tally.refused.push(Refused { line, lot, reason: failure.what });
            }
            Err(failure) => return Err(failure),
        }
        self.bar.inc(1);
        Ok(None)
    }

    /// The lot of a row; none if the chain has it already.
    async fn prepare(&mut self, row: Row) -> Result<Option<ReadyLot>, Failure> {
        let model = Model::parse(&row.model)?;
        let model = match self.models.get(&model.id) {
            Some(known) => known.clone(),
            None => {
                let found = LotModel::find(self.context, &self.known, &model).await?;
                self.models.insert(model.id, found.clone());
                found
            }
        };
        let Row { lot, serials, made, expires, .. } = row;
        let order = LotOrder { model, number: lot, serials, made, expires };
        if !self.seen.insert(order.id()) {
            let what = "this model and lot stand in the list already";
            return Err(Failure::user("DuplicateLot", what, "remove the later line"));
        }
        let ready = order.prepare(ProgressBar::hidden()).await?;
        match self.suite.catalog().lot_of(ready.id).await? {
            None => Ok(Some(ready)),
            Some(lot) => same(&ready, &lot).map(|()| None),
        }
    }
}

impl Tally {
    fn lines(&self) -> String {
        let verb = if self.dry_run { "would be registered" } else { "registered" };
        let mut lines = vec![format!(
            "read {} lots: {} {verb}, {} registered before, {} refused",
            self.read,
            self.registered,
            self.unchanged,
            self.refused.len()
        )];
        if self.resumed > 0 {
            lines.push(format!("{} left under way by an earlier run and seen through", self.resumed));
        }
        for Refused { line, lot, reason } in &self.refused {
            lines.push(format!("refused  line {line}, lot {lot}: {reason}"));
        }
        lines.join("\n")
    }
}

/// Reads the list. A fault in it ends the run before anything is done.
fn rows(text: &str, folder: &Path) -> Result<Vec<Row>, Failure> {
    let help = "the first line names the columns: model,lot,serials and, optionally, made,expires";
    let malformed = |what: String| Failure::user("LotList", what, help);
    let rows = list::read(text, &REQUIRED, &OPTIONAL).map_err(malformed)?;
    let row = |row: list::Row| {
        let word = |column| row.word(column).unwrap_or_default().to_owned();
        Ok(Row {
            line: row.line,
            model: word("model"),
            lot: word("lot"),
            serials: folder.join(word("serials")),
            made: row.parsed("made", time::day)?,
            expires: row.parsed("expires", time::day)?,
        })
    };
    rows.into_iter().map(row).collect::<Result<_, String>>().map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_by_its_header() {
        let list = "lot,model,serials,expires\nA1,09506000134352,a.csv,2030-01-31\n\n\"B,1\",+A99912345/,b.csv,\n";
        let rows = rows(list, Path::new("lots")).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.lot.as_str(), row.serials.to_str().unwrap())).collect();
        assert_eq!(told, [(2, "A1", "lots/a.csv"), (4, "B,1", "lots/b.csv")]);
        assert_eq!(rows[0].expires, Some(jiff::civil::date(2030, 1, 31)));
        assert_eq!((rows[1].made, rows[1].expires), (None, None));
    }

    #[test]
    fn a_wrong_list_is_refused_with_its_line() {
        for (list, what) in [
            ("model,lot\n", "line 1 does not name the column `serials` once"),
            (
                "model,lot,serials,made\nA,B,c,2026-02-30\n",
                "line 2 (made): `2026-02-30` is no day: write it as 2026-01-31",
            ),
        ] {
            assert_eq!(rows(list, Path::new("")).unwrap_err().what, what);
        }
    }
}
