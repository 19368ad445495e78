//! What can be done with a purchase next, by whom and until when: `Market`'s rules, so that a refusal can be told in words before
//! anything is sent. The contract decides; this only speaks first.

use std::fmt;

use alloy::primitives::Address;
use jiff::Timestamp;

use super::{Progress, Purchase, Status};

/// What can be done with a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// The goods go to the buyer.
    Ship,
    /// The buyer takes them.
    Receive,
    /// The buyer refuses them at the door.
    Refuse,
    /// The buyer sends them back.
    Return,
    /// The seller takes them back.
    TakeBack,
    /// A party asks for an arbiter.
    Dispute,
    /// A party adds evidence.
    Evidence,
    /// An arbiter decides.
    Resolve,
    /// The money goes to the seller.
    Settle,
    /// The money goes to the buyer.
    Refund,
}

/// Who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// Who bought.
    Buyer,
    /// Who sold.
    Seller,
    /// An active arbiter that is no party.
    Arbiter,
    /// Any account.
    Anyone,
}

/// Something that can be done with a purchase as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// What.
    pub deed: Deed,
    /// By whom.
    pub who: Who,
    /// First second; none where it can be done at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Last second; none where it can be done until something else is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

/// Why something cannot be done with a purchase now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The purchase is at an end.
    #[error("the purchase was {status} on {}: nothing more happens to it", iso(*.since))]
    Ended {
        /// How it ended.
        status: Status,
        /// When.
        since: u64,
    },
    /// Nobody can do this at this status.
    #[error("the purchase is {status}, and `{deed}` is not for that. {}", next(.steps))]
    WrongStatus {
        /// What was asked for.
        deed: Deed,
        /// Where the purchase stands.
        status: Status,
        /// What can be done.
        steps: Vec<Step>,
    },
    /// It is for another party.
    #[error("`{deed}` is for the {who} of the purchase now{}, not for {account}. {}", named(*.expected), next(.steps))]
    WrongParty {
        /// What was asked for.
        deed: Deed,
        /// Whose turn it is.
        who: Who,
        /// Its account, where there is one.
        expected: Option<Address>,
        /// Who asked.
        account: Address,
        /// What can be done.
        steps: Vec<Step>,
    },
    /// The time for it is over.
    #[error("too late: the time to {deed} ended at {}. {}", iso(*.until), next(.steps))]
    TooLate {
        /// What was asked for.
        deed: Deed,
        /// Its last second.
        until: u64,
        /// What can be done.
        steps: Vec<Step>,
    },
    /// Its time has not come.
    #[error("too early: until {} only a party that gives up its own by it can {deed}. {}", iso(*.from - 1), next(.steps))]
    TooEarly {
        /// What was asked for.
        deed: Deed,
        /// Its first second.
        from: u64,
        /// What can be done.
        steps: Vec<Step>,
    },
}

impl Purchase {
    /// All that can be done at this status, at any time, in the order in which it is usual.
    fn every_step(&self, progress: &Progress) -> Vec<Step> {
        use Deed::{Dispute, Evidence, Receive, Refund, Refuse, Resolve, Return, Settle, Ship, TakeBack};
        use Who::{Arbiter, Buyer, Seller};
        let Some(last) = self.last_second(progress) else { return Vec::new() };
        let acts: &[(Deed, Who)] = match progress.status {
            Status::Paid => &[(Ship, Seller)],
            Status::Shipped => &[(Receive, Buyer), (Refuse, Buyer), (Dispute, Buyer)],
            Status::Received => &[(Return, Buyer), (Dispute, Buyer)],
            Status::Returning => &[(TakeBack, Seller), (Dispute, Seller)],
            Status::Returned => &[(Dispute, Seller)],
            _ => &[(Resolve, Arbiter), (Evidence, Buyer), (Evidence, Seller)],
        };
        let in_time = |&(deed, who): &(Deed, Who)| Step { deed, who, from: None, until: Some(last) };
        let at_will = |deed, who| Step { deed, who, from: None, until: None };
        let mut steps: Vec<Step> = acts.iter().map(in_time).collect();
        steps.push(at_will(Settle, Buyer));
        if !matches!(progress.status, Status::Shipped | Status::Received) {
            steps.push(at_will(Refund, Seller));
        }
        if progress.status == Status::Paid {
            steps.push(at_will(Refund, Buyer));
        }
        let silence = if progress.silence_pays_buyer { Refund } else { Settle };
        steps.push(Step { deed: silence, who: Who::Anyone, from: Some(last + 1), until: None });
        steps
    }

    /// What can be done at `now` or will be able to be done if nobody does anything.
    pub fn steps(&self, progress: &Progress, now: u64) -> Vec<Step> {
        let mut steps = self.every_step(progress);
        steps.retain(|step| step.until.is_none_or(|until| now <= until));
        steps
    }

    /// Whether `account` may do this at `now`. Whether an arbiter is one is for the contract to say.
    pub fn check(&self, progress: &Progress, deed: Deed, account: Address, now: u64) -> Result<(), Refusal> {
        let Progress { status, since, .. } = *progress;
        let every = self.every_step(progress);
        if every.is_empty() {
            return Err(Refusal::Ended { status, since });
        }
        let steps = self.steps(progress, now);
        let ways: Vec<Step> = every.into_iter().filter(|step| step.deed == deed).collect();
        let Some(first) = ways.first().copied() else { return Err(Refusal::WrongStatus { deed, status, steps }) };
        let Some(way) = ways.iter().filter(|way| self.is(account, way.who)).min_by_key(|way| way.from) else {
            let expected = self.account(first.who);
            return Err(Refusal::WrongParty { deed, who: first.who, expected, account, steps });
        };
        if let Some(until) = way.until.filter(|until| now > *until) {
            return Err(Refusal::TooLate { deed, until, steps });
        }
        if let Some(from) = way.from.filter(|from| now < *from) {
            return Err(Refusal::TooEarly { deed, from, steps });
        }
        Ok(())
    }

    fn is(&self, account: Address, who: Who) -> bool {
        match who {
            Who::Buyer => account == self.buyer,
            Who::Seller => account == self.seller,
            Who::Arbiter => account != self.buyer && account != self.seller,
            Who::Anyone => true,
        }
    }

    fn account(&self, who: Who) -> Option<Address> {
        match who {
            Who::Buyer => Some(self.buyer),
            Who::Seller => Some(self.seller),
            Who::Arbiter | Who::Anyone => None,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ship => "ship",
            Self::Receive => "receive",
            Self::Refuse => "refuse",
            Self::Return => "return",
            Self::TakeBack => "take-back",
            Self::Dispute => "dispute",
            Self::Evidence => "evidence",
            Self::Resolve => "resolve",
            Self::Settle => "settle",
            Self::Refund => "refund",
        })
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Arbiter => "arbiter",
            Self::Anyone => "anyone",
        })
    }
}

/// `seller: ship until 2026-01-31T08:00:00Z`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.who, self.deed)?;
        match (self.from, self.until) {
            (Some(from), _) => write!(f, " from {}", iso(from)),
            (None, Some(until)) => write!(f, " until {}", iso(until)),
            (None, None) => Ok(()),
        }
    }
}

fn next(steps: &[Step]) -> String {
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    format!("What can be done: {}", steps.join("; "))
}

fn named(account: Option<Address>) -> String {
    account.map(|account| format!(" ({account})")).unwrap_or_default()
}

fn iso(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "the end of time".to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trade::Times;

    const BUYER: Address = Address::repeat_byte(1);
    const SELLER: Address = Address::repeat_byte(2);
    const OTHER: Address = Address::repeat_byte(3);

    fn purchase() -> Purchase {
        let times = Times { ship: 10, inspection: 20, returning: 30, arbitration: 40 };
        Purchase { buyer: BUYER, seller: SELLER, token: Address::ZERO, bought_at: 100, times, items: Vec::new() }
    }

    fn at(status: Status, silence_pays_buyer: bool) -> Progress {
        Progress { status, since: 100, silence_pays_buyer }
    }

    fn may(progress: Progress, deed: Deed, account: Address, now: u64) -> Result<(), Refusal> {
        purchase().check(&progress, deed, account, now)
    }

    #[test]
    fn the_last_second_counts_and_after_it_anyone_moves_it_on() {
        let paid = at(Status::Paid, true);
        assert_eq!(may(paid, Deed::Ship, SELLER, 110), Ok(()));
        let late = may(paid, Deed::Ship, SELLER, 111).unwrap_err();
        assert!(matches!(late, Refusal::TooLate { until: 110, .. }));
        assert!(late.to_string().contains("anyone: refund from 1970-01-01T00:01:51Z"), "{late}");
        assert!(matches!(may(paid, Deed::Refund, OTHER, 110), Err(Refusal::TooEarly { from: 111, .. })));
        assert_eq!(may(paid, Deed::Refund, OTHER, 111), Ok(()));
        assert_eq!(may(paid, Deed::Refund, BUYER, 100), Ok(()));
        assert_eq!(may(paid, Deed::Settle, BUYER, 100), Ok(()));
    }

    #[test]
    fn a_verb_of_another_party_or_status_is_told() {
        let shipped = at(Status::Shipped, false);
        let refusal = may(shipped, Deed::Receive, SELLER, 100).unwrap_err();
        assert!(matches!(refusal, Refusal::WrongParty { who: Who::Buyer, expected: Some(BUYER), .. }));
        assert!(matches!(may(shipped, Deed::Refund, SELLER, 100), Err(Refusal::WrongStatus { .. })));
        assert!(matches!(may(shipped, Deed::TakeBack, SELLER, 100), Err(Refusal::WrongStatus { .. })));
        assert!(matches!(may(shipped, Deed::Settle, SELLER, 120), Err(Refusal::TooEarly { from: 121, .. })));
        assert_eq!(may(shipped, Deed::Settle, SELLER, 121), Ok(()));
        let disputed = at(Status::Disputed, true);
        assert!(matches!(may(disputed, Deed::Resolve, BUYER, 100), Err(Refusal::WrongParty { who: Who::Arbiter, .. })));
        assert_eq!(may(disputed, Deed::Resolve, OTHER, 140), Ok(()));
        assert!(matches!(may(disputed, Deed::Settle, SELLER, 200), Err(Refusal::WrongParty { who: Who::Buyer, .. })));
        assert_eq!(may(disputed, Deed::Refund, OTHER, 141), Ok(()));
        assert!(matches!(may(at(Status::Divided, false), Deed::Refund, BUYER, 0), Err(Refusal::Ended { .. })));
    }
}
