//! `theriac certificate list`, from the room's events.

use std::collections::HashMap;

use alloy::rpc::types::Filter as LogFilter;
use alloy_primitives::{Address, B256, U256};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_bindings::anchors::Anchors::AnchorsEvents;
use theriac_client::rooms::CertificateState;
use theriac_client::types::{CertificateKind, Content, RevocationReason};
use theriac_client::{RoomEvent, RoomLog, Suite};
use theriac_core::content::ContentAddress;

use super::standing;
use super::subject::SubjectOptions;
use crate::answer::{Answer, Table};
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac certificate list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    subject: SubjectOptions,
    /// Only of this issuer.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    issuer: Option<Address>,
    /// Only of this kind.
    #[arg(long)]
    kind: Option<CertificateKind>,
}

/// Which certificates are looked for; the node sifts by it.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) subject: Option<B256>,
    pub(super) kind: Option<CertificateKind>,
    pub(super) issuer: Option<Address>,
}

/// The newest certificate of one (subject, kind, issuer), as the events tell it.
pub(super) struct Told {
    pub(super) subject: B256,
    pub(super) kind: CertificateKind,
    pub(super) issuer: Address,
    pub(super) state: CertificateState,
}

/// One certificate for a program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    subject: B256,
    kind: CertificateKind,
    issuer: Address,
    standing: &'static str,
    valid_from: u64,
    valid_until: u64,
    document: Option<ContentAddress>,
}

/// Lists the newest certificates of every (subject, kind, issuer), in the order of their first appearance.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let newest_block = suite.chain().now().await?;
    let subject = options.subject.subject(&suite).await?.map(|subject| subject.word());
    let filter = Filter { subject, kind: options.kind, issuer: options.issuer };
    let mut entries = Vec::new();
    let mut table = Table::new(["Subject", "Kind", "Issuer", "Standing", "Until"]);
    for told in newest(&suite, &filter).await? {
        let entry = Entry::of(&told, newest_block)?;
        let (subject, kind) = (entry.subject.to_string(), entry.kind.to_string());
        let until = time::iso(entry.valid_until);
        table.row([subject, kind, entry.issuer.to_string(), entry.standing.to_owned(), until]);
        entries.push(entry);
    }
    Answer::new(table.render("no certificates"), &json!({ "certificates": entries }))
}

impl Entry {
    fn of(told: &Told, newest_block: u64) -> Result<Self, Failure> {
        let Told { subject, kind, issuer, state } = told;
        let document = if state.document.is_none() { None } else { Some(state.document.address()?) };
        Ok(Self {
            subject: *subject,
            kind: *kind,
            issuer: *issuer,
            standing: standing(state, newest_block),
            valid_from: state.valid_from,
            valid_until: state.valid_until,
            document,
        })
    }
}

/// The newest certificates that the filter lets through.
pub(super) async fn newest(suite: &Suite, filter: &Filter) -> Result<Vec<Told>, Failure> {
    let mut topics = LogFilter::new().address(suite.anchors().address());
    // Both events of certificates have these three topics; events of records have others, and are passed over.
    if let Some(subject) = filter.subject {
        topics = topics.topic1(subject);
    }
    if let Some(kind) = filter.kind {
        topics = topics.topic2(U256::from(u8::from(kind)));
    }
    if let Some(issuer) = filter.issuer {
        topics = topics.topic3(issuer);
    }
    let logs = suite.logs_of(topics, suite.deployment().block, suite.chain().block_number().await?).await?;
    replay(&logs)
}

fn replay(logs: &[RoomLog]) -> Result<Vec<Told>, Failure> {
    let mut told: Vec<Told> = Vec::new();
    let mut places = HashMap::new();
    for log in logs {
        let RoomEvent::Anchors(event) = &log.event else { continue };
        let (subject, kind, issuer) = match event {
            AnchorsEvents::CertificateIssued(issued) => (issued.subject, issued.kind, issued.issuer),
            AnchorsEvents::CertificateRevoked(revoked) => (revoked.subject, revoked.kind, revoked.issuer),
            _ => continue,
        };
        let kind = CertificateKind::try_from(kind)?;
        let place = *places.entry((subject, kind, issuer)).or_insert_with(|| {
            told.push(Told { subject, kind, issuer, state: NOTHING });
            told.len() - 1
        });
        apply(event, log, &mut told[place].state)?;
    }
    Ok(told)
}

fn apply(event: &AnchorsEvents, log: &RoomLog, state: &mut CertificateState) -> Result<(), Failure> {
    match event {
        AnchorsEvents::CertificateIssued(issued) => {
            *state = CertificateState {
                document: Content { digest: issued.digest, codec: issued.codec },
                issued_at: issued.issuedAt.to(),
                valid_from: issued.validFrom.to(),
                valid_until: issued.validUntil.to(),
                ..NOTHING
            };
        }
        AnchorsEvents::CertificateRevoked(revoked) => {
            // The event has no time; that it has happened is what counts here, and a block stands for it.
            state.revoked_at = log.block_number.unwrap_or_default().max(1);
            state.reason = RevocationReason::try_from(revoked.reason)?;
        }
        _ => {}
    }
    Ok(())
}

/// Before anything was told.
const NOTHING: CertificateState = CertificateState {
    document: Content { digest: B256::ZERO, codec: 0 },
    issued_at: 0,
    valid_from: 0,
    valid_until: 0,
    revoked_at: 0,
    reason: RevocationReason::Unspecified,
};
