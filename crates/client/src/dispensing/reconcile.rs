//! Whether what came into a pharmacy equals what went out of it: how unlawful sales are found.
//!
//! What the chain counts cannot be wrong in itself: received = sold + returned + destroyed + stock. Unlawful is what the numbers do
//! not show: packs dispensed beside `Pharmacy`, where nobody looks at prescriptions, cases that were sent to the pharmacy and came
//! to somebody else, and cases that the pharmacy passed on to somebody who never delivered the lot.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256};
use theriac_core::ids::{LotId, UnitId};

use super::history::{Happening, History, Told};
use crate::rooms::Stock;

/// One lot at the pharmacy, in packs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// Taken over by it.
    pub received: u64,
    /// Sold in `Pharmacy`.
    pub sold: u64,
    /// Dispensed beside it.
    pub beside: u64,
    /// Taken over by others from it.
    pub returned: u64,
    /// Destroyed out of its units.
    pub destroyed: u64,
    /// Brought back by patients and destroyed; they stay sold.
    pub brought_back: u64,
    /// What the chain says is left.
    pub stock: u64,
}

/// Why something is a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Packs were dispensed beside `Pharmacy`: without prescription, proof and pharmacist.
    DispensedBeside,
    /// A unit was sent to the pharmacy, called back on its way, and never came.
    CalledBack,
    /// A unit was sent to the pharmacy, and somebody else received it.
    ReceivedElsewhere,
    /// The pharmacy passed a unit on to somebody who never delivered this lot to it.
    PassedOn,
    /// The events do not add up to what the chain counts.
    Books,
}

impl DifferenceKind {
    /// What happened, and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::DispensedBeside => {
                "dispensed beside the pharmacy's room, without prescription or proof: ask who did it for the papers"
            }
            Self::CalledBack => "sent here, called back on its way, and never came: ask the sender where it is",
            Self::ReceivedElsewhere => "sent here, and received by somebody else: ask the sender why",
            Self::PassedOn => "passed on to somebody who never delivered this lot: ask the pharmacy for the order",
            Self::Books => "the events do not add up to what the chain counts: read again, and report it if it stays",
        }
    }
}

/// Something that is to be explained.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Why.
    pub kind: DifferenceKind,
    /// Its lot.
    pub lot: LotId,
    /// The unit; none where the books of a lot differ.
    pub unit: Option<UnitId>,
    /// Packs, where it is known how many.
    pub packs: Option<u64>,
    /// Who did it.
    pub who: Option<Address>,
    /// Who has it from there, where somebody has.
    pub to: Option<Address>,
    /// The transaction.
    pub transaction: Option<B256>,
}

/// The book of each lot, and what is to be explained, in the order in which it happened. `room` is the address of `Pharmacy`.
pub fn reconcile(
    history: &History,
    pharmacy: Address,
    room: Address,
    stocks: &BTreeMap<LotId, Stock>,
) -> (BTreeMap<LotId, Book>, Vec<Difference>) {
    let mut books: BTreeMap<LotId, Book> = BTreeMap::new();
    let suppliers = suppliers(history, pharmacy);
    let mut differences = Vec::new();
    for (place, told) in history.told.iter().enumerate() {
        enter(books.entry(told.unit.lot()).or_default(), told, pharmacy, room);
        differences.extend(difference(history, place, pharmacy, room, &suppliers));
    }
    for (lot, packs) in &history.brought_back {
        books.entry(*lot).or_default().brought_back = *packs;
    }
    for (lot, stock) in stocks {
        let book = books.entry(*lot).or_default();
        book.stock = stock.stock;
        let counted = [book.received, book.sold + book.beside, book.returned, book.destroyed, stock.stock];
        if counted != [stock.received, stock.sold, stock.returned, stock.destroyed, stock.stock] {
            let kind = DifferenceKind::Books;
            differences.push(Difference {
                kind,
                lot: *lot,
                unit: None,
                packs: None,
                who: None,
                to: None,
                transaction: None,
            });
        }
    }
    (books, differences)
}

/// Who delivered which lot.
fn suppliers(history: &History, pharmacy: Address) -> BTreeSet<(LotId, Address)> {
    let deliveries = history.told.iter().filter_map(|told| match told.what {
        Happening::Received { from, to, .. } if to == pharmacy => Some((told.unit.lot(), from)),
        _ => None,
    });
    deliveries.collect()
}

fn enter(book: &mut Book, told: &Told, pharmacy: Address, room: Address) {
    match told.what {
        Happening::Received { to, packs, .. } if to == pharmacy => book.received += packs,
        Happening::Received { from, packs, .. } if from == pharmacy => book.returned += packs,
        Happening::Dispensed { holder, by, packs } if holder == pharmacy && by == room => book.sold += packs,
        Happening::Dispensed { holder, packs, .. } if holder == pharmacy => book.beside += packs,
        Happening::Destroyed { holder, packs } if holder == pharmacy => book.destroyed += packs,
        _ => {}
    }
}

/// What is to be explained in this happening.
fn difference(
    history: &History,
    place: usize,
    pharmacy: Address,
    room: Address,
    suppliers: &BTreeSet<(LotId, Address)>,
) -> Option<Difference> {
    let told = history.told.get(place)?;
    let lot = told.unit.lot();
    let (kind, packs, who, to) = match told.what {
        Happening::Dispensed { holder, by, packs } if holder == pharmacy && by != room => {
            (DifferenceKind::DispensedBeside, Some(packs), by, None)
        }
        Happening::Received { from, to, packs } if from == pharmacy && !suppliers.contains(&(lot, to)) => {
            (DifferenceKind::PassedOn, Some(packs), from, Some(to))
        }
        Happening::CalledBack { from, to } if to == pharmacy => match fate(history, place, pharmacy) {
            Fate::Came => return None,
            Fate::WentTo(other, packs) => (DifferenceKind::ReceivedElsewhere, Some(packs), from, Some(other)),
            Fate::Unknown => (DifferenceKind::CalledBack, None, from, None),
        },
        _ => return None,
    };
    let transaction = Some(told.transaction);
    Some(Difference { kind, lot, unit: Some(told.unit), packs, who: Some(who), to, transaction })
}

/// What became of a unit that was called back.
enum Fate {
    Came,
    WentTo(Address, u64),
    Unknown,
}

fn fate(history: &History, place: usize, pharmacy: Address) -> Fate {
    let unit = history.told.get(place).map(|told| told.unit);
    let later = history.told.iter().skip(place + 1).filter(|told| Some(told.unit) == unit);
    for told in later {
        match told.what {
            Happening::Received { to, .. } if to == pharmacy => return Fate::Came,
            Happening::Received { to, packs, .. } => return Fate::WentTo(to, packs),
            // Called back once more: told there.
            Happening::CalledBack { to, .. } if to == pharmacy => return Fate::Came,
            _ => {}
        }
    }
    Fate::Unknown
}

#[cfg(test)]
mod tests {
    use alloy::primitives::B256;

    use super::*;

    const PHARMACY: Address = Address::repeat_byte(1);
    const WHOLESALER: Address = Address::repeat_byte(2);
    const STRANGER: Address = Address::repeat_byte(3);
    const ROOM: Address = Address::repeat_byte(4);

    fn unit(number: u8) -> UnitId {
        UnitId(B256::with_last_byte(number))
    }

    fn history(told: Vec<(u8, Happening)>) -> History {
        let told = told.into_iter().zip(0..).map(|((number, what), place)| Told {
            unit: unit(number),
            what,
            transaction: B256::with_last_byte(place),
            block: place.into(),
        });
        History { told: told.collect(), ..History::default() }
    }

    fn received(from: Address, to: Address, packs: u64) -> Happening {
        Happening::Received { from, to, packs }
    }

    fn kinds(told: Vec<(u8, Happening)>) -> Vec<DifferenceKind> {
        let (_, differences) = reconcile(&history(told), PHARMACY, ROOM, &BTreeMap::new());
        differences.iter().map(|difference| difference.kind).collect()
    }

    #[test]
    fn what_is_sold_in_the_room_and_returned_to_its_supplier_needs_no_explanation() {
        let told = vec![
            (1, received(WHOLESALER, PHARMACY, 20)),
            (2, received(WHOLESALER, PHARMACY, 20)),
            (1, Happening::Dispensed { holder: PHARMACY, by: ROOM, packs: 3 }),
            (1, Happening::Dispensed { holder: PHARMACY, by: ROOM, packs: 2 }),
            (1, Happening::Destroyed { holder: PHARMACY, packs: 1 }),
            (2, received(PHARMACY, WHOLESALER, 20)),
        ];
        let stock = Stock { received: 40, sold: 5, returned: 20, destroyed: 1, stock: 14 };
        let stocks = BTreeMap::from([(unit(1).lot(), stock)]);
        let (books, differences) = reconcile(&history(told.clone()), PHARMACY, ROOM, &stocks);
        assert_eq!(differences, []);
        let book = Book { received: 40, sold: 5, returned: 20, destroyed: 1, stock: 14, ..Book::default() };
        assert_eq!(books[&unit(1).lot()], book);
        // A chain that counts otherwise is noticed: 2 instead of 3 + 2.
        let stocks = BTreeMap::from([(unit(1).lot(), Stock { sold: 2, ..stock })]);
        let (_, differences) = reconcile(&history(told), PHARMACY, ROOM, &stocks);
        assert_eq!(differences[0].kind, DifferenceKind::Books);
    }

    #[test]
    fn packs_dispensed_beside_the_room_are_named_with_who_did_it() {
        let told = vec![
            (1, received(WHOLESALER, PHARMACY, 20)),
            (1, Happening::Dispensed { holder: PHARMACY, by: STRANGER, packs: 4 }),
        ];
        let (books, differences) = reconcile(&history(told), PHARMACY, ROOM, &BTreeMap::new());
        assert_eq!((books[&unit(1).lot()].sold, books[&unit(1).lot()].beside), (0, 4));
        let [found] = differences.as_slice() else { panic!("{differences:?}") };
        assert_eq!((found.kind, found.packs, found.who), (DifferenceKind::DispensedBeside, Some(4), Some(STRANGER)));
        assert_eq!(found.transaction, Some(B256::with_last_byte(1)));
    }

    #[test]
    fn a_case_that_was_diverted_is_found() {
        let shipped = Happening::Shipped { from: WHOLESALER, to: PHARMACY };
        let back = Happening::CalledBack { from: WHOLESALER, to: PHARMACY };
        let elsewhere = vec![(1, shipped.clone()), (1, back.clone()), (1, received(WHOLESALER, STRANGER, 20))];
        let (_, differences) = reconcile(&history(elsewhere), PHARMACY, ROOM, &BTreeMap::new());
        let [found] = differences.as_slice() else { panic!("{differences:?}") };
        assert_eq!((found.kind, found.to), (DifferenceKind::ReceivedElsewhere, Some(STRANGER)));
        assert_eq!(kinds(vec![(1, shipped.clone()), (1, back.clone())]), [DifferenceKind::CalledBack]);
        // Sent again and received: nothing is missing. Nor is what the pharmacy itself refused.
        let again =
            vec![(1, shipped.clone()), (1, back), (1, shipped.clone()), (1, received(WHOLESALER, PHARMACY, 20))];
        assert_eq!(kinds(again), []);
        let refused = Happening::Rejected { from: WHOLESALER, to: PHARMACY };
        assert_eq!(kinds(vec![(1, shipped), (1, refused), (1, received(WHOLESALER, STRANGER, 20))]), []);
        // Passed on to somebody who is no supplier.
        let passed = vec![(1, received(WHOLESALER, PHARMACY, 20)), (1, received(PHARMACY, STRANGER, 20))];
        assert_eq!(kinds(passed), [DifferenceKind::PassedOn]);
    }
}
