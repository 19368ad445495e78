//! `fhir/digest`: from the JSON of the guide's monitor to its canonical digest. `fhir/validate`: that monitor against its profile.
//! Both on one core. Peer of the second: HAPI's validator, warm, on the same document.

use std::ffi::OsStr;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use theriac_core::fhir::{Profile, Resource, from_xml, validate_as};

use crate::figures::{Error, median, rounded};

const DOCUMENTS: usize = 20_000;
const RUNS: usize = 11;
/// The peer's first answers are slow: its definitions are loaded then.
const PEER_WARM_UP: usize = 50;
const PEER_DOCUMENTS: usize = 100;

/// The guide's monitor.
pub(crate) fn monitor(data: &Path) -> Result<Resource, Error> {
    let file = data.join("pocd/examples/Device-PhysioMonitorMdsDevice.xml");
    Ok(from_xml(&std::fs::read(file)?)?)
}

pub(crate) fn digest(monitor: &Resource) -> Result<Value, Error> {
    let text = monitor.canonical();
    let mut per_second = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        for _ in 0..DOCUMENTS {
            black_box(Resource::from_json(black_box(&text))?.digest());
        }
        per_second.push(DOCUMENTS as f64 / started.elapsed().as_secs_f64());
    }
    Ok(json!({ "perSecond": rounded(median(per_second)), "bytes": text.len() }))
}

pub(crate) fn validate(monitor: &Resource, data: &Path, launcher: &OsStr) -> Result<Value, Error> {
    let mut milliseconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        for _ in 0..DOCUMENTS {
            if !black_box(validate_as(black_box(monitor), Profile::MdsDevice)).is_empty() {
                return Err("the guide's monitor should be valid".into());
            }
        }
        milliseconds.push(started.elapsed().as_secs_f64() * 1e3 / DOCUMENTS as f64);
    }
    let (ours, theirs) = (median(milliseconds), peer(monitor, data, launcher)?);
    Ok(json!({
        "milliseconds": rounded(ours),
        "peer": "HAPI 8.8.1 validator, warm",
        "peerMilliseconds": rounded(theirs),
        "ratio": rounded(theirs / ours),
    }))
}

fn peer(monitor: &Resource, data: &Path, launcher: &OsStr) -> Result<f64, Error> {
    let mut process = Command::new(launcher)
        .arg("validator")
        .arg(data.join("pocd"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let milliseconds = ask(&mut process, &String::from_utf8(monitor.canonical())?);
    let _ = process.kill();
    let _ = process.wait();
    milliseconds
}

fn ask(process: &mut Child, document: &str) -> Result<f64, Error> {
    let (input, output) = (process.stdin.take(), process.stdout.take());
    let (Some(mut input), Some(output)) = (input, output) else { return Err("the validator has no pipes".into()) };
    let mut output = BufReader::new(output);
    let mut milliseconds = Vec::new();
    for _ in 0..PEER_WARM_UP + PEER_DOCUMENTS {
        milliseconds.push(one(&mut input, &mut output, document)?);
    }
    Ok(median(milliseconds.split_off(PEER_WARM_UP)))
}

fn one(input: &mut ChildStdin, output: &mut BufReader<ChildStdout>, document: &str) -> Result<f64, Error> {
    let started = Instant::now();
    writeln!(input, "{document}")?;
    let mut answer = String::new();
    output.read_line(&mut answer)?;
    let answer: Value = serde_json::from_str(&answer)?;
    let faults = answer["issue"].as_array().into_iter().flatten();
    if faults.filter(|issue| issue["severity"] == "error" || issue["severity"] == "fatal").count() > 0 {
        return Err(format!("the validator refuses the guide's monitor: {answer}").into());
    }
    Ok(started.elapsed().as_secs_f64() * 1e3)
}
