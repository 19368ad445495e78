//! What the chain keeps of a FHIR document.

use theriac_core::fhir::{DeviceStatus, Json, MdsState, PatientLink, Resource};

use super::MdsError;
use crate::rooms::DeviceState;

/// The state as the chain keeps it: no status is `unknown`, no counter is zero.
///
/// # Errors
/// A document without operating mode: there is none that could be supposed.
pub fn state_of(state: &MdsState) -> Result<DeviceState, MdsError> {
    Ok(DeviceState {
        status: state.status.unwrap_or(DeviceStatus::Unknown),
        reasons: state.status_reasons.clone(),
        mode: state.mode.ok_or(MdsError::NoMode)?,
        hours: state.hours.unwrap_or_default().into(),
        cycles: state.cycles.unwrap_or_default().into(),
    })
}

/// Whether somebody who reads the document learns of a patient. A salted commitment tells nothing.
pub fn names_a_patient(document: &Resource, state: &MdsState) -> bool {
    let linked = state.patient.as_ref().is_some_and(|link| !matches!(link, PatientLink::Commitment(_)));
    let contained = document.fields().list("contained").iter().filter_map(Json::as_object);
    linked || contained.into_iter().any(|inner| inner.text("resourceType") == Some("Patient"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(rest: &str) -> (Resource, MdsState) {
        let text = format!(r#"{{"resourceType":"Device"{rest}}}"#);
        let document = Resource::from_json(text.as_bytes()).unwrap();
        let state = MdsState::read(&document).unwrap();
        (document, state)
    }

    #[test]
    fn a_patient_is_named_by_reference_identifier_or_inside() {
        let named = |rest: &str| {
            let (document, state) = device(rest);
            names_a_patient(&document, &state)
        };
        assert!(named(r#","patient":{"reference":"Patient/7"}"#));
        assert!(named(r#","patient":{"identifier":{"value":"7"}}"#));
        assert!(named(r#","contained":[{"resourceType":"Patient","id":"p"}]"#));
        assert!(!named(r#","contained":[{"resourceType":"Location","id":"p"}]"#));
        let commitment = "00".repeat(32);
        let system = theriac_core::fhir::PATIENT_COMMITMENT;
        assert!(!named(&format!(r#","patient":{{"identifier":{{"system":"{system}","value":"{commitment}"}}}}"#)));
    }

    #[test]
    fn a_mode_is_never_supposed() {
        let (_, state) = device("");
        assert!(matches!(state_of(&state), Err(MdsError::NoMode)));
    }
}
