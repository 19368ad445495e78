//! The client of FHIR servers: against a server that misbehaves in every way, and against HAPI.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod faults;
#[path = "../fhir_peer/mod.rs"]
mod fhir_peer;
mod hapi;
#[path = "../http_server/mod.rs"]
mod http_server;

use std::time::Duration;

use theriac_client::Secret;
use theriac_client::fhir_server::{Access, FhirServer, Limits, OauthClient, ResourceName};

/// Short enough for tests.
fn limits() -> Limits {
    Limits {
        whole: Duration::from_millis(800),
        answer: 64 << 10,
        pages: 5,
        attempts: 3,
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_secs(2),
        ..Limits::default()
    }
}

fn open(url: &str, access: Access) -> FhirServer {
    FhirServer::open(url, access, false, limits()).unwrap()
}

fn oauth(token_url: Option<String>, secret: &str) -> Access {
    let (id, secret, scope) = ("oracle".to_owned(), Secret::new(secret), Some("system/*.rs".to_owned()));
    Access::Client(OauthClient { token_url, id, secret, scope })
}

fn name(text: &str) -> ResourceName {
    text.parse().unwrap()
}
