//! Takes the fields of an object one by one, and knows where they stood.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Malformed;

/// The fields of an object that nobody has taken yet.
pub(super) struct Fields {
    pointer: String,
    map: Map<String, Value>,
}

impl Fields {
    pub(super) fn of(value: Value, pointer: String) -> Result<Self, Malformed> {
        match value {
            Value::Object(map) => Ok(Self { pointer, map }),
            other => {
                let problem = format!("an object is wanted here, not {}", kind(&other));
                Err(Malformed { pointer, problem })
            }
        }
    }

    /// A field that may be missing. Null is no way to leave it out.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Malformed> {
        // `shift_remove`: what is left keeps its order.
        let Some(value) = self.map.shift_remove(name) else { return Ok(None) };
        if value.is_null() {
            return Err(self.malformed(name, "null is not a value here: leave the field out".to_owned()));
        }
        serde_path_to_error::deserialize(value).map(Some).map_err(|error| {
            let below: String = error.path().iter().map(segment).collect();
            self.malformed(&format!("{}{below}", escape(name)), error.into_inner().to_string())
        })
    }

    /// A field that must be there.
    pub(super) fn need<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Malformed> {
        let missing = format!("the field `{name}` is missing");
        let here = Malformed { pointer: self.pointer.clone(), problem: missing };
        self.take(name)?.ok_or(here)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.map
    }

    /// A problem at a place below this object.
    pub(super) fn malformed(&self, below: &str, problem: String) -> Malformed {
        Malformed { pointer: format!("{}/{below}", self.pointer), problem }
    }
}

/// A name in a JSON pointer (RFC 6901).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn segment(segment: &serde_path_to_error::Segment) -> String {
    match segment {
        serde_path_to_error::Segment::Seq { index } => format!("/{index}"),
        serde_path_to_error::Segment::Map { key } => format!("/{}", escape(key)),
        serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => String::new(),
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
