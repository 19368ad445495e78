//! `FhirOracle`: what does the hospital system say?

use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256};
use alloy::sol_types::{SolStruct, SolValue as _};
use theriac_bindings::fhir_oracle::FhirOracle as abi;

use crate::call::Call;
use crate::eip712;
use crate::error::{Error, Result};
use crate::signer::Signer;
use crate::trade::ETHER;
use crate::types::{CodeSystem, Content, Rule, seconds};

super::room!(
    /// What does the hospital system say?
    FhirOracle, fhir_oracle
);

/// A question, fixed when it is asked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Question {
    /// Who asks.
    pub asker: Address,
    /// The item id of a device, or a salted commitment to a patient.
    pub subject: B256,
    /// Who numbers the code.
    pub system: CodeSystem,
    /// The code, ASCII padded with zeros.
    pub code: FixedBytes<16>,
    /// What the nodes need to find the value, encrypted to them.
    pub document: Content,
    /// The value must not have been observed before; seconds since 1970.
    pub observed_from: u64,
    /// Last second for answers.
    pub deadline: u64,
    /// How answers agree.
    pub rule: Rule,
    /// Decimals of numbers.
    pub decimals: u8,
    /// How far numbers may be apart, in units of the last decimal.
    pub tolerance: u128,
    /// How many answers have to agree.
    pub quorum: u8,
    /// Who may answer, ascending.
    pub nodes: Vec<Address>,
    /// In which is paid; zero for ether.
    pub token: Address,
    /// What each node gets whose answer agreed.
    pub reward: U256,
    /// Tells it from the same question before.
    pub nonce: u64,
}

impl Question {
    /// Its id: keccak256(abi.encode(terms)), equal to the contract's `questionOf`.
    pub fn id(&self) -> B256 {
        keccak256(abi::Question::from(self).abi_encode())
    }

    /// The rewards of all nodes together.
    pub fn total_reward(&self) -> Result<U256> {
        self.reward.checked_mul(U256::from(self.nodes.len())).ok_or_else(|| {
            let (reward, nodes) = (self.reward, self.nodes.len());
            Error::Parameters(format!(
                "a reward of {reward} for each of {nodes} nodes is together more than there can be: offer less"
            ))
        })
    }

    /// The bit of a node in the states of the question; none where it is not named.
    pub fn bit_of(&self, node: Address) -> Option<u16> {
        let place = self.nodes.iter().position(|named| *named == node)?;
        1_u16.checked_shl(u32::try_from(place).ok()?)
    }
}

impl TryFrom<abi::Question> for Question {
    type Error = Error;

    fn try_from(question: abi::Question) -> Result<Self> {
        Ok(Self {
            asker: question.asker,
            subject: question.subject,
            system: question.system.try_into()?,
            code: question.code,
            document: question.document.into(),
            observed_from: question.observedFrom.to(),
            deadline: question.deadline.to(),
            rule: question.rule.try_into()?,
            decimals: question.decimals,
            tolerance: question.tolerance,
            quorum: question.quorum,
            nodes: question.nodes,
            token: question.token,
            reward: question.reward,
            nonce: question.nonce,
        })
    }
}

impl From<&Question> for abi::Question {
    fn from(question: &Question) -> Self {
        Self {
            asker: question.asker,
            subject: question.subject,
            system: question.system.into(),
            code: question.code,
            document: question.document.into(),
            observedFrom: seconds(question.observed_from),
            deadline: seconds(question.deadline),
            rule: question.rule.into(),
            decimals: question.decimals,
            tolerance: question.tolerance,
            quorum: question.quorum,
            nodes: question.nodes.clone(),
            token: question.token,
            reward: question.reward,
            nonce: question.nonce,
        }
    }
}

/// What a node says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OracleAnswer {
    /// Whose answer it is.
    pub node: Address,
    /// The commitment, or the number.
    pub value: B256,
    /// When the server says that it was observed; seconds since 1970.
    pub observed_at: u64,
    /// The value for the asker, encrypted; none for a plain number.
    pub document: Option<Content>,
}

impl OracleAnswer {
    fn content(&self) -> Content {
        self.document.unwrap_or(Content { digest: B256::ZERO, codec: 0 })
    }

    fn abi(&self) -> abi::Answer {
        abi::Answer {
            node: self.node,
            value: self.value,
            observedAt: seconds(self.observed_at),
            document: self.content().into(),
        }
    }

    fn typed(&self, question: B256) -> eip712::Answer {
        let Content { digest, codec } = self.content();
        eip712::Answer {
            question,
            node: self.node,
            value: self.value,
            observedAt: seconds(self.observed_at),
            digest,
            codec,
        }
    }
}

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionState {
    /// Which nodes answered, one bit each in the order of the question.
    pub answered: u16,
    /// Which of these the settled value agrees with.
    pub agreed: u16,
    /// When it was asked; seconds since 1970.
    pub asked_at: u64,
    /// Whether enough agreed.
    pub settled: bool,
    /// Whether reputation was counted and the reward paid.
    pub closed: bool,
}

/// What became of a node's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reputation {
    /// Its answer agreed.
    pub agreed: u64,
    /// Its answer differed from what was settled.
    pub deviated: u64,
    /// It did not answer.
    pub missed: u64,
}

impl FhirOracle {
    /// Asks; a reward in ether goes with the call. Caller: the asker.
    ///
    /// # Errors
    /// Rewards that are together more than there can be, on which the contract would only panic.
    pub fn ask(&self, question: &Question) -> Result<Call<abi::askCall>> {
        let total = question.total_reward()?;
        let value = if question.token == ETHER { total } else { U256::ZERO };
        Ok(self.call(abi::askCall { terms: question.into() }).with_value(value))
    }

    /// Hands in what a node signed ([`FhirOracle::sign`]). Caller: anyone.
    pub fn answer(&self, question: &Question, answer: &OracleAnswer, signature: Bytes) -> Call<abi::answerCall> {
        self.call(abi::answerCall { terms: question.into(), given: answer.abi(), signature })
    }

    /// Signs an answer after EIP-712.
    pub async fn sign(&self, question: B256, answer: &OracleAnswer, signer: &Signer) -> Result<Bytes> {
        let signature = signer.sign_typed(&answer.typed(question), &self.domain()).await?;
        Ok(signature.as_bytes().to_vec().into())
    }

    /// The hash that [`FhirOracle::sign`] signs, without asking the chain; equal to the contract's `answerHash`.
    pub fn signing_hash(&self, question: B256, answer: &OracleAnswer) -> B256 {
        answer.typed(question).eip712_signing_hash(&self.domain())
    }

    /// The same hash as the contract computes it.
    pub async fn answer_hash(&self, question: B256, answer: &OracleAnswer) -> Result<B256> {
        self.call(abi::answerHashCall { question, given: answer.abi() }).ask().await
    }

    fn domain(&self) -> alloy::sol_types::Eip712Domain {
        eip712::domain(eip712::FHIR_ORACLE, self.suite.deployment().chain_id, self.address())
    }

    /// Counts reputation, pays whose answer agreed, and gives back the rest. Caller: anyone.
    pub fn close(&self, question: &Question) -> Call<abi::closeCall> {
        self.call(abi::closeCall { terms: question.into() })
    }

    /// The id of a question as the contract computes it.
    pub async fn question_of(&self, question: &Question) -> Result<B256> {
        self.call(abi::questionOfCall { terms: question.into() }).ask().await
    }

    /// Where a question stands; none that was never asked.
    pub async fn state_of(&self, question: B256) -> Result<Option<QuestionState>> {
        let known = self.call(abi::stateOfCall { question }).ask().await?;
        let asked_at: u64 = known.askedAt.to();
        Ok((asked_at > 0).then_some(QuestionState {
            answered: known.answered,
            agreed: known.agreed,
            asked_at,
            settled: known.settled,
            closed: known.closed,
        }))
    }

    /// The settled value, zero before.
    pub async fn value_of(&self, question: B256) -> Result<B256> {
        self.call(abi::valueOfCall { question }).ask().await
    }

    /// What the node answered; zero before.
    pub async fn answer_of(&self, question: B256, node: Address) -> Result<B256> {
        self.call(abi::answerOfCall { question, node }).ask().await
    }

    /// What became of the node's questions.
    pub async fn reputation_of(&self, node: Address) -> Result<Reputation> {
        let known = self.call(abi::reputationOfCall { node }).ask().await?;
        Ok(Reputation { agreed: known.agreed, deviated: known.deviated, missed: known.missed })
    }
}
