//! The profiles of the guide.

use super::mdc::Kind;
use super::{Binding, Codes, Profile, ProfileRules, Rule, Strength, UCUM, base, guide, vital_signs};

const fn mdc(set: &'static str, kind: Kind) -> Binding {
    Binding { strength: Strength::Extensible, set, codes: Codes::Mdc(kind) }
}

const OBJECT: Binding = mdc("http://terminology.hl7.org/ValueSet/11073MDC-object", Kind::Object);
const METRIC: Binding = mdc("http://terminology.hl7.org/ValueSet/11073MDC-metric", Kind::Metric);
const DIMENSION: Binding = mdc("http://terminology.hl7.org/ValueSet/11073MDC-dimension", Kind::Dimension);

const fn safety(strength: Strength) -> Binding {
    Binding {
        strength,
        set: "http://terminology.hl7.org/ValueSet/safety-classification",
        codes: Codes::Listed {
            systems: &["http://terminology.hl7.org/CodeSystem/safety-classification"],
            codes: &["Inf", "MedA", "MedB", "MedC"],
        },
    }
}

/// Any code of the interpretations of HL7 version 3, or of the states of a measurement.
const INTERPRETATION: Binding = Binding {
    strength: Strength::Extensible,
    set: "http://hl7.org/fhir/uv/pocd/ValueSet/observation-interpretation",
    codes: Codes::Listed {
        systems: &[
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            "http://terminology.hl7.org/CodeSystem/measurement-status",
        ],
        codes: &[],
    },
};

const MDS: &[&str] = &[guide!("MdsDevice")];
const VMD: &[&str] = &[guide!("VmdDevice")];
const CHANNEL: &[&str] = &[guide!("ChannelDevice")];
const PATIENT_OR_MDS: &[&str] = &[base!("Patient"), guide!("MdsDevice")];

const INSTANCE: Rule = Rule::of("extension:instance").max(1).extension(guide!("device-instance"));
const HOURS: Rule = Rule::of("extension:operatingHours").max(1).extension(guide!("operating-hours"));
const CYCLES: Rule = Rule::of("extension:operatingCycles").max(1).extension(guide!("operating-cycles"));
const CALIBRATION: Rule = Rule::of("extension:calibration").extension(base!("device-calibration"));
const JURISDICTIONS: Rule = Rule::of("extension:approvedJurisdictions").extension(guide!("approved-jurisdictions"));
const RELATION: Rule = Rule::of("extension:relation").extension(guide!("relation"));
const AVAILABILITY: Rule = Rule::of("extension:metricAvailability").max(1).extension(guide!("metric-availability"));
const TECHNICAL_RANGE: Rule = Rule::of("extension:technicalRange").max(1).extension(base!("technical-range"));
const RESOLUTION: Rule = Rule::of("extension:resolution").max(1).extension(base!("measurement-resolution"));

const DEVICE_TYPE: Rule = Rule::of("type").min(1).bound(OBJECT);
const METRIC_TYPE: Rule = Rule::of("type").bound(METRIC);
const METRIC_UNIT: Rule = Rule::of("unit").bound(DIMENSION);
const SOURCE: Rule = Rule::of("source").min(1).to(MDS);
const CHANNEL_ABOVE: Rule = Rule::of("parent").min(1).to(CHANNEL);

const CODE: Rule = Rule::of("code").bound(METRIC);
const SUBJECT: Rule = Rule::of("subject").min(1).to(PATIENT_OR_MDS);
const EFFECTIVE: Rule = Rule::of("effective[x]").min(1).types(&["dateTime", "Period"]);
const INTERPRETED: Rule = Rule::of("interpretation").bound(INTERPRETATION);
const COMPONENT_CODE: Rule = Rule::of("component.code").bound(METRIC);
const COMPONENT_INTERPRETED: Rule = Rule::of("component.interpretation").bound(INTERPRETATION);
const VALUE_OR_REASON: Rule = Rule::of("").constraint("pocd-obs-1");

static MDS_DEVICE: ProfileRules = ProfileRules {
    url: guide!("MdsDevice"),
    of: "Device",
    rules: &[
        Rule::of("").constraint("pocd-dev-1"),
        JURISDICTIONS,
        Rule::of("extension:operator").max(1).extension(guide!("operator")),
        HOURS,
        CYCLES,
        Rule::of("extension:operatingMode").max(1).extension(guide!("operating-mode")),
        CALIBRATION,
        Rule::of("identifier:EUI-64").max(1),
        Rule::of("identifier:EUI-64.system").min(1).fixed(super::EUI_64),
        Rule::of("identifier:EUI-64.value").min(1),
        DEVICE_TYPE,
        Rule::of("safety").bound(safety(Strength::Extensible)),
        Rule::of("parent").to(MDS),
    ],
};

static VMD_DEVICE: ProfileRules = ProfileRules {
    url: guide!("VmdDevice"),
    of: "Device",
    rules: &[
        INSTANCE,
        JURISDICTIONS,
        HOURS,
        CYCLES,
        CALIBRATION,
        DEVICE_TYPE,
        Rule::of("patient").max(0),
        Rule::of("location").max(0),
        Rule::of("safety.coding.code").bound(safety(Strength::Required)),
        Rule::of("parent").min(1).to(MDS),
    ],
};

static CHANNEL_DEVICE: ProfileRules = ProfileRules {
    url: guide!("ChannelDevice"),
    of: "Device",
    rules: &[
        INSTANCE,
        HOURS,
        CYCLES,
        CALIBRATION,
        DEVICE_TYPE,
        Rule::of("patient").max(0),
        Rule::of("location").max(0),
        Rule::of("safety").bound(safety(Strength::Extensible)),
        Rule::of("parent").min(1).to(VMD),
    ],
};

static NUMERIC_METRIC: ProfileRules = ProfileRules {
    url: guide!("NumericDeviceMetric"),
    of: "DeviceMetric",
    rules: &[
        INSTANCE,
        RELATION,
        AVAILABILITY,
        TECHNICAL_RANGE,
        RESOLUTION,
        Rule::of("extension:referenceRange").extension(base!("reference-range")),
        METRIC_TYPE,
        METRIC_UNIT,
        SOURCE,
        CHANNEL_ABOVE,
    ],
};

static ENUMERATION_METRIC: ProfileRules = ProfileRules {
    url: guide!("EnumerationDeviceMetric"),
    of: "DeviceMetric",
    rules: &[INSTANCE, RELATION, AVAILABILITY, METRIC_TYPE, Rule::of("unit").max(0), SOURCE, CHANNEL_ABOVE],
};

static SAMPLE_ARRAY_METRIC: ProfileRules = ProfileRules {
    url: guide!("SampleArrayDeviceMetric"),
    of: "DeviceMetric",
    rules: &[
        INSTANCE,
        RELATION,
        AVAILABILITY,
        TECHNICAL_RANGE,
        RESOLUTION,
        Rule::of("extension:sweep-speed").max(1).extension(guide!("sweep-speed")),
        Rule::of("extension:visual-grid").extension(guide!("visual-grid")),
        METRIC_TYPE,
        METRIC_UNIT,
        SOURCE,
        CHANNEL_ABOVE,
    ],
};

static NUMERIC: ProfileRules = ProfileRules {
    url: guide!("NumericObservation"),
    of: "Observation",
    rules: &[
        VALUE_OR_REASON,
        CODE,
        SUBJECT,
        EFFECTIVE,
        Rule::of("value[x]").types(&["Quantity", "Ratio"]),
        Rule::of("value[x]:valueQuantity.value").min(1),
        Rule::of("value[x]:valueQuantity.system").fixed(UCUM),
        Rule::of("value[x]:valueRatio.numerator.value").min(1),
        Rule::of("value[x]:valueRatio.numerator.system").fixed(UCUM),
        Rule::of("value[x]:valueRatio.denominator.value").min(1),
        Rule::of("value[x]:valueRatio.denominator.system").fixed(UCUM),
        INTERPRETED,
        Rule::of("device").min(1).to(&[guide!("NumericDeviceMetric")]),
    ],
};

static COMPOUND_NUMERIC: ProfileRules = ProfileRules {
    url: guide!("CompoundNumericObservation"),
    of: "Observation",
    rules: &[
        CODE,
        SUBJECT,
        EFFECTIVE,
        Rule::of("value[x]").max(0),
        Rule::of("device").min(1).to(&[guide!("NumericDeviceMetric")]),
        Rule::of("component").min(1).constraint("pocd-obs-1"),
        COMPONENT_CODE,
        Rule::of("component.value[x]").types(&["Quantity"]),
        Rule::of("component.value[x]:valueQuantity.value").min(1),
        Rule::of("component.value[x]:valueQuantity.system").fixed(UCUM),
        COMPONENT_INTERPRETED,
    ],
};

static ENUMERATION: ProfileRules = ProfileRules {
    url: guide!("EnumerationObservation"),
    of: "Observation",
    rules: &[
        VALUE_OR_REASON,
        CODE,
        SUBJECT,
        EFFECTIVE,
        Rule::of("value[x]").types(&["CodeableConcept", "string"]),
        INTERPRETED,
        Rule::of("device").min(1).to(&[guide!("EnumerationDeviceMetric")]),
    ],
};

static SAMPLE_ARRAY: ProfileRules = ProfileRules {
    url: guide!("SampleArrayObservation"),
    of: "Observation",
    rules: &[
        CODE,
        SUBJECT,
        EFFECTIVE,
        Rule::of("value[x]").types(&["SampledData"]),
        Rule::of("value[x]:valueSampledData.origin.system").fixed(UCUM),
        INTERPRETED,
        Rule::of("device").min(1).to(&[guide!("SampleArrayDeviceMetric")]),
        COMPONENT_CODE,
        Rule::of("component.value[x]").types(&["SampledData"]),
        Rule::of("component.value[x]:valueSampledData.origin.system").fixed(UCUM),
        COMPONENT_INTERPRETED,
    ],
};

static PATIENT: ProfileRules = ProfileRules { url: guide!("Patient"), of: "Patient", rules: &[] };
static PRACTITIONER: ProfileRules = ProfileRules { url: guide!("Practitioner"), of: "Practitioner", rules: &[] };

/// The rules of a profile.
pub(in crate::fhir) fn rules(profile: Profile) -> &'static ProfileRules {
    match profile {
        Profile::MdsDevice => &MDS_DEVICE,
        Profile::VmdDevice => &VMD_DEVICE,
        Profile::ChannelDevice => &CHANNEL_DEVICE,
        Profile::NumericDeviceMetric => &NUMERIC_METRIC,
        Profile::EnumerationDeviceMetric => &ENUMERATION_METRIC,
        Profile::SampleArrayDeviceMetric => &SAMPLE_ARRAY_METRIC,
        Profile::NumericObservation => &NUMERIC,
        Profile::CompoundNumericObservation => &COMPOUND_NUMERIC,
        Profile::EnumerationObservation => &ENUMERATION,
        Profile::SampleArrayObservation => &SAMPLE_ARRAY,
        Profile::PocdPatient => &PATIENT,
        Profile::PocdPractitioner => &PRACTITIONER,
        Profile::HeartRate => &vital_signs::HEART_RATE,
        Profile::RespiratoryRate => &vital_signs::RESPIRATORY_RATE,
        Profile::BloodPressure => &vital_signs::BLOOD_PRESSURE,
    }
}
