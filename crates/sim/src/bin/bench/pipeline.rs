//! `pipeline/anvil`: registrations per second end to end, receipts included, on an anvil with blocks of 0.2 s. Peer: one at a time, each
//! waiting for its receipt.

use std::time::{Duration, Instant};

use alloy::primitives::B256;
use futures::StreamExt as _;
use serde_json::{Value, json};
use theriac_client::pipeline::{Job, Options, Status};
use theriac_client::types::{Content, Product};
use theriac_client::{Roles, Suite};
use theriac_core::gs1::check_digit;
use theriac_core::ids::Agency;

use crate::anvil::{Anvil, LARGE_BLOCKS};
use crate::figures::{Error, rounded};

const REGISTRATIONS: usize = 10_000;
/// The peer needs a block, 0.2 s, for each.
const PEER_REGISTRATIONS: usize = 25;
/// Gas of a registration, so that nothing is estimated on either side.
const GAS: u64 = 150_000;

pub(crate) fn measure() -> Result<Value, Error> {
    let anvil = Anvil::start(&LARGE_BLOCKS)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(on(&anvil))
}

async fn on(anvil: &Anvil) -> Result<Value, Error> {
    let suite = anvil.suite(Roles::MANUFACTURER).await?;
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
