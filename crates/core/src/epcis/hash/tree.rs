//! An event as a tree of named texts: what JSON and XML have in common.
//!
//! A list in JSON has no names for its elements; here they get those that they have in XML. Names and values that are shortened
//! by a prefix of the context are expanded, names to `{namespace}name`. Words of CBV become URIs where the standard has words.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::super::cbv::{
    BizStep, BizTransactionType, Component, Disposition, MeasurementType, SensorAlertType, SourceDestType, Word,
};
use super::value;

/// A name, a text and what is below.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
    pub(super) below: Vec<Node<'a>>,
}

/// The prefixes that a document's context declares, and the namespaces that they stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Namespaces(Vec<(String, String)>);

impl Namespaces {
    /// Of an `@context`: its objects, as they are or in a list. A later prefix hides an earlier one of that name.
    pub(crate) fn add(&mut self, context: &Value) {
        match context {
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(terms) => {
                for (prefix, meaning) in terms.iter().filter(|(prefix, _)| !prefix.starts_with('@')) {
                    let namespace = meaning.as_str().or_else(|| meaning.get("@id").and_then(Value::as_str));
                    if let Some(namespace) = namespace {
                        self.0.push((prefix.clone(), namespace.to_owned()));
                    }
                }
            }
            _ => {}
        }
    }

    /// The namespace of a prefix and what stands behind the colon.
    fn split<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        let (prefix, rest) = text.split_once(':')?;
        let (_, namespace) = self.0.iter().rev().find(|(known, _)| known == prefix)?;
        Some((namespace, rest))
    }

    pub(crate) fn name<'t>(&self, name: &'t str) -> Cow<'t, str> {
        self.split(name).map_or(Cow::Borrowed(name), |(namespace, rest)| format!("{{{namespace}}}{rest}").into())
    }

    fn value<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.split(text).map_or(Cow::Borrowed(text), |(namespace, rest)| format!("{namespace}{rest}").into())
    }
}

/// The fields of an event.
pub(super) fn read<'a>(event: &'a Map<String, Value>, namespaces: &Namespaces) -> Vec<Node<'a>> {
    fields(event, "", namespaces)
}

/// Members that say nothing about the event.
fn is_comment(name: &str) -> bool {
    matches!(name, "#text" | "rdfs:comment" | "comment" | "@context")
}

fn fields<'a>(object: &'a Map<String, Value>, of: &str, namespaces: &Namespaces) -> Vec<Node<'a>> {
    let mut nodes = Vec::with_capacity(object.len());
    // A list without elements says nothing; an object without members is there.
    for (key, value) in object.iter().filter(|(key, value)| !is_comment(key) && !is_empty_list(value)) {
        let name = namespaces.name(key);
        match name.as_ref() {
            "bizTransactionList" | "sourceList" | "destinationList" => {
                let pairs = elements(value).map(|element| pair(element, key, namespaces)).collect();
                nodes.push(Node { name, text: "".into(), below: pairs });
            }
            "childEPCs" => {
                let epcs = elements(value).map(|epc| Node {
                    name: "epc".into(),
                    text: content(epc, of, key, namespaces).0,
                    below: Vec::new(),
                });
                nodes.push(Node { name, text: "".into(), below: epcs.collect() });
            }
            list if list.ends_with("List") => {
                let element_name = list[..list.len() - "List".len()].to_owned();
                let below =
                    elements(value).map(|value| element(element_name.clone().into(), value, of, key, namespaces));
                nodes.push(Node { name, text: "".into(), below: below.collect() });
            }
            _ => nodes.extend(elements(value).map(|value| element(name.clone(), value, of, key, namespaces))),
        }
    }
    nodes
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// The elements of a list, or what stands alone.
fn elements(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(items) => items.iter(),
        alone => std::slice::from_ref(alone).iter(),
    }
}

fn element<'a>(name: Cow<'a, str>, value: &'a Value, of: &str, key: &str, namespaces: &Namespaces) -> Node<'a> {
    let (text, below) = content(value, of, key, namespaces);
    let name = match name.as_ref() {
        "inputEPC" | "outputEPC" => "epc".into(),
        "inputQuantity" | "outputQuantity" | "childQuantity" => "quantityElement".into(),
        "quantity" if !below.is_empty() => "quantityElement".into(),
        _ => name,
    };
    Node { name, text, below }
}

/// The text and the fields of a value that stands at `key` of an `of`.
fn content<'a>(value: &'a Value, of: &str, key: &str, namespaces: &Namespaces) -> (Cow<'a, str>, Vec<Node<'a>>) {
    match value {
        Value::Object(object) => {
            let text = object.get("#text").map_or(Cow::Borrowed(""), scalar);
            (text, fields(object, key, namespaces))
        }
        Value::Array(items) => {
            let below = items.iter().map(|item| element("".into(), item, of, key, namespaces)).collect();
            ("".into(), below)
        }
        Value::String(text) => (term(of, key, text).unwrap_or_else(|| namespaces.value(text)), Vec::new()),
        other => (scalar(other), Vec::new()),
    }
}

/// A value as the reference, which is written in Python, writes it.
fn scalar(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Null => "None".into(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), value::write).into(),
        Value::Array(_) | Value::Object(_) => "".into(),
    }
}

/// The kind of business document, source or destination, and which one, in this order. What else stands there comes behind.
fn pair<'a>(value: &'a Value, list: &str, namespaces: &Namespaces) -> Node<'a> {
    let (text, mut below) = content(value, "", list, namespaces);
    let rank = |node: &Node<'_>| match node.name.as_ref() {
        "type" => 0,
        "bizTransaction" | "source" | "destination" => 1,
        _ => 2,
    };
    below.sort_by(|one, other| (rank(one), &one.name, &one.text).cmp(&(rank(other), &other.name, &other.text)));
    Node { name: "".into(), text, below }
}

/// The URI of a bare word of the standard, where the standard has words.
fn term(of: &str, key: &str, word: &str) -> Option<Cow<'static, str>> {
    fn uri<W: Word>(word: &str) -> Option<Cow<'static, str>> {
        W::of(word).map(|word| format!("{}{}", W::URI, word.word()).into())
    }
    match (of, key) {
        ("", "bizStep") => uri::<BizStep>(word),
        ("", "disposition") | ("persistentDisposition", "set" | "unset") => uri::<Disposition>(word),
        ("bizTransactionList", "type") => uri::<BizTransactionType>(word),
        ("sourceList" | "destinationList", "type") => uri::<SourceDestType>(word),
        ("sensorReport", "type") => uri::<MeasurementType>(word),
        ("sensorReport", "exception") => uri::<SensorAlertType>(word),
        ("sensorReport", "component") => uri::<Component>(word),
        _ => None,
    }
}
