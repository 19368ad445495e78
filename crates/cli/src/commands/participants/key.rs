//! `theriac participants set-key`.

use alloy_primitives::B256;
use clap::Args;
use serde::Serialize;

use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac participants set-key`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SetKey {
    /// X25519 public key (RFC 7748): 32 bytes in hexadecimal, with or without 0x.
    #[arg(value_parser = public_key)]
    key: Option<B256>,
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
    let encryption_key = options.key.unwrap_or_default();
    if !options.withdraw && encryption_key.is_zero() {
        return Err(Failure::user("ZeroKey", "a key of zeros withdraws the key", "give --withdraw if that is meant"));
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

fn public_key(text: &str) -> Result<B256, String> {
    text.parse().map_err(|_| format!("`{text}` is not a key: 64 hexadecimal digits are expected"))
}
