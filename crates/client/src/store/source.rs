//! What is to be stored: bytes or a file, which can be read more than once.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use theriac_core::content::{self, Cid, ContentAddress, ContentError};

use super::{BlockStore, StoreError, blocking};

/// Content before it is stored.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Bytes(Arc<[u8]>),
    File(PathBuf),
}

impl Source {
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }

    pub(super) fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }

    /// Cuts the content into blocks; errors name the file.
    pub(super) fn build(
        &self,
        store: impl FnMut(&Cid, &[u8]) -> std::io::Result<()>,
    ) -> Result<ContentAddress, StoreError> {
        let root = content::build(self.open()?, store).map_err(|error| self.named(error))?;
        Ok(ContentAddress::try_from(&root)?)
    }

    /// The address, without keeping any block, and the size.
    pub(super) async fn address(&self) -> Result<(ContentAddress, u64), StoreError> {
        let source = self.clone();
        blocking(move || {
            let root = source.build(|_, _| Ok(()))?;
            let size = match &source {
                Self::Bytes(bytes) => bytes.len() as u64,
                Self::File(path) => std::fs::metadata(path).map_err(StoreError::file(path))?.len(),
            };
            Ok((root, size))
        })
        .await
    }

    pub(super) async fn store_in(self, blocks: &BlockStore) -> Result<ContentAddress, StoreError> {
        let blocks = blocks.clone();
        blocking(move || blocks.put(self.open()?).map_err(|error| self.renamed(error))).await
    }

    /// The error for content that is not what it was when its address was computed.
    pub(super) fn changed(&self) -> StoreError {
        match self {
            Self::File(path) => StoreError::Changed { path: path.clone() },
            Self::Bytes(_) => StoreError::Changed { path: "memory".into() },
        }
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        match self {
            Self::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
            Self::File(path) => Ok(Box::new(File::open(path).map_err(StoreError::file(path))?)),
        }
    }

    fn named(&self, error: ContentError) -> StoreError {
        match (error, self) {
            (ContentError::Read(source), Self::File(path)) => StoreError::file(path)(source),
            (other, _) => other.into(),
        }
    }

    fn renamed(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Content(inner) => self.named(inner),
            other => other,
        }
    }
}
