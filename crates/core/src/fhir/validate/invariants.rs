//! The invariants of R4 that concern the types of this module, under their keys in the standard.

use super::{Report, primitive};
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::pocd::loinc;
use crate::fhir::schema::Type;

/// The invariants of one element or resource.
pub(super) fn check(object: &Object, of: &Type, path: &Path<'_>, report: &mut Report<'_>) {
    let has = |name: &str| object.get(name).is_some();
    let has_value = || object.iter().any(|(name, _)| name.trim_start_matches('_').starts_with("value"));
    let mut broken = |rule: &'static str, message: &str| report.error(path, rule, message);
    match of.name {
        "Extension" if has("extension") == has_value() => {
            broken("ext-1", "an extension has either a value or extensions, not both and not none");
        }
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" if has("code") && !has("system") => {
            broken("qty-3", "a unit's code needs its `system`: add http://unitsofmeasure.org or that of MDC");
        }
        "Period" if later(object.text("start"), object.text("end")) => {
            broken("per-1", "the start is later than the end: exchange or correct them");
        }
        "Range" if higher(object.get("low"), object.get("high")) => {
            broken("rng-2", "`low` is higher than `high`: exchange or correct them");
        }
        "Ratio" if has("numerator") != has("denominator") || !(has("numerator") || has("extension")) => {
            broken("rat-1", "a ratio has both numerator and denominator, or extensions only");
        }
        "ContactPoint" if has("value") && !has("system") => {
            broken("cpt-2", "a contact's value needs its `system`: phone, email, …");
        }
        "Attachment" if has("data") && !has("contentType") => {
            broken("att-1", "data need their `contentType`: add it");
        }
        "Observation" => {
            observation(object, path, report);
            measured(object, path, report);
            vital_sign(object, path, report);
        }
        "ObservationComponent" => measured(object, path, report),
        "Coding" if loinc::is_faulty(object) => {
            let message = "a code of LOINC is a number, a hyphen and its check digit: correct it";
            report.error(&path.field("code"), "LOINC code", message);
        }
        "DeviceUdiCarrier" => carrier(object, path, report),
        "ObservationReferenceRange" if !(has("low") || has("high") || has("text")) => {
            broken("obs-3", "a reference range has `low`, `high` or `text`: add one");
        }
        "PatientContact" if !["name", "telecom", "address", "organization"].into_iter().any(has) => {
            broken("pat-1", "a contact has a name, telecom, address or organization: add one");
        }
        "AuditEventEntity" if has("name") && has("query") => {
            broken("sev-1", "an entity has a name or a query, not both");
        }
        "TimingRepeat" => timing(object, path, report),
        "Dosage" if has("asNeededCodeableConcept") && has("asNeededBoolean") => {
            broken("type", "`asNeeded` has two types of value: keep one");
        }
        _ => {}
    }
}

fn observation(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let value = object.iter().find(|(name, _)| name.starts_with("value"));
    if value.is_some() && object.get("dataAbsentReason").is_some() {
        let message = "a reason for no value stands beside a value: remove one of them";
        report.error(&path.field("dataAbsentReason"), "obs-6", message);
    }
    let code = object.get("code").and_then(Json::as_object).map(|code| code.list("coding")).unwrap_or_default();
    let is_own = |component: &Json| {
        let code_of = component.as_object().and_then(|component| component.get("code")?.as_object());
        code_of.is_some_and(|other| other.list("coding").iter().any(|coding| code.contains(coding)))
    };
    if value.is_some() && object.list("component").iter().any(is_own) {
        let message = "a component has the code of the observation, which has a value itself: remove one of them";
        report.error(path, "obs-7", message);
    }
}

/// Vital signs have a code of LOINC.
fn vital_sign(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let is_vital = |concept: &Json| {
        let codings = concept.as_object().map(|concept| concept.list("coding")).unwrap_or_default();
        codings.iter().any(|coding| coding.as_object().and_then(|coding| coding.text("code")) == Some("vital-signs"))
    };
    if object.list("category").iter().any(is_vital) && loinc::of(object).is_none() {
        report.warning(&path.field("code"), "extensible binding", "a vital sign has a code of LOINC: add it");
    }
}

/// The unit of a quantity whose code says it.
fn measured(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let Some(unit) = loinc::of(object).and_then(loinc::unit) else { return };
    let Some(Json::Object(quantity)) = object.get("valueQuantity") else { return };
    if quantity.text("code") != Some(unit) {
        let message = format!("a quantity with this code of LOINC has the unit `{unit}` of UCUM: correct it");
        report.error(&path.field("value").field("code"), "unit", message);
    }
}

/// A carrier whose text for people begins with a GTIN says the same as its device identifier.
fn carrier(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let gtin = object.text("carrierHRF").and_then(|text| text.strip_prefix("(01)")?.get(..14));
    if let (Some(gtin), Some(di)) = (gtin, object.text("deviceIdentifier"))
        && gtin != di
    {
        let message = format!("the carrier names {gtin}: correct the device identifier or the carrier");
        report.warning(&path.field("deviceIdentifier"), "UDI", message);
    }
}

fn timing(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let has = |name: &str| object.get(name).is_some();
    let negative = |name: &str| matches!(object.get(name), Some(Json::Number(number)) if number.to_f64() < 0.0);
    let rules = [
        (has("duration") && !has("durationUnit"), "tim-1", "a duration needs `durationUnit`"),
        (has("period") && !has("periodUnit"), "tim-2", "a period needs `periodUnit`"),
        (negative("duration"), "tim-4", "a duration is not negative"),
        (negative("period"), "tim-5", "a period is not negative"),
        (has("periodMax") && !has("period"), "tim-6", "`periodMax` needs `period`"),
        (has("durationMax") && !has("duration"), "tim-7", "`durationMax` needs `duration`"),
        (has("countMax") && !has("count"), "tim-8", "`countMax` needs `count`"),
        (has("timeOfDay") && has("when"), "tim-10", "`timeOfDay` and `when` exclude each other"),
    ];
    for (_, rule, message) in rules.into_iter().filter(|(broken, ..)| *broken) {
        report.error(path, rule, message);
    }
}

/// Whether one point in time is certainly after another. Of unequal precision, neither is.
fn later(start: Option<&str>, end: Option<&str>) -> bool {
    let (Some(start), Some(end)) = (start, end) else { return false };
    if primitive::is_instant(start) && primitive::is_instant(end) {
        let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
        return matches!((instant(start), instant(end)), (Some(start), Some(end)) if start > end);
    }
    start.len() == end.len() && start > end
}

fn higher(low: Option<&Json>, high: Option<&Json>) -> bool {
    let side = |side: Option<&Json>| {
        let quantity = side.and_then(Json::as_object)?;
        let unit = (quantity.text("system").map(str::to_owned), quantity.text("code").map(str::to_owned));
        match quantity.get("value")? {
            Json::Number(number) => Some((unit, number.to_f64())),
            _ => None,
        }
    };
    matches!((side(low), side(high)), (Some((a, low)), Some((b, high))) if a == b && low > high)
}

/// `dom-2` to `dom-5` and `ref-1`: contained resources.
pub(super) fn contained(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    if object.text("resourceType") == Some("Bundle") {
        // It contains nothing; its entries are resources of their own.
        return;
    }
    let mut local = Vec::new();
    local_references(object, &mut local);
    let inner: Vec<&Object> = object.list("contained").iter().filter_map(Json::as_object).collect();
    for (place, one) in inner.iter().enumerate() {
        let here = path.element("contained", Some(place));
        if one.get("contained").is_some() {
            report.error(&here, "dom-2", "a contained resource contains another: put both beside each other");
        }
        let meta = one.get("meta").and_then(Json::as_object);
        if meta.is_some_and(|meta| meta.get("versionId").is_some() || meta.get("lastUpdated").is_some()) {
            report.error(&here, "dom-4", "a contained resource has no version of its own: remove it from `meta`");
        }
        if meta.is_some_and(|meta| meta.get("security").is_some()) {
            report.error(&here, "dom-5", "a contained resource has no security label of its own: remove it");
        }
        let points_out = one.list("contained").is_empty() && refers_to_container(one);
        match one.text("id") {
            Some(id) if local.contains(&id) || points_out => {}
            Some(id) => report.error(&here, "dom-3", format!("nothing refers to #{id}: refer to it or remove it")),
            None => report.error(&here, "dom-3", "a contained resource has an `id` to refer to: add it"),
        }
    }
    // Inside a contained resource, `#id` means its container.
    let known = |id: &&str| id.is_empty() || inner.iter().any(|one| one.text("id") == Some(id));
    if path.is_own_resource() {
        for missing in local.iter().filter(|id| !known(id)) {
            report.error(path, "ref-1", format!("`#{missing}` is not among the contained resources: add it"));
        }
    }
}

fn local_references<'a>(object: &'a Object, found: &mut Vec<&'a str>) {
    for (name, value) in object.iter() {
        if let ("reference", Json::String(text)) = (name, value)
            && let Some(local) = text.strip_prefix('#')
        {
            found.push(local);
        }
        for item in value.items() {
            if let Json::Object(inner) = item {
                local_references(inner, found);
            }
        }
    }
}

fn refers_to_container(object: &Object) -> bool {
    let mut local = Vec::new();
    local_references(object, &mut local);
    local.contains(&"")
}
