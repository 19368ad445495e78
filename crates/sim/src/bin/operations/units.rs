//! Cases and pallets: a lot of 300,000 packs in three pallets.

use alloy::primitives::{Address, B256};
use theriac_bindings::units::Units;
use theriac_sim::world::WorldError;

use crate::Figures;
use crate::medicines::{Medicine, enrol, label};
use crate::scenario::{Scenario, digest, measured, record_sum};

/// Packs on a pallet.
const PALLET: u32 = 100_000;
const CASES: u32 = 10;
const DISTRIBUTOR: u32 = 1 << 4;

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut medicine = Medicine::held_in_units(scenario, 3 * PALLET)?;
    let commission = medicine.commission("all");
    medicine.unit = medicine.lot.unit(medicine.maker, label("all")).0;
    measured!(figures, "Units.commission", medicine.world, medicine.maker, medicine.world.rooms.units, commission);
    let pallet = with_pallets(scenario, &mut medicine)?;
    moves(scenario, medicine.clone(), pallet, figures)?;
    divisions(scenario, medicine, pallet, figures)
}

/// The distributor has a pallet; it and another wholesaler have had another one of the lot.
fn with_pallets(scenario: &Scenario, medicine: &mut Medicine) -> Result<B256, WorldError> {
    enrol(&mut medicine.world, scenario, &[(wholesaler(), DISTRIBUTOR)])?;
    let pallet = medicine.split(medicine.unit, PALLET, "pallet")?;
    let other = medicine.split(medicine.unit, PALLET, "other pallet")?;
    medicine.hand_over(other, medicine.maker, scenario.distributor)?;
    medicine.hand_over(other, scenario.distributor, wholesaler())?;
    medicine.hand_over(pallet, medicine.maker, scenario.distributor)?;
    Ok(pallet)
}

fn moves(scenario: &Scenario, mut medicine: Medicine, unit: B256, figures: &mut Figures) -> Result<(), WorldError> {
    let (room, evidence) = (medicine.world.rooms.units, digest());
    let ship = Units::shipCall { unit, to: wholesaler(), evidence };
    let shipped = medicine.world.send(scenario.distributor, room, &ship)?;
    let receive = medicine.receiving(unit)?;
    let received = medicine.world.send(wholesaler(), room, &receive)?;
    record_sum(figures, "Custody.shipReceive/pallet", &[shipped, received]);
    Ok(())
}

fn divisions(scenario: &Scenario, mut medicine: Medicine, unit: B256, figures: &mut Figures) -> Result<(), WorldError> {
    let (holder, room, evidence) = (scenario.distributor, medicine.world.rooms.units, digest());
    let mut world = medicine.world.clone();
    let split = Units::splitCall { unit, count: 48, label: label("case"), evidence };
    measured!(figures, "Units.split", world, holder, room, split);

    let labels: Vec<B256> = (0..CASES).map(|case| label(&format!("case {case}"))).collect();
    let cases = labels.iter().map(|label| medicine.lot.unit(holder, *label).0).collect();
    let unpack = Units::unpackCall { unit, counts: vec![PALLET / CASES; CASES as usize], labels, evidence };
    measured!(figures, "Units.unpack/10", medicine.world, holder, room, unpack);
    let pack = Units::packCall { parts: cases, label: label("pallet again"), evidence };
    measured!(figures, "Units.pack/10", medicine.world, holder, room, pack);
    Ok(())
}

fn wholesaler() -> Address {
    Address::repeat_byte(0x17)
}
