//! Measures every operation of the suite and writes the table that everybody reads: `snapshots/operations.json`.
//!
//! `{"<Room>.<operation>": {"osaka": gas, "amsterdam": gas, "newSlots": n}}`: gas of the whole transaction with cold state, as a
//! receipt shows it, on two gas schedules; and the storage slots that were zero before and are not after it.

mod anchors;
mod appointments;
mod catalog;
mod custody;
mod devices;
mod fhir_oracle;
mod market;
mod mds_profiles;
mod medicines;
mod participants;
mod pharmacy;
mod scenario;
mod units;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use revm::primitives::hardfork::SpecId;
use serde::Serialize;
use theriac_sim::world::{Cost, WorldError};

use crate::scenario::Scenario;

/// A row of the table.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    osaka: u64,
    amsterdam: u64,
    new_slots: usize,
}

/// The figures of one gas schedule.
type Figures = BTreeMap<String, Cost>;

fn measure(schedule: SpecId) -> Result<Figures, WorldError> {
    let scenario = Scenario::new(schedule)?;
    let mut figures = Figures::new();
    participants::measure(&scenario, &mut figures)?;
    catalog::measure(&scenario, &mut figures)?;
    anchors::measure(&scenario, &mut figures)?;
    custody::measure(&scenario, &mut figures)?;
    devices::measure(&scenario, &mut figures)?;
    market::measure(&scenario, &mut figures)?;
    units::measure(&scenario, &mut figures)?;
    pharmacy::measure(&scenario, &mut figures)?;
    appointments::measure(&scenario, &mut figures)?;
    mds_profiles::measure(&scenario, &mut figures)?;
    fhir_oracle::measure(&scenario, &mut figures)?;
    Ok(figures)
}

fn table() -> Result<String, Box<dyn std::error::Error>> {
    let osaka = measure(SpecId::OSAKA)?;
    let amsterdam = measure(SpecId::AMSTERDAM)?;
    let rows: BTreeMap<&String, Row> = osaka
        .iter()
        .zip(amsterdam.values())
        .map(|((name, osaka), amsterdam)| {
            (name, Row { osaka: osaka.gas, amsterdam: amsterdam.gas, new_slots: osaka.new_slots })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&rows)? + "\n")
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return fail("usage: operations FILE (normally snapshots/operations.json, by `make gen`)");
    };
    match table() {
        Ok(table) => match std::fs::write(&path, table) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&format!("{}: {error}", path.display())),
        },
        Err(error) => fail(&format!("an operation that must succeed did not: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "a tool of one line has no printer")]
fn fail(message: &str) -> ExitCode {
    eprintln!("operations: {message}");
    ExitCode::from(2)
}
