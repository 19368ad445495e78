//! `theriac mds show`.

use alloy_primitives::{Address, B256};
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::mds;
use theriac_client::rooms::{Profile, Service};
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use super::next::StateFacts;
use crate::answer::Answer;
use crate::commands::people::People;
use crate::commands::subject::Item;
use crate::commands::workorder;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    owner: Option<Address>,
    operator: Option<Address>,
    /// None where nobody wrote a profile.
    profile: Option<ProfileFacts>,
    service: Service,
    overdue: bool,
    /// Whether it can be given to a patient.
    usable: bool,
    /// Those that have not ended.
    work_orders: Vec<workorder::OrderFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileFacts {
    version: u32,
    #[serde(flatten)]
    state: StateFacts,
    updated_at: String,
    document: ContentAddress,
    patient: Option<B256>,
    location: Option<B256>,
}

impl ProfileFacts {
    fn of(profile: &Profile) -> Result<Self, Failure> {
        Ok(Self {
            version: profile.version,
            state: StateFacts::from(&profile.state),
            updated_at: time::iso(profile.updated_at),
            document: profile.content.address()?,
            patient: profile.patient,
            location: profile.location,
        })
    }
}

/// Shows the device; exit code 1 where there is no profile.
pub(super) async fn run(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    let item = Item::parse(text)?.id;
    let suite = context.suite().await?;
    let facts = facts(&suite, item).await?;
    let text = facts.text(&mut People::new(&suite)).await?;
    Ok(Answer::new(text, &facts)?.good(facts.profile.is_some()))
}

async fn facts(suite: &Suite, item: ItemId) -> Result<Facts, Failure> {
    let (room, devices) = (suite.mds_profiles(), suite.devices());
    let (owner, profile, service, overdue, usable, orders) = tokio::try_join!(
        devices.owner_of(item),
        room.profile_of(item),
        room.service_of(item),
        room.is_overdue(item),
        room.is_usable(item),
        mds::orders(suite, Some(item))
    )?;
    Ok(Facts {
        item,
        owner,
        operator: profile.as_ref().and_then(|profile| profile.operator),
        profile: profile.as_ref().map(ProfileFacts::of).transpose()?,
        service,
        overdue,
        usable,
        work_orders: orders
            .iter()
            .filter(|entry| entry.is_running())
            .map(workorder::OrderFacts::of)
            .collect::<Result<_, _>>()?,
    })
}

impl Facts {
    async fn text(&self, people: &mut People<'_>) -> Result<String, Failure> {
        let mut rows = vec![("item", self.item.to_string())];
        rows.push(("owner", name(people, self.owner).await?));
        rows.push(("operator", name(people, self.operator).await?));
        match &self.profile {
            None => rows.push(("profile", "none: nobody wrote one".to_owned())),
            Some(profile) => {
                rows.push(("state", profile.state.text()));
                rows.push(("version", format!("{}, {}", profile.version, profile.updated_at)));
                rows.push(("document", profile.document.uri()));
                rows.push(("patient", commitment(profile.patient, "nobody")));
                rows.push(("location", commitment(profile.location, "unknown")));
            }
        }
        let service = &self.service;
        rows.push(("maintenance", dates(service.maintained_at, service.maintenance_due)));
        rows.push(("calibration", dates(service.calibrated_at, service.calibration_due)));
        rows.push(("overdue", if self.overdue { "YES: have it serviced before use" } else { "no" }.to_owned()));
        rows.push(("usable", if self.usable { "yes" } else { "no" }.to_owned()));
        for order in &self.work_orders {
            rows.push(("work order", order.text()));
        }
        let lines: Vec<String> = rows.into_iter().map(|(name, value)| format!("{name:<13}{value}")).collect();
        Ok(lines.join("\n"))
    }
}

async fn name(people: &mut People<'_>, account: Option<Address>) -> Result<String, Failure> {
    match account {
        Some(account) => people.name(account).await,
        None => Ok("nobody".to_owned()),
    }
}

fn commitment(word: Option<B256>, none: &str) -> String {
    word.map_or_else(|| none.to_owned(), |word| format!("commitment {word}"))
}

fn dates(last: Option<u64>, due: Option<u64>) -> String {
    let iso = |date: Option<u64>, none: &str| date.map_or_else(|| none.to_owned(), time::iso);
    format!("last {}, due {}", iso(last, "never"), iso(due, "not said"))
}
