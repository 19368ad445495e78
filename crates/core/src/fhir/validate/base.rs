//! What R4 says of every resource: elements, how often, their types, formats, codes, references and invariants.

use super::{Report, extension, invariants, primitive, short};
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::pocd::mdc;
use crate::fhir::schema::{self, Field, Primitive, Shape, Type};

/// Rules that have no key in the standard.
const ELEMENTS: &str = "elements of R4";
const CARDINALITY: &str = "cardinality";
const TYPE: &str = "type";

/// Checks a resource, alone or inside another.
pub(super) fn resource<'a>(object: &'a Object, path: &Path<'_>, report: &mut Report<'a>) {
    let name = object.text("resourceType").unwrap_or_default();
    match schema::resource(name) {
        Some(of) => {
            fields(object, of, path, report);
            invariants::check(object, of, path, report);
            invariants::contained(object, path, report);
        }
        None => {
            let message = format!("the type `{}` is not known here: only its identity is checked", short(name));
            report.warning(path, "known types", message);
            for name in ["id", "meta"] {
                if let Some((_, field, of)) = schema::Resource.field(name)
                    && let Some(value) = object.get(name)
                {
                    values(value, object.get(&format!("_{name}")), field, of, path, report);
                }
            }
        }
    }
}

fn fields<'a>(object: &'a Object, of: &'static Type, path: &Path<'_>, report: &mut Report<'a>) {
    let (mut seen, mut typed) = (0u64, 0u64);
    for (property, value) in object.iter() {
        if property == "resourceType" && of.shape == Shape::Resource {
            continue;
        }
        if property == "id" && of.shape == Shape::Element {
            primitive::check(value, Primitive::String, &path.field("id"), report);
            continue;
        }
        let name = property.strip_prefix('_').unwrap_or(property);
        let found = of.field(name).filter(|(_, _, of)| property == name || of.primitive().is_some());
        let Some((place, field, of)) = found else {
            report.error(&path.field(property), ELEMENTS, "R4 has no such element: remove it, or use an extension");
            continue;
        };
        let beside = if property == name { object.get(&format!("_{name}")) } else { None };
        let (again, bit) = (property != name && object.get(name).is_some(), 1 << place);
        if typed & bit != 0 && !again {
            report.error(&path.field(field.name), TYPE, "it has two types of value: keep one");
        }
        seen |= bit;
        // The property beside a value is looked at together with it.
        if !again {
            typed |= bit;
            match property == name {
                true => values(value, beside, field, of, path, report),
                false => values(&Json::Null, Some(value), field, of, path, report),
            }
        }
    }
    for (place, field) in of.fields().enumerate() {
        if field.required && seen & (1 << place) == 0 {
            report.error(&path.field(field.name), CARDINALITY, format!("`{}` is required: add it", field.name));
        }
    }
}

/// One property with the one beside it.
fn values<'a>(
    value: &'a Json,
    beside: Option<&'a Json>,
    field: &'static Field,
    of: &'static Type,
    path: &Path<'_>,
    report: &mut Report<'a>,
) {
    let here = path.field(field.name);
    for list in [Some(value), beside].into_iter().flatten().filter(|list| **list != Json::Null) {
        match (list, field.many) {
            (Json::Array(items), true) if items.is_empty() => {
                return report.error(&here, CARDINALITY, "an empty list: leave it out");
            }
            (Json::Array(_), true) => {}
            (Json::Array(_), false) => {
                return report.error(&here, TYPE, "it may stand once: write the value, not a list");
            }
            (_, true) => return report.error(&here, TYPE, "it may be repeated: write a list"),
            (_, false) => {}
        }
    }
    let besides = beside.map(Json::items).unwrap_or_default();
    let items = if *value == Json::Null && beside.is_some() { &[] } else { value.items() };
    if field.many && !besides.is_empty() && !items.is_empty() && besides.len() != items.len() {
        report.error(&here, TYPE, "the list and the one beside it (with _) have not the same length: pad with null");
    }
    for place in 0..items.len().max(besides.len()) {
        let here = path.element(field.name, field.many.then_some(place));
        let beside = besides.get(place).filter(|beside| **beside != Json::Null);
        one(items.get(place), beside, field, of, &here, report);
    }
}

fn one<'a>(
    value: Option<&'a Json>,
    beside: Option<&'a Json>,
    field: &'static Field,
    of: &'static Type,
    path: &Path<'_>,
    report: &mut Report<'a>,
) {
    match of.shape {
        Shape::Primitive(primitive) => {
            match value {
                Some(Json::Null) | None if beside.is_some() => {}
                Some(value) => {
                    if primitive::check(value, primitive, path, report) {
                        codes(value, field, path, report);
                    }
                }
                None => report.error(path, "ele-1", "it has neither value nor extension: leave it out"),
            }
            match beside {
                Some(Json::Object(beside)) => element(beside, &schema::Element, path, report),
                Some(_) => report.error(path, TYPE, "beside a value (with _) stands an object with id or extension"),
                None => {}
            }
        }
        _ => match value {
            Some(Json::Object(object)) if of.is_any_resource() => match object.get("resourceType") {
                Some(Json::String(_)) => resource(object, path, report),
                _ => report.error(&path.field("resourceType"), TYPE, "a resource says its type: add `resourceType`"),
            },
            Some(Json::Object(object)) => {
                element(object, of, path, report);
                if of.name == "Reference" {
                    reference(object, field, path, report);
                }
            }
            Some(other) => {
                report.error(path, TYPE, format!("an object of type {} is due, not {}", of.name, other.kind()))
            }
            None => {}
        },
    }
}

fn element<'a>(object: &'a Object, of: &'static Type, path: &Path<'_>, report: &mut Report<'a>) {
    if object.iter().all(|(name, _)| name == "id") {
        return report.error(path, "ele-1", "it has neither value nor elements: leave it out");
    }
    fields(object, of, path, report);
    invariants::check(object, of, path, report);
    match of.name {
        "Extension" => extension::check(object, path, report),
        "Coding" | "Quantity" => mdc::check(object, path, |path, message| report.error(path, "MDC code", message)),
        _ => {}
    }
}

fn codes(value: &Json, field: &Field, path: &Path<'_>, report: &mut Report<'_>) {
    if let (Some(set), Json::String(code)) = (field.codes, value)
        && !set.codes.contains(&code.as_str())
    {
        let known = set.codes.join(" | ");
        report.error(path, "required binding", format!("`{}` is no code of {}: use {known}", short(code), set.name));
    }
}

fn reference<'a>(object: &'a Object, field: &Field, path: &Path<'_>, report: &mut Report<'a>) {
    let Some(target) = object.text("reference") else { return };
    let here = path.field("reference");
    let target_type = match parts(target) {
        Some(target_type) => target_type,
        None => {
            let message =
                "a reference is Type/id, an absolute address, urn:uuid:…, urn:oid:… or #id of a contained one";
            return report.error(&here, "reference", message);
        }
    };
    if let Some(found) = target_type
        && !field.targets.is_empty()
        && !field.targets.contains(&found)
    {
        let due = field.targets.join(" or ");
        report.error(&here, "reference", format!("it points at a {found}; due is {due}"));
    }
    report.references.push(super::Pointer { path: here.to_string(), reference: target });
}

/// The type of what a reference points at, as far as it says so; `None` when it is no reference.
fn parts(reference: &str) -> Option<Option<&str>> {
    if let Some(local) = reference.strip_prefix('#') {
        return (local.is_empty() || primitive::is_id(local)).then_some(None);
    }
    if reference.starts_with("urn:uuid:") || reference.starts_with("urn:oid:") {
        return primitive::is_uri(reference).then_some(None);
    }
    let absolute = reference.strip_prefix("http://").or_else(|| reference.strip_prefix("https://"));
    let segments: Vec<&str> = absolute.unwrap_or(reference).split('/').collect();
    let named = match segments.as_slice() {
        [.., name, id, "_history", version] => Some((*name, *id, *version)),
        [.., name, id] => Some((*name, *id, "1")),
        _ => None,
    };
    let fits =
        |(name, id, version): &(&str, &str, &str)| is_type(name) && primitive::is_id(id) && primitive::is_id(version);
    match (named.filter(fits), absolute) {
        (Some((name, ..)), Some(_)) => Some(Some(name)),
        (Some((name, ..)), None) => matches!(segments.len(), 2 | 4).then_some(Some(name)),
        (None, Some(rest)) => (!rest.is_empty() && primitive::is_uri(rest)).then_some(None),
        (None, None) => None,
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}
