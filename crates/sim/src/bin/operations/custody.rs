//! Possession, quarantine, recall.

use theriac_bindings::custody::Custody;
use theriac_sim::world::WorldError;

use crate::Figures;
use crate::scenario::{Scenario, digest, measured, record_sum};

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    handshakes(scenario, figures)?;
    stops(scenario, figures)?;
    recalls(scenario, figures)
}

fn commission(scenario: &Scenario, index: u32) -> Result<Custody::commissionCall, WorldError> {
    Ok(Custody::commissionCall {
        item: scenario.item(index).0,
        index,
        tagKey: scenario.tag.address(),
        proof: scenario.proof(index)?,
        evidence: digest(),
    })
}

fn handshakes(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.custody;
    let (maker, distributor, hospital) = (scenario.maker, scenario.distributor, scenario.hospital);
    let item = scenario.item(7).0;
    let evidence = digest();
    let receive = Custody::receiveItemCall { item, evidence };

    measured!(figures, "Custody.commission/depth20", world, maker, room, commission(scenario, 7)?);
    measured!(figures, "Custody.ship/first", world, maker, room, Custody::shipCall { item, to: distributor, evidence });
    measured!(figures, "Custody.receiveItem/first", world, distributor, room, receive);
    let ship = world.send(distributor, room, &Custody::shipCall { item, to: hospital, evidence })?;
    let received = world.send(hospital, room, &receive)?;
    record_sum(figures, "Custody.shipReceive", &[ship, received]);
    world.send(hospital, room, &Custody::shipCall { item, to: distributor, evidence })?;
    measured!(figures, "Custody.reject", world, distributor, room, Custody::rejectCall { item, evidence });
    world.send(hospital, room, &Custody::shipCall { item, to: distributor, evidence })?;
    measured!(figures, "Custody.cancelShipment", world, hospital, room, Custody::cancelShipmentCall { item, evidence });
    measured!(figures, "Custody.decommission", world, hospital, room, Custody::decommissionCall { item, evidence });
    let operator = Custody::setOperatorCall { operator: distributor, approved: true };
    measured!(figures, "Custody.setOperator", world, hospital, room, operator);
    Ok(())
}

fn stops(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.custody;
    let maker = scenario.maker;
    let item = scenario.item(8).0;
    let evidence = digest();
    world.send(maker, room, &commission(scenario, 8)?)?;
    measured!(figures, "Custody.quarantine", world, maker, room, Custody::quarantineCall { item, evidence });
    let release = Custody::releaseCall { item, setBy: maker, evidence };
    measured!(figures, "Custody.release", world, maker, room, release);
    measured!(figures, "Custody.reportLost", world, maker, room, Custody::reportLostCall { item, loss: 1, evidence });
    let recover = Custody::recoverCall { item, setBy: maker, evidence };
    measured!(figures, "Custody.recover", world, maker, room, recover);
    Ok(())
}

fn recalls(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.custody;
    let (maker, regulator) = (scenario.maker, scenario.regulator);
    let notice = || Custody::Content { digest: digest(), codec: 0x55 };
    let evidence = digest();
    let model = Custody::recallModelCall { model: scenario.model.0, class: 0, notice: notice() };
    measured!(figures, "Custody.recallModel", world, regulator, room, model);
    let lot = Custody::recallLotCall { lot: scenario.lot.0, class: 1, notice: notice() };
    measured!(figures, "Custody.recallLot", world, maker, room, lot);
    let item = Custody::recallItemCall { item: scenario.item(9).0, class: 2, notice: notice() };
    measured!(figures, "Custody.recallItem", world, maker, room, item);
    let acknowledge = Custody::acknowledgeRecallCall { recallId: 2, evidence };
    measured!(figures, "Custody.acknowledgeRecall", world, scenario.hospital, room, acknowledge);
    let close = Custody::closeRecallCall { recallId: 2, evidence };
    measured!(figures, "Custody.closeRecall", world, maker, room, close);
    Ok(())
}
