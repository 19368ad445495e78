//! The resources of R4 (4.0.1) that are read, written and checked here, each with its own parts behind it.

use super::codes::*;
use super::types::*;
use super::*;

/// Every resource of this module.
pub(super) static ALL: &[&Type] = &[
    &Device,
    &DeviceDefinition,
    &DeviceMetric,
    &Observation,
    &Patient,
    &Practitioner,
    &Location,
    &Provenance,
    &AuditEvent,
    &Flag,
    &Organization,
    &Bundle,
    &OperationOutcome,
    &Appointment,
    &Slot,
    &Schedule,
    &Consent,
    &Medication,
    &MedicationRequest,
    &MedicationDispense,
];

schema! {
    resource Device {
        identifier: * Identifier; definition: ? Reference -> DeviceDefinition; udiCarrier: * DeviceUdiCarrier;
        status: ? code in DEVICE_STATUS; statusReason: * CodeableConcept; distinctIdentifier: ? string;
        manufacturer: ? string; manufactureDate: ? dateTime; expirationDate: ? dateTime; lotNumber: ? string;
        serialNumber: ? string; deviceName: * DeviceDeviceName; modelNumber: ? string; partNumber: ? string;
        type: ? CodeableConcept; specialization: * DeviceSpecialization; version: * DeviceVersion;
        property: * DeviceProperty; patient: ? Reference -> Patient; owner: ? Reference -> Organization;
        contact: * ContactPoint; location: ? Reference -> Location; url: ? uri; note: * Annotation;
        safety: * CodeableConcept; parent: ? Reference -> Device;
    }
    backbone DeviceUdiCarrier {
        deviceIdentifier: ? string; issuer: ? uri; jurisdiction: ? uri; carrierAIDC: ? base64Binary;
        carrierHRF: ? string; entryType: ? code in UDI_ENTRY_TYPE;
    }
    backbone DeviceDeviceName { name: 1 string; type: 1 code in DEVICE_NAMETYPE; }
    backbone DeviceSpecialization { systemType: 1 CodeableConcept; version: ? string; }
    backbone DeviceVersion { type: ? CodeableConcept; component: ? Identifier; value: 1 string; }
    backbone DeviceProperty { type: 1 CodeableConcept; valueQuantity: * Quantity; valueCode: * CodeableConcept; }
    resource DeviceDefinition {
        identifier: * Identifier; udiDeviceIdentifier: * DeviceDefinitionUdiDeviceIdentifier;
        manufacturer: ? [string Reference] -> Organization; deviceName: * DeviceDefinitionDeviceName;
        modelNumber: ? string; type: ? CodeableConcept; specialization: * DeviceDefinitionSpecialization;
        version: * string; safety: * CodeableConcept; shelfLifeStorage: * ProductShelfLife;
        physicalCharacteristics: ? ProdCharacteristic; languageCode: * CodeableConcept;
        capability: * DeviceDefinitionCapability; property: * DeviceDefinitionProperty;
        owner: ? Reference -> Organization; contact: * ContactPoint; url: ? uri; onlineInformation: ? uri;
        note: * Annotation; quantity: ? Quantity; parentDevice: ? Reference -> DeviceDefinition;
        material: * DeviceDefinitionMaterial;
    }
    backbone DeviceDefinitionUdiDeviceIdentifier { deviceIdentifier: 1 string; issuer: 1 uri; jurisdiction: 1 uri; }
    backbone DeviceDefinitionDeviceName { name: 1 string; type: 1 code in DEVICE_NAMETYPE; }
    backbone DeviceDefinitionSpecialization { systemType: 1 string; version: ? string; }
    backbone DeviceDefinitionCapability { type: 1 CodeableConcept; description: * CodeableConcept; }
    backbone DeviceDefinitionProperty {
        type: 1 CodeableConcept; valueQuantity: * Quantity; valueCode: * CodeableConcept;
    }
    backbone DeviceDefinitionMaterial {
        substance: 1 CodeableConcept; alternate: ? boolean; allergenicIndicator: ? boolean;
    }
    resource DeviceMetric {
        identifier: * Identifier; type: 1 CodeableConcept; unit: ? CodeableConcept; source: ? Reference -> Device;
        parent: ? Reference -> Device; operationalStatus: ? code in METRIC_OPERATIONAL_STATUS;
        color: ? code in METRIC_COLOR; category: 1 code in METRIC_CATEGORY; measurementPeriod: ? Timing;
        calibration: * DeviceMetricCalibration;
    }
    backbone DeviceMetricCalibration {
        type: ? code in METRIC_CALIBRATION_TYPE; state: ? code in METRIC_CALIBRATION_STATE; time: ? instant;
    }
    resource Observation {
        identifier: * Identifier;
        basedOn: * Reference -> CarePlan | DeviceRequest | ImmunizationRecommendation | MedicationRequest
            | NutritionOrder | ServiceRequest;
        partOf: * Reference -> MedicationAdministration | MedicationDispense | MedicationStatement | Procedure
            | Immunization | ImagingStudy; status: 1 code in OBSERVATION_STATUS; category: * CodeableConcept;
        code: 1 CodeableConcept; subject: ? Reference -> Patient | Group | Device | Location; focus: * Reference;
        encounter: ? Reference -> Encounter; effective: ? [dateTime Period Timing instant]; issued: ? instant;
        performer: * Reference -> Practitioner | PractitionerRole | Organization | CareTeam | Patient | RelatedPerson;
        value: ? [Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period];
        dataAbsentReason: ? CodeableConcept; interpretation: * CodeableConcept; note: * Annotation;
        bodySite: ? CodeableConcept; method: ? CodeableConcept; specimen: ? Reference -> Specimen;
        device: ? Reference -> Device | DeviceMetric; referenceRange: * ObservationReferenceRange;
        hasMember: * Reference -> Observation | QuestionnaireResponse | MolecularSequence;
        derivedFrom: * Reference -> DocumentReference | ImagingStudy | Media | QuestionnaireResponse | Observation
            | MolecularSequence; component: * ObservationComponent;
    }
    backbone ObservationReferenceRange {
        low: ? Quantity; high: ? Quantity; type: ? CodeableConcept; appliesTo: * CodeableConcept; age: ? Range;
        text: ? string;
    }
    backbone ObservationComponent {
        code: 1 CodeableConcept;
        value: ? [Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period];
        dataAbsentReason: ? CodeableConcept; interpretation: * CodeableConcept;
        referenceRange: * ObservationReferenceRange;
    }
    resource Patient {
        identifier: * Identifier; active: ? boolean; name: * HumanName; telecom: * ContactPoint;
        gender: ? code in ADMINISTRATIVE_GENDER; birthDate: ? date; deceased: ? [boolean dateTime];
        address: * Address; maritalStatus: ? CodeableConcept; multipleBirth: ? [boolean integer]; photo: * Attachment;
        contact: * PatientContact; communication: * PatientCommunication;
        generalPractitioner: * Reference -> Organization | Practitioner | PractitionerRole;
        managingOrganization: ? Reference -> Organization; link: * PatientLink;
    }
    backbone PatientContact {
        relationship: * CodeableConcept; name: ? HumanName; telecom: * ContactPoint; address: ? Address;
        gender: ? code in ADMINISTRATIVE_GENDER; organization: ? Reference -> Organization; period: ? Period;
    }
    backbone PatientCommunication { language: 1 CodeableConcept; preferred: ? boolean; }
    backbone PatientLink { other: 1 Reference -> Patient | RelatedPerson; type: 1 code in LINK_TYPE; }
    resource Practitioner {
        identifier: * Identifier; active: ? boolean; name: * HumanName; telecom: * ContactPoint; address: * Address;
        gender: ? code in ADMINISTRATIVE_GENDER; birthDate: ? date; photo: * Attachment;
        qualification: * PractitionerQualification; communication: * CodeableConcept;
    }
    backbone PractitionerQualification {
        identifier: * Identifier; code: 1 CodeableConcept; period: ? Period; issuer: ? Reference -> Organization;
    }
    resource Location {
        identifier: * Identifier; status: ? code in LOCATION_STATUS; operationalStatus: ? Coding; name: ? string;
        alias: * string; description: ? string; mode: ? code in LOCATION_MODE; type: * CodeableConcept;
        telecom: * ContactPoint; address: ? Address; physicalType: ? CodeableConcept; position: ? LocationPosition;
        managingOrganization: ? Reference -> Organization; partOf: ? Reference -> Location;
        hoursOfOperation: * LocationHoursOfOperation; availabilityExceptions: ? string;
        endpoint: * Reference -> Endpoint;
    }
    backbone LocationPosition { longitude: 1 decimal; latitude: 1 decimal; altitude: ? decimal; }
    backbone LocationHoursOfOperation {
        daysOfWeek: * code in DAYS_OF_WEEK; allDay: ? boolean; openingTime: ? time; closingTime: ? time;
    }
    resource Provenance {
        target: + Reference; occurred: ? [Period dateTime]; recorded: 1 instant; policy: * uri;
        location: ? Reference -> Location; reason: * CodeableConcept; activity: ? CodeableConcept;
        agent: + ProvenanceAgent; entity: * ProvenanceEntity; signature: * Signature;
    }
    backbone ProvenanceAgent {
        type: ? CodeableConcept; role: * CodeableConcept;
        who: 1 Reference -> Practitioner | PractitionerRole | RelatedPerson | Patient | Device | Organization;
        onBehalfOf: ? Reference -> Practitioner | PractitionerRole | RelatedPerson | Patient | Device | Organization;
    }
    backbone ProvenanceEntity { role: 1 code in PROVENANCE_ENTITY_ROLE; what: 1 Reference; agent: * ProvenanceAgent; }
    resource AuditEvent {
        type: 1 Coding; subtype: * Coding; action: ? code in AUDIT_EVENT_ACTION; period: ? Period;
        recorded: 1 instant; outcome: ? code in AUDIT_EVENT_OUTCOME; outcomeDesc: ? string;
        purposeOfEvent: * CodeableConcept; agent: + AuditEventAgent; source: 1 AuditEventSource;
        entity: * AuditEventEntity;
    }
    backbone AuditEventAgent {
        type: ? CodeableConcept; role: * CodeableConcept;
        who: ? Reference -> PractitionerRole | Practitioner | Organization | Device | Patient | RelatedPerson;
        altId: ? string; name: ? string; requestor: 1 boolean; location: ? Reference -> Location; policy: * uri;
        media: ? Coding; network: ? AuditEventAgentNetwork; purposeOfUse: * CodeableConcept;
    }
    backbone AuditEventAgentNetwork { address: ? string; type: ? code in NETWORK_TYPE; }
    backbone AuditEventSource {
        site: ? string;
        observer: 1 Reference -> PractitionerRole | Practitioner | Organization | Device | Patient | RelatedPerson;
        type: * Coding;
    }
    backbone AuditEventEntity {
        what: ? Reference; type: ? Coding; role: ? Coding; lifecycle: ? Coding; securityLabel: * Coding;
        name: ? string; description: ? string; query: ? base64Binary; detail: * AuditEventEntityDetail;
    }
    backbone AuditEventEntityDetail { type: 1 string; value: 1 [string base64Binary]; }
    resource Flag {
        identifier: * Identifier; status: 1 code in FLAG_STATUS; category: * CodeableConcept; code: 1 CodeableConcept;
        subject: 1 Reference -> Patient | Location | Group | Organization | Practitioner | PlanDefinition | Medication
            | Procedure; period: ? Period; encounter: ? Reference -> Encounter;
        author: ? Reference -> Device | Organization | Patient | Practitioner | PractitionerRole;
    }
    resource Organization {
        identifier: * Identifier; active: ? boolean; type: * CodeableConcept; name: ? string; alias: * string;
        telecom: * ContactPoint; address: * Address; partOf: ? Reference -> Organization;
        contact: * OrganizationContact; endpoint: * Reference -> Endpoint;
    }
    backbone OrganizationContact {
        purpose: ? CodeableConcept; name: ? HumanName; telecom: * ContactPoint; address: ? Address;
    }
    plain Bundle {
        identifier: ? Identifier; type: 1 code in BUNDLE_TYPE; timestamp: ? instant; total: ? unsignedInt;
        link: * BundleLink; entry: * BundleEntry; signature: ? Signature;
    }
    backbone BundleLink { relation: 1 string; url: 1 uri; }
    backbone BundleEntry {
        link: * BundleLink; fullUrl: ? uri; resource: ? Resource; search: ? BundleEntrySearch;
        request: ? BundleEntryRequest; response: ? BundleEntryResponse;
    }
    backbone BundleEntrySearch { mode: ? code in SEARCH_ENTRY_MODE; score: ? decimal; }
    backbone BundleEntryRequest {
        method: 1 code in HTTP_VERB; url: 1 uri; ifNoneMatch: ? string; ifModifiedSince: ? instant; ifMatch: ? string;
        ifNoneExist: ? string;
    }
    backbone BundleEntryResponse {
        status: 1 string; location: ? uri; etag: ? string; lastModified: ? instant; outcome: ? Resource;
    }
    resource OperationOutcome { issue: + OperationOutcomeIssue; }
    backbone OperationOutcomeIssue {
        severity: 1 code in ISSUE_SEVERITY; code: 1 code in ISSUE_TYPE; details: ? CodeableConcept;
        diagnostics: ? string; location: * string; expression: * string;
    }
    resource Appointment {
        identifier: * Identifier; status: 1 code in APPOINTMENTSTATUS; cancelationReason: ? CodeableConcept;
        serviceCategory: * CodeableConcept; serviceType: * CodeableConcept; specialty: * CodeableConcept;
        appointmentType: ? CodeableConcept; reasonCode: * CodeableConcept;
        reasonReference: * Reference -> Condition | Procedure | Observation | ImmunizationRecommendation;
        priority: ? unsignedInt; description: ? string; supportingInformation: * Reference; start: ? instant;
        end: ? instant; minutesDuration: ? positiveInt; slot: * Reference -> Slot; created: ? dateTime;
        comment: ? string; patientInstruction: ? string; basedOn: * Reference -> ServiceRequest;
        participant: + AppointmentParticipant; requestedPeriod: * Period;
    }
    backbone AppointmentParticipant {
        type: * CodeableConcept;
        actor: ? Reference -> Patient | Practitioner | PractitionerRole | RelatedPerson | Device | HealthcareService
            | Location; required: ? code in PARTICIPANTREQUIRED; status: 1 code in PARTICIPATIONSTATUS;
        period: ? Period;
    }
    resource Slot {
        identifier: * Identifier; serviceCategory: * CodeableConcept; serviceType: * CodeableConcept;
        specialty: * CodeableConcept; appointmentType: ? CodeableConcept; schedule: 1 Reference -> Schedule;
        status: 1 code in SLOTSTATUS; start: 1 instant; end: 1 instant; overbooked: ? boolean; comment: ? string;
    }
    resource Schedule {
        identifier: * Identifier; active: ? boolean; serviceCategory: * CodeableConcept;
        serviceType: * CodeableConcept; specialty: * CodeableConcept;
        actor: + Reference -> Patient | Practitioner | PractitionerRole | RelatedPerson | Device | HealthcareService
            | Location; planningHorizon: ? Period; comment: ? string;
    }
    resource Consent {
        identifier: * Identifier; status: 1 code in CONSENT_STATE_CODES; scope: 1 CodeableConcept;
        category: + CodeableConcept; patient: ? Reference -> Patient; dateTime: ? dateTime;
        performer: * Reference -> Organization | Patient | Practitioner | RelatedPerson | PractitionerRole;
        organization: * Reference -> Organization;
        source: ? [Attachment Reference] -> Consent | DocumentReference | Contract | QuestionnaireResponse;
        policy: * ConsentPolicy; policyRule: ? CodeableConcept; verification: * ConsentVerification;
        provision: ? ConsentProvision;
    }
    backbone ConsentPolicy { authority: ? uri; uri: ? uri; }
    backbone ConsentVerification {
        verified: 1 boolean; verifiedWith: ? Reference -> Patient | RelatedPerson; verificationDate: ? dateTime;
    }
    backbone ConsentProvision {
        type: ? code in CONSENT_PROVISION_TYPE; period: ? Period; actor: * ConsentProvisionActor;
        action: * CodeableConcept; securityLabel: * Coding; purpose: * Coding; class: * Coding;
        code: * CodeableConcept; dataPeriod: ? Period; data: * ConsentProvisionData; provision: * ConsentProvision;
    }
    backbone ConsentProvisionActor {
        role: 1 CodeableConcept;
        reference: 1 Reference -> Device | Group | CareTeam | Organization | Patient | Practitioner | RelatedPerson
            | PractitionerRole;
    }
    backbone ConsentProvisionData { meaning: 1 code in CONSENT_DATA_MEANING; reference: 1 Reference; }
    resource Medication {
        identifier: * Identifier; code: ? CodeableConcept; status: ? code in MEDICATION_STATUS;
        manufacturer: ? Reference -> Organization; form: ? CodeableConcept; amount: ? Ratio;
        ingredient: * MedicationIngredient; batch: ? MedicationBatch;
    }
    backbone MedicationIngredient {
        item: 1 [CodeableConcept Reference] -> Substance | Medication; isActive: ? boolean; strength: ? Ratio;
    }
    backbone MedicationBatch { lotNumber: ? string; expirationDate: ? dateTime; }
    resource MedicationRequest {
        identifier: * Identifier; status: 1 code in MEDICATIONREQUEST_STATUS; statusReason: ? CodeableConcept;
        intent: 1 code in MEDICATIONREQUEST_INTENT; category: * CodeableConcept; priority: ? code in REQUEST_PRIORITY;
        doNotPerform: ? boolean;
        reported: ? [boolean Reference] -> Patient | Practitioner | PractitionerRole | RelatedPerson | Organization;
        medication: 1 [CodeableConcept Reference] -> Medication; subject: 1 Reference -> Patient | Group;
        encounter: ? Reference -> Encounter; supportingInformation: * Reference; authoredOn: ? dateTime;
        requester: ? Reference -> Practitioner | PractitionerRole | Organization | Patient | RelatedPerson | Device;
        performer: ? Reference -> Practitioner | PractitionerRole | Organization | Patient | Device | RelatedPerson
            | CareTeam; performerType: ? CodeableConcept; recorder: ? Reference -> Practitioner | PractitionerRole;
        reasonCode: * CodeableConcept; reasonReference: * Reference -> Condition | Observation;
        instantiatesCanonical: * canonical; instantiatesUri: * uri;
        basedOn: * Reference -> CarePlan | MedicationRequest | ServiceRequest | ImmunizationRecommendation;
        groupIdentifier: ? Identifier; courseOfTherapyType: ? CodeableConcept;
        insurance: * Reference -> Coverage | ClaimResponse; note: * Annotation; dosageInstruction: * Dosage;
        dispenseRequest: ? MedicationRequestDispenseRequest; substitution: ? MedicationRequestSubstitution;
        priorPrescription: ? Reference -> MedicationRequest; detectedIssue: * Reference -> DetectedIssue;
        eventHistory: * Reference -> Provenance;
    }
    backbone MedicationRequestDispenseRequest {
        initialFill: ? MedicationRequestDispenseRequestInitialFill; dispenseInterval: ? Duration;
        validityPeriod: ? Period; numberOfRepeatsAllowed: ? unsignedInt; quantity: ? Quantity;
        expectedSupplyDuration: ? Duration; performer: ? Reference -> Organization;
    }
    backbone MedicationRequestDispenseRequestInitialFill { quantity: ? Quantity; duration: ? Duration; }
    backbone MedicationRequestSubstitution { allowed: 1 [boolean CodeableConcept]; reason: ? CodeableConcept; }
    resource MedicationDispense {
        identifier: * Identifier; partOf: * Reference -> Procedure; status: 1 code in MEDICATIONDISPENSE_STATUS;
        statusReason: ? [CodeableConcept Reference] -> DetectedIssue; category: ? CodeableConcept;
        medication: 1 [CodeableConcept Reference] -> Medication; subject: ? Reference -> Patient | Group;
        context: ? Reference -> Encounter | EpisodeOfCare; supportingInformation: * Reference;
        performer: * MedicationDispensePerformer; location: ? Reference -> Location;
        authorizingPrescription: * Reference -> MedicationRequest; type: ? CodeableConcept; quantity: ? Quantity;
        daysSupply: ? Quantity; whenPrepared: ? dateTime; whenHandedOver: ? dateTime;
        destination: ? Reference -> Location; receiver: * Reference -> Patient | Practitioner; note: * Annotation;
        dosageInstruction: * Dosage; substitution: ? MedicationDispenseSubstitution;
        detectedIssue: * Reference -> DetectedIssue; eventHistory: * Reference -> Provenance;
    }
    backbone MedicationDispensePerformer {
        function: ? CodeableConcept;
        actor: 1 Reference -> Practitioner | PractitionerRole | Organization | Patient | Device | RelatedPerson;
    }
    backbone MedicationDispenseSubstitution {
        wasSubstituted: 1 boolean; type: ? CodeableConcept; reason: * CodeableConcept;
        responsibleParty: * Reference -> Practitioner | PractitionerRole;
    }
}
