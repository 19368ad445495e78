//! `theriac appointments wait`, `leave` and `accept`; and what anyone may do, `move-on` and `lapse`.

use clap::Args;
use serde::Serialize;
use theriac_client::rooms::ResourceId;
use theriac_core::calendar::CivilDate;

use super::calendar::{self, Calendar, When};
use super::opening::{self, TextOptions};
use super::refusal::Wanted;
use super::{book, host};
use crate::answer::Answer;
use crate::commands::relay::{Outcome, RelayOptions};
use crate::context::Context;
use crate::failure::Failure;

/// A day that a patient waits for.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
    #[command(flatten)]
    relay: RelayOptions,
}

/// Options of `theriac appointments accept`.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
    #[command(flatten)]
    texts: TextOptions,
    #[command(flatten)]
    relay: RelayOptions,
}

/// A slot of somebody's.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    when: When,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    resource: ResourceId,
    date: String,
    /// To whom a freed slot is offered now.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_to: Option<alloy_primitives::Address>,
    #[serde(flatten)]
    outcome: Outcome,
}

impl Facts {
    fn answer(text: String, calendar: &Calendar, date: CivilDate, outcome: Outcome) -> Result<Answer, Failure> {
        let offered_to = host::offered(&outcome.events);
        Answer::new(text, &Self { resource: calendar.resource, date: date.to_string(), offered_to, outcome })
    }
}

async fn calendar(context: &Context<'_>, resource: &str) -> Result<Calendar, Failure> {
    let resource = calendar::resource(resource)?;
    Calendar::open(context.signing_suite().await?, resource).await
}

/// Waits.
pub(super) async fn wait(context: &Context<'_>, options: &Wait) -> Result<Answer, Failure> {
    let calendar = calendar(context, &options.resource).await?;
    let (rooms, day) = (calendar.suite.appointments(), options.date.day_number());
    calendar.required_day(options.date).await?;
    let outcome = options.relay.perform(context, &rooms.join_waiting_list(calendar.resource, day)).await?;
    let (waiting, _) = rooms.waiting_of(calendar.resource, day).await?;
    let text = outcome.text(&format!(
        "waiting for a slot on {}; {waiting} wait\nWhen one is offered (`theriac appointments list`), accept it in time",
        options.date
    ));
    Facts::answer(text, &calendar, options.date, outcome)
}

/// Waits no longer.
pub(super) async fn leave(context: &Context<'_>, options: &Wait) -> Result<Answer, Failure> {
    let calendar = calendar(context, &options.resource).await?;
    let call = calendar.suite.appointments().leave_waiting_list(calendar.resource, options.date.day_number());
    let outcome = options.relay.perform(context, &call).await?;
    let text = outcome.text(&format!("not waiting for {} any more", options.date));
    Facts::answer(text, &calendar, options.date, outcome)
}

/// Books what is offered.
pub(super) async fn accept(context: &Context<'_>, options: &Accept) -> Result<Answer, Failure> {
    let calendar = calendar(context, &options.resource).await?;
    let (rooms, account) = (calendar.suite.appointments(), calendar.suite.chain().account());
    let (date, day) = (options.date, options.date.day_number());
    let open = calendar.required_day(date).await?;
    let (_, offered) = rooms.place_of(calendar.resource, day, account).await?;
    let offered = offered.ok_or_else(|| {
        let what = format!("no slot of {date} is offered to {account}");
        Failure::user("NotOffered", what, "wait for one: `theriac appointments wait`; or book a free slot")
    })?;
    let slot = open.plan.slot(offered.into()).map_err(|error| calendar::bad(&error))?;
    let label = calendar::label(&open.plan, &slot);
    let (opening, terms) = opening::new(&calendar.suite, calendar.resource, date, &slot, &options.texts.texts(None)?)?;
    let call = rooms.accept_offer(calendar.resource, day, slot.index, &terms);
    let (outcome, file) = book::take(context, &options.relay, &opening, &terms, &call).await?;
    let wanted = Wanted { calendar: &calendar, date, plan: Some(&open.plan), label };
    book::booked(&wanted, slot.index, &terms, outcome, file)
}

/// Moves an offer on by one.
pub(super) async fn move_on(context: &Context<'_>, options: &At) -> Result<Answer, Failure> {
    let calendar = calendar(context, &options.resource).await?;
    let (day, slot) = calendar.slot(&options.when).await?;
    let number = options.when.date.day_number();
    let call = calendar.suite.appointments().move_offer_on(calendar.resource, number, slot.index);
    let (done, events) = context.perform_telling(&call).await?;
    let next = host::offered(&events)
        .map_or_else(|| "is offered to nobody any more".to_owned(), |patient| format!("is offered to {patient} now"));
    let text = format!("{} {next}\n{}", calendar::label(&day.plan, &slot), done.text());
    Facts::answer(text, &calendar, options.when.date, Outcome::of(done, events))
}

/// Ends the counting of a booking whose slot is over.
pub(super) async fn lapse(context: &Context<'_>, options: &At) -> Result<Answer, Failure> {
    let calendar = calendar(context, &options.resource).await?;
    let (place, _, day) = calendar.booking(&options.when).await?;
    let call = calendar.suite.appointments().lapse(calendar.resource, place);
    let (done, events) = context.perform_telling(&call).await?;
    let slot = day.plan.slot(place.slot.into()).map_err(|error| calendar::bad(&error))?;
    let label = calendar::label(&day.plan, &slot);
    let text = format!("{label} counts no longer among the open bookings of its patient\n{}", done.text());
    Facts::answer(text, &calendar, options.when.date, Outcome::of(done, events))
}
