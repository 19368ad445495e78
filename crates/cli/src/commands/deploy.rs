//! `theriac deploy`: the rooms, on the chain behind the RPC address.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::deploy::{self, Deployed, LOCAL};
use theriac_client::{Chain, Deployment, Error, Parameters, Suite};

use crate::answer::{Answer, Table};
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;

/// One day: time enough for a guardian to see an announcement.
const USUAL_DELAY: u32 = 24 * 60 * 60;

/// Options of `theriac deploy`.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// The administrator, who grants and takes administrative roles.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    admin: Address,
    /// The second person, who can cancel what the administrator or registrar announced.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    guardian: Address,
    /// Who enrols participants; otherwise the administrator.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    registrar: Option<Address>,
    /// Seconds between the announcement of a powerful grant and its execution; otherwise a day, on the local chain none.
    #[arg(long, value_name = "SECONDS")]
    delay: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    deployment: &'a Deployment,
    created: &'a [&'static str],
    configured: bool,
    gas_used: u64,
    pending_set_up: Option<&'a alloy_primitives::Bytes>,
    file: Option<std::path::PathBuf>,
    dry_run: bool,
}

/// Deploys what is not there, and writes the addresses to the deployments folder.
pub(crate) async fn run(context: &Context<'_>, options: &Deploy) -> Result<Answer, Failure> {
    let dry_run = context.options.dry_run;
    let chain = if dry_run {
        context.chain().await?
    } else {
        Chain::connect(&context.options.rpc, Some(context.required_signer()?)).await?
    };
    let parameters = Parameters {
        admin: options.admin,
        guardian: options.guardian,
        registrar: options.registrar.unwrap_or(options.admin),
        delay: options.delay.unwrap_or(if chain.chain_id() == LOCAL { 0 } else { USUAL_DELAY }),
    };
    deploy::check(&parameters, chain.chain_id())?;
    let known = known_suite(context, &chain, &parameters).await?;
    if dry_run {
        let deployment = deploy::addresses(&parameters, chain.chain_id());
        let deployed = Deployed { deployment, created: vec![], configured: false, gas_used: 0, pending_set_up: None };
        return answer(context, &deployed, None);
    }
    let mut deployed = deploy::deploy(&chain, parameters).await?;
    if let Some(known) = known {
        // A node without old state cannot tell it again.
        deployed.deployment.block = known.block;
    }
    let file = deployed.deployment.write(&context.options.deployments)?;
    answer(context, &deployed, Some(file))
}

/// The suite that the file tells of, if it is on the chain. With other parameters or contracts it is refused: the run would make
/// a second suite, or write down a guardian that nobody appointed, and the file would forget the first.
async fn known_suite(
    context: &Context<'_>,
    chain: &Chain,
    parameters: &Parameters,
) -> Result<Option<Deployment>, Failure> {
    let known = match Deployment::read(&context.options.deployments, chain.chain_id()) {
        Ok(known) => known,
        Err(Error::NoDeployment { .. } | Error::Malformed { line: Some(_), .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match Suite::open(chain.clone(), known.clone()).await {
        Ok(_) if known.parameters != *parameters => Err(other_parameters(&known)),
        Ok(_) if known.contracts() != deploy::addresses(parameters, known.chain_id).contracts() => {
            Err(other_version(&known))
        }
        Ok(_) => Ok(Some(known)),
        // The file is of a chain that was begun anew since.
        Err(Error::NotDeployed { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn other_parameters(known: &Deployment) -> Failure {
    let Parameters { admin, guardian, registrar, delay } = known.parameters;
    Failure::user(
        "OtherDeployment",
        format!("chain {} has a suite with other parameters already", known.chain_id),
        format!(
            "to go on with it: --admin {admin} --guardian {guardian} --registrar {registrar} --delay {delay}; for a second \
             suite name another folder with --deployments"
        ),
    )
}

fn other_version(known: &Deployment) -> Failure {
    Failure::user(
        "OtherVersion",
        format!("the suite on chain {} was deployed by another version of this program", known.chain_id),
        "go on with that version; for a second suite, with contracts of this version and nothing in them, name another folder \
         with --deployments",
    )
}

fn answer(context: &Context<'_>, deployed: &Deployed, file: Option<std::path::PathBuf>) -> Result<Answer, Failure> {
    let mut table = Table::new(["Contract", "Address", ""]);
    for (name, address) in deployed.deployment.contracts() {
        let note = match (&file, deployed.created.contains(&name)) {
            (None, _) => "planned",
            (_, true) => "created",
            (_, false) => "was there",
        };
        table.row([name.to_owned(), address.to_string(), note.to_owned()]);
    }
    let mut text = table.render("");
    text.push_str(&match &file {
        Some(file) => format!("\n\n{} gas; addresses written to {}", deployed.gas_used, file.display()),
        None => "\n\ndry run, nothing sent".to_owned(),
    });
    if let Some(data) = &deployed.pending_set_up {
        let (admin, administration) = (deployed.deployment.parameters.admin, deployed.deployment.administration);
        text.push_str(&format!(
            "\nThe administrator {admin} still has to send the set-up, by this command with that key or as the data\n{data}\nto {administration}"
        ));
    }
    let facts = Facts {
        deployment: &deployed.deployment,
        created: &deployed.created,
        configured: deployed.configured,
        gas_used: deployed.gas_used,
        pending_set_up: deployed.pending_set_up.as_ref(),
        file,
        dry_run: context.options.dry_run,
    };
    Answer::new(text, &facts)
}
