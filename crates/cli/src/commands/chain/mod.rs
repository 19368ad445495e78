//! `theriac chain`: a local chain (anvil) in the background, whose state is kept in the home folder.

mod anvil;
mod folder;
mod process;
mod start;

use clap::Subcommand;
use serde::Serialize;
use theriac_client::{Chain, Deployment, Suite};

use self::folder::Folder;
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with the local chain.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start it, with the state it was stopped with.
    Start(start::Start),
    /// Save its state and stop it.
    Stop,
    /// Say whether it runs and where; exit code 1 when it does not.
    Status,
}

/// What is known of the local chain.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    running: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rpc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_number: Option<u64>,
    /// Whether the deployments folder knows where the suite is on this chain, and it is there.
    deployed: bool,
    folder: std::path::PathBuf,
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    let home = &context.options.home;
    match verb {
        Verb::Start(options) => start::run(context, &Folder::make(home)?, &options).await,
        Verb::Stop => stop(&Folder::of(home)?).await,
        Verb::Status => status(context, &Folder::of(home)?).await,
    }
}

async fn stop(folder: &Folder) -> Result<Answer, Failure> {
    let stopped = folder.path().exists() && end(folder).await?;
    let state = folder.state();
    let text = match stopped {
        true => format!("stopped; the state is saved in {}", state.display()),
        false => "no local chain runs here".to_owned(),
    };
    Answer::new(text, &serde_json::json!({ "stopped": stopped, "state": state }))
}

/// Ends the process; false when none runs.
async fn end(folder: &Folder) -> Result<bool, Failure> {
    let _guard = folder.lock()?;
    let running = folder.running()?;
    if let Some(node) = &running {
        process::end(node.pid).await?;
    }
    folder.forget()?;
    Ok(running.is_some())
}

async fn status(context: &Context<'_>, folder: &Folder) -> Result<Answer, Failure> {
    let status = Status::look(context, folder).await?;
    Answer::new(status.text(), &status).map(|answer| answer.good(status.running))
}

impl Status {
    async fn look(context: &Context<'_>, folder: &Folder) -> Result<Self, Failure> {
        let mut status = Self {
            running: false,
            rpc: None,
            chain_id: None,
            block_number: None,
            deployed: false,
            folder: folder.path().to_owned(),
        };
        let Some(node) = folder.running()? else { return Ok(status) };
        let chain = Chain::connect(&node.rpc, None).await?;
        status.running = true;
        status.rpc = Some(node.rpc);
        status.chain_id = Some(chain.chain_id());
        status.block_number = Some(chain.block_number().await?);
        status.deployed = match Deployment::read(&context.options.deployments, chain.chain_id()) {
            Ok(deployment) => Suite::open(chain, deployment).await.is_ok(),
            Err(_) => false,
        };
        Ok(status)
    }

    fn text(&self) -> String {
        let (Some(rpc), Some(chain_id), Some(block)) = (&self.rpc, self.chain_id, self.block_number) else {
            return format!("no local chain runs in {}", self.folder.display());
        };
        let deployed = if self.deployed { "yes" } else { "no: run `theriac deploy`" };
        format!("RPC       {rpc}\nchain     {chain_id}\nblock     {block}\ndeployed  {deployed}")
    }
}
