//! What opens envelopes: passphrases and identities. They come from files, from the environment or from the terminal,
//! never from arguments, where `ps` and shell histories show them.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use theriac_core::envelope::{Identity, Passphrase};

use crate::commands::reading_key;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Where the passphrase is read from when no file is given.
const PASSPHRASE_VARIABLE: &str = "THERIAC_PASSPHRASE";
/// Where the identity is read from when no file is given.
const IDENTITY_VARIABLE: &str = "THERIAC_IDENTITY";

/// Where a passphrase comes from.
#[derive(Debug, Args)]
pub(super) struct PassphraseOptions {
    /// File with the passphrase in its first line; otherwise THERIAC_PASSPHRASE is read, or the terminal asked.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseOptions {
    /// The passphrase of an envelope that is there.
    pub(super) fn given(&self) -> Result<Passphrase, Failure> {
        self.or_asked(|| ask("passphrase: "))
    }

    /// The passphrase of a new envelope, asked for twice: a slip of the finger would lock the record away.
    pub(super) fn chosen(&self) -> Result<Passphrase, Failure> {
        self.or_asked(|| {
            let first = ask("passphrase: ")?;
            match first == ask("the same again: ")? {
                true => Ok(first),
                false => Err(Failure::user(
                    "PassphrasesDiffer",
                    "the two passphrases differ",
                    "try again; nothing was written",
                )),
            }
        })
    }

    fn or_asked(&self, ask: impl FnOnce() -> Result<String, Failure>) -> Result<Passphrase, Failure> {
        let text = if let Some(file) = &self.passphrase_file {
            files::read_text(file)?.lines().next().unwrap_or_default().to_owned()
        } else if let Ok(text) = std::env::var(PASSPHRASE_VARIABLE) {
            text
        } else if std::io::stdin().is_terminal() {
            ask()?
        } else {
            return Err(Failure::user(
                "NoPassphrase",
                "no passphrase was given",
                format!("give --passphrase-file, or set {PASSPHRASE_VARIABLE}"),
            ));
        };
        Passphrase::new(text).map_err(|error| Failure::of(&error))
    }
}

fn ask(prompt: &str) -> Result<String, Failure> {
    rpassword::prompt_password(prompt).map_err(|error| Failure::internal("reading the passphrase", error))
}

/// Where identities come from.
#[derive(Debug, Args)]
pub(crate) struct IdentityOptions {
    /// File with age identities (AGE-SECRET-KEY-1…); otherwise THERIAC_IDENTITY is read, or the reading key of the account
    /// that signs is taken.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

impl IdentityOptions {
    /// As [`IdentityOptions::given`]; none where no key was given.
    pub(crate) async fn if_given(&self, context: &Context<'_>) -> Result<Vec<Identity>, Failure> {
        match self.given(context).await {
            Err(failure) if failure.code == "NoIdentity" => Ok(Vec::new()),
            other => other,
        }
    }

    /// All of them.
    pub(crate) async fn given(&self, context: &Context<'_>) -> Result<Vec<Identity>, Failure> {
        if let Some(file) = &self.identity {
            return Identity::read_all(&files::read_text(file)?).map_err(|error| Failure::of(&error).at(file));
        }
        if let Ok(text) = std::env::var(IDENTITY_VARIABLE) {
            return Identity::read_all(&text).map_err(|error| {
                let failure = Failure::of(&error);
                Failure { what: format!("environment variable {IDENTITY_VARIABLE}: {}", failure.what), ..failure }
            });
        }
        match context.signer()? {
            Some(signer) => Ok(vec![reading_key::of(&signer).await?]),
            None => Err(Failure::user(
                "NoIdentity",
                "this envelope is sealed for the keys of its readers, and no key was given",
                format!(
                    "give --identity FILE, or set {IDENTITY_VARIABLE}; or give the account's --keystore, if it reads with its wallet"
                ),
            )),
        }
    }
}
