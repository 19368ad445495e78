//! The answers to a booking that is none, in words, with what can be booked instead.

use serde_json::json;
use theriac_client::types::{BookingAnswer, Standing};
use theriac_core::calendar::{CivilDate, DayPlan, SlotMask};
use theriac_core::ids::ItemId;

use super::book;
use super::calendar::{self, Calendar};
use crate::answer::Answer;
use crate::failure::Failure;

/// Days that are looked at for the next free slot.
const LOOKED_AT: usize = 120;

/// What was asked for.
pub(super) struct Wanted<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) date: CivilDate,
    /// None if the date is not open.
    pub(super) plan: Option<&'a DayPlan>,
    /// 2026-11-03 09:20–09:40, or the date.
    pub(super) label: String,
}

/// A day with what is free on it.
struct Free {
    date: CivilDate,
    hours: Vec<String>,
}

impl Wanted<'_> {
    /// Says no.
    pub(super) async fn refused(&self, answer: BookingAnswer, free: SlotMask) -> Result<Answer, Failure> {
        let hours = self.plan.map(|plan| calendar::stretches(plan, free)).unwrap_or_default();
        let account = self.calendar.suite.chain().account();
        let standing = self.stopped(answer).await?;
        let next = match answer {
            // What stops a machine stops it on all days.
            BookingAnswer::Unavailable if standing.is_some() => None,
            BookingAnswer::DayFull | BookingAnswer::Unavailable => self.next_free().await?,
            BookingAnswer::SlotPast if hours.is_empty() => self.next_free().await?,
            _ => None,
        };
        let (label, date, zone) = (&self.label, self.date, &self.calendar.zone);
        let resource = calendar::name(self.calendar.resource);
        let instead = match (&next, hours.is_empty()) {
            (_, false) => format!("free are {} ({zone})", hours.join(", ")),
            (Some(next), _) => {
                format!("choose another day: on {} free are {} ({zone})", next.date, next.hours.join(", "))
            }
            (None, true) => "no later day that is open has a free slot".to_owned(),
        };
        let what = match answer {
            BookingAnswer::SlotTaken => format!("{label} is taken; {instead}"),
            BookingAnswer::DayFull => {
                format!(
                    "{date} is full; {instead}. Or wait for a slot: `theriac appointments wait {} {date}`",
                    self.typed()
                )
            }
            BookingAnswer::Unavailable => match standing {
                Some(standing) => format!(
                    "{resource} is {standing}, and takes no bookings until that ends: choose another machine, or ask its owner"
                ),
                None => format!("{resource} takes no bookings on {date}; {instead}"),
            },
            BookingAnswer::NotRegistered => {
                format!("{account} is not registered as a patient: a registrar has to enrol, reinstate or renew it")
            }
            BookingAnswer::SlotPast => format!("{label} has begun; {instead}"),
            BookingAnswer::LimitReached => format!(
                "{account} has as many open bookings with {resource} as it allows: cancel one, or reschedule it"
            ),
            BookingAnswer::NoSuchSlot => format!("{date} has no such slot; {instead}"),
            BookingAnswer::Booked => format!("{label} can be booked now: try again"),
        };
        let next = next.map(|next| json!({ "date": next.date.to_string(), "free": next.hours }));
        let facts = json!({
            "answer": answer,
            "standing": standing,
            "resource": self.calendar.resource,
            "date": date.to_string(),
            "zone": zone.to_string(),
            "free": hours,
            "freeMask": format!("{:#x}", free.word()),
            "next": next,
        });
        Ok(Answer::new(format!("not booked: {what}"), &facts)?.good(false))
    }

    /// What the contract refused although it could be booked a moment ago: somebody was faster, or it is another failure.
    pub(super) async fn refused_late(&self, slot: u8, failure: Failure) -> Result<Answer, Failure> {
        if !book::is_refusal(&failure) {
            return Err(failure);
        }
        let Calendar { suite, resource, .. } = self.calendar;
        let (day, account) = (self.date.day_number(), suite.chain().account());
        let (answer, free) = suite.appointments().answer_for(*resource, day, slot, account).await?;
        // A limit is no matter to a booking that moves, and one that is new was told of it before.
        let other = matches!(answer, BookingAnswer::Booked | BookingAnswer::LimitReached);
        if other { Err(failure) } else { self.refused(answer, free).await }
    }

    /// Why a machine that takes no bookings may not move; none where that is not the reason.
    async fn stopped(&self, answer: BookingAnswer) -> Result<Option<Standing>, Failure> {
        let Calendar { suite, resource, .. } = self.calendar;
        if answer != BookingAnswer::Unavailable || resource.practitioner().is_some() {
            return Ok(None);
        }
        let standing = suite.custody().is_movable(ItemId(resource.0)).await?;
        Ok(Some(standing).filter(|standing| *standing != Standing::Movable))
    }

    /// The resource as it can be typed.
    fn typed(&self) -> String {
        let resource = self.calendar.resource;
        resource.practitioner().map_or_else(|| resource.0.to_string(), |account| account.to_string())
    }

    /// The first day after this one on which a slot can be booked.
    async fn next_free(&self) -> Result<Option<Free>, Failure> {
        let Calendar { suite, resource, .. } = self.calendar;
        let today = self.calendar.zone.date_at(calendar::now_instant(suite).await?);
        let today = today.map_err(|error| calendar::bad(&error))?;
        let after = (self.date.day_number() + 1).max(today.day_number());
        for day in suite.days_opened(*resource, after).await?.into_iter().take(LOOKED_AT) {
            let (_, free) = suite.appointments().answer_for(*resource, day, 0, suite.chain().account()).await?;
            if free.is_empty() {
                continue;
            }
            let date = CivilDate::of_day_number(day).map_err(|error| calendar::bad(&error))?;
            let open = self.calendar.required_day(date).await?;
            return Ok(Some(Free { date, hours: calendar::stretches(&open.plan, free) }));
        }
        Ok(None)
    }
}
