//! The journal: what was signed and what became of it, on disk before a node sees it.
//!
//! One JSON object per line, only ever appended, synced once per batch. The first line names chain and account. Invariants:
//! a transaction is in the journal before it is sent; a line is whole or it is the last one, torn by a kill, and then nothing
//! of its batch was sent, so it is cut off on opening.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::Provider;

use crate::chain::Chain;
use crate::error::{Error, Result};

/// Whose journal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Head {
    pub v: u8,
    pub chain: u64,
    /// Hash of the first block that the node has, which tells a chain that was started anew under the same id.
    pub genesis: B256,
    pub account: Address,
}

impl Head {
    pub(super) async fn of(chain: &Chain) -> Result<Self> {
        let answer = chain.provider().get_block_by_number(alloy::eips::BlockNumberOrTag::Earliest).await;
        let genesis = chain.asked("eth_getBlockByNumber", answer)?.map(|block| block.header.hash).unwrap_or_default();
        Ok(Self { v: 1, chain: chain.chain_id(), genesis, account: chain.signer()?.address() })
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Line {
    /// The first line.
    Head(Head),
    /// Signed, and about to be sent. A second one of the same key and nonce replaces the first with higher fees.
    Signed { key: String, nonce: u64, hash: B256, raw: Bytes },
    /// A block has it.
    Ended { key: String, nonce: u64, hash: B256, block: u64, ok: bool },
}

/// Signed, and its end not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    pub nonce: u64,
    /// Every version that was signed under the nonce; one of them can be mined.
    pub versions: Vec<(B256, Bytes)>,
}

/// An open journal, locked against other processes.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: Arc<File>,
    pub(super) pending: HashMap<String, Pending>,
    pub(super) done: HashMap<String, (B256, u64)>,
}

impl Journal {
    /// Opens or creates the journal of `head`.
    pub(super) fn open(path: &Path, head: Head) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(Error::file(path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Pipeline(format!("{} is in use by another run: wait for its end", path.display())));
            }
            Err(TryLockError::Error(source)) => return Err(Error::File { path: path.to_owned(), source }),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(Error::file(path))?;
        // A kill can tear the last line, in the middle of a character too.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        text.truncate(whole);
        file.set_len(whole as u64).map_err(Error::file(path))?;
        file.seek(SeekFrom::End(0)).map_err(Error::file(path))?;

        let mut journal =
            Self { path: path.to_owned(), file: Arc::new(file), pending: HashMap::new(), done: HashMap::new() };
        if text.is_empty() {
            let line = encode(&[Line::Head(head)])?;
            journal.file.as_ref().write_all(&line).and_then(|()| journal.file.sync_all()).map_err(Error::file(path))?;
        } else {
            journal.replay(&text, head)?;
        }
        Ok(journal)
    }

    fn replay(&mut self, text: &[u8], head: Head) -> Result<()> {
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let malformed =
                |reason: String| Error::Malformed { path: self.path.clone(), line: Some(number + 1), reason };
            let line = serde_json::from_slice::<Line>(line).map_err(|error| malformed(error.to_string()))?;
            match (number, line) {
                (0, Line::Head(found)) if found == head => {}
                (0, Line::Head(found)) => {
                    return Err(malformed(format!(
                        "this journal is of account {} on chain {} (first block {}), not of {} on chain {} ({}): give \
                         another file, or delete it if that chain is gone",
                        found.account, found.chain, found.genesis, head.account, head.chain, head.genesis
                    )));
                }
                (0, _) => return Err(malformed("this is not a journal of transactions: give another file".to_owned())),
                (_, line) => self.remember(line),
            }
        }
        Ok(())
    }

    fn remember(&mut self, line: Line) {
        match line {
            Line::Head(_) => {}
            Line::Signed { key, nonce, hash, raw } => {
                let pending = self.pending.entry(key).or_insert(Pending { nonce, versions: Vec::new() });
                if pending.nonce != nonce {
                    *pending = Pending { nonce, versions: Vec::new() };
                }
                pending.versions.push((hash, raw));
            }
            Line::Ended { key, hash, block, ok, .. } => {
                self.pending.remove(&key);
                if ok {
                    self.done.insert(key, (hash, block));
                }
            }
        }
    }

    /// Appends and waits until the lines are on disk.
    pub(super) async fn append(&self, lines: &[Line]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let (bytes, file) = (encode(lines)?, Arc::clone(&self.file));
        tokio::task::spawn_blocking(move || file.as_ref().write_all(&bytes).and_then(|()| file.sync_data()))
            .await
            .map_err(|error| Error::Pipeline(error.to_string()))?
            .map_err(Error::file(&self.path))
    }
}

fn encode(lines: &[Line]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line).map_err(|error| Error::Pipeline(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head() -> Head {
        Head { v: 1, chain: 9, genesis: B256::repeat_byte(1), account: Address::repeat_byte(2) }
    }

    fn signed(key: &str, nonce: u64, hash: u8) -> Line {
        Line::Signed { key: key.into(), nonce, hash: B256::repeat_byte(hash), raw: vec![hash; 3].into() }
    }

    fn ended(key: &str, nonce: u64, hash: u8, ok: bool) -> Line {
        Line::Ended { key: key.into(), nonce, hash: B256::repeat_byte(hash), block: 7, ok }
    }

    #[tokio::test]
    async fn what_is_pending_and_done_survives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/run.journal");
        let journal = Journal::open(&path, head()).unwrap();
        let lines = [
            signed("a", 1, 1),
            signed("b", 2, 2),
            signed("b", 2, 3),
            signed("c", 3, 4),
            signed("c", 9, 5),
            signed("d", 4, 6),
            ended("a", 1, 1, true),
            ended("d", 4, 6, false),
        ];
        journal.append(&lines).await.unwrap();
        drop(journal);

        let journal = Journal::open(&path, head()).unwrap();
        assert_eq!(journal.done, HashMap::from([("a".to_owned(), (B256::repeat_byte(1), 7))]));
        assert_eq!(journal.pending.len(), 2, "a reverted key may be tried again");
        assert_eq!(journal.pending["b"].versions.len(), 2, "a replacement keeps the first version, which may be mined");
        assert_eq!(
            journal.pending["c"],
            Pending { nonce: 9, versions: vec![(B256::repeat_byte(5), vec![5; 3].into())] }
        );
    }

    #[test]
    fn another_account_or_a_chain_started_anew_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.journal");
        drop(Journal::open(&path, head()).unwrap());
        let other = Head { genesis: B256::repeat_byte(8), ..head() };
        assert!(matches!(Journal::open(&path, other), Err(Error::Malformed { line: Some(1), .. })));
    }

    #[test]
    fn two_runs_cannot_share_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.journal");
        let _first = Journal::open(&path, head()).unwrap();
        assert!(matches!(Journal::open(&path, head()), Err(Error::Pipeline(_))));
    }

    proptest! {
        /// Wherever a kill cuts the file, the whole lines before are kept and the journal can go on.
        #[test]
        fn a_torn_line_costs_only_itself(cut in 0usize..600) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("run.journal");
            let lines: Vec<_> = (0..4).map(|n| signed(&format!("kä{n}"), n, n as u8)).collect();
            let mut bytes = encode(&[Line::Head(head())]).unwrap();
            bytes.extend(encode(&lines).unwrap());
            let cut = cut.min(bytes.len());
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let whole = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
            let journal = Journal::open(&path, head()).unwrap();
            prop_assert_eq!(journal.pending.len(), whole.saturating_sub(1));
        }
    }
}
