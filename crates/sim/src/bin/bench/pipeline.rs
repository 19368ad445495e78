//! `pipeline/anvil`: registrations per second end to end, receipts included, on an anvil with blocks of 0.2 s. Peer: one at a time, each
//! waiting for its receipt.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use alloy::primitives::B256;
use futures::StreamExt as _;
use serde_json::{Value, json};
use theriac_client::deploy::deploy;
use theriac_client::pipeline::{Job, Options, Status};
use theriac_client::types::{Content, Enrolment, Product};
use theriac_client::{Chain, Parameters, Roles, Secret, Signer, Suite};
use theriac_core::gs1::check_digit;
use theriac_core::ids::Agency;

use crate::figures::{Error, rounded};

const REGISTRATIONS: usize = 10_000;
/// The peer needs a block, 0.2 s, for each.
const PEER_REGISTRATIONS: usize = 25;
/// Gas of a registration, so that nothing is estimated on either side.
const GAS: u64 = 150_000;
/// The first account of anvil's well-known mnemonic; it is worth nothing anywhere.
const ANVIL_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

pub(crate) fn measure() -> Result<Value, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut anvil, url) = start_anvil(&["--block-time", "0.2", "--gas-limit", "1000000000"])?;
        let measured = on(&url).await;
        anvil.kill()?;
        anvil.wait()?;
        measured
    })
}

/// The program itself: npm's wrapper would leave it running when it is killed.
fn anvil_program() -> Result<PathBuf, Error> {
    let mut packages = std::fs::read_dir("node_modules/@foundry-rs")?.filter_map(Result::ok).map(|entry| entry.path());
    packages
        .find_map(|package| Some(package.join("bin/anvil")).filter(|program| program.is_file()))
        .ok_or_else(|| "no anvil in node_modules/@foundry-rs: run `make setup`".into())
}

/// A chain of its own; without a block time every transaction gets a block at once.
pub(crate) fn start_anvil(options: &[&str]) -> Result<(Child, String), Error> {
    let mut anvil = Command::new(anvil_program()?)
        .args(["--port", "0", "--hardfork", "prague"])
        .args(options)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = anvil.stdout.take().ok_or("anvil has no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next().transpose()? {
        if let Some(address) = line.strip_prefix("Listening on ") {
            let url = format!("http://{address}");
            // Its log is read on, or its pipe would fill and stop it.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((anvil, url));
        }
    }
    Err("anvil did not say where it listens".into())
}

async fn on(url: &str) -> Result<Value, Error> {
    let signer = Signer::from_private_key(&Secret::new(ANVIL_KEY))?;
    let account = signer.address();
    let chain = Chain::connect(url, Some(signer)).await?;
    let parameters = Parameters { admin: account, guardian: account, registrar: account, delay: 0 };
    let deployed = deploy(&chain, parameters).await?;
    let suite = Suite::open(chain, deployed.deployment).await?;
    let now = suite.chain().now().await?;
    let enrolment = Enrolment {
        roles: Roles::MANUFACTURER,
        valid_from: now,
        valid_until: now + 86_400,
        organisation: B256::repeat_byte(1),
        credential: B256::repeat_byte(2),
    };
    suite.participants().enrol(account, &enrolment).send().await?;

    let peer = one_at_a_time(&suite).await?;
    let ours = pipelined(&suite).await?;
    Ok(
        json!({ "perSecond": rounded(ours), "peer": "one at a time, each waiting for its receipt", "ratio": rounded(ours / peer) }),
    )
}

async fn one_at_a_time(suite: &Suite) -> Result<f64, Error> {
    let started = Instant::now();
    for index in 0..PEER_REGISTRATIONS {
        suite
            .catalog()
            .register_model(Agency::Gs1, &gtin(1_000_000 + index)?, Product::Device, document())
            .send()
            .await?;
    }
    Ok(PEER_REGISTRATIONS as f64 / started.elapsed().as_secs_f64())
}

async fn pipelined(suite: &Suite) -> Result<f64, Error> {
    let jobs = (0..REGISTRATIONS)
        .map(|index| {
            let di = gtin(index)?;
            let call = suite.catalog().register_model(Agency::Gs1, &di, Product::Device, document());
            Ok(call.job(di).with_gas(GAS))
        })
        .collect::<Result<Vec<Job>, Error>>()?;
    let journal = tempfile::tempdir()?;
    let options = Options { poll: Duration::from_millis(20), ..Options::with_journal(journal.path().join("journal")) };
    let started = Instant::now();
    let mut outcomes = suite.pipeline(futures::stream::iter(jobs), options).await?;
    let mut done = 0;
    while let Some(outcome) = outcomes.next().await {
        match outcome?.status {
            Status::Done(_) => done += 1,
            other => return Err(format!("a registration failed: {other:?}").into()),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    if done == REGISTRATIONS {
        Ok(REGISTRATIONS as f64 / seconds)
    } else {
        Err(format!("only {done} were done").into())
    }
}

fn document() -> Content {
    Content { digest: B256::repeat_byte(0xd1), codec: 0x55 }
}

fn gtin(index: usize) -> Result<String, Error> {
    let body = format!("0{index:012}");
    let digit = check_digit(&body).ok_or("no check digit")?;
    Ok(format!("{body}{digit}"))
}
