//! `theriac custody suspect notices`: what was reported about things, opened by whom it was sealed for.
//!
//! From a thing to its notice: the evidence of its quarantine is the id of a case, about which the account that stopped it has
//! records. What is in a notice counts only if its first step has that digest and its last one is on record.

use std::collections::HashSet;

use alloy::rpc::types::Filter;
use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_bindings::anchors::Anchors::AnchorsEvents;
use theriac_bindings::custody::Custody::CustodyEvents;
use theriac_bindings::units::Units::UnitsEvents;
use theriac_client::store::StoreError;
use theriac_client::types::Content;
use theriac_client::units::Ledger;
use theriac_client::{Error, RoomEvent, Suite};
use theriac_core::document::Document as _;
use theriac_core::dscsa::{SuspectCase, SuspectProduct, digest};
use theriac_core::envelope::{self, Identity, Key};

use crate::answer::{Answer, Table};
use crate::commands::custody::named::{self, Things};
use crate::commands::people::People;
use crate::commands::subject::Item;
use crate::commands::{proofs, reading_key};
use crate::context::Context;
use crate::failure::Failure;

/// Options of `theriac custody suspect notices`.
#[derive(Debug, Args)]
pub(crate) struct Notices {
    /// Items or units that were stopped: labels, item ids, SSCCs or unit ids.
    #[arg(required = true, value_name = "ITEM|SSCC")]
    things: Vec<String>,
}

/// One notice, or why there is none to read.
#[derive(Serialize)]
struct Told {
    case: B256,
    by: Address,
    /// The last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<SuspectProduct>,
    /// `opened`, or why not.
    notice: String,
}

#[derive(Serialize)]
struct Facts {
    notices: Vec<Told>,
}

/// Opens the notices.
pub(super) async fn run(context: &Context<'_>, options: &Notices) -> Result<Answer, Failure> {
    let words = named::words(&options.things)?;
    let suite = context.signing_suite().await?;
    let identity = reading_key::of(suite.chain().signer()?).await?;
    let mut subjects = Vec::new();
    match named::find(context, &suite, &options.things, &words).await? {
        Things::Units(units) => subjects.extend(units.iter().map(|unit| unit.id.0)),
        Things::Items(items) => {
            for item in &items {
                subjects.extend(subjects_of(context, &suite, item).await?);
            }
        }
    }
    let mut notices = Vec::new();
    for (case, by) in cases(&suite, subjects).await? {
        let found = newest(context, &suite, &identity, case, by).await?;
        let (step, notice) = match found {
            Ok(case) => (case.steps().last().cloned(), "opened".to_owned()),
            Err(why) => (None, why),
        };
        notices.push(Told { case, by, step, notice });
    }
    let facts = Facts { notices };
    Answer::new(facts.text(&mut People::new(&suite)).await?, &facts)
}

/// The item, and the unit in which it lies.
async fn subjects_of(context: &Context<'_>, suite: &Suite, item: &Item) -> Result<Vec<B256>, Failure> {
    let lot = item.id.lot();
    if !suite.custody().is_held_in_units(lot).await? {
        return Ok(vec![item.id.0]);
    }
    let index = proofs::membership(context, suite, item).await?.index;
    let ledger = Ledger::read(suite, |of| of == lot).await?;
    Ok([Some(item.id.0), ledger.unit_at(lot, index).map(|(unit, _)| unit.0)].into_iter().flatten().collect())
}

/// The evidence of every quarantine of these, and whose it is.
async fn cases(suite: &Suite, subjects: Vec<B256>) -> Result<Vec<(B256, Address)>, Failure> {
    let rooms = vec![suite.custody().address(), suite.units().address()];
    let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
    let mut found = Vec::new();
    for log in suite.logs_of(Filter::new().address(rooms).topic1(subjects), first, last).await? {
        let told = match log.event {
            RoomEvent::Custody(CustodyEvents::ItemQuarantined(told)) => (told.evidence, told.by),
            RoomEvent::Units(UnitsEvents::UnitStopped(told)) => (told.evidence, told.by),
            _ => continue,
        };
        if !found.contains(&told) {
            found.push(told);
        }
    }
    Ok(found)
}

/// The newest notice about the case that is for the reader; else why there is none.
async fn newest(
    context: &Context<'_>,
    suite: &Suite,
    identity: &Identity,
    case: B256,
    by: Address,
) -> Result<Result<SuspectCase, String>, Failure> {
    let records = Filter::new().address(suite.anchors().address()).topic1(case).topic2(by.into_word());
    let (first, last) = (suite.deployment().block, suite.chain().block_number().await?);
    let mut contents = Vec::new();
    for log in suite.logs_of(records, first, last).await? {
        if let RoomEvent::Anchors(AnchorsEvents::RecordAppended(told)) = log.event {
            contents.push(Content { digest: told.digest, codec: told.codec });
        }
    }
    let recorded: HashSet<B256> = contents.iter().map(|content| content.digest).collect();
    let mut why = "nothing was reported: it is stopped".to_owned();
    for content in contents.into_iter().rev() {
        let bytes = match context.store()?.get(&content.address()?).await {
            Ok(bytes) => bytes,
            // Records of steps are of documents that only the reporter has.
            Err(Error::Store(StoreError::Missing { .. })) => continue,
            Err(error) => return Err(error.into()),
        };
        match opened(identity, case, by, &recorded, &bytes) {
            Ok(case) => return Ok(Ok(case)),
            Err(refused) => why = refused,
        }
    }
    Ok(Err(why))
}

/// Opens a notice, and checks it against what is on chain.
fn opened(
    identity: &Identity,
    id: B256,
    by: Address,
    recorded: &HashSet<B256>,
    bytes: &[u8],
) -> Result<SuspectCase, String> {
    let opened = envelope::open_bytes(bytes, Key::Identities(std::slice::from_ref(identity)));
    let case = SuspectCase::parse(&opened.map_err(|error| error.to_string())?.bytes);
    let case = case.map_err(|error| error.to_string())?;
    let last = case.steps().last().map(digest).transpose().map_err(|error| error.to_string())?;
    if case.id().ok() != Some(id) || !last.is_some_and(|last| recorded.contains(&last)) {
        return Err("it is not of this case as the chain has it: ask who reported it".to_owned());
    }
    match case.steps().iter().all(|step| step.reporter.account == by) {
        true => Ok(case),
        false => Err("it names another reporter than the account that stopped the product: ask that one".to_owned()),
    }
}

impl Facts {
    async fn text(&self, people: &mut People<'_>) -> Result<String, Failure> {
        let mut table = Table::new(["Stopped by", "Case", "Product", "Lot", "Packs", "Stands at", "Notice"]);
        for Told { by, step, notice, .. } in &self.notices {
            let by = people.name(*by).await?;
            let Some(step) = step else {
                let none = String::new;
                table.row([by, none(), none(), none(), none(), none(), notice.clone()]);
                continue;
            };
            let packs =
                if step.serials.is_empty() { "the whole lot".to_owned() } else { step.serials.len().to_string() };
            let stands = format!("{} of {}", step.handling.name(), step.handling.day());
            let who = format!("{}, {by}", step.reporter.name);
            let (product, lot) = (step.product_name.clone(), step.lot.to_string());
            table.row([who, step.case.clone(), product, lot, packs, stands, step.description.clone()]);
        }
        Ok(table.render("nobody stopped it"))
    }
}
