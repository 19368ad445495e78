//! A serializer that writes nothing and refuses the numbers that JSON would change.
//!
//! `serde_json` writes a not-a-number inside an array as null, and rounds nothing but leaves rounding to the reader.
//! Both would give a document that says something else than its author did, so the value is walked before it is written.

use std::fmt::Display;

use serde::ser::{self, Serialize, Serializer};

use super::{CanonicalError, MAX_SAFE_INTEGER};

/// Refuses infinities, not-a-number and unsafe integers; with `doubles` also doubles that stand for unsafe integers.
pub(super) fn check<T: Serialize + ?Sized>(value: &T, doubles: bool) -> Result<(), CanonicalError> {
    value.serialize(Check { pointer: String::new(), doubles }).map_err(|fault| match fault {
        Fault::Unsafe { pointer, number } => CanonicalError::UnsafeInteger { pointer, number },
        Fault::NotFinite { pointer } => CanonicalError::NotFinite { pointer },
        Fault::Other(text) => CanonicalError::NotJson(ser::Error::custom(text)),
    })
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{number} at {pointer}")]
    Unsafe { pointer: String, number: String },
    #[error("not finite at {pointer}")]
    NotFinite { pointer: String },
    #[error("{0}")]
    Other(String),
}

impl ser::Error for Fault {
    fn custom<T: Display>(text: T) -> Self {
        Self::Other(text.to_string())
    }
}

/// Walks one value, which stands at `pointer` (RFC 6901).
struct Check {
    pointer: String,
    doubles: bool,
}

impl Check {
    fn integer(self, safe: bool, number: impl Display) -> Result<(), Fault> {
        if safe { Ok(()) } else { Err(Fault::Unsafe { pointer: self.pointer, number: number.to_string() }) }
    }

    fn children(self) -> Children {
        Children { check: self, index: 0, key: String::new() }
    }

    fn child(&self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{name}", self.pointer), doubles: self.doubles }
    }
}

macro_rules! pass {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, _: $type) -> Result<(), Fault> {
            Ok(())
        })*
    };
}

impl Serializer for Check {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Children;
    type SerializeTuple = Children;
    type SerializeTupleStruct = Children;
    type SerializeTupleVariant = Children;
    type SerializeMap = Children;
    type SerializeStruct = Children;
    type SerializeStructVariant = Children;

    pass! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_i64(self, number: i64) -> Result<(), Fault> {
        self.integer(number.unsigned_abs() <= MAX_SAFE_INTEGER, number)
    }

    fn serialize_i128(self, number: i128) -> Result<(), Fault> {
        self.integer(number.unsigned_abs() <= MAX_SAFE_INTEGER.into(), number)
    }

    fn serialize_u64(self, number: u64) -> Result<(), Fault> {
        self.integer(number <= MAX_SAFE_INTEGER, number)
    }

    fn serialize_u128(self, number: u128) -> Result<(), Fault> {
        self.integer(number <= MAX_SAFE_INTEGER.into(), number)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Fault> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Fault> {
        if !number.is_finite() {
            return Err(Fault::NotFinite { pointer: self.pointer });
        }
        let safe = !self.doubles || number.fract() != 0.0 || number.abs() <= MAX_SAFE_INTEGER as f64;
        self.integer(safe, number)
    }

    fn serialize_none(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(self.child(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Children, Fault> {
        Ok(self.children())
    }

    fn serialize_tuple(self, _: usize) -> Result<Children, Fault> {
        Ok(self.children())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Children, Fault> {
        Ok(self.children())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Children, Fault> {
        Ok(self.child(variant).children())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Children, Fault> {
        Ok(self.children())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Children, Fault> {
        Ok(self.children())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Children, Fault> {
        Ok(self.child(variant).children())
    }
}

/// Walks the parts of an array or an object.
struct Children {
    check: Check,
    index: usize,
    key: String,
}

impl Children {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let item = self.check.child(&self.index.to_string());
        self.index += 1;
        value.serialize(item)
    }

    fn field<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Fault> {
        value.serialize(self.check.child(name))
    }
}

macro_rules! compound {
    ($($trait:ident: $method:ident($($name:ident)?) = $call:ident),* $(,)?) => {
        $(impl ser::$trait for Children {
            type Ok = ();
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: &'static str,)? value: &T) -> Result<(), Fault> {
                self.$call($($name,)? value)
            }

            fn end(self) -> Result<(), Fault> {
                Ok(())
            }
        })*
    };
}

compound! {
    SerializeSeq: serialize_element() = item,
    SerializeTuple: serialize_element() = item,
    SerializeTupleStruct: serialize_field() = item,
    SerializeTupleVariant: serialize_field() = item,
    SerializeStruct: serialize_field(name) = field,
    SerializeStructVariant: serialize_field(name) = field,
}

impl ser::SerializeMap for Children {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        // A key that is no string is the writer's to judge; here it only names the place.
        self.key = match serde_json::to_value(key).map_err(ser::Error::custom)? {
            serde_json::Value::String(key) => key,
            other => other.to_string(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.field(&self.key, value)
    }

    fn end(self) -> Result<(), Fault> {
        Ok(())
    }
}
