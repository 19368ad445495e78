//! Who we are to a FHIR server: nobody, the bearer of a token, or a client of OAuth 2.0.
//!
//! A client gets its token by its id and secret (RFC 6749, section 4.4) from the token endpoint that was given, else from the one that the
//! server names in `.well-known/smart-configuration` (SMART App Launch 2, "Conformance"). A token is kept until it expires, and asked for
//! anew once when the server does not accept it any more. The one request is written here: the crate `oauth2` (5.0, of January 2025) is
//! made for reqwest 0.12, and would bring a second HTTP client.

use std::time::{Duration, Instant};

use reqwest::{StatusCode, Url, header};
use serde::Deserialize;

use super::error::{ServerError, visible};
use super::wire::{Reply, Wire};
use crate::signer::Secret;

/// Where a bearer token is read from.
pub const TOKEN: &str = "THERIAC_FHIR_TOKEN";
/// Where the secret of an OAuth client is read from.
pub const CLIENT_SECRET: &str = "THERIAC_FHIR_CLIENT_SECRET";

/// A token is renewed so long before it expires: it must still be good when the request arrives.
const EARLY: Duration = Duration::from_secs(10);

/// How requests are authorised.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Not at all.
    #[default]
    Open,
    /// By a token that somebody else got.
    Bearer(Secret),
    /// By tokens that this program gets (OAuth 2.0 client credentials).
    Client(OauthClient),
}

/// A client of OAuth 2.0.
#[derive(Clone, Debug)]
pub struct OauthClient {
    /// The token endpoint; otherwise the one that the server names.
    pub token_url: Option<String>,
    /// The client's id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
    /// What it asks to be allowed, such as `system/Observation.rs`.
    pub scope: Option<String>,
}

impl Access {
    /// From what was given, with the secret from the environment: a client where there is an id, else the bearer of the token in
    /// [`TOKEN`], else nobody.
    pub fn from_env(
        client_id: Option<String>,
        token_url: Option<String>,
        scope: Option<String>,
    ) -> Result<Self, ServerError> {
        match client_id {
            Some(id) => {
                let needed = "the client has an id and no secret";
                let secret = Secret::from_env(CLIENT_SECRET)
                    .map_err(|_| ServerError::NoSecret { needed, variable: CLIENT_SECRET })?;
                Ok(Self::Client(OauthClient { token_url, id, secret, scope }))
            }
            None => Ok(Secret::from_env(TOKEN).map_or(Self::Open, Self::Bearer)),
        }
    }
}

/// A token that was given.
#[derive(Clone, Debug)]
struct Token {
    text: Secret,
    /// None where the giver does not say.
    good_until: Option<Instant>,
}

/// What is kept of tokens between requests.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    url: Option<Url>,
    token: Option<Token>,
}

#[derive(Deserialize)]
struct Configuration {
    token_endpoint: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct NotGiven {
    error: String,
    error_description: Option<String>,
}

impl Tokens {
    /// The token to send, which may have to be asked for.
    pub(super) async fn current(&mut self, access: &Access, wire: &Wire) -> Result<Option<Secret>, ServerError> {
        let client = match access {
            Access::Open => return Ok(None),
            Access::Bearer(token) => return Ok(Some(token.clone())),
            Access::Client(client) => client,
        };
        if let Some(token) = &self.token
            && token.good_until.is_none_or(|end| Instant::now() < end)
        {
            return Ok(Some(token.text.clone()));
        }
        let url = match &self.url {
            Some(url) => url.clone(),
            None => client.token_url(wire).await?,
        };
        let token = client.ask(wire, &url).await?;
        let text = token.text.clone();
        *self = Self { url: Some(url), token: Some(token) };
        Ok(Some(text))
    }

    /// The server no longer accepts the token. Answers whether there can be another.
    pub(super) fn forget(&mut self) -> bool {
        self.token.take().is_some()
    }
}

impl OauthClient {
    async fn token_url(&self, wire: &Wire) -> Result<Url, ServerError> {
        if let Some(url) = &self.token_url {
            return wire.checked(url);
        }
        let at = wire.at(&[".well-known", "smart-configuration"]);
        let request = wire.http.get(at.clone()).header(header::ACCEPT, "application/json");
        let reply = wire.send("the SMART configuration", request).await?;
        let named = serde_json::from_slice(&reply.body).ok().and_then(|known: Configuration| known.token_endpoint);
        match named.filter(|_| reply.status == StatusCode::OK) {
            Some(url) => wire.checked(&url),
            None => Err(ServerError::Token {
                url: at.to_string(),
                reason: format!(
                    "the server names no token endpoint there ({}): give its address (--token-url)",
                    reply.status.as_u16()
                ),
                transient: reply.status.is_server_error(),
            }),
        }
    }

    async fn ask(&self, wire: &Wire, url: &Url) -> Result<Token, ServerError> {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        // Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
        let request = wire
            .http
            .post(url.clone())
            .basic_auth(encoded(&self.id), Some(encoded(self.secret.expose())))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form_of(&form));
        let asked_at = Instant::now();
        let reply = wire.send("a token", request).await?;
        let refused = |reason: String| ServerError::Token {
            url: url.to_string(),
            reason,
            transient: reply.status.is_server_error() || reply.status == StatusCode::TOO_MANY_REQUESTS,
        };
        if reply.status != StatusCode::OK {
            return Err(refused(why_not(&reply)));
        }
        // The parser's words are not repeated: they may have pieces of the token in them.
        let given: Given = serde_json::from_slice(&reply.body)
            .map_err(|_| refused("the answer is no token of OAuth 2.0: is it the token endpoint?".to_owned()))?;
        if !given.token_type.eq_ignore_ascii_case("bearer") {
            let reason = format!("it is of type `{}`, and only bearer tokens are used", visible(&given.token_type));
            return Err(refused(reason));
        }
        let life = given.expires_in.map(Duration::from_secs);
        // A token that lives shorter than that is used for half its life.
        let kept = life.map(|life| life.saturating_sub(EARLY).max(life / 2));
        Ok(Token {
            text: Secret::new(given.access_token),
            good_until: kept.and_then(|kept| asked_at.checked_add(kept)),
        })
    }
}

/// Why there is no token, as RFC 6749, section 5.2 has it.
fn why_not(reply: &Reply) -> String {
    let status = reply.status.as_u16();
    match serde_json::from_slice::<NotGiven>(&reply.body) {
        Ok(NotGiven { error, error_description }) => {
            let description = error_description.map(|text| format!(" ({})", visible(&text))).unwrap_or_default();
            let error = visible(&error);
            format!("refused as {error}{description}, status {status}: check the client's id, secret and scope")
        }
        Err(_) => format!("the answer has the status {status}: is it the token endpoint?"),
    }
}

fn form_of(pairs: &[(&str, &str)]) -> String {
    // What reqwest brings for this is the query of an address.
    let address = Url::parse_with_params("form:", pairs);
    address.ok().and_then(|address| address.query().map(str::to_owned)).unwrap_or_default()
}

/// As `application/x-www-form-urlencoded` has it.
fn encoded(text: &str) -> String {
    form_of(&[(text, "")]).trim_end_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded_and_secrets_do_not_print() {
        assert_eq!(encoded("a secret: of 100 %="), "a+secret%3A+of+100+%25%3D");
        assert_eq!(form_of(&[("scope", "system/Observation.rs a")]), "scope=system%2FObservation.rs+a");
        let secret = Secret::new("hush");
        let client = OauthClient { token_url: None, id: "oracle".to_owned(), secret, scope: None };
        let printed = format!("{:?}", Access::Client(client));
        assert!(printed.contains("oracle") && !printed.contains("hush"), "{printed}");
    }
}
