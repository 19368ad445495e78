//! The notice of a recall, with the facts that openFDA publishes of one (device recall, enforcement report).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Document, DocumentError, Subject, dates};

/// A recall in full. `Custody` keeps subject, class and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RecallNotice {
    /// How dangerous it is.
    pub class: RecallClass,
    /// What is recalled.
    pub subject: Subject,
    /// The recalling firm.
    pub firm: String,
    /// Why (openFDA `reason_for_recall`).
    pub reason: String,
    /// What holders are to do (openFDA `action`).
    pub action: String,
    /// The recall number, as `Z-1004-04` (openFDA `product_res_number`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_number: Option<String>,
    /// The number of the event that several recalls may share (openFDA `res_event_number`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_number: Option<String>,
    /// The product in words (openFDA `product_description`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_description: Option<String>,
    /// Lots and serials in words (openFDA `code_info`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_info: Option<String>,
    /// How many are out (openFDA `product_quantity`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_quantity: Option<String>,
    /// Where they went (openFDA `distribution_pattern`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution_pattern: Option<String>,
    /// The cause, where it is known (openFDA `root_cause_description`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// The day on which the firm began it (openFDA `event_date_initiated`).
    #[serde(with = "dates::required")]
    pub initiated: Date,
}

impl Document for RecallNotice {
    const TYPE: &'static str = "recall";

    fn check(&self) -> Result<(), DocumentError> {
        match self.subject {
            Subject::Account(account) => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: format!("its subject is the account {account}: name a model, a lot or an item"),
            }),
            _ => Ok(()),
        }
    }
}

/// How dangerous a recalled product is (21 CFR 7.3(m)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum RecallClass {
    /// Serious harm or death is to be expected.
    I = 1,
    /// Temporary harm, or serious harm with low probability.
    II = 2,
    /// Harm is not likely.
    III = 3,
}

impl RecallClass {
    /// The byte that the chain keeps.
    pub const fn code(self) -> u8 {
        self as u8
    }
}
