//! A chain with four medicines in units at a pharmacy, its pharmacists, a wholesaler, a doctor and two patients.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, FixedBytes};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};
use theriac_client::store::Store;
use theriac_client::types::{Content, Enrolment, NewLot, Product};
use theriac_client::{Call, Roles, Secret, Signer, Suite};
use theriac_core::document::{LotDetails, LotDocument};
use theriac_core::ids::{Agency, LotId, ModelId, UnitId};
use theriac_core::serials;
use tokio::runtime::Runtime;

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, MAKER, Said, Terminal};

pub(crate) const PHARMACY: &str = GUARDIAN;
pub(crate) const WHOLESALER: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
pub(crate) const DOCTOR: &str = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
pub(crate) const PHARMACIST: &str = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";
pub(crate) const SECOND: &str = "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";
pub(crate) const PATIENT: &str = "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97";
pub(crate) const OTHER: &str = "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6";

pub(crate) const DRUG: &str = "09506000134352";
pub(crate) const ANOTHER: &str = "09506000117843";
pub(crate) const CONTROLLED: &str = "09506000134369";
pub(crate) const COUNTER: &str = "09506000134376";
pub(crate) const DAY: u64 = 86_400;
/// Where no node is.
pub(crate) const NOWHERE: [&str; 2] = ["--rpc", "http://127.0.0.1:1"];
const EVIDENCE: B256 = B256::repeat_byte(7);

pub(crate) fn pack(gtin: &str, serial: u32) -> String {
    format!("(01){gtin}(10)A1(21)S{serial}")
}

pub(crate) fn lot(gtin: &str) -> LotId {
    ModelId::new(Agency::Gs1, gtin).lot("A1")
}

pub(crate) fn account(key: &str) -> Address {
    signer(key).address()
}

pub(crate) fn address(key: &str) -> String {
    account(key).to_string()
}

pub(crate) fn signer(key: &str) -> Signer {
    Signer::from_private_key(&Secret::new(key)).unwrap()
}

pub(crate) struct House {
    pub(crate) terminal: Terminal,
    pub(crate) runtime: Runtime,
}

impl House {
    /// The drug comes as 60 packs in three cases of 20, of which the pharmacy has the first two; of the others it has 10 each.
    pub(crate) fn new() -> Self {
        let terminal = Terminal::with_suite(0);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let house = Self { terminal, runtime };
        house.people();
        let (maker, units) = (house.suite(MAKER), house.suite(MAKER).units());
        house.send(&maker.custody().set_operator(units.address(), true));
        for (gtin, product, count) in [
            (DRUG, Product::Drug, 60),
            (ANOTHER, Product::Drug, 10),
            (CONTROLLED, Product::ControlledDrug, 10),
            (COUNTER, Product::OverTheCounterDrug, 10),
        ] {
            house.goods(gtin, product, count);
            house.send(&units.commission(lot(gtin), EVIDENCE, EVIDENCE));
            let unit = lot(gtin).unit(account(MAKER), EVIDENCE);
            let to = if gtin == DRUG { WHOLESALER } else { PHARMACY };
            house.bring(MAKER, unit, to);
        }
        let pallet = lot(DRUG).unit(account(MAKER), EVIDENCE);
        let labels: Vec<B256> = (1..=3).map(B256::with_last_byte).collect();
        house.send(&house.suite(WHOLESALER).units().unpack(pallet, &[20, 20, 20], &labels, EVIDENCE));
        house.bring(WHOLESALER, Self::case(1), PHARMACY);
        house.bring(WHOLESALER, Self::case(2), PHARMACY);
        house.pharmacy(PHARMACY, &["approve"]);
        for key in [PHARMACIST, SECOND] {
            house.pharmacy(PHARMACY, &["staff", &address(key), "--until", "2090-12-31"]);
        }
        house
    }

    /// A case of 20 packs of the drug, counted from 1.
    pub(crate) fn case(number: u8) -> UnitId {
        lot(DRUG).unit(account(WHOLESALER), B256::with_last_byte(number))
    }

    fn people(&self) {
        let people = self.suite(ADMIN).participants();
        self.send(&people.enrol_powerful(account(CERTIFIER), &enrolment(Roles::CERTIFIER | Roles::REGULATOR)));
        for (key, roles) in [
            (MAKER, Roles::MANUFACTURER),
            (WHOLESALER, Roles::DISTRIBUTOR),
            (PHARMACY, Roles::PHARMACY),
            (DOCTOR, Roles::PRACTITIONER),
            (PHARMACIST, Roles::PHARMACIST),
            (SECOND, Roles::PHARMACIST),
        ] {
            self.send(&people.enrol(account(key), &enrolment(roles)));
        }
    }

    fn goods(&self, gtin: &str, product: Product, count: u32) {
        let (maker, certifier, word) = (self.suite(MAKER), self.suite(CERTIFIER), Content::raw(EVIDENCE));
        let model = ModelId::new(Agency::Gs1, gtin);
        self.send(&maker.catalog().register_model(Agency::Gs1, gtin, product, word));
        self.send(&certifier.catalog().approve_model(model, account(MAKER), word.digest, product));
        let details = LotDetails {
            name: "Tablets".into(),
            description: "Tablets, 28 pieces".into(),
            image: None,
            agency: Agency::Gs1,
            di: gtin.into(),
            lot: "A1".into(),
            made: None,
            expires: None,
        };
        let list: String = (0..count).map(|serial| format!("S{serial}\n")).collect();
        let (document, tree) = LotDocument::new(details, serials::read(list.as_bytes()).unwrap()).unwrap();
        let store = Store::open("blocks", &self.terminal.path(".theriac")).unwrap();
        let kept = self.runtime.block_on(store.put(&document.canonical().unwrap())).unwrap();
        self.send(&maker.catalog().register_lot(&NewLot {
            model,
            number: "A1".into(),
            root: tree.root(),
            count,
            made_at: 1_700_000_000,
            expires_at: 4_000_000_000,
            document: kept.into(),
        }));
    }

    pub(crate) fn bring(&self, from: &str, unit: UnitId, to: &str) {
        self.send(&self.suite(from).units().ship(unit, account(to), EVIDENCE));
        self.receive(to, unit);
    }

    /// Receives what is in the unit.
    pub(crate) fn receive(&self, by: &str, unit: UnitId) {
        let room = self.suite(by).units();
        let known = self.runtime.block_on(room.unit_of(unit)).unwrap().unwrap();
        let packs = u32::try_from(self.runtime.block_on(room.packs_in(unit)).unwrap()).unwrap();
        self.send(&room.receive(unit, known.first, known.count, packs, EVIDENCE));
    }

    pub(crate) fn suite(&self, key: &str) -> Suite {
        let folder = self.terminal.path("deployments");
        self.runtime.block_on(Suite::connect(self.terminal.rpc(), Some(signer(key)), &folder)).unwrap()
    }

    pub(crate) fn send<C: SolCall + Clone + Send + Sync>(&self, call: &Call<C>) {
        self.runtime.block_on(call.send()).unwrap();
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: u64) {
        self.terminal.ask_node("evm_increaseTime", json!([seconds]));
        self.terminal.ask_node("evm_mine", json!([]));
    }

    /// `theriac pharmacy …`, which must succeed.
    pub(crate) fn pharmacy(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &[&["pharmacy"], rest].concat())
    }

    /// `theriac pharmacy …`, which must be refused: code and words.
    pub(crate) fn refused(&self, key: &str, rest: &[&str]) -> (String, String) {
        self.terminal.refusal(key, &[&["pharmacy"], rest].concat())
    }

    /// `theriac pharmacy check` by the pharmacist: outcome and reason, which the exit code has to fit.
    pub(crate) fn check(&self, rest: &[&str]) -> (String, String, Value) {
        let pharmacy = address(PHARMACY);
        let arguments = [&["pharmacy", "check", "--pharmacy", &pharmacy], rest].concat();
        let (said, answer): (Said, Value) = self.terminal.answer(PHARMACIST, &arguments);
        let of = |name: &str| text(&answer[name]);
        let (outcome, reason) = (of("outcome"), of("reason"));
        assert_eq!(said.code == 0, outcome == "deliver", "{said:?}");
        (outcome, reason, answer)
    }

    /// A new one-time address of the wallet.
    pub(crate) fn patient(&self, wallet: &str) -> String {
        text(&self.pharmacy(wallet, &["patient-key"])["patient"])
    }

    /// Checks, and has the wallet sign: answers the collection file.
    pub(crate) fn collect(&self, wallet: &str, prescription: &str, packs: &[&str], name: &str) -> String {
        let (request, out) = (format!("{name}-request.json"), format!("{name}.json"));
        let arguments = [packs, &["--prescription", prescription, "--request", &request]].concat();
        assert_eq!(self.check(&arguments).0, "deliver");
        self.pharmacy(wallet, &["collect", &request, "--out", &out]);
        out
    }

    /// The pharmacist sells.
    pub(crate) fn sell(&self, rest: &[&str]) -> Value {
        self.pharmacy(PHARMACIST, &[&["sell", "--pharmacy", &address(PHARMACY)], rest].concat())
    }

    /// The pharmacist tries to.
    pub(crate) fn sell_refused(&self, rest: &[&str]) -> (String, String) {
        self.refused(PHARMACIST, &[&["sell", "--pharmacy", &address(PHARMACY)], rest].concat())
    }

    /// What the pharmacy has of this product.
    pub(crate) fn stock(&self, gtin: &str) -> Value {
        let lots = self.pharmacy("", &["stock", "--pharmacy", &address(PHARMACY)])["lots"].clone();
        let wanted = json!(lot(gtin));
        lots.as_array().unwrap().iter().find(|known| known["lot"] == wanted).unwrap().clone()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.terminal.path(name)
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
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
