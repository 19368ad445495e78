//! How a question is made: its terms, and the document for the nodes.

use alloy::primitives::{Address, B256, U256};
use rand::{RngCore as _, rngs::OsRng};
use theriac_core::content::ContentAddress;
use theriac_core::envelope::{PublicKey, Reader};

use super::documents::is_unit;
use super::value::MOST_DECIMALS;
use super::{Code, OracleError, QuestionDocument, Subject};
use crate::rooms::Question;
use crate::types::{Content, Rule};

/// What somebody wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The chain.
    pub chain_id: u64,
    /// `FhirOracle` on it.
    pub room: Address,
    /// Who asks.
    pub asker: Address,
    /// About whom or what.
    pub subject: Subject,
    /// What.
    pub code: Code,
    /// In which unit (UCUM); none where the code says it.
    pub unit: Option<String>,
    /// Digits behind the point.
    pub decimals: u8,
    /// How far numbers of a device may be apart, in units of the last decimal.
    pub tolerance: u128,
    /// Not observed before; seconds since 1970.
    pub observed_from: u64,
    /// Last second for answers.
    pub deadline: u64,
    /// How many have to agree; none: more than half.
    pub quorum: Option<u8>,
    /// Who is asked, and the keys that they read with.
    pub nodes: Vec<(Address, Reader)>,
    /// In which is paid; zero for ether.
    pub token: Address,
    /// What each gets whose answer agrees.
    pub reward: U256,
    /// The asker's reading key.
    pub answer_to: PublicKey,
}

/// A question that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Its terms.
    pub question: Question,
    /// The document inside.
    pub document: QuestionDocument,
    /// The document sealed, as it is to be stored before the chain knows of it.
    pub sealed: Vec<u8>,
}

impl Asking {
    /// Makes the question, under a fresh salt and nonce: two questions about one patient have nothing in common on chain.
    pub fn prepare(mut self) -> Result<Prepared, OracleError> {
        self.nodes.sort_by_key(|(node, _)| *node);
        let (is_patient, rule) = match self.subject {
            Subject::Patient(_) => (true, Rule::Equal),
            Subject::Device { .. } => (false, Rule::Median),
        };
        let unit = self.checked_unit(is_patient)?;
        let salt = if is_patient { Some(random_word()?) } else { None };
        let word = self.subject.word(self.asker, salt).ok_or(OracleError::NoUdi)?;
        let document = QuestionDocument {
            chain_id: self.chain_id,
            room: self.room,
            asker: self.asker,
            subject: self.subject,
            system: self.code.system(),
            code: self.code.code().to_owned(),
            unit,
            decimals: self.decimals,
            salt,
            answer_to: is_patient.then_some(self.answer_to),
        };
        let sealed = document.seal(&readers(&self.nodes, self.answer_to))?;
        let content: ContentAddress = theriac_core::envelope::address(&sealed)?;
        let nodes: Vec<Address> = self.nodes.iter().map(|(node, _)| *node).collect();
        let majority = u8::try_from(nodes.len() / 2 + 1).unwrap_or(u8::MAX);
        let question = Question {
            asker: document.asker,
            subject: word,
            system: self.code.system(),
            code: self.code.word(),
            document: Content::from(content),
            observed_from: self.observed_from,
            deadline: self.deadline,
            rule,
            decimals: self.decimals,
            tolerance: self.tolerance,
            quorum: self.quorum.unwrap_or(majority),
            nodes,
            token: self.token,
            reward: self.reward,
            nonce: u64::from_be_bytes(random_word()?[..8].try_into().unwrap_or_default()),
        };
        Ok(Prepared { question, document, sealed })
    }

    fn checked_unit(&self, is_patient: bool) -> Result<String, OracleError> {
        if self.decimals > MOST_DECIMALS {
            return Err(OracleError::Decimals { decimals: self.decimals });
        }
        if is_patient && self.tolerance > 0 {
            return Err(OracleError::Tolerance);
        }
        if !is_patient && self.code.is_panel() {
            return Err(OracleError::PanelOfDevice(self.code.clone()));
        }
        let unit = self.unit.as_deref().or_else(|| self.code.unit());
        let unit = unit.ok_or_else(|| OracleError::NoUnit(self.code.clone()))?;
        if is_unit(unit) { Ok(unit.to_owned()) } else { Err(OracleError::BadUnit(unit.to_owned())) }
    }
}

/// The nodes and the asker, each key once.
fn readers(nodes: &[(Address, Reader)], asker: PublicKey) -> Vec<Reader> {
    let mut readers: Vec<Reader> = Vec::new();
    for reader in nodes.iter().map(|(_, reader)| *reader).chain([asker.into()]) {
        if !readers.iter().any(|known| known.key == reader.key) {
            readers.push(reader);
        }
    }
    readers
}

fn random_word() -> Result<B256, OracleError> {
    let mut word = B256::ZERO;
    OsRng.try_fill_bytes(word.as_mut_slice()).map_err(|error| OracleError::NoRandomness(error.to_string()))?;
    Ok(word)
}
