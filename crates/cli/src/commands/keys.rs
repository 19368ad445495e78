//! `theriac keys`: accounts of people who have no wallet yet.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use theriac_client::{Secret, Signer};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

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
}

/// Does the verb.
pub(crate) fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
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
    }
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
