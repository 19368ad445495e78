//! A case of suspect product, step by step.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::suspect::{Handling, SuspectProduct};
use super::{digest, refuse};
use crate::document::{Document, DocumentError};

/// All steps of a case so far, each after the one before: what is sealed for partners and the regulator, who can follow it from the
/// quarantine, whose evidence on chain is the digest of the first step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspectCase {
    steps: Vec<SuspectProduct>,
}

impl SuspectCase {
    /// A case that begins.
    pub fn begin(first: SuspectProduct) -> Result<Self, DocumentError> {
        let case = Self { steps: vec![first] };
        case.check()?;
        Ok(case)
    }

    /// Its steps, in their order.
    pub fn steps(&self) -> &[SuspectProduct] {
        &self.steps
    }

    /// The digest of the first step, by which the case is known on chain.
    pub fn id(&self) -> Result<B256, DocumentError> {
        self.steps.first().map_or_else(|| refuse::<Self, _>(EMPTY.to_owned()), digest)
    }

    /// The same case, with a further step about the same product.
    pub fn then(mut self, description: String, handling: Handling, salt: B256) -> Result<Self, DocumentError> {
        let Some(last) = self.steps.last() else { return refuse::<Self, _>(EMPTY.to_owned()) };
        let previous = Some(digest(last)?);
        let step = SuspectProduct { description, handling, previous, salt: Some(salt), ..last.clone() };
        step.check()?;
        step.check_after(last)?;
        self.steps.push(step);
        Ok(self)
    }

    /// The same case, with a step that is there already.
    pub fn with(mut self, step: SuspectProduct) -> Result<Self, DocumentError> {
        self.steps.push(step);
        self.check()?;
        Ok(self)
    }
}

const EMPTY: &str = "`steps` is empty: a case begins with its quarantine";

impl Document for SuspectCase {
    const TYPE: &'static str = "suspectCase";

    fn check(&self) -> Result<(), DocumentError> {
        let Some(first) = self.steps.first() else { return refuse::<Self, _>(EMPTY.to_owned()) };
        if first.previous.is_some() {
            return refuse::<Self, _>("its first step names one before: add that one".to_owned());
        }
        self.steps.iter().try_for_each(Document::check)?;
        self.steps.windows(2).try_for_each(|pair| match pair {
            [before, step] => step.check_after(before),
            _ => Ok(()),
        })
    }
}
