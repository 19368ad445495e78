//! What is to change of a device's state, on the command line and in lists.

use clap::Args;
use theriac_core::fhir::{DeviceStatus, MdsState, OperatingMode, StatusReason};

use crate::failure::Failure;
use crate::list::Row;

/// What the next version says otherwise.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Change {
    /// Operating mode: Nml (normal), Dmo (demonstration), Srv (service) or Mtn (maintenance).
    #[arg(long, value_parser = mode)]
    mode: Option<OperatingMode>,
    /// Device.status: active, inactive, entered-in-error or unknown.
    #[arg(long, value_parser = status)]
    status: Option<DeviceStatus>,
    /// Device.statusReason, one or several: online, paused, standby, offline, not-ready, transduc-discon, hw-discon, off;
    /// none: no reason.
    #[arg(long, num_args = 1.., value_parser = reason)]
    reason: Vec<Reason>,
    /// Operating hours.
    #[arg(long)]
    hours: Option<u32>,
    /// Operating cycles.
    #[arg(long)]
    cycles: Option<u32>,
}

/// A reason, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Reasons of a list, with spaces between them.
fn reasons(text: &str) -> Result<Vec<Reason>, String> {
    let reasons = text.split_whitespace().map(reason).collect::<Result<Vec<_>, _>>()?;
    agreeing(&reasons).map(|()| reasons)
}

fn agreeing(reasons: &[Reason]) -> Result<(), String> {
    match reasons.len() > 1 && reasons.contains(&Reason(None)) {
        true => Err("`none` says that there is no reason: give it alone, or leave it out".to_owned()),
        false => Ok(()),
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
            reason: row.parsed("reason", reasons)?.unwrap_or_default(),
            hours: row.parsed("hours", count)?,
            cycles: row.parsed("cycles", count)?,
        })
    }

    /// Refuses reasons beside that there is none.
    pub(super) fn require_one_meaning(&self) -> Result<(), Failure> {
        agreeing(&self.reason).map_err(|what| Failure::user("Reason", what, "nothing was read or stored"))
    }

    /// The state with what was given.
    pub(super) fn apply(&self, state: &mut MdsState) {
        state.mode = self.mode.or(state.mode);
        state.status = self.status.or(state.status);
        state.hours = self.hours.or(state.hours);
        state.cycles = self.cycles.or(state.cycles);
        if !self.reason.is_empty() {
            let reasons: Vec<_> = self.reason.iter().filter_map(|Reason(reason)| *reason).collect();
            state.status_reasons = StatusReason::in_order(&reasons);
        }
    }
}
