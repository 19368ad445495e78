//! A small HTTP server of a test's own, on loopback, that answers as it is told; and one that answers as a real FHIR server did.
//!
//! Recordings are files of real answers (`tests/data/fhir_recordings`, where README.md says how they were made). The module needs nothing but
//! std and serde_json, so tests of other crates can take it by `#[path]`.
#![allow(dead_code, reason = "every test file uses another part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What stands in a recording for the address of the server.
const BASE: &str = "{base}";

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Waits before it answers.
    delay: Duration,
    /// Promises so many more bytes than it sends.
    missing: usize,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), delay: Duration::ZERO, missing: 0 }
    }

    pub(crate) fn fhir(status: u16, resource: &Value) -> Self {
        Self::new(status, "application/fhir+json;charset=UTF-8", resource.to_string())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub(crate) fn cut_short_by(self, missing: usize) -> Self {
        Self { missing, ..self }
    }
}

/// The server. Its threads end with the test's process.
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`.
    pub(crate) root: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// On a free port.
    pub(crate) fn new(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    /// On a port that somebody chose.
    pub(crate) fn at(listener: TcpListener, mut answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let root = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let Some(request) = read_request(&mut BufReader::new(&stream)) else { continue };
                log.lock().unwrap().push(request.clone());
                let reply = answer(&request);
                // A slow answer does not hold up the next request.
                std::thread::spawn(move || write_reply(stream, &reply));
            }
        });
        Self { root, seen }
    }

    /// The base address of its FHIR.
    pub(crate) fn url(&self) -> String {
        format!("{}/fhir", self.root)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// A server that answers as the recording has it, and 404 to what was not recorded.
    pub(crate) fn replaying(recording: &Path) -> Self {
        Self::replaying_at(TcpListener::bind("127.0.0.1:0").unwrap(), recording)
    }

    pub(crate) fn replaying_at(listener: TcpListener, recording: &Path) -> Self {
        let text = std::fs::read_to_string(recording).unwrap();
        let recorded: Vec<Value> = serde_json::from_str(&text).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        Self::at(listener, move |request| {
            let name = name_of(request);
            let Some(found) = recorded.iter().find(|one| one["request"] == name.as_str()) else {
                return Reply::fhir(
                    404,
                    &json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error",
                    "code": "not-found", "diagnostics": format!("not recorded: {name}") }] }),
                );
            };
            let text = |field: &str| found[field].as_str().unwrap_or_default().replace(BASE, &base);
            let status = found["status"].as_u64().unwrap() as u16;
            let reply = Reply::new(status, &text("contentType"), text("body"));
            if found["etag"].is_string() { reply.with("etag", &text("etag")) } else { reply }
        })
    }

    /// A server that hands everything to a real one below `/fhir`, and writes what that answers into a recording.
    pub(crate) fn recording(real: &str, recording: PathBuf) -> Self {
        let authority = real.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let mut recorded: Vec<Value> = Vec::new();
        Self::at(listener, move |request| {
            let (status, headers, body) = forward(&authority, &own, request);
            let header = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            let reply = Reply::new(status, &header("content-type").unwrap_or_default(), body.clone());
            let name = name_of(request);
            if !recorded.iter().any(|one| one["request"] == name.as_str()) {
                let base = format!("http://{own}");
                recorded.push(json!({ "request": name, "status": status, "contentType": header("content-type"),
                    "etag": header("etag"), "body": String::from_utf8(body).unwrap().replace(&base, BASE) }));
                std::fs::write(&recording, serde_json::to_string_pretty(&recorded).unwrap() + "\n").unwrap();
            }
            match header("etag") {
                Some(etag) => reply.with("etag", &etag),
                None => reply,
            }
        })
    }
}

/// How a request is found in a recording: without the time from which observations are wanted, which is another one in every run.
fn name_of(request: &Request) -> String {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("date=")).collect();
    format!("{} {path}?{}", request.method, kept.join("&")).trim_end_matches('?').to_owned()
}

/// Status, headers and body.
type Answer = (u16, Vec<(String, String)>, Vec<u8>);

/// Asks the real server under the name of this one, so that its links lead here.
fn forward(authority: &str, own: &str, request: &Request) -> Answer {
    let mut stream = TcpStream::connect(authority).unwrap();
    // HTTP/1.0 has no chunks.
    let mut head = format!("{} {} HTTP/1.0\r\nHost: {own}\r\n", request.method, request.target);
    for name in ["accept", "content-type", "if-match", "if-none-match", "prefer", "authorization"] {
        if let Some(value) = request.header(name) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let mut from = BufReader::new(stream);
    let mut status = String::new();
    from.read_line(&mut status).unwrap();
    let headers = read_headers(&mut from).unwrap();
    let mut body = Vec::new();
    from.read_to_end(&mut body).unwrap();
    (status.split_whitespace().nth(1).unwrap().parse().unwrap(), headers, body)
}

fn write_reply(mut stream: TcpStream, reply: &Reply) {
    std::thread::sleep(reply.delay);
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    head += &format!("content-length: {}\r\n", reply.body.len() + reply.missing);
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    // A client that has gone away is its own affair.
    let _ = stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(&reply.body));
}

fn read_request(from: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let headers = read_headers(from)?;
    let mut request = Request { method, target, headers, body: Vec::new() };
    if let Some(length) = request.header("content-length") {
        request.body.resize(length.parse().ok()?, 0);
        from.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn read_headers(from: &mut impl BufRead) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { return Some(headers) };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}
