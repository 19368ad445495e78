//! `theriac keys`: accounts of people who have no wallet yet.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use theriac_client::{Secret, Signer};
use theriac_core::envelope::Identity;

use super::reading_key;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a key and keep it in a keystore file (Web3 Secret Storage), under a password.
    New {
        /// The file; one that is there is never replaced.
        #[arg(long, value_name = "FILE", default_value = "keystore.json")]
        out: PathBuf,
    },
    /// Show the account that would sign.
    Show,
    /// Show the key that others seal records to, or make a new one.
    ///
    /// The reading key of an account is made of its signature under one fixed message, so the wallet is enough to read.
    /// `theriac participants set-key` publishes it.
    ReadingKey {
        /// Make a new key that no wallet is needed for, and write it there as an age identity file.
        #[arg(long, value_name = "FILE", conflicts_with = "identity")]
        out: Option<PathBuf>,
        /// Show the key of this age identity file, not that of the account.
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
    },
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::New { out } => {
            let password = match context.given_password(&out)? {
                Some(password) => password,
                None => asked(&out)?,
            };
            let account = Signer::create_keystore(&out, &password)?.address();
            let text = format!(
                "account   {account}\nkeystore  {}\nWho loses the file or its password loses the account: keep copies of both apart.",
                out.display()
            );
            Answer::new(text, &json!({ "account": account, "file": out }))
        }
        Verb::Show => {
            let account = context.required_signer()?.address();
            Answer::new(account.to_string(), &json!({ "account": account }))
        }
        Verb::ReadingKey { out: Some(out), .. } => new_identity(&out),
        Verb::ReadingKey { identity: Some(file), .. } => {
            let identities = Identity::read_all(&files::read_text(&file)?);
            let identities = identities.map_err(|error| Failure::of(&error).at(&file))?;
            // A file has at least one, or was refused.
            identities.first().map_or_else(|| Err(Failure::internal("reading the file", "no key")), reading_key_of)
        }
        Verb::ReadingKey { .. } => reading_key_of(&reading_key::of(&context.required_signer()?).await?),
    }
}

/// Shows the public half.
fn reading_key_of(identity: &Identity) -> Result<Answer, Failure> {
    let key = identity.public().map_err(|error| Failure::of(&error))?;
    Answer::new(
        format!("recipient  {key}\nkey        {}", key.bytes()),
        &json!({ "recipient": key, "key": key.bytes() }),
    )
}

/// Makes an identity file as `age-keygen` does, which only its owner can read.
fn new_identity(out: &Path) -> Result<Answer, Failure> {
    let identity = Identity::generate();
    let key = identity.public().map_err(|error| Failure::of(&error))?;
    files::write_secret(out, |file| writeln!(file, "# public key: {key}\n{}", identity.expose().as_str()))?;
    let text = format!(
        "recipient  {key}\nkey        {}\nidentity   {}\nWho loses the file cannot open what is sealed to it: keep a copy.",
        key.bytes(),
        out.display()
    );
    Answer::new(text, &json!({ "recipient": key, "key": key.bytes(), "file": out }))
}

/// Asks twice: a slip of the finger would lock the key away.
fn asked(out: &Path) -> Result<Secret, Failure> {
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|error| Failure::internal("reading the password", error))
    };
    let first = ask(&format!("password for {}: ", out.display()))?;
    if first != ask("the same again: ")? {
        return Err(Failure::user("PasswordsDiffer", "the two passwords differ", "try again; nothing was written"));
    }
    Ok(Secret::new(first))
}
