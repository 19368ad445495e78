//! `theriac logs`: log files, alarms and photographs of devices, sealed for those who work on them.

mod export;
mod list;
mod push;
mod readers;
mod record;
mod show;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with records of devices.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Seal a file of up to 1 GiB for those who may read it, store it, and put it on the device's chain of records. Run again
    /// after it was stopped, it goes on where it was.
    Push(push::Push),
    /// List the records of a device, the newest last. Exit code 1 if the node leaves out or alters one.
    List(list::List),
    /// Open a record and show what it is, as one of its readers.
    Show(show::Show),
    /// Write the file of a record, as one of its readers. It appears only when it is whole and verified.
    Export(export::Export),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Push(options) => push::run(context, &options).await,
        Verb::List(options) => list::run(context, &options).await,
        Verb::Show(options) => show::run(context, &options).await,
        Verb::Export(options) => export::run(context, &options).await,
    }
}
