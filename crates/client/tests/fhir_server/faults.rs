//! What servers, proxies and networks do wrong.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use theriac_client::Secret;
use theriac_client::fhir_server::{Access, ServerError, Upon};
use theriac_core::fhir::Resource;

use crate::http_server::{Reply, Server};
use crate::{name, oauth, open};

fn device() -> Value {
    json!({ "resourceType": "Device", "id": "monitor", "meta": { "versionId": "3" }, "status": "active" })
}

fn outcome(diagnostics: &str) -> Value {
    json!({ "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": "processing", "diagnostics": diagnostics }] })
}

fn page(ids: &[&str], next: Option<&str>) -> Value {
    let entry: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "resource": { "resourceType": "Device", "id": id }, "search": { "mode": "match" } }))
        .collect();
    let link: Vec<Value> = next.iter().map(|url| json!({ "relation": "next", "url": url })).collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "link": link, "entry": entry })
}

/// A server that gives these answers one after the other, and then the last for ever.
fn giving(replies: Vec<Reply>) -> Server {
    let mut replies = replies.into_iter().peekable();
    Server::new(move |_| {
        let reply = replies.next().unwrap();
        if replies.peek().is_none() {
            replies = vec![reply.clone()].into_iter().peekable();
        }
        reply
    })
}

async fn reading(server: &Server) -> Result<Value, ServerError> {
    let found = open(&server.url(), Access::Open).read(&name("Device/monitor")).await?;
    Ok(serde_json::from_slice(&found.resource.canonical()).unwrap())
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_wants() {
    let busy = Reply::fhir(429, &outcome("slow down")).with("retry-after", "1");
    let server = giving(vec![busy, Reply::fhir(503, &outcome("restarting")), Reply::fhir(200, &device())]);
    let started = Instant::now();
    assert_eq!(reading(&server).await.unwrap(), device());
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(server.seen()[0].header("accept"), Some("application/fhir+json"));

    let for_long = giving(vec![Reply::fhir(429, &outcome("slow down")).with("retry-after", "3600")]);
    let error = reading(&for_long).await.unwrap_err();
    assert!(
        matches!(error, ServerError::Busy { status: 429, wait: Some(3600), .. }) && error.is_transient(),
        "{error}"
    );
    assert!(error.to_string().contains("It says: slow down. It asks to wait 3600 s"), "{error}");
    assert_eq!(for_long.seen().len(), 1);

    let broken = giving(vec![Reply::fhir(500, &outcome("NullPointerException"))]);
    let error = reading(&broken).await.unwrap_err();
    assert!(matches!(error, ServerError::Refused { status: 500, .. }) && error.is_transient(), "{error}");
    assert_eq!(broken.seen().len(), 3);
}

#[tokio::test]
async fn what_the_server_refuses_is_not_sent_again() {
    for (status, words) in
        [(404, "knows no such resource"), (410, "knows no such"), (400, "refused (400)"), (403, "who asks")]
    {
        let server = giving(vec![Reply::fhir(status, &outcome("HAPI-2001: Resource Device/monitor is not known"))]);
        let error = reading(&server).await.unwrap_err();
        assert!(error.to_string().contains(words) && error.to_string().contains("HAPI-2001"), "{error}");
        // Logs learn what happened, not what it was about.
        assert!(!error.summary().contains("HAPI") && !error.summary().contains("monitor"), "{}", error.summary());
        assert!(!error.is_transient());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_fhir_is_no_answer() {
    let page = "<html><title>Log in</title></html>";
    for status in [200, 302, 500] {
        let error = reading(&giving(vec![Reply::new(status, "text/html; charset=utf-8", page)])).await.unwrap_err();
        assert!(matches!(&error, ServerError::NotFhir { content_type, .. } if content_type == "text/html"), "{error}");
        assert!(error.to_string().contains(&format!("({status}) is text/html")), "{error}");
    }
    let elsewhere =
        giving(vec![Reply::new(302, "text/html", "").with("location", "https://evil.example/fhir/Device/monitor")]);
    assert!(matches!(reading(&elsewhere).await, Err(ServerError::NotFhir { status: 302, .. })));
    let other = giving(vec![Reply::fhir(200, &json!({ "resourceType": "Patient", "id": "monitor" }))]);
    assert!(matches!(reading(&other).await, Err(ServerError::Unexpected { .. })));
    let told = reading(&giving(vec![Reply::fhir(200, &outcome("partial failure"))])).await.unwrap_err();
    assert!(told.to_string().ends_with("It says: partial failure"), "{told}");
    let no_resource = giving(vec![Reply::new(200, "application/json", "{\"answer\":42}")]);
    assert!(matches!(reading(&no_resource).await, Err(ServerError::Damaged { .. })));
}

#[tokio::test]
async fn answers_that_break_off_come_late_or_do_not_end_are_given_up() {
    let text = device().to_string();
    let cut = giving(vec![Reply::new(200, "application/fhir+json", &text[..30])]);
    let error = reading(&cut).await.unwrap_err();
    assert!(matches!(error, ServerError::Damaged { .. }) && error.to_string().contains("cut off"), "{error}");
    let broken_off = giving(vec![Reply::fhir(200, &device()).cut_short_by(9), Reply::fhir(200, &device())]);
    assert_eq!(reading(&broken_off).await.unwrap(), device());
    let slow =
        giving(vec![Reply::fhir(200, &device()).after(Duration::from_millis(1500)), Reply::fhir(200, &device())]);
    assert_eq!(reading(&slow).await.unwrap(), device());
    let always = giving(vec![Reply::fhir(200, &device()).after(Duration::from_secs(5))]);
    let error = reading(&always).await.unwrap_err();
    assert!(error.to_string().contains("nothing came within 0.8 s"), "{error}");
    let huge = giving(vec![Reply::new(200, "application/fhir+json", vec![b' '; (64 << 10) + 1])]);
    assert!(matches!(reading(&huge).await, Err(ServerError::TooLarge { limit: 65_536, .. })));
    let nobody = open("http://127.0.0.1:9/fhir", Access::Open).read(&name("Device/a")).await.unwrap_err();
    assert!(matches!(nobody, ServerError::Unreachable { sent: false, .. }), "{nobody}");
}

#[tokio::test]
async fn pages_are_followed_on_the_same_server_only() {
    let server = Server::new(|request| {
        let host = request.header("host").unwrap();
        match request.target.as_str() {
            "/fhir/Device?status=active" => {
                Reply::fhir(200, &page(&["a", "b"], Some(&format!("http://{host}/fhir?_getpages=7"))))
            }
            "/fhir?_getpages=7" => Reply::fhir(200, &page(&["c"], Some("Device?page=3"))),
            "/fhir/Device?page=3" => Reply::fhir(200, &page(&[], None)),
            other => Reply::fhir(404, &outcome(other)),
        }
    });
    let mut found = Vec::new();
    let each = |device: Resource| found.push(device.id().unwrap().to_owned());
    open(&server.url(), Access::Open).search("Device", &[("status", "active")], each).await.unwrap();
    assert_eq!(found, ["a", "b", "c"]);
    assert_eq!(server.seen()[0].header("prefer"), Some("handling=strict"));

    for stray in [
        "http://127.0.0.1:9/fhir?_getpages=7",
        "https://evil.example/fhir",
        "/elsewhere?_getpages=7",
        "//evil.example/fhir",
    ] {
        let server = giving(vec![Reply::fhir(200, &page(&["a"], Some(stray)))]);
        let access = Access::Bearer(Secret::new("hush"));
        let error = open(&server.url(), access).search("Device", &[], |_| {}).await.unwrap_err();
        assert!(matches!(error, ServerError::StrayLink { .. }), "{stray}: {error}");
        assert_eq!(server.seen().len(), 1, "{stray}");
    }
    let endless = giving(vec![Reply::fhir(200, &page(&["a"], Some("Device?again")))]);
    let error = open(&endless.url(), Access::Open).search("Device", &[], |_| {}).await.unwrap_err();
    assert!(matches!(error, ServerError::TooManyPages { limit: 5, .. }), "{error}");
}

#[tokio::test]
async fn only_matches_of_the_type_are_taken() {
    let mut bundle = page(&["a"], None);
    let entry = bundle["entry"].as_array_mut().unwrap();
    entry.push(json!({ "resource": { "resourceType": "Patient", "id": "p" } }));
    entry.push(json!({ "resource": { "resourceType": "Device", "id": "included" }, "search": { "mode": "include" } }));
    entry.push(json!({ "resource": outcome("a remark"), "search": { "mode": "outcome" } }));
    let server = giving(vec![Reply::fhir(200, &bundle)]);
    let mut found = Vec::new();
    open(&server.url(), Access::Open)
        .search("Device", &[], |device| found.push(device.id().unwrap().to_owned()))
        .await
        .unwrap();
    assert_eq!(found, ["a"]);
}

#[tokio::test]
async fn a_token_is_got_kept_and_got_anew_when_it_is_refused() {
    let mut given = 0;
    let server = Server::new(move |request| match request.path() {
        // What an authorisation server beside a FHIR server says of itself (SMART App Launch 2).
        "/fhir/.well-known/smart-configuration" => {
            let token = format!("http://{}/token", request.header("host").unwrap());
            Reply::new(200, "application/json", json!({ "token_endpoint": token, "capabilities": [] }).to_string())
        }
        "/token" => {
            given += 1;
            let token = json!({ "access_token": format!("t{given}"), "token_type": "bearer", "expires_in": 3600 });
            Reply::new(200, "application/json", token.to_string())
        }
        _ if request.header("authorization") == Some("Bearer t1") && given == 1 => Reply::fhir(200, &device()),
        _ if request.header("authorization") == Some("Bearer t2") => Reply::fhir(200, &device()),
        _ => Reply::fhir(401, &outcome("invalid_token")),
    });
    let fhir = open(&server.url(), oauth(None, "a secret: of 100 %"));
    let read = || async { fhir.read(&name("Device/monitor")).await };
    read().await.unwrap();
    read().await.unwrap();
    let asked: Vec<_> = server.seen().into_iter().filter(|request| request.path() == "/token").collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(String::from_utf8(asked[0].body.clone()).unwrap(), "grant_type=client_credentials&scope=system%2F*.rs");
    // base64 of `oracle:a+secret%3A+of+100+%25`
    assert_eq!(asked[0].header("authorization"), Some("Basic b3JhY2xlOmErc2VjcmV0JTNBK29mKzEwMCslMjU="));
}

#[tokio::test]
async fn after_a_401_there_is_one_new_token() {
    let mut given = 0;
    let server = Server::new(move |request| match request.path() {
        "/token" => {
            given += 1;
            Reply::new(
                200,
                "application/json",
                json!({ "access_token": format!("t{given}"), "token_type": "Bearer" }).to_string(),
            )
        }
        _ if request.header("authorization") == Some("Bearer t2") => Reply::fhir(200, &device()),
        _ => Reply::fhir(401, &outcome("invalid_token")),
    });
    let fhir = open(&server.url(), oauth(Some(format!("{}/token", server.root)), "hush"));
    assert_eq!(fhir.read(&name("Device/monitor")).await.unwrap().version.as_deref(), Some("3"));
    assert_eq!(server.seen().iter().filter(|request| request.path() == "/token").count(), 2);

    let never = giving(vec![Reply::fhir(401, &outcome("go away"))]);
    let error = open(&never.url(), Access::Bearer(Secret::new("hush"))).read(&name("Device/a")).await.unwrap_err();
    assert!(
        matches!(error, ServerError::Forbidden { status: 401, .. }) && !error.to_string().contains("hush"),
        "{error}"
    );
    assert_eq!(never.seen().len(), 1);
}

#[tokio::test]
async fn a_refused_client_is_told_why() {
    let refused = Reply::new(401, "application/json", r#"{"error":"invalid_client","error_description":"who?"}"#);
    for (reply, words) in [
        (refused, "refused as invalid_client (who?), status 401"),
        (Reply::new(200, "text/html", "<html>"), "is no token"),
        (Reply::new(200, "application/json", r#"{"access_token":"x","token_type":"mac"}"#), "of type `mac`"),
        (Reply::new(404, "text/html", "<html>"), "has the status 404"),
    ] {
        let server = giving(vec![reply]);
        let access = oauth(Some(format!("{}/token", server.root)), "hush");
        let error = open(&server.url(), access).read(&name("Device/a")).await.unwrap_err();
        assert!(matches!(error, ServerError::Token { .. }) && error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?}").contains("hush"));
    }
    let unnamed = giving(vec![Reply::fhir(404, &outcome("no such page"))]);
    let error = open(&unnamed.url(), oauth(None, "hush")).read(&name("Device/a")).await.unwrap_err();
    assert!(error.to_string().contains("give its address (--token-url)"), "{error}");
    let abroad = oauth(Some("http://login.example/token".to_owned()), "hush");
    assert!(matches!(open(&unnamed.url(), abroad).read(&name("Device/a")).await, Err(ServerError::Address { .. })));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_recognised() {
    // The first attempt writes version 4, and its answer breaks off; the second finds version 4 where 3 was expected.
    let sent = Resource::from_json(device().to_string().as_bytes()).unwrap();
    let mut newer = device();
    newer["meta"]["versionId"] = json!("4");
    let conflict = Reply::fhir(412, &outcome("version conflict"));
    let written = newer.clone();
    let mut attempts = 0;
    let server = Server::new(move |request| match request.method.as_str() {
        "PUT" => {
            attempts += 1;
            if attempts == 1 { Reply::fhir(200, &written).cut_short_by(5) } else { conflict.clone() }
        }
        _ => Reply::fhir(200, &written).with("etag", "W/\"4\""),
    });
    let fhir = open(&server.url(), Access::Open);
    assert_eq!(fhir.update(&sent, Upon::Version("3")).await.unwrap().version.as_deref(), Some("4"));
    let put = &server.seen()[0];
    assert_eq!(put.header("if-match"), Some("W/\"3\""));
    // What another version said of itself is not repeated.
    assert!(!String::from_utf8(put.body.clone()).unwrap().contains("versionId"));

    let other = giving(vec![Reply::fhir(412, &outcome("version conflict"))]);
    let error = open(&other.url(), Access::Open).update(&sent, Upon::Version("3")).await.unwrap_err();
    assert!(matches!(error, ServerError::Conflict { status: 412, .. }), "{error}");
    assert_eq!(other.seen().len(), 1);
}

#[tokio::test]
async fn what_would_be_made_twice_is_sent_once() {
    let sent = Resource::from_json(br#"{"resourceType":"Device","status":"active"}"#).unwrap();
    for lost in [Reply::fhir(500, &outcome("who knows")), Reply::fhir(201, &device()).cut_short_by(9)] {
        let server = giving(vec![lost]);
        assert!(open(&server.url(), Access::Open).create(&sent).await.is_err());
        assert_eq!(server.seen().len(), 1);
    }
    let busy = giving(vec![Reply::fhir(503, &outcome("later")), Reply::fhir(201, &device())]);
    let made = open(&busy.url(), Access::Open).create(&sent).await.unwrap();
    assert_eq!((made.name, made.version.as_deref()), (name("Device/monitor"), Some("3")));
}
