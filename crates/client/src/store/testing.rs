//! What the tests of stores talk to: a real Kubo node, and a small HTTP server that answers as it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use theriac_core::content::ContentAddress;

use super::{BlockStore, Kubo, Store};

#[path = "../../tests/kubo_peer/mod.rs"]
mod kubo_peer;

pub(super) use kubo_peer::Node;

/// Bytes that repeat nowhere soon, so that no two leaves are alike.
pub(super) fn content(size: usize) -> Vec<u8> {
    (0..size as u32).flat_map(|i| (i / 4).wrapping_mul(0x9e37_79b9).to_be_bytes().into_iter().take(1)).collect()
}

/// A folder of blocks that goes away with the value.
pub(super) struct Folder {
    pub(super) store: Store,
    pub(super) folder: tempfile::TempDir,
}

impl Folder {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: Store::open("blocks", folder.path()).unwrap(), folder }
    }

    pub(super) fn blocks(&self) -> BlockStore {
        BlockStore::open(self.folder.path().join("blocks")).unwrap()
    }

    /// Where the block stands.
    pub(super) fn file_of(&self, block: &ContentAddress) -> std::path::PathBuf {
        let cid = block.to_string();
        self.folder.path().join("blocks").join(&cid[56..58]).join(&cid)
    }
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A status and a body.
pub(super) type Reply = (u16, String);

/// An HTTP server on loopback. Its thread ends with the test's process.
pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(super) fn new(mut answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read_request(&mut BufReader::new(&stream)) else { continue };
                log.lock().unwrap().push(request.clone());
                let (status, body) = answer(&request);
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                // A client that has gone away is its own affair.
                let _ = stream.write_all((head + &body).as_bytes());
            }
        });
        Self { url, seen }
    }

    /// The requests so far, as `METHOD target`.
    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn read_request(from: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request { method, target, headers, body: Vec::new() };
    if let Some(length) = request.header("content-length") {
        request.body.resize(length.parse().ok()?, 0);
        from.read_exact(&mut request.body).ok()?;
    } else if request.header("transfer-encoding").is_some() {
        read_chunks(from, &mut request.body)?;
    }
    Some(request)
}

fn read_chunks(from: &mut impl BufRead, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let start = body.len();
        body.resize(start + length + 2, 0);
        from.read_exact(&mut body[start..]).ok()?;
        body.truncate(start + length);
        if length == 0 {
            return Some(());
        }
    }
}

impl Node {
    pub(super) fn kubo(&self) -> Kubo {
        Kubo::open(&self.rpc).unwrap()
    }

    pub(super) fn store(&self) -> Store {
        Store::Kubo(self.kubo())
    }

    /// What the node itself answers to `add`.
    pub(super) async fn add(&self, content: &[u8], options: &str) -> String {
        let part = reqwest::multipart::Part::bytes(content.to_vec()).file_name("content");
        let form = reqwest::multipart::Form::new().part("file", part);
        let url = format!("{}/api/v0/add?{options}", self.rpc);
        let answer = reqwest::Client::new().post(url).multipart(form).send().await.unwrap().text().await.unwrap();
        let last: serde_json::Value = serde_json::from_str(answer.lines().last().unwrap()).unwrap();
        last["Hash"].as_str().unwrap().to_owned()
    }

    /// Any command, without looking at the answer's form.
    pub(super) async fn ask(&self, command: &str) -> (u16, String) {
        let response = reqwest::Client::new().post(format!("{}/api/v0/{command}", self.rpc)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}
