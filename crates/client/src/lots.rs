//! Proofs of a lot's items, fast: a unit of a million is proven in milliseconds, without reading the lot document.
//!
//! The lot document is the truth, and its tree takes a second to hash. So what follows from it is kept beside it, in the home
//! folder as `lots/<LotId>.tree`, and read by place. The file is private to the machine, written whole or not at all, and can be
//! deleted at any time: [`LotProofs::open`] makes it again from the document.
//!
//! It is not trusted. A proof is checked against the root that the chain has before it is given, and "there is no such
//! item" is said only after all records were read and their digest is right, so a damaged file can neither make a unit
//! genuine nor make it vanish.
//!
//! | bytes | what, for `n` items; integers are big-endian |
//! |---|---|
//! | 92 | magic `THERLOT1`, lot id (16), root (32), `n` (4), keccak256 of the records (32) |
//! | 40 `n` | records by index: second half of the item id (16), tag key (20), node of the leaf (4) |
//! | 4 `n` | indices, sorted by the halves of their items |
//! | 32 (2 `n` − 1) | nodes of the tree, root first |

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B128, B256, Bytes, Keccak256};
use theriac_core::document::{DocumentError, LotDocument};
use theriac_core::ids::{ItemId, LotId};
use theriac_core::merkle::{self, Leaf, LotTree, MerkleError, MultiProof};

use crate::error::Result;
use crate::rooms::Lot;
use crate::store::Store;
use crate::store::unfinished::Unfinished;
use crate::types::{Membership, ProvenPacks};

const MAGIC: [u8; 8] = *b"THERLOT1";
const HEAD: u64 = 92;
const RECORD: u64 = 40;
const INDEX: u64 = 4;
const NODE: u64 = 32;

/// Why the proofs of a lot are not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LotsError {
    /// The file could not be read or written.
    #[error(
        "the proofs in {path} could not be read or written: {source}. Make room there, or choose another home folder"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("{path} was damaged and has been removed: run again, it is made anew from the lot document")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The lot document is wrong in itself.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A document of another lot.
    #[error(
        "the document is of lot {found}, not of {lot}: it was stored wrongly, ask the manufacturer for the right one"
    )]
    OtherLot {
        /// The lot that was asked for.
        lot: LotId,
        /// The lot that the document is of.
        found: LotId,
    },
    /// The chain has another root than the document.
    #[error("the document of lot {lot} has the root {found}, but the chain has {root}: do not rely on this document")]
    OtherRoot {
        /// The lot.
        lot: LotId,
        /// What the chain has.
        root: B256,
        /// What follows from the document.
        found: B256,
    },
    /// Items are asked for that the lot does not have, or twice.
    #[error(transparent)]
    Indices(MerkleError),
    /// The work was stopped with the program.
    #[error("making the proofs of lot {0} was broken off: run again")]
    Stopped(LotId),
}

/// The document of a lot that the chain has, from the store.
pub async fn document(store: &Store, lot: &Lot) -> Result<LotDocument> {
    let bytes = store.get(&lot.document.address()?).await?;
    Ok(LotDocument::read(bytes.as_slice()).map_err(LotsError::from)?)
}

/// One item of a lot with its proof, which was checked against the lot's root.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ProvenItem {
    /// The item.
    pub item: ItemId,
    /// Index, tag key and proof, as the contracts take them.
    #[serde(flatten)]
    pub membership: Membership,
}

/// The proofs of one lot.
///
/// Invariant: the head of the file names this lot, and a root that equals the chain's.
#[derive(Debug)]
pub struct LotProofs {
    path: PathBuf,
    file: File,
    head: Head,
}

impl LotProofs {
    /// Opens the proofs of a lot that the chain has with `root`. Where there are none that fit, `document` is called for the
    /// lot document (from the content store), and the proofs are made from it.
    pub async fn open<F>(home: &Path, lot: LotId, root: B256, document: impl FnOnce() -> F) -> Result<Self>
    where
        F: Future<Output = Result<LotDocument>>,
    {
        let path = path(home, lot);
        if let Some(proofs) = Self::existing(&path, lot, root)? {
            return Ok(proofs);
        }
        let document = document().await?;
        let work = move || {
            let tree = checked_tree(&document, lot, root)?;
            Self::write(&path, &document, &tree)?;
            Self::existing(&path, lot, root)?.ok_or(LotsError::Damaged { path })
        };
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| LotsError::Stopped(lot))??)
    }

    /// Keeps the proofs of a lot whose tree was just hashed.
    pub fn keep(home: &Path, document: &LotDocument, tree: &LotTree) -> Result<()> {
        Ok(Self::write(&path(home, document.details().id()), document, tree)?)
    }

    /// How many items the lot has.
    pub fn count(&self) -> u32 {
        self.head.count
    }

    /// The item whose id ends with `half` ([`ItemId::half`]); none if the lot has no such item.
    pub fn find(&mut self, half: B128) -> Result<Option<ProvenItem>> {
        match self.search(half).map_err(|source| self.unreadable(source))? {
            Some(index) => self.at(index),
            None if self.has_no(half).map_err(|source| self.unreadable(source))? => Ok(None),
            None => Err(self.damaged().into()),
        }
    }

    /// The item at an index of the lot document; none if the lot has not so many.
    pub fn at(&mut self, index: u32) -> Result<Option<ProvenItem>> {
        if index >= self.head.count {
            return Ok(None);
        }
        let (leaf, proof) = self.leaf_and_proof(index).map_err(|source| self.unreadable(source))?;
        if !merkle::verify(self.head.root, &leaf, &proof) {
            return Err(self.damaged().into());
        }
        let item = self.head.lot.item_of_half(leaf.half);
        Ok(Some(ProvenItem { item, membership: Membership { index, tag_key: leaf.tag_key, proof } }))
    }

    /// The items at these indices, each once, in the order of the tree, with one proof for all.
    pub fn packs(&mut self, indices: &[u32]) -> Result<ProvenPacks> {
        let count = self.head.count;
        let mut sorted = indices.to_vec();
        sorted.sort_unstable();
        if let Some(&index) = sorted.last().filter(|index| **index >= count) {
            return Err(LotsError::Indices(MerkleError::OutsideLot { index, count }).into());
        }
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(LotsError::Indices(MerkleError::Repeated(pair[0])).into());
        }
        let (packs, proof) = self.read_packs(&sorted).map_err(|source| self.unreadable(source))?;
        if !merkle::verify_multi(self.head.root, &packs, &proof.proof, &proof.flags) {
            return Err(self.damaged().into());
        }
        // Of one leaf the flags say nothing, and the contract takes its ordinary proof, which the nodes are.
        let flags = if packs.len() == 1 { Bytes::new() } else { proof.flag_bits().into() };
        Ok(ProvenPacks { packs, proof: proof.proof, flags })
    }

    fn read_packs(&mut self, indices: &[u32]) -> io::Result<(Vec<Leaf>, MultiProof)> {
        let mut places = Vec::with_capacity(indices.len());
        for &index in indices {
            places.push((self.record(index)?.place as usize, index));
        }
        let nodes = self.head.nodes();
        let proof = MultiProof::of_nodes(places, |node| {
            Ok::<_, io::Error>(B256::new(self.bytes_at(nodes + NODE * node as u64)?))
        })?;
        let mut packs = Vec::with_capacity(indices.len());
        for &index in &proof.indices {
            let Record { half, tag_key, .. } = self.record(index)?;
            packs.push(Leaf { index, half, tag_key });
        }
        Ok((packs, proof))
    }

    /// The file, if it is there, of this lot and root, and as long as it should be.
    fn existing(path: &Path, lot: LotId, root: B256) -> Result<Option<Self>, LotsError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LotsError::File { path: path.to_owned(), source }),
        };
        let failed = |source| LotsError::File { path: path.to_owned(), source };
        let length = file.metadata().map_err(failed)?.len();
        if length < HEAD {
            return Ok(None);
        }
        let Some(head) = Head::read(&mut file).map_err(failed)? else { return Ok(None) };
        let fits = head.lot == lot && head.root == root && length == head.length();
        Ok(fits.then(|| Self { path: path.to_owned(), file, head }))
    }

    fn write(path: &Path, document: &LotDocument, tree: &LotTree) -> Result<(), LotsError> {
        let failed = |source| LotsError::File { path: path.to_owned(), source };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let write_whole = || {
            let unfinished = Unfinished::beside(path);
            let mut file = unfinished.create()?;
            fill(&mut file, document, tree)?;
            file.sync_all()?;
            // Some systems do not rename a file that is open.
            drop(file);
            unfinished.name(path)
        };
        write_whole().map_err(failed)
    }

    /// The index of the item with this half, by bisection of the sorted indices.
    fn search(&mut self, half: B128) -> io::Result<Option<u32>> {
        let (mut low, mut high) = (0, self.head.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let index = u32::from_be_bytes(self.bytes_at(self.head.order() + INDEX * u64::from(middle))?);
            match self.record(index)?.half.cmp(&half) {
                Ordering::Equal => return Ok(Some(index)),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// Whether no record has this half, and the records are as they were written.
    fn has_no(&mut self, half: B128) -> io::Result<bool> {
        self.file.seek(SeekFrom::Start(HEAD))?;
        let mut records = BufReader::with_capacity(1 << 20, &self.file);
        let mut hash = Keccak256::new();
        let mut found = false;
        for _ in 0..self.head.count {
            let mut record = [0; RECORD as usize];
            records.read_exact(&mut record)?;
            hash.update(record);
            found |= record[..16] == half[..];
        }
        Ok(!found && hash.finalize() == self.head.records)
    }

    fn leaf_and_proof(&mut self, index: u32) -> io::Result<(Leaf, Vec<B256>)> {
        let Record { half, tag_key, place } = self.record(index)?;
        let nodes = self.head.nodes();
        let proof = merkle::siblings(place as usize)
            .map(|node| Ok(B256::new(self.bytes_at(nodes + NODE * node as u64)?)))
            .collect::<io::Result<_>>()?;
        Ok((Leaf { index, half, tag_key }, proof))
    }

    fn record(&mut self, index: u32) -> io::Result<Record> {
        Ok(Record::of_bytes(&self.bytes_at(HEAD + RECORD * u64::from(index))?))
    }

    fn bytes_at<const N: usize>(&mut self, place: u64) -> io::Result<[u8; N]> {
        self.file.seek(SeekFrom::Start(place))?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A place beyond the end of the file can only come from damaged numbers.
    fn unreadable(&self, source: io::Error) -> LotsError {
        match source.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged(),
            _ => LotsError::File { path: self.path.clone(), source },
        }
    }

    fn damaged(&self) -> LotsError {
        match fs::remove_file(&self.path) {
            Ok(()) => LotsError::Damaged { path: self.path.clone() },
            Err(source) => LotsError::File { path: self.path.clone(), source },
        }
    }
}

/// Where the proofs of a lot are.
fn path(home: &Path, lot: LotId) -> PathBuf {
    home.join("lots").join(format!("{lot}.tree"))
}

/// The tree of a document, which is of this lot and has this root.
fn checked_tree(document: &LotDocument, lot: LotId, root: B256) -> Result<LotTree, LotsError> {
    let found = document.details().id();
    if found != lot {
        return Err(LotsError::OtherLot { lot, found });
    }
    let tree = document.tree()?;
    match tree.root() == root {
        true => Ok(tree),
        false => Err(LotsError::OtherRoot { lot, root, found: tree.root() }),
    }
}

/// What stands at the beginning of the file.
#[derive(Debug)]
struct Head {
    lot: LotId,
    root: B256,
    count: u32,
    records: B256,
}

impl Head {
    /// The head; none if it is of another kind of file.
    fn read(file: &mut File) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEAD as usize];
        file.read_exact(&mut bytes)?;
        let mut count = [0; 4];
        count.copy_from_slice(&bytes[56..60]);
        let head = Self {
            lot: LotId(B128::from_slice(&bytes[8..24])),
            root: B256::from_slice(&bytes[24..56]),
            count: u32::from_be_bytes(count),
            records: B256::from_slice(&bytes[60..]),
        };
        Ok((bytes[..8] == MAGIC && head.count > 0).then_some(head))
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&MAGIC[..], &self.lot.0[..], &self.root[..], &self.count.to_be_bytes(), &self.records[..]].concat()
    }

    /// Where the sorted indices begin.
    fn order(&self) -> u64 {
        HEAD + RECORD * u64::from(self.count)
    }

    /// Where the nodes begin.
    fn nodes(&self) -> u64 {
        self.order() + INDEX * u64::from(self.count)
    }

    fn length(&self) -> u64 {
        self.nodes() + NODE * (2 * u64::from(self.count) - 1)
    }
}

/// What is kept of one item.
struct Record {
    half: B128,
    tag_key: Address,
    place: u32,
}

impl Record {
    fn of_bytes(bytes: &[u8; RECORD as usize]) -> Self {
        let mut place = [0; 4];
        place.copy_from_slice(&bytes[36..]);
        Self {
            half: B128::from_slice(&bytes[..16]),
            tag_key: Address::from_slice(&bytes[16..36]),
            place: u32::from_be_bytes(place),
        }
    }
}

/// Writes the file: the head last, since it has the digest of the records.
fn fill(file: &mut File, document: &LotDocument, tree: &LotTree) -> io::Result<()> {
    make_private(file)?;
    let head = Head { lot: document.details().id(), root: tree.root(), count: tree.count(), records: B256::ZERO };
    let mut out = BufWriter::with_capacity(1 << 20, file);
    out.write_all(&head.to_bytes())?;

    let mut hash = Keccak256::new();
    let mut halves = Vec::with_capacity(tree.places().len());
    for (index, place) in (0..).zip(tree.places()) {
        let leaf =
            document.leaf(index).ok_or_else(|| io::Error::other("the tree has more leaves than the document"))?;
        let record = [&leaf.half[..], &leaf.tag_key[..], &place.to_be_bytes()].concat();
        hash.update(&record);
        out.write_all(&record)?;
        halves.push((leaf.half, index));
    }
    halves.sort_unstable();
    for (_, index) in &halves {
        out.write_all(&index.to_be_bytes())?;
    }
    for node in tree.nodes() {
        out.write_all(node.as_slice())?;
    }
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&Head { records: hash.finalize(), ..head }.to_bytes())?;
    out.flush()
}

/// Serials are the trade's own business: only the owner of the home folder reads the file.
#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

/// Elsewhere the folder's own permissions hold.
#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[path = "lots_tests.rs"]
mod tests;
