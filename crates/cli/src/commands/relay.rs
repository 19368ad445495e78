//! `theriac relay`, and the option by which verbs of people without ether are signed for it.

use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use theriac_client::relay::SignedRequest;
use theriac_client::{Call, RoomEvent};

use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::{files, time};

/// How a verb is signed for somebody else to send.
#[derive(Debug, Args)]
pub(crate) struct RelayOptions {
    /// Send nothing: write a signed request to this new file, which anyone with ether sends by `theriac relay`. The account
    /// needs no ether. Of several requests each has to be sent before the next is signed.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    relay: Option<PathBuf>,
    /// How many hours the request can be sent.
    #[arg(long, value_name = "HOURS", default_value_t = 24, requires = "relay", value_parser = clap::value_parser!(u64).range(1..=720))]
    relay_hours: u64,
}

/// Options of `theriac relay`.
#[derive(Debug, Args)]
pub(crate) struct Relay {
    /// The signed request.
    file: PathBuf,
}

/// A request that was written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    file: PathBuf,
    deadline: u64,
}

/// What became of a verb: sent, tried, or signed for another to send.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    done: Option<Done>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Written>,
    /// What the rooms told, or in a dry run would tell; nothing of a request.
    #[serde(skip)]
    pub(crate) events: Vec<RoomEvent>,
}

#[derive(Serialize)]
struct Facts {
    from: Address,
    events: Vec<RoomEvent>,
    #[serde(flatten)]
    done: Done,
}

impl RelayOptions {
    /// Sends the verb, tries it with `--dry-run`, or with `--relay` signs it.
    pub(crate) async fn perform<C: SolCall + Clone + Send + Sync>(
        &self,
        context: &Context<'_>,
        call: &Call<C>,
    ) -> Result<Outcome, Failure> {
        let Some(file) = &self.relay else {
            let (done, events) = context.perform_telling(call).await?;
            return Ok(Outcome::of(done, events));
        };
        refuse_existing(file)?;
        let request = call.sign_request(self.relay_hours * 3_600).await?;
        files::write_new(file, request.to_json().as_bytes())?;
        let request = Written { file: file.clone(), deadline: request.deadline };
        Ok(Outcome { done: None, request: Some(request), events: Vec::new() })
    }
}

/// Before a key is asked for anything.
fn refuse_existing(file: &Path) -> Result<(), Failure> {
    match file.exists() {
        true => Err(files::failed(file, &std::io::ErrorKind::AlreadyExists.into())),
        false => Ok(()),
    }
}

impl Outcome {
    /// Of a verb that was sent or tried.
    pub(crate) fn of(done: Done, events: Vec<RoomEvent>) -> Self {
        Self { done: Some(done), request: None, events }
    }

    /// Whether a block has it.
    pub(crate) fn is_sent(&self) -> bool {
        self.done.as_ref().is_some_and(|done| !done.dry_run)
    }

    /// `did` if it is done, else that it is not yet; with gas and transaction, or the file.
    pub(crate) fn text(&self, did: &str) -> String {
        match (&self.done, &self.request) {
            (_, Some(request)) => format!(
                "signed, not sent: {}\nUntil {} anyone with ether can send it: `theriac relay {}`",
                request.file.display(),
                time::iso(request.deadline),
                request.file.display()
            ),
            (Some(done), None) => format!("{did}\n{}", done.text()),
            (None, None) => did.to_owned(),
        }
    }
}

/// Sends a signed request; the account that signs here pays for it and gets no say in it.
pub(crate) async fn run(context: &Context<'_>, options: &Relay) -> Result<Answer, Failure> {
    let text = files::read_text(&options.file)?;
    let request = SignedRequest::read(&text).map_err(|error| Failure::of(&error).at(&options.file))?;
    let suite = context.signing_suite().await?;
    let call = suite.relay(&request).await?;
    let (done, events) = context.perform_telling(&call).await?;
    let text = format!("relayed for {}\n{}", request.from, done.text());
    Answer::new(text, &Facts { from: request.from, events, done })
}
