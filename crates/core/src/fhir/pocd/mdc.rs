//! Codes of the nomenclature MDC (ISO/IEEE 11073-10101).
//!
//! A code is context-free: 65,536 times the number of its partition, plus the number of its term there. What is checked
//! is this shape and whether the partition holds terms of the kind that is due; whether a term exists is known of those
//! that we emit, by their names.

use crate::fhir::json::Object;
use crate::fhir::path::Path;

/// The system of MDC codes.
pub const SYSTEM: &str = "urn:iso:std:iso:11073:10101";

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum Kind {
    /// A device or a part of one (partition 1, and the specialisations of personal devices in partition 8).
    Object,
    /// Something that is measured (partition 2 and many others).
    Metric,
    /// A unit (partition 4).
    Dimension,
    /// A term of a manufacturer (partition 1024), which may be anything.
    Private,
}

impl Kind {
    /// Whether a code of another kind may stand where this one is due.
    pub(in crate::fhir) fn holds(self, found: Self) -> bool {
        self == found || found == Self::Private
    }

    pub(in crate::fhir) fn name(self) -> &'static str {
        match self {
            Self::Object => "device",
            Self::Metric => "metric",
            Self::Dimension => "unit",
            Self::Private => "manufacturer",
        }
    }
}

/// The kind of a code; `None` when it is no code of MDC.
pub(in crate::fhir) fn kind(code: &str) -> Option<Kind> {
    let minimal = !code.starts_with(['0', '+']);
    let number: u32 = code.parse().ok().filter(|number| minimal && number & 0xffff != 0)?;
    match number >> 16 {
        1 | 8 => Some(Kind::Object),
        4 => Some(Kind::Dimension),
        1024 => Some(Kind::Private),
        2..=1023 => Some(Kind::Metric),
        _ => None,
    }
}

/// The reference ids of codes that we emit or know from the guide's examples.
static KNOWN: &[(&str, &str)] = &[
    ("69710", "MDC_DEV_ANALY_PRESS_BLD_VMD"),
    ("69711", "MDC_DEV_ANALY_PRESS_BLD_CHAN"),
    ("69965", "MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS"),
    ("70686", "MDC_DEV_PRESS_BLD_NONINV_VMD"),
    ("70739", "MDC_DEV_CARD_RATE_CHAN"),
    ("147842", "MDC_ECG_HEART_RATE"),
    ("150020", "MDC_PRESS_BLD_NONINV"),
    ("150021", "MDC_PRESS_BLD_NONINV_SYS"),
    ("150022", "MDC_PRESS_BLD_NONINV_DIA"),
    ("150023", "MDC_PRESS_BLD_NONINV_MEAN"),
    ("150456", "MDC_PULS_OXIM_SAT_O2"),
    ("151562", "MDC_RESP_RATE"),
    ("262688", "MDC_DIM_PERCENT"),
    ("264864", "MDC_DIM_BEAT_PER_MIN"),
    ("264928", "MDC_DIM_RESP_PER_MIN"),
    ("266016", "MDC_DIM_MMHG"),
];

/// The reference id of a code, when it is known here.
pub(in crate::fhir) fn known(code: &str) -> Option<&'static str> {
    KNOWN.iter().find_map(|(known, name)| (*known == code).then_some(*name))
}

/// Checks a coding or quantity that says it has a code of MDC.
pub(in crate::fhir) fn check(object: &Object, path: &Path<'_>, mut broken: impl FnMut(&Path<'_>, String)) {
    if object.text("system") != Some(SYSTEM) {
        // A quantity has its number in `value`, so that a code which is a number can only be one of MDC.
        if object.get("value").is_some() && object.text("code").and_then(known).is_some() {
            broken(&path.field("system"), format!("this is a code of MDC, whose system is {SYSTEM}: correct it"));
        }
        return;
    }
    let Some(code) = object.text("code") else {
        return broken(&path.field("code"), "a code of MDC is missing: add it".to_owned());
    };
    if kind(code).is_none() {
        let message = "a code of MDC is a whole number: 65,536 × partition + term".to_owned();
        return broken(&path.field("code"), message);
    }
    if let (Some(name), Some(display)) = (known(code), object.text("display"))
        && name != display
    {
        broken(&path.field("display"), format!("the code {code} of MDC is {name}: correct the code or the display"));
    }
}
