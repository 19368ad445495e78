//! Devices in use: versions of profiles that exist, one and many in a transaction; patient and place untouched. Work orders of a device
//! that was serviced before.

use alloy::primitives::{Address, aliases::U40, keccak256};
use theriac_bindings::devices::Devices;
use theriac_bindings::mds_profiles::MdsProfiles;
use theriac_sim::world::{Cost, World, WorldError};

use crate::Figures;
use crate::medicines::enrol;
use crate::scenario::{Scenario, digest, measured};

/// Twins written in one transaction.
const BATCH: u32 = 50;
const DISTRIBUTOR: u32 = 1 << 4;
const ENGINEER: u32 = 1 << 9;
/// The kind of a work order.
const CALIBRATION: u8 = 2;
const DAY: u64 = 86_400;

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let (devices, room) = (world.rooms.devices, world.rooms.mds_profiles);
    let (maker, hospital, gateway) = (scenario.maker, scenario.hospital, Address::repeat_byte(0x6a));
    enrol(&mut world, scenario, &[(gateway, DISTRIBUTOR)])?;
    for index in 0..=BATCH {
        let membership = Devices::Membership { index, tagKey: scenario.tag.address(), proof: scenario.proof(index)? };
        let mint = Devices::mintCall { item: scenario.item(index).0, to: hospital, membership };
        world.send(maker, devices, &mint)?;
    }
    world.send(hospital, room, &MdsProfiles::setOperatorCall { operator: gateway, approved: true })?;

    let one = |version| MdsProfiles::updateCall { next: version_of(scenario, 0, version) };
    measured!(figures, "MdsProfiles.update/first", world, hospital, room, one(1));
    measured!(figures, "MdsProfiles.update", world, hospital, room, one(2));

    let many = |version| MdsProfiles::updateManyCall {
        next: (1..=BATCH).map(|index| version_of(scenario, index, version)).collect(),
    };
    world.send(gateway, room, &many(1))?;
    let cost = world.send(gateway, room, &many(2))?;
    let each = Cost { gas: cost.gas.div_ceil(u64::from(BATCH)), new_slots: cost.new_slots.div_ceil(BATCH as usize) };
    figures.insert("MdsProfiles.update/50perItem".to_owned(), each);
    work_orders(scenario, world, figures)
}

/// A calibration, by an engineer whom the owner calls.
fn work_orders(scenario: &Scenario, mut world: World, figures: &mut Figures) -> Result<(), WorldError> {
    let (owner, engineer, room) = (scenario.hospital, Address::repeat_byte(0x6e), world.rooms.mds_profiles);
    enrol(&mut world, scenario, &[(engineer, ENGINEER)])?;
    let document = || MdsProfiles::Content { digest: digest(), codec: 0x55 };
    for order in 1..=2 {
        let open = MdsProfiles::openCall { item: scenario.item(0).0, kind: CALIBRATION, document: document() };
        measured!(figures, "MdsProfiles.open", world, owner, room, open);
        let until = U40::from(world.now() + DAY);
        let assign = MdsProfiles::assignCall { order, engineer, until };
        measured!(figures, "MdsProfiles.assign", world, owner, room, assign);
        measured!(figures, "MdsProfiles.start", world, engineer, room, MdsProfiles::startCall { order });
        let close = MdsProfiles::closeCall {
            order,
            outcome: 0,
            maintenanceDue: U40::from(world.now() + 180 * DAY),
            calibrationDue: U40::from(world.now() + 365 * DAY),
            report: document(),
        };
        measured!(figures, "MdsProfiles.close", world, engineer, room, close);
        // The second one, a day later, is of a device that was serviced before: its figures take the place of the first one's.
        world.wait(DAY);
    }
    Ok(())
}

fn version_of(scenario: &Scenario, index: u32, version: u32) -> MdsProfiles::Update {
    MdsProfiles::Update {
        item: scenario.item(index).0,
        version,
        status: 1,
        reasons: 1,
        mode: 0,
        hoursRun: U40::from(8_760 + version),
        cycles: U40::from(156 + version),
        // Another document each time: a slot that keeps its value would cost less.
        content: MdsProfiles::Content {
            digest: keccak256([index, version].map(u32::to_be_bytes).concat()),
            codec: 0x55,
        },
    }
}
