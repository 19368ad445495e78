//! The verbs that move a purchase on. Before anything is sent, what the contract would refuse is told in words.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::trade::known::KnownPurchase;
use theriac_client::trade::{Deed, Progress, Refusal, Status, Step};
use theriac_core::ids::ItemId;

use super::find;
use crate::answer::Answer;
use crate::commands::evidence::{self, EvidenceOptions};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// What a verb with evidence takes.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// What settling and refunding take.
#[derive(Debug, Args)]
pub(crate) struct End {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
}

/// Options of `theriac market evidence`.
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// The purchase.
    #[arg(value_name = "PURCHASE")]
    purchase: String,
    /// Document whose digest goes on chain. Never name a patient.
    file: PathBuf,
}

/// The document that is made where the user gives none.
#[derive(Serialize)]
struct MarketEvent<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    v: u32,
    verb: String,
    purchase: B256,
    items: &'a [ItemId],
    /// Who signs.
    by: Address,
    at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    verb: Deed,
    purchase: B256,
    /// Where it stands now; in a dry run, where it stood.
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<B256>,
    /// What can be done next.
    next: Vec<Step>,
    #[serde(flatten)]
    done: Done,
}

/// A purchase that a verb is about.
pub(super) struct Case {
    pub(super) suite: Suite,
    pub(super) known: KnownPurchase,
    pub(super) progress: Progress,
    /// The present second.
    pub(super) now: u64,
}

impl Case {
    /// Opens the purchase to act on it.
    pub(super) async fn open(context: &Context<'_>, purchase: &str) -> Result<Self, Failure> {
        find::check(purchase)?;
        let suite = context.signing_suite().await?;
        let (known, progress) = find::purchase(&suite, purchase).await?;
        let now = find::now(&suite).await?;
        Ok(Self { suite, known, progress, now })
    }

    /// Refuses what the contract would.
    pub(super) fn check(&self, deed: Deed) -> Result<(), Failure> {
        let checked = self.known.terms.check(&self.progress, deed, self.suite.chain().account(), self.now);
        checked.map_err(|refusal| {
            let code = match &refusal {
                Refusal::TooLate { .. } => "TooLate",
                Refusal::TooEarly { .. } => "TooEarly",
                Refusal::WrongParty { .. } => "WrongParty",
                _ => "WrongStatus",
            };
            let help =
                format!("nothing was sent; `theriac market show {}` has the whole story", find::short(&self.known.id));
            Failure::user(code, refusal, help)
        })
    }

    /// The user's evidence, or a small document that says what is done.
    pub(super) async fn evidence(
        &self,
        context: &Context<'_>,
        options: &EvidenceOptions,
        deed: Deed,
    ) -> Result<B256, Failure> {
        let made = MarketEvent {
            kind: "marketEvent",
            v: 1,
            verb: deed.to_string(),
            purchase: self.known.id,
            items: &self.known.terms.items,
            by: self.suite.chain().account(),
            at: evidence::now(),
        };
        options.or(context, &made).await
    }

    /// The market moves the goods in `Custody` for its caller, who has to have allowed it.
    async fn require_operator(&self) -> Result<(), Failure> {
        let (account, market) = (self.suite.chain().account(), self.suite.market().address());
        if self.suite.custody().is_operator(account, market).await? {
            return Ok(());
        }
        let what = format!("the market may not move goods for {account}");
        Err(Failure::user("NotJoined", what, "allow it once: `theriac market approve`"))
    }

    /// What became of it.
    pub(super) async fn answer(
        self,
        context: &Context<'_>,
        verb: Deed,
        evidence: Option<B256>,
        done: Done,
    ) -> Result<Answer, Failure> {
        let (_, progress) = find::purchase(&self.suite, &self.known.id.to_string()).await?;
        let next = self.known.terms.steps(&progress, find::now(&self.suite).await?);
        let status = progress.status;
        let text = match context.options.dry_run {
            true => format!("`{verb}` would be done to purchase {}, which is {status}", self.known.id),
            false => format!("purchase {} is {status}{}", self.known.id, lines(&next)),
        };
        let text = format!("{text}\n{}", done.text());
        Answer::new(text, &Facts { verb, purchase: self.known.id, status, evidence, next, done })
    }
}

/// What can be done next, a line for each.
pub(super) fn lines(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("\n  {step}")).collect()
}

/// Moves the purchase on.
pub(super) async fn act(context: &Context<'_>, options: &Act, deed: Deed) -> Result<Answer, Failure> {
    let case = Case::open(context, &options.purchase).await?;
    case.check(deed)?;
    if deed != Deed::Dispute {
        case.require_operator().await?;
    }
    let evidence = case.evidence(context, &options.evidence, deed).await?;
    let (market, terms) = (case.suite.market(), &case.known.terms);
    let done = match deed {
        Deed::Ship => context.perform(&market.ship(terms, evidence)).await?,
        Deed::Refuse => context.perform(&market.refuse(terms, evidence)).await?,
        Deed::Return => context.perform(&market.return_items(terms, evidence)).await?,
        Deed::TakeBack => context.perform(&market.take_back(terms, evidence)).await?,
        _ => context.perform(&market.dispute(terms, evidence)).await?,
    };
    case.answer(context, deed, Some(evidence), done).await
}

/// Receives, and with `accept` settles.
pub(super) async fn receive(context: &Context<'_>, options: &Act, accept: bool) -> Result<Answer, Failure> {
    let case = Case::open(context, &options.purchase).await?;
    case.check(Deed::Receive)?;
    case.require_operator().await?;
    let evidence = case.evidence(context, &options.evidence, Deed::Receive).await?;
    let done = context.perform(&case.suite.market().receive(&case.known.terms, evidence, accept)).await?;
    case.answer(context, Deed::Receive, Some(evidence), done).await
}

/// Settles or refunds.
pub(super) async fn end(context: &Context<'_>, options: &End, deed: Deed) -> Result<Answer, Failure> {
    let case = Case::open(context, &options.purchase).await?;
    case.check(deed)?;
    let (market, terms) = (case.suite.market(), &case.known.terms);
    let done = match deed {
        Deed::Settle => context.perform(&market.settle(terms)).await?,
        _ => context.perform(&market.refund(terms)).await?,
    };
    case.answer(context, deed, None, done).await
}

/// Adds evidence to a dispute.
pub(super) async fn evidence(context: &Context<'_>, options: &Evidence) -> Result<Answer, Failure> {
    let case = Case::open(context, &options.purchase).await?;
    case.check(Deed::Evidence)?;
    let digest = evidence::keep_file(context, &options.file).await?.digest;
    let done = context.perform(&case.suite.market().file_evidence(&case.known.terms, digest)).await?;
    case.answer(context, Deed::Evidence, Some(digest), done).await
}
