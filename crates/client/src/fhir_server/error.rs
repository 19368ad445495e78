//! What can go wrong between us and a FHIR server.

use std::fmt;

use theriac_core::fhir::{FhirError, Json, Resource};

/// More sentences of a server than these are not repeated.
const MOST_SENTENCES: usize = 8;
/// Longer sentences of a server are cut.
const LONGEST_SENTENCE: usize = 400;

/// Why a FHIR server did not do what it was asked.
///
/// The words of the server stand in the message: it may name patients. [`ServerError::summary`] does not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// No address, or one to which nothing secret may be sent.
    #[error("`{url}` is no address of a FHIR server: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// No name of a resource.
    #[error("`{0}` names no resource: write its type and id, as Device/monitor")]
    Name(String),
    /// A secret that is needed and not there.
    #[error("{needed}: set the environment variable {variable}; a secret never stands in an argument")]
    NoSecret {
        /// What for.
        needed: &'static str,
        /// Where it is read from.
        variable: &'static str,
    },
    /// A client of HTTP that cannot be made.
    #[error("no connection can be made: {0}")]
    Client(String),
    /// No connection, or one that broke off.
    #[error("{request}: no answer from {server}: {reason}. Is the server running, and the address right?")]
    Unreachable {
        /// What was asked for.
        request: String,
        /// Where.
        server: String,
        /// What the connection said.
        reason: String,
        /// Whether the server may have got the request.
        sent: bool,
    },
    /// The server knows no such resource, or no longer.
    #[error("{request}: the FHIR server knows no such resource ({status}){said}")]
    NotFound {
        /// What was asked for.
        request: String,
        /// 404, or 410 where it was deleted.
        status: u16,
        /// The server's words.
        said: Said,
    },
    /// The server does not accept who asks.
    #[error(
        "{request}: the FHIR server does not accept who asks ({status}){said}. Check the token, or the client's id, secret and scope"
    )]
    Forbidden {
        /// What was asked for.
        request: String,
        /// 401 or 403.
        status: u16,
        /// The server's words.
        said: Said,
    },
    /// Somebody else has written the resource meanwhile.
    #[error(
        "{request}: the FHIR server has another version than the one that this was made from ({status}){said}. Nothing was written: read its version and write on that"
    )]
    Conflict {
        /// What was asked for.
        request: String,
        /// 409 or 412.
        status: u16,
        /// The server's words.
        said: Said,
    },
    /// Too busy, for longer than is waited.
    #[error("{request}: the FHIR server is busy ({status}){said}.{} Try again later", wait.map(|seconds| format!(" It asks to wait {seconds} s.")).unwrap_or_default())]
    Busy {
        /// What was asked for.
        request: String,
        /// 429 or 503.
        status: u16,
        /// How long it asks to wait, in seconds.
        wait: Option<u64>,
        /// The server's words.
        said: Said,
    },
    /// Any other status that is no success.
    #[error("{request}: the FHIR server refused ({status}){said}")]
    Refused {
        /// What was asked for.
        request: String,
        /// The status.
        status: u16,
        /// The server's words.
        said: Said,
    },
    /// An answer that is no FHIR JSON.
    #[error(
        "{request}: the answer ({status}) is {content_type}, not FHIR as JSON: is this the base address of a FHIR R4 server, and not that of a page or a proxy?"
    )]
    NotFhir {
        /// What was asked for.
        request: String,
        /// The status.
        status: u16,
        /// What the answer says it is.
        content_type: String,
    },
    /// JSON that is cut off or no resource.
    #[error("{request}: the answer cannot be read: {reason}")]
    Damaged {
        /// What was asked for.
        request: String,
        /// Why.
        reason: FhirError,
    },
    /// A resource, but not the one that was asked for.
    #[error("{request}: the answer is a `{found}`, not a `{expected}`{said}")]
    Unexpected {
        /// What was asked for.
        request: String,
        /// What should have come.
        expected: String,
        /// What came.
        found: String,
        /// The server's words, where it is an OperationOutcome.
        said: Said,
    },
    /// More bytes than are read.
    #[error("{request}: the answer has more than {limit} bytes, which are not read")]
    TooLarge {
        /// What was asked for.
        request: String,
        /// How many there may be.
        limit: usize,
    },
    /// The next page would be somewhere else.
    #[error(
        "{request}: the next page is said to be at {link}, outside of {base}: it is not followed, since the token would go there. Give the base address under which the server knows itself"
    )]
    StrayLink {
        /// What was asked for.
        request: String,
        /// Where it would be, without its query.
        link: String,
        /// The base address.
        base: String,
    },
    /// More pages than are read.
    #[error("{request}: there are more than {limit} pages: ask for less, such as a shorter time")]
    TooManyPages {
        /// What was asked for.
        request: String,
        /// How many are read.
        limit: usize,
    },
    /// No token could be had.
    #[error("no token from {url}: {reason}")]
    Token {
        /// Where it was asked for.
        url: String,
        /// Why not, and what to do.
        reason: String,
        /// Whether it may be given later.
        transient: bool,
    },
}

impl ServerError {
    /// Whether another attempt may succeed without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Busy { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Token { transient, .. } => *transient,
            _ => false,
        }
    }

    /// Whether the server may have got the request.
    pub(super) fn was_sent(&self) -> bool {
        !matches!(self, Self::Unreachable { sent: false, .. } | Self::Token { .. })
    }

    /// What happened, without the server's words, names of resources and addresses: for logs.
    pub fn summary(&self) -> String {
        match self {
            Self::Address { .. } => "the address of the FHIR server is wrong".to_owned(),
            Self::Name(_) => "a reference names no resource".to_owned(),
            Self::NoSecret { variable, .. } => format!("{variable} is not set"),
            Self::Client(_) => "no connection can be made".to_owned(),
            Self::Unreachable { .. } => "the FHIR server does not answer".to_owned(),
            Self::NotFound { status, .. } => format!("the FHIR server knows no such resource ({status})"),
            Self::Forbidden { status, .. } => format!("the FHIR server does not accept who asks ({status})"),
            Self::Conflict { status, .. } => format!("the FHIR server has another version ({status})"),
            Self::Busy { status, .. } => format!("the FHIR server is busy ({status})"),
            Self::Refused { status, .. } => format!("the FHIR server refused ({status})"),
            Self::NotFhir { status, .. } => format!("the answer ({status}) is no FHIR"),
            Self::Damaged { .. } => "the answer of the FHIR server is damaged".to_owned(),
            Self::Unexpected { .. } => "the FHIR server answered something else".to_owned(),
            Self::TooLarge { limit, .. } => format!("the answer has more than {limit} bytes"),
            Self::StrayLink { .. } => "the next page is said to be on another server".to_owned(),
            Self::TooManyPages { limit, .. } => format!("there are more than {limit} pages"),
            Self::Token { .. } => "no token is given".to_owned(),
        }
    }
}

/// The words of a server: the issues of an OperationOutcome, made fit for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(pub Vec<String>);

impl Said {
    /// Those of a resource, if it is an OperationOutcome.
    pub(super) fn of(resource: &Resource) -> Self {
        if resource.resource_type() != "OperationOutcome" {
            return Self::default();
        }
        let issues = resource.fields().list("issue").iter().filter_map(Json::as_object);
        let words = issues.filter_map(|issue| {
            let details = || issue.get("details").and_then(Json::as_object).and_then(|details| details.text("text"));
            issue.text("diagnostics").or_else(details).or_else(|| issue.text("code")).map(visible)
        });
        Self(words.take(MOST_SENTENCES).collect())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_empty() {
            true => Ok(()),
            false => write!(f, ". It says: {}", self.0.join("; ")),
        }
    }
}

/// One line without control characters.
pub(super) fn visible(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST_SENTENCE).collect()
}
