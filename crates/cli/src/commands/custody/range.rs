//! The verbs that make units, divide and join them: `commission-lot`, `pack`, `unpack`, `split`; and `destroy`.
//!
//! Number and salt of a new unit are in the book before its transaction is sent, and out of it again when it is refused.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::units::{Book, Entry};
use theriac_core::epcis::verbs::{self, Things};
use theriac_core::epcis::{Event, Uri, links};
use theriac_core::gs1::{Gtin, Lot as LotNumber, Sscc, check_digit};
use theriac_core::ids::{LotId, UnitId};

use super::named::{self, NamedUnit};
use crate::answer::Answer;
use crate::commands::documents::{lot_document, registered_lot};
use crate::commands::events::{self, Kept};
use crate::commands::evidence::EvidenceOptions;
use crate::commands::subject::LotOptions;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac custody commission-lot`.
#[derive(Debug, Args)]
pub(crate) struct CommissionLot {
    #[command(flatten)]
    lot: LotOptions,
    /// Number of the unit that the whole lot is at first.
    #[arg(long, value_name = "SSCC")]
    sscc: String,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// Options of `theriac custody pack`.
#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// Units whose packs follow each other, in their order: numbers (SSCC) or unit ids.
    #[arg(required = true, num_args = 1.., value_name = "SSCC")]
    parts: Vec<String>,
    /// Number of the unit that they become.
    #[arg(long, value_name = "SSCC")]
    into: String,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// Options of `theriac custody unpack`.
#[derive(Debug, Args)]
pub(crate) struct Unpack {
    /// The unit.
    #[arg(value_name = "SSCC")]
    unit: String,
    #[command(flatten)]
    sizes: Sizes,
    /// Numbers of the parts, in their order.
    #[arg(long, value_name = "SSCC", num_args = 1.., conflicts_with = "prefix")]
    into: Vec<String>,
    /// Your GS1 company prefix, to make the numbers of the parts from.
    #[arg(long, value_name = "DIGITS", requires = "reference")]
    prefix: Option<String>,
    /// Serial reference of the first number that is made; the others follow it.
    #[arg(long, value_name = "NUMBER", requires = "prefix")]
    reference: Option<u64>,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// How large the parts are.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Sizes {
    /// How many packs each part gets, in order; holes count.
    #[arg(long, value_name = "COUNT", num_args = 1..)]
    counts: Vec<u32>,
    /// As many packs for every part, and the rest for the last one.
    #[arg(long, value_name = "COUNT")]
    each: Option<u32>,
}

/// Options of `theriac custody split`.
#[derive(Debug, Args)]
pub(crate) struct Split {
    /// The unit.
    #[arg(value_name = "SSCC")]
    unit: String,
    /// How many of its last packs are taken off; holes count.
    #[arg(long)]
    count: u32,
    /// Number of the unit that they become.
    #[arg(long, value_name = "SSCC")]
    into: String,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// Options of `theriac custody destroy`.
#[derive(Debug, Args)]
pub(crate) struct Destroy {
    /// The unit.
    #[arg(value_name = "SSCC")]
    unit: String,
    /// Index in the lot of the first pack; otherwise the first of the unit.
    #[arg(long, value_name = "INDEX")]
    first: Option<u32>,
    /// How many indices; otherwise all from the first on.
    #[arg(long)]
    count: Option<u32>,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

/// A unit for a program.
#[derive(Serialize)]
struct Told {
    unit: UnitId,
    #[serde(skip_serializing_if = "Option::is_none")]
    sscc: Option<Sscc>,
    first: u32,
    count: u32,
}

#[derive(Serialize)]
struct Facts {
    verb: &'static str,
    lot: LotId,
    /// What there is now.
    units: Vec<Told>,
    evidence: B256,
    #[serde(flatten)]
    done: Done,
}

impl Facts {
    fn answer(self, context: &Context<'_>, what: &str) -> Result<Answer, Failure> {
        let would = if context.options.dry_run { "would be " } else { "" };
        let mut text = format!("{would}{what}\n{}", self.done.text());
        for Told { unit, sscc, first, count } in &self.units {
            let name = sscc.as_ref().map_or_else(String::new, |sscc| format!("(00){sscc}  "));
            let last = u64::from(*first) + u64::from(*count) - 1;
            text.push_str(&format!("\n{name}{unit}  {count} packs, indices {first} to {last}"));
        }
        Answer::new(text, &self)
    }
}

/// Makes room in the book for new units and evidence for what is done, sends, and takes both back where it is refused.
struct Work<'a> {
    context: &'a Context<'a>,
    book: Book,
    new: Vec<UnitId>,
    kept: Kept,
    /// Of the document that the user gave.
    given: Option<B256>,
}

impl<'a> Work<'a> {
    async fn begin(context: &'a Context<'a>, evidence: &EvidenceOptions) -> Result<Self, Failure> {
        let given = evidence.given(context).await?;
        Ok(Self { context, book: Book::open(&context.options.home)?, new: Vec::new(), kept: Kept::default(), given })
    }

    /// The entry of a unit that is to be; in a dry run it is not written.
    fn label(&mut self, sscc: &Sscc, packer: Address, lot: LotId) -> Result<Entry, Failure> {
        let entry = self.book.entry(sscc, packer, lot);
        if !self.context.options.dry_run {
            self.new.extend(self.book.add([entry.clone()])?);
        }
        Ok(entry)
    }

    /// Keeps the events, the last of which is the evidence and names the others.
    fn evidence(&mut self, events: impl IntoIterator<Item = Event>) -> Result<B256, Failure> {
        if let Some(given) = self.given {
            return Ok(given);
        }
        self.kept.keep_act(self.context, events)
    }

    fn settle<T>(mut self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.as_ref().is_err_and(|failure| failure.code != "NotMined") {
            // A label in vain does no harm: that tidying up failed must not hide what went wrong before.
            let _ = self.book.forget(&self.new);
        }
        self.kept.settle(outcome)
    }
}

/// The lot begins its life as one unit.
pub(super) async fn commission(context: &Context<'_>, options: &CommissionLot) -> Result<Answer, Failure> {
    let (lot, sscc) = (options.lot.required()?.id, named::sscc(&options.sscc)?);
    let suite = context.signing_suite().await?;
    let known = registered_lot(&suite, lot).await?;
    let maker = suite.catalog().manufacturer_of(lot).await?.unwrap_or_else(|| suite.chain().account());
    let class = class_of(context, &suite, lot).await?;
    hold_in_units(context, &suite, lot, maker).await?;

    let mut work = Work::begin(context, &options.evidence).await?;
    let entry = work.label(&sscc, maker, lot)?;
    let things = pieces(Things::items([uri(&sscc)?]), class, known.count);
    let evidence = work.evidence([verbs::commission(events::now(), things)])?;
    let sent = context.perform(&suite.units().commission(lot, entry.label(), evidence)).await;
    let done = work.settle(sent)?;
    let units = vec![Told { unit: entry.id(), sscc: Some(sscc), first: 0, count: known.count }];
    Facts { verb: "commission-lot", lot, units, evidence, done }.answer(context, "the lot is commissioned as one unit")
}

/// Says that the lot is held in units, unless that is so or the room may say it itself.
async fn hold_in_units(context: &Context<'_>, suite: &Suite, lot: LotId, maker: Address) -> Result<(), Failure> {
    let (custody, units) = (suite.custody(), suite.units());
    if units.is_commissioned(lot).await?
        || custody.is_held_in_units(lot).await?
        || custody.is_operator(maker, units.address()).await?
    {
        return Ok(());
    }
    if context.options.dry_run {
        return Err(Failure::user(
            "NotHeldInUnits",
            format!("a dry run shows one transaction, and lot {lot} needs one before: that it is held in units"),
            "let the room say so itself: `theriac custody approve --lots`, once for all lots",
        ));
    }
    context.perform(&custody.hold_in_units(lot)).await?;
    Ok(())
}

/// Units become one.
pub(super) async fn pack(context: &Context<'_>, options: &Pack) -> Result<Answer, Failure> {
    let (words, into) = (named::unit_words(&options.parts)?, named::sscc(&options.into)?);
    let suite = context.signing_suite().await?;
    let parts = named::units(context, &suite, &options.parts, &words).await?;
    let Some(first) = parts.first() else {
        return Err(Failure::user("NoUnit", "no units were named", "name those that become one"));
    };
    let (lot, holder, start) = (first.id.lot(), first.state.holder, first.state.first);

    let mut work = Work::begin(context, &options.evidence).await?;
    let entry = work.label(&into, holder, lot)?;
    let inside = parts.iter().filter_map(|part| part.sscc.as_ref()).map(uri).collect::<Result<Vec<_>, _>>()?;
    let evidence = work.evidence([verbs::pack(events::now(), uri(&into)?, Things::items(inside))])?;
    let ids: Vec<_> = parts.iter().map(|part| part.id).collect();
    let done = work.settle(context.perform(&suite.units().pack(&ids, entry.label(), evidence)).await)?;
    let count = parts.iter().fold(0, |sum: u32, part| sum.saturating_add(part.state.count));
    let units = vec![Told { unit: entry.id(), sscc: Some(into), first: start, count }];
    Facts { verb: "pack", lot, units, evidence, done }
        .answer(context, &format!("packed {} units into one", parts.len()))
}

/// A unit becomes several.
pub(super) async fn unpack(context: &Context<'_>, options: &Unpack) -> Result<Answer, Failure> {
    named::unit_words(std::slice::from_ref(&options.unit))?;
    let given = options.into.iter().map(|text| named::sscc(text)).collect::<Result<Vec<_>, _>>()?;
    let suite = context.signing_suite().await?;
    let unit = named::one(context, &suite, &options.unit).await?;
    let counts = options.sizes.counts(unit.state.count)?;
    let (lot, holder) = (unit.id.lot(), unit.state.holder);

    let mut work = Work::begin(context, &options.evidence).await?;
    let numbers = match (&options.prefix, options.reference) {
        (Some(prefix), Some(reference)) => numbers(prefix, reference, counts.len())?,
        _ => given,
    };
    if numbers.len() != counts.len() {
        return Err(Failure::user(
            "NumbersMissing",
            format!("{} parts need {} numbers, and {} were given", counts.len(), counts.len(), numbers.len()),
            "give one SSCC for each part with --into, or --prefix and --reference to make them",
        ));
    }
    let (whole, parts) = (uri_of(&unit)?, numbers.iter().map(uri).collect::<Result<Vec<_>, _>>()?);
    let entries = numbers.iter().map(|sscc| work.label(sscc, holder, lot)).collect::<Result<Vec<_>, _>>()?;
    let labels: Vec<_> = entries.iter().map(Entry::label).collect();
    let evidence = work.evidence([verbs::unpack(events::now(), whole, Things::items(parts))])?;
    let done = work.settle(context.perform(&suite.units().unpack(unit.id, &counts, &labels, evidence)).await)?;
    let mut first = unit.state.first;
    let units = entries.into_iter().zip(&counts).map(|(entry, count)| {
        let told = Told { unit: entry.id(), sscc: Some(entry.sscc), first, count: *count };
        first = first.saturating_add(*count);
        told
    });
    let units: Vec<_> = units.collect();
    let what = format!("unpacked {} into {} units", unit.name(), units.len());
    Facts { verb: "unpack", lot, units, evidence, done }.answer(context, &what)
}

/// The last packs of a unit become one of their own.
pub(super) async fn split(context: &Context<'_>, options: &Split) -> Result<Answer, Failure> {
    named::unit_words(std::slice::from_ref(&options.unit))?;
    let into = named::sscc(&options.into)?;
    let suite = context.signing_suite().await?;
    let unit = named::one(context, &suite, &options.unit).await?;
    let (lot, holder, count) = (unit.id.lot(), unit.state.holder, options.count);
    let (class, whole, part) = (class_of(context, &suite, lot).await?, uri_of(&unit)?, uri(&into)?);

    let mut work = Work::begin(context, &options.evidence).await?;
    let entry = work.label(&into, holder, lot)?;
    let things = pieces(Things::default(), class, count);
    let evidence = work.evidence(verbs::split(events::now(), whole, part, things))?;
    let done = work.settle(context.perform(&suite.units().split(unit.id, count, entry.label(), evidence)).await)?;
    let stays = unit.state.count.saturating_sub(count);
    let units = vec![
        Told { unit: unit.id, sscc: unit.sscc.clone(), first: unit.state.first, count: stays },
        Told { unit: entry.id(), sscc: Some(into), first: unit.state.first.saturating_add(stays), count },
    ];
    Facts { verb: "split", lot, units, evidence, done }
        .answer(context, &format!("split {count} packs off {}", unit.name()))
}

/// Packs end their life.
pub(super) async fn destroy(context: &Context<'_>, options: &Destroy) -> Result<Answer, Failure> {
    named::unit_words(std::slice::from_ref(&options.unit))?;
    let suite = context.signing_suite().await?;
    let unit = named::one(context, &suite, &options.unit).await?;
    let (lot, first) = (unit.id.lot(), options.first.unwrap_or(unit.state.first));
    let rest = unit.state.first.saturating_add(unit.state.count).saturating_sub(first);
    let count = options.count.unwrap_or(rest);
    let class = class_of(context, &suite, lot).await?;

    let mut work = Work::begin(context, &options.evidence).await?;
    let evidence = work.evidence([verbs::destroy(events::now(), pieces(Things::default(), class, count))])?;
    let done = work.settle(context.perform(&suite.units().destroy(unit.id, first, count, evidence)).await)?;
    let what = format!("destroyed what was left of {count} packs from index {first} on");
    let NamedUnit { id, sscc, state } = unit;
    let units = vec![Told { unit: id, sscc, first: state.first, count: state.count }];
    Facts { verb: "destroy", lot, units, evidence, done }.answer(context, &what)
}

fn uri(sscc: &Sscc) -> Result<Uri, Failure> {
    links::unit(sscc).map_err(|error| Failure::of(&error))
}

fn uri_of(unit: &NamedUnit) -> Result<Uri, Failure> {
    uri(unit.known_sscc()?)
}

/// The lot as events name it; none where its document is not in the store, or its product is none of GS1.
pub(super) async fn class_of(context: &Context<'_>, suite: &Suite, lot: LotId) -> Result<Option<Uri>, Failure> {
    let known = registered_lot(suite, lot).await?;
    let Ok(document) = lot_document(context, &known).await else { return Ok(None) };
    let details = document.details();
    let (Ok(gtin), Ok(number)) = (Gtin::new(&details.di), LotNumber::new(&details.lot)) else { return Ok(None) };
    links::lot(&gtin, &number).map(Some).map_err(|error| Failure::of(&error))
}

fn pieces(things: Things, class: Option<Uri>, count: u32) -> Things {
    match class {
        Some(class) => things.and_pieces(class, count.into()),
        None => things,
    }
}

impl Sizes {
    fn counts(&self, total: u32) -> Result<Vec<u32>, Failure> {
        let Some(each) = self.each else { return Ok(self.counts.clone()) };
        if each == 0 {
            let help = "give each part one pack at least";
            return Err(Failure::user("InvalidCount", "parts of no packs are none", help));
        }
        let mut counts = vec![each; (total / each) as usize];
        counts.extend(Some(total % each).filter(|rest| *rest > 0));
        Ok(counts)
    }
}

/// Numbers of a company: extension digit 0, prefix, serial reference, check digit (GS1 General Specifications §3.2).
fn numbers(prefix: &str, first: u64, count: usize) -> Result<Vec<Sscc>, Failure> {
    let refused = |what: String| {
        Failure::user("InvalidPrefix", what, "the prefix has 6 to 12 digits, and prefix and reference together 16")
    };
    if !(6..=12).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused(format!("`{prefix}` is not a GS1 company prefix")));
    }
    let width = 16 - prefix.len();
    let made = (first..).take(count).map(|reference| {
        let payload = format!("0{prefix}{reference:0width$}");
        let digit = check_digit(&payload).filter(|_| payload.len() == 17);
        let digit =
            digit.ok_or_else(|| refused(format!("the serial reference {reference} has more than {width} digits")))?;
        Sscc::new(&format!("{payload}{digit}")).map_err(|error| Failure::of(&error))
    });
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_company_count_up_and_have_check_digits() {
        let made = numbers("0614141", 8, 3).unwrap();
        let texts: Vec<_> = made.iter().map(Sscc::as_str).collect();
        assert!(texts.iter().all(|text| text.len() == 18 && text.starts_with("00614141")), "{texts:?}");
        assert_eq!(texts[1][8..17].parse(), Ok(9));
        for (prefix, first) in [("12345", 0), ("061414x", 0), ("061414112345", 9999)] {
            assert_eq!(numbers(prefix, first, 2).unwrap_err().code, "InvalidPrefix", "{prefix}");
        }
    }

    #[test]
    fn equal_parts_leave_the_rest_to_the_last() {
        let counts = |each, total| Sizes { counts: Vec::new(), each: Some(each) }.counts(total);
        assert_eq!(counts(20, 50).unwrap(), [20, 20, 10]);
        assert_eq!(counts(25, 50).unwrap(), [25, 25]);
        assert_eq!(counts(0, 50).unwrap_err().code, "InvalidCount");
    }
}
