//! CAR v1 files: content carried from store to store as one file.
//!
//! A file is checked as a whole before any of it is imported: every block against its CID, and that every block that the
//! roots need is there (or already in the store).

use std::collections::HashMap;
use std::path::Path;

use iroh_car::{CarHeader, CarReader, CarWriter};
use theriac_core::content::{self, ContentAddress};
use tokio::fs::File;
use tokio::io::{BufReader, BufWriter};

use super::unfinished::Unfinished;
use super::walk::Walk;
use super::{BlockStore, Store, StoreError, blocking};

type Result<T> = std::result::Result<T, StoreError>;

/// What a sound CAR file holds.
#[derive(Debug)]
pub(super) struct Checked {
    /// Its roots, as it lists them.
    pub(super) roots: Vec<ContentAddress>,
    /// Blocks that the roots need and the file does not have.
    pub(super) missing: Vec<ContentAddress>,
}

/// Reads the file through, verifying each block.
pub(super) async fn check(path: &Path) -> Result<Checked> {
    let mut car = open(path).await?;
    let foreign = |error| StoreError::CarBlock { path: path.to_owned(), source: Box::new(error) };
    let roots = car.header().roots().iter().map(ContentAddress::try_from);
    let roots: Vec<_> = roots.collect::<std::result::Result<_, _>>().map_err(|error| foreign(error.into()))?;

    let mut present: HashMap<ContentAddress, Vec<ContentAddress>> = HashMap::new();
    while let Some((cid, bytes)) = car.next_block().await.map_err(|error| StoreError::car(path, error))? {
        let block = ContentAddress::try_from(&cid).map_err(|error| foreign(error.into()))?;
        present.insert(block, content::links(&block, &bytes).map_err(foreign)?);
    }

    let mut missing = Vec::new();
    let mut walk = Walk::new(&roots);
    while let Some(block) = walk.next() {
        match present.remove(&block) {
            Some(links) => walk.queue(links),
            None => missing.push(block),
        }
    }
    Ok(Checked { roots, missing })
}

/// Puts every block of a checked file into the folder.
pub(super) async fn unpack(path: &Path, blocks: &BlockStore) -> Result<()> {
    let mut car = open(path).await?;
    while let Some((cid, bytes)) = car.next_block().await.map_err(|error| StoreError::car(path, error))? {
        let block = ContentAddress::try_from(&cid)?;
        let blocks = blocks.clone();
        blocking(move || blocks.put_block(&block, &bytes)).await?;
    }
    Ok(())
}

/// Writes everything that the roots need to a file, which appears only when it is whole. Answers its size.
pub(super) async fn export(store: &Store, roots: &[ContentAddress], out: &Path) -> Result<u64> {
    if roots.is_empty() {
        return Err(StoreError::Car { path: out.to_owned(), reason: "no content was named to go into it".to_owned() });
    }
    let unfinished = Unfinished::beside(out);
    let size = write(store, roots, unfinished.path()).await?;
    let out = out.to_owned();
    blocking(move || unfinished.name(&out).map_err(StoreError::file(&out))).await?;
    Ok(size)
}

async fn write(store: &Store, roots: &[ContentAddress], path: &Path) -> Result<u64> {
    let file = File::create(path).await.map_err(StoreError::file(path))?;
    let header = CarHeader::new_v1(roots.iter().map(ContentAddress::cid).collect());
    let mut car = CarWriter::new(header, BufWriter::new(file));
    let failed = |error| StoreError::car(path, error);

    let mut walk = Walk::new(roots);
    while let Some(block) = walk.next() {
        let bytes = store.block(&block).await?;
        walk.follow(&block, &bytes)?;
        car.write(block.cid(), &bytes).await.map_err(failed)?;
    }
    let file = car.finish().await.map_err(failed)?.into_inner();
    file.sync_all().await.map_err(StoreError::file(path))?;
    Ok(file.metadata().await.map_err(StoreError::file(path))?.len())
}

async fn open(path: &Path) -> Result<CarReader<BufReader<File>>> {
    let file = File::open(path).await.map_err(StoreError::file(path))?;
    CarReader::new(BufReader::with_capacity(1 << 20, file)).await.map_err(|error| StoreError::car(path, error))
}

#[cfg(test)]
#[path = "car_tests.rs"]
mod tests;
