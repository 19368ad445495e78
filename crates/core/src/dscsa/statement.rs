//! Transaction statements.

use alloy_primitives::B256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{TradingPartner, TransactionInformation, check_texts, digest, refuse};
use crate::document::{Document, DocumentError, dates};

/// What the seller in a transaction vouches for (§581(27)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TransactionStatement {
    /// The transaction: sha2-256 of the canonical bytes of its [`TransactionInformation`].
    pub transaction: B256,
    /// Who states it: the seller.
    pub from: TradingPartner,
    /// Whether it is the first owner, who had the product from nobody: its maker. It leaves out [`Statement::Source`] and
    /// [`Statement::Received`].
    pub first_owner: bool,
    /// What it states, in the order of the law.
    pub statements: Vec<Statement>,
    /// When.
    #[serde(with = "dates::instant_required")]
    pub stated_at: Timestamp,
}

/// The seven statements of §581(27), in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Statement {
    /// (A) The seller is authorized, that is registered or licensed (§581(2)).
    Authorized,
    /// (B) It had the product from someone authorized.
    Source,
    /// (C) It was given the transaction information and statement of the owner before.
    Received,
    /// (D) It has knowingly shipped nothing that is suspect or illegitimate.
    NotSuspect,
    /// (E) It has the systems and processes that verification under §582 asks for.
    Systems,
    /// (F) It has knowingly given no false transaction information.
    NotFalse,
    /// (G) It has knowingly altered nothing in the transaction history.
    NotAltered,
}

impl Statement {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::Authorized,
        Self::Source,
        Self::Received,
        Self::NotSuspect,
        Self::Systems,
        Self::NotFalse,
        Self::NotAltered,
    ];

    /// The letter of its paragraph.
    pub const fn paragraph(self) -> char {
        (b'A' + self as u8) as char
    }

    /// Those that a seller has to make.
    pub fn required(first_owner: bool) -> Vec<Self> {
        let of_later_owners = |statement: &Self| matches!(statement, Self::Source | Self::Received);
        Self::ALL.into_iter().filter(|statement| !first_owner || !of_later_owners(statement)).collect()
    }
}

impl TransactionStatement {
    /// The full statement of the seller in a transaction.
    pub fn new(of: &TransactionInformation, first_owner: bool, stated_at: Timestamp) -> Result<Self, DocumentError> {
        Ok(Self {
            transaction: digest(of)?,
            from: of.from.clone(),
            first_owner,
            statements: Statement::required(first_owner),
            stated_at,
        })
    }

    /// Checks that it is of this transaction, and by its seller.
    pub fn check_of(&self, transaction: &TransactionInformation) -> Result<(), DocumentError> {
        let named = digest(transaction)?;
        if self.transaction != named {
            let stated = self.transaction;
            return refuse::<Self, _>(format!(
                "it is of the transaction {stated}, and this one is {named}: ask for the right one"
            ));
        }
        if self.from != transaction.from {
            let (stated, seller) = (&self.from.name, &transaction.from.name);
            return refuse::<Self, _>(format!(
                "`{stated}` states it, and the seller is `{seller}`: ask the seller for it"
            ));
        }
        Ok(())
    }
}

impl Document for TransactionStatement {
    const TYPE: &'static str = "transactionStatement";

    fn check(&self) -> Result<(), DocumentError> {
        check_texts::<Self>(&[("from.name", &self.from.name), ("from.address", &self.from.address)])?;
        let required = Statement::required(self.first_owner);
        if let Some(missing) = required.iter().find(|statement| !self.statements.contains(statement)) {
            let paragraph = missing.paragraph();
            return refuse::<Self, _>(format!(
                "the statement of §581(27)({paragraph}) is missing: product may not be accepted without it"
            ));
        }
        if self.statements != required {
            let said =
                if self.first_owner { "all but (B) and (C), which a first owner cannot make" } else { "all seven" };
            return refuse::<Self, _>(format!(
                "`statements` has others than it should: write {said}, once, in the order of §581(27)"
            ));
        }
        Ok(())
    }
}
