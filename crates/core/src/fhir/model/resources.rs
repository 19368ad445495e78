//! Resources and their parts.

use super::*;

model! {
    /// A device, or a part of one.
    resource Device {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        extension "extension": Vec<Extension>,
        identifier "identifier": Vec<Identifier>,
        definition "definition": Option<Reference>,
        udi_carrier "udiCarrier": Vec<UdiCarrier>,
        status "status": Option<String>,
        status_reason "statusReason": Vec<CodeableConcept>,
        distinct_identifier "distinctIdentifier": Option<String>,
        manufacturer "manufacturer": Option<String>,
        manufacture_date "manufactureDate": Option<String>,
        expiration_date "expirationDate": Option<String>,
        lot_number "lotNumber": Option<String>,
        serial_number "serialNumber": Option<String>,
        device_name "deviceName": Vec<DeviceName>,
        model_number "modelNumber": Option<String>,
        part_number "partNumber": Option<String>,
        kind "type": Option<CodeableConcept>,
        patient "patient": Option<Reference>,
        owner "owner": Option<Reference>,
        contact "contact": Vec<ContactPoint>,
        location "location": Option<Reference>,
        note "note": Vec<Annotation>,
        safety "safety": Vec<CodeableConcept>,
        parent "parent": Option<Reference>,
    }

    /// A unique device identifier as it stands on a label.
    element UdiCarrier {
        device_identifier "deviceIdentifier": Option<String>,
        issuer "issuer": Option<String>,
        jurisdiction "jurisdiction": Option<String>,
        carrier_aidc "carrierAIDC": Option<String>,
        carrier_hrf "carrierHRF": Option<String>,
        entry_type "entryType": Option<String>,
    }

    /// A name of a device and who calls it so.
    element DeviceName {
        name "name": Option<String>,
        kind "type": Option<String>,
    }

    /// A model of devices.
    resource DeviceDefinition {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        extension "extension": Vec<Extension>,
        identifier "identifier": Vec<Identifier>,
        udi_device_identifier "udiDeviceIdentifier": Vec<UdiDeviceIdentifier>,
        manufacturer "manufacturer": Value,
        device_name "deviceName": Vec<DeviceName>,
        model_number "modelNumber": Option<String>,
        kind "type": Option<CodeableConcept>,
        version "version": Vec<String>,
        safety "safety": Vec<CodeableConcept>,
        note "note": Vec<Annotation>,
    }

    /// The identifier that a model has in a jurisdiction.
    element UdiDeviceIdentifier {
        device_identifier "deviceIdentifier": Option<String>,
        issuer "issuer": Option<String>,
        jurisdiction "jurisdiction": Option<String>,
    }

    /// Something that a device measures, reckons or is set to.
    resource DeviceMetric {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        extension "extension": Vec<Extension>,
        identifier "identifier": Vec<Identifier>,
        kind "type": Option<CodeableConcept>,
        unit "unit": Option<CodeableConcept>,
        source "source": Option<Reference>,
        parent "parent": Option<Reference>,
        operational_status "operationalStatus": Option<String>,
        color "color": Option<String>,
        category "category": Option<String>,
        calibration "calibration": Vec<MetricCalibration>,
    }

    /// A calibration of a metric.
    element MetricCalibration {
        kind "type": Option<String>,
        state "state": Option<String>,
        time "time": Option<String>,
    }

    /// Something that was measured.
    resource Observation {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        extension "extension": Vec<Extension>,
        identifier "identifier": Vec<Identifier>,
        status "status": Option<String>,
        category "category": Vec<CodeableConcept>,
        code "code": Option<CodeableConcept>,
        subject "subject": Option<Reference>,
        effective "effective": Value,
        issued "issued": Option<String>,
        performer "performer": Vec<Reference>,
        value "value": Value,
        data_absent_reason "dataAbsentReason": Option<CodeableConcept>,
        interpretation "interpretation": Vec<CodeableConcept>,
        note "note": Vec<Annotation>,
        device "device": Option<Reference>,
        component "component": Vec<ObservationComponent>,
    }

    /// A part of what was measured.
    element ObservationComponent {
        code "code": Option<CodeableConcept>,
        value "value": Value,
        data_absent_reason "dataAbsentReason": Option<CodeableConcept>,
        interpretation "interpretation": Vec<CodeableConcept>,
    }

    /// A patient.
    resource Patient {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        identifier "identifier": Vec<Identifier>,
        active "active": Option<bool>,
        name "name": Vec<HumanName>,
        gender "gender": Option<String>,
        birth_date "birthDate": Option<String>,
    }

    /// Someone who works in health care.
    resource Practitioner {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        identifier "identifier": Vec<Identifier>,
        active "active": Option<bool>,
        name "name": Vec<HumanName>,
    }

    /// A place.
    resource Location {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        identifier "identifier": Vec<Identifier>,
        status "status": Option<String>,
        name "name": Option<String>,
        mode "mode": Option<String>,
        kind "type": Vec<CodeableConcept>,
        physical_type "physicalType": Option<CodeableConcept>,
        part_of "partOf": Option<Reference>,
    }

    /// Who made or changed a resource, and from what.
    resource Provenance {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        target "target": Vec<Reference>,
        occurred "occurred": Value,
        recorded "recorded": Option<String>,
        policy "policy": Vec<String>,
        reason "reason": Vec<CodeableConcept>,
        activity "activity": Option<CodeableConcept>,
        agent "agent": Vec<ProvenanceAgent>,
        entity "entity": Vec<ProvenanceEntity>,
    }

    /// Someone who had a part in it.
    element ProvenanceAgent {
        kind "type": Option<CodeableConcept>,
        who "who": Option<Reference>,
        on_behalf_of "onBehalfOf": Option<Reference>,
    }

    /// What it was made from.
    element ProvenanceEntity {
        role "role": Option<String>,
        what "what": Option<Reference>,
    }

    /// That someone did something with data.
    resource AuditEvent {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        kind "type": Option<Coding>,
        subtype "subtype": Vec<Coding>,
        action "action": Option<String>,
        period "period": Option<Period>,
        recorded "recorded": Option<String>,
        outcome "outcome": Option<String>,
        outcome_description "outcomeDesc": Option<String>,
        purpose_of_event "purposeOfEvent": Vec<CodeableConcept>,
        agent "agent": Vec<AuditEventAgent>,
        source "source": Option<AuditEventSource>,
        entity "entity": Vec<AuditEventEntity>,
    }

    /// Someone who had a part in it.
    element AuditEventAgent {
        kind "type": Option<CodeableConcept>,
        who "who": Option<Reference>,
        name "name": Option<String>,
        requestor "requestor": Option<bool>,
    }

    /// Who reports it.
    element AuditEventSource {
        site "site": Option<String>,
        observer "observer": Option<Reference>,
        kind "type": Vec<Coding>,
    }

    /// The data that it was about.
    element AuditEventEntity {
        what "what": Option<Reference>,
        kind "type": Option<Coding>,
        role "role": Option<Coding>,
        name "name": Option<String>,
        description "description": Option<String>,
    }

    /// A warning that belongs to someone or something.
    resource Flag {
        id "id": Option<String>,
        meta "meta": Option<Meta>,
        extension "extension": Vec<Extension>,
        identifier "identifier": Vec<Identifier>,
        status "status": Option<String>,
        category "category": Vec<CodeableConcept>,
        code "code": Option<CodeableConcept>,
        subject "subject": Option<Reference>,
        period "period": Option<Period>,
        author "author": Option<Reference>,
    }
}
