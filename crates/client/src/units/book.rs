//! The private book of units: which SSCC is which unit on the chain.
//!
//! It is one file, `units.json` in the home folder, which only its owner reads, with the names of partners as their papers have them. Invariants: the file is whole, since a new one takes
//! the place of the old one when it is written to the end; and no two processes change it at once, since whoever changes it holds the
//! lock on `units.lock`. An entry is written before the transaction that uses it is sent: a salt that is lost would make the unit's
//! SSCC unknown for ever, and one that is kept in vain costs nothing.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256};
use rand::RngCore as _;
use serde::{Deserialize, Serialize};
use theriac_core::gs1::Sscc;
use theriac_core::ids::{LotId, UnitId, UnitSalt, unit_label};

use crate::error::{Error, Result};

/// What opens the id of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// Its SSCC.
    pub sscc: Sscc,
    /// What hides the SSCC.
    pub salt: UnitSalt,
    /// The account that packed it.
    pub packer: Address,
    /// The lot that it is of.
    pub lot: LotId,
}

impl Entry {
    /// An entry of a unit that is to be, with a new salt of the system's randomness.
    pub fn new(sscc: Sscc, packer: Address, lot: LotId) -> Self {
        let mut entropy = [0; 32];
        rand::rngs::OsRng.fill_bytes(&mut entropy);
        Self { sscc, salt: UnitSalt::of_entropy(entropy), packer, lot }
    }

    /// The label under which the unit stands on the chain.
    pub fn label(&self) -> B256 {
        unit_label(&self.sscc, &self.salt)
    }

    /// The id of the unit.
    pub fn id(&self) -> UnitId {
        self.lot.unit(self.packer, self.label())
    }
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u64,
    units: Vec<Entry>,
    /// Names of trading partners, as their papers have them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    partners: BTreeMap<Address, String>,
}

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Contents {
    units: BTreeMap<UnitId, Entry>,
    partners: BTreeMap<Address, String>,
}

/// The book, as it was when it was read.
#[derive(Debug)]
pub struct Book {
    home: PathBuf,
    contents: Contents,
}

impl Book {
    /// Reads the book of a home folder; an empty one where there is none yet.
    pub fn open(home: &Path) -> Result<Self> {
        Ok(Self { home: home.to_owned(), contents: read(&home.join(FILE))? })
    }

    /// How many units it knows.
    pub fn len(&self) -> usize {
        self.contents.units.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.contents.units.is_empty()
    }

    /// What opens the id of this unit.
    pub fn get(&self, unit: UnitId) -> Option<&Entry> {
        self.contents.units.get(&unit)
    }

    /// Every unit of this SSCC: a mixed case has one for each lot, and one number may have been used again.
    pub fn find<'a>(&'a self, sscc: &'a Sscc) -> impl Iterator<Item = (UnitId, &'a Entry)> {
        self.entries().filter(move |(_, entry)| entry.sscc == *sscc)
    }

    /// All of them, by id.
    pub fn entries(&self) -> impl Iterator<Item = (UnitId, &Entry)> {
        self.contents.units.iter().map(|(unit, entry)| (*unit, entry))
    }

    /// The entry under which `packer` packs this SSCC in this lot: the one that is there, else a new one, not yet written.
    pub fn entry(&self, sscc: &Sscc, packer: Address, lot: LotId) -> Entry {
        let known = self.find(sscc).find(|(_, entry)| entry.packer == packer && entry.lot == lot);
        known.map_or_else(|| Entry::new(sscc.clone(), packer, lot), |(_, entry)| entry.clone())
    }

    /// Adds entries, and answers those units that are new. What is there stays as it is.
    pub fn add(&mut self, entries: impl IntoIterator<Item = Entry>) -> Result<Vec<UnitId>> {
        let mut new = Vec::new();
        self.change(|known| {
            for entry in entries {
                let unit = entry.id();
                known.units.entry(unit).or_insert_with(|| {
                    new.push(unit);
                    entry
                });
            }
        })?;
        Ok(new)
    }

    /// Removes units again that came to nothing.
    pub fn forget(&mut self, units: &[UnitId]) -> Result<()> {
        self.change(|known| units.iter().for_each(|unit| drop(known.units.remove(unit))))
    }

    /// The name of a trading partner, if its papers told it.
    pub fn name_of(&self, partner: Address) -> Option<&str> {
        self.contents.partners.get(&partner).map(String::as_str)
    }

    /// Remembers names of trading partners; the newest counts.
    pub fn name(&mut self, partners: impl IntoIterator<Item = (Address, String)>) -> Result<()> {
        self.change(|known| known.partners.extend(partners))
    }

    /// Changes what is in the file by now, which can be more than what was read.
    fn change(&mut self, change: impl FnOnce(&mut Contents)) -> Result<()> {
        fs::create_dir_all(&self.home).map_err(Error::file(&self.home))?;
        let (file, lock) = (self.home.join(FILE), self.home.join("units.lock"));
        let held = OpenOptions::new().create(true).append(true).open(&lock).map_err(Error::file(&lock))?;
        held.lock().map_err(Error::file(&lock))?;
        let before = read(&file)?;
        let mut contents = before.clone();
        change(&mut contents);
        if contents != before {
            write(&file, &contents).map_err(Error::file(&file))?;
        }
        self.contents = contents;
        Ok(())
    }
}

const FILE: &str = "units.json";
const VERSION: u64 = 1;

fn read(file: &Path) -> Result<Contents> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
        Err(error) => return Err(Error::file(file)(error)),
    };
    let malformed = |line, reason| Error::Malformed { path: file.to_owned(), line, reason };
    let written: Written = serde_json::from_slice(&text).map_err(|error| {
        // The parser's words may quote what stands there, and that may be a salt.
        let reason = "this is no book of units: restore it from a copy; without it the SSCCs of your units are unknown";
        malformed(Some(error.line()), reason.to_owned())
    })?;
    if written.v != VERSION {
        let reason = format!("the book has form {}, and this program reads {VERSION}: use a newer one", written.v);
        return Err(malformed(None, reason));
    }
    let units = written.units.into_iter().map(|entry| (entry.id(), entry)).collect();
    Ok(Contents { units, partners: written.partners })
}

fn write(file: &Path, contents: &Contents) -> io::Result<()> {
    let unfinished = file.with_extension("unfinished");
    let written =
        Written { v: VERSION, units: contents.units.values().cloned().collect(), partners: contents.partners.clone() };
    let mut out = create_private(&unfinished)?;
    out.write_all(&serde_json::to_vec_pretty(&written)?)?;
    out.sync_all()?;
    fs::rename(&unfinished, file)
}

/// A new file that only its owner reads, in the place of one that a killed process left.
fn create_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKER: Address = Address::repeat_byte(1);

    fn sscc(text: &str) -> Sscc {
        Sscc::new(text).unwrap()
    }

    fn lot(byte: u8) -> LotId {
        LotId([byte; 16].into())
    }

    #[test]
    fn what_is_written_is_found_by_sscc_and_by_id() {
        let home = tempfile::tempdir().unwrap();
        let mut book = Book::open(home.path()).unwrap();
        assert!(book.is_empty());
        let number = sscc("106141412345678908");
        let [one, other] = [1, 2].map(|byte| book.entry(&number, PACKER, lot(byte)));
        assert_ne!(one.salt, other.salt);
        assert_eq!(book.add([one.clone(), other.clone()]).unwrap(), [one.id(), other.id()]);
        assert_eq!(book.add([one.clone()]).unwrap(), [], "it is there already");

        let book = Book::open(home.path()).unwrap();
        assert_eq!((book.len(), book.get(one.id())), (2, Some(&one)));
        assert_eq!(book.find(&number).count(), 2);
        assert_eq!(book.entry(&number, PACKER, lot(2)), other, "the salt of a number stays");
        assert_ne!(book.entry(&number, Address::ZERO, lot(2)).salt, other.salt);
    }

    #[test]
    fn two_that_have_it_open_lose_nothing() {
        let home = tempfile::tempdir().unwrap();
        let [mut first, mut second] = [(); 2].map(|()| Book::open(home.path()).unwrap());
        let entry = |byte| Entry::new(sscc("106141412345678908"), PACKER, lot(byte));
        let (one, other) = (entry(1), entry(2));
        first.add([one.clone()]).unwrap();
        second.add([other.clone()]).unwrap();
        assert_eq!(Book::open(home.path()).unwrap().len(), 2);
        second.name([(PACKER, "Maker".to_owned())]).unwrap();
        first.forget(&[one.id()]).unwrap();
        assert_eq!((first.name_of(PACKER), first.name_of(Address::ZERO)), (Some("Maker"), None));
        assert_eq!(Book::open(home.path()).unwrap().get(other.id()), Some(&other));
        assert_eq!(Book::open(home.path()).unwrap().get(one.id()), None);
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_reads_it_and_what_a_kill_left_is_in_nobodys_way() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(FILE);
        fs::write(file.with_extension("unfinished"), "{\"v\":1,").unwrap();
        Book::open(home.path()).unwrap().add([Entry::new(sscc("106141412345678908"), PACKER, lot(1))]).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!file.with_extension("unfinished").exists());
    }

    #[test]
    fn a_damaged_book_is_refused_without_a_word_of_what_is_in_it() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(FILE);
        let salt = "ab".repeat(32);
        fs::write(&file, format!("{{\"v\":1,\"units\":[{{\"salt\":\"0x{salt}zz\"}}]}}")).unwrap();
        let told = Book::open(home.path()).unwrap_err().to_string();
        assert!(told.contains("restore it") && !told.contains(&salt), "{told}");
        fs::write(&file, "{\"v\":2,\"units\":[]}").unwrap();
        assert!(Book::open(home.path()).unwrap_err().to_string().contains("form 2"));
    }
}
