//! The acts, in the rooms and in the model of them.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, aliases::U40};
use alloy::signers::SignerSync;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_bindings::units::Units;
use theriac_client::eip712;
use theriac_core::ids::UnitId;
use theriac_core::sale;
use theriac_sim::world::WorldError;

use super::choices::{label, packs_word};
use super::sales::{Attempt, Reason};
use super::turns::{Act, Slip, Turn, Writing};
use super::{AUTHORITY, CHEMIST, EVIDENCE, HOLDERS, MAKER, OTHER_CHEMIST, STRANGER, Stage, WHOLESALER, broken};
use crate::harness::{Check, Count, agree};

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
                let counts = turn.counts(count);
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

    fn prescribe(&mut self, turn: &Turn, writing: Writing) -> Result<bool, TestCaseError> {
        let keys = self.keys.clone();
        let terms = self.terms_of(turn, writing);
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
        let (index, pack, proof) = self.returned(turn, known);
        let proven = turn.slip != Slip::Proof;
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
