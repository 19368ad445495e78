//! The verbs that change who has things, or whether they may move. Items and logistic units go to rooms of their own.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use clap::Args;
use serde::Serialize;
use theriac_client::rooms::Custody;
use theriac_client::types::Loss;
use theriac_client::{Call, Suite};
use theriac_core::epcis::verbs::{self, Moment, Things as EventThings};
use theriac_core::epcis::{Event, Uri, links};
use theriac_core::ids::{Agency, ItemId, UnitId};

use super::named::{self, Things};
use super::unit_act;
use crate::answer::Answer;
use crate::commands::events::{self, Kept};
use crate::commands::evidence::{self, EvidenceOptions};
use crate::commands::subject::Item;
use crate::commands::{proofs, several};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// What every one of the verbs takes.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// UDIs with a serial in any form, or item ids; or numbers of logistic units (SSCC), or unit ids. All go into one transaction.
    #[arg(required = true, value_name = "ITEM|SSCC")]
    pub(super) items: Vec<String>,
    #[command(flatten)]
    pub(super) evidence: EvidenceOptions,
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
#[serde(tag = "type", rename = "custodyEvent")]
pub(super) struct CustodyEvent {
    v: u32,
    verb: &'static str,
    #[serde(flatten)]
    about: About,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
    /// Who signs.
    by: Address,
    at: String,
}

/// The one thing that such a document is about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum About {
    Item(ItemId),
    Unit(UnitId),
}

impl CustodyEvent {
    /// Keeps the document, and answers its digest.
    pub(super) async fn keep(
        context: &Context<'_>,
        deed: Deed,
        about: About,
        (from, to): (Option<Address>, Option<Address>),
        by: Address,
    ) -> Result<B256, Failure> {
        let made = Self { v: 1, verb: deed.verb(), about, from, to, by, at: evidence::now() };
        evidence::keep(context, &made).await
    }
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
    let words = named::words(&options.items)?;
    let suite = context.signing_suite().await?;
    let items = match named::find(context, &suite, &options.items, &words).await? {
        Things::Items(items) => items,
        Things::Units(units) => return unit_act::run(context, &suite, options, &units, deed).await,
    };
    let mut kept = Kept::default();
    let entries = entries(context, &suite, options, &items, deed, &mut kept).await?;
    let done = kept.settle(perform(context, &suite, &items, &entries, deed).await)?;
    let are = match (context.options.dry_run, items.len()) {
        (true, _) => "would be",
        (false, 1) => "is",
        (false, _) => "are",
    };
    let senders: Vec<_> = entries.iter().map(|entry| entry.from).collect();
    let text = format!("{} {are} {}\n{}", several::named(&options.items), deed.participle(&senders), done.text());
    Answer::new(text, &Facts { verb: deed.verb(), items: &entries, done })
}

/// The evidence of every item, stored before its digest goes on chain.
async fn entries(
    context: &Context<'_>,
    suite: &Suite,
    options: &Act,
    items: &[Item],
    deed: Deed,
    kept: &mut Kept,
) -> Result<Vec<Entry>, Failure> {
    let given = options.evidence.given(context).await?;
    let (by, moment) = (suite.chain().account(), events::now());
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        let id = item.id;
        let (from, to) = deed.parties(suite, id).await?;
        let evidence = match (given, thing(item)?) {
            (Some(digest), _) => digest,
            (None, Some(thing)) => {
                let parties = Parties::new(suite, from, to)?;
                kept.keep(context, deed.event(moment.clone(), EventThings::items([thing]), parties, false))?
            }
            (None, None) => CustodyEvent::keep(context, deed, About::Item(id), (from, to), by).await?,
        };
        entries.push(Entry { item: id, from, to, evidence });
    }
    Ok(entries)
}

/// The item as events name it; none where its label is not known, or is not one of GS1.
fn thing(item: &Item) -> Result<Option<Uri>, Failure> {
    match &item.udi {
        Some(udi) if udi.di.agency() == Agency::Gs1 => {
            Ok(Some(links::label(udi).map_err(|error| Failure::of(&error))?))
        }
        _ => Ok(None),
    }
}

/// Who gives and who takes, as events name them; the signer where nobody is known.
#[derive(Debug)]
pub(super) struct Parties {
    from: Uri,
    to: Uri,
}

impl Parties {
    pub(super) fn new(suite: &Suite, from: Option<Address>, to: Option<Address>) -> Result<Self, Failure> {
        let (chain, signer) = (suite.chain().chain_id(), suite.chain().account());
        let party = |account: Option<Address>| events::party(chain, account.unwrap_or(signer));
        Ok(Self { from: party(from)?, to: party(to)? })
    }
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
    /// The event that says so; `back` where the things go to whom they came from.
    pub(super) fn event(self, moment: Moment, things: EventThings, parties: Parties, back: bool) -> Event {
        let Parties { from, to } = parties;
        match self {
            Self::Commission => verbs::commission(moment, things),
            Self::Ship { .. } if back => verbs::send_back(moment, things, from, to),
            Self::Ship { .. } => verbs::ship(moment, things, from, to),
            Self::Receive if back => verbs::take_back(moment, things, from, to),
            Self::Receive => verbs::receive(moment, things, from, to),
            Self::Reject => verbs::send_back(moment, things, to, from),
            Self::Cancel => verbs::withdraw(moment, things, from, to),
            Self::Quarantine => verbs::quarantine(moment, things),
            Self::Release { .. } => verbs::release(moment, things),
            Self::ReportLost { loss: Loss::Lost } => verbs::report_lost(moment, things),
            Self::ReportLost { loss: Loss::Stolen } => verbs::report_stolen(moment, things),
            Self::Recover { .. } => verbs::recover(moment, things),
            Self::Decommission => verbs::decommission(moment, things),
        }
    }

    /// As the verb is typed, and as its document says.
    pub(super) fn verb(self) -> &'static str {
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

    /// The end of "… is", with who had each of the things.
    pub(super) fn participle(self, senders: &[Option<Address>]) -> String {
        // All things of one shipment mostly have one sender; where they do not, nobody is named.
        let sender = match senders {
            [first, rest @ ..] if rest.iter().all(|sender| sender == first) => *first,
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
