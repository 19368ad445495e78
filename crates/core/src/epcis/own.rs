//! Fields of this system in events: extensions in a namespace of its own, which the canonical hash covers.
//!
//! `theriac:precededBy` joins events that tell one act, as the unpacking and the packing of a split. The chain has one hash as the
//! evidence of an act: that of the last event, which names the one before it by its hash, and so on. Whoever has that evidence on
//! chain has committed to all of them.

use std::str::FromStr;

use alloy_primitives::B256;
use serde_json::{Map, Value, json};

use super::event::Event;
use super::hash::{EventHash, Namespaces};
use super::{CONTEXT, Document};

/// The namespace of these fields.
pub const NAMESPACE: &str = "https://theriac.example/epcis/";

const PREFIX: &str = "theriac";
const PRECEDED_BY: &str = "precededBy";

/// Text that is not the URI of an event's hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the hash of an event: it is ni:///sha-256;, 64 hexadecimal digits in lower case, and ?ver=CBV2.0"
)]
pub struct NotAnEventHash(pub String);

impl FromStr for EventHash {
    type Err = NotAnEventHash;

    fn from_str(text: &str) -> Result<Self, NotAnEventHash> {
        let digits = text.strip_prefix("ni:///sha-256;").and_then(|rest| rest.strip_suffix("?ver=CBV2.0"));
        let hash = digits.and_then(|digits| digits.parse::<B256>().ok()).map(Self);
        // Every hash has one form, so that one text names one event.
        hash.filter(|hash| hash.to_string() == text).ok_or_else(|| NotAnEventHash(text.to_owned()))
    }
}

impl Event {
    /// The same event, with a field of this system. What the prefix stands for is said in the event, so that its hash is the same alone
    /// and in any document; a context that it had is replaced.
    pub fn with_own(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.context = Some(json!([CONTEXT, { PREFIX: NAMESPACE }]));
        self.with_extension(format!("{PREFIX}:{name}"), value)
    }

    /// The same event, as the one that tells the rest of an act after `before`.
    pub fn preceded_by(self, before: EventHash) -> Self {
        self.with_own(PRECEDED_BY, before.to_string())
    }
}

impl Document {
    /// The event of the same act before each event, in their order.
    pub fn preceding(&self) -> Vec<Option<EventHash>> {
        self.each(preceding)
    }
}

/// What the field says; none where it is not there, or names no event.
pub(super) fn preceding(event: &Map<String, Value>, namespaces: &Namespaces) -> Option<EventHash> {
    let name = format!("{{{NAMESPACE}}}{PRECEDED_BY}");
    let (_, value) = event.iter().find(|(key, _)| namespaces.name(key) == name)?;
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epcis::tests::every_verb;

    /// The two events of a split: the first, and the second that names it.
    fn split() -> [Event; 2] {
        let events = every_verb().into_events();
        let [first, second] = [0, 1].map(|place| events[place].clone().with_own("nonce", "00"));
        let second = second.preceded_by(first.hash());
        [first, second]
    }

    #[test]
    fn the_hash_of_the_last_event_covers_those_before_it() {
        let [first, second] = split();
        assert_eq!((first.preceding(), second.preceding()), (None, Some(first.hash())));
        let other = second.clone().preceded_by(second.hash());
        assert_ne!(other.hash(), second.hash());
        assert_ne!(second.hash(), every_verb().events()[1].clone().with_own("nonce", "00").hash());
    }

    #[test]
    fn the_field_is_read_under_any_prefix_that_means_it() {
        let [first, second] = split();
        let hash = first.hash().to_string();
        let created = "2026-01-31T08:00:01Z".parse::<jiff::Timestamp>().unwrap();
        let theirs = |prefix: &str, namespace| {
            let mut event = every_verb().into_events().remove(1);
            event.extensions.clear();
            let event = event.with_extension(format!("{prefix}:precededBy"), hash.clone());
            let document = Document::new(created.into(), &[(prefix, namespace)], vec![event]);
            Document::parse(&document.to_json().to_string()).unwrap().preceding()
        };
        assert_eq!(theirs("t", NAMESPACE), [Some(first.hash())]);
        assert_eq!(theirs("theriac", "https://other.example/"), [None]);
        let document = Document::new(created.into(), &[], vec![first.clone(), second]);
        assert_eq!(document.preceding(), [None, Some(first.hash())]);
    }

    #[test]
    fn a_hash_has_one_form() {
        let hash = split()[0].hash();
        let text = hash.to_string();
        assert_eq!(text.parse(), Ok(hash));
        let upper = text.replace(&hex::encode(hash.0), &hex::encode_upper(hash.0));
        for wrong in
            ["", &text[..text.len() - 1], &text.replace("ni:///sha-256;", "ni:///sha-256;0x"), &upper, &text[14..]]
        {
            assert_eq!(wrong.parse::<EventHash>(), Err(NotAnEventHash(wrong.to_owned())));
        }
    }
}
