//! Records of what happened: what they cover has to be over in the block that takes them.
//!
//! The contract compares with the time of its block. The clocks of this machine, of the device whose record it is, and of the chain
//! differ by some seconds, and the newest block of a chain without traffic may be an hour old. So the later of the machine's clock and
//! the newest block is taken for the present; and who stores what was measured just now waits for some seconds instead of being refused.

use std::time::{Duration, Instant};

use alloy_sol_types::SolCall;
use theriac_client::rooms::DeviceRecord;
use theriac_client::{Call, Suite};

use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// By how many seconds clocks may differ; two blocks of Ethereum take 24.
const PATIENCE: u64 = 30;
/// The contract's refusal.
const BAD_PERIOD: &str = "MdsProfiles_BadPeriod";

/// Waits until what the record covers is over; refuses one that is further ahead than clocks differ, before anything is stored.
pub(crate) async fn await_end(context: &Context<'_>, suite: &Suite, record: &DeviceRecord) -> Result<(), Failure> {
    let present = suite.chain().now().await?.max(time::now());
    let ahead = record.until.saturating_sub(present);
    if ahead > PATIENCE {
        let what = format!("it covers time until {}, and now it is {}", time::iso(record.until), time::iso(present));
        let help = "correct the time, or come again when it is over; nothing was stored";
        return Err(Failure::user(BAD_PERIOD, what, help));
    }
    if ahead > 0 {
        context.printer.note(format!("what it covers ends in {ahead} seconds: waiting for that"));
        tokio::time::sleep(Duration::from_secs(ahead)).await;
    }
    Ok(())
}

/// Puts the record on chain, as soon as the chain's time is past what it covers.
pub(crate) async fn keep<C>(context: &Context<'_>, record: &DeviceRecord, call: &Call<C>) -> Result<Done, Failure>
where
    C: SolCall + Clone + Send + Sync,
{
    let (started, mut told) = (Instant::now(), false);
    loop {
        let failure = match context.perform(call).await {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        // A period that ends before its beginning is refused by the same name, and no waiting mends it.
        if failure.code != BAD_PERIOD || record.until < record.from {
            return Err(failure);
        }
        if started.elapsed().as_secs() > PATIENCE {
            let what =
                format!("the chain's time is not past {} yet, and this machine's clock is", time::iso(record.until));
            return Err(Failure::user(BAD_PERIOD, what, "set the clock, or run the same command again later"));
        }
        if !told {
            context.printer.note("the chain's time is a little behind: waiting for its next blocks");
            told = true;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
