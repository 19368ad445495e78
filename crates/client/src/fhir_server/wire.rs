//! HTTP with a FHIR server: where requests may go, how long they take, how large answers are.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url, header, redirect};

use super::error::ServerError;
use super::retry;
use crate::error::innermost;

/// Bounds of what is waited for and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For one attempt, from the connection to the last byte.
    pub whole: Duration,
    /// Bytes of an answer.
    pub answer: usize,
    /// Pages of a search.
    pub pages: usize,
    /// How often a request is sent, at most.
    pub attempts: u32,
    /// About how long the second attempt is waited for; each later one twice as long.
    pub first_pause: Duration,
    /// The longest pause, also where the server asks for a longer one: then it is given up.
    pub longest_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(60),
            answer: theriac_core::fhir::MAX_BYTES,
            pages: 200,
            attempts: 5,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// Without parameters, in small letters.
    pub(super) content_type: String,
    /// The version in `ETag`.
    pub(super) version: Option<String>,
    /// What `Retry-After` asks for.
    pub(super) wait: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// A server's base address and how it is reached.
#[derive(Debug)]
pub(super) struct Wire {
    /// Ends with a slash.
    pub(super) base: Url,
    pub(super) http: Client,
    pub(super) limits: Limits,
    /// Whether plain HTTP may leave this machine.
    plain: bool,
}

impl Wire {
    pub(super) fn new(base: &str, plain: bool, limits: Limits) -> Result<Self, ServerError> {
        let mut base = checked(base, plain)?;
        if base.query().is_some() || base.fragment().is_some() {
            let reason = "a base address has neither `?` nor `#`: give it as https://host/fhir".to_owned();
            return Err(ServerError::Address { url: base.to_string(), reason });
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let http = Client::builder()
            // A redirect would carry the request, and with it a patient, to where nobody sent it.
            .redirect(redirect::Policy::none())
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .build()
            .map_err(|error| ServerError::Client(innermost(&error)))?;
        Ok(Self { base, http, limits, plain })
    }

    /// An address to which secrets may be sent.
    pub(super) fn checked(&self, url: &str) -> Result<Url, ServerError> {
        checked(url, self.plain)
    }

    /// The address of something below the base.
    pub(super) fn at(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Whether the address is the base, or below it.
    pub(super) fn has(&self, url: &Url) -> bool {
        let base = self.base.path();
        // Where there is a `..` or an encoded slash, servers do not agree on what the path is.
        let plain = !url.path().contains("..") && !url.path().to_ascii_lowercase().contains("%2f");
        let below = url.path().starts_with(base) || Some(url.path()) == base.strip_suffix('/');
        let alone = url.username().is_empty() && url.password().is_none();
        url.origin() == self.base.origin() && below && plain && alone
    }

    /// The server as messages name it.
    pub(super) fn name(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// One attempt.
    pub(super) async fn send(&self, request: &str, builder: RequestBuilder) -> Result<Reply, ServerError> {
        let mut response = builder.send().await.map_err(|error| self.broken(request, &error))?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let content_type = header(header::CONTENT_TYPE).unwrap_or("of no type");
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let version = header(header::ETAG).and_then(version_of);
        let wait = header(header::RETRY_AFTER).and_then(|text| retry::wait_of(text, jiff::Timestamp::now()));
        let (status, mut body) = (response.status(), Vec::new());
        while let Some(part) = response.chunk().await.map_err(|error| self.broken(request, &error))? {
            if body.len() + part.len() > self.limits.answer {
                return Err(ServerError::TooLarge { request: request.to_owned(), limit: self.limits.answer });
            }
            body.extend_from_slice(&part);
        }
        Ok(Reply { status, content_type, version, wait, body })
    }

    fn broken(&self, request: &str, error: &reqwest::Error) -> ServerError {
        let late = || format!("nothing came within {} s", self.limits.whole.as_secs_f32());
        ServerError::Unreachable {
            request: request.to_owned(),
            server: self.name(),
            reason: if error.is_timeout() { late() } else { innermost(error) },
            sent: !error.is_connect(),
        }
    }
}

/// https anywhere; http to this machine only, unless it is allowed: a token and a patient's data would go in clear.
fn checked(url: &str, plain: bool) -> Result<Url, ServerError> {
    let wrong = |reason: &str| Err(ServerError::Address { url: without_password(url), reason: reason.to_owned() });
    let Ok(parsed) = Url::parse(url) else { return wrong("write it as https://host/fhir") };
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return wrong("a password in an address is shown in process lists; use a token or a client secret");
    }
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if plain || is_loopback(&parsed) => Ok(parsed),
        "http" => wrong(
            "http is not encrypted, so tokens and patients' data could be read on the way: use https (http is accepted on loopback, and \
             with --insecure-http where the network itself encrypts)",
        ),
        _ => wrong("it begins with https://"),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

/// The version in an entity tag: `W/"3"` is 3 (R4, section 3.1.0.1.3).
fn version_of(tag: &str) -> Option<String> {
    let tag = tag.trim().strip_prefix("W/").unwrap_or(tag.trim());
    let version = tag.strip_prefix('"')?.strip_suffix('"')?;
    (!version.is_empty()).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(base: &str) -> Wire {
        Wire::new(base, false, Limits::default()).unwrap()
    }

    #[test]
    fn secrets_go_nowhere_in_clear() {
        for good in
            ["https://fhir.example/r4", "http://127.0.0.1:8080/fhir", "http://localhost/fhir", "http://[::1]:1/"]
        {
            assert!(Wire::new(good, false, Limits::default()).is_ok(), "{good}");
        }
        for bad in
            ["http://fhir.example/r4", "ftp://fhir.example", "fhir", "https://a:secret@fhir.example", "https://a/?x=1"]
        {
            let refused = Wire::new(bad, false, Limits::default()).unwrap_err().to_string();
            assert!(!refused.contains("secret@"), "{refused}");
        }
        assert!(Wire::new("http://fhir.example/r4", true, Limits::default()).is_ok());
    }

    #[test]
    fn what_is_below_the_base_is_told_from_what_is_not() {
        let wire = wire("https://fhir.example/r4");
        let has = |url: &str| wire.has(&Url::parse(url).unwrap());
        for inside in ["https://fhir.example/r4?_getpages=1", "https://fhir.example:443/r4/Observation?x"] {
            assert!(has(inside), "{inside}");
        }
        for outside in [
            "https://fhir.example/r4b?_getpages=1",
            "http://fhir.example/r4?_getpages=1",
            "https://fhir.example.evil/r4",
            "https://fhir.example:8443/r4",
            "https://fhir.example/r4/%2e%2e/steal",
            "https://fhir.example/r4/..%2fsteal",
            "https://who@fhir.example/r4",
        ] {
            assert!(!has(outside), "{outside}");
        }
    }

    #[test]
    fn entity_tags_are_versions() {
        assert_eq!(version_of("W/\"3\"").as_deref(), Some("3"));
        assert_eq!(version_of("\"a-b\"").as_deref(), Some("a-b"));
        assert_eq!(version_of("3"), None);
        assert_eq!(version_of("W/\"\""), None);
    }
}
