//! Twins: minting, moving, locking, tags.

use alloy::primitives::{Address, U256};
use alloy::sol_types::SolCall;
use theriac_bindings::devices::Devices;
use theriac_sim::world::{Cost, WorldError};

use crate::Figures;
use crate::scenario::{Scenario, digest, measured};

/// Devices minted in one transaction for the figure per device; more would pass the cap of a transaction (EIP-7825).
const BATCH: u32 = 100;

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    titles(scenario, figures)?;
    locks(scenario, figures)?;
    tags(scenario, figures)
}

fn membership(scenario: &Scenario, index: u32) -> Result<Devices::Membership, WorldError> {
    Ok(Devices::Membership { index, tagKey: scenario.tag.address(), proof: scenario.proof(index)? })
}

fn mint(scenario: &Scenario, index: u32, to: Address) -> Result<Devices::mintCall, WorldError> {
    Ok(Devices::mintCall { item: scenario.item(index).0, to, membership: membership(scenario, index)? })
}

fn titles(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.devices;
    let (maker, distributor, hospital) = (scenario.maker, scenario.distributor, scenario.hospital);
    measured!(figures, "Devices.mint/firstOfHolder", world, maker, room, mint(scenario, 0, hospital)?);
    measured!(figures, "Devices.mint/depth20", world, maker, room, mint(scenario, 1, hospital)?);
    for index in 2..4 {
        world.send(maker, room, &mint(scenario, index, distributor)?)?;
    }
    let token = U256::from_be_bytes(scenario.item(1).0.0);
    let transfer = Devices::transferFromCall { from: hospital, to: distributor, tokenId: token };
    measured!(figures, "Devices.transferFrom", world, hospital, room, transfer);
    let document = Devices::Content { digest: digest(), codec: 0x70 };
    let own = Devices::setDocumentCall { item: scenario.item(1).0, document };
    measured!(figures, "Devices.setDocument", world, maker, room, own);

    let data = (100..100 + BATCH)
        .map(|index| Ok(mint(scenario, index, hospital)?.abi_encode().into()))
        .collect::<Result<_, WorldError>>()?;
    let cost = world.send(maker, room, &Devices::multicallCall { data })?;
    let each = Cost { gas: cost.gas.div_ceil(u64::from(BATCH)), new_slots: cost.new_slots.div_ceil(BATCH as usize) };
    figures.insert("Devices.mint/100".to_owned(), each);
    Ok(())
}

fn locks(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.devices;
    let (maker, distributor, hospital) = (scenario.maker, scenario.distributor, scenario.hospital);
    let keeper = Address::repeat_byte(0x6b);
    for index in 0..4 {
        world.send(maker, room, &mint(scenario, index, if index < 2 { hospital } else { distributor })?)?;
    }
    let item = scenario.item(1).0;
    measured!(figures, "Devices.lock", world, hospital, room, Devices::lockCall { item, keeper });
    measured!(figures, "Devices.unlock", world, keeper, room, Devices::unlockCall { item });
    let transfer = Devices::transferLockedCall { from: hospital, to: distributor, item, keeper };
    measured!(figures, "Devices.transferLocked", world, hospital, room, transfer);
    measured!(figures, "Devices.sendBack", world, keeper, room, Devices::sendBackCall { item, to: hospital });
    let locked = Devices::mintLockedCall {
        item: scenario.item(9).0,
        to: hospital,
        membership: membership(scenario, 9)?,
        keeper,
    };
    measured!(figures, "Devices.mintLocked/depth20", world, maker, room, locked);
    Ok(())
}

fn tags(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.devices;
    let item = scenario.item(5).0;
    for (name, claimer) in [("Devices.claim", scenario.hospital), ("Devices.claim/clone", scenario.distributor)] {
        let hash = world.call(claimer, room, &Devices::claimHashCall { item, claimer })?;
        let signature = Scenario::sign(&scenario.tag, hash)?;
        let claim = Devices::claimCall { item, membership: membership(scenario, 5)?, claimer, signature };
        measured!(figures, name, world, claimer, room, claim);
    }
    Ok(())
}
