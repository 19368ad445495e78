//! The pipeline against a real node that is slow, forgets, is interrupted, or is used by another program.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use crate::house::*;
use alloy::primitives::B256;
use alloy::providers::Provider as _;
use alloy::providers::ext::AnvilApi as _;
use futures::{Stream, StreamExt as _, stream};
use theriac_bindings::catalog::Catalog::CatalogErrors;
use theriac_client::pipeline::{Job, Options, Outcome, Status};
use theriac_client::{Error, Revert, Suite};

/// Blocks of a fifth of a second, with room for everything.
const FAST: [&str; 4] = ["--block-time", "0.2", "--gas-limit", "1000000000"];

fn lots(suite: &Suite, numbers: std::ops::Range<usize>) -> impl Stream<Item = Job> + Send + Unpin + 'static {
    let catalog = suite.catalog();
    stream::iter(numbers.map(move |n| catalog.register_lot(&lot(&format!("L{n}"))).job(format!("lot {n}"))))
}

async fn run(suite: &Suite, jobs: impl Stream<Item = Job> + Send + Unpin + 'static, options: Options) -> Vec<Outcome> {
    suite.pipeline(jobs, options).await.unwrap().map(Result::unwrap).collect().await
}

fn done(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome.status, Status::Done(_))).count()
}

async fn registered(house: &House) -> usize {
    let suite = house.suite(NOBODY).await;
    let newest = suite.chain().block_number().await.unwrap();
    let logs = suite.logs(0, newest).await.unwrap();
    logs.iter()
        .filter(|log| {
            use theriac_bindings::catalog::Catalog::CatalogEvents::LotRegistered;
            matches!(log.event, theriac_client::RoomEvent::Catalog(LotRegistered(_)))
        })
        .count()
}

fn quick(journal: Option<&Path>) -> Options {
    let resend_time = Duration::from_millis(600);
    Options { resend_time, resend_blocks: 3, replace_blocks: 6, journal: journal.map(Into::into), ..Options::default() }
}

#[tokio::test]
async fn two_thousand_lots_are_registered() {
    let house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let started = std::time::Instant::now();
    let outcomes = run(&suite, lots(&suite, 0..2_000), Options::default()).await;
    eprintln!("{:.0} registrations per second", 2_000.0 / started.elapsed().as_secs_f64());
    assert_eq!(done(&outcomes), 2_000);
    let keys: HashSet<_> = outcomes.iter().map(|outcome| &outcome.key).collect();
    assert_eq!(keys.len(), 2_000);
    assert_eq!(registered(&house).await, 2_000);
}

#[tokio::test]
async fn an_interrupted_run_is_continued_without_loss_or_doubling() {
    let house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("lots.journal");

    let mut first = suite.pipeline(lots(&suite, 0..600), quick(Some(&journal))).await.unwrap();
    let mut before = Vec::new();
    while before.len() < 150 {
        before.push(first.next().await.unwrap().unwrap().key);
    }
    drop(first);
    // The task notices that nobody listens at its next turn, and lets the journal go.
    while std::fs::File::open(&journal).unwrap().try_lock().is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A node that was restarted with it has forgotten what no block has.
    suite.chain().provider().anvil_drop_all_transactions().await.unwrap();

    let outcomes = run(&suite, lots(&suite, 0..600), quick(Some(&journal))).await;
    let ended: HashSet<_> = outcomes.iter().map(|outcome| outcome.key.clone()).collect();
    assert_eq!(ended.len(), 600, "every key is told");
    assert_eq!(outcomes.len(), 600, "and once");
    let earlier: HashSet<_> = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.status, Status::DoneEarlier { .. }))
        .map(|outcome| outcome.key.clone())
        .collect();
    assert!(before.iter().all(|key| earlier.contains(key)), "what was told before is not done again");
    assert!(outcomes.iter().all(|outcome| !matches!(outcome.status, Status::Failed(_))), "a doubled lot would fail");
    assert_eq!(registered(&house).await, 600);

    let third = run(&suite, lots(&suite, 0..600), quick(Some(&journal))).await;
    assert_eq!((third.len(), done(&third)), (600, 0), "a run that is done does nothing");
}

#[tokio::test]
async fn what_the_node_forgot_is_sent_again() {
    let house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let forgetful = suite.clone();
    let forgetting = tokio::spawn(async move {
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_millis(130)).await;
            forgetful.chain().provider().anvil_drop_all_transactions().await.unwrap();
        }
    });
    let outcomes = run(&suite, lots(&suite, 0..300), quick(None)).await;
    forgetting.await.unwrap();
    assert_eq!(done(&outcomes), 300);
    assert_eq!(registered(&house).await, 300);
}

/// A gap: the lowest transaction is dropped while the others wait behind it.
#[tokio::test]
async fn a_gap_is_filled() {
    let house = House::furnished(&[]).await;
    let suite = house.suite(MAKER).await;
    let node = suite.chain().provider().clone();
    node.anvil_set_auto_mine(false).await.unwrap();
    let mut outcomes = suite.pipeline(lots(&suite, 0..20), quick(None)).await.unwrap();
    let lowest = loop {
        let pool = node.raw_request::<_, serde_json::Value>("txpool_content".into(), ()).await.unwrap();
        let ours = pool["pending"].as_object().and_then(|accounts| accounts.values().next().cloned());
        match ours.and_then(|ours| ours.as_object().cloned()) {
            Some(ours) if ours.len() == 20 => {
                let lowest = ours.iter().min_by_key(|(nonce, _)| nonce.parse::<u64>().unwrap()).unwrap();
                break lowest.1["hash"].as_str().unwrap().parse::<B256>().unwrap();
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(node.anvil_drop_transaction(lowest).await.unwrap(), Some(lowest));
    node.anvil_set_interval_mining(1).await.unwrap();
    for _ in 0..20 {
        let outcome = outcomes.next().await.unwrap().unwrap();
        assert!(matches!(outcome.status, Status::Done(_)));
    }
    assert!(outcomes.next().await.is_none());
}

/// The base fee rises above what was offered, so no block takes the transactions until they are replaced.
#[tokio::test]
async fn stuck_transactions_are_replaced_with_higher_fees() {
    let house = House::furnished(&[]).await;
    let suite = house.suite(MAKER).await;
    let node = suite.chain().provider().clone();
    node.anvil_set_auto_mine(false).await.unwrap();
    let mut outcomes = suite.pipeline(lots(&suite, 0..10), quick(None)).await.unwrap();
    while node.raw_request::<_, serde_json::Value>("txpool_status".into(), ()).await.unwrap()["pending"] != "0xa" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    node.anvil_set_next_block_base_fee_per_gas(50_000_000_000).await.unwrap();
    let mining = tokio::spawn(async move {
        loop {
            node.anvil_mine(Some(1), None).await.unwrap();
            tokio::time::sleep(Duration::from_millis(60)).await;
            // Blocks without transactions would lower it again.
            node.anvil_set_next_block_base_fee_per_gas(50_000_000_000).await.unwrap();
        }
    });
    for _ in 0..10 {
        assert!(matches!(outcomes.next().await.unwrap().unwrap().status, Status::Done(_)));
    }
    mining.abort();
    assert!(outcomes.next().await.is_none());
}

#[tokio::test]
async fn another_programs_transactions_cost_no_job() {
    let house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let other = house.suite(MAKER).await;
    let disturbing = tokio::spawn(async move {
        for n in 0..3u8 {
            // It takes the nonce that the chain says is next, which the pipeline has used already: one of both loses.
            let _ = other.catalog().set_operator(alloy::primitives::Address::repeat_byte(n + 1), true).send().await;
        }
    });
    let outcomes = run(&suite, lots(&suite, 0..400), quick(None)).await;
    disturbing.abort();
    assert_eq!(done(&outcomes), 400);
    assert_eq!(registered(&house).await, 400);
}

#[tokio::test]
async fn refusals_are_told_and_may_be_tried_again() {
    let house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("lots.journal");
    // The second one of a pair is refused on chain: both are in flight before either is mined.
    let catalog = suite.catalog();
    let jobs: Vec<_> = (0..10)
        .flat_map(|n| {
            let call = catalog.register_lot(&lot(&format!("L{n}")));
            [call.job(format!("lot {n}")), call.job(format!("again {n}"))]
        })
        .collect();
    let outcomes = run(&suite, stream::iter(jobs.clone()), quick(Some(&journal))).await;
    assert_eq!((outcomes.len(), done(&outcomes)), (20, 10));
    for outcome in &outcomes {
        if let Status::Failed(error) = &outcome.status {
            assert!(outcome.key.starts_with("again"));
            assert!(matches!(error.revert(), Some(Revert::Catalog(CatalogErrors::Catalog_LotExists(_)))), "{error}");
        }
    }
    let second = run(&suite, stream::iter(jobs), quick(Some(&journal))).await;
    let failed = second.iter().filter(|outcome| matches!(outcome.status, Status::Failed(_))).count();
    assert_eq!((second.len(), failed), (20, 10), "what failed was tried again, what was done was not");

    // Without the role, nothing is even sent: the estimate is refused.
    let stranger = house.suite(NOBODY).await;
    let nonce = stranger.chain().provider().get_transaction_count(account(NOBODY)).await.unwrap();
    let outcomes = run(&stranger, lots(&stranger, 20..25), quick(None)).await;
    assert!(outcomes.iter().all(|outcome| matches!(&outcome.status, Status::Failed(Error::Reverted { .. }))));
    assert_eq!(stranger.chain().provider().get_transaction_count(account(NOBODY)).await.unwrap(), nonce);
}

#[tokio::test]
async fn a_node_that_goes_away_ends_the_run_with_its_address() {
    let mut house = House::furnished(&FAST).await;
    let suite = house.suite(MAKER).await;
    let options = Options { patience: Duration::from_millis(900), ..quick(None) };
    let mut outcomes = suite.pipeline(lots(&suite, 0..2_000), options).await.unwrap();
    outcomes.next().await.unwrap().unwrap();
    house.node.child.kill().await.unwrap();
    let error = loop {
        match outcomes.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::Unreachable { url, .. } if *url == house.node.url), "{error}");
    assert!(outcomes.next().await.is_none());
}
