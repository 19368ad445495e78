//! Measures speed and memory, with the peer beside it in the same run, and writes `snapshots/bench.json`.
//!
//! `{"<name>": {"<unit>": value, …, "peer": "…", "ratio": r}}`. A value is the median of several runs, each in a process of its own;
//! `megabytes` is the peak resident memory of that process. The ratio is the peer's time over ours for the same amount of work, so more
//! is better, but for `logs/push1GiB`, which says ours over the peer's. `machine` says where and when.

mod child;
mod clones;
mod envelope;
mod epcis;
mod fhir;
mod figures;
mod labels;
mod logs;
mod pipeline;
mod sgtin;
mod tree;
mod verdict;
mod waveform;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::figures::{Error, Figures};

fn run(path: PathBuf) -> Result<(), Error> {
    let mut figures = Figures::open(path)?;
    figures.set("machine", machine());
    figures.set("tree/1000000", tree::measure()?);
    match std::env::var_os("THERIAC_DATA") {
        Some(data) => figures.set("gudid/50000", child::gudid(&PathBuf::from(data))?),
        None => note("gudid/50000 is left as it was: THERIAC_DATA is not set"),
    }
    figures.set("clones/1000000", clones::measure()?);
    figures.set("envelope/open", envelope::measure()?);
    match std::env::var_os("THERIAC_EPCIS_PYTHON").filter(|python| !python.is_empty()) {
        Some(python) => figures.set("epcis/hash", epcis::measure(&python)?),
        None => note("epcis/hash is left as it was: THERIAC_EPCIS_PYTHON is not set (tools/epcis-hash.sh makes one)"),
    }
    match std::env::var_os("THERIAC_DATA").map(PathBuf::from) {
        Some(data) => {
            let monitor = fhir::monitor(&data)?;
            figures.set("fhir/digest", fhir::digest(&monitor)?);
            match std::env::var_os("THERIAC_FHIR").filter(|launcher| !launcher.is_empty()) {
                Some(launcher) => figures.set("fhir/validate", fhir::validate(&monitor, &data, &launcher)?),
                None => note("fhir/validate is left as it was: THERIAC_FHIR is not set (tools/hapi.sh prints it)"),
            }
        }
        None => note("fhir/digest and fhir/validate are left as they were: THERIAC_DATA is not set"),
    }
    figures.set("labels/10000", labels::measure()?);
    match (std::env::var_os("THERIAC_DATA"), std::env::var_os("THERIAC_AGE").filter(|age| !age.is_empty())) {
        (Some(data), Some(age)) => figures.set("logs/push1GiB", logs::measure(data.as_ref(), age.as_ref())?),
        _ => note(
            "logs/push1GiB is left as it was: THERIAC_DATA or THERIAC_AGE is not set (tools/age/build.sh prints the latter)",
        ),
    }
    figures.set("pipeline/anvil", pipeline::measure()?);
    figures.set("sgtin/decode", sgtin::measure()?);
    figures.set("verify/label", verdict::measure()?);
    figures.write()
}

fn machine() -> serde_json::Value {
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
        [path] => run(PathBuf::from(path)),
        _ => Err("usage: bench FILE (normally snapshots/bench.json, by `make bench`)".into()),
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
