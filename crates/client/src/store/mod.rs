//! Content stores: where documents are kept by what they are.
//!
//! A store is named by a short text ([`Store::open`]):
//!
//! | text | store |
//! |---|---|
//! | `blocks` | a folder of blocks in the home folder; no server |
//! | `kubo:http://127.0.0.1:5001` | an IPFS node (Kubo) over its RPC |
//! | `pinning:https://…` | a service that speaks the IPFS Pinning Service API; token in `THERIAC_PINNING_TOKEN` |
//!
//! No store is trusted. The CID of what is stored is computed here first (`theriac_core::content`), and an answer that
//! differs is refused; what is fetched is verified block by block. So a store can lose content, but not change it.
//! Everything is streamed: a file of any size goes through in the memory of a few blocks. Only [`Store::get`] answers
//! with the whole content, and refuses more than [`MAX_IN_MEMORY`].
//!
//! [`Store::export_car`] and [`Store::import_car`] carry content from store to store as CAR v1 files.

mod blocks;
mod car;
mod error;
mod http;
mod kubo;
mod pinning;
mod source;
pub(crate) mod unfinished;
mod walk;

use std::io::{self, Write};
use std::path::Path;

use theriac_core::content::{ContentAddress, ContentError, FileReader};
use tokio::runtime::Handle;

pub use blocks::BlockStore;
pub use error::StoreError;
pub use kubo::Kubo;
pub use pinning::{Patience, Pinning};
use source::Source;
use unfinished::Unfinished;
use walk::Walk;

use crate::error::Result;
use crate::signer::Secret;

/// The largest file that [`Store::get`] answers: 256 MiB.
pub const MAX_IN_MEMORY: u64 = 256 << 20;

/// Where the token of a pinning service is read from.
pub const PINNING_TOKEN: &str = "THERIAC_PINNING_TOKEN";

/// A content store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Store {
    /// A folder of blocks.
    Blocks(BlockStore),
    /// A Kubo node.
    Kubo(Kubo),
    /// A pinning service, with a folder of blocks.
    Pinning(Box<Pinning>),
}

impl Store {
    /// Opens the store that the text names; `home` holds the folder of blocks.
    ///
    /// `pinning:` takes `,origin=<RPC of a Kubo node>`, from which the service fetches what is stored, and
    /// `,gateway=<URL>`, from which blocks are fetched that are not here.
    pub fn open(spec: &str, home: &Path) -> Result<Self> {
        let blocks = || BlockStore::open(home.join("blocks"));
        match spec.split_once(':') {
            None if spec == "blocks" => Ok(Self::Blocks(blocks()?)),
            Some(("kubo", url)) => Ok(Self::Kubo(Kubo::open(url)?)),
            Some(("pinning", rest)) => {
                let mut parts = rest.split(',');
                let token =
                    Secret::from_env(PINNING_TOKEN).map_err(|_| StoreError::NoToken { variable: PINNING_TOKEN })?;
                let mut pinning = Pinning::open(parts.next().unwrap_or_default(), token, blocks()?)?;
                for part in parts {
                    pinning = match part.split_once('=') {
                        Some(("origin", url)) => pinning.with_origin(Kubo::open(url)?),
                        Some(("gateway", url)) => pinning.with_gateway(url)?,
                        _ => return Err(unknown(spec, &format!("`{part}` is not an option")).into()),
                    };
                }
                Ok(Self::Pinning(Box::new(pinning)))
            }
            _ => Err(unknown(spec, "there is no such kind of store").into()),
        }
    }

    /// Stores content and answers its address.
    pub async fn put(&self, bytes: &[u8]) -> Result<ContentAddress> {
        Ok(self.store(Source::bytes(bytes)).await?)
    }

    /// Stores many small contents at once, which takes a small part of the time of one after another.
    pub async fn put_many(&self, contents: Vec<Vec<u8>>) -> Result<Vec<ContentAddress>> {
        Ok(match self {
            Self::Blocks(blocks) => {
                let blocks = blocks.clone();
                blocking(move || blocks.put_many(contents.iter().map(Vec::as_slice))).await?
            }
            Self::Kubo(kubo) => {
                kubo.put_many(contents.into_iter().map(|bytes| Source::Bytes(bytes.into())).collect()).await?
            }
            Self::Pinning(pinning) => pinning.put_many(contents).await?,
        })
    }

    /// Stores a file and answers its address.
    pub async fn put_file(&self, path: &Path) -> Result<ContentAddress> {
        Ok(self.store(Source::file(path)).await?)
    }

    /// The content at an address, verified.
    pub async fn get(&self, address: &ContentAddress) -> Result<Vec<u8>> {
        Ok(self.read_into(address, Vec::new(), Path::new("memory"), Some(MAX_IN_MEMORY)).await?)
    }

    /// As [`Store::get`], of content that has at most `limit` bytes.
    pub async fn get_within(&self, address: &ContentAddress, limit: u64) -> Result<Vec<u8>> {
        Ok(self.read_into(address, Vec::new(), Path::new("memory"), Some(limit.min(MAX_IN_MEMORY))).await?)
    }

    /// Writes the content at an address to a file, which appears only when it is whole. Answers its size.
    pub async fn get_to(&self, address: &ContentAddress, out: &Path) -> Result<u64> {
        Ok(self.copy_to(address, out).await?)
    }

    /// Whether the store has the whole content. A pinning service has it when it reports it as pinned.
    pub async fn has(&self, address: &ContentAddress) -> Result<bool> {
        match self {
            Self::Pinning(pinning) => Ok(pinning.has(address).await?),
            _ => Ok(self.has_here(address).await?),
        }
    }

    /// Whether the store has the whole content, undamaged: a folder is read through, since its files may have been altered.
    ///
    /// Each block is read once, since a tree of few blocks can be a file without an end. What is no file at all is never whole.
    pub async fn is_whole(&self, address: &ContentAddress) -> Result<bool> {
        let whole = async {
            // A node may otherwise look for it in the network.
            if !self.has_here(address).await? {
                return Ok(false);
            }
            let mut walk = Walk::new(&[*address]);
            while let Some(block) = walk.next() {
                walk.follow(&block, &self.block(&block).await?)?;
            }
            Ok(true)
        };
        match whole.await {
            Err(StoreError::Missing { .. } | StoreError::Corrupt { .. }) => Ok(false),
            Err(StoreError::Content(ContentError::NotAFile { .. } | ContentError::Address(_))) => Ok(false),
            other => Ok(other?),
        }
    }

    /// Brings content to another store, by a CAR file in `folder` that goes away again.
    pub async fn carry(&self, roots: &[ContentAddress], to: &Self, folder: &Path) -> Result<()> {
        let file = Unfinished::within(folder);
        self.export_car(roots, file.path()).await?;
        to.import_car(file.path()).await?;
        Ok(())
    }

    /// Has the store keep content that others have: a Kubo node or a pinning service fetches it from the network, a folder must
    /// have it already.
    pub async fn pin(&self, address: &ContentAddress) -> Result<()> {
        match self {
            Self::Kubo(kubo) => Ok(kubo.pin(address).await?),
            Self::Pinning(pinning) => Ok(pinning.pin(address).await?),
            Self::Blocks(blocks) => match self.has(address).await? {
                true => Ok(()),
                false => Err(blocks.missing(address).into()),
            },
        }
    }

    /// Writes everything at the addresses to a CAR v1 file and answers its size.
    pub async fn export_car(&self, roots: &[ContentAddress], out: &Path) -> Result<u64> {
        Ok(car::export(self, roots, out).await?)
    }

    /// Stores everything in a CAR v1 file and answers its roots. Nothing is stored unless the file is sound and complete.
    pub async fn import_car(&self, file: &Path) -> Result<Vec<ContentAddress>> {
        let car::Checked { roots, missing } = car::check(file).await?;
        for block in missing {
            if !self.has_here(&block).await? {
                return Err(StoreError::CarIncomplete { path: file.to_owned(), block }.into());
            }
        }
        match self {
            Self::Blocks(blocks) => car::unpack(file, blocks).await?,
            Self::Kubo(kubo) => kubo.import_file(file, &roots).await?,
            Self::Pinning(pinning) => pinning.import_file(file, &roots).await?,
        }
        Ok(roots)
    }

    /// Whether all blocks are in the folder or on the node.
    async fn has_here(&self, address: &ContentAddress) -> Result<bool, StoreError> {
        let blocks = match self {
            Self::Kubo(kubo) => return kubo.has(address).await,
            Self::Blocks(blocks) => blocks.clone(),
            Self::Pinning(pinning) => pinning.blocks().clone(),
        };
        let address = *address;
        blocking(move || blocks.has(&address)).await
    }

    async fn store(&self, source: Source) -> Result<ContentAddress, StoreError> {
        match self {
            Self::Blocks(blocks) => source.store_in(blocks).await,
            Self::Kubo(kubo) => kubo.put(source).await,
            Self::Pinning(pinning) => pinning.put(source).await,
        }
    }

    /// One block, verified.
    async fn block(&self, block: &ContentAddress) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Blocks(blocks) => {
                let (blocks, block) = (blocks.clone(), *block);
                blocking(move || blocks.block(&block)).await
            }
            Self::Kubo(kubo) => kubo.block(block).await,
            Self::Pinning(pinning) => pinning.block(block).await,
        }
    }

    async fn copy_to(&self, address: &ContentAddress, out: &Path) -> Result<u64, StoreError> {
        let unfinished = Unfinished::beside(out);
        let file = unfinished.create().map_err(StoreError::file(out))?;
        let file = self.read_into(address, file, out, None).await?;
        let out = out.to_owned();
        blocking(move || {
            let finish = || {
                file.sync_all()?;
                let size = file.metadata()?.len();
                // Some systems do not rename a file that is open.
                drop(file);
                unfinished.name(&out).map(|()| size)
            };
            finish().map_err(StoreError::file(&out))
        })
        .await
    }

    /// Writes the content to `out`, which is called `name` in errors, unless it is larger than `limit`.
    async fn read_into<W: Write + Send + 'static>(
        &self,
        address: &ContentAddress,
        mut out: W,
        name: &Path,
        limit: Option<u64>,
    ) -> Result<W, StoreError> {
        let (store, address, name, runtime) = (self.clone(), *address, name.to_owned(), Handle::current());
        blocking(move || {
            let mut file = FileReader::open(address.cid(), |cid| {
                let block = ContentAddress::try_from(cid).map_err(io::Error::other)?;
                runtime.block_on(store.block(&block)).map_err(io::Error::other)
            })?;
            if limit.is_some_and(|limit| file.size() > limit) {
                return Err(StoreError::TooLarge { address, size: file.size() });
            }
            while let Some(chunk) = file.next_chunk()? {
                out.write_all(&chunk).map_err(StoreError::file(&name))?;
            }
            Ok(out)
        })
        .await
    }
}

fn unknown(spec: &str, reason: &str) -> StoreError {
    StoreError::Spec { spec: spec.to_owned(), reason: reason.to_owned() }
}

/// Files are read and written on threads of their own, so that the network is not kept waiting.
async fn blocking<T, F>(work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
