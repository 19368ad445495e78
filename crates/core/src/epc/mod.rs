//! Electronic Product Codes: what an RFID tag holds, and the GS1 keys that it stands for (GS1 EPC Tag Data Standard, TDS,
//! 1.6 to 2.x; sections are cited as § of 1.6, since later releases number some of them anew).
//!
//! | form | example | type |
//! |---|---|---|
//! | what a reader gives | `3074257BF7194E4000001A85` | [`Tag`] |
//! | EPC Tag URI | `urn:epc:tag:sgtin-96:3.0614141.812345.6789` | [`Tag`] |
//! | EPC Pure Identity URI | `urn:epc:id:sgtin:0614141.812345.6789` | [`Epc`] |
//! | element strings, Digital Link | `(01)80614141123458(21)6789` | [`Identity`] |
//!
//! Read and written are SGTIN-96, SGTIN-198, SSCC-96, SGLN-96 and SGLN-195, with headers as in §14.2. Check digits
//! do not stand in an EPC and are computed anew.
//!
//! An EPC says where the company prefix of a key ends, which the key itself does not. So the way from a label to a tag
//! needs its length ([`PrefixLength`]), which the labeler knows; GS1 tells it of every company.
//!
//! [`Sgtin96`] is the fast way for readers that see thousands of packs a second: it reads without allocating.
//!
//! ```
//! use theriac_core::epc::{Epc, Tag};
//!
//! let tag = Tag::parse("3074257BF7194E4000001A85")?;
//! assert_eq!(tag.to_string(), "urn:epc:tag:sgtin-96:3.0614141.812345.6789");
//! assert_eq!(tag.epc().to_string(), "urn:epc:id:sgtin:0614141.812345.6789");
//! assert_eq!(tag.epc().to_elements().to_bracketed(), "(01)80614141123458(21)6789");
//!
//! let link = "https://id.example.org/01/80614141123458/21/6789".parse()?;
//! assert_eq!(Epc::of_link(&link, "7".parse()?)?, *tag.epc());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bits;
mod error;
mod partition;
mod scheme;
mod sgtin96;
mod tag;
mod uri;

use std::fmt;
use std::str::FromStr;

pub use error::EpcError;
pub use partition::PrefixLength;
pub use scheme::{Filter, Scheme};
pub use sgtin96::Sgtin96;
pub use tag::Tag;

use crate::gs1::{Ai, DigitalLink, DigitalLinkError, Element, ElementStrings, Gln, GlnExtension, Gtin, Serial, Sscc};
use partition::Kind;

/// The extension that an SGLN has where its location has none (§6.3.3).
const NO_EXTENSION: &str = "0";

/// What an EPC names, as GS1 keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// One item: AIs (01) and (21).
    Sgtin {
        /// Its trade item. Of a GTIN-8 the company prefix has 8 digits: the five zeros in front and the GS1-8 prefix (§7.1.2).
        gtin: Gtin,
        /// Its serial.
        serial: Serial,
    },
    /// A logistic unit: AI (00).
    Sscc(Sscc),
    /// A place: AIs (414) and (254).
    Sgln {
        /// The location.
        gln: Gln,
        /// The place within it; never `0`, which in an EPC stands for none.
        extension: Option<GlnExtension>,
    },
}

impl Identity {
    fn kind(&self) -> Kind {
        match self {
            Self::Sgtin { .. } => Kind::Sgtin,
            Self::Sscc(_) => Kind::Sscc,
            Self::Sgln { .. } => Kind::Sgln,
        }
    }

    /// The key without its check digit.
    fn payload(&self) -> u64 {
        match self {
            Self::Sgtin { gtin, .. } => gtin.payload(),
            Self::Sscc(sscc) => sscc.payload(),
            Self::Sgln { gln, .. } => gln.payload(),
        }
    }

    /// The serial or extension as it stands in an EPC.
    fn serial(&self) -> &str {
        match self {
            Self::Sgtin { serial, .. } => serial.as_str(),
            Self::Sscc(_) => "",
            Self::Sgln { extension, .. } => extension.as_ref().map_or(NO_EXTENSION, GlnExtension::as_str),
        }
    }

    /// The identity of a key with this payload and this serial or extension.
    fn of_parts(kind: Kind, payload: u64, serial: &str) -> Result<Self, EpcError> {
        Ok(match kind {
            Kind::Sgtin => Self::Sgtin { gtin: Gtin::of_payload(payload), serial: Serial::new(serial)? },
            Kind::Sscc => Self::Sscc(Sscc::of_payload(payload)),
            Kind::Sgln => {
                let extension = (serial != NO_EXTENSION).then(|| GlnExtension::new(serial)).transpose()?;
                Self::Sgln { gln: Gln::of_payload(payload), extension }
            }
        })
    }

    /// What element strings name. Whatever else they tell (lot, expiry) has no place in an EPC and is left out.
    pub fn of_elements(elements: &ElementStrings) -> Result<Self, EpcError> {
        let keys: Vec<Ai> =
            [Ai::GTIN, Ai::SSCC, Ai::LOCATION].into_iter().filter(|ai| elements.value(*ai).is_some()).collect();
        let [key] = keys[..] else {
            return Err(if keys.is_empty() {
                EpcError::NoKey
            } else {
                EpcError::SeveralKeys { first: keys[0], second: keys[1] }
            });
        };
        let value = elements.value(key).unwrap_or_default();
        if key == Ai::GTIN {
            let serial = elements.value(Ai::SERIAL).ok_or_else(|| EpcError::NoSerial(value.to_owned()))?;
            return Ok(Self::Sgtin { gtin: Gtin::new(value)?, serial: Serial::new(serial)? });
        }
        if key == Ai::SSCC {
            return Ok(Self::Sscc(Sscc::new(value)?));
        }
        let extension = elements.value(Ai::GLN_EXTENSION).map(GlnExtension::new).transpose()?;
        Ok(Self::Sgln { gln: Gln::new(value)?, extension })
    }

    /// The element strings that name it.
    pub fn to_elements(&self) -> ElementStrings {
        let fields = match self {
            Self::Sgtin { gtin, serial } => vec![(Ai::GTIN, gtin.as_str()), (Ai::SERIAL, serial.as_str())],
            Self::Sscc(sscc) => vec![(Ai::SSCC, sscc.as_str())],
            Self::Sgln { gln, extension } => std::iter::once((Ai::LOCATION, gln.as_str()))
                .chain(extension.iter().map(|extension| (Ai::GLN_EXTENSION, extension.as_str())))
                .collect(),
        };
        let mut elements = ElementStrings::default();
        for (ai, value) in fields {
            let element = Element::new(ai, value).expect("a checked key is what its identifier allows");
            elements.push(element).expect("each identifier stands here once");
        }
        elements
    }
}

/// What a tag identifies: a GS1 key, and where the company prefix in it ends. It prints as EPC Pure Identity URI (§6).
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Epc {
    identity: Identity,
    prefix: PrefixLength,
}

impl Epc {
    /// The EPC of a key whose company prefix has this length.
    pub fn new(identity: Identity, prefix: PrefixLength) -> Result<Self, EpcError> {
        match &identity {
            Identity::Sgln { extension: Some(extension), .. } if extension.as_str() == NO_EXTENSION => {
                Err(EpcError::ZeroExtension)
            }
            _ => Ok(Self { identity, prefix }),
        }
    }

    /// Reads any form that says where the company prefix ends: the digits that a reader gives, an EPC Tag URI, or an EPC
    /// Pure Identity URI.
    pub fn parse(text: &str) -> Result<Self, EpcError> {
        let text = text.trim();
        if uri::is_pure_identity(text) { uri::read_pure_identity(text) } else { Ok(Tag::parse(text)?.into_epc()) }
    }

    /// The EPC of what element strings name.
    pub fn of_elements(elements: &ElementStrings, prefix: PrefixLength) -> Result<Self, EpcError> {
        Self::new(Identity::of_elements(elements)?, prefix)
    }

    /// The EPC of what a GS1 Digital Link names.
    pub fn of_link(link: &DigitalLink, prefix: PrefixLength) -> Result<Self, EpcError> {
        Self::of_elements(link.elements(), prefix)
    }

    /// What it names.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How many digits of the key are the company prefix.
    pub const fn prefix(&self) -> PrefixLength {
        self.prefix
    }

    /// The element strings that name the same.
    pub fn to_elements(&self) -> ElementStrings {
        self.identity.to_elements()
    }

    /// The GS1 Digital Link that names the same, at a resolver: scheme, domain and perhaps a path.
    pub fn to_link(&self, resolver: &str) -> Result<DigitalLink, DigitalLinkError> {
        DigitalLink::new(resolver, self.to_elements())
    }
}

impl fmt::Display for Epc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}:{}", uri::PURE_IDENTITY, self.identity.kind().name(), uri::body(self))
    }
}

impl FromStr for Epc {
    type Err = EpcError;

    fn from_str(text: &str) -> Result<Self, EpcError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Epc {
    type Error = EpcError;

    fn try_from(text: String) -> Result<Self, EpcError> {
        Self::parse(&text)
    }
}

impl From<Epc> for String {
    fn from(epc: Epc) -> Self {
        epc.to_string()
    }
}

#[cfg(test)]
mod tests;
