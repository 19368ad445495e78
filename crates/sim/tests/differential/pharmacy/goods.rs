//! Products and their lots, with real trees.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, Bytes, aliases::U40};
use theriac_bindings::catalog::Catalog;
use theriac_bindings::custody::Custody;
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_core::ids::{Agency, LotId, ModelId};
use theriac_core::merkle::{Leaf, Leaves, LotTree};
use theriac_sim::world::{World, WorldError};

use super::sales::{CONTROLLED, DEVICE, OVER_THE_COUNTER};
use super::units::{Fate, Lot, Pack};
use super::{CERTIFYING, MAKER, YEAR};

const DRUG: u8 = 1;
const DIGEST: B256 = B256::repeat_byte(0xd1);

/// Models: DI and product.
const MODELS: [(&str, u8); 5] = [
    ("04012345678901", DRUG),
    ("04012345678918", DRUG),
    ("04012345678925", OVER_THE_COUNTER),
    ("04012345678932", CONTROLLED),
    ("04012345678949", DEVICE),
];
/// Lots: which model, how many packs, seconds until expiry (0 for never). The first one's indices fill more than a word of 256.
const LOTS: [(usize, u32, u64); 6] =
    [(0, 15, YEAR), (0, 300, YEAR), (0, 15, 8 * 86_400), (1, 30, YEAR), (2, 30, 0), (3, 60, YEAR)];
/// One lot of the device.
const DEVICES: (usize, u32, u64) = (4, 9, 0);

/// What is registered.
pub(crate) struct Goods {
    pub(crate) lots: Vec<LotId>,
    pub(crate) products: BTreeMap<ModelId, u8>,
    /// The models' numbers in `Catalog`.
    pub(crate) numbers: BTreeMap<B256, u32>,
    trees: BTreeMap<LotId, LotTree>,
}

impl Goods {
    /// Registers everything, and says that it is held in units.
    pub(crate) fn register(world: &mut World) -> Result<(Self, BTreeMap<LotId, Lot>), WorldError> {
        let mut goods =
            Self { lots: Vec::new(), products: BTreeMap::new(), numbers: BTreeMap::new(), trees: BTreeMap::new() };
        for (di, product) in MODELS {
            goods.register_model(world, di, product)?;
        }
        let mut lots = BTreeMap::new();
        for (place, (model, count, expires_in)) in LOTS.into_iter().chain([DEVICES]).enumerate() {
            let (di, product) = MODELS[model];
            let model = ModelId::new(Agency::Gs1, di);
            let expires_at = if expires_in == 0 { 0 } else { world.now() + expires_in };
            let lot = goods.register_lot(world, model, &format!("L{place}"), count, expires_at)?;
            let pack = |index| Pack {
                item: lot.item_of_half(leaf(index).half),
                fate: Fate::InUnit,
                recalled: false,
                quarantined: false,
                return_destroyed: false,
            };
            let packs = (0..count).map(pack).collect();
            let known = Lot { id: lot, model, product, expires_at, recalled: false, commissioned: false, packs };
            lots.insert(lot, known);
        }
        Ok((goods, lots))
    }

    fn register_model(&mut self, world: &mut World, di: &str, product: u8) -> Result<(), WorldError> {
        let (catalog, model) = (world.rooms.catalog, ModelId::new(Agency::Gs1, di));
        let document = Catalog::Content { digest: DIGEST, codec: 0x55 };
        let register = Catalog::registerModelCall { agency: 0, di: di.to_owned(), product, document };
        world.send(MAKER, catalog, &register)?;
        let approve = Catalog::approveModelCall { model: model.0, manufacturer: MAKER, digest: DIGEST, product };
        world.send(CERTIFYING, catalog, &approve)?;
        let known = world.call(MAKER, catalog, &Catalog::modelOfCall { model: model.0 })?;
        self.numbers.insert(model.0, known.number);
        self.products.insert(model, product);
        Ok(())
    }

    fn register_lot(
        &mut self,
        world: &mut World,
        model: ModelId,
        number: &str,
        count: u32,
        expires_at: u64,
    ) -> Result<LotId, WorldError> {
        let invalid = |error: &dyn std::fmt::Display| WorldError::Invalid(error.to_string());
        let leaves = Leaves::new((0..count).map(leaf).collect()).map_err(|error| invalid(&error))?;
        let tree = LotTree::build(leaves);
        let lot = model.lot(number);
        let new_lot = Catalog::NewLot {
            model: model.0,
            number: number.to_owned(),
            root: tree.root(),
            count,
            madeAt: U40::from(world.now() - 86_400),
            expiresAt: U40::from(expires_at),
            document: Catalog::Content { digest: DIGEST, codec: 0x55 },
        };
        world.send(MAKER, world.rooms.catalog, &Catalog::registerLotCall { newLot: new_lot })?;
        world.send(MAKER, world.rooms.custody, &Custody::holdInUnitsCall { lot: lot.0 })?;
        self.trees.insert(lot, tree);
        self.lots.push(lot);
        Ok(lot)
    }

    /// The packs at these indices, in the order of the tree, with their proof.
    pub(crate) fn prove(&self, lot: LotId, indices: &[u32]) -> abi::ProvenPacks {
        let proof = self.trees[&lot].multi_proof(indices).unwrap();
        abi::ProvenPacks {
            packs: proof.indices.iter().map(|index| pack(*index)).collect(),
            // Of one pack the nodes are its ordinary proof, which has no flags.
            flags: if indices.len() == 1 { Bytes::new() } else { proof.flag_bits().into() },
            proof: proof.proof,
        }
    }

    /// One pack with its ordinary proof.
    pub(crate) fn prove_one(&self, lot: LotId, index: u32) -> (abi::Pack, Vec<B256>) {
        (pack(index), self.trees[&lot].proof(index).unwrap())
    }
}

/// A pack as the tree has it.
pub(crate) fn leaf(index: u32) -> Leaf {
    Leaf { index, half: LotId::serial_half(&format!("PK{index}")), tag_key: Address::ZERO }
}

fn pack(index: u32) -> abi::Pack {
    let Leaf { index, half, tag_key } = leaf(index);
    abi::Pack { index, half, tagKey: tag_key }
}
