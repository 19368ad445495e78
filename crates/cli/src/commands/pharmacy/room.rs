//! The contract that prescriptions, collections and approvals are signed for. To sign needs no chain, only to know it.

use alloy_primitives::{Address, B256};
use alloy_sol_types::{Eip712Domain, SolStruct as _};
use theriac_client::types::Prescription;
use theriac_client::{Deployment, Suite, eip712};

use crate::context::Context;
use crate::failure::Failure;

/// `Pharmacy` on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) chain_id: u64,
    pub(super) address: Address,
}

impl Room {
    /// Of the suite that is worked with.
    pub(super) fn of(suite: &Suite) -> Self {
        Self::deployed(suite.deployment())
    }

    /// From the deployments folder alone: of this chain, or of the only one that is there.
    pub(super) fn offline(context: &Context<'_>, chain_id: Option<u64>) -> Result<Self, Failure> {
        let folder = &context.options.deployments;
        let chain_id = match chain_id {
            Some(chain_id) => chain_id,
            None => only_chain(folder)?,
        };
        Ok(Self::deployed(&Deployment::read(folder, chain_id)?))
    }

    /// Whether a file that was made for this room may be used here: the deployments folder has to have it.
    pub(super) fn check_known(self, context: &Context<'_>) -> Result<(), Failure> {
        let known = Self::offline(context, Some(self.chain_id))?;
        self.check_is(known)
    }

    /// Whether it is the same as `here`.
    pub(super) fn check_is(self, here: Self) -> Result<(), Failure> {
        if self == here {
            return Ok(());
        }
        let what = format!(
            "it was made for {} on chain {}, here is {} on chain {}",
            self.address, self.chain_id, here.address, here.chain_id
        );
        Err(Failure::user("Elsewhere", what, "use the RPC address and the deployment of that chain"))
    }

    /// The signing domain.
    pub(super) fn domain(self) -> Eip712Domain {
        eip712::domain(eip712::PHARMACY, self.chain_id, self.address)
    }

    /// The prescription's id.
    pub(super) fn id_of(self, prescription: &Prescription) -> B256 {
        eip712::Prescription::from(prescription).eip712_signing_hash(&self.domain())
    }

    fn deployed(deployment: &Deployment) -> Self {
        Self { chain_id: deployment.chain_id, address: deployment.pharmacy }
    }
}

fn only_chain(folder: &std::path::Path) -> Result<u64, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| crate::files::failed(folder, &error))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let chains: Vec<u64> = names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
    match chains.as_slice() {
        [chain] => Ok(*chain),
        [] => Err(Failure::user(
            "NoDeployment",
            format!("{} names no chain", folder.display()),
            "give --deployments, the folder with the file <chainId>.json that your registrar published",
        )),
        _ => Err(Failure::user(
            "SeveralChains",
            format!("{} has the deployments of {} chains", folder.display(), chains.len()),
            "say which one with --chain",
        )),
    }
}
