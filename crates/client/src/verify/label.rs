//! What the symbols of a label say, and whether they agree.

use theriac_core::ids::{ItemId, LotId};
use theriac_core::label::{self, ReadSymbol, Symbology};
use theriac_core::udi::{Udi, UdiError};

/// What was scanned or typed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Label {
    /// What it names.
    pub named: Named,
    /// The texts that were read: of every symbol of a picture, or what was typed.
    pub symbols: Vec<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<LabelProblem>,
}

/// What a label names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Named {
    /// What the label says.
    Udi(Box<Udi>),
    /// A unit by its id alone.
    Item(ItemId),
    /// A lot by its id alone.
    Lot(LotId),
    /// Nothing that could be read.
    Nothing,
}

/// What can be wrong with a label before anyone is asked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[serde(tag = "kind", content = "text", rename_all = "camelCase")]
pub enum LabelProblem {
    /// No symbol that could be read is a UDI.
    #[error("{0}")]
    Unreadable(String),
    /// The symbols of one label say different things.
    #[error("the symbols of this label contradict each other: {0}")]
    Contradiction(String),
    /// Two symbols of one kind say different things.
    #[error("the picture shows several labels ({0}): photograph the one that you mean")]
    Several(String),
}

impl Label {
    /// A label as a scanner or a person typed it. Years of two digits are read as someone in `current_year` means them.
    pub fn from_text(text: &str, current_year: i16) -> Result<Self, UdiError> {
        let udi = Udi::parse(text, current_year)?;
        Ok(Self { named: Named::Udi(Box::new(udi)), symbols: vec![text.to_owned()], problem: None })
    }

    /// A unit of which only the id is known.
    pub fn of_item(item: ItemId) -> Self {
        Self { named: Named::Item(item), symbols: Vec::new(), problem: None }
    }

    /// A lot of which only the id is known.
    pub fn of_lot(lot: LotId) -> Self {
        Self { named: Named::Lot(lot), symbols: Vec::new(), problem: None }
    }

    /// A picture of a label, PNG or JPEG. What cannot be read is told in [`Label::problem`].
    pub fn from_picture(picture: &[u8], current_year: i16) -> Self {
        match label::read_picture(picture) {
            Ok(symbols) => Self::from_symbols(&symbols, current_year),
            Err(error) => Self {
                named: Named::Nothing,
                symbols: Vec::new(),
                problem: Some(LabelProblem::Unreadable(error.to_string())),
            },
        }
    }

    /// The symbols of one label. Those that hold no UDI (a link to a leaflet) are passed over while another one does.
    pub fn from_symbols(symbols: &[ReadSymbol], current_year: i16) -> Self {
        let mut label = Self {
            named: Named::Nothing,
            symbols: symbols.iter().map(|symbol| symbol.text.clone()).collect(),
            problem: None,
        };
        let mut read: Vec<(bool, Udi)> = Vec::new();
        let mut refused = None;
        for symbol in symbols {
            match Udi::parse(&symbol.text, current_year) {
                Ok(udi) => read.push((is_qr(symbol.symbology), udi)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        let Some((_, first)) = read.first() else {
            let why = refused.map_or_else(|| "there is no symbol".to_owned(), |error| error.to_string());
            label.problem = Some(LabelProblem::Unreadable(format!("no symbol of the label holds a UDI: {why}")));
            return label;
        };
        let mut merged = first.clone();
        label.problem = problem_among(&read);
        for (_, udi) in &read {
            complete(&mut merged, udi);
        }
        label.named = Named::Udi(Box::new(merged));
        label
    }
}

fn is_qr(symbology: Symbology) -> bool {
    matches!(symbology, Symbology::Qr | Symbology::Gs1Qr)
}

/// Two symbols of one kind are of two labels; of two kinds, of one label.
fn problem_among(read: &[(bool, Udi)]) -> Option<LabelProblem> {
    for (place, (kind, udi)) in read.iter().enumerate() {
        for (other_kind, other) in &read[place + 1..] {
            match difference(udi, other) {
                Some(text) if kind == other_kind => return Some(LabelProblem::Several(text)),
                Some(text) => return Some(LabelProblem::Contradiction(text)),
                None => {}
            }
        }
    }
    None
}

/// The first thing that two symbols say differently; what only one of them says is no contradiction.
fn difference(one: &Udi, other: &Udi) -> Option<String> {
    fn unlike<T: PartialEq + ToString>(what: &str, one: Option<&T>, other: Option<&T>) -> Option<String> {
        let (one, other) = (one?, other?);
        (one != other).then(|| format!("{what} {} and {}", one.to_string(), other.to_string()))
    }
    unlike("DI", Some(&one.di), Some(&other.di))
        .or_else(|| unlike("lot", one.lot.as_ref(), other.lot.as_ref()))
        .or_else(|| unlike("serial", one.serial.as_ref(), other.serial.as_ref()))
        .or_else(|| unlike("made on", one.made.as_ref(), other.made.as_ref()))
        .or_else(|| unlike("expires on", one.expires.as_ref(), other.expires.as_ref()))
        .or_else(|| unlike("expires at", one.expires_time.as_ref(), other.expires_time.as_ref()))
}

/// Adds to `udi` what only `other` says.
fn complete(udi: &mut Udi, other: &Udi) {
    udi.lot = udi.lot.take().or_else(|| other.lot.clone());
    udi.serial = udi.serial.take().or_else(|| other.serial.clone());
    udi.made = udi.made.or(other.made);
    udi.expires = udi.expires.or(other.expires);
    udi.expires_time = udi.expires_time.or(other.expires_time);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(texts: &[(Symbology, &str)]) -> Label {
        let symbols: Vec<_> =
            texts.iter().map(|(symbology, text)| ReadSymbol { symbology: *symbology, text: (*text).into() }).collect();
        Label::from_symbols(&symbols, 2026)
    }

    const QR: (Symbology, &str) = (Symbology::Qr, "https://id.gs1.org/01/09506000134352/10/A1/21/S1");
    const MATRIX: (Symbology, &str) = (Symbology::Gs1DataMatrix, "01095060001343521727123110A1\u{1d}21S1");

    #[test]
    fn two_symbols_complete_each_other() {
        let label = symbols(&[QR, MATRIX]);
        assert_eq!(label.problem, None);
        let Named::Udi(udi) = label.named else { panic!("a UDI") };
        assert_eq!(udi.expires.unwrap().to_string(), "2027-12-31");
        assert_eq!(udi.serial.unwrap().as_str(), "S1");
    }

    #[test]
    fn a_contradiction_is_told_with_both_values() {
        let forged = (Symbology::Gs1DataMatrix, "01095060001343521728123110A1\u{1d}21S2");
        let label = symbols(&[QR, forged]);
        assert_eq!(label.problem, Some(LabelProblem::Contradiction("serial S1 and S2".into())));
        let label = symbols(&[MATRIX, forged]);
        assert_eq!(label.problem, Some(LabelProblem::Several("serial S1 and S2".into())));
    }

    #[test]
    fn other_symbols_are_passed_over_unless_they_are_all_there_is() {
        let leaflet = (Symbology::Qr, "https://example.com/leaflet");
        assert_eq!(symbols(&[leaflet, MATRIX]).problem, None);
        let label = symbols(&[leaflet]);
        assert_eq!(label.named, Named::Nothing);
        assert!(matches!(label.problem, Some(LabelProblem::Unreadable(_))));
        assert!(matches!(Label::from_picture(b"no picture", 2026).problem, Some(LabelProblem::Unreadable(_))));
    }
}
