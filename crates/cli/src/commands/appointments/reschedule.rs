//! `theriac appointments reschedule`: another slot, or the old one.

use clap::Args;
use theriac_client::rooms::Place;
use theriac_client::types::BookingAnswer;
use theriac_core::calendar::{CivilDate, ClockTime};

use super::book;
use super::calendar::{self, Calendar, When};
use super::opening::{self, Kept, TextOptions, Texts};
use super::refusal::Wanted;
use crate::answer::Answer;
use crate::commands::relay::RelayOptions;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac appointments reschedule`.
#[derive(Debug, Args)]
pub(crate) struct Reschedule {
    /// A practitioner's account, or a machine's UDI or item id.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    when: When,
    /// The new date.
    #[arg(value_name = "NEW-DATE")]
    new_date: CivilDate,
    /// When the new slot starts.
    #[arg(value_name = "NEW-TIME")]
    new_time: ClockTime,
    #[command(flatten)]
    texts: TextOptions,
    #[command(flatten)]
    relay: RelayOptions,
}

/// Moves a booking. The texts are those of the old one unless others are given.
pub(super) async fn run(context: &Context<'_>, options: &Reschedule) -> Result<Answer, Failure> {
    let resource = calendar::resource(&options.resource)?;
    let calendar = Calendar::open(context.signing_suite().await?, resource).await?;
    let (rooms, account) = (calendar.suite.appointments(), calendar.suite.chain().account());
    let (place, booking, _) = calendar.booking(&options.when).await?;
    if booking.patient != Some(account) {
        let what = format!("{account} did not book {} {}", options.when.date, options.when.time);
        return Err(Failure::user("NotYours", what, "`theriac appointments list` shows your bookings"));
    }
    let (date, day) = (options.new_date, options.new_date.day_number());
    let Some(open) = calendar.day(date).await? else {
        let (answer, free) = rooms.answer_for(resource, day, 0, account).await?;
        let wanted = Wanted { calendar: &calendar, date, plan: None, label: date.to_string() };
        return wanted.refused(answer, free).await;
    };
    let slot =
        open.plan.slot_at(options.new_time, options.when.choice.choice).map_err(|error| calendar::bad(&error))?;
    let label = calendar::label(&open.plan, &slot);
    let wanted = Wanted { calendar: &calendar, date, plan: Some(&open.plan), label };
    let (answer, free) = rooms.answer_for(resource, day, slot.index, account).await?;
    // A booking that moves counts as it did, so the limit is not asked.
    if !matches!(answer, BookingAnswer::Booked | BookingAnswer::LimitReached) {
        return wanted.refused(answer, free).await;
    }
    let texts = options.texts.texts(known(context, &calendar, place).await?.as_ref())?;
    let (opening, terms) = opening::new(&calendar.suite, resource, date, &slot, &texts)?;
    let call = rooms.reschedule(resource, place, day, slot.index, &terms);
    match book::take(context, &options.relay, &opening, &terms, &call).await {
        Ok((outcome, file)) => book::booked(&wanted, slot.index, &terms, outcome, file),
        Err(failure) => wanted.refused_late(slot.index, failure).await,
    }
}

/// What was said of the booking when it was made, if it was made here.
async fn known(context: &Context<'_>, calendar: &Calendar, place: Place) -> Result<Option<Texts>, Failure> {
    let diary = calendar.suite.diary_of_patient(calendar.suite.chain().account()).await?;
    let same = |entry: &&theriac_client::diary::Entry| entry.resource == calendar.resource && entry.place == place;
    let entries = diary.entries();
    let kept = Kept::all(context);
    let found = entries.iter().find(same).and_then(|entry| Kept::of(&kept, &calendar.suite, entry));
    Ok(found.map(Kept::texts))
}
