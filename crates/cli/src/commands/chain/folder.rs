//! `<home>/chain`: the state, the log, and which process keeps them.
//!
//! One process at a time writes the state. `node.json` names it, and is believed only while that very process runs: after a
//! crash the number may belong to another program.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::process;
use crate::failure::Failure;

/// The folder of the local chain. Its path is absolute, since anvil outlives the command that starts it.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

/// The process that runs the chain.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) pid: u32,
    pub(super) rpc: String,
}

impl Folder {
    /// The folder in `home`, whether it is there or not: a look makes nothing.
    pub(super) fn of(home: &Path) -> Result<Self, Failure> {
        let path = home.join("chain");
        path.canonicalize().or_else(|_| std::path::absolute(&path)).map(Self).map_err(|error| file(&path, error))
    }

    /// The folder in `home`, made if it is not there.
    pub(super) fn make(home: &Path) -> Result<Self, Failure> {
        let path = home.join("chain");
        std::fs::create_dir_all(&path).map_err(|error| file(&path, error))?;
        Self::of(home)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What anvil loads at its start and saves while it runs.
    pub(super) fn state(&self) -> PathBuf {
        self.0.join("state.json")
    }

    /// What anvil prints.
    pub(super) fn log(&self) -> PathBuf {
        self.0.join("anvil.log")
    }

    /// The last state that was whole at a start. Anvil writes its state in place, so a kill may leave half of it.
    fn spare_state(&self) -> PathBuf {
        self.0.join("state.previous.json")
    }

    fn record(&self) -> PathBuf {
        self.0.join("node.json")
    }

    /// Keeps other `start` and `stop` waiting until the file is dropped.
    pub(super) fn lock(&self) -> Result<File, Failure> {
        let path = self.0.join("lock");
        let held = File::create(&path).and_then(|lock| lock.lock().map(|()| lock));
        held.map_err(|error| file(&path, error))
    }

    /// The process that runs this chain now.
    pub(super) fn running(&self) -> Result<Option<Node>, Failure> {
        let path = self.record();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file(&path, error)),
        };
        // A record that a crash cut short names nobody.
        let node = serde_json::from_str::<Node>(&text).ok();
        Ok(node.filter(|node| process::runs_with(node.pid, &self.state())))
    }

    /// Notes which process runs the chain.
    pub(super) fn remember(&self, node: &Node) -> Result<(), Failure> {
        let text = serde_json::to_string(node).map_err(|error| Failure::internal("writing node.json", error))?;
        std::fs::write(self.record(), text).map_err(|error| file(&self.record(), error))
    }

    /// Notes that none runs.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        match std::fs::remove_file(self.record()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(file(&self.record(), error)),
            _ => Ok(()),
        }
    }

    /// Puts a whole state in place: the newest if it can be read, else the spare one. True when the spare one was needed.
    pub(super) fn mend_state(&self) -> Result<bool, Failure> {
        let (state, spare) = (self.state(), self.spare_state());
        match whole(&state)? {
            None => Ok(false),
            Some(true) => copy(&state, &spare).map(|()| false),
            Some(false) if whole(&spare)? == Some(true) => {
                copy(&state, &self.0.join("state.broken.json"))?;
                copy(&spare, &state).map(|()| true)
            }
            Some(false) => Err(Failure::user(
                "BrokenState",
                format!("{} is cut short, and there is no earlier copy", state.display()),
                "move the file away to begin with an empty chain",
            )),
        }
    }
}

/// Whether the file is whole JSON; none when it is not there.
fn whole(path: &Path) -> Result<Option<bool>, Failure> {
    let state = match File::open(path) {
        Ok(state) => state,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file(path, error)),
    };
    let parsed = serde_json::from_reader::<_, serde::de::IgnoredAny>(std::io::BufReader::new(state));
    Ok(Some(parsed.is_ok()))
}

/// Copies whole or not at all: first beside the target, then in its place.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let beside = to.with_extension("partial");
    std::fs::copy(from, &beside).and_then(|_| std::fs::rename(&beside, to)).map_err(|error| file(to, error))
}

/// A file or folder that cannot be used.
pub(super) fn file(path: &Path, error: std::io::Error) -> Failure {
    Failure::user(
        "File",
        format!("{}: {error}", path.display()),
        "is the folder yours, and is there space on the disk?",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_cut_short_is_replaced_by_the_last_whole_one() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        assert!(!folder.mend_state().unwrap(), "no state is no broken state");
        std::fs::write(folder.state(), "{\"block\": 1}").unwrap();
        assert!(!folder.mend_state().unwrap());
        std::fs::write(folder.state(), "{\"block\": ").unwrap();
        assert!(folder.mend_state().unwrap());
        assert_eq!(std::fs::read_to_string(folder.state()).unwrap(), "{\"block\": 1}");
    }

    #[test]
    fn a_broken_state_without_a_copy_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        std::fs::write(folder.state(), "{").unwrap();
        assert_eq!(folder.mend_state().unwrap_err().code, "BrokenState");
        assert_eq!(std::fs::read_to_string(folder.state()).unwrap(), "{");
    }

    #[test]
    fn a_number_that_another_program_has_now_is_not_the_chain() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        let node = Node { pid: std::process::id(), rpc: "http://127.0.0.1:1".to_owned() };
        folder.remember(&node).unwrap();
        assert!(folder.running().unwrap().is_none());
        std::fs::write(folder.record(), "{\"pid\":").unwrap();
        assert!(folder.running().unwrap().is_none());
        folder.forget().unwrap();
        folder.forget().unwrap();
    }
}
