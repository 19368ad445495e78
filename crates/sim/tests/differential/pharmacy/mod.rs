//! `Pharmacy` and `Units` beside their model: a maker, a wholesaler, two pharmacies, two pharmacists, two practitioners, and lots of every
//! kind of product.

mod choices;
mod fate;
mod goods;
mod sales;
mod steps;
mod turns;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use alloy::primitives::{Address, B256, U256, aliases::U40};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolStruct;
use proptest::collection::vec;
use proptest::test_runner::{TestCaseError, TestRunner};
use revm::primitives::hardfork::SpecId;
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_bindings::units::Units;
use theriac_client::eip712;
use theriac_core::ids::{LotId, UnitId};
use theriac_sim::world::{CHAIN_ID, World, WorldError};

use crate::harness::{Check, Count, Questions, STEPS_A_LOOK, STEPS_A_RUN, agree, config};
use crate::people::{CERTIFIER, DISTRIBUTOR, MANUFACTURER, PHARMACIST, PHARMACY, PRACTITIONER, People, REGULATOR};
use crate::pharmacy::goods::Goods;
use crate::pharmacy::sales::Model;
use crate::pharmacy::turns::{Turn, turn};
use crate::pharmacy::units::Fate;

const MAKER: Address = Address::repeat_byte(0x11);
const CERTIFYING: Address = Address::repeat_byte(0x12);
const AUTHORITY: Address = Address::repeat_byte(0x13);
const WHOLESALER: Address = Address::repeat_byte(0x14);
const CHEMIST: Address = Address::repeat_byte(0x15);
const OTHER_CHEMIST: Address = Address::repeat_byte(0x16);
const STRANGER: Address = Address::repeat_byte(0x17);
/// Who has, or may have, packs.
const HOLDERS: [Address; 4] = [MAKER, WHOLESALER, CHEMIST, OTHER_CHEMIST];
const EVIDENCE: B256 = B256::repeat_byte(0xe1);
const YEAR: u64 = 365 * 86_400;

/// Whose keys sign.
#[derive(Clone)]
struct Keys {
    practitioners: [PrivateKeySigner; 2],
    pharmacists: [PrivateKeySigner; 2],
    patients: [PrivateKeySigner; 4],
}

/// The world and what should be in it.
#[derive(Clone)]
struct Stage {
    world: World,
    model: Model,
    goods: Rc<Goods>,
    keys: Rc<Keys>,
    /// Prescriptions that somebody tried to issue or cancel.
    written: Vec<abi::Prescription>,
    /// Open recalls, with what they are of.
    recalls: Vec<(u64, LotId, Option<u32>)>,
}

#[test]
fn pharmacy_and_its_model_agree() {
    let stage = Stage::set().unwrap();
    let count = std::cell::RefCell::new(Count::default());
    let mut runner = TestRunner::new(config());
    let run = |turns: Vec<Turn>| {
        let mut stage = stage.clone();
        for (number, turn) in (1..).zip(&turns) {
            let whole = number % STEPS_A_LOOK == 0;
            stage.take(turn, whole, &mut count.borrow_mut())?;
        }
        stage.compare_packs()
    };
    if let Err(error) = runner.run(&vec(turn(), STEPS_A_RUN), run) {
        panic!("{error}");
    }
    count.borrow().assert_both_ways();
}

impl Keys {
    fn new() -> Self {
        let key = |byte| PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).unwrap();
        Self {
            practitioners: [0x31, 0x32].map(key),
            pharmacists: [0x41, 0x42].map(key),
            patients: [0x51, 0x52, 0x53, 0x54].map(key),
        }
    }
}

impl Stage {
    fn set() -> Result<Self, WorldError> {
        let mut world = World::new(SpecId::OSAKA)?;
        let mut people = People::default();
        let keys = Keys::new();
        let roles = [
            (MAKER, MANUFACTURER),
            (CERTIFYING, CERTIFIER),
            (AUTHORITY, REGULATOR),
            (WHOLESALER, DISTRIBUTOR),
            (CHEMIST, PHARMACY),
            (OTHER_CHEMIST, PHARMACY),
        ];
        let practitioners = keys.practitioners.iter().map(|key| (key.address(), PRACTITIONER));
        let pharmacists = keys.pharmacists.iter().map(|key| (key.address(), PHARMACIST));
        for (account, roles) in roles.into_iter().chain(practitioners).chain(pharmacists) {
            people.enrol(&mut world, account, roles)?;
        }
        let (goods, lots) = Goods::register(&mut world)?;
        let units = units::Model::new(world.now(), MAKER, people, lots);
        let room = world.rooms.pharmacy;
        let products = goods.products.clone();
        let (prescriptions, employed) = (BTreeMap::new(), BTreeMap::new());
        let model = Model { room, units, products, prescriptions, employed };
        let (written, recalls) = (Vec::new(), Vec::new());
        let mut stage = Self { world, model, goods: goods.into(), keys: keys.into(), written, recalls };
        stage.open_shops().map_err(|error| WorldError::Invalid(error.to_string()))?;
        Ok(stage)
    }

    /// All lots but one are commissioned, and the pharmacies have their share.
    fn open_shops(&mut self) -> Check {
        for pharmacy in [CHEMIST, OTHER_CHEMIST] {
            let room = self.world.rooms.units;
            let operator = self.world.rooms.pharmacy;
            let call = Units::setOperatorCall { operator, approved: true };
            self.world.send(pharmacy, room, &call).map_err(broken)?;
            self.model.units.operators.insert((pharmacy, operator));
            for pharmacist in self.keys.clone().pharmacists.iter().map(PrivateKeySigner::address) {
                let until = self.world.now() + YEAR;
                let call = abi::setPharmacistCall { pharmacist, until: U40::from(until) };
                let done = self.world.send(pharmacy, self.world.rooms.pharmacy, &call);
                agree(done, &self.model.set_pharmacist(pharmacy, pharmacist, until))?;
            }
        }
        let lots: Vec<LotId> = self.goods.lots[1..].to_vec();
        for lot in lots {
            self.stock_up(lot)?;
        }
        Ok(())
    }

    fn stock_up(&mut self, lot: LotId) -> Check {
        let (room, evidence) = (self.world.rooms.units, EVIDENCE);
        let label = B256::repeat_byte(0xff);
        let call = Units::commissionCall { lot: lot.0, label, evidence };
        let done = self.world.send(MAKER, room, &call);
        agree(done, &self.model.units.commission(MAKER, lot, label))?;
        let all = lot.unit(MAKER, label);
        let packs = u32::try_from(self.model.units.lots[&lot].packs.len()).unwrap();
        for (holder, label) in [(CHEMIST, 0xfe), (OTHER_CHEMIST, 0xfd)] {
            let label = B256::repeat_byte(label);
            let call = Units::splitCall { unit: all.0, count: packs / 3, label, evidence };
            let done = self.world.send(MAKER, room, &call);
            agree(done, &self.model.units.split(MAKER, all, packs / 3, label))?;
            let unit = lot.unit(MAKER, label);
            let done = self.world.send(MAKER, room, &Units::shipCall { unit: unit.0, to: holder, evidence });
            agree(done, &self.model.units.ship(MAKER, unit, holder))?;
            let call = self.receiving(unit);
            let done = self.world.send(holder, room, &call);
            agree(done, &self.model.units.receive(holder, unit))?;
        }
        Ok(())
    }

    /// The id of a prescription: its hash, as the client computes it.
    /// The call that receives a unit as it is on the chain now; of one that is nowhere, a call that is refused for it.
    fn receiving(&mut self, unit: UnitId) -> Units::receiveUnitCall {
        let (room, unit) = (self.world.rooms.units, unit.0);
        let known = self.world.call(STRANGER, room, &Units::unitOfCall { unit }).unwrap();
        let packs = self.world.call(STRANGER, room, &Units::packsInCall { unit }).unwrap().saturating_to();
        Units::receiveUnitCall { unit, first: known.first, count: known.count, packs, evidence: EVIDENCE }
    }

    fn id_of(&self, terms: &abi::Prescription) -> B256 {
        let typed = eip712::Prescription {
            practitioner: terms.practitioner,
            patient: terms.patient,
            model: terms.model,
            quantity: terms.quantity,
            repeats: terms.repeats,
            interval: terms.interval,
            validFrom: terms.validFrom,
            validUntil: terms.validUntil,
        };
        self.digest(&typed)
    }

    fn digest(&self, typed: &impl SolStruct) -> B256 {
        typed.eip712_signing_hash(&eip712::domain(eip712::PHARMACY, CHAIN_ID, self.world.rooms.pharmacy))
    }

    /// What everybody can see: of every lot, or only of this one; of packs those at `indices`.
    fn compare(&mut self, whole: bool, lot: LotId, indices: &BTreeSet<u32>) -> Check {
        let lots = if whole { self.goods.lots.clone() } else { vec![lot] };
        let mut questions = Questions::default();
        self.ask_of_units(&lots, &mut questions);
        self.ask_of_packs(lot, indices.iter().copied(), &mut questions);
        let room = self.world.rooms.units;
        questions.ask(&mut self.world, room)?;

        let mut questions = Questions::default();
        self.ask_of_sales(whole, &lots, &mut questions);
        let packs = &self.model.units.lots[&lot].packs;
        for (index, pack) in (0..).zip(packs).filter(|(index, _)| indices.contains(index)) {
            let call = abi::isReturnDestroyedCall { lot: lot.0, index };
            questions.expect(call, pack.return_destroyed);
        }
        let room = self.world.rooms.pharmacy;
        questions.ask(&mut self.world, room)
    }

    /// Every pack there is.
    fn compare_packs(&mut self) -> Check {
        for lot in self.goods.clone().lots.iter() {
            let mut questions = Questions::default();
            let count = u32::try_from(self.model.units.lots[lot].packs.len()).unwrap();
            self.ask_of_packs(*lot, 0..count, &mut questions);
            let room = self.world.rooms.units;
            questions.ask(&mut self.world, room)?;
        }
        Ok(())
    }

    fn ask_of_packs(&self, lot: LotId, indices: impl Iterator<Item = u32>, questions: &mut Questions) {
        for index in indices {
            let fate = self.model.units.lots[&lot].packs[index as usize].fate;
            questions.expect(Units::isGoneCall { lot: lot.0, index }, fate != Fate::InUnit);
            questions.expect(Units::isDestroyedCall { lot: lot.0, index }, fate == Fate::Destroyed);
        }
    }

    fn ask_of_units(&self, lots: &[LotId], questions: &mut Questions) {
        let model = &self.model.units;
        for unit in model.units.values().filter(|unit| lots.contains(&unit.id.lot())) {
            let id = unit.id.0;
            let packs = model.packs_in(unit);
            let holed = packs < unit.indices.len() as u64;
            // A unit that packs may have left need not lack any.
            let seen = [true, false].map(|opened| seen(unit, opened));
            questions.expect_one_of(Units::unitOfCall { unit: id }, seen[..if holed { 1 } else { 2 }].to_vec());
            questions.expect(Units::packsInCall { unit: id }, U256::from(packs));
            let answer = |standing| Units::isMovableReturn { movable: standing == 0, standing };
            let standings = model.standings(unit.id);
            let answers = if standings.is_empty() { vec![0] } else { standings };
            questions.expect_one_of(Units::isMovableCall { unit: id }, answers.into_iter().map(answer).collect());
        }
        for unit in model.past.iter().filter(|unit| lots.contains(&unit.lot()) && !model.units.contains_key(unit)) {
            questions.expect(Units::unitOfCall { unit: unit.0 }, nothing());
        }
        for lot in lots.iter().map(|lot| &model.lots[lot]) {
            questions.expect(Units::isCommissionedCall { lot: lot.id.0 }, lot.commissioned);
            for account in HOLDERS {
                let call = Units::tallyOfCall { account, lot: lot.id.0 };
                questions.expect(call, model.tally(account, lot.id));
            }
        }
    }

    fn ask_of_sales(&self, whole: bool, lots: &[LotId], questions: &mut Questions) {
        for terms in &self.written {
            let id = self.id_of(terms);
            let number = self.goods.numbers.get(&terms.model).copied().unwrap_or_default();
            questions.expect(abi::progressOfCall { id }, self.model.progress(id, number));
            if !whole {
                continue;
            }
            questions.expect(abi::idOfCall { prescription: terms.clone() }, id);
            for model in self.goods.products.keys() {
                let approved = self.model.is_substitute(id, *model);
                questions.expect(abi::isSubstitutionApprovedCall { id, model: model.0 }, approved);
            }
        }
        for (lot, pharmacy) in lots.iter().flat_map(|lot| [(lot, CHEMIST), (lot, OTHER_CHEMIST)]) {
            let tally = self.model.units.tally(pharmacy, *lot);
            let stock = abi::Stock {
                received: U256::from(tally.received),
                sold: U256::from(tally.dispensed),
                returned: U256::from(tally.sent),
                destroyed: U256::from(tally.destroyed),
                stock: U256::from(self.model.units.stock(pharmacy, *lot)),
            };
            questions.expect(abi::stockOfCall { pharmacy, lot: lot.0 }, stock);
        }
        for (&(pharmacy, pharmacist), until) in &self.model.employed {
            questions.expect(abi::employedUntilCall { pharmacy, pharmacist }, U40::from(*until));
        }
    }
}

fn seen(unit: &units::Unit, opened: bool) -> Units::Unit {
    Units::Unit {
        holder: unit.holder,
        first: unit.first(),
        count: u32::try_from(unit.indices.len()).unwrap(),
        opened,
        underWay: unit.addressee.is_some(),
        quarantines: u8::try_from(unit.stops_of(true)).unwrap(),
        losses: u8::try_from(unit.stops_of(false)).unwrap(),
        addressee: unit.addressee.unwrap_or_default(),
        cameFromTag: unit.tag(),
    }
}

fn nothing() -> Units::Unit {
    Units::Unit {
        holder: Address::ZERO,
        first: 0,
        count: 0,
        opened: false,
        underWay: false,
        quarantines: 0,
        losses: 0,
        addressee: Address::ZERO,
        cameFromTag: Default::default(),
    }
}

/// A step that could not be taken at all.
fn broken(error: WorldError) -> TestCaseError {
    TestCaseError::fail(format!("set-up of a step: {error}"))
}
