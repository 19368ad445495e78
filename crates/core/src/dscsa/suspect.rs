//! Products under suspicion.
//!
//! Whoever has reason to believe that a product is suspect quarantines and investigates it with its partners, and then
//! either clears it or, where it is illegitimate, tells the FDA and the partners within 24 hours (§582(b)(4), (c)(4),
//! (d)(4), (e)(4)). Each step is a document that names the one before, so that none can be left out later.

use alloy_primitives::{Address, B256};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{check_ndc, check_texts, digest, refuse};
use crate::document::{Document, DocumentError, dates};
use crate::gs1::{Gtin, Lot, Ndc, Serial};

/// One step in the handling of a suspect product: what of Form FDA 3911 a case needs (its items in brackets).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SuspectProduct {
    /// The number under which the reporter keeps the case.
    pub case: String,
    /// What is suspected [5].
    pub incident: IncidentType,
    /// Name as on the label [6].
    pub product_name: String,
    /// National Drug Code [13].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ndc: Option<Ndc>,
    /// GTIN.
    pub gtin: Gtin,
    /// Lot [15].
    pub lot: Lot,
    /// Last day of use [16].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::optional")]
    pub expires: Option<Date>,
    /// The packs [14]; empty where the whole lot is suspect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<Serial>,
    /// What was seen [17], or why the suspicion is over [18].
    pub description: String,
    /// The day on which it was noticed.
    #[serde(with = "dates::required")]
    pub noticed: Date,
    /// Who reports it [20 to 25].
    pub reporter: Reporter,
    /// What is done with it now.
    pub handling: Handling,
    /// The step before: sha2-256 of its canonical bytes. The first step has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<B256>,
    /// Randomness that hides who reports from those who have no more than the digest, and could try what it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<B256>,
}

/// Why a product is suspect (§581(21)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IncidentType {
    /// (A) It may be counterfeit.
    Counterfeit,
    /// (A) It may be diverted.
    Diverted,
    /// (A) It may be stolen.
    Stolen,
    /// (B) It may be adulterated on purpose, so that it does serious harm.
    Adulterated,
    /// (C) It may be of a fraudulent transaction.
    Fraudulent,
    /// (D) It appears unfit for distribution in another way, so that it does serious harm.
    Unfit,
}

/// Who reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reporter {
    /// The account that acts for it.
    pub account: Address,
    /// Its business name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// A telephone number or address of e-mail.
    pub contact: String,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Handling {
    /// It is set apart.
    Quarantine {
        /// Since this day.
        #[serde(with = "dates::required")]
        since: Date,
    },
    /// It is set apart and looked into.
    Investigate {
        /// Since this day.
        #[serde(with = "dates::required")]
        since: Date,
    },
    /// It is not illegitimate, and may be sold.
    Clear {
        /// Since this day.
        #[serde(with = "dates::required")]
        on: Date,
    },
    /// It is illegitimate: FDA and partners are told, it does not come back.
    Report {
        /// The day on which that was determined [4]; the 24 hours begin.
        #[serde(with = "dates::required")]
        determined: Date,
        /// The number that the FDA has given [2], once it has.
        #[serde(default, skip_serializing_if = "Option::is_none", rename = "incidentNumber")]
        incident_number: Option<String>,
    },
}

impl Handling {
    /// The day that it names.
    pub const fn day(&self) -> Date {
        match self {
            Self::Quarantine { since } | Self::Investigate { since } => *since,
            Self::Clear { on } => *on,
            Self::Report { determined, .. } => *determined,
        }
    }

    /// Whether the product may be moved and sold again.
    pub const fn is_cleared(&self) -> bool {
        matches!(self, Self::Clear { .. })
    }

    /// Whether a case that stood at `previous` may come to this. A report is repeated when the FDA has given a number, and
    /// a case that was cleared is over.
    pub const fn may_follow(&self, previous: &Self) -> bool {
        match previous {
            Self::Quarantine { .. } => !matches!(self, Self::Quarantine { .. }),
            Self::Investigate { .. } => matches!(self, Self::Clear { .. } | Self::Report { .. }),
            Self::Report { .. } => matches!(self, Self::Report { .. }),
            Self::Clear { .. } => false,
        }
    }

    /// In a word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Quarantine { .. } => "quarantine",
            Self::Investigate { .. } => "investigate",
            Self::Clear { .. } => "clear",
            Self::Report { .. } => "report",
        }
    }
}

impl SuspectProduct {
    /// Checks that this is the next step of the case after `previous`, about the same product.
    pub fn check_after(&self, previous: &Self) -> Result<(), DocumentError> {
        let expected = digest(previous)?;
        if self.previous != Some(expected) {
            return refuse::<Self, _>(format!("`previous` does not name the step before: it should be {expected}"));
        }
        let about = |step: &Self| (step.case.clone(), step.gtin.clone(), step.lot.clone(), step.reporter.account);
        if about(self) != about(previous) {
            return refuse::<Self, _>(
                "case, product, lot or reporter differ from the step before: open another case".to_owned(),
            );
        }
        let (now, before) = (&self.handling, &previous.handling);
        if !now.may_follow(before) {
            let (now, before) = (now.name(), before.name());
            return refuse::<Self, _>(format!(
                "`{now}` cannot follow `{before}`: open another case for a new suspicion"
            ));
        }
        if now.day() < before.day() {
            return refuse::<Self, _>(format!(
                "it is of {}, before the step of {}: correct the day",
                now.day(),
                before.day()
            ));
        }
        Ok(())
    }
}

impl Document for SuspectProduct {
    const TYPE: &'static str = "suspectProduct";

    fn check(&self) -> Result<(), DocumentError> {
        check_texts::<Self>(&[
            ("case", &self.case),
            ("productName", &self.product_name),
            ("description", &self.description),
            ("reporter.name", &self.reporter.name),
            ("reporter.address", &self.reporter.address),
            ("reporter.contact", &self.reporter.contact),
        ])?;
        check_ndc::<Self>(&self.gtin, self.ndc.as_ref())?;
        let mut serials: Vec<&Serial> = self.serials.iter().collect();
        serials.sort();
        if let Some(pair) = serials.windows(2).find(|pair| pair[0] == pair[1]) {
            return refuse::<Self, _>(format!("the serial {} stands in it twice: name each pack once", pair[0]));
        }
        let day = self.handling.day();
        if day < self.noticed {
            return refuse::<Self, _>(format!(
                "it is handled on {day}, before it was noticed on {}: correct one",
                self.noticed
            ));
        }
        if self.previous.is_none() && !matches!(self.handling, Handling::Quarantine { .. }) {
            return refuse::<Self, _>("a case begins with `quarantine`: name the step before as `previous`".to_owned());
        }
        Ok(())
    }
}
