//! `theriac appointments list`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use theriac_client::diary::{Diary, Fate};
use theriac_core::calendar::CivilDate;

use super::calendar;
use super::entries::{Days, Placed, Whose};
use super::opening::Kept;
use crate::answer::{Answer, Table};
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac appointments list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The bookings of this resource instead of your own: a practitioner's account, or a machine's UDI or item id.
    #[arg(long, value_name = "RESOURCE")]
    resource: Option<String>,
    /// Only of this date.
    #[arg(long, value_name = "DATE")]
    date: Option<CivilDate>,
    /// Also those that are over or were cancelled.
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    placed: Placed,
    /// The file that opens the commitments.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<PathBuf>,
}

/// Lists.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let whose = Whose::read(options.resource.as_deref())?;
    let (suite, diary) = whose.diary(context).await?;
    let now = calendar::now_instant(&suite).await?;
    let kept = Kept::all(context);
    let mut days = Days::new(&suite);
    let mut table = Table::new(["Date", "Time", "Zone", "With", "Patient", "Status"]);
    let mut rows = Vec::new();
    for entry in diary.entries() {
        if options.date.is_some_and(|date| date.day_number() != entry.place.day) {
            continue;
        }
        let placed = days.place(entry).await?;
        let live = matches!(entry.fate, Fate::Booked | Fate::CheckedIn) && placed.slot.end > now;
        if !live && !options.all {
            continue;
        }
        table.row([
            placed.date.clone(),
            placed.hours.clone(),
            placed.zone.clone(),
            calendar::name(entry.resource),
            entry.patient.to_string(),
            word(entry.fate).to_owned(),
        ]);
        let opening = Kept::of(&kept, &suite, &entry).map(|kept| kept.file.clone());
        rows.push(Row { placed, opening });
    }
    let (waits, mut lines) = waits(&diary, &mut days, options.date).await?;
    lines.insert(0, table.render("no bookings"));
    Answer::new(lines.join("\n"), &json!({ "bookings": rows, "offers": waits.0, "waiting": waits.1 }))
}

/// Offers that stand and who waits, for programs and for people.
async fn waits(
    diary: &Diary,
    days: &mut Days<'_>,
    date: Option<CivilDate>,
) -> Result<((Vec<Value>, Vec<Value>), Vec<String>), Failure> {
    let (mut offers, mut waiting, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let wanted = |day: u32| date.is_none_or(|date| date.day_number() == day);
    for offer in diary.offers().filter(|offer| wanted(offer.day)) {
        let plan = days.plan(offer.resource, offer.day).await?;
        let index = u16::from(offer.slot);
        let (hours, until) = (plan.label(index..index + 1), time::iso(offer.until));
        let name = calendar::name(offer.resource);
        lines.push(format!("offered to {} until {until}: {} {hours} with {name}", offer.patient, plan.date()));
        offers.push(json!({
            "resource": offer.resource, "date": plan.date().to_string(), "hours": hours, "day": offer.day,
            "slot": offer.slot, "patient": offer.patient, "until": offer.until,
        }));
    }
    for one in diary.waiting().filter(|one| wanted(one.day)) {
        let date = days.plan(one.resource, one.day).await?.date().to_string();
        lines.push(format!("{} waits for {date} with {}", one.patient, calendar::name(one.resource)));
        waiting.push(json!({ "resource": one.resource, "date": date, "day": one.day, "patient": one.patient }));
    }
    Ok(((offers, waiting), lines))
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Booked => "booked",
        Fate::CheckedIn => "has come",
        Fate::Completed => "completed",
        Fate::NoShow => "did not come",
        Fate::Cancelled => "cancelled",
    }
}
