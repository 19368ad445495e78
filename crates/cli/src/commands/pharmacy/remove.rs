//! `theriac pharmacy return` and `destroy`: what leaves a pharmacy without being sold.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::dispensing::{self, History};
use theriac_client::rooms::Unit;
use theriac_core::epcis::links;
use theriac_core::epcis::verbs::{self, Things};
use theriac_core::gs1::{Gtin, Lot as LotNumber};
use theriac_core::ids::{ItemId, UnitId};
use theriac_core::merkle::Leaf;

use super::basket::{self, Basket, Wanted};
use super::product;
use crate::answer::Answer;
use crate::commands::documents::{lot_document, registered_lot};
use crate::commands::events::{self, Kept};
use crate::commands::{proofs, several};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac pharmacy return`.
#[derive(Debug, Args)]
pub(crate) struct Return {
    /// The unit: its id, or its SSCC where it is known here.
    #[arg(value_name = "SSCC|UNIT")]
    unit: String,
}

/// Options of `theriac pharmacy destroy`.
#[derive(Debug, Args)]
pub(crate) struct Destroy {
    /// The packs: UDIs with a serial in any form, or item ids.
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<String>,
    /// The unit that they are in, instead of looking for it: a unit id.
    #[arg(long, value_name = "UNIT", conflicts_with = "returned")]
    unit: Option<String>,
    /// They were sold, and patients brought them back.
    #[arg(long)]
    returned: bool,
}

#[derive(Serialize)]
struct ReturnFacts {
    unit: UnitId,
    to: Address,
    packs: u64,
    evidence: B256,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
struct DestroyFacts {
    items: Vec<ItemId>,
    returned: bool,
    evidence: B256,
    #[serde(flatten)]
    done: Done,
}

/// Sends a unit back to whom it came from.
pub(super) async fn send_back(context: &Context<'_>, options: &Return) -> Result<Answer, Failure> {
    let id = product::unit(context, &options.unit)?;
    let suite = context.signing_suite().await?;
    let pharmacy = suite.chain().account();
    let history = History::of(&suite, pharmacy).await?;
    let Some(unit) = suite.units().unit_of(id).await?.filter(|unit| unit.holder == pharmacy) else {
        let what = format!("{pharmacy} does not hold unit {id}");
        return Err(Failure::user("NotHeld", what, "`theriac pharmacy stock` lists the units that it holds"));
    };
    let to = source(&history, pharmacy, id, &unit)?;
    let packs = suite.units().packs_in(id).await?;
    let document = lot_document(context, &registered_lot(&suite, id.lot()).await?).await?;
    let details = document.details();
    let gtin = Gtin::new(&details.di).map_err(|error| Failure::of(&error))?;
    let class = match details.lot.as_str() {
        "" => links::product(&gtin),
        number => links::lot(&gtin, &LotNumber::new(number).map_err(|error| Failure::of(&error))?),
    };
    let things = Things::pieces(class.map_err(|error| Failure::of(&error))?, packs);
    let chain = suite.chain().chain_id();
    let (ours, theirs) = (events::party(chain, pharmacy)?, events::party(chain, to)?);
    let mut kept = Kept::default();
    let evidence = kept.keep(context, verbs::send_back(events::now(), things, ours, theirs))?;
    let done = kept.settle(context.perform(&suite.units().ship(id, to, evidence)).await)?;
    let verb = if context.options.dry_run { "would go back" } else { "goes back" };
    let text = format!("unit {id} with {packs} packs {verb} to {to}\n{}", done.text());
    Answer::new(text, &ReturnFacts { unit: id, to, packs, evidence, done })
}

fn source(history: &History, pharmacy: Address, id: UnitId, unit: &Unit) -> Result<Address, Failure> {
    dispensing::source_of(history, pharmacy, id, unit).ok_or_else(|| {
        let what = format!("the events do not tell from whom unit {id} came");
        Failure::user("UnknownSource", what, "ship it with `theriac custody ship`, to whom it came from")
    })
}

/// Destroys packs of one's own units, or ones that patients brought back.
pub(super) async fn destroy(context: &Context<'_>, options: &Destroy) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let items = several::items(&options.packs)?;
    let things = Things::items(basket::links_of_items(context, &suite, &items).await?);
    let event = verbs::destroy(events::now(), things);
    let mut kept = Kept::default();
    let (evidence, done) = if options.returned {
        let proven = proofs::memberships(context, &suite, &items).await?;
        let evidence = kept.keep(context, event)?;
        let calls = items.iter().zip(&proven).map(|(item, membership)| {
            let leaf = Leaf { index: membership.index, half: item.id.half(), tag_key: membership.tag_key };
            suite.pharmacy().destroy_returned(item.id.lot(), &leaf, membership, evidence)
        });
        let calls: Vec<_> = calls.collect();
        (evidence, kept.settle(several::perform(context, &calls, |data| suite.pharmacy().multicall(data)).await)?)
    } else {
        let ranges = ranges(context, &suite, options).await?;
        let evidence = kept.keep(context, event)?;
        let calls = ranges.iter().map(|(unit, first, count)| suite.units().destroy(*unit, *first, *count, evidence));
        let calls: Vec<_> = calls.collect();
        (evidence, kept.settle(several::perform(context, &calls, |data| suite.units().multicall(data)).await)?)
    };
    let are = if context.options.dry_run { "would be destroyed" } else { "destroyed" };
    let text = format!("{} {are}\n{}", several::named(&options.packs), done.text());
    let items = items.into_iter().map(|item| item.id).collect();
    Answer::new(text, &DestroyFacts { items, returned: options.returned, evidence, done })
}

/// The packs as ranges of indices, none of which is gone already.
async fn ranges(context: &Context<'_>, suite: &Suite, options: &Destroy) -> Result<Vec<(UnitId, u32, u32)>, Failure> {
    let wanted = Wanted {
        packs: options.packs.clone(),
        pharmacy: None,
        unit: options.unit.clone(),
        prescription: None,
        substitution: None,
    };
    let basket = Basket::fill(context, suite, &wanted).await?;
    let mut found = Vec::new();
    for portion in &basket.portions {
        let mut indices: Vec<u32> = portion.sale.proven.packs.iter().map(|leaf| leaf.index).collect();
        indices.sort_unstable();
        let unit = portion.sale.unit;
        for index in &indices {
            let what = if suite.units().is_gone(unit.lot(), *index).await? {
                "was dispensed or destroyed before"
            } else if !suite.units().unit_of(unit).await?.is_some_and(|known| known.covers(*index)) {
                "is in no unit of yours"
            } else {
                continue;
            };
            let what = format!("the pack with index {index} of lot {} {what}", unit.lot());
            return Err(Failure::user(
                "NotThere",
                what,
                "one that a patient brought back is destroyed with --returned",
            ));
        }
        found.extend(joined(&indices).into_iter().map(|(first, count)| (unit, first, count)));
    }
    Ok(found)
}

/// Ascending indices as first and count of what follows without a gap.
fn joined(indices: &[u32]) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for index in indices {
        match ranges.last_mut() {
            Some((first, count)) if first.checked_add(*count) == Some(*index) => *count += 1,
            _ => ranges.push((*index, 1)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_without_a_gap_are_one_range() {
        assert_eq!(joined(&[]), []);
        assert_eq!(joined(&[3]), [(3, 1)]);
        assert_eq!(joined(&[1, 2, 3, 7, 9, 10]), [(1, 3), (7, 1), (9, 2)]);
        assert_eq!(joined(&[u32::MAX - 1, u32::MAX]), [(u32::MAX - 1, 2)]);
    }
}
