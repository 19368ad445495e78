//! The one place that writes to standard output, standard error and the progress display.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::failure::Failure;

const RED: Style = AnsiColor::Red.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Prints answers, failures, notes and progress; colours only where the terminal has them and `NO_COLOR` is not set.
#[derive(Debug)]
pub(crate) struct Printer {
    json: bool,
}

impl Printer {
    /// A printer for people, or for programs.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the answer to standard output and gives the exit code.
    pub(crate) fn answer(&self, answer: &Answer) -> ExitCode {
        let written = if self.json {
            let mut object = Map::from_iter([("v".to_owned(), json!(1))]);
            object.extend(answer.facts.clone());
            writeln!(anstream::stdout(), "{}", Value::Object(object))
        } else if answer.text.is_empty() {
            Ok(())
        } else {
            writeln!(anstream::stdout(), "{}", harmless(&answer.text))
        };
        match written {
            // A reader that closed the pipe has all that it wanted.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
            _ if answer.good => ExitCode::SUCCESS,
            _ => ExitCode::from(1),
        }
    }

    /// Prints the failure to standard error (and, with `--json`, as an object to standard output) and gives the exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        // Nothing is left to tell if standard error is closed.
        let mut stderr = anstream::stderr();
        let _ = writeln!(stderr, "{RED}error{RED:#}: {}", harmless(&failure.what));
        if !failure.help.is_empty() {
            let _ = writeln!(stderr, "{CYAN} help{CYAN:#}: {}", harmless(&failure.help));
        }
        if self.json {
            let object =
                json!({ "v": 1, "error": { "code": failure.code, "message": failure.what, "help": failure.help } });
            let _ = writeln!(anstream::stdout(), "{object}");
        }
        ExitCode::from(if failure.mendable { 1 } else { 2 })
    }

    /// A remark that is not the answer: to standard error.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let _ = writeln!(anstream::stderr(), "{CYAN} note{CYAN:#}: {}", harmless(&text.to_string()));
    }

    /// A progress bar on standard error; hidden for programs and where standard error is no terminal.
    pub(crate) fn progress(&self, total: u64, what: &'static str) -> ProgressBar {
        let target = if self.json || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::with_draw_target(Some(total), target).with_style(style).with_message(what)
    }
}

/// The text without what would move the cursor, clear the screen or name the window: documents of others are quoted in it. Colours stay,
/// which are our own.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = colour(rest).unwrap_or(c.len_utf8());
        let (part, after) = rest.split_at(length);
        match c {
            '\u{1b}' if length > 1 => shown += part,
            '\n' | '\t' => shown.push(c),
            c if c.is_control() => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
        rest = after;
    }
    shown
}

/// How long the sequence is that sets a colour (ECMA-48, SGR), if the text begins with one.
fn colour(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters[end..].starts_with('m').then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_quoted_moves_the_cursor() {
        for (text, shown) in [
            ("a\tb\nc é", "a\tb\nc é"),
            ("\u{1b}[1;31mDO NOT USE\u{1b}[0m", "\u{1b}[1;31mDO NOT USE\u{1b}[0m"),
            ("\u{1b}[2Jtext/plain\r", "\u{fffd}[2Jtext/plain\u{fffd}"),
            ("\u{1b}]0;x\u{7}\u{9b}2J", "\u{fffd}]0;x\u{fffd}\u{fffd}2J"),
            ("\u{1b}", "\u{fffd}"),
            ("\u{1b}[1", "\u{fffd}[1"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
