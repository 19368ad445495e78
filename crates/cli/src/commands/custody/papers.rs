//! The papers of a shipment (DSCSA transaction information and statement): made from the chain, the book and what the seller says;
//! sealed for seller and buyer, kept in the store, and anchored by digest to every unit.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use theriac_client::Suite;
use theriac_client::types::RecordKind;
use theriac_client::units::Book;
use theriac_core::content::ContentAddress;
use theriac_core::document::{Document as _, LotDetails};
use theriac_core::dscsa::{ShipmentPapers, ShippedUnit, TradingPartner, TransactionInformation, TransactionStatement};
use theriac_core::envelope::{self, PublicKey, Reader};
use theriac_core::gs1::{Gln, Gtin, Lot as LotNumber, Ndc};
use theriac_core::ids::UnitId;

use super::act::{Act, Deed};
use super::named::{self, NamedUnit, Things};
use super::unit_act::{self, Entry};
use crate::answer::Answer;
use crate::commands::documents::{lot_document, registered_lot};
use crate::commands::evidence;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::files;

/// Options of `theriac custody papers`.
#[derive(Debug, Args)]
pub(crate) struct Papers {
    /// Units that are on their way: numbers (SSCC) or unit ids.
    #[arg(required = true, value_name = "SSCC")]
    units: Vec<String>,
    /// What the chain does not know: JSON with productName, strength, dosageForm, containerSize, from and to (each with name,
    /// address and perhaps gln), and perhaps ndc, transacted and shipped.
    #[arg(long, value_name = "FILE")]
    ti: PathBuf,
}

/// What the seller says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Draft {
    product_name: String,
    strength: String,
    dosage_form: String,
    container_size: String,
    ndc: Option<Ndc>,
    /// Today, if it is not said.
    transacted: Option<Date>,
    shipped: Option<Date>,
    from: Partner,
    to: Partner,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Partner {
    name: String,
    address: String,
    gln: Option<Gln>,
}

#[derive(Serialize)]
struct Shipped<'a> {
    verb: &'static str,
    units: &'a [Entry],
    /// The sealed papers.
    papers: Option<ContentAddress>,
    anchored: Vec<B256>,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize)]
struct Anchored {
    units: Vec<UnitId>,
    papers: ContentAddress,
    anchored: Vec<B256>,
    dry_run: bool,
}

/// Papers that are sealed, and whom they name.
struct Sealed {
    bytes: Vec<u8>,
    partner: (Address, String),
}

/// Ships units with their papers. Everything that can be refused is checked before anything is sent.
pub(super) async fn ship(context: &Context<'_>, act: &Act, to: Address, ti: &Path) -> Result<Answer, Failure> {
    let (words, draft) = (named::words(&act.items)?, Draft::read(ti)?);
    let suite = context.signing_suite().await?;
    let Things::Units(units) = named::find(context, &suite, &act.items, &words).await? else {
        let help = "medicines in units have transaction information; ship items without --ti";
        return Err(Failure::user("NotForItems", "--ti is for logistic units, and these are items", help));
    };
    let sealed = draft.sealed(context, &suite, &units, to).await?;
    let deed = Deed::Ship { to };
    let (entries, done) = unit_act::act(context, &suite, act, &units, deed).await?;
    let mut text = unit_act::told(context, &units, &entries, deed, &done);
    let (papers, anchored) = match context.options.dry_run {
        true => (None, Vec::new()),
        false => {
            let (papers, anchored) = keep(context, &suite, &units, sealed).await.map_err(not_anchored)?;
            text.push_str(&format!("\npapers {} sealed for you and {to}, and anchored", papers.uri()));
            (Some(papers), anchored)
        }
    };
    Answer::new(text, &Shipped { verb: deed.verb(), units: &entries, papers, anchored, done })
}

/// Gives the addressee the papers of units that are on their way already.
pub(super) async fn run(context: &Context<'_>, options: &Papers) -> Result<Answer, Failure> {
    let (words, draft) = (named::unit_words(&options.units)?, Draft::read(&options.ti)?);
    let suite = context.signing_suite().await?;
    let units = named::units(context, &suite, &options.units, &words).await?;
    let signer = suite.chain().account();
    let to = match units.iter().map(|unit| unit.state.addressee).collect::<Option<Vec<_>>>().as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|to| to == first) => *first,
        _ => {
            let what = "the units are not all on their way to one account";
            return Err(Failure::user(
                "NotUnderWay",
                what,
                "name the units of one shipment, after `theriac custody ship`",
            ));
        }
    };
    if let Some(unit) = units.iter().find(|unit| unit.state.holder != signer) {
        let what = format!("unit {} was shipped by {}, not by {signer}", unit.name(), unit.state.holder);
        return Err(Failure::user("WrongParty", what, "its sender gives the papers"));
    }
    let sealed = draft.sealed(context, &suite, &units, to).await?;
    let (papers, anchored) = match context.options.dry_run {
        true => (envelope::address(&sealed.bytes).map_err(|error| Failure::of(&error))?, Vec::new()),
        false => keep(context, &suite, &units, sealed).await?,
    };
    let would = if context.options.dry_run { "would be " } else { "" };
    let text = format!("papers {} {would}sealed for you and {to}, and anchored to {} units", papers.uri(), units.len());
    let dry_run = context.options.dry_run;
    Answer::new(text, &Anchored { units: units.iter().map(|unit| unit.id).collect(), papers, anchored, dry_run })
}

/// Stores the papers, then anchors them to each unit, where its addressee looks for them.
async fn keep(
    context: &Context<'_>,
    suite: &Suite,
    units: &[NamedUnit],
    sealed: Sealed,
) -> Result<(ContentAddress, Vec<B256>), Failure> {
    let address = evidence::keep_bytes(context, &sealed.bytes).await?;
    Book::open(&context.options.home)?.name([sealed.partner])?;
    let mut anchored = Vec::with_capacity(units.len());
    for unit in units {
        let call = suite.anchors().append(unit.id.0, RecordKind::Document, address.into());
        anchored.extend(context.perform(&call).await?.transaction);
    }
    Ok((address, anchored))
}

/// The units are on their way by now, which nobody may have to guess.
fn not_anchored(failure: Failure) -> Failure {
    let what = format!("the units are shipped, but their papers are not anchored: {}", failure.what);
    Failure { what, help: "run `theriac custody papers` with the same --ti".to_owned(), ..failure }
}

impl Draft {
    fn read(file: &Path) -> Result<Self, Failure> {
        let text = files::read_text(file)?;
        serde_json::from_str(&text).map_err(|error| {
            let help = "it needs productName, strength, dosageForm, containerSize, from and to, each of these with name and \
                        address; ndc, transacted and shipped are optional";
            Failure::user("InvalidTi", error, help).at(file)
        })
    }

    /// The papers of these units, sealed for the signer and `to`.
    async fn sealed(
        self,
        context: &Context<'_>,
        suite: &Suite,
        units: &[NamedUnit],
        to: Address,
    ) -> Result<Sealed, Failure> {
        let partner = (to, self.to.name.clone());
        let papers = self.papers(context, suite, units, to).await?;
        let inside = papers.canonical().map_err(|error| Failure::of(&error))?;
        let mut readers = vec![published(suite, suite.chain().account()).await?];
        readers.push(published(suite, to).await?);
        readers.dedup_by_key(|reader| reader.key);
        let bytes = envelope::seal_bytes(&inside, &readers).map_err(|error| Failure::of(&error))?.bytes;
        Ok(Sealed { bytes, partner })
    }

    async fn papers(
        self,
        context: &Context<'_>,
        suite: &Suite,
        units: &[NamedUnit],
        to: Address,
    ) -> Result<ShipmentPapers, Failure> {
        let lot = match units {
            [first, rest @ ..] if rest.iter().all(|unit| unit.id.lot() == first.id.lot()) => first.id.lot(),
            _ => {
                let help = "ship the units of each lot with its own";
                return Err(Failure::user("SeveralLots", "transaction information is of one lot", help));
            }
        };
        let known = registered_lot(suite, lot).await?;
        let document = lot_document(context, &known).await?;
        let (gtin, number) = names(document.details())?;
        let signer = suite.chain().account();
        let shipped = shipped(context, suite, units).await?;
        let information = TransactionInformation {
            chain_id: suite.chain().chain_id(),
            custody: suite.custody().address(),
            product_name: self.product_name,
            strength: self.strength,
            dosage_form: self.dosage_form,
            ndc: self.ndc,
            gtin,
            container_size: self.container_size,
            containers: shipped.iter().fold(0, |sum: u32, unit| sum.saturating_add(unit.count)),
            lot: number,
            transacted: self.transacted.unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date()),
            shipped: self.shipped,
            from: self.from.trading(signer),
            to: self.to.trading(to),
            units: shipped,
        };
        let first_owner = suite.catalog().manufacturer_of(lot).await? == Some(signer);
        let statement = TransactionStatement::new(&information, first_owner, this_second()?);
        let statement = statement.map_err(|error| Failure::of(&error))?;
        Ok(ShipmentPapers { information, statement })
    }
}

/// What opens each unit for the buyer. Papers count containers, so nothing may have been taken out of a unit.
async fn shipped(context: &Context<'_>, suite: &Suite, units: &[NamedUnit]) -> Result<Vec<ShippedUnit>, Failure> {
    let book = Book::open(&context.options.home)?;
    let mut shipped = Vec::with_capacity(units.len());
    for unit in units {
        unit.known_sscc()?;
        let Some(entry) = book.get(unit.id).cloned() else { continue };
        let packs = suite.units().packs_in(unit.id).await?;
        if packs != u64::from(unit.state.count) {
            let what = format!("of the {} packs of unit {}, {packs} are left", unit.state.count, unit.name());
            let help = "split off what is whole, and ship that; or ship without --ti and write the papers by hand";
            return Err(Failure::user("OpenedUnit", what, help));
        }
        let (first, count) = (unit.state.first, unit.state.count);
        let (sscc, salt, packer, lot_id) = (entry.sscc, entry.salt, entry.packer, entry.lot);
        shipped.push(ShippedUnit { sscc, salt, packer, lot_id, first, count });
    }
    Ok(shipped)
}

/// The present, as documents write it.
fn this_second() -> Result<Timestamp, Failure> {
    Timestamp::from_second(Timestamp::now().as_second()).map_err(|error| Failure::internal("reading the clock", error))
}

fn names(details: &LotDetails) -> Result<(Gtin, LotNumber), Failure> {
    let refused = |what: &dyn std::fmt::Display| {
        Failure::user("NotGs1", what, "transaction information is of products with a GTIN and a lot number")
    };
    let gtin = Gtin::new(&details.di).map_err(|error| refused(&error))?;
    let number = LotNumber::new(&details.lot).map_err(|error| refused(&error))?;
    Ok((gtin, number))
}

/// The key that an account published.
pub(super) async fn published(suite: &Suite, account: Address) -> Result<Reader, Failure> {
    let known = suite.participants().participant_of(account).await?;
    let key = PublicKey::new(known.encryption_key.0).map_err(|_| {
        let what = format!("{account} has no key to seal to");
        Failure::user("NoKey", what, "its owner publishes one with `theriac participants set-key --wallet`")
    })?;
    Ok(Reader { key, account: Some(account) })
}

impl Partner {
    fn trading(self, account: Address) -> TradingPartner {
        TradingPartner { account, name: self.name, address: self.address, gln: self.gln }
    }
}
