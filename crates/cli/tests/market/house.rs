//! A chain with a maker that sells a certified lot of six, a hospital that buys, an arbiter, a distributor, and a token.

use alloy_primitives::{Address, B256, FixedBytes};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_client::types::{Certificate, CertificateKind, Content, Enrolment, Membership, NewLot, Product};
use theriac_client::{Call, Roles, Secret, Signer, Suite};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, ModelId};
use theriac_core::merkle::LotTree;
use theriac_core::serials;
use tokio::runtime::Runtime;

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, MAKER, Terminal};

pub(crate) const HOSPITAL: &str = GUARDIAN;
pub(crate) const DISTRIBUTOR: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
pub(crate) const ARBITER: &str = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
/// Who takes no part.
pub(crate) const STRANGER: &str = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";

pub(crate) const GTIN: &str = "09506000134352";
pub(crate) const UNITS: u32 = 6;
pub(crate) const DAY: u64 = 86_400;
const EVIDENCE: B256 = B256::repeat_byte(7);

pub(crate) fn unit(serial: u32) -> String {
    format!("(01){GTIN}(10)A1(21)S{serial}")
}

pub(crate) struct House {
    pub(crate) terminal: Terminal,
    runtime: Runtime,
}

impl House {
    pub(crate) fn new() -> Self {
        let terminal = Terminal::with_suite(0);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let house = Self { terminal, runtime };
        house.people();
        house.goods();
        house
    }

    /// As [`House::new`], with both parties joined.
    pub(crate) fn joined() -> Self {
        let house = Self::new();
        for key in [MAKER, HOSPITAL] {
            house.market(key, &["approve"]);
        }
        house
    }

    fn people(&self) {
        let people = self.suite(ADMIN).participants();
        let powerful = [(CERTIFIER, Roles::CERTIFIER | Roles::REGULATOR), (ARBITER, Roles::ARBITER)];
        for (key, roles) in powerful {
            self.send(&people.enrol_powerful(account(key), &enrolment(roles)));
        }
        for (key, roles) in
            [(MAKER, Roles::MANUFACTURER), (HOSPITAL, Roles::PROVIDER), (DISTRIBUTOR, Roles::DISTRIBUTOR)]
        {
            self.send(&people.enrol(account(key), &enrolment(roles)));
        }
    }

    /// A model, its lot, the maker's certificate, and every unit in the maker's hands.
    fn goods(&self) {
        let (maker, certifier, word) = (self.suite(MAKER), self.suite(CERTIFIER), Content::raw(EVIDENCE));
        let model = ModelId::new(Agency::Gs1, GTIN);
        self.send(&maker.catalog().register_model(Agency::Gs1, GTIN, Product::Device, word));
        self.send(&certifier.catalog().approve_model(model, account(MAKER), word.digest, Product::Device));
        let (lot, tree) = lot();
        let store = Store::open("blocks", &self.terminal.path(".theriac")).unwrap();
        let document = self.runtime.block_on(store.put(&lot.canonical().unwrap())).unwrap();
        self.send(&maker.catalog().register_lot(&NewLot {
            model,
            number: "A1".into(),
            root: tree.root(),
            count: UNITS,
            made_at: 1_700_000_000,
            expires_at: 4_000_000_000,
            document: document.into(),
        }));
        let now = self.runtime.block_on(maker.chain().now()).unwrap();
        self.send(&maker.anchors().issue(&Certificate {
            subject: model.0,
            kind: CertificateKind::Authenticity,
            issuer: account(MAKER),
            document: word,
            issued_at: now,
            valid_from: 1,
            valid_until: 4_000_000_000,
        }));
        let custody = maker.custody();
        let commissioned = (0..UNITS).map(|index| {
            let leaf = lot.leaf(index).unwrap();
            let item = lot.details().id().item_of_half(leaf.half);
            let membership = Membership { index, tag_key: leaf.tag_key, proof: tree.proof(index).unwrap() };
            custody.commission(item, &membership, EVIDENCE).calldata()
        });
        self.send(&custody.multicall(commissioned.collect()));
    }

    pub(crate) fn suite(&self, key: &str) -> Suite {
        let folder = self.terminal.path("deployments");
        self.runtime.block_on(Suite::connect(self.terminal.rpc(), Some(signer(key)), &folder)).unwrap()
    }

    pub(crate) fn send<C: SolCall + Clone + Send + Sync>(&self, call: &Call<C>) {
        self.runtime.block_on(call.send()).unwrap();
    }

    /// `theriac market …`, which must succeed.
    pub(crate) fn market(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &[&["market"], rest].concat())
    }

    /// `theriac market …`, which must be refused: code and words.
    pub(crate) fn refused(&self, key: &str, rest: &[&str]) -> (String, String) {
        self.terminal.refusal(key, &[&["market"], rest].concat())
    }

    /// Offers the whole lot for 1.5 ether each and answers the offer.
    pub(crate) fn offer(&self) -> String {
        let offered = self.market(MAKER, &["offer", "--model", GTIN, "--lot", "A1", "--price", "1.5eth"]);
        text(&offered["offer"])
    }

    /// The hospital buys a unit; answers the purchase.
    pub(crate) fn buy(&self, offer: &str) -> String {
        text(&self.market(HOSPITAL, &["buy", offer])["purchase"])
    }

    pub(crate) fn owner(&self, item: &Value) -> Value {
        self.terminal.answer("", &["devices", "show", item.as_str().unwrap()]).1["owner"].clone()
    }

    /// What an account can withdraw in ether, in wei.
    pub(crate) fn credit(&self, key: &str) -> String {
        let credit = self.market(key, &["credit"]);
        credit["credit"].as_array().unwrap().first().map_or_else(|| "0".to_owned(), |sum| text(&sum["amount"]))
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: u64) {
        self.terminal.ask_node("evm_increaseTime", json!([seconds]));
        self.terminal.ask_node("evm_mine", json!([]));
    }

    /// A token, all of which the hospital has.
    pub(crate) fn token(&self) -> String {
        self.terminal.token(account(HOSPITAL))
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

pub(crate) fn account(key: &str) -> Address {
    signer(key).address()
}

/// As JSON has it.
pub(crate) fn address(key: &str) -> Value {
    json!(account(key))
}

fn signer(key: &str) -> Signer {
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

fn lot() -> (LotDocument, LotTree) {
    let details = LotDetails {
        name: "Monitor".into(),
        description: "Patient monitor".into(),
        image: None,
        agency: Agency::Gs1,
        di: GTIN.into(),
        lot: "A1".into(),
        made: None,
        expires: None,
    };
    let list: String = (0..UNITS).map(|serial| format!("S{serial}\n")).collect();
    LotDocument::new(details, serials::read(list.as_bytes()).unwrap()).unwrap()
}
