//! `theriac pharmacy sell`: one transaction for all packs, whatever units they are in, and for what was only signed before.

use std::path::PathBuf;

use alloy_primitives::{B256, Bytes, U256};
use clap::Args;
use serde::Serialize;
use theriac_bindings::pharmacy::Pharmacy::PharmacyEvents;
use theriac_client::rooms::Pharmacy;
use theriac_client::types::{Outcome, Sale};
use theriac_client::{RoomEvent, Suite};
use theriac_core::epcis::verbs::{self, Things};
use theriac_core::ids::{ItemId, UnitId};

use super::basket::{self, Basket, Portion, Wanted};
use super::papers::{self, Collection, Content, Countersignature, SignedSale};
use super::room::Room;
use super::{check, money};
use crate::answer::Answer;
use crate::commands::events::{self, Kept};
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac pharmacy sell`.
#[derive(Debug, Args)]
pub(crate) struct Sell {
    #[command(flatten)]
    wanted: Wanted,
    /// What the patient signed: the file of `theriac pharmacy collect`.
    #[arg(long, value_name = "FILE", requires = "prescription")]
    collection: Option<PathBuf>,
    /// What a second pharmacist signed, for a controlled medicine: the file of `theriac pharmacy countersign`.
    #[arg(long, value_name = "FILE", requires = "collection")]
    second: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    prescription: Option<B256>,
    sales: Vec<Sold>,
    /// Of all packs, in minor units, where the pharmacy says what one costs.
    price: Option<money::Price>,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sold {
    unit: UnitId,
    items: Vec<ItemId>,
    packs: B256,
    evidence: B256,
    /// What the source paper calls the hash of the sale.
    sale_hash: Option<B256>,
}

/// Sells the packs.
pub(super) async fn run(context: &Context<'_>, options: &Sell) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let mut basket = Basket::fill(context, &suite, &options.wanted).await?;
    if let Some(file) = &options.collection {
        let (room, paper) = papers::read::<Collection>(file)?;
        check_for(&basket, &suite, room, paper.prescription, &paper.pharmacy).map_err(|failure| failure.at(file))?;
        for portion in &mut basket.portions {
            let bytes = signed(portion, &paper.sales, Collection::SOURCE).map_err(|failure| failure.at(file))?;
            portion.sale.collection = Some(basket::signature(&bytes, "collection")?);
        }
    } else if basket.prescription.is_some() {
        return Err(Failure::user(
            "NotCollected",
            "the patient has not signed for these packs",
            "run `theriac pharmacy check … --request FILE`, let the patient run `collect`, and give its file as --collection",
        ));
    }
    let before = check::submissions(&suite, &basket, options.wanted.substitution.as_deref()).await?;
    let told = check::judge(&suite, &basket, &before, suite.chain().account()).await?;
    if told.outcome != Outcome::Deliver {
        let about = told.offending().map(|about| format!(" ({})", check::name(about))).unwrap_or_default();
        let what = format!("the sale is refused: {}{about}", told.reason);
        return Err(Failure::user("Pharmacy_Refused", what, told.reason.advice()));
    }
    let second = second(&suite, &basket, options)?;
    let mut kept = Kept::default();
    for place in 0..basket.portions.len() {
        let evidence = evidence(context, &suite, &basket, place, &mut kept).await?;
        if let Some(portion) = basket.portions.get_mut(place) {
            portion.sale.evidence = evidence;
        }
    }
    let sent = send(context, &suite.pharmacy(), &basket, before, second.as_ref()).await;
    let (done, hashes) = kept.settle(sent)?;
    answer(context, &suite, &basket, done, hashes).await
}

/// The paper has to be for this prescription, this pharmacy and this contract.
fn check_for(
    basket: &Basket,
    suite: &Suite,
    room: Room,
    prescription: B256,
    pharmacy: &alloy_primitives::Address,
) -> Result<(), Failure> {
    room.check_is(Room::of(suite))?;
    let ours = basket.prescription.as_ref().map(|known| known.id);
    if ours != Some(prescription) || *pharmacy != basket.pharmacy {
        let what = format!("it was signed for prescription {prescription} at pharmacy {pharmacy}");
        return Err(Failure::user("OtherSale", what, "ask for a signature for this prescription and this pharmacy"));
    }
    Ok(())
}

/// The signature for exactly these packs and this number of the sale.
fn signed(portion: &Portion, sales: &[SignedSale], help: &str) -> Result<Bytes, Failure> {
    let packs = portion.packs()?;
    let found = sales.iter().find(|sale| sale.packs == packs && sale.nonce == portion.nonce);
    found.map(|sale| sale.signature.clone()).ok_or_else(|| {
        let what = format!(
            "it has no signature for these {} packs as sale {} of the prescription: the packs, or what was sold before, changed",
            portion.count(),
            portion.nonce
        );
        Failure::user("OtherSale", what, format!("check again with --request, and let it be signed; {help}"))
    })
}

/// The event, which is kept before its hash goes on chain.
async fn evidence(
    context: &Context<'_>,
    suite: &Suite,
    basket: &Basket,
    place: usize,
    kept: &mut Kept,
) -> Result<B256, Failure> {
    let Some(portion) = basket.portions.get(place) else { return Ok(B256::ZERO) };
    let things = Things::items(basket::links_of(context, suite, portion).await?);
    let event = match basket.prescription {
        Some(_) => verbs::dispense(events::now(), things),
        None => verbs::sell(events::now(), things),
    };
    kept.keep(context, event)
}

/// The second pharmacist with a signature for each portion.
fn second(
    suite: &Suite,
    basket: &Basket,
    options: &Sell,
) -> Result<Option<(alloy_primitives::Address, Vec<Bytes>)>, Failure> {
    let Some(file) = &options.second else { return Ok(None) };
    let (room, paper) = papers::read::<Countersignature>(file)?;
    check_for(basket, suite, room, paper.prescription, &paper.pharmacy).map_err(|failure| failure.at(file))?;
    let signatures = basket.portions.iter().map(|portion| signed(portion, &paper.sales, Countersignature::SOURCE));
    let signatures = signatures.collect::<Result<_, _>>().map_err(|failure| failure.at(file))?;
    Ok(Some((paper.second, signatures)))
}

async fn send(
    context: &Context<'_>,
    pharmacy: &Pharmacy,
    basket: &Basket,
    before: Vec<Bytes>,
    second: Option<&(alloy_primitives::Address, Vec<Bytes>)>,
) -> Result<(Done, Vec<B256>), Failure> {
    let sales: Vec<Sale> = basket.sales();
    let (done, told) = match (sales.as_slice(), before.is_empty(), second) {
        ([sale], true, None) => context.perform_telling(&pharmacy.sell(sale)).await?,
        (sales, _, None) => {
            let calls = sales.iter().map(|sale| pharmacy.sell(sale).calldata());
            context.perform_telling(&pharmacy.multicall(before.into_iter().chain(calls).collect())).await?
        }
        (sales, _, Some((account, signatures))) => {
            let calls = sales.iter().zip(signatures);
            let calls = calls.map(|(sale, signed)| pharmacy.sell_controlled(sale, *account, signed.clone()).calldata());
            context.perform_telling(&pharmacy.multicall(before.into_iter().chain(calls).collect())).await?
        }
    };
    let hashes = told.into_iter().filter_map(|event| match event {
        RoomEvent::Pharmacy(PharmacyEvents::Sold(sold)) => Some(sold.saleHash),
        _ => None,
    });
    Ok((done, hashes.collect()))
}

async fn answer(
    context: &Context<'_>,
    suite: &Suite,
    basket: &Basket,
    done: Done,
    hashes: Vec<B256>,
) -> Result<Answer, Failure> {
    let sales = basket.portions.iter().enumerate().map(|(place, portion)| {
        Ok(Sold {
            unit: portion.sale.unit,
            items: portion.items(),
            packs: portion.packs()?,
            evidence: portion.sale.evidence,
            sale_hash: hashes.get(place).copied(),
        })
    });
    let sales = sales.collect::<Result<Vec<_>, Failure>>()?;
    let price = total(suite, basket).await?;
    let verb = if context.options.dry_run { "would be sold" } else { "are sold" };
    let mut lines = vec![format!("{} packs {verb}", basket.count())];
    lines.extend(hashes.iter().map(|hash| format!("sale      {hash}")));
    lines.extend(price.as_ref().map(|price| format!("price     {}", price.text())));
    lines.push(done.text());
    let prescription = basket.prescription.as_ref().map(|known| known.id);
    Answer::new(lines.join("\n"), &Facts { prescription, sales, price, done })
}

/// What all packs cost together; none where one has no price, or another currency.
async fn total(suite: &Suite, basket: &Basket) -> Result<Option<money::Price>, Failure> {
    let mut sum: Option<(U256, u16)> = None;
    for portion in &basket.portions {
        let Some(price) = suite.pharmacy().price_of(basket.pharmacy, portion.model).await? else { return Ok(None) };
        let cost = U256::from(price.amount) * U256::from(portion.count());
        sum = match sum {
            None => Some((cost, price.currency)),
            Some((known, currency)) if currency == price.currency => Some((known + cost, currency)),
            Some(_) => return Ok(None),
        };
    }
    Ok(sum.and_then(|(amount, currency)| Some(money::Price::new(u64::try_from(amount).ok()?, currency))))
}
