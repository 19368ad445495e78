//! `theriac`: the command line of manufacturers, hospitals, pharmacies and regulators.
//!
//! A command is one file under `commands`; it returns an [`Answer`](answer::Answer) or a [`Failure`](failure::Failure) and prints
//! nothing itself. The [`printer`] alone owns standard output, standard error and progress. Exit codes: 0 done,
//! 1 the user can mend it, 2 we failed.

mod answer;
mod args;
mod commands;
mod context;
mod failure;
mod files;
mod list;
mod printer;
mod time;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;
use crate::printer::Printer;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error),
    };
    let printer = Printer::new(arguments.global.json);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failure::Failure::internal("starting the async runtime", error))
        .and_then(|runtime| runtime.block_on(commands::run(arguments, &printer)));
    match outcome {
        Ok(answer) => printer.answer(&answer),
        Err(failure) => printer.failure(&failure),
    }
}

/// What was typed cannot be read: the user can mend that. Help and version come this way, too, and are no failure.
fn not_understood(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let rendered = error.render().to_string();
        let what = rendered.strip_prefix("error: ").unwrap_or(&rendered).trim_end();
        return Printer::new(true).failure(&failure::Failure::user("Usage", what, ""));
    }
    // Nothing is left to tell if standard error is closed.
    let _ = error.print();
    ExitCode::from(1)
}
