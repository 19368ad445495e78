//! The rules of a profile, looked at in a resource.

use super::bindings::{self, Strength};
use super::{Report, codings, extension, short};
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::pocd::{EUI_64, ProfileRules, Rule, UCUM, eui64, loinc};
use crate::fhir::resource::Resource;
use crate::fhir::schema;

/// Checks a resource against the rules of one profile.
pub(super) fn check<'a>(resource: &'a Resource, profile: &'static ProfileRules, report: &mut Report<'a>) {
    let root = Path::root(resource.resource_type());
    if resource.resource_type() != profile.of {
        let message = format!("the profile {} is for a {}: remove the claim", profile.url, profile.of);
        return report.error(&root.field("meta").field("profile"), "profile", message);
    }
    for rule in profile.rules {
        match rule.id {
            "" => constraint(rule, resource.fields(), &root, report),
            id => {
                let segments: Vec<&'static str> = id.split('.').collect();
                descend(rule, &segments, resource.fields(), &root, report);
            }
        }
    }
    if profile.of == "Device" {
        identifiers(resource.fields(), &root, report);
    }
}

/// One segment of an element id: name, `[x]`, and slice.
struct Segment {
    name: &'static str,
    choice: bool,
    slice: Option<&'static str>,
}

impl Segment {
    fn of(text: &'static str) -> Self {
        let (name, slice) = text.split_once(':').map_or((text, None), |(name, slice)| (name, Some(slice)));
        Self { name: name.trim_end_matches("[x]"), choice: name.ends_with("[x]"), slice }
    }

    /// The property that a segment names, and its value: of a choice the one with the right type.
    fn find<'a>(&self, object: &'a Object) -> Option<(&'a str, &'a Json)> {
        object.iter().find(|(property, _)| match (self.choice, self.slice) {
            (true, Some(slice)) => *property == slice,
            (true, None) => property
                .strip_prefix(self.name)
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())),
            (false, _) => *property == self.name,
        })
    }
}

/// Follows the segments of a rule down to every place that it is for.
fn descend<'a>(
    rule: &'static Rule,
    segments: &[&'static str],
    object: &'a Object,
    path: &Path<'_>,
    report: &mut Report<'a>,
) {
    let Some((first, rest)) = segments.split_first() else { return };
    let segment = Segment::of(first);
    let found = segment.find(object);
    if rest.is_empty() {
        return apply(rule, &segment, found, path, report);
    }
    let Some((_, value)) = found else { return };
    let many = matches!(value, Json::Array(_));
    for (place, item) in value.items().iter().enumerate() {
        if let Json::Object(inner) = item
            && in_slice(&segment, inner)
        {
            descend(rule, rest, inner, &path.element(segment.name, many.then_some(place)), report);
        }
    }
}

/// Whether an element belongs to the slice of a segment. The only slices of lists that have rules below them are those
/// of identifiers; those of extensions are whole.
fn in_slice(segment: &Segment, item: &Object) -> bool {
    match segment.slice {
        Some("EUI-64") => item.text("system") == Some(EUI_64),
        _ => true,
    }
}

fn apply<'a>(
    rule: &'static Rule,
    segment: &Segment,
    found: Option<(&'a str, &'a Json)>,
    path: &Path<'_>,
    report: &mut Report<'a>,
) {
    let here = path.field(segment.name);
    let many = matches!(found, Some((_, Json::Array(_))));
    let in_rule = |item: &Json| match (rule.extension, item) {
        (Some(url), Json::Object(item)) => item.text("url") == Some(url),
        (None, Json::Object(item)) => in_slice(segment, item),
        (Some(_), _) => false,
        (None, item) => *item != Json::Null,
    };
    let items = found.map(|(_, value)| value.items()).unwrap_or_default();
    let places: Vec<usize> = (0..items.len()).filter(|place| in_rule(&items[*place])).collect();
    if places.len() < usize::from(rule.min) {
        report.error(&here, "cardinality", format!("the profile requires `{}`: add it", segment.name));
    }
    if let (Some(max), Some(extra)) = (rule.max, rule.max.and_then(|max| places.get(usize::from(max)))) {
        let what = rule.extension.or(segment.slice).unwrap_or(segment.name);
        let message = match max {
            0 => format!("the profile has no `{what}`: remove it"),
            max => format!("`{what}` may stand at most {max} time(s): remove the others"),
        };
        report.error(&path.element(segment.name, many.then_some(*extra)), "cardinality", message);
    }
    if let Some((property, _)) = found {
        types(rule, segment, property, path, report);
    }
    for place in places {
        let here = path.element(segment.name, many.then_some(place));
        value(rule, &items[place], &here, report);
    }
}

fn types(rule: &Rule, segment: &Segment, property: &str, path: &Path<'_>, report: &mut Report<'_>) {
    let Some(suffix) = property.strip_prefix(segment.name).filter(|_| segment.choice && segment.slice.is_none()) else {
        return;
    };
    let fits = rule.types.iter().any(|of| schema::is_suffix(of, suffix));
    if !rule.types.is_empty() && !fits {
        let message =
            format!("the profile lets `{}` have the type {}, not {suffix}", segment.name, rule.types.join(" or "));
        report.error(&path.field(segment.name), "type", message);
    }
}

fn value<'a>(rule: &'static Rule, item: &'a Json, path: &Path<'_>, report: &mut Report<'a>) {
    if let Some(fixed) = rule.fixed
        && item.as_str() != Some(fixed)
    {
        report.error(path, "fixed value", format!("the profile fixes this to `{fixed}`: write that"));
    }
    if let Some(binding) = &rule.binding {
        bindings::check(binding, item, path, report);
    }
    if rule.constraint.is_some()
        && let Json::Object(object) = item
    {
        constraint(rule, object, path, report);
    }
    if !rule.targets.is_empty()
        && let Json::Object(object) = item
    {
        extension::targets(rule.targets, object, path, report);
    }
}

/// The invariants of the guide, and those of vital signs; a code of LOINC stands for "has this code".
fn constraint(rule: &Rule, object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let has = |name: &str| object.get(name).is_some();
    let told = || has("dataAbsentReason") || object.iter().any(|(name, _)| is_value(name));
    let Some(key) = rule.constraint else { return };
    match key {
        "pocd-dev-1" if !(has("identifier") || has("udiCarrier")) => {
            report.error(path, key, "an MDS has an `identifier` or a `udiCarrier`: add one of them");
        }
        "pocd-obs-1" | "vs-3" if !told() => {
            report.error(path, key, "without a value there is a `dataAbsentReason`: add one of them");
        }
        "vs-2" if !(told() || has("component") || has("hasMember")) => {
            report.error(path, key, "without components there is a value or a `dataAbsentReason`: add one of them");
        }
        "vs-category" if !object.list("category").iter().any(|one| has_code(one, CATEGORY, "vital-signs")) => {
            let message = format!("a vital sign has the category `vital-signs` of {CATEGORY}: add it");
            report.error(&path.field("category"), "vital signs", message);
        }
        "vs-1" if object.text("effectiveDateTime").is_some_and(|time| time.len() < "2026-06-30".len()) => {
            report.error(&path.field("effective"), key, "the time of a vital sign is known to the day at least");
        }
        "vs-code" => {
            let coded = |object: &Object| loinc::of(object).is_some();
            for (place, one) in object.list("component").iter().enumerate() {
                if one.as_object().is_some_and(|one| !coded(one)) {
                    let here = path.element("component", Some(place));
                    report.warning(
                        &here.field("code"),
                        "extensible binding",
                        "a vital sign has a code of LOINC: add it",
                    );
                }
            }
        }
        "8480-6" | "8462-4" => pressure(key, object, path, report),
        "8867-4" | "9279-1" | "85354-9"
            if !object.get("code").is_some_and(|code| has_code(code, loinc::SYSTEM, key)) =>
        {
            report.error(&path.field("code"), "vital signs", format!("the code {key} of LOINC is missing: add it"));
        }
        _ => {}
    }
}

/// The system of the categories of observations.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

fn has_code(concept: &Json, system: &str, code: &str) -> bool {
    concept.as_object().is_some_and(|concept| {
        codings(concept).any(|coding| coding.text("system") == Some(system) && coding.text("code") == Some(code))
    })
}

/// One pressure of a panel: the component with its code, in mmHg.
fn pressure(key: &'static str, object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let components = object.list("component").iter().enumerate();
    let Some((place, component)) = components.into_iter().find(|(_, one)| is_coded(one, key)) else {
        let message = format!("the component {key} of LOINC is missing: add it");
        return report.error(&path.field("component"), "vital signs", message);
    };
    let Some(quantity) = component.as_object().and_then(|one| one.get("valueQuantity")?.as_object()) else { return };
    let fits = |name: &str, due: &str| quantity.text(name) == Some(due);
    if !fits("system", UCUM)
        || !fits("code", "mm[Hg]")
        || quantity.get("value").is_none()
        || quantity.get("unit").is_none()
    {
        let message = "a pressure of blood has a value and a unit, and the code `mm[Hg]` of UCUM: correct them";
        report.error(&path.element("component", Some(place)).field("value"), "vital signs", message);
    }
}

fn is_coded(component: &Json, code: &str) -> bool {
    component
        .as_object()
        .and_then(|component| component.get("code"))
        .is_some_and(|concept| has_code(concept, loinc::SYSTEM, code))
}

fn is_value(property: &str) -> bool {
    property.strip_prefix("value").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// The format of EUI-64 identifiers, and those that have it under another system.
fn identifiers(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    for (place, identifier) in object.list("identifier").iter().enumerate() {
        let Json::Object(identifier) = identifier else { continue };
        let Some(text) = identifier.text("value") else { continue };
        let here = path.element("identifier", Some(place));
        match (identifier.text("system") == Some(EUI_64), eui64::is_eui64(text)) {
            (true, false) => {
                let message =
                    format!("`{}`: an EUI-64 has 8 octets as 01-23-45-67-89-AB-CD-EF or 16 digits", short(text));
                report.error(&here.field("value"), "EUI-64", message);
            }
            (false, true) if eui64::is_hyphenated(text) => {
                let message = format!("this looks like an EUI-64, whose system is {EUI_64}");
                report.warning(&here.field("system"), "EUI-64", message);
            }
            _ => {}
        }
    }
}

/// Whether a concept has a code of a system; what extensible bindings ask first.
pub(super) fn has_system(concept: &Object, system: &str) -> bool {
    codings(concept).any(|coding| coding.text("system") == Some(system))
}

impl Strength {
    pub(super) fn report(self, path: &Path<'_>, message: String, report: &mut Report<'_>) {
        match self {
            Self::Required => report.error(path, "required binding", message),
            Self::Extensible => report.warning(path, "extensible binding", message),
        }
    }
}
