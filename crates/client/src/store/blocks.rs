//! Blocks as files in a folder: the default store, without a server.
//!
//! A block stands in `<root>/<last but two and one characters of its CID>/<CID>`, as in the flatfs datastore of Kubo, so
//! no folder grows large. It is written under another name, flushed to the disk, and only then named, so a process that
//! is killed, or a full disk, leaves no half block behind. Several processes can use one folder.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use theriac_core::content::{self, Codec, ContentAddress, ContentError};

use super::StoreError;
use super::unfinished::Unfinished;
use super::walk::Walk;

type Result<T> = std::result::Result<T, StoreError>;

/// Folder of the blocks that are being written.
const UNFINISHED: &str = "unfinished";
/// Nobody writes a block for longer; what is older was left by a killed process.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of blocks.
///
/// Invariant: a file under its final name was whole when it was named, and is verified again whenever it is read.
#[derive(Clone, Debug)]
pub struct BlockStore {
    root: PathBuf,
}

impl BlockStore {
    /// Opens the folder, and makes it if there is none.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        let unfinished = root.join(UNFINISHED);
        fs::create_dir_all(&unfinished).map_err(StoreError::file(&unfinished))?;
        remove_abandoned(&unfinished).map_err(StoreError::file(&unfinished))?;
        Ok(Self { root })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Stores a file, a block at a time.
    pub fn put(&self, content: impl Read) -> Result<ContentAddress> {
        let root = content::build(content, |cid, bytes| {
            let block = ContentAddress::try_from(cid).map_err(io::Error::other)?;
            self.write(&block, bytes).map_err(io::Error::other)
        })?;
        Ok(ContentAddress::try_from(&root)?)
    }

    /// Stores many contents and flushes them to the disk together: a thousand small ones take little longer than one.
    pub fn put_many<'a>(&self, contents: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<ContentAddress>> {
        let mut group = Group::new(self);
        let addresses = contents.into_iter().map(|content| group.add(content)).collect::<Result<_>>()?;
        group.finish()?;
        Ok(addresses)
    }

    /// Stores one block, if the bytes are those that its address names.
    pub fn put_block(&self, block: &ContentAddress, bytes: &[u8]) -> Result<()> {
        content::verify(block, bytes)?;
        self.write(block, bytes)
    }

    /// The bytes of a block, verified.
    pub fn block(&self, block: &ContentAddress) -> Result<Vec<u8>> {
        let path = self.path(block);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.missing(block)),
            Err(error) => return Err(StoreError::file(path)(error)),
        };
        match content::verify(block, &bytes) {
            Err(ContentError::WrongBytes { .. }) => Err(StoreError::Corrupt { block: *block, path }),
            Err(other) => Err(other.into()),
            Ok(()) => Ok(bytes),
        }
    }

    /// Whether there is a file for the block.
    pub fn has_block(&self, block: &ContentAddress) -> Result<bool> {
        let path = self.path(block);
        path.try_exists().map_err(StoreError::file(path))
    }

    /// Whether all blocks of a file are here.
    pub fn has(&self, address: &ContentAddress) -> Result<bool> {
        let mut walk = Walk::new(&[*address]);
        while let Some(block) = walk.next() {
            if !self.has_block(&block)? {
                return Ok(false);
            }
            if block.codec == Codec::DagPb {
                walk.follow(&block, &self.block(&block)?)?;
            }
        }
        Ok(true)
    }

    fn write(&self, block: &ContentAddress, bytes: &[u8]) -> Result<()> {
        let Some((unfinished, path)) = self.begin(block, bytes)? else { return Ok(()) };
        write_whole(unfinished, &path, |file| file.write_all(bytes)).map_err(StoreError::file(&path))
    }

    /// A file for the block, and the name that it gets; none where the block is there.
    fn begin(&self, block: &ContentAddress, bytes: &[u8]) -> Result<Option<(Unfinished, PathBuf)>> {
        let path = self.path(block);
        // A file that is there but damaged is replaced: storing content again mends it.
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(None);
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        Ok(Some((Unfinished::within(&self.root.join(UNFINISHED)), path)))
    }

    fn path(&self, block: &ContentAddress) -> PathBuf {
        let cid = block.to_string();
        // Base32 is ASCII, and a CIDv1 with sha2-256 has 59 characters.
        let shard = &cid[cid.len() - 3..cid.len() - 1];
        self.root.join(shard).join(&cid)
    }

    pub(super) fn missing(&self, block: &ContentAddress) -> StoreError {
        StoreError::Missing { block: *block, place: self.root.display().to_string(), reason: String::new() }
    }
}

/// Blocks that are written, and not yet flushed nor named.
struct Group<'a> {
    store: &'a BlockStore,
    written: Vec<(Unfinished, PathBuf)>,
}

impl<'a> Group<'a> {
    fn new(store: &'a BlockStore) -> Self {
        Self { store, written: Vec::new() }
    }

    fn add(&mut self, content: &[u8]) -> Result<ContentAddress> {
        let root = content::build(content, |cid, bytes| {
            let block = ContentAddress::try_from(cid).map_err(io::Error::other)?;
            let Some((unfinished, path)) = self.store.begin(&block, bytes).map_err(io::Error::other)? else {
                return Ok(());
            };
            unfinished.create()?.write_all(bytes)?;
            self.written.push((unfinished, path));
            Ok(())
        })?;
        Ok(ContentAddress::try_from(&root)?)
    }

    fn finish(self) -> Result<()> {
        let root = &self.store.root;
        flush(root, self.written.iter().map(|(unfinished, _)| unfinished.path())).map_err(StoreError::file(root))?;
        let mut paths = Vec::with_capacity(self.written.len());
        for (unfinished, path) in self.written {
            unfinished.rename(&path).map_err(StoreError::file(&path))?;
            paths.push(path);
        }
        // A name is on the disk only when its folder is.
        let folders: BTreeSet<&Path> = paths.iter().filter_map(|path| path.parent()).collect();
        flush(root, folders.into_iter()).map_err(StoreError::file(root))
    }
}

/// Has the files or folders on the disk: one call for the whole file system, since one for each waits for the disk each time.
#[cfg(target_os = "linux")]
fn flush<'a>(root: &Path, paths: impl Iterator<Item = &'a Path>) -> io::Result<()> {
    if paths.count() == 0 {
        return Ok(());
    }
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

/// Has the files or folders on the disk.
#[cfg(all(unix, not(target_os = "linux")))]
fn flush<'a>(_: &Path, mut paths: impl Iterator<Item = &'a Path>) -> io::Result<()> {
    paths.try_for_each(|path| File::open(path)?.sync_all())
}

/// Has the files on the disk. Folders cannot be opened here; the system writes them by itself.
#[cfg(not(unix))]
fn flush<'a>(_: &Path, paths: impl Iterator<Item = &'a Path>) -> io::Result<()> {
    paths.filter(|path| path.is_file()).try_for_each(|path| File::options().write(true).open(path)?.sync_all())
}

/// Has `fill` write the file, and names it `path` once it is on the disk. Leaves nothing behind on failure.
fn write_whole(unfinished: Unfinished, path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = unfinished.create()?;
    fill(&mut file)?;
    file.sync_all()?;
    // Some systems do not rename a file that is open.
    drop(file);
    unfinished.name(path)
}

fn remove_abandoned(unfinished: &Path) -> io::Result<()> {
    for entry in fs::read_dir(unfinished)? {
        let entry = entry?;
        // Another process may name or remove the file meanwhile.
        let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED_AFTER) {
            match fs::remove_file(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
