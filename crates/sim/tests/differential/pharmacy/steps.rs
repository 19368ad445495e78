//! Steps, mostly as their party would take them, now and then with a slip.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, aliases::U40, keccak256};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use theriac_bindings::custody::Custody;
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_bindings::units::Units;
use theriac_client::eip712;
use theriac_core::ids::{LotId, UnitId};
use theriac_core::sale;
use theriac_sim::world::WorldError;

use super::goods::leaf;
use super::sales::{Attempt, CONTROLLED, OVER_THE_COUNTER, Reason};
use super::{AUTHORITY, CHEMIST, EVIDENCE, HOLDERS, MAKER, OTHER_CHEMIST, STRANGER, Stage, WHOLESALER, broken, units};
use crate::harness::{Check, Count, agree};

/// A step, with numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    unit: usize,
    who: usize,
    a: u32,
    b: u32,
    slip: Slip,
    act: Act,
}

/// What may be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slip {
    None,
    Caller,
    Parts,
    Packs,
    Proof,
    Nonce,
    Key,
    Terms,
    Unknown,
}

/// What a practitioner writes.
#[derive(Clone, Copy, Debug)]
struct Writing {
    quantity: u32,
    repeats: u16,
    interval: u32,
    starts_in: u64,
    days: u64,
}

#[derive(Clone, Debug)]
enum Act {
    Commission,
    Pack,
    Unpack,
    Split,
    Ship,
    Receive,
    Reject,
    CancelShipment,
    Stop,
    Free,
    Dispense,
    Destroy,
    Operator,
    Employ(u64),
    Prescribe(Writing),
    Submit(Writing),
    CancelPrescription,
    Substitute,
    Sell,
    SellControlled,
    DestroyReturned,
    Suspend,
    Recall,
    Quarantine,
    Wait(u64),
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    let head = (0..1_000_usize, 0..1_000_usize, 0..1_000_u32, 0..1_000_u32);
    (head, slip(), act()).prop_map(|((unit, who, a, b), slip, act)| Turn { unit, who, a, b, slip, act })
}

fn slip() -> impl Strategy<Value = Slip> {
    let slips = [Slip::Parts, Slip::Packs, Slip::Proof, Slip::Nonce, Slip::Key, Slip::Terms, Slip::Unknown];
    prop_oneof![
        40 => Just(Slip::None),
        2 => Just(Slip::Caller),
        8 => proptest::sample::select(slips.to_vec()),
    ]
}

fn writing() -> impl Strategy<Value = Writing> {
    let interval = prop_oneof![1 => Just(0), 12 => 3_600..200_000_u32];
    let starts_in = prop_oneof![8 => Just(0), 1 => 1..100_000_u64];
    (0..7_u32, 0..3_u16, interval, starts_in, 0..20_u64).prop_map(|(quantity, repeats, interval, starts_in, days)| {
        Writing { quantity, repeats, interval, starts_in, days }
    })
}

fn act() -> impl Strategy<Value = Act> {
    let divisions = prop_oneof![
        1 => Just(Act::Commission),
        6 => Just(Act::Pack),
        3 => Just(Act::Unpack),
        6 => Just(Act::Split),
    ];
    let moves = prop_oneof![
        9 => Just(Act::Ship),
        8 => Just(Act::Receive),
        1 => Just(Act::Reject),
        1 => Just(Act::CancelShipment),
    ];
    let stops = prop_oneof![3 => Just(Act::Stop), 6 => Just(Act::Free), 1 => Just(Act::Operator)];
    let ends = prop_oneof![2 => Just(Act::Dispense), 3 => Just(Act::Destroy), 4 => Just(Act::DestroyReturned)];
    let papers = prop_oneof![
        1 => (0..2_000_000_u64).prop_map(Act::Employ),
        6 => writing().prop_map(Act::Prescribe),
        4 => writing().prop_map(Act::Submit),
        1 => Just(Act::CancelPrescription),
        3 => Just(Act::Substitute),
    ];
    let sales = prop_oneof![3 => Just(Act::Sell), 1 => Just(Act::SellControlled)];
    let fate = prop_oneof![2 => Just(Act::Suspend), 2 => Just(Act::Recall), 1 => Just(Act::Quarantine)];
    let time = prop_oneof![6 => 60..20_000_u64, 1 => 20_000..200_000_u64].prop_map(Act::Wait);
    prop_oneof![12 => divisions, 12 => moves, 6 => stops, 6 => ends, 12 => papers, 40 => sales, 3 => fate, 8 => time]
}

impl Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Commission => "commission",
            Self::Pack => "pack",
            Self::Unpack => "unpack",
            Self::Split => "split",
            Self::Ship => "ship",
            Self::Receive => "receiveUnit",
            Self::Reject => "reject",
            Self::CancelShipment => "cancelShipment",
            Self::Stop => "stop",
            Self::Free => "free",
            Self::Dispense => "dispense",
            Self::Destroy => "destroy",
            Self::Employ(_) => "setPharmacist",
            Self::Prescribe(_) => "prescribe",
            Self::Submit(_) => "submit",
            Self::CancelPrescription => "cancel",
            Self::Substitute => "approveSubstitution",
            Self::Sell => "sell",
            Self::SellControlled => "sellControlled",
            Self::DestroyReturned => "destroyReturned",
            Self::Operator | Self::Suspend | Self::Recall | Self::Quarantine | Self::Wait(_) => "",
        }
    }
}

/// Sends a call to `Units` and takes the same step in the model.
macro_rules! both {
    ($stage:expr, $caller:expr, $call:expr, $model:expr) => {{
        let (caller, room) = ($caller, $stage.world.rooms.units);
        let done = $stage.world.call(caller, room, &$call);
        agree(done, &$model)
    }};
}

/// The same for `Pharmacy`.
macro_rules! both_sell {
    ($stage:expr, $caller:expr, $call:expr, $model:expr) => {{
        let (caller, room) = ($caller, $stage.world.rooms.pharmacy);
        let done = $stage.world.call(caller, room, &$call);
        agree(done, &$model)
    }};
}

impl Stage {
    pub(crate) fn take(&mut self, turn: &Turn, whole: bool, count: &mut Count) -> Check {
        let unit = self.unit(turn);
        let accepted = match &turn.act {
            Act::Operator | Act::Suspend | Act::Recall | Act::Quarantine | Act::Wait(_) => {
                self.befall(turn, unit).map_err(broken)?;
                None
            }
            Act::Commission | Act::Pack | Act::Unpack | Act::Split => Some(self.divide(turn, unit)?),
            Act::Ship | Act::Receive | Act::Reject | Act::CancelShipment => Some(self.move_unit(turn, unit)?),
            Act::Stop | Act::Free | Act::Dispense | Act::Destroy => Some(self.stop_or_end(turn, unit)?),
            Act::Sell | Act::SellControlled => Some(self.sell(turn, unit)?),
            _ => Some(self.paper(turn, unit)?),
        };
        if let Some(accepted) = accepted {
            count.step(turn.act.name(), accepted);
        }
        let lot = unit.lot();
        let lot = if self.model.units.lots.contains_key(&lot) { lot } else { self.goods.lots[0] };
        let packs = self.model.units.lots[&lot].packs.len() as u32;
        let looked_at: BTreeSet<u32> = (turn.b..turn.b + 6).map(|index| index % packs).collect();
        // The one step that names a product of another lot.
        let whole = whole || matches!(turn.act, Act::Substitute | Act::Commission);
        self.compare(whole, lot, &looked_at)
    }

    /// A unit that the act can be about.
    fn unit(&self, turn: &Turn) -> UnitId {
        let fits = |unit: &&units::Unit| match turn.act {
            Act::Receive | Act::Reject | Act::CancelShipment => unit.addressee.is_some(),
            Act::Sell => self.is_shelf(unit) && self.model.units.lots[&unit.id.lot()].product != CONTROLLED,
            Act::SellControlled => self.is_shelf(unit) && self.model.units.lots[&unit.id.lot()].product == CONTROLLED,
            Act::Free => !unit.stops.is_empty(),
            _ => true,
        };
        let mut found: Vec<UnitId> = self.model.units.units.values().filter(fits).map(|unit| unit.id).collect();
        if found.is_empty() {
            found.extend(self.model.units.units.keys());
        }
        let unit = found[turn.unit % found.len()];
        if turn.slip != Slip::Unknown {
            return unit;
        }
        // One of another lot, or of none.
        let lot = if turn.who.is_multiple_of(2) { unit.lot() } else { LotId(Default::default()) };
        lot.unit(STRANGER, label(turn.a))
    }

    /// Whether packs are sold from it.
    fn is_shelf(&self, unit: &units::Unit) -> bool {
        let at_pharmacy = unit.holder == CHEMIST || unit.holder == OTHER_CHEMIST;
        at_pharmacy && unit.addressee.is_none() && self.model.units.packs_in(unit) > 0
    }

    fn holder_of(&self, turn: &Turn, unit: UnitId) -> Address {
        let known = self.model.units.units.get(&unit);
        let holder = known.map_or(STRANGER, |known| known.holder);
        if turn.slip == Slip::Caller { Self::other_than(holder, turn) } else { holder }
    }

    fn other_than(account: Address, turn: &Turn) -> Address {
        let others = [STRANGER, MAKER, WHOLESALER, CHEMIST, OTHER_CHEMIST];
        let other = others[turn.who % others.len()];
        if other == account { STRANGER } else { other }
    }

    fn divide(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        let (caller, evidence) = (self.holder_of(turn, unit), EVIDENCE);
        let count = self.model.units.units.get(&unit).map_or(1, |unit| unit.indices.len() as u32);
        let label = label(turn.b);
        match turn.act {
            Act::Commission => {
                let lot = if turn.who.is_multiple_of(4) { self.goods.lots[turn.unit % 7] } else { self.goods.lots[0] };
                let caller = if turn.slip == Slip::Caller { STRANGER } else { MAKER };
                let call = Units::commissionCall { lot: lot.0, label, evidence };
                both!(self, caller, call, self.model.units.commission(caller, lot, label))
            }
            Act::Pack => {
                let parts = self.neighbours(turn, unit);
                let ids = parts.iter().map(|part| part.0).collect();
                let call = Units::packCall { parts: ids, label, evidence };
                both!(self, caller, call, self.model.units.pack(caller, &parts, label))
            }
            Act::Unpack => {
                let one = turn.a % (count + 1);
                let mut counts = vec![one, (count - one) / 2, count - one - (count - one) / 2];
                if turn.slip == Slip::Parts {
                    counts.truncate(turn.who % 3);
                } else {
                    counts.retain(|part| *part != 0);
                }
                let labels: Vec<B256> = (0..).zip(&counts).map(|(place, _)| self::label(turn.b + place)).collect();
                let call = Units::unpackCall { unit: unit.0, counts: counts.clone(), labels: labels.clone(), evidence };
                both!(self, caller, call, self.model.units.unpack(caller, unit, &counts, &labels))
            }
            _ => {
                let part = turn.a % (count + 1);
                let call = Units::splitCall { unit: unit.0, count: part, label, evidence };
                both!(self, caller, call, self.model.units.split(caller, unit, part, label))
            }
        }
    }

    /// The unit and those that adjoin it; with a slip, any two.
    fn neighbours(&self, turn: &Turn, unit: UnitId) -> Vec<UnitId> {
        let all: Vec<&units::Unit> = self.model.units.units.values().collect();
        if turn.slip == Slip::Parts {
            return [unit, all[turn.a as usize % all.len()].id][..turn.who % 3].to_vec();
        }
        let mut parts = vec![unit];
        for _ in 0..turn.a % 4 {
            let last = parts.last().and_then(|part| self.model.units.units.get(part));
            let next = last.and_then(|last| {
                let after = last.indices.last().map(|index| index + 1);
                all.iter().find(|one| one.id.lot() == unit.lot() && one.indices.first().copied() == after)
            });
            parts.extend(next.map(|next| next.id));
        }
        parts.dedup();
        parts
    }

    fn move_unit(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        let (holder, evidence) = (self.holder_of(turn, unit), EVIDENCE);
        let addressee = self.model.units.units.get(&unit).and_then(|unit| unit.addressee).unwrap_or(WHOLESALER);
        let addressee = if turn.slip == Slip::Caller { Self::other_than(addressee, turn) } else { addressee };
        match turn.act {
            Act::Ship => {
                let to = match turn.slip {
                    Slip::Terms => [Address::ZERO, holder, STRANGER][turn.who % 3],
                    _ => HOLDERS[turn.who % HOLDERS.len()],
                };
                let call = Units::shipCall { unit: unit.0, to, evidence };
                both!(self, holder, call, self.model.units.ship(holder, unit, to))
            }
            Act::Receive => {
                let call = self.receiving(unit);
                both!(self, addressee, call, self.model.units.receive(addressee, unit))
            }
            Act::Reject => {
                let call = Units::rejectCall { unit: unit.0, evidence };
                both!(self, addressee, call, self.model.units.reject(addressee, unit))
            }
            _ => {
                let call = Units::cancelShipmentCall { unit: unit.0, evidence };
                both!(self, holder, call, self.model.units.cancel_shipment(holder, unit))
            }
        }
    }

    fn stop_or_end(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        let (holder, evidence) = (self.holder_of(turn, unit), EVIDENCE);
        let whoever = [holder, AUTHORITY, MAKER, holder][turn.who % 4];
        let known = self.model.units.units.get(&unit);
        let why = (turn.a % 3) as u8;
        match turn.act {
            Act::Stop => {
                let call = Units::stopCall { unit: unit.0, why, evidence };
                both!(self, whoever, call, self.model.units.stop(whoever, unit, why))
            }
            Act::Free => {
                let first = known.and_then(|unit| unit.stops.first().copied());
                let (set_by, why) = first.filter(|_| turn.slip != Slip::Terms).unwrap_or((holder, why));
                let caller = match turn.slip {
                    Slip::Caller => STRANGER,
                    _ if turn.who.is_multiple_of(3) => AUTHORITY,
                    _ => set_by,
                };
                let call = Units::freeCall { unit: unit.0, why, setBy: set_by, evidence };
                both!(self, caller, call, self.model.units.free(caller, unit, why, set_by))
            }
            Act::Dispense => {
                let indices = self.indices(turn, unit);
                let account = if turn.slip == Slip::Key { WHOLESALER } else { holder };
                let call = Units::dispenseCall { holder: account, unit: unit.0, indices: indices.clone(), evidence };
                both!(self, holder, call, self.model.units.dispense(holder, account, unit, &indices))
            }
            _ => {
                let (first, length) = known.map_or((0, 1), |unit| (unit.first(), unit.indices.len() as u32));
                let beyond = u32::from(turn.slip == Slip::Packs) * length;
                let (first, count) = (first + turn.a % length, turn.b % 3 + beyond);
                let call = Units::destroyCall { unit: unit.0, first, count, evidence };
                let model = self.model.units.destroy(holder, unit, first, count);
                both!(self, holder, call, model)
            }
        }
    }

    /// Indices that are left in the unit; with a slip, any of its lot.
    fn indices(&self, turn: &Turn, unit: UnitId) -> Vec<u32> {
        let Some(known) = self.model.units.units.get(&unit) else { return vec![turn.a % 9] };
        let left: Vec<u32> =
            known.indices.iter().copied().filter(|index| self.model.units.is_left(unit.lot(), *index)).collect();
        let any: Vec<u32> = (0..).zip(&self.model.units.lots[&unit.lot()].packs).map(|(index, _)| index).collect();
        let from = if turn.slip == Slip::Packs || left.is_empty() { any } else { left };
        let chosen: BTreeSet<u32> =
            (0..1 + turn.b % 4).map(|step| from[(turn.a + step) as usize % from.len()]).collect();
        chosen.into_iter().collect()
    }

    fn paper(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        match &turn.act {
            Act::Employ(seconds) => {
                let caller = if turn.slip == Slip::Caller { STRANGER } else { [CHEMIST, OTHER_CHEMIST][turn.who % 2] };
                let pharmacist = self.keys.pharmacists[turn.b as usize % 2].address();
                let until = if turn.a.is_multiple_of(4) { 0 } else { self.world.now() + seconds };
                let call = abi::setPharmacistCall { pharmacist, until: U40::from(until) };
                both_sell!(self, caller, call, self.model.set_pharmacist(caller, pharmacist, until))
            }
            Act::Prescribe(writing) | Act::Submit(writing) => self.prescribe(turn, *writing),
            Act::CancelPrescription => {
                let Some(terms) = self.a_prescription(turn, None) else { return Ok(false) };
                let id = self.id_of(&terms);
                let caller = match turn.slip {
                    Slip::Caller => STRANGER,
                    _ if turn.who.is_multiple_of(3) => AUTHORITY,
                    _ => terms.practitioner,
                };
                let call = abi::cancelCall { prescription: terms.clone() };
                both_sell!(self, caller, call, self.model.cancel(caller, id, &terms))
            }
            Act::Substitute => {
                let Some(terms) = self.a_prescription(turn, None) else { return Ok(false) };
                let (id, lot) = (self.id_of(&terms), self.goods.lots[turn.a as usize % self.goods.lots.len()]);
                let mut model = self.model.units.lots[&lot].model;
                if turn.slip == Slip::Unknown {
                    model.0 = EVIDENCE;
                }
                let caller = if turn.slip == Slip::Caller { STRANGER } else { terms.practitioner };
                let call = abi::approveSubstitutionCall { prescription: terms.clone(), model: model.0 };
                both_sell!(self, caller, call, self.model.substitute(caller, id, &terms, model))
            }
            _ => self.destroy_returned(turn, unit),
        }
    }

    /// A prescription that was written; mostly for this product.
    fn a_prescription(&self, turn: &Turn, model: Option<B256>) -> Option<abi::Prescription> {
        let fits =
            |terms: &&abi::Prescription| model.is_none_or(|model| terms.model == model || turn.who.is_multiple_of(5));
        let found: Vec<_> = self.written.iter().rev().filter(fits).take(4).collect();
        found.get(turn.who % found.len().max(1)).map(|terms| (*terms).clone())
    }

    fn prescribe(&mut self, turn: &Turn, writing: Writing) -> Result<bool, TestCaseError> {
        let keys = self.keys.clone();
        let lot = self.goods.lots[turn.a as usize % self.goods.lots.len()];
        let from = self.world.now() + writing.starts_in;
        let mut terms = abi::Prescription {
            practitioner: keys.practitioners[turn.who % 2].address(),
            patient: keys.patients[turn.b as usize % 4].address(),
            model: self.model.units.lots[&lot].model.0,
            quantity: writing.quantity,
            repeats: writing.repeats,
            interval: writing.interval,
            validFrom: U40::from(from),
            validUntil: U40::from(from + writing.days * 86_400),
        };
        match turn.slip {
            Slip::Terms => terms.patient = Address::ZERO,
            Slip::Unknown => terms.model = EVIDENCE,
            Slip::Nonce => terms.validUntil = terms.validFrom - U40::ONE,
            // One that was written before.
            Slip::Parts => terms = self.written.last().cloned().unwrap_or(terms),
            _ => {}
        }
        let id = self.id_of(&terms);
        if !self.written.contains(&terms) {
            self.written.push(terms.clone());
        }
        if matches!(turn.act, Act::Submit(_)) {
            let own = keys.practitioners.iter().find(|key| key.address() == terms.practitioner);
            let key = own.filter(|_| turn.slip != Slip::Key).unwrap_or(&keys.patients[0]);
            let signature = key.sign_hash_sync(&id).unwrap().as_bytes().to_vec().into();
            let call = abi::submitCall { prescription: terms.clone(), signature };
            return both_sell!(self, STRANGER, call, self.model.submit(key.address(), id, &terms));
        }
        let caller = if turn.slip == Slip::Caller {
            keys.practitioners[(turn.who + 1) % 2].address()
        } else {
            terms.practitioner
        };
        let call = abi::prescribeCall { prescription: terms.clone() };
        both_sell!(self, caller, call, self.model.prescribe(caller, id, &terms))
    }

    fn destroy_returned(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        let Some(known) = self.model.units.lots.get(&unit.lot()) else { return Ok(false) };
        let lot = known.id;
        let sold = (0..).zip(&known.packs).filter(|(_, pack)| pack.fate == units::Fate::Dispensed);
        let mut found: Vec<u32> = sold.map(|(index, _)| index).collect();
        if found.is_empty() || turn.slip == Slip::Packs {
            found = (0..).zip(&known.packs).map(|(index, _)| index).collect();
        }
        let index = found[turn.a as usize % found.len()];
        let (mut pack, proof) = self.goods.prove_one(lot, index);
        let proven = turn.slip != Slip::Proof;
        if !proven {
            pack.half = leaf(index + 1).half;
        }
        let caller = if turn.slip == Slip::Caller { WHOLESALER } else { CHEMIST };
        let call = abi::destroyReturnedCall { lot: lot.0, pack, proof, evidence: EVIDENCE };
        both_sell!(self, caller, call, self.model.destroy_returned(caller, lot, index, proven))
    }

    // ------------------------------------------------------------------------------------------------------- sales

    fn sell(&mut self, turn: &Turn, unit: UnitId) -> Result<bool, TestCaseError> {
        let attempt = self.attempt(turn, unit);
        let (pharmacist, sale, room) = (attempt.pharmacist, &attempt.sale, self.world.rooms.pharmacy);
        let asked = abi::checkCall { pharmacist, sale: sale.clone() };
        let said = self.world.call(STRANGER, room, &asked).map_err(broken)?;
        let done = match attempt.second {
            None => self.world.call(pharmacist, room, &abi::sellCall { sale: sale.clone() }),
            Some((second, _)) => {
                let countersignature = self.countersignature(&attempt);
                let call = abi::sellControlledCall { sale: sale.clone(), second, countersignature };
                self.world.call(pharmacist, room, &call)
            }
        };
        said_before(&said, &done)?;
        let hash = done.as_ref().ok().copied();
        let number = attempt.id.and_then(|id| self.model.prescriptions.get(&id)).map_or(0, |known| known.sales);
        let accepted = agree(done.map_err(without_collector), &self.model.sell(&attempt))?;
        if let Some(hash) = hash {
            prop_assert_eq!(hash, self.hash_of(&attempt, number), "the sale's hash");
        }
        Ok(accepted)
    }

    fn attempt(&self, turn: &Turn, unit: UnitId) -> Attempt {
        let holder = self.model.units.units.get(&unit).map_or(CHEMIST, |unit| unit.holder);
        let pharmacy = if turn.slip == Slip::Parts { [CHEMIST, WHOLESALER][turn.who % 2] } else { holder };
        let pharmacist = match turn.slip {
            Slip::Caller => STRANGER,
            _ => self.keys.pharmacists[turn.who % 2].address(),
        };
        let mut proven = match self.goods_of(turn, unit) {
            Some((lot, indices)) => self.goods.prove(lot, &indices),
            None => abi::ProvenPacks { packs: Vec::new(), proof: Vec::new(), flags: Default::default() },
        };
        let is_proven = turn.slip != Slip::Proof;
        if let Some(pack) = proven.packs.first_mut().filter(|_| !is_proven) {
            pack.half = leaf(pack.index + 1).half;
        }
        let lot = self.model.units.lots.get(&unit.lot());
        let over_the_counter = lot.is_some_and(|lot| lot.product == OVER_THE_COUNTER) && !turn.who.is_multiple_of(3);
        let terms = self.a_prescription(turn, lot.map(|lot| lot.model.0)).filter(|_| !over_the_counter);
        let mut sale = abi::Sale {
            pharmacy,
            unit: unit.0,
            proven,
            prescription: terms.clone().unwrap_or_else(no_prescription),
            r: B256::ZERO,
            vs: B256::ZERO,
            evidence: EVIDENCE,
        };
        if turn.slip == Slip::Terms && terms.is_some() {
            sale.prescription.quantity += 1;
        }
        let id = terms.map(|_| self.id_of(&sale.prescription));
        let number = id.and_then(|id| self.model.prescriptions.get(&id)).map_or(0, |known| known.sales);
        let number = number + u32::from(turn.slip == Slip::Nonce);
        let keys = &self.keys.patients;
        let own = keys.iter().find(|key| key.address() == sale.prescription.patient);
        let key = own.filter(|_| turn.slip != Slip::Key).unwrap_or(&keys[turn.b as usize % 4]);
        let second = matches!(turn.act, Act::SellControlled).then(|| self.second(turn, number));
        let mut attempt =
            Attempt { pharmacist, sale, id, proven: is_proven, collector: (key.address(), number), second };
        (attempt.sale.r, attempt.sale.vs) = self.collect(&attempt, key, number);
        attempt
    }

    /// The packs that are sold: none with a rare slip.
    fn goods_of(&self, turn: &Turn, unit: UnitId) -> Option<(LotId, Vec<u32>)> {
        let lot = self.model.units.lots.get(&unit.lot())?.id;
        let none = turn.slip == Slip::Packs && turn.b.is_multiple_of(5);
        let mut indices = self.indices(turn, unit);
        indices.retain(|index| (*index as usize) < self.model.units.lots[&lot].packs.len());
        (!none && !indices.is_empty()).then_some((lot, indices))
    }

    /// The other pharmacist; with a slip, the same, or one who signed for another sale.
    fn second(&self, turn: &Turn, number: u32) -> (Address, u32) {
        let other = self.keys.pharmacists[(turn.who + 1) % 2].address();
        match turn.slip {
            Slip::Parts => (self.keys.pharmacists[turn.who % 2].address(), number),
            Slip::Packs => (other, number + 1),
            _ => (other, number),
        }
    }

    fn collect(&self, attempt: &Attempt, key: &PrivateKeySigner, number: u32) -> (B256, B256) {
        let collection = eip712::Collection {
            prescription: attempt.id.unwrap_or_default(),
            pharmacy: attempt.sale.pharmacy,
            packs: packs_word(attempt),
            nonce: U256::from(number),
        };
        let signature = key.sign_hash_sync(&self.digest(&collection)).unwrap().as_erc2098();
        (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..]))
    }

    fn countersignature(&self, attempt: &Attempt) -> alloy::primitives::Bytes {
        let (second, number) = attempt.second.unwrap_or_default();
        let typed = eip712::Countersignature {
            prescription: attempt.id.unwrap_or_default(),
            pharmacy: attempt.sale.pharmacy,
            packs: packs_word(attempt),
            nonce: U256::from(number),
        };
        let Some(key) = self.keys.pharmacists.iter().find(|key| key.address() == second) else {
            return Default::default();
        };
        key.sign_hash_sync(&self.digest(&typed)).unwrap().as_bytes().to_vec().into()
    }

    fn hash_of(&self, attempt: &Attempt, number: u32) -> B256 {
        let hashed = sale::Sale {
            rfid: packs_word(attempt),
            patient: attempt.sale.prescription.patient.into_word(),
            doctor: attempt.sale.prescription.practitioner,
            amount: U256::from(attempt.sale.proven.packs.len()),
            date: self.world.now(),
            nonce: U256::from(number),
            manufacturer: MAKER,
        };
        hashed.hash().unwrap()
    }

    // --------------------------------------------------------------------------------------- outside these rooms

    fn befall(&mut self, turn: &Turn, unit: UnitId) -> Result<(), WorldError> {
        match turn.act {
            Act::Operator => {
                // The pharmacy takes its approval of the room back, or gives it again.
                let (room, operator) = (self.world.rooms.units, self.world.rooms.pharmacy);
                let key = ([CHEMIST, OTHER_CHEMIST][turn.who % 2], operator);
                let approved = !self.model.units.operators.remove(&key);
                self.world.send(key.0, room, &Units::setOperatorCall { operator, approved })?;
                self.model.units.operators.extend(approved.then_some(key));
                Ok(())
            }
            Act::Suspend => {
                let keys = self.keys.clone();
                let everyone = [
                    MAKER,
                    WHOLESALER,
                    CHEMIST,
                    OTHER_CHEMIST,
                    keys.practitioners[0].address(),
                    keys.pharmacists[0].address(),
                ];
                let suspended = everyone.into_iter().find(|one| !self.model.units.people.is_active(*one));
                let one =
                    suspended.filter(|_| !turn.who.is_multiple_of(5)).unwrap_or(everyone[turn.who % everyone.len()]);
                self.model.units.people.turn(&mut self.world, one)
            }
            Act::Recall => self.recall_or_close(turn, unit.lot()),
            Act::Quarantine => self.quarantine_or_release(turn, unit.lot()),
            Act::Wait(seconds) => {
                self.world.wait(seconds);
                self.model.units.now = self.world.now();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Recalls a lot or one pack; or closes what was recalled first.
    fn recall_or_close(&mut self, turn: &Turn, lot: LotId) -> Result<(), WorldError> {
        let room = self.world.rooms.custody;
        let open = if turn.a % 5 < 3 { self.recalls.first().copied() } else { None };
        if let Some((recall_id, lot, index)) = open {
            self.recalls.remove(0);
            self.set_recalled(lot, index, false);
            let close = Custody::closeRecallCall { recallId: recall_id, evidence: EVIDENCE };
            return self.world.send(AUTHORITY, room, &close).map(|_| ());
        }
        let Some(known) = self.model.units.lots.get(&lot) else { return Ok(()) };
        let index = (!turn.who.is_multiple_of(3)).then_some(turn.b % known.packs.len() as u32);
        if self.recalls.iter().any(|(_, other, which)| *other == lot && *which == index) {
            return Ok(());
        }
        let notice = Custody::Content { digest: EVIDENCE, codec: 0x55 };
        let recall_id = match index {
            None => self.world.call(AUTHORITY, room, &Custody::recallLotCall { lot: lot.0, class: 1, notice })?,
            Some(index) => {
                let item = known.packs[index as usize].item.0;
                self.world.call(AUTHORITY, room, &Custody::recallItemCall { item, class: 1, notice })?
            }
        };
        self.recalls.push((recall_id, lot, index));
        self.set_recalled(lot, index, true);
        Ok(())
    }

    fn set_recalled(&mut self, lot: LotId, index: Option<u32>, recalled: bool) {
        let known = self.model.units.lots.get_mut(&lot).unwrap();
        match index {
            None => known.recalled = recalled,
            Some(index) => known.packs[index as usize].recalled = recalled,
        }
    }

    fn quarantine_or_release(&mut self, turn: &Turn, lot: LotId) -> Result<(), WorldError> {
        let room = self.world.rooms.custody;
        let Some(known) = self.model.units.lots.get_mut(&lot) else { return Ok(()) };
        let count = known.packs.len();
        let pack = &mut known.packs[turn.b as usize % count];
        pack.quarantined = !pack.quarantined;
        let (item, evidence) = (pack.item.0, EVIDENCE);
        if pack.quarantined {
            return self.world.send(AUTHORITY, room, &Custody::quarantineCall { item, evidence }).map(|_| ());
        }
        let release = Custody::releaseCall { item, setBy: AUTHORITY, evidence };
        self.world.send(AUTHORITY, room, &release).map(|_| ())
    }
}

/// One word for the packs, as they stand in the sale.
fn packs_word(attempt: &Attempt) -> B256 {
    let lot = UnitId(attempt.sale.unit).lot();
    let items: Vec<u8> = attempt.sale.proven.packs.iter().flat_map(|pack| lot.item_of_half(pack.half).0.0).collect();
    keccak256(items)
}

fn no_prescription() -> abi::Prescription {
    abi::Prescription {
        practitioner: Address::ZERO,
        patient: Address::ZERO,
        model: B256::ZERO,
        quantity: 0,
        repeats: 0,
        interval: 0,
        validFrom: U40::ZERO,
        validUntil: U40::ZERO,
    }
}

/// `check` gives exactly what the sale answers then; but for the second pharmacist, whose signature it takes as one to come.
fn said_before(said: &abi::Answer, done: &Result<B256, WorldError>) -> Check {
    use alloy::sol_types::SolError;
    let WorldError::Revert(bytes) = (match done {
        Err(error) => error,
        Ok(_) => {
            prop_assert_eq!(said.reason, 0, "sold, but the check said {:?}", said);
            return Ok(());
        }
    }) else {
        return Ok(());
    };
    if let Ok(refused) = abi::Pharmacy_Refused::abi_decode(bytes) {
        if refused.answer.reason != Reason::NotCountersigned as u8 {
            prop_assert_eq!(said, &refused.answer, "the check said otherwise");
        }
    } else if let Ok(error) = Units::Units_NotDispensable::abi_decode(bytes) {
        // NotHeld, UnderWay, Quarantined, Lost, NotInUnit, Gone.
        let reason = [0, 10, 11, 8, 9, 12, 13][usize::from(error.state)];
        prop_assert_eq!(said.reason, reason, "the check said otherwise than {:?}", error);
    } else if Units::Units_NotHolder::abi_decode(bytes).is_ok() {
        prop_assert_eq!(said.reason, Reason::RoomNotApproved as u8, "the check did not miss the room's approval");
    }
    Ok(())
}

/// The account that a signature over something else comes from is anybody's.
fn without_collector(error: WorldError) -> WorldError {
    use alloy::sol_types::SolError;
    match error {
        WorldError::Revert(bytes) => match abi::Pharmacy_Refused::abi_decode(&bytes) {
            Ok(mut refused) if refused.answer.reason == Reason::WrongCollector as u8 => {
                refused.answer.about = B256::ZERO;
                WorldError::Revert(refused.abi_encode().into())
            }
            _ => WorldError::Revert(bytes),
        },
        other => other,
    }
}

/// Few labels, so that some come again.
fn label(number: u32) -> B256 {
    B256::from(U256::from(number % 60 + 1))
}
