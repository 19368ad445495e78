//! A local chain with the suite, for what is measured against a node.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use alloy::primitives::B256;
use theriac_client::deploy::deploy;
use theriac_client::types::Enrolment;
use theriac_client::{Chain, Parameters, Roles, Secret, Signer, Suite};

use crate::figures::Error;

/// The first account of anvil's well-known mnemonic; it is worth nothing anywhere.
const ANVIL_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// The node; it ends with the value.
pub(crate) struct Anvil {
    process: Child,
    pub(crate) url: String,
}

/// A block every 0.2 s, with room for a thousand million gas.
pub(crate) const LARGE_BLOCKS: [&str; 4] = ["--block-time", "0.2", "--gas-limit", "1000000000"];

impl Anvil {
    /// On any free port; without options every transaction gets a block at once.
    pub(crate) fn start(options: &[&str]) -> Result<Self, Error> {
        let mut process = Command::new(program()?)
            .args(["--port", "0", "--hardfork", "prague"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("anvil has no output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next().transpose()? {
            if let Some(address) = line.strip_prefix("Listening on ") {
                let url = format!("http://{address}");
                // Its log is read on, or its pipe would fill and stop it.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { process, url });
            }
        }
        Err("anvil did not say where it listens".into())
    }

    /// Deploys, and enrols the account that does everything in these roles.
    pub(crate) async fn suite(&self, roles: Roles) -> Result<Suite, Error> {
        let signer = Signer::from_private_key(&Secret::new(ANVIL_KEY))?;
        let account = signer.address();
        let chain = Chain::connect(&self.url, Some(signer)).await?;
        let parameters = Parameters { admin: account, guardian: account, registrar: account, delay: 0 };
        let deployed = deploy(&chain, parameters).await?;
        let suite = Suite::open(chain, deployed.deployment).await?;
        suite.participants().enrol(account, &enrolment(&suite, roles).await?).send().await?;
        Ok(suite)
    }
}

/// For a day.
pub(crate) async fn enrolment(suite: &Suite, roles: Roles) -> Result<Enrolment, Error> {
    let now = suite.chain().now().await?;
    Ok(Enrolment {
        roles,
        valid_from: now,
        valid_until: now + 86_400,
        organisation: B256::repeat_byte(1),
        credential: B256::repeat_byte(2),
    })
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // Already ended is as good as killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program itself: npm's wrapper would leave it running when it is killed.
fn program() -> Result<PathBuf, Error> {
    let mut packages = std::fs::read_dir("node_modules/@foundry-rs")?.filter_map(Result::ok).map(|entry| entry.path());
    packages
        .find_map(|package| Some(package.join("bin/anvil")).filter(|program| program.is_file()))
        .ok_or_else(|| "no anvil in node_modules/@foundry-rs: run `make setup`".into())
}
