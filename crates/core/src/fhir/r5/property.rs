//! `Device.property`.

use super::xver::{add_extension, carry, only, take_extensions};
use super::{R4, R5, shape};
use crate::fhir::error::FhirError;
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;

/// Values that a property has in R5 only.
const ONLY_R5_VALUES: &[&str] = &["valueString", "valueBoolean", "valueInteger", "valueRange", "valueAttachment"];

/// R4 gives a property lists of values, R5 one value. One value goes over; anything else stays whole in an extension.
pub(super) fn properties_to_r5(old: &mut Object, new: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let mut converted = Vec::new();
    for (place, item) in list(old, "property", root)?.into_iter().enumerate() {
        let Json::Object(mut property) = item else {
            return Err(shape(&root.element("property", Some(place)), "an object", &item));
        };
        let fits = |kept: &Object| only(kept, &[&["url"], ONLY_R5_VALUES].concat());
        let kept = take_extensions(&mut property, &format!("{R5}Device.property.value"), 1, fits);
        if let Some(mut kept) = kept.into_iter().next() {
            kept.remove("url");
            kept.into_fields().for_each(|(name, value)| property.set(&name, value));
            converted.push(property.into());
            continue;
        }
        for (name, new_name) in [("valueQuantity", "valueQuantity"), ("valueCode", "valueCodeableConcept")] {
            if property.list(name).len() == 1 && values(&property) == 1 {
                let value = property.remove(name).map(|list| list.items()[0].clone());
                value.into_iter().for_each(|value| property.set(new_name, value));
                break;
            }
        }
        match property.list("valueQuantity").is_empty() && property.list("valueCode").is_empty() {
            true => converted.push(property.into()),
            false => {
                away_values(&mut property);
                converted.push(property.into());
            }
        }
    }
    put_list(new, "property", converted);
    Ok(())
}

/// How many values a property of R4 has.
fn values(property: &Object) -> usize {
    property.list("valueQuantity").len() + property.list("valueCode").len()
}

/// Puts the lists of values of R4 into one extension with a part for each.
fn away_values(property: &mut Object) {
    let mut parts = Vec::new();
    for (name, kind) in [("valueQuantity", "valueQuantity"), ("valueCode", "valueCodeableConcept")] {
        if let Some(Json::Array(values)) = property.remove(name) {
            let part = |value| Json::from(Object::from([("url", Json::from(name)), (kind, value)]));
            parts.extend(values.into_iter().map(part));
        }
    }
    let url = Json::from(format!("{R4}Device.property"));
    add_extension(property, Object::from([("url", url), ("extension", Json::Array(parts))]));
}

pub(super) fn properties_from_r5(new: &mut Object, old: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let mut converted = Vec::new();
    for (place, item) in list(new, "property", root)?.into_iter().enumerate() {
        let Json::Object(mut property) = item else {
            return Err(shape(&root.element("property", Some(place)), "an object", &item));
        };
        for mut kept in take_extensions(&mut property, &format!("{R4}Device.property"), 1, is_values) {
            back_values(&mut kept, &mut property);
        }
        let value = property.iter().find(|(name, _)| name.starts_with("value")).map(|(name, _)| name.to_owned());
        match value.as_deref() {
            Some("valueQuantity") if property.list("valueQuantity").is_empty() => {
                one_value(&mut property, "valueQuantity", "valueQuantity")
            }
            Some("valueCodeableConcept") => one_value(&mut property, "valueCodeableConcept", "valueCode"),
            Some(name) if ONLY_R5_VALUES.contains(&name) => {
                let mut extension = Object::from([("url", Json::from(format!("{R5}Device.property.value")))]);
                carry(&mut property, name, &mut extension, name);
                add_extension(&mut property, extension);
            }
            _ => {}
        }
        converted.push(property.into());
    }
    put_list(old, "property", converted);
    Ok(())
}

fn one_value(property: &mut Object, name: &str, new_name: &str) {
    if let Some(value) = property.remove(name) {
        property.set(new_name, Json::Array(vec![value]));
    }
}

/// Whether an extension is one that [`away_values`] made.
fn is_values(kept: &Object) -> bool {
    let is_part = |part: &Json| match part {
        Json::Object(part) => match part.text("url") {
            Some("valueQuantity") => only(part, &["url", "valueQuantity"]),
            Some("valueCode") => only(part, &["url", "valueCodeableConcept"]),
            _ => false,
        },
        _ => false,
    };
    only(kept, &["url", "extension"]) && kept.list("extension").iter().all(is_part)
}

fn back_values(kept: &mut Object, property: &mut Object) {
    for (name, kind) in [("valueQuantity", "valueQuantity"), ("valueCode", "valueCodeableConcept")] {
        let values = take_extensions(kept, name, usize::MAX, |_| true)
            .into_iter()
            .filter_map(|mut part| part.remove(kind))
            .collect();
        put_list(property, name, values);
    }
}

fn list(from: &mut Object, name: &str, root: &Path<'_>) -> Result<Vec<Json>, FhirError> {
    match from.remove(name) {
        None => Ok(Vec::new()),
        Some(Json::Array(items)) => Ok(items),
        Some(other) => Err(shape(&root.field(name), "a list", &other)),
    }
}

fn put_list(to: &mut Object, name: &str, items: Vec<Json>) {
    if !items.is_empty() {
        to.set(name, Json::Array(items));
    }
}
