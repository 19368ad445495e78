//! Why a command did not do its work, and what to do now.

use std::fmt::Display;

/// A failure, as the printer shows it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What happened, with the offending value.
    pub(crate) what: String,
    /// What the person can do; empty only for our own failures.
    pub(crate) help: String,
    /// A short stable name for programs (`"code"` in `--json`), for a revert the contract's error name.
    pub(crate) code: String,
    /// Whether the user can mend it (exit code 1) or we failed (exit code 2).
    pub(crate) mendable: bool,
}

impl Failure {
    /// A failure that the user can mend by doing `help`.
    pub(crate) fn user(code: &str, what: impl Display, help: impl Display) -> Self {
        Self { what: what.to_string(), help: help.to_string(), code: code.to_owned(), mendable: true }
    }

    /// A refusal of the user's input by a library, whose sentence says what to do.
    pub(crate) fn of(error: &(impl Display + std::fmt::Debug)) -> Self {
        Self { what: error.to_string(), help: String::new(), code: variant(error), mendable: true }
    }

    /// The same failure, with the file that is at fault.
    pub(crate) fn at(self, file: &std::path::Path) -> Self {
        Self { what: format!("{}: {}", file.display(), self.what), ..self }
    }

    /// A failure of ours while `doing` something.
    pub(crate) fn internal(doing: &str, error: impl Display) -> Self {
        Self {
            what: format!("{doing} failed: {error}"),
            help: "this is a defect or a broken machine, not your input; run again, and report it if it stays"
                .to_owned(),
            code: "Internal".to_owned(),
            mendable: false,
        }
    }
}

impl From<theriac_client::Error> for Failure {
    fn from(error: theriac_client::Error) -> Self {
        use theriac_client::Error;
        use theriac_client::logs::LogsError;
        // The client's sentences say what to do; here it is decided whose turn it is.
        let (code, mendable) = match &error {
            Error::Reverted { revert, .. } => (revert.name(), true),
            Error::Unreachable { .. } => ("Unreachable".to_owned(), true),
            Error::Answer(_) | Error::DryRun(_) => ("Internal".to_owned(), false),
            Error::Relay(error) => (variant(error), true),
            Error::Mds(error) => (variant(error), true),
            Error::Logs(LogsError::Log(error)) => (variant(error), true),
            Error::Logs(error) => (variant(error), true),
            Error::FhirServer(error) => (variant(error), true),
            Error::Oracle(error) => (variant(error), true),
            other => (variant(other), true),
        };
        Self { what: error.to_string(), help: String::new(), code, mendable }
    }
}

/// The name of an error's variant.
fn variant(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.chars().take_while(char::is_ascii_alphanumeric).collect()
}
