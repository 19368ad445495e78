//! The salts of commitments, in the home folder, for their owner's eyes only: `mds/<item>.json`.
//!
//! A salt is kept before its commitment goes on chain, and is never dropped: with it the owner can prove what was committed to.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};
use theriac_core::ids::ItemId;

use crate::failure::Failure;
use crate::files;

/// The salts of one device, by commitment.
pub(super) struct Salts {
    file: PathBuf,
    kept: Kept,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u32,
    salts: BTreeMap<B256, B256>,
}

impl Salts {
    /// Those of the device; none yet where there is no file.
    pub(super) fn open(home: &Path, item: ItemId) -> Result<Self, Failure> {
        let file = home.join("mds").join(format!("{item}.json"));
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).ok().filter(|kept: &Kept| kept.v == 1).ok_or_else(|| {
                let help = "restore it from a backup: it proves what the device's commitments mean";
                Failure::user("Salts", format!("{} is damaged", file.display()), help)
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept { v: 1, ..Kept::default() },
            Err(error) => return Err(files::failed(&file, &error)),
        };
        Ok(Self { file, kept })
    }

    /// The salt of a commitment.
    pub(super) fn of(&self, commitment: B256) -> Option<B256> {
        self.kept.salts.get(&commitment).copied()
    }

    /// Adds one, not yet in the file.
    pub(super) fn add(&mut self, commitment: B256, salt: B256) {
        self.kept.salts.insert(commitment, salt);
    }

    /// Writes the file, if there is anything to keep.
    pub(super) fn save(&self) -> Result<(), Failure> {
        if self.kept.salts.is_empty() {
            return Ok(());
        }
        let failed = |error: std::io::Error| files::failed(&self.file, &error);
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let text = serde_json::to_vec(&self.kept).map_err(|error| Failure::internal("writing the salts", error))?;
        let replacement = files::Replacement::begin_secret(&self.file)?;
        replacement.file().write_all(&text).map_err(failed)?;
        replacement.finish()
    }
}
