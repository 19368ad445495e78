//! Files that the user names.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

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

/// Refuses a name under which there is something already.
pub(crate) fn require_new(path: &Path) -> Result<(), Failure> {
    match path.try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Err(failed(path, &std::io::ErrorKind::AlreadyExists.into())),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Begins a file that is not there yet.
pub(crate) fn create_new(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| failed(path, &error))
}

/// Writes a file that only its owner can read and that is not there yet. It appears under its name when it is whole.
pub(crate) fn write_secret(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|file| {
        let mut buffer = BufWriter::new(file.as_file());
        write(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| failed(path, &error))
}

/// Opens a file to read it piece by piece.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| failed(path, &error))
}

/// A file that appears under its name only when it is whole; what has that name before stays until then. Dropped before
/// [`Replacement::finish`], it leaves nothing.
#[derive(Debug)]
pub(crate) struct Replacement<'a> {
    name: &'a Path,
    unfinished: PathBuf,
    file: File,
}

impl<'a> Replacement<'a> {
    /// Begins a file beside its name, so that finishing it copies nothing.
    pub(crate) fn begin(name: &'a Path) -> Result<Self, Failure> {
        let mut beside = name.file_name().unwrap_or_default().to_owned();
        beside.push(format!(".{}.unfinished", std::process::id()));
        let unfinished = name.with_file_name(beside);
        // A process with this number that died long ago may have left its file; it is nobody's now.
        let file = File::create(&unfinished).map_err(|error| failed(name, &error))?;
        Ok(Self { name, unfinished, file })
    }

    /// As [`Replacement::begin`], of a file that only its owner can read.
    pub(crate) fn begin_secret(name: &'a Path) -> Result<Self, Failure> {
        let begun = Self::begin(name)?;
        #[cfg(unix)]
        {
            let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            begun.file.set_permissions(owner_only).map_err(|error| failed(name, &error))?;
        }
        Ok(begun)
    }

    /// Where to write.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let finished = self.file.sync_all().and_then(|()| std::fs::rename(&self.unfinished, self.name));
        finished.map_err(|error| failed(self.name, &error))
    }
}

impl Drop for Replacement<'_> {
    fn drop(&mut self) {
        // After `finish` there is nothing to remove; and a failure to tidy up must not hide what went wrong before.
        let _ = std::fs::remove_file(&self.unfinished);
    }
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
