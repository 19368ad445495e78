//! The unique device identifier (UDI) of a label, whichever body issued it.
//!
//! A UDI is a device identifier ([`Di`]), which names the model, and production identifiers: lot, serial, dates, for
//! tissue also the donation (21 CFR 801.40). [`Udi::parse`] reads every form that the FDA accredits ("UDI formats by
//! FDA-Accredited Issuing Agency", version 1.3), and medicines' GS1 labels, which have the same elements:
//!
//! | agency | form | example |
//! |---|---|---|
//! | GS1 | element strings, with brackets | `(01)09506000134352(17)271231(10)AB-1` |
//! | GS1 | element strings, as scanned | `]d201095060001343521727123110AB-1` |
//! | GS1 | Digital Link | `https://id.gs1.org/01/09506000134352/10/AB-1?17=271231` |
//! | GS1 | a bare GTIN, as in EAN/UPC symbols | `9506000134352` |
//! | HIBCC | primary and secondary data in one | `+A99912345/$$52001510X33` |
//! | ICCBBA | ISBT 128 data structures | `=/A9999XYZ100T0944=,000025` |

mod di;
pub mod hibcc;
pub mod iccbba;

use jiff::civil::{Date, Time};

pub use di::{Di, DiError};
pub use hibcc::HibccError;
pub use iccbba::IccbbaError;

use crate::gs1::date::{self, DayZero};
use crate::gs1::digital_link::is_web_address;
use crate::gs1::element_string::{Problem, is_gs1_carrier};
use crate::gs1::{
    Ai, DateError, DigitalLink, DigitalLinkError, Element, ElementError, ElementStrings, Gtin, KeyError, Lot, Serial,
    TextError, UnknownAi, ValueError,
};
use crate::ids::{Agency, ItemId, LotId, ModelId};

/// What a label says that identifies a device or medicine.
///
/// Two labels of one thing in different forms give equal values, but for data that only one form can carry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Udi {
    /// The device identifier with its agency.
    #[serde(flatten)]
    pub di: Di,
    /// The batch or lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// The serial of the one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Serial>,
    /// The day of manufacture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Date>,
    /// The last day of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// The time on the last day of use after which it is expired, where the label tells it (AI 7003; HIBC with hour).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_time: Option<Time>,
    /// Everything else on the label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<Datum>,
}

/// Something on a label that has no field of its own in [`Udi`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Datum {
    /// What it is, as the agency marks it: an application identifier (`240`), a HIBC data identifier (`Q`, quantity),
    /// an ISBT 128 data identifier (`=`, donation identification number).
    pub identifier: String,
    /// The data.
    pub value: String,
}

/// Text that is not a UDI, with what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UdiError {
    /// Nothing at all.
    #[error("there is no text: scan or type the UDI of a label")]
    Empty,
    /// No form of UDI begins like this.
    #[error(
        "`{0}` is not a UDI: expected GS1 element strings ((01)… or 01…), a GS1 Digital Link (https://…/01/…), a GTIN, \
         a HIBC (+…) or an ISBT 128 code (=/…)"
    )]
    Unrecognised(String),
    /// Wrong element strings.
    #[error("not valid GS1 element strings: {0}")]
    ElementStrings(#[from] ElementError),
    /// A wrong Digital Link.
    #[error("not a valid GS1 Digital Link: {0}")]
    DigitalLink(#[from] DigitalLinkError),
    /// A wrong HIBC.
    #[error("not a valid HIBC: {0}")]
    Hibcc(#[from] HibccError),
    /// A wrong ISBT 128 code.
    #[error("not a valid ISBT 128 code: {0}")]
    Iccbba(#[from] IccbbaError),
    /// A wrong device identifier.
    #[error(transparent)]
    Di(#[from] DiError),
    /// A wrong bare GTIN.
    #[error(transparent)]
    Gtin(#[from] KeyError),
    /// A wrong lot or serial.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A wrong date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// Data that GS1 cannot carry.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Data marked with something that is no application identifier.
    #[error(transparent)]
    UnknownAi(#[from] UnknownAi),
    /// Data that stands twice in a UDI, with different values.
    #[error(transparent)]
    Conflict(#[from] Problem),
    /// A logistic unit, which is no device.
    #[error("this is a logistic unit, SSCC {0}, not a device or medicine: what it contains is known by the unit's id")]
    LogisticUnit(String),
    /// GS1 data that does not name a product.
    #[error("there is no GTIN: (01) must stand on the label or in the same scan")]
    NoGtin,
    /// Two dates of expiry that differ.
    #[error("the label has two dates of expiry, {first} and {second}")]
    TwoExpiries {
        /// That of AI (17).
        first: Date,
        /// That of AI (7003).
        second: Date,
    },
    /// A form of GS1 was wanted for a UDI of another agency.
    #[error("a UDI of {0} has no GS1 form: print it as its own agency writes it")]
    NotGs1(Agency),
}

impl Udi {
    /// A UDI of nothing but the device identifier.
    pub fn new(di: Di) -> Self {
        Self { di, lot: None, serial: None, made: None, expires: None, expires_time: None, other: Vec::new() }
    }

    /// Reads the UDI of a label in any form. Years of two digits are read as someone in `current_year` means them.
    pub fn parse(text: &str, current_year: i16) -> Result<Self, UdiError> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if is_web_address(text) {
            return Self::from_elements(DigitalLink::parse(text)?.elements(), current_year);
        }
        let (carrier, data) = if text.starts_with(']') { split_carrier(text) } else { ("", text) };
        let unrecognised = || UdiError::Unrecognised(data.chars().take(40).collect());
        match data.chars().next() {
            None => Err(UdiError::Empty),
            // Carriers such as ]Q1 say nothing about what they hold; a link in one is still a link.
            Some('h' | 'H') if is_web_address(data) => Self::parse(data, current_year),
            Some('+' | '*') => Ok(hibcc::parse(data, current_year)?),
            Some('=' | '&') => Ok(iccbba::parse(data)?),
            // Element strings with a GTIN have 16 characters at least, so these digits are the GTIN of an EAN/UPC symbol.
            Some('0'..='9') if data.len() <= 14 && is_digits(data) && !is_gs1_carrier(carrier) => {
                Ok(Self::new(Gtin::new(data)?.into()))
            }
            Some('(' | '0'..='9' | '\u{1d}') => {
                let whole = if carrier.is_empty() { data } else { text };
                Self::from_elements(&ElementStrings::parse(whole)?, current_year)
            }
            Some(_) => Err(unrecognised()),
        }
    }

    /// The UDI that element strings make up.
    pub fn from_elements(elements: &ElementStrings, current_year: i16) -> Result<Self, UdiError> {
        let Some(gtin) = elements.value(Ai::GTIN) else {
            return Err(elements
                .value(Ai::SSCC)
                .map_or(UdiError::NoGtin, |sscc| UdiError::LogisticUnit(sscc.to_owned())));
        };
        let mut udi = Self::new(Gtin::new(gtin)?.into());
        let mut timed = None;
        for element in elements {
            let value = element.value();
            let day = |text| date::parse_yymmdd(text, DayZero::LastOfMonth, current_year);
            match element.ai() {
                Ai::GTIN => {}
                Ai::LOT => udi.lot = Some(Lot::new(value)?),
                Ai::SERIAL => udi.serial = Some(Serial::new(value)?),
                Ai::PRODUCTION_DATE => udi.made = Some(day(value)?),
                Ai::EXPIRY_DATE => udi.expires = Some(day(value)?),
                Ai::EXPIRY_TIME => {
                    let (date, time) = value.split_at_checked(6).unwrap_or((value, ""));
                    timed = Some((day(date)?, date::parse_time(time)?));
                }
                ai => udi.other.push(Datum { identifier: ai.to_string(), value: value.to_owned() }),
            }
        }
        if let Some((second, time)) = timed {
            if let Some(first) = udi.expires.filter(|first| *first != second) {
                return Err(UdiError::TwoExpiries { first, second });
            }
            (udi.expires, udi.expires_time) = (Some(second), Some(time));
        }
        Ok(udi)
    }

    /// Element strings of this UDI in the order that needs fewest separators: GTIN, dates, lot, serial, others. GS1
    /// writes years with two digits, so a date more than 50 years ahead will be read as one of the past.
    pub fn to_elements(&self) -> Result<ElementStrings, UdiError> {
        if self.di.agency() != Agency::Gs1 {
            return Err(UdiError::NotGs1(self.di.agency()));
        }
        // With a time, (7003) says all that (17) would.
        let timed = self.expires.zip(self.expires_time);
        let known = [
            (Ai::GTIN, Some(self.di.as_str().to_owned())),
            (Ai::PRODUCTION_DATE, self.made.map(date::to_yymmdd)),
            (Ai::EXPIRY_DATE, self.expires.filter(|_| timed.is_none()).map(date::to_yymmdd)),
            (Ai::LOT, self.lot.clone().map(String::from)),
            (Ai::SERIAL, self.serial.clone().map(String::from)),
            (
                Ai::EXPIRY_TIME,
                timed.map(|(day, time)| format!("{}{:02}{:02}", date::to_yymmdd(day), time.hour(), time.minute())),
            ),
        ];
        let mut elements = ElementStrings::default();
        for (ai, value) in known {
            if let Some(value) = value {
                elements.push(Element::new(ai, value)?)?;
            }
        }
        for datum in &self.other {
            elements.push(Element::new(datum.identifier.parse()?, datum.value.clone())?)?;
        }
        Ok(elements.predefined_first())
    }

    /// The raw element strings, which a GS1 symbol encodes behind its FNC1.
    pub fn to_element_string(&self) -> Result<String, UdiError> {
        Ok(self.to_elements()?.to_raw())
    }

    /// The element strings with brackets, which stand beside a GS1 symbol.
    pub fn to_bracketed(&self) -> Result<String, UdiError> {
        Ok(self.to_elements()?.to_bracketed())
    }

    /// The GS1 Digital Link at `resolver`, as `https://id.gs1.org`.
    pub fn to_digital_link(&self, resolver: &str) -> Result<DigitalLink, UdiError> {
        Ok(DigitalLink::new(resolver, self.to_elements()?)?)
    }

    /// The form that people read on the label, as the agency of this UDI writes it.
    pub fn to_label_text(&self) -> Result<String, UdiError> {
        match self.di.agency() {
            Agency::Gs1 => self.to_bracketed(),
            Agency::Hibcc => Ok(hibcc::write(self)?),
            Agency::Iccbba => Ok(iccbba::write(self)?),
        }
    }

    /// The model that the device identifier names.
    pub fn model_id(&self) -> ModelId {
        self.di.model_id()
    }

    /// The lot: that of the label, or the lot `""` of products that carry only a serial. A label with neither does not
    /// tell. Some codes of products that do have lots leave the lot out: then the lot `""` was never registered, and the
    /// serial has to be looked up.
    pub fn lot_id(&self) -> Option<LotId> {
        let lot = match (&self.lot, &self.serial) {
            (Some(lot), _) => lot.as_str(),
            (None, Some(_)) => "",
            (None, None) => return None,
        };
        Some(self.model_id().lot(lot))
    }

    /// The unit, where the label has a serial. See [`Udi::lot_id`] for labels without a lot.
    pub fn item_id(&self) -> Option<ItemId> {
        Some(self.lot_id()?.item(self.serial.as_ref()?.as_str()))
    }

    /// The last second of use, as seconds since 1970: the end of the day of expiry, UTC, or the hour and minute that the
    /// label tells, taken as UTC. It is expired when the clock is greater.
    pub fn expiry_at(&self) -> Option<i64> {
        let day = self.expires?;
        Some(self.expires_time.map_or_else(|| date::expiry_at(day), |time| date::expiry_at_time(day.to_datetime(time))))
    }
}

/// Cuts off the symbology identifier that `text` begins with (ISO/IEC 15424): `]`, a letter, a modifier.
fn split_carrier(text: &str) -> (&str, &str) {
    match text.as_bytes() {
        [b']', letter, modifier, ..] if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() => {
            text.split_at(3)
        }
        _ => ("", text),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
