//! Readers as people name them: by account, whose key the chain knows, or by key.

use std::str::FromStr;

use alloy_primitives::Address;
use theriac_client::Suite;
use theriac_core::envelope::{PublicKey, Reader};

use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;

/// A reader as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// By account: 0x and 40 digits.
    Account(Address),
    /// By key: age1…, or 64 digits.
    Key(PublicKey),
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("age1") || text.len() >= 64 {
            return text
                .parse()
                .map(Self::Key)
                .map_err(|error: theriac_core::envelope::EnvelopeError| error.to_string());
        }
        account(text).map(Self::Account).map_err(|error| format!("{error}, or a key: age1… or 64 hexadecimal digits"))
    }
}

/// One reader for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Swap {
    /// Who goes.
    pub(super) old: Named,
    /// Who comes.
    pub(super) new: Named,
}

impl FromStr for Swap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((old, new)) => Ok(Self { old: old.parse()?, new: new.parse()? }),
            None => Err(format!("`{text}` names no two readers: write OLD=NEW")),
        }
    }
}

/// Finds the readers that are named. The chain is asked only where an account is among them.
pub(crate) async fn find(context: &Context<'_>, chain_id: u64, named: &[Named]) -> Result<Vec<Reader>, Failure> {
    let mut suite = None;
    let mut readers = Vec::new();
    for name in named {
        readers.push(match name {
            Named::Key(key) => (*key).into(),
            Named::Account(account) => {
                if suite.is_none() {
                    suite = Some(suite_of(context, chain_id).await?);
                }
                published(suite.as_ref(), *account).await?
            }
        });
    }
    Ok(readers)
}

/// The rooms on the chain of the purchase.
async fn suite_of(context: &Context<'_>, chain_id: u64) -> Result<Suite, Failure> {
    let suite = Suite::connect(&context.options.rpc, None, &context.options.deployments).await?;
    match suite.chain().chain_id() {
        connected if connected == chain_id => Ok(suite),
        connected => Err(Failure::user(
            "WrongChain",
            format!(
                "the record is of a purchase on chain {chain_id}, and {} is chain {connected}",
                context.options.rpc
            ),
            "give the --rpc of the purchase's chain, or name the readers by key",
        )),
    }
}

/// The key that an account published.
async fn published(suite: Option<&Suite>, account: Address) -> Result<Reader, Failure> {
    let suite = suite.ok_or_else(|| Failure::internal("asking for a key", "no chain is connected"))?;
    let known = suite.participants().participant_of(account).await?;
    let key = PublicKey::new(known.encryption_key.0).map_err(|_| {
        Failure::user(
            "NoKey",
            format!("{account} has no key to seal to"),
            "ask its owner to publish one with `theriac participants set-key --wallet`, or name the reader by key (age1…)",
        )
    })?;
    Ok(Reader { key, account: Some(account) })
}

/// The key of somebody who is a reader already. Of an account, the one it had when it was sealed to.
pub(super) fn present(readers: &[Reader], named: Named) -> Result<PublicKey, Failure> {
    match named {
        Named::Key(key) => Ok(key),
        Named::Account(account) => {
            let reader = readers.iter().find(|reader| reader.account == Some(account));
            reader.map(|reader| reader.key).ok_or_else(|| {
                Failure::user(
                    "NotAReader",
                    format!("{account} is not among the readers of this envelope"),
                    "`theriac envelope open` lists them; name the reader by key if it has no account there",
                )
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_named_by_account_or_key() {
        let key = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
        assert!(matches!(key.parse(), Ok(Named::Key(_))));
        let hex = key.parse::<PublicKey>().unwrap().bytes().to_string();
        assert_eq!(hex.parse::<Named>(), key.parse());
        let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert!(matches!(account.parse(), Ok(Named::Account(_))));
        let swap: Swap = format!("{account}={key}").parse().unwrap();
        assert_eq!((swap.old, swap.new), (account.parse().unwrap(), key.parse().unwrap()));
        assert!(key.parse::<Swap>().unwrap_err().contains("OLD=NEW"));
        assert!("bob".parse::<Named>().unwrap_err().contains("or a key"));
        assert!(format!("0x{}", "00".repeat(32)).parse::<Named>().unwrap_err().contains("has no key"));
    }
}
