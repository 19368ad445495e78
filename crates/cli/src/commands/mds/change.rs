//! What is to change of a device's state, on the command line and in lists.

use clap::Args;
use theriac_core::fhir::{DeviceStatus, MdsState, OperatingMode, StatusReason};

use crate::list::Row;

/// What the next version says otherwise.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Change {
    /// Operating mode: Nml (normal), Dmo (demonstration), Srv (service) or Mtn (maintenance).
    #[arg(long, value_parser = mode)]
    mode: Option<OperatingMode>,
    /// Device.status: active, inactive, entered-in-error or unknown.
    #[arg(long, value_parser = status)]
    status: Option<DeviceStatus>,
    /// Device.statusReason: online, paused, standby, offline, not-ready, transduc-discon, hw-discon or off; none: no reason.
    #[arg(long, value_parser = reason)]
    reason: Option<Reason>,
    /// Operating hours.
    #[arg(long)]
    hours: Option<u32>,
    /// Operating cycles.
    #[arg(long)]
    cycles: Option<u32>,
}

/// A reason, or that there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reason(Option<StatusReason>);

pub(super) fn mode(text: &str) -> Result<OperatingMode, String> {
    coded(text, OperatingMode::ALL, OperatingMode::code)
}

pub(super) fn status(text: &str) -> Result<DeviceStatus, String> {
    coded(text, DeviceStatus::ALL, DeviceStatus::code)
}

pub(super) fn reason(text: &str) -> Result<Reason, String> {
    match text {
        "none" => Ok(Reason(None)),
        _ => coded(text, StatusReason::ALL, StatusReason::code).map(|reason| Reason(Some(reason))),
    }
}

fn coded<T: Copy>(text: &str, all: &[T], code: impl Fn(T) -> &'static str) -> Result<T, String> {
    let known = || all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|one| code(*one) == text).ok_or_else(|| format!("use one of {}", known()))
}

impl Change {
    /// The columns of a list.
    pub(super) const COLUMNS: [&str; 5] = ["mode", "status", "reason", "hours", "cycles"];

    /// What a line of a list says; an empty field changes nothing.
    pub(super) fn of(row: &Row) -> Result<Self, String> {
        let count = |text: &str| text.parse().map_err(|_| format!("`{text}` is no count"));
        Ok(Self {
            mode: row.parsed("mode", mode)?,
            status: row.parsed("status", status)?,
            reason: row.parsed("reason", reason)?,
            hours: row.parsed("hours", count)?,
            cycles: row.parsed("cycles", count)?,
        })
    }

    /// The state with what was given.
    pub(super) fn apply(&self, state: &mut MdsState) {
        state.mode = self.mode.or(state.mode);
        state.status = self.status.or(state.status);
        state.hours = self.hours.or(state.hours);
        state.cycles = self.cycles.or(state.cycles);
        if let Some(Reason(reason)) = self.reason {
            state.status_reason = reason;
        }
    }
}
