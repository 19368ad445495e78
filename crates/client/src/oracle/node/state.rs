//! What a node keeps between runs: up to which block it has looked, and the questions that it may still answer.
//!
//! The file is not needed for correctness: the chain is asked before every answer, and whoever loses the file looks through the chain from
//! the beginning. It names nobody: questions stand in it as they stand on chain.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256};

use crate::error::{Error, Result};
use crate::rooms::Question;
use crate::store::unfinished::Unfinished;

/// Whose state it is: of another chain, room or account it is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Owner {
    pub(super) chain_id: u64,
    /// Hash of the first block, which tells a chain that was started anew under the same id.
    pub(super) genesis: B256,
    pub(super) room: Address,
    pub(super) node: Address,
}

/// The state.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct State {
    v: u32,
    owner: Owner,
    /// The first block that was not looked at.
    pub(super) next_block: u64,
    /// Questions that were not answered when they were last looked at.
    pub(super) open: BTreeMap<B256, Question>,
}

/// The state and its file, locked against another process of the same node.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    _lock: File,
    pub(super) state: State,
}

impl Kept {
    /// Opens the file, or begins at `first` where there is none, or one of another chain or account.
    pub(super) fn open(path: &Path, owner: Owner, first: u64) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let lock = lock(path)?;
        let fresh = State { v: 1, owner, next_block: first, open: BTreeMap::new() };
        let state = match std::fs::read(path) {
            Ok(bytes) => {
                let read: State = serde_json::from_slice(&bytes).map_err(|error| Error::Malformed {
                    path: path.to_owned(),
                    line: Some(error.line()),
                    reason: "this is no state of an oracle node: remove it, and the chain is looked through anew"
                        .to_owned(),
                })?;
                if read.v == 1 && read.owner == owner { read } else { fresh }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => fresh,
            Err(error) => return Err(Error::file(path)(error)),
        };
        Ok(Self { path: path.to_owned(), _lock: lock, state })
    }

    /// Writes the file; a kill leaves the old one or the new one.
    pub(super) fn save(&self) -> Result<()> {
        let text = serde_json::to_vec(&self.state).map_err(|error| Error::Answer(error.to_string()))?;
        let unfinished = Unfinished::beside(&self.path);
        let written = unfinished.create().and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        written.and_then(|()| unfinished.name(&self.path)).map_err(Error::file(&self.path))
    }
}

fn lock(path: &Path) -> Result<File> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let path = path.with_file_name(name);
    let file = File::options().create(true).append(true).open(&path).map_err(Error::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let reason = "another process runs this node: stop it first, or name another state file".to_owned();
            Err(Error::Malformed { path, line: None, reason })
        }
        Err(TryLockError::Error(error)) => Err(Error::file(&path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_to_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("oracle/state.json");
        let owner = Owner { chain_id: 1, genesis: B256::ZERO, room: Address::ZERO, node: Address::repeat_byte(1) };
        let mut kept = Kept::open(&path, owner, 7).unwrap();
        assert_eq!(kept.state.next_block, 7);
        kept.state.next_block = 90;
        kept.save().unwrap();
        let busy = Kept::open(&path, owner, 7).unwrap_err().to_string();
        assert!(busy.contains("another process"), "{busy}");
        drop(kept);
        assert_eq!(Kept::open(&path, owner, 7).unwrap().state.next_block, 90);
        let other = Owner { genesis: B256::repeat_byte(2), ..owner };
        assert_eq!(Kept::open(&path, other, 7).unwrap().state.next_block, 7);
        std::fs::write(&path, "{").unwrap();
        assert!(matches!(Kept::open(&path, owner, 7), Err(Error::Malformed { .. })));
    }
}
