//! Devices in use: versions of profiles that exist, one and many in a transaction; patient and place untouched.

use alloy::primitives::{Address, aliases::U40, keccak256};
use theriac_bindings::devices::Devices;
use theriac_bindings::mds_profiles::MdsProfiles;
use theriac_sim::world::{Cost, WorldError};

use crate::Figures;
use crate::medicines::enrol;
use crate::scenario::{Scenario, measured};

/// Twins written in one transaction.
const BATCH: u32 = 50;
const DISTRIBUTOR: u32 = 1 << 4;

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
