//! `theriac mds`: profiles of devices in use (HL7 Point-of-Care Device guide), version by version.

mod appoint;
mod backup;
mod change;
mod document;
mod export;
mod history;
mod import;
mod keeping;
mod newest;
mod next;
mod restore;
mod salts;
mod server;
mod show;
mod update;
mod update_many;
mod validate;
mod vitals;

use alloy_primitives::Address;
use clap::Subcommand;

use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with profiles.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Check FHIR documents (JSON or XML) against R4 and the Point-of-Care Device guide. Needs no chain.
    Validate(validate::Validate),
    /// Store an MdsDevice document, of a file or a FHIR server, as the next version of a device's profile.
    Import(import::Import),
    /// Write a new state into the newest document, and store it as the next version.
    Update(update::Update),
    /// Do what `update` does for many devices: a list in CSV, many versions in one transaction.
    UpdateMany(update_many::UpdateMany),
    /// Show a device: state, operator, service dates, running work orders. Exit code 1 where nobody wrote a profile.
    Show {
        /// A UDI with a serial in any form, or an item id.
        item: String,
    },
    /// Write a version's FHIR document to a file or a FHIR server.
    Export(export::Export),
    /// Add to the patient's vital signs, or write them to a file.
    #[command(subcommand)]
    Vitals(vitals::Verb),
    /// Walk all versions and vital signs, and verify each. Exit code 1 if one is missing or altered.
    History(history::HistoryOptions),
    /// Write everything that the chain knows of devices (versions, records, work orders) to a CAR file.
    Backup(backup::Backup),
    /// Bring into this store what it lacks of devices, as the chain knows them: from a CAR file, another store, or the network. Exit
    /// code 1 if something is not to be had.
    Restore(restore::Restore),
    /// Say who operates a device and may write its profile, as the owner. It ends when the device is sold.
    Appoint(appoint::Appoint),
    /// Let an account, such as a gateway, write the profiles of all your devices, or no longer.
    Operator {
        /// The account.
        #[arg(value_name = "ADDRESS", value_parser = account)]
        operator: Address,
        /// No longer.
        #[arg(long)]
        revoke: bool,
    },
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Validate(options) => validate::run(&options),
        Verb::Import(options) => import::run(context, &options).await,
        Verb::Update(options) => update::run(context, &options).await,
        Verb::UpdateMany(options) => update_many::run(context, &options).await,
        Verb::Show { item } => show::run(context, &item).await,
        Verb::Export(options) => export::run(context, &options).await,
        Verb::History(options) => history::run(context, &options).await,
        Verb::Vitals(verb) => vitals::run(context, &verb).await,
        Verb::Backup(options) => backup::run(context, &options).await,
        Verb::Restore(options) => restore::run(context, &options).await,
        Verb::Appoint(options) => appoint::run(context, &options).await,
        Verb::Operator { operator, revoke } => appoint::operator(context, operator, revoke).await,
    }
}
