//! The device identifier: the part of a UDI that names labeler and model.

use std::fmt;

use super::{hibcc, iccbba};
use crate::gs1::{Gtin, KeyError};
use crate::ids::{Agency, ModelId};

/// A device identifier with the agency that issued it, in the form that enters the [`ModelId`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Di {
    agency: Agency,
    di: String,
}

/// The same as it stands in a document, unchecked.
#[derive(serde::Serialize, serde::Deserialize)]
struct Plain {
    agency: Agency,
    di: String,
}

/// A device identifier that its agency does not issue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiError {
    /// Not a GTIN.
    #[error(transparent)]
    Gtin(#[from] KeyError),
    /// Not a device identifier of HIBCC.
    #[error(
        "`{0}` is not a HIBCC device identifier: four characters of the labeler, the first a letter; 1 to 18 capital \
         letters or digits of the product; one digit for the unit of measure"
    )]
    Hibcc(String),
    /// Not a device identifier of ICCBBA.
    #[error("`{0}` is not an ICCBBA device identifier: 16 capital letters or digits, or 10 for containers of blood")]
    Iccbba(String),
}

impl Di {
    /// Checks `di` against the rules of `agency`. A GTIN is padded to 14 digits.
    pub fn new(agency: Agency, di: &str) -> Result<Self, DiError> {
        match agency {
            Agency::Gs1 => return Ok(Gtin::new(di)?.into()),
            Agency::Hibcc if !hibcc::is_di(di) => return Err(DiError::Hibcc(di.to_owned())),
            Agency::Iccbba if !iccbba::is_di(di) => return Err(DiError::Iccbba(di.to_owned())),
            Agency::Hibcc | Agency::Iccbba => {}
        }
        Ok(Self { agency, di: di.to_owned() })
    }

    /// The same for an identifier as a register lists it. Some labelers gave the FDA the HIBC with its check character
    /// (`H373VBJR062502A3F`), which belongs to the symbol and not to the identifier: it is taken off where that is
    /// certain, so that the label is found. It is certain when the last character is not a digit, since the unit of
    /// measure is one, and verifies.
    pub fn listed(agency: Agency, di: &str) -> Result<Self, DiError> {
        let without = hibcc::without_check_character(di).filter(|_| !di.ends_with(|c: char| c.is_ascii_digit()));
        match without {
            Some(without) if agency == Agency::Hibcc => Self::new(agency, without),
            _ => Self::new(agency, di),
        }
    }

    /// The same HIBCC identifier with its check character, where that is a digit, so that [`Di::listed`] could not tell.
    /// A label whose identifier is not known may be found under this one.
    pub fn with_check_digit(&self) -> Option<Self> {
        let check = hibcc::check_character(&format!("+{}", self.di)).filter(char::is_ascii_digit)?;
        let is_hibcc = self.agency == Agency::Hibcc;
        is_hibcc.then(|| Self::new(self.agency, &format!("{}{check}", self.di)).ok()).flatten()
    }

    /// Who issued it.
    pub fn agency(&self) -> Agency {
        self.agency
    }

    /// The identifier without any delimiters.
    pub fn as_str(&self) -> &str {
        &self.di
    }

    /// The id of the model.
    pub fn model_id(&self) -> ModelId {
        ModelId::new(self.agency, &self.di)
    }
}

impl From<Gtin> for Di {
    fn from(gtin: Gtin) -> Self {
        Self { agency: Agency::Gs1, di: gtin.into() }
    }
}

impl fmt::Display for Di {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.di)
    }
}

impl TryFrom<Plain> for Di {
    type Error = DiError;

    fn try_from(plain: Plain) -> Result<Self, DiError> {
        Self::new(plain.agency, &plain.di)
    }
}

impl From<Di> for Plain {
    fn from(di: Di) -> Self {
        Self { agency: di.agency, di: di.di }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agency_has_its_own_form() {
        assert_eq!(Di::new(Agency::Gs1, "614141123452").map(|di| di.to_string()), Ok("00614141123452".into()));
        assert!(Di::new(Agency::Hibcc, "M204518084AA0").is_ok());
        assert!(Di::new(Agency::Iccbba, "A9999XYZ100T0944").is_ok());
        assert!(Di::new(Agency::Iccbba, "1TE123456A").is_ok());
        assert!(matches!(Di::new(Agency::Hibcc, "614141123452"), Err(DiError::Hibcc(_))));
        assert!(matches!(Di::new(Agency::Iccbba, "A9999"), Err(DiError::Iccbba(_))));
        assert!(serde_json::from_str::<Di>(r#"{"agency":"GS1","di":"10886704031391"}"#).is_err());
    }

    #[test]
    fn listed_identifiers_lose_a_check_character() {
        // As in the GUDID release of August 2016.
        let listed = |di| Di::listed(Agency::Hibcc, di).map(|di| di.to_string());
        assert_eq!(listed("H373VBJR062502A3F"), Ok("H373VBJR062502A3".into()));
        assert_eq!(listed("M204518084AA0"), Ok("M204518084AA0".into()));
        assert!(listed("H373VBJR062502A3G").is_err());
    }

    #[test]
    fn an_identifier_listed_with_a_check_digit_is_still_found() {
        let label = Di::new(Agency::Hibcc, "A99912345").unwrap();
        let listed = Di::listed(Agency::Hibcc, "A999123457").unwrap();
        assert_ne!(listed, label);
        assert_eq!(label.with_check_digit(), Some(listed));
        // Here the check character is A, which `listed` takes off.
        assert_eq!(Di::new(Agency::Hibcc, "A99912348").unwrap().with_check_digit(), None);
        assert_eq!(Di::new(Agency::Gs1, "09506000134352").unwrap().with_check_digit(), None);
    }
}
