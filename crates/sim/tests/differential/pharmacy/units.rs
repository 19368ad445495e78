//! `Units` as its interface describes it: each pack of a lot with what became of it, each unit with the list of its indices. Tallies are
//! derived from the list of all moves.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, FixedBytes, U256, keccak256};
use alloy::sol_types::SolValue;
use theriac_bindings::units::Units as abi;
use theriac_core::ids::{ItemId, LotId, ModelId, UnitId};

use crate::harness::Faults;
use crate::people::{MANUFACTURER, People, REGULATOR};

type Verdict<T = ()> = Result<T, Faults>;

/// Why packs cannot be taken out, as the interface counts them.
pub(crate) const NOT_HELD: u8 = 1;
pub(crate) const UNDER_WAY: u8 = 2;
pub(crate) const QUARANTINED: u8 = 3;
pub(crate) const LOST: u8 = 4;
pub(crate) const NOT_IN_UNIT: u8 = 5;
pub(crate) const GONE: u8 = 6;

/// The stop that is a quarantine; the others are losses.
pub(crate) const QUARANTINE: u8 = 0;

/// A lot of medicine with its packs, and what stops it.
#[derive(Clone, Debug)]
pub(crate) struct Lot {
    pub(crate) id: LotId,
    pub(crate) model: ModelId,
    pub(crate) product: u8,
    pub(crate) expires_at: u64,
    pub(crate) recalled: bool,
    pub(crate) commissioned: bool,
    pub(crate) packs: Vec<Pack>,
}

/// One pack.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    pub(crate) item: ItemId,
    pub(crate) fate: Fate,
    pub(crate) recalled: bool,
    pub(crate) quarantined: bool,
    /// A patient brought it back, and it was destroyed.
    pub(crate) return_destroyed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    InUnit,
    Dispensed,
    Destroyed,
}

/// A case or pallet.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) id: UnitId,
    pub(crate) holder: Address,
    /// Of its lot, in order.
    pub(crate) indices: Vec<u32>,
    pub(crate) addressee: Option<Address>,
    pub(crate) came_from: Option<Address>,
    /// By whom it is stopped, and why.
    pub(crate) stops: BTreeSet<(Address, u8)>,
}

impl Unit {
    pub(crate) fn first(&self) -> u32 {
        self.indices[0]
    }

    fn count(&self) -> u32 {
        u32::try_from(self.indices.len()).unwrap()
    }

    pub(crate) fn stops_of(&self, quarantine: bool) -> usize {
        self.stops.iter().filter(|(_, why)| (*why == QUARANTINE) == quarantine).count()
    }

    /// What tells the account that the holder had it from.
    pub(crate) fn tag(&self) -> FixedBytes<11> {
        self.came_from.map_or(FixedBytes::ZERO, |from| FixedBytes::from_slice(&keccak256(from.abi_encode())[..11]))
    }
}

/// Packs that went from an account to where they are now.
#[derive(Clone, Debug)]
struct Move {
    lot: LotId,
    from: Option<Address>,
    to: End,
    packs: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Account(Address),
    Dispensed,
    Destroyed,
}

/// Everything about units.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: u64,
    pub(crate) maker: Address,
    pub(crate) people: People,
    pub(crate) lots: BTreeMap<LotId, Lot>,
    pub(crate) units: BTreeMap<UnitId, Unit>,
    /// Units that were, under ids that may come back.
    pub(crate) past: BTreeSet<UnitId>,
    pub(crate) operators: BTreeSet<(Address, Address)>,
    moves: Vec<Move>,
}

impl Model {
    pub(crate) fn new(now: u64, maker: Address, people: People, lots: BTreeMap<LotId, Lot>) -> Self {
        let (units, past, operators) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { now, maker, people, lots, units, past, operators, moves: Vec::new() }
    }

    fn acts_for(&self, caller: Address, account: Address) -> bool {
        caller == account || self.operators.contains(&(account, caller))
    }

    /// Every reason why a unit of the lot may not move, as the interface of `Custody` counts them.
    pub(crate) fn standings(&self, unit: UnitId) -> Vec<u8> {
        let lot = &self.lots[&unit.lot()];
        let known = self.units.get(&unit);
        let reasons = [
            (2, lot.recalled),
            (3, lot.expires_at != 0 && self.now > lot.expires_at),
            (4, known.is_some_and(|unit| unit.stops_of(true) != 0)),
            (5, known.is_some_and(|unit| unit.stops_of(false) != 0)),
        ];
        reasons.iter().filter(|(_, is)| *is).map(|(standing, _)| *standing).collect()
    }

    pub(crate) fn is_left(&self, lot: LotId, index: u32) -> bool {
        self.lots[&lot].packs[index as usize].fate == Fate::InUnit
    }

    pub(crate) fn packs_in(&self, unit: &Unit) -> u64 {
        unit.indices.iter().filter(|index| self.is_left(unit.id.lot(), **index)).count() as u64
    }

    pub(crate) fn tally(&self, account: Address, lot: LotId) -> abi::Tally {
        let sum = |fits: &dyn Fn(&Move) -> bool| {
            self.moves.iter().filter(|one| one.lot == lot && fits(one)).map(|one| one.packs).sum()
        };
        let from = Some(account);
        abi::Tally {
            received: sum(&|one| one.to == End::Account(account)),
            sent: sum(&|one| one.from == from && matches!(one.to, End::Account(_))),
            dispensed: sum(&|one| one.from == from && one.to == End::Dispensed),
            destroyed: sum(&|one| one.from == from && one.to == End::Destroyed),
        }
    }

    /// Counted in the units that the account has, pack by pack.
    pub(crate) fn stock(&self, account: Address, lot: LotId) -> u64 {
        let units = self.units.values().filter(|unit| unit.holder == account && unit.id.lot() == lot);
        units.map(|unit| self.packs_in(unit)).sum()
    }

    pub(crate) fn commission(&mut self, caller: Address, lot: LotId, label: B256) -> Verdict {
        let maker = self.maker;
        let unit = lot.unit(maker, label);
        let mut faults = Faults::default();
        let not_maker = abi::Units_NotManufacturer { lot: lot.0, account: caller };
        faults.when(!self.acts_for(caller, maker), not_maker);
        let active = self.people.is_active_as(maker, MANUFACTURER);
        faults.when(!active, abi::Units_NotActive { account: maker });
        faults.when(self.lots[&lot].commissioned, abi::Units_AlreadyCommissioned { lot: lot.0 });
        for standing in self.standings(unit) {
            faults.when(true, abi::Units_Immovable { unit: unit.0, standing });
        }
        faults.none()?;
        let known = self.lots.get_mut(&lot).unwrap();
        known.commissioned = true;
        let indices: Vec<u32> = (0..).zip(&known.packs).map(|(index, _)| index).collect();
        let packs = indices.len() as u64;
        let made = Unit { id: unit, holder: maker, indices, addressee: None, came_from: None, stops: BTreeSet::new() };
        self.units.insert(unit, made);
        self.moves.push(Move { lot, from: None, to: End::Account(maker), packs });
        Ok(())
    }

    /// A unit that the caller may pack, unpack or split now.
    fn divisible(&self, caller: Address, unit: UnitId) -> Verdict<&Unit> {
        let known = self.held_by(caller, unit)?;
        let mut faults = Faults::default();
        faults.join(at_rest(known));
        faults.when(!known.stops.is_empty(), abi::Units_Stopped { unit: unit.0 });
        faults.none()?;
        Ok(known)
    }

    fn held_by(&self, caller: Address, unit: UnitId) -> Verdict<&Unit> {
        let known = self.units.get(&unit).ok_or_else(|| Faults::only(abi::Units_NoUnit { unit: unit.0 }))?;
        if self.acts_for(caller, known.holder) {
            return Ok(known);
        }
        Err(Faults::only(abi::Units_NotHolder { unit: unit.0, account: caller }))
    }

    pub(crate) fn pack(&mut self, caller: Address, parts: &[UnitId], label: B256) -> Verdict {
        let mut faults = Faults::default();
        let Some(head) = parts.first() else {
            return Err(Faults::only(abi::Units_BadParts { unit: B256::ZERO, total: U256::ZERO }));
        };
        for (place, part) in parts.iter().enumerate() {
            faults.join(self.divisible(caller, *part).map(|_| ()));
            let repeated = parts[..place].contains(part);
            // It went into the whole already.
            faults.when(repeated, abi::Units_NoUnit { unit: part.0 });
        }
        for pair in parts.windows(2) {
            let (Some(one), Some(next)) = (self.units.get(&pair[0]), self.units.get(&pair[1])) else { continue };
            let adjoins = pair[0].lot() == pair[1].lot()
                && one.holder == next.holder
                && one.came_from == next.came_from
                && one.indices.last().map(|last| last + 1) == next.indices.first().copied();
            faults.when(!adjoins, abi::Units_NotAdjoining { unit: pair[0].0, next: pair[1].0 });
        }
        let Some(mut whole) = self.units.get(head).cloned() else { return faults.none() };
        whole.id = head.lot().unit(whole.holder, label);
        let exists = self.units.contains_key(&whole.id) && !parts.contains(&whole.id);
        faults.when(exists, abi::Units_UnitExists { unit: whole.id.0 });
        faults.none()?;
        whole.indices = parts.iter().flat_map(|part| self.units[part].indices.clone()).collect();
        parts.iter().for_each(|part| self.forget(*part));
        self.units.insert(whole.id, whole);
        Ok(())
    }

    fn forget(&mut self, unit: UnitId) {
        self.units.remove(&unit);
        self.past.insert(unit);
    }

    pub(crate) fn unpack(&mut self, caller: Address, unit: UnitId, counts: &[u32], labels: &[B256]) -> Verdict {
        let mut faults = Faults::default();
        faults.join(self.divisible(caller, unit).map(|_| ()));
        faults.when(counts.contains(&0), abi::Units_BadParts { unit: unit.0, total: U256::ZERO });
        let Some(whole) = self.units.get(&unit).cloned() else { return faults.none() };
        let total: u64 = counts.iter().copied().map(u64::from).sum();
        let bad = total != u64::from(whole.count()) || labels.len() != counts.len();
        faults.when(bad, abi::Units_BadParts { unit: unit.0, total: U256::from(total) });
        let ids: Vec<UnitId> = labels.iter().map(|label| unit.lot().unit(whole.holder, *label)).collect();
        for (place, id) in ids.iter().enumerate() {
            let exists = self.units.contains_key(id) && *id != unit;
            faults.when(exists || ids[..place].contains(id), abi::Units_UnitExists { unit: id.0 });
        }
        faults.none()?;
        self.forget(unit);
        let mut rest = whole.indices.clone();
        for (id, count) in ids.into_iter().zip(counts) {
            let indices = rest.drain(..*count as usize).collect();
            self.units.insert(id, Unit { id, indices, ..whole.clone() });
        }
        Ok(())
    }

    pub(crate) fn split(&mut self, caller: Address, unit: UnitId, count: u32, label: B256) -> Verdict {
        let mut faults = Faults::default();
        faults.join(self.divisible(caller, unit).map(|_| ()));
        let Some(whole) = self.units.get(&unit).cloned() else { return faults.none() };
        let bad = count == 0 || count >= whole.count();
        faults.when(bad, abi::Units_BadParts { unit: unit.0, total: U256::from(count) });
        let id = unit.lot().unit(whole.holder, label);
        faults.when(self.units.contains_key(&id), abi::Units_UnitExists { unit: id.0 });
        faults.none()?;
        let kept = (whole.count() - count) as usize;
        let indices = self.units.get_mut(&unit).unwrap().indices.split_off(kept);
        self.units.insert(id, Unit { id, indices, ..whole });
        Ok(())
    }

    pub(crate) fn ship(&mut self, caller: Address, unit: UnitId, to: Address) -> Verdict {
        let known = self.held_by(caller, unit)?;
        let mut faults = Faults::default();
        faults.join(at_rest(known));
        let bad = to.is_zero() || to == known.holder;
        faults.when(bad, abi::Units_BadAddressee { unit: unit.0, addressee: to });
        faults.when(!self.people.is_active(to), abi::Units_NotActive { account: to });
        let goes_back = to == self.maker || known.came_from == Some(to);
        if !goes_back {
            let holder = known.holder;
            faults.when(!self.people.is_active(holder), abi::Units_NotActive { account: holder });
            for standing in self.standings(unit) {
                faults.when(true, abi::Units_Immovable { unit: unit.0, standing });
            }
        }
        faults.none()?;
        self.units.get_mut(&unit).unwrap().addressee = Some(to);
        Ok(())
    }

    pub(crate) fn receive(&mut self, caller: Address, unit: UnitId) -> Verdict {
        let addressee = self.awaited_by(caller, unit)?;
        let packs = self.packs_in(&self.units[&unit]);
        let known = self.units.get_mut(&unit).unwrap();
        let from = std::mem::replace(&mut known.holder, addressee);
        (known.came_from, known.addressee) = (Some(from), None);
        self.moves.push(Move { lot: unit.lot(), from: Some(from), to: End::Account(addressee), packs });
        Ok(())
    }

    pub(crate) fn reject(&mut self, caller: Address, unit: UnitId) -> Verdict {
        self.awaited_by(caller, unit)?;
        self.units.get_mut(&unit).unwrap().addressee = None;
        Ok(())
    }

    fn awaited_by(&self, caller: Address, unit: UnitId) -> Verdict<Address> {
        let addressee = self.units.get(&unit).and_then(|known| known.addressee);
        let addressee = addressee.ok_or_else(|| Faults::only(abi::Units_NotUnderWay { unit: unit.0 }))?;
        if self.acts_for(caller, addressee) {
            return Ok(addressee);
        }
        Err(Faults::only(abi::Units_NotAddressee { unit: unit.0, account: caller }))
    }

    pub(crate) fn cancel_shipment(&mut self, caller: Address, unit: UnitId) -> Verdict {
        let known = self.held_by(caller, unit)?;
        if known.addressee.is_none() {
            return Err(Faults::only(abi::Units_NotUnderWay { unit: unit.0 }));
        }
        self.units.get_mut(&unit).unwrap().addressee = None;
        Ok(())
    }

    pub(crate) fn stop(&mut self, caller: Address, unit: UnitId, why: u8) -> Verdict {
        let known = self.units.get(&unit).ok_or_else(|| Faults::only(abi::Units_NoUnit { unit: unit.0 }))?;
        let as_maker = caller == self.maker && self.people.is_active_as(caller, MANUFACTURER);
        let in_own_name = caller == known.holder || as_maker || self.people.is_active_as(caller, REGULATOR);
        let set_by = if in_own_name { caller } else { known.holder };
        if !in_own_name && !self.acts_for(caller, known.holder) {
            return Err(Faults::only(abi::Units_NotEntitled { unit: unit.0, account: caller }));
        }
        if !self.units.get_mut(&unit).unwrap().stops.insert((set_by, why)) {
            return Err(Faults::only(abi::Units_AlreadyStopped { unit: unit.0, by: set_by, stop: why }));
        }
        Ok(())
    }

    pub(crate) fn free(&mut self, caller: Address, unit: UnitId, why: u8, set_by: Address) -> Verdict {
        let is_set = self.units.get(&unit).is_some_and(|known| known.stops.contains(&(set_by, why)));
        if !is_set {
            return Err(Faults::only(abi::Units_NotStopped { unit: unit.0, by: set_by, stop: why }));
        }
        if !self.people.is_active_as(caller, REGULATOR) {
            let acts = self.acts_for(caller, set_by);
            let mut faults = Faults::default();
            faults.when(!acts, abi::Units_NotSetter { unit: unit.0, setBy: set_by, account: caller });
            faults.when(acts && !self.people.is_active(set_by), abi::Units_NotActive { account: set_by });
            faults.none()?;
        }
        self.units.get_mut(&unit).unwrap().stops.remove(&(set_by, why));
        Ok(())
    }

    /// What the packs at these indices cannot be taken out of the unit of `holder` for: index and state.
    pub(crate) fn pack_faults(&self, holder: Address, unit: UnitId, indices: &[u32]) -> Vec<(u32, u8)> {
        let Some(known) = self.units.get(&unit).filter(|known| known.holder == holder) else {
            return indices.iter().map(|index| (*index, NOT_HELD)).collect();
        };
        let of_unit = [
            (UNDER_WAY, known.addressee.is_some()),
            (QUARANTINED, known.stops_of(true) != 0),
            (LOST, known.stops_of(false) != 0),
        ];
        let mut found = Vec::new();
        for (place, &index) in indices.iter().enumerate() {
            found.extend(of_unit.iter().filter(|(_, is)| *is).map(|(state, _)| (index, *state)));
            if !known.indices.contains(&index) {
                found.push((index, NOT_IN_UNIT));
            } else if !self.is_left(unit.lot(), index) || indices[..place].contains(&index) {
                found.push((index, GONE));
            }
        }
        found
    }

    /// Why `caller` cannot take the packs out of the unit of `holder`.
    pub(crate) fn dispense_faults(&self, caller: Address, holder: Address, unit: UnitId, indices: &[u32]) -> Verdict {
        let mut faults = Faults::default();
        let acts = self.acts_for(caller, holder);
        faults.when(!acts, abi::Units_NotHolder { unit: unit.0, account: caller });
        let inactive = caller == holder && !self.people.is_active(holder);
        faults.when(inactive, abi::Units_NotActive { account: holder });
        let nothing = abi::Units_NothingThere { unit: unit.0, first: 0, count: 0 };
        faults.when(indices.is_empty(), nothing);
        for (index, state) in self.pack_faults(holder, unit, indices) {
            faults.when(true, abi::Units_NotDispensable { unit: unit.0, index, state });
        }
        faults.none()
    }

    pub(crate) fn dispense(&mut self, caller: Address, holder: Address, unit: UnitId, indices: &[u32]) -> Verdict {
        self.dispense_faults(caller, holder, unit, indices)?;
        self.end(holder, unit.lot(), indices, Fate::Dispensed);
        Ok(())
    }

    fn end(&mut self, holder: Address, lot: LotId, indices: &[u32], fate: Fate) {
        let packs = &mut self.lots.get_mut(&lot).unwrap().packs;
        indices.iter().for_each(|index| packs[*index as usize].fate = fate);
        let to = if fate == Fate::Dispensed { End::Dispensed } else { End::Destroyed };
        self.moves.push(Move { lot, from: Some(holder), to, packs: indices.len() as u64 });
    }

    pub(crate) fn destroy(&mut self, caller: Address, unit: UnitId, first: u32, count: u32) -> Verdict<U256> {
        let known = self.held_by(caller, unit)?;
        let holder = known.holder;
        let mut faults = Faults::default();
        faults.join(at_rest(known));
        faults.when(!self.people.is_active(holder), abi::Units_NotActive { account: holder });
        let wanted: Vec<u32> = (first..first.saturating_add(count)).collect();
        let inside = wanted.iter().all(|index| known.indices.contains(index));
        let left: Vec<u32> = wanted.into_iter().filter(|index| inside && self.is_left(unit.lot(), *index)).collect();
        faults.when(left.is_empty(), abi::Units_NothingThere { unit: unit.0, first, count });
        faults.none()?;
        self.end(holder, unit.lot(), &left, Fate::Destroyed);
        Ok(U256::from(left.len()))
    }
}

fn at_rest(unit: &Unit) -> Verdict {
    match unit.addressee {
        Some(addressee) => Err(Faults::only(abi::Units_UnderWay { unit: unit.id.0, addressee })),
        None => Ok(()),
    }
}
