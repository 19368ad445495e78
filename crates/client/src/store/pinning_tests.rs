use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use theriac_core::content::ContentError;

use super::super::Store;
use super::super::testing::{Folder, Node, Reply, Request, Server, content};
use super::*;
use crate::error::Error;

const TOKEN: &str = "token-that-nobody-may-see";
const QUICK: Patience =
    Patience { first: Duration::from_millis(1), longest: Duration::from_millis(4), total: Duration::from_millis(200) };

/// A pinning service by the specification, which knows one request at a time and goes through given states.
struct Service {
    server: Server,
    pinned: Arc<Mutex<Option<String>>>,
}

impl Service {
    /// The last state stays.
    fn going_through(states: &[&str]) -> Self {
        let mut states: VecDeque<String> = states.iter().map(|&state| state.to_owned()).collect();
        let pinned = Arc::new(Mutex::new(None::<String>));
        let known = pinned.clone();
        let server = Server::new(move |request| {
            if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
                return failure(401, "UNAUTHORIZED", "Access token is missing or invalid");
            }
            let mut known = known.lock().unwrap();
            let path = request.target.split('?').next().unwrap();
            match (request.method.as_str(), path) {
                ("GET", "/psa/pins") => match known.as_ref().filter(|cid| request.target.contains(*cid)) {
                    Some(cid) => (200, format!("{{\"count\":1,\"results\":[{}]}}", status(cid, &states[0]))),
                    None => (200, "{\"count\":0,\"results\":[]}".to_owned()),
                },
                ("POST", "/psa/pins") => {
                    let pin: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                    let cid = known.insert(pin["cid"].as_str().unwrap().to_owned());
                    (202, status(cid, &states[0]))
                }
                ("GET", "/psa/pins/request-1") => {
                    if states.len() > 1 {
                        states.pop_front();
                    }
                    match states[0].as_str() {
                        "busy" => failure(503, "BUSY", "try later"),
                        state => (200, status(known.as_ref().unwrap(), state)),
                    }
                }
                _ => failure(404, "NOT_FOUND", "The specified resource was not found"),
            }
        });
        Self { server, pinned }
    }

    fn pinning(&self, folder: &Folder) -> Pinning {
        pinning(&self.server, folder)
    }
}

fn pinning(server: &Server, folder: &Folder) -> Pinning {
    let url = format!("{}/psa", server.url);
    Pinning::open(&url, Secret::new(TOKEN), folder.blocks()).unwrap().with_patience(QUICK)
}

fn status(cid: &str, state: &str) -> String {
    format!(
        r#"{{"requestid":"request-1","status":"{state}","created":"2026-01-01T00:00:00Z","pin":{{"cid":"{cid}","origins":[],"meta":{{}}}},"delegates":[],"info":{{"status_details":"no peer has it"}}}}"#
    )
}

fn failure(code: u16, reason: &str, details: &str) -> Reply {
    (code, format!(r#"{{"error":{{"reason":"{reason}","details":"{details}"}}}}"#))
}

async fn put(pinning: Pinning, bytes: &[u8]) -> std::result::Result<ContentAddress, StoreError> {
    Store::Pinning(Box::new(pinning)).put(bytes).await.map_err(|error| match error {
        Error::Store(error) => error,
        other => panic!("{other}"),
    })
}

fn methods(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|request| request.method.as_str()).collect()
}

#[tokio::test]
async fn many_are_kept_here_and_asked_of_the_service() {
    let (service, folder) = (Service::going_through(&["queued", "pinned"]), Folder::new());
    let pinning = service.pinning(&folder);
    let addresses = pinning.put_many(vec![b"one".to_vec()]).await.unwrap();
    assert_eq!(folder.store.get(&addresses[0]).await.unwrap(), b"one");
    assert_eq!(service.pinned.lock().unwrap().as_deref(), Some(&*addresses[0].to_string()));
}

#[tokio::test]
async fn content_is_kept_here_and_waited_for_there() {
    let service = Service::going_through(&["queued", "queued", "pinning", "busy", "pinned"]);
    let folder = Folder::new();
    let bytes = content((1 << 20) + 1);
    let address = put(service.pinning(&folder), &bytes).await.unwrap();
    assert_eq!(service.pinned.lock().unwrap().as_deref(), Some(address.to_string().as_str()));
    assert_eq!(folder.store.get(&address).await.unwrap(), bytes);
    assert_eq!(methods(&service.server.seen()), ["GET", "POST", "GET", "GET", "GET", "GET"]);

    let store = Store::Pinning(Box::new(service.pinning(&folder)));
    assert!(store.has(&address).await.unwrap());
    assert!(!store.has(&content::address(&b"other"[..]).unwrap()).await.unwrap());
    assert_eq!(store.get(&address).await.unwrap(), bytes);
    // What is pinned is not asked for again.
    let before = service.server.seen().len();
    assert_eq!(store.put(&bytes).await.unwrap(), address);
    assert_eq!(methods(&service.server.seen()[before..]), ["GET"]);
}

#[tokio::test]
async fn a_car_is_imported_and_its_roots_pinned() {
    let service = Service::going_through(&["pinned"]);
    let (from, to) = (Folder::new(), Folder::new());
    let car = from.folder.path().join("x.car");
    let root = from.store.put(&content(2 << 20)).await.unwrap();
    from.store.export_car(&[root], &car).await.unwrap();
    let store = Store::Pinning(Box::new(service.pinning(&to)));
    assert_eq!(store.import_car(&car).await.unwrap(), [root]);
    assert_eq!(to.store.get(&root).await.unwrap(), content(2 << 20));
    assert_eq!(service.pinned.lock().unwrap().as_deref(), Some(root.to_string().as_str()));
}

#[tokio::test]
async fn a_failed_pin_says_why_and_can_be_tried_again() {
    let folder = Folder::new();
    let service = Service::going_through(&["queued", "failed"]);
    let error = put(service.pinning(&folder), b"x").await.unwrap_err();
    assert!(matches!(error, StoreError::PinFailed { .. }) && !error.is_transient(), "{error}");
    let text = error.to_string();
    assert!(text.contains("request-1") && text.contains("no peer has it") && text.contains("origin="), "{text}");
    assert!(folder.store.has(&content::address(&b"x"[..]).unwrap()).await.unwrap(), "kept here all the same");
}

#[tokio::test]
async fn a_slow_service_is_waited_for_and_gone_back_to() {
    let folder = Folder::new();
    let service = Service::going_through(&["queued", "pinning"]);
    let error = put(service.pinning(&folder), b"x").await.unwrap_err();
    assert!(matches!(error, StoreError::NotPinnedYet { status: "pinning", .. }), "{error}");
    assert!(error.is_transient());

    let before = service.server.seen().len();
    put(service.pinning(&folder), b"x").await.unwrap_err();
    let again = &service.server.seen()[before..];
    assert!(again.iter().all(|request| request.method == "GET"), "the same request goes on");
}

#[tokio::test]
async fn a_token_is_sent_and_never_shown() {
    let folder = Folder::new();
    let service = Service::going_through(&["pinned"]);
    let url = format!("{}/psa", service.server.url);
    let stranger = Pinning::open(&url, Secret::new("wrong-and-secret"), folder.blocks()).unwrap();
    assert!(!format!("{stranger:?}").contains("wrong-and-secret"));
    let error = put(stranger, b"x").await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(matches!(error, StoreError::Unauthorized { .. }), "{error}");
    assert!(text.contains("THERIAC_PINNING_TOKEN") && text.contains("missing or invalid"), "{text}");
    assert!(!text.contains("wrong-and-secret"), "{text}");

    let error = Pinning::open("http://example.com/psa", Secret::new(TOKEN), folder.blocks()).unwrap_err();
    assert!(error.to_string().contains("use https") && !error.to_string().contains(TOKEN), "{error}");
}

#[tokio::test]
async fn another_cid_in_the_answer_is_refused() {
    let folder = Folder::new();
    let other = content::address(&b"other"[..]).unwrap().to_string();
    let server = Server::new(move |request| match request.method.as_str() {
        "POST" => (202, status(&other, "pinned")),
        _ => (200, "{\"count\":0,\"results\":[]}".to_owned()),
    });
    let error = put(pinning(&server, &folder), b"x").await.unwrap_err();
    assert!(matches!(error, StoreError::OtherAddress { .. }), "{error}");
}

#[tokio::test]
async fn strange_answers_are_refused() {
    let folder = Folder::new();
    let cases: [(Reply, &str); 5] = [
        ((200, "<html>Hello</html>".to_owned()), "`<html>Hello</html>`"),
        (
            (200, "{\"results\":[{\"requestid\":\"1\",\"status\":\"eaten\",\"pin\":{\"cid\":\"x\"}}]}".to_owned()),
            "eaten",
        ),
        ((502, String::new()), "an empty answer"),
        (failure(400, "BAD_REQUEST", "explanation"), "BAD_REQUEST: explanation"),
        (failure(409, "INSUFFICIENT_FUNDS", ""), "INSUFFICIENT_FUNDS"),
    ];
    for (reply, expected) in cases {
        let server = Server::new(move |_| reply.clone());
        let error = put(pinning(&server, &folder), b"x").await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn blocks_that_are_not_here_come_from_the_gateway_verified() {
    let (here, there) = (Folder::new(), Folder::new());
    let service = Service::going_through(&["pinned"]);
    let bytes = b"far away";
    let address = there.store.put(bytes).await.unwrap();
    let gateway =
        |body: &'static [u8], status| Server::new(move |_| (status, String::from_utf8(body.to_vec()).unwrap()));
    let through = |server: &Server| Store::Pinning(Box::new(service.pinning(&here).with_gateway(&server.url).unwrap()));

    let good = gateway(bytes, 200);
    assert_eq!(through(&good).get(&address).await.unwrap(), bytes);
    let request = &good.seen()[0];
    assert_eq!(request.target, format!("/ipfs/{address}?format=raw"));
    assert_eq!(request.header("accept"), Some("application/vnd.ipld.raw"));
    assert_eq!(request.header("authorization"), None, "the token is not for the gateway");

    let error = through(&gateway(b"other", 200)).get(&address).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Content(ContentError::WrongBytes { .. }))), "{error}");
    let error = through(&gateway(b"", 404)).get(&address).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Missing { .. })), "{error}");
    let error = Store::Pinning(Box::new(service.pinning(&here))).get(&address).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Missing { .. })), "{error}");
}

/// The service here is a second node, which fetches the content from the first by the origins that it is told.
#[tokio::test]
async fn a_service_fetches_the_content_from_the_origin() {
    let (Some(origin), Some(far)) = (Node::start(), Node::start()) else { return };
    let rpc = far.rpc.clone();
    let server = Server::new(move |request| {
        if request.method == "GET" {
            return (200, "{\"count\":0,\"results\":[]}".to_owned());
        }
        let pin: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let (cid, peer) = (pin["cid"].as_str().unwrap(), pin["origins"][0].as_str().unwrap());
        let post = |command: String| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let request = reqwest::Client::new().post(format!("{rpc}/api/v0/{command}")).send();
            runtime.block_on(request).unwrap().status().is_success()
        };
        let done = post(format!("swarm/connect?arg={peer}")) && post(format!("pin/add?arg={cid}&timeout=60s"));
        (202, status(cid, if done { "pinned" } else { "failed" }))
    });
    let folder = Folder::new();
    let bytes = content((1 << 20) + 1);
    let address = put(pinning(&server, &folder).with_origin(origin.kubo()), &bytes).await.unwrap();
    drop(origin);
    assert_eq!(far.store().get(&address).await.unwrap(), bytes);
}
