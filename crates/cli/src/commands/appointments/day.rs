//! `theriac appointments day`: what is free, without who has the rest.

use clap::Args;
use serde_json::json;
use theriac_core::calendar::CivilDate;

use super::calendar::{self, Calendar};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac appointments day`.
#[derive(Debug, Args)]
pub(crate) struct Look {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
}

/// Shows a day.
pub(super) async fn run(context: &Context<'_>, options: &Look) -> Result<Answer, Failure> {
    let resource = calendar::resource(&options.resource)?;
    let calendar = Calendar::open(context.suite().await?, resource).await?;
    let day = calendar.required_day(options.date).await?;
    let shown = calendar.availability(&day.plan).await?;
    let (waiting, _) = calendar.suite.appointments().waiting_of(resource, options.date.day_number()).await?;
    // What begins this very second is refused by the contract, too.
    let soon = calendar::instant(calendar::now(&calendar.suite).await? + 1);
    let bookable = if day.closed { theriac_core::calendar::SlotMask::EMPTY } else { shown.free_at(soon) };
    let plan = &day.plan;
    let stretches = calendar::stretches(plan, bookable);
    let mut text = format!(
        "{}  {}  {} slots of {}{}",
        plan.date(),
        plan.zone(),
        plan.count(),
        plan.length(),
        if day.closed { "  closed: no new bookings" } else { "" }
    );
    for (range, state) in shown.runs() {
        text.push_str(&format!("\n{} {state}", plan.label(range)));
    }
    let can = if stretches.is_empty() { "nothing".to_owned() } else { stretches.join(", ") };
    text.push_str(&format!("\ncan be booked now: {can}\nwaiting: {waiting}"));
    let runs = shown.runs().into_iter().map(|(range, state)| {
        json!({
            "hours": plan.label(range.clone()), "state": state.to_string(), "first": range.start, "slots": range.len()
        })
    });
    let facts = json!({
        "resource": resource,
        "date": plan.date().to_string(),
        "zone": plan.zone().to_string(),
        "firstAt": plan.first_second(),
        "slotSeconds": plan.length().seconds(),
        "slots": plan.count(),
        "closed": day.closed,
        "runs": runs.collect::<Vec<_>>(),
        "bookable": stretches,
        "bookableMask": format!("{:#x}", bookable.word()),
        "waiting": waiting,
    });
    Answer::new(text, &facts)
}
