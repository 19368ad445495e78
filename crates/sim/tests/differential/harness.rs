//! Refusals, and questions to a room that are asked in one transaction.

use std::collections::BTreeMap;
use std::fmt;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::{SolCall, SolError, SolInterface};
use proptest::test_runner::{Config, TestCaseError};
use theriac_bindings::appointments::Appointments::AppointmentsErrors;
use theriac_bindings::custody::Custody::CustodyErrors;
use theriac_bindings::pharmacy::Pharmacy::PharmacyErrors;
use theriac_bindings::units::Units::{UnitsErrors, multicallCall};
use theriac_sim::world::{World, WorldError};

/// Steps of each differential test, over all its runs.
pub(crate) const STEPS: usize = 10_000;
/// Steps of one run.
pub(crate) const STEPS_A_RUN: usize = 250;
/// After so many steps all that can be seen is compared; after the others what the step was about.
pub(crate) const STEPS_A_LOOK: usize = 25;

/// Whether the test goes on.
pub(crate) type Check = Result<(), TestCaseError>;

/// As many runs as make [`STEPS`].
pub(crate) fn config() -> Config {
    Config { cases: (STEPS / STEPS_A_RUN) as u32, failure_persistence: None, ..Config::default() }
}

/// The error that a contract reverts with, values included.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Refusal(Bytes);

impl<E: SolError> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.abi_encode().into())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Ok(error) = PharmacyErrors::abi_decode(&self.0) {
            return error.fmt(formatter);
        }
        if let Ok(error) = UnitsErrors::abi_decode(&self.0) {
            return error.fmt(formatter);
        }
        if let Ok(error) = AppointmentsErrors::abi_decode(&self.0) {
            return error.fmt(formatter);
        }
        match CustodyErrors::abi_decode(&self.0) {
            Ok(error) => error.fmt(formatter),
            Err(_) => write!(formatter, "unknown error {}", self.0),
        }
    }
}

/// All that is wrong with a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<Refusal>);

impl Faults {
    /// One fault beside which no other can be told.
    pub(crate) fn only(error: impl SolError) -> Self {
        Self(vec![error.into()])
    }

    pub(crate) fn when(&mut self, wrong: bool, error: impl SolError) {
        if wrong {
            self.0.push(error.into());
        }
    }

    pub(crate) fn join(&mut self, other: Result<(), Self>) {
        if let Err(other) = other {
            self.0.extend(other.0);
        }
    }

    pub(crate) fn none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// How often steps of a name were accepted and refused.
#[derive(Debug, Default)]
pub(crate) struct Count(BTreeMap<&'static str, (usize, usize)>);

impl Count {
    pub(crate) fn step(&mut self, name: &'static str, accepted: bool) {
        let (yes, no) = self.0.entry(name).or_default();
        *(if accepted { yes } else { no }) += 1;
    }

    /// Every step was taken both ways, so that the runs say something of it.
    pub(crate) fn assert_both_ways(&self) {
        for (name, (accepted, refused)) in &self.0 {
            assert!(*accepted > 0 && *refused > 0, "{name}: {accepted} accepted, {refused} refused: {self:?}");
        }
    }
}

/// Compares what the contract did with what the model says; whether the step was accepted.
pub(crate) fn agree<T, U>(contract: Result<T, WorldError>, model: &Result<U, Faults>) -> Result<bool, TestCaseError> {
    match (contract, model) {
        (Ok(_), Ok(_)) => Ok(true),
        (Err(WorldError::Revert(bytes)), Err(faults)) if faults.0.contains(&Refusal(bytes.clone())) => Ok(false),
        (Ok(_), Err(faults)) => Err(TestCaseError::fail(format!("accepted, but the model refuses: {faults:?}"))),
        (Err(WorldError::Revert(bytes)), model) => {
            let wanted = model.as_ref().err();
            Err(TestCaseError::fail(format!("refused with {:?}, but the model says {wanted:?}", Refusal(bytes))))
        }
        (Err(error), _) => Err(TestCaseError::fail(error.to_string())),
    }
}

/// What an encoded answer is held against.
type Judge = Box<dyn Fn(&[u8]) -> Check>;

/// Views of one room, asked together.
#[derive(Default)]
pub(crate) struct Questions {
    data: Vec<Bytes>,
    judges: Vec<Judge>,
}

impl Questions {
    /// The room answers so.
    pub(crate) fn expect<C>(&mut self, call: C, answer: C::Return)
    where
        C: SolCall + fmt::Debug + 'static,
        C::Return: fmt::Debug + 'static,
    {
        self.expect_one_of(call, vec![answer]);
    }

    /// The room gives one of these answers.
    pub(crate) fn expect_one_of<C>(&mut self, call: C, answers: Vec<C::Return>)
    where
        C: SolCall + fmt::Debug + 'static,
        C::Return: fmt::Debug + 'static,
    {
        self.data.push(call.abi_encode().into());
        self.judges.push(Box::new(move |given| {
            if answers.iter().any(|answer| C::abi_encode_returns(answer) == given) {
                return Ok(());
            }
            let given = C::abi_decode_returns(given);
            Err(TestCaseError::fail(format!("{call:?}\nanswers {given:?},\nbut the model has {answers:?}")))
        }));
    }

    /// Asks them all.
    pub(crate) fn ask(self, world: &mut World, room: Address) -> Check {
        // All rooms have the same multicall.
        let answers = world
            .call(World::ADMIN, room, &multicallCall { data: self.data })
            .map_err(|error| TestCaseError::fail(format!("a view: {error}")))?;
        self.judges.iter().zip(&answers).try_for_each(|(judge, answer)| judge(answer))
    }
}
