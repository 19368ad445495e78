//! A file of events without its events: these are found, but not read yet, so that every core can read some.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::canonical;

/// What stands around the events, and each event as its text.
pub(super) struct Outline<'t> {
    /// The list of events is empty.
    pub(super) around: Map<String, Value>,
    pub(super) events: Vec<&'t RawValue>,
}

impl<'t> Outline<'t> {
    /// Of a text with a list of events at `path`; nothing of one that has none there, or is no I-JSON.
    pub(super) fn read(text: &'t str, path: &[&str]) -> Option<Self> {
        let (next, rest) = path.split_first()?;
        let Members(members) = serde_json::from_str(text).ok()?;
        let (mut around, mut events) = (Map::new(), None);
        for (name, raw) in members {
            let value = if name != *next {
                canonical::parse(raw.get().as_bytes()).ok()?
            } else if rest.is_empty() {
                events = serde_json::from_str(raw.get()).ok()?;
                Value::Array(Vec::new())
            } else {
                let inner = Self::read(raw.get(), rest)?;
                events = Some(inner.events);
                Value::Object(inner.around)
            };
            if around.insert(name.into_owned(), value).is_some() {
                return None;
            }
        }
        Some(Self { around, events: events? })
    }
}

/// The members of an object as their texts.
struct Members<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Deserialize<'t> for Members<'t> {
    fn deserialize<D: Deserializer<'t>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'t> Visitor<'t> for MembersVisitor {
    type Value = Members<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut fields: A) -> Result<Members<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = fields.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
