//! `Pharmacy` as its interface describes it: prescriptions with all their fills, and the reasons why a sale is refused.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, aliases::U40};
use theriac_bindings::pharmacy::Pharmacy as abi;
use theriac_core::ids::{LotId, ModelId};

use super::units::{Fate, Model as Units};
use crate::harness::Faults;
use crate::people::{PHARMACIST, PHARMACY, PRACTITIONER, REGULATOR};

type Verdict = Result<(), Faults>;

// Products and reasons as the interfaces count them.
pub(crate) const DEVICE: u8 = 0;
pub(crate) const OVER_THE_COUNTER: u8 = 2;
pub(crate) const CONTROLLED: u8 = 3;
const NOT_AVAILABLE: u8 = 2;
const ASK_PRACTITIONER: u8 = 1;

/// Why a sale is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    NotPharmacist = 1,
    NotEmployed,
    NotPharmacy,
    LotNotRegistered,
    NotInLot,
    Recalled,
    Expired,
    Quarantined,
    NotMedicine = 14,
    PrescriptionMissing,
    PrescriptionUnknown,
    Cancelled,
    NotYetValid,
    Past,
    TooEarly,
    BeyondQuantity,
    Spent,
    WrongCollector,
    NotCountersigned,
    OtherProduct,
    RoomNotApproved,
}

/// A prescription that somebody issued or cancelled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prescribed {
    pub(crate) issued: bool,
    pub(crate) cancelled: bool,
    pub(crate) sales: u32,
    pub(crate) fills: Vec<Fill>,
    substitutes: BTreeSet<ModelId>,
}

/// What was sold of one fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fill {
    pub(crate) started_at: u64,
    pub(crate) sold: u32,
}

/// A sale as somebody attempts it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) pharmacist: Address,
    pub(crate) sale: abi::Sale,
    /// The prescription's id; none over the counter.
    pub(crate) id: Option<B256>,
    /// Whether the packs stand in the lot as they are named.
    pub(crate) proven: bool,
    /// Whose key signed for the packs, this pharmacy and this number of a sale.
    pub(crate) collector: (Address, u32),
    /// Who signed as the second pharmacist, for which number of a sale.
    pub(crate) second: Option<(Address, u32)>,
}

impl Attempt {
    pub(crate) fn indices(&self) -> Vec<u32> {
        self.sale.proven.packs.iter().map(|pack| pack.index).collect()
    }

    fn lot(&self) -> LotId {
        theriac_core::ids::UnitId(self.sale.unit).lot()
    }
}

/// Prescriptions and staff, over the units.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) room: Address,
    pub(crate) units: Units,
    /// Products that are known, with their kind.
    pub(crate) products: BTreeMap<ModelId, u8>,
    pub(crate) prescriptions: BTreeMap<B256, Prescribed>,
    pub(crate) employed: BTreeMap<(Address, Address), u64>,
}

impl Model {
    fn is_practitioner(&self, account: Address) -> bool {
        self.units.people.is_active_as(account, PRACTITIONER)
    }

    fn is_pharmacy(&self, account: Address) -> bool {
        self.units.people.is_active_as(account, PHARMACY)
    }

    pub(crate) fn set_pharmacist(&mut self, caller: Address, pharmacist: Address, until: u64) -> Verdict {
        let mut faults = Faults::default();
        let wrong = until != 0 && !self.is_pharmacy(caller);
        faults.when(wrong, abi::Pharmacy_NotPharmacy { account: caller });
        faults.none()?;
        self.employed.insert((caller, pharmacist), until);
        Ok(())
    }

    pub(crate) fn prescribe(&mut self, caller: Address, id: B256, terms: &abi::Prescription) -> Verdict {
        let mut faults = Faults::default();
        let foreign = caller != terms.practitioner;
        faults.when(foreign, abi::Pharmacy_NotEntitled { id, account: caller });
        self.issue(faults, id, terms)
    }

    pub(crate) fn submit(&mut self, signed_by: Address, id: B256, terms: &abi::Prescription) -> Verdict {
        let mut faults = Faults::default();
        let practitioner = terms.practitioner;
        faults.when(signed_by != practitioner, abi::Pharmacy_WrongSignature { id, practitioner });
        self.issue(faults, id, terms)
    }

    fn issue(&mut self, mut faults: Faults, id: B256, terms: &abi::Prescription) -> Verdict {
        let account = terms.practitioner;
        faults.when(!self.is_practitioner(account), abi::Pharmacy_NotPractitioner { account });
        let product = self.products.get(&ModelId(terms.model)).copied();
        let (from, until): (u64, u64) = (terms.validFrom.to(), terms.validUntil.to());
        let well_formed = !terms.patient.is_zero()
            && terms.quantity > 0
            && product.is_some_and(|product| product != DEVICE)
            && from <= until
            && until >= self.units.now
            && (terms.repeats == 0 || terms.interval > 0);
        faults.when(!well_formed, abi::Pharmacy_BadPrescription { id });
        let known = self.prescriptions.get(&id).cloned().unwrap_or_default();
        faults.when(known.issued, abi::Pharmacy_AlreadyIssued { id });
        faults.when(known.cancelled, abi::Pharmacy_Cancelled { id });
        faults.none()?;
        self.prescriptions.insert(id, Prescribed { issued: true, ..known });
        Ok(())
    }

    pub(crate) fn cancel(&mut self, caller: Address, id: B256, terms: &abi::Prescription) -> Verdict {
        let mut faults = Faults::default();
        let may = caller == terms.practitioner || self.units.people.is_active_as(caller, REGULATOR);
        faults.when(!may, abi::Pharmacy_NotEntitled { id, account: caller });
        let cancelled = self.prescriptions.get(&id).is_some_and(|known| known.cancelled);
        faults.when(cancelled, abi::Pharmacy_Cancelled { id });
        faults.none()?;
        self.prescriptions.entry(id).or_default().cancelled = true;
        Ok(())
    }

    pub(crate) fn substitute(
        &mut self,
        caller: Address,
        id: B256,
        terms: &abi::Prescription,
        model: ModelId,
    ) -> Verdict {
        let mut faults = Faults::default();
        let account = terms.practitioner;
        faults.when(caller != account, abi::Pharmacy_NotEntitled { id, account: caller });
        faults.when(!self.is_practitioner(account), abi::Pharmacy_NotPractitioner { account });
        let known = self.prescriptions.get(&id).cloned().unwrap_or_default();
        faults.when(known.cancelled, abi::Pharmacy_Cancelled { id });
        let medicine = self.products.get(&model).is_some_and(|product| *product != DEVICE);
        let nothing = !medicine || model.0 == terms.model || known.substitutes.contains(&model);
        faults.when(nothing, abi::Pharmacy_NothingToApprove { id, model: model.0 });
        faults.none()?;
        self.prescriptions.entry(id).or_insert(known).substitutes.insert(model);
        Ok(())
    }

    pub(crate) fn is_substitute(&self, id: B256, model: ModelId) -> bool {
        self.prescriptions.get(&id).is_some_and(|known| known.substitutes.contains(&model))
    }

    pub(crate) fn sell(&mut self, attempt: &Attempt) -> Verdict {
        let (sale, indices) = (&attempt.sale, attempt.indices());
        let unit = theriac_core::ids::UnitId(sale.unit);
        let mut faults = Faults::default();
        for (reason, about) in self.reasons(attempt) {
            faults.when(true, refused(reason, about));
        }
        faults.join(self.units.dispense_faults(self.room, sale.pharmacy, unit, &indices));
        faults.none()?;
        self.units.dispense(self.room, sale.pharmacy, unit, &indices)?;
        if let Some(id) = attempt.id {
            self.fill(id, &sale.prescription, u32::try_from(indices.len()).unwrap());
        }
        Ok(())
    }

    fn fill(&mut self, id: B256, terms: &abi::Prescription, packs: u32) {
        let now = self.units.now;
        let known = self.prescriptions.get_mut(&id).unwrap();
        known.sales += 1;
        match known.fills.last_mut().filter(|fill| fill.sold < terms.quantity) {
            Some(fill) => fill.sold += packs,
            None => known.fills.push(Fill { started_at: now, sold: packs }),
        }
    }

    /// All that the room itself has against the sale.
    fn reasons(&self, attempt: &Attempt) -> Vec<(Reason, B256)> {
        let mut found = self.staff_reasons(attempt.sale.pharmacy, attempt.pharmacist);
        let lot = subject(attempt.lot());
        let Some(known) = self.units.lots.get(&attempt.lot()) else {
            found.push((Reason::LotNotRegistered, lot));
            return found;
        };
        if attempt.sale.proven.packs.is_empty() || !attempt.proven {
            found.push((Reason::NotInLot, lot));
        }
        let of_lot = [
            (Reason::NotMedicine, known.product == DEVICE),
            (Reason::Recalled, known.recalled),
            (Reason::Expired, known.expires_at != 0 && self.units.now > known.expires_at),
        ];
        found.extend(of_lot.iter().filter(|(_, is)| *is).map(|(reason, _)| (*reason, lot)));
        for index in attempt.indices() {
            let Some(pack) = known.packs.get(index as usize) else { continue };
            found.extend(pack.recalled.then_some((Reason::Recalled, pack.item.0)));
            found.extend(pack.quarantined.then_some((Reason::Quarantined, pack.item.0)));
        }
        match attempt.id {
            Some(id) => self.prescription_reasons(attempt, id, &mut found),
            None if known.product != OVER_THE_COUNTER => found.push((Reason::PrescriptionMissing, lot)),
            None => {}
        }
        found
    }

    fn staff_reasons(&self, pharmacy: Address, pharmacist: Address) -> Vec<(Reason, B256)> {
        let until = self.employed.get(&(pharmacy, pharmacist)).copied().unwrap_or_default();
        let reasons = [
            (Reason::NotEmployed, until < self.units.now, pharmacist),
            (Reason::NotPharmacist, !self.units.people.is_active_as(pharmacist, PHARMACIST), pharmacist),
            (Reason::NotPharmacy, !self.is_pharmacy(pharmacy), pharmacy),
        ];
        reasons.iter().filter(|(_, is, _)| *is).map(|(reason, _, account)| (*reason, account.into_word())).collect()
    }

    fn prescription_reasons(&self, attempt: &Attempt, id: B256, found: &mut Vec<(Reason, B256)>) {
        let terms = &attempt.sale.prescription;
        let known = self.prescriptions.get(&id).cloned().unwrap_or_default();
        let now = self.units.now;
        let (from, until): (u64, u64) = (terms.validFrom.to(), terms.validUntil.to());
        let lot = &self.units.lots[&attempt.lot()];
        let other = lot.model.0 != terms.model && !known.substitutes.contains(&lot.model);
        let reasons = [
            (Reason::Cancelled, known.cancelled, id),
            (Reason::PrescriptionUnknown, !known.issued, id),
            (Reason::NotYetValid, now < from, word(from)),
            (Reason::Past, now > until, word(until)),
            (Reason::OtherProduct, other, subject(lot.id)),
            (Reason::WrongCollector, attempt.collector != (terms.patient, known.sales), B256::ZERO),
        ];
        found.extend(reasons.iter().filter(|(_, is, _)| *is).map(|(reason, _, about)| (*reason, *about)));
        self.fill_reasons(attempt, id, &known, found);
        if lot.product == CONTROLLED {
            let second = attempt.second.map_or(Address::ZERO, |(second, _)| second);
            let signed = attempt.second == Some((second, known.sales)) && second != attempt.pharmacist;
            let works_here = self.staff_reasons(attempt.sale.pharmacy, second).is_empty();
            if !signed || !works_here {
                found.push((Reason::NotCountersigned, second.into_word()));
            }
        }
    }

    fn fill_reasons(&self, attempt: &Attempt, id: B256, known: &Prescribed, found: &mut Vec<(Reason, B256)>) {
        let terms = &attempt.sale.prescription;
        let wanted = attempt.sale.proven.packs.len() as u64;
        let mut left = u64::from(terms.quantity);
        match known.fills.last() {
            Some(fill) if fill.sold < terms.quantity => left -= u64::from(fill.sold),
            Some(fill) => {
                let due = fill.started_at + u64::from(terms.interval);
                found.extend((self.units.now < due).then_some((Reason::TooEarly, word(due))));
                let spent = known.fills.len() > usize::from(terms.repeats);
                found.extend(spent.then_some((Reason::Spent, id)));
            }
            None => {}
        }
        found.extend((wanted > left).then_some((Reason::BeyondQuantity, word(left))));
    }

    pub(crate) fn destroy_returned(&mut self, caller: Address, lot: LotId, index: u32, proven: bool) -> Verdict {
        let mut faults = Faults::default();
        faults.when(!self.is_pharmacy(caller), abi::Pharmacy_NotPharmacy { account: caller });
        let pack = self.units.lots.get_mut(&lot).and_then(|lot| lot.packs.get_mut(index as usize));
        let fit = pack.as_ref().is_some_and(|pack| pack.fate == Fate::Dispensed && !pack.return_destroyed);
        faults.when(!fit || !proven, abi::Pharmacy_NotReturnable { lot: lot.0, index });
        faults.none()?;
        if let Some(pack) = pack {
            pack.return_destroyed = true;
        }
        Ok(())
    }

    pub(crate) fn progress(&self, id: B256, number: u32) -> abi::Progress {
        let known = self.prescriptions.get(&id).cloned().unwrap_or_default();
        let last = known.fills.last().copied().unwrap_or(Fill { started_at: 0, sold: 0 });
        abi::Progress {
            fillStartedAt: U40::from(last.started_at),
            fillSold: last.sold,
            fills: u32::try_from(known.fills.len()).unwrap(),
            sales: known.sales,
            modelNumber: if known.issued { number } else { 0 },
            cancelled: known.cancelled,
        }
    }
}

/// The error of a sale that is refused.
pub(crate) fn refused(reason: Reason, about: B256) -> abi::Pharmacy_Refused {
    let outcome = if reason == Reason::OtherProduct { ASK_PRACTITIONER } else { NOT_AVAILABLE };
    abi::Pharmacy_Refused { answer: abi::Answer { outcome, reason: reason as u8, about } }
}

fn subject(lot: LotId) -> B256 {
    B256::right_padding_from(lot.0.as_slice())
}

fn word(number: u64) -> B256 {
    B256::from(alloy::primitives::U256::from(number))
}
