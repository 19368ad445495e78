//! The rules of the HL7 Point-of-Care Device guide (PoCD, 1.0.0-ballot3 on FHIR 4.0.1) and of the vital signs of R4
//! that we emit, as tables.
//!
//! A rule bears the id of the element as the guide has it, with its slice, so that a test can lay our tables beside the
//! guide's definitions. What the guide only recommends, or what says nothing new, is left out.

pub(super) mod eui64;
mod extensions;
pub(super) mod loinc;
pub(super) mod mdc;
mod profiles;
mod vital_signs;

#[cfg(test)]
pub(super) use extensions::EXTENSIONS;
pub(super) use extensions::find as extension_rules;
pub(super) use profiles::rules;

/// The system of EUI-64 identifiers (IEEE 11073-20601, as the guide names it).
pub const EUI_64: &str = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680";

/// The code system of units (UCUM).
pub const UCUM: &str = "http://unitsofmeasure.org";

macro_rules! guide {
    ($name:literal) => {
        concat!("http://hl7.org/fhir/uv/pocd/StructureDefinition/", $name)
    };
}
macro_rules! base {
    ($name:literal) => {
        concat!("http://hl7.org/fhir/StructureDefinition/", $name)
    };
}
use {base, guide};

/// The addresses of the guide's extensions.
pub mod urls {
    /// The person who operates a device.
    pub const OPERATOR: &str = guide!("operator");
    /// Hours that a device has run.
    pub const OPERATING_HOURS: &str = guide!("operating-hours");
    /// How often a device has run.
    pub const OPERATING_CYCLES: &str = guide!("operating-cycles");
    /// How the data of a device are meant: normal, demonstration, service, maintenance.
    pub const OPERATING_MODE: &str = guide!("operating-mode");
    /// A calibration of a device.
    pub const CALIBRATION: &str = base!("device-calibration");
}

/// Where the guide's own profiles and extensions are.
pub(super) const GUIDE: &str = guide!("");

/// Where those of HL7's base are.
pub(super) const BASE: &str = base!("");

/// A profile whose rules are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// A medical device system: the whole device.
    MdsDevice,
    /// A virtual medical device: a part of an MDS, as a plug-in module.
    VmdDevice,
    /// A channel: a group of metrics in a VMD.
    ChannelDevice,
    /// A metric with numbers.
    NumericDeviceMetric,
    /// A metric with codes or text.
    EnumerationDeviceMetric,
    /// A metric with waveforms.
    SampleArrayDeviceMetric,
    /// One number.
    NumericObservation,
    /// Several numbers that belong together, such as the pressures of blood.
    CompoundNumericObservation,
    /// A code or text.
    EnumerationObservation,
    /// A piece of a waveform.
    SampleArrayObservation,
    /// The guide's patient.
    PocdPatient,
    /// The guide's practitioner.
    PocdPractitioner,
    /// R4's heart rate (LOINC 8867-4).
    HeartRate,
    /// R4's respiratory rate (LOINC 9279-1).
    RespiratoryRate,
    /// R4's blood pressure (LOINC 85354-9).
    BloodPressure,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 15] = [
        Self::MdsDevice,
        Self::VmdDevice,
        Self::ChannelDevice,
        Self::NumericDeviceMetric,
        Self::EnumerationDeviceMetric,
        Self::SampleArrayDeviceMetric,
        Self::NumericObservation,
        Self::CompoundNumericObservation,
        Self::EnumerationObservation,
        Self::SampleArrayObservation,
        Self::PocdPatient,
        Self::PocdPractitioner,
        Self::HeartRate,
        Self::RespiratoryRate,
        Self::BloodPressure,
    ];

    /// Its canonical address.
    pub fn url(self) -> &'static str {
        rules(self).url
    }

    /// The profile of an address, with or without a version behind `|`.
    pub fn of_url(url: &str) -> Option<Self> {
        let url = url.split('|').next().unwrap_or(url);
        Self::ALL.into_iter().find(|profile| profile.url() == url)
    }
}

/// The rules of a profile.
#[derive(Debug)]
pub(super) struct ProfileRules {
    pub url: &'static str,
    /// The type of resource.
    pub of: &'static str,
    pub rules: &'static [Rule],
}

/// What a profile says of one element.
#[derive(Debug)]
pub(super) struct Rule {
    /// The element's id without the type: `identifier:EUI-64.system`; empty for the resource itself.
    pub id: &'static str,
    pub min: u8,
    pub max: Option<u8>,
    /// The only types of a choice.
    pub types: &'static [&'static str],
    /// What a reference points at: addresses of profiles and types.
    pub targets: &'static [&'static str],
    pub fixed: Option<&'static str>,
    pub binding: Option<Binding>,
    /// The key of an invariant.
    pub constraint: Option<&'static str>,
    /// The address of the extension of a slice.
    pub extension: Option<&'static str>,
}

impl Rule {
    const fn of(id: &'static str) -> Self {
        Self {
            id,
            min: 0,
            max: None,
            types: &[],
            targets: &[],
            fixed: None,
            binding: None,
            constraint: None,
            extension: None,
        }
    }

    const fn min(mut self, min: u8) -> Self {
        self.min = min;
        self
    }

    const fn max(mut self, max: u8) -> Self {
        self.max = Some(max);
        self
    }

    const fn types(mut self, types: &'static [&'static str]) -> Self {
        self.types = types;
        self
    }

    const fn to(mut self, targets: &'static [&'static str]) -> Self {
        self.targets = targets;
        self
    }

    const fn fixed(mut self, value: &'static str) -> Self {
        self.fixed = Some(value);
        self
    }

    const fn bound(mut self, binding: Binding) -> Self {
        self.binding = Some(binding);
        self
    }

    const fn constraint(mut self, key: &'static str) -> Self {
        self.constraint = Some(key);
        self
    }

    const fn extension(mut self, url: &'static str) -> Self {
        self.extension = Some(url);
        self
    }
}

/// Codes that an element may or should have.
#[derive(Debug)]
pub(super) struct Binding {
    pub strength: Strength,
    /// The address of the value set.
    pub set: &'static str,
    pub codes: Codes,
}

/// How strict a binding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// Another code is an error.
    Required,
    /// Another code is right where none of the set fits.
    Extensible,
}

/// What a value set holds.
#[derive(Debug)]
pub(super) enum Codes {
    /// Codes of the nomenclature of ISO/IEEE 11073-10101.
    Mdc(mdc::Kind),
    /// The codes of the first system, and any of the others; any of the first, too, when none are listed.
    Listed { systems: &'static [&'static str], codes: &'static [&'static str] },
    /// Countries and their parts.
    Jurisdiction,
}

/// The rules of an extension.
#[derive(Debug)]
pub(super) struct ExtensionRules {
    pub url: &'static str,
    /// The types of resource that it is for.
    pub contexts: &'static [&'static str],
    pub constraint: Option<&'static str>,
    pub parts: Parts,
}

/// What an extension holds.
#[derive(Debug)]
pub(super) enum Parts {
    /// A value.
    Value(Part),
    /// Extensions, each with a value.
    Several(&'static [Part]),
}

/// A value in an extension.
#[derive(Debug)]
pub(super) struct Part {
    /// Of a part, its address, which has a meaning in this extension only.
    pub url: &'static str,
    pub min: u8,
    pub max: Option<u8>,
    /// The type of its value.
    pub of: &'static str,
    pub value_required: bool,
    pub binding: Option<Binding>,
    pub targets: &'static [&'static str],
    /// Whether the only value is `true`.
    pub must_be_true: bool,
    /// Whether a quantity has no comparator.
    pub simple: bool,
}

impl Part {
    const fn of(url: &'static str, of: &'static str) -> Self {
        Self {
            url,
            min: 0,
            max: None,
            of,
            value_required: true,
            binding: None,
            targets: &[],
            must_be_true: false,
            simple: false,
        }
    }

    const fn required(mut self) -> Self {
        self.min = 1;
        self
    }

    const fn once(mut self) -> Self {
        self.max = Some(1);
        self
    }

    const fn bound(mut self, binding: Binding) -> Self {
        self.binding = Some(binding);
        self
    }

    const fn to(mut self, targets: &'static [&'static str]) -> Self {
        self.targets = targets;
        self
    }
}
