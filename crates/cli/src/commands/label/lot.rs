//! A registered lot as the source of labels, and the choice among its units.

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use theriac_client::Suite;
use theriac_client::rooms::Lot as Registered;
use theriac_client::types::Content;
use theriac_core::document::{LotDocument, ModelDocument};
use theriac_core::gs1::{Lot as LotNumber, Serial};
use theriac_core::serials::{self, CompactSerial};
use theriac_core::udi::{Di, Udi};

use super::text::Wording;
use crate::commands::documents;
use crate::commands::subject::Lot;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Serials that an error lists; it counts the others.
const LISTED: usize = 10;

/// Which units of a lot; all of them by default.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct Choice {
    /// The units at these places of the lot document, in packing order: first and last, counted from 0.
    #[arg(long, value_name = "FIRST-LAST")]
    indices: Option<Indices>,
    /// The units whose serials a CSV file lists, as it was handed in for the lot or shorter.
    #[arg(long, value_name = "FILE")]
    serials: Option<PathBuf>,
    /// The units with these serials.
    #[arg(long, value_name = "SERIAL", num_args = 1..)]
    serial: Vec<String>,
}

/// Places in a lot document, from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Indices {
    first: u32,
    last: u32,
}

impl FromStr for Indices {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.trim().parse(), last.trim().parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self { first, last }),
            _ => Err("write the first and the last index as 0-239, or one index as 7".to_owned()),
        }
    }
}

impl Choice {
    /// Refuses a choice where there is no lot to choose from.
    pub(super) fn none(&self) -> Result<(), Failure> {
        if self.indices.is_none() && self.serials.is_none() && self.serial.is_empty() {
            return Ok(());
        }
        Err(Failure::user(
            "NoLot",
            "--indices, --serials and --serial choose units of a lot, and a UDI names its unit itself",
            "give --model and --lot instead of the UDI, or leave the choice out",
        ))
    }

    /// The serials of the chosen units; at least one.
    pub(super) fn of(&self, lot: &LotDocument) -> Result<Vec<CompactSerial>, Failure> {
        match (self.indices, &self.serials) {
            (Some(indices), _) => indices.of(lot),
            (None, Some(file)) => {
                let opened = File::open(file).map_err(|error| files::failed(file, &error))?;
                let list = serials::read(opened).map_err(|error| Failure::of(&error).at(file))?;
                in_lot(lot, list.serials)
            }
            (None, None) if self.serial.is_empty() => Ok(lot.serials().to_vec()),
            (None, None) => {
                let compact = |serial: &String| {
                    let help = "write the serial as on the label";
                    CompactSerial::new(serial.as_bytes()).map_err(|error| Failure::user("InvalidSerial", error, help))
                };
                in_lot(lot, self.serial.iter().map(compact).collect::<Result<_, _>>()?)
            }
        }
    }
}

impl Indices {
    fn of(self, lot: &LotDocument) -> Result<Vec<CompactSerial>, Failure> {
        let chosen = lot.serials().get(self.first as usize..=self.last as usize).map(<[_]>::to_vec);
        chosen.ok_or_else(|| {
            let highest = lot.count() - 1;
            Failure::user(
                "BeyondLot",
                format!("there is no index {} in the lot: it has {} units", self.last, lot.count()),
                format!("choose from 0 to {highest}; without --indices all are printed"),
            )
        })
    }
}

/// The serials, if the lot has them all.
fn in_lot(lot: &LotDocument, chosen: Vec<CompactSerial>) -> Result<Vec<CompactSerial>, Failure> {
    let known: HashSet<&CompactSerial> = lot.serials().iter().collect();
    let foreign: Vec<&CompactSerial> = chosen.iter().filter(|serial| !known.contains(serial)).collect();
    if foreign.is_empty() {
        return Ok(chosen);
    }
    let listed: Vec<String> = foreign.iter().take(LISTED).map(|serial| format!("`{serial}`")).collect();
    let more = match foreign.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Err(Failure::user(
        "NotInLot",
        format!("not in lot `{}`: {}{more}", lot.details().lot, listed.join(", ")),
        "nothing was printed: correct the serials, or name the lot that they are of",
    ))
}

/// A lot that counts, with its document.
#[derive(Debug)]
pub(super) struct Found {
    suite: Suite,
    registered: Registered,
    document: LotDocument,
    /// A UDI of the lot without a serial.
    common: Udi,
}

/// Finds the lot on the chain and its document in the store, and checks that they agree.
pub(super) async fn find(context: &Context<'_>, lot: &Lot) -> Result<Found, Failure> {
    let suite = context.suite().await?;
    let registered = documents::registered_lot(&suite, lot.id).await?;
    if suite.catalog().standing_of(lot.id).await?.is_none() {
        return Err(Failure::user(
            "Struck",
            format!("a regulator struck lot {}{} or its model, so its units are not genuine", lot.id, named(lot)),
            "do not label them; ask the regulator",
        ));
    }
    let document = documents::lot_document(context, &registered).await?;
    // Hashing all units costs a second for a million, and no label is printed whose unit has no proof.
    let root = document.tree().map_err(|error| Failure::of(&error))?.root();
    if (document.details().id(), root) != (lot.id, registered.root) {
        return Err(Failure::user(
            "OtherLot",
            format!("the lot document is not of lot {}{} as it is registered", lot.id, named(lot)),
            "nothing was printed: ask the manufacturer for the right document",
        ));
    }
    let common = udi_of(&document)?;
    Ok(Found { suite, registered, document, common })
}

impl Found {
    /// The lot document.
    pub(super) fn document(&self) -> &LotDocument {
        &self.document
    }

    /// The UDI of a unit.
    pub(super) fn udi(&self, serial: &CompactSerial) -> Result<Udi, Failure> {
        let serial = Serial::new(serial.as_str()).map_err(|error| Failure::of(&error))?;
        Ok(Udi { serial: Some(serial), ..self.common.clone() })
    }

    /// The wording, with title and maker of the model document where the options leave them out.
    pub(super) async fn wording(&self, context: &Context<'_>, options: Wording) -> Result<Wording, Failure> {
        if options.title.is_some() && options.maker.is_some() {
            return Ok(options);
        }
        match self.model(context).await? {
            Ok(model) => Ok(Wording {
                title: options.title.or(Some(model.name)),
                maker: options.maker.or(Some(model.company)),
                ..options
            }),
            Err(reason) => {
                context.printer.note(format_args!(
                    "title and maker of the model document are missing ({reason}); --title and --maker give them"
                ));
                Ok(options)
            }
        }
    }

    /// The model document, or why it is not to be had.
    async fn model(&self, context: &Context<'_>) -> Result<Result<ModelDocument, String>, Failure> {
        let catalog = self.suite.catalog();
        let model = self.registered.model;
        let Some(approved) = catalog.model_of(model).await? else { return Ok(Err("no approved model".to_owned())) };
        let content = catalog.registration_of(model, approved.manufacturer).await?.map(|it| it.document);
        let Some(content) = content.filter(|content: &Content| !content.is_none()) else {
            return Ok(Err("none was registered".to_owned()));
        };
        Ok(documents::model_document(context, &content).await.map_err(|failure| failure.what))
    }
}

/// What all units of a lot have in common.
fn udi_of(document: &LotDocument) -> Result<Udi, Failure> {
    let details = document.details();
    let di = Di::new(details.agency, &details.di).map_err(|error| Failure::of(&error))?;
    let number = (!details.lot.is_empty()).then(|| LotNumber::new(details.lot.as_str())).transpose();
    let lot = number.map_err(|error| Failure::of(&error))?;
    Ok(Udi { lot, made: details.made, expires: details.expires, ..Udi::new(di) })
}

/// The lot as the user named it.
fn named(lot: &Lot) -> String {
    lot.number.as_ref().map_or_else(String::new, |number| format!(" (`{number}`)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_a_range_or_one() {
        assert_eq!("0-239".parse(), Ok(Indices { first: 0, last: 239 }));
        assert_eq!("7".parse(), Ok(Indices { first: 7, last: 7 }));
        for wrong in ["", "-", "9-3", "-3", "3-", "1-2-3", "4294967296", "a-b"] {
            assert!(wrong.parse::<Indices>().unwrap_err().contains("0-239"), "{wrong}");
        }
    }
}
