//! Builds the house on any chain: each contract by CREATE2 with one salt, in the order in which they know each other.
//!
//! `script/Deploy.s.sol` does the same with forge and gives the same addresses. Both look before they act, so a run that was
//! interrupted is simply run again, and a suite that is there is only read.

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, Bytes, U256, address, b256, hex, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::{SolCall, SolConstructor};
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

use crate::chain::Chain;
use crate::deployment::{Deployment, Parameters};
use crate::error::{Error, Result};
use crate::revert::role;
use crate::suite::Suite;

/// The deterministic deployment proxy that chains have in common (github.com/Arachnid/deterministic-deployment-proxy).
pub const FACTORY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");
/// Of every contract: keccak256("theriac").
pub const SALT: B256 = b256!("05e32265f55ce80e452777bc916f5f878d130657d910a7cba74c0707b8962899");
/// The chain of local nodes, where a deployment may go without a delay.
pub const LOCAL: u64 = 31337;

/// Who signed the factory's deployment; needs the ether that it costs.
const FACTORY_DEPLOYER: Address = address!("3fab184622dc19b6109349b94811493bf2a45362");
/// 100,000 gas at 100 gwei, as the pre-signed transaction says.
const FACTORY_COST: u64 = 10_000_000_000_000_000;
/// The factory's pre-signed deployment: without a chain id, so it fits every chain that takes such transactions.
const FACTORY_TRANSACTION: [u8; 167] = hex!(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222"
    "222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
);

/// What a deployment did.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Deployed {
    /// Where the suite is.
    pub deployment: Deployment,
    /// Contracts that this run created.
    pub created: Vec<&'static str>,
    /// Whether this run sent the administrator's set-up.
    pub configured: bool,
    /// Gas of all transactions of this run.
    pub gas_used: u64,
    /// What the administrator still has to send to `administration`, when the signer is not the administrator.
    pub pending_set_up: Option<Bytes>,
}

/// One contract to be created.
struct Plan {
    name: &'static str,
    address: Address,
    init_code: Vec<u8>,
    runtime: &'static Bytes,
}

impl Plan {
    fn new(name: &'static str, bytecode: &Bytes, runtime: &'static Bytes, arguments: Vec<u8>) -> Self {
        let init_code = [bytecode.as_ref(), &arguments].concat();
        let address = FACTORY.create2(SALT, keccak256(&init_code));
        Self { name, address, init_code, runtime }
    }
}

/// The addresses that the parameters give, on every chain; `block` is left zero.
pub fn addresses(parameters: &Parameters, chain_id: u64) -> Deployment {
    plan(parameters, chain_id).0
}

fn plan(parameters: &Parameters, chain_id: u64) -> (Deployment, Vec<Plan>) {
    let administration = Plan::new(
        "Administration",
        &Administration::BYTECODE,
        &Administration::DEPLOYED_BYTECODE,
        Administration::constructorCall { initialAdmin: parameters.admin, minimumDelay: parameters.delay }.abi_encode(),
    );
    let forwarder = Plan::new(
        "ERC2771Forwarder",
        &ERC2771Forwarder::BYTECODE,
        &ERC2771Forwarder::DEPLOYED_BYTECODE,
        ERC2771Forwarder::constructorCall { name: "Theriac".to_owned() }.abi_encode(),
    );
    let participants = Plan::new(
        "Participants",
        &Participants::BYTECODE,
        &Participants::DEPLOYED_BYTECODE,
        Participants::constructorCall { administration: administration.address, forwarder: forwarder.address }
            .abi_encode(),
    );
    let catalog = Plan::new(
        "Catalog",
        &Catalog::BYTECODE,
        &Catalog::DEPLOYED_BYTECODE,
        Catalog::constructorCall { participants: participants.address }.abi_encode(),
    );
    let anchors = Plan::new(
        "Anchors",
        &Anchors::BYTECODE,
        &Anchors::DEPLOYED_BYTECODE,
        Anchors::constructorCall { participants_: participants.address }.abi_encode(),
    );
    let custody = Plan::new(
        "Custody",
        &Custody::BYTECODE,
        &Custody::DEPLOYED_BYTECODE,
        Custody::constructorCall { participants: participants.address, catalog: catalog.address }.abi_encode(),
    );
    let units = Plan::new(
        "Units",
        &Units::BYTECODE,
        &Units::DEPLOYED_BYTECODE,
        Units::constructorCall {
            participants: participants.address,
            catalog: catalog.address,
            custody: custody.address,
        }
        .abi_encode(),
    );
    let devices = Plan::new(
        "Devices",
        &Devices::BYTECODE,
        &Devices::DEPLOYED_BYTECODE,
        Devices::constructorCall {
            participants: participants.address,
            catalog: catalog.address,
            custody: custody.address,
        }
        .abi_encode(),
    );
    let escrow = Plan::new("Escrow", &Escrow::BYTECODE, &Escrow::DEPLOYED_BYTECODE, Vec::new());
    let market = Plan::new(
        "Market",
        &Market::BYTECODE,
        &Market::DEPLOYED_BYTECODE,
        Market::constructorCall {
            participants: participants.address,
            catalog: catalog.address,
            custody: custody.address,
            devices: devices.address,
            anchors: anchors.address,
            escrow: escrow.address,
        }
        .abi_encode(),
    );
    let pharmacy = Plan::new(
        "Pharmacy",
        &Pharmacy::BYTECODE,
        &Pharmacy::DEPLOYED_BYTECODE,
        Pharmacy::constructorCall {
            participants: participants.address,
            catalog: catalog.address,
            custody: custody.address,
            units: units.address,
            forwarder: forwarder.address,
        }
        .abi_encode(),
    );
    let mds_profiles = Plan::new(
        "MdsProfiles",
        &MdsProfiles::BYTECODE,
        &MdsProfiles::DEPLOYED_BYTECODE,
        MdsProfiles::constructorCall {
            participants: participants.address,
            devices: devices.address,
            anchors: anchors.address,
        }
        .abi_encode(),
    );
    let appointments = Plan::new(
        "Appointments",
        &Appointments::BYTECODE,
        &Appointments::DEPLOYED_BYTECODE,
        Appointments::constructorCall {
            participants: participants.address,
            custody: custody.address,
            devices: devices.address,
            profiles: mds_profiles.address,
            forwarder: forwarder.address,
        }
        .abi_encode(),
    );
    let fhir_oracle = Plan::new(
        "FhirOracle",
        &FhirOracle::BYTECODE,
        &FhirOracle::DEPLOYED_BYTECODE,
        FhirOracle::constructorCall { participants: participants.address, escrow: escrow.address }.abi_encode(),
    );
    let deployment = Deployment {
        chain_id,
        block: 0,
        salt: SALT,
        administration: administration.address,
        forwarder: forwarder.address,
        participants: participants.address,
        catalog: catalog.address,
        anchors: anchors.address,
        custody: custody.address,
        units: units.address,
        devices: devices.address,
        escrow: escrow.address,
        market: market.address,
        pharmacy: pharmacy.address,
        appointments: appointments.address,
        mds_profiles: mds_profiles.address,
        fhir_oracle: fhir_oracle.address,
        parameters: *parameters,
    };
    let plans = vec![
        administration,
        forwarder,
        participants,
        catalog,
        anchors,
        custody,
        units,
        devices,
        mds_profiles,
        appointments,
        escrow,
        market,
        pharmacy,
        fhir_oracle,
    ];
    (deployment, plans)
}

/// Refuses parameters that would leave the house unguarded.
pub fn check(parameters: &Parameters, chain_id: u64) -> Result<()> {
    for (name, account) in
        [("admin", parameters.admin), ("guardian", parameters.guardian), ("registrar", parameters.registrar)]
    {
        if account.is_zero() {
            return Err(Error::Parameters(format!("the {name} is the zero address: name an account")));
        }
    }
    if chain_id == LOCAL {
        return Ok(());
    }
    if parameters.guardian == parameters.admin || parameters.guardian == parameters.registrar {
        return Err(Error::Parameters(format!(
            "the guardian {} is the administrator or the registrar as well: the guardian must be a second person, who can \
             cancel what they schedule. Equal ones are allowed on chain {LOCAL} only",
            parameters.guardian
        )));
    }
    if parameters.delay == 0 {
        return Err(Error::Parameters(format!(
            "the delay is 0: the guardian would have no time to cancel. Give at least some hours; 0 is allowed on chain \
             {LOCAL} only"
        )));
    }
    Ok(())
}

/// Deploys what is not there, and sends the administrator's set-up if the signer is the administrator and it was not sent.
pub async fn deploy(chain: &Chain, parameters: Parameters) -> Result<Deployed> {
    check(&parameters, chain.chain_id())?;
    let (mut deployment, plans) = plan(&parameters, chain.chain_id());
    let mut deployed = Deployed {
        deployment: deployment.clone(),
        created: vec![],
        configured: false,
        gas_used: 0,
        pending_set_up: None,
    };
    if missing(chain, FACTORY).await? {
        create_factory(chain).await?;
    }
    for plan in &plans {
        deployed.gas_used += create(chain, plan, &mut deployed.created).await?;
    }
    deployment.block = first_block(chain, deployment.administration).await?;
    deployed.deployment = deployment;
    set_up(chain, &mut deployed).await?;
    Ok(deployed)
}

async fn missing(chain: &Chain, address: Address) -> Result<bool> {
    Ok(code(chain, address, BlockId::latest()).await?.is_empty())
}

async fn code(chain: &Chain, address: Address, block: BlockId) -> Result<Bytes> {
    chain.asked("eth_getCode", chain.provider().get_code_at(address).block_id(block).await)
}

/// Pays the deployer of the factory and sends its pre-signed transaction.
async fn create_factory(chain: &Chain) -> Result<()> {
    let balance = chain.asked("eth_getBalance", chain.provider().get_balance(FACTORY_DEPLOYER).await)?;
    if let Some(lacking) = U256::from(FACTORY_COST).checked_sub(balance).filter(|lacking| !lacking.is_zero()) {
        let payment = TransactionRequest::default().to(FACTORY_DEPLOYER).value(lacking);
        chain.send("payment of the CREATE2 factory", payment).await?;
    }
    let sent = chain.provider().send_raw_transaction(&FACTORY_TRANSACTION).await;
    let pending = chain.asked("creation of the CREATE2 factory", sent).map_err(|error| {
        Error::Parameters(format!(
            "chain {} has no CREATE2 factory at {FACTORY} and does not take its pre-signed transaction ({error}): its \
             operator has to allow transactions without a chain id, or put the factory into the genesis",
            chain.chain_id()
        ))
    })?;
    chain.receipt("creation of the CREATE2 factory", pending).await?;
    Ok(())
}

/// Creates the contract unless it is there; returns the gas.
async fn create(chain: &Chain, plan: &Plan, created: &mut Vec<&'static str>) -> Result<u64> {
    let found = code(chain, plan.address, BlockId::latest()).await?;
    if !found.is_empty() {
        return if is_same_code(&found, plan.runtime) {
            Ok(0)
        } else {
            Err(Error::OtherCode { contract: plan.name, address: plan.address })
        };
    }
    let input = [SALT.as_slice(), &plan.init_code].concat();
    let request = TransactionRequest::default().to(FACTORY).input(Bytes::from(input).into());
    let receipt = chain.send(&format!("creation of {}", plan.name), request).await?;
    if missing(chain, plan.address).await? {
        return Err(Error::NotDeployed { contract: plan.name, address: plan.address, chain_id: chain.chain_id() });
    }
    created.push(plan.name);
    Ok(receipt.gas_used)
}

/// Equal but for immutables, which stand as zeros in the compiler's output. The address says the rest already: it is the hash of
/// creation code and arguments.
fn is_same_code(found: &[u8], compiled: &[u8]) -> bool {
    found.len() == compiled.len()
        && found.iter().zip(compiled).all(|(found, compiled)| found == compiled || *compiled == 0)
}

/// The block in which `contract` appeared, by halving. Where a node has no old state, the last block known to be without it:
/// an index that begins too early loses time, one that begins too late loses events.
async fn first_block(chain: &Chain, contract: Address) -> Result<u64> {
    let (mut absent, mut present) = (0, chain.block_number().await?);
    while present > absent + 1 {
        let middle = absent + (present - absent) / 2;
        match code(chain, contract, middle.into()).await {
            Ok(code) if !code.is_empty() => present = middle,
            Ok(_) => absent = middle,
            Err(Error::Node { .. }) => return Ok(absent),
            Err(error) => return Err(error),
        }
    }
    Ok(present)
}

/// Sends the set-up once. It is done whole or not at all, so one part of it says whether it was.
async fn set_up(chain: &Chain, deployed: &mut Deployed) -> Result<()> {
    let suite = Suite::open(chain.clone(), deployed.deployment.clone()).await?;
    let at = &deployed.deployment;
    let call = Administration::getTargetFunctionRoleCall {
        target: at.participants,
        selector: Participants::enrolPowerfulCall::SELECTOR.into(),
    };
    if suite.call(at.administration, call).ask().await? == role::GRANTOR {
        return Ok(());
    }
    let call = suite.call(at.administration, Administration::multicallCall { data: set_up_calls(at) });
    if chain.signer()?.address() != at.parameters.admin {
        deployed.pending_set_up = Some(call.calldata());
        return Ok(());
    }
    deployed.gas_used += call.send().await?.gas_used;
    deployed.configured = true;
    Ok(())
}

/// What the administrator's one transaction does, as `setUp` of `script/Deploy.s.sol`.
fn set_up_calls(at: &Deployment) -> Vec<Bytes> {
    let guarded = |selectors: [[u8; 4]; 2], role_id: u64| {
        Administration::setTargetFunctionRoleCall {
            target: at.participants,
            selectors: selectors.map(Into::into).to_vec(),
            roleId: role_id,
        }
        .abi_encode()
    };
    let grant = |role_id: u64, account: Address, delay: u32| {
        Administration::grantRoleCall { roleId: role_id, account, executionDelay: delay }.abi_encode()
    };
    let who = &at.parameters;
    let calls = [
        guarded([Participants::enrolCall::SELECTOR, Participants::suspendCall::SELECTOR], role::REGISTRAR),
        guarded([Participants::enrolPowerfulCall::SELECTOR, Participants::reinstateCall::SELECTOR], role::GRANTOR),
        grant(role::REGISTRAR, who.registrar, 0),
        grant(role::GRANTOR, who.registrar, who.delay),
        grant(role::GUARDIAN, who.guardian, 0),
        // Last: from here on the administrator's own actions are delayed.
        grant(role::ADMIN, who.admin, who.delay),
    ];
    calls.map(Bytes::from).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Parameters {
        let at = Address::repeat_byte;
        Parameters { admin: at(1), guardian: at(2), registrar: at(3), delay: 3600 }
    }

    #[test]
    fn the_salt_is_that_of_the_script() {
        assert_eq!(SALT, keccak256("theriac"));
    }

    #[test]
    fn the_factorys_transaction_is_its_deployers() {
        use alloy::consensus::TxEnvelope;
        use alloy::eips::eip2718::Decodable2718 as _;
        let TxEnvelope::Legacy(signed) = TxEnvelope::decode_2718(&mut FACTORY_TRANSACTION.as_slice()).unwrap() else {
            panic!("it is older than typed transactions")
        };
        let signer = signed.signature().recover_address_from_prehash(&signed.signature_hash()).unwrap();
        assert_eq!(signer, FACTORY_DEPLOYER);
        assert_eq!(FACTORY_DEPLOYER.create(0), FACTORY);
    }

    #[test]
    fn an_unguarded_house_is_refused_but_on_a_local_chain() {
        let message = |parameters| check(&parameters, 1).unwrap_err().to_string();
        assert!(check(&parameters(), 1).is_ok());
        assert!(message(Parameters { delay: 0, ..parameters() }).starts_with("the delay is 0"));
        let admin = parameters().admin;
        assert!(message(Parameters { guardian: admin, ..parameters() }).contains("second person"));
        assert!(
            message(Parameters { registrar: Address::ZERO, ..parameters() }).starts_with("the registrar is the zero")
        );
        assert!(check(&Parameters { delay: 0, guardian: admin, ..parameters() }, LOCAL).is_ok());
    }

    #[test]
    fn code_is_compared_up_to_immutables() {
        assert!(is_same_code(&[1, 9, 3], &[1, 0, 3]));
        assert!(!is_same_code(&[1, 9, 3], &[1, 8, 3]));
        assert!(!is_same_code(&[1, 9], &[1, 0, 3]));
    }
}
