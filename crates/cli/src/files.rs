//! Files that the user names.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::failure::Failure;

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| failed(path, &error))
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| failed(path, &error))
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    create_new(path)?.write_all(bytes).map_err(|error| failed(path, &error))
}

/// Begins a file that is not there yet.
pub(crate) fn create_new(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| failed(path, &error))
}

/// Opens a file to read it piece by piece.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| failed(path, &error))
}

/// A file or folder that cannot be used.
pub(crate) fn failed(path: &Path, error: &std::io::Error) -> Failure {
    let help = match error.kind() {
        ErrorKind::AlreadyExists => "nothing was overwritten: move the file away, or name another",
        ErrorKind::NotFound => "check the name and the current folder",
        ErrorKind::InvalidData => "the file is not text: is it the right one?",
        _ => "is the folder yours, and is there space on the disk?",
    };
    Failure::user("File", format!("{}: {error}", path.display()), help)
}
