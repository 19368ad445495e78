//! Does the maker know this product identifier? The question of whoever takes back saleable product (§582(c)(4)(D)), or
//! doubts what it has, and the answer, as the GS1 Lightweight Messaging Standard for Verification of Product Identifiers
//! (LMS 1.0.2 and 1.1) has them.
//!
//! ```text
//! GET /verify/gtin/00300021433802/lot/A1/ser/S9?exp=271231&linkType=verificationService&context=dscsaSaleableReturn
//!     &reqGLN=0614141123452&corrUUID=21EC2020-3AEA-4069-A2DD-08002B30309D
//!
//! {"verificationTimestamp":"2026-05-17T16:48:53.428Z","responderGLN":"9521141123454",
//!  "data":{"verified":false,"verificationFailureReason":"No_match_GTIN_Serial_Lot"},
//!  "corrUUID":"21EC2020-3AEA-4069-A2DD-08002B30309D"}
//! ```
//!
//! The shape of both, and the codes that begin with `No_`, are those of LMS 1.0.2 as published implementations of it have
//! them. The other codes of [`FailureReason`], those of [`AdditionalInfo`], and `ctrlPossessAtt` are those of GS1 US,
//! "Implementation Guideline: GS1 Lightweight Messaging Standard for DSCSA Verification of Product Identifiers", release
//! 1.3. The path is a GS1 Digital Link with words for identifiers.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::canonical::{self, CanonicalError};
use crate::gs1::date::{self, DayZero};
use crate::gs1::percent::percent_encode;
use crate::gs1::{Ai, DateError, DigitalLink, DigitalLinkError, Gln, Gtin, KeyError, Lot, Serial, TextError};

const LINK_TYPE: &str = "verificationService";
const SALEABLE_RETURN: &str = "dscsaSaleableReturn";

/// Stands before a path without domain, so that it reads as a link. It is never asked (RFC 6761 §6.4).
const NOWHERE: &str = "https://requests.invalid";

/// A request or answer that is not of the standard's form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationError {
    /// A path of another form.
    #[error("the request is not of the form /verify/gtin/…/lot/…/ser/…?exp=YYMMDD: {0}")]
    Path(#[from] DigitalLinkError),
    /// A part of the identifier that is missing.
    #[error(
        "the request lacks {0}: a product identifier is GTIN, lot, serial and expiry, /verify/gtin/…/lot/…/ser/…?exp=YYMMDD"
    )]
    Missing(&'static str),
    /// A parameter that stands twice.
    #[error("`{0}` stands twice in the request: give it once")]
    Twice(String),
    /// A parameter with a value that is not answered here.
    #[error("`{name}` is `{value}`: write {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A wrong expiry.
    #[error("`exp`: {0}")]
    Expiry(#[from] DateError),
    /// A wrong GTIN or GLN.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A wrong lot or serial.
    #[error(transparent)]
    Text(#[from] TextError),
    /// An answer that is not I-JSON.
    #[error(transparent)]
    Json(#[from] CanonicalError),
    /// An answer with a field that is missing or wrong.
    #[error("in the answer, at `{path}`: {problem}")]
    Field {
        /// The field.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationRequest {
    /// The product.
    pub gtin: Gtin,
    /// Its lot.
    pub lot: Lot,
    /// Its serial.
    pub serial: Serial,
    /// Its last day of use, as on the label.
    pub expires: Expiry,
    /// Who asks (`reqGLN`).
    pub requester: Option<Gln>,
    /// What the answer repeats (`corrUUID`).
    pub correlation: Option<CorrelationId>,
    /// Whether who asks has the product (`ctrlPossessAtt`).
    pub in_possession: Option<bool>,
}

impl VerificationRequest {
    /// Reads the path and query of a request, or its whole address. `linkType` and `context` may be left out; parameters
    /// that are not known are passed over, as other services add their own.
    pub fn parse(text: &str) -> Result<Self, VerificationError> {
        let link = match text.starts_with('/') {
            true => DigitalLink::parse(&format!("{NOWHERE}{text}"))?,
            false => DigitalLink::parse(text)?,
        };
        let named = |ai: Ai, what| link.elements().value(ai).ok_or(VerificationError::Missing(what));
        expect_parameter(&link, "linkType", LINK_TYPE)?;
        expect_parameter(&link, "context", SALEABLE_RETURN)?;
        let in_possession = match parameter(&link, "ctrlPossessAtt")? {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(other) => return Err(wrong("ctrlPossessAtt", other, "true or false")),
        };
        Ok(Self {
            gtin: Gtin::new(named(Ai::GTIN, "the GTIN")?)?,
            lot: Lot::new(named(Ai::LOT, "the lot")?)?,
            serial: Serial::new(named(Ai::SERIAL, "the serial")?)?,
            expires: parameter(&link, "exp")?.ok_or(VerificationError::Missing("the expiry"))?.parse()?,
            requester: parameter(&link, "reqGLN")?.map(Gln::new).transpose()?,
            correlation: parameter(&link, "corrUUID")?.map(CorrelationId::from_str).transpose()?,
            in_possession,
        })
    }

    /// The path and query, which come behind the address of a verification service.
    pub fn to_path(&self) -> String {
        let (lot, serial) = (percent_encode(self.lot.as_str()), percent_encode(self.serial.as_str()));
        let mut path = format!(
            "/verify/gtin/{}/lot/{lot}/ser/{serial}?exp={}&linkType={LINK_TYPE}&context={SALEABLE_RETURN}",
            self.gtin, self.expires
        );
        let further = [
            ("reqGLN", self.requester.as_ref().map(Gln::to_string)),
            ("corrUUID", self.correlation.as_ref().map(CorrelationId::to_string)),
            ("ctrlPossessAtt", self.in_possession.map(|is_there| is_there.to_string())),
        ];
        for (name, value) in further {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={value}"));
            }
        }
        path
    }

    /// What the identifiers alone allow to answer. `registered` is the lot and the last day of use of the item with this
    /// GTIN and serial, if there is one; years of two digits are read as someone in `current_year` means them.
    ///
    /// Who answers may know more, as a recall, and then changes the outcome.
    pub fn compare(&self, registered: Option<(&Lot, Date)>, current_year: i16) -> Outcome {
        let reason = match registered {
            None => FailureReason::NoMatchGtinSerial,
            Some((lot, expires)) => match (*lot == self.lot, self.expires.date(current_year) == Ok(expires)) {
                (true, true) => return Outcome::Verified { additional: None },
                (false, true) => FailureReason::NoMatchGtinSerialLot,
                (true, false) => FailureReason::NoMatchGtinSerialExpiry,
                (false, false) => FailureReason::NoMatchGtinSerialLotExpiry,
            },
        };
        Outcome::NotVerified { reason, additional: None }
    }
}

fn wrong(name: &'static str, value: &str, expected: &'static str) -> VerificationError {
    VerificationError::Parameter { name, value: value.to_owned(), expected }
}

/// A parameter of the query.
fn parameter<'a>(link: &'a DigitalLink, name: &str) -> Result<Option<&'a str>, VerificationError> {
    let mut values = link.parameters().iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(VerificationError::Twice(name.to_owned())),
        (value, None) => Ok(value),
    }
}

fn expect_parameter(link: &DigitalLink, name: &'static str, expected: &'static str) -> Result<(), VerificationError> {
    match parameter(link, name)? {
        Some(value) if value != expected => Err(wrong(name, value, expected)),
        _ => Ok(()),
    }
}

/// A last day of use as six digits, YYMMDD; day 00 is the last of the month (GS1 General Specifications §3.4.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expiry(String);

impl Expiry {
    /// That day, as a label has it.
    pub fn of_day(day: Date) -> Self {
        Self(date::to_yymmdd(day))
    }

    /// The day; its year as someone in `current_year` means it.
    pub fn date(&self, current_year: i16) -> Result<Date, DateError> {
        date::parse_yymmdd(&self.0, DayZero::LastOfMonth, current_year)
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Expiry {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        date::check_yymmdd(text, DayZero::LastOfMonth)?;
        Ok(Self(text.to_owned()))
    }
}

/// A UUID (RFC 9562 §4), kept as it was written, since the answer repeats it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationId(String);

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CorrelationId {
    type Err = VerificationError;

    fn from_str(text: &str) -> Result<Self, VerificationError> {
        let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex) {
            true => Ok(Self(text.to_owned())),
            false => Err(wrong("corrUUID", text, "a UUID, as 21ec2020-3aea-4069-a2dd-08002b30309d")),
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationResponse {
    /// When it was given.
    pub at: Timestamp,
    /// Who gave it.
    pub responder: Gln,
    /// What it is.
    pub outcome: Outcome,
    /// What the request gave to repeat.
    pub correlation: Option<CorrelationId>,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The maker has put this identifier on a product.
    Verified {
        /// What else is known of it.
        additional: Option<AdditionalInfo>,
    },
    /// It has not, or says so.
    NotVerified {
        /// Why.
        reason: FailureReason,
        /// What else is known of it.
        additional: Option<AdditionalInfo>,
    },
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$code_doc:meta])* $code:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$code_doc])* $code,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// As it stands in an answer.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)*
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// Releases differ in capitals only, so these do not count.
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                let known = Self::ALL.iter().find(|code| code.as_str().eq_ignore_ascii_case(&text)).copied();
                known.ok_or_else(|| de::Error::custom(format_args!("`{text}` is not {}: it is one of {}", $what, [$($text),*].join(", "))))
            }
        }
    };
}

codes!(
    /// Why an identifier is not verified.
    FailureReason,
    "a verificationFailureReason",
    /// The maker's own rule.
    ManufacturerPolicy = "Manufacturer_policy",
    /// No item with this GTIN and serial.
    NoMatchGtinSerial = "No_match_GTIN_Serial",
    /// The item has another lot and another expiry.
    NoMatchGtinSerialLotExpiry = "No_match_GTIN_Serial_Lot_Expiry",
    /// The item has another lot.
    NoMatchGtinSerialLot = "No_match_GTIN_Serial_Lot",
    /// The item has another expiry.
    NoMatchGtinSerialExpiry = "No_match_GTIN_Serial_Expiry",
    /// Nothing is said.
    NoReasonProvided = "No_reason_provided",
    /// The item is not to be sold again.
    NotForRedistribution = "Not_for_re-distribution",
);

codes!(
    /// What else is known of an item.
    AdditionalInfo,
    "an additionalInfo",
    /// Its last day of use is past.
    Expired = "Expired",
    /// The FDA has moved its last day of use.
    ExpirationExtended = "ExpirationExtended",
    /// It is recalled or withdrawn.
    Recalled = "Recalled",
    /// It is suspect.
    Suspect = "Suspect",
    /// It is illegitimate.
    Illegitimate = "Illegitimate",
);

/// The answer as it stands in JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    verification_timestamp: Timestamp,
    #[serde(rename = "responderGLN")]
    responder: Gln,
    data: WireData,
    #[serde(rename = "corrUUID", default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireData {
    verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verification_failure_reason: Option<FailureReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    additional_info: Option<AdditionalInfo>,
}

impl VerificationResponse {
    /// The answer to `request`.
    pub fn new(request: &VerificationRequest, responder: Gln, at: Timestamp, outcome: Outcome) -> Self {
        Self { at, responder, outcome, correlation: request.correlation.clone() }
    }

    /// Reads an answer. Fields that are not known are passed over; one that is verified and has a reason for failure is
    /// refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, VerificationError> {
        let value = canonical::parse(bytes)?;
        let wire: Wire = serde_path_to_error::deserialize(value).map_err(|error| VerificationError::Field {
            path: error.path().to_string(),
            problem: error.into_inner().to_string(),
        })?;
        let additional = wire.data.additional_info;
        let outcome = match (wire.data.verified, wire.data.verification_failure_reason) {
            (true, None) => Outcome::Verified { additional },
            (false, reason) => {
                Outcome::NotVerified { reason: reason.unwrap_or(FailureReason::NoReasonProvided), additional }
            }
            (true, Some(_)) => {
                let path = "data.verificationFailureReason".to_owned();
                let problem = "it is verified, so there is no failure: ask again".to_owned();
                return Err(VerificationError::Field { path, problem });
            }
        };
        // Some services repeat a UUID that was not given as an empty one.
        let correlation = wire.correlation.filter(|text| !text.is_empty()).map(|text| text.parse()).transpose()?;
        Ok(Self { at: wire.verification_timestamp, responder: wire.responder, outcome, correlation })
    }

    /// The answer as JSON.
    pub fn to_json(&self) -> String {
        let (verified, verification_failure_reason, additional_info) = match self.outcome {
            Outcome::Verified { additional } => (true, None, additional),
            Outcome::NotVerified { reason, additional } => (false, Some(reason), additional),
        };
        let wire = Wire {
            verification_timestamp: self.at,
            responder: self.responder.clone(),
            data: WireData { verified, verification_failure_reason, additional_info },
            correlation: self.correlation.as_ref().map(CorrelationId::to_string),
        };
        serde_json::to_string(&wire).expect("texts and truth values have a form in JSON")
    }
}
