//! What can go wrong with a content store, each with what to do.

use std::io;
use std::path::{Path, PathBuf};

use theriac_core::content::{AddressError, ContentAddress, ContentError};

/// What can go wrong with a content store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The text does not name a store.
    #[error(
        "`{spec}` does not name a content store: {reason}. Use `blocks`, `kubo:http://127.0.0.1:5001` or \
         `pinning:https://…[,origin=<RPC of a Kubo node>][,gateway=<URL>]`"
    )]
    Spec {
        /// What was given.
        spec: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file or folder that cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No room for a file.
    #[error("{}: no space left, and nothing half-written was kept: free some and try again", path.display())]
    NoSpace {
        /// Where there is no room.
        path: PathBuf,
    },
    /// The file of a block does not hold the block.
    #[error(
        "{} is damaged: its bytes are not those of block {block}. Delete the file, then import the content again",
        path.display()
    )]
    Corrupt {
        /// The block that the file should hold.
        block: ContentAddress,
        /// The file.
        path: PathBuf,
    },
    /// The store does not have a block.
    #[error("block {block} is not in {place}{}: import the content, or name a store that has it", because(reason))]
    Missing {
        /// The block that was asked for.
        block: ContentAddress,
        /// Folder or address of the store.
        place: String,
        /// What the store said, if it said anything.
        reason: String,
    },
    /// Too large to be held in memory.
    #[error("{address} is a file of {size} bytes, more than is read into memory: write it to a file instead")]
    TooLarge {
        /// The file that was asked for.
        address: ContentAddress,
        /// Its size.
        size: u64,
    },
    /// The file changed between reading its CID and sending it.
    #[error("{}: the file changed while it was being stored: try again when nobody writes to it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file that is no CAR file, or is cut off.
    #[error("{} is not a whole CAR v1 file: {reason}. Export or download it again", path.display())]
    Car {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A block in a CAR file is damaged or foreign.
    #[error("{}: {source}", path.display())]
    CarBlock {
        /// The CAR file.
        path: PathBuf,
        /// What is wrong with the block.
        source: Box<ContentError>,
    },
    /// A CAR file lacks a block that its roots need, and the store does not have it either.
    #[error("{} lacks block {block}, which its roots need: export it again; nothing was imported", path.display())]
    CarIncomplete {
        /// The CAR file.
        path: PathBuf,
        /// The block that is not there.
        block: ContentAddress,
    },
    /// Nobody answers.
    #[error("{service} at {url} cannot be reached: {reason}. Is it running, and is the address right?")]
    Unreachable {
        /// What was expected there.
        service: &'static str,
        /// Where.
        url: String,
        /// What the transport said.
        reason: String,
    },
    /// Something else answers.
    #[error("{url} does not answer as {service} does (HTTP status {status}): {said}. Is the address right?")]
    Answer {
        /// What was expected there.
        service: &'static str,
        /// Where.
        url: String,
        /// HTTP status.
        status: u16,
        /// The beginning of the answer, or what is wrong with it.
        said: String,
    },
    /// A service refused a request in its own words.
    #[error("{service} at {url} refused {request} (HTTP status {status}): {said}")]
    Refused {
        /// Which service.
        service: &'static str,
        /// Where.
        url: String,
        /// What was asked.
        request: String,
        /// HTTP status.
        status: u16,
        /// Its words.
        said: String,
    },
    /// A service names other content than was given to it.
    #[error("{url} answers {answered} where {expected} was stored: do not use it for content of this system")]
    OtherAddress {
        /// Where.
        url: String,
        /// The address that was computed here.
        expected: ContentAddress,
        /// What it answered.
        answered: String,
    },
    /// The service does not accept the token.
    #[error(
        "the pinning service at {url} does not accept the token: set THERIAC_PINNING_TOKEN to a valid one. It says: {said}"
    )]
    Unauthorized {
        /// Where.
        url: String,
        /// Its words.
        said: String,
    },
    /// The pinning service gave up.
    #[error(
        "the pinning service at {url} could not pin {address} (request {request}){}. The blocks are kept here: make them \
         reachable (`,origin=` names a Kubo node) and store the content again",
        because(said)
    )]
    PinFailed {
        /// Where.
        url: String,
        /// What should have been pinned.
        address: ContentAddress,
        /// The service's name of the request.
        request: String,
        /// Its words, if any.
        said: String,
    },
    /// The pinning service is still at it.
    #[error(
        "the pinning service at {url} has not pinned {address} after {seconds} s (request {request} is {status}). The blocks \
         are kept here; store the content again later to go on waiting for the same request"
    )]
    NotPinnedYet {
        /// Where.
        url: String,
        /// What is to be pinned.
        address: ContentAddress,
        /// The service's name of the request.
        request: String,
        /// queued or pinning.
        status: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// The token is missing.
    #[error("a pinning service wants a token: set the environment variable {variable}")]
    NoToken {
        /// Where the token is looked for.
        variable: &'static str,
    },
    /// Cutting a file into blocks or reading it from them failed.
    #[error(transparent)]
    Content(ContentError),
    /// A background task ended without an answer.
    #[error("the task that read or wrote the content was stopped")]
    Stopped,
}

impl StoreError {
    /// Whether another attempt may succeed without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::NotPinnedYet { .. } => true,
            Self::Refused { status, .. } | Self::Answer { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }

    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { path },
            _ => Self::File { path, source },
        }
    }

    pub(super) fn car(path: &Path, error: iroh_car::Error) -> Self {
        match error {
            iroh_car::Error::Io(source) => Self::file(path)(source),
            other => Self::Car { path: path.to_owned(), reason: other.to_string() },
        }
    }
}

impl From<ContentError> for StoreError {
    /// What a store said through the callbacks of `theriac_core::content` comes out as it went in.
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Fetch { source, .. } | ContentError::Store { source, .. }
                if source.get_ref().is_some_and(|inner| inner.is::<Self>()) =>
            {
                match source.downcast::<Self>() {
                    Ok(own) => own,
                    Err(source) => Self::Content(ContentError::Read(source)),
                }
            }
            other => Self::Content(other),
        }
    }
}

impl From<AddressError> for StoreError {
    fn from(error: AddressError) -> Self {
        Self::Content(error.into())
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" (it says: {reason})") }
}
