//! Many devices at once: a gateway's lists.

use serde_json::{Value, json};
use theriac_client::store::Kubo;

use crate::house::{CLINIC, ENGINEER, GATEWAY, House, MONITOR, SECOND_MONITOR, STRANGER, address, free_monitor, item};
use crate::kubo_peer::Node;

/// Both monitors have a profile, and the gateway writes for the clinic.
fn house() -> House {
    let house = House::new();
    house.terminal.write("monitor.xml", &free_monitor());
    for monitor in [MONITOR, SECOND_MONITOR] {
        house.does(CLINIC, &["mds", "import", "monitor.xml", "--item", monitor]);
    }
    house.does(CLINIC, &["mds", "operator", &address(GATEWAY)]);
    house.share(CLINIC, GATEWAY);
    house
}

fn counts(answer: &Value) -> (u64, u64, usize) {
    let number = |name: &str| answer[name].as_u64().unwrap();
    (number("written"), number("unchanged"), answer["refused"].as_array().unwrap().len())
}

#[test]
fn a_gateway_writes_many_versions_and_the_same_list_again_writes_none() {
    let house = house();
    house.terminal.write("list.csv", &format!("item,hours,mode\n{MONITOR},8770,Nml\n{SECOND_MONITOR},8771,\n"));
    let tried = house.does(GATEWAY, &["mds", "update-many", "list.csv", "--dry-run"]);
    assert_eq!((counts(&tried), &tried["dryRun"]), ((2, 0, 0), &json!(true)));
    assert_eq!(house.does("", &["mds", "show", MONITOR])["profile"]["version"], json!(1));

    let written = house.does(GATEWAY, &["mds", "update-many", "list.csv"]);
    assert_eq!(counts(&written), (2, 0, 0), "{written}");
    assert_eq!(counts(&house.does(GATEWAY, &["mds", "update-many", "list.csv"])), (0, 2, 0));
    for (monitor, hours, mode) in [(MONITOR, 8770, "Nml"), (SECOND_MONITOR, 8771, "Dmo")] {
        let profile = house.does("", &["mds", "show", monitor])["profile"].clone();
        assert_eq!(
            (&profile["version"], &profile["hours"], &profile["mode"]),
            (&json!(2), &json!(hours), &json!(mode))
        );
        assert_eq!(house.does(GATEWAY, &["mds", "history", monitor])["sound"], json!(true));
    }
}

#[test]
fn a_device_that_cannot_be_written_costs_only_itself() {
    let house = house();
    let list = format!("item,hours\n{MONITOR},8770\n{SECOND_MONITOR},1\n0x{},5\n", "11".repeat(32));
    house.terminal.write("list.csv", &list);
    let tried = house.says_no(GATEWAY, &["mds", "update-many", "list.csv", "--dry-run"]);
    assert_eq!(counts(&tried), (1, 0, 2));
    let answer = house.says_no(GATEWAY, &["mds", "update-many", "list.csv"]);
    assert_eq!(counts(&answer), (1, 0, 2), "{answer}");
    let refused = &answer["refused"];
    assert_eq!((&refused[0]["line"], &refused[0]["item"]), (&json!(3), &json!(item(SECOND_MONITOR))));
    let reason = refused[0]["reason"].as_str().unwrap();
    assert!(reason.contains("8760"), "it says how far the counter is: {reason}");
    assert!(refused[1]["reason"].as_str().unwrap().contains("no profile"), "{answer}");
    assert_eq!(house.does("", &["mds", "show", MONITOR])["profile"]["hours"], json!(8770));

    house.share(GATEWAY, STRANGER);
    house.terminal.write("list.csv", &format!("item,hours\n{MONITOR},8780\n"));
    let answer = house.says_no(STRANGER, &["mds", "update-many", "list.csv"]);
    assert_eq!(counts(&answer), (0, 0, 1), "{answer}");
    house.terminal.write("list.csv", &format!("item,hours\n{MONITOR},many\n"));
    let refused = house.refused(GATEWAY, &["mds", "update-many", "list.csv"]);
    assert!(refused.0 == "UpdateList" && refused.1.contains("line 2 (hours)"), "{refused:?}");
}

#[test]
fn a_second_store_gets_everything_from_what_the_chain_knows() {
    let house = house();
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "8800"]);
    house.terminal.write("fault.txt", "the alarm is silent");
    let open = ["workorder", "open", MONITOR, "--kind", "fault", "--description", "fault.txt"];
    let order = house.does(CLINIC, &open)["order"].to_string();
    house.does(CLINIC, &["workorder", "assign", &order, &address(ENGINEER), "--until", "2100-01-01"]);

    for reader in [CLINIC, ENGINEER] {
        house.does(reader, &["participants", "set-key", "--wallet"]);
    }
    house.terminal.write("monitor.tsv", &"0\t61\n".repeat(1_000));
    let period = ["--from", "2026-01-01", "--until", "2026-01-02"];
    house.does(CLINIC, &[&["logs", "push", MONITOR, "monitor.tsv", "--kind", "log"][..], &period].concat());

    // Three versions, the order's document, the record and its one segment.
    let backed = house.does(CLINIC, &["mds", "backup", "--mine", "--out", "clinic.car"]);
    assert_eq!(backed["documents"].as_array().unwrap().len(), 6, "{backed}");
    assert_eq!(house.refused(CLINIC, &["mds", "backup", MONITOR, "--out", "clinic.car"]).0, "File");

    // A department with an empty store, which operates one of them.
    house.does(CLINIC, &["mds", "appoint", MONITOR, &address(STRANGER)]);
    assert_eq!(house.says_no(STRANGER, &["mds", "history", MONITOR])["sound"], json!(false));
    let restore = ["mds", "restore", "--mine", "--car", "clinic.car"];
    let restored = house.does(STRANGER, &restore);
    assert_eq!((&restored["present"], restored["brought"].as_array().unwrap().len()), (&json!(0), 5), "{restored}");
    assert_eq!(house.does(STRANGER, &["mds", "history", MONITOR])["sound"], json!(true));
    assert_eq!(house.says_no(STRANGER, &["mds", "history", SECOND_MONITOR])["sound"], json!(false), "not its own");
    assert_eq!(house.does(STRANGER, &restore)["present"], json!(5), "again, nothing is to be done");

    // What was altered here is mended, and what the file lacks is named.
    let (file, bytes) = house.stored(STRANGER).remove(0);
    std::fs::write(&file, [&bytes[..], b" "].concat()).unwrap();
    assert_eq!(house.does(STRANGER, &restore)["brought"].as_array().unwrap().len(), 1);
    house.does(CLINIC, &["mds", "update", MONITOR, "--hours", "8801"]);
    let lacking = house.says_no(STRANGER, &restore);
    assert_eq!(lacking["missing"][0]["what"], json!("version 3"), "{lacking}");
    house.terminal.write("broken.car", "no car");
    assert_eq!(house.refused(STRANGER, &["mds", "restore", MONITOR, "--car", "broken.car"]).0, "Store");
    let nothing = house.refused(STRANGER, &["mds", "restore", &"11".repeat(32), "--car", "clinic.car"]);
    assert!(!nothing.0.is_empty(), "{nothing:?}");
}

#[test]
fn a_second_node_gets_everything_by_the_first_one() {
    let (Some(first), Some(second)) = (Node::start(), Node::start()) else { return };
    let house = house();
    let stores = [&first, &second].map(|node| format!("kubo:{}", node.rpc));
    let restored = house.does(CLINIC, &["mds", "backup", "--mine", "--out", "clinic.car"]);
    assert_eq!(restored["documents"].as_array().unwrap().len(), 2);
    let to_first = ["mds", "restore", "--mine", "--car", "clinic.car", "--store", &stores[0]];
    assert_eq!(house.does(CLINIC, &to_first)["brought"].as_array().unwrap().len(), 2);

    // From node to node over the network, and from a node into a folder.
    tokio::runtime::Runtime::new().unwrap().block_on(connect(&first, &second));
    let over = ["mds", "restore", MONITOR, "--store", &stores[1]];
    assert_eq!(house.does(STRANGER, &over)["brought"].as_array().unwrap().len(), 1);
    assert_eq!(house.does(STRANGER, &["mds", "history", MONITOR, "--store", &stores[1]])["sound"], json!(true));
    let back = ["mds", "restore", MONITOR, SECOND_MONITOR, "--from", &stores[0]];
    assert_eq!(house.does(STRANGER, &back)["brought"].as_array().unwrap().len(), 2);
    assert_eq!(house.does(STRANGER, &["mds", "history", SECOND_MONITOR])["sound"], json!(true));
}

async fn connect(first: &Node, second: &Node) {
    let (first, second) = (Kubo::open(&first.rpc).unwrap(), Kubo::open(&second.rpc).unwrap());
    for peer in first.addresses().await.unwrap() {
        // One of its addresses is enough.
        let _ = second.connect(&peer).await;
    }
}
