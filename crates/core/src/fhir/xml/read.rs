//! XML → JSON.

use super::tree::{Fault, Node, parse};
use crate::fhir::error::{FhirError, position};
use crate::fhir::json::{Decimal, Json, Object};
use crate::fhir::schema::{self, Field, Primitive, Shape, Type};
use crate::fhir::{MAX_BYTES, Resource};

/// Reads the XML of a resource whose type is known here.
///
/// # Errors
/// Text that is not XML or not FHIR, with line and column; a type or element that R4 or our tables do not have.
pub fn from_xml(text: &[u8]) -> Result<Resource, FhirError> {
    if text.len() > MAX_BYTES {
        return Err(FhirError::TooLarge { size: text.len(), limit: MAX_BYTES });
    }
    let bytes = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let read = match std::str::from_utf8(bytes) {
        Ok(text) => parse(text).and_then(|root| resource(&root)),
        Err(fault) => Err((fault.valid_up_to(), "this is not UTF-8: write the file in UTF-8".to_owned())),
    };
    let object = read.map_err(|(at, reason)| {
        let (line, column) = position(bytes, at);
        FhirError::Xml { line, column, reason }
    })?;
    Resource::new(object)
}

fn resource(node: &Node) -> Result<Object, Fault> {
    let Some(of) = schema::resource(&node.name) else {
        let reason = format!("the resource type `{}` is not known here, so XML cannot be read: send JSON", node.name);
        return Err((node.at, reason));
    };
    if node.id.is_some() || node.url.is_some() || node.value.is_some() {
        return Err((node.at, format!("`{}` is a resource, which has no attributes: write <id value=…/>", node.name)));
    }
    let mut fields = vec![("resourceType".to_owned(), Json::from(node.name.as_str()))];
    children(node, of, &mut fields)?;
    Ok(Object::unique(fields))
}

fn children(node: &Node, of: &'static Type, fields: &mut Vec<(String, Json)>) -> Result<(), Fault> {
    let mut rest = node.children.as_slice();
    let mut last: Option<usize> = None;
    while let Some(first) = rest.first() {
        let Some((place, field, of)) = of.field(&first.name).filter(|(_, field, _)| !is_attribute(field, of)) else {
            return Err((first.at, format!("`{}` has no element `{}` in R4: use an extension", of.name, first.name)));
        };
        if last.is_some_and(|last| last >= place) {
            let reason = format!("`{}` stands too late: XML has the elements in the order of R4", first.name);
            return Err((first.at, reason));
        }
        last = Some(place);
        let count = rest.iter().take_while(|next| next.name == first.name).count();
        if count > 1 && !field.many {
            return Err((rest[1].at, format!("`{}` stands twice and may stand once: remove one", first.name)));
        }
        let (same, others) = rest.split_at(count);
        element(same, field, of, fields)?;
        rest = others;
    }
    Ok(())
}

/// The one element of R4 that is an attribute in XML, beside every `id`.
fn is_attribute(field: &Field, of: &Type) -> bool {
    of.name == "Extension" && field.name == "url"
}

/// Elements of one name: one property, and for a primitive type the one beside it.
fn element(nodes: &[Node], field: &Field, of: &'static Type, fields: &mut Vec<(String, Json)>) -> Result<(), Fault> {
    let Some(first) = nodes.first() else { return Ok(()) };
    let Shape::Primitive(primitive) = of.shape else {
        let mut values = nodes.iter().map(|node| complex(node, of)).collect::<Result<Vec<_>, _>>()?;
        let value = match values.pop() {
            Some(one) if !field.many => one,
            last => Json::Array(values.into_iter().chain(last).collect()),
        };
        fields.push((first.name.clone(), value));
        return Ok(());
    };
    let values = nodes.iter().map(|node| scalar(node, primitive)).collect::<Result<Vec<_>, _>>()?;
    let beside = nodes.iter().map(beside).collect::<Result<Vec<_>, _>>()?;
    for (prefix, list) in [("", values), ("_", beside)] {
        if list.iter().any(|value| *value != Json::Null) {
            fields.push((format!("{prefix}{}", first.name), one_or_list(list, field.many)));
        }
    }
    Ok(())
}

fn one_or_list(mut list: Vec<Json>, many: bool) -> Json {
    match list.len() {
        1 if !many => list.remove(0),
        _ => Json::Array(list),
    }
}

fn complex(node: &Node, of: &'static Type) -> Result<Json, Fault> {
    if node.value.is_some() {
        return Err((node.at, format!("`{}` has elements, no attribute `value`", node.name)));
    }
    if of.is_any_resource() {
        return match node.children.as_slice() {
            [one] if node.id.is_none() && node.url.is_none() => resource(one).map(Json::Object),
            _ => Err((node.at, format!("`{}` holds one resource and nothing else", node.name))),
        };
    }
    let mut fields = Vec::with_capacity(node.children.len() + 1);
    fields.extend(node.id.iter().map(|id| ("id".to_owned(), Json::from(id.as_str()))));
    match (&node.url, of.name == "Extension") {
        (Some(url), true) => fields.push(("url".to_owned(), Json::from(url.as_str()))),
        (Some(_), false) => return Err((node.at, format!("`{}` has no attribute `url`: remove it", node.name))),
        (None, _) => {}
    }
    children(node, of, &mut fields)?;
    if fields.is_empty() {
        return Err((node.at, format!("`{}` is empty: leave it out", node.name)));
    }
    Ok(Json::Object(Object::unique(fields)))
}

/// What stands in the property itself; null when there is no value.
fn scalar(node: &Node, of: Primitive) -> Result<Json, Fault> {
    if of == Primitive::Xhtml {
        return match &node.narrative {
            Some(text) => Ok(Json::from(text.as_str())),
            None => Err((node.at, "a narrative is a `div` in the namespace of XHTML".to_owned())),
        };
    }
    if node.narrative.is_some() {
        return Err((node.at, format!("`{}` is no place for a narrative", node.name)));
    }
    let Some(text) = &node.value else { return Ok(Json::Null) };
    match of {
        Primitive::Boolean if text == "true" => Ok(Json::Bool(true)),
        Primitive::Boolean if text == "false" => Ok(Json::Bool(false)),
        Primitive::Boolean => Err((node.at, format!("`{}` is `true` or `false`, not `{text}`", node.name))),
        _ if of.is_number() => match Decimal::new(text) {
            Some(number) => Ok(Json::Number(number)),
            None => Err((node.at, format!("`{}` is a number such as -12.50, not `{text}`", node.name))),
        },
        _ => Ok(Json::from(text.as_str())),
    }
}

/// What stands in the property beside: `id` and extensions of a primitive value.
fn beside(node: &Node) -> Result<Json, Fault> {
    if node.url.is_some() {
        return Err((node.at, format!("`{}` has no attribute `url`: remove it", node.name)));
    }
    if node.narrative.is_some() {
        return Ok(Json::Null);
    }
    let mut fields: Vec<(String, Json)> = node.id.iter().map(|id| ("id".to_owned(), Json::from(id.as_str()))).collect();
    children(node, &schema::Element, &mut fields)?;
    if fields.is_empty() && node.value.is_none() {
        return Err((node.at, format!("`{}` has neither value nor extension: leave it out", node.name)));
    }
    Ok(if fields.is_empty() { Json::Null } else { Json::Object(Object::unique(fields)) })
}
