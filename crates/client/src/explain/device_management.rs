//! The refusals of `MdsProfiles` and `FhirOracle`.

use theriac_bindings::fhir_oracle::FhirOracle::FhirOracleErrors as FhirOracle;
use theriac_bindings::mds_profiles::MdsProfiles::MdsProfilesErrors as MdsProfiles;

use super::{inactive, needs};
use crate::types::OrderState;

pub(super) fn mds_profiles(error: &MdsProfiles) -> Option<String> {
    use MdsProfiles as E;
    Some(match error {
        E::MdsProfiles_NotActive(e) => inactive(&e.account),
        E::MdsProfiles_NotEngineer(e) => needs(&e.account, "service engineer"),
        E::MdsProfiles_NotOwner(e) => {
            format!("{} does not own the twin {}: only its owner can do this", e.account, e.item)
        }
        E::MdsProfiles_NotEntitled(e) => format!(
            "{} neither owns the twin {} nor operates it: the owner appoints an operator (`theriac mds appoint`), and \
             opens a work order for an engineer",
            e.account, e.item
        ),
        E::MdsProfiles_NotNext(e) => format!(
            "the profile of {} has been written meanwhile: its next version is {}, not {}; read it again \
             (`theriac mds show`) and write on that",
            e.item, e.expected, e.version
        ),
        E::MdsProfiles_CounterBackwards(e) => format!(
            "the counters of {} stand at {} hours and {} cycles and never run backwards: correct yours; where a counter was \
             replaced, its engineer writes that under a work order, with evidence",
            e.item, e.hoursRun, e.cycles
        ),
        E::MdsProfiles_BadDocument(_) => "a document has a digest and codec 0x55 or 0x70: give its address".to_owned(),
        E::MdsProfiles_WrongState(e) => match OrderState::try_from(e.state) {
            Ok(OrderState::None) => {
                format!("there is no work order {}: `theriac workorder list` shows what there is", e.order)
            }
            Ok(state) => format!("work order {} is {state}, so this is not its turn", e.order),
            Err(_) => format!("work order {} stands elsewhere", e.order),
        },
        E::MdsProfiles_NotAssigned(e) => format!(
            "work order {} is not {}'s now: it was never given to it, ran out, was taken away, or the device was sold; the \
             owner assigns it (`theriac workorder assign`)",
            e.order, e.account
        ),
        E::MdsProfiles_OtherDevice(e) => format!("work order {} is not about the device {}", e.order, e.item),
        E::MdsProfiles_FaultKnown(e) => format!(
            "a fault of {} is reported already, in work order {}: add to that, or wait until it is closed",
            e.item, e.order
        ),
        E::MdsProfiles_BadDate(e) => format!("the date {} is over already: give a later one", e.date),
        E::MdsProfiles_BadPeriod(e) => format!(
            "a record covers time that has begun, and ends after its beginning; {} to {} does not",
            e.from, e.until
        ),
        _ => return None,
    })
}

pub(super) fn fhir_oracle(error: &FhirOracle) -> Option<String> {
    use FhirOracle as E;
    Some(match error {
        E::FhirOracle_NotActive(e) => inactive(&e.account),
        E::FhirOracle_NotAsker(e) => format!("{} asks under its own name only, not {}'s", e.caller, e.asker),
        E::FhirOracle_BadNode(e) => format!(
            "{} is not an active oracle node, or stands twice or out of order: name nodes with the role oracle, ascending",
            e.node
        ),
        E::FhirOracle_BadNodeCount(e) => format!("{} nodes are named: name 1 to 16", e.count),
        E::FhirOracle_BadQuorum(e) => format!(
            "{} of {} nodes are no quorum: more than half of them have to agree, and at most all",
            e.quorum, e.nodes
        ),
        E::FhirOracle_BadDeadline(e) => {
            format!("the deadline {} is over, or more than 30 days away: choose another", e.deadline)
        }
        E::FhirOracle_BadFreshness(e) => format!(
            "no value observed from {} on can be answered with until {}: allow older ones, or a later deadline",
            e.observedFrom, e.deadline
        ),
        E::FhirOracle_BadDocument(_) => "a document has a digest and codec 0x55 or 0x70: give its address".to_owned(),
        E::FhirOracle_BadTolerance(e) => format!(
            "a tolerance of {} is for numbers, which agree by the median rule; equal answers have none: give 0",
            e.tolerance
        ),
        E::FhirOracle_BadCode(_) => "a question has a code of LOINC or MDC: name one, such as 8867-4".to_owned(),
        E::FhirOracle_BadNumber(e) => format!(
            "{} is no number that the median rule takes: it lies from -2^127 to 2^127-1, sign-extended to 32 bytes",
            e.value
        ),
        E::FhirOracle_AlreadyAsked(_) => "exactly this was asked before: ask again under another nonce".to_owned(),
        E::FhirOracle_Unknown(_) => "nobody asked this: the terms differ from those that were asked".to_owned(),
        E::FhirOracle_NotANode(e) => format!("the question does not name {} as one of its nodes", e.node),
        E::FhirOracle_AnsweredBefore(e) => format!("{} has answered; an answer stands", e.node),
        E::FhirOracle_TooLate(e) => format!("answers were possible until {}: ask again", e.deadline),
        E::FhirOracle_TooEarly(e) => {
            format!("nodes can answer until {}, and not all have: close it afterwards", e.deadline)
        }
        E::FhirOracle_BadTime(e) => format!(
            "the value was observed at {}, which is in the future or before what the question allows",
            e.observedAt
        ),
        E::FhirOracle_BadSignature(e) => format!("the signature is not {}'s over this answer on this chain", e.node),
        E::FhirOracle_AlreadyClosed(_) => "the question is closed: nothing is to be done".to_owned(),
        E::FhirOracle_WrongValue(e) => {
            format!("{} wei were sent, and the rewards of all nodes are {}: send exactly these", e.sent, e.needed)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolInterface as _;

    use super::*;

    #[test]
    fn every_refusal_of_the_oracle_has_its_sentence() {
        let mut explained = 0;
        for selector in FhirOracle::SELECTORS {
            let name = FhirOracle::name_by_selector(*selector).unwrap();
            let error = FhirOracle::abi_decode_raw(*selector, &[0; 256]).unwrap();
            // The others are OpenZeppelin's own, which a caller of these verbs does not meet.
            if name.starts_with("FhirOracle_") {
                assert!(fhir_oracle(&error).is_some_and(|sentence| sentence.len() > 20), "{name}");
                explained += 1;
            }
        }
        assert_eq!(explained, 21);
    }
}
