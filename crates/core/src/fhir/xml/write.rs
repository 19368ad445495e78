//! JSON → XML.

use quick_xml::escape::partial_escape;

use super::{FHIR, MAX_XML_DEPTH, forbidden, narrative};
use crate::fhir::Resource;
use crate::fhir::error::FhirError;
use crate::fhir::json::{Json, Object};
use crate::fhir::path::Path;
use crate::fhir::schema::{self, Field, Primitive, Shape, Type};

/// Writes a resource whose type is known here as XML, indented, elements in the order of R4.
///
/// # Errors
/// A property that R4 does not have, a value of another type than its element has, a character or depth that XML
/// cannot have: nothing is left out.
pub fn to_xml(document: &Resource) -> Result<String, FhirError> {
    let mut writer = Writer { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 };
    writer.resource(document.fields(), &Path::root(document.resource_type()))?;
    Ok(writer.out)
}

struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    fn resource(&mut self, object: &Object, path: &Path<'_>) -> Result<(), FhirError> {
        let Some(name) = object.text("resourceType") else {
            return Err(shape(path, "a resource with its `resourceType`", "an object"));
        };
        let Some(of) = schema::resource(name) else {
            return Err(FhirError::UnknownType { path: path.to_string(), name: name.to_owned() });
        };
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        if self.depth == 0 {
            self.attribute("xmlns", FHIR, path)?;
        }
        self.elements(name, object, of, path)
    }

    /// What stands behind the attributes of a tag, up to the end of the element.
    fn elements(&mut self, name: &str, object: &Object, of: &'static Type, path: &Path<'_>) -> Result<(), FhirError> {
        let ordered = in_order(object, of, path)?;
        if ordered.is_empty() {
            self.out.push_str("/>\n");
            return Ok(());
        }
        self.out.push_str(">\n");
        self.depth += 1;
        if self.depth > MAX_XML_DEPTH {
            let reason = format!("more than {MAX_XML_DEPTH} levels; flatten it");
            return Err(FhirError::NotWritable { path: path.to_string(), format: "XML", reason });
        }
        for property in ordered {
            self.property(&property, object, path)?;
        }
        self.depth -= 1;
        self.close(name);
        Ok(())
    }

    fn property(&mut self, property: &Property<'_>, object: &Object, path: &Path<'_>) -> Result<(), FhirError> {
        let name = property.name;
        let (value, beside) = (object.get(name), object.get(&format!("_{name}")));
        let many = property.field.many;
        for value in [value, beside].into_iter().flatten() {
            if matches!(value, Json::Array(_)) != many {
                let expected = if many { "a list" } else { "a single value" };
                return Err(shape(&path.field(property.field.name), expected, value.kind()));
            }
        }
        let values = value.map(Json::items).unwrap_or_default();
        let besides = beside.map(Json::items).unwrap_or_default();
        for place in 0..values.len().max(besides.len()) {
            let here = path.element(property.field.name, many.then_some(place));
            let value = values.get(place).filter(|value| **value != Json::Null);
            let beside = besides.get(place).filter(|value| **value != Json::Null);
            match property.of.shape {
                Shape::Primitive(primitive) => self.primitive(name, primitive, value, beside, &here)?,
                _ => self.complex(name, property.of, value, &here)?,
            }
        }
        Ok(())
    }

    fn primitive(
        &mut self,
        name: &str,
        of: Primitive,
        value: Option<&Json>,
        beside: Option<&Json>,
        path: &Path<'_>,
    ) -> Result<(), FhirError> {
        if of == Primitive::Xhtml {
            return self.narrative(value, beside, path);
        }
        let text = value.map(|value| literal(value, of, path)).transpose()?;
        if text.is_none() && beside.is_none() {
            return Err(shape(path, "a value or extensions", "null"));
        }
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        let beside = match beside {
            None => &Object::new(),
            Some(Json::Object(fields)) => fields,
            Some(other) => return Err(shape(path, "an object with `id` or `extension`", other.kind())),
        };
        self.id(beside, path)?;
        if let Some(text) = text {
            self.attribute("value", text, path)?;
        }
        self.elements(name, beside, &schema::Element, path)
    }

    fn narrative(&mut self, value: Option<&Json>, beside: Option<&Json>, path: &Path<'_>) -> Result<(), FhirError> {
        let (Some(Json::String(text)), None) = (value, beside) else {
            return Err(shape(path, "a string with XHTML and nothing beside it", "something else"));
        };
        let reject = |reason| FhirError::NotWritable { path: path.to_string(), format: "XML", reason };
        narrative::check(text).map_err(reject)?;
        self.indent();
        self.out.push_str(text);
        self.out.push('\n');
        Ok(())
    }

    fn complex(
        &mut self,
        name: &str,
        of: &'static Type,
        value: Option<&Json>,
        path: &Path<'_>,
    ) -> Result<(), FhirError> {
        let Some(Json::Object(object)) = value else {
            return Err(shape(path, "an object", value.map_or("null", Json::kind)));
        };
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        if of.is_any_resource() {
            self.out.push_str(">\n");
            self.depth += 1;
            self.resource(object, path)?;
            self.depth -= 1;
            self.close(name);
            return Ok(());
        }
        self.id(object, path)?;
        if let ("Extension", Some(url)) = (of.name, object.get("url")) {
            let Json::String(url) = url else { return Err(shape(&path.field("url"), "a string", url.kind())) };
            self.attribute("url", url, path)?;
        }
        self.elements(name, object, of, path)
    }

    fn id(&mut self, object: &Object, path: &Path<'_>) -> Result<(), FhirError> {
        match object.get("id") {
            None => Ok(()),
            Some(Json::String(id)) => self.attribute("id", id, path),
            Some(other) => Err(shape(&path.field("id"), "a string", other.kind())),
        }
    }

    fn attribute(&mut self, name: &str, value: &str, path: &Path<'_>) -> Result<(), FhirError> {
        if let Some(found) = forbidden(value) {
            let reason = format!("it has the character U+{:04X}, which XML cannot write", u32::from(found));
            return Err(FhirError::NotWritable { path: path.to_string(), format: "XML", reason });
        }
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        for piece in partial_escape(value).split_inclusive(['\t', '\n', '\r', '"']) {
            match piece.char_indices().next_back() {
                // A reader of XML turns these into spaces unless they are written by number.
                Some((at, c @ ('\t' | '\n' | '\r' | '"'))) => {
                    self.out.push_str(&piece[..at]);
                    self.out.push_str(&format!("&#{};", u32::from(c)));
                }
                _ => self.out.push_str(piece),
            }
        }
        self.out.push('"');
        Ok(())
    }

    fn close(&mut self, name: &str) {
        self.indent();
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// A property that is an element in XML.
struct Property<'a> {
    place: usize,
    name: &'a str,
    field: &'static Field,
    of: &'static Type,
}

/// The properties of an object in the order of R4; every one must have a place.
fn in_order<'a>(object: &'a Object, of: &'static Type, path: &Path<'_>) -> Result<Vec<Property<'a>>, FhirError> {
    let mut ordered: Vec<Property<'a>> = Vec::with_capacity(object.len());
    for (property, _) in object.iter() {
        let is_attribute = property == "id" && of.shape == Shape::Element
            || property == "url" && of.name == "Extension"
            || property == "resourceType" && of.shape == Shape::Resource;
        if is_attribute {
            continue;
        }
        let name = property.strip_prefix('_').unwrap_or(property);
        let unknown = || FhirError::UnknownElement { path: path.field(property).to_string() };
        let (place, field, of) = of.field(name).ok_or_else(unknown)?;
        if property != name && of.primitive().is_none() {
            return Err(unknown());
        }
        match ordered.iter().find(|other| other.place == place) {
            Some(other) if other.name == name => {}
            Some(_) => return Err(shape(&path.field(field.name), "one type of value", "two types")),
            None => ordered.push(Property { place, name, field, of }),
        }
    }
    ordered.sort_unstable_by_key(|property| property.place);
    Ok(ordered)
}

/// The text of a primitive value.
fn literal<'a>(value: &'a Json, of: Primitive, path: &Path<'_>) -> Result<&'a str, FhirError> {
    match (value, of) {
        (Json::Bool(true), Primitive::Boolean) => Ok("true"),
        (Json::Bool(false), Primitive::Boolean) => Ok("false"),
        (Json::Number(number), _) if of.is_number() => Ok(number.as_str()),
        (Json::String(text), _) if of != Primitive::Boolean && !of.is_number() => Ok(text),
        (other, _) => Err(shape(path, expected(of), other.kind())),
    }
}

/// How JSON writes a primitive type.
fn expected(of: Primitive) -> &'static str {
    match of {
        Primitive::Boolean => "a boolean",
        _ if of.is_number() => "a number",
        _ => "a string",
    }
}

fn shape(path: &Path<'_>, expected: &'static str, found: &'static str) -> FhirError {
    FhirError::Shape { path: path.to_string(), expected, found }
}
