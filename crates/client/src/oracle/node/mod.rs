//! An oracle node: it watches for questions that name it, reads its FHIR server, and answers.
//!
//! A pass looks through the new blocks, then takes every open question in turn. Before anything is read of a patient, the chain is asked
//! whether the question still stands and has no answer of this node; so a node that is killed at any point goes on where it was, and
//! answers nothing twice (the contract takes one answer of a node). What fails for a while is tried again, each question after pauses of its
//! own, until its deadline.
//!
//! **Whom a node answers.** Anyone who takes part can ask, so what a hospital tells about patients is the hospital's decision: a node
//! answers about patients only to the accounts that it was told ([`Policy`]).

mod state;
mod told;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256};
use alloy::providers::Provider as _;
use theriac_bindings::fhir_oracle::FhirOracle::FhirOracleErrors as Refusal;
use theriac_core::envelope::Identity;

pub use told::Told;

use self::state::{Kept, Owner};
use self::told::summary;
use super::reading::{self, NoValue, Reading, ReadingError, Wanted};
use super::value::{self, Value};
use super::{AnswerDocument, OracleError, QuestionDocument};
use crate::error::{Error, Result};
use crate::fhir_server::FhirServer;
use crate::revert::Revert;
use crate::rooms::{OracleAnswer, Question, QuestionState};
use crate::store::{Store, StoreError};
use crate::suite::Suite;
use crate::types::{Content, Rule};

/// So many blocks are looked at again: a chain may replace its newest ones.
const OVERLAP: u64 = 64;
/// The longest pause between two looks at one question, and after trouble.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Whose questions a node answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// To whom it tells values of patients. About devices it answers everybody.
    pub patients_for: BTreeSet<Address>,
}

/// How long the document of a question is waited for: a node of IPFS looks for one that nobody has for a minute, and so long no other
/// question would be looked at.
const DOCUMENT_PATIENCE: Duration = Duration::from_secs(10);
/// How long a server may take over one question, all its pages and attempts together.
const READING_PATIENCE: Duration = Duration::from_secs(120);

/// What a pass came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Questions that were answered.
    pub answered: u64,
    /// That will not be answered.
    pub declined: u64,
    /// That could not be answered yet.
    pub waiting: u64,
    /// Whose deadline went by.
    pub missed: u64,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    suite: Suite,
    store: Store,
    server: FhirServer,
    identities: Vec<Identity>,
    policy: Policy,
    kept: Kept,
    /// Not to be looked at again by this process.
    declined: BTreeSet<B256>,
    waits: HashMap<B256, Wait>,
    /// Between passes, and before the second look at a question.
    every: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    until: Instant,
    pause: Duration,
}

/// What came of looking at a question.
enum Outcome {
    Answered(B256),
    /// Nothing is left to do, and nothing to tell.
    Settled,
    Declined(String),
    Waiting(String),
    Missed,
}

impl Node {
    /// A node for the account that signs; `state` is the file that it keeps.
    pub async fn open(
        suite: Suite,
        store: Store,
        server: FhirServer,
        identities: Vec<Identity>,
        policy: Policy,
        state: &Path,
        every: Duration,
    ) -> Result<Self> {
        let owner = Owner {
            chain_id: suite.chain().chain_id(),
            genesis: genesis(&suite).await?,
            room: suite.fhir_oracle().address(),
            node: suite.chain().signer()?.address(),
        };
        let kept = Kept::open(state, owner, suite.deployment().block)?;
        let (declined, waits) = (BTreeSet::new(), HashMap::new());
        Ok(Self { suite, store, server, identities, policy, kept, declined, waits, every })
    }

    /// Works until it is dropped, which it may be at any point. Ends by itself only where its state cannot be kept.
    pub async fn run(&mut self, mut tell: impl FnMut(Told), mut count: impl FnMut(Tally)) -> Result<()> {
        let mut pause = self.every;
        loop {
            match self.pass(false, &mut tell).await {
                Ok(tally) => {
                    count(tally);
                    pause = self.every;
                }
                Err(error @ (Error::File { .. } | Error::Malformed { .. })) => return Err(error),
                Err(error) => {
                    pause = (2 * pause).min(LONGEST_PAUSE).max(self.every);
                    tell(Told::Trouble { why: summary(&error), pause });
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Looks at new blocks and at the open questions; at `all` of them, or at those whose pause is over.
    pub async fn pass(&mut self, all: bool, mut tell: impl FnMut(Told)) -> Result<Tally> {
        self.find_questions().await?;
        let mut tally = Tally::default();
        for (id, question) in in_turn(&self.kept.state.open, &self.waits) {
            let asleep = self.waits.get(&id).is_some_and(|wait| Instant::now() < wait.until);
            if (self.declined.contains(&id) && !is_over(&question)) || (asleep && !all) {
                continue;
            }
            let outcome = self.look_at(id, &question).await?;
            self.note(id, outcome, &mut tally, &mut tell)?;
        }
        Ok(tally)
    }

    async fn find_questions(&mut self) -> Result<()> {
        let newest = self.suite.chain().block_number().await?;
        let state = &mut self.kept.state;
        let first = state.next_block.saturating_sub(OVERLAP).max(self.suite.deployment().block);
        let node = self.suite.chain().account();
        for question in self.suite.questions_to(node, first, newest).await? {
            if !is_over(&question) {
                state.open.insert(question.id(), question);
            }
        }
        // The questions are in the file before their blocks count as looked at: both are written at once.
        if state.next_block != newest + 1 {
            state.next_block = newest + 1;
            self.kept.save()?;
        }
        Ok(())
    }

    fn note(&mut self, id: B256, outcome: Outcome, tally: &mut Tally, tell: &mut impl FnMut(Told)) -> Result<()> {
        match outcome {
            Outcome::Waiting(why) => {
                let before = self.waits.get(&id).map(|wait| 2 * wait.pause);
                let pause = before.unwrap_or(self.every).clamp(self.every, LONGEST_PAUSE.max(self.every));
                self.waits.insert(id, Wait { until: Instant::now() + pause, pause });
                tally.waiting += 1;
                tell(Told::Waiting { question: id, why, pause });
                return Ok(());
            }
            Outcome::Declined(why) => {
                // It stays in the file: with another key or other askers the next start may answer it.
                self.declined.insert(id);
                tally.declined += 1;
                tell(Told::Declined { question: id, why });
                return Ok(());
            }
            Outcome::Answered(transaction) => {
                tally.answered += 1;
                tell(Told::Answered { question: id, transaction });
            }
            Outcome::Missed if self.declined.contains(&id) => {}
            Outcome::Missed => {
                tally.missed += 1;
                tell(Told::Missed { question: id });
            }
            Outcome::Settled => {}
        }
        self.waits.remove(&id);
        self.declined.remove(&id);
        self.kept.state.open.remove(&id);
        self.kept.save()
    }

    /// An error is the chain's: then other questions would fare no better.
    async fn look_at(&self, id: B256, question: &Question) -> Result<Outcome> {
        let room = self.suite.fhir_oracle();
        let Some(state) = room.state_of(id).await? else { return Ok(Outcome::Settled) };
        let bit = question.bit_of(self.suite.chain().account()).unwrap_or_default();
        if state.closed || state.answered & bit != 0 {
            return Ok(Outcome::Settled);
        }
        if is_over(question) {
            return Ok(Outcome::Missed);
        }
        if question.rule == Rule::Equal && !self.policy.patients_for.contains(&question.asker) {
            return Ok(Outcome::Declined(
                "its asker is not among those to whom values of patients are told".to_owned(),
            ));
        }
        let document = match self.document_of(question).await {
            Ok(document) => document,
            Err(Error::Oracle(error)) => return Ok(Outcome::Declined(error.summary())),
            Err(Error::Store(StoreError::Missing { .. })) => {
                return Ok(Outcome::Waiting("its document is not in the content store yet".to_owned()));
            }
            Err(error) => return Ok(Outcome::Waiting(summary(&error))),
        };
        let reading = tokio::time::timeout(READING_PATIENCE, self.read(question, &document, &state)).await;
        let Ok(reading) = reading else {
            let seconds = READING_PATIENCE.as_secs();
            return Ok(Outcome::Waiting(format!("the server took more than {seconds} s over it")));
        };
        match reading {
            Ok(reading) => self.answer(id, question, &document, &reading).await,
            Err(ReadingError::None(why)) => Ok(Outcome::Waiting(why.to_string())),
            Err(ReadingError::Server(error)) => Ok(Outcome::Waiting(error.summary())),
        }
    }

    async fn document_of(&self, question: &Question) -> Result<QuestionDocument> {
        // One block holds any document of a question; a larger one would only keep the node busy.
        if question.document.codec != Content::RAW {
            return Err(OracleError::Unfit("it is too large").into());
        }
        let address = question.document.address()?;
        let Ok(sealed) = tokio::time::timeout(DOCUMENT_PATIENCE, self.store.get(&address)).await else {
            let (place, reason) = ("the content store".to_owned(), "no answer in time".to_owned());
            return Err(StoreError::Missing { block: address, place, reason }.into());
        };
        let sealed = sealed?;
        let document = QuestionDocument::open(&sealed, &self.identities)?;
        document.fits(question, self.suite.chain().chain_id(), self.suite.fhir_oracle().address())?;
        Ok(document)
    }

    async fn read(
        &self,
        question: &Question,
        document: &QuestionDocument,
        state: &QuestionState,
    ) -> Result<Reading, ReadingError> {
        let code = document.code().map_err(|_| NoValue::Nothing(reading::Passed::default()))?;
        let wanted = Wanted {
            subject: &document.subject,
            code: &code,
            unit: &document.unit,
            decimals: document.decimals,
            from: question.observed_from,
            asked_at: state.asked_at,
            // Where blocks are rare the newest one's time says little; the contract looks at the time of the next one.
            now: clock(),
        };
        reading::read(&self.server, &wanted).await
    }

    async fn answer(
        &self,
        id: B256,
        question: &Question,
        document: &QuestionDocument,
        reading: &Reading,
    ) -> Result<Outcome> {
        let (value, sealed) = match self.value_for(id, question, document, reading) {
            Ok(value) => value,
            Err(error) => return Ok(Outcome::Declined(error.summary())),
        };
        // Stored before the chain knows of it, so that what is on chain can be opened.
        let stored = match sealed {
            Some(sealed) => match self.store.put(&sealed).await {
                Ok(address) => Some(Content::from(address)),
                Err(error) => return Ok(Outcome::Waiting(summary(&error))),
            },
            None => None,
        };
        let chain = self.suite.chain();
        let observed_at = u64::try_from(reading.observed_at.as_second()).unwrap_or_default();
        let answer = OracleAnswer { node: chain.account(), value, observed_at, document: stored };
        let room = self.suite.fhir_oracle();
        let signature = room.sign(id, &answer, chain.signer()?).await?;
        match room.answer(question, &answer, signature).send().await {
            Ok(receipt) => Ok(Outcome::Answered(receipt.hash)),
            Err(error) => refused(error),
        }
    }

    /// What goes on chain, and what is sealed for the asker.
    fn value_for(
        &self,
        id: B256,
        question: &Question,
        document: &QuestionDocument,
        reading: &Reading,
    ) -> Result<(B256, Option<Vec<u8>>), OracleError> {
        match (document.salt, document.answer_to, reading.value) {
            (Some(salt), Some(asker), read) => {
                let text = read.text(&document.code()?, &document.unit, document.decimals);
                let word = value::commitment(question.subject, &text, salt);
                let answer = AnswerDocument {
                    question: id,
                    node: self.suite.chain().account(),
                    value: text,
                    observed_at: reading.observed_at,
                    source: reading.source.clone(),
                };
                Ok((word, Some(answer.seal(asker)?)))
            }
            (None, None, Value::Number(number)) => Ok((value::word_of(number), None)),
            _ => Err(OracleError::Unfit("its value would be two numbers in plain")),
        }
    }
}

/// New questions first, then those that wait, the longest first: questions that never can be answered keep no new one waiting.
fn in_turn(open: &BTreeMap<B256, Question>, waits: &HashMap<B256, Wait>) -> Vec<(B256, Question)> {
    let mut questions: Vec<(B256, Question)> = open.iter().map(|(id, question)| (*id, question.clone())).collect();
    questions.sort_by_key(|(id, _)| waits.get(id).map(|wait| wait.until));
    questions
}

/// What a refusal of the contract means for the question.
fn refused(error: Error) -> Result<Outcome> {
    let Some(revert) = error.revert() else { return Err(error) };
    Ok(match revert {
        // An answer that was sent before a kill came through.
        Revert::FhirOracle(Refusal::FhirOracle_AnsweredBefore(_)) => Outcome::Settled,
        Revert::FhirOracle(Refusal::FhirOracle_TooLate(_) | Refusal::FhirOracle_AlreadyClosed(_)) => Outcome::Missed,
        _ => Outcome::Waiting(summary(&error)),
    })
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// By this machine's clock; the contract is the judge of what is sent.
fn is_over(question: &Question) -> bool {
    clock() > question.deadline
}

async fn genesis(suite: &Suite) -> Result<B256> {
    let chain = suite.chain();
    let answer = chain.provider().get_block_by_number(BlockNumberOrTag::Earliest).await;
    Ok(chain.asked("eth_getBlockByNumber", answer)?.map(|block| block.header.hash).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{FixedBytes, U256};

    use super::*;
    use crate::types::CodeSystem;

    #[test]
    fn questions_that_cannot_be_answered_keep_no_new_one_waiting() {
        let question = Question {
            asker: Address::ZERO,
            subject: B256::ZERO,
            system: CodeSystem::Loinc,
            code: FixedBytes::ZERO,
            document: Content::raw(B256::ZERO),
            observed_from: 0,
            deadline: 9,
            rule: Rule::Equal,
            decimals: 0,
            tolerance: 0,
            quorum: 1,
            nodes: Vec::new(),
            token: Address::ZERO,
            reward: U256::ZERO,
            nonce: 0,
        };
        let id = B256::repeat_byte;
        let open: BTreeMap<_, _> = (1..=4).map(|number| (id(number), question.clone())).collect();
        let now = Instant::now();
        let wait = |seconds| Wait { until: now + Duration::from_secs(seconds), pause: Duration::ZERO };
        let waits = HashMap::from([(id(1), wait(9)), (id(2), wait(3))]);
        let turns: Vec<B256> = in_turn(&open, &waits).into_iter().map(|(id, _)| id).collect();
        assert_eq!(turns, [id(3), id(4), id(2), id(1)]);
    }
}
