//! The program as a person uses it: commands in a folder of one's own, on a local chain that the program itself starts.
#![allow(dead_code, reason = "every test file uses another part of it")]

pub(crate) mod authority;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use alloy::providers::{Provider as _, ProviderBuilder};
use alloy::sol_types::SolValue as _;
use alloy_primitives::{Address, hex};
use serde_json::{Value, json};

/// Keys of anvil's default mnemonic, which everybody knows.
pub(crate) const ADMIN: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
pub(crate) const GUARDIAN: &str = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
pub(crate) const MAKER: &str = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
pub(crate) const CERTIFIER: &str = "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";

pub(crate) const ADMIN_ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
pub(crate) const GUARDIAN_ACCOUNT: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
pub(crate) const MAKER_ACCOUNT: &str = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
pub(crate) const CERTIFIER_ACCOUNT: &str = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

/// A folder in which commands are given. A chain that was started in it ends with its value.
pub(crate) struct Terminal {
    pub(crate) folder: tempfile::TempDir,
    rpc: Option<String>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), rpc: None }
    }

    /// With a running chain.
    pub(crate) fn with_chain() -> Self {
        let mut terminal = Self::new();
        terminal.start_chain();
        terminal
    }

    /// With a running chain and the suite on it; `delay` in seconds.
    pub(crate) fn with_suite(delay: u32) -> Self {
        let terminal = Self::with_chain();
        terminal.json(ADMIN, &Self::deployment(delay).iter().map(String::as_str).collect::<Vec<_>>());
        terminal
    }

    pub(crate) fn deployment(delay: u32) -> Vec<String> {
        let delay = delay.to_string();
        ["deploy", "--admin", ADMIN_ACCOUNT, "--guardian", GUARDIAN_ACCOUNT, "--delay", &delay]
            .map(str::to_owned)
            .to_vec()
    }

    /// Starts the chain, or starts it again, on a free port.
    pub(crate) fn start_chain(&mut self) -> Value {
        let started = self.json("", &["chain", "start", "--port", "0"]);
        self.rpc = Some(started["rpc"].as_str().unwrap().to_owned());
        started
    }

    pub(crate) fn rpc(&self) -> &str {
        self.rpc.as_deref().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        name.to_owned()
    }

    /// Gives a command as the account of `key`; an empty key is nobody's.
    pub(crate) fn run(&self, key: &str, arguments: &[&str]) -> Said {
        Said::from(self.command(key, arguments).output().unwrap())
    }

    /// The command of [`Terminal::run`], for one that needs more.
    pub(crate) fn command(&self, key: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_theriac"));
        command.args(arguments).current_dir(self.folder.path()).env("THERIAC_ANVIL", anvil()).env("NO_COLOR", "1");
        for variable in [
            "THERIAC_HOME",
            "THERIAC_DEPLOYMENTS",
            "THERIAC_STORE",
            "THERIAC_KEYSTORE",
            "THERIAC_PRIVATE_KEY",
            "THERIAC_SCRATCH_CODE",
            "THERIAC_SCANS",
            "THERIAC_IDENTITY",
            "THERIAC_PASSPHRASE",
        ] {
            command.env_remove(variable);
        }
        if !key.is_empty() {
            command.env("THERIAC_PRIVATE_KEY", key);
        }
        if let Some(rpc) = &self.rpc {
            command.env("THERIAC_RPC", rpc);
        }
        command
    }

    /// As [`Terminal::run`], of a command that must succeed; the JSON answer.
    pub(crate) fn json(&self, key: &str, arguments: &[&str]) -> Value {
        let (said, answer) = self.answer(key, arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
        answer
    }

    /// The JSON answer of a command that may say no.
    pub(crate) fn answer(&self, key: &str, arguments: &[&str]) -> (Said, Value) {
        let said = self.run(key, &[&["--json"], arguments].concat());
        let answer: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:?}"));
        assert_eq!(answer["v"], 1);
        (said, answer)
    }

    /// The refusal of a command that must fail and that the user can mend: its code and its words.
    pub(crate) fn refusal(&self, key: &str, arguments: &[&str]) -> (String, String) {
        let (said, answer) = self.answer(key, arguments);
        assert_eq!(said.code, 1, "{arguments:?}: {said:?}");
        let of = |field: &str| answer["error"][field].as_str().unwrap_or_default().to_owned();
        (of("code"), format!("{}\n{}", of("message"), of("help")))
    }

    /// A request to the node itself.
    pub(crate) fn ask_node(&self, method: &'static str, parameters: Value) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let provider = ProviderBuilder::new().connect_http(self.rpc().parse().unwrap());
            provider.raw_request(method.into(), parameters).await.unwrap()
        })
    }

    /// Creates a token with six decimals and permits, all of which `holder` has, one of the chain's own accounts.
    pub(crate) fn token(&self, holder: Address) -> String {
        let artifact: Value = serde_json::from_str(include_str!("../../../client/tests/data/Dollar.json")).unwrap();
        let code = format!("{}{}", artifact["bytecode"].as_str().unwrap(), hex::encode(holder.abi_encode()));
        let sent = self.ask_node("eth_sendTransaction", json!([{ "from": holder, "data": code }]));
        let receipt = self.ask_node("eth_getTransactionReceipt", json!([sent]));
        receipt["contractAddress"].as_str().unwrap().to_owned()
    }

    /// Enrols the account of `key`: application and approval.
    pub(crate) fn enrol(&self, authority: &authority::Authority, key: &str, roles: &str, name: &str) -> Value {
        let application = self.apply(authority, key, roles, name);
        let roots = self.write("roots.pem", &authority.root);
        self.json(ADMIN, &["participants", "approve", "--application", &application, "--roots", &roots])
    }

    /// Makes an application and answers its file.
    pub(crate) fn apply(&self, authority: &authority::Authority, key: &str, roles: &str, name: &str) -> String {
        let (certificate, private) = authority.company(name, |_| {});
        let certificate = self.write(&format!("{name}.pem"), &certificate);
        let private = self.write(&format!("{name}.key"), &private);
        let out = format!("{name}.json");
        self.json(
            key,
            &[
                "participants",
                "apply",
                "--certificate",
                &certificate,
                "--certificate-key",
                &private,
                "--roles",
                roles,
                "--out",
                &out,
            ],
        );
        out
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.run("", &["chain", "stop"]);
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The program that npm installs; the commands run in a folder that has no `node_modules` above it.
pub(crate) fn anvil() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = here.ancestors().map(|folder| folder.join("node_modules/@foundry-rs")).find(|path| path.exists());
    let packages = packages.expect("node_modules is missing: run `make setup`");
    let programs = std::fs::read_dir(packages).unwrap().map(|entry| entry.unwrap().path().join("bin/anvil"));
    programs
        .into_iter()
        .find(|program| program.is_file())
        .expect("the anvil of this platform is missing: run `make setup`")
}
