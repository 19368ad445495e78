//! The common shape of a record in XML and in JSON: names, texts and children.

use serde_json::Value;

use super::error::RecordFault;

/// An element of XML or a member of a JSON object. An array of JSON is what repetition is in XML, so a list of one,
/// which some writers turn into a plain object, needs no special case.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn new(name: &str) -> Self {
        Node { name: name.to_owned(), ..Node::default() }
    }

    /// The members of a JSON object as children, without the contacts.
    pub(super) fn from_json(name: &str, value: &Value) -> Self {
        let mut node = Node::new(name);
        match value {
            Value::Null => {}
            Value::Bool(value) => node.text = value.to_string(),
            Value::Number(value) => node.text = value.to_string(),
            Value::String(value) => node.text.clone_from(value),
            Value::Array(values) => node.children = values.iter().map(|value| Node::from_json("", value)).collect(),
            Value::Object(members) => {
                for (name, value) in members.iter().filter(|(name, _)| *name != CONTACTS) {
                    match value {
                        Value::Array(values) => {
                            node.children.extend(values.iter().map(|value| Node::from_json(name, value)));
                        }
                        value => node.children.push(Node::from_json(name, value)),
                    }
                }
            }
        }
        node
    }

    pub(super) fn children<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children(name).next()
    }

    /// The members of a list, for example each `gmdn` in `gmdnTerms`.
    pub(super) fn list<'a>(&'a self, list: &str, member: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children(list).flat_map(move |list| list.children(member))
    }

    /// The text of a child, trimmed; an empty one counts as absent.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Refuses characters outside the production `Char` of XML 1.0, section 2.2, which no document may carry on.
    pub(super) fn check_characters(&self) -> Result<(), RecordFault> {
        let forbidden =
            |c: &char| (*c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
        if let Some(found) = self.text.chars().find(forbidden) {
            return Err(RecordFault::ForbiddenCharacter { element: self.name.clone(), code: found.into() });
        }
        self.children.iter().try_for_each(Node::check_characters)
    }
}

/// Telephone numbers and addresses of people; they are never stored.
pub(super) const CONTACTS: &str = "contacts";
