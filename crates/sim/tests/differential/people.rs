//! Who is active, and in which roles: all that the models need of `Participants`.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, aliases::U40};
use theriac_bindings::participants::Participants;
use theriac_sim::world::{World, WorldError};

pub(crate) const REGULATOR: u32 = 1 << 1;
pub(crate) const CERTIFIER: u32 = 1 << 2;
pub(crate) const MANUFACTURER: u32 = 1 << 3;
pub(crate) const DISTRIBUTOR: u32 = 1 << 4;
pub(crate) const PROVIDER: u32 = 1 << 5;
pub(crate) const PHARMACY: u32 = 1 << 6;
pub(crate) const PRACTITIONER: u32 = 1 << 7;
pub(crate) const PHARMACIST: u32 = 1 << 8;
pub(crate) const PATIENT: u32 = 1 << 10;

/// Longer than any run.
const VALIDITY: u64 = 50 * 365 * 86_400;

/// Participants; none of them lapses.
#[derive(Clone, Debug, Default)]
pub(crate) struct People(BTreeMap<Address, Person>);

#[derive(Clone, Debug)]
struct Person {
    roles: u32,
    suspended: bool,
}

impl People {
    /// Enrols an account in the world and here.
    pub(crate) fn enrol(&mut self, world: &mut World, account: Address, roles: u32) -> Result<(), WorldError> {
        let enrolment = Participants::Enrolment {
            roles,
            validFrom: U40::from(world.now()),
            validUntil: U40::from(world.now() + VALIDITY),
            organisation: B256::repeat_byte(0x0a),
            credential: B256::repeat_byte(0x0c),
        };
        world.send(World::ADMIN, world.rooms.participants, &Participants::enrolPowerfulCall { account, enrolment })?;
        self.0.insert(account, Person { roles, suspended: false });
        Ok(())
    }

    /// Suspends an account, or reinstates it.
    pub(crate) fn turn(&mut self, world: &mut World, account: Address) -> Result<(), WorldError> {
        let Some(person) = self.0.get_mut(&account) else { return Ok(()) };
        person.suspended = !person.suspended;
        let (room, evidence) = (world.rooms.participants, B256::repeat_byte(0xe1));
        if person.suspended {
            world.send(World::ADMIN, room, &Participants::suspendCall { account, evidence })?;
        } else {
            world.send(World::ADMIN, room, &Participants::reinstateCall { account, evidence })?;
        }
        Ok(())
    }

    pub(crate) fn is_active(&self, account: Address) -> bool {
        self.0.get(&account).is_some_and(|person| !person.suspended)
    }

    /// Whether the account is active in one of these roles.
    pub(crate) fn is_active_as(&self, account: Address, roles: u32) -> bool {
        self.0.get(&account).is_some_and(|person| !person.suspended && person.roles & roles != 0)
    }
}
