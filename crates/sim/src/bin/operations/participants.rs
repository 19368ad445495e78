//! Enrolment and its end.

use alloy::primitives::{Address, B256};
use theriac_bindings::participants::Participants;
use theriac_sim::world::{World, WorldError};

use crate::Figures;
use crate::scenario::{Scenario, digest, measured};

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.participants;
    let account = Address::repeat_byte(0x99);
    let ordinary = Participants::enrolCall { account, enrolment: scenario.enrolment(1 << 4) };
    measured!(figures, "Participants.enrol", world, World::ADMIN, room, ordinary);
    let key = Participants::setEncryptionKeyCall { encryptionKey: B256::repeat_byte(0x25) };
    measured!(figures, "Participants.setEncryptionKey", world, account, room, key);
    let suspend = Participants::suspendCall { account, evidence: digest() };
    measured!(figures, "Participants.suspend", world, World::ADMIN, room, suspend);
    let reinstate = Participants::reinstateCall { account, evidence: digest() };
    measured!(figures, "Participants.reinstate", world, World::ADMIN, room, reinstate);
    let powerful =
        Participants::enrolPowerfulCall { account: Address::repeat_byte(0x98), enrolment: scenario.enrolment(1 << 11) };
    measured!(figures, "Participants.enrolPowerful", world, World::ADMIN, room, powerful);
    Ok(())
}
