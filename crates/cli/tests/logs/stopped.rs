//! Pushes that are killed, find the disk full or no store, and are given again; and pushes of what is on chain already.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::{CLINIC, House, MONITOR, OTHER_ENGINEER, account, home};
use crate::{assigned, at_work, push};

/// Bytes that do not compress, the same every time.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..size.div_ceil(8)).flat_map(|_| next()).take(size).collect()
}

/// Lines of the journals of unfinished work that are in the home folder.
fn journals(house: &House, home: &str) -> usize {
    let folder = house.terminal.path(home).join("logs");
    let Ok(items) = std::fs::read_dir(folder) else { return 0 };
    let files = items.flat_map(|item| std::fs::read_dir(item.unwrap().path()).unwrap());
    let unfinished = files.map(|file| file.unwrap().path()).filter(|file| !file.ends_with("pushed.jsonl"));
    unfinished.map(|file| std::fs::read_to_string(file).unwrap().lines().count()).sum()
}

#[test]
fn a_killed_push_goes_on_and_makes_one_record() {
    let (house, _) = at_work();
    let file = noise(96 << 20);
    std::fs::write(house.terminal.path("large.bin"), &file).unwrap();
    let arguments = [&push("large.bin", &[])[..], &["--home", home(CLINIC)]].concat();
    let mut child =
        house.terminal.command(CLINIC, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while journals(&house, home(CLINIC)) < 4 {
        assert!(
            child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(120),
            "it ended too early"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(house.does("", &["logs", "list", MONITOR])["records"], json!([]));

    let pushed = house.does(CLINIC, &push("large.bin", &[]));
    let (resumed, segments) = (pushed["resumed"].as_u64().unwrap(), pushed["segments"].as_u64().unwrap());
    assert!((3..segments).contains(&resumed) && segments == 24, "{pushed}");
    house.does(CLINIC, &["logs", "export", MONITOR, "1", "--out", "out.bin"]);
    assert!(std::fs::read(house.terminal.path("out.bin")).unwrap() == file);

    // Given once more, it is on chain already.
    let again = house.does(CLINIC, &push("large.bin", &[]));
    assert_eq!((&again["already"], &again["number"], &again["transaction"]), (&json!(true), &json!(1), &json!(null)));
    assert_eq!(journals(&house, home(CLINIC)), 0);
    std::fs::copy(house.terminal.path("large.bin"), house.terminal.path("copy.bin")).unwrap();
    assert_eq!(house.does(CLINIC, &push("copy.bin", &[]))["already"], json!(true), "by what it is, not by its name");
    assert_eq!(house.does("", &["logs", "list", MONITOR])["records"].as_array().unwrap().len(), 1);
    assert_eq!(house.does(CLINIC, &push("copy.bin", &["--again"]))["number"], json!(2));
}

#[test]
fn what_was_stored_stays_when_the_disk_is_full() {
    let (house, _) = at_work();
    std::fs::write(house.terminal.path("large.bin"), noise(24 << 20)).unwrap();
    let small = house.terminal.path("small");
    std::fs::create_dir(&small).unwrap();
    let Some(disk) = SmallDisk::mount(&small, "12m") else {
        skipped("a small file system cannot be mounted here: it needs an administrator");
        return;
    };
    let arguments = push("large.bin", &["--home", "small"]);
    let full = house.terminal.refusal(CLINIC, &arguments);
    assert!(
        full.0 == "NotStored" && full.1.contains("no space left") && full.1.contains("run the same command"),
        "{full:?}"
    );
    disk.grow("96m");
    let pushed = house.terminal.json(CLINIC, &arguments);
    assert!(pushed["resumed"].as_u64().unwrap() >= 1, "{pushed}");
    house.terminal.json(CLINIC, &["logs", "export", MONITOR, "1", "--out", "out.bin", "--home", "small"]);
    assert!(std::fs::read(house.terminal.path("out.bin")).unwrap() == noise(24 << 20));
}

/// A file system in memory, which ends with its value.
struct SmallDisk<'a>(&'a Path);

#[allow(clippy::print_stderr, reason = "says what it skips")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

impl<'a> SmallDisk<'a> {
    /// None where this user may not mount.
    fn mount(folder: &'a Path, size: &str) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        assert!(Command::new("mount").args(["-o", &options]).arg(self.0).status().unwrap().success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn without_a_store_nothing_is_lost_and_other_readers_begin_anew() {
    let (house, _) = at_work();
    std::fs::write(house.terminal.path("large.bin"), noise(9 << 20)).unwrap();
    let nowhere = ["--store", "kubo:http://127.0.0.1:1"];
    let refused = house.refused(CLINIC, &push("large.bin", &nowhere));
    assert!(refused.0 == "NotStored" && refused.1.contains("cannot be reached"), "{refused:?}");
    assert_eq!(journals(&house, home(CLINIC)), 1, "the beginning of the work");

    // An engineer more: what an attempt before sealed is not for them.
    house.does(OTHER_ENGINEER, &["participants", "set-key", "--wallet"]);
    assigned(&house, OTHER_ENGINEER);
    let said = house.reads(CLINIC, &push("large.bin", &[]));
    assert!(said.code == 0 && said.stderr.contains("was for other readers"), "{said:?}");
    let shown = house.does(CLINIC, &["logs", "show", MONITOR, "1"]);
    let readers: Vec<_> = shown["readers"].as_array().unwrap().iter().map(|reader| &reader["account"]).collect();
    assert!(readers.len() == 3 && readers.contains(&&json!(account(OTHER_ENGINEER))), "{shown}");
    let secrets = house.terminal.path(home(CLINIC)).join("logs");
    for file in std::fs::read_dir(std::fs::read_dir(secrets).unwrap().next().unwrap().unwrap().path()).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("SECRET-KEY") && !text.contains(CLINIC), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn the_same_file_pushed_twice_at_once_is_one_record() {
    let (house, _) = at_work();
    std::fs::write(house.terminal.path("large.bin"), noise(12 << 20)).unwrap();
    let arguments = [&push("large.bin", &["--json"])[..], &["--home", home(CLINIC)]].concat();
    let begin =
        || house.terminal.command(CLINIC, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..2 {
        for child in [begin(), begin(), begin()] {
            let said = child.wait_with_output().unwrap();
            let answer: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
            let busy = answer["error"]["message"].as_str().is_some_and(|said| said.contains("another process pushes"));
            assert!(said.status.code() == Some(0) || (said.status.code() == Some(1) && busy), "{answer}");
        }
    }
    assert_eq!(house.does("", &["logs", "list", MONITOR])["records"].as_array().unwrap().len(), 1);
    assert_eq!(journals(&house, home(CLINIC)), 0);
}
