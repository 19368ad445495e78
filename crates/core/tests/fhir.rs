//! A monitor's document on its way: from the guide's XML to what is stored, changed by a gateway, sent as R5 and back.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot set up has failed, or says that it is skipped"
)]

use theriac_core::fhir::model::{Device, Observation, Typed, Value};
use theriac_core::fhir::{
    MdsState, OperatingMode, Profile, Resource, StatusReason, from_r5, from_xml, to_r5, to_xml, validate_as,
};

fn example(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("THERIAC_DATA") else {
        eprintln!("skipped: THERIAC_DATA is not set");
        return None;
    };
    Some(std::fs::read(std::path::Path::new(&folder).join("pocd/examples").join(name)).unwrap())
}

#[test]
fn a_monitor_goes_into_maintenance() {
    let Some(xml) = example("Device-PhysioMonitorMdsDevice.xml") else { return };
    let document = from_xml(&xml).unwrap();
    let stored = document.canonical();
    assert_eq!(Resource::from_json(&stored).unwrap().digest(), document.digest());

    let state = MdsState::read(&document).unwrap();
    assert_eq!((state.mode, state.hours, state.cycles), (Some(OperatingMode::Demonstration), Some(8760), Some(156)));
    let next = MdsState {
        mode: Some(OperatingMode::Maintenance),
        status_reasons: vec![StatusReason::Standby, StatusReason::NotReady],
        hours: Some(8860),
        ..state
    };
    let changed = next.write(&document).unwrap();
    assert_eq!(validate_as(&changed, Profile::MdsDevice), []);
    assert_ne!(changed.digest(), document.digest());
    assert_eq!(MdsState::read(&changed).unwrap(), next);

    let sent = to_r5(&changed).unwrap();
    assert_eq!(from_r5(&sent).unwrap().digest(), changed.digest());
    assert_eq!(MdsState::read(&from_r5(&sent).unwrap()).unwrap(), next);

    let device = Device::from_resource(changed.clone()).unwrap();
    assert_eq!(device.serial_number.as_deref(), Some("123456"));
    assert_eq!(device.into_resource().digest(), changed.digest());
    assert_eq!(from_xml(to_xml(&changed).unwrap().as_bytes()).unwrap().digest(), changed.digest());
}

#[test]
fn a_heart_rate_is_read() {
    let Some(xml) = example("Observation-HeartRateNumericObservation.xml") else { return };
    let observation = Observation::from_resource(from_xml(&xml).unwrap()).unwrap();
    let Value::Quantity(rate) = &observation.value else { panic!("{:?}", observation.value) };
    assert_eq!(rate.value.as_ref().unwrap().to_integer(), Some(60u32));
    assert_eq!(observation.effective, Value::DateTime("2021-07-09T11:33:24+02:00".to_owned()));
}
