//! Models and lots.

use theriac_bindings::catalog::Catalog;
use theriac_core::ids::{Agency, ModelId};
use theriac_sim::world::WorldError;

use crate::Figures;
use crate::scenario::{DEVICE, Scenario, digest, measured};

/// Another real DI of the same agency.
const OTHER_DI: &str = "00827002343146";

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.catalog;
    let (maker, regulator) = (scenario.maker, scenario.regulator);
    measured!(figures, "Catalog.registerModel", world, maker, room, scenario.register_model(OTHER_DI));
    let model = ModelId::new(Agency::Gs1, OTHER_DI).0;
    let approve = Catalog::approveModelCall { model, manufacturer: maker, digest: digest(), product: DEVICE };
    measured!(figures, "Catalog.approveModel", world, scenario.certifier, room, approve);
    measured!(figures, "Catalog.registerLot/1000000", world, maker, room, scenario.register_lot("B2"));
    let operator = Catalog::setOperatorCall { operator: scenario.distributor, approved: true };
    measured!(figures, "Catalog.setOperator", world, maker, room, operator);
    let lot = Catalog::strikeLotCall { lot: scenario.model.lot("B2").0, evidence: digest() };
    measured!(figures, "Catalog.strikeLot", world, regulator, room, lot);
    let struck = Catalog::strikeModelCall { model: scenario.model.0, evidence: digest() };
    measured!(figures, "Catalog.strikeModel", world, regulator, room, struck);
    Ok(())
}
