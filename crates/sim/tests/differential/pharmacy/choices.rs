//! On what, by whom and with what values a step is taken: as its party would, or with the turn's slip.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, aliases::U40, keccak256};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_client::eip712;
use theriac_core::ids::{LotId, UnitId};

use super::goods::leaf;
use super::sales::{Attempt, CONTROLLED, OVER_THE_COUNTER};
use super::turns::{Act, Slip, Turn, Writing};
use super::{CHEMIST, EVIDENCE, MAKER, OTHER_CHEMIST, STRANGER, Stage, WHOLESALER, units};

impl Stage {
    /// A unit that the act can be about.
    pub(super) fn unit(&self, turn: &Turn) -> UnitId {
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
    pub(super) fn is_shelf(&self, unit: &units::Unit) -> bool {
        let at_pharmacy = unit.holder == CHEMIST || unit.holder == OTHER_CHEMIST;
        at_pharmacy && unit.addressee.is_none() && self.model.units.packs_in(unit) > 0
    }

    pub(super) fn holder_of(&self, turn: &Turn, unit: UnitId) -> Address {
        let known = self.model.units.units.get(&unit);
        let holder = known.map_or(STRANGER, |known| known.holder);
        if turn.slip == Slip::Caller { Self::other_than(holder, turn) } else { holder }
    }

    pub(super) fn other_than(account: Address, turn: &Turn) -> Address {
        let others = [STRANGER, MAKER, WHOLESALER, CHEMIST, OTHER_CHEMIST];
        let other = others[turn.who % others.len()];
        if other == account { STRANGER } else { other }
    }

    /// The unit and those that adjoin it; with a slip, any two.
    pub(super) fn neighbours(&self, turn: &Turn, unit: UnitId) -> Vec<UnitId> {
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

    /// Indices that are left in the unit; with a slip, any of its lot.
    pub(super) fn indices(&self, turn: &Turn, unit: UnitId) -> Vec<u32> {
        let Some(known) = self.model.units.units.get(&unit) else { return vec![turn.a % 9] };
        let left: Vec<u32> =
            known.indices.iter().copied().filter(|index| self.model.units.is_left(unit.lot(), *index)).collect();
        let any: Vec<u32> = (0..).zip(&self.model.units.lots[&unit.lot()].packs).map(|(index, _)| index).collect();
        let from = if turn.slip == Slip::Packs || left.is_empty() { any } else { left };
        let chosen: BTreeSet<u32> =
            (0..1 + turn.b % 4).map(|step| from[(turn.a + step) as usize % from.len()]).collect();
        chosen.into_iter().collect()
    }

    /// A prescription that was written; mostly for this product.
    pub(super) fn a_prescription(&self, turn: &Turn, model: Option<B256>) -> Option<abi::Prescription> {
        let fits =
            |terms: &&abi::Prescription| model.is_none_or(|model| terms.model == model || turn.who.is_multiple_of(5));
        let found: Vec<_> = self.written.iter().rev().filter(fits).take(4).collect();
        found.get(turn.who % found.len().max(1)).map(|terms| (*terms).clone())
    }

    pub(super) fn attempt(&self, turn: &Turn, unit: UnitId) -> Attempt {
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
    pub(super) fn goods_of(&self, turn: &Turn, unit: UnitId) -> Option<(LotId, Vec<u32>)> {
        let lot = self.model.units.lots.get(&unit.lot())?.id;
        let none = turn.slip == Slip::Packs && turn.b.is_multiple_of(5);
        let mut indices = self.indices(turn, unit);
        indices.retain(|index| (*index as usize) < self.model.units.lots[&lot].packs.len());
        (!none && !indices.is_empty()).then_some((lot, indices))
    }

    /// The other pharmacist; with a slip, the same, or one who signed for another sale.
    pub(super) fn second(&self, turn: &Turn, number: u32) -> (Address, u32) {
        let other = self.keys.pharmacists[(turn.who + 1) % 2].address();
        match turn.slip {
            Slip::Parts => (self.keys.pharmacists[turn.who % 2].address(), number),
            Slip::Packs => (other, number + 1),
            _ => (other, number),
        }
    }

    pub(super) fn collect(&self, attempt: &Attempt, key: &PrivateKeySigner, number: u32) -> (B256, B256) {
        let collection = eip712::Collection {
            prescription: attempt.id.unwrap_or_default(),
            pharmacy: attempt.sale.pharmacy,
            packs: packs_word(attempt),
            nonce: U256::from(number),
        };
        let signature = key.sign_hash_sync(&self.digest(&collection)).unwrap().as_erc2098();
        (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..]))
    }

    /// What a practitioner writes; with a slip, what nobody may, or what was written before.
    pub(super) fn terms_of(&self, turn: &Turn, writing: Writing) -> abi::Prescription {
        let lot = self.goods.lots[turn.a as usize % self.goods.lots.len()];
        let from = self.world.now() + writing.starts_in;
        let mut terms = abi::Prescription {
            practitioner: self.keys.practitioners[turn.who % 2].address(),
            patient: self.keys.patients[turn.b as usize % 4].address(),
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
            Slip::Parts => terms = self.written.last().cloned().unwrap_or(terms),
            _ => {}
        }
        terms
    }

    /// A pack that was sold, and its proof; with a slip, any pack, or a proof of another.
    pub(super) fn returned(&self, turn: &Turn, lot: &units::Lot) -> (u32, abi::Pack, Vec<B256>) {
        let sold = (0..).zip(&lot.packs).filter(|(_, pack)| pack.fate == units::Fate::Dispensed);
        let mut found: Vec<u32> = sold.map(|(index, _)| index).collect();
        if found.is_empty() || turn.slip == Slip::Packs {
            found = (0..).zip(&lot.packs).map(|(index, _)| index).collect();
        }
        let index = found[turn.a as usize % found.len()];
        let (mut pack, proof) = self.goods.prove_one(lot.id, index);
        if turn.slip == Slip::Proof {
            pack.half = leaf(index + 1).half;
        }
        (index, pack, proof)
    }
}

pub(super) fn no_prescription() -> abi::Prescription {
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

/// Few labels, so that some come again.
pub(super) fn label(number: u32) -> B256 {
    B256::from(U256::from(number % 60 + 1))
}

/// One word for the packs, as they stand in the sale.
pub(super) fn packs_word(attempt: &Attempt) -> B256 {
    let lot = UnitId(attempt.sale.unit).lot();
    let items: Vec<u8> = attempt.sale.proven.packs.iter().flat_map(|pack| lot.item_of_half(pack.half).0.0).collect();
    keccak256(items)
}
