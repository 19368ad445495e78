//! `theriac catalog scratch-codes`: codes for the scratch fields of a lot, and the serial list with the tag keys that follow.
//!
//! The codes come first, in a file of their own that appears whole; they are what must not be lost. The tag keys take about
//! 130 milliseconds each on a core. They are written as they come, into a file beside `--out`, so that a run that was killed is
//! taken up by giving the same command again.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use theriac_core::ids::LotId;
use theriac_core::scratch::{CodeList, Derivation, ENTROPY, ScratchCode};
use theriac_core::serials::{self, CompactSerial};
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::commands::subject::{Lot, Model};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

const HEADER: &str = "serial,tagKey\n";
/// Keys per core between two writes: about a second's work.
const KEYS_PER_CORE: usize = 8;

/// Options of `theriac catalog scratch-codes`.
#[derive(Debug, Args)]
pub(crate) struct ScratchCodes {
    /// CSV file, one serial in a line, in packing order, without tag keys.
    #[arg(value_name = "SERIALS")]
    serials: PathBuf,
    /// The model: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI")]
    model: String,
    /// The lot's number as on the label; "" for products that carry only a serial.
    #[arg(long, value_name = "NUMBER")]
    lot: String,
    /// Where the codes go, for the printer of the scratch fields: SECRET, a code in it claims its unit. If the file is there
    /// from a run that did not end, its codes are kept.
    #[arg(long, value_name = "FILE")]
    codes: PathBuf,
    /// Where the serials with their tag keys go, for `register-lot`; nothing is overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    lot: LotId,
    count: usize,
    codes: PathBuf,
    out: PathBuf,
    /// Whether the codes were there from an earlier run.
    codes_kept: bool,
    /// Tag keys that an earlier run had derived.
    keys_kept: usize,
    dry_run: bool,
}

/// Makes the codes and derives the tag keys. Neither chain nor store is asked.
pub(super) async fn run(context: &Context<'_>, options: &ScratchCodes) -> Result<Answer, Failure> {
    let lot = Lot::of(Model::parse(&options.model)?, &options.lot)?.id;
    not_there(&options.out)?;
    let serials = read_serials(&options.serials)?;
    let kept = kept_codes(&options.codes, &serials)?;
    let mut facts = Facts {
        lot,
        count: serials.len(),
        codes: options.codes.clone(),
        out: options.out.clone(),
        codes_kept: kept.is_some(),
        keys_kept: 0,
        dry_run: context.options.dry_run,
    };
    if context.options.dry_run {
        return Answer::new(format!("{} scratch codes would be made; nothing was written", facts.count), &facts);
    }
    let codes = match kept {
        Some(codes) => codes,
        None => draw(&options.codes, &serials)?,
    };
    let (out, bar) = (options.out.clone(), context.printer.progress(facts.count as u64, "tag keys"));
    let work = move || derive(lot, &codes, &out, &bar);
    let derived = tokio::task::spawn_blocking(work).await;
    facts.keys_kept = derived.map_err(|error| Failure::internal("deriving the tag keys", error))??;
    Answer::new(facts.text(), &facts)
}

impl Facts {
    fn text(&self) -> String {
        let (codes, out) = (self.codes.display(), self.out.display());
        let kept = if self.codes_kept { ", kept from an earlier run" } else { "" };
        format!(
            "{} scratch codes are in {codes}{kept}: SECRET, whoever reads them can claim the units\nserials and tag keys \
             are in {out}, for `theriac catalog register-lot --serials`",
            self.count
        )
    }
}

/// Before half an hour of work, not after it.
fn not_there(out: &Path) -> Result<(), Failure> {
    match out.try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Err(files::failed(out, &std::io::ErrorKind::AlreadyExists.into())),
        Err(error) => Err(files::failed(out, &error)),
    }
}

fn read_serials(file: &Path) -> Result<Vec<CompactSerial>, Failure> {
    let list = serials::read(files::open(file)?).map_err(|error| Failure::of(&error).at(file))?;
    if !list.tag_keys.is_empty() {
        return Err(Failure::user(
            "HasTagKeys",
            format!("{} lists tag keys already, and a unit has one tag", file.display()),
            "give the list without its column tagKey",
        ));
    }
    Ok(list.serials)
}

/// The codes of an earlier run, if they are of the same serials.
fn kept_codes(file: &Path, serials: &[CompactSerial]) -> Result<Option<CodeList>, Failure> {
    if !file.exists() {
        return Ok(None);
    }
    let codes = CodeList::read(files::open(file)?).map_err(|error| Failure::of(&error).at(file))?;
    if codes.rows().iter().map(|(serial, _)| serial).eq(serials) {
        return Ok(Some(codes));
    }
    Err(Failure::user(
        "OtherCodes",
        format!("{} has the codes of other serials", file.display()),
        "nothing was overwritten: name another file for the codes of this list",
    ))
}

/// Draws the codes and writes them.
fn draw(file: &Path, serials: &[CompactSerial]) -> Result<CodeList, Failure> {
    let mut entropy = Zeroizing::new([0; ENTROPY]);
    let mut rows = Vec::with_capacity(serials.len());
    for serial in serials {
        getrandom::fill(entropy.as_mut_slice()).map_err(|error| Failure::internal("drawing codes", error))?;
        rows.push((*serial, ScratchCode::of_entropy(&entropy)));
    }
    let codes = CodeList::new(rows);
    files::write_secret(file, |to| codes.write(to))?;
    Ok(codes)
}

/// Derives what is missing of the tag keys, and gives the file its name. Answers how many were there.
fn derive(lot: LotId, codes: &CodeList, out: &Path, bar: &ProgressBar) -> Result<usize, Failure> {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let unfinished = out.with_file_name(name);
    let failed = |error: &std::io::Error| files::failed(&unfinished, error);
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&unfinished)
        .map_err(|error| failed(&error))?;
    file.try_lock().map_err(|_| busy(&unfinished))?;
    let kept = kept_keys(&mut file, lot, codes, &unfinished)?;
    bar.inc(kept as u64);
    let mut writer = BufWriter::new(&file);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for rows in codes.rows()[kept..].chunks(KEYS_PER_CORE * cores) {
        for ((serial, _), tag_key) in rows.iter().zip(Derivation::V1.tag_addresses(lot, rows)) {
            writeln!(writer, "{}", serials::line(serial, tag_key)).map_err(|error| failed(&error))?;
        }
        writer.flush().map_err(|error| failed(&error))?;
        bar.inc(rows.len() as u64);
    }
    drop(writer);
    file.sync_all().map_err(|error| failed(&error))?;
    not_there(out)?;
    std::fs::rename(&unfinished, out).map_err(|error| failed(&error))?;
    bar.finish_and_clear();
    Ok(kept)
}

/// How many tag keys an earlier run left; the file then ends after the last whole one.
fn kept_keys(file: &mut File, lot: LotId, codes: &CodeList, name: &Path) -> Result<usize, Failure> {
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(|error| files::failed(name, &error))?;
    text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
    let kept = if text.len() <= HEADER.len() { 0 } else { same_keys(&text, lot, codes, name)? };
    let begun = if kept == 0 { 0 } else { text.len() as u64 };
    let cut = file.set_len(begun).and_then(|()| file.seek(SeekFrom::Start(begun)));
    let headed = cut.and_then(|_| if kept == 0 { file.write_all(HEADER.as_bytes()) } else { Ok(()) });
    headed.map_err(|error| files::failed(name, &error))?;
    Ok(kept)
}

/// Refuses what was derived from other codes, or for another lot: the first and the last key are derived again.
fn same_keys(text: &[u8], lot: LotId, codes: &CodeList, name: &Path) -> Result<usize, Failure> {
    let list = serials::read(text).map_err(|error| Failure::of(&error).at(name))?;
    let same = list.serials.len() == list.tag_keys.len()
        && list.serials.len() <= codes.rows().len()
        && list.serials.iter().eq(codes.rows()[..list.serials.len()].iter().map(|(serial, _)| serial))
        && [0, list.serials.len() - 1]
            .iter()
            .all(|at| Derivation::V1.tag_addresses(lot, &codes.rows()[*at..=*at]) == [list.tag_keys[*at]]);
    if same { Ok(list.serials.len()) } else { Err(other_work(name)) }
}

fn other_work(name: &Path) -> Failure {
    Failure::user(
        "OtherWork",
        format!("{} is of an unfinished run with other codes, or for another lot", name.display()),
        "give that run's command again, or remove the file",
    )
}

fn busy(name: &Path) -> Failure {
    let what = format!("another run is writing {}", name.display());
    Failure::user("Busy", what, "wait for it to end, or name another --out")
}
