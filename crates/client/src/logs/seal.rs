//! From a file to sealed segments in the store.
//!
//! One thread reads and hashes the whole file, two compress, seal and store, each a segment at a time. Three buffers go round
//! between them, so memory does not grow with the file, and a slow store slows the reading.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use theriac_core::content;
use theriac_core::envelope::Reader;
use theriac_core::logs::{Cutter, FileFacts, Hasher, SEGMENT_SIZE, Segment, media_type, pack};
use tokio::runtime::Handle;

use super::LogsError;
use crate::error::{Error, Result};
use crate::store::Store;

/// Segments that are made at the same time.
const WORKERS: usize = 2;
/// Segments in memory: one is read while the others are made.
const BUFFERS: usize = WORKERS + 1;

/// A file that is to be sealed.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    file: File,
    size: u64,
}

/// A segment that an attempt before made.
pub type Known = Option<Segment>;

/// A file that was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Name, media type, size and digest.
    pub file: FileFacts,
    /// Its segments, in order.
    pub segments: Vec<Segment>,
    /// How many of them an attempt before had made.
    pub reused: usize,
    /// How many an attempt before had made of other bytes: the file was changed since.
    pub changed: usize,
}

impl Source {
    /// Opens the file. One that is too large, empty, or no file on a disk is refused; nothing is read.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |source| LogsError::File { path: path.to_owned(), source };
        let about = std::fs::metadata(path).map_err(failed)?;
        if !about.is_file() {
            return Err(LogsError::NotAFile { path: path.to_owned() }.into());
        }
        // Refuses by the size alone.
        Cutter::new(std::io::empty(), about.len()).map_err(LogsError::Log)?;
        let file = File::open(path).map_err(failed)?;
        Ok(Self { path: std::path::absolute(path).map_err(failed)?, file, size: about.len() })
    }

    /// The absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes, when it was opened.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many segments it makes.
    pub fn segments(&self) -> usize {
        usize::try_from(self.size.div_ceil(SEGMENT_SIZE as u64)).unwrap_or(usize::MAX)
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Seals a file for its readers, into the store; without one, everything is done but kept. `known` has the segments that an
/// attempt before made, and `made` is told each one that is in the store now, in no order.
pub async fn seal(
    source: Source,
    store: Option<Store>,
    readers: Vec<Reader>,
    known: Vec<Known>,
    made: impl FnMut(usize, &Segment) -> Result<()> + Send + 'static,
) -> Result<Made> {
    let work = Work { store, readers, known, of: source.segments(), runtime: Handle::current() };
    let done = tokio::task::spawn_blocking(move || work.run(source, Box::new(made))).await;
    done.map_err(|_| LogsError::Stopped)?
}

struct Work {
    store: Option<Store>,
    readers: Vec<Reader>,
    known: Vec<Known>,
    of: usize,
    runtime: Handle,
}

/// A segment on its way to a worker.
struct Task {
    index: usize,
    plain: Vec<u8>,
}

type Tell = Box<dyn FnMut(usize, &Segment) -> Result<()> + Send>;

/// What came of the segments so far.
struct Outcome {
    segments: Vec<Known>,
    reused: usize,
    changed: usize,
    /// The first thing that went wrong; nothing is begun after it.
    failed: Option<Error>,
    tell: Tell,
}

impl Work {
    fn run(&self, source: Source, tell: Tell) -> Result<Made> {
        let name = source.name();
        let segments = vec![None; self.of];
        let outcome = Mutex::new(Outcome { segments, reused: 0, changed: 0, failed: None, tell });
        // Without room in it: a buffer that is read is one that a worker takes.
        let (give, tasks) = sync_channel(0);
        let (free, buffers) = channel();
        (0..BUFFERS).for_each(|_| drop(free.send(Vec::new())));
        // The workers' alone, so that giving ends with the last of them.
        let tasks = Arc::new(Mutex::new(tasks));
        let read = std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                let (free, tasks, outcome) = (free.clone(), tasks.clone(), &outcome);
                scope.spawn(move || self.work(&tasks, &free, outcome));
            }
            drop((free, tasks));
            let read = read(source, &name, &give, &buffers, &outcome);
            drop(give);
            read
        });
        let outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = outcome.failed {
            return Err(error);
        }
        let file = read?;
        let segments: Option<Vec<Segment>> = outcome.segments.into_iter().collect();
        Ok(Made {
            file,
            segments: segments.ok_or(LogsError::Stopped)?,
            reused: outcome.reused,
            changed: outcome.changed,
        })
    }

    /// Takes segments until there are no more. After a failure it only gives the buffers back.
    fn work(&self, tasks: &Mutex<Receiver<Task>>, free: &Sender<Vec<u8>>, outcome: &Mutex<Outcome>) {
        loop {
            let task = locked(tasks).recv();
            let Ok(Task { index, plain }) = task else { return };
            if locked(outcome).failed.is_none() {
                let made = self.make(index, &plain);
                locked(outcome).take(index, self.known(index), made);
            }
            // The reader is gone when all is read.
            let _ = free.send(plain);
        }
    }

    fn known(&self, index: usize) -> Known {
        self.known.get(index).copied().flatten()
    }

    /// The segment of these bytes: the one of an attempt before, if it is the same and the store has it, or a new one.
    fn make(&self, index: usize, plain: &[u8]) -> Result<Segment> {
        let sha256 = Hasher::digest(plain);
        if let (Some(known), Some(store)) = (self.known(index), &self.store)
            && (known.size as usize, known.sha256) == (plain.len(), sha256)
            && self.runtime.block_on(store.has(&known.content))?
        {
            return Ok(known);
        }
        let (sealed, packing) = pack(plain, &self.readers).map_err(LogsError::Log)?;
        let content = match &self.store {
            Some(store) => self.runtime.block_on(store.put(&sealed)).map_err(|error| self.not_stored(index, error))?,
            None => content::address(sealed.as_slice()).map_err(|error| Error::Store(error.into()))?,
        };
        // Its size is that of a buffer, which fits.
        Ok(Segment { content, size: u32::try_from(plain.len()).unwrap_or(u32::MAX), sha256, packing })
    }

    fn not_stored(&self, index: usize, error: Error) -> Error {
        match error {
            Error::Store(source) => {
                LogsError::NotStored { number: index + 1, of: self.of, source: Box::new(source) }.into()
            }
            other => other,
        }
    }
}

impl Outcome {
    fn take(&mut self, index: usize, known: Known, made: Result<Segment>) {
        let told = made.and_then(|segment| {
            match known {
                Some(known) if known == segment => self.reused += 1,
                Some(known) => {
                    self.changed += usize::from(known.sha256 != segment.sha256);
                    (self.tell)(index, &segment)?;
                }
                None => (self.tell)(index, &segment)?,
            }
            self.segments[index] = Some(segment);
            Ok(())
        });
        if let Err(error) = told {
            self.failed.get_or_insert(error);
        }
    }
}

/// Reads the file to its end, or until a worker fails.
fn read(
    source: Source,
    name: &str,
    give: &SyncSender<Task>,
    buffers: &Receiver<Vec<u8>>,
    outcome: &Mutex<Outcome>,
) -> Result<FileFacts> {
    let size = source.size;
    let mut cutter = Cutter::new(source.file, size).map_err(LogsError::Log)?;
    let mut media = "";
    for index in 0.. {
        // The workers live as long as the channel to them is open.
        let Ok(mut plain) = buffers.recv() else { return Err(LogsError::Stopped.into()) };
        if !cutter.next_into(&mut plain).map_err(LogsError::Log)? || locked(outcome).failed.is_some() {
            break;
        }
        if index == 0 {
            media = media_type(name, &plain);
        }
        if give.send(Task { index, plain }).is_err() {
            return Err(LogsError::Stopped.into());
        }
    }
    Ok(FileFacts { name: name.to_owned(), media_type: media.to_owned(), size, sha256: cutter.finish() })
}

/// What a worker that panicked left is not used: the panic goes on when the threads are joined.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
