//! `theriac appointments book`: the paper's five answers.

use std::path::PathBuf;

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use theriac_bindings::appointments::Appointments::AppointmentsEvents;
use theriac_client::rooms::{ResourceId, Terms};
use theriac_client::types::BookingAnswer;
use theriac_client::{Call, RoomEvent};

use super::calendar::{self, Calendar, When};
use super::opening::{self, Opening, TextOptions};
use super::refusal::Wanted;
use crate::answer::Answer;
use crate::commands::relay::{Outcome, RelayOptions};
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac appointments book`.
#[derive(Debug, Args)]
pub(crate) struct Book {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    texts: TextOptions,
    #[command(flatten)]
    relay: RelayOptions,
}

/// A booking that was made, tried, or signed for another to send.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    /// `booked`; `signed` before anybody sent it; `bookable` in a dry run.
    answer: &'static str,
    resource: ResourceId,
    day: u32,
    slot: u8,
    date: String,
    zone: String,
    starts_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_hash: Option<B256>,
    /// The file that opens the commitments.
    opening: Option<PathBuf>,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Books.
pub(super) async fn run(context: &Context<'_>, options: &Book) -> Result<Answer, Failure> {
    let resource = calendar::resource(&options.resource)?;
    let calendar = Calendar::open(context.signing_suite().await?, resource).await?;
    let (rooms, account) = (calendar.suite.appointments(), calendar.suite.chain().account());
    let (date, day) = (options.when.date, options.when.date.day_number());
    let Some(open) = calendar.day(date).await? else {
        let (answer, free) = rooms.answer_for(resource, day, 0, account).await?;
        let wanted = Wanted { calendar: &calendar, date, plan: None, label: date.to_string() };
        return wanted.refused(answer, free).await;
    };
    let slot =
        open.plan.slot_at(options.when.time, options.when.choice.choice).map_err(|error| calendar::bad(&error))?;
    let label = calendar::label(&open.plan, &slot);
    let wanted = Wanted { calendar: &calendar, date, plan: Some(&open.plan), label };
    let (answer, free) = rooms.answer_for(resource, day, slot.index, account).await?;
    if answer != BookingAnswer::Booked {
        return wanted.refused(answer, free).await;
    }
    let texts = options.texts.texts(None)?;
    let (opening, terms) = opening::new(&calendar.suite, resource, date, &slot, &texts)?;
    let call = rooms.book(resource, day, slot.index, &terms);
    match take(context, &options.relay, &opening, &terms, &call).await {
        Ok((outcome, file)) => booked(&wanted, slot.index, &terms, outcome, file),
        Err(failure) => wanted.refused_late(slot.index, failure).await,
    }
}

/// Keeps the opening, and books, moves or accepts. What was refused leaves no file.
pub(super) async fn take<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    relay: &RelayOptions,
    opening: &Opening,
    terms: &Terms,
    call: &Call<C>,
) -> Result<(Outcome, Option<PathBuf>), Failure> {
    let file = opening.keep(context, terms)?;
    match relay.perform(context, call).await {
        Ok(outcome) => Ok((outcome, file)),
        Err(failure) => {
            // What may have been sent needs its salts; a file too many harms nobody.
            let not_sent = is_refusal(&failure) || ["InsufficientFunds", "File"].contains(&failure.code.as_str());
            if let (true, Some(file)) = (not_sent, file) {
                let _ = std::fs::remove_file(file);
            }
            Err(failure)
        }
    }
}

/// Whether the contract refused.
pub(super) fn is_refusal(failure: &Failure) -> bool {
    failure.code.starts_with("Appointments_")
}

/// The booking as its event tells it.
pub(super) fn booked(
    wanted: &Wanted<'_>,
    slot: u8,
    terms: &Terms,
    outcome: Outcome,
    opening: Option<PathBuf>,
) -> Result<Answer, Failure> {
    let told = outcome.events.iter().find_map(|event| match event {
        RoomEvent::Appointments(AppointmentsEvents::Booked(told)) => Some(told.clone()),
        _ => None,
    });
    let (calendar, zone) = (wanted.calendar, &wanted.calendar.zone);
    let resource = calendar::name(calendar.resource);
    let answer = match (outcome.is_sent(), &told) {
        (true, _) => "booked",
        (false, Some(_)) => "bookable",
        (false, None) => "signed",
    };
    let mut did = match answer {
        "booked" => format!("booked: {} ({zone}) with {resource}", wanted.label),
        _ => format!("{} ({zone}) with {resource} would be booked", wanted.label),
    };
    if let (true, Some(told)) = (outcome.is_sent(), &told) {
        did.push_str(&format!("\nbooking hash {}", told.bookingHash));
    }
    let mut text = outcome.text(&did);
    if let Some(file) = &opening {
        text.push_str(&format!("\nwhat opens its commitments is kept in {}", file.display()));
    }
    let facts = Facts {
        answer,
        resource: calendar.resource,
        day: wanted.date.day_number(),
        slot,
        date: wanted.date.to_string(),
        zone: zone.to_string(),
        starts_at: terms.starts_at,
        nonce: told.as_ref().map(|told| told.nonce),
        booking_hash: told.as_ref().map(|told| told.bookingHash),
        opening,
        outcome,
    };
    Answer::new(text, &facts)
}
