//! What events name, as GS1 Digital Links at `id.gs1.org`: the form that EPCIS 2.0 prefers, and that its hash is computed over.
//!
//! An item is named by product and serial, without its lot, which does not make it another item.

use super::event::Uri;
use crate::gs1::{DigitalLink, DigitalLinkError, Element, ElementStrings, Gtin, Lot, Serial, Sscc, UnknownAi};
use crate::ids::Agency;
use crate::udi::Udi;

const SSCC: &str = "00";
const GTIN: &str = "01";
const LOT: &str = "10";
const SERIAL: &str = "21";
const LOCATION_EXTENSION: &str = "254";
const LOCATION: &str = "414";
const PARTY: &str = "417";

/// Where canonical links lead.
pub const RESOLVER: &str = "https://id.gs1.org";

/// What cannot be named by a GS1 Digital Link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// An identifier of another agency.
    #[error("a device identifier of {0} has no GS1 Digital Link: name it by a URI of your own")]
    NotGs1(Agency),
    /// Not an application identifier.
    #[error(transparent)]
    Ai(#[from] UnknownAi),
    /// A value that its identifier does not allow.
    #[error(transparent)]
    Link(#[from] DigitalLinkError),
}

/// One unit of a product.
pub fn item(gtin: &Gtin, serial: &Serial) -> Result<Uri, LinkError> {
    link(&[(GTIN, gtin.as_str()), (SERIAL, serial.as_str())])
}

/// A lot of a product, as a class for quantities.
pub fn lot(gtin: &Gtin, lot: &Lot) -> Result<Uri, LinkError> {
    link(&[(GTIN, gtin.as_str()), (LOT, lot.as_str())])
}

/// A product, as a class for quantities.
pub fn product(gtin: &Gtin) -> Result<Uri, LinkError> {
    link(&[(GTIN, gtin.as_str())])
}

/// A logistic unit.
pub fn unit(sscc: &Sscc) -> Result<Uri, LinkError> {
    link(&[(SSCC, sscc.as_str())])
}

/// A place, by its global location number of 13 digits, perhaps with an extension: a room, a shelf.
pub fn place(gln: &str, extension: Option<&str>) -> Result<Uri, LinkError> {
    let parts = [(LOCATION, gln)].into_iter().chain(extension.map(|extension| (LOCATION_EXTENSION, extension)));
    link(&parts.collect::<Vec<_>>())
}

/// An organisation, by its global location number of 13 digits.
pub fn party(gln: &str) -> Result<Uri, LinkError> {
    link(&[(PARTY, gln)])
}

/// What a label names most finely: the unit, else the lot, else the product.
pub fn label(udi: &Udi) -> Result<Uri, LinkError> {
    let agency = udi.di.agency();
    if agency != Agency::Gs1 {
        return Err(LinkError::NotGs1(agency));
    }
    let gtin = udi.di.to_string();
    let mut parts = vec![(GTIN, gtin.as_str())];
    match (&udi.serial, &udi.lot) {
        (Some(serial), _) => parts.push((SERIAL, serial.as_str())),
        (None, Some(lot)) => parts.push((LOT, lot.as_str())),
        (None, None) => {}
    }
    link(&parts)
}

fn link(parts: &[(&str, &str)]) -> Result<Uri, LinkError> {
    let mut elements = ElementStrings::default();
    for (ai, value) in parts {
        let element = Element::new(ai.parse()?, *value).map_err(DigitalLinkError::from)?;
        elements.push(element).map_err(DigitalLinkError::from)?;
    }
    Ok(DigitalLink::new(RESOLVER, elements)?.into())
}
