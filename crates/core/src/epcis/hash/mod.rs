//! The canonical hash of an event (CBV 2.0, §8.9): who has the event can recognise it by 32 bytes, however it was written.
//!
//! The fields are put into a fixed order, lists are sorted, values made canonical, and all joined to the *pre-hash string*,
//! whose SHA-256 is the hash. `recordTime`, `eventID` and `errorDeclaration` are left out, since they are added later, and
//! so are comments. Key order, white space, the order of lists and the prefixes of namespaces do not count.
//!
//! The standard's text leaves questions open that the reference implementation, PyPI `epcis-event-hash-generator`, answers; a
//! hash serves only if both partners compute the same one, so 1.9.3 is followed to the letter: what the order does not name
//! stands at the end, sorted by its text (so destinations before sources); booleans are `True` and `False`; text that looks
//! like a number is one. Three of its answers depend on more than what the event says, and are not followed: it expands a word
//! of CBV also where it stands in an extension, if it stands in its place anywhere in the file; it takes the type and the id of a
//! business transaction in the order of the file; it takes an event's own context for a field.

mod link;
mod order;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::fmt;

use alloy_primitives::B256;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use order::{EVENT, Field};
pub(super) use tree::Namespaces;
use tree::Node;

/// Fields at the top of an event that are not part of it.
const LEFT_OUT: [&str; 4] = ["recordTime", "eventID", "type", "errorDeclaration"];

/// The canonical hash of an event. Shown as the URI that the standard wants: `ni:///sha-256;<64 digits>?ver=CBV2.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventHash(pub B256);

impl EventHash {
    /// Of a pre-hash string.
    pub fn of_pre_hash(text: &str) -> Self {
        Self(B256::new(Sha256::digest(text.as_bytes()).into()))
    }
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ni:///sha-256;{}?ver=CBV2.0", hex::encode(self.0))
    }
}

impl serde::Serialize for EventHash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The pre-hash string of an event.
pub(super) fn pre_hash(event: &Map<String, Value>, namespaces: &Namespaces) -> String {
    let mut nodes = tree::read(event, namespaces);
    let mut text = String::with_capacity(512);
    text.push_str("eventType=");
    text.push_str(event.get("type").and_then(Value::as_str).unwrap_or_default());
    text.push_str(&in_order(&mut nodes, EVENT));
    nodes.retain(|node| !LEFT_OUT.contains(&node.name.as_ref()));
    text.push_str(&sorted(&nodes));
    text
}

/// The text of the nodes that the order names, each taken out unless something below it is left over, then of extensions.
fn in_order(nodes: &mut Vec<Node<'_>>, order: &[Field]) -> String {
    let extensions = take_extensions(nodes);
    let mut text = String::new();
    for field in order {
        let mut values = Vec::new();
        nodes.retain_mut(|node| {
            if node.name != field.name {
                return true;
            }
            values.push(one(node, field));
            !node.below.is_empty()
        });
        values.sort_unstable();
        text.extend(values);
    }
    text.push_str(&sorted(&extensions));
    text
}

/// A node that the order names; empty where it says nothing.
fn one(node: &mut Node<'_>, field: &Field) -> String {
    let below = if field.fields.is_empty() { String::new() } else { in_order(&mut node.below, field.fields) };
    let text = node.text.trim();
    // A field that the order names is written as the order has it.
    let is_time = matches!(field.name, "eventTime" | "time" | "startTime" | "endTime");
    let text = if is_time { value::time(text) } else { value::canonical(text) };
    match (text.is_empty(), below.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("{}{below}", node.name),
        (false, _) => format!("{}={text}{below}", node.name),
    }
}

/// Extensions within a field stand at the field's end; those of the event itself behind everything. The reference knows the event
/// by these names.
fn take_extensions<'a>(nodes: &mut Vec<Node<'a>>) -> Vec<Node<'a>> {
    let is_event = nodes.iter().any(|node| node.name.contains("eventTime") || node.name.contains("action"));
    if is_event || nodes.len() < 2 {
        return Vec::new();
    }
    nodes.extract_if(.., |node| node.name.contains('{') && node.name.contains("/}")).collect()
}

/// The text of nodes that have no order but that of their texts.
fn sorted(nodes: &[Node<'_>]) -> String {
    let mut texts: Vec<String> = nodes
        .iter()
        .map(|node| {
            let text = node.text.trim();
            let below = sorted(&node.below);
            match text.is_empty() {
                true => format!("{}{below}", node.name),
                false => format!("{}={}{below}", node.name, value::canonical(text)),
            }
        })
        .collect();
    // Type and value of a business transaction, source or destination have their order already.
    let is_pair = nodes.iter().any(|node| matches!(node.name.as_ref(), "bizTransaction" | "source" | "destination"));
    if !is_pair {
        texts.sort_unstable();
    }
    texts.concat()
}
