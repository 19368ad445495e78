//! How far the work is, in the home folder: `logs/<item>/<task>.jsonl` while a file is pushed, and `logs/<item>/pushed.jsonl` of
//! what is on chain.
//!
//! One JSON object per line, only ever appended; a last line that a kill has torn is passed over. No line has a secret, but
//! digests of a file tell whoever can guess the file that it is the one, so the files are their owner's only. A line says that
//! something is in the store, and is written after that is so: a lost line costs work, never a record.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use theriac_core::canonical;
use theriac_core::content::ContentAddress;
use theriac_core::envelope::Reader;
use theriac_core::ids::ItemId;
use theriac_core::logs::{FileFacts, Hasher, Record, Segment};

use super::{Known, LogsError};

type Result<T> = std::result::Result<T, LogsError>;

/// What is pushed: the same file as the same record is the same work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Which record it becomes.
    pub record: Record,
    /// The file, by its absolute path.
    pub file: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Begun { task: Task, readers: Vec<Reader> },
    Segment { index: usize, segment: Segment },
    Manifest { content: ContentAddress },
}

/// The open journal of one task, locked against other processes.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// The segments that are in the store, as far as it is known.
    pub known: Vec<Known>,
    /// The manifest that was stored, and perhaps anchored.
    pub manifest: Option<ContentAddress>,
    /// Whether an attempt before was for other readers, and everything begins anew.
    pub other_readers: bool,
}

impl Journal {
    /// Opens or begins the journal of the task.
    pub fn open(home: &Path, task: &Task, readers: &[Reader], segments: usize) -> Result<Self> {
        let name = canonical::to_canonical_bytes(task).map(|bytes| Hasher::digest(&bytes)).unwrap_or_default();
        let path = folder(home, task.record.item).join(format!("{}.jsonl", alloy::hex::encode(&name[..16])));
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LogsError::Busy { path }),
            Err(TryLockError::Error(source)) => return Err(LogsError::Journal { path, source }),
        }
        let lines: Vec<Line> = lines(&path, &mut file)?;
        let mut journal = Self { path, file, known: vec![None; segments], manifest: None, other_readers: false };
        match lines.first() {
            Some(Line::Begun { task: before, readers: known }) if before == task && known == readers => {
                journal.replay(lines);
            }
            begun => {
                journal.other_readers = begun.is_some();
                journal.begin(task, readers)?;
            }
        }
        Ok(journal)
    }

    fn replay(&mut self, lines: Vec<Line>) {
        for line in lines {
            match line {
                Line::Segment { index, segment } if index < self.known.len() => self.known[index] = Some(segment),
                Line::Manifest { content } => self.manifest = Some(content),
                _ => {}
            }
        }
    }

    fn begin(&mut self, task: &Task, readers: &[Reader]) -> Result<()> {
        self.file.set_len(0).map_err(journal_error(&self.path))?;
        self.write(&Line::Begun { task: task.clone(), readers: readers.to_vec() })
    }

    /// Notes a segment that is in the store.
    pub fn segment(&mut self, index: usize, segment: &Segment) -> Result<()> {
        self.write(&Line::Segment { index, segment: *segment })
    }

    /// Notes the manifest that is in the store, before it is anchored.
    pub fn manifest(&mut self, content: ContentAddress) -> Result<()> {
        self.write(&Line::Manifest { content })?;
        self.file.sync_all().map_err(journal_error(&self.path))
    }

    /// The record is on chain: remembers it, and forgets how it came there.
    pub fn end(&mut self, home: &Path, pushed: &Pushed) -> Result<()> {
        pushed.keep(home)?;
        fs::remove_file(&self.path).map_err(journal_error(&self.path))
    }

    /// There is nothing to do after all: forgets what was begun.
    pub fn abandon(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(journal_error(&self.path))
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        append(&self.path, &mut self.file, line)
    }
}

/// A record that was pushed from here and is on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pushed {
    /// Which record.
    pub record: Record,
    /// The file.
    pub file: FileFacts,
    /// Where the manifest is.
    pub content: ContentAddress,
}

impl Pushed {
    /// All that were pushed as this record, the newest last.
    pub fn as_record(home: &Path, record: &Record) -> Result<Vec<Self>> {
        let path = Self::path(home, record.item);
        match File::open(&path) {
            Ok(mut file) => {
                let all: Vec<Self> = lines(&path, &mut file)?;
                Ok(all.into_iter().filter(|pushed| pushed.record == *record).collect())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(journal_error(&path)(error)),
        }
    }

    fn keep(&self, home: &Path) -> Result<()> {
        let path = Self::path(home, self.record.item);
        let mut file = open(&path)?;
        // Other files of the device may be pushed at the same time: two that append at once would lose a line.
        file.lock().map_err(journal_error(&path))?;
        append(&path, &mut file, self)
    }

    fn path(home: &Path, item: ItemId) -> PathBuf {
        folder(home, item).join("pushed.jsonl")
    }
}

fn folder(home: &Path, item: ItemId) -> PathBuf {
    home.join("logs").join(item.to_string())
}

fn journal_error(path: &Path) -> impl FnOnce(std::io::Error) -> LogsError {
    let path = path.to_owned();
    |source| LogsError::Journal { path, source }
}

/// Opens a file that only its owner can read, or begins it.
fn open(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(journal_error(folder))?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(journal_error(path))
}

/// The lines that can be read, up to the first that cannot.
fn lines<T: DeserializeOwned>(path: &Path, file: &mut File) -> Result<Vec<T>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(journal_error(path))?;
    let whole = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    Ok(whole.map_while(|line| serde_json::from_slice(line).ok()).collect())
}

/// Appends a line, in place of a torn one.
fn append(path: &Path, file: &mut File, line: &impl Serialize) -> Result<()> {
    write_last(file, line).map_err(journal_error(path))
}

fn write_last(file: &mut File, line: &impl Serialize) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    let end = end_of_lines(file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(&bytes)
}

/// Where the last whole line ends.
fn end_of_lines(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut byte = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut byte)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    Ok(end)
}
