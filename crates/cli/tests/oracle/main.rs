//! Questions to hospital systems: asked on a real chain, answered by nodes that read HAPI's FHIR server, or what it answered once.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod daemon;
#[path = "../../../client/tests/fhir_peer/mod.rs"]
mod fhir_peer;
#[path = "../mds/house.rs"]
#[allow(dead_code, reason = "every test file uses another part of it")]
mod house;
#[path = "../../../client/tests/http_server/mod.rs"]
mod http_server;
mod profiles;
mod server;
#[path = "../terminal/mod.rs"]
mod terminal;

use alloy_primitives::{Address, B256, FixedBytes, U256};
use serde_json::{Value, json};
use theriac_client::Roles;
use theriac_client::types::Enrolment;

use house::{CLINIC, House, MONITOR, STRANGER, account, address};
use server::{FRESH, PATIENT, System};
use terminal::ADMIN;

/// Nodes, in no order.
const NODES: [&str; 3] = [
    "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
    "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
    "f214f2b2cd398c806f84e317254e0f0b801d0643303237d97a22a48e01628897",
];

/// The clinic, and three oracle nodes with keys; everybody works in one home folder, so that they share a store.
struct Ward {
    house: House,
}

impl Ward {
    fn new() -> Self {
        let ward = Self { house: House::new() };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let people = ward.house.suite(ADMIN).await.participants();
            for key in NODES {
                let enrolment = Enrolment {
                    roles: Roles::ORACLE,
                    valid_from: 1,
                    valid_until: 4_000_000_000,
                    organisation: FixedBytes::repeat_byte(1),
                    credential: FixedBytes::repeat_byte(2),
                };
                people.enrol_powerful(account(key), &enrolment).send().await.unwrap();
            }
        });
        for key in NODES {
            // Not all of anvil's default accounts: this one may have no ether.
            ward.house.terminal.ask_node("anvil_setBalance", json!([address(key), "0x8ac7230489e80000"]));
            ward.does(key, &["participants", "set-key", "--wallet"]);
        }
        ward.does(CLINIC, &["participants", "set-key", "--wallet"]);
        ward
    }

    fn does(&self, key: &str, rest: &[&str]) -> Value {
        self.house.terminal.json(key, &[rest, &["--home", "ward"]].concat())
    }

    fn says_no(&self, key: &str, rest: &[&str]) -> Value {
        let (said, answer) = self.house.terminal.answer(key, &[rest, &["--home", "ward"]].concat());
        assert_eq!((said.code, &answer["error"]), (1, &Value::Null), "{rest:?}: {said:?}");
        answer
    }

    fn refused(&self, key: &str, rest: &[&str]) -> (String, String) {
        self.house.terminal.refusal(key, &[rest, &["--home", "ward"]].concat())
    }

    /// Asks the three nodes; answers the question's id.
    fn asks(&self, about: &[&str]) -> String {
        let nodes = NODES.map(address);
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let ask = ["oracle", "ask", "--fresh", FRESH];
        let asked = self.does(CLINIC, &[&ask, about, &["--node"], &nodes].concat());
        asked["question"].as_str().unwrap().to_owned()
    }

    /// One look of a node at its system, for the clinic.
    fn looks(&self, key: &str, system: &System) -> Value {
        self.does(key, &["oracle", "run", "--once", "--server", &system.url, "--asker", &address(CLINIC)])
    }
}

fn both(test: impl Fn(&Ward, &[System; 2])) {
    let recording = std::env::var_os("THERIAC_RECORD").is_some();
    if !recording {
        test(&Ward::new(), &server::recorded());
    }
    if let Some(systems) = server::real() {
        test(&Ward::new(), &systems);
    }
}

/// The one of a node.
fn of<'a>(answers: &'a Value, key: &str) -> &'a Value {
    let is = |node: &&Value| node["node"].as_str().unwrap().eq_ignore_ascii_case(&address(key));
    answers["nodes"].as_array().unwrap().iter().find(is).unwrap()
}

#[test]
fn what_two_hospitals_say_of_a_patient() {
    both(|ward, systems| {
        a_heart_rate(ward, systems);
        a_blood_pressure_and_who_deviates(ward, systems);
        a_devices_own_metric(ward, systems);
    });
}

fn a_heart_rate(ward: &Ward, [first, second]: &[System; 2]) {
    let about = ["--patient", PATIENT, "--code", "8867-4", "--reward", "0.001eth"];
    let question = ward.asks(&about);
    let answers = ["oracle", "answers", &question];
    assert_eq!(ward.says_no(CLINIC, &answers)["state"], json!("open"));
    assert_eq!(ward.looks(NODES[0], first)["answered"], json!(1));
    // Twice is once.
    assert_eq!(ward.looks(NODES[0], first)["answered"], json!(0));
    let one = ward.says_no(CLINIC, &answers);
    assert_eq!(of(&one, NODES[0])["text"], json!("loinc|8867-4=80 /min"));
    assert_eq!(ward.refused(CLINIC, &["oracle", "close", &question]).0, "FhirOracle_TooEarly");

    // Another server, another id of the patient, 8.02e1 instead of 80.40: the same commitment.
    assert_eq!(ward.looks(NODES[1], second)["answered"], json!(1));
    let settled = ward.does(CLINIC, &answers);
    assert_eq!((&settled["state"], &settled["text"]), (&json!("settled"), &json!("loinc|8867-4=80 /min")));
    assert_eq!(of(&settled, NODES[0])["value"], of(&settled, NODES[1])["value"]);
    assert_eq!(of(&settled, NODES[0])["source"]["observation"], json!("Observation/hr24"));
    assert_eq!(of(&settled, NODES[1])["source"]["server"], json!(second.url));
    assert_eq!(of(&settled, NODES[1])["observedAt"], json!("2026-01-31T09:24:00Z"));
    assert_eq!(of(&settled, NODES[2])["answered"], json!(false));

    // The clinic on another machine has its key and the store, not the salt in the home folder.
    let blocks = ward.house.terminal.path("ward/blocks");
    let elsewhere = ward.house.terminal.path("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    if !elsewhere.join("blocks").exists() {
        std::os::unix::fs::symlink(&blocks, elsewhere.join("blocks")).unwrap();
    }
    let at = |key: &str| ward.house.terminal.json(key, &[&answers[..], &["--home", "elsewhere"]].concat());
    assert_eq!(at(CLINIC)["text"], json!("loinc|8867-4=80 /min"));
    // To a stranger it says nothing, not even who is asked about; and a node reads the question, not the others' answers.
    for key in [STRANGER, ""] {
        let seen = at(key);
        assert_eq!((&seen["text"], &of(&seen, NODES[0])["text"]), (&Value::Null, &Value::Null), "{seen}");
        assert!(!seen.to_string().contains("ward-7") && !seen.to_string().contains("=80"), "{seen}");
    }
    assert!(of(&at(NODES[0]), NODES[1])["fault"].is_string());

    // The question goes on while the third node may answer; then it is closed, and who was silent has missed it.
    ward.house.wait(3_700);
    let closed = ward.does(STRANGER, &["oracle", "close", &question]);
    assert_eq!((&closed["settled"], &closed["agreed"], &closed["answered"]), (&json!(true), &json!(2), &json!(2)));
    assert_eq!(ward.refused(STRANGER, &["oracle", "close", &question]).0, "FhirOracle_AlreadyClosed");
    let closed = ward.does("", &answers);
    assert_eq!(closed["state"], json!("closed"));
    assert_eq!(of(&closed, NODES[0])["reputation"], json!({ "agreed": 1, "deviated": 0, "missed": 0 }));
    assert_eq!(of(&closed, NODES[2])["reputation"]["missed"], json!(1));
    let credit = |key: &str| ward.does(key, &["market", "credit"])["credit"][0]["amount"].clone();
    assert_eq!((credit(NODES[0]), credit(CLINIC)), (json!("1000000000000000"), json!("1000000000000000")));

    // Once more: the same question under another salt, so that nobody sees that it is about the same patient.
    let again = ward.does(CLINIC, &["oracle", "ask", "--again", &question]);
    assert!(again["question"] != json!(question) && again["subject"] != closed["subject"]);
    assert_eq!((&again["nodes"].as_array().unwrap().len(), &again["reward"]), (&3, &json!("1000000000000000")));
}

fn a_blood_pressure_and_who_deviates(ward: &Ward, [first, second]: &[System; 2]) {
    let question = ward.asks(&["--patient", PATIENT, "--code", "85354-9", "--decimals", "1"]);
    let breaths = ward.asks(&["--patient", PATIENT, "--code", "9279-1"]);
    for (key, system) in [(NODES[0], first), (NODES[1], second), (NODES[2], first)] {
        ward.looks(key, system);
    }
    let settled = ward.does(CLINIC, &["oracle", "answers", &question]);
    assert_eq!(settled["text"], json!("loinc|85354-9=8480-6 120.0 mm[Hg];8462-4 80.0 mm[Hg]"));
    assert!(NODES.iter().all(|key| of(&settled, key)["agrees"] == json!(true)), "{settled}");
    let split = ward.does(CLINIC, &["oracle", "answers", &breaths]);
    assert_eq!(split["text"], json!("loinc|9279-1=14 /min"));
    assert_eq!(of(&split, NODES[1])["text"], json!("loinc|9279-1=22 /min"));
    assert_eq!((&of(&split, NODES[1])["agrees"], &of(&split, NODES[1])["answered"]), (&json!(false), &json!(true)));
    ward.does(CLINIC, &["oracle", "close", &breaths]);
    let closed = ward.does("", &["oracle", "answers", &breaths]);
    assert_eq!(of(&closed, NODES[1])["reputation"]["deviated"], json!(1));
}

fn a_devices_own_metric(ward: &Ward, [first, second]: &[System; 2]) {
    let about = ["--item", MONITOR, "--code", "mdc:67996", "--unit", "%", "--decimals", "1", "--tolerance", "10"];
    let question = ward.asks(&about);
    // About devices everybody is answered; the newest of the monitor itself counts, not what it measured of a patient.
    for (key, system) in [(NODES[0], first), (NODES[1], second)] {
        ward.does(key, &["oracle", "run", "--once", "--server", &system.url]);
    }
    let settled = ward.does("", &["oracle", "answers", &question]);
    assert_eq!((&settled["rule"], &settled["text"]), (&json!("median"), &json!("87.6")));
    assert_eq!((&of(&settled, NODES[0])["text"], &of(&settled, NODES[1])["text"]), (&json!("87.6"), &json!("88.1")));
    assert_eq!(settled["subject"], json!(house::item(MONITOR).to_string()));
    // What the monitor measured of a patient is never told in plain, though both would know it.
    let pulse = ward.asks(&["--item", MONITOR, "--code", "8867-4"]);
    assert_eq!(ward.looks(NODES[0], first)["answered"], json!(0));
    assert_eq!(ward.says_no("", &["oracle", "answers", &pulse])["settled"], json!(false));
}

#[test]
fn what_cannot_be_asked_is_said_before_anything_is_sent() {
    let ward = Ward::new();
    let node = address(NODES[0]);
    let ask = |rest: &[&str]| ward.refused(CLINIC, &[&["oracle", "ask", "--node", &node], rest].concat());
    let patient = ["--patient", "Patient/a", "--code", "8867-4"];
    assert_eq!(ask(&["--patient", "Patient/a", "--code", "8302-2"]).0, "NoUnit");
    assert_eq!(ask(&[&patient[..], &["--tolerance", "1"]].concat()).0, "Tolerance");
    assert_eq!(ask(&[&patient[..], &["--decimals", "19"]].concat()).0, "Decimals");
    assert_eq!(ask(&["--item", MONITOR, "--code", "85354-9"]).0, "PanelOfDevice");
    assert_eq!(ask(&["--item", &house::item(MONITOR).to_string(), "--code", "8867-4"]).0, "NoUdi");
    assert_eq!(ask(&[&patient[..], &["--quorum", "2"]].concat()).0, "FhirOracle_BadQuorum");
    assert_eq!(ask(&[&patient[..], &["--deadline", "2001-01-01"]].concat()).0, "FhirOracle_BadDeadline");
    assert_eq!(ask(&[&patient[..], &["--deadline", "800h"]].concat()).0, "FhirOracle_BadDeadline");
    let wei = "115792089237316195423570985008687907853269984665640564039457584007913129639935wei";
    let second = address(NODES[1]);
    let (code, words) = ask(&[&patient[..], &["--reward", wei, "--node", &second]].concat());
    assert!(code == "Parameters" && words.contains("offer less"), "{words}");
    let stranger = address(STRANGER);
    let refused = ward.refused(CLINIC, &[&["oracle", "ask", "--node", &stranger], &patient[..]].concat());
    assert_eq!(refused.0, "NoKey");
    ward.does(STRANGER, &["participants", "set-key", "--wallet"]);
    let refused = ward.refused(CLINIC, &[&["oracle", "ask", "--node", &stranger], &patient[..]].concat());
    assert_eq!(refused.0, "FhirOracle_BadNode");
    let tried = ward.does(CLINIC, &[&["oracle", "ask", "--dry-run", "--node", &node], &patient[..]].concat());
    assert_eq!((&tried["dryRun"], &tried["transaction"]), (&json!(true), &Value::Null));
    assert_eq!(ward.refused("", &["oracle", "answers", &B256::repeat_byte(7).to_string()]).0, "Unknown");
    assert_eq!(ward.refused(CLINIC, &["oracle", "ask", "--again", &B256::repeat_byte(7).to_string()]).0, "NotAsked");
}

#[test]
fn a_node_does_not_answer_what_it_should_not() {
    let ward = Ward::new();
    let [first, _] = server::recorded();
    let question = ward.asks(&["--patient", PATIENT, "--code", "8867-4"]);
    // Not for this asker.
    let run = ["oracle", "run", "--once", "--server", &first.url, "--home", "ward"];
    let said = ward.house.terminal.run(NODES[0], &run);
    assert!(said.stderr.contains("its asker is not among those to whom values of patients are told"), "{said:?}");
    // Not under somebody else's commitment: the stranger takes the clinic's document for a question of its own.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stolen = runtime.block_on(async {
        let suite = ward.house.suite(STRANGER).await;
        let asked = suite.question(question.parse().unwrap()).await.unwrap();
        let stolen = theriac_client::rooms::Question { asker: account(STRANGER), ..asked.clone() };
        suite.fhir_oracle().ask(&stolen).unwrap().send().await.unwrap();
        // Not about another patient than the commitment's, either.
        let suite = ward.house.suite(CLINIC).await;
        let other = theriac_client::rooms::Question { subject: B256::repeat_byte(9), ..asked };
        suite.fhir_oracle().ask(&other).unwrap().send().await.unwrap();
        [stolen.id(), other.id()]
    });
    let asker = [address(STRANGER), address(CLINIC)];
    let run = [&run[..], &["--asker", &asker[0], &asker[1]]].concat();
    let said = ward.house.terminal.run(NODES[0], &run);
    assert!(said.stdout.starts_with("1 answered, 2 declined"), "{said:?}");
    assert!(said.stderr.contains(&format!("{}: not answered: ", stolen[0])), "{said:?}");
    assert!(
        said.stderr.contains("it is of another asker")
            && said.stderr.contains("it is about somebody or something else")
    );
    // Whoever reads the log learns nothing of a patient.
    for secret in ["ward-7", "Patient", "80"] {
        let lines: String =
            said.stderr.lines().map(|line| line.split_once("0x").map_or(line, |(before, _)| before)).collect();
        assert!(!lines.contains(secret), "{said:?}");
    }
    let nothing = ward.asks(&["--patient", PATIENT, "--code", "8480-6"]);
    let said = ward.house.terminal.run(NODES[0], &run);
    assert!(
        said.stderr.contains(&format!("{nothing}: no answer yet: the FHIR server knows no such resource (404)")),
        "{said:?}"
    );
}

#[test]
fn nodes_are_paid_in_a_token() {
    let ward = Ward::new();
    let systems = server::recorded();
    let token = ward.house.terminal.token(account(CLINIC));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let has = |key: &str| {
        let (token, account) = (token.parse().unwrap(), account(key));
        runtime.block_on(async { ward.house.suite(key).await.token(token).balance_of(account).await.unwrap() })
    };
    let whole = has(CLINIC);
    let about = ["--patient", PATIENT, "--code", "8867-4", "--reward", "1.5 usdx", "--token", &token];
    let nodes = NODES.map(address);
    let ask = [&["oracle", "ask", "--fresh", FRESH][..], &about, &["--node", &nodes[0], &nodes[1], &nodes[2]]].concat();
    // Nothing can be tried of what has to be allowed first, nor allowed of what one has not.
    assert_eq!(ward.refused(CLINIC, &[&ask[..], &["--dry-run"]].concat()).0, "NeedsAllowance");
    ward.does(STRANGER, &["participants", "set-key", "--wallet"]);
    let poor = ward.refused(STRANGER, &ask);
    assert!(poor.0 == "NotEnoughTokens" && poor.1.contains("has 0 USDX, and 4.5 USDX are needed"), "{poor:?}");

    let said = ward.house.terminal.run(CLINIC, &[&ask[..], &["--home", "ward"]].concat());
    assert!(said.code == 0 && said.stdout.contains("each gets 1.5 USDX for agreeing"), "{said:?}");
    assert!(said.stderr.contains("open deals for you") && said.stderr.contains("take the rewards"), "{said:?}");
    let question = said.stdout.split_whitespace().nth(1).unwrap();
    assert_eq!(whole - has(CLINIC), U256::from(4_500_000), "all rewards are in Escrow, and no more is allowed");

    for (key, system) in NODES.iter().zip(&systems) {
        assert_eq!(ward.looks(key, system)["answered"], json!(1));
    }
    ward.house.wait(3_700);
    ward.does(CLINIC, &["oracle", "close", question]);
    let credit = |key: &str| {
        let credit = ward.does(key, &["market", "credit"])["credit"].clone();
        credit.as_array().unwrap().iter().map(|sum| sum["amount"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(credit(NODES[0]), [json!("1500000")]);
    assert_eq!(credit(NODES[2]), [Value::Null; 0], "who was silent earns nothing");
    ward.does(NODES[1], &["market", "withdraw", "--token", &token]);
    ward.does(CLINIC, &["market", "withdraw", "--token", &token]);
    assert_eq!((has(NODES[1]), whole - has(CLINIC)), (U256::from(1_500_000), U256::from(3_000_000)));

    // Once more for the same reward in the same token, which is allowed once more.
    let again = ward.does(CLINIC, &["oracle", "ask", "--again", question]);
    assert_eq!((&again["reward"], &again["token"]), (&json!("1500000"), &json!(token.parse::<Address>().unwrap())));
    assert_eq!(whole - has(CLINIC), U256::from(7_500_000));
}
