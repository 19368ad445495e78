//! What a step is: an act, numbers that say on what and by whom, and now and then a slip.

use proptest::prelude::*;

/// A step, with numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(super) unit: usize,
    pub(super) who: usize,
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) slip: Slip,
    pub(super) act: Act,
}

/// What may be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    None,
    Caller,
    Parts,
    Packs,
    Proof,
    Nonce,
    Key,
    Terms,
    Unknown,
}

/// What a practitioner writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writing {
    pub(super) quantity: u32,
    pub(super) repeats: u16,
    pub(super) interval: u32,
    pub(super) starts_in: u64,
    pub(super) days: u64,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    Commission,
    Pack,
    Unpack,
    Split,
    Ship,
    Receive,
    Reject,
    CancelShipment,
    Stop,
    Free,
    Dispense,
    Destroy,
    Operator,
    Employ(u64),
    Prescribe(Writing),
    Submit(Writing),
    CancelPrescription,
    Substitute,
    Sell,
    SellControlled,
    DestroyReturned,
    Suspend,
    Recall,
    Quarantine,
    Wait(u64),
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    let head = (0..1_000_usize, 0..1_000_usize, 0..1_000_u32, 0..1_000_u32);
    (head, slip(), act()).prop_map(|((unit, who, a, b), slip, act)| Turn { unit, who, a, b, slip, act })
}

fn slip() -> impl Strategy<Value = Slip> {
    let slips = [Slip::Parts, Slip::Packs, Slip::Proof, Slip::Nonce, Slip::Key, Slip::Terms, Slip::Unknown];
    prop_oneof![
        40 => Just(Slip::None),
        2 => Just(Slip::Caller),
        8 => proptest::sample::select(slips.to_vec()),
    ]
}

fn writing() -> impl Strategy<Value = Writing> {
    let interval = prop_oneof![1 => Just(0), 12 => 3_600..200_000_u32];
    let starts_in = prop_oneof![8 => Just(0), 1 => 1..100_000_u64];
    (0..7_u32, 0..3_u16, interval, starts_in, 0..20_u64).prop_map(|(quantity, repeats, interval, starts_in, days)| {
        Writing { quantity, repeats, interval, starts_in, days }
    })
}

fn act() -> impl Strategy<Value = Act> {
    let divisions = prop_oneof![
        1 => Just(Act::Commission),
        6 => Just(Act::Pack),
        3 => Just(Act::Unpack),
        6 => Just(Act::Split),
    ];
    let moves = prop_oneof![
        9 => Just(Act::Ship),
        8 => Just(Act::Receive),
        1 => Just(Act::Reject),
        1 => Just(Act::CancelShipment),
    ];
    let stops = prop_oneof![3 => Just(Act::Stop), 6 => Just(Act::Free), 1 => Just(Act::Operator)];
    let ends = prop_oneof![2 => Just(Act::Dispense), 3 => Just(Act::Destroy), 4 => Just(Act::DestroyReturned)];
    let papers = prop_oneof![
        1 => (0..2_000_000_u64).prop_map(Act::Employ),
        6 => writing().prop_map(Act::Prescribe),
        4 => writing().prop_map(Act::Submit),
        1 => Just(Act::CancelPrescription),
        3 => Just(Act::Substitute),
    ];
    let sales = prop_oneof![3 => Just(Act::Sell), 1 => Just(Act::SellControlled)];
    let fate = prop_oneof![2 => Just(Act::Suspend), 2 => Just(Act::Recall), 1 => Just(Act::Quarantine)];
    let time = prop_oneof![6 => 60..20_000_u64, 1 => 20_000..200_000_u64].prop_map(Act::Wait);
    prop_oneof![12 => divisions, 12 => moves, 6 => stops, 6 => ends, 12 => papers, 40 => sales, 3 => fate, 8 => time]
}

impl Act {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Commission => "commission",
            Self::Pack => "pack",
            Self::Unpack => "unpack",
            Self::Split => "split",
            Self::Ship => "ship",
            Self::Receive => "receiveUnit",
            Self::Reject => "reject",
            Self::CancelShipment => "cancelShipment",
            Self::Stop => "stop",
            Self::Free => "free",
            Self::Dispense => "dispense",
            Self::Destroy => "destroy",
            Self::Employ(_) => "setPharmacist",
            Self::Prescribe(_) => "prescribe",
            Self::Submit(_) => "submit",
            Self::CancelPrescription => "cancel",
            Self::Substitute => "approveSubstitution",
            Self::Sell => "sell",
            Self::SellControlled => "sellControlled",
            Self::DestroyReturned => "destroyReturned",
            Self::Operator | Self::Suspend | Self::Recall | Self::Quarantine | Self::Wait(_) => "",
        }
    }
}

impl Turn {
    /// In how many packs each a unit of `count` is unpacked: up to three parts; with a slip, some of them only.
    pub(super) fn counts(&self, count: u32) -> Vec<u32> {
        let one = self.a % (count + 1);
        let mut counts = vec![one, (count - one) / 2, count - one - (count - one) / 2];
        if self.slip == Slip::Parts {
            counts.truncate(self.who % 3);
        } else {
            counts.retain(|part| *part != 0);
        }
        counts
    }
}
