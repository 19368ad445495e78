//! `theriac appointments`: days that practitioners and machines are there, and who has which slot.

mod book;
mod calendar;
mod day;
mod days;
mod entries;
mod host;
mod ics;
mod limits;
mod list;
mod opening;
mod refusal;
mod reschedule;
mod waiting;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with appointments. RESOURCE is a practitioner's account, or a machine's UDI or item id; dates and times are
/// those of its own time zone.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Open days for bookings, as the practitioner or the owner of the machine.
    Open(days::Open),
    /// Give an open day of yours other hours; slots that are taken stay.
    Change(days::Change),
    /// Take no new bookings of a day of yours; those there are stay.
    Close(host::Day),
    /// Take new bookings of a closed day again.
    Reopen(host::Day),
    /// Show what is free on a day, without showing who has the rest.
    Day(day::Look),
    /// Take slots of yours out; bookings there are stay.
    Block(host::Block),
    /// Take new bookings of blocked slots again.
    Unblock(host::Block),
    /// Show or set the rules of a resource of yours.
    Limits(limits::Limits),
    /// Book a slot, as a patient. Exit code 0 only when it is booked, or signed for another to send.
    Book(book::Book),
    /// Give up a booking, as its patient or as the host.
    Cancel(host::Cancel),
    /// Exchange a booking for another slot of the same resource, or change nothing.
    Reschedule(reschedule::Reschedule),
    /// Say that the patient has come, as the host.
    CheckIn(host::Report),
    /// Say that an appointment took place, as the host.
    Complete(host::Report),
    /// Say that the patient did not come, as the host.
    NoShow(host::Report),
    /// Wait for a slot of a full day, as a patient.
    Wait(waiting::Wait),
    /// Wait no longer, and decline what is offered.
    Leave(waiting::Wait),
    /// Book the slot that is offered to you.
    Accept(waiting::Accept),
    /// Move an offer that ran out on to the next who waits; anyone can.
    MoveOn(waiting::At),
    /// Stop counting a booking whose slot is over in its patient's limit; anyone can.
    Lapse(waiting::At),
    /// List your bookings as a patient, or those of a resource.
    List(list::List),
    /// Write your bookings, or those of a resource, as a file for calendars (iCalendar).
    Ics(ics::Ics),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Open(options) => days::open(context, &options).await,
        Verb::Change(options) => days::change(context, &options).await,
        Verb::Close(options) => host::close(context, &options).await,
        Verb::Reopen(options) => host::reopen(context, &options).await,
        Verb::Day(options) => day::run(context, &options).await,
        Verb::Block(options) => host::block(context, &options, true).await,
        Verb::Unblock(options) => host::block(context, &options, false).await,
        Verb::Limits(options) => limits::run(context, &options).await,
        Verb::Book(options) => book::run(context, &options).await,
        Verb::Cancel(options) => host::cancel(context, &options).await,
        Verb::Reschedule(options) => reschedule::run(context, &options).await,
        Verb::CheckIn(options) => host::report(context, &options, host::Deed::CheckIn).await,
        Verb::Complete(options) => host::report(context, &options, host::Deed::Complete).await,
        Verb::NoShow(options) => host::report(context, &options, host::Deed::NoShow).await,
        Verb::Wait(options) => waiting::wait(context, &options).await,
        Verb::Leave(options) => waiting::leave(context, &options).await,
        Verb::Accept(options) => waiting::accept(context, &options).await,
        Verb::MoveOn(options) => waiting::move_on(context, &options).await,
        Verb::Lapse(options) => waiting::lapse(context, &options).await,
        Verb::List(options) => list::run(context, &options).await,
        Verb::Ics(options) => ics::run(context, &options).await,
    }
}
