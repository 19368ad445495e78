//! `theriac recall holders`: who has what is recalled, by the events of `Custody` and `Units`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::{Address, B128, B256};
use serde::Serialize;
use theriac_bindings::catalog::Catalog::{CatalogEvents, LotRegistered};
use theriac_bindings::custody::Custody::{CustodyEvents, ItemCommissioned, ItemDecommissioned, ItemReceived};
use theriac_client::rooms::Recall;
use theriac_client::types::RecallScope;
use theriac_client::units::Ledger;
use theriac_client::units::ledger::Gone;
use theriac_client::{Roles, RoomEvent, RoomLog, Suite};
use theriac_core::ids::{ItemId, LotId, UnitId};

use super::{answer, known};
use crate::answer::{Answer, Table};
use crate::commands::people::People;
use crate::commands::proofs;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// One holder for a program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    account: Address,
    roles: Roles,
    acknowledged: bool,
    /// Items.
    count: usize,
    items: Vec<ItemId>,
    /// Recalled packs in the units.
    packs: u64,
    units: Vec<UnitId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    recall: u64,
    open: bool,
    /// Commissioned and not decommissioned.
    items: usize,
    /// Items whose holder has acknowledged.
    items_acknowledged: usize,
    decommissioned: usize,
    /// Packs in units.
    packs: u64,
    packs_acknowledged: u64,
    /// Packs that left their units for those whom they are for, and must be sought with them.
    dispensed: u64,
    destroyed: u64,
    holders: Vec<Entry>,
    /// All who acknowledged, whether they hold any or not.
    acknowledged: Vec<Address>,
}

/// What is recalled, as a test of item ids.
enum Recalled {
    Lots(HashSet<LotId>),
    Item(ItemId),
}

/// Where the items of a recall are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Whereabouts {
    holder: BTreeMap<ItemId, Address>,
    decommissioned: BTreeSet<ItemId>,
}

/// Which recalled packs lie in units, and how many have left them.
#[derive(Debug, Default)]
struct InUnits {
    held: BTreeMap<Address, Vec<(UnitId, u64)>>,
    dispensed: u64,
    destroyed: u64,
}

impl InUnits {
    async fn of(context: &Context<'_>, suite: &Suite, recalled: &Recalled) -> Result<Self, Failure> {
        match recalled {
            Recalled::Lots(lots) => Ok(Self::of_lots(&Ledger::read(suite, |lot| lots.contains(&lot)).await?, lots)),
            Recalled::Item(item) if suite.custody().is_held_in_units(item.lot()).await? => {
                let named = Item { id: *item, udi: None };
                let index = proofs::membership(context, suite, &named).await?.index;
                Ok(Self::of_pack(&Ledger::read(suite, |lot| lot == item.lot()).await?, item.lot(), index))
            }
            Recalled::Item(_) => Ok(Self::default()),
        }
    }

    fn of_lots(ledger: &Ledger, lots: &HashSet<LotId>) -> Self {
        let mut found = Self::default();
        for (unit, range) in ledger.units() {
            let packs = ledger.packs_in(unit);
            if packs > 0 {
                found.held.entry(range.holder).or_default().push((unit, packs));
            }
        }
        lots.iter().flat_map(|lot| ledger.gone_of(*lot)).for_each(|(_, how)| found.count(how));
        found
    }

    fn of_pack(ledger: &Ledger, lot: LotId, index: u32) -> Self {
        let mut found = Self::default();
        match (ledger.gone(lot, index), ledger.unit_at(lot, index)) {
            (Some(how), _) => found.count(how),
            (None, Some((unit, range))) => drop(found.held.insert(range.holder, vec![(unit, 1)])),
            (None, None) => {}
        }
        found
    }

    fn count(&mut self, how: Gone) {
        match how {
            Gone::Dispensed => self.dispensed += 1,
            Gone::Destroyed => self.destroyed += 1,
        }
    }
}

/// Shows who holds what is recalled, most items and packs first.
pub(super) async fn run(context: &Context<'_>, number: u64) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let recall = known::recall(&suite, number).await?;
    let recalled = Recalled::of(&suite, &recall).await?;
    let whereabouts = Whereabouts::replay(&recalled, &moves(&suite, &recalled).await?);
    let acknowledged = acknowledged(&suite, number).await?;
    let in_units = InUnits::of(context, &suite, &recalled).await?;
    let holders = entries(&suite, &whereabouts, &in_units, &acknowledged).await?;
    let answered = || holders.iter().filter(|entry| entry.acknowledged);
    let items_acknowledged = answered().map(|entry| entry.count).sum();
    let packs_acknowledged = answered().map(|entry| entry.packs).sum();
    let facts = Facts {
        recall: number,
        open: recall.closed_at == 0,
        items: whereabouts.holder.len(),
        items_acknowledged,
        decommissioned: whereabouts.decommissioned.len(),
        packs: holders.iter().map(|entry| entry.packs).sum(),
        packs_acknowledged,
        dispensed: in_units.dispensed,
        destroyed: in_units.destroyed,
        holders,
        acknowledged: acknowledged.into_iter().collect(),
    };
    Answer::new(facts.text(), &facts)
}

async fn entries(
    suite: &Suite,
    whereabouts: &Whereabouts,
    in_units: &InUnits,
    acknowledged: &BTreeSet<Address>,
) -> Result<Vec<Entry>, Failure> {
    let mut people = People::new(suite);
    let mut items: BTreeMap<Address, Vec<ItemId>> = BTreeMap::new();
    for (item, holder) in &whereabouts.holder {
        items.entry(*holder).or_default().push(*item);
    }
    let accounts: BTreeSet<Address> = items.keys().chain(in_units.held.keys()).copied().collect();
    let mut entries = Vec::with_capacity(accounts.len());
    for account in accounts {
        let roles = people.roles(account).await?;
        let acknowledged = acknowledged.contains(&account);
        let items = items.remove(&account).unwrap_or_default();
        let held = in_units.held.get(&account).map_or(&[][..], Vec::as_slice);
        let (packs, units) = (held.iter().map(|(_, packs)| packs).sum(), held.iter().map(|(unit, _)| *unit).collect());
        entries.push(Entry { account, roles, acknowledged, count: items.len(), items, packs, units });
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.packs.saturating_add(entry.count as u64)));
    Ok(entries)
}

async fn acknowledged(suite: &Suite, recall: u64) -> Result<BTreeSet<Address>, Failure> {
    let logs = answer::acknowledgements(suite, recall, |filter| filter).await?;
    let told = logs.into_iter().filter_map(|log| match log.event {
        RoomEvent::Custody(CustodyEvents::RecallAcknowledged(told)) => Some(told.holder),
        _ => None,
    });
    Ok(told.collect())
}

/// The events that say who holds. The node cannot sift items by their lot, so of a lot or model it gives those of all items.
async fn moves(suite: &Suite, recalled: &Recalled) -> Result<Vec<RoomLog>, Failure> {
    let kinds = [ItemCommissioned::SIGNATURE_HASH, ItemReceived::SIGNATURE_HASH, ItemDecommissioned::SIGNATURE_HASH];
    let mut filter = Filter::new().address(suite.custody().address()).event_signature(kinds.to_vec());
    if let Recalled::Item(item) = recalled {
        filter = filter.topic1(item.0);
    }
    Ok(suite.logs_of(filter, suite.deployment().block, suite.chain().block_number().await?).await?)
}

/// The lot id in a subject word: 16 bytes, then zeros.
pub(super) fn lot_half(subject: B256) -> B128 {
    B128::from_slice(&subject[..16])
}

impl Recalled {
    async fn of(suite: &Suite, recall: &Recall) -> Result<Self, Failure> {
        Ok(match recall.scope {
            RecallScope::Item => Self::Item(ItemId(recall.subject)),
            RecallScope::Lot => Self::Lots(HashSet::from([LotId(lot_half(recall.subject))])),
            RecallScope::Model => {
                let registered = Filter::new()
                    .address(suite.catalog().address())
                    .event_signature(LotRegistered::SIGNATURE_HASH)
                    .topic2(recall.subject);
                let newest = suite.chain().block_number().await?;
                let logs = suite.logs_of(registered, suite.deployment().block, newest).await?;
                let lots = logs.into_iter().filter_map(|log| match log.event {
                    RoomEvent::Catalog(CatalogEvents::LotRegistered(told)) => Some(LotId(told.lot)),
                    _ => None,
                });
                Self::Lots(lots.collect())
            }
        })
    }

    fn has(&self, item: ItemId) -> bool {
        match self {
            Self::Item(recalled) => *recalled == item,
            Self::Lots(lots) => lots.contains(&item.lot()),
        }
    }
}

impl Whereabouts {
    fn replay(recalled: &Recalled, logs: &[RoomLog]) -> Self {
        let mut known = Self::default();
        for log in logs {
            let RoomEvent::Custody(event) = &log.event else { continue };
            match event {
                CustodyEvents::ItemCommissioned(told) => known.now_has(recalled, ItemId(told.item), told.holder),
                CustodyEvents::ItemReceived(told) => known.now_has(recalled, ItemId(told.item), told.to),
                CustodyEvents::ItemDecommissioned(told) => known.ended(ItemId(told.item)),
                _ => {}
            }
        }
        known
    }

    fn ended(&mut self, item: ItemId) {
        if self.holder.remove(&item).is_some() {
            self.decommissioned.insert(item);
        }
    }

    fn now_has(&mut self, recalled: &Recalled, item: ItemId, holder: Address) {
        // A decommissioned item can still travel back to its maker; it stays decommissioned.
        if recalled.has(item) && !self.decommissioned.contains(&item) {
            self.holder.insert(item, holder);
        }
    }
}

impl Facts {
    fn text(&self) -> String {
        let mut table = Table::new(["Holder", "Roles", "Items", "Packs", "Acknowledged"]);
        for Entry { account, roles, acknowledged, count, packs, .. } in &self.holders {
            let answer = if *acknowledged { "yes" } else { "no" };
            let (count, packs) = (count.to_string(), packs.to_string());
            table.row([account.to_string(), roles.to_string(), count, packs, answer.to_owned()]);
        }
        let state = if self.open { "open" } else { "closed" };
        let mut in_units = String::new();
        if self.packs + self.dispensed + self.destroyed > 0 {
            in_units = format!(
                "\n{} packs in units, {} of them with holders that acknowledged; {} dispensed, {} destroyed",
                self.packs, self.packs_acknowledged, self.dispensed, self.destroyed
            );
        }
        format!(
            "recall {} ({state}): {} items in use, {} of them with holders that acknowledged; {} decommissioned{in_units}\n\n{}",
            self.recall,
            self.items,
            self.items_acknowledged,
            self.decommissioned,
            table.render("nobody holds any")
        )
    }
}
