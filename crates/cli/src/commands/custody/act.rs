//! The verbs that change who has items, or whether they may move.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use theriac_client::rooms::Custody;
use theriac_client::types::Loss;
use theriac_client::{Call, Suite};
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::commands::evidence::{self, EvidenceOptions};
use crate::commands::subject::Item;
use crate::commands::{proofs, several};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// What every one of the verbs takes.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// UDIs with a serial in any form, or item ids; all go into one transaction.
    #[arg(required = true, value_name = "ITEM")]
    items: Vec<String>,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Commission,
    Ship { to: Address },
    Receive,
    Reject,
    Cancel,
    Quarantine,
    Release { set_by: Option<Address> },
    ReportLost { loss: Loss },
    Recover { set_by: Option<Address> },
    Decommission,
}

/// What is done with one item.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    item: ItemId,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
    evidence: B256,
}

/// The document that is made where the user gives none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustodyEvent {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    verb: &'static str,
    item: ItemId,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
    /// Who signs.
    by: Address,
    at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    verb: &'static str,
    items: &'a [Entry],
    #[serde(flatten)]
    done: Done,
}

/// Does it to all items, or to none.
pub(super) async fn run(context: &Context<'_>, options: &Act, deed: Deed) -> Result<Answer, Failure> {
    let items = several::items(&options.items)?;
    let suite = context.signing_suite().await?;
    let entries = entries(context, &suite, options, &items, deed).await?;
    let done = perform(context, &suite, &items, &entries, deed).await?;
    let are = match (context.options.dry_run, items.len()) {
        (true, _) => "would be",
        (false, 1) => "is",
        (false, _) => "are",
    };
    let text = format!("{} {are} {}\n{}", several::named(&options.items), deed.participle(&entries), done.text());
    Answer::new(text, &Facts { verb: deed.verb(), items: &entries, done })
}

/// The evidence of every item, stored before its digest goes on chain.
async fn entries(
    context: &Context<'_>,
    suite: &Suite,
    options: &Act,
    items: &[Item],
    deed: Deed,
) -> Result<Vec<Entry>, Failure> {
    let given = options.evidence.given(context).await?;
    let (by, at) = (suite.chain().account(), evidence::now());
    let mut entries = Vec::with_capacity(items.len());
    for Item { id, .. } in items {
        let (from, to) = deed.parties(suite, *id).await?;
        let made =
            CustodyEvent { kind: "custodyEvent", v: 1, verb: deed.verb(), item: *id, from, to, by, at: at.clone() };
        let evidence = match given {
            Some(digest) => digest,
            None => evidence::keep(context, &made).await?,
        };
        entries.push(Entry { item: *id, from, to, evidence });
    }
    Ok(entries)
}

async fn perform(
    context: &Context<'_>,
    suite: &Suite,
    items: &[Item],
    entries: &[Entry],
    deed: Deed,
) -> Result<Done, Failure> {
    let custody = suite.custody();
    let signer = suite.chain().account();
    match deed {
        Deed::Commission => {
            let proven = proofs::memberships(context, suite, items).await?;
            let calls = entries.iter().zip(&proven);
            let calls: Vec<_> =
                calls.map(|(entry, proof)| custody.commission(entry.item, proof, entry.evidence)).collect();
            several::perform(context, &calls, |data| custody.multicall(data)).await
        }
        Deed::Ship { to } => each(context, &custody, entries, |item, evidence| custody.ship(item, to, evidence)).await,
        Deed::Receive => each(context, &custody, entries, |item, evidence| custody.receive(item, evidence)).await,
        Deed::Reject => each(context, &custody, entries, |item, evidence| custody.reject(item, evidence)).await,
        Deed::Cancel => {
            each(context, &custody, entries, |item, evidence| custody.cancel_shipment(item, evidence)).await
        }
        Deed::Quarantine => each(context, &custody, entries, |item, evidence| custody.quarantine(item, evidence)).await,
        Deed::Release { set_by } => {
            let set_by = set_by.unwrap_or(signer);
            each(context, &custody, entries, |item, evidence| custody.release(item, set_by, evidence)).await
        }
        Deed::ReportLost { loss } => {
            each(context, &custody, entries, |item, evidence| custody.report_lost(item, loss, evidence)).await
        }
        Deed::Recover { set_by } => {
            let set_by = set_by.unwrap_or(signer);
            each(context, &custody, entries, |item, evidence| custody.recover(item, set_by, evidence)).await
        }
        Deed::Decommission => {
            each(context, &custody, entries, |item, evidence| custody.decommission(item, evidence)).await
        }
    }
}

async fn each<C: SolCall + Clone + Send + Sync>(
    context: &Context<'_>,
    custody: &Custody,
    entries: &[Entry],
    call: impl Fn(ItemId, B256) -> Call<C>,
) -> Result<Done, Failure> {
    let calls: Vec<_> = entries.iter().map(|entry| call(entry.item, entry.evidence)).collect();
    several::perform(context, &calls, |data| custody.multicall(data)).await
}

impl Deed {
    /// As the verb is typed, and as its document says.
    fn verb(self) -> &'static str {
        match self {
            Self::Commission => "commission",
            Self::Ship { .. } => "ship",
            Self::Receive => "receive",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
            Self::Quarantine => "quarantine",
            Self::Release { .. } => "release",
            Self::ReportLost { .. } => "report-lost",
            Self::Recover { .. } => "recover",
            Self::Decommission => "decommission",
        }
    }

    /// Who has the item before, and who has it or is to have it then.
    async fn parties(self, suite: &Suite, item: ItemId) -> Result<(Option<Address>, Option<Address>), Failure> {
        if let Self::Commission = self {
            return Ok((None, suite.catalog().manufacturer_of(item.lot()).await?));
        }
        let holding = suite.custody().holding_of(item).await?;
        Ok(match self {
            Self::Ship { to } => (holding.holder, Some(to)),
            Self::Receive | Self::Reject | Self::Cancel => (holding.holder, holding.addressee),
            _ => (holding.holder, None),
        })
    }

    /// The end of "… is".
    fn participle(self, entries: &[Entry]) -> String {
        // All items of one shipment mostly have one sender; where they do not, nobody is named.
        let sender = match entries {
            [first, rest @ ..] if rest.iter().all(|entry| entry.from == first.from) => first.from,
            _ => None,
        };
        let from = sender.map(|from| format!(" from {from}")).unwrap_or_default();
        match self {
            Self::Commission => "commissioned".to_owned(),
            Self::Ship { to } => format!("shipped to {to}"),
            Self::Receive => format!("received{from}"),
            Self::Reject => {
                format!("rejected: it stays with its sender{}", sender.map_or_else(String::new, |s| format!(" {s}")))
            }
            Self::Cancel => "called back".to_owned(),
            Self::Quarantine => "in quarantine".to_owned(),
            Self::Release { .. } => "released from this quarantine".to_owned(),
            Self::ReportLost { loss } => format!("reported {loss}"),
            Self::Recover { .. } => "no longer reported lost".to_owned(),
            Self::Decommission => "decommissioned: its life has ended".to_owned(),
        }
    }
}
