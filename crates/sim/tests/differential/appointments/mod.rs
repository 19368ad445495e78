//! `Appointments` beside its model: a doctor and a machine, five patients, and whoever tries what is not theirs.

mod model;
mod steps;

use std::ops::Range;

use alloy::primitives::{Address, B256, U256, aliases::U40};
use proptest::collection::vec;
use proptest::test_runner::{TestCaseError, TestRunner};
use revm::primitives::hardfork::SpecId;
use theriac_bindings::appointments::Appointments as abi;
use theriac_bindings::catalog::Catalog;
use theriac_bindings::devices::Devices;
use theriac_core::ids::{Agency, ItemId, LotId, ModelId};
use theriac_core::merkle::{Leaf, Leaves, LotTree};
use theriac_sim::world::{World, WorldError};

use crate::appointments::model::{FREE, Model, Resource};
use crate::appointments::steps::{Turn, turn};
use crate::harness::{Check, Count, Questions, STEPS_A_LOOK, STEPS_A_RUN, config};
use crate::people::{CERTIFIER, MANUFACTURER, PATIENT, PRACTITIONER, PROVIDER, People, REGULATOR};

const MAKER: Address = Address::repeat_byte(0x11);
const CERTIFYING: Address = Address::repeat_byte(0x12);
const AUTHORITY: Address = Address::repeat_byte(0x13);
const DOCTOR: Address = Address::repeat_byte(0x14);
const HOSPITAL: Address = Address::repeat_byte(0x15);
const CLINIC: Address = Address::repeat_byte(0x16);
/// The last one is nobody's account.
const PATIENTS: [Address; 5] = [
    Address::repeat_byte(0x21),
    Address::repeat_byte(0x22),
    Address::repeat_byte(0x23),
    Address::repeat_byte(0x24),
    Address::repeat_byte(0x25),
];

/// The world and what should be in it.
#[derive(Clone)]
struct Stage {
    world: World,
    model: Model,
    machine: ItemId,
    /// The recall that keeps the machine from moving.
    recall: Option<u64>,
}

#[test]
fn appointments_and_their_model_agree() {
    let stage = Stage::set().unwrap();
    let count = std::cell::RefCell::new(Count::default());
    let mut runner = TestRunner::new(config());
    let run = |turns: Vec<Turn>| {
        let mut stage = stage.clone();
        for (number, turn) in (1..).zip(&turns) {
            let whole = number % STEPS_A_LOOK == 0;
            stage.take(turn, whole, &mut count.borrow_mut())?;
        }
        Ok(())
    };
    if let Err(error) = runner.run(&vec(turn(), STEPS_A_RUN), run) {
        panic!("{error}");
    }
    count.borrow().assert_both_ways();
}

impl Stage {
    fn set() -> Result<Self, WorldError> {
        let mut world = World::new(SpecId::OSAKA)?;
        let mut people = People::default();
        let roles = [
            (MAKER, MANUFACTURER),
            (CERTIFYING, CERTIFIER),
            (AUTHORITY, REGULATOR),
            (DOCTOR, PRACTITIONER),
            (HOSPITAL, PROVIDER),
            (CLINIC, PROVIDER),
        ];
        let patients = PATIENTS[..4].iter().map(|patient| (*patient, PATIENT));
        for (account, roles) in roles.into_iter().chain(patients) {
            people.enrol(&mut world, account, roles)?;
        }
        let machine = machine(&mut world)?;
        let resources = [
            (DOCTOR.into_word(), resource(DOCTOR.into_word(), DOCTOR, false)),
            (machine.0, resource(machine.0, HOSPITAL, true)),
        ];
        let model = Model { now: world.now(), people, resources: resources.into() };
        Ok(Self { world, model, machine, recall: None })
    }

    /// What everybody can see: of every day, or only of the one that was looked at and those beside it.
    fn compare(&mut self, whole: bool, looked_at: (B256, u32, u8, Address)) -> Check {
        let mut questions = Questions::default();
        for resource in self.model.resources.values().filter(|known| whole || known.id == looked_at.0) {
            let near = if whole { 0..u32::MAX } else { looked_at.1.saturating_sub(1)..looked_at.1 + 3 };
            self.ask_of(resource, near, &mut questions);
        }
        let (resource, day, slot, patient) = looked_at;
        let answers = self.model.answers(patient, resource, day, slot);
        questions.expect_one_of(abi::answerForCall { resource, day, slot, patient }, answers);
        let room = self.world.rooms.appointments;
        questions.ask(&mut self.world, room)
    }

    fn ask_of(&self, known: &Resource, near: Range<u32>, questions: &mut Questions) {
        let resource = known.id;
        questions.expect(abi::hostOfCall { resource }, known.host);
        questions.expect(abi::zoneOfCall { resource }, known.zone);
        questions.expect(abi::limitsOfCall { resource }, known.limits.clone());
        for patient in PATIENTS {
            let open = U256::from(self.model.open_bookings(resource, patient));
            questions.expect(abi::openBookingsOfCall { resource, patient }, open);
        }
        for (&day, calendar) in known.days.range(near) {
            let info = abi::Day {
                firstAt: U40::from(calendar.first_at),
                slotSeconds: u32::try_from(calendar.slot_seconds).unwrap(),
                count: calendar.count,
                closed: calendar.closed,
                hasBlocked: !calendar.blocked.is_empty(),
            };
            questions.expect(abi::dayOfCall { resource, day }, info);
            let masks = abi::masksOfReturn {
                takenMask: model::mask(&calendar.taken()),
                blockedMask: model::mask(&calendar.blocked),
            };
            questions.expect(abi::masksOfCall { resource, day }, masks);
            for (&slot, booking) in &calendar.slots {
                questions.expect(abi::bookingOfCall { resource, day, slot }, seen(booking));
            }
            let next = calendar.waiting.front().map_or(Address::ZERO, |(_, patient)| *patient);
            let length = u32::try_from(calendar.waiting.len()).unwrap();
            questions.expect(abi::waitingOfCall { resource, day }, abi::waitingOfReturn { length, next });
            for patient in PATIENTS {
                let offer = calendar.offer_to(patient);
                let ticket = calendar.ticket_of(patient);
                let place = abi::placeOfReturn { ticket, offered: offer.is_some(), slot: offer.unwrap_or(0) };
                questions.expect(abi::placeOfCall { resource, day, patient }, place);
            }
        }
    }
}

fn seen(slot: &model::Slot) -> abi::Booking {
    assert!(slot.status != FREE || slot.patient.is_zero(), "a free slot is nobody's");
    abi::Booking {
        patient: slot.patient,
        status: slot.status,
        nonce: slot.nonce,
        until: U40::from(slot.until),
        counted: slot.counted,
    }
}

fn resource(id: B256, host: Address, is_machine: bool) -> Resource {
    Resource {
        id,
        host,
        movable: true,
        is_machine,
        zone: B256::ZERO,
        limits: abi::Limits { maxOpen: 0, noticeSeconds: 0, offerSeconds: 0 },
        days: std::collections::BTreeMap::new(),
    }
}

/// A machine whose twin is the hospital's.
fn machine(world: &mut World) -> Result<ItemId, WorldError> {
    const DI: &str = "00844588010286";
    let invalid = |error: &dyn std::fmt::Display| WorldError::Invalid(error.to_string());
    let (catalog, digest) = (world.rooms.catalog, B256::repeat_byte(0xd1));
    let model = ModelId::new(Agency::Gs1, DI);
    let leaf = |index| Leaf { index, half: LotId::serial_half(&format!("SN{index}")), tag_key: Address::ZERO };
    let leaves = Leaves::new((0..4).map(leaf).collect()).map_err(|error| invalid(&error))?;
    let tree = LotTree::build(leaves);
    let document = Catalog::Content { digest, codec: 0x55 };
    let register = Catalog::registerModelCall { agency: 0, di: DI.to_owned(), product: 0, document: document.clone() };
    world.send(MAKER, catalog, &register)?;
    let approve = Catalog::approveModelCall { model: model.0, manufacturer: MAKER, digest, product: 0 };
    world.send(CERTIFYING, catalog, &approve)?;
    let new_lot = Catalog::NewLot {
        model: model.0,
        number: "A1".to_owned(),
        root: tree.root(),
        count: 4,
        madeAt: U40::from(world.now() - 86_400),
        expiresAt: U40::ZERO,
        document,
    };
    world.send(MAKER, catalog, &Catalog::registerLotCall { newLot: new_lot })?;
    let item = model.lot("A1").item_of_half(leaf(0).half);
    let proof = tree.proof(0).map_err(|error| invalid(&error))?;
    let membership = Devices::Membership { index: 0, tagKey: Address::ZERO, proof };
    let mint = Devices::mintCall { item: item.0, to: HOSPITAL, membership };
    world.send(MAKER, world.rooms.devices, &mint)?;
    Ok(item)
}

/// A step that could not be taken at all.
fn broken(error: WorldError) -> TestCaseError {
    TestCaseError::fail(format!("set-up of a step: {error}"))
}
