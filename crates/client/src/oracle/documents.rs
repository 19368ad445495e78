//! The documents of a question and of an answer, both sealed (age) and stored by content.

use std::fmt;

use alloy::primitives::{Address, B256};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use theriac_core::document::{Document, DocumentError};
use theriac_core::envelope::{self, Identity, Key, PublicKey, Reader};

use super::{Code, OracleError, Subject};
use crate::rooms::Question;
use crate::types::{CodeSystem, Rule};

/// What nodes need to find a value: canonical JSON of type `oracleQuestion`, sealed for them and for the asker.
///
/// It does not print: it names patients, and has the salt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QuestionDocument {
    /// The chain.
    pub chain_id: u64,
    /// `FhirOracle` on it.
    pub room: Address,
    /// Who asks.
    pub asker: Address,
    /// Whom or what it is about.
    pub subject: Subject,
    /// Who numbers the code.
    pub system: CodeSystem,
    /// The code.
    pub code: String,
    /// The unit of UCUM in which the value has to be.
    pub unit: String,
    /// Digits behind the point.
    pub decimals: u8,
    /// Of the commitments; none for a device's own metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<B256>,
    /// For whom a patient's value is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_to: Option<PublicKey>,
}

impl fmt::Debug for QuestionDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QuestionDocument(hidden)")
    }
}

impl Document for QuestionDocument {
    const TYPE: &'static str = "oracleQuestion";

    fn check(&self) -> Result<(), DocumentError> {
        let patient = matches!(self.subject, Subject::Patient(_));
        match self.salt.is_some() == patient && self.answer_to.is_some() == patient {
            true => Ok(()),
            false => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: "salt and answerTo belong to questions about patients, both and only there".to_owned(),
            }),
        }
    }
}

impl QuestionDocument {
    /// Seals it.
    pub fn seal(&self, readers: &[Reader]) -> Result<Vec<u8>, OracleError> {
        Ok(envelope::seal_bytes(&self.canonical()?, readers)?.bytes)
    }

    /// Opens it with whichever of the identities fits.
    pub fn open(sealed: &[u8], identities: &[Identity]) -> Result<Self, OracleError> {
        let opened = envelope::open_bytes(sealed, Key::Identities(identities))?;
        Ok(Self::parse(&opened.bytes)?)
    }

    /// The code.
    pub fn code(&self) -> Result<Code, OracleError> {
        Code::new(self.system, &self.code)
    }

    /// Whether the question on chain is the one that this was written for: the same asker, code and digits, and about whom or what stands
    /// here. Otherwise an asker could have a value under somebody else's commitment, or use a document that another asker sealed.
    pub fn fits(&self, question: &Question, chain_id: u64, room: Address) -> Result<(), OracleError> {
        let rule = match self.subject {
            Subject::Patient(_) => Rule::Equal,
            Subject::Device { .. } => Rule::Median,
        };
        let checks = [
            (self.chain_id == chain_id && self.room == room, "it is of another chain"),
            (self.asker == question.asker, "it is of another asker"),
            (
                self.subject.word(self.asker, self.salt) == Some(question.subject),
                "it is about somebody or something else",
            ),
            (
                self.code().is_ok_and(|code| code.system() == question.system && code.word() == question.code),
                "it is of another code",
            ),
            (self.decimals == question.decimals, "it has other digits behind the point"),
            (self.decimals <= super::value::MOST_DECIMALS, "it has too many digits behind the point"),
            (rule == question.rule, "its values agree by another rule"),
            (is_unit(&self.unit), "its unit is none"),
        ];
        match checks.iter().find(|(fits, _)| !fits) {
            Some((_, why)) => Err(OracleError::Unfit(why)),
            None => Ok(()),
        }
    }
}

/// Whether the text can be a unit of UCUM: visible ASCII without spaces (UCUM, §1).
pub(super) fn is_unit(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(';')
}

/// A node's answer about a patient: canonical JSON of type `oracleAnswer`, sealed for the asker. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AnswerDocument {
    /// What was asked.
    pub question: B256,
    /// Who answers.
    pub node: Address,
    /// The text that is committed to.
    pub value: String,
    /// When it was observed, as the server has it.
    pub observed_at: Timestamp,
    /// Where it stands.
    pub source: Source,
}

/// Where an observation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Source {
    /// Base address of the server.
    pub server: String,
    /// `Observation/7`.
    pub observation: String,
    /// Its version there, where the server says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl fmt::Debug for AnswerDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerDocument(hidden)")
    }
}

impl Document for AnswerDocument {
    const TYPE: &'static str = "oracleAnswer";
}

impl AnswerDocument {
    /// Seals it for the asker.
    pub fn seal(&self, asker: PublicKey) -> Result<Vec<u8>, OracleError> {
        Ok(envelope::seal_bytes(&self.canonical()?, &[asker.into()])?.bytes)
    }

    /// Opens it, as the asker.
    pub fn open(sealed: &[u8], identities: &[Identity]) -> Result<Self, OracleError> {
        let opened = envelope::open_bytes(sealed, Key::Identities(identities))?;
        Ok(Self::parse(&opened.bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;

    use super::*;
    use crate::types::Content;

    fn about_patient(key: PublicKey) -> (QuestionDocument, Question) {
        let document = QuestionDocument {
            chain_id: 1,
            room: Address::repeat_byte(9),
            asker: Address::repeat_byte(1),
            subject: Subject::Patient("Patient/7".parse().unwrap()),
            system: CodeSystem::Loinc,
            code: "8867-4".to_owned(),
            unit: "/min".to_owned(),
            decimals: 0,
            salt: Some(B256::repeat_byte(2)),
            answer_to: Some(key),
        };
        let question = Question {
            asker: document.asker,
            subject: document.subject.word(document.asker, document.salt).unwrap(),
            system: CodeSystem::Loinc,
            code: "8867-4".parse::<Code>().unwrap().word(),
            document: Content::raw(B256::repeat_byte(7)),
            observed_from: 0,
            deadline: 9,
            rule: Rule::Equal,
            decimals: 0,
            tolerance: 0,
            quorum: 1,
            nodes: vec![Address::repeat_byte(5)],
            token: Address::ZERO,
            reward: U256::ZERO,
            nonce: 0,
        };
        (document, question)
    }

    #[test]
    fn nodes_open_what_was_sealed_for_them() {
        let (node, asker, stranger) = (Identity::generate(), Identity::generate(), Identity::generate());
        let (document, question) = about_patient(asker.public().unwrap());
        let readers = [node.public().unwrap().into(), asker.public().unwrap().into()];
        let sealed = document.seal(&readers).unwrap();
        assert!(!sealed.windows(9).any(|part| part == b"Patient/7"));
        for identity in [node, asker] {
            let opened = QuestionDocument::open(&sealed, &[identity]).unwrap();
            assert!(opened == document);
            opened.fits(&question, 1, Address::repeat_byte(9)).unwrap();
        }
        assert!(QuestionDocument::open(&sealed, &[stranger]).is_err());
        assert_eq!(format!("{document:?}"), "QuestionDocument(hidden)");
    }

    #[test]
    fn a_document_fits_its_own_question_only() {
        let (document, question) = about_patient(Identity::generate().public().unwrap());
        let room = Address::repeat_byte(9);
        let refuses = |changed: Question, why: &str| {
            let refused = document.fits(&changed, 1, room).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        };
        refuses(Question { asker: Address::repeat_byte(3), ..question.clone() }, "another asker");
        refuses(Question { subject: B256::repeat_byte(3), ..question.clone() }, "somebody or something else");
        refuses(Question { system: CodeSystem::Mdc, ..question.clone() }, "another code");
        refuses(Question { decimals: 1, ..question.clone() }, "other digits");
        refuses(Question { rule: Rule::Median, ..question.clone() }, "another rule");
        assert!(document.fits(&question, 2, room).is_err());
        assert!(document.fits(&question, 1, Address::ZERO).is_err());
        // Another's document in one's own question: the commitment is bound to who sealed it.
        let stolen = Question { asker: Address::repeat_byte(3), ..question };
        let mut copied = document.clone();
        copied.asker = stolen.asker;
        assert!(copied.fits(&stolen, 1, room).is_err());
        assert!(QuestionDocument { salt: None, ..document }.canonical().is_err());
    }
}
