//! Where the anvil program is: `THERIAC_ANVIL`, the npm package of a folder above, or the `PATH`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Names the anvil program, before all other places.
const VARIABLE: &str = "THERIAC_ANVIL";

/// The anvil program.
pub(super) fn find() -> Result<PathBuf, Failure> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(named)
        } else {
            Err(missing(format!("{VARIABLE} names {}, which is no file", named.display())))
        };
    }
    let here = std::env::current_dir().map_err(|error| Failure::internal("reading the current folder", error))?;
    here.ancestors().find_map(in_npm_package).or_else(|| in_path(std::env::var_os("PATH")?)).ok_or_else(|| {
        missing("there is no anvil in node_modules of this folder or one above, nor on the PATH".to_owned())
    })
}

fn missing(what: String) -> Failure {
    Failure::user(
        "NoAnvil",
        what,
        format!("run `make setup` (or `npm ci`) in the repository, install Foundry, or set {VARIABLE} to the program"),
    )
}

/// The program itself: `node_modules/.bin/anvil` is a script of Node.js that starts it and would stand between it and our signals.
fn in_npm_package(folder: &Path) -> Option<PathBuf> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        _ => return None,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let program = folder.join(format!("node_modules/@foundry-rs/anvil-{system}-{architecture}/bin/anvil"));
    program.is_file().then_some(program)
}

fn in_path(path: OsString) -> Option<PathBuf> {
    std::env::split_paths(&path).map(|folder| folder.join("anvil")).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_searched_in_its_order() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = || std::env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(in_path(path()), None);
        std::fs::write(second.path().join("anvil"), "").unwrap();
        assert_eq!(in_path(path()), Some(second.path().join("anvil")));
        std::fs::write(first.path().join("anvil"), "").unwrap();
        assert_eq!(in_path(path()), Some(first.path().join("anvil")));
    }
}
