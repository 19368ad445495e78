//! Files of events: an `EPCISDocument`, an `EPCISQueryDocument`, or one event with a context of its own (EPCIS 2.0, §10).

use alloy_primitives::B256;
use rayon::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::event::Event;
use super::fields::{escape, kind};
use super::hash::{self, EventHash, Namespaces};
use super::outline::Outline;
use super::position::Positions;
use super::time::Time;
use super::{CONTEXT, EpcisError, Malformed, own};
use crate::canonical::{self, CanonicalError};

/// What a file of events is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Events that somebody sends.
    Document,
    /// Events that answer a query.
    Query,
    /// One event.
    Event,
}

impl DocumentKind {
    /// Of a file with these members.
    fn of(around: &Map<String, Value>) -> Option<Self> {
        Some(match around.get("type")?.as_str()? {
            "EPCISDocument" => Self::Document,
            "EPCISQueryDocument" => Self::Query,
            _ => Self::Event,
        })
    }

    /// Where the events stand.
    fn path(self) -> &'static [&'static str] {
        match self {
            Self::Document => &["epcisBody", "eventList"],
            Self::Query => &["epcisBody", "queryResults", "resultsBody", "eventList"],
            Self::Event => &[],
        }
    }
}

/// A file of events.
///
/// What stands around the events is kept as it is, whatever it is: sender, master data, extensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    kind: DocumentKind,
    /// The file, the list of events being empty.
    around: Map<String, Value>,
    events: Vec<Event>,
}

impl Document {
    /// A document of these events.
    ///
    /// `namespaces` are the prefixes of extensions with the URIs that they stand for, which must end in `/`.
    pub fn new(created: Time, namespaces: &[(&str, &str)], events: Vec<Event>) -> Self {
        let mut context = vec![Value::from(CONTEXT)];
        context.extend(namespaces.iter().map(|(prefix, namespace)| json!({ *prefix: namespace })));
        let mut around = Map::new();
        around.insert("@context".to_owned(), context.into());
        around.insert("type".to_owned(), "EPCISDocument".into());
        around.insert("schemaVersion".to_owned(), "2.0".into());
        around.insert("creationDate".to_owned(), created.as_str().into());
        around.insert("epcisBody".to_owned(), json!({ "eventList": [] }));
        Self { kind: DocumentKind::Document, around, events }
    }

    /// Reads a file. Nothing is read of a file that is wrong anywhere.
    pub fn parse(text: &str) -> Result<Self, EpcisError> {
        // On all cores. One reading from front to back knows what is wrong first, and where: it is for files that are not in order.
        if let Some(document) = Self::read_in_parallel(text) {
            return Ok(document);
        }
        let value = json(text)?;
        Self::read(value).map_err(|malformed| malformed.in_text(text))
    }

    /// A document or query document in which nothing is wrong.
    pub(super) fn read_in_parallel(text: &str) -> Option<Self> {
        let text = without_mark(text);
        let of = |kind: DocumentKind| Some((kind, Outline::read(text, kind.path())?));
        let (kind, outline) = of(DocumentKind::Document).or_else(|| of(DocumentKind::Query))?;
        let Outline { around, events } = outline;
        if DocumentKind::of(&around)? != kind || check_created(&around).is_err() {
            return None;
        }
        let read = |raw: &&RawValue| Event::read(canonical::parse(raw.get().as_bytes()).ok()?, String::new()).ok();
        let events = events.par_iter().map(read).collect::<Option<_>>()?;
        Some(Self { kind, around, events })
    }

    pub(super) fn read(value: Value) -> Result<Self, Malformed> {
        let Value::Object(mut around) = value else {
            let problem = format!("an EPCIS document is a JSON object, not {}", kind(&value));
            return Err(Malformed { pointer: String::new(), problem });
        };
        let Some(kind) = DocumentKind::of(&around) else {
            let problem =
                "the field `type` is missing: write EPCISDocument, EPCISQueryDocument or the type of an event";
            return Err(Malformed { pointer: String::new(), problem: problem.to_owned() });
        };
        check_created(&around)?;
        if kind == DocumentKind::Event {
            let events = vec![Event::read(Value::Object(around), String::new())?];
            return Ok(Self { kind, around: Map::new(), events });
        }
        let (list, pointer) = take_events(&mut around, kind)?;
        let read = |(index, event)| Event::read(event, format!("{pointer}/{index}"));
        let events: Vec<_> = list.into_par_iter().enumerate().map(read).collect();
        // Collected again in order, so that of several errors the first in the file is told.
        Ok(Self { kind, around, events: events.into_iter().collect::<Result<_, _>>()? })
    }

    /// What the file is.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// What stands around the events, the list of events being empty; nothing around a single event.
    pub fn around(&self) -> &Map<String, Value> {
        &self.around
    }

    /// The events, in their order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events, in their order.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// The document as JSON-LD.
    pub fn to_json(&self) -> Value {
        let mut events = self.events.iter().map(Event::to_json);
        if self.kind == DocumentKind::Event {
            return events.next().unwrap_or_default().into();
        }
        let list: Vec<Value> = events.map(Value::Object).collect();
        let mut document = Value::Object(self.around.clone());
        let place = self.kind.path().iter().try_fold(&mut document, |value, name| value.get_mut(name));
        if let Some(place) = place {
            *place = list.into();
        }
        document
    }

    /// The pre-hash string of every event, in their order (CBV 2.0, §8.9).
    pub fn pre_hashes(&self) -> Vec<String> {
        self.each(hash::pre_hash)
    }

    /// The canonical hash of every event, in their order (CBV 2.0, §8.9). On all cores.
    pub fn hashes(&self) -> Vec<EventHash> {
        self.each(|event, namespaces| EventHash::of_pre_hash(&hash::pre_hash(event, namespaces)))
    }

    pub(super) fn each<T: Send>(&self, work: impl Fn(&Map<String, Value>, &Namespaces) -> T + Sync) -> Vec<T> {
        let mut namespaces = Namespaces::default();
        if let Some(context) = self.around.get("@context") {
            namespaces.add(context);
        }
        let one = |event: &Event| match &event.context {
            None => work(&event.to_json(), &namespaces),
            Some(context) => {
                let mut own = namespaces.clone();
                own.add(context);
                work(&event.to_json(), &own)
            }
        };
        self.events.par_iter().map(one).collect()
    }
}

impl Event {
    /// The canonical hash of an event whose extensions, if it has any, are named by full URIs or by prefixes of its own context.
    pub fn hash(&self) -> EventHash {
        EventHash::of_pre_hash(&hash::pre_hash(&self.to_json(), &self.namespaces()))
    }

    /// The event of the same act before this one, if its own context tells what the field means.
    pub fn preceding(&self) -> Option<EventHash> {
        own::preceding(&self.to_json(), &self.namespaces())
    }

    /// Those that its own context declares.
    fn namespaces(&self) -> Namespaces {
        let mut namespaces = Namespaces::default();
        if let Some(context) = &self.context {
            namespaces.add(context);
        }
        namespaces
    }

    /// The evidence of this event on chain: the 32 bytes of its canonical hash.
    pub fn evidence(&self) -> B256 {
        self.hash().0
    }
}

fn check_created(around: &Map<String, Value>) -> Result<(), Malformed> {
    let Some(created) = around.get("creationDate") else { return Ok(()) };
    match serde_json::from_value::<Time>(created.clone()) {
        Ok(_) => Ok(()),
        Err(error) => Err(Malformed { pointer: "/creationDate".to_owned(), problem: error.to_string() }),
    }
}

/// A byte order mark is no JSON (RFC 8259, §8.1), and readers may pass over it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The JSON of a file, without a name twice in an object.
pub(super) fn json(text: &str) -> Result<Value, EpcisError> {
    let text = without_mark(text);
    canonical::parse(text.as_bytes()).map_err(|error| match error {
        CanonicalError::Syntax(error) => EpcisError::NotJson {
            line: error.line(),
            column: error.column(),
            problem: {
                let text = error.to_string();
                text.rsplit_once(" at line ").map_or(text.clone(), |(problem, _)| problem.to_owned())
            },
        },
        CanonicalError::UnsafeInteger { pointer, .. } => {
            let line = Positions::of(text).line(&pointer);
            EpcisError::Malformed {
                pointer,
                line,
                problem: "an integer beyond 2^53 - 1 would be rounded: write it as text".to_owned(),
            }
        }
        other => EpcisError::Malformed { pointer: String::new(), line: 1, problem: other.to_string() },
    })
}

/// Takes the list of events out of a document, and says where it stood.
fn take_events(around: &mut Map<String, Value>, kind: DocumentKind) -> Result<(Vec<Value>, String), Malformed> {
    let (last, path) = kind.path().split_last().unwrap_or((&"", &[]));
    let mut pointer = String::new();
    let mut object = around;
    for name in path {
        let missing = Malformed { pointer: pointer.clone(), problem: format!("the field `{name}` is missing") };
        pointer = format!("{pointer}/{}", escape(name));
        let value = object.get_mut(*name).ok_or(missing)?;
        let wrong = Malformed {
            pointer: pointer.clone(),
            problem: format!("an object is wanted here, not {}", self::kind(value)),
        };
        object = value.as_object_mut().ok_or(wrong)?;
    }
    let missing = Malformed { pointer: pointer.clone(), problem: format!("the field `{last}` is missing") };
    pointer = format!("{pointer}/{last}");
    let list = object.get_mut(*last).ok_or(missing)?;
    match list {
        Value::Array(events) => Ok((std::mem::take(events), pointer)),
        other => {
            Err(Malformed { pointer, problem: format!("a list of events is wanted here, not {}", self::kind(other)) })
        }
    }
}
