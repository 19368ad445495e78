//! A remote pinning service: IPFS Pinning Service API 1.0.
//!
//! The API takes CIDs, not bytes: the service fetches the content itself. So a [`Pinning`] store keeps the blocks in a
//! folder, and, where it is given a Kubo node as origin, on that node too; the node's addresses go into the request
//! (`origins`) and it connects to those that the service names (`delegates`). Without an origin the content must be
//! reachable in another way, or the service will not find it.
//!
//! Storing waits until the service says `pinned`, asking ever more seldom. Content that it has or is working on is not
//! asked for twice, so an attempt that was interrupted is continued by repeating it.

use std::path::Path;
use std::time::Duration;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use reqwest::{Method, StatusCode, Url};
use serde::{Deserialize, Serialize};
use theriac_core::content::{self, Cid, ContentAddress};
use tokio::time::Instant;

use super::http::{Service, excerpt};
use super::source::Source;
use super::{BlockStore, Kubo, StoreError, blocking, car};
use crate::signer::Secret;

type Result<T> = std::result::Result<T, StoreError>;

/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(60);
/// Requests under way at once where many contents are stored.
const PINS_AT_ONCE: usize = 16;
/// The API allows at most this many origins.
const MAX_ORIGINS: usize = 20;

/// How often, and how long in all, a service is asked whether it is done.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Before the second question; doubles each time.
    pub first: Duration,
    /// The longest between two questions.
    pub longest: Duration,
    /// In all.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(30), total: Duration::from_secs(600) }
    }
}

/// A folder of blocks, and a service that keeps copies of what is in it.
#[derive(Clone, Debug)]
pub struct Pinning {
    blocks: BlockStore,
    service: Service,
    token: Secret,
    origin: Option<Kubo>,
    gateway: Option<Service>,
    patience: Patience,
}

/// `Pin` of the API.
#[derive(Serialize)]
struct NewPin {
    cid: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
}

/// `PinStatus` of the API.
#[derive(Debug, Deserialize)]
struct PinStatus {
    requestid: String,
    status: Status,
    pin: Pinned,
    #[serde(default)]
    delegates: Vec<String>,
    #[serde(default)]
    info: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Queued,
    Pinning,
    Pinned,
    Failed,
}

#[derive(Debug, Deserialize)]
struct Pinned {
    cid: String,
}

/// `PinResults` of the API.
#[derive(Deserialize)]
struct PinResults {
    results: Vec<PinStatus>,
}

/// `Failure` of the API.
#[derive(Deserialize)]
struct Failure {
    error: FailureReason,
}

#[derive(Deserialize)]
struct FailureReason {
    reason: String,
    #[serde(default)]
    details: String,
}

impl Pinning {
    /// A service by the address of its API, without `/pins`. The token goes over https, or to this machine, only.
    pub fn open(url: &str, token: Secret, blocks: BlockStore) -> Result<Self> {
        let service = Service::new("the pinning service", url)?;
        let here = matches!(service.url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if service.url.scheme() != "https" && !here {
            let reason = "the token would be sent in clear: use https".to_owned();
            return Err(StoreError::Spec { spec: url.to_owned(), reason });
        }
        Ok(Self { blocks, service, token, origin: None, gateway: None, patience: Patience::default() })
    }

    /// Keeps the content on this node too, for the service to fetch it from.
    pub fn with_origin(mut self, node: Kubo) -> Self {
        self.origin = Some(node);
        self
    }

    /// Fetches blocks that are not here from a trustless gateway, verifying them.
    pub fn with_gateway(mut self, url: &str) -> Result<Self> {
        self.gateway = Some(Service::new("the gateway", url)?);
        Ok(self)
    }

    /// Asks more or less often, or longer.
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The folder.
    pub fn blocks(&self) -> &BlockStore {
        &self.blocks
    }

    /// A block from the folder, else from the gateway; verified.
    pub async fn block(&self, block: &ContentAddress) -> Result<Vec<u8>> {
        let (blocks, wanted) = (self.blocks.clone(), *block);
        match (blocking(move || blocks.block(&wanted)).await, &self.gateway) {
            (Err(StoreError::Missing { .. }), Some(gateway)) => self.fetch(gateway, block).await,
            (answer, _) => answer,
        }
    }

    /// Whether the service reports the content as pinned.
    pub async fn has(&self, address: &ContentAddress) -> Result<bool> {
        Ok(self.known(address).await?.is_some_and(|pin| pin.status == Status::Pinned))
    }

    /// Has the service pin content that is reachable, and waits until it has.
    pub async fn pin(&self, address: &ContentAddress) -> Result<()> {
        let started = Instant::now();
        let mut pin = match self.known(address).await? {
            Some(pin) if pin.status != Status::Failed => pin,
            _ => self.request(address).await?,
        };
        self.connect(&pin.delegates).await;
        let mut pause = self.patience.first;
        loop {
            let failed = || pin.info.as_ref().map(|info| serde_json::Value::from(info.clone()).to_string());
            match pin.status {
                Status::Pinned => return Ok(()),
                Status::Failed => return Err(self.failed(address, &pin.requestid, failed().unwrap_or_default())),
                Status::Queued | Status::Pinning if started.elapsed() + pause > self.patience.total => {
                    return Err(self.not_yet(address, &pin, started.elapsed()));
                }
                Status::Queued | Status::Pinning => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(self.patience.longest);
            match self.status(address, &pin.requestid).await {
                Ok(next) => pin = next,
                // A service that is busy or restarts has not forgotten the request.
                Err(error) if error.is_transient() && started.elapsed() + pause <= self.patience.total => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn put(&self, source: Source) -> Result<ContentAddress> {
        let root = source.clone().store_in(&self.blocks).await?;
        if let Some(origin) = &self.origin {
            let there = origin.put(source.clone()).await?;
            if there != root {
                return Err(source.changed());
            }
        }
        self.pin(&root).await?;
        Ok(root)
    }

    pub(super) async fn put_many(&self, contents: Vec<Vec<u8>>) -> Result<Vec<ContentAddress>> {
        let (blocks, contents) = (self.blocks.clone(), std::sync::Arc::new(contents));
        let here = contents.clone();
        let roots = blocking(move || blocks.put_many(here.iter().map(Vec::as_slice))).await?;
        if let Some(origin) = &self.origin {
            origin.put_many(contents.iter().map(|bytes| Source::bytes(bytes)).collect()).await?;
        }
        let pins = roots.clone().into_iter().map(|root| async move { self.pin(&root).await });
        stream::iter(pins).buffer_unordered(PINS_AT_ONCE).try_collect::<()>().await?;
        Ok(roots)
    }

    pub(super) async fn import_file(&self, path: &Path, roots: &[ContentAddress]) -> Result<()> {
        car::unpack(path, &self.blocks).await?;
        if let Some(origin) = &self.origin {
            origin.import_file(path, roots).await?;
        }
        for root in roots {
            self.pin(root).await?;
        }
        Ok(())
    }

    /// The latest request for this content, if the service has one that did not fail.
    async fn known(&self, address: &ContentAddress) -> Result<Option<PinStatus>> {
        let query = [("cid", &*address.to_string()), ("status", "queued,pinning,pinned"), ("limit", "1")];
        let answer: PinResults = self.call(Method::GET, self.service.at(&["pins"], query), None).await?;
        answer.results.into_iter().next().map(|pin| self.checked(address, pin)).transpose()
    }

    async fn request(&self, address: &ContentAddress) -> Result<PinStatus> {
        let mut origins = match &self.origin {
            Some(node) => node.addresses().await?,
            None => Vec::new(),
        };
        origins.truncate(MAX_ORIGINS);
        let pin = NewPin { cid: address.to_string(), origins };
        let answer = self.call(Method::POST, self.service.at(&["pins"], []), Some(&pin)).await?;
        self.checked(address, answer)
    }

    async fn status(&self, address: &ContentAddress, request: &str) -> Result<PinStatus> {
        let answer = self.call(Method::GET, self.service.at(&["pins", request], []), None).await?;
        self.checked(address, answer)
    }

    /// Best effort, as the API words it: the service may as well come to the node by the `origins`.
    async fn connect(&self, delegates: &[String]) {
        if let Some(origin) = &self.origin {
            futures::future::join_all(delegates.iter().map(|peer| origin.connect(peer))).await;
        }
    }

    fn checked(&self, address: &ContentAddress, pin: PinStatus) -> Result<PinStatus> {
        let named = Cid::try_from(pin.pin.cid.as_str()).ok();
        if named == Some(address.cid()) {
            return Ok(pin);
        }
        Err(StoreError::OtherAddress { url: self.service.url.to_string(), expected: *address, answered: pin.pin.cid })
    }

    async fn call<T: serde::de::DeserializeOwned>(&self, method: Method, url: Url, pin: Option<&NewPin>) -> Result<T> {
        let what = format!("{method} {}", url.path());
        let mut request = self.service.client.request(method, url).bearer_auth(self.token.expose()).timeout(ANSWER);
        if let Some(pin) = pin {
            request = request.json(pin);
        }
        let response = request.send().await.map_err(|error| self.service.unreachable(&error))?;
        let (status, body) = self.service.read(response).await?;
        if status.is_success() {
            return self.service.json(status, &body);
        }
        let said = serde_json::from_slice::<Failure>(&body).map(|failure| match failure.error {
            FailureReason { reason, details } if details.is_empty() => reason,
            FailureReason { reason, details } => format!("{reason}: {details}"),
        });
        match (status, said) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, said) => Err(StoreError::Unauthorized {
                url: self.service.url.to_string(),
                said: said.unwrap_or_else(|_| excerpt(&body)),
            }),
            (_, Ok(said)) => Err(self.service.refused(&what, status, said)),
            (_, Err(_)) => Err(self.service.strange(status, excerpt(&body))),
        }
    }

    /// A raw block by the Trustless Gateway specification.
    async fn fetch(&self, gateway: &Service, block: &ContentAddress) -> Result<Vec<u8>> {
        let url = gateway.at(&["ipfs", &block.to_string()], [("format", "raw")]);
        let request = gateway.client.get(url).header("accept", "application/vnd.ipld.raw").timeout(ANSWER);
        let response = request.send().await.map_err(|error| gateway.unreachable(&error))?;
        let (status, body) = gateway.read(response).await?;
        match status {
            StatusCode::OK => {
                content::verify(block, &body)?;
                Ok(body)
            }
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::GATEWAY_TIMEOUT => {
                let reason = format!("HTTP status {}", status.as_u16());
                Err(StoreError::Missing { block: *block, place: gateway.url.to_string(), reason })
            }
            _ => Err(gateway.strange(status, excerpt(&body))),
        }
    }

    fn failed(&self, address: &ContentAddress, request: &str, said: String) -> StoreError {
        let url = self.service.url.to_string();
        StoreError::PinFailed { url, address: *address, request: request.to_owned(), said }
    }

    fn not_yet(&self, address: &ContentAddress, pin: &PinStatus, waited: Duration) -> StoreError {
        StoreError::NotPinnedYet {
            url: self.service.url.to_string(),
            address: *address,
            request: pin.requestid.clone(),
            status: if pin.status == Status::Queued { "queued" } else { "pinning" },
            seconds: waited.as_secs(),
        }
    }
}

#[cfg(test)]
#[path = "pinning_tests.rs"]
mod tests;
