//! `theriac appointments ics`: a file for the calendars of people.

use std::io::Write as _;
use std::path::PathBuf;

use alloy_primitives::U256;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use theriac_client::Suite;
use theriac_client::diary::Fate;
use theriac_core::calendar::{Appointment, AppointmentKey, CivilDate, Status, to_icalendar};

use super::calendar;
use super::entries::{Days, Placed, Whose};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac appointments ics`. Importing a newer file moves or strikes out what an older one brought.
#[derive(Debug, Args)]
pub(crate) struct Ics {
    /// The file, which only you can read; an older one is replaced.
    file: PathBuf,
    /// The bookings of this resource instead of your own: a practitioner's account, or a machine's UDI or item id.
    #[arg(long, value_name = "RESOURCE")]
    resource: Option<String>,
}

/// Writes.
pub(super) async fn run(context: &Context<'_>, options: &Ics) -> Result<Answer, Failure> {
    let whose = Whose::read(options.resource.as_deref())?;
    let (suite, diary) = whose.diary(context).await?;
    let mut days = Days::new(&suite);
    let mut appointments = Vec::new();
    for entry in diary.entries() {
        appointments.push(appointment(&suite, &days.place(entry).await?)?);
    }
    let text = to_icalendar(&appointments, Timestamp::now());
    let file = files::Replacement::begin_secret(&options.file)?;
    file.file().write_all(text.as_bytes()).map_err(|error| files::failed(&options.file, &error))?;
    file.finish()?;
    let cancelled = appointments.iter().filter(|one| one.status == Status::Cancelled).count();
    let said = format!(
        "{} appointments, {cancelled} of them cancelled, written to {}",
        appointments.len(),
        options.file.display()
    );
    let facts = json!({ "file": options.file, "appointments": appointments.len(), "cancelled": cancelled });
    Answer::new(said, &facts)
}

fn appointment(suite: &Suite, Placed { entry, slot, .. }: &Placed) -> Result<Appointment, Failure> {
    let key = AppointmentKey {
        chain: suite.chain().chain_id(),
        contract: suite.deployment().appointments,
        resource: entry.resource.0,
        date: CivilDate::of_day_number(entry.first.day).map_err(|error| calendar::bad(&error))?,
        slot: entry.first.slot,
        nonce: U256::from(entry.first.nonce),
    };
    let status = if entry.fate == Fate::Cancelled { Status::Cancelled } else { Status::Confirmed };
    let kind = calendar::kind(entry.resource);
    Ok(Appointment { key, kind, slot: *slot, status, sequence: entry.changes })
}
