//! Measures speed and memory, with the peer beside it in the same run, and writes `snapshots/bench.json`.
//!
//! `{"<name>": {"<unit>": value, …, "peer": "…", "ratio": r}}`. A value is the median of several runs, each in a process of its own;
//! `megabytes` is the peak resident memory of that process. The ratio is the peer's time over ours for the same amount of work, so more
//! is better, but for `logs/push1GiB`, which says ours over the peer's. `machine` says where and when.

mod anvil;
mod child;
mod clones;
mod envelope;
mod epcis;
mod fhir;
mod figures;
mod history;
mod labels;
mod logs;
mod pipeline;
mod sgtin;
mod tree;
mod verdict;
mod waveform;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::figures::{Error, Figures};

/// Measures all rows, or those that are named.
fn run(path: PathBuf, names: &[String]) -> Result<(), Error> {
    let mut figures = Figures::open(path)?;
    figures.set("machine", machine());
    let mut done = 0;
    for (name, measure) in ROWS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        done += 1;
        match measure()? {
            Row::Measured(row) => figures.set(name, row),
            Row::Lacks(what) => note(&format!("{name} is left as it was: {what}")),
        }
    }
    if done < names.len() {
        return Err(format!("there are the rows {}", ROWS.map(|(name, _)| name).join(", ")).into());
    }
    figures.write()
}

/// A row, or what it lacks on this machine.
enum Row {
    Measured(Value),
    Lacks(&'static str),
}

/// Measures one row.
type Measure = fn() -> Result<Row, Error>;

const ROWS: [(&str, Measure); 13] = [
    ("tree/1000000", || tree::measure().map(Row::Measured)),
    ("gudid/50000", || with_data(|data| child::gudid(data).map(Row::Measured))),
    ("clones/1000000", || clones::measure().map(Row::Measured)),
    ("envelope/open", || envelope::measure().map(Row::Measured)),
    ("epcis/hash", || {
        const LACKS: &str = "THERIAC_EPCIS_PYTHON is not set (tools/epcis-hash.sh makes one)";
        with_tool("THERIAC_EPCIS_PYTHON", LACKS, |python| epcis::measure(python).map(Row::Measured))
    }),
    ("fhir/digest", || with_data(|data| fhir::digest(&fhir::monitor(data)?).map(Row::Measured))),
    ("fhir/validate", || {
        with_data(|data| {
            with_tool("THERIAC_FHIR", "THERIAC_FHIR is not set (tools/hapi.sh prints it)", |launcher| {
                fhir::validate(&fhir::monitor(data)?, data, launcher).map(Row::Measured)
            })
        })
    }),
    ("history/append", || with_data(|data| history::measure(&fhir::monitor(data)?).map(Row::Measured))),
    ("labels/10000", || labels::measure().map(Row::Measured)),
    ("logs/push1GiB", || {
        with_data(|data| {
            with_tool("THERIAC_AGE", "THERIAC_AGE is not set (tools/age/build.sh prints it)", |age| {
                logs::measure(data, age.as_ref()).map(Row::Measured)
            })
        })
    }),
    ("pipeline/anvil", || pipeline::measure().map(Row::Measured)),
    ("sgtin/decode", || sgtin::measure().map(Row::Measured)),
    ("verify/label", || verdict::measure().map(Row::Measured)),
];

fn with_data(measure: impl Fn(&Path) -> Result<Row, Error>) -> Result<Row, Error> {
    with_tool("THERIAC_DATA", "THERIAC_DATA is not set", |data| measure(data.as_ref()))
}

/// Measures with what the variable names.
fn with_tool(
    variable: &str,
    lacks: &'static str,
    measure: impl Fn(&OsStr) -> Result<Row, Error>,
) -> Result<Row, Error> {
    match std::env::var_os(variable).filter(|value| !value.is_empty()) {
        Some(value) => measure(&value),
        None => Ok(Row::Lacks(lacks)),
    }
}

fn machine() -> Value {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    json!({
        "cores": cores,
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "date": jiff::Zoned::now().date().to_string(),
    })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["child", work, file] => child::run(work, file.as_ref()),
        [path, ..] => run(PathBuf::from(path), &arguments[1..]),
        _ => Err("usage: bench FILE [ROW…] (normally snapshots/bench.json, by `make bench`)".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("failed: {error}"));
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stderr, reason = "a tool of one line has no printer")]
fn note(message: &str) {
    eprintln!("bench: {message}");
}
