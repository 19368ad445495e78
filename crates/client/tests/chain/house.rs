//! A real anvil with the suite deployed on it, for the tests of this folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use alloy::primitives::{Address, B256, keccak256};
use theriac_client::types::{Content, Enrolment, NewLot, Product};
use theriac_client::{Chain, Deployment, Parameters, Roles, Secret, Signer, Suite, deploy};
use theriac_core::ids::{Agency, ModelId};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Keys of anvil's default mnemonic, which everybody knows.
const KEYS: [&str; 6] = [
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
];

/// Administrator and registrar; guardian; manufacturer; certifier; distributor; nobody.
pub(crate) const ADMIN: usize = 0;
pub(crate) const GUARDIAN: usize = 1;
pub(crate) const MAKER: usize = 2;
pub(crate) const CERTIFIER: usize = 3;
pub(crate) const DISTRIBUTOR: usize = 4;
pub(crate) const NOBODY: usize = 5;

/// The GTIN of the model that the tests make lots of.
pub(crate) const GTIN: &str = "10886704031390";

pub(crate) fn signer(index: usize) -> Signer {
    Signer::from_private_key(&Secret::new(KEYS[index])).unwrap()
}

pub(crate) fn account(index: usize) -> Address {
    signer(index).address()
}

/// The folder that has `node_modules`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = here.ancestors().find(|folder| folder.join("node_modules/.bin/anvil").exists());
    found.expect("node_modules/.bin/anvil is missing: run `make setup`").to_owned()
}

/// The program itself: `.bin/anvil` is a script that starts it, and would leave it behind when killed.
fn anvil() -> PathBuf {
    let packages = std::fs::read_dir(root().join("node_modules/@foundry-rs")).unwrap();
    let mut programs = packages.map(|package| package.unwrap().path().join("bin/anvil"));
    programs.find(|program| program.exists()).expect("anvil's program is missing: run `make setup`")
}

/// A running anvil; it ends with its value.
pub(crate) struct Node {
    pub(crate) url: String,
    pub(crate) child: Child,
}

impl Node {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(anvil())
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("anvil ended before it listened");
            if let Some(address) = line.strip_prefix("Listening on ") {
                break address.to_owned();
            }
        };
        // Somebody has to read what anvil prints, or it stops when the pipe is full.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url: format!("http://{address}"), child }
    }
}

/// A node with the suite.
pub(crate) struct House {
    pub(crate) node: Node,
    pub(crate) deployment: Deployment,
}

impl House {
    /// Deployed without a delay, nobody enrolled.
    pub(crate) async fn empty(arguments: &[&str]) -> Self {
        let node = Node::start(arguments).await;
        let chain = Chain::connect(&node.url, Some(signer(ADMIN))).await.unwrap();
        let deployed = deploy::deploy(&chain, parameters(0)).await.unwrap();
        Self { node, deployment: deployed.deployment }
    }

    /// With a manufacturer, a certifier, a distributor, and an approved model.
    pub(crate) async fn furnished(arguments: &[&str]) -> Self {
        let house = Self::empty(arguments).await;
        let people = house.suite(ADMIN).await.participants();
        people.enrol_powerful(account(CERTIFIER), &enrolment(Roles::CERTIFIER)).send().await.unwrap();
        people.enrol(account(MAKER), &enrolment(Roles::MANUFACTURER)).send().await.unwrap();
        people.enrol(account(DISTRIBUTOR), &enrolment(Roles::DISTRIBUTOR)).send().await.unwrap();
        let maker = house.suite(MAKER).await.catalog();
        maker.register_model(Agency::Gs1, GTIN, Product::Device, document("model")).send().await.unwrap();
        let certifier = house.suite(CERTIFIER).await.catalog();
        certifier
            .approve_model(model(), account(MAKER), document("model").digest, Product::Device)
            .send()
            .await
            .unwrap();
        house
    }

    pub(crate) async fn suite(&self, index: usize) -> Suite {
        let chain = Chain::connect(&self.node.url, Some(signer(index))).await.unwrap();
        Suite::open(chain, self.deployment.clone()).await.unwrap()
    }
}

pub(crate) fn parameters(delay: u32) -> Parameters {
    Parameters { admin: account(ADMIN), guardian: account(GUARDIAN), registrar: account(ADMIN), delay }
}

pub(crate) fn enrolment(roles: Roles) -> Enrolment {
    Enrolment {
        roles,
        valid_from: 1,
        valid_until: 4_000_000_000,
        organisation: B256::repeat_byte(1),
        credential: B256::repeat_byte(2),
    }
}

pub(crate) fn document(name: &str) -> Content {
    Content::raw(keccak256(name))
}

pub(crate) fn model() -> ModelId {
    ModelId::new(Agency::Gs1, GTIN)
}

/// A lot of one item whose root is nobody's tree: enough where no proof is asked for.
pub(crate) fn lot(number: &str) -> NewLot {
    NewLot {
        model: model(),
        number: number.to_owned(),
        root: keccak256(number),
        count: 1,
        made_at: 1_700_000_000,
        expires_at: 4_000_000_000,
        document: document(number),
    }
}
