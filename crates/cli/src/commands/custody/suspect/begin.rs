//! `theriac custody suspect quarantine`: a case begins.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use clap::Args;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use theriac_client::types::UnitStop;
use theriac_client::units::Ledger;
use theriac_client::{Roles, Suite};
use theriac_core::document::{Document as _, LotDocument};
use theriac_core::dscsa::{Handling, IncidentType, Reporter, SuspectCase, SuspectProduct};
use theriac_core::gs1::{Gtin, Lot as LotNumber, Ndc, Serial};
use theriac_core::ids::{ItemId, LotId};

use super::shelf::Shelf;
use super::step::{salt, today};
use super::traces::{Thing, Traces};
use crate::answer::Answer;
use crate::commands::custody::named::{self, NamedUnit, Things};
use crate::commands::documents::{lot_document, registered_lot};
use crate::commands::several;
use crate::commands::subject::Item;
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::files;

/// Options of `theriac custody suspect quarantine`.
#[derive(Debug, Args)]
pub(crate) struct Quarantine {
    /// Packs of one lot, by their labels; or units (SSCC). Of a medicine in units, its holder stops units, and splits one off first.
    #[arg(required = true, value_name = "ITEM|SSCC")]
    things: Vec<String>,
    /// What is suspected: JSON with case, incident (counterfeit, diverted, stolen, adulterated, fraudulent or unfit), productName,
    /// description, reporter (with name, address and contact), and perhaps ndc and noticed (a day). Never name a patient.
    #[arg(long, value_name = "FILE")]
    draft: PathBuf,
}

/// What the reporter says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Draft {
    case: String,
    incident: IncidentType,
    product_name: String,
    ndc: Option<Ndc>,
    description: String,
    /// Today, if it is not said.
    noticed: Option<Date>,
    reporter: Person,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    address: String,
    contact: String,
}

#[derive(Serialize)]
struct Facts {
    case: String,
    /// By which the case is known on chain.
    id: B256,
    things: Vec<Thing>,
    #[serde(flatten)]
    done: Done,
}

/// Stops the things, with the document as evidence.
pub(super) async fn run(context: &Context<'_>, options: &Quarantine) -> Result<Answer, Failure> {
    let (words, draft) = (named::words(&options.things)?, Draft::read(&options.draft)?);
    let suite = context.signing_suite().await?;
    let (account, shelf) = (suite.chain().account(), Shelf::open(context)?);
    let begun = shelf.cases(account, &Traces::of(&suite, account).await?)?;
    if begun.iter().flat_map(SuspectCase::steps).any(|step| step.case == draft.case) {
        let what = format!("there is a case `{}` already", draft.case);
        return Err(Failure::user("CaseExists", what, "take its next step, or give the new one another number"));
    }
    let things = named::find(context, &suite, &options.things, &words).await?;
    let lot = one_lot(&things)?;
    check_entitled(&suite, account, lot, &things).await?;
    let document = lot_document(context, &registered_lot(&suite, lot).await?).await?;
    let serials = serials(&suite, lot, &document, &things).await?;
    let step = draft.step(account, &document, serials)?;
    step.check().map_err(|error| Failure::of(&error))?;

    let (id, put) = shelf.put(context, &step)?;
    let done = put.settle(stop(context, &suite, &things, id).await)?;
    let things: Vec<Thing> = match &things {
        Things::Items(items) => items.iter().map(|item| Thing::Item(item.id)).collect(),
        Things::Units(units) => units.iter().map(|unit| Thing::Unit(unit.id)).collect(),
    };
    let are = if context.options.dry_run { "would be" } else { "are" };
    let number = step.case.clone();
    let text = format!(
        "case {number}: {} {are} in quarantine, evidence {id}\n{}",
        several::named(&options.things),
        done.text()
    );
    Answer::new(text, &Facts { case: number, id, things, done })
}

async fn stop(context: &Context<'_>, suite: &Suite, things: &Things, evidence: B256) -> Result<Done, Failure> {
    match things {
        Things::Items(items) => {
            let room = suite.custody();
            let calls: Vec<_> = items.iter().map(|item| room.quarantine(item.id, evidence)).collect();
            several::perform(context, &calls, |data| room.multicall(data)).await
        }
        Things::Units(units) => {
            let room = suite.units();
            let calls: Vec<_> = units.iter().map(|unit| room.stop(unit.id, UnitStop::Quarantine, evidence)).collect();
            several::perform(context, &calls, |data| room.multicall(data)).await
        }
    }
}

fn one_lot(things: &Things) -> Result<LotId, Failure> {
    let lots: BTreeSet<LotId> = match things {
        Things::Items(items) => items.iter().map(|item| item.id.lot()).collect(),
        Things::Units(units) => units.iter().map(|unit| unit.id.lot()).collect(),
    };
    match (lots.first(), lots.len()) {
        (Some(lot), 1) => Ok(*lot),
        _ => Err(Failure::user("SeveralLots", "a case is of one lot", "begin a case for each lot; nothing was done")),
    }
}

/// Who may stop the things, in its own name: the case is known by the account that began it.
async fn check_entitled(suite: &Suite, account: Address, lot: LotId, things: &Things) -> Result<(), Failure> {
    if suite.catalog().manufacturer_of(lot).await? == Some(account)
        || suite.participants().is_active_as(account, Roles::REGULATOR).await?
    {
        return Ok(());
    }
    let help = match things {
        Things::Items(_) if suite.custody().is_held_in_units(lot).await? => {
            "its holder stops the unit in which it lies: `theriac custody trace` names that, `theriac custody split` makes it small"
        }
        _ => "its holder, its maker or a regulator can stop it: ask one of them",
    };
    let refused =
        |name: String| Failure::user("WrongParty", format!("{account} does not hold {name}, nor made it"), help);
    match things {
        Things::Items(items) => {
            for Item { id, .. } in items {
                if suite.custody().holding_of(*id).await?.holder != Some(account) {
                    return Err(refused(id.to_string()));
                }
            }
        }
        Things::Units(units) => {
            if let Some(unit) = units.iter().find(|unit| unit.state.holder != account) {
                return Err(refused(unit.name()));
            }
        }
    }
    Ok(())
}

/// The serials of the packs; none where they are the whole lot.
async fn serials(suite: &Suite, lot: LotId, document: &LotDocument, things: &Things) -> Result<Vec<Serial>, Failure> {
    let units = match things {
        Things::Items(items) => return items.iter().map(|item| serial_of(document, item.id)).collect(),
        Things::Units(units) => units,
    };
    let covered: u64 = units.iter().map(|unit| u64::from(unit.state.count)).sum();
    if covered == u64::from(document.count()) {
        return Ok(Vec::new());
    }
    let ledger = Ledger::read(suite, |of| of == lot).await?;
    let indices =
        units.iter().flat_map(|NamedUnit { state, .. }| (state.first..).zip(0..state.count).map(|(index, _)| index));
    let there = indices.filter(|index| ledger.gone(lot, *index).is_none());
    let texts = there.filter_map(|index| document.serials().get(index as usize));
    texts.map(|text| Serial::new(text.as_str()).map_err(|error| Failure::of(&error))).collect()
}

fn serial_of(document: &LotDocument, item: ItemId) -> Result<Serial, Failure> {
    let lot = item.lot();
    let text = document.serials().iter().find(|serial| lot.item(serial.as_str()) == item);
    let text = text.ok_or_else(|| {
        let what = format!("the list of lot {lot} has no serial of item {item}");
        let help =
            "a pack that its maker never listed is a forgery, and cannot be stopped: keep it apart, and report it";
        Failure::user("NotListed", what, help)
    })?;
    Serial::new(text.as_str()).map_err(|error| Failure::of(&error))
}

impl Draft {
    fn read(file: &Path) -> Result<Self, Failure> {
        let text = files::read_text(file)?;
        serde_json::from_str(&text).map_err(|error| {
            let help = "it needs case, incident, productName, description, and reporter with name, address and contact; ndc and \
                        noticed are optional";
            Failure::user("InvalidDraft", error, help).at(file)
        })
    }

    fn step(self, account: Address, lot: &LotDocument, serials: Vec<Serial>) -> Result<SuspectProduct, Failure> {
        let details = lot.details();
        let refused = |what: &dyn std::fmt::Display| {
            Failure::user("NotGs1", what, "suspect product is reported by GTIN and lot number")
        };
        let Person { name, address, contact } = self.reporter;
        Ok(SuspectProduct {
            case: self.case,
            incident: self.incident,
            product_name: self.product_name,
            ndc: self.ndc,
            gtin: Gtin::new(&details.di).map_err(|error| refused(&error))?,
            lot: LotNumber::new(&details.lot).map_err(|error| refused(&error))?,
            expires: details.expires,
            serials,
            description: self.description,
            noticed: self.noticed.unwrap_or_else(today),
            reporter: Reporter { account, name, address, contact },
            handling: Handling::Quarantine { since: today() },
            previous: None,
            salt: Some(salt()?),
        })
    }
}
