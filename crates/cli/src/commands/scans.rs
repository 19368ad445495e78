//! A file of scans that the verifier keeps, and its salt beside it.
//!
//! The file only grows, by one line for each scan; the salt is made with it. Both are for their owner only. While one run reads and
//! writes, others wait.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use theriac_client::verify::ScanFact;
use theriac_core::ids::ItemId;
use theriac_core::scans::{Cell, Place, Rules, Salt, Scan, Visit, scans_of};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// More than a line.
const TAIL: u64 = 256;

/// Keeps a scan of `item` at this time, and judges it with the earlier ones; a dry run only judges.
pub(super) fn keep(
    context: &Context<'_>,
    name: &Path,
    item: ItemId,
    at: u64,
    place: Option<Place>,
) -> Result<ScanFact, Failure> {
    let failed = |error: io::Error| files::failed(name, &error);
    let mut file = open(name).map_err(failed)?;
    file.lock().map_err(failed)?;
    let whole = whole_lines(&mut file).map_err(failed)?;
    let salt = salt(name, whole == 0)?;
    file.rewind().map_err(failed)?;
    let earlier = scans_of((&file).take(whole), item).map_err(|error| Failure::of(&error).at(name))?;

    let cells = salt.open(item, earlier.iter().filter_map(|scan| scan.place));
    let lost = earlier.iter().filter_map(|scan| scan.place).filter(|token| !cells.contains_key(token)).count();
    if lost > 0 {
        let salt = salt_of(name);
        context
            .printer
            .note(format_args!("{lost} places of earlier scans are under another salt than {}", salt.display()));
    }
    // What is under another salt is left out: it is not a scan without a place.
    let readable = earlier.iter().filter(|scan| scan.place.is_none_or(|token| cells.contains_key(&token)));
    let mut visits: Vec<Visit> =
        readable.map(|scan| Visit { at: scan.at, position: scan.place.map(|token| cells[&token].into()) }).collect();
    visits.push(Visit { at, position: place.map(Into::into) });

    if !context.options.dry_run {
        let token = place.map(|place| salt.seal(item, Cell::of(&place)));
        append(&mut file, whole, &Scan { item, at, place: token }).map_err(failed)?;
    }
    Ok(ScanFact { scans: earlier.len() + 1, findings: Rules::default().judge(&visits) })
}

fn open(name: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.read(true).write(true).create(true).truncate(false).open(name)
}

/// How long the file is up to the end of its last whole line; a run that was killed may have left a part of one.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    // A file without any line end is no journal, and reading it will say so.
    Ok(tail
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(if from == 0 { 0 } else { length }, |end| from + end as u64 + 1))
}

fn append(file: &mut File, whole: u64, scan: &Scan) -> io::Result<()> {
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    file.write_all(format!("{scan}\n").as_bytes())?;
    file.sync_data()
}

fn salt_of(name: &Path) -> PathBuf {
    let mut file = name.file_name().unwrap_or_default().to_owned();
    file.push(".salt");
    name.with_file_name(file)
}

/// The salt, made anew where the file has no scans yet.
fn salt(name: &Path, first: bool) -> Result<Salt, Failure> {
    let name = salt_of(name);
    if name.exists() {
        let text = Zeroizing::new(files::read_text(&name)?);
        let help = "restore the file from a copy; without it the places of earlier scans cannot be read";
        return text.parse().map_err(|error| Failure::user("BadSalt", format!("{}: {error}", name.display()), help));
    }
    if !first {
        return Err(Failure::user(
            "NoSalt",
            format!("{} is missing, and scans were kept under it", name.display()),
            "restore it from a copy, or begin a new file of scans",
        ));
    }
    let mut entropy = Zeroizing::new([0; 32]);
    getrandom::fill(entropy.as_mut_slice()).map_err(|error| Failure::internal("drawing a salt", error))?;
    let salt = Salt::of_entropy(&entropy);
    files::write_secret(&name, |to| writeln!(to, "{}", salt.reveal().as_str()))?;
    Ok(salt)
}
