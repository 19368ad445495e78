//! `theriac mds update`.

use clap::Args;
use theriac_core::fhir::{DeviceStatus, MdsState, OperatingMode, StatusReason};

use super::newest;
use super::next::{Next, NextOptions};
use crate::answer::Answer;
use crate::commands::envelope::secrets::IdentityOptions;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac mds update`.
#[derive(Debug, Args)]
#[group(id = "change", required = true, multiple = true, args = ["mode", "status", "reason", "hours", "cycles"])]
pub(crate) struct Update {
    /// A UDI with a serial in any form, or an item id.
    item: String,
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
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    next: NextOptions,
}

/// A reason, or that there is none.
#[derive(Clone, Copy, Debug)]
struct Reason(Option<StatusReason>);

fn mode(text: &str) -> Result<OperatingMode, String> {
    coded(text, OperatingMode::ALL, OperatingMode::code)
}

fn status(text: &str) -> Result<DeviceStatus, String> {
    coded(text, DeviceStatus::ALL, DeviceStatus::code)
}

fn reason(text: &str) -> Result<Reason, String> {
    match text {
        "none" => Ok(Reason(None)),
        _ => coded(text, StatusReason::ALL, StatusReason::code).map(|reason| Reason(Some(reason))),
    }
}

fn coded<T: Copy>(text: &str, all: &[T], code: impl Fn(T) -> &'static str) -> Result<T, String> {
    let known = || all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|one| code(*one) == text).ok_or_else(|| format!("use one of {}", known()))
}

impl Update {
    /// The state with what was given.
    fn change(&self, state: &mut MdsState) {
        state.mode = self.mode.or(state.mode);
        state.status = self.status.or(state.status);
        state.hours = self.hours.or(state.hours);
        state.cycles = self.cycles.or(state.cycles);
        if let Some(Reason(reason)) = self.reason {
            state.status_reason = reason;
        }
    }
}

/// Writes the state into the newest document and stores it as the next version, for the same readers.
pub(super) async fn run(context: &Context<'_>, options: &Update) -> Result<Answer, Failure> {
    let item = Item::parse(&options.item)?.id;
    let suite = context.signing_suite().await?;
    let profile = newest::required(&suite, item).await?;
    let opened = newest::open(context, item, profile.version, profile.content, &options.identity).await?;
    let before = MdsState::read(&opened.document).map_err(|error| Failure::of(&error))?;
    let mut state = before.clone();
    options.change(&mut state);
    let document = state.write(&opened.document).map_err(|error| Failure::of(&error))?;
    let next = Next {
        suite: &suite,
        item,
        newest: Some(profile),
        document,
        readers: opened.readers,
        before: Some(before),
        salts: opened.salts,
        options: &options.next,
    };
    next.write(context).await
}
