//! A chain of one process: the rooms deployed on revm, and transactions whose cost is that of a receipt.
//!
//! Every transaction starts with cold state, as on a real chain. A [`World`] is cheap to clone, so a scenario can be set up
//! once and measured in several ways.

use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::sol_types::{SolCall, SolConstructor};
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::primitives::hardfork::SpecId;
use revm::state::AccountInfo;
use revm::{Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext};
use theriac_bindings::administration::Administration;
use theriac_bindings::anchors::Anchors;
use theriac_bindings::appointments::Appointments;
use theriac_bindings::catalog::Catalog;
use theriac_bindings::custody::Custody;
use theriac_bindings::devices::Devices;
use theriac_bindings::escrow::Escrow;
use theriac_bindings::fhir_oracle::FhirOracle;
use theriac_bindings::forwarder::ERC2771Forwarder;
use theriac_bindings::market::Market;
use theriac_bindings::mds_profiles::MdsProfiles;
use theriac_bindings::participants::Participants;
use theriac_bindings::pharmacy::Pharmacy;
use theriac_bindings::units::Units;

/// Chain id of the world: the one on which a deployment without delays is allowed.
pub const CHAIN_ID: u64 = 31337;

/// The second at which a world begins, 2026-01-01 00:00:00 UTC.
pub const GENESIS: u64 = 1_767_225_600;

/// A transaction that did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The contract refused; the bytes are its error.
    #[error("reverted with 0x{}", alloy::hex::encode(.0))]
    Revert(Bytes),
    /// The machine stopped: out of gas, or an invalid instruction.
    #[error("halted: {0}")]
    Halt(String),
    /// The transaction is not a valid one.
    #[error("invalid transaction: {0}")]
    Invalid(String),
}

/// What a transaction cost and made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Gas as a receipt shows it: refunds taken off, calldata floor applied.
    pub gas: u64,
    /// Storage slots that were zero before and are not now.
    pub new_slots: usize,
}

/// Addresses of the rooms.
#[derive(Clone, Copy, Debug)]
pub struct Rooms {
    /// `Administration`, an OpenZeppelin AccessManager.
    pub administration: Address,
    /// OpenZeppelin's ERC2771Forwarder.
    pub forwarder: Address,
    /// `Participants`.
    pub participants: Address,
    /// `Catalog`.
    pub catalog: Address,
    /// `Anchors`.
    pub anchors: Address,
    /// `Custody`.
    pub custody: Address,
    /// `Devices`.
    pub devices: Address,
    /// `Escrow`.
    pub escrow: Address,
    /// `Market`.
    pub market: Address,
    /// `Units`.
    pub units: Address,
    /// `MdsProfiles`.
    pub mds_profiles: Address,
    /// `FhirOracle`.
    pub fhir_oracle: Address,
    /// `Pharmacy`.
    pub pharmacy: Address,
    /// `Appointments`.
    pub appointments: Address,
}

/// A chain with the suite deployed and administered by [`World::ADMIN`].
#[derive(Clone, Debug)]
pub struct World {
    state: CacheDB<EmptyDB>,
    schedule: SpecId,
    now: u64,
    /// Where the rooms are.
    pub rooms: Rooms,
}

/// The largest gas limit that a transaction can have: EIP-7825 caps it at 2^24; from Amsterdam on what is beyond the cap can be
/// given, and pays for new state only (EIP-8037).
fn gas_limit(schedule: SpecId) -> u64 {
    if schedule.is_enabled_in(SpecId::AMSTERDAM) { 1 << 30 } else { 1 << 24 }
}

impl World {
    /// Administrator, registrar and grantor.
    pub const ADMIN: Address = Address::repeat_byte(0xad);

    /// Deploys the suite on a new chain with the gas schedule of `schedule`.
    pub fn new(schedule: SpecId) -> Result<Self, WorldError> {
        let nowhere = Address::ZERO;
        let mut world = Self {
            state: CacheDB::new(EmptyDB::default()),
            schedule,
            now: GENESIS,
            rooms: Rooms {
                administration: nowhere,
                forwarder: nowhere,
                participants: nowhere,
                catalog: nowhere,
                anchors: nowhere,
                custody: nowhere,
                devices: nowhere,
                escrow: nowhere,
                market: nowhere,
                units: nowhere,
                pharmacy: nowhere,
                appointments: nowhere,
                mds_profiles: nowhere,
                fhir_oracle: nowhere,
            },
        };
        world.rooms = world.deploy()?;
        world.configure()?;
        Ok(world)
    }

    /// The present second.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Lets `seconds` pass.
    pub fn wait(&mut self, seconds: u64) {
        self.now += seconds;
    }

    /// Gives an account as much ether as it needs, in wei.
    pub fn endow(&mut self, account: Address, wei: U256) {
        let known = self.state.cache.accounts.get(&account).map(|account| account.info.clone());
        self.state.insert_account_info(account, AccountInfo { balance: wei, ..known.unwrap_or_default() });
    }

    /// Sends a call and gives its cost.
    pub fn send(&mut self, from: Address, to: Address, call: &impl SolCall) -> Result<Cost, WorldError> {
        self.pay(from, to, U256::ZERO, call)
    }

    /// Sends a call with ether, in wei, and gives its cost.
    pub fn pay(&mut self, from: Address, to: Address, wei: U256, call: &impl SolCall) -> Result<Cost, WorldError> {
        self.send_raw(from, TxKind::Call(to), wei, call.abi_encode().into()).map(|(cost, _)| cost)
    }

    /// Sends a call that must succeed in a scenario's set-up, and gives what it returned.
    pub fn call<C: SolCall>(&mut self, from: Address, to: Address, call: &C) -> Result<C::Return, WorldError> {
        let (_, output) = self.send_raw(from, TxKind::Call(to), U256::ZERO, call.abi_encode().into())?;
        C::abi_decode_returns(output.data()).map_err(|error| WorldError::Invalid(error.to_string()))
    }

    fn send_raw(&mut self, from: Address, kind: TxKind, wei: U256, data: Bytes) -> Result<(Cost, Output), WorldError> {
        let block = BlockEnv { timestamp: U256::from(self.now), number: U256::from(1), ..BlockEnv::default() };
        let mut config = CfgEnv::new_with_spec(self.schedule).with_chain_id(CHAIN_ID);
        config.disable_nonce_check = true;
        let transaction = TxEnv::builder()
            .caller(from)
            .kind(kind)
            .value(wei)
            .data(data)
            .gas_limit(gas_limit(self.schedule))
            .chain_id(Some(CHAIN_ID))
            .build()
            .map_err(|error| WorldError::Invalid(format!("{error:?}")))?;
        let mut evm = Context::mainnet().with_db(&mut self.state).with_block(block).with_cfg(config).build_mainnet();
        let done = evm.transact(transaction).map_err(|error| WorldError::Invalid(error.to_string()))?;
        let new_slots = done
            .state
            .values()
            .flat_map(|account| account.storage.values())
            .filter(|slot| slot.original_value.is_zero() && !slot.present_value.is_zero())
            .count();
        let gas = done.result.tx_gas_used();
        let output = match done.result {
            ExecutionResult::Success { output, .. } => output,
            ExecutionResult::Revert { output, .. } => return Err(WorldError::Revert(output)),
            ExecutionResult::Halt { reason, .. } => return Err(WorldError::Halt(format!("{reason:?}"))),
        };
        self.state.commit(done.state);
        Ok((Cost { gas, new_slots }, output))
    }

    fn create(&mut self, code: &Bytes, arguments: &impl SolConstructor) -> Result<Address, WorldError> {
        let initcode = [code.as_ref(), &arguments.abi_encode()].concat();
        let (_, output) = self.send_raw(Self::ADMIN, TxKind::Create, U256::ZERO, initcode.into())?;
        output.address().copied().ok_or_else(|| WorldError::Invalid("creation gave no address".to_owned()))
    }

    fn deploy(&mut self) -> Result<Rooms, WorldError> {
        let administration = self.create(
            &Administration::BYTECODE,
            &Administration::constructorCall { initialAdmin: Self::ADMIN, minimumDelay: 0 },
        )?;
        let forwarder = self
            .create(&ERC2771Forwarder::BYTECODE, &ERC2771Forwarder::constructorCall { name: "Theriac".to_owned() })?;
        let participants =
            self.create(&Participants::BYTECODE, &Participants::constructorCall { administration, forwarder })?;
        let catalog = self.create(&Catalog::BYTECODE, &Catalog::constructorCall { participants })?;
        let anchors = self.create(&Anchors::BYTECODE, &Anchors::constructorCall { participants_: participants })?;
        let custody = self.create(&Custody::BYTECODE, &Custody::constructorCall { participants, catalog })?;
        let devices = self.create(&Devices::BYTECODE, &Devices::constructorCall { participants, catalog, custody })?;
        let escrow = self.create(&Escrow::BYTECODE, &Escrow::constructorCall {})?;
        let rooms = Market::constructorCall { participants, catalog, custody, devices, anchors, escrow };
        let market = self.create(&Market::BYTECODE, &rooms)?;
        let units = self.create(&Units::BYTECODE, &Units::constructorCall { participants, catalog, custody })?;
        let rooms = Pharmacy::constructorCall { participants, catalog, custody, units, forwarder };
        let pharmacy = self.create(&Pharmacy::BYTECODE, &rooms)?;
        let mds_profiles =
            self.create(&MdsProfiles::BYTECODE, &MdsProfiles::constructorCall { participants, devices, anchors })?;
        let rooms = Appointments::constructorCall { participants, custody, devices, profiles: mds_profiles, forwarder };
        let appointments = self.create(&Appointments::BYTECODE, &rooms)?;
        let fhir_oracle = self.create(&FhirOracle::BYTECODE, &FhirOracle::constructorCall { participants, escrow })?;
        Ok(Rooms {
            administration,
            forwarder,
            participants,
            catalog,
            anchors,
            custody,
            devices,
            escrow,
            market,
            units,
            pharmacy,
            appointments,
            mds_profiles,
            fhir_oracle,
        })
    }

    /// The administrator's one transaction, as the deployers send it, with every delay zero.
    fn configure(&mut self) -> Result<(), WorldError> {
        const REGISTRAR: u64 = 1;
        const GRANTOR: u64 = 2;
        let (target, account) = (self.rooms.participants, Self::ADMIN);
        let at_once = vec![Participants::enrolCall::SELECTOR.into(), Participants::suspendCall::SELECTOR.into()];
        let delayed =
            vec![Participants::enrolPowerfulCall::SELECTOR.into(), Participants::reinstateCall::SELECTOR.into()];
        let function_role = |selectors, role_id| {
            Administration::setTargetFunctionRoleCall { target, selectors, roleId: role_id }.abi_encode().into()
        };
        let grant =
            |role_id| Administration::grantRoleCall { roleId: role_id, account, executionDelay: 0 }.abi_encode().into();
        let data =
            vec![function_role(at_once, REGISTRAR), function_role(delayed, GRANTOR), grant(REGISTRAR), grant(GRANTOR)];
        self.send(Self::ADMIN, self.rooms.administration, &Administration::multicallCall { data }).map(|_| ())
    }
}
