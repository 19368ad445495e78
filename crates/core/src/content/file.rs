//! A file put together again from its blocks.

use std::io::{self, Read};

use cid::Cid;
use rust_unixfs::file::adder::{FileBranch, FileBranchLink, parse_file_branch};

use super::{AddressError, Codec, ContentAddress, ContentError};

/// Levels of nodes above the leaves. 1024 links each cover 2^70 leaves, more than any file has; a deeper tree was made
/// to keep its reader busy.
const MAX_DEPTH: usize = 7;

/// Reads a file from its blocks, in order, fetching each when it is due.
///
/// Invariant: no byte is handed out that is not of a block whose hash is the one that its parent (or the caller, for
/// the root) names, and whose length is the one that its parent states. A store can therefore withhold a file, but
/// not change it. Links to nothing are refused, so that a tree of few blocks cannot make endless work; a caller who
/// expects a small file looks at [`FileReader::size`] first.
///
/// As a [`Read`] it gives a [`ContentError`] inside the [`io::Error`]; [`FileReader::next_chunk`] gives it plainly.
pub struct FileReader<F> {
    fetch: F,
    /// Parts still to come, the next one last.
    pending: Vec<Part>,
    size: u64,
    chunk: Vec<u8>,
    read: usize,
}

struct Part {
    block: ContentAddress,
    size: u64,
    depth: usize,
}

impl<F: FnMut(&Cid) -> io::Result<Vec<u8>>> FileReader<F> {
    /// Fetches and checks the root block.
    pub fn open(root: Cid, mut fetch: F) -> Result<Self, ContentError> {
        let block = ContentAddress::try_from(&root)?;
        let bytes = checked(&block, &mut fetch)?;
        let mut reader = Self { fetch, pending: Vec::new(), size: 0, chunk: Vec::new(), read: 0 };
        match block.codec {
            Codec::Raw => {
                reader.size = bytes.len() as u64;
                reader.chunk = bytes;
            }
            Codec::DagPb => {
                let node = branch(block, &bytes)?;
                reader.size = node.filesize;
                reader.push(node.links, 1)?;
            }
        }
        Ok(reader)
    }

    /// Bytes in the whole file, as its root says.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of the next leaf, or nothing at the end.
    pub fn next_chunk(&mut self) -> Result<Option<Vec<u8>>, ContentError> {
        if self.read < self.chunk.len() {
            let mut rest = std::mem::take(&mut self.chunk);
            rest.drain(..std::mem::take(&mut self.read));
            return Ok(Some(rest));
        }
        while let Some(Part { block, size, depth }) = self.pending.pop() {
            let bytes = checked(&block, &mut self.fetch)?;
            let not_a_file = |reason| ContentError::NotAFile { block, reason };
            match block.codec {
                Codec::Raw if bytes.len() as u64 == size => return Ok(Some(bytes)),
                Codec::Raw => return Err(not_a_file("its length is not the one that its parent states")),
                Codec::DagPb if depth > MAX_DEPTH => return Err(not_a_file("the tree is deeper than any file needs")),
                Codec::DagPb => {
                    let node = branch(block, &bytes)?;
                    if node.filesize != size {
                        return Err(not_a_file("its size is not the one that its parent states"));
                    }
                    self.push(node.links, depth + 1)?;
                }
            }
        }
        Ok(None)
    }

    fn push(&mut self, links: Vec<FileBranchLink>, depth: usize) -> Result<(), AddressError> {
        for link in links.into_iter().rev() {
            self.pending.push(Part { block: ContentAddress::try_from(&link.cid)?, size: link.blocksize, depth });
        }
        Ok(())
    }
}

impl<F: FnMut(&Cid) -> io::Result<Vec<u8>>> Read for FileReader<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.chunk.len() {
            self.read = 0;
            self.chunk.clear();
            self.chunk = self.next_chunk().map_err(io::Error::other)?.unwrap_or_default();
        }
        let count = (&self.chunk[self.read..]).read(buffer)?;
        self.read += count;
        Ok(count)
    }
}

/// What a block of a file links, in order: nothing for a leaf. The bytes are held to the block's hash first.
///
/// Serves whoever moves or counts blocks rather than reading the file, each block once.
pub fn links(block: &ContentAddress, bytes: &[u8]) -> Result<Vec<ContentAddress>, ContentError> {
    verify(block, bytes)?;
    match block.codec {
        Codec::Raw => Ok(Vec::new()),
        Codec::DagPb => {
            let parts = branch(*block, bytes)?.links;
            parts.iter().map(|link| Ok(ContentAddress::try_from(&link.cid)?)).collect()
        }
    }
}

/// Believes the bytes of a block only if their hash is right.
pub fn verify(block: &ContentAddress, bytes: &[u8]) -> Result<(), ContentError> {
    match ContentAddress::of_block(block.codec, bytes) {
        actual if actual == *block => Ok(()),
        actual => Err(ContentError::WrongBytes { block: *block, actual }),
    }
}

/// Fetches a block and believes it only if its hash is right.
fn checked(
    block: &ContentAddress,
    fetch: &mut impl FnMut(&Cid) -> io::Result<Vec<u8>>,
) -> Result<Vec<u8>, ContentError> {
    let bytes = fetch(&block.cid()).map_err(|source| ContentError::Fetch { block: *block, source })?;
    verify(block, &bytes)?;
    Ok(bytes)
}

fn branch(block: ContentAddress, bytes: &[u8]) -> Result<FileBranch, ContentError> {
    let not_a_file = |reason| ContentError::NotAFile { block, reason };
    let node = parse_file_branch(bytes).ok_or_else(|| not_a_file("it is no UnixFS file node with links"))?;
    if node.links.iter().any(|link| link.blocksize == 0) {
        return Err(not_a_file("it links to an empty part"));
    }
    let sum = node.links.iter().try_fold(0_u64, |sum, link| sum.checked_add(link.blocksize));
    if sum != Some(node.filesize) {
        return Err(not_a_file("the sizes of its parts do not add up to its own"));
    }
    Ok(node)
}
