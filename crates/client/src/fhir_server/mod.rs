//! A client of a FHIR R4 server (HL7 FHIR 4.0.1, RESTful API): read, search page by page, write.
//!
//! A server is not trusted with more than its own data. Nothing secret goes out in clear, nor to another server: redirects are not
//! followed, and a `next` link only where it is on the same origin below the same base. Answers are bounded in bytes, pages and time, and
//! only FHIR as JSON is an answer. What fails for a while (no connection, 429, 5xx) is sent again after pauses that double; a server's
//! `Retry-After` is honoured up to [`Limits::longest_pause`]. A request that the server refuses (other 4xx) is not sent again, but for one
//! new token after a 401.

mod access;
mod error;
mod name;
mod retry;
mod wire;

use reqwest::{Method, StatusCode, Url, header};
use theriac_core::fhir::{Json, Object, Resource};
use tokio::sync::Mutex;

use access::Tokens;
pub use access::{Access, CLIENT_SECRET, OauthClient, TOKEN};
pub use error::{Said, ServerError};
pub use name::ResourceName;
use retry::{Pauses, is_busy, is_worth};
pub use wire::Limits;
use wire::{Reply, Wire};

/// FHIR as JSON (R4, section 2.1.0.6).
const FHIR_JSON: &str = "application/fhir+json";
/// What servers also call it.
const JSON_TYPES: &[&str] = &[FHIR_JSON, "application/json", "application/json+fhir"];

type Result<T> = std::result::Result<T, ServerError>;

/// A FHIR R4 server.
#[derive(Debug)]
pub struct FhirServer {
    wire: Wire,
    access: Access,
    tokens: Mutex<Tokens>,
}

/// A resource as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The resource.
    pub resource: Resource,
    /// Its version there, where the server says.
    pub version: Option<String>,
}

/// Upon what a resource is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upon<'a> {
    /// The server has none with this name.
    Nothing,
    /// The server has this version.
    Version(&'a str),
}

/// What came of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The name of the resource.
    pub name: ResourceName,
    /// The version that the server has now, where it says.
    pub version: Option<String>,
}

/// A request that may be sent several times.
struct Request {
    method: Method,
    url: Url,
    /// For messages; names no patient's identifier.
    name: String,
    headers: Vec<(header::HeaderName, String)>,
    body: Option<Vec<u8>>,
}

/// A reply, and whether an attempt before may have had an effect that nobody told of.
struct Sent {
    reply: Reply,
    unclear: bool,
}

impl FhirServer {
    /// A server by its base address, `https://host/fhir`. Nothing is asked yet. http is for loopback, unless `plain`.
    pub fn open(base: &str, access: Access, plain: bool, limits: Limits) -> Result<Self> {
        Ok(Self { wire: Wire::new(base, plain, limits)?, access, tokens: Mutex::default() })
    }

    /// The base address, without a slash at the end.
    pub fn base(&self) -> String {
        self.wire.name()
    }

    /// Whether a reference in a resource of this server, relative or absolute, names `name`; its version does not matter.
    pub fn is_named(&self, reference: &str, name: &ResourceName) -> bool {
        let below = |url: &str| url.strip_prefix(self.wire.base.as_str()).map(str::to_owned);
        let relative = if reference.contains("://") { below(reference) } else { Some(reference.to_owned()) };
        let versionless = |text: &str| text.split("/_history/").next().unwrap_or_default().to_owned();
        relative.is_some_and(|relative| versionless(&relative) == name.to_string())
    }

    /// The resource with this name.
    pub async fn read(&self, name: &ResourceName) -> Result<Found> {
        let request = Request::get(self.wire.at(&[name.kind(), name.id()]), format!("GET {name}"));
        let Sent { reply, .. } = self.send(&request).await?;
        let version = reply.version.clone();
        let resource = resource_of(&request.name, reply, name.kind())?;
        let version = version.or_else(|| version_in(&resource));
        Ok(Found { resource, version })
    }

    /// All resources of a type that fit, page by page, each handed to `each`.
    ///
    /// The server has to know every parameter (`Prefer: handling=strict`). One that does not keep to that answers more than was asked for:
    /// who needs to be sure looks at each resource.
    pub async fn search(&self, kind: &str, parameters: &[(&str, &str)], mut each: impl FnMut(Resource)) -> Result<()> {
        let mut url = self.wire.at(&[kind]);
        url.query_pairs_mut().extend_pairs(parameters);
        let name = format!("search of {kind}");
        for _ in 0..self.wire.limits.pages {
            let mut request = Request::get(url, name.clone());
            request.headers.push((header::HeaderName::from_static("prefer"), "handling=strict".to_owned()));
            let Sent { reply, .. } = self.send(&request).await?;
            let bundle = resource_of(&name, reply, "Bundle")?;
            let next = self.next_page(&name, bundle.fields())?;
            matches_in(bundle, kind).for_each(&mut each);
            match next {
                Some(next) => url = next,
                None => return Ok(()),
            }
        }
        Err(ServerError::TooManyPages { request: name, limit: self.wire.limits.pages })
    }

    /// Writes a resource under its own type and id, if the server has what it was made upon.
    pub async fn update(&self, resource: &Resource, upon: Upon<'_>) -> Result<Written> {
        let name = ResourceName::of(resource)?;
        let request_name = format!("PUT {name}");
        let condition = match upon {
            Upon::Version(version) => (header::IF_MATCH, format!("W/\"{version}\"")),
            Upon::Nothing => {
                self.require_nothing(&name, &request_name).await?;
                (header::IF_NONE_MATCH, "*".to_owned())
            }
        };
        let request = Request {
            method: Method::PUT,
            url: self.wire.at(&[name.kind(), name.id()]),
            name: request_name,
            headers: vec![condition],
            body: Some(without_version(resource).canonical()),
        };
        let Sent { reply, unclear } = self.send(&request).await?;
        let conflicts = matches!(reply.status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED);
        if conflicts && unclear {
            // An attempt before may have been the one that wrote the newer version.
            let found = self.read(&name).await?;
            if without_version(&found.resource).canonical() == without_version(resource).canonical() {
                return Ok(Written { name, version: found.version });
            }
        }
        written(name, &request.name, reply)
    }

    /// Has the server make a resource and give it an id. It is sent again only where the server cannot have made it.
    pub async fn create(&self, resource: &Resource) -> Result<Written> {
        let kind = resource.resource_type().to_owned();
        let request = Request {
            method: Method::POST,
            url: self.wire.at(&[&kind]),
            name: format!("POST {kind}"),
            headers: vec![(header::HeaderName::from_static("prefer"), "return=representation".to_owned())],
            body: Some(without_version(resource).canonical()),
        };
        let Sent { reply, .. } = self.send(&request).await?;
        let version = reply.version.clone();
        let made = resource_of(&request.name, reply, &kind)?;
        Ok(Written { name: ResourceName::of(&made)?, version: version.or_else(|| version_in(&made)) })
    }

    async fn require_nothing(&self, name: &ResourceName, request: &str) -> Result<()> {
        match self.read(name).await {
            Err(ServerError::NotFound { .. }) => Ok(()),
            Err(other) => Err(other),
            Ok(_) => Err(ServerError::Conflict {
                request: request.to_owned(),
                status: StatusCode::PRECONDITION_FAILED.as_u16(),
                said: Said(vec![format!("there is a {name} already")]),
            }),
        }
    }

    /// The address of the next page; refused where it leads elsewhere.
    fn next_page(&self, request: &str, bundle: &Object) -> Result<Option<Url>> {
        let mut links = bundle.list("link").iter().filter_map(Json::as_object);
        let Some(next) = links.find(|link| link.text("relation") == Some("next")) else { return Ok(None) };
        let text = next.text("url").unwrap_or_default();
        // A relative address is meant from the base (R4, section 3.1.1.1.1, as servers do it).
        match self.wire.base.join(text) {
            Ok(url) if self.wire.has(&url) => Ok(Some(url)),
            _ => Err(ServerError::StrayLink {
                request: request.to_owned(),
                link: error::visible(text.split('?').next().unwrap_or_default()),
                base: self.base(),
            }),
        }
    }

    /// Sends until there is an answer that another attempt would not change.
    async fn send(&self, request: &Request) -> Result<Sent> {
        let (mut pauses, mut renewed, mut unclear) = (Pauses::of(&self.wire.limits), false, false);
        loop {
            let outcome = self.attempt(request).await;
            let (worth, wish) = match &outcome {
                Ok(reply) if reply.status == StatusCode::UNAUTHORIZED && !renewed && self.forget_token().await => {
                    renewed = true;
                    continue;
                }
                Ok(reply) => (is_worth(reply.status) && (request.is_idempotent() || is_busy(reply.status)), reply.wait),
                Err(error) => (error.is_transient() && (request.is_idempotent() || !error.was_sent()), None),
            };
            let pause = if worth { pauses.next(wish) } else { None };
            let Some(pause) = pause else { return Ok(Sent { reply: outcome?, unclear }) };
            unclear |= match &outcome {
                Ok(reply) => !is_busy(reply.status),
                Err(error) => error.was_sent(),
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Reply> {
        let token = self.tokens.lock().await.current(&self.access, &self.wire).await?;
        let mut builder = self.wire.http.request(request.method.clone(), request.url.clone());
        builder = builder.header(header::ACCEPT, FHIR_JSON);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.header(header::CONTENT_TYPE, FHIR_JSON).body(body.clone());
        }
        if let Some(token) = token {
            builder = builder.bearer_auth(token.expose());
        }
        self.wire.send(&request.name, builder).await
    }

    async fn forget_token(&self) -> bool {
        self.tokens.lock().await.forget()
    }
}

impl Request {
    fn get(url: Url, name: String) -> Self {
        Self { method: Method::GET, url, name, headers: Vec::new(), body: None }
    }

    /// Whether sending it twice does what sending it once does.
    fn is_idempotent(&self) -> bool {
        self.method != Method::POST
    }
}

/// The resource in a reply, of the type that was asked for.
fn resource_of(request: &str, reply: Reply, expected: &str) -> Result<Resource> {
    let is_json = JSON_TYPES.contains(&reply.content_type.as_str());
    let status = reply.status.as_u16();
    if !reply.status.is_success() {
        let outcome = if is_json { Resource::from_json(&reply.body).ok() } else { None };
        let said = outcome.as_ref().map(Said::of).unwrap_or_default();
        return Err(refusal(request.to_owned(), &reply, said));
    }
    if !is_json {
        let content_type = error::visible(&reply.content_type);
        return Err(ServerError::NotFhir { request: request.to_owned(), status, content_type });
    }
    let resource = Resource::from_json(&reply.body)
        .map_err(|reason| ServerError::Damaged { request: request.to_owned(), reason })?;
    match resource.resource_type() == expected {
        true => Ok(resource),
        false => Err(ServerError::Unexpected {
            request: request.to_owned(),
            expected: expected.to_owned(),
            found: error::visible(resource.resource_type()),
            said: Said::of(&resource),
        }),
    }
}

fn refusal(request: String, reply: &Reply, said: Said) -> ServerError {
    let status = reply.status.as_u16();
    match status {
        404 | 410 => ServerError::NotFound { request, status, said },
        401 | 403 => ServerError::Forbidden { request, status, said },
        409 | 412 => ServerError::Conflict { request, status, said },
        429 | 503 => ServerError::Busy { request, status, wait: reply.wait.map(|wait| wait.as_secs()), said },
        _ if !JSON_TYPES.contains(&reply.content_type.as_str()) => {
            ServerError::NotFhir { request, status, content_type: error::visible(&reply.content_type) }
        }
        _ => ServerError::Refused { request, status, said },
    }
}

/// What came of a PUT, whose answer need not have a body.
fn written(name: ResourceName, request: &str, reply: Reply) -> Result<Written> {
    if reply.status.is_success() && reply.body.is_empty() {
        return Ok(Written { name, version: reply.version });
    }
    let version = reply.version.clone();
    if reply.status.is_success() && JSON_TYPES.contains(&reply.content_type.as_str()) {
        // A server that returns an OperationOutcome has written, too.
        let body = Resource::from_json(&reply.body).ok();
        let of_body = body.filter(|body| body.resource_type() == name.kind()).and_then(|body| version_in(&body));
        return Ok(Written { name, version: version.or(of_body) });
    }
    let resource = resource_of(request, reply, name.kind())?;
    Ok(Written { name, version: version.or_else(|| version_in(&resource)) })
}

/// The matches in a page; not what was included with them, nor the server's remarks.
fn matches_in(bundle: Resource, kind: &str) -> impl Iterator<Item = Resource> {
    let mut fields = bundle.into_fields();
    let entries = match fields.remove("entry") {
        Some(Json::Array(entries)) => entries,
        _ => Vec::new(),
    };
    entries.into_iter().filter_map(move |entry| {
        let Json::Object(mut entry) = entry else { return None };
        let mode = entry.get("search").and_then(Json::as_object).and_then(|search| search.text("mode"));
        if mode.is_some_and(|mode| mode != "match") {
            return None;
        }
        let Some(Json::Object(resource)) = entry.remove("resource") else { return None };
        Resource::new(resource).ok().filter(|resource| resource.resource_type() == kind)
    })
}

/// `meta.versionId`.
fn version_in(resource: &Resource) -> Option<String> {
    let meta = resource.fields().get("meta").and_then(Json::as_object)?;
    meta.text("versionId").map(str::to_owned)
}

/// Without what a server says of its own version, which another version must not repeat.
fn without_version(resource: &Resource) -> Resource {
    let mut fields = resource.fields().clone();
    if let Some(Json::Object(meta)) = fields.get_mut("meta") {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        if meta.is_empty() {
            fields.remove("meta");
        }
    }
    Resource::new(fields).unwrap_or_else(|_| resource.clone())
}
