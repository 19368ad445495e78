//! The local chain: started, stopped, killed and started again.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod terminal;

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use terminal::{ADMIN, ADMIN_ACCOUNT, GUARDIAN_ACCOUNT, MAKER_ACCOUNT, Said, Terminal};

fn deploy(terminal: &Terminal, guardian: &str) -> Vec<&'static str> {
    let deployed = terminal.json(ADMIN, &["deploy", "--admin", ADMIN_ACCOUNT, "--guardian", guardian]);
    let rooms = ["Administration", "ERC2771Forwarder", "Participants", "Catalog", "Anchors", "Custody", "Devices"];
    let created = deployed["created"].as_array().unwrap();
    rooms.into_iter().filter(|room| created.contains(&json!(room))).collect()
}

fn newest_time(terminal: &Terminal) -> u64 {
    let block = terminal.ask_node("eth_getBlockByNumber", json!(["latest", false]));
    u64::from_str_radix(block["timestamp"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn pay(terminal: &Terminal) {
    let payment = json!([{ "from": ADMIN_ACCOUNT, "to": MAKER_ACCOUNT, "value": "0x1" }]);
    terminal.ask_node("eth_sendTransaction", payment);
}

#[test]
fn a_chain_goes_on_where_it_was_stopped_and_nothing_is_deployed_twice() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.run("", &["chain", "status"]).code, 1);
    assert_eq!(terminal.start_chain()["alreadyRunning"], false);
    assert_eq!(terminal.start_chain()["alreadyRunning"], true);
    assert_eq!(deploy(&terminal, GUARDIAN_ACCOUNT).len(), 7);
    assert!(deploy(&terminal, GUARDIAN_ACCOUNT).is_empty());
    let before = terminal.json("", &["chain", "status"]);
    assert_eq!((&before["chainId"], &before["deployed"]), (&json!(31337), &json!(true)));

    assert_eq!(terminal.json("", &["chain", "stop"])["stopped"], true);
    assert_eq!(terminal.json("", &["chain", "stop"])["stopped"], false);
    let file = std::fs::read_to_string(terminal.path("deployments/31337.json")).unwrap();
    terminal.start_chain();
    let after = terminal.json("", &["chain", "status"]);
    assert_eq!((&after["blockNumber"], &after["deployed"]), (&before["blockNumber"], &json!(true)));
    assert!(deploy(&terminal, GUARDIAN_ACCOUNT).is_empty());
    assert_eq!(std::fs::read_to_string(terminal.path("deployments/31337.json")).unwrap(), file);
}

#[test]
fn other_parameters_make_no_second_suite() {
    let terminal = Terminal::with_suite(0);
    let other = ["deploy", "--admin", ADMIN_ACCOUNT, "--guardian", MAKER_ACCOUNT];
    let (code, words) = terminal.refusal(ADMIN, &other);
    assert_eq!(code, "OtherDeployment");
    assert!(words.contains(&format!("--guardian {GUARDIAN_ACCOUNT}")), "{words}");
}

#[test]
fn the_suite_of_another_version_is_not_forgotten() {
    let terminal = Terminal::with_suite(0);
    let file = terminal.path("deployments/31337.json");
    let mut deployment: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    deployment["catalog"] = deployment["anchors"].clone();
    std::fs::write(&file, deployment.to_string()).unwrap();
    let same = ["deploy", "--admin", ADMIN_ACCOUNT, "--guardian", GUARDIAN_ACCOUNT];
    assert_eq!(terminal.refusal(ADMIN, &same).0, "OtherVersion");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), deployment.to_string());
    // A file that cannot be read is written anew.
    std::fs::write(&file, "{").unwrap();
    assert_eq!(terminal.json(ADMIN, &same)["created"], json!([]));
    assert!(std::fs::read_to_string(&file).unwrap().contains("\"catalog\""));
}

#[test]
fn a_dry_run_deploys_nothing() {
    let terminal = Terminal::with_chain();
    let planned = terminal.json("", &["deploy", "--dry-run", "--admin", ADMIN_ACCOUNT, "--guardian", GUARDIAN_ACCOUNT]);
    assert_eq!(terminal.json("", &["chain", "status"])["blockNumber"], 0);
    assert!(!terminal.path("deployments").exists());
    let done = terminal.json(ADMIN, &["deploy", "--admin", ADMIN_ACCOUNT, "--guardian", GUARDIAN_ACCOUNT]);
    assert_eq!(planned["deployment"]["devices"], done["deployment"]["devices"]);
}

#[test]
fn a_killed_chain_keeps_what_was_saved_and_its_number_is_not_believed() {
    let mut terminal = Terminal::with_suite(0);
    let node: Value =
        serde_json::from_slice(&std::fs::read(terminal.path(".theriac/chain/node.json")).unwrap()).unwrap();
    let blocks = terminal.json("", &["chain", "status"])["blockNumber"].clone();
    let saved = || {
        let state: Value =
            serde_json::from_slice(&std::fs::read(terminal.path(".theriac/chain/state.json")).ok()?).ok()?;
        Some(state["best_block_number"].as_u64()? >= blocks.as_u64()?)
    };
    while saved() != Some(true) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-9", &node["pid"].to_string()]).status().unwrap().success());
    while terminal.run("", &["chain", "status"]).code == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(terminal.start_chain()["blockNumber"], blocks);
    assert!(deploy(&terminal, GUARDIAN_ACCOUNT).is_empty());
}

#[test]
fn a_state_cut_short_falls_back_to_the_one_of_the_last_start() {
    let mut terminal = Terminal::with_suite(0);
    let blocks = terminal.json("", &["chain", "status"])["blockNumber"].clone();
    terminal.json("", &["chain", "stop"]);
    terminal.start_chain();
    terminal.json("", &["chain", "stop"]);
    let state = terminal.path(".theriac/chain/state.json");
    let whole = std::fs::read(&state).unwrap();
    std::fs::write(&state, &whole[..whole.len() / 2]).unwrap();
    let said = terminal.run("", &["chain", "start", "--port", "0"]);
    assert!(said.stderr.contains("cut short"), "{said:?}");
    assert_eq!(terminal.start_chain()["blockNumber"], blocks);
}

#[test]
fn time_does_not_go_back_when_the_clock_was_set_ahead() {
    let mut terminal = Terminal::with_chain();
    terminal.ask_node("evm_increaseTime", json!([365 * 86_400]));
    pay(&terminal);
    let before = newest_time(&terminal);
    terminal.json("", &["chain", "stop"]);
    terminal.start_chain();
    pay(&terminal);
    assert!(newest_time(&terminal) > before);
}

#[test]
fn a_port_in_use_is_named() {
    let terminal = Terminal::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, words) = terminal.refusal("", &["chain", "start", "--port", &port]);
    assert_eq!(code, "NotStarted");
    assert!(words.contains(&format!("another program has port {port}")), "{words}");
    assert_eq!(terminal.run("", &["chain", "status"]).code, 1);
}

#[test]
fn a_missing_anvil_is_named() {
    let terminal = Terminal::new();
    let mut start = terminal.command("", &["chain", "start", "--port", "0"]);
    let said = Said::from(start.env("THERIAC_ANVIL", "none").output().unwrap());
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("THERIAC_ANVIL names none, which is no file"), "{said:?}");
}
