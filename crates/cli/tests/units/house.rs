//! A chain with a medicine in cases, its maker, a wholesaler, a pharmacy and a regulator, each in a home of its own.

use std::collections::BTreeSet;

use alloy_primitives::{Address, FixedBytes};
use serde_json::Value;
use theriac_client::types::Enrolment;
use theriac_client::{Roles, Secret, Signer, Suite};
use theriac_core::gs1::check_digit;

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, MAKER, MAKER_ACCOUNT, Terminal};

pub(crate) const WHOLESALER: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
pub(crate) const PHARMACY: &str = GUARDIAN;
pub(crate) const GTIN: &str = "00300021433802";
const PACKS: u32 = 200;
const LIST: &str = "ndc,name,strength,form,class,company\n\
                    0002-1433-80,TRULICITY,0.75 mg/0.5 mL,\"injection, solution\",prescription,Maker Inc.\n";
const PAPERS: &str = r#"{"productName":"TRULICITY","strength":"0.75 mg/0.5 mL","dosageForm":"injection, solution",
    "containerSize":"4 pens of 0.5 mL","ndc":"0002-1433-80",
    "from":{"name":"SELLER","address":"1 Main Street"},"to":{"name":"BUYER","address":"2 Main Street"}}"#;

fn signer(key: &str) -> Signer {
    Signer::from_private_key(&Secret::new(key)).unwrap()
}

pub(crate) fn account(key: &str) -> Address {
    signer(key).address()
}

/// The SSCC with this serial reference, as a label has it.
pub(crate) fn sscc(reference: u32) -> String {
    let payload = format!("00614141{reference:09}");
    format!("{payload}{}", check_digit(&payload).unwrap())
}

pub(crate) fn pack(serial: u32) -> String {
    format!("(01){GTIN}(10)A1(21){serial}")
}

/// A chain with a maker, a wholesaler and a pharmacy, each with a home folder of its own and one store for all.
pub(crate) struct Trade {
    pub(crate) terminal: Terminal,
    runtime: tokio::runtime::Runtime,
}

impl Trade {
    /// With the medicine approved, and a lot of it registered.
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let trade = Self { terminal: Terminal::with_suite(0), runtime };
        for home in ["maker", "wholesaler", "pharmacy", "certifier"] {
            std::fs::create_dir(trade.terminal.path(home)).unwrap();
            std::fs::create_dir_all(trade.terminal.path("store")).unwrap();
            std::os::unix::fs::symlink("../store", trade.terminal.path(home).join("blocks")).unwrap();
        }
        let people = trade.suite(ADMIN).participants();
        let certifier = Roles::CERTIFIER | Roles::REGULATOR;
        trade.send(&people.enrol_powerful(account(CERTIFIER), &enrolment(certifier)));
        for (key, roles) in
            [(MAKER, Roles::MANUFACTURER), (WHOLESALER, Roles::DISTRIBUTOR), (PHARMACY, Roles::PHARMACY)]
        {
            trade.send(&people.enrol(account(key), &enrolment(roles)));
            trade.run(key, &["participants", "set-key", "--wallet"]);
        }
        trade.terminal.write("list.csv", LIST);
        let serials: String = (0..PACKS).map(|place| format!("{}\n", 1000 + place)).collect();
        trade.terminal.write("serials.txt", &serials);
        let lots = format!("model,lot,serials,made,expires\n{GTIN},A1,serials.txt,2026-01-01,2030-12-31\n");
        trade.terminal.write("lots.csv", &lots);
        trade.run(MAKER, &["drug", "import", "list.csv"]);
        trade.run(CERTIFIER, &["catalog", "approve", GTIN, "--manufacturer", MAKER_ACCOUNT]);
        trade.run(MAKER, &["drug", "lots", "lots.csv"]);
        trade
    }

    /// As [`Trade::new`], with the lot in four cases of 50: references 1 to 4.
    pub(crate) fn in_cases() -> Self {
        let trade = Self::new();
        trade.custody(MAKER, &["commission-lot", "--model", GTIN, "--lot", "A1", "--sscc", &sscc(100)]);
        let unpacked = ["unpack", &sscc(100), "--each", "50", "--prefix", "0614141", "--reference", "1"];
        trade.custody(MAKER, &unpacked);
        trade
    }

    pub(crate) fn home(key: &str) -> &'static str {
        match key {
            MAKER => "maker",
            WHOLESALER => "wholesaler",
            PHARMACY => "pharmacy",
            _ => "certifier",
        }
    }

    /// A command that must succeed, in the home of who gives it.
    pub(crate) fn run(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &[&["--home", Self::home(key)], rest].concat())
    }

    pub(crate) fn custody(&self, key: &str, rest: &[&str]) -> Value {
        self.run(key, &[&["custody"], rest].concat())
    }

    /// `theriac custody …`, which must be refused, and leave events and book as they are: its code.
    pub(crate) fn refused(&self, key: &str, rest: &[&str]) -> String {
        let before = (self.events(key), self.book(key));
        let (code, words) = self.terminal.refusal(key, &[&["--home", Self::home(key), "custody"], rest].concat());
        assert_eq!((self.events(key), self.book(key)), before, "{rest:?}: {words}");
        code
    }

    pub(crate) fn events(&self, key: &str) -> BTreeSet<String> {
        let folder = self.terminal.path(Self::home(key)).join("events");
        let files = std::fs::read_dir(folder).into_iter().flatten();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// What the book says; one without entries is as good as none.
    pub(crate) fn book(&self, key: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.terminal.path(Self::home(key)).join("units.json")).ok();
        text.filter(|text| text.contains("salt"))
    }

    pub(crate) fn papers(&self, seller: &str, buyer: &str) -> String {
        let name = format!("{seller}-{buyer}.json");
        self.terminal.write(&name, &PAPERS.replace("SELLER", seller).replace("BUYER", buyer))
    }

    pub(crate) fn suite(&self, key: &str) -> Suite {
        let folder = self.terminal.path("deployments");
        self.runtime.block_on(Suite::connect(self.terminal.rpc(), Some(signer(key)), &folder)).unwrap()
    }

    pub(crate) fn send<C: alloy_sol_types::SolCall + Clone + Send + Sync>(&self, call: &theriac_client::Call<C>) {
        self.runtime.block_on(call.send()).unwrap();
    }

    /// Ships a unit with papers; the receiver looks into its inbox and takes it over.
    pub(crate) fn deliver(&self, from: &str, to: &str, names: (&str, &str), number: &str) {
        let (papers, to_account) = (self.papers(names.0, names.1), account(to).to_string());
        self.custody(from, &["ship", number, "--to", &to_account, "--ti", &papers]);
        let waiting = self.custody(to, &["inbox"]);
        assert_eq!(waiting["units"][0]["papers"], "opened", "{waiting}");
        self.custody(to, &["receive", number]);
    }
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
