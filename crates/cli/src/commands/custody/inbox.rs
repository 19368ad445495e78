//! `theriac custody inbox`: what is on its way to the signer, with the papers that its senders sealed for it.

use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use alloy_primitives::Address;
use serde::Serialize;
use theriac_bindings::anchors::Anchors::{AnchorsEvents, RecordAppended};
use theriac_client::store::StoreError;
use theriac_client::types::Content;
use theriac_client::units::{Book, Entry, Ledger, Range};
use theriac_client::{Error, RoomEvent, Suite};
use theriac_core::document::Document as _;
use theriac_core::dscsa::{ShipmentPapers, ShippedUnit};
use theriac_core::envelope::{self, Identity, Key};
use theriac_core::gs1::Sscc;
use theriac_core::ids::UnitId;

use crate::answer::{Answer, Table};
use crate::commands::people::People;
use crate::commands::reading_key;
use crate::context::Context;
use crate::failure::Failure;

/// One unit on its way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    unit: UnitId,
    sscc: Option<Sscc>,
    from: Address,
    first: u32,
    count: u32,
    packs: u64,
    product: Option<String>,
    lot: Option<String>,
    /// What became of its papers: `opened`, or why not.
    papers: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    account: Address,
    units: Vec<Waiting>,
    /// Units whose numbers the book did not know before.
    learnt: Vec<UnitId>,
    dry_run: bool,
}

/// Lists the units, opens their papers, and puts numbers and salts into the book.
pub(super) async fn run(context: &Context<'_>) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let account = suite.chain().account();
    let identity = reading_key::of(suite.chain().signer()?).await?;
    let ledger = Ledger::read(&suite, |_| true).await?;
    let mut book = Book::open(&context.options.home)?;
    let (mut units, mut learnt) = (Vec::new(), Vec::new());
    for (unit, range) in ledger.units().filter(|(_, range)| range.addressee == Some(account)) {
        let found = papers_of(context, &suite, &identity, unit, range).await?;
        if let Ok(papers) = &found
            && !context.options.dry_run
        {
            learnt.extend(book.add(papers.information.units.iter().cloned().map(entry))?);
            let partners = [&papers.information.from, &papers.information.to];
            book.name(partners.map(|partner| (partner.account, partner.name.clone())))?;
        }
        units.push(Waiting {
            unit,
            sscc: sscc_of(&book, unit, found.as_ref().ok()),
            from: range.holder,
            first: range.first,
            count: range.count,
            packs: ledger.packs_in(unit),
            product: found.as_ref().ok().map(|papers| papers.information.product_name.clone()),
            lot: found.as_ref().ok().map(|papers| papers.information.lot.to_string()),
            papers: found.map_or_else(|why| why, |_| "opened".to_owned()),
        });
    }
    let facts = Facts { account, units, learnt, dry_run: context.options.dry_run };
    Answer::new(facts.text(&mut People::new(&suite)).await?, &facts)
}

fn entry(shipped: ShippedUnit) -> Entry {
    Entry { sscc: shipped.sscc, salt: shipped.salt, packer: shipped.packer, lot: shipped.lot_id }
}

fn sscc_of(book: &Book, unit: UnitId, papers: Option<&ShipmentPapers>) -> Option<Sscc> {
    let told = papers.and_then(|papers| papers.information.units.iter().find(|shipped| shipped.id() == unit));
    book.get(unit).map(|entry| entry.sscc.clone()).or_else(|| told.map(|shipped| shipped.sscc.clone()))
}

/// The newest papers that the sender anchored to the unit and that are of it; else why there are none.
async fn papers_of(
    context: &Context<'_>,
    suite: &Suite,
    identity: &Identity,
    unit: UnitId,
    range: &Range,
) -> Result<Result<ShipmentPapers, String>, Failure> {
    let anchored = Filter::new()
        .address(suite.anchors().address())
        .event_signature(RecordAppended::SIGNATURE_HASH)
        .topic1(unit.0)
        .topic2(range.holder.into_word());
    let newest = suite.chain().block_number().await?;
    let logs = suite.logs_of(anchored, suite.deployment().block, newest).await?;
    let mut why = "none were given: ask the sender for them".to_owned();
    for log in logs.into_iter().rev() {
        let RoomEvent::Anchors(AnchorsEvents::RecordAppended(told)) = log.event else { continue };
        let content = Content { digest: told.digest, codec: told.codec };
        let bytes = match context.store()?.get(&content.address()?).await {
            Ok(bytes) => bytes,
            Err(Error::Store(StoreError::Missing { .. })) => {
                why = format!("not in the store: ask the sender for {}", content.address()?.uri());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match opened(suite, identity, unit, range, &bytes) {
            Ok(papers) => return Ok(Ok(papers)),
            Err(refused) => why = refused,
        }
    }
    Ok(Err(why))
}

/// Opens an envelope and checks that what is in it is of this unit as the chain has it.
fn opened(
    suite: &Suite,
    identity: &Identity,
    unit: UnitId,
    range: &Range,
    bytes: &[u8],
) -> Result<ShipmentPapers, String> {
    let opened = envelope::open_bytes(bytes, Key::Identities(std::slice::from_ref(identity)));
    let papers =
        ShipmentPapers::parse(&opened.map_err(|error| error.to_string())?.bytes).map_err(|error| error.to_string())?;
    let told = &papers.information;
    let shipped = told.units.iter().find(|shipped| shipped.id() == unit);
    let shipped = shipped.ok_or("they are of other units: ask the sender for the right ones")?;
    if told.chain_id != suite.chain().chain_id() || told.custody != suite.custody().address() {
        return Err(format!("they are of a unit on chain {} in {}: ask the sender", told.chain_id, told.custody));
    }
    if told.from.account != range.holder || Some(told.to.account) != range.addressee {
        return Err(format!("they are of a transaction from {} to {}", told.from.account, told.to.account));
    }
    if (shipped.first, shipped.count) != (range.first, range.count) {
        return Err(format!(
            "they say {} packs from index {} on, and the chain has {} from {} on: reject the unit, or ask the sender",
            shipped.count, shipped.first, range.count, range.first
        ));
    }
    Ok(papers)
}

impl Facts {
    async fn text(&self, people: &mut People<'_>) -> Result<String, Failure> {
        let mut table = Table::new(["Unit", "Packs", "Product", "Lot", "From", "Papers"]);
        for unit in &self.units {
            let name = unit.sscc.as_ref().map_or_else(|| unit.unit.to_string(), |sscc| format!("(00){sscc}"));
            let (product, lot) = (unit.product.clone().unwrap_or_default(), unit.lot.clone().unwrap_or_default());
            let from = people.name(unit.from).await?;
            table.row([name, unit.packs.to_string(), product, lot, from, unit.papers.clone()]);
        }
        Ok(table.render("nothing is on its way to you"))
    }
}
