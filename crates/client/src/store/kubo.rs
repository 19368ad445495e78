//! An IPFS node over the RPC of Kubo (`/api/v0`, POST only).
//!
//! Content is cut into blocks here and sent as one CAR by `dag/import`, never by `add`: so the CID cannot depend on the
//! node's configuration. It is read by `block/get`, each block verified.
//!
//! `dag/import` has three habits (Kubo 0.43): when a block that a root needs is missing it waits for the network, for
//! ever unless the request carries `timeout=`; then it answers 200 all the same, with the failure in `PinErrorMsg`; and
//! what goes wrong after the first byte of the answer stands in a trailer. So only an answer that names each root, without
//! `PinErrorMsg`, counts.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use iroh_car::{CarHeader, CarWriter};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, StatusCode};
use serde::Deserialize;
use theriac_core::content::{self, Cid, Codec, ContentAddress};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::runtime::Handle;

use super::http::{Service, excerpt};
use super::source::Source;
use super::walk::Walk;
use super::{StoreError, blocking};

type Result<T> = std::result::Result<T, StoreError>;

/// How long a node may look for something before the size of it counts.
const PATIENCE: Duration = Duration::from_secs(60);
/// The slowest link, in bytes per second, over which a large file is still waited for.
const SLOWEST: u64 = 128 << 10;
/// The node ends a request itself; this much later it is taken for dead.
const GRACE: Duration = Duration::from_secs(15);
/// Bytes in one part of an upload.
const PART: usize = 256 << 10;

/// A Kubo node.
#[derive(Clone, Debug)]
pub struct Kubo {
    service: Service,
    patience: Duration,
}

/// Kubo's answer when it refuses.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    message: String,
}

/// One line of the answer of `dag/import`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Imported {
    root: Option<ImportedRoot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImportedRoot {
    cid: Link,
    #[serde(default)]
    pin_error_msg: String,
}

#[derive(Deserialize)]
struct Link {
    #[serde(rename = "/")]
    cid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identity {
    addresses: Option<Vec<String>>,
}

impl Kubo {
    /// A node by the address of its RPC, `http://127.0.0.1:5001`. Nothing is asked yet.
    pub fn open(url: &str) -> Result<Self> {
        Ok(Self { service: Service::new("the Kubo node", url)?, patience: PATIENCE })
    }

    /// Waits for the node to find a block for as long as this, rather than a minute.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The bytes of a block, verified. The node may fetch it from others.
    pub async fn block(&self, block: &ContentAddress) -> Result<Vec<u8>> {
        let bytes = self.block_within(block, false).await?;
        content::verify(block, &bytes)?;
        Ok(bytes)
    }

    /// Whether the node itself has all blocks of a file.
    pub async fn has(&self, address: &ContentAddress) -> Result<bool> {
        let cid = address.to_string();
        // What is pinned recursively is complete: one question instead of one for each block.
        match self.post("pin/ls", &[("arg", &cid), ("type", "recursive")], self.patience, None).await {
            Ok(_) => return Ok(true),
            Err(StoreError::Refused { said, .. }) if said.contains("not pinned") => {}
            Err(other) => return Err(other),
        }
        let mut walk = Walk::new(&[*address]);
        while let Some(block) = walk.next() {
            let found = match block.codec {
                Codec::Raw => self.stat(&block).await,
                Codec::DagPb => match self.block_within(&block, true).await {
                    Ok(bytes) => walk.follow(&block, &bytes).map_err(StoreError::from),
                    Err(error) => Err(error),
                },
            };
            match found {
                Ok(()) => {}
                Err(StoreError::Missing { .. }) => return Ok(false),
                Err(other) => return Err(other),
            }
        }
        Ok(true)
    }

    /// Addresses at which other nodes reach this one, each with its peer id.
    pub async fn addresses(&self) -> Result<Vec<String>> {
        let (status, body) = self.post("id", &[], self.patience, None).await?;
        Ok(self.service.json::<Identity>(status, &body)?.addresses.unwrap_or_default())
    }

    /// Has the node connect to another, named by a multiaddr with its peer id.
    pub async fn connect(&self, peer: &str) -> Result<()> {
        self.post("swarm/connect", &[("arg", peer)], self.patience, None).await.map(drop)
    }

    pub(super) async fn put(&self, source: Source) -> Result<ContentAddress> {
        let (root, size) = source.address().await?;
        self.pack_and_import(vec![(source, root)], size).await?;
        Ok(root)
    }

    /// All in one request.
    pub(super) async fn put_many(&self, sources: Vec<Source>) -> Result<Vec<ContentAddress>> {
        let (mut total, mut roots, mut contents, mut known) = (0, Vec::new(), Vec::new(), HashSet::new());
        for source in sources {
            let (root, size) = source.address().await?;
            roots.push(root);
            // The node tells of every root once.
            if known.insert(root) {
                total += size;
                contents.push((source, root));
            }
        }
        if !contents.is_empty() {
            self.pack_and_import(contents, total).await?;
        }
        Ok(roots)
    }

    async fn pack_and_import(&self, contents: Vec<(Source, ContentAddress)>, size: u64) -> Result<()> {
        let (reader, writer) = tokio::io::duplex(2 * PART);
        let roots: Vec<_> = contents.iter().map(|(_, root)| *root).collect();
        let packing = blocking(move || pack(&contents, writer));
        // Whichever fails first stops the other: a file that changed is not sent to its end, nor packed for a dead node.
        tokio::try_join!(packing, self.import(reader, size, &roots))?;
        Ok(())
    }

    /// Has the node keep all blocks of a file, which it may fetch from others.
    pub(super) async fn pin(&self, address: &ContentAddress) -> Result<()> {
        let cid = address.to_string();
        let pinned = self.post("pin/add", &[("arg", &cid), ("recursive", "true")], self.patience, None).await;
        pinned.map(drop).map_err(|error| self.missing(address, error))
    }

    pub(super) async fn import_file(&self, path: &Path, roots: &[ContentAddress]) -> Result<()> {
        let file = tokio::fs::File::open(path).await.map_err(StoreError::file(path))?;
        let size = file.metadata().await.map_err(StoreError::file(path))?.len();
        self.import(file, size, roots).await
    }

    async fn import<R>(&self, car: R, size: u64, roots: &[ContentAddress]) -> Result<()>
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        let form = Form::new().part("file", Part::stream(body(car)).file_name("content.car"));
        let patience = self.patience + Duration::from_secs(size / SLOWEST);
        let query = [("pin-roots", "true"), ("allow-big-block", "false")];
        let (status, body) = self.post("dag/import", &query, patience, Some(form)).await?;
        self.check_import(status, &body, roots)
    }

    fn check_import(&self, status: StatusCode, body: &[u8], roots: &[ContentAddress]) -> Result<()> {
        let mut awaited: HashSet<_> = roots.iter().copied().collect();
        for line in serde_json::Deserializer::from_slice(body).into_iter::<Imported>() {
            let line = line.map_err(|_| self.service.strange(status, excerpt(body)))?;
            let Some(root) = line.root else { continue };
            if !root.pin_error_msg.is_empty() {
                return Err(self.service.refused(
                    "dag/import",
                    status,
                    format!("{}: {}", root.cid.cid, root.pin_error_msg),
                ));
            }
            let named = Cid::try_from(root.cid.cid.as_str()).ok().and_then(|cid| ContentAddress::try_from(&cid).ok());
            if !named.is_some_and(|named| awaited.remove(&named)) {
                return Err(StoreError::OtherAddress {
                    url: self.service.url.to_string(),
                    expected: roots.first().copied().ok_or(StoreError::Stopped)?,
                    answered: root.cid.cid,
                });
            }
        }
        match awaited.iter().next() {
            None => Ok(()),
            Some(root) => Err(self.service.strange(status, format!("nothing about root {root} in {}", excerpt(body)))),
        }
    }

    async fn stat(&self, block: &ContentAddress) -> Result<()> {
        let query = [("arg", &*block.to_string()), ("offline", "true")];
        self.post("block/stat", &query, self.patience, None).await.map(drop).map_err(|error| self.missing(block, error))
    }

    async fn block_within(&self, block: &ContentAddress, offline: bool) -> Result<Vec<u8>> {
        let offline = if offline { "true" } else { "false" };
        let query = [("arg", &*block.to_string()), ("offline", offline)];
        match self.post("block/get", &query, self.patience, None).await {
            Ok((_, bytes)) => Ok(bytes),
            Err(error) => Err(self.missing(block, error)),
        }
    }

    /// Kubo has no code for "not found", nor for "not found in time".
    fn missing(&self, block: &ContentAddress, error: StoreError) -> StoreError {
        match error {
            StoreError::Refused { said, .. }
                if ["not found", "could not find", "deadline exceeded"].iter().any(|words| said.contains(words)) =>
            {
                StoreError::Missing { block: *block, place: self.service.url.to_string(), reason: said }
            }
            other => other,
        }
    }

    async fn post(
        &self,
        command: &str,
        query: &[(&str, &str)],
        patience: Duration,
        form: Option<Form>,
    ) -> Result<(StatusCode, Vec<u8>)> {
        let path: Vec<_> = ["api", "v0"].into_iter().chain(command.split('/')).collect();
        let timeout = format!("{}ms", patience.as_millis());
        let url = self.service.at(&path, query.iter().copied().chain([("timeout", timeout.as_str())]));
        let mut request = self.service.client.post(url).timeout(patience + GRACE);
        if let Some(form) = form {
            request = request.multipart(form);
        }
        let response = request.send().await.map_err(|error| self.service.unreachable(&error))?;
        let (status, body) = self.service.read(response).await?;
        if status == StatusCode::OK {
            return Ok((status, body));
        }
        match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => Err(self.service.refused(command, status, refusal.message)),
            Err(_) => Err(self.service.strange(status, excerpt(&body))),
        }
    }
}

/// Writes the contents as a CAR whose roots were computed before, each block once.
fn pack(contents: &[(Source, ContentAddress)], writer: tokio::io::DuplexStream) -> Result<()> {
    let runtime = Handle::current();
    let header = CarHeader::new_v1(contents.iter().map(|(_, root)| root.cid()).collect());
    let mut car = CarWriter::new(header, writer);
    let mut packed = HashSet::new();
    for (source, root) in contents {
        let mut gone = false;
        let built = source.build(|cid, bytes| {
            if !packed.insert(*cid) {
                return Ok(());
            }
            runtime.block_on(car.write(*cid, bytes)).map(drop).map_err(|error| {
                gone = true;
                io::Error::other(error)
            })
        });
        match built {
            // The node closed the connection: why, its answer says.
            _ if gone => return Ok(()),
            Ok(built) if built == *root => {}
            Ok(_) => return Err(source.changed()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What is read, as the body of a request.
fn body<R: AsyncRead + Send + Unpin + 'static>(reader: R) -> Body {
    Body::wrap_stream(futures::stream::try_unfold(reader, |mut reader| async move {
        let mut part = vec![0; PART];
        let count = reader.read(&mut part).await?;
        part.truncate(count);
        Ok::<_, io::Error>((count > 0).then_some((part, reader)))
    }))
}

#[cfg(test)]
#[path = "kubo_tests.rs"]
mod tests;
