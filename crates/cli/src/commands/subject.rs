//! Which thing is meant: people name items, lots and models as labels do, programs by their ids.
//!
//! | thing | may be written as |
//! |---|---|
//! | item | a UDI with a serial in any form of [`Udi::parse`], or the item id |
//! | lot | `--model … --lot …`, or the lot id, or a UDI with a lot |
//! | model | a device identifier, a UDI, or the model id |
//!
//! Everything here works offline. Whether the chain knows the thing is for the verb to ask.

use clap::Args;
use theriac_core::gs1::Lot as LotNumber;
use theriac_core::ids::{Agency, ItemId, LotId, ModelId};
use theriac_core::udi::{Di, DiError, Udi, UdiError};

use crate::failure::Failure;

/// One unit with a serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its id, which is the token id of a device.
    pub(crate) id: ItemId,
    /// What the label says, where a label was given.
    pub(crate) udi: Option<Udi>,
}

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lot {
    /// Its id.
    pub(crate) id: LotId,
    /// Its model, where the lot was named by it.
    pub(crate) model: Option<Model>,
    /// Its number, where the lot was named by it; empty for products that carry only a serial.
    pub(crate) number: Option<String>,
}

/// A product model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    /// Its id.
    pub(crate) id: ModelId,
    /// Its device identifier, where the model was named by it.
    pub(crate) di: Option<Di>,
}

/// An item, a lot or a model, for verbs that take any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A unit.
    Item(Item),
    /// A lot.
    Lot(Lot),
    /// A model.
    Model(Model),
}

/// The options by which a verb takes a lot.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LotOptions {
    /// The lot's model: its DI, a UDI or a model id.
    #[arg(long, value_name = "DI", requires = "lot")]
    pub(crate) model: Option<String>,
    /// The lot's number as on the label; "" for products that carry only a serial.
    #[arg(long, value_name = "NUMBER", requires = "model")]
    pub(crate) lot: Option<String>,
    /// The lot's id (0x and 32 hexadecimal digits), instead of model and number.
    #[arg(long, value_name = "ID", conflicts_with_all = ["model", "lot"])]
    pub(crate) lot_id: Option<String>,
}

/// The year that two-digit years of labels are read by: that of the computer's clock, UTC.
pub(crate) fn current_year() -> i16 {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year()
}

/// Reads the UDI of a label in any form.
pub(crate) fn udi(text: &str) -> Result<Udi, Failure> {
    Udi::parse(text, current_year()).map_err(|error| bad_udi(&error))
}

impl Item {
    /// Reads an item: a UDI with a serial, or an item id.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if is_id(text) {
            let id = text.parse().map_err(|error| Failure::user("InvalidId", error, ITEM_HELP))?;
            return Ok(Self { id, udi: None });
        }
        let udi = udi(text)?;
        let id = udi.item_id().ok_or_else(|| {
            let what = format!("`{text}` has no serial, so it does not name one unit");
            Failure::user("NoSerial", what, ITEM_HELP)
        })?;
        Ok(Self { id, udi: Some(udi) })
    }
}

impl Lot {
    /// The lot of a model.
    pub(crate) fn of(model: Model, number: &str) -> Result<Self, Failure> {
        lot_number(number)?;
        Ok(Self { id: model.id.lot(number), model: Some(model), number: Some(number.to_owned()) })
    }

    /// Reads a lot id.
    pub(crate) fn parse_id(text: &str) -> Result<Self, Failure> {
        let id = text.parse().map_err(|error| Failure::user("InvalidId", error, "or give --model and --lot"))?;
        Ok(Self { id, model: None, number: None })
    }
}

impl Model {
    /// Reads a model: a DI whose agency its form tells, `GS1:…`, `HIBCC:…` or `ICCBBA:…`, a UDI, or a model id.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if is_id(text) {
            let id = text.parse().map_err(|error| Failure::user("InvalidId", error, MODEL_HELP))?;
            return Ok(Self { id, di: None });
        }
        Ok(Self::from(di(text)?))
    }
}

impl From<Di> for Model {
    fn from(di: Di) -> Self {
        Self { id: di.model_id(), di: Some(di) }
    }
}

impl Subject {
    /// Reads a UDI as the narrowest thing it names: the unit, else the lot, else the model. An id of 32 hexadecimal digits
    /// is a lot; one of 64 could be of a model or of an item, and is read as `long_id` says.
    pub(crate) fn parse(text: &str, long_id: LongId) -> Result<Self, Failure> {
        match (is_id(text), text.len(), long_id) {
            (true, 34, _) => return Ok(Self::Lot(Lot::parse_id(text)?)),
            (true, _, LongId::Item) => return Ok(Self::Item(Item::parse(text)?)),
            (true, _, LongId::Model) => return Ok(Self::Model(Model::parse(text)?)),
            _ => {}
        }
        // A bare DI of HIBCC or ICCBBA is no UDI, and names a model.
        let Ok(udi) = Udi::parse(text, current_year()) else { return Ok(Self::Model(Model::parse(text)?)) };
        let model = Model::from(udi.di.clone());
        match (udi.item_id(), &udi.lot) {
            (Some(id), _) => Ok(Self::Item(Item { id, udi: Some(udi) })),
            (None, Some(number)) => Ok(Self::Lot(Lot::of(model, number.as_str())?)),
            (None, None) => Ok(Self::Model(model)),
        }
    }
}

/// What an id of 64 hexadecimal digits is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LongId {
    /// A model.
    Model,
    /// An item.
    Item,
}

impl LotOptions {
    /// The lot that the options name, if they name one.
    pub(crate) fn lot(&self) -> Result<Option<Lot>, Failure> {
        match (&self.lot_id, &self.model, &self.lot) {
            (Some(id), _, _) => Ok(Some(Lot::parse_id(id)?)),
            (None, Some(model), Some(number)) => Ok(Some(Lot::of(Model::parse(model)?, number)?)),
            _ => Ok(None),
        }
    }

    /// The lot, for a verb that cannot do without.
    pub(crate) fn required(&self) -> Result<Lot, Failure> {
        self.lot()?.ok_or_else(|| Failure::user("NoLot", "no lot was named", "give --model and --lot, or --lot-id"))
    }
}

/// A device identifier: of the agency before a colon, of a UDI, or of the one agency whose form it has.
pub(crate) fn di(text: &str) -> Result<Di, Failure> {
    if let Some((agency, di)) = text.split_once(':').and_then(|(name, di)| Some((agency(name)?, di))) {
        return Di::new(agency, di).map_err(|error| bad_di(&error));
    }
    let parsed = Udi::parse(text, current_year());
    if let Ok(udi) = parsed {
        return Ok(udi.di);
    }
    let candidates = [Agency::Hibcc, Agency::Iccbba].map(|agency| Di::new(agency, text));
    match (parsed, candidates) {
        (_, [Ok(_), Ok(_)]) => Err(Failure::user(
            "AmbiguousDi",
            format!("`{text}` can be a device identifier of HIBCC and of ICCBBA"),
            format!("write HIBCC:{text} or ICCBBA:{text}"),
        )),
        (_, [Ok(di), _] | [_, Ok(di)]) => Ok(di),
        (Err(UdiError::Unrecognised(_)), _) => Err(Failure::user(
            "InvalidDi",
            format!("`{text}` is not a device identifier of GS1, HIBCC or ICCBBA"),
            MODEL_HELP,
        )),
        (Err(error), _) => Err(bad_udi(&error)),
        (Ok(udi), _) => Ok(udi.di),
    }
}

/// Checks a lot number as labels carry it; an empty one stands for "no lots".
pub(crate) fn lot_number(text: &str) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    LotNumber::new(text).map(drop).map_err(|error| Failure::user("InvalidLot", error, "write the lot as on the label"))
}

const ITEM_HELP: &str = "give a UDI with a serial (AI 21), or an item id of 0x and 64 hexadecimal digits";
const MODEL_HELP: &str =
    "give a GTIN, a HIBCC or ICCBBA identifier, a UDI, or a model id of 0x and 64 hexadecimal digits";

fn is_id(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}

fn agency(name: &str) -> Option<Agency> {
    [Agency::Gs1, Agency::Hibcc, Agency::Iccbba].into_iter().find(|agency| name.eq_ignore_ascii_case(agency.as_str()))
}

fn bad_udi(error: &UdiError) -> Failure {
    Failure::user("InvalidUdi", error, "compare the text with the label, or scan the label again")
}

fn bad_di(error: &DiError) -> Failure {
    Failure::user("InvalidDi", error, MODEL_HELP)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GTIN: &str = "09506000134352";

    #[test]
    fn a_model_is_known_by_every_form_of_its_di() {
        let model = Model::parse(GTIN).unwrap();
        for text in
            ["9506000134352", "GS1:9506000134352", "(01)09506000134352(10)A1", "https://id.gs1.org/01/09506000134352"]
        {
            assert_eq!(Model::parse(text).unwrap(), model, "{text}");
        }
        assert_eq!(Model::parse(&model.id.to_string()).unwrap(), Model { id: model.id, di: None });
        assert_eq!(Model::parse("A99912345").unwrap().di.unwrap().agency(), Agency::Hibcc);
        assert_eq!(Model::parse("iccbba:A9999XYZ100T0944").unwrap().di.unwrap().agency(), Agency::Iccbba);
    }

    #[test]
    fn a_di_of_two_agencies_is_not_guessed() {
        let failure = Model::parse("A9999XYZ100T0944").unwrap_err();
        assert_eq!((failure.code.as_str(), failure.mendable), ("AmbiguousDi", true));
        assert_eq!(failure.help, "write HIBCC:A9999XYZ100T0944 or ICCBBA:A9999XYZ100T0944");
    }

    #[test]
    fn wrong_names_say_what_is_wrong() {
        assert_eq!(Model::parse("9506000134353").unwrap_err().code, "InvalidUdi");
        assert_eq!(Model::parse("0x12").unwrap_err().code, "InvalidId");
        assert_eq!(Model::parse("?").unwrap_err().code, "InvalidDi");
        assert_eq!(Item::parse("(01)09506000134352(10)A1").unwrap_err().code, "NoSerial");
        assert_eq!(Lot::of(Model::parse(GTIN).unwrap(), "é").unwrap_err().code, "InvalidLot");
    }

    #[test]
    fn a_label_names_the_narrowest_thing() {
        let at = |text| Subject::parse(text, LongId::Model).unwrap();
        let model = Model::parse(GTIN).unwrap();
        assert_eq!(at("(01)09506000134352"), Subject::Model(model.clone()));
        let lot = Lot::of(model.clone(), "A1").unwrap();
        assert_eq!(at("(01)09506000134352(10)A1"), Subject::Lot(lot.clone()));
        let Subject::Item(item) = at("(01)09506000134352(10)A1(21)S1") else { panic!("an item") };
        assert_eq!(item.id, lot.id.item("S1"));
        assert_eq!(at("A99912345"), Subject::Model(Model::parse("A99912345").unwrap()));
        let id = model.id.to_string();
        assert!(matches!(Subject::parse(&id, LongId::Item).unwrap(), Subject::Item(_)));
        assert!(matches!(at(&lot.id.to_string()), Subject::Lot(_)));
    }

    #[test]
    fn options_name_a_lot_in_two_ways() {
        let by_number = LotOptions { model: Some(GTIN.into()), lot: Some("A1".into()), lot_id: None };
        let lot = by_number.required().unwrap();
        let by_id = LotOptions { lot_id: Some(lot.id.to_string()), ..LotOptions::default() };
        assert_eq!(by_id.required().unwrap().id, lot.id);
        assert_eq!(LotOptions::default().required().unwrap_err().code, "NoLot");
    }
}
