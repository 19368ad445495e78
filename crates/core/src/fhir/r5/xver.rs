//! Elements and codes of one release in the extensions that HL7 reserves for them in the other.
//!
//! HL7 publishes the definitions of these extensions in packages of their own (`hl7.fhir.uv.xver-…`). HAPI's validator (8.8) without
//! them looks for a list of R5's elements, `xver-paths-5.0.json`, which is not among its libraries, and refuses every address of this
//! form ("invalid Version '5.0'"), that of an element that there is as well as any other. Given the definitions as StructureDefinitions it
//! accepts the extensions that are made here. What it still refuses is a code that R4 lacks where R4 binds the element to a list
//! (`udiCarrier.entryType`, `deviceName.type`): there, an extension without a code is not enough for it.
//!
//! Only an extension of the very form that is made here is taken back; any other stays where it is.

use super::{Lone, shape};
use crate::fhir::error::FhirError;
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;

/// Moves a property and the one beside it.
pub(super) fn carry(from: &mut Object, name: &str, to: &mut Object, new_name: &str) {
    for (name, new_name) in [(name.to_owned(), new_name.to_owned()), (format!("_{name}"), format!("_{new_name}"))] {
        if let Some(value) = from.remove(&name) {
            to.set(&new_name, value);
        }
    }
}

/// The objects of a list.
pub(super) fn objects<'a>(fields: &'a mut Object, name: &str) -> impl Iterator<Item = &'a mut Object> {
    let items = match fields.get_mut(name) {
        Some(Json::Array(items)) => items.as_mut_slice(),
        _ => &mut [],
    };
    items.iter_mut().filter_map(|item| match item {
        Json::Object(object) => Some(object),
        _ => None,
    })
}

/// Whether an object has no other properties than these.
pub(super) fn only(object: &Object, names: &[&str]) -> bool {
    object.iter().all(|(name, _)| names.contains(&name))
}

/// Adds an extension behind those that are there.
pub(super) fn add_extension(fields: &mut Object, extension: Object) {
    match fields.get_mut("extension") {
        Some(Json::Array(all)) => all.push(extension.into()),
        _ => fields.set("extension", Json::Array(vec![extension.into()])),
    }
}

/// Takes out the first extensions with an address that fit, in order; the others stay.
pub(super) fn take_extensions(
    fields: &mut Object,
    url: &str,
    most: usize,
    fits: impl Fn(&Object) -> bool,
) -> Vec<Object> {
    let Some(Json::Array(all)) = fields.get_mut("extension") else { return Vec::new() };
    let mut taken = Vec::new();
    for one in std::mem::take(all) {
        match one {
            Json::Object(own) if taken.len() < most && own.text("url") == Some(url) && fits(&own) => taken.push(own),
            other => all.push(other),
        }
    }
    if all.is_empty() && !taken.is_empty() {
        fields.remove("extension");
    }
    taken
}

/// Puts elements that the other release lacks into extensions of what it has.
pub(super) fn away(from: &mut Object, lone: &[Lone], base: &str, to: &mut Object) {
    away_at(from, lone, &format!("{base}Device."), to);
}

/// As [`away`], of the part of a Device that the prefix names.
pub(super) fn away_at(from: &mut Object, lone: &[Lone], prefix: &str, to: &mut Object) {
    for (name, kind, many) in lone {
        let url = Json::from(format!("{prefix}{name}"));
        let (property, beside) = (format!("value{kind}"), from.remove(&format!("_{name}")));
        let values = match (from.remove(name), many) {
            (Some(Json::Array(values)), true) => values,
            (value, _) => value.into_iter().collect(),
        };
        let with = |value| Object::from([("url", url.clone()), (property.as_str(), value)]);
        let mut extensions: Vec<Object> = values.into_iter().map(with).collect();
        if let Some(beside) = beside {
            if extensions.is_empty() {
                extensions.push(Object::from([("url", url.clone())]));
            }
            extensions.iter_mut().take(1).for_each(|one| one.set(&format!("_{property}"), beside.clone()));
        }
        extensions.into_iter().for_each(|one| add_extension(to, one));
    }
}

/// Takes elements back out of the extensions that [`away`] made.
pub(super) fn back(from: &mut Object, lone: &[Lone], base: &str, to: &mut Object) {
    back_at(from, lone, &format!("{base}Device."), to);
}

/// As [`back`], of the part of a Device that the prefix names.
pub(super) fn back_at(from: &mut Object, lone: &[Lone], prefix: &str, to: &mut Object) {
    for (name, kind, many) in lone {
        let (property, beside) = (format!("value{kind}"), format!("_value{kind}"));
        let fits = |one: &Object| one.len() > 1 && only(one, &["url", property.as_str(), beside.as_str()]);
        let most = if *many { usize::MAX } else { 1 };
        let mut values = Vec::new();
        for mut extension in take_extensions(from, &format!("{prefix}{name}"), most, fits) {
            values.extend(extension.remove(&property));
            if let Some(beside) = extension.remove(&beside) {
                to.set(&format!("_{name}"), beside);
            }
        }
        match many {
            true if values.is_empty() => {}
            true => to.set(name, Json::Array(values)),
            false => values.into_iter().for_each(|value| to.set(name, value)),
        }
    }
}

/// Puts a code that the other release lacks into an extension of its element.
pub(super) fn code_out(fields: &mut Object, name: &str, known: &[&str], base: &str, path: &str) {
    let Some(Json::String(code)) = fields.get(name) else { return };
    let property = format!("_{name}");
    let is_free = matches!(fields.get(&property), None | Some(Json::Object(_)));
    if known.contains(&code.as_str()) || !is_free {
        return;
    }
    let Some(value) = fields.remove(name) else { return };
    let mut beside = match fields.remove(&property) {
        Some(Json::Object(beside)) => beside,
        _ => Object::new(),
    };
    add_extension(&mut beside, Object::from([("url", Json::from(format!("{base}{path}"))), ("valueCode", value)]));
    fields.set(&property, beside);
}

/// Takes a code back out of the extension that [`code_out`] made.
pub(super) fn code_back(fields: &mut Object, name: &str, base: &str, path: &str) {
    let property = format!("_{name}");
    if fields.get(name).is_some() {
        return;
    }
    let Some(Json::Object(beside)) = fields.get_mut(&property) else { return };
    let fits = |one: &Object| only(one, &["url", "valueCode"]) && one.text("valueCode").is_some();
    let mut found = take_extensions(beside, &format!("{base}{path}"), 1, fits);
    let empty = beside.is_empty();
    if let Some(code) = found.pop().and_then(|mut extension| extension.remove("valueCode")) {
        if empty {
            fields.remove(&property);
        }
        fields.set(name, code);
    }
}

/// The parts of R5's `CodeableReference`, a type that R4 lacks.
const PARTS: [(&str, &str); 2] = [("concept", "valueCodeableConcept"), ("reference", "valueReference")];

/// Puts a `CodeableReference` into an extension with a part for its reference and its concept.
pub(super) fn whole_away(
    from: &mut Object,
    name: &str,
    to: &mut Object,
    base: &str,
    root: &Path<'_>,
) -> Result<(), FhirError> {
    let values = match from.remove(name) {
        None => return Ok(()),
        Some(Json::Array(values)) => values,
        Some(one) => vec![one],
    };
    let here = root.field(name);
    for value in values {
        let Json::Object(mut one) = value else { return Err(shape(&here, "an object", &value)) };
        let mut extension = Object::from([("url", Json::from(format!("{base}Device.{name}")))]);
        carry(&mut one, "id", &mut extension, "id");
        carry(&mut one, "extension", &mut extension, "extension");
        for (property, kind) in PARTS {
            if let Some(value) = one.remove(property) {
                add_extension(&mut extension, Object::from([("url", Json::from(property)), (kind, value)]));
            }
        }
        if let Some((unknown, _)) = one.iter().next() {
            return Err(FhirError::UnknownElement { path: here.field(unknown).to_string() });
        }
        add_extension(to, extension);
    }
    Ok(())
}

/// Takes back what [`whole_away`] put away: one value, or a list.
pub(super) fn whole_back(to: &mut Object, name: &str, base: &str, many: bool) {
    let fits = |one: &Object| one.len() > 1 && only(one, &["url", "id", "extension"]);
    let most = if many { usize::MAX } else { 1 };
    let mut all = Vec::new();
    for mut extension in take_extensions(to, &format!("{base}Device.{name}"), most, fits) {
        let mut one = Object::new();
        for (property, kind) in PARTS {
            let fits = |part: &Object| part.get(kind).is_some() && only(part, &["url", kind]);
            for mut part in take_extensions(&mut extension, property, 1, fits) {
                part.remove(kind).into_iter().for_each(|value| one.set(property, value));
            }
        }
        carry(&mut extension, "id", &mut one, "id");
        carry(&mut extension, "extension", &mut one, "extension");
        all.push(Json::from(one));
    }
    match (many, all.len()) {
        (_, 0) => {}
        (true, _) => to.set(name, Json::Array(all)),
        (false, _) => to.set(name, all.swap_remove(0)),
    }
}
