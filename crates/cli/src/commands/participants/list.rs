//! `theriac participants list` and `show`.

use std::collections::HashMap;

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use theriac_bindings::participants::Participants::ParticipantsEvents;
use theriac_client::rooms::Participant;
use theriac_client::{Roles, RoomEvent, RoomLog, Suite};

use crate::answer::{Answer, Table};
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac participants list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only who has one of these roles, separated by commas.
    #[arg(long)]
    roles: Option<Roles>,
}

/// One account for a program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    account: Address,
    roles: Roles,
    state: &'static str,
    valid_from: u64,
    valid_until: u64,
    organisation: B256,
    credential: B256,
    encryption_key: Option<B256>,
}

/// Lists all who were ever enrolled, in that order.
pub(super) async fn run(context: &Context<'_>, options: &List) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let (newest, now) = (suite.chain().block_number().await?, suite.chain().now().await?);
    let participants = suite.participants().address();
    let logs =
        suite.logs_of(alloy::rpc::types::Filter::new().address(participants), suite.deployment().block, newest).await?;
    let entries: Vec<Entry> = replay(&logs)
        .into_iter()
        .filter(|(_, known)| options.roles.is_none_or(|roles| known.roles.intersects(roles)))
        .map(|(account, known)| Entry::new(account, &known, now))
        .collect();
    let mut table = Table::new(["Account", "Roles", "State", "Until"]);
    for entry in &entries {
        let (account, roles) = (entry.account.to_string(), entry.roles.to_string());
        table.row([account, roles, entry.state.to_owned(), time::iso(entry.valid_until)]);
    }
    Answer::new(table.render("nobody"), &json!({ "participants": entries }))
}

/// Shows one account as the contract knows it.
pub(super) async fn show(context: &Context<'_>, account: Address) -> Result<Answer, Failure> {
    let suite: Suite = context.suite().await?;
    let known = suite.participants().participant_of(account).await?;
    let entry = Entry::new(account, &known, suite.chain().now().await?);
    if !known.is_enrolled() {
        return Ok(Answer::new(format!("{account} was never enrolled"), &entry)?.good(false));
    }
    let key = entry.encryption_key.map_or_else(|| "none".to_owned(), |key| key.to_string());
    let text = format!(
        "account       {account}\nroles         {}\nstate         {}\nvalid         from {} to {}\norganisation  {}\ncredential    {}\nkey           {key}",
        entry.roles,
        entry.state,
        time::iso(known.valid_from),
        time::iso(known.valid_until),
        known.organisation,
        known.credential,
    );
    Answer::new(text, &entry)
}

impl Entry {
    fn new(account: Address, known: &Participant, now: u64) -> Self {
        Self {
            account,
            roles: known.roles,
            state: state(known, now),
            valid_from: known.valid_from,
            valid_until: known.valid_until,
            organisation: known.organisation,
            credential: known.credential,
            encryption_key: Some(known.encryption_key).filter(|key| !key.is_zero()),
        }
    }
}

fn state(known: &Participant, now: u64) -> &'static str {
    match known {
        _ if !known.is_enrolled() => "not enrolled",
        _ if known.suspended => "suspended",
        _ if now > known.valid_until => "lapsed",
        // The newest block may be older than an enrolment that begins now; what matters is the next one.
        _ if known.valid_from > now.max(time::now()) => "not yet valid",
        _ => "active",
    }
}

/// What the room's events say, without asking for each account: they carry everything. In the order of first appearance.
fn replay(logs: &[RoomLog]) -> Vec<(Address, Participant)> {
    let mut known: Vec<(Address, Participant)> = Vec::new();
    let mut places: HashMap<Address, usize> = HashMap::new();
    for log in logs {
        let RoomEvent::Participants(event) = &log.event else { continue };
        let Some(account) = account_of(event) else { continue };
        let place = *places.entry(account).or_insert_with(|| {
            known.push((account, NOBODY));
            known.len() - 1
        });
        apply(event, &mut known[place].1);
    }
    known
}

fn account_of(event: &ParticipantsEvents) -> Option<Address> {
    match event {
        ParticipantsEvents::ParticipantEnrolled(told) => Some(told.account),
        ParticipantsEvents::ParticipantSuspended(told) => Some(told.account),
        ParticipantsEvents::ParticipantReinstated(told) => Some(told.account),
        ParticipantsEvents::EncryptionKeySet(told) => Some(told.account),
        _ => None,
    }
}

fn apply(event: &ParticipantsEvents, known: &mut Participant) {
    match event {
        ParticipantsEvents::ParticipantEnrolled(told) => {
            known.roles = Roles::from_bits(told.roles);
            known.valid_from = told.validFrom.to();
            known.valid_until = told.validUntil.to();
            known.organisation = told.organisation;
            known.credential = told.credential;
        }
        ParticipantsEvents::ParticipantSuspended(_) => known.suspended = true,
        ParticipantsEvents::ParticipantReinstated(_) => known.suspended = false,
        ParticipantsEvents::EncryptionKeySet(told) => known.encryption_key = told.encryptionKey,
        _ => {}
    }
}

/// An account of which nothing was told.
const NOBODY: Participant = Participant {
    roles: Roles::from_bits(0),
    valid_from: 0,
    valid_until: 0,
    suspended: false,
    organisation: B256::ZERO,
    credential: B256::ZERO,
    encryption_key: B256::ZERO,
};
