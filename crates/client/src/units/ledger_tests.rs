//! The ledger, from events as the room tells them.

use alloy::primitives::U256;
use theriac_bindings::units::Units as abi;

use super::*;

const MAKER: Address = Address::repeat_byte(1);
const WHOLESALER: Address = Address::repeat_byte(2);
const WORD: B256 = B256::ZERO;

fn lot(byte: u8) -> LotId {
    LotId([byte; 16].into())
}

fn unit(byte: u8) -> UnitId {
    lot(1).unit(MAKER, B256::repeat_byte(byte))
}

fn log(event: UnitsEvents) -> RoomLog {
    RoomLog { event: RoomEvent::Units(event), block_number: None, transaction: None, index: None }
}

fn commissioned(unit: UnitId, count: u32) -> RoomLog {
    log(UnitsEvents::UnitCommissioned(abi::UnitCommissioned { unit: unit.0, holder: MAKER, count, evidence: WORD }))
}

fn shipped(unit: UnitId) -> RoomLog {
    let told = abi::UnitShipped { unit: unit.0, from: MAKER, to: WHOLESALER, evidence: WORD };
    log(UnitsEvents::UnitShipped(told))
}

fn received(unit: UnitId, packs: u64) -> RoomLog {
    let packs = U256::from(packs);
    let told = abi::UnitReceived { unit: unit.0, from: MAKER, to: WHOLESALER, packs, evidence: WORD };
    log(UnitsEvents::UnitReceived(told))
}

fn split(unit: UnitId, part: UnitId, first: u32, count: u32) -> RoomLog {
    let told = abi::UnitSplit { unit: unit.0, holder: MAKER, part: part.0, first, count, evidence: WORD };
    log(UnitsEvents::UnitSplit(told))
}

fn unpacked(unit: UnitId, parts: &[(UnitId, u32)]) -> RoomLog {
    let (parts, counts) = parts.iter().map(|(part, count)| (part.0, *count)).unzip();
    log(UnitsEvents::UnitUnpacked(abi::UnitUnpacked { unit: unit.0, holder: MAKER, parts, counts, evidence: WORD }))
}

fn packed(unit: UnitId, parts: &[UnitId], first: u32, count: u32) -> RoomLog {
    let parts = parts.iter().map(|part| part.0).collect();
    let told = abi::UnitsPacked { unit: unit.0, holder: MAKER, parts, first, count, evidence: WORD };
    log(UnitsEvents::UnitsPacked(told))
}

fn ranges(ledger: &Ledger) -> Vec<(UnitId, u32, u32)> {
    let mut ranges: Vec<_> = ledger.units().map(|(unit, range)| (unit, range.first, range.count)).collect();
    ranges.sort_by_key(|(_, first, _)| *first);
    ranges
}

#[test]
fn ranges_are_divided_and_joined_again() {
    let (whole, one, two, three) = (unit(1), unit(2), unit(3), unit(4));
    let events = vec![commissioned(whole, 100), unpacked(whole, &[(one, 40), (two, 60)]), split(two, three, 90, 10)];
    let ledger = Ledger::replay(events.clone(), |_| true);
    assert_eq!(ranges(&ledger), [(one, 0, 40), (two, 40, 50), (three, 90, 10)]);
    assert_eq!(ledger.unit_at(lot(1), 95).map(|(unit, _)| unit), Some(three));

    // The label of the first part serves again for both.
    let joined = Ledger::replay([events, vec![packed(one, &[one, two], 0, 90)]].concat(), |_| true);
    assert_eq!(ranges(&joined), [(one, 0, 90), (three, 90, 10)]);
    let of = |index| joined.steps_of(lot(1), index).count();
    assert_eq!((of(0), of(50), of(95)), (3, 4, 3), "commissioned, unpacked; split for 50 and 95; packed for 0 and 50");
    assert_eq!(joined.steps_of_unit(two).count(), 3);
}

#[test]
fn a_unit_is_with_its_sender_until_it_is_received() {
    let whole = unit(1);
    let on_its_way = Ledger::replay([commissioned(whole, 10), shipped(whole)], |_| true);
    let range = on_its_way.unit(whole).unwrap();
    assert_eq!((range.holder, range.addressee), (MAKER, Some(WHOLESALER)));
    let there = Ledger::replay([commissioned(whole, 10), shipped(whole), received(whole, 10)], |_| true);
    let range = there.unit(whole).unwrap();
    assert_eq!((range.holder, range.addressee), (WHOLESALER, None));
}

#[test]
fn packs_leave_holes_and_what_was_dispensed_is_not_destroyed() {
    let whole = unit(1);
    let told = abi::PacksDispensed { unit: whole.0, holder: MAKER, by: MAKER, indices: vec![3, 5], evidence: WORD };
    let dispensed = log(UnitsEvents::PacksDispensed(told));
    let told =
        abi::PacksDestroyed { unit: whole.0, holder: MAKER, first: 4, count: 3, packs: U256::from(2), evidence: WORD };
    let destroyed = log(UnitsEvents::PacksDestroyed(told));
    let ledger = Ledger::replay([commissioned(whole, 10), dispensed, destroyed], |_| true);
    let gone: Vec<_> = ledger.gone_of(lot(1)).collect();
    let expected = [(3, Gone::Dispensed), (4, Gone::Destroyed), (5, Gone::Dispensed), (6, Gone::Destroyed)];
    assert_eq!((gone.as_slice(), ledger.packs_in(whole)), (&expected[..], 6));
    assert_eq!((ledger.steps_of(lot(1), 3).count(), ledger.steps_of(lot(1), 7).count()), (2, 1));
}

#[test]
fn stops_are_remembered_with_who_set_them() {
    let whole = unit(1);
    let told = abi::UnitStopped { unit: whole.0, by: WHOLESALER, stop: 0, evidence: WORD };
    let stopped = log(UnitsEvents::UnitStopped(told));
    let ledger = Ledger::replay([commissioned(whole, 10), stopped.clone()], |_| true);
    assert!(ledger.unit(whole).unwrap().stops.contains(&(WHOLESALER, UnitStop::Quarantine)));
    let told = abi::UnitFreed { unit: whole.0, setBy: WHOLESALER, stop: 0, by: MAKER, evidence: WORD };
    let freed = log(UnitsEvents::UnitFreed(told));
    assert!(Ledger::replay([commissioned(whole, 10), stopped, freed], |_| true).unit(whole).unwrap().stops.is_empty());
}

#[test]
fn other_lots_and_events_without_a_beginning_are_passed_over() {
    let other = lot(2).unit(MAKER, B256::repeat_byte(1));
    let ledger = Ledger::replay([commissioned(other, 10), shipped(unit(1))], |wanted| wanted == lot(1));
    assert_eq!(ledger, Ledger::default());
}
