//! Resources that this project makes: vital signs, flags, provenance and audit events, complete as R4 wants them.
//!
//! Times are taken as they are to be written: `2026-06-30T09:30:00+02:00`.

use super::json::Decimal;
use super::model::{
    AuditEvent, AuditEventAgent, AuditEventEntity, AuditEventSource, CodeableConcept, Coding, Extension, Flag, Meta,
    Observation, ObservationComponent, Period, Provenance, ProvenanceAgent, ProvenanceEntity, Quantity, Reference,
    Value,
};
use super::pocd::{Profile, mdc};

const LOINC: &str = "http://loinc.org";

/// What the vital signs of a patient have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VitalSign {
    /// The logical id, where the sender gives it.
    pub id: Option<String>,
    /// The patient, as `Patient/7`.
    pub patient: String,
    /// When it was measured.
    pub at: String,
    /// The metric that measured it, as `DeviceMetric/7`: then the observation follows the Point-of-Care Device guide,
    /// too.
    pub metric: Option<String>,
}

impl VitalSign {
    /// Heart rate in beats per minute (LOINC 8867-4).
    pub fn heart_rate(&self, per_minute: Decimal) -> Observation {
        let code = coded("8867-4", "Heart rate", "147842");
        let value = Value::Quantity(Quantity::ucum(per_minute, "beats/minute", "/min"));
        Observation { value, ..self.observation(code, Profile::HeartRate, Profile::NumericObservation) }
    }

    /// Respiratory rate in breaths per minute (LOINC 9279-1).
    pub fn respiratory_rate(&self, per_minute: Decimal) -> Observation {
        let code = coded("9279-1", "Respiratory rate", "151562");
        let value = Value::Quantity(Quantity::ucum(per_minute, "breaths/minute", "/min"));
        Observation { value, ..self.observation(code, Profile::RespiratoryRate, Profile::NumericObservation) }
    }

    /// Systolic and diastolic pressure of blood in mmHg (LOINC 85354-9 with 8480-6 and 8462-4).
    pub fn blood_pressure(&self, systolic: Decimal, diastolic: Decimal) -> Observation {
        let code = coded("85354-9", "Blood pressure panel with all children optional", "150020");
        let part = |loinc, display, mdc, value| ObservationComponent {
            code: Some(coded(loinc, display, mdc)),
            value: Value::Quantity(Quantity::ucum(value, "mmHg", "mm[Hg]")),
            ..ObservationComponent::default()
        };
        let component = vec![
            part("8480-6", "Systolic blood pressure", "150021", systolic),
            part("8462-4", "Diastolic blood pressure", "150022", diastolic),
        ];
        Observation { component, ..self.observation(code, Profile::BloodPressure, Profile::CompoundNumericObservation) }
    }

    fn observation(&self, code: CodeableConcept, vital: Profile, of_device: Profile) -> Observation {
        let mut meta = Meta::of_profile(vital);
        meta.profile.extend(self.metric.iter().map(|_| of_device.url().to_owned()));
        let category =
            Coding::new("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs");
        Observation {
            id: self.id.clone(),
            meta: Some(meta),
            status: Some("final".to_owned()),
            category: vec![category.into()],
            code: Some(code),
            subject: Some(Reference::to(&self.patient)),
            effective: Value::DateTime(self.at.clone()),
            device: self.metric.as_deref().map(Reference::to),
            ..Observation::default()
        }
    }
}

/// A code of LOINC with the code of MDC for the same.
fn coded(loinc: &str, display: &str, code: &str) -> CodeableConcept {
    let name = mdc::known(code).unwrap_or_default();
    CodeableConcept {
        coding: vec![Coding::new(LOINC, loinc, display), Coding::new(mdc::SYSTEM, code, name)],
        ..CodeableConcept::default()
    }
}

/// A warning that those who work with a patient, or in a place or organisation, are to see from a time on. R4 lets no
/// device be the subject of a flag; what it is about, as `Device/7`, stands in HL7's extension for the details of a
/// flag.
pub fn safety_flag(subject: &str, about: Option<&str>, warning: &str, from: &str, author: Option<&str>) -> Flag {
    let category = Coding::new("http://terminology.hl7.org/CodeSystem/flag-category", "safety", "Safety");
    let detail = |about| Extension {
        url: Some("http://hl7.org/fhir/StructureDefinition/flag-detail".to_owned()),
        value: Value::Reference(Reference::to(about)),
        ..Extension::default()
    };
    Flag {
        extension: about.map(detail).into_iter().collect(),
        status: Some("active".to_owned()),
        category: vec![category.into()],
        code: Some(CodeableConcept { text: Some(warning.to_owned()), ..CodeableConcept::default() }),
        subject: Some(Reference::to(subject)),
        period: Some(Period { start: Some(from.to_owned()), ..Period::default() }),
        author: author.map(Reference::to),
        ..Flag::default()
    }
}

/// That `author` made a version of `target` from `sources`, recorded at a time with its zone.
pub fn provenance(target: &str, author: &str, recorded: &str, sources: &[&str]) -> Provenance {
    let role = Coding::new("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author", "Author");
    let agent =
        ProvenanceAgent { kind: Some(role.into()), who: Some(Reference::to(author)), ..ProvenanceAgent::default() };
    let entity = |source: &&str| ProvenanceEntity {
        role: Some("source".to_owned()),
        what: Some(Reference::to(*source)),
        ..ProvenanceEntity::default()
    };
    Provenance {
        target: vec![Reference::to(target)],
        recorded: Some(recorded.to_owned()),
        agent: vec![agent],
        entity: sources.iter().map(entity).collect(),
        ..Provenance::default()
    }
}

/// What someone did with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Made something new.
    Create,
    /// Read.
    Read,
    /// Changed.
    Update,
    /// Deleted.
    Delete,
    /// Carried out.
    Execute,
}

impl AuditAction {
    fn code(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }
}

/// That `who` did something with `entity`, reported by `observer`, recorded at a time with its zone. What was refused
/// has a reason.
pub fn audit_event(
    action: AuditAction,
    who: &str,
    entity: &str,
    observer: &str,
    recorded: &str,
    refused: Option<&str>,
) -> AuditEvent {
    let agent = AuditEventAgent { who: Some(Reference::to(who)), requestor: Some(true), ..AuditEventAgent::default() };
    AuditEvent {
        kind: Some(Coding::new("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation")),
        action: Some(action.code().to_owned()),
        recorded: Some(recorded.to_owned()),
        outcome: Some(if refused.is_some() { "4" } else { "0" }.to_owned()),
        outcome_description: refused.map(str::to_owned),
        agent: vec![agent],
        source: Some(AuditEventSource { observer: Some(Reference::to(observer)), ..AuditEventSource::default() }),
        entity: vec![AuditEventEntity { what: Some(Reference::to(entity)), ..AuditEventEntity::default() }],
        ..AuditEvent::default()
    }
}
