//! The main job on real device data, through the command line that people use: from the factory to a scanned verdict.
//!
//! Everything is under `demo-out`. Each step is recorded when it is done, so a second run goes on where the first ended and repeats nothing.

mod authority;
mod bedside;
mod cast;
mod cli;
mod goods;
mod hospital_system;
mod medicines;
mod pharmacy;
mod practice;
mod service;
mod story;
mod summary;
mod trade;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::Cli;

/// Whatever stopped the demonstration; it is only printed.
type Error = Box<dyn std::error::Error>;

fn run() -> Result<(), Error> {
    let folder = PathBuf::from("demo-out");
    std::fs::create_dir_all(&folder)?;
    let mut cli = Cli::open(folder)?;
    let told = story::tell(&mut cli)?;
    summary::print(&mut cli, &told)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\nThe demonstration stopped: {error}\nRun it again to go on; `make clean` removes it all."));
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stdout, reason = "the demonstration is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
