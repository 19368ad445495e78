//! What befalls the rooms from outside of them: approvals, suspensions, recalls, quarantines, and time.

use theriac_bindings::custody::Custody;
use theriac_bindings::units::Units;
use theriac_core::ids::{LotId, UnitId};
use theriac_sim::world::WorldError;

use super::turns::{Act, Turn};
use super::{AUTHORITY, CHEMIST, EVIDENCE, MAKER, OTHER_CHEMIST, Stage, WHOLESALER};

impl Stage {
    pub(super) fn befall(&mut self, turn: &Turn, unit: UnitId) -> Result<(), WorldError> {
        match turn.act {
            Act::Operator => {
                // The pharmacy takes its approval of the room back, or gives it again.
                let (room, operator) = (self.world.rooms.units, self.world.rooms.pharmacy);
                let key = ([CHEMIST, OTHER_CHEMIST][turn.who % 2], operator);
                let approved = !self.model.units.operators.remove(&key);
                self.world.send(key.0, room, &Units::setOperatorCall { operator, approved })?;
                self.model.units.operators.extend(approved.then_some(key));
                Ok(())
            }
            Act::Suspend => {
                let keys = self.keys.clone();
                let everyone = [
                    MAKER,
                    WHOLESALER,
                    CHEMIST,
                    OTHER_CHEMIST,
                    keys.practitioners[0].address(),
                    keys.pharmacists[0].address(),
                ];
                let suspended = everyone.into_iter().find(|one| !self.model.units.people.is_active(*one));
                let one =
                    suspended.filter(|_| !turn.who.is_multiple_of(5)).unwrap_or(everyone[turn.who % everyone.len()]);
                self.model.units.people.turn(&mut self.world, one)
            }
            Act::Recall => self.recall_or_close(turn, unit.lot()),
            Act::Quarantine => self.quarantine_or_release(turn, unit.lot()),
            Act::Wait(seconds) => {
                self.world.wait(seconds);
                self.model.units.now = self.world.now();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Recalls a lot or one pack; or closes what was recalled first.
    fn recall_or_close(&mut self, turn: &Turn, lot: LotId) -> Result<(), WorldError> {
        let room = self.world.rooms.custody;
        let open = if turn.a % 5 < 3 { self.recalls.first().copied() } else { None };
        if let Some((recall_id, lot, index)) = open {
            self.recalls.remove(0);
            self.set_recalled(lot, index, false);
            let close = Custody::closeRecallCall { recallId: recall_id, evidence: EVIDENCE };
            return self.world.send(AUTHORITY, room, &close).map(|_| ());
        }
        let Some(known) = self.model.units.lots.get(&lot) else { return Ok(()) };
        let index = (!turn.who.is_multiple_of(3)).then_some(turn.b % known.packs.len() as u32);
        if self.recalls.iter().any(|(_, other, which)| *other == lot && *which == index) {
            return Ok(());
        }
        let notice = Custody::Content { digest: EVIDENCE, codec: 0x55 };
        let recall_id = match index {
            None => self.world.call(AUTHORITY, room, &Custody::recallLotCall { lot: lot.0, class: 1, notice })?,
            Some(index) => {
                let item = known.packs[index as usize].item.0;
                self.world.call(AUTHORITY, room, &Custody::recallItemCall { item, class: 1, notice })?
            }
        };
        self.recalls.push((recall_id, lot, index));
        self.set_recalled(lot, index, true);
        Ok(())
    }

    fn set_recalled(&mut self, lot: LotId, index: Option<u32>, recalled: bool) {
        let known = self.model.units.lots.get_mut(&lot).unwrap();
        match index {
            None => known.recalled = recalled,
            Some(index) => known.packs[index as usize].recalled = recalled,
        }
    }

    fn quarantine_or_release(&mut self, turn: &Turn, lot: LotId) -> Result<(), WorldError> {
        let room = self.world.rooms.custody;
        let Some(known) = self.model.units.lots.get_mut(&lot) else { return Ok(()) };
        let count = known.packs.len();
        let pack = &mut known.packs[turn.b as usize % count];
        pack.quarantined = !pack.quarantined;
        let (item, evidence) = (pack.item.0, EVIDENCE);
        if pack.quarantined {
            return self.world.send(AUTHORITY, room, &Custody::quarantineCall { item, evidence }).map(|_| ());
        }
        let release = Custody::releaseCall { item, setBy: AUTHORITY, evidence };
        self.world.send(AUTHORITY, room, &release).map(|_| ())
    }
}
