//! `theriac oracle answers`.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::oracle::value::{self, fixed, number_of};
use theriac_client::oracle::{AnswerDocument, Code, QuestionDocument, Source};
use theriac_client::rooms::{OracleAnswer, Question, QuestionState, Reputation};
use theriac_client::types::Rule;
use theriac_core::content::ContentAddress;
use theriac_core::envelope::Identity;

use super::kept::Kept;
use super::question;
use crate::answer::{Answer, Table};
use crate::commands::envelope::secrets::IdentityOptions;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// Options of `theriac oracle answers`.
#[derive(Debug, Args)]
pub(crate) struct AnswersOptions {
    /// The question's id.
    #[arg(value_parser = question)]
    question: B256,
    #[command(flatten)]
    identity: IdentityOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    question: B256,
    asker: Address,
    subject: B256,
    code: String,
    rule: Rule,
    quorum: u8,
    state: &'static str,
    asked_at: String,
    observed_from: String,
    deadline: String,
    settled: bool,
    closed: bool,
    /// What was settled: a commitment, or a number with `decimals` digits behind the point. None before.
    value: Option<B256>,
    /// The settled value in words, for who can read it.
    text: Option<String>,
    nodes: Vec<NodeFacts>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeFacts {
    node: Address,
    answered: bool,
    agrees: bool,
    value: Option<B256>,
    observed_at: Option<String>,
    document: Option<ContentAddress>,
    /// The number, or what was sealed for the asker.
    text: Option<String>,
    source: Option<Source>,
    /// Why the sealed value cannot be read or is not what was committed to.
    fault: Option<String>,
    reputation: ReputationFacts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReputationFacts {
    agreed: u64,
    deviated: u64,
    missed: u64,
}

impl From<Reputation> for ReputationFacts {
    fn from(known: Reputation) -> Self {
        Self { agreed: known.agreed, deviated: known.deviated, missed: known.missed }
    }
}

/// Who looks, and with what.
struct Reader<'a> {
    context: &'a Context<'a>,
    identities: Vec<Identity>,
    /// The question's document, for who can open it.
    document: Option<QuestionDocument>,
}

/// Shows it; exit code 1 until enough agreed.
pub(super) async fn run(context: &Context<'_>, options: &AnswersOptions) -> Result<Answer, Failure> {
    let (suite, id) = (context.suite().await?, options.question);
    let question = suite.question(id).await?;
    let room = suite.fhir_oracle();
    let state = room.state_of(id).await?.ok_or_else(|| Failure::internal("reading the question", "it has no state"))?;
    let settled_value = room.value_of(id).await?;
    let reader = Reader::new(context, options, &question).await?;
    let given = suite.oracle_answers(id).await?;
    let mut nodes = Vec::new();
    for (place, node) in question.nodes.iter().enumerate() {
        let answer = given.iter().find(|answer| answer.node == *node);
        let agrees = state.agreed & (1 << place) != 0;
        nodes.push(reader.node(&suite, &question, *node, answer, agrees).await?);
    }
    let facts = Facts::of(id, &question, &state, settled_value, nodes)?;
    let settled = facts.settled;
    Ok(Answer::new(facts.render(), &facts)?.good(settled))
}

impl<'a> Reader<'a> {
    async fn new(context: &'a Context<'a>, options: &AnswersOptions, question: &Question) -> Result<Self, Failure> {
        let mut reader = Self { context, identities: Vec::new(), document: None };
        if question.rule == Rule::Median {
            return Ok(reader);
        }
        reader.identities = options.identity.if_given(context).await?;
        if let Some(kept) = Kept::open(&context.options.home, question.id())? {
            reader.document = Some(kept.document);
        } else if !reader.identities.is_empty()
            && let Ok(sealed) = context.store()?.get(&question.document.address()?).await
        {
            // Who is neither the asker nor a node sees the commitments only.
            reader.document = QuestionDocument::open(&sealed, &reader.identities).ok();
        }
        Ok(reader)
    }

    async fn node(
        &self,
        suite: &Suite,
        question: &Question,
        node: Address,
        answer: Option<&OracleAnswer>,
        agrees: bool,
    ) -> Result<NodeFacts, Failure> {
        let reputation = suite.fhir_oracle().reputation_of(node).await?.into();
        let none = NodeFacts {
            node,
            answered: false,
            agrees,
            value: None,
            observed_at: None,
            document: None,
            text: None,
            source: None,
            fault: None,
            reputation,
        };
        let Some(answer) = answer else { return Ok(none) };
        let document = answer.document.map(|document| document.address()).transpose()?;
        let facts = NodeFacts {
            answered: true,
            value: Some(answer.value),
            observed_at: Some(time::iso(answer.observed_at)),
            document,
            ..none
        };
        if question.rule == Rule::Median {
            let number = number_of(answer.value).map(|number| fixed(number, question.decimals));
            return Ok(NodeFacts { text: number, ..facts });
        }
        let Some(asked) = &self.document else { return Ok(facts) };
        if self.identities.is_empty() {
            return Ok(facts);
        }
        Ok(match self.opened(question, asked, answer, document).await {
            Ok(opened) => NodeFacts { text: Some(opened.value), source: Some(opened.source), ..facts },
            Err(fault) => NodeFacts { fault: Some(fault), ..facts },
        })
    }

    /// What the node sealed, if that is what it committed to.
    async fn opened(
        &self,
        question: &Question,
        asked: &QuestionDocument,
        answer: &OracleAnswer,
        document: Option<ContentAddress>,
    ) -> Result<AnswerDocument, String> {
        let address = document.ok_or("it sealed nothing for you: ask it why")?;
        let store = self.context.store().map_err(|failure| failure.what)?;
        let sealed = store.get(&address).await.map_err(|error| error.to_string())?;
        let opened = AnswerDocument::open(&sealed, &self.identities).map_err(|error| error.to_string())?;
        let salt = asked.salt.ok_or("the question has no salt")?;
        let same = value::commitment(question.subject, &opened.value, salt) == answer.value;
        let about = (opened.question, opened.node) == (question.id(), answer.node);
        let second = u64::try_from(opened.observed_at.as_second()).ok();
        match same && about && second == Some(answer.observed_at) {
            true => Ok(opened),
            false => Err("what it sealed for you is not what it committed to on chain".to_owned()),
        }
    }
}

impl Facts {
    fn of(
        id: B256,
        question: &Question,
        state: &QuestionState,
        settled_value: B256,
        nodes: Vec<NodeFacts>,
    ) -> Result<Self, Failure> {
        let code = Code::of_word(question.system, question.code).map_err(|error| Failure::of(&error))?;
        let value = state.settled.then_some(settled_value);
        let text = match question.rule {
            Rule::Median => value.and_then(number_of).map(|number| fixed(number, question.decimals)),
            Rule::Equal => {
                nodes.iter().find(|node| node.agrees && node.text.is_some()).and_then(|node| node.text.clone())
            }
        };
        Ok(Self {
            question: id,
            asker: question.asker,
            subject: question.subject,
            code: code.to_string(),
            rule: question.rule,
            quorum: question.quorum,
            state: match (state.closed, state.settled) {
                (true, _) => "closed",
                (false, true) => "settled",
                (false, false) => "open",
            },
            asked_at: time::iso(state.asked_at),
            observed_from: time::iso(question.observed_from),
            deadline: time::iso(question.deadline),
            settled: state.settled,
            closed: state.closed,
            value,
            text,
            nodes,
        })
    }

    fn render(&self) -> String {
        let value = match (&self.text, self.value) {
            (Some(text), _) => text.clone(),
            (None, Some(word)) => format!("commitment {word}"),
            (None, None) => format!("not settled: {} nodes have to agree until {}", self.quorum, self.deadline),
        };
        let mut table = Table::new(["node", "answer", "observed", "", "reputation"]);
        for node in &self.nodes {
            let answer = match (&node.fault, &node.text, node.value) {
                (Some(fault), _, _) => format!("UNREADABLE: {fault}"),
                (None, Some(text), _) => text.clone(),
                (None, None, Some(word)) => format!("commitment {word}"),
                (None, None, None) => "none".to_owned(),
            };
            let stands = match (node.answered, node.agrees, self.settled) {
                (true, true, _) => "agrees",
                (true, false, true) => "DEVIATES",
                _ => "",
            };
            let ReputationFacts { agreed, deviated, missed } = node.reputation;
            table.row([
                node.node.to_string(),
                answer,
                node.observed_at.clone().unwrap_or_default(),
                stands.to_owned(),
                format!("{agreed} agreed, {deviated} deviated, {missed} missed"),
            ]);
        }
        format!("{} of {}: {}\nvalue {value}\n{}", self.code, self.subject, self.state, table.render("no nodes"))
    }
}
