//! A chain with a doctor, patients, and one who has no ether.

use alloy_primitives::{Address, FixedBytes};
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};
use theriac_client::types::Enrolment;
use theriac_client::{Roles, Secret, Signer, Suite};
use theriac_core::calendar::{ClockTime, Zone};

use crate::terminal::{ADMIN, CERTIFIER, GUARDIAN, MAKER, Said, Terminal};

pub(crate) const DOCTOR: &str = MAKER;
pub(crate) const ANNA: &str = GUARDIAN;
pub(crate) const BERT: &str = CERTIFIER;
pub(crate) const DORA: &str = "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
/// A patient without ether.
pub(crate) const CARA: &str = "1111111111111111111111111111111111111111111111111111111111111111";
/// Who takes no part, and has ether.
pub(crate) const STRANGER: &str = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";

pub(crate) const ZONE: &str = "Europe/Vienna";

pub(crate) struct House {
    pub(crate) terminal: Terminal,
    /// A Monday that is to come.
    monday: Date,
}

impl House {
    /// The doctor's week is open: Monday to Friday, 09:00 to 10:00, three slots a day.
    pub(crate) fn new() -> Self {
        let terminal = Terminal::with_suite(0);
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let monday = today.nth_weekday(2, Weekday::Monday).unwrap();
        let house = Self { terminal, monday };
        house.people();
        for (name, text) in [("name", "Anna Nym, 1234 010190\n"), ("address", "Hauptplatz 1, 8010 Graz\n")] {
            house.terminal.write(name, text);
        }
        let week = format!("{}..{}", house.date(0), house.date(6));
        let opened = house.says(
            DOCTOR,
            &["open", &week, "--weekdays", "--zone", ZONE, "--from", "09:00", "--to", "10:00", "--slot", "20m"],
        );
        assert_eq!(opened["days"].as_array().unwrap().len(), 5);
        house
    }

    fn people(&self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = self.terminal.path("deployments");
            let suite = Suite::connect(self.terminal.rpc(), Some(signer(ADMIN)), &folder).await.unwrap();
            let people = suite.participants();
            let patients = [ANNA, BERT, CARA, DORA].map(|key| (key, Roles::PATIENT));
            for (key, roles) in patients.into_iter().chain([(DOCTOR, Roles::PRACTITIONER)]) {
                people.enrol(account(key), &enrolment(roles)).send().await.unwrap();
            }
        });
    }

    /// A day of the doctor's week, 0 for Monday.
    pub(crate) fn date(&self, weekday: i64) -> String {
        self.monday.checked_add(jiff::SignedDuration::from_hours(24 * weekday)).unwrap().to_string()
    }

    /// `theriac appointments …`, which must succeed; everybody has a home folder of their own.
    pub(crate) fn says(&self, key: &str, rest: &[&str]) -> Value {
        self.terminal.json(key, &command(key, rest))
    }

    /// As [`House::says`], which must answer no with exit code 1.
    pub(crate) fn says_no(&self, key: &str, rest: &[&str]) -> Value {
        let (said, answer) = self.terminal.answer(key, &command(key, rest));
        assert_eq!(said.code, 1, "{rest:?}: {said:?}");
        assert_eq!(answer["error"], Value::Null, "{rest:?}: {said:?}");
        answer
    }

    /// As [`House::says`], which must be refused: code and words.
    pub(crate) fn refused(&self, key: &str, rest: &[&str]) -> (String, String) {
        self.terminal.refusal(key, &command(key, rest))
    }

    /// What a person reads.
    pub(crate) fn reads(&self, key: &str, rest: &[&str]) -> Said {
        self.terminal.run(key, &command(key, rest))
    }

    /// The words of a booking of a slot with the doctor.
    pub(crate) fn booking<'a>(doctor: &'a str, date: &'a str, time: &'a str) -> [&'a str; 8] {
        ["book", doctor, date, time, "--patient-file", "name", "--address-file", "address"]
    }

    /// Goes to a time of the doctor's clock.
    pub(crate) fn go_to(&self, date: &str, time: &str) {
        let (zone, time): (Zone, ClockTime) = (ZONE.parse().unwrap(), time.parse().unwrap());
        let second = zone.instant(date.parse().unwrap(), time, None).unwrap().as_second();
        self.terminal.ask_node("evm_setNextBlockTimestamp", json!([second]));
        self.terminal.ask_node("evm_mine", json!([]));
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: u64) {
        self.terminal.ask_node("evm_increaseTime", json!([seconds]));
        self.terminal.ask_node("evm_mine", json!([]));
    }
}

fn command<'a>(key: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    // The first digits of a key are a good name for its home.
    let home = if key.is_empty() { "nobody" } else { &key[..8] };
    [&["appointments"], rest, &["--home", home]].concat()
}

pub(crate) fn account(key: &str) -> Address {
    signer(key).address()
}

/// As it is typed.
pub(crate) fn address(key: &str) -> String {
    account(key).to_string()
}

/// As JSON has it.
pub(crate) fn known(key: &str) -> Value {
    json!(account(key))
}

pub(crate) fn signer(key: &str) -> Signer {
    Signer::from_private_key(&Secret::new(key)).unwrap()
}

pub(crate) fn enrolment(roles: Roles) -> Enrolment {
    Enrolment {
        roles,
        valid_from: 1,
        valid_until: 4_000_000_000,
        organisation: FixedBytes::repeat_byte(1),
        credential: FixedBytes::repeat_byte(2),
    }
}
