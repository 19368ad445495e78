//! Signed certificates as files, and `theriac certificate submit`.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes};
use clap::Args;
use serde::{Deserialize, Serialize};
use theriac_client::Deployment;
use theriac_client::types::{Certificate, CertificateKind, Content};
use theriac_core::canonical;
use theriac_core::content::ContentAddress;

use super::issue::Facts;
use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::files;

const TYPE: &str = "signedCertificate";

/// A certificate that its issuer signed (EIP-712, domain "Theriac Anchors"), for anyone to hand in.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignedCertificate {
    #[serde(rename = "type")]
    kind_of_file: String,
    v: u32,
    chain_id: u64,
    /// The contract that it was signed for.
    anchors: Address,
    subject: B256,
    kind: CertificateKind,
    issuer: Address,
    document: ContentAddress,
    issued_at: u64,
    valid_from: u64,
    valid_until: u64,
    signature: Bytes,
}

/// Options of `theriac certificate submit`.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    /// The signed certificate.
    file: PathBuf,
}

impl SignedCertificate {
    pub(super) fn new(at: &Deployment, certificate: &Certificate, signature: Bytes) -> Result<Self, Failure> {
        Ok(Self {
            kind_of_file: TYPE.to_owned(),
            v: 1,
            chain_id: at.chain_id,
            anchors: at.anchors,
            subject: certificate.subject,
            kind: certificate.kind,
            issuer: certificate.issuer,
            document: certificate.document.address()?,
            issued_at: certificate.issued_at,
            valid_from: certificate.valid_from,
            valid_until: certificate.valid_until,
            signature,
        })
    }

    /// The file's text, in canonical form (RFC 8785).
    pub(super) fn to_json(&self) -> Result<String, Failure> {
        let bytes = canonical::to_canonical_bytes(self).map_err(|error| Failure::of(&error))?;
        String::from_utf8(bytes).map_err(|error| Failure::internal("writing the signed certificate", error))
    }

    fn from_json(text: &str) -> Result<Self, Failure> {
        let wrong = |what: String| {
            Failure::user("NotASignedCertificate", what, "is it the file of `theriac certificate issue --sign-only`?")
        };
        let signed: Self =
            serde_json::from_str(text).map_err(|error| wrong(format!("this is no signed certificate: {error}")))?;
        if signed.kind_of_file != TYPE || signed.v != 1 {
            return Err(wrong(format!(
                "this is a `{}` of version {}, not a `{TYPE}` of version 1",
                signed.kind_of_file, signed.v
            )));
        }
        Ok(signed)
    }

    fn certificate(&self) -> Certificate {
        Certificate {
            subject: self.subject,
            kind: self.kind,
            issuer: self.issuer,
            document: Content { digest: self.document.digest, codec: self.document.codec.byte() },
            issued_at: self.issued_at,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }
}

/// Hands in a signed certificate.
pub(super) async fn submit(context: &Context<'_>, options: &Submit) -> Result<Answer, Failure> {
    let signed =
        SignedCertificate::from_json(&files::read_text(&options.file)?).map_err(|failure| failure.at(&options.file))?;
    let suite = context.signing_suite().await?;
    let at = suite.deployment();
    if (signed.chain_id, signed.anchors) != (at.chain_id, at.anchors) {
        let what = format!(
            "it was signed for {} on chain {}, here is {} on chain {}",
            signed.anchors, signed.chain_id, at.anchors, at.chain_id
        );
        return Err(
            Failure::user("Elsewhere", what, "use the RPC address and deployment of that chain").at(&options.file)
        );
    }
    let certificate = signed.certificate();
    let anchors = suite.anchors();
    let known = anchors.certificate_of(certificate.subject, certificate.kind, certificate.issuer).await?;
    let already = known.is_some_and(|known| {
        known.revoked_at == 0 && (known.document, known.issued_at) == (certificate.document, certificate.issued_at)
    });
    if already {
        let facts = Facts::of(&certificate, Done::nothing(context), true, None)?;
        return Answer::new("this certificate was handed in already; nothing was sent", &facts);
    }
    let done = context.perform(&anchors.submit(&certificate, signed.signature)).await?;
    let verb = if context.options.dry_run { "would be handed in" } else { "is handed in" };
    let text = format!("the certificate of {} by {} {verb}\n{}", certificate.kind, certificate.issuer, done.text());
    Answer::new(text, &Facts::of(&certificate, done, false, None)?)
}
