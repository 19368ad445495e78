//! Device of R4 ↔ Device of R5, without loss either way.
//!
//! What both have goes over as HL7's map `Device4to5` says (identifier, definition, UDI, status, names, version,
//! property and so on); `specialization` is R5's `conformsTo`. What the other release has no element or code for goes
//! into the extension that HL7 reserves for it,
//! `http://hl7.org/fhir/[4.0|5.0]/StructureDefinition/extension-Device.[element]`, and comes back from there: the
//! reason of a status and the patient, for example, which R5's Device no longer has. `statusReason` is not R5's
//! `availabilityStatus`: one says why a record is not active, the other whether a device is lost or damaged. Extensions
//! of the Point-of-Care Device guide stay, as they are extensions of Device in R5, too.

mod property;
mod xver;

use super::error::FhirError;
use super::json::{Json, Object};
use super::path::Path;
use super::resource::Resource;
use property::{properties_from_r5, properties_to_r5};
use xver::{
    add_extension, away, away_at, back, back_at, carry, code_back, code_out, objects, only, take_extensions,
    whole_away, whole_back,
};

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
    whole_back(&mut new, "gateway", R5, true);
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
    whole_away(&mut new, "gateway", &mut old, R5, &root)?;
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

fn share(from: &mut Object, to: &mut Object) {
    BOTH.iter().for_each(|name| carry(from, name, to, name));
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

/// Puts elements that R4 lacks into extensions of the part of a Device that they are in.
fn lone_away(mut part: Object, path: &str, lone: &[Lone]) -> Object {
    let mut own = Object::new();
    for (name, _, _) in lone {
        carry(&mut part, name, &mut own, name);
    }
    away_at(&mut own, lone, &format!("{R5}Device.{path}."), &mut part);
    part
}

/// Takes elements back that [`lone_away`] put away.
fn lone_back(mut part: Object, path: &str, lone: &[Lone]) -> Object {
    let mut own = Object::new();
    back_at(&mut part, lone, &format!("{R5}Device.{path}."), &mut own);
    own.into_fields().for_each(|(name, value)| part.set(&name, value));
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
    whole_back(new, "definition", R5, false);
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
        Some(Json::Object(_)) => whole_away(new, "definition", old, R5, root),
        Some(other) => Err(shape(&root.field("definition"), "an object", other)),
    }
}

/// R4 has one type, R5 several: the first one is R4's.
fn types_to_r5(old: &mut Object, new: &mut Object, root: &Path<'_>) -> Result<(), FhirError> {
    let fits = |extension: &Object| only(extension, &["url", "valueCodeableConcept"]);
    let further = take_extensions(new, &format!("{R5}Device.type"), usize::MAX, fits);
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
