//! `theriac mds update-many`: what a gateway writes that serves many devices.
//!
//! Many versions go into one transaction, which the contract takes whole or not at all. Versions of a transaction that was refused
//! are sent again one by one, so that a device that cannot be written costs only itself. A line that changes nothing writes nothing:
//! so the same command again continues what was interrupted.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::mds::{self, Draft, Prepared};
use theriac_client::store::Store;
use theriac_core::envelope::Identity;
use theriac_core::fhir::MdsState;
use theriac_core::ids::ItemId;
use tokio::sync::mpsc;

use super::change::Change;
use super::newest;
use crate::answer::Answer;
use crate::commands::bulk::{self, Ended, Sent};
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, list, time};

/// Devices whose newest versions are read at once.
const READ_AT_ONCE: usize = 16;

/// Options of `theriac mds update-many`.
#[derive(Debug, Args)]
pub(crate) struct UpdateMany {
    /// CSV file with the column item (a UDI with a serial, or an item id) and any of mode, status, reason (several with spaces
    /// between them), hours, cycles.
    file: PathBuf,
    #[command(flatten)]
    identity: IdentityOptions,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    /// Lines of the list.
    read: u64,
    /// Versions written.
    written: u64,
    /// Devices that are already as the list says.
    unchanged: u64,
    gas_used: u64,
    refused: Vec<Refused>,
    dry_run: bool,
}

#[derive(Debug, Serialize)]
struct Refused {
    line: u64,
    item: ItemId,
    reason: String,
}

/// A line of the list.
#[derive(Clone, Debug)]
struct Row {
    line: u64,
    item: ItemId,
    change: Change,
}

/// Writes them.
pub(super) async fn run(context: &Context<'_>, options: &UpdateMany) -> Result<Answer, Failure> {
    let rows = rows(&files::read_text(&options.file)?).map_err(|failure| failure.at(&options.file))?;
    let suite = context.signing_suite().await?;
    let mut writer = Writer {
        context,
        store: context.store()?,
        identities: options.identity.if_given(context).await?,
        lines: rows.iter().map(|row| (row.item, row.line)).collect(),
        tally: Tally { read: rows.len() as u64, dry_run: context.options.dry_run, ..Tally::default() },
        bar: context.printer.progress(rows.len() as u64, "devices"),
        suite,
    };
    let drafts = writer.drafts(&rows).await?;
    match context.options.dry_run {
        true => writer.try_all(drafts).await?,
        false => writer.send_all(drafts).await?,
    }
    writer.bar.finish_and_clear();
    let mut tally = writer.tally;
    tally.refused.sort_by_key(|refused| refused.line);
    let good = tally.refused.is_empty();
    Ok(Answer::new(tally.lines(), &tally)?.good(good))
}

struct Writer<'a> {
    context: &'a Context<'a>,
    suite: Suite,
    store: Store,
    identities: Vec<Identity>,
    lines: Vec<(ItemId, u64)>,
    tally: Tally,
    bar: ProgressBar,
}

impl Writer<'_> {
    /// The next version of each device that is not yet as the list says.
    async fn drafts(&mut self, rows: &[Row]) -> Result<Vec<Draft>, Failure> {
        let met: Vec<_> = {
            let this = &*self;
            let read = rows.iter().map(|row| async move { (row.item, this.draft(row).await) });
            stream::iter(read).buffered(READ_AT_ONCE).collect().await
        };
        let mut drafts = Vec::new();
        for (item, draft) in met {
            match draft {
                Ok(Some(draft)) => {
                    drafts.push(draft);
                    continue;
                }
                Ok(None) => self.tally.unchanged += 1,
                Err(failure) if failure.mendable && failure.code != "Unreachable" => self.refuse(item, failure.what),
                Err(failure) => return Err(failure),
            }
            self.bar.inc(1);
        }
        Ok(drafts)
    }

    async fn draft(&self, row: &Row) -> Result<Option<Draft>, Failure> {
        let profile = newest::required(&self.suite, row.item).await?;
        let opened = newest::open_with(&self.suite, &self.store, row.item, &profile, &self.identities).await?;
        let mut state = MdsState::read(&opened.document).map_err(|error| Failure::of(&error))?;
        let before = state.clone();
        row.change.apply(&mut state);
        if state == before {
            return Ok(None);
        }
        let at = time::instant(time::now()).ok_or_else(|| Failure::internal("reading the clock", "it is past 9999"))?;
        Ok(Some(Draft {
            item: row.item,
            document: state.write(&opened.document).map_err(|error| Failure::of(&error))?,
            patient: profile.patient,
            location: profile.location,
            salts: opened.salts,
            readers: opened.readers,
            at,
            newest: Some(profile),
        }))
    }

    async fn send_all(&mut self, drafts: Vec<Draft>) -> Result<(), Failure> {
        let refused = self.send(drafts).await?;
        if refused.is_empty() {
            return Ok(());
        }
        let (sender, jobs) = mpsc::channel(64);
        let sent: Sent<Vec<Prepared>> = Sent::default();
        let outcomes = self.suite.pipeline(bulk::stream(jobs), bulk::options(self.context, &self.suite)).await?;
        let room = self.suite.mds_profiles();
        let (noted, suite, bar) = (sent.clone(), self.suite.clone(), ProgressBar::hidden());
        let feeding = async move {
            for prepared in refused {
                let key = format!("update/{}", prepared.address);
                let job = room.update(&prepared.update()).job(key.clone());
                noted.note(key, vec![prepared]);
                if sender.send(job).await.is_err() {
                    break;
                }
            }
        };
        let ((), ended) = tokio::join!(feeding, bulk::follow(outcomes, &suite, &sent, &bar));
        let Ended { done, gas_used, failed, .. } = ended?;
        self.tally.written += done;
        self.tally.gas_used += gas_used;
        for (prepared, reason) in failed {
            prepared.iter().for_each(|one| self.refuse(one.version.item, reason.clone()));
        }
        Ok(())
    }

    /// Sends them many in one transaction, and answers those whose transaction was refused.
    async fn send(&mut self, drafts: Vec<Draft>) -> Result<Vec<Prepared>, Failure> {
        let (sender, jobs) = mpsc::channel(64);
        let sent: Sent<Vec<Prepared>> = Sent::default();
        let outcomes = self.suite.pipeline(bulk::stream(jobs), bulk::options(self.context, &self.suite)).await?;
        let (noted, bar) = (sent.clone(), self.bar.clone());
        let note = move |key, versions: Vec<Prepared>| {
            bar.inc(versions.len() as u64);
            noted.note(key, versions);
        };
        let feeding = tokio::spawn(mds::feed(self.suite.clone(), self.store.clone(), drafts.clone(), sender, note));
        let ended = bulk::follow(outcomes, &self.suite, &sent, &ProgressBar::hidden()).await?;
        feeding.await.map_err(|error| Failure::internal("preparing versions", error))??;
        let refused: Vec<Prepared> = ended.failed.into_iter().flat_map(|(versions, _)| versions).collect();
        self.tally.written += (drafts.len() - refused.len()) as u64;
        self.tally.gas_used += ended.gas_used;
        Ok(refused)
    }

    /// Asks the contract for each, and neither sends nor stores.
    async fn try_all(&mut self, drafts: Vec<Draft>) -> Result<(), Failure> {
        let folder = tempfile::tempdir().map_err(|error| Failure::internal("making a folder", error))?;
        let store = Store::open("blocks", folder.path())?;
        for prepared in mds::prepare(self.suite.clone(), store, drafts).await? {
            match self.suite.mds_profiles().update(&prepared.update()).dry_run().await {
                Ok(run) => {
                    self.tally.written += 1;
                    self.tally.gas_used += run.gas_used;
                }
                Err(error) => self.refuse(prepared.version.item, error.to_string()),
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    fn refuse(&mut self, item: ItemId, reason: String) {
        let line = self.lines.iter().find(|(known, _)| *known == item).map_or(0, |(_, line)| *line);
        self.tally.refused.push(Refused { line, item, reason });
    }
}

impl Tally {
    fn lines(&self) -> String {
        let verb = if self.dry_run { "would be written" } else { "written" };
        let mut lines = vec![format!(
            "read {} lines: {} versions {verb}, {} devices already so, {} refused; {} gas",
            self.read,
            self.written,
            self.unchanged,
            self.refused.len(),
            self.gas_used
        )];
        lines.extend(
            self.refused.iter().map(|Refused { line, item, reason }| format!("refused  line {line}, {item}: {reason}")),
        );
        lines.join("\n")
    }
}

/// Reads the list. A fault in it ends the run before anything is done.
fn rows(text: &str) -> Result<Vec<Row>, Failure> {
    let help = "the first line names the columns: item and any of mode,status,reason,hours,cycles";
    let malformed = |what: String| Failure::user("UpdateList", what, help);
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for row in list::read(text, &["item"], &Change::COLUMNS).map_err(malformed)? {
        let line = row.line;
        let name = row.word("item").unwrap_or_default();
        let item = Item::parse(name).map_err(|failure| malformed(format!("line {line} (item): {}", failure.what)))?.id;
        if !seen.insert(item) {
            return Err(malformed(format!("line {line} (item): the device stands in the list already")));
        }
        rows.push(Row { line, item, change: Change::of(&row).map_err(malformed)? });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use theriac_core::fhir::StatusReason;

    use super::*;

    const MONITOR: &str = "(01)00012345678905(10)A1(21)123456";

    #[test]
    fn a_line_says_what_changes() {
        let mut state = MdsState { hours: Some(6), cycles: Some(3), ..MdsState::default() };
        let mut read = |reasons: &str| {
            let rows = rows(&format!("hours,item,reason\n7,{MONITOR},{reasons}\n")).unwrap();
            rows[0].change.apply(&mut state);
            assert_eq!((rows[0].line, state.hours, state.cycles), (2, Some(7), Some(3)));
            state.status_reasons.clone()
        };
        assert_eq!(read("off  paused off"), [StatusReason::Paused, StatusReason::Off]);
        assert_eq!(read(""), [StatusReason::Paused, StatusReason::Off], "an empty field changes nothing");
        assert_eq!(read("none"), []);
    }

    #[test]
    fn a_wrong_list_is_refused_with_its_line() {
        for (list, what) in [
            ("hours\n1\n".to_owned(), "line 1 does not name the column `item` once"),
            (format!("item,mode\n{MONITOR},on\n"), "line 2 (mode): use one of Nml, Dmo, Srv, Mtn"),
            (
                format!("item,reason\n{MONITOR},off none\n"),
                "line 2 (reason): `none` says that there is no reason: give it alone, or leave it out",
            ),
            (format!("item,hours\n{MONITOR},-1\n"), "line 2 (hours): `-1` is no count"),
            (format!("item,hours\n{MONITOR},1\n{MONITOR},2\n"), "line 3 (item): the device stands in the list already"),
        ] {
            assert_eq!(rows(&list).unwrap_err().what, what);
        }
    }
}
