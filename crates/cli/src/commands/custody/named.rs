//! Which things a verb is about: items by their labels, logistic units by their SSCC.
//!
//! | thing | may be written as |
//! |---|---|
//! | unit | its SSCC: 18 digits, `(00)` and the digits, a GS1 Digital Link, an EPC URI; or the unit id |
//! | item | a UDI with a serial, or the item id |
//!
//! An SSCC says nothing to the chain. The book of the home folder knows which units it is; those count that there are.

use std::collections::HashSet;

use alloy_primitives::{Address, B256};
use theriac_client::Suite;
use theriac_client::rooms::Unit;
use theriac_client::units::Book;
use theriac_core::epc::{Epc, Identity};
use theriac_core::gs1::{DigitalLink, Sscc};
use theriac_core::ids::UnitId;

use crate::commands::several;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;

/// One thing as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A unit by its number.
    Sscc(Sscc),
    /// A unit or an item: 64 digits.
    Id(B256),
    /// An item by its label.
    Label,
}

/// A unit that there is.
#[derive(Clone, Debug)]
pub(crate) struct NamedUnit {
    pub(crate) id: UnitId,
    /// Its number, where the book knows it.
    pub(crate) sscc: Option<Sscc>,
    /// What the chain has of it.
    pub(crate) state: Unit,
}

/// All that a verb was given.
#[derive(Clone, Debug)]
pub(crate) enum Things {
    Items(Vec<Item>),
    Units(Vec<NamedUnit>),
}

const SSCC_HELP: &str =
    "give the 18 digits of the logistic label, as (00)106141412345678908, or a unit id of 0x and 64 hexadecimal digits";

/// Reads an SSCC in any form; none for text that is of another kind.
fn number(text: &str) -> Option<Result<Sscc, Failure>> {
    let refused = |error: &dyn std::fmt::Display| Failure::user("InvalidSscc", error, SSCC_HELP);
    let digits = text.len() > 14 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits || text.starts_with("(00)") {
        return Some(Sscc::new(text).map_err(|error| refused(&error)));
    }
    if text.starts_with("urn:epc:") {
        return Some(match Epc::parse(text) {
            Ok(epc) => match epc.identity() {
                Identity::Sscc(sscc) => Ok(sscc.clone()),
                _ => Err(refused(&format!("`{text}` is the EPC of something else than a logistic unit"))),
            },
            Err(error) => Err(refused(&error)),
        });
    }
    let link: DigitalLink = text.parse().ok()?;
    match Identity::of_elements(link.elements()) {
        Ok(Identity::Sscc(sscc)) => Some(Ok(sscc)),
        _ => None,
    }
}

/// Reads what can be read without a chain.
pub(crate) fn words(texts: &[String]) -> Result<Vec<Word>, Failure> {
    let words = texts.iter().map(|text| {
        if let Some(read) = number(text) {
            return read.map(Word::Sscc);
        }
        match text.parse::<UnitId>() {
            Ok(UnitId(id)) => Ok(Word::Id(id)),
            Err(_) => Ok(Word::Label),
        }
    });
    let words = words.collect::<Result<Vec<_>, _>>()?;
    let has_numbers = words.iter().any(|word| matches!(word, Word::Sscc(_)));
    if !has_numbers {
        // Wrong labels are told before a chain is asked.
        several::items(texts)?;
        return Ok(words);
    }
    several::fits(texts.len())?;
    if let Some((text, _)) = texts.iter().zip(&words).find(|(_, word)| matches!(word, Word::Label)) {
        return Err(mixed(text));
    }
    let mut seen = HashSet::new();
    match texts.iter().zip(&words).find(|(_, word)| !seen.insert(format!("{word:?}"))) {
        Some((text, _)) => Err(twice(text)),
        None => Ok(words),
    }
}

/// One unit's number.
pub(crate) fn sscc(text: &str) -> Result<Sscc, Failure> {
    number(text).unwrap_or_else(|| {
        let what = format!("`{text}` is not the number of a logistic unit (SSCC)");
        Err(Failure::user("InvalidSscc", what, "give the 18 digits of the logistic label"))
    })
}

/// Units, each by number or id.
pub(crate) fn unit_words(texts: &[String]) -> Result<Vec<Word>, Failure> {
    let read = |text: &String| match text.parse::<UnitId>() {
        Ok(UnitId(id)) => Ok(Word::Id(id)),
        Err(error) if text.starts_with("0x") => Err(Failure::user("InvalidId", error, SSCC_HELP)),
        Err(_) => sscc(text).map(Word::Sscc),
    };
    texts.iter().map(read).collect()
}

/// Finds what the words name: units where they are numbers or ids of units, else items.
pub(crate) async fn find(
    context: &Context<'_>,
    suite: &Suite,
    texts: &[String],
    words: &[Word],
) -> Result<Things, Failure> {
    let mut are_units = words.iter().any(|word| matches!(word, Word::Sscc(_)));
    for word in words.iter().filter(|_| !are_units) {
        // Ids of items and of units look alike, and the chain knows which it is.
        if let Word::Id(id) = word {
            are_units = suite.units().unit_of(UnitId(*id)).await?.is_some();
            break;
        }
    }
    if !are_units {
        return Ok(Things::Items(several::items(texts)?));
    }
    Ok(Things::Units(units(context, suite, texts, words).await?))
}

/// The units of these words. A number stands for all its units that concern the signer; a mixed case has several.
pub(crate) async fn units(
    context: &Context<'_>,
    suite: &Suite,
    texts: &[String],
    words: &[Word],
) -> Result<Vec<NamedUnit>, Failure> {
    let book = Book::open(&context.options.home)?;
    let mut found = Vec::new();
    for (text, word) in texts.iter().zip(words) {
        let ids = match word {
            Word::Sscc(sscc) => book.find(sscc).map(|(unit, _)| unit).collect(),
            Word::Id(id) => vec![UnitId(*id)],
            Word::Label => return Err(mixed(text)),
        };
        if ids.is_empty() {
            return Err(Failure::user(
                "UnknownSscc",
                format!("the book of units in {} does not know `{text}`", context.options.home.display()),
                "`theriac custody inbox` puts what partners ship to you into it; or give the unit id",
            ));
        }
        let known = existing(suite, &book, ids).await?;
        if known.is_empty() {
            return Err(Failure::user(
                "NoUnit",
                format!("there is no unit `{text}` on chain {}", suite.chain().chain_id()),
                "it was packed into another one or unpacked; `theriac custody units` shows what you hold",
            ));
        }
        found.extend(of_signer(known, suite.chain().account()));
    }
    several::fits(found.len())?;
    let mut seen = HashSet::new();
    match found.iter().find(|unit| !seen.insert(unit.id)) {
        Some(unit) => Err(twice(&unit.name())),
        None => Ok(found),
    }
}

/// The one unit of a word.
pub(crate) async fn one(context: &Context<'_>, suite: &Suite, text: &str) -> Result<NamedUnit, Failure> {
    let texts = [text.to_owned()];
    let mut found = units(context, suite, &texts, &unit_words(&texts)?).await?;
    match (found.pop(), found.len()) {
        (Some(unit), 0) => Ok(unit),
        (_, more) => Err(Failure::user(
            "SeveralUnits",
            format!("`{text}` stands for {} units: it is a mixed case", more + 1),
            "give the unit id that is meant; `theriac custody units` lists them",
        )),
    }
}

async fn existing(suite: &Suite, book: &Book, ids: Vec<UnitId>) -> Result<Vec<NamedUnit>, Failure> {
    let mut known = Vec::new();
    for id in ids {
        if let Some(state) = suite.units().unit_of(id).await? {
            known.push(NamedUnit { id, sscc: book.get(id).map(|entry| entry.sscc.clone()), state });
        }
    }
    Ok(known)
}

/// Those that the signer holds or is to receive; all where it is none, so that the refusal says who may.
fn of_signer(known: Vec<NamedUnit>, signer: Address) -> Vec<NamedUnit> {
    let concerns = |unit: &NamedUnit| unit.state.holder == signer || unit.state.addressee == Some(signer);
    match known.iter().any(concerns) {
        true => known.into_iter().filter(concerns).collect(),
        false => known,
    }
}

fn mixed(text: &str) -> Failure {
    let what = format!("`{text}` is an item, and the others are logistic units");
    Failure::user("MixedKinds", what, "name items and units in commands of their own; nothing was done")
}

fn twice(text: &str) -> Failure {
    Failure::user("NamedTwice", format!("`{text}` is named twice"), "name every unit once; nothing was done")
}

impl NamedUnit {
    /// The number, or the id where it is not known.
    pub(crate) fn name(&self) -> String {
        self.sscc.as_ref().map_or_else(|| self.id.to_string(), |sscc| format!("(00){sscc}"))
    }

    /// The number, for documents that cannot do without.
    pub(crate) fn known_sscc(&self) -> Result<&Sscc, Failure> {
        self.sscc.as_ref().ok_or_else(|| {
            let what = format!("the book of units does not know the SSCC of unit {}", self.id);
            Failure::user("UnknownSscc", what, "`theriac custody inbox` reads it from the papers of its shipment")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SSCC: &str = "106141412345678908";
    const LABEL: &str = "(01)09506000134352(10)A1(21)S1";

    fn read(texts: &[&str]) -> Result<Vec<Word>, Failure> {
        words(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_unit_is_known_by_every_form_of_its_number() {
        let expected = Word::Sscc(Sscc::new(SSCC).unwrap());
        let bracketed = format!("(00){SSCC}");
        let link = format!("https://id.gs1.org/00/{SSCC}");
        for text in [SSCC, &bracketed, &link, "urn:epc:id:sscc:0614141.1234567890"] {
            assert_eq!(read(&[text]).unwrap()[0], expected, "{text}");
        }
        assert_eq!(read(&[LABEL]).unwrap(), [Word::Label]);
        assert_eq!(read(&[&format!("0x{}", "11".repeat(32))]).unwrap(), [Word::Id(B256::repeat_byte(0x11))]);
    }

    #[test]
    fn wrong_numbers_are_told_before_anything_is_done() {
        for text in ["106141412345678909", "(00)10614141234567890", "1061414123456789", "urn:epc:id:sscc:0614141.1"] {
            assert_eq!(read(&[text]).unwrap_err().code, "InvalidSscc", "{text}");
        }
        assert_eq!(read(&[SSCC, LABEL]).unwrap_err().code, "MixedKinds");
        assert_eq!(read(&[SSCC, &format!("(00){SSCC}")]).unwrap_err().code, "NamedTwice");
        assert_eq!(unit_words(&["0x12".to_owned()]).unwrap_err().code, "InvalidId");
        assert_eq!(unit_words(&["crate".to_owned()]).unwrap_err().code, "InvalidSscc");
    }
}
