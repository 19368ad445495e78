//! Questions to hospital systems: three nodes, of which two have to agree, and all three do.
//!
//! The asker has asked the same nodes before: they have a reputation, and all have credit in `Escrow`.

use alloy::primitives::{Address, B256, FixedBytes, U256, aliases::U40, keccak256};
use alloy::signers::local::PrivateKeySigner;
use theriac_bindings::fhir_oracle::FhirOracle;
use theriac_bindings::participants::Participants;
use theriac_sim::world::{Cost, World, WorldError};

use crate::Figures;
use crate::medicines::key;
use crate::scenario::{Scenario, digest};

const ORACLE: u32 = 1 << 12;
const HOUR: u64 = 3_600;
/// Of each node, in wei.
const REWARD: u128 = 1_000_000_000_000_007;

/// A hospital that asks, and the nodes, in the order of their accounts.
struct Ward {
    world: World,
    asker: Address,
    nodes: Vec<PrivateKeySigner>,
}

/// What a question costs: to ask, to answer as the first, second and third, and to close.
struct Costs {
    ask: Cost,
    answers: Vec<Cost>,
    close: Cost,
}

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut ward = Ward::open(scenario)?;
    ward.question(1, U256::from(REWARD))?;
    let plain = ward.question(2, U256::ZERO)?;
    let rewarded = ward.question(3, U256::from(REWARD))?;
    let mut row = |name: &str, cost| figures.insert(format!("FhirOracle.{name}"), cost);
    row("ask/3nodes", plain.ask);
    row("ask/3nodesRewarded", rewarded.ask);
    row("answer/first", plain.answers[0]);
    row("answer/settling", plain.answers[1]);
    row("answer/afterwards", plain.answers[2]);
    row("close/3nodes", plain.close);
    row("close/3nodesRewarded", rewarded.close);
    Ok(())
}

impl Ward {
    fn open(scenario: &Scenario) -> Result<Self, WorldError> {
        let mut world = scenario.world.clone();
        let mut nodes = [0x71, 0x72, 0x73].into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
        nodes.sort_by_key(PrivateKeySigner::address);
        for node in &nodes {
            let enrolment = scenario.enrolment(ORACLE);
            let enrol = Participants::enrolPowerfulCall { account: node.address(), enrolment };
            world.send(World::ADMIN, world.rooms.participants, &enrol)?;
        }
        world.endow(scenario.hospital, U256::from(1_000 * REWARD));
        Ok(Self { world, asker: scenario.hospital, nodes })
    }

    /// About a patient, by a commitment; another each time.
    fn terms(&self, nonce: u64, reward: U256) -> FhirOracle::Question {
        let mut code = FixedBytes::<16>::ZERO;
        code[..6].copy_from_slice(b"8867-4");
        FhirOracle::Question {
            asker: self.asker,
            subject: keccak256(nonce.to_be_bytes()),
            system: 0,
            code,
            document: FhirOracle::Content { digest: digest(), codec: 0x55 },
            observedFrom: U40::from(self.world.now() - HOUR),
            deadline: U40::from(self.world.now() + HOUR),
            rule: 0,
            decimals: 0,
            tolerance: 0,
            quorum: 2,
            nodes: self.nodes.iter().map(PrivateKeySigner::address).collect(),
            token: Address::ZERO,
            reward,
            nonce,
        }
    }

    fn question(&mut self, nonce: u64, reward: U256) -> Result<Costs, WorldError> {
        let (room, terms) = (self.world.rooms.fhir_oracle, self.terms(nonce, reward));
        let wei = reward * U256::from(self.nodes.len());
        let ask = self.world.pay(self.asker, room, wei, &FhirOracle::askCall { terms: terms.clone() })?;
        let question = self.world.call(self.asker, room, &FhirOracle::questionOfCall { terms: terms.clone() })?;
        let mut answers = Vec::new();
        for node in self.nodes.clone() {
            answers.push(self.answer(&node, question, &terms)?);
        }
        let close = self.world.send(self.asker, room, &FhirOracle::closeCall { terms })?;
        Ok(Costs { ask, answers, close })
    }

    /// A commitment, with the value sealed for the asker.
    fn answer(
        &mut self,
        node: &PrivateKeySigner,
        question: B256,
        terms: &FhirOracle::Question,
    ) -> Result<Cost, WorldError> {
        let room = self.world.rooms.fhir_oracle;
        let given = FhirOracle::Answer {
            node: node.address(),
            value: keccak256(question),
            observedAt: U40::from(self.world.now() - 60),
            document: FhirOracle::Content { digest: keccak256(node.address()), codec: 0x55 },
        };
        let hash = FhirOracle::answerHashCall { question, given: given.clone() };
        let hash = self.world.call(node.address(), room, &hash)?;
        let signature = Scenario::sign(node, hash)?;
        let answer = FhirOracle::answerCall { terms: terms.clone(), given, signature };
        self.world.send(node.address(), room, &answer)
    }
}
