//! `theriac certificate revoke`.

use clap::Args;
use serde::Serialize;
use theriac_client::types::{CertificateKind, RevocationReason};

use super::subject::SubjectOptions;
use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac certificate revoke`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    subject: SubjectOptions,
    /// What it said: authenticity, conformity, calibration, maintenance or credential.
    #[arg(long)]
    kind: CertificateKind,
    /// Why (RFC 5280): unspecified, key-compromise, affiliation-changed, superseded, cessation-of-operation, privilege-withdrawn.
    #[arg(long)]
    reason: RevocationReason,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    subject: alloy_primitives::B256,
    kind: CertificateKind,
    issuer: alloy_primitives::Address,
    reason: RevocationReason,
    already_revoked: bool,
    #[serde(flatten)]
    done: Done,
}

/// Revokes all that the signer certified of the subject in this kind, also what it signed and nobody handed in.
pub(super) async fn run(context: &Context<'_>, options: &Revoke) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let subject = options.subject.required(&suite).await?;
    let (kind, issuer) = (options.kind, suite.chain().account());
    let known = suite.anchors().certificate_of(subject.word(), kind, issuer).await?;
    if let Some(known) = known.filter(|known| known.revoked_at != 0) {
        let facts = Facts {
            subject: subject.word(),
            kind,
            issuer,
            reason: known.reason,
            already_revoked: true,
            done: Done::nothing(context),
        };
        return Answer::new(format!("revoked already ({}); nothing was sent", known.reason), &facts);
    }
    let done = context.perform(&suite.anchors().revoke(subject.word(), kind, options.reason)).await?;
    let verb = if context.options.dry_run { "would be revoked" } else { "is revoked" };
    let mut text = format!("the certificate of {kind} for {subject} {verb} ({})\n{}", options.reason, done.text());
    if known.is_none() {
        text.push_str("\nNone was handed in so far; one that this account signed until now cannot be any more.");
    }
    let facts = Facts { subject: subject.word(), kind, issuer, reason: options.reason, already_revoked: false, done };
    Answer::new(text, &facts)
}
