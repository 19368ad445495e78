//! `theriac custody trace`: the life of one item, of one pack through its units, or of one unit.

use std::collections::HashMap;

use alloy_primitives::{Address, B256};
use serde::Serialize;
use theriac_client::types::Standing;
use theriac_client::units::ledger::Gone;
use theriac_client::units::{Book, Ledger, Step};
use theriac_client::{RoomEvent, RoomLog, Suite};
use theriac_core::gs1::Sscc;
use theriac_core::ids::{ItemId, LotId, UnitId};

use super::named::{self, NamedUnit, Things};
use super::timeline::{self, Happening};
use super::unit_timeline::{self, Words};
use crate::answer::{Answer, Table};
use crate::commands::people::People;
use crate::commands::proofs;
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
struct PackFacts {
    item: ItemId,
    /// Where its serial stands in the lot.
    index: u32,
    unit: Option<UnitId>,
    sscc: Option<Sscc>,
    /// None where the pack has left its unit.
    holder: Option<Address>,
    addressee: Option<Address>,
    gone: Option<Gone>,
    standing: Standing,
    events: Vec<Event>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnitFacts {
    unit: UnitId,
    sscc: Option<Sscc>,
    lot: LotId,
    holder: Address,
    addressee: Option<Address>,
    first: u32,
    count: u32,
    packs: u64,
    standing: Standing,
    events: Vec<Event>,
}

/// What happened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    at: String,
    block: u64,
    verb: &'static str,
    from: Option<Address>,
    to: Option<Address>,
    evidence: B256,
    text: String,
}

/// Shows who had the thing. Of an item of which nothing is known, that is said, with exit code 1.
pub(super) async fn run(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    let texts = [text.to_owned()];
    let words = named::words(&texts)?;
    let suite = context.suite().await?;
    match named::find(context, &suite, &texts, &words).await? {
        Things::Units(units) => units_trace(context, &suite, &units).await,
        Things::Items(items) => {
            let item = items.into_iter().next().map_or_else(|| Item::parse(text), Ok)?;
            match suite.custody().is_held_in_units(item.id.lot()).await? {
                true => pack_trace(context, &suite, &item).await,
                false => item_trace(&suite, item.id).await,
            }
        }
    }
}

async fn item_trace(suite: &Suite, item: ItemId) -> Result<Answer, Failure> {
    let mut people = People::new(suite);
    let holding = suite.custody().holding_of(item).await?;
    let standing = suite.custody().is_movable(item).await?;
    let logs = timeline::logs(suite, item).await?;
    let events = custody_events(suite, &mut people, &logs, &mut HashMap::new()).await?;
    let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
    let holder = match holding.holder {
        Some(holder) => people.name(holder).await?,
        None => "nobody: it was never commissioned".to_owned(),
    };
    let way = match holding.addressee {
        Some(addressee) => format!("\non its way  to {}", people.name(addressee).await?),
        None => String::new(),
    };
    let table = table(&events);
    let text = format!("item        {item}\nholder      {holder}{way}\nstanding    {standing}\n\n{table}");
    let known = holding.holder.is_some() || !events.is_empty();
    let facts = Facts { item, holder: holding.holder, addressee: holding.addressee, standing, events };
    Ok(Answer::new(text, &facts)?.good(known))
}

async fn pack_trace(context: &Context<'_>, suite: &Suite, item: &Item) -> Result<Answer, Failure> {
    let index = proofs::membership(context, suite, item).await?.index;
    let lot = item.id.lot();
    let (book, ledger) = (Book::open(&context.options.home)?, Ledger::read(suite, |of| of == lot).await?);
    let mut people = People::new(suite);
    let events = pack_events(suite, &mut people, &book, &ledger, item.id, index).await?;
    let (gone, at) = (ledger.gone(lot, index), ledger.unit_at(lot, index));
    let mut words = Words { people: &mut people, book: &book };
    let holder = match (gone, at) {
        (Some(Gone::Dispensed), _) => "nobody in the trade: it was dispensed".to_owned(),
        (Some(Gone::Destroyed), _) => "nobody: it was destroyed".to_owned(),
        (None, Some((_, range))) => words.who(range.holder).await?,
        (None, None) => "nobody: its lot was never commissioned".to_owned(),
    };
    let way = match at.and_then(|(_, range)| range.addressee).filter(|_| gone.is_none()) {
        Some(addressee) => format!("\non its way  to {}", words.who(addressee).await?),
        None => String::new(),
    };
    let unit = at.map_or_else(|| "none".to_owned(), |(unit, _)| words.unit(unit));
    // Recalls and stops of the pack itself stand in `Custody`, those of its unit in `Units`; the first that stops it counts.
    let standing = match (suite.custody().is_movable(item.id).await?, at) {
        (Standing::Movable, Some((unit, _))) => suite.units().is_movable(unit).await?,
        (own, _) => own,
    };
    let text = format!(
        "pack        {} (index {index})\nunit        {unit}\nholder      {holder}{way}\nstanding    {standing}\n\n{}",
        item.id,
        table(&events)
    );
    let facts = PackFacts {
        item: item.id,
        index,
        unit: at.map(|(unit, _)| unit),
        sscc: at.and_then(|(unit, _)| book.get(unit)).map(|entry| entry.sscc.clone()),
        holder: at.map(|(_, range)| range.holder).filter(|_| gone.is_none()),
        addressee: at.and_then(|(_, range)| range.addressee).filter(|_| gone.is_none()),
        gone,
        standing,
        events,
    };
    let known = !facts.events.is_empty();
    Ok(Answer::new(text, &facts)?.good(known))
}

/// What happened to the pack at an index: in its units, and by recalls and stops of its own, in their order.
pub(crate) async fn pack_events(
    suite: &Suite,
    people: &mut People<'_>,
    book: &Book,
    ledger: &Ledger,
    item: ItemId,
    index: u32,
) -> Result<Vec<Event>, Failure> {
    let mut times = HashMap::new();
    let logs = timeline::logs(suite, item).await?;
    let mut events = custody_events(suite, people, &logs, &mut times).await?;
    let steps = ledger.steps_of(item.lot(), index);
    events.extend(unit_events(suite, &mut Words { people, book }, steps, &mut times).await?);
    events.sort_by_key(|(place, _)| *place);
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

async fn units_trace(context: &Context<'_>, suite: &Suite, units: &[NamedUnit]) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct All {
        units: Vec<UnitFacts>,
    }
    let (book, mut people) = (Book::open(&context.options.home)?, People::new(suite));
    let (mut texts, mut all) = (Vec::new(), Vec::new());
    for NamedUnit { id, sscc, state } in units {
        let lot = id.lot();
        let ledger = Ledger::read(suite, |of| of == lot).await?;
        let standing = suite.units().is_movable(*id).await?;
        let mut words = Words { people: &mut people, book: &book };
        let events = unit_events(suite, &mut words, ledger.steps_of_unit(*id), &mut HashMap::new()).await?;
        let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
        let way = match state.addressee {
            Some(addressee) => format!("\non its way  to {}", words.who(addressee).await?),
            None => String::new(),
        };
        let (name, holder, packs) = (words.unit(*id), words.who(state.holder).await?, ledger.packs_in(*id));
        texts.push(format!(
            "unit        {name}\nlot         {lot}\npacks       {packs}, from index {}\nholder      {holder}{way}\n\
             standing    {standing}\n\n{}",
            state.first,
            table(&events)
        ));
        all.push(UnitFacts {
            unit: *id,
            sscc: sscc.clone(),
            lot,
            holder: state.holder,
            addressee: state.addressee,
            first: state.first,
            count: state.count,
            packs,
            standing,
            events,
        });
    }
    Answer::new(texts.join("\n\n"), &All { units: all })
}

/// Where an event stands: block, and place in it.
type Placed = ((u64, u64), Event);

async fn custody_events(
    suite: &Suite,
    people: &mut People<'_>,
    logs: &[RoomLog],
    times: &mut HashMap<u64, u64>,
) -> Result<Vec<Placed>, Failure> {
    let mut events = Vec::new();
    for log in logs {
        let RoomEvent::Custody(event) = &log.event else { continue };
        let Some(happening) = timeline::happening(people, event).await? else { continue };
        events.extend(placed(suite, log, happening, times).await?);
    }
    Ok(events)
}

async fn unit_events<'a>(
    suite: &Suite,
    words: &mut Words<'_, '_>,
    steps: impl Iterator<Item = &'a Step>,
    times: &mut HashMap<u64, u64>,
) -> Result<Vec<Placed>, Failure> {
    let mut events = Vec::new();
    for step in steps {
        let Some(happening) = unit_timeline::happening(words, step).await? else { continue };
        events.extend(placed(suite, &step.log, happening, times).await?);
    }
    Ok(events)
}

/// The event with its time; none for one that no block has.
async fn placed(
    suite: &Suite,
    log: &RoomLog,
    happening: Happening,
    times: &mut HashMap<u64, u64>,
) -> Result<Option<Placed>, Failure> {
    let Some(block) = log.block_number else { return Ok(None) };
    let seconds = match times.get(&block) {
        Some(seconds) => *seconds,
        None => suite.chain().time_of(block).await?,
    };
    times.insert(block, seconds);
    let Happening { verb, from, to, evidence, text } = happening;
    let event = Event { at: time::iso(seconds), block, verb, from, to, evidence, text };
    Ok(Some(((block, log.index.unwrap_or_default()), event)))
}

/// The events as lines.
pub(crate) fn table(events: &[Event]) -> String {
    let mut table = Table::new(["When", "Block", "What"]);
    for event in events {
        table.row([event.at.clone(), event.block.to_string(), event.text.clone()]);
    }
    table.render("nothing happened to it")
}
