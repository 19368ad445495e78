//! A clinic with a patient monitor: its twin is minted, the clinic owns it, and there are engineers.

use alloy_primitives::{Address, B256, FixedBytes};
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_client::types::{Content, Enrolment, NewLot, Product};
use theriac_client::{Roles, Secret, Signer, Suite};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, ItemId, ModelId};
use theriac_core::scratch::{Derivation, ENTROPY, ScratchCode};
use theriac_core::serials;
use theriac_core::udi::Udi;

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, MAKER, Said, Terminal};

pub(crate) const CLINIC: &str = MAKER;
pub(crate) const GATEWAY: &str = GUARDIAN;
pub(crate) const ENGINEER: &str = CERTIFIER;
pub(crate) const OTHER_ENGINEER: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
/// Takes part, and has nothing to do with the monitor.
pub(crate) const STRANGER: &str = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";
/// Made the monitors, and has the document of their lot.
pub(crate) const FACTORY: &str = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
const REGULATOR: &str = "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6";
const GTIN: &str = "00012345678905";
pub(crate) const MONITOR: &str = "(01)00012345678905(10)A1(21)123456";
pub(crate) const SECOND_MONITOR: &str = "(01)00012345678905(10)A1(21)123457";

pub(crate) struct House {
    pub(crate) terminal: Terminal,
}

impl House {
    /// The clinic owns the two monitors.
    pub(crate) fn new() -> Self {
        let house = Self { terminal: Terminal::with_suite(0) };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(house.prepare());
        house.does(FACTORY, &["devices", "mint", MONITOR, SECOND_MONITOR, "--to", &address(CLINIC)]);
        house
    }

    async fn prepare(&self) {
        let people = self.suite(ADMIN).await.participants();
        people.enrol_powerful(account(REGULATOR), &enrolment(Roles::REGULATOR)).send().await.unwrap();
        let others = [
            (FACTORY, Roles::MANUFACTURER),
            (CLINIC, Roles::PROVIDER),
            (GATEWAY, Roles::PROVIDER),
            (ENGINEER, Roles::ENGINEER),
            (OTHER_ENGINEER, Roles::ENGINEER),
            (STRANGER, Roles::PROVIDER),
        ];
        for (key, roles) in others {
            people.enrol(account(key), &enrolment(roles)).send().await.unwrap();
        }
        let (maker, word) = (self.suite(FACTORY).await, Content::raw(B256::repeat_byte(7)));
        let model = ModelId::new(Agency::Gs1, GTIN);
        maker.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word).send().await.unwrap();
        let catalog = self.suite(REGULATOR).await.catalog();
        catalog.approve_model(model, account(FACTORY), word.digest, Product::Device).send().await.unwrap();
        let details = LotDetails {
            name: "MyPhysioMonitor".into(),
            description: "Patient monitor".into(),
            image: None,
            agency: Agency::Gs1,
            di: GTIN.into(),
            lot: "A1".into(),
            made: None,
            expires: None,
        };
        let tag = Derivation::V1.tag_key(&scratch_code(), item(MONITOR)).address();
        let list = format!("serial,tagKey\n123456,{tag}\n123457,\n");
        let (lot, tree) = LotDocument::new(details, serials::read(list.as_bytes()).unwrap()).unwrap();
        let store = Store::open("blocks", &self.terminal.path(home(FACTORY))).unwrap();
        let document = store.put(&lot.canonical().unwrap()).await.unwrap();
        let (number, root) = ("A1".into(), tree.root());
        let (made_at, expires_at) = (1_700_000_000, 4_000_000_000);
        let new = NewLot { model, number, root, count: 2, made_at, expires_at, document: document.into() };
        maker.catalog().register_lot(&new).send().await.unwrap();
    }

    pub(crate) async fn suite(&self, key: &str) -> Suite {
        let folder = self.terminal.path("deployments");
        Suite::connect(self.terminal.rpc(), Some(signer(key)), &folder).await.unwrap()
    }

    /// A command, which must succeed. Everybody has a home folder of their own, and all one store: `share` copies it.
    pub(crate) fn does(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &[rest, &["--home", home(key)]].concat())
    }

    /// A command that answers no, with exit code 1.
    pub(crate) fn says_no(&self, key: &str, rest: &[&str]) -> Value {
        let (said, answer) = self.terminal.answer(key, &[rest, &["--home", home(key)]].concat());
        assert_eq!((said.code, &answer["error"]), (1, &Value::Null), "{rest:?}: {said:?}");
        answer
    }

    /// A command that must be refused: code and words.
    pub(crate) fn refused(&self, key: &str, rest: &[&str]) -> (String, String) {
        self.terminal.refusal(key, &[rest, &["--home", home(key)]].concat())
    }

    /// What a person reads.
    pub(crate) fn reads(&self, key: &str, rest: &[&str]) -> Said {
        self.terminal.run(key, &[rest, &["--home", home(key)]].concat())
    }

    /// Gives `to` a copy of all that `from` has stored.
    pub(crate) fn share(&self, from: &str, to: &str) {
        let (from, to) = (self.blocks(from), self.blocks(to));
        std::fs::create_dir_all(&to).unwrap();
        copy(&from, &to);
    }

    /// The folder of blocks.
    pub(crate) fn blocks(&self, key: &str) -> std::path::PathBuf {
        self.terminal.path(home(key)).join("blocks")
    }

    /// Everything in the store of `key`, and where.
    pub(crate) fn stored(&self, key: &str) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        files(&self.blocks(key)).into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: u64) {
        self.terminal.ask_node("evm_increaseTime", json!([seconds]));
        self.terminal.ask_node("evm_mine", json!([]));
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&there).unwrap();
            copy(&path, &there);
        } else if !there.exists() {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

/// The code under the scratch field of [`MONITOR`]; the second monitor has none.
pub(crate) fn scratch_code() -> ScratchCode {
    ScratchCode::of_entropy(&[7; ENTROPY])
}

/// The first digits of a key are a good name for its home.
pub(crate) fn home(key: &str) -> &str {
    if key.is_empty() { "nobody" } else { &key[..8] }
}

pub(crate) fn item(text: &str) -> ItemId {
    Udi::parse(text, 2026).unwrap().item_id().unwrap()
}

pub(crate) fn account(key: &str) -> Address {
    signer(key).address()
}

/// As it is typed.
pub(crate) fn address(key: &str) -> String {
    account(key).to_string()
}

pub(crate) fn signer(key: &str) -> Signer {
    Signer::from_private_key(&Secret::new(key)).unwrap()
}

fn enrolment(roles: Roles) -> Enrolment {
    Enrolment {
        roles,
        valid_from: 1,
        valid_until: 4_000_000_000,
        organisation: FixedBytes::repeat_byte(1),
        credential: FixedBytes::repeat_byte(2),
    }
}

/// The guide's example of a patient monitor where the data are, else a small document of our own with the same state.
pub(crate) fn monitor() -> String {
    let data = std::env::var("THERIAC_DATA").unwrap_or_else(|_| "/nowhere".to_owned());
    let example = format!("{data}/pocd/examples/Device-PhysioMonitorMdsDevice.xml");
    std::fs::read_to_string(example).unwrap_or_else(|_| {
        let extension = |name: &str, value: &str| {
            format!("<extension url=\"http://hl7.org/fhir/uv/pocd/StructureDefinition/{name}\">{value}</extension>")
        };
        [
            "<Device xmlns=\"http://hl7.org/fhir\"><id value=\"monitor\"/><meta><profile \
             value=\"http://hl7.org/fhir/uv/pocd/StructureDefinition/MdsDevice\"/></meta>",
            &extension("operating-hours", "<valueUnsignedInt value=\"8760\"/>"),
            &extension("operating-cycles", "<valueUnsignedInt value=\"156\"/>"),
            &extension("operating-mode", "<valueCode value=\"Dmo\"/>"),
            "<udiCarrier><deviceIdentifier value=\"00012345678905\"/></udiCarrier><status value=\"active\"/><type><coding><system value=\"urn:iso:std:iso:11073:10101\"/><code \
             value=\"69965\"/></coding></type><patient><reference value=\"Patient/SomePatient\"/></patient><location>\
             <reference value=\"Location/SomeLocation\"/></location></Device>",
        ]
        .concat()
    })
}

/// The same without a patient.
pub(crate) fn free_monitor() -> String {
    let text = monitor();
    let (before, rest) = text.split_once("<patient>").unwrap();
    let (_, after) = rest.split_once("</patient>").unwrap();
    format!("{before}{after}")
}
