//! `theriac logs push`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::logs::{self, Journal, LogsError, Made, Pushed, Source, Task};
use theriac_client::rooms::DeviceRecord;
use theriac_client::types::{Content, RecordKind, Severity};
use theriac_core::content::ContentAddress;
use theriac_core::envelope::Reader;
use theriac_core::ids::ItemId;
use theriac_core::logs::{FileFacts, Manifest, Record};

use super::readers::ReaderOptions;
use crate::answer::Answer;
use crate::commands::subject::Item;
use crate::commands::{evidence, period};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// Options of `theriac logs push`.
#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The device: a UDI with a serial in any form, or an item id.
    item: String,
    /// The file, of at most 1 GiB.
    file: PathBuf,
    /// What it is: log, alarm, photograph, document or report.
    #[arg(long)]
    kind: RecordKind,
    /// First day or instant of what it covers.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Last day or instant, not in the future; otherwise what --from says.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Priority of an alarm: low, medium or high.
    #[arg(long)]
    severity: Option<Severity>,
    /// Push it as the engineer at work under this work order; otherwise as owner or operator.
    #[arg(long, value_name = "NUMBER")]
    order: Option<u64>,
    /// Push it although the same file is on chain as the same record.
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    readers: ReaderOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    /// As `theriac logs list` counts; none for a dry run.
    number: Option<usize>,
    kind: RecordKind,
    severity: Severity,
    from: String,
    until: String,
    order: Option<u64>,
    file: FileFacts,
    manifest: ContentAddress,
    segments: Option<usize>,
    /// Segments that an attempt before had stored.
    resumed: usize,
    readers: Vec<Reader>,
    /// Whether it was on chain before, and nothing was done.
    already: bool,
    #[serde(flatten)]
    done: Done,
}

/// A push that was checked and can begin.
struct Work<'a> {
    context: &'a Context<'a>,
    suite: Suite,
    record: Record,
    /// What goes on chain; its content is not known yet.
    kept: DeviceRecord,
    readers: Vec<Reader>,
}

/// Seals, stores and anchors the file.
pub(super) async fn run(context: &Context<'_>, options: &Push) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let kept = options.record(item)?;
    // Too large, empty or no file: before the chain is asked, and before anything is read.
    let source = Source::open(&options.file)?;
    let suite = context.signing_suite().await?;
    let readers = options.readers.find(context, &suite, item).await?;
    let record = told(&suite, &kept, options.order)?;
    let work = Work { context, suite, record, kept, readers };
    period::await_end(context, &work.suite, &work.kept).await?;
    // Refused by the room, a file need not be sealed.
    work.require_accepted().await?;
    if context.options.dry_run {
        let before = if options.again { None } else { work.pushed_before(&options.file).await? };
        return match before {
            Some(answer) => Ok(answer),
            None => work.try_out(source).await,
        };
    }
    work.push(source, options.again).await
}

impl Push {
    fn record(&self, item: ItemId) -> Result<DeviceRecord, Failure> {
        let wrong = |what: String| Failure::user("InvalidDate", what, "nothing was read or stored");
        let from = time::first_second(&self.from).map_err(wrong)?;
        let until = time::last_second(self.until.as_ref().unwrap_or(&self.from)).map_err(wrong)?;
        let severity = match (self.kind, self.severity) {
            (RecordKind::Alarm, None | Some(Severity::None)) => {
                return Err(Failure::user(
                    "NoSeverity",
                    "an alarm has a priority (IEC 60601-1-8), and none was given",
                    "give --severity low, medium or high",
                ));
            }
            (_, severity) => severity.unwrap_or(Severity::None),
        };
        Ok(DeviceRecord { item, kind: self.kind, content: placeholder(), from, until, severity })
    }
}

/// A digest that stands for one that is not known yet.
fn placeholder() -> Content {
    Content::raw(alloy_primitives::B256::repeat_byte(1))
}

fn told(suite: &Suite, kept: &DeviceRecord, order: Option<u64>) -> Result<Record, Failure> {
    let instant = |seconds| {
        time::instant(seconds).ok_or_else(|| Failure::user("InvalidDate", "it is past 9999", "write an earlier day"))
    };
    Ok(Record {
        chain_id: suite.deployment().chain_id,
        room: suite.mds_profiles().address(),
        item: kept.item,
        writer: suite.chain().account(),
        order,
        kind: kept.kind.to_string(),
        from: instant(kept.from)?,
        until: instant(kept.until)?,
        severity: kept.severity.to_string(),
    })
}

impl Work<'_> {
    /// Whether the room would take the record in its next block: the newest one may be older than what the record covers.
    async fn require_accepted(&self) -> Result<(), Failure> {
        let room = self.suite.mds_profiles();
        match self.record.order {
            Some(order) => room.keep_in_service(order, &self.kept)?.dry_run().await?,
            None => room.keep(&self.kept)?.dry_run().await?,
        };
        Ok(())
    }

    /// Puts the record on chain, or with `--dry-run` tries it.
    async fn anchor(&self, manifest: ContentAddress) -> Result<Done, Failure> {
        let (room, kept) = (self.suite.mds_profiles(), DeviceRecord { content: manifest.into(), ..self.kept });
        match self.record.order {
            Some(order) => period::keep(self.context, &kept, &room.keep_in_service(order, &kept)?).await,
            None => period::keep(self.context, &kept, &room.keep(&kept)?).await,
        }
    }

    /// The answer where the same file is on chain as the same record: pushed from here, and told by the chain.
    async fn pushed_before(&self, file: &std::path::Path) -> Result<Option<Answer>, Failure> {
        let home = &self.context.options.home;
        let source = Source::open(file)?;
        let mut candidates = Pushed::as_record(home, &self.record).map_err(theriac_client::Error::from)?;
        candidates.retain(|pushed| pushed.file.size == source.size());
        if candidates.is_empty() {
            return Ok(None);
        }
        let records = logs::records(&self.suite, self.record.item).await?;
        let digest = logs::digest_of(source).await?;
        let same = candidates.into_iter().filter(|pushed| pushed.file.sha256 == digest);
        let mut on_chain =
            same.filter_map(|pushed| Some((records.with_content(pushed.content.into())?.number, pushed)));
        match on_chain.next_back() {
            Some((number, pushed)) => self.already(number, pushed.file, pushed.content).map(Some),
            None => Ok(None),
        }
    }

    fn already(&self, number: usize, file: FileFacts, manifest: ContentAddress) -> Result<Answer, Failure> {
        let text = format!(
            "{} is on chain already, as record {number} of {}: nothing was done (--again pushes it once more)",
            file.name, self.record.item
        );
        let done = Done::nothing(self.context);
        let facts = Facts { number: Some(number), already: true, ..self.facts(file, manifest, done) };
        Answer::new(text, &facts)
    }

    /// Everything but storing and sending.
    async fn try_out(&self, source: Source) -> Result<Answer, Failure> {
        let bar = self.context.printer.progress(source.segments() as u64, "sealing");
        let made = logs::seal(source, None, self.readers.clone(), Vec::new(), move |_, _| {
            bar.inc(1);
            Ok(())
        });
        let made = made.await?;
        let manifest = evidence::keep_bytes(self.context, &self.sealed(&made)?).await?;
        let done = self.anchor(manifest).await?;
        self.answer(None, made, manifest, done)
    }

    async fn push(&self, source: Source, again: bool) -> Result<Answer, Failure> {
        let home = &self.context.options.home;
        let task = Task { record: self.record.clone(), file: source.path().to_owned() };
        let journal =
            Journal::open(home, &task, &self.readers, source.segments()).map_err(theriac_client::Error::from)?;
        // Asked behind the lock: a process that does the same may have ended just before.
        if !again && let Some(answer) = self.pushed_before(source.path()).await? {
            journal.abandon().map_err(theriac_client::Error::from)?;
            return Ok(answer);
        }
        if journal.other_readers {
            self.context.printer.note("an attempt before was for other readers: everything is sealed anew");
        }
        let (known, stored) = (journal.known.clone(), journal.manifest);
        let journal = Arc::new(Mutex::new(journal));
        let made = self.seal(source, known, &journal).await?;
        let manifest = match self.stored_before(&made, stored).await? {
            Some(address) => {
                let records = logs::records(&self.suite, self.record.item).await?;
                if let Some(entry) = records.with_content(address.into()) {
                    self.end(&journal, &made, address)?;
                    return self.already(entry.number, made.file, address);
                }
                self.require_nothing_awaited().await?;
                address
            }
            None => {
                let address = self.context.store()?.put(&self.sealed(&made)?).await?;
                noted(&journal, |journal| journal.manifest(address))?;
                address
            }
        };
        let done = self.anchor(manifest).await?;
        self.end(&journal, &made, manifest)?;
        let records = logs::records(&self.suite, self.record.item).await?;
        self.answer(records.with_content(manifest.into()).map(|entry| entry.number), made, manifest, done)
    }

    async fn seal(
        &self,
        source: Source,
        known: Vec<logs::Known>,
        journal: &Arc<Mutex<Journal>>,
    ) -> Result<Made, Failure> {
        let bar = self.context.printer.progress(source.segments() as u64, "sealing");
        bar.inc(known.iter().flatten().count() as u64);
        let (store, journal) = (self.context.store()?, journal.clone());
        let made = logs::seal(source, Some(store), self.readers.clone(), known, move |index, segment| {
            bar.inc(1);
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            journal.segment(index, segment).map_err(Into::into)
        });
        let made = made.await?;
        if made.reused > 0 {
            self.context.printer.note(format!(
                "{} of {} segments were stored by an attempt before",
                made.reused,
                made.segments.len()
            ));
        }
        if made.changed > 0 {
            self.context
                .printer
                .note(format!("the file was changed since: {} of its segments were sealed anew", made.changed));
        }
        Ok(made)
    }

    /// The manifest that an attempt before stored, if it is of the same segments.
    async fn stored_before(
        &self,
        made: &Made,
        stored: Option<ContentAddress>,
    ) -> Result<Option<ContentAddress>, Failure> {
        match stored {
            Some(address) if made.reused == made.segments.len() && self.context.store()?.has(&address).await? => {
                Ok(Some(address))
            }
            _ => Ok(None),
        }
    }

    /// An attempt before may have sent the record, and no block has it yet: sent again, there would be two.
    async fn require_nothing_awaited(&self) -> Result<(), Failure> {
        match logs::awaits_block(&self.suite).await? {
            true => Err(Failure::user(
                "NotMined",
                "an attempt before may have sent this record, and a transaction of your account waits for a block",
                "wait until it is in a block, and run the same command again",
            )),
            false => Ok(()),
        }
    }

    fn sealed(&self, made: &Made) -> Result<Vec<u8>, Failure> {
        let (file, segments) = (made.file.clone(), made.segments.clone());
        let manifest = Manifest { record: self.record.clone(), file, readers: self.readers.clone(), segments };
        manifest.seal().map_err(|error| Failure::of(&error))
    }

    fn end(&self, journal: &Mutex<Journal>, made: &Made, content: ContentAddress) -> Result<(), Failure> {
        let (record, file) = (self.record.clone(), made.file.clone());
        noted(journal, |journal| journal.end(&self.context.options.home, &Pushed { record, file, content }))
    }

    fn facts(&self, file: FileFacts, manifest: ContentAddress, done: Done) -> Facts {
        Facts {
            item: self.record.item,
            number: None,
            kind: self.kept.kind,
            severity: self.kept.severity,
            from: time::iso(self.kept.from),
            until: time::iso(self.kept.until),
            order: self.record.order,
            file,
            manifest,
            segments: None,
            resumed: 0,
            readers: self.readers.clone(),
            already: false,
            done,
        }
    }

    fn answer(
        &self,
        number: Option<usize>,
        made: Made,
        manifest: ContentAddress,
        done: Done,
    ) -> Result<Answer, Failure> {
        let is = if done.dry_run { "would be a record" } else { "is a record" };
        let which = number.map(|number| format!("record {number}, ")).unwrap_or_default();
        let text = format!(
            "{} {is} of {}: {which}{}, {} bytes in {} segments, sealed for {}\nmanifest {}\n{}",
            made.file.name,
            self.record.item,
            self.record.kind,
            made.file.size,
            made.segments.len(),
            self.readers.len(),
            manifest.uri(),
            done.text()
        );
        let (segments, resumed) = (Some(made.segments.len()), made.reused);
        Answer::new(text, &Facts { number, segments, resumed, ..self.facts(made.file, manifest, done) })
    }
}

fn noted(journal: &Mutex<Journal>, note: impl FnOnce(&mut Journal) -> Result<(), LogsError>) -> Result<(), Failure> {
    let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
    note(&mut journal).map_err(|error| theriac_client::Error::from(error).into())
}
