//! `theriac participants apply`.

use std::path::PathBuf;

use alloy_primitives::B256;
use clap::Args;
use serde_json::json;
use theriac_client::Roles;
use theriac_core::credential::{Application, CertificateKey};

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, time};

/// Options of `theriac participants apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// PEM file with the company's certificate first, then its intermediates.
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// PEM file with the certificate's private key (PKCS#8).
    #[arg(long, value_name = "FILE")]
    certificate_key: PathBuf,
    /// Roles, separated by commas: manufacturer, distributor, provider, pharmacy, certifier, regulator and so on.
    #[arg(long)]
    roles: Roles,
    /// Where the application is written.
    #[arg(long, value_name = "FILE", default_value = "application.json")]
    out: PathBuf,
}

/// Makes the application of the signer's account.
pub(super) async fn run(context: &Context<'_>, options: &Apply) -> Result<Answer, Failure> {
    if options.roles.is_none() {
        return Err(Failure::user(
            "NoRoles",
            "--roles names no role",
            format!("name some of {}", Roles::NAMES.join(", ")),
        ));
    }
    let certificate = files::read(&options.certificate)?;
    let key = CertificateKey::from_pem(&files::read(&options.certificate_key)?)
        .map_err(|error| Failure::of(&error).at(&options.certificate_key))?;
    let signer = context.required_signer()?;
    let suite = context.signing_suite().await?;
    let mut application = Application::draft(
        signer.address(),
        suite.deployment().chain_id,
        suite.deployment().participants,
        options.roles.names().map(str::to_owned).collect(),
        salt()?,
        time::now(),
        &certificate,
    )
    .map_err(|error| Failure::of(&error).at(&options.certificate))?;
    application.sign_with_certificate(&key).map_err(|error| Failure::of(&error))?;
    let wallet_hash = application.wallet_hash().map_err(|error| Failure::of(&error))?;
    application.set_wallet_signature(&signer.sign_hash(&wallet_hash).await?);
    let text = application.to_json().map_err(|error| Failure::of(&error))?;
    let credential = application.digest().map_err(|error| Failure::of(&error))?;
    files::write_new(&options.out, text.as_bytes())?;
    Answer::new(
        format!(
            "application of {} as {} written to {}\nSend it to the registrar, for `theriac participants approve`. It counts for 30 \
             days. Keep a copy: its salt links the account to your organisation.",
            signer.address(),
            options.roles,
            options.out.display()
        ),
        &json!({ "account": signer.address(), "roles": options.roles, "credential": credential, "file": options.out }),
    )
}

/// Fresh for every account: who knows it can link the account to its organisation.
fn salt() -> Result<B256, Failure> {
    let mut salt = B256::ZERO;
    getrandom::fill(salt.as_mut_slice())
        .map_err(|error| Failure::internal("asking the system for random bytes", error))?;
    Ok(salt)
}
