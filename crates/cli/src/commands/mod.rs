//! One room, one module; one verb, one file where it is more than a few lines.

pub(crate) mod appointments;
mod bulk;
pub(crate) mod catalog;
pub(crate) mod certificate;
pub(crate) mod chain;
pub(crate) mod custody;
mod delayed;
pub(crate) mod deploy;
pub(crate) mod devices;
pub(crate) mod documents;
pub(crate) mod drug;
pub(crate) mod envelope;
pub(crate) mod epcis;
mod events;
mod evidence;
mod fhir_options;
pub(crate) mod keys;
pub(crate) mod label;
pub(crate) mod logs;
pub(crate) mod market;
pub(crate) mod mds;
pub(crate) mod oracle;
mod pages;
pub(crate) mod participants;
mod people;
mod period;
pub(crate) mod pharmacy;
mod proofs;
mod reading_key;
pub(crate) mod recall;
pub(crate) mod relay;
mod scans;
mod several;
pub(crate) mod subject;
pub(crate) mod udi;
pub(crate) mod verify;
pub(crate) mod workorder;

use crate::answer::Answer;
use crate::args::{Arguments, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::printer::Printer;

/// Does what was typed.
pub(crate) async fn run(arguments: Arguments, printer: &Printer) -> Result<Answer, Failure> {
    let context = Context::new(arguments.global, printer);
    match arguments.command {
        Command::Chain(verb) => chain::run(&context, verb).await,
        Command::Deploy(options) => deploy::run(&context, &options).await,
        Command::Participants(verb) => participants::run(&context, verb).await,
        Command::Catalog(verb) => catalog::run(&context, verb).await,
        Command::Certificate(verb) => certificate::run(&context, verb).await,
        Command::Drug(verb) => drug::run(&context, verb).await,
        Command::Label(options) => label::run(&context, &options).await,
        Command::Devices(verb) => devices::run(&context, verb).await,
        Command::Custody(verb) => custody::run(&context, verb).await,
        Command::Recall(verb) => recall::run(&context, verb).await,
        Command::Envelope(verb) => envelope::run(&context, verb).await,
        Command::Epcis(verb) => epcis::run(&context, verb).await,
        Command::Market(verb) => market::run(&context, *verb).await,
        Command::Appointments(verb) => appointments::run(&context, *verb).await,
        Command::Relay(options) => relay::run(&context, &options).await,
        Command::Pharmacy(verb) => pharmacy::run(&context, *verb).await,
        Command::Mds(verb) => mds::run(&context, *verb).await,
        Command::Logs(verb) => logs::run(&context, *verb).await,
        Command::Oracle(verb) => oracle::run(&context, *verb).await,
        Command::Workorder(verb) => workorder::run(&context, verb).await,
        Command::Verify(options) => verify::run(&context, &options).await,
        Command::Udi(verb) => udi::run(verb),
        Command::Keys(verb) => keys::run(&context, verb).await,
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { folder } => pages::man(&folder),
    }
}
