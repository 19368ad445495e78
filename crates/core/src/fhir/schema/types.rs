//! The data types of R4 (4.0.1, sections 2.24 and 2.25) that the resources use, and what an extension may carry.

use super::codes::*;
use super::*;

primitives! {
    base64Binary: Base64Binary, boolean: Boolean, canonical: Canonical, code: Code, date: Date, dateTime: DateTime,
    decimal: Decimal, id: Id, instant: Instant, integer: Integer, markdown: Markdown, oid: Oid,
    positiveInt: PositiveInt, string: String, time: Time, unsignedInt: UnsignedInt, uri: Uri, url: Url, uuid: Uuid,
    xhtml: Xhtml,
}

schema! {
    element Address {
        use: ? code in ADDRESS_USE; type: ? code in ADDRESS_TYPE; text: ? string; line: * string; city: ? string;
        district: ? string; state: ? string; postalCode: ? string; country: ? string; period: ? Period;
    }
    element Age {
        value: ? decimal; comparator: ? code in QUANTITY_COMPARATOR; unit: ? string; system: ? uri; code: ? code;
    }
    element Annotation {
        author: ? [Reference string] -> Practitioner | Patient | RelatedPerson | Organization; time: ? dateTime;
        text: 1 markdown;
    }
    element Attachment {
        contentType: ? code; language: ? code; data: ? base64Binary; url: ? url; size: ? unsignedInt;
        hash: ? base64Binary; title: ? string; creation: ? dateTime;
    }
    element CodeableConcept { coding: * Coding; text: ? string; }
    element Coding { system: ? uri; version: ? string; code: ? code; display: ? string; userSelected: ? boolean; }
    element ContactDetail { name: ? string; telecom: * ContactPoint; }
    element ContactPoint {
        system: ? code in CONTACT_POINT_SYSTEM; value: ? string; use: ? code in CONTACT_POINT_USE;
        rank: ? positiveInt; period: ? Period;
    }
    element Contributor { type: 1 code in CONTRIBUTOR_TYPE; name: 1 string; contact: * ContactDetail; }
    element Count {
        value: ? decimal; comparator: ? code in QUANTITY_COMPARATOR; unit: ? string; system: ? uri; code: ? code;
    }
    element DataRequirement {
        type: 1 code; profile: * canonical -> StructureDefinition; subject: ? [CodeableConcept Reference] -> Group;
        mustSupport: * string; codeFilter: * DataRequirementCodeFilter; dateFilter: * DataRequirementDateFilter;
        limit: ? positiveInt; sort: * DataRequirementSort;
    }
    element DataRequirementCodeFilter {
        path: ? string; searchParam: ? string; valueSet: ? canonical -> ValueSet; code: * Coding;
    }
    element DataRequirementDateFilter { path: ? string; searchParam: ? string; value: ? [dateTime Period Duration]; }
    element DataRequirementSort { path: 1 string; direction: 1 code in SORT_DIRECTION; }
    element Distance {
        value: ? decimal; comparator: ? code in QUANTITY_COMPARATOR; unit: ? string; system: ? uri; code: ? code;
    }
    element Dosage {
        sequence: ? integer; text: ? string; additionalInstruction: * CodeableConcept; patientInstruction: ? string;
        timing: ? Timing; asNeeded: ? [boolean CodeableConcept]; site: ? CodeableConcept; route: ? CodeableConcept;
        method: ? CodeableConcept; doseAndRate: * DosageDoseAndRate; maxDosePerPeriod: ? Ratio;
        maxDosePerAdministration: ? Quantity; maxDosePerLifetime: ? Quantity;
    }
    element DosageDoseAndRate { type: ? CodeableConcept; dose: ? [Range Quantity]; rate: ? [Ratio Range Quantity]; }
    element Duration {
        value: ? decimal; comparator: ? code in QUANTITY_COMPARATOR; unit: ? string; system: ? uri; code: ? code;
    }
    element Expression {
        description: ? string; name: ? id; language: 1 code; expression: ? string; reference: ? uri;
    }
    element Extension {
        url: 1 uri;
        value: ? [base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt
            string time unsignedInt uri url uuid Address Age Annotation Attachment CodeableConcept Coding ContactPoint
            Count Distance Duration HumanName Identifier Money Period Quantity Range Ratio Reference SampledData
            Signature Timing ContactDetail Contributor DataRequirement Expression ParameterDefinition RelatedArtifact
            TriggerDefinition UsageContext Dosage Meta];
    }
    element HumanName {
        use: ? code in NAME_USE; text: ? string; family: ? string; given: * string; prefix: * string;
        suffix: * string; period: ? Period;
    }
    element Identifier {
        use: ? code in IDENTIFIER_USE; type: ? CodeableConcept; system: ? uri; value: ? string; period: ? Period;
        assigner: ? Reference -> Organization;
    }
    element Meta {
        versionId: ? id; lastUpdated: ? instant; source: ? uri; profile: * canonical -> StructureDefinition;
        security: * Coding; tag: * Coding;
    }
    element Money { value: ? decimal; currency: ? code; }
    element ParameterDefinition {
        name: ? code; use: 1 code in OPERATION_PARAMETER_USE; min: ? integer; max: ? string; documentation: ? string;
        type: 1 code; profile: ? canonical -> StructureDefinition;
    }
    element Narrative { status: 1 code in NARRATIVE_STATUS; div: 1 xhtml; }
    element Period { start: ? dateTime; end: ? dateTime; }
    element ProdCharacteristic {
        height: ? Quantity; width: ? Quantity; depth: ? Quantity; weight: ? Quantity; nominalVolume: ? Quantity;
        externalDiameter: ? Quantity; shape: ? string; color: * string; imprint: * string; image: * Attachment;
        scoring: ? CodeableConcept;
    }
    element ProductShelfLife {
        identifier: ? Identifier; type: 1 CodeableConcept; period: 1 Quantity;
        specialPrecautionsForStorage: * CodeableConcept;
    }
    element Quantity {
        value: ? decimal; comparator: ? code in QUANTITY_COMPARATOR; unit: ? string; system: ? uri; code: ? code;
    }
    element Range { low: ? Quantity; high: ? Quantity; }
    element Ratio { numerator: ? Quantity; denominator: ? Quantity; }
    element Reference { reference: ? string; type: ? uri; identifier: ? Identifier; display: ? string; }
    element RelatedArtifact {
        type: 1 code in RELATED_ARTIFACT_TYPE; label: ? string; display: ? string; citation: ? markdown; url: ? url;
        document: ? Attachment; resource: ? canonical;
    }
    element SampledData {
        origin: 1 Quantity; period: 1 decimal; factor: ? decimal; lowerLimit: ? decimal; upperLimit: ? decimal;
        dimensions: 1 positiveInt; data: ? string;
    }
    element Signature {
        type: + Coding; when: 1 instant;
        who: 1 Reference -> Practitioner | PractitionerRole | RelatedPerson | Patient | Device | Organization;
        onBehalfOf: ? Reference -> Practitioner | PractitionerRole | RelatedPerson | Patient | Device | Organization;
        targetFormat: ? code; sigFormat: ? code; data: ? base64Binary;
    }
    element Timing { event: * dateTime; repeat: ? TimingRepeat; code: ? CodeableConcept; }
    element TimingRepeat {
        bounds: ? [Duration Range Period]; count: ? positiveInt; countMax: ? positiveInt; duration: ? decimal;
        durationMax: ? decimal; durationUnit: ? code in UNITS_OF_TIME; frequency: ? positiveInt;
        frequencyMax: ? positiveInt; period: ? decimal; periodMax: ? decimal; periodUnit: ? code in UNITS_OF_TIME;
        dayOfWeek: * code in DAYS_OF_WEEK; timeOfDay: * time; when: * code in EVENT_TIMING; offset: ? unsignedInt;
    }
    element TriggerDefinition {
        type: 1 code in TRIGGER_TYPE; name: ? string; timing: ? [Timing Reference date dateTime] -> Schedule;
        data: * DataRequirement; condition: ? Expression;
    }
    element UsageContext {
        code: 1 Coding;
        value: 1 [CodeableConcept Quantity Range Reference] -> PlanDefinition | ResearchStudy | InsurancePlan
            | HealthcareService | Group | Location | Organization;
    }
}
