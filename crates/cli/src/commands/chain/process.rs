//! The anvil process: is it still ours, and how it is asked to end.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::failure::Failure;

/// How long anvil may take to write its state: a large one takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether process `pid` runs and has `state` among its arguments: no other program has that path there.
pub(super) fn runs_with(pid: u32, state: &Path) -> bool {
    let state = state.to_string_lossy();
    // A process that has ended but was not collected yet shows no arguments.
    match std::fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(arguments) => arguments.split(|byte| *byte == 0).any(|argument| argument == state.as_bytes()),
        Err(_) if Path::new("/proc/self").exists() => false,
        // macOS and the BSDs tell arguments by `ps` only.
        Err(_) => {
            let told = Command::new("ps").args(["-ww", "-o", "args=", "-p", &pid.to_string()]).output();
            told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(&*state))
        }
    }
}

/// Asks the process to save its state and end, and waits until it has.
pub(super) async fn end(pid: u32) -> Result<(), Failure> {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let process = process.ok_or_else(|| Failure::internal("stopping anvil", format!("{pid} is no process number")))?;
    kill_process(process, Signal::INT).map_err(|error| Failure::internal("stopping anvil", error))?;
    let started = Instant::now();
    while runs(pid, process) {
        if started.elapsed() > PATIENCE {
            return Err(Failure::user(
                "StillRunning",
                format!("process {pid} is still saving its state after {} seconds", PATIENCE.as_secs()),
                "wait, then ask `theriac chain status`",
            ));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Whether the process runs; one that ended and was not collected by its parent yet does not.
fn runs(pid: u32, process: Pid) -> bool {
    match std::fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(arguments) => !arguments.is_empty(),
        Err(_) => test_kill_process(process).is_ok(),
    }
}
