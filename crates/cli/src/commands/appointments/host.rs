//! What a host does with days, slots and bookings; and cancelling, which patients do, too.

use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_bindings::appointments::Appointments::AppointmentsEvents;
use theriac_client::rooms::{Place, ResourceId};
use theriac_client::{Call, RoomEvent};
use theriac_core::calendar::{CivilDate, ClockTime, SlotMask};

use super::calendar::{self, Calendar, ChoiceOptions, HostOptions, OpenDay, When, bad};
use crate::answer::Answer;
use crate::commands::relay::{Outcome, RelayOptions};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// A day of one's own.
#[derive(Debug, Args)]
pub(crate) struct Day {
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
    #[command(flatten)]
    host: HostOptions,
}

/// Slots of a day of one's own.
#[derive(Debug, Args)]
pub(crate) struct Block {
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
    /// When the first of the slots starts.
    #[arg(long, value_name = "TIME")]
    from: ClockTime,
    /// When the last of the slots ends; otherwise it is only one slot.
    #[arg(long, value_name = "TIME")]
    to: Option<ClockTime>,
    #[command(flatten)]
    choice: ChoiceOptions,
    #[command(flatten)]
    host: HostOptions,
}

/// A booking of a day of one's own.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    host: HostOptions,
}

/// Options of `theriac appointments cancel`.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    relay: RelayOptions,
}

/// What became of a patient.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    CheckIn,
    Complete,
    NoShow,
}

#[derive(Serialize)]
struct DayFacts {
    resource: ResourceId,
    date: String,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
struct BookingFacts<'a> {
    verb: &'a str,
    resource: ResourceId,
    #[serde(flatten)]
    place: Place,
    date: String,
    /// To whom the slot is offered now.
    #[serde(rename = "offeredTo", skip_serializing_if = "Option::is_none")]
    offered_to: Option<alloy_primitives::Address>,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Closes a day.
pub(super) async fn close(context: &Context<'_>, options: &Day) -> Result<Answer, Failure> {
    let calendar = options.host.calendar(context).await?;
    let call = calendar.suite.appointments().close(calendar.resource, options.date.day_number());
    of_day(context, &calendar, options.date, "closed: no new bookings; those there are stay", &call).await
}

/// Opens a closed day again.
pub(super) async fn reopen(context: &Context<'_>, options: &Day) -> Result<Answer, Failure> {
    let calendar = options.host.calendar(context).await?;
    let call = calendar.suite.appointments().reopen(calendar.resource, options.date.day_number());
    of_day(context, &calendar, options.date, "open again", &call).await
}

async fn of_day<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    calendar: &Calendar,
    date: CivilDate,
    what: &str,
    call: &Call<C>,
) -> Result<Answer, Failure> {
    let done = context.perform(call).await?;
    let is = if done.dry_run { "would be" } else { "is" };
    let text = format!("{date} {is} {what}\n{}", done.text());
    Answer::new(text, &DayFacts { resource: calendar.resource, date: date.to_string(), done })
}

/// Blocks slots, or unblocks them.
pub(super) async fn block(context: &Context<'_>, options: &Block, block: bool) -> Result<Answer, Failure> {
    let calendar = options.host.calendar(context).await?;
    let day = calendar.required_day(options.date).await?;
    let slots = options.slots(&day)?;
    let (rooms, number) = (calendar.suite.appointments(), options.date.day_number());
    let done = match block {
        true => context.perform(&rooms.block_slots(calendar.resource, number, slots)).await?,
        false => context.perform(&rooms.unblock_slots(calendar.resource, number, slots)).await?,
    };
    let hours = calendar::stretches(&day.plan, slots).join(", ");
    let (is, word) = (if done.dry_run { "would be " } else { "" }, if block { "blocked" } else { "unblocked" });
    let text = format!("{is}{word} {} {hours}\n{}", options.date, done.text());
    let facts = DayFacts { resource: calendar.resource, date: options.date.to_string(), done };
    let mut answer = Answer::new(text, &facts)?;
    answer.facts.extend([("hours".to_owned(), json!(hours)), ("slots".to_owned(), json!(slots.len()))]);
    Ok(answer)
}

impl Block {
    fn slots(&self, OpenDay { plan, .. }: &OpenDay) -> Result<SlotMask, Failure> {
        let (choice, zone) = (self.choice.choice, plan.zone());
        let first = plan.slot_at(self.from, choice).map_err(|error| bad(&error))?;
        let Some(to) = self.to else { return Ok(SlotMask::from_iter([first.index])) };
        let end = zone.instant(self.date, to, choice).map_err(|error| bad(&error))?;
        // Where the day ends no slot starts, but one ends.
        let after = match end == plan.end() {
            true => plan.count(),
            false => plan.slot_at(to, choice).map_err(|error| bad(&error))?.index.into(),
        };
        if after <= first.index.into() {
            let what = format!("the slots would end at {to}, which is not after {}, when they start", self.from);
            return Err(Failure::user("EndsTooEarly", what, "give a later --to, or leave it out for one slot"));
        }
        Ok(SlotMask::first(after) - SlotMask::first(first.index.into()))
    }
}

/// Says what became of a patient.
pub(super) async fn report(context: &Context<'_>, options: &Report, deed: Deed) -> Result<Answer, Failure> {
    let calendar = options.host.calendar(context).await?;
    let (place, _, day) = calendar.booking(&options.when).await?;
    let (rooms, resource) = (calendar.suite.appointments(), calendar.resource);
    let (verb, words, done) = match deed {
        Deed::CheckIn => ("check-in", "has come", context.perform(&rooms.check_in(resource, place)).await?),
        Deed::Complete => ("complete", "was seen", context.perform(&rooms.complete(resource, place)).await?),
        Deed::NoShow => ("no-show", "did not come", context.perform(&rooms.mark_no_show(resource, place)).await?),
    };
    let slot = day.plan.slot(place.slot.into()).map_err(|error| bad(&error))?;
    let text = format!("the patient of {} {words}\n{}", calendar::label(&day.plan, &slot), done.text());
    let mut answer = Answer::new(text, &DayFacts { resource, date: options.when.date.to_string(), done })?;
    answer.facts.extend([("verb".to_owned(), json!(verb)), ("slot".to_owned(), json!(place.slot))]);
    Ok(answer)
}

/// Gives a booking up.
pub(super) async fn cancel(context: &Context<'_>, options: &Cancel) -> Result<Answer, Failure> {
    let resource = calendar::resource(&options.resource)?;
    let calendar = Calendar::open(context.signing_suite().await?, resource).await?;
    let (place, _, day) = calendar.booking(&options.when).await?;
    let outcome = options.relay.perform(context, &calendar.suite.appointments().cancel(resource, place)).await?;
    let slot = day.plan.slot(place.slot.into()).map_err(|error| bad(&error))?;
    let offered_to = offered(&outcome.events);
    let next = if offered_to.is_some() { "offered to the next who waits" } else { "not offered to anyone" };
    let text = outcome.text(&format!("cancelled {}; the slot is {next}", calendar::label(&day.plan, &slot)));
    let date = options.when.date.to_string();
    Answer::new(text, &BookingFacts { verb: "cancel", resource, place, date, offered_to, outcome })
}

/// To whom a freed slot was offered.
pub(super) fn offered(events: &[RoomEvent]) -> Option<alloy_primitives::Address> {
    events.iter().find_map(|event| match event {
        RoomEvent::Appointments(AppointmentsEvents::SlotOffered(offer)) => Some(offer.patient),
        _ => None,
    })
}
