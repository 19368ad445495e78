//! `theriac pharmacy`: prescriptions, sales of medicines, and what became of every pack.

mod basket;
mod check;
mod keys;
pub(crate) mod money;
mod papers;
mod prescription;
mod product;
mod remove;
mod room;
mod sell;
mod shop;
mod sign;
mod stock;
mod substitution;

use std::path::PathBuf;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What practitioners, patients and pharmacies do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Let a pharmacist sell for your pharmacy, or no longer.
    Staff(shop::Staff),
    /// Let the pharmacy's room sell what you hold: once, before the first sale.
    Approve {
        /// No longer let it.
        #[arg(long)]
        revoke: bool,
    },
    /// Say what one pack of a product costs at your pharmacy.
    Price(shop::SetPrice),
    /// Make the one-time address that a practitioner writes on one prescription. The key follows from your wallet.
    PatientKey(keys::PatientKey),
    /// Prescribe, or sign a prescription without a chain.
    Prescribe(prescription::Prescribe),
    /// Hand in a prescription, or an approval of another product, that its practitioner signed.
    Submit {
        /// The signed file.
        file: PathBuf,
    },
    /// Cancel a prescription, issued or only signed.
    Cancel {
        /// Its file, or the id of an issued one.
        #[arg(value_name = "FILE|ID")]
        prescription: String,
    },
    /// Tell whether packs can be handed over. Exit code 0 only to deliver.
    Check(check::Check),
    /// Sign, as the patient, for the packs that a pharmacy has ready. Needs no chain.
    Collect(sign::Sign),
    /// Sign, as the second pharmacist, for a controlled medicine. Needs no chain.
    Countersign(sign::Sign),
    /// Sell packs: all of them in one transaction, or none.
    Sell(sell::Sell),
    /// Ask the practitioner for its approval of another product.
    AskSubstitution(substitution::Ask),
    /// Approve another product on your prescription, or sign that without a chain.
    ApproveSubstitution(substitution::Approve),
    /// List what a pharmacy has, by product and lot.
    Stock(stock::Whose),
    /// Compare what came into a pharmacy with what went out. Exit code 1 where something is to be explained.
    Reconcile(stock::Whose),
    /// Send a unit back to whom it came from.
    Return(remove::Return),
    /// Destroy packs of your units, or ones that patients brought back.
    Destroy(remove::Destroy),
}

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Staff(options) => shop::staff(context, &options).await,
        Verb::Approve { revoke } => shop::approve(context, revoke).await,
        Verb::Price(options) => shop::price(context, &options).await,
        Verb::PatientKey(options) => keys::run(context, &options).await,
        Verb::Prescribe(options) => prescription::prescribe(context, &options).await,
        Verb::Submit { file } => prescription::submit(context, &file).await,
        Verb::Cancel { prescription } => prescription::cancel(context, &prescription).await,
        Verb::Check(options) => check::run(context, &options).await,
        Verb::Collect(options) => sign::collect(context, &options).await,
        Verb::Countersign(options) => sign::countersign(context, &options).await,
        Verb::Sell(options) => sell::run(context, &options).await,
        Verb::AskSubstitution(options) => substitution::ask(context, &options).await,
        Verb::ApproveSubstitution(options) => substitution::approve(context, &options).await,
        Verb::Stock(options) => stock::stock(context, &options).await,
        Verb::Reconcile(options) => stock::reconcile(context, &options).await,
        Verb::Return(options) => remove::send_back(context, &options).await,
        Verb::Destroy(options) => remove::destroy(context, &options).await,
    }
}
