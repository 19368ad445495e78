//! Medicines held in units, and those who handle them.

use alloy::primitives::{Address, B128, B256, Bytes, U256, aliases::U40, keccak256};
use theriac_bindings::catalog::Catalog;
use theriac_bindings::custody::Custody;
use theriac_bindings::participants::Participants;
use theriac_bindings::pharmacy::Pharmacy;
use theriac_bindings::units::Units;
use theriac_core::ids::{Agency, LotId, ModelId};
use theriac_core::merkle::{Leaf, Leaves, LotTree};
use theriac_sim::world::{World, WorldError};

use crate::scenario::{Scenario, digest, invalid};

const DI: &str = "04012345678901";
/// The product that a prescription is needed for.
const DRUG: u8 = 1;
/// Codec of a document of many blocks.
const DAG_PB: u8 = 0x70;

/// A lot of an approved medicine, all of it one unit at its maker.
#[derive(Clone)]
pub(crate) struct Medicine {
    pub(crate) world: World,
    pub(crate) maker: Address,
    pub(crate) model: ModelId,
    pub(crate) lot: LotId,
    pub(crate) unit: B256,
    tree: std::sync::Arc<LotTree>,
}

impl Medicine {
    /// Registers a lot of `count` packs and commissions it.
    pub(crate) fn commissioned(scenario: &Scenario, count: u32) -> Result<Self, WorldError> {
        let mut medicine = Self::held_in_units(scenario, count)?;
        medicine.unit = medicine.world.call(medicine.maker, medicine.world.rooms.units, &medicine.commission("all"))?;
        Ok(medicine)
    }

    /// Registers a lot of `count` packs that is to be held in units.
    pub(crate) fn held_in_units(scenario: &Scenario, count: u32) -> Result<Self, WorldError> {
        let leaves = (0..count).map(leaf).collect();
        let tree = LotTree::build(Leaves::new(leaves).map_err(invalid)?);
        let model = ModelId::new(Agency::Gs1, DI);
        let mut world = scenario.world.clone();
        let (maker, catalog, custody) = (scenario.maker, world.rooms.catalog, world.rooms.custody);
        let mut register = scenario.register_model(DI);
        register.product = DRUG;
        world.send(maker, catalog, &register)?;
        let approve =
            Catalog::approveModelCall { model: model.0, manufacturer: maker, digest: digest(), product: DRUG };
        world.send(scenario.certifier, catalog, &approve)?;
        let lot = model.lot("M1");
        let new_lot = Catalog::NewLot {
            model: model.0,
            number: "M1".to_owned(),
            root: tree.root(),
            count,
            madeAt: U40::from(world.now() - 86_400),
            expiresAt: U40::from(world.now() + 63_072_000),
            document: Catalog::Content { digest: digest(), codec: DAG_PB },
        };
        world.send(maker, catalog, &Catalog::registerLotCall { newLot: new_lot })?;
        world.send(maker, custody, &Custody::holdInUnitsCall { lot: lot.0 })?;
        Ok(Self { world, maker, model, lot, unit: B256::ZERO, tree: std::sync::Arc::new(tree) })
    }

    pub(crate) fn commission(&self, name: &str) -> Units::commissionCall {
        Units::commissionCall { lot: self.lot.0, label: label(name), evidence: digest() }
    }

    /// The last `count` indices of a unit become one of their own.
    pub(crate) fn split(&mut self, unit: B256, count: u32, name: &str) -> Result<B256, WorldError> {
        let split = Units::splitCall { unit, count, label: label(name), evidence: digest() };
        self.world.call(self.maker, self.world.rooms.units, &split)
    }

    /// The call that receives the unit as it is now.
    pub(crate) fn receiving(&mut self, unit: B256) -> Result<Units::receiveUnitCall, WorldError> {
        let room = self.world.rooms.units;
        let known = self.world.call(self.maker, room, &Units::unitOfCall { unit })?;
        let packs = self.world.call(self.maker, room, &Units::packsInCall { unit })?.saturating_to();
        Ok(Units::receiveUnitCall { unit, first: known.first, count: known.count, packs, evidence: digest() })
    }

    pub(crate) fn hand_over(&mut self, unit: B256, from: Address, to: Address) -> Result<(), WorldError> {
        let room = self.world.rooms.units;
        self.world.send(from, room, &Units::shipCall { unit, to, evidence: digest() })?;
        let call = self.receiving(unit)?;
        self.world.send(to, room, &call).map(|_| ())
    }

    /// Packs `first` to `first + count − 1`, in the order of the tree, with their proof.
    pub(crate) fn packs(&self, first: u32, count: u32) -> Result<Pharmacy::ProvenPacks, WorldError> {
        let indices: Vec<u32> = (first..first + count).collect();
        let proof = self.tree.multi_proof(&indices).map_err(invalid)?;
        let pack = |index: &u32| {
            let Leaf { index, half, tag_key } = leaf(*index);
            Pharmacy::Pack { index, half, tagKey: tag_key }
        };
        Ok(Pharmacy::ProvenPacks {
            packs: proof.indices.iter().map(pack).collect(),
            // Of one pack the nodes are its ordinary proof, which has no flags.
            flags: if count == 1 { Bytes::new() } else { proof.flag_bits().into() },
            proof: proof.proof,
        })
    }
}

/// What the packer's secret makes of an SSCC: 32 bytes that look like any.
pub(crate) fn label(name: &str) -> B256 {
    keccak256(name)
}

/// Enrols accounts, each in its role.
pub(crate) fn enrol(world: &mut World, scenario: &Scenario, cast: &[(Address, u32)]) -> Result<(), WorldError> {
    for &(account, roles) in cast {
        let call = Participants::enrolCall { account, enrolment: scenario.enrolment(roles) };
        world.send(World::ADMIN, world.rooms.participants, &call)?;
    }
    Ok(())
}

/// A key that stands for one account.
pub(crate) fn key(byte: u8) -> Result<alloy::signers::local::PrivateKeySigner, WorldError> {
    alloy::signers::local::PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).map_err(invalid)
}

/// `number` as a nonce.
pub(crate) fn nonce(number: u32) -> U256 {
    U256::from(number)
}

/// A pack without a tag.
fn leaf(index: u32) -> Leaf {
    let half: B128 = LotId::serial_half(&format!("PK{index:07}"));
    Leaf { index, half, tag_key: Address::ZERO }
}
