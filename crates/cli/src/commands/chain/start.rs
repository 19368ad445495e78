//! `theriac chain start`.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alloy::providers::Provider as _;
use clap::Args;
use theriac_client::Chain;

use super::folder::{Folder, Node, file};
use super::{Status, anvil};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// How long anvil may take to load its state.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds between two savings of the state: what a kill may lose.
const SAVED_EVERY: &str = "2";
/// Accounts with ether: those of the mnemonic that anvil and other development chains share.
const ACCOUNTS: &str = "20";

/// Options of `theriac chain start`.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 8545)]
    port: u16,
    /// Seconds between blocks; without it every transaction makes one.
    #[arg(long, value_name = "SECONDS")]
    block_time: Option<f64>,
    /// Gas that a block can hold.
    #[arg(long, default_value_t = 60_000_000, value_name = "GAS")]
    gas_limit: u64,
}

/// Starts the chain unless it runs.
pub(super) async fn run(context: &Context<'_>, folder: &Folder, options: &Start) -> Result<Answer, Failure> {
    let _guard = folder.lock()?;
    let already = folder.running()?.is_some();
    if !already {
        if folder.mend_state()? {
            context.printer.note("the newest state was cut short; the chain goes on with the one of its last start");
        }
        let node = spawn(folder, options).await?;
        folder.remember(&node)?;
        settle(&node).await?;
    }
    let status = Status::look(context, folder).await?;
    let head = if already { "the local chain runs already" } else { "the local chain runs" };
    let mut facts = serde_json::to_value(&status).map_err(|error| Failure::internal("writing the answer", error))?;
    facts["alreadyRunning"] = already.into();
    facts["log"] = folder.log().display().to_string().into();
    let accounts = folder.log();
    let text =
        format!("{head}\n{}\naccounts  {ACCOUNTS} with ether and their keys: {}", status.text(), accounts.display());
    Answer::new(text, &facts)
}

/// Starts anvil in a process group of its own, so that it outlives this command and its terminal, and waits until it listens.
async fn spawn(folder: &Folder, options: &Start) -> Result<Node, Failure> {
    let log = File::create(folder.log()).map_err(|error| file(&folder.log(), error))?;
    let errors = log.try_clone().map_err(|error| file(&folder.log(), error))?;
    let mut command = Command::new(anvil::find()?);
    command
        .args(["--host", "127.0.0.1", "--chain-id", "31337", "--hardfork", "prague"])
        .args(["--port", &options.port.to_string(), "--gas-limit", &options.gas_limit.to_string()])
        .args(["--accounts", ACCOUNTS])
        .args(["--state-interval", SAVED_EVERY, "--state"])
        .arg(folder.state())
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0);
    if let Some(seconds) = options.block_time {
        command.args(["--block-time", &seconds.to_string()]);
    }
    let mut child = command.spawn().map_err(|error| {
        Failure::user("NoAnvil", format!("anvil does not start: {error}"), "install it again with `npm ci`")
    })?;
    let address = listening(folder, options, &mut child).await?;
    Ok(Node { pid: child.id(), rpc: format!("http://{address}") })
}

/// Waits until anvil says where it listens.
async fn listening(folder: &Folder, options: &Start, child: &mut Child) -> Result<String, Failure> {
    let started = Instant::now();
    loop {
        let printed = std::fs::read_to_string(folder.log()).map_err(|error| file(&folder.log(), error))?;
        let whole_lines = printed.rsplit_once('\n').map_or("", |(lines, _)| lines);
        if let Some(address) = whole_lines.lines().find_map(|line| line.strip_prefix("Listening on ")) {
            return Ok(address.trim().to_owned());
        }
        let ended = child.try_wait().map_err(|error| Failure::internal("watching anvil", error))?;
        if ended.is_some() {
            return Err(not_listening(folder, options, &printed));
        }
        if started.elapsed() > PATIENCE {
            // It must not write the state of a chain that nobody knows of.
            let _ = child.kill();
            return Err(not_listening(folder, options, &printed));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn not_listening(folder: &Folder, options: &Start, printed: &str) -> Failure {
    let reason = printed.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing").trim();
    let help = if printed.contains("in use") {
        format!("another program has port {}: give another --port, or 0 for a free one", options.port)
    } else {
        format!("see {}", folder.log().display())
    };
    Failure::user("NotStarted", format!("anvil ended before it listened: {reason}"), help)
}

/// Makes a chain that was restored go on as it stopped.
async fn settle(node: &Node) -> Result<(), Failure> {
    let chain = Chain::connect(&node.rpc, None).await?;
    let failed = |error| Failure::internal("setting up anvil", error);
    // Its log would grow with every request.
    chain.provider().raw_request::<_, ()>("anvil_setLoggingEnabled".into(), [false]).await.map_err(failed)?;
    // Anvil starts with the clock of the machine, also when the chain's was set ahead of it: blocks would go back in time.
    let newest = chain.now().await?;
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    if newest >= clock {
        let next = newest.saturating_add(1);
        chain.provider().raw_request::<_, serde_json::Value>("evm_setTime".into(), [next]).await.map_err(failed)?;
    }
    Ok(())
}
