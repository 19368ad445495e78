//! `tree/1000000`: from a CSV of a million serials to the root. Peer: `@openzeppelin/merkle-tree` on 100,000 of them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::child;
use crate::figures::{Error, median, number, peer, rounded};

/// Runs of the peer.
const PEER_RUNS: usize = 3;

pub(crate) fn measure() -> Result<Value, Error> {
    let folder = tempfile::tempdir()?;
    let million = folder.path().join("1000000.csv");
    let sample = folder.path().join("100000.csv");
    std::fs::write(&million, serials(1_000_000)?)?;
    std::fs::write(&sample, serials(100_000)?)?;

    let (seconds, megabytes, _) = child::measure("tree", &million)?;
    let (sample_seconds, _, root) = child::measure("tree", &sample)?;
    let mut peer_seconds = Vec::new();
    for _ in 0..PEER_RUNS {
        let answer = peer("tools/bench/merkle.mjs", &sample)?;
        if answer["root"] != root {
            return Err(format!("roots differ: ours {root}, the peer's {}", answer["root"]).into());
        }
        peer_seconds.push(number(&answer, "seconds")?);
    }
    Ok(json!({
        "seconds": rounded(seconds),
        "megabytes": rounded(megabytes),
        "peer": "@openzeppelin/merkle-tree 1.0.8 on 100,000",
        "ratio": rounded(median(peer_seconds) / sample_seconds),
    }))
}

fn serials(count: u32) -> Result<String, std::fmt::Error> {
    let mut text = "serial\n".to_owned();
    for index in 0..count {
        writeln!(text, "SN{index:09}")?;
    }
    Ok(text)
}
