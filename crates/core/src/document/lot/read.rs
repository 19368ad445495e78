//! A lot document read piece by piece: its arrays go straight to where they are kept.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use alloy_primitives::{Address, B256};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{LotDetails, LotDocument};
use crate::canonical::CanonicalError;
use crate::document::{DocumentError, from_fields};
use crate::merkle::Leaves;
use crate::serials::CompactSerial;

/// A document has a dozen fields beside the arrays; one with many more is not ours, and is not to fill the memory.
const MAX_FIELDS: usize = 64;

pub(super) fn read(from: impl Read) -> Result<LotDocument, DocumentError> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let parts = tracked.deserialize_any(Parts::default()).map_err(|error| {
        if error.is_io() {
            return DocumentError::Io(error.into());
        }
        if error.is_data() {
            let path = track.path().to_string();
            return DocumentError::Field { document: LotDocument::TYPE, path, problem: error.to_string() };
        }
        DocumentError::Json(CanonicalError::Syntax(error))
    })?;
    json.end().map_err(CanonicalError::Syntax)?;

    let Head { count, root, details } = parts.head()?;
    LotDocument::checked(details, root, count, parts.serials.unwrap_or_default(), parts.tag_keys.unwrap_or_default())
}

struct Head {
    count: usize,
    root: B256,
    details: LotDetails,
}

#[derive(Default)]
struct Parts {
    /// Everything but the two arrays.
    fields: Map<String, Value>,
    serials: Option<Vec<CompactSerial>>,
    tag_keys: Option<Vec<Address>>,
}

impl Parts {
    /// The fields that are not arrays.
    fn head(&self) -> Result<Head, DocumentError> {
        #[derive(Deserialize)]
        struct Sum {
            count: u32,
            root: B256,
        }
        let mut fields = self.fields.clone();
        let sum = Map::from_iter(["type", "v", "count", "root"].into_iter().filter_map(|name| {
            let value =
                if matches!(name, "type" | "v") { fields.get(name).cloned() } else { fields.shift_remove(name) };
            Some((name.to_owned(), value?))
        }));
        // In this order, so that a document of another type is told so before its fields are judged.
        let Sum { count, root } = from_fields(sum, LotDocument::TYPE)?;
        let details = from_fields(fields, LotDocument::TYPE)?;
        Ok(Head { count: count as usize, root, details })
    }
}

impl<'de> Visitor<'de> for Parts {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a lot document, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Self, A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            let twice = match name.as_str() {
                "serials" => self.serials.replace(fields.next_value_seed(Packed::default())?).is_some(),
                "tagKeys" => {
                    let keys: Vec<TagKey> = fields.next_value_seed(Packed::default())?;
                    self.tag_keys.replace(keys.into_iter().map(|TagKey(key)| key).collect()).is_some()
                }
                _ if self.fields.len() == MAX_FIELDS => {
                    return Err(de::Error::custom("too many fields for a lot document"));
                }
                _ => self.fields.insert(name.clone(), fields.next_value()?).is_some(),
            };
            if twice {
                return Err(de::Error::custom(format_args!("field `{name}` stands twice: remove one")));
            }
        }
        Ok(self)
    }
}

/// An array with at most as many elements as a lot has items.
struct Packed<T>(PhantomData<T>);

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Packed<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<T>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Packed<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            if array.len() == Leaves::MAX {
                return Err(de::Error::custom(format_args!("a lot has at most {} items", Leaves::MAX)));
            }
            array.push(item);
        }
        Ok(array)
    }
}

/// An address, or an empty string for none.
struct TagKey(Address);

impl<'de> Deserialize<'de> for TagKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = TagKey;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the address of a tag key, or an empty string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TagKey, E> {
                if text.is_empty() {
                    return Ok(TagKey(Address::ZERO));
                }
                text.parse().map(TagKey).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        from.deserialize_str(Text)
    }
}
