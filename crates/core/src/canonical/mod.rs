//! Canonical JSON (RFC 8785): one sequence of bytes for one value, so that a document has one address.
//!
//! JSON numbers are IEEE 754 doubles here as in JavaScript, and an integer beyond 2^53 - 1 is no longer exact
//! (RFC 7493, 2.2). Such an integer is refused, not rounded: it must be a string. [`parse`] reads I-JSON, so it also
//! refuses an object with one name twice (RFC 7493, 2.3), of which every reader believes another half.

mod numbers;

use std::fmt;

use alloy_primitives::B256;
use serde::Serialize;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The largest integer that every JSON reader keeps exactly.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A value that has no canonical form, or text that is not I-JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// An integer that a double cannot hold.
    #[error("{number} at `{pointer}` is beyond 2^53 - 1 and would be rounded: write it as a string")]
    UnsafeInteger {
        /// Where it is (RFC 6901).
        pointer: String,
        /// The integer.
        number: String,
    },
    /// Infinity or not-a-number.
    #[error("the number at `{pointer}` is not finite, which JSON cannot write: leave it out or write a string")]
    NotFinite {
        /// Where it is (RFC 6901).
        pointer: String,
    },
    /// A map whose keys are not strings, or a value that refuses to be written.
    #[error("the value has no form in JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// Text that does not parse.
    #[error("this is not the JSON of a document: {0}")]
    Syntax(#[source] serde_json::Error),
}

/// The canonical bytes of a value.
pub fn to_canonical_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    numbers::check(value, false)?;
    serde_json_canonicalizer::to_vec(&value).map_err(CanonicalError::NotJson)
}

/// Reads I-JSON (RFC 7493): no name twice in an object, no integer beyond 2^53 - 1, however it is written.
pub fn parse(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let Strict(value) = serde_json::from_slice(bytes).map_err(CanonicalError::Syntax)?;
    numbers::check(&value, true)?;
    Ok(value)
}

/// sha2-256: what the chain keeps of a document.
pub fn digest(bytes: &[u8]) -> B256 {
    B256::new(Sha256::digest(bytes).into())
}

/// A [`Value`] read without a name twice in any object.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        StrictVisitor.deserialize(from).map(Self)
    }
}

struct StrictVisitor;

impl<'de> DeserializeSeed<'de> for StrictVisitor {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(de::Error::custom(format_args!("field `{name}` stands twice: remove one")));
            }
            let field = fields.next_value_seed(Self)?;
            object.insert(name, field);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn canonical(text: &str) -> String {
        let value: Value = serde_json::from_str(text).unwrap();
        String::from_utf8(to_canonical_bytes(&value).unwrap()).unwrap()
    }

    /// RFC 8785, 3.2.2 and 3.2.3.
    #[test]
    fn example_of_the_standard() {
        let input = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let expected = concat!(
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(canonical(input), expected);
    }

    /// RFC 8785, 3.2.3: names are sorted by UTF-16 code units.
    #[test]
    fn sorting_of_the_standard() {
        let input = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let values: Value = serde_json::from_str(&canonical(input)).unwrap();
        let order: Vec<_> = values.as_object().unwrap().values().map(|value| value.as_str().unwrap()).collect();
        assert_eq!(
            order,
            [
                "Carriage Return",
                "One",
                "Control",
                "Latin Small Letter O With Diaeresis",
                "Euro Sign",
                "Emoji: Grinning Face",
                "Hebrew Letter Dalet With Dagesh"
            ]
        );
    }

    /// RFC 8785, appendix B: bits of a double and its text.
    #[test]
    fn numbers_of_the_standard() {
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(to_canonical_bytes(&f64::from_bits(bits)).unwrap(), text.as_bytes(), "{bits:#x}");
        }
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = to_canonical_bytes(&[0.0, number]).unwrap_err();
            assert!(matches!(error, CanonicalError::NotFinite { pointer } if pointer == "/1"));
        }
        assert!(matches!(to_canonical_bytes(&f32::NAN), Err(CanonicalError::NotFinite { .. })));
        let keys = std::collections::BTreeMap::from([((1, 2), "a pair")]);
        assert!(matches!(to_canonical_bytes(&keys), Err(CanonicalError::NotJson(_))));
    }

    #[test]
    fn unsafe_integers_are_named_by_their_pointer() {
        let safe = json!({"a": [MAX_SAFE_INTEGER, -(MAX_SAFE_INTEGER as i64)]});
        assert_eq!(to_canonical_bytes(&safe).unwrap(), br#"{"a":[9007199254740991,-9007199254740991]}"#);

        let wrong = json!({"a": [0, {"b/c~d": 9_007_199_254_740_992_u64}]});
        assert_eq!(
            to_canonical_bytes(&wrong).unwrap_err().to_string(),
            "9007199254740992 at `/a/1/b~1c~0d` is beyond 2^53 - 1 and would be rounded: write it as a string"
        );
        assert!(
            matches!(parse(b"[-9007199254740992]"), Err(CanonicalError::UnsafeInteger { pointer, .. }) if pointer == "/0")
        );
        #[derive(Serialize)]
        enum Kinds {
            Struct { wide: u128 },
            Tuple(i128, u8),
            Newtype(u64),
        }
        for (value, place) in [
            (Kinds::Struct { wide: 1 << 64 }, "/Struct/wide"),
            (Kinds::Tuple(-(1 << 64), 0), "/Tuple/0"),
            (Kinds::Newtype(1 << 53), "/Newtype"),
        ] {
            let error = to_canonical_bytes(&Some(value)).unwrap_err();
            assert!(matches!(&error, CanonicalError::UnsafeInteger { pointer, .. } if pointer == place), "{error}");
        }
        for text in ["[18446744073709551615]", "[36893488147419103233]", "[-36893488147419103233]", "[1E30]"] {
            assert!(matches!(parse(text.as_bytes()), Err(CanonicalError::UnsafeInteger { .. })), "{text}");
        }
    }

    #[test]
    fn a_name_twice_is_refused() {
        let error = parse(br#"{"a":{"b":1,"b":2}}"#).unwrap_err();
        assert!(error.to_string().contains("field `b` stands twice: remove one"), "{error}");
    }

    /// FIPS 180-4, example of one block.
    #[test]
    fn digest_is_sha256() {
        assert_eq!(digest(b"abc").to_string(), "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(MAX_SAFE_INTEGER as i64)..=MAX_SAFE_INTEGER as i64).prop_map(Value::from),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonical_form_is_stable(value in any_json()) {
            let bytes = to_canonical_bytes(&value).unwrap();
            // A double beyond 2^53 prints as an integer, which `parse` refuses.
            if let Ok(again) = parse(&bytes) {
                prop_assert_eq!(to_canonical_bytes(&again).unwrap(), bytes);
            }
        }

        #[test]
        fn any_bytes_parse_or_are_refused(bytes: Vec<u8>) {
            if let Ok(value) = parse(&bytes) {
                to_canonical_bytes(&value).unwrap();
            }
        }
    }
}
