//! `theriac pharmacy check`: would the sale be delivered? In the three outcomes of the source paper.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, Bytes};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::dispensing::{self, About, Arrival};
use theriac_client::rooms::Answer as Told;
use theriac_client::types::{Outcome, Reason};
use theriac_core::ids::{ItemId, LotId, ModelId, UnitId};

use super::basket::{Basket, Portion, Wanted};
use super::papers::{self, Content, Request, RequestedSale, Substitution};
use super::room::Room;
use crate::answer::Answer;
use crate::args::account;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac pharmacy check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    wanted: Wanted,
    /// Who is to sell; otherwise the signer.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    pharmacist: Option<Address>,
    /// Write what the patient, and of a controlled medicine a second pharmacist, have to sign into this file.
    #[arg(long, value_name = "FILE", requires = "prescription")]
    request: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    outcome: Outcome,
    reason: Reason,
    about: Option<About>,
    advice: &'a str,
    /// Of how many packs of this fill may still be sold.
    left: Option<u64>,
    /// When it is worth asking again, seconds since 1970.
    again_at: Option<u64>,
    /// What is on its way to the pharmacy of this product.
    arrivals: &'a [Arrival],
    /// Packs of the product that are on the shelf.
    on_shelf: u64,
    sales: Vec<Planned>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Path>,
}

#[derive(Serialize)]
struct Planned {
    unit: UnitId,
    items: Vec<ItemId>,
    packs: B256,
    nonce: u32,
}

/// Asks the contract, and adds what the client knows. Exit code 0 to deliver, 1 otherwise.
pub(super) async fn run(context: &Context<'_>, options: &Check) -> Result<Answer, Failure> {
    let suite = context.suite().await?;
    let basket = Basket::fill(context, &suite, &options.wanted).await?;
    let pharmacist = options.pharmacist.unwrap_or_else(|| suite.chain().account());
    let before = submissions(&suite, &basket, options.wanted.substitution.as_deref()).await?;
    let told = judge(&suite, &basket, &before, pharmacist).await?;
    let request = options.request.as_deref().filter(|_| told.outcome == Outcome::Deliver);
    if let Some(file) = request {
        papers::write(file, Room::of(&suite), &asked(&basket)?)?;
    }
    let again = if told.outcome == Outcome::NotAvailable { again(&suite, &basket).await? } else { Again::default() };
    let text = text(&suite, &basket, &told, &again, request).await?;
    let facts = Facts {
        outcome: told.outcome,
        reason: told.reason,
        about: told.offending(),
        advice: told.reason.advice(),
        left: basket.left(),
        again_at: told.again_at(),
        arrivals: &again.arrivals,
        on_shelf: again.on_shelf,
        sales: basket.portions.iter().map(planned).collect::<Result<_, _>>()?,
        request,
    };
    Ok(Answer::new(text, &facts)?.good(told.outcome == Outcome::Deliver))
}

fn planned(portion: &Portion) -> Result<Planned, Failure> {
    Ok(Planned { unit: portion.sale.unit, items: portion.items(), packs: portion.packs()?, nonce: portion.nonce })
}

/// The verbs that go before the sale in one transaction: what was only signed is handed in.
pub(super) async fn submissions(
    suite: &Suite,
    basket: &Basket,
    substitution: Option<&Path>,
) -> Result<Vec<Bytes>, Failure> {
    let mut before = Vec::new();
    let pharmacy = suite.pharmacy();
    if let (Some(known), Some(progress)) = (&basket.prescription, basket.progress) {
        if let Some(signature) = known.signature.clone().filter(|_| progress.model_number == 0 && !progress.cancelled) {
            before.push(pharmacy.submit(&known.prescription, signature).calldata());
        }
        if let Some(file) = substitution {
            let (room, paper) = papers::read::<Substitution>(file)?;
            room.check_is(Room::of(suite)).map_err(|failure| failure.at(file))?;
            if room.id_of(&paper.prescription) != known.id {
                let what = "the approval is for another prescription";
                return Err(Failure::user("OtherPrescription", what, Substitution::SOURCE).at(file));
            }
            if !pharmacy.is_substitution_approved(known.id, paper.model).await? {
                let call = pharmacy.submit_substitution(&paper.prescription, paper.model, paper.signature);
                before.push(call.calldata());
            }
        }
    }
    Ok(before)
}

/// What the sale would answer: of several units the first that is not delivered.
pub(super) async fn judge(
    suite: &Suite,
    basket: &Basket,
    before: &[Bytes],
    pharmacist: Address,
) -> Result<Told, Failure> {
    let (room, units) = (suite.pharmacy().address(), suite.units());
    if !units.is_operator(basket.pharmacy, room).await? {
        return Err(Failure::user(
            "NotApproved",
            format!("{} has not let the pharmacy's room sell what it holds", basket.pharmacy),
            "run `theriac pharmacy approve` with the pharmacy's account",
        ));
    }
    let mut sales = basket.sales();
    // Each is asked for alone, as if it were the next sale on the prescription: only the first is signed with this number.
    sales.iter_mut().skip(1).for_each(|sale| sale.collection = None);
    let told = suite.pharmacy().check_after(before, pharmacist, &sales).await?;
    let first = told.iter().find(|told| told.outcome != Outcome::Deliver).or(told.first()).copied();
    let delivered = Told { outcome: Outcome::Deliver, reason: Reason::None, about: B256::ZERO };
    let told = first.unwrap_or(delivered);
    // The contract was asked for every unit alone.
    match basket.left() {
        Some(left) if told.outcome == Outcome::Deliver && basket.count() > left => {
            let about = alloy_primitives::U256::from(left).into();
            Ok(Told { outcome: Outcome::NotAvailable, reason: Reason::BeyondQuantity, about })
        }
        _ => Ok(told),
    }
}

/// What is to be signed.
fn asked(basket: &Basket) -> Result<Request, Failure> {
    let Some(known) = &basket.prescription else {
        return Err(Failure::user("NoPrescription", "nothing is to be signed", "sell it over the counter"));
    };
    let sales = basket.portions.iter().map(|portion| RequestedSale {
        unit: portion.sale.unit,
        packs: portion.sale.proven.packs.iter().map(Into::into).collect(),
        nonce: portion.nonce,
    });
    Ok(Request { prescription: known.prescription.clone(), pharmacy: basket.pharmacy, sales: sales.collect() })
}

/// When and where else there is something of the product.
#[derive(Default)]
struct Again {
    arrivals: Vec<Arrival>,
    on_shelf: u64,
}

async fn again(suite: &Suite, basket: &Basket) -> Result<Again, Failure> {
    let products: BTreeSet<ModelId> = basket.portions.iter().map(|portion| portion.model).collect();
    let mut lots: BTreeSet<LotId> = BTreeSet::new();
    let mut on_shelf = 0;
    for lot in basket.history.lots() {
        let known = suite.catalog().lot_of(lot).await?;
        if known.is_some_and(|known| products.contains(&known.model)) {
            on_shelf += suite.pharmacy().stock_of(basket.pharmacy, lot).await?.stock;
            lots.insert(lot);
        }
    }
    let arrivals = dispensing::arrivals(suite, &basket.history, basket.pharmacy, Some(&lots)).await?;
    Ok(Again { arrivals, on_shelf })
}

async fn text(
    suite: &Suite,
    basket: &Basket,
    told: &Told,
    again: &Again,
    request: Option<&Path>,
) -> Result<String, Failure> {
    let head = match told.outcome {
        Outcome::Deliver => "DELIVER",
        Outcome::AskPractitioner => "ANOTHER PRODUCT: ASK THE PRACTITIONER",
        Outcome::NotAvailable => "NOT AVAILABLE",
    };
    let mut lines = vec![head.to_owned(), told.reason.advice().to_owned()];
    lines.extend(told.offending().map(|about| format!("about    {}", name(about))));
    if told.outcome == Outcome::Deliver {
        lines.push(format!("packs    {} out of {} unit(s)", basket.count(), basket.portions.len()));
    }
    if let Some(at) = told.again_at() {
        lines.push(format!("again    from {}", time::iso(at)));
    }
    for arrival in &again.arrivals {
        let at = time::iso(suite.chain().time_of(arrival.shipped_in).await?);
        lines.push(format!("coming   {} packs of lot {}, sent {at} by {}", arrival.packs, arrival.lot, arrival.from));
    }
    if again.on_shelf > 0 {
        lines
            .push(format!("shelf    {} packs of this product are in stock; not every one may be sold", again.on_shelf));
    }
    if let Some(file) = request {
        lines.push(format!("to sign  {}", file.display()));
    }
    Ok(lines.join("\n"))
}

/// What offends, as people write it.
pub(super) fn name(about: About) -> String {
    match about {
        About::Account(account) => account.to_string(),
        About::Prescription(id) => format!("prescription {id}"),
        About::Lot(lot) => format!("lot {lot}"),
        About::Item(item) => format!("pack {item}"),
        About::Index(index) => format!("the pack with index {index}"),
        About::Time(seconds) => time::iso(seconds),
        About::Packs(packs) => format!("{packs} packs are left"),
    }
}
