//! A real Kubo node for tests, where `THERIAC_IPFS` names its program.

use std::process::{Child, Command, Stdio};

/// A Kubo node on loopback that knows nobody, with a repository of its own. Killed at the end.
pub(crate) struct Node {
    daemon: Child,
    pub(crate) rpc: String,
    _repository: tempfile::TempDir,
}

impl Node {
    /// Starts the `ipfs` that THERIAC_IPFS names; without it says that the test is skipped.
    #[allow(clippy::print_stderr, reason = "says what it skips")]
    pub(crate) fn start() -> Option<Self> {
        let Some(ipfs) = std::env::var_os("THERIAC_IPFS") else {
            let required = std::env::var("THERIAC_REQUIRE_PEERS").is_ok_and(|value| value == "1");
            assert!(!required, "THERIAC_IPFS is not set: set it to the path that tools/kubo/build.sh prints");
            eprintln!("skipped: THERIAC_IPFS is not set");
            return None;
        };
        let repository = tempfile::tempdir().unwrap();
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&ipfs);
            command.args(arguments).env("IPFS_PATH", repository.path()).env("IPFS_TELEMETRY", "off");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let profiles = "--profile=test,unixfs-v1-2025,announce-off,autoconf-off";
        assert!(command(&["init", "--empty-repo", profiles]).status().unwrap().success());
        assert!(command(&["config", "Routing.Type", "none"]).status().unwrap().success());
        let mut daemon = command(&["daemon"]).spawn().unwrap();
        // The profile "test" takes any free port; this file says which, once the node listens.
        let api = repository.path().join("api");
        let address = loop {
            match std::fs::read_to_string(&api) {
                Ok(address) if !address.is_empty() => break address,
                _ => assert!(daemon.try_wait().unwrap().is_none(), "the node ended at once"),
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        let port = address.trim().strip_prefix("/ip4/127.0.0.1/tcp/").unwrap();
        Some(Self { daemon, rpc: format!("http://127.0.0.1:{port}"), _repository: repository })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Already ended is as good as killed.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
