//! `theriac certificate verify`.

use alloy_primitives::Address;
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::rooms::CertificateState;
use theriac_client::store::Store;
use theriac_client::types::CertificateKind;
use theriac_core::content::ContentAddress;
use theriac_core::document::{CertificateDocument, Document as _, Subject};

use super::subject::{SubjectOptions, manufacturer};
use super::{NEVER, list, standing};
use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac certificate verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    subject: SubjectOptions,
    /// What it should say.
    #[arg(long, default_value = "authenticity")]
    kind: CertificateKind,
    /// Who should say it; otherwise, for authenticity the manufacturer, for other kinds anyone.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    issuer: Option<Address>,
}

/// What was found of one issuer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    issuer: Address,
    /// `valid`, `not yet valid`, `expired`, `revoked` or `none`.
    standing: &'static str,
    valid_from: Option<u64>,
    valid_until: Option<u64>,
    revoked_at: Option<u64>,
    document: Option<ContentAddress>,
    issuer_name: Option<String>,
    statement: Option<String>,
    /// Why the document does not bear the certificate out; none when it does.
    problem: Option<String>,
}

impl Finding {
    fn good(&self) -> bool {
        self.standing == "valid" && self.problem.is_none()
    }
}

/// Checks what the issuers certify of the subject. One certificate in force with its document is enough.
pub(super) async fn run(context: &Context<'_>, options: &Verify) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let subject = options.subject.required(&suite).await?;
    let newest_block = suite.chain().now().await?;
    let mut findings = Vec::new();
    for issuer in issuers(&suite, options, &subject).await? {
        let state = suite.anchors().certificate_of(subject.word(), options.kind, issuer).await?;
        findings.push(look(&context.store()?, options.kind, &subject, issuer, state, newest_block).await?);
    }
    let certified = findings.iter().any(Finding::good);
    let facts = serde_json::json!({
        "subject": subject.word(), "kind": options.kind, "certified": certified, "certificates": findings,
    });
    let head = if certified { "certified" } else { "not certified" };
    let mut text = format!("{head}: {} of {subject}", options.kind);
    for finding in &findings {
        text.push_str("\n\n");
        text.push_str(&finding.text());
    }
    if findings.is_empty() {
        text.push_str("\nNobody certified it.");
    }
    Ok(Answer::new(text, &facts)?.good(certified))
}

/// Whose certificates count.
async fn issuers(suite: &Suite, options: &Verify, subject: &Subject) -> Result<Vec<Address>, Failure> {
    if let Some(issuer) = options.issuer {
        return Ok(vec![issuer]);
    }
    if options.kind != CertificateKind::Authenticity {
        let filter = list::Filter { subject: Some(subject.word()), kind: Some(options.kind), issuer: None };
        return Ok(list::newest(suite, &filter).await?.into_iter().map(|told| told.issuer).collect());
    }
    let maker = manufacturer(suite, subject).await?.ok_or_else(|| {
        Failure::user(
            "NoManufacturer",
            format!("the catalogue knows no manufacturer of {subject}, so nobody can certify its authenticity"),
            "is its model approved and its lot registered? Or name the --issuer that you trust",
        )
    })?;
    Ok(vec![maker])
}

async fn look(
    store: &Store,
    kind: CertificateKind,
    subject: &Subject,
    issuer: Address,
    state: Option<CertificateState>,
    newest_block: u64,
) -> Result<Finding, Failure> {
    let mut finding = Finding {
        issuer,
        standing: "none",
        valid_from: None,
        valid_until: None,
        revoked_at: None,
        document: None,
        issuer_name: None,
        statement: None,
        problem: None,
    };
    let Some(state) = state else { return Ok(finding) };
    finding.standing = standing(&state, newest_block);
    finding.revoked_at = Some(state.revoked_at).filter(|at| *at != 0);
    if state.document.is_none() {
        // Revoked before it was ever handed in: there is no more to look at.
        return Ok(finding);
    }
    let address = state.document.address()?;
    (finding.valid_from, finding.valid_until) = (Some(state.valid_from), Some(state.valid_until));
    finding.document = Some(address);
    match read(store, &address).await {
        Ok(document) => {
            finding.problem = contradiction(&document, kind, subject, issuer, &state);
            finding.issuer_name = Some(document.issuer_name);
            finding.statement = Some(document.statement);
        }
        Err(problem) => finding.problem = Some(problem),
    }
    Ok(finding)
}

/// The document; the store has checked that its bytes have the digest that the chain keeps.
async fn read(store: &Store, address: &ContentAddress) -> Result<CertificateDocument, String> {
    let bytes = store.get(address).await.map_err(|error| format!("its document cannot be had: {error}"))?;
    CertificateDocument::parse(&bytes).map_err(|error| format!("its document cannot be read: {error}"))
}

/// Where the document says something else than the chain.
fn contradiction(
    document: &CertificateDocument,
    kind: CertificateKind,
    subject: &Subject,
    issuer: Address,
    state: &CertificateState,
) -> Option<String> {
    let until = document.valid_until.map_or(NEVER, |until| u64::try_from(until.as_second()).unwrap_or(0));
    let from = u64::try_from(document.valid_from.as_second()).unwrap_or(0);
    let same = [
        ("kind", document.kind == kind.into()),
        ("subject", document.subject.word() == subject.word()),
        ("issuer", document.issuer == issuer),
        ("first second of validity", from == state.valid_from),
        ("last second of validity", until == state.valid_until),
    ];
    let (wrong, _) = same.into_iter().find(|(_, same)| !same)?;
    Some(format!("its document names another {wrong} than the chain"))
}

impl Finding {
    fn text(&self) -> String {
        let mut lines = vec![format!("issuer     {}", self.issuer), format!("standing   {}", self.standing)];
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until) {
            lines.push(format!("valid      from {} to {}", time::iso(from), time::iso(until)));
        }
        lines.extend(self.revoked_at.map(|at| format!("revoked    {}", time::iso(at))));
        lines.extend(self.document.map(|document| format!("document   {}", document.uri())));
        lines.extend(self.issuer_name.as_ref().map(|name| format!("issued by  {name}")));
        lines.extend(self.statement.as_ref().map(|statement| format!("statement  {statement}")));
        lines.extend(self.problem.as_ref().map(|problem| format!("problem    {problem}")));
        lines.join("\n")
    }
}
