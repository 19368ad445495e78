//! A resource with its zone, and its days as people write them.

use alloy_primitives::Address;
use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use theriac_client::Suite;
use theriac_client::rooms::{Place, ResourceId, SlotBooking};
use theriac_client::types::SlotStatus;
use theriac_core::calendar::{
    Availability, CalendarError, Choice, CivilDate, ClockTime, DayPlan, ResourceKind, Slot, SlotMask, Zone,
};

use crate::args::account;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// How many slots are asked for at once.
const AT_ONCE: usize = 16;

/// A resource that a host names.
#[derive(Debug, Args)]
pub(crate) struct HostOptions {
    /// The resource: a practitioner's account, or a machine's UDI or item id; otherwise the account that signs.
    #[arg(long, value_name = "RESOURCE")]
    resource: Option<String>,
}

/// A slot by its date and start.
#[derive(Debug, Args)]
pub(crate) struct When {
    /// The date, as 2026-11-03.
    #[arg(value_name = "DATE")]
    pub(super) date: CivilDate,
    /// When the slot starts, as 09:20.
    #[arg(value_name = "TIME")]
    pub(super) time: ClockTime,
    #[command(flatten)]
    pub(super) choice: ChoiceOptions,
}

/// Which of two readings of a time is meant.
#[derive(Debug, Args)]
pub(crate) struct ChoiceOptions {
    /// Where clocks skip or repeat a time: the `earlier` or the `later` of what it can mean.
    #[arg(long, value_name = "WHICH")]
    pub(super) choice: Option<Choice>,
}

/// A resource and its days.
pub(super) struct Calendar {
    pub(super) suite: Suite,
    pub(super) resource: ResourceId,
    pub(super) zone: Zone,
}

/// A day that was opened.
pub(super) struct OpenDay {
    pub(super) plan: DayPlan,
    pub(super) closed: bool,
}

impl HostOptions {
    /// The resource, by default that of the account.
    pub(super) fn resource(&self, account: Address) -> Result<ResourceId, Failure> {
        self.resource.as_deref().map_or_else(|| Ok(ResourceId::from(account)), resource)
    }

    /// Refuses what names no resource, before anyone is asked.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.resource.as_deref().map_or(Ok(()), |text| resource(text).map(drop))
    }

    /// The calendar, to act in as its host.
    pub(super) async fn calendar(&self, context: &Context<'_>) -> Result<Calendar, Failure> {
        self.check()?;
        let suite = context.signing_suite().await?;
        let resource = self.resource(suite.chain().account())?;
        Calendar::open(suite, resource).await
    }
}

/// Reads a resource: an account, or a UDI with a serial, or an item id.
pub(super) fn resource(text: &str) -> Result<ResourceId, Failure> {
    const ACCOUNT: usize = 42;
    const HELP: &str =
        "name a practitioner's account (0x and 40 digits), or a machine's UDI with its serial or item id";
    if text.starts_with("0x") && text.len() <= ACCOUNT {
        return match account(text) {
            Ok(practitioner) => Ok(practitioner.into()),
            Err(error) => Err(Failure::user("InvalidResource", error, HELP)),
        };
    }
    match Item::parse(text) {
        Ok(machine) => Ok(machine.id.into()),
        Err(failure) => Err(Failure { help: HELP.to_owned(), ..failure }),
    }
}

/// A resource for people.
pub(super) fn name(resource: ResourceId) -> String {
    match resource.practitioner() {
        Some(account) => account.to_string(),
        None => format!("machine {}", resource.0),
    }
}

/// Whether it is a practitioner.
pub(super) fn kind(resource: ResourceId) -> ResourceKind {
    if resource.practitioner().is_some() { ResourceKind::Practitioner } else { ResourceKind::Machine }
}

/// The present second, as contracts have it: the newest block's, or the machine's clock where no block was made for a while.
pub(super) async fn now(suite: &Suite) -> Result<u64, Failure> {
    Ok(suite.chain().now().await?.max(time::now()))
}

/// The same as an instant.
pub(super) async fn now_instant(suite: &Suite) -> Result<Timestamp, Failure> {
    Ok(instant(now(suite).await?))
}

/// A second as an instant; the last one there is for any later.
pub(super) fn instant(second: u64) -> Timestamp {
    time::instant(second).unwrap_or(Timestamp::MAX)
}

/// A refusal of the calendar.
pub(super) fn bad(error: &CalendarError) -> Failure {
    Failure::of(error)
}

/// The zone of a resource, none before its first day.
pub(super) async fn zone(suite: &Suite, resource: ResourceId) -> Result<Option<Zone>, Failure> {
    let name = suite.appointments().zone_of(resource).await?;
    name.map(|name| name.parse()).transpose().map_err(|error| bad(&error))
}

impl Calendar {
    /// The calendar of a resource that opened a day.
    pub(super) async fn open(suite: Suite, resource: ResourceId) -> Result<Self, Failure> {
        let zone = zone(&suite, resource).await?.ok_or_else(|| {
            let what = format!("{} has opened no day yet", name(resource));
            Failure::user("NeverOpened", what, "check the resource; its host opens days by `theriac appointments open`")
        })?;
        Ok(Self { suite, resource, zone })
    }

    /// A day, if it was opened.
    pub(super) async fn day(&self, date: CivilDate) -> Result<Option<OpenDay>, Failure> {
        let number = date.day_number();
        let Some(day) = self.suite.appointments().day_of(self.resource, number).await? else { return Ok(None) };
        let plan = DayPlan::of_chain(self.zone.clone(), number, day.first_at, day.slot_seconds, day.count);
        Ok(Some(OpenDay { plan: plan.map_err(|error| bad(&error))?, closed: day.closed }))
    }

    /// A day that must have been opened.
    pub(super) async fn required_day(&self, date: CivilDate) -> Result<OpenDay, Failure> {
        self.day(date).await?.ok_or_else(|| {
            let what = format!("{} did not open {date}", name(self.resource));
            Failure::user("NotOpen", what, "choose a day that is open, or open it: `theriac appointments open`")
        })
    }

    /// The day and the slot that begins then.
    pub(super) async fn slot(&self, when: &When) -> Result<(OpenDay, Slot), Failure> {
        let day = self.required_day(when.date).await?;
        let slot = day.plan.slot_at(when.time, when.choice.choice).map_err(|error| bad(&error))?;
        Ok((day, slot))
    }

    /// The booking that is to be cancelled, moved, or told of.
    pub(super) async fn booking(&self, when: &When) -> Result<(Place, SlotBooking, OpenDay), Failure> {
        let (day, slot) = self.slot(when).await?;
        let number = when.date.day_number();
        let booking = self.suite.appointments().booking_of(self.resource, number, slot.index).await?;
        if matches!(booking.status, SlotStatus::Free | SlotStatus::Offered) {
            let what = format!("nobody has {}", label(&day.plan, &slot));
            return Err(Failure::user("NoBooking", what, "`theriac appointments list` shows the bookings there are"));
        }
        Ok((Place { day: number, slot: slot.index, nonce: booking.nonce }, booking, day))
    }

    /// What is free on a day and what is not.
    pub(super) async fn availability(&self, plan: &DayPlan) -> Result<Availability, Failure> {
        let (rooms, day) = (self.suite.appointments(), plan.date().day_number());
        let (taken, blocked) = rooms.masks_of(self.resource, day).await?;
        let statuses: Vec<(u8, SlotStatus)> = stream::iter(taken.iter().collect::<Vec<_>>())
            .map(|slot| {
                let rooms = &rooms;
                async move { rooms.booking_of(self.resource, day, slot).await.map(|found| (slot, found.status)) }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let offered = statuses.into_iter().filter(|(_, status)| *status == SlotStatus::Offered);
        let held: SlotMask = offered.map(|(slot, _)| slot).collect();
        // Slots that were blocked stay so by number when the day is made shorter.
        let blocked = blocked & plan.all();
        Availability::new(plan.clone(), taken - held, held, blocked).map_err(|error| bad(&error))
    }
}

/// A slot for people: 2026-11-03 09:20–09:40.
pub(super) fn label(plan: &DayPlan, slot: &Slot) -> String {
    let index = u16::from(slot.index);
    format!("{} {}", plan.date(), plan.label(index..index + 1))
}

/// Slots as stretches of civil time.
pub(super) fn stretches(plan: &DayPlan, slots: SlotMask) -> Vec<String> {
    slots.ranges().map(|range| plan.label(range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_an_account_or_a_machine() {
        let doctor = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(name(resource(doctor).unwrap()), doctor);
        let machine = resource("(01)09506000134352(10)A1(21)S1").unwrap();
        assert_eq!(machine.practitioner(), None);
        assert_eq!(resource(&machine.0.to_string()).unwrap(), machine);
        assert_eq!(kind(machine), ResourceKind::Machine);
    }

    #[test]
    fn what_is_no_resource_is_named() {
        for (text, code) in [("0x12", "InvalidResource"), ("(01)09506000134352", "NoSerial"), ("Dr. Who", "InvalidUdi")]
        {
            assert_eq!(resource(text).unwrap_err().code, code, "{text}");
        }
    }
}
