//! The verbs of [`act`](super::act) for logistic units: whole cases and pallets in one step each.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use serde::Serialize;
use theriac_client::rooms::{Unit, Units};
use theriac_client::types::UnitStop;
use theriac_client::{Call, Suite};
use theriac_core::epcis::links;
use theriac_core::epcis::verbs::Things as EventThings;
use theriac_core::gs1::Sscc;
use theriac_core::ids::UnitId;

use super::act::{About, Act, CustodyEvent, Deed, Parties};
use super::named::NamedUnit;
use crate::answer::Answer;
use crate::commands::events::{self, Kept};
use crate::commands::several;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// What is done with one unit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) unit: UnitId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sscc: Option<Sscc>,
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
    evidence: B256,
    /// As the chain has it.
    #[serde(skip)]
    state: Unit,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    verb: &'static str,
    units: &'a [Entry],
    #[serde(flatten)]
    done: Done,
}

/// Does it to all units, or to none.
pub(super) async fn run(
    context: &Context<'_>,
    suite: &Suite,
    options: &Act,
    units: &[NamedUnit],
    deed: Deed,
) -> Result<Answer, Failure> {
    let (entries, done) = act(context, suite, options, units, deed).await?;
    let text = told(context, units, &entries, deed, &done);
    Answer::new(text, &Facts { verb: deed.verb(), units: &entries, done })
}

/// The sentence about what was done.
pub(super) fn told(context: &Context<'_>, units: &[NamedUnit], entries: &[Entry], deed: Deed, done: &Done) -> String {
    let are = match (context.options.dry_run, units.len()) {
        (true, _) => "would be",
        (false, 1) => "is",
        (false, _) => "are",
    };
    let named = match units {
        [unit] => format!("unit {}", unit.name()),
        units => format!("{} units", units.len()),
    };
    let senders: Vec<_> = entries.iter().map(|entry| entry.from).collect();
    format!("{named} {are} {}\n{}", deed.participle(&senders), done.text())
}

/// The same, for whom has more to tell.
pub(super) async fn act(
    context: &Context<'_>,
    suite: &Suite,
    options: &Act,
    units: &[NamedUnit],
    deed: Deed,
) -> Result<(Vec<Entry>, Done), Failure> {
    refuse_of_items(deed)?;
    let mut kept = Kept::default();
    let entries = entries(context, suite, options, units, deed, &mut kept).await?;
    let done = kept.settle(perform(context, suite, &entries, deed).await)?;
    Ok((entries, done))
}

/// What units have verbs of their own for.
fn refuse_of_items(deed: Deed) -> Result<(), Failure> {
    let help = match deed {
        Deed::Commission => "a lot begins its life as one unit: `theriac custody commission-lot`",
        Deed::Decommission => "packs in units end their life by `theriac custody destroy`",
        _ => return Ok(()),
    };
    Err(Failure::user("NotForUnits", format!("`{}` is for items, and this is a logistic unit", deed.verb()), help))
}

async fn entries(
    context: &Context<'_>,
    suite: &Suite,
    options: &Act,
    units: &[NamedUnit],
    deed: Deed,
    kept: &mut Kept,
) -> Result<Vec<Entry>, Failure> {
    let given = options.evidence.given(context).await?;
    let (by, moment) = (suite.chain().account(), events::now());
    let mut entries = Vec::with_capacity(units.len());
    for NamedUnit { id, sscc, state } in units {
        let from = Some(state.holder);
        let to = match deed {
            Deed::Ship { to } => Some(to),
            Deed::Receive | Deed::Reject | Deed::Cancel => state.addressee,
            _ => None,
        };
        let evidence = match (given, sscc) {
            (Some(digest), _) => digest,
            (None, Some(sscc)) => {
                let thing = links::unit(sscc).map_err(|error| Failure::of(&error))?;
                let back = to.is_some_and(|to| state.came_from(to));
                let parties = Parties::new(suite, from, to)?;
                kept.keep(context, deed.event(moment.clone(), EventThings::items([thing]), parties, back))?
            }
            // Where the unit's number is not known.
            (None, None) => CustodyEvent::keep(context, deed, About::Unit(*id), (from, to), by).await?,
        };
        entries.push(Entry { unit: *id, sscc: sscc.clone(), from, to, evidence, state: *state });
    }
    Ok(entries)
}

async fn perform(context: &Context<'_>, suite: &Suite, entries: &[Entry], deed: Deed) -> Result<Done, Failure> {
    let (room, signer) = (suite.units(), suite.chain().account());
    match deed {
        Deed::Ship { to } => each(context, &room, entries, |unit, evidence| room.ship(unit, to, evidence)).await,
        Deed::Receive => {
            let mut calls = Vec::with_capacity(entries.len());
            for Entry { unit, evidence, state, .. } in entries {
                // What is under way cannot change; a sender that calls it back and ships another range under the label is refused.
                let packs = u32::try_from(room.packs_in(*unit).await?).unwrap_or(u32::MAX);
                calls.push(room.receive(*unit, state.first, state.count, packs, *evidence));
            }
            several::perform(context, &calls, |data| room.multicall(data)).await
        }
        Deed::Reject => each(context, &room, entries, |unit, evidence| room.reject(unit, evidence)).await,
        Deed::Cancel => each(context, &room, entries, |unit, evidence| room.cancel_shipment(unit, evidence)).await,
        Deed::Quarantine => {
            each(context, &room, entries, |unit, evidence| room.stop(unit, UnitStop::Quarantine, evidence)).await
        }
        Deed::ReportLost { loss } => {
            each(context, &room, entries, |unit, evidence| room.stop(unit, loss.into(), evidence)).await
        }
        Deed::Release { set_by } => {
            let set_by = set_by.unwrap_or(signer);
            let free = |unit, evidence| room.free(unit, UnitStop::Quarantine, set_by, evidence);
            each(context, &room, entries, free).await
        }
        Deed::Recover { set_by } => {
            let set_by = set_by.unwrap_or(signer);
            let mut calls = Vec::with_capacity(entries.len());
            for entry in entries {
                // Whether it was lost or stolen, the chain knows. Of what nobody reported it says so itself.
                let stolen = room.is_stopped_by(entry.unit, UnitStop::Stolen, set_by).await?;
                let why = if stolen { UnitStop::Stolen } else { UnitStop::Lost };
                calls.push(room.free(entry.unit, why, set_by, entry.evidence));
            }
            several::perform(context, &calls, |data| room.multicall(data)).await
        }
        Deed::Commission | Deed::Decommission => refuse_of_items(deed).map(|()| Done::nothing(context)),
    }
}

async fn each<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    room: &Units,
    entries: &[Entry],
    call: impl Fn(UnitId, B256) -> Call<C>,
) -> Result<Done, Failure> {
    let calls: Vec<_> = entries.iter().map(|entry| call(entry.unit, entry.evidence)).collect();
    several::perform(context, &calls, |data| room.multicall(data)).await
}
