//! Files that appear under their name only when they are whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// A file under a name that no other write has. It is removed when the value is dropped, unless it was given its name.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// In a folder of its kind.
    pub(crate) fn within(folder: &Path) -> Self {
        Self { path: folder.join(unique_name()) }
    }

    /// Beside the file that it becomes, so that naming it needs no copying.
    pub(crate) fn beside(out: &Path) -> Self {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", unique_name()));
        Self { path: out.with_file_name(name) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn create(&self) -> io::Result<File> {
        File::options().write(true).create_new(true).open(&self.path)
    }

    /// Names the file, whose bytes are on the disk already, and sees to it that the name is there too.
    pub(crate) fn name(self, out: &Path) -> io::Result<()> {
        self.rename(out)?;
        sync_folder(out)
    }

    /// Names the file; its folder is still to be flushed.
    pub(crate) fn rename(self, out: &Path) -> io::Result<()> {
        fs::rename(&self.path, out)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // There is nothing to remove after `name`; and a failure to tidy up must not hide what went wrong before.
        let _ = fs::remove_file(&self.path);
    }
}

/// The name of a file is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Other systems cannot open folders, and write names by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A name that no other write has, in this process or another.
fn unique_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}-{}", std::process::id(), since.as_nanos(), NEXT.fetch_add(1, Ordering::Relaxed))
}
