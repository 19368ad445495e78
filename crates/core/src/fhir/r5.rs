//! Device of R4 ↔ Device of R5, without loss either way.
//!
//! What both have goes over as HL7's map `Device4to5` says (identifier, definition, UDI, status, names, version,
//! property and so on); `specialization` is R5's `conformsTo`. What the other release has no element or code for goes
//! into the extension that HL7 reserves for it,
//! `http://hl7.org/fhir/[4.0|5.0]/StructureDefinition/extension-Device.[element]`, and comes back from there: the
//! reason of a status and the patient, for example, which R5's Device no longer has. `statusReason` is not R5's
//! `availabilityStatus`: one says why a record is not active, the other whether a device is lost or damaged. Extensions
//! of the Point-of-Care Device guide stay, as they are extensions of Device in R5, too.

use super::error::FhirError;
use super::json::{Json, Object};
use super::path::Path;
use super::resource::Resource;

const R4: &str = "http://hl7.org/fhir/4.0/StructureDefinition/extension-";
const R5: &str = "http://hl7.org/fhir/5.0/StructureDefinition/extension-";

/// An element of one release only: its name, its type as behind `value`, and whether it may be repeated.
type Lone = (&'static str, &'static str, bool);

/// Elements that R5 has no place for.
const ONLY_R4: &[Lone] = &[
    ("statusReason", "CodeableConcept", true),
    ("distinctIdentifier", "String", false),
    ("patient", "Reference", false),
];

/// Elements that R4 has no place for.
const ONLY_R5: &[Lone] = &[
    ("displayName", "String", false),
    ("availabilityStatus", "CodeableConcept", false),
    ("biologicalSourceEvent", "Identifier", false),
    ("category", "CodeableConcept", true),
    ("mode", "CodeableConcept", false),
    ("cycle", "Count", false),
    ("duration", "Duration", false),
    ("endpoint", "Reference", true),
];

/// Elements whose content is the same in both, but for codes.
const BOTH: &[&str] = &[
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "identifier",
    "status",
    "manufacturer",
    "manufactureDate",
    "expirationDate",
    "lotNumber",
    "serialNumber",
    "modelNumber",
    "partNumber",
    "owner",
    "contact",
    "location",
    "url",
    "note",
    "safety",
    "parent",
    "udiCarrier",
];

const NAMES_R5: &[&str] = &["user-friendly-name", "patient-reported-name"];
const STATUS_R5: &[&str] = &["active", "inactive", "entered-in-error"];
const ENTRY_R4: &[&str] = &["barcode", "rfid", "manual", "card", "self-reported", "unknown"];

/// Converts a Device of R4 to R5.
///
/// # Errors
/// Another resource, or an element that R4's Device does not have or has in another shape.
pub fn to_r5(device: &Resource) -> Result<Resource, FhirError> {
    let mut old = start(device)?;
    let mut new = Object::new();
    let root = Path::root("Device");
    back(&mut old, ONLY_R5, R5, &mut new);
    share(&mut old, &mut new);
    code_out(&mut new, "status", STATUS_R5, R4, "Device.status");
    for carrier in objects(&mut new, "udiCarrier") {
        code_back(carrier, "entryType", R5, "Device.udiCarrier.entryType");
    }
    rename_list(&mut old, "deviceName", &mut new, "name", &root, name_to_r5)?;
    rename_list(&mut old, "specialization", &mut new, "conformsTo", &root, specialization_to_r5)?;
    rename_list(&mut old, "version", &mut new, "version", &root, |version| lone_back(version, "version", INSTALLED))?;
    definition_to_r5(&mut old, &mut new, &root)?;
    types_to_r5(&mut old, &mut new, &root)?;
    properties_to_r5(&mut old, &mut new, &root)?;
    whole_back(&mut new, "gateway", R5);
    away(&mut old, ONLY_R4, R4, &mut new);
    finish(old, new)
}

/// Converts a Device of R5 to R4.
///
/// # Errors
/// Another resource, or an element that R5's Device does not have or has in another shape.
pub fn from_r5(device: &Resource) -> Result<Resource, FhirError> {
    let mut new = start(device)?;
    let mut old = Object::new();
    let root = Path::root("Device");
    back(&mut new, ONLY_R4, R4, &mut old);
    share(&mut new, &mut old);
    code_back(&mut old, "status", R4, "Device.status");
    for carrier in objects(&mut old, "udiCarrier") {
        code_out(carrier, "entryType", ENTRY_R4, R5, "Device.udiCarrier.entryType");
    }
    rename_list(&mut new, "name", &mut old, "deviceName", &root, name_from_r5)?;
    rename_list(&mut new, "conformsTo", &mut old, "specialization", &root, specialization_from_r5)?;
    rename_list(&mut new, "version", &mut old, "version", &root, |version| lone_away(version, "version", INSTALLED))?;
    definition_from_r5(&mut new, &mut old, &root)?;
    types_from_r5(&mut new, &mut old, &root)?;
    properties_from_r5(&mut new, &mut old, &root)?;
    whole_away(&mut new, "gateway", &mut old, R5);
    away(&mut new, ONLY_R5, R5, &mut old);
    finish(new, old)
}

/// R5's date of installation of a version.
const INSTALLED: &[Lone] = &[("installDate", "DateTime", false)];
/// R5's marks of names and of what a device conforms to.
const DISPLAYED: &[Lone] = &[("display", "Boolean", false)];
const CATEGORISED: &[Lone] = &[("category", "CodeableConcept", false)];

fn start(device: &Resource) -> Result<Object, FhirError> {
    match device.resource_type() {
        "Device" => Ok(device.fields().clone()),
        other => Err(FhirError::WrongType { expected: "Device", found: other.to_owned() }),
    }
}

/// Whatever has not gone over is no element of the release.
fn finish(left: Object, made: Object) -> Result<Resource, FhirError> {
    match left.iter().next() {
        Some((name, _)) => Err(FhirError::UnknownElement { path: Path::root("Device").field(name).to_string() }),
        None => Resource::new(made),
    }
}

fn shape(path: &Path<'_>, expected: &'static str, found: &Json) -> FhirError {
    FhirError::Shape { path: path.to_string(), expected, found: found.kind() }
}

/// Moves a property and the one beside it.
fn carry(from: &mut Object, name: &str, to: &mut Object, new_name: &str) {
    for (name, new_name) in [(name.to_owned(), new_name.to_owned()), (format!("_{name}"), format!("_{new_name}"))] {
        if let Some(value) = from.remove(&name) {
            to.set(&new_name, value);
        }
    }
}

fn share(from: &mut Object, to: &mut Object) {
    BOTH.iter().for_each(|name| carry(from, name, to, name));
}

/// The objects of a list.
fn objects<'a>(fields: &'a mut Object, name: &str) -> impl Iterator<Item = &'a mut Object> {
    let items = match fields.get_mut(name) {
        Some(Json::Array(items)) => items.as_mut_slice(),
        _ => &mut [],
    };
    items.iter_mut().filter_map(|item| match item {
        Json::Object(object) => Some(object),
        _ => None,
    })
}

/// Adds an extension behind those that are there.
fn add_extension(fields: &mut Object, extension: Object) {
    match fields.get_mut("extension") {
        Some(Json::Array(all)) => all.push(extension.into()),
        _ => fields.set("extension", Json::Array(vec![extension.into()])),
    }
}

/// Takes out the extensions with an address, in order.
fn take_extensions(fields: &mut Object, url: &str) -> Vec<Object> {
    let Some(Json::Array(all)) = fields.get_mut("extension") else { return Vec::new() };
    let is_own = |one: &Json| one.as_object().and_then(|one| one.text("url")) == Some(url);
    let (own, others): (Vec<Json>, Vec<Json>) = std::mem::take(all).into_iter().partition(is_own);
    *all = others;
    if all.is_empty() {
        fields.remove("extension");
    }
    own.into_iter().filter_map(|one| if let Json::Object(one) = one { Some(one) } else { None }).collect()
}

/// Puts elements that the other release lacks into extensions of what it has.
fn away(from: &mut Object, lone: &[Lone], base: &str, to: &mut Object) {
    away_at(from, lone, &format!("{base}Device."), to);
}

fn away_at(from: &mut Object, lone: &[Lone], prefix: &str, to: &mut Object) {
    for (name, kind, many) in lone {
        let beside = from.remove(&format!("_{name}"));
        let values = match (from.remove(name), many) {
            (Some(Json::Array(values)), true) => values,
            (value, _) => value.into_iter().collect(),
        };
        let url = format!("{prefix}{name}");
        let empty = values.is_empty();
        for value in values {
            add_extension(to, Object::from([("url", Json::from(url.as_str())), (&format!("value{kind}"), value)]));
        }
        if let Some(beside) = beside {
            let property = format!("_value{kind}");
            match to.get_mut("extension") {
                Some(Json::Array(all)) if !empty => {
                    if let Some(Json::Object(last)) = all.last_mut() {
                        last.set(&property, beside);
                    }
                }
                _ => add_extension(to, Object::from([("url", Json::from(url.as_str())), (&property, beside)])),
            }
        }
    }
}

/// Takes elements back out of the extensions that [`away`] made.
fn back(from: &mut Object, lone: &[Lone], base: &str, to: &mut Object) {
    back_at(from, lone, &format!("{base}Device."), to);
}

fn back_at(from: &mut Object, lone: &[Lone], prefix: &str, to: &mut Object) {
    for (name, kind, many) in lone {
        let mut values = Vec::new();
        for mut extension in take_extensions(from, &format!("{prefix}{name}")) {
            values.extend(extension.remove(&format!("value{kind}")));
            if let Some(beside) = extension.remove(&format!("_value{kind}")) {
                to.set(&format!("_{name}"), beside);
            }
        }
        match many {
            true if values.is_empty() => {}
            true => to.set(name, Json::Array(values)),
            false => values.into_iter().take(1).for_each(|value| to.set(name, value)),
        }
    }
}

/// As [`away`], of a part of a Device and within it.
fn lone_away(mut part: Object, path: &str, lone: &[Lone]) -> Object {
    let mut own = Object::new();
    for (name, _, _) in lone {
        carry(&mut part, name, &mut own, name);
    }
    away_at(&mut own, lone, &format!("{R5}Device.{path}."), &mut part);
    part
}

fn lone_back(mut part: Object, path: &str, lone: &[Lone]) -> Object {
    let mut own = Object::new();
    back_at(&mut part, lone, &format!("{R5}Device.{path}."), &mut own);
    for (name, value) in own.into_fields() {
        part.set(&name, value);
    }
    part
}

/// Puts a code that the other release lacks into an extension of its element.
fn code_out(fields: &mut Object, name: &str, known: &[&str], base: &str, path: &str) {
    let Some(Json::String(code)) = fields.get(name) else { return };
    if known.contains(&code.as_str()) {
        return;
    }
    let Some(value) = fields.remove(name) else { return };
    let property = format!("_{name}");
    let mut beside = match fields.remove(&property) {
        Some(Json::Object(beside)) => beside,
        _ => Object::new(),
    };
    add_extension(&mut beside, Object::from([("url", Json::from(format!("{base}{path}"))), ("valueCode", value)]));
    fields.set(&property, beside);
}

fn code_back(fields: &mut Object, name: &str, base: &str, path: &str) {
    let property = format!("_{name}");
    let Some(Json::Object(beside)) = fields.get_mut(&property) else { return };
    let mut found = take_extensions(beside, &format!("{base}{path}"));
    let empty = beside.is_empty();
    if let Some(code) = found.pop().and_then(|mut extension| extension.remove("valueCode")) {
        if empty {
            fields.remove(&property);
        }
        fields.set(name, code);
    }
}

/// Converts each element of a list and puts it under another name.
fn rename_list(
    from: &mut Object,
    name: &str,
    to: &mut Object,
    new_name: &str,
    root: &Path<'_>,
    convert: impl Fn(Object) -> Object,
) -> Result<(), FhirError> {
    let Some(value) = from.remove(name) else { return Ok(()) };
    let Json::Array(items) = value else { return Err(shape(&root.field(name), "a list", &value)) };
    let convert = |(place, item)| match item {
        Json::Object(object) => Ok(Json::Object(convert(object))),
        other => Err(shape(&root.element(name, Some(place)), "an object", &other)),
    };
    to.set(new_name, Json::Array(items.into_iter().enumerate().map(convert).collect::<Result<_, _>>()?));
    Ok(())
}

fn renamed(mut part: Object, name: &str, new_name: &str) -> Object {
    let mut own = Object::new();
    carry(&mut part, name, &mut own, new_name);
    for (name, value) in own.into_fields() {
        part.set(&name, value);
    }
    part
}

/// The name on the label is R5's registered name; names that R5 has no kind for keep theirs in an extension.
fn name_to_r5(part: Object) -> Object {
    let mut part = lone_back(renamed(part, "name", "value"), "name", DISPLAYED);
    code_back(&mut part, "type", R5, "Device.name.type");
    if part.text("type") == Some("udi-label-name") {
        part.set("type", "registered-name");
        return part;
    }
    code_out(&mut part, "type", NAMES_R5, R4, "Device.deviceName.type");
    part
}

fn name_from_r5(part: Object) -> Object {
    let mut part = lone_away(renamed(part, "value", "name"), "name", DISPLAYED);
    if part.text("type") == Some("registered-name") {
        part.set("type", "udi-label-name");
    } else {
        code_out(&mut part, "type", NAMES_R5, R5, "Device.name.type");
    }
    code_back(&mut part, "type", R4, "Device.deviceName.type");
    part
}

fn specialization_to_r5(part: Object) -> Object {
    lone_back(renamed(part, "systemType", "specification"), "conformsTo", CATEGORISED)
}

fn specialization_from_r5(part: Object) -> Object {
    lone_away(renamed(part, "specification", "systemType"), "conformsTo", CATEGORISED)
}

/// A reference of R4 is a reference or concept in R5.
fn definition_to_r5(old: &mut Object, new: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    whole_back(new, "definition", R5);
    match old.remove("definition") {
        None => Ok(()),
        Some(reference @ Json::Object(_)) => {
            new.set("definition", Object::from([("reference", reference)]));
            Ok(())
        }
        Some(other) => Err(shape(&root.field("definition"), "an object", &other)),
    }
}

fn definition_from_r5(new: &mut Object, old: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    match new.get_mut("definition") {
        None => Ok(()),
        Some(Json::Object(definition)) if definition.len() == 1 && definition.get("reference").is_some() => {
            if let Some(reference) = definition.remove("reference") {
                old.set("definition", reference);
            }
            new.remove("definition");
            Ok(())
        }
        Some(Json::Object(_)) => {
            whole_away(new, "definition", old, R5);
            Ok(())
        }
        Some(other) => Err(shape(&root.field("definition"), "an object", other)),
    }
}

/// R4 has one type, R5 several: the first one is R4's.
fn types_to_r5(old: &mut Object, new: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let further = take_extensions(new, &format!("{R5}Device.type"));
    let first = match old.remove("type") {
        None => None,
        Some(concept @ Json::Object(_)) => Some(concept),
        Some(other) => return Err(shape(&root.field("type"), "an object", &other)),
    };
    let further = further.into_iter().filter_map(|mut extension| extension.remove("valueCodeableConcept"));
    let all: Vec<Json> = first.into_iter().chain(further).collect();
    if !all.is_empty() {
        new.set("type", Json::Array(all));
    }
    Ok(())
}

fn types_from_r5(new: &mut Object, old: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let all = match new.remove("type") {
        None => return Ok(()),
        Some(Json::Array(all)) => all,
        Some(other) => return Err(shape(&root.field("type"), "a list", &other)),
    };
    for (place, concept) in all.into_iter().enumerate() {
        match place {
            0 => old.set("type", concept),
            _ => {
                let url = Json::from(format!("{R5}Device.type"));
                add_extension(old, Object::from([("url", url), ("valueCodeableConcept", concept)]));
            }
        }
    }
    Ok(())
}

/// R4 gives a property lists of values, R5 one value. One value goes over; anything else stays whole in an extension.
fn properties_to_r5(old: &mut Object, new: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let mut converted = Vec::new();
    for (place, item) in list(old, "property", root)?.into_iter().enumerate() {
        let Json::Object(mut property) = item else {
            return Err(shape(&root.element("property", Some(place)), "an object", &item));
        };
        let kept = take_extensions(&mut property, &format!("{R5}Device.property.value"));
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

fn properties_from_r5(new: &mut Object, old: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let mut converted = Vec::new();
    for (place, item) in list(new, "property", root)?.into_iter().enumerate() {
        let Json::Object(mut property) = item else {
            return Err(shape(&root.element("property", Some(place)), "an object", &item));
        };
        for mut kept in take_extensions(&mut property, &format!("{R4}Device.property")) {
            back_values(&mut kept, &mut property);
        }
        let value = property.iter().find(|(name, _)| name.starts_with("value")).map(|(name, _)| name.to_owned());
        match value.as_deref() {
            Some("valueQuantity") if property.list("valueQuantity").is_empty() => {
                one_value(&mut property, "valueQuantity", "valueQuantity")
            }
            Some("valueCodeableConcept") => one_value(&mut property, "valueCodeableConcept", "valueCode"),
            Some(name @ ("valueString" | "valueBoolean" | "valueInteger" | "valueRange" | "valueAttachment")) => {
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

fn back_values(kept: &mut Object, property: &mut Object) {
    for (name, kind) in [("valueQuantity", "valueQuantity"), ("valueCode", "valueCodeableConcept")] {
        let values = take_extensions(kept, name).into_iter().filter_map(|mut part| part.remove(kind)).collect();
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

/// Puts a `CodeableReference`, a type that R4 lacks, into an extension with a part for its reference and its concept.
fn whole_away(from: &mut Object, name: &str, to: &mut Object, base: &str) {
    let url = format!("{base}Device.{name}");
    let value = from.remove(name);
    for one in value.iter().flat_map(Json::items).filter_map(Json::as_object) {
        let mut parts = Vec::new();
        for (property, kind) in [("concept", "valueCodeableConcept"), ("reference", "valueReference")] {
            if let Some(value) = one.get(property) {
                parts.push(Json::from(Object::from([("url", Json::from(property)), (kind, value.clone())])));
            }
        }
        let mut extension = Object::from([("url", Json::from(url.as_str())), ("extension", Json::Array(parts))]);
        if let Some(id) = one.get("id") {
            extension.set("id", id.clone());
        }
        add_extension(to, extension);
    }
}

fn whole_back(to: &mut Object, name: &str, base: &str) {
    let mut all = Vec::new();
    for mut extension in take_extensions(to, &format!("{base}Device.{name}")) {
        let mut one = Object::new();
        if let Some(id) = extension.remove("id") {
            one.set("id", id);
        }
        for (property, kind) in [("concept", "valueCodeableConcept"), ("reference", "valueReference")] {
            let part = take_extensions(&mut extension, property).into_iter().next();
            if let Some(value) = part.and_then(|mut part| part.remove(kind)) {
                one.set(property, value);
            }
        }
        all.push(Json::from(one));
    }
    match (name, all.len()) {
        (_, 0) => {}
        ("definition", _) => to.set(name, all.swap_remove(0)),
        _ => to.set(name, Json::Array(all)),
    }
}
