//! Work that is measured in a process of its own, so that its peak memory is its own too.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use theriac_core::merkle::LotTree;
use theriac_core::{epcis, gudid, label, serials};

use crate::figures::{Error, json_of, median, number, rounded};

/// Runs of each child; the median counts.
const RUNS: usize = 5;

/// Does the work that is named, and prints seconds, megabytes and a result that proves that it was done.
pub(crate) fn run(work: &str, file: &Path) -> Result<(), Error> {
    let started = Instant::now();
    let result = match work {
        "tree" => tree(file)?,
        "gudid" => read_gudid(file)?,
        "labels" => print_labels(file)?,
        "epcis" => hash_events(file)?,
        _ => return Err(format!("no work called {work}").into()),
    };
    let seconds = started.elapsed().as_secs_f64();
    print(&json!({ "seconds": seconds, "megabytes": peak_megabytes()?, "result": result }));
    Ok(())
}

/// Runs a child several times and gives its median seconds and megabytes, and its result.
pub(crate) fn measure(work: &str, file: &Path) -> Result<(f64, f64, Value), Error> {
    let program = std::env::current_exe()?;
    let mut seconds = Vec::new();
    let mut megabytes = Vec::new();
    let mut result = Value::Null;
    for _ in 0..RUNS {
        let mut answer = json_of(Command::new(&program).args(["child", work]).arg(file))?;
        seconds.push(number(&answer, "seconds")?);
        megabytes.push(number(&answer, "megabytes")?);
        result = answer["result"].take();
    }
    Ok((median(seconds), median(megabytes), result))
}

/// The real release part: 50,000 records.
pub(crate) fn gudid(data: &Path) -> Result<Value, Error> {
    let (seconds, megabytes, read) = measure("gudid", &data.join("gudid/gudid-full-release-part.zip"))?;
    if read != json!(50_000) {
        return Err(format!("{read} records were read, not 50000").into());
    }
    Ok(json!({ "seconds": rounded(seconds), "megabytes": rounded(megabytes) }))
}

fn tree(file: &Path) -> Result<Value, Error> {
    let list = serials::read(File::open(file)?)?;
    Ok(json!(LotTree::build(list.leaves).root()))
}

fn read_gudid(file: &Path) -> Result<Value, Error> {
    let summary = gudid::open(file)?.read(|record| {
        std::hint::black_box(&record);
        ControlFlow::Continue(())
    })?;
    Ok(json!(summary.read))
}

fn print_labels(file: &Path) -> Result<Value, Error> {
    let labels: Vec<crate::labels::Data> = serde_json::from_reader(BufReader::new(File::open(file)?))?;
    let printed = label::write_pdf(std::io::sink(), &label::Sheet::A4_3X8, labels.into_iter().map(Into::into))?;
    Ok(json!(printed.labels))
}

fn hash_events(file: &Path) -> Result<Value, Error> {
    let hashes = epcis::Document::parse(&std::fs::read_to_string(file)?)?.hashes();
    Ok(json!(std::hint::black_box(hashes).len()))
}

fn peak_megabytes() -> Result<f64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(|error| format!("peak memory is read from /proc/self/status, which only Linux has: {error}"))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("VmHWM has no number")?.parse()?;
    Ok(kilobytes / 1024.0)
}

#[expect(clippy::print_stdout, reason = "the answer of a child process")]
fn print(answer: &Value) {
    println!("{answer}");
}
