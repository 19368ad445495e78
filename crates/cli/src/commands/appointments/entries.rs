//! Bookings of a diary with their places in civil time.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::diary::{Diary, Entry};
use theriac_client::rooms::ResourceId;
use theriac_core::calendar::{CivilDate, DayPlan, Slot, Zone};

use super::calendar::{self, Calendar};
use crate::context::Context;
use crate::failure::Failure;

/// Whose bookings.
pub(super) enum Whose {
    /// Of the account that signs, as a patient.
    Mine,
    /// Of a resource.
    Of(ResourceId),
}

/// A booking and its slot.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placed {
    #[serde(flatten)]
    pub(super) entry: Entry,
    pub(super) date: String,
    pub(super) hours: String,
    pub(super) zone: String,
    #[serde(skip)]
    pub(super) slot: Slot,
}

/// The days of resources, each asked for once.
pub(super) struct Days<'a> {
    suite: &'a Suite,
    zones: HashMap<ResourceId, Zone>,
    plans: HashMap<(ResourceId, u32), DayPlan>,
}

impl Whose {
    /// Of a resource if one is named.
    pub(super) fn read(resource: Option<&str>) -> Result<Self, Failure> {
        Ok(resource.map(calendar::resource).transpose()?.map_or(Self::Mine, Self::Of))
    }

    /// The rooms and the diary.
    pub(super) async fn diary(&self, context: &Context<'_>) -> Result<(Suite, Diary), Failure> {
        match self {
            Self::Mine => {
                let suite = context.signing_suite().await?;
                let diary = suite.diary_of_patient(suite.chain().account()).await?;
                Ok((suite, diary))
            }
            Self::Of(resource) => {
                let suite = context.suite().await?;
                let diary = suite.diary_of(*resource).await?;
                Ok((suite, diary))
            }
        }
    }
}

impl<'a> Days<'a> {
    /// None yet.
    pub(super) fn new(suite: &'a Suite) -> Self {
        Self { suite, zones: HashMap::new(), plans: HashMap::new() }
    }

    /// A day, which was opened since something was booked or offered on it.
    pub(super) async fn plan(&mut self, resource: ResourceId, day: u32) -> Result<DayPlan, Failure> {
        if let Some(plan) = self.plans.get(&(resource, day)) {
            return Ok(plan.clone());
        }
        let zone = match self.zones.get(&resource) {
            Some(zone) => zone.clone(),
            None => Calendar::open(self.suite.clone(), resource).await?.zone,
        };
        self.zones.insert(resource, zone.clone());
        let date = CivilDate::of_day_number(day).map_err(|error| calendar::bad(&error))?;
        let calendar = Calendar { suite: self.suite.clone(), resource, zone };
        let plan = calendar.required_day(date).await?.plan;
        self.plans.insert((resource, day), plan.clone());
        Ok(plan)
    }

    /// A booking with its slot. The day may have got other hours after the booking was given up, so its own start counts.
    pub(super) async fn place(&mut self, entry: Entry) -> Result<Placed, Failure> {
        let plan = self.plan(entry.resource, entry.place.day).await?;
        let start = calendar::instant(entry.starts_at);
        let end = start.checked_add(jiff::SignedDuration::from_secs(plan.length().seconds().into()));
        let slot = Slot { index: entry.place.slot, start, end: end.unwrap_or(Timestamp::MAX) };
        Ok(Placed {
            entry,
            date: plan.date().to_string(),
            hours: format!("{}–{}", plan.clock(slot.start), plan.clock(slot.end)),
            zone: plan.zone().to_string(),
            slot,
        })
    }
}
