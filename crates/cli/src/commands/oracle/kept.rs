//! Questions that were asked, in the home folder, for their asker's eyes only: `oracle/<question>.json`.
//!
//! The salt stands there before the question goes on chain. It stands in the sealed document, too; but that lies in the content store, which
//! may lose it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};
use theriac_client::oracle::QuestionDocument;
use theriac_client::rooms::Question;

use crate::failure::Failure;
use crate::files;

/// A question with its salt, subject and unit.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    v: u32,
    /// Its terms.
    pub(super) question: Question,
    /// What is sealed for the nodes.
    pub(super) document: QuestionDocument,
}

impl Kept {
    pub(super) fn new(question: Question, document: QuestionDocument) -> Self {
        Self { v: 1, question, document }
    }

    /// One that was asked from this home folder; none where it was asked elsewhere.
    pub(super) fn open(home: &Path, question: B256) -> Result<Option<Self>, Failure> {
        let file = file_of(home, question);
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(files::failed(&file, &error)),
        };
        let kept =
            serde_json::from_slice(&bytes).ok().filter(|kept: &Self| kept.v == 1 && kept.question.id() == question);
        kept.map(Some).ok_or_else(|| {
            let help = "restore it from a backup, or remove it: the sealed document of the question has the salt, too";
            Failure::user("KeptQuestion", format!("{} is damaged", file.display()), help)
        })
    }

    /// Writes the file.
    pub(super) fn save(&self, home: &Path) -> Result<(), Failure> {
        let file = file_of(home, self.question.id());
        let failed = |error: std::io::Error| files::failed(&file, &error);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let text = serde_json::to_vec(self).map_err(|error| Failure::internal("writing the question", error))?;
        let replacement = files::Replacement::begin_secret(&file)?;
        replacement.file().write_all(&text).map_err(failed)?;
        replacement.finish()
    }

    /// Removes the file, if it is there.
    pub(super) fn remove(&self, home: &Path) {
        // One that stays proves nothing wrong: nobody asked what stands in it.
        let _ = std::fs::remove_file(file_of(home, self.question.id()));
    }
}

fn file_of(home: &Path, question: B256) -> PathBuf {
    home.join("oracle").join(format!("{question}.json"))
}
