//! Codes that a profile binds an element to.

use super::{Report, codings, profile, short};
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::pocd::mdc;

pub(in crate::fhir) use crate::fhir::pocd::{Binding, Codes, Strength};

/// Checks a code, coding or concept.
pub(super) fn check(binding: &Binding, value: &Json, path: &Path<'_>, report: &mut Report<'_>) {
    match (value, &binding.codes) {
        // A bare code has no system with which it could come from elsewhere.
        (Json::String(code), Codes::Listed { codes, .. }) if !codes.contains(&code.as_str()) => {
            report.error(path, "code", format!("`{}` is none of {}", short(code), codes.join(" | ")));
        }
        (Json::Object(concept), Codes::Mdc(kind)) => mdc_concept(binding, *kind, concept, path, report),
        (Json::Object(concept), Codes::Listed { systems, codes }) => {
            listed(binding, systems, codes, concept, path, report);
        }
        (Json::Object(concept), Codes::Jurisdiction) => jurisdiction(binding, concept, path, report),
        _ => {}
    }
}

fn mdc_concept(binding: &Binding, kind: mdc::Kind, concept: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    if !profile::has_system(concept, mdc::SYSTEM) {
        let message =
            format!("it has no code of MDC (value set {}): add a coding with the system {}", binding.set, mdc::SYSTEM);
        binding.strength.report(path, message, report);
    }
    for (place, coding) in codings(concept).enumerate() {
        let here = path.element("coding", Some(place));
        let is_mdc = coding.text("system") == Some(mdc::SYSTEM);
        let Some(code) = coding.text("code") else { continue };
        if is_mdc && mdc::kind(code).is_some_and(|found| !kind.holds(found)) {
            let message = format!("`{}` is a code of MDC, but of no {}: correct it", short(code), kind.name());
            report.error(&here.field("code"), "MDC code", message);
        }
        let display = coding.text("display").unwrap_or_default();
        if !is_mdc && (display.starts_with("MDC_") || mdc::known(code).is_some()) {
            let message = format!("this looks like a code of MDC, whose system is {}", mdc::SYSTEM);
            report.warning(&here.field("system"), "MDC code", message);
        }
    }
}

fn listed(
    binding: &Binding,
    systems: &[&str],
    codes: &[&str],
    concept: &Object,
    path: &Path<'_>,
    report: &mut Report<'_>,
) {
    let mut known = false;
    for (place, coding) in codings(concept).enumerate() {
        let Some(system) = coding.text("system").filter(|system| systems.contains(system)) else { continue };
        known |= coding.get("code").is_some();
        // The first system is the one whose codes are listed.
        if let Some(code) = coding.text("code")
            && systems.first() == Some(&system)
            && !codes.is_empty()
            && !codes.contains(&code)
        {
            let here = path.element("coding", Some(place));
            let message = format!("`{}` is no code of {system}: use {}", short(code), codes.join(" | "));
            report.error(&here.field("code"), "code", message);
        }
    }
    if !known {
        let message =
            format!("it has no code of {} (value set {}): add one that fits", systems.join(" or "), binding.set);
        binding.strength.report(path, message, report);
    }
}

/// Codes of countries (ISO 3166), which the guide's value set builds on.
fn jurisdiction(binding: &Binding, concept: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    const COUNTRIES: &str = "urn:iso:std:iso:3166";
    const SYSTEMS: [&str; 4] = [
        COUNTRIES,
        "urn:iso:std:iso:3166:-2",
        "http://unstats.un.org/unsd/methods/m49/m49.htm",
        "urn:iso:std:iso:3166-2",
    ];
    let mut known = false;
    for (place, coding) in codings(concept).enumerate() {
        let Some(system) = coding.text("system").filter(|system| SYSTEMS.contains(system)) else { continue };
        let Some(code) = coding.text("code") else { continue };
        known = true;
        let letters = matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_uppercase());
        let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        if system == COUNTRIES && !letters && !digits {
            let message = format!("`{}` is no country of ISO 3166, such as US, USA or 840", short(code));
            report.error(&path.element("coding", Some(place)).field("code"), "code", message);
        }
    }
    if !known {
        binding.strength.report(path, format!("it has no code of {COUNTRIES}: add the country's"), report);
    }
}
