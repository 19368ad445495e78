//! `theriac envelope share`.

use std::path::PathBuf;

use clap::Args;
use theriac_core::envelope::{self, Changes, Key};

use super::readers::{self, Named, Swap};
use super::secrets::IdentityOptions;
use super::{Output, read, refused};
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac envelope share`.
#[derive(Debug, Args)]
pub(crate) struct Share {
    /// The envelope, sealed for keys of which you have one.
    file: PathBuf,
    #[command(flatten)]
    changes: ChangeOptions,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    output: Output,
}

/// Who comes and who goes.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct ChangeOptions {
    /// A new reader: an account that published its key, or a key.
    #[arg(long, value_name = "ACCOUNT_OR_KEY")]
    add: Vec<Named>,
    /// A reader who shall not be able to open the new envelope.
    #[arg(long, value_name = "ACCOUNT_OR_KEY")]
    remove: Vec<Named>,
    /// A reader with another key from now on, or another reader in its place. ACCOUNT=ACCOUNT takes the key that the
    /// account has published by now.
    #[arg(long, value_name = "OLD=NEW")]
    replace: Vec<Swap>,
}

/// Seals the record anew.
pub(super) async fn run(context: &Context<'_>, options: &Share) -> Result<Answer, Failure> {
    options.output.check()?;
    let bytes = read(&options.file)?;
    let inspected = envelope::inspect(&bytes).map_err(refused(&options.file))?;
    if inspected.lock.takes_passphrase() {
        return Err(Failure::user(
            "NeedsPassphrase",
            format!("{} is sealed for a passphrase, and has no readers", options.file.display()),
            "open it with --out, and seal the record for readers with --to",
        ));
    }
    let identities = options.identity.given(context).await?;
    let opened = envelope::open(&bytes, Key::Identities(&identities)).map_err(refused(&options.file))?;
    let changes = options.changes.found(context, &opened).await?;
    let sealed = envelope::share(&bytes, &identities, &changes).map_err(refused(&options.file))?;
    let made = options.output.keep(context, sealed).await?;
    let text = format!(
        "{}\n{} stays what it was: who could open it still can, and what somebody has read is read.",
        made.text(),
        options.file.display()
    );
    Answer::new(text, &made)
}

impl ChangeOptions {
    /// The changes, with everybody's key.
    async fn found(&self, context: &Context<'_>, opened: &envelope::Opened) -> Result<Changes, Failure> {
        let present = |named: &Named| readers::present(&opened.readers, *named);
        let chain_id = opened.record.chain_id;
        let (old, new): (Vec<_>, Vec<_>) = self.replace.iter().map(|swap| (swap.old, swap.new)).unzip();
        let old = old.iter().map(present).collect::<Result<Vec<_>, _>>()?;
        let new = readers::find(context, chain_id, &new).await?;
        Ok(Changes {
            remove: self.remove.iter().map(present).collect::<Result<_, _>>()?,
            add: readers::find(context, chain_id, &self.add).await?,
            replace: old.into_iter().zip(new).collect(),
        })
    }
}
