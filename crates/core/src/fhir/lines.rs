//! Where in a text the place stands that an issue names.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::error::position;
use super::xml::tree::{self, Node};

/// The text of a document, JSON or XML, whose places can be found.
pub struct Lines<'a> {
    text: &'a str,
    root: Root<'a>,
}

enum Root<'a> {
    Json(Value<'a>),
    Xml(Node),
}

impl<'a> Lines<'a> {
    /// Of a document that can be read; none of another text.
    pub fn of(text: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.trim_start_matches('\u{feff}');
        let root = match text.trim_start().starts_with('<') {
            true => Root::Xml(tree::parse(text).ok()?),
            false => {
                let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
                Root::Json(parsed.ok()?.value?)
            }
        };
        Some(Self { text, root })
    }

    /// The line, counted from 1, on which what a FHIRPath as `Device.extension[2].value` names begins. Where the document has
    /// no such place, that of the nearest thing around it.
    pub fn line(&self, path: &str) -> usize {
        let steps = path.split('.').skip(1).map(step);
        let at = match &self.root {
            Root::Json(value) => in_json(value, steps),
            Root::Xml(node) => in_xml(node, steps),
        };
        position(self.text.as_bytes(), at).0
    }
}

/// `extension[2]`: the name, and which of that name.
fn step(text: &str) -> (&str, Option<usize>) {
    match text.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse().ok()),
        None => (text, None),
    }
}

/// `value` names `valueCode`, too.
fn names(step: &str, field: &str) -> bool {
    let rest = field.strip_prefix(step);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn in_json<'b>(root: &Value<'_>, steps: impl Iterator<Item = (&'b str, Option<usize>)>) -> usize {
    let (mut value, mut at) = (root, root.range().start);
    for (name, index) in steps {
        let Value::Object(object) = value else { break };
        let exact = object.properties.iter().find(|property| property.name.as_str() == name);
        let chosen = || object.properties.iter().find(|property| names(name, property.name.as_str()));
        let Some(property) = exact.or_else(chosen) else { break };
        (value, at) = (&property.value, property.range().start);
        let Value::Array(array) = value else { continue };
        let Some(element) = index.and_then(|index| array.elements.get(index)) else { break };
        (value, at) = (element, element.range().start);
    }
    at
}

fn in_xml<'b>(root: &Node, steps: impl Iterator<Item = (&'b str, Option<usize>)>) -> usize {
    let mut node = root;
    for (name, index) in steps {
        let within = inner(node);
        let exact = within.children.iter().filter(|child| child.name == name).nth(index.unwrap_or(0));
        let chosen = || within.children.iter().filter(|child| names(name, &child.name)).nth(index.unwrap_or(0));
        let Some(child) = exact.or_else(chosen) else { break };
        node = child;
    }
    node.at
}

/// A resource in `contained` or an entry has an element of its own around its fields.
fn inner(node: &Node) -> &Node {
    match node.children.as_slice() {
        [only] if only.name.starts_with(|first: char| first.is_ascii_uppercase()) => only,
        _ => node,
    }
}
