//! `theriac oracle ask`.

use alloy_primitives::{Address, B256, U256};
use clap::{ArgGroup, Args};
use jiff::SignedDuration;
use serde::Serialize;
use theriac_client::Suite;
use theriac_client::oracle::ask::{Asking, Prepared};
use theriac_client::oracle::{Code, PatientName, Subject};
use theriac_client::rooms::Question;
use theriac_client::trade::ETHER;
use theriac_core::content::ContentAddress;
use theriac_core::envelope::{PublicKey, Reader};

use super::kept::Kept;
use super::question;
use crate::answer::Answer;
use crate::args::account;
use crate::commands::envelope::readers::{self, Named};
use crate::commands::{evidence, subject};
use crate::context::{Context, Done};
use crate::failure::Failure;
use crate::time;

/// Options of `theriac oracle ask`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("about").required(true).args(["item", "patient", "again"]))]
pub(crate) struct Ask {
    /// About a device, its own metric in plain numbers: its UDI with a serial.
    #[arg(long, value_name = "UDI", requires_all = ["code", "node"])]
    item: Option<String>,
    /// About a patient, in commitments: Patient/ID as the nodes' server has it, or an identifier as SYSTEM|VALUE.
    #[arg(long, value_name = "PATIENT", value_parser = patient, requires_all = ["code", "node"])]
    patient: Option<PatientName>,
    /// A question that you asked before, once more: about the same, of the same nodes, for the same time and reward unless others are
    /// given, under a new salt.
    #[arg(long, value_name = "QUESTION", value_parser = question, conflicts_with_all = ["code", "unit", "decimals", "tolerance", "token"])]
    again: Option<B256>,
    /// What: a code of LOINC, such as 8867-4 (heart rate), 9279-1 (respiratory rate) or 85354-9 (blood pressure, of patients), or one
    /// of MDC as mdc:147842.
    #[arg(long, value_name = "CODE")]
    code: Option<Code>,
    /// The unit (UCUM) that the value has to be in; needed where the code does not say it.
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// An oracle node that is asked; give several.
    #[arg(long, value_name = "ADDRESS", value_parser = account, num_args = 1..)]
    node: Vec<Address>,
    /// How many nodes have to agree; otherwise more than half.
    #[arg(long, value_name = "NUMBER")]
    quorum: Option<u8>,
    /// How old the value may be, as 15m or 24h; otherwise one hour.
    #[arg(long, value_name = "TIME", value_parser = length)]
    fresh: Option<u64>,
    /// Until when nodes may answer: an instant, or how long from now, as 30m; otherwise one hour.
    #[arg(long, value_name = "WHEN", value_parser = deadline)]
    deadline: Option<Deadline>,
    /// Digits behind the point to which values are rounded.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    decimals: u8,
    /// How far the numbers of a device may be apart, in units of the last digit.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    tolerance: u128,
    /// What each node gets whose answer agrees, as 0.001eth.
    #[arg(long, value_name = "AMOUNT")]
    reward: Option<String>,
    /// The ERC-20 token in which is paid; otherwise ether.
    #[arg(long, value_name = "ADDRESS", value_parser = account, requires = "reward")]
    token: Option<Address>,
    /// Key for which a patient's value is sealed (age1…); otherwise the one that your account published.
    #[arg(long, value_name = "KEY")]
    answer_to: Option<PublicKey>,
}

/// Until when: at a second, or so many seconds after the newest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deadline {
    At(u64),
    In(u64),
}

/// What is asked again.
struct Before {
    question: Question,
    subject: Subject,
    unit: String,
    /// How long before it was asked a value might have been observed.
    fresh: u64,
    /// How long nodes had.
    length: u64,
}

const HOUR: u64 = 3_600;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    question: B256,
    subject: B256,
    code: String,
    rule: theriac_client::types::Rule,
    nodes: Vec<Address>,
    quorum: u8,
    observed_from: String,
    deadline: String,
    document: ContentAddress,
    /// Of every node, in the smallest unit.
    reward: String,
    token: Address,
    #[serde(flatten)]
    done: Done,
}

/// Asks.
pub(super) async fn run(context: &Context<'_>, options: &Ask) -> Result<Answer, Failure> {
    let suite = context.signing_suite().await?;
    let Prepared { question, document, sealed } = options.prepare(context, &suite).await?;
    let call = suite.fhir_oracle().ask(&question)?;
    require_allowance(context, &suite, &question).await?;
    let id = question.id();
    let kept = Kept::new(question.clone(), document);
    // Kept and stored before the chain knows of it.
    if !context.options.dry_run {
        kept.save(&context.options.home)?;
    }
    let address = evidence::keep_bytes(context, &sealed).await?;
    let done = match context.perform(&call).await {
        Ok(done) => done,
        // What the chain refused was never asked. After any other failure it may have been.
        Err(failure) if failure.code.starts_with("FhirOracle_") => {
            kept.remove(&context.options.home);
            return Err(failure);
        }
        Err(failure) => return Err(failure),
    };
    answer(&suite, id, &question, address, done).await
}

async fn answer(
    suite: &Suite,
    id: B256,
    question: &Question,
    document: ContentAddress,
    done: Done,
) -> Result<Answer, Failure> {
    let code = Code::of_word(question.system, question.code).map_err(|error| Failure::of(&error))?;
    let facts = Facts {
        question: id,
        subject: question.subject,
        code: code.to_string(),
        rule: question.rule,
        nodes: question.nodes.clone(),
        quorum: question.quorum,
        observed_from: time::iso(question.observed_from),
        deadline: time::iso(question.deadline),
        document,
        reward: question.reward.to_string(),
        token: question.token,
        done,
    };
    let (asks, count) = (if facts.done.dry_run { "would ask" } else { "asks" }, question.nodes.len());
    let reward = match question.reward.is_zero() {
        true => String::new(),
        false => format!(", each gets {} for agreeing", suite.currency(question.token).await?.format(question.reward)),
    };
    let text = format!(
        "question {id} {asks} {count} nodes for {code}, {} of which have to agree until {}{reward}\n\
         `theriac oracle answers {id}` shows what they say\n{}",
        question.quorum,
        facts.deadline,
        facts.done.text()
    );
    Answer::new(text, &facts)
}

impl Ask {
    async fn prepare(&self, context: &Context<'_>, suite: &Suite) -> Result<Prepared, Failure> {
        let before = self.before(context, suite).await?;
        let asker = suite.chain().account();
        let (chain_id, room) = (suite.chain().chain_id(), suite.fhir_oracle().address());
        let now = suite.chain().now().await?;
        let (subject, code) = match &before {
            Some(before) => {
                let code = Code::of_word(before.question.system, before.question.code);
                (before.subject.clone(), code.map_err(|error| Failure::of(&error))?)
            }
            None => (self.subject()?, self.code.clone().ok_or_else(|| missing("--code"))?),
        };
        let earlier = before.as_ref().map(|before| &before.question);
        let nodes = self.nodes(context, chain_id, earlier).await?;
        let token = earlier.map_or(self.token.unwrap_or(ETHER), |earlier| earlier.token);
        let fresh = self.fresh.or(before.as_ref().map(|before| before.fresh)).unwrap_or(HOUR);
        let deadline = match self.deadline {
            Some(Deadline::At(second)) => second,
            Some(Deadline::In(seconds)) => now.saturating_add(seconds),
            None => now.saturating_add(before.as_ref().map_or(HOUR, |before| before.length)),
        };
        let asking = Asking {
            chain_id,
            room,
            asker,
            subject,
            code,
            unit: before.as_ref().map(|before| before.unit.clone()).or_else(|| self.unit.clone()),
            decimals: earlier.map_or(self.decimals, |earlier| earlier.decimals),
            tolerance: earlier.map_or(self.tolerance, |earlier| earlier.tolerance),
            observed_from: now.saturating_sub(fresh),
            deadline,
            quorum: self.quorum.or(earlier.filter(|_| self.node.is_empty()).map(|earlier| earlier.quorum)),
            nodes,
            token,
            reward: self.reward(suite, token, earlier).await?,
            answer_to: self.answer_key(context, chain_id, asker).await?,
        };
        asking.prepare().map_err(|error| Failure::of(&error))
    }

    fn subject(&self) -> Result<Subject, Failure> {
        match (&self.item, &self.patient) {
            (Some(item), _) => {
                let udi = subject::Item::parse(item)?.udi.ok_or_else(|| {
                    Failure::user(
                        "NoUdi",
                        format!("`{item}` is an item id, which does not say by what the nodes can find the device"),
                        "give its UDI with the serial, as on the label",
                    )
                })?;
                let udi = udi.to_bracketed().or_else(|_| udi.to_label_text());
                Ok(Subject::Device { udi: udi.map_err(|error| Failure::of(&error))? })
            }
            (None, Some(patient)) => Ok(Subject::Patient(patient.clone())),
            (None, None) => Err(missing("--item or --patient")),
        }
    }

    /// The question that is asked again.
    async fn before(&self, context: &Context<'_>, suite: &Suite) -> Result<Option<Before>, Failure> {
        let Some(id) = self.again else { return Ok(None) };
        let kept = Kept::open(&context.options.home, id)?.ok_or_else(|| {
            Failure::user(
                "NotAsked",
                format!("the question {id} was not asked from this home folder"),
                "use the --home from which it was asked, or ask with --patient or --item",
            )
        })?;
        let state = suite.fhir_oracle().state_of(id).await?;
        let asked_at = state.map_or(kept.question.deadline.saturating_sub(HOUR), |state| state.asked_at);
        Ok(Some(Before {
            fresh: asked_at.saturating_sub(kept.question.observed_from),
            length: kept.question.deadline.saturating_sub(asked_at),
            subject: kept.document.subject.clone(),
            unit: kept.document.unit.clone(),
            question: kept.question,
        }))
    }

    /// Whoever is asked has to have published a key.
    async fn nodes(
        &self,
        context: &Context<'_>,
        chain_id: u64,
        earlier: Option<&Question>,
    ) -> Result<Vec<(Address, Reader)>, Failure> {
        let mut nodes =
            if self.node.is_empty() { earlier.map_or(&[][..], |earlier| &earlier.nodes) } else { &self.node }.to_vec();
        nodes.sort_unstable();
        if let Some(twice) = nodes.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = format!("the node {} is named twice", twice[0]);
            return Err(Failure::user("NamedTwice", what, "name every node once; nothing was asked"));
        }
        let named: Vec<Named> = nodes.iter().copied().map(Named::Account).collect();
        let readers = readers::find(context, chain_id, &named).await?;
        Ok(nodes.into_iter().zip(readers).collect())
    }

    async fn reward(&self, suite: &Suite, token: Address, earlier: Option<&Question>) -> Result<U256, Failure> {
        match &self.reward {
            Some(amount) => suite.currency(token).await?.parse(amount).map_err(|error| Failure::of(&error)),
            None => Ok(earlier.map_or(U256::ZERO, |earlier| earlier.reward)),
        }
    }

    async fn answer_key(&self, context: &Context<'_>, chain_id: u64, asker: Address) -> Result<PublicKey, Failure> {
        if let Some(key) = self.answer_to {
            return Ok(key);
        }
        let mut found = readers::find(context, chain_id, &[Named::Account(asker)]).await?;
        found.pop().map(|reader| reader.key).ok_or_else(|| missing("--answer-to"))
    }
}

/// Tokens are taken by Escrow for the oracle's room: the asker has to have agreed to both.
async fn require_allowance(context: &Context<'_>, suite: &Suite, question: &Question) -> Result<(), Failure> {
    if question.token == ETHER || question.reward.is_zero() {
        return Ok(());
    }
    let (asker, escrow, room) = (question.asker, suite.escrow(), suite.fhir_oracle().address());
    let (token, total) = (suite.token(question.token), question.total_reward()?);
    let has = token.balance_of(asker).await?;
    if has < total {
        let currency = suite.currency(question.token).await?;
        let what = format!("{asker} has {}, and {} are needed", currency.format(has), currency.format(total));
        return Err(Failure::user("NotEnoughTokens", what, "get more of them, ask fewer nodes, or offer less"));
    }
    let (operator, allowance) =
        (escrow.is_operator(asker, room).await?, token.allowance(asker, escrow.address()).await?);
    if context.options.dry_run && (!operator || allowance < total) {
        return Err(Failure::user(
            "NeedsAllowance",
            "Escrow may not take the rewards from your tokens yet, so the question cannot be tried on a copy of the chain",
            "without --dry-run that is allowed first, in transactions of their own",
        ));
    }
    if !operator {
        escrow.set_operator(room, true).send().await?;
        context.printer.note("FhirOracle may open deals for you in Escrow now, as the rewards of questions need it");
    }
    if allowance < total {
        token.approve(escrow.address(), total).send().await?;
        context.printer.note("Escrow may take the rewards of this question from your tokens now");
    }
    Ok(())
}

fn missing(option: &str) -> Failure {
    Failure::user("Usage", format!("{option} is missing"), "`theriac oracle ask --help` shows what there is")
}

fn patient(text: &str) -> Result<PatientName, String> {
    // What was typed is not repeated: it names a patient.
    text.parse().map_err(|error: theriac_client::oracle::OracleError| error.to_string())
}

/// Seconds of 15m, 24h, 1h30m.
pub(super) fn length(text: &str) -> Result<u64, String> {
    let read = text.parse::<SignedDuration>().ok().and_then(|read| u64::try_from(read.as_secs()).ok());
    read.filter(|seconds| *seconds > 0).ok_or_else(|| format!("`{text}` is no length of time: write it as 15m or 24h"))
}

fn deadline(text: &str) -> Result<Deadline, String> {
    match length(text) {
        Ok(seconds) => Ok(Deadline::In(seconds)),
        Err(_) => {
            time::last_second(text).map(Deadline::At).map_err(|error| format!("{error}; or how long from now, as 30m"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_instants_or_lengths() {
        assert_eq!(deadline("30m"), Ok(Deadline::In(1_800)));
        assert_eq!(
            deadline("2090-01-31T08:00:00Z"),
            Ok(Deadline::At(3_789_532_800 + 8 * 3_600 - 3_789_532_800 % 86_400))
        );
        assert!(deadline("soon").unwrap_err().contains("as 30m"));
        assert!(length("0s").is_err() && length("-1h").is_err() && length("90").is_err());
    }
}
