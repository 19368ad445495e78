//! Data types.

use super::*;

model! {
    /// A code with the system that it is from.
    element Coding {
        system "system": Option<String>,
        version "version": Option<String>,
        code "code": Option<String>,
        display "display": Option<String>,
    }

    /// A thought: codes that mean it, and words.
    element CodeableConcept {
        coding "coding": Vec<Coding>,
        text "text": Option<String>,
    }

    /// A name that one organisation gives to something.
    element Identifier {
        usage "use": Option<String>,
        kind "type": Option<CodeableConcept>,
        system "system": Option<String>,
        value "value": Option<String>,
        period "period": Option<Period>,
    }

    /// What points at another resource.
    element Reference {
        reference "reference": Option<String>,
        kind "type": Option<String>,
        identifier "identifier": Option<Identifier>,
        display "display": Option<String>,
    }

    /// A number with its unit.
    element Quantity {
        value "value": Option<Decimal>,
        comparator "comparator": Option<String>,
        unit "unit": Option<String>,
        system "system": Option<String>,
        code "code": Option<String>,
    }

    /// From one number to another.
    element Range {
        low "low": Option<Quantity>,
        high "high": Option<Quantity>,
    }

    /// From one point in time to another.
    element Period {
        start "start": Option<String>,
        end "end": Option<String>,
    }

    /// A piece of a waveform.
    element SampledData {
        origin "origin": Option<Quantity>,
        period "period": Option<Decimal>,
        factor "factor": Option<Decimal>,
        lower_limit "lowerLimit": Option<Decimal>,
        upper_limit "upperLimit": Option<Decimal>,
        dimensions "dimensions": Option<Decimal>,
        data "data": Option<String>,
    }

    /// A note with its author and time.
    element Annotation {
        author "author": Value,
        time "time": Option<String>,
        text "text": Option<String>,
    }

    /// How to reach someone.
    element ContactPoint {
        system "system": Option<String>,
        value "value": Option<String>,
        usage "use": Option<String>,
    }

    /// A person's name.
    element HumanName {
        usage "use": Option<String>,
        text "text": Option<String>,
        family "family": Option<String>,
        given "given": Vec<String>,
        prefix "prefix": Vec<String>,
    }

    /// What a server says of a resource.
    element Meta {
        version_id "versionId": Option<String>,
        last_updated "lastUpdated": Option<String>,
        profile "profile": Vec<String>,
        security "security": Vec<Coding>,
        tag "tag": Vec<Coding>,
    }

    /// What R4 itself has no element for.
    element Extension {
        url "url": Option<String>,
        value "value": Value,
        extension "extension": Vec<Extension>,
    }
}

/// A value whose type is chosen by the document: `value[x]`, `effective[x]` and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// There is none.
    #[default]
    None,
    /// A number with its unit.
    Quantity(Quantity),
    /// A thought.
    CodeableConcept(CodeableConcept),
    /// Words.
    String(String),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(Decimal),
    /// A whole number from 0.
    UnsignedInt(Decimal),
    /// A number.
    Decimal(Decimal),
    /// A code of a system that the element knows.
    Code(String),
    /// A point in time, as precise as it is written.
    DateTime(String),
    /// A point in time, to the second at least.
    Instant(String),
    /// A span of time.
    Period(Period),
    /// From one number to another.
    Range(Range),
    /// A piece of a waveform.
    SampledData(SampledData),
    /// What points at another resource.
    Reference(Reference),
    /// A value of another type.
    Other {
        /// The type, as behind `value`: `Timing`.
        kind: String,
        /// The value as it was.
        value: Json,
    },
}

impl Value {
    fn of(kind: &str, value: Json, path: &Path<'_>) -> Result<Self, FhirError> {
        Ok(match kind {
            "Quantity" => Self::Quantity(Element::read(value, path)?),
            "CodeableConcept" => Self::CodeableConcept(Element::read(value, path)?),
            "String" => Self::String(Element::read(value, path)?),
            "Boolean" => Self::Boolean(Element::read(value, path)?),
            "Integer" => Self::Integer(Element::read(value, path)?),
            "UnsignedInt" => Self::UnsignedInt(Element::read(value, path)?),
            "Decimal" => Self::Decimal(Element::read(value, path)?),
            "Code" => Self::Code(Element::read(value, path)?),
            "DateTime" => Self::DateTime(Element::read(value, path)?),
            "Instant" => Self::Instant(Element::read(value, path)?),
            "Period" => Self::Period(Element::read(value, path)?),
            "Range" => Self::Range(Element::read(value, path)?),
            "SampledData" => Self::SampledData(Element::read(value, path)?),
            "Reference" => Self::Reference(Element::read(value, path)?),
            other => Self::Other { kind: other.to_owned(), value },
        })
    }

    fn parts(self) -> Option<(String, Json)> {
        let (kind, value) = match self {
            Self::None => return None,
            Self::Quantity(value) => ("Quantity", value.write()),
            Self::CodeableConcept(value) => ("CodeableConcept", value.write()),
            Self::String(value) => ("String", value.write()),
            Self::Boolean(value) => ("Boolean", value.write()),
            Self::Integer(value) => ("Integer", value.write()),
            Self::UnsignedInt(value) => ("UnsignedInt", value.write()),
            Self::Decimal(value) => ("Decimal", value.write()),
            Self::Code(value) => ("Code", value.write()),
            Self::DateTime(value) => ("DateTime", value.write()),
            Self::Instant(value) => ("Instant", value.write()),
            Self::Period(value) => ("Period", value.write()),
            Self::Range(value) => ("Range", value.write()),
            Self::SampledData(value) => ("SampledData", value.write()),
            Self::Reference(value) => ("Reference", value.write()),
            Self::Other { kind, value } => return Some((kind, value)),
        };
        Some((kind.to_owned(), value))
    }
}

impl Property for Value {
    fn take(fields: &mut Object, name: &str, path: &Path<'_>) -> Result<Self, FhirError> {
        let is_kind = |kind: &str| kind.starts_with(|first: char| first.is_ascii_uppercase());
        let properties = fields.iter().filter_map(|(property, _)| property.strip_prefix(name));
        let kind = properties.into_iter().find(|kind| is_kind(kind)).map(str::to_owned);
        let Some(kind) = kind else { return Ok(Self::None) };
        match fields.remove(&format!("{name}{kind}")) {
            Some(value) => Self::of(&kind, value, &path.field(name)),
            None => Ok(Self::None),
        }
    }

    fn put(self, name: &str, fields: &mut Object) {
        if let Some((kind, value)) = self.parts() {
            fields.set(&format!("{name}{kind}"), value);
        }
    }
}

impl Coding {
    /// A code with its system and the words that the system has for it.
    pub fn new(system: &str, code: &str, display: &str) -> Self {
        Self {
            system: Some(system.to_owned()),
            code: Some(code.to_owned()),
            display: Some(display.to_owned()),
            ..Self::default()
        }
    }
}

impl From<Coding> for CodeableConcept {
    fn from(coding: Coding) -> Self {
        Self { coding: vec![coding], ..Self::default() }
    }
}

impl Reference {
    /// A reference to a resource, as `Device/7`.
    pub fn to(reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..Self::default() }
    }
}

impl Quantity {
    /// A number with a unit of UCUM; `unit` is what people read.
    pub fn ucum(value: Decimal, unit: &str, code: &str) -> Self {
        Self {
            value: Some(value),
            unit: Some(unit.to_owned()),
            system: Some(crate::fhir::UCUM.to_owned()),
            code: Some(code.to_owned()),
            ..Self::default()
        }
    }
}

impl Meta {
    /// Claims a profile.
    pub fn of_profile(profile: crate::fhir::Profile) -> Self {
        Self { profile: vec![profile.url().to_owned()], ..Self::default() }
    }
}
