//! The extensions of the guide.

use super::{Binding, Codes, ExtensionRules, Part, Parts, Strength, base, guide, urls};

const fn codes(
    strength: Strength,
    set: &'static str,
    system: &'static [&'static str],
    codes: &'static [&'static str],
) -> Binding {
    Binding { strength, set, codes: Codes::Listed { systems: system, codes } }
}

const MODES: Binding = codes(
    Strength::Extensible,
    "http://hl7.org/fhir/uv/pocd/ValueSet/operating-mode",
    &["http://hl7.org/fhir/uv/pocd/CodeSystem/operating-mode"],
    &["Nml", "Dmo", "Srv", "Mtn"],
);
const KINDS: Binding = codes(
    Strength::Required,
    "http://hl7.org/fhir/uv/pocd/ValueSet/kind-of-relation",
    &["http://hl7.org/fhir/uv/pocd/CodeSystem/kind-of-relation"],
    &["Rcm", "PS", "SST", "ECE", "DCE", "Oth"],
);
const AVAILABILITIES: Binding = codes(
    Strength::Extensible,
    "http://terminology.hl7.org/ValueSet/metric-availability",
    &["http://terminology.hl7.org/CodeSystem/metric-availability"],
    &["intr", "cont", "unknown"],
);
const RANGE_TYPES: Binding = codes(
    Strength::Extensible,
    "http://hl7.org/fhir/uv/pocd/ValueSet/reference-range-type",
    &[
        "http://hl7.org/fhir/uv/pocd/CodeSystem/reference-range-type",
        "http://terminology.hl7.org/CodeSystem/referencerange-meaning",
    ],
    &["alarm-limits", "physiological-range", "technical-range"],
);
const CALIBRATION_TYPES: Binding = codes(
    Strength::Required,
    "http://hl7.org/fhir/ValueSet/metric-calibration-type",
    &["http://hl7.org/fhir/metric-calibration-type"],
    &["unspecified", "offset", "gain", "two-point"],
);
const CALIBRATION_STATES: Binding = codes(
    Strength::Required,
    "http://hl7.org/fhir/ValueSet/metric-calibration-state",
    &["http://hl7.org/fhir/metric-calibration-state"],
    &["not-calibrated", "calibration-required", "calibrated", "unspecified"],
);
const COUNTRIES: Binding = Binding {
    strength: Strength::Extensible,
    set: "http://hl7.org/fhir/ValueSet/jurisdiction",
    codes: Codes::Jurisdiction,
};

const DEVICE: &[&str] = &["Device"];
const METRIC: &[&str] = &["DeviceMetric"];

const fn one(url: &'static str, contexts: &'static [&'static str], part: Part) -> ExtensionRules {
    ExtensionRules { url, contexts, constraint: None, parts: Parts::Value(part) }
}

const fn several(url: &'static str, contexts: &'static [&'static str], parts: &'static [Part]) -> ExtensionRules {
    ExtensionRules { url, contexts, constraint: None, parts: Parts::Several(parts) }
}

const fn limit(url: &'static str) -> Part {
    let mut part = Part::of(url, "Quantity").once();
    part.simple = true;
    part
}

const fn optional_value(mut part: Part) -> Part {
    part.value_required = false;
    part
}

const fn only_true(mut part: Part) -> Part {
    part.must_be_true = true;
    part
}

const fn with(mut rules: ExtensionRules, constraint: &'static str) -> ExtensionRules {
    rules.constraint = Some(constraint);
    rules
}

/// Every extension of the guide.
pub(in crate::fhir) static EXTENSIONS: &[ExtensionRules] = &[
    with(
        several(
            guide!("approved-jurisdictions"),
            DEVICE,
            &[
                optional_value(Part::of("approvedJurisdiction", "CodeableConcept").bound(COUNTRIES)),
                only_true(optional_value(Part::of("noApprovedJurisdictions", "boolean").once())),
            ],
        ),
        "apj-1",
    ),
    several(
        guide!("device-instance"),
        &["Device", "DeviceMetric"],
        &[Part::of("number", "unsignedInt").once(), Part::of("label", "string").once()],
    ),
    one(urls::OPERATING_CYCLES, DEVICE, Part::of("", "unsignedInt")),
    one(urls::OPERATING_HOURS, DEVICE, Part::of("", "unsignedInt")),
    one(urls::OPERATING_MODE, DEVICE, Part::of("", "code").bound(MODES)),
    one(urls::OPERATOR, DEVICE, Part::of("", "Reference").to(&[base!("Practitioner")])),
    several(
        urls::CALIBRATION,
        DEVICE,
        &[
            Part::of("type", "code").once().bound(CALIBRATION_TYPES),
            Part::of("state", "code").once().bound(CALIBRATION_STATES),
            Part::of("time", "instant").once(),
            Part::of("device", "Reference").to(&[base!("Device")]),
        ],
    ),
    one(guide!("metric-availability"), METRIC, Part::of("", "CodeableConcept").bound(AVAILABILITIES)),
    with(
        several(
            base!("reference-range"),
            METRIC,
            &[limit("low"), limit("high"), Part::of("type", "CodeableConcept").required().once().bound(RANGE_TYPES)],
        ),
        "pocd-rr-1",
    ),
    several(
        guide!("relation"),
        METRIC,
        &[
            Part::of("kind", "code").required().once().bound(KINDS),
            Part::of("entries", "Reference").required(),
            Part::of("code", "Coding").once(),
        ],
    ),
    one(base!("measurement-resolution"), METRIC, Part::of("", "decimal")),
    one(guide!("sweep-speed"), METRIC, Part::of("", "Quantity")),
    several(
        base!("technical-range"),
        METRIC,
        &[
            Part::of("lowerLimit", "decimal").once(),
            Part::of("upperLimit", "decimal").once(),
            Part::of("stepWidth", "decimal").once(),
            Part::of("relativeAccuracy", "decimal").once(),
            Part::of("absoluteAccuracy", "decimal").once(),
        ],
    ),
    several(
        guide!("visual-grid"),
        METRIC,
        &[Part::of("position", "Quantity").required(), Part::of("level", "unsignedInt").once()],
    ),
];

/// The rules of the extension with an address.
pub(in crate::fhir) fn find(url: &str) -> Option<&'static ExtensionRules> {
    EXTENSIONS.iter().find(|rules| rules.url == url)
}
