//! `theriac certificate issue`.

use std::path::PathBuf;
use std::time::Duration;

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::rooms::CertificateState;
use theriac_client::types::{Certificate, CertificateKind, Content};
use theriac_core::content::{self, ContentAddress};
use theriac_core::document::{CertificateDocument, Document as _, Reference, Subject};

use super::signed::SignedCertificate;
use super::subject::SubjectOptions;
use super::{NEVER, standing};
use crate::answer::Answer;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::{files, time};

/// Options of `theriac certificate issue`.
#[derive(Debug, Args)]
pub(crate) struct Issue {
    #[command(flatten)]
    subject: SubjectOptions,
    /// What it says: authenticity, conformity, calibration, maintenance or credential.
    #[arg(long)]
    kind: CertificateKind,
    /// Name of the organisation that issues it.
    #[arg(long, value_name = "NAME")]
    issuer_name: String,
    /// Name of the organisation that holds it, otherwise the issuer. Never a patient.
    #[arg(long, value_name = "NAME")]
    holder: Option<String>,
    /// What is certified, in words; for authenticity there is a usual sentence.
    #[arg(long, value_name = "TEXT", required_if_eq_any = [
        ("kind", "conformity"), ("kind", "calibration"), ("kind", "maintenance"), ("kind", "credential")
    ])]
    statement: Option<String>,
    /// Number under which the issuer keeps it.
    #[arg(long)]
    number: Option<String>,
    /// What it rests on, as "ISO 13485:2016" or "Report=ipfs://…"; can be given several times.
    #[arg(long, value_name = "TITLE[=CID]", value_parser = reference)]
    reference: Vec<Reference>,
    /// First day or instant of validity; otherwise now.
    #[arg(long, value_name = "DATE", value_parser = time::first_second)]
    from: Option<u64>,
    /// Last day or instant of validity; otherwise it does not end by itself.
    #[arg(long, value_name = "DATE", value_parser = time::last_second)]
    until: Option<u64>,
    /// Sign only, and write the signed certificate to --out; `theriac certificate submit` hands it in.
    #[arg(long, requires = "out")]
    sign_only: bool,
    /// Where the signed certificate is written.
    #[arg(long, value_name = "FILE", requires = "sign_only")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub(super) subject: B256,
    pub(super) kind: CertificateKind,
    pub(super) issuer: Address,
    pub(super) document: ContentAddress,
    pub(super) valid_from: u64,
    pub(super) valid_until: u64,
    pub(super) already_issued: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<PathBuf>,
    #[serde(flatten)]
    pub(super) done: Done,
}

/// Issues the certificate, or signs it.
pub(super) async fn run(context: &Context<'_>, options: &Issue) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let subject = options.subject.required(&suite).await?;
    let issuer = suite.chain().account();
    let newest_block = suite.chain().now().await?;
    let known = suite.anchors().certificate_of(subject.word(), options.kind, issuer).await?;
    if let Some(known) = known.filter(|known| standing(known, newest_block) != "revoked") {
        // The same words for the same time are the same certificate.
        let (_, certificate) = options.certificate(subject, issuer, options.from.unwrap_or(known.valid_from), 0)?;
        if certificate.document == known.document {
            return already(context, &certificate);
        }
    }
    // The contract wants it newer than what it replaces or follows, and not of the future: the newest block is neither, unless
    // it is the one with the certificate or revocation before. Then it is a second later.
    let issued_at = newest_block.max(known.as_ref().map_or(0, newest_of) + 1);
    if issued_at > newest_block {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let (bytes, certificate) = options.certificate(subject, issuer, options.from.unwrap_or(newest_block), issued_at)?;
    if !context.options.dry_run {
        context.store()?.put(&bytes).await?;
    }
    match &options.out {
        Some(file) => sign(context, &suite, &certificate, file).await,
        None => {
            let done = context.perform(&suite.anchors().issue(&certificate)).await?;
            let verb = if context.options.dry_run { "would be issued" } else { "is issued" };
            let (kind, text) = (options.kind, done.text());
            let facts = Facts::of(&certificate, done, false, None)?;
            let document = facts.document.uri();
            Answer::new(format!("the certificate of {kind} for {subject} {verb}\ndocument {document}\n{text}"), &facts)
        }
    }
}

fn newest_of(known: &CertificateState) -> u64 {
    known.issued_at.max(known.revoked_at)
}

async fn sign(
    context: &Context<'_>,
    suite: &Suite,
    certificate: &Certificate,
    file: &std::path::Path,
) -> Result<Answer, Failure> {
    if context.options.dry_run {
        let text = format!("dry run, nothing signed: {} would be written", file.display());
        return Answer::new(text, &Facts::of(certificate, Done::nothing(context), false, None)?);
    }
    let signature = suite.anchors().sign(certificate, suite.chain().signer()?).await?;
    let signed = SignedCertificate::new(suite.deployment(), certificate, signature)?;
    files::write_new(file, signed.to_json()?.as_bytes())?;
    let text = format!(
        "signed, not handed in: {}\nAnyone can hand it in with `theriac certificate submit {}`.",
        file.display(),
        file.display()
    );
    Answer::new(text, &Facts::of(certificate, Done::nothing(context), false, Some(file.to_owned()))?)
}

fn already(context: &Context<'_>, certificate: &Certificate) -> Result<Answer, Failure> {
    let text = format!("this certificate of {} is issued already; nothing was sent", certificate.kind);
    Answer::new(text, &Facts::of(certificate, Done::nothing(context), true, None)?)
}

impl Issue {
    /// The document and what the chain keeps of it.
    fn certificate(
        &self,
        subject: Subject,
        issuer: Address,
        valid_from: u64,
        issued_at: u64,
    ) -> Result<(Vec<u8>, Certificate), Failure> {
        let document = self.document(subject, issuer, valid_from)?;
        let bytes = document.canonical().map_err(|error| Failure::of(&error))?;
        let address = content::address(bytes.as_slice()).map_err(|error| Failure::of(&error))?;
        let certificate = Certificate {
            subject: subject.word(),
            kind: self.kind,
            issuer,
            document: Content { digest: address.digest, codec: address.codec.byte() },
            issued_at,
            valid_from,
            valid_until: self.until.unwrap_or(NEVER),
        };
        Ok((bytes, certificate))
    }

    fn document(&self, subject: Subject, issuer: Address, valid_from: u64) -> Result<CertificateDocument, Failure> {
        let instant = |seconds| {
            time::instant(seconds).ok_or_else(|| {
                Failure::user("TooLate", "the validity lies after the year 9999", "give an earlier --from or --until")
            })
        };
        let usual = || format!("This is a genuine product of {}.", self.issuer_name);
        Ok(CertificateDocument {
            kind: self.kind.into(),
            subject,
            issuer,
            issuer_name: self.issuer_name.clone(),
            holder: self.holder.clone().unwrap_or_else(|| self.issuer_name.clone()),
            number: self.number.clone(),
            statement: self.statement.clone().unwrap_or_else(usual),
            valid_from: instant(valid_from)?,
            valid_until: self.until.map(instant).transpose()?,
            references: self.reference.clone(),
        })
    }
}

impl Facts {
    pub(super) fn of(
        certificate: &Certificate,
        done: Done,
        already_issued: bool,
        file: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            subject: certificate.subject,
            kind: certificate.kind,
            issuer: certificate.issuer,
            document: address_of(&certificate.document)?,
            valid_from: certificate.valid_from,
            valid_until: certificate.valid_until,
            already_issued,
            file,
            done,
        })
    }
}

/// The address of a document as the contracts keep it.
pub(super) fn address_of(document: &Content) -> Result<ContentAddress, Failure> {
    let codec = document.codec.try_into().map_err(|error| Failure::of(&error))?;
    Ok(ContentAddress { codec, digest: document.digest })
}

fn reference(text: &str) -> Result<Reference, String> {
    match text.rsplit_once("=ipfs://") {
        None => Ok(Reference { title: text.to_owned(), content: None }),
        Some((title, cid)) => {
            let content = cid.parse::<ContentAddress>().map_err(|error| error.to_string())?;
            Ok(Reference { title: title.to_owned(), content: Some(content) })
        }
    }
}
