//! `theriac completions` and `theriac man`, both made from what can be typed.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;

use crate::answer::Answer;
use crate::args::Arguments;
use crate::failure::Failure;
use crate::files;

/// The completion script of a shell.
pub(crate) fn completions(shell: Shell) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "theriac", &mut script);
    let script = String::from_utf8(script).map_err(|error| Failure::internal("writing the script", error))?;
    Answer::new(script.trim_end(), &json!({ "shell": shell.to_string(), "script": script }))
}

/// Writes a manual page for every command into `folder`.
pub(crate) fn man(folder: &Path) -> Result<Answer, Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .map_err(|error| files::failed(folder, &error))?;
    let shown = folder.display();
    Answer::new(
        format!("manual pages written to {shown}; read one with `man -l {shown}/theriac.1`"),
        &json!({ "folder": folder }),
    )
}
