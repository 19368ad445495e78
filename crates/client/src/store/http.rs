//! What Kubo and pinning services have in common: HTTP, answers that are not believed to be short or sensible.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;

use super::StoreError;
use crate::error::innermost;

/// A JSON answer has no business to be larger; a block cannot be (Kubo's own limit is 2 MiB).
const MAX_ANSWER: usize = 4 << 20;
/// As much of a wrong answer as helps to recognise it.
const EXCERPT: usize = 120;

/// An HTTP service at an address.
#[derive(Clone, Debug)]
pub(super) struct Service {
    /// What it is, for errors: "the Kubo node".
    pub(super) name: &'static str,
    pub(super) url: Url,
    pub(super) client: Client,
}

impl Service {
    /// Follows no redirects: a token or content must not go where nobody sent it.
    pub(super) fn new(name: &'static str, url: &str) -> Result<Self, StoreError> {
        let spec = |reason: String| StoreError::Spec { spec: url.to_owned(), reason };
        let mut parsed = Url::parse(url).map_err(|error| spec(format!("as the address of {name}: {error}")))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err(spec(format!("the address of {name} begins with http:// or https://")));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(spec("a password in an address is shown in process lists".to_owned()));
        }
        if !parsed.path().ends_with('/') {
            parsed.set_path(&format!("{}/", parsed.path()));
        }
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| spec(innermost(&error)))?;
        Ok(Self { name, url: parsed, client })
    }

    /// The address of something that the service has.
    pub(super) fn at<'a>(&self, path: &[&str], query: impl IntoIterator<Item = (&'a str, &'a str)>) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let mut query = query.into_iter().peekable();
        if query.peek().is_some() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> StoreError {
        let reason = if error.is_timeout() { "no answer in time".to_owned() } else { innermost(error) };
        StoreError::Unreachable { service: self.name, url: self.url.to_string(), reason }
    }

    pub(super) fn strange(&self, status: StatusCode, said: impl Into<String>) -> StoreError {
        StoreError::Answer { service: self.name, url: self.url.to_string(), status: status.as_u16(), said: said.into() }
    }

    pub(super) fn refused(&self, request: &str, status: StatusCode, said: impl Into<String>) -> StoreError {
        StoreError::Refused {
            service: self.name,
            url: self.url.to_string(),
            request: request.to_owned(),
            status: status.as_u16(),
            said: said.into(),
        }
    }

    /// The whole answer, if it is of a sensible size.
    pub(super) async fn read(&self, mut response: Response) -> Result<(StatusCode, Vec<u8>), StoreError> {
        let status = response.status();
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + part.len() > MAX_ANSWER {
                return Err(self.strange(status, "an answer of more than 4 MiB"));
            }
            body.extend_from_slice(&part);
        }
        Ok((status, body))
    }

    /// The answer as JSON of the expected form.
    pub(super) fn json<T: DeserializeOwned>(&self, status: StatusCode, body: &[u8]) -> Result<T, StoreError> {
        serde_json::from_slice(body).map_err(|error| match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(_) => self.strange(status, error.to_string()),
            Err(_) => self.strange(status, excerpt(body)),
        })
    }
}

/// The beginning of an answer, on one line.
pub(super) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    let words: Vec<_> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).take(EXCERPT).collect();
    if line.is_empty() { "an empty answer".to_owned() } else { format!("`{line}`") }
}
