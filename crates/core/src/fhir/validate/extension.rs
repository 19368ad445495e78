//! Extensions that the guide defines: where they may stand, their parts and values, wherever they are used.

use super::bindings;
use super::{Report, short};
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::pocd::{BASE, ExtensionRules, GUIDE, Part, Parts, extension_rules};
use crate::fhir::schema;

/// Checks an extension whose address the guide defines; others are free.
pub(super) fn check(object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let Some(url) = object.text("url") else { return };
    let Some(rules) = extension_rules(url) else { return unknown(url, path, report) };
    if path.parent_is_root() && !rules.contexts.contains(&path.root_name()) {
        let message = format!("this extension is for {} only: remove it", rules.contexts.join(" and "));
        report.error(path, "extension", message);
    }
    match &rules.parts {
        Parts::Value(part) => {
            if object.get("extension").is_some() {
                report.error(
                    &path.field("extension"),
                    "cardinality",
                    "this extension has a value and no parts: remove them",
                );
            }
            value(part, object, path, report);
        }
        Parts::Several(parts) => several(rules, parts, object, path, report),
    }
}

/// An address that the guide or HL7 would have, but which is not known here.
fn unknown(url: &str, path: &Path<'_>, report: &mut Report<'_>) {
    if url.starts_with(GUIDE) {
        let message = "the Point-of-Care Device guide has no such extension: correct the address";
        report.error(&path.field("url"), "extension", message);
    } else if url.starts_with(BASE) && path.parent_is_root() && ["Device", "DeviceMetric"].contains(&path.root_name()) {
        report.warning(&path.field("url"), "extension", "this extension is not known here: make sure of its address");
    }
}

fn several(rules: &ExtensionRules, parts: &[Part], object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    if object.iter().any(|(name, _)| name.starts_with("value")) {
        report.error(&path.field("value"), "cardinality", "this extension has parts and no value: remove it");
    }
    let inner = object.list("extension");
    for part in parts {
        let found: Vec<usize> = (0..inner.len()).filter(|place| url(&inner[*place]) == Some(part.url)).collect();
        if found.len() < usize::from(part.min) {
            report.error(
                &path.field("extension"),
                "cardinality",
                format!("the part `{}` is missing: add it", part.url),
            );
        }
        if let Some(extra) = part.max.and_then(|max| found.get(usize::from(max))) {
            let message = format!("the part `{}` may stand once: remove the others", part.url);
            report.error(&path.element("extension", Some(*extra)), "cardinality", message);
        }
        for place in found {
            if let Json::Object(one) = &inner[place] {
                value(part, one, &path.element("extension", Some(place)), report);
            }
        }
    }
    for (place, one) in inner.iter().enumerate() {
        // Only an absolute address has a meaning outside the extension that it is a part of.
        let foreign = |url: &&str| !url.contains(':') && parts.iter().all(|part| part.url != *url);
        if let Some(found) = url(one).filter(foreign) {
            let message = format!("`{}` is no part of this extension: correct it", short(found));
            report.error(&path.element("extension", Some(place)).field("url"), "extension", message);
        }
    }
    let has = |wanted: &str| inner.iter().any(|one| url(one) == Some(wanted));
    match rules.constraint {
        Some("apj-1") if has("noApprovedJurisdictions") && has("approvedJurisdiction") => {
            report.error(path, "apj-1", "it names jurisdictions and says that there are none: remove one of them");
        }
        Some("pocd-rr-1") if !has("low") && !has("high") => {
            report.error(path, "pocd-rr-1", "a reference range has `low` or `high`: add one");
        }
        _ => {}
    }
}

fn url(extension: &Json) -> Option<&str> {
    extension.as_object()?.text("url")
}

fn value(part: &Part, object: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let here = path.field("value");
    let Some((property, value)) = object.iter().find(|(name, _)| name.starts_with("value")) else {
        if part.value_required && !object.iter().any(|(name, _)| name.starts_with("_value")) {
            report.error(&here, "cardinality", format!("a value of type {} is missing: add it", part.of));
        }
        return;
    };
    if !property.strip_prefix("value").is_some_and(|suffix| schema::is_suffix(part.of, suffix)) {
        return report.error(&here, "type", format!("the value is of type {}: write `value` with that type", part.of));
    }
    if part.must_be_true && *value != Json::Bool(true) {
        report.error(&here, "fixed value", "this can only be true: leave the part out when it is not");
    }
    if part.simple && value.as_object().is_some_and(|quantity| quantity.get("comparator").is_some()) {
        report.error(&here.field("comparator"), "sqty-1", "a limit has no comparator: remove it");
    }
    if let Some(binding) = &part.binding {
        bindings::check(binding, value, &here, report);
    }
    if let (false, Json::Object(reference)) = (part.targets.is_empty(), value) {
        targets(part.targets, reference, &here, report);
    }
}

/// Whether a reference may point at what it points at, by the type that it names.
pub(super) fn targets(targets: &[&str], reference: &Object, path: &Path<'_>, report: &mut Report<'_>) {
    let Some(text) = reference.text("reference") else { return };
    if text.starts_with('#') || text.starts_with("urn:") {
        return;
    }
    let segments: Vec<&str> = text.rsplit('/').collect();
    let found = match segments.as_slice() {
        [_, "_history", _, found, ..] | [_, found, ..] => *found,
        _ => return,
    };
    let due: Vec<&str> = targets.iter().map(|target| resource_type(target)).collect();
    if !due.contains(&found) && schema::resource(found).is_some() {
        let message = format!("it points at a {found}; due is {}", due.join(" or "));
        report.error(&path.field("reference"), "reference", message);
    }
}

/// The type of resource that a profile or type, named by its address, is for.
pub(super) fn resource_type(url: &str) -> &str {
    let name = url.rsplit('/').next().unwrap_or(url);
    if name.ends_with("DeviceMetric") {
        "DeviceMetric"
    } else if name.ends_with("Device") {
        "Device"
    } else {
        name
    }
}
