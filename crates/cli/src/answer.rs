//! What a command answers: the same facts for a person and for a program.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The answer of a command that did its work.
///
/// With `--json` one object is printed: `"v": 1`, then the fields of `facts`. Otherwise `text` is printed.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Lines for a person, without a final newline.
    pub(crate) text: String,
    /// The fields for a program.
    pub(crate) facts: Map<String, Value>,
    /// False when the work is done but its result is a "no" (a verdict that is not good, records refused): exit code 1.
    pub(crate) good: bool,
}

impl Answer {
    /// An answer with these facts (a struct or map) and this text.
    pub(crate) fn new(text: impl Into<String>, facts: &impl Serialize) -> Result<Self, Failure> {
        match serde_json::to_value(facts).map_err(|error| Failure::internal("writing the answer as JSON", error))? {
            Value::Object(facts) => Ok(Self { text: text.into(), facts, good: true }),
            other => Err(Failure::internal("writing the answer as JSON", format!("{other} is no object"))),
        }
    }

    /// The same answer, as a "no" when `good` is false.
    pub(crate) fn good(self, good: bool) -> Self {
        Self { good, ..self }
    }
}

/// A table whose columns are as wide as their widest cell.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this head.
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned).to_vec()] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// Whether only the head is there.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The table as lines; `none` when it has no rows.
    pub(crate) fn render(&self, none: &str) -> String {
        if self.is_empty() {
            return none.to_owned();
        }
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                // Writing to a String cannot fail.
                let _ = write!(line, "{cell:<width$}  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.trim_end().to_owned()
    }
}
