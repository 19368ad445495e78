//! The deployed suite on one chain: the door to every room.

use std::path::Path;

use alloy::primitives::{Address, Bytes, U256};
use alloy::providers::Provider;
use alloy::sol_types::SolCall;

use crate::call::Call;
use crate::chain::Chain;
use crate::deployment::Deployment;
use crate::error::{Error, Result};
use crate::rooms;
use crate::signer::Signer;

/// The deployed suite, seen through one account. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Suite {
    chain: Chain,
    deployment: Deployment,
}

impl Suite {
    /// Connects to `url` and opens the deployment that `folder` (`deployments/`) has for the node's chain.
    pub async fn connect(url: &str, signer: Option<Signer>, folder: &Path) -> Result<Self> {
        let chain = Chain::connect(url, signer).await?;
        let deployment = Deployment::read(folder, chain.chain_id())?;
        Self::open(chain, deployment).await
    }

    /// Opens a known deployment, after a look whether it is there.
    pub async fn open(chain: Chain, deployment: Deployment) -> Result<Self> {
        if chain.chain_id() != deployment.chain_id {
            return Err(Error::WrongChain {
                url: chain.url().to_owned(),
                expected: deployment.chain_id,
                found: chain.chain_id(),
            });
        }
        // The room deployed last: the file is written only once all are there, so it vouches for the others.
        let address = deployment.fhir_oracle;
        let code = chain.asked("eth_getCode", chain.provider().get_code_at(address).await)?;
        if code.is_empty() {
            return Err(Error::NotDeployed { contract: "FhirOracle", address, chain_id: chain.chain_id() });
        }
        Ok(Self { chain, deployment })
    }

    /// The same suite for another account.
    pub async fn with_signer(&self, signer: Signer) -> Result<Self> {
        Ok(Self { chain: self.chain.with_signer(signer).await?, deployment: self.deployment.clone() })
    }

    /// The connection.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The addresses.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Who is this, in which roles, until when?
    pub fn participants(&self) -> rooms::Participants {
        rooms::Participants::new(self.clone())
    }

    /// What was made?
    pub fn catalog(&self) -> rooms::Catalog {
        rooms::Catalog::new(self.clone())
    }

    /// What evidence exists about a subject?
    pub fn anchors(&self) -> rooms::Anchors {
        rooms::Anchors::new(self.clone())
    }

    /// Who holds this unit, and may it move?
    pub fn custody(&self) -> rooms::Custody {
        rooms::Custody::new(self.clone())
    }

    /// Who holds this case or pallet, and what is left in it?
    pub fn units(&self) -> rooms::Units {
        rooms::Units::new(self.clone())
    }

    /// Who owns this device?
    pub fn devices(&self) -> rooms::Devices {
        rooms::Devices::new(self.clone())
    }

    /// Whose money is this?
    pub fn escrow(&self) -> rooms::Escrow {
        rooms::Escrow::new(self.clone())
    }

    /// How is it bought?
    pub fn market(&self) -> rooms::Market {
        rooms::Market::new(self.clone())
    }

    /// May this medicine be handed over?
    pub fn pharmacy(&self) -> rooms::Pharmacy {
        rooms::Pharmacy::new(self.clone())
    }

    /// Is this doctor (or machine) free?
    pub fn appointments(&self) -> rooms::Appointments {
        rooms::Appointments::new(self.clone())
    }

    /// How is this device doing?
    pub fn mds_profiles(&self) -> rooms::MdsProfiles {
        rooms::MdsProfiles::new(self.clone())
    }

    /// What does the hospital system say?
    pub fn fhir_oracle(&self) -> rooms::FhirOracle {
        rooms::FhirOracle::new(self.clone())
    }

    pub(crate) fn call<C: SolCall>(&self, to: Address, call: C) -> Call<C> {
        Call { suite: self.clone(), to, call, value: U256::ZERO }
    }

    pub(crate) fn contract_at(&self, address: Address) -> Option<&'static str> {
        self.deployment.contracts().into_iter().find(|(_, at)| *at == address).map(|(name, _)| name)
    }

    /// Adds to a refusal by the `AccessManager` which role the caller lacks.
    pub(crate) async fn with_missing_role(&self, error: Error, target: Address, data: &Bytes) -> Error {
        let Error::Reverted { call, revert, missing: None } = error else { return error };
        let missing = crate::revert::missing_role(self, &revert, target, data).await;
        Error::Reverted { call, revert, missing }
    }
}
