//! `theriac appointments limits`: the rules of a resource.

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use super::calendar::{self, HostOptions};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac appointments limits`. Without any rule it shows those there are; a rule that is not named stays.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// How many open bookings with the resource a patient may have; 0 for any number.
    #[arg(long, value_name = "NUMBER")]
    max_open: Option<u16>,
    /// How long before the start a patient may cancel or reschedule at the latest, as 24h; 0s for any time before it.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    notice: Option<u32>,
    /// How long a freed slot is held for who waits, as 2h; 0s for two hours.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    offer: Option<u32>,
    #[command(flatten)]
    host: HostOptions,
}

/// Seconds of 48h, 1h30m, 0s.
fn duration(text: &str) -> Result<u32, String> {
    let read = text.parse::<SignedDuration>().ok().filter(|read| read.subsec_nanos() == 0);
    read.and_then(|read| u32::try_from(read.as_secs()).ok())
        .ok_or_else(|| format!("`{text}` is no stretch of time: write hours, minutes or seconds, as 48h, 30m or 0s"))
}

/// Shows or sets the rules.
pub(super) async fn run(context: &Context<'_>, options: &Limits) -> Result<Answer, Failure> {
    options.host.check()?;
    let suite = context.signing_suite().await?;
    let resource = options.host.resource(suite.chain().account())?;
    let rooms = suite.appointments();
    let mut limits = rooms.limits_of(resource).await?;
    let before = limits;
    limits.max_open = options.max_open.unwrap_or(limits.max_open);
    limits.notice_seconds = options.notice.unwrap_or(limits.notice_seconds);
    limits.offer_seconds = options.offer.unwrap_or(limits.offer_seconds);
    let length = |seconds: u32| format!("{:#}", SignedDuration::from_secs(seconds.into()));
    let open = if limits.max_open == 0 { "any number".to_owned() } else { limits.max_open.to_string() };
    let offer = if limits.offer_seconds == 0 { 7_200 } else { limits.offer_seconds };
    let mut text = format!(
        "{}\nopen bookings of a patient  {open}\nnotice to cancel            {}\nan offer stands for         {}",
        calendar::name(resource),
        length(limits.notice_seconds),
        length(offer)
    );
    let mut facts = json!({ "resource": resource, "limits": limits });
    if limits != before {
        let done = context.perform(&rooms.set_limits(resource, &limits)).await?;
        text = format!("{text}\n{}", done.text());
        let done = serde_json::to_value(&done).map_err(|error| Failure::internal("writing the answer", error))?;
        if let (Some(facts), Some(done)) = (facts.as_object_mut(), done.as_object()) {
            facts.extend(done.clone());
        }
    }
    Answer::new(text, &facts)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn stretches_of_time_are_read() {
        assert_eq!((duration("48h"), duration("1h30m"), duration("0s")), (Ok(172_800), Ok(5_400), Ok(0)));
        for text in ["", "2", "-1h", "soon", "0.5s", "99999999h"] {
            assert!(duration(text).unwrap_err().contains("as 48h"), "{text}");
        }
    }
}
