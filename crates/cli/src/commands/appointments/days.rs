//! `theriac appointments open` and `change`.

use alloy_primitives::B256;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::Serialize;
use serde_json::json;
use theriac_client::rooms::NewDay;
use theriac_core::calendar::{CalendarError, Choice, CivilDate, ClockTime, DayPlan, SlotLength, Zone};

use super::calendar::{self, ChoiceOptions, HostOptions, bad};
use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Days that are opened at once: more would not fit into a transaction.
const MOST: usize = 250;

/// The hours of a day.
#[derive(Debug, Args)]
pub(crate) struct Hours {
    /// When the first slot starts, as 09:00.
    #[arg(long, value_name = "TIME")]
    from: ClockTime,
    /// When the last slot ends, as 17:00; 24:00 is the end of the date.
    #[arg(long, value_name = "TIME")]
    to: ClockTime,
    /// How long a slot is, as 20m or 1h30m.
    #[arg(long, value_name = "LENGTH")]
    slot: SlotLength,
    #[command(flatten)]
    choice: ChoiceOptions,
}

/// Options of `theriac appointments open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The dates: 2026-11-03, or a run as 2026-11-02..2026-11-27. All go into one transaction.
    #[arg(required = true, value_name = "DATE[..DATE]", value_parser = Dates::read)]
    dates: Vec<Dates>,
    /// Leave out Saturdays and Sundays.
    #[arg(long)]
    weekdays: bool,
    /// The resource's time zone, as Europe/Vienna; once a day was opened, that one's.
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,
    #[command(flatten)]
    hours: Hours,
    #[command(flatten)]
    host: HostOptions,
}

/// Options of `theriac appointments change`.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    date: CivilDate,
    #[command(flatten)]
    hours: Hours,
    #[command(flatten)]
    host: HostOptions,
}

/// A date or a run of them, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    first: CivilDate,
    last: CivilDate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    resource: B256,
    zone: String,
    days: Vec<serde_json::Value>,
    #[serde(flatten)]
    done: Done,
}

impl Dates {
    fn read(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let date = |text: &str| text.parse::<CivilDate>().map_err(|error| error.to_string());
        let (first, last) = (date(first)?, date(last)?);
        if last < first {
            return Err(format!(
                "the run ends with {last}, before it begins with {first}: write the earlier date first"
            ));
        }
        if (last.day_number() - first.day_number()) as usize >= MOST {
            return Err(format!("{first} to {last} are more than {MOST} days: open them in several calls"));
        }
        Ok(Self { first, last })
    }

    fn each(self) -> impl Iterator<Item = CivilDate> {
        (self.first.day_number()..=self.last.day_number()).filter_map(|day| CivilDate::of_day_number(day).ok())
    }
}

impl Hours {
    fn on(&self, date: CivilDate, zone: &Zone, now: Timestamp) -> Result<DayPlan, CalendarError> {
        let choice: Option<Choice> = self.choice.choice;
        let plan = DayPlan::between(zone.clone(), date, self.from, self.to, choice, self.slot)?;
        plan.refuse_past(now)?;
        Ok(plan)
    }
}

impl Open {
    /// The dates in order, each once.
    fn dates(&self) -> Result<Vec<CivilDate>, Failure> {
        let mut dates: Vec<CivilDate> = self.dates.iter().flat_map(|run| run.each()).collect();
        dates.sort();
        dates.dedup();
        let weekend = |date: &CivilDate| matches!(date.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        dates.retain(|date| !(self.weekdays && weekend(date)));
        let help = "name a date on a weekday, or leave --weekdays out";
        match dates.len() {
            0 => Err(Failure::user("NoDates", "all these dates are on weekends", help)),
            1..=MOST => Ok(dates),
            many => Err(Failure::user("TooManyDays", format!("{many} days"), format!("open at most {MOST} at once"))),
        }
    }
}

/// Opens days.
pub(super) async fn open(context: &Context<'_>, options: &Open) -> Result<Answer, Failure> {
    options.host.check()?;
    let dates = options.dates()?;
    let suite = context.signing_suite().await?;
    let resource = options.host.resource(suite.chain().account())?;
    let zone = match &options.zone {
        Some(zone) => zone.clone(),
        None => calendar::zone(&suite, resource).await?.ok_or_else(|| {
            let what = format!("{} has no time zone yet", calendar::name(resource));
            Failure::user("NoZone", what, "name it with its first day: --zone Europe/Vienna")
        })?,
    };
    let now = calendar::now_instant(&suite).await?;
    let plans = dates.into_iter().map(|date| options.hours.on(date, &zone, now)).collect::<Result<Vec<_>, _>>();
    let plans = plans.map_err(|error| bad(&error))?;
    let days: Vec<NewDay> = plans.iter().map(new_day).collect();
    let done = context.perform(&suite.appointments().open(resource, zone_word(&zone)?, &days)).await?;
    answer("opened", resource.0, &zone, &plans, done)
}

/// Changes a day.
pub(super) async fn change(context: &Context<'_>, options: &Change) -> Result<Answer, Failure> {
    let calendar = options.host.calendar(context).await?;
    calendar.required_day(options.date).await?;
    let now = calendar::now_instant(&calendar.suite).await?;
    let plan = options.hours.on(options.date, &calendar.zone, now).map_err(|error| bad(&error))?;
    let done = context.perform(&calendar.suite.appointments().change(calendar.resource, &new_day(&plan))).await?;
    answer("changed", calendar.resource.0, &calendar.zone, &[plan], done)
}

fn new_day(plan: &DayPlan) -> NewDay {
    NewDay {
        day: plan.date().day_number(),
        first_at: plan.first_second(),
        slot_seconds: plan.length().seconds(),
        count: plan.count(),
    }
}

/// The name of a zone, padded with zeros.
fn zone_word(zone: &Zone) -> Result<B256, Failure> {
    let name = zone.name().as_bytes();
    if name.len() > 32 {
        let what = format!("the name {zone} is longer than the 32 characters that the chain keeps");
        return Err(Failure::user("LongZone", what, "choose another name of the same zone"));
    }
    Ok(B256::right_padding_from(name))
}

fn answer(verb: &str, resource: B256, zone: &Zone, plans: &[DayPlan], done: Done) -> Result<Answer, Failure> {
    let is = if done.dry_run { "would be " } else { "" };
    let lines: Vec<String> = plans
        .iter()
        .map(|plan| {
            let hours = plan.label(0..plan.count());
            format!("{is}{verb} {}  {hours}  {} slots of {}\n", plan.date(), plan.count(), plan.length())
        })
        .collect();
    let days = plans.iter().map(|plan| {
        json!({
            "date": plan.date().to_string(),
            "hours": plan.label(0..plan.count()),
            "firstAt": plan.first_second(),
            "slotSeconds": plan.length().seconds(),
            "slots": plan.count(),
        })
    });
    let days = days.collect();
    let text = format!("{}in {zone}; {}", lines.concat(), done.text());
    Answer::new(text, &Facts { resource, zone: zone.to_string(), days, done })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_both_its_ends() {
        let run = Dates::read("2026-10-30..2026-11-02").unwrap();
        let dates: Vec<String> = run.each().map(|date| date.to_string()).collect();
        assert_eq!(dates, ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]);
        assert_eq!(Dates::read("2026-11-03").unwrap().each().count(), 1);
    }

    #[test]
    fn a_run_that_cannot_be_is_named() {
        for text in ["2026-11-03..2026-11-02", "2026-11-31", "..", "2026-01-01..2027-01-01", "2026-11-03.."] {
            assert!(Dates::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_zone_fits_into_a_word() {
        assert!(Zone::names().all(|name| zone_word(&name.parse().unwrap()).is_ok()));
    }
}
