//! `theriac custody trace`: the life of one item.

use std::collections::HashMap;

use alloy_primitives::{Address, B256};
use serde::Serialize;
use theriac_client::types::Standing;
use theriac_client::{RoomEvent, Suite};
use theriac_core::ids::ItemId;

use super::timeline::{self, Happening};
use crate::answer::{Answer, Table};
use crate::commands::people::People;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    holder: Option<Address>,
    addressee: Option<Address>,
    standing: Standing,
    events: Vec<Event>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    at: String,
    block: u64,
    verb: &'static str,
    from: Option<Address>,
    to: Option<Address>,
    evidence: B256,
    text: String,
}

/// Shows who had the item. Of an item of which nothing is known, that is said, with exit code 1.
pub(super) async fn run(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    let item = Item::parse(text)?.id;
    let suite = context.suite().await?;
    let mut people = People::new(&suite);
    let holding = suite.custody().holding_of(item).await?;
    let standing = suite.custody().is_movable(item).await?;
    let events = events(&suite, &mut people, item).await?;
    let holder = match holding.holder {
        Some(holder) => people.name(holder).await?,
        None => "nobody: it was never commissioned".to_owned(),
    };
    let way = match holding.addressee {
        Some(addressee) => format!("\non its way  to {}", people.name(addressee).await?),
        None => String::new(),
    };
    let mut table = Table::new(["When", "Block", "What"]);
    for event in &events {
        table.row([event.at.clone(), event.block.to_string(), event.text.clone()]);
    }
    let text = format!(
        "item        {item}\nholder      {holder}{way}\nstanding    {standing}\n\n{}",
        table.render("nothing happened to it")
    );
    let known = holding.holder.is_some() || !events.is_empty();
    let facts = Facts { item, holder: holding.holder, addressee: holding.addressee, standing, events };
    Ok(Answer::new(text, &facts)?.good(known))
}

async fn events(suite: &Suite, people: &mut People<'_>, item: ItemId) -> Result<Vec<Event>, Failure> {
    let mut times: HashMap<u64, u64> = HashMap::new();
    let mut events = Vec::new();
    for log in timeline::logs(suite, item).await? {
        let (RoomEvent::Custody(event), Some(block)) = (&log.event, log.block_number) else { continue };
        let Some(happening) = timeline::happening(people, event).await? else { continue };
        let seconds = match times.get(&block) {
            Some(seconds) => *seconds,
            None => suite.chain().time_of(block).await?,
        };
        times.insert(block, seconds);
        let Happening { verb, from, to, evidence, text } = happening;
        events.push(Event { at: time::iso(seconds), block, verb, from, to, evidence, text });
    }
    Ok(events)
}
