//! The options by which verbs reach a FHIR server. Secrets come from the environment only.

use clap::Args;
use theriac_client::fhir_server::{Access, FhirServer, Limits, ServerError};

use crate::failure::Failure;

/// How to reach and authorise, once there is an address.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "FHIR server")]
pub(crate) struct AccessOptions {
    /// Id of this program as an OAuth 2.0 client (client credentials); its secret is read from THERIAC_FHIR_CLIENT_SECRET. Without
    /// an id, a bearer token is read from THERIAC_FHIR_TOKEN, if there is one.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Token endpoint; otherwise the one that the server names in .well-known/smart-configuration.
    #[arg(long, value_name = "URL", requires = "client_id")]
    token_url: Option<String>,
    /// What the client asks to be allowed, such as system/Observation.rs.
    #[arg(long, value_name = "SCOPE", requires = "client_id")]
    scope: Option<String>,
    /// Accept http that leaves this machine: only where the network itself encrypts, since token and patients' data go in clear.
    #[arg(long)]
    insecure_http: bool,
}

impl AccessOptions {
    /// The server at this base address. Nothing is asked yet.
    pub(crate) fn open(&self, base: &str) -> Result<FhirServer, Failure> {
        let access = Access::from_env(self.client_id.clone(), self.token_url.clone(), self.scope.clone());
        let server = access.and_then(|access| FhirServer::open(base, access, self.insecure_http, Limits::default()));
        server.map_err(failed)
    }
}

/// A failure of the server, and whose turn it is.
pub(crate) fn failed(error: ServerError) -> Failure {
    theriac_client::Error::from(error).into()
}
