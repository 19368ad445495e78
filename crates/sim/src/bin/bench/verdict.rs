//! `verify/label`: `theriac verify` of a label picture against the demonstration's chain, process start included.

use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::figures::{Error, median, rounded};

const RUNS: usize = 21;

pub(crate) fn measure() -> Result<Value, Error> {
    let program = std::env::current_exe()?.with_file_name("theriac");
    let mut milliseconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let output = Command::new(&program)
            .args(["--json", "--home", "demo-out/home", "--deployments", "demo-out/deployments"])
            .args(["--rpc", "http://127.0.0.1:8545", "verify", "demo-out/labels/monitor.png"])
            .output()?;
        milliseconds.push(started.elapsed().as_secs_f64() * 1000.0);
        let answer: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}; {}", String::from_utf8_lossy(&output.stderr)))?;
        if answer["verdict"] != "genuine" {
            return Err(format!("the demonstration's monitor is not genuine: {answer}").into());
        }
    }
    Ok(json!({ "milliseconds": rounded(median(milliseconds)) }))
}
