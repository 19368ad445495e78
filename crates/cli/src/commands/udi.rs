//! `theriac udi`: what a label says, and the same in other forms. Works offline.

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use theriac_core::ids::{Agency, ItemId, LotId, ModelId};
use theriac_core::udi::{Udi, UdiError};

use super::subject;
use crate::answer::Answer;
use crate::failure::Failure;

/// GS1's own resolver, for links whose maker runs none.
pub(crate) const RESOLVER: &str = "https://id.gs1.org";

/// What can be done with a UDI.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what a UDI says, and the ids that follow from it.
    Parse {
        /// GS1 element strings, a Digital Link, a GTIN, a HIBCC (+…) or an ISBT 128 code (=/…).
        text: String,
    },
    /// Write a UDI as GS1 Digital Link.
    DigitalLink {
        /// The UDI in any form of GS1.
        text: String,
        /// Where the link leads: https:// and a domain, perhaps a path.
        #[arg(long, default_value = RESOLVER, value_name = "URL")]
        resolver: String,
    },
    /// Write a UDI as GS1 element strings, with brackets as they are printed.
    ElementString {
        /// The UDI in any form of GS1.
        text: String,
        /// Write what a scanner gives: no brackets, GS (0x1D) where a separator is due.
        #[arg(long)]
        raw: bool,
    },
}

/// Does it.
pub(crate) fn run(verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Parse { text } => parse(&text),
        Verb::DigitalLink { text, resolver } => digital_link(&text, &resolver),
        Verb::ElementString { text, raw } => element_string(&text, raw),
    }
}

/// A UDI with what follows from it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parsed {
    #[serde(flatten)]
    udi: Udi,
    /// Last second of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    label_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_link: Option<String>,
    model_id: ModelId,
    #[serde(skip_serializing_if = "Option::is_none")]
    lot_id: Option<LotId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<ItemId>,
}

fn parse(text: &str) -> Result<Answer, Failure> {
    let udi = subject::udi(text)?;
    let digital_link = match udi.di.agency() {
        Agency::Gs1 => Some(udi.to_digital_link(RESOLVER).map_err(|error| unwritable(&error))?.to_string()),
        Agency::Hibcc | Agency::Iccbba => None,
    };
    let parsed = Parsed {
        expires_at: udi.expiry_at().and_then(|second| Timestamp::from_second(second).ok()),
        label_text: udi.to_label_text().map_err(|error| unwritable(&error))?,
        digital_link,
        model_id: udi.model_id(),
        lot_id: udi.lot_id(),
        item_id: udi.item_id(),
        udi,
    };
    Answer::new(parsed.lines(), &parsed)
}

impl Parsed {
    fn lines(&self) -> String {
        let Udi { di, lot, serial, made, expires, other, .. } = &self.udi;
        let mut rows = vec![("agency", di.agency().to_string()), ("DI", di.to_string())];
        let mut add = |name, value: Option<String>| rows.extend(value.map(|value| (name, value)));
        add("lot", lot.as_ref().map(ToString::to_string));
        add("serial", serial.as_ref().map(ToString::to_string));
        add("made", made.map(|day| day.to_string()));
        add("expires", expires.map(|day| day.to_string()));
        add("last second", self.expires_at.map(|at| at.to_string()));
        for datum in other {
            add("also", Some(format!("({}) {}", datum.identifier, datum.value)));
        }
        add("model id", Some(self.model_id.to_string()));
        add("lot id", self.lot_id.map(|id| id.to_string()));
        add("item id", self.item_id.map(|id| id.to_string()));
        add("on the label", Some(self.label_text.clone()));
        add("Digital Link", self.digital_link.clone());
        let lines: Vec<String> = rows.into_iter().map(|(name, value)| format!("{name:<14}{value}")).collect();
        lines.join("\n")
    }
}

fn digital_link(text: &str, resolver: &str) -> Result<Answer, Failure> {
    let link = subject::udi(text)?.to_digital_link(resolver).map_err(|error| unwritable(&error))?.to_string();
    Answer::new(link.clone(), &serde_json::json!({ "digitalLink": link }))
}

fn element_string(text: &str, raw: bool) -> Result<Answer, Failure> {
    let elements = subject::udi(text)?.to_elements().map_err(|error| unwritable(&error))?;
    let (scanned, bracketed) = (elements.to_raw(), elements.to_bracketed());
    let facts = serde_json::json!({ "elementString": scanned, "bracketed": bracketed });
    Answer::new(if raw { scanned } else { bracketed }, &facts)
}

/// Valid data that the wanted form cannot carry.
pub(crate) fn unwritable(error: &UdiError) -> Failure {
    let help = match error {
        UdiError::NotGs1(_) => "only GS1 identifiers have element strings and Digital Links; use `theriac udi parse`",
        UdiError::DigitalLink(_) => {
            "write the resolver as https://example.com, and only data that a Digital Link carries"
        }
        _ => "leave out what this form cannot carry",
    };
    Failure::user("CannotWrite", error, help)
}
