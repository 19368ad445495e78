//! The committed file of figures, medians, and how a peer is run.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

/// Whatever stopped a benchmark; it is only printed.
pub(crate) type Error = Box<dyn std::error::Error>;

/// `snapshots/bench.json`: what is not measured in this run stays as it was.
pub(crate) struct Figures {
    path: PathBuf,
    rows: Map<String, Value>,
}

impl Figures {
    pub(crate) fn open(path: PathBuf) -> Result<Self, Error> {
        let rows = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Map::new(),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        Ok(Self { path, rows })
    }

    pub(crate) fn set(&mut self, name: &str, row: Value) {
        crate::note(&format!("{name} {row}"));
        self.rows.insert(name.to_owned(), row);
    }

    pub(crate) fn write(&self) -> Result<(), Error> {
        let sorted: std::collections::BTreeMap<_, _> = self.rows.iter().collect();
        Ok(std::fs::write(&self.path, serde_json::to_string_pretty(&sorted)? + "\n")?)
    }
}

/// The middle of several values; the lower one of two middles.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Three significant digits: more is noise.
pub(crate) fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10_f64.powi(2 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// Runs a peer's script with node, from the root of the repository, and gives its JSON answer.
pub(crate) fn peer(script: &str, file: &Path) -> Result<Value, Error> {
    json_of(Command::new("node").arg(script).arg(file))
}

/// Runs a command that prints one JSON value.
pub(crate) fn json_of(command: &mut Command) -> Result<Value, Error> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A number in a JSON answer.
pub(crate) fn number(value: &Value, field: &str) -> Result<f64, Error> {
    value[field].as_f64().ok_or_else(|| format!("no `{field}` in {value}").into())
}
