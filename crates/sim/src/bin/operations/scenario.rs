//! The cast and the goods that every measurement starts from.

use alloy::primitives::{Address, B128, B256, Bytes, aliases::U40};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use revm::primitives::hardfork::SpecId;
use theriac_bindings::catalog::Catalog;
use theriac_bindings::participants::Participants;
use theriac_core::ids::{Agency, ItemId, LotId, ModelId};
use theriac_core::merkle::{Leaf, Leaves, LotTree};
use theriac_sim::world::{World, WorldError};

use crate::Figures;

/// DI of the model, a GTIN-14.
const DI: &str = "00844588010286";
/// Units in the lot: a proof of 20 hashes.
const LOT_SIZE: u32 = 1_000_000;
/// The product that the models are of.
pub(crate) const DEVICE: u8 = 0;
/// Codec of a one-block document.
const RAW: u8 = 0x55;

const REGULATOR: u32 = 1 << 1;
const CERTIFIER: u32 = 1 << 2;
const MANUFACTURER: u32 = 1 << 3;
const DISTRIBUTOR: u32 = 1 << 4;
const PROVIDER: u32 = 1 << 5;

/// A world with a regulator, a certifier, a maker with an approved model and a lot of a million, a distributor and a hospital.
#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) world: World,
    pub(crate) regulator: Address,
    pub(crate) certifier: Address,
    pub(crate) maker: Address,
    pub(crate) distributor: Address,
    pub(crate) hospital: Address,
    /// Key of the maker, which signs certificates.
    pub(crate) maker_key: PrivateKeySigner,
    /// Key of every tag in the lot.
    pub(crate) tag: PrivateKeySigner,
    pub(crate) model: ModelId,
    pub(crate) lot: LotId,
    tree: std::sync::Arc<LotTree>,
}

impl Scenario {
    /// Sets the stage on a gas schedule.
    pub(crate) fn new(schedule: SpecId) -> Result<Self, WorldError> {
        let maker_key = PrivateKeySigner::from_bytes(&B256::repeat_byte(0x4d)).map_err(invalid)?;
        let tag = PrivateKeySigner::from_bytes(&B256::repeat_byte(0x74)).map_err(invalid)?;
        let model = ModelId::new(Agency::Gs1, DI);
        let lot = model.lot("A1");
        let tree = tree(LOT_SIZE, tag.address())?;
        let mut scenario = Self {
            world: World::new(schedule)?,
            regulator: Address::repeat_byte(0x11),
            certifier: Address::repeat_byte(0x12),
            maker: maker_key.address(),
            distributor: Address::repeat_byte(0x14),
            hospital: Address::repeat_byte(0x15),
            maker_key,
            tag,
            model,
            lot,
            tree: std::sync::Arc::new(tree),
        };
        scenario.enrol_cast()?;
        scenario.register_goods()?;
        Ok(scenario)
    }

    /// The same world with another lot of the model, which takes the place of the first.
    pub(crate) fn with_lot(&self, number: &str, size: u32) -> Result<Self, WorldError> {
        let mut other = self.clone();
        other.tree = std::sync::Arc::new(tree(size, self.tag.address())?);
        other.lot = self.model.lot(number);
        let mut register = other.register_lot(number);
        register.newLot.count = size;
        other.world.send(self.maker, self.world.rooms.catalog, &register)?;
        Ok(other)
    }

    fn enrol_cast(&mut self) -> Result<(), WorldError> {
        let cast = [
            (self.regulator, REGULATOR),
            (self.certifier, CERTIFIER),
            (self.maker, MANUFACTURER),
            (self.distributor, DISTRIBUTOR),
            (self.hospital, PROVIDER),
        ];
        for (account, roles) in cast {
            let call = Participants::enrolPowerfulCall { account, enrolment: self.enrolment(roles) };
            self.world.send(World::ADMIN, self.world.rooms.participants, &call)?;
        }
        Ok(())
    }

    fn register_goods(&mut self) -> Result<(), WorldError> {
        let catalog = self.world.rooms.catalog;
        self.world.send(self.maker, catalog, &self.register_model(DI))?;
        let (model, manufacturer) = (self.model.0, self.maker);
        let approve = Catalog::approveModelCall { model, manufacturer, digest: digest(), product: DEVICE };
        self.world.send(self.certifier, catalog, &approve)?;
        self.world.send(self.maker, catalog, &self.register_lot("A1")).map(|_| ())
    }

    /// An enrolment that began a day ago and lasts a year.
    pub(crate) fn enrolment(&self, roles: u32) -> Participants::Enrolment {
        Participants::Enrolment {
            roles,
            validFrom: U40::from(self.world.now() - 86_400),
            validUntil: U40::from(self.world.now() + 31_536_000),
            organisation: B256::repeat_byte(0x0a),
            credential: B256::repeat_byte(0x0c),
        }
    }

    /// The maker's registration of a model.
    pub(crate) fn register_model(&self, di: &str) -> Catalog::registerModelCall {
        let document = Catalog::Content { digest: digest(), codec: RAW };
        Catalog::registerModelCall { agency: 0, di: di.to_owned(), product: DEVICE, document }
    }

    /// The maker's registration of a lot of a million.
    pub(crate) fn register_lot(&self, number: &str) -> Catalog::registerLotCall {
        Catalog::registerLotCall {
            newLot: Catalog::NewLot {
                model: self.model.0,
                number: number.to_owned(),
                root: self.tree.root(),
                count: LOT_SIZE,
                madeAt: U40::from(self.world.now() - 86_400),
                expiresAt: U40::from(self.world.now() + 63_072_000),
                document: Catalog::Content { digest: digest(), codec: 0x70 },
            },
        }
    }

    /// The item at `index` of the lot.
    pub(crate) fn item(&self, index: u32) -> ItemId {
        self.lot.item_of_half(half(index))
    }

    /// Its proof, 20 hashes.
    pub(crate) fn proof(&self, index: u32) -> Result<Vec<B256>, WorldError> {
        self.tree.proof(index).map_err(invalid)
    }

    /// A signature over `hash`, as contracts take it.
    pub(crate) fn sign(key: &PrivateKeySigner, hash: B256) -> Result<Bytes, WorldError> {
        Ok(key.sign_hash_sync(&hash).map_err(invalid)?.as_bytes().to_vec().into())
    }
}

/// Measures one call in a copy of the scenario's world, which stays as it is.
macro_rules! measured {
    ($figures:expr, $name:expr, $world:expr, $from:expr, $to:expr, $call:expr) => {{
        let cost = $world.send($from, $to, &$call)?;
        $figures.insert($name.to_owned(), cost);
    }};
}
pub(crate) use measured;

/// Takes part in the table as `name`, the sum of several transactions.
pub(crate) fn record_sum(figures: &mut Figures, name: &str, parts: &[theriac_sim::world::Cost]) {
    let cost = theriac_sim::world::Cost {
        gas: parts.iter().map(|part| part.gas).sum(),
        new_slots: parts.iter().map(|part| part.new_slots).sum(),
    };
    figures.insert(name.to_owned(), cost);
}

/// A digest of some document; no byte is zero, so calldata costs what a real one costs.
pub(crate) fn digest() -> B256 {
    B256::repeat_byte(0xd1)
}

fn tree(size: u32, tag_key: Address) -> Result<LotTree, WorldError> {
    let leaves = (0..size).map(|index| Leaf { index, half: half(index), tag_key }).collect();
    Ok(LotTree::build(Leaves::new(leaves).map_err(invalid)?))
}

fn half(index: u32) -> B128 {
    LotId::serial_half(&format!("SN{index:07}"))
}

pub(crate) fn invalid(error: impl std::fmt::Display) -> WorldError {
    WorldError::Invalid(error.to_string())
}
