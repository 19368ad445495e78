//! `theriac participants set-key`.

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;
use theriac_core::envelope::PublicKey;

use crate::answer::Answer;
use crate::commands::reading_key;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac participants set-key`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SetKey {
    /// X25519 public key (RFC 7748): age1…, or 32 bytes in hexadecimal, with or without 0x.
    #[arg(value_parser = public_key)]
    key: Option<B256>,
    /// Publish the account's reading key, which needs nothing but its wallet (`theriac keys reading-key` shows it).
    #[arg(long)]
    wallet: bool,
    /// Withdraw the key.
    #[arg(long)]
    withdraw: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    account: alloy_primitives::Address,
    encryption_key: B256,
    unchanged: bool,
    #[serde(flatten)]
    done: Done,
}

/// Publishes the signer's key, or withdraws it.
pub(super) async fn run(context: &Context<'_>, options: &SetKey) -> Result<Answer, Failure> {
    let encryption_key = match options.wallet {
        true => {
            reading_key::of(&context.required_signer()?).await?.public().map_err(|error| Failure::of(&error))?.bytes()
        }
        false => options.key.unwrap_or_default(),
    };
    if !options.withdraw {
        check(encryption_key)?;
    }
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    if suite.participants().participant_of(account).await?.encryption_key == encryption_key {
        let facts = Facts { account, encryption_key, unchanged: true, done: Done::nothing(context) };
        return Answer::new(format!("the key of {account} is so already; nothing was sent"), &facts);
    }
    let done = context.perform(&suite.participants().set_encryption_key(encryption_key)).await?;
    let what = match encryption_key.is_zero() {
        true => format!("the key of {account} is withdrawn"),
        false => format!("the key of {account} is {encryption_key}"),
    };
    Answer::new(format!("{what}\n{}", done.text()), &Facts { account, encryption_key, unchanged: false, done })
}

/// Refuses a key that nobody could seal to.
fn check(key: B256) -> Result<(), Failure> {
    if key.is_zero() {
        return Err(Failure::user("ZeroKey", "a key of zeros withdraws the key", "give --withdraw if that is meant"));
    }
    match PublicKey::new(key.0) {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::user(
            "LowOrderKey",
            format!("{key} is of low order (RFC 7748 section 6.1): everybody could read what is sealed to it"),
            "make a key with `theriac keys reading-key`",
        )),
    }
}

fn public_key(text: &str) -> Result<B256, String> {
    if text.starts_with("age1") {
        return text.parse().map(|key: PublicKey| key.bytes()).map_err(|error| error.to_string());
    }
    text.parse().map_err(|_| format!("`{text}` is not a key: age1… or 64 hexadecimal digits are expected"))
}
