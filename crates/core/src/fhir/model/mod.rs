//! Typed resources: the elements that we work with by name and type, and everything else as it was.
//!
//! A type has those elements of R4 that this project reads or writes; all others stay in `other` and are written
//! again, also the properties beside primitive values (`_birthDate`) and elements that R4 does not know. So reading and
//! writing loses nothing. Elements that R4 requires are optional here, too: what is missing says
//! [`validate`](super::validate()).

mod resources;
mod types;

pub use resources::*;
pub use types::*;

use super::error::FhirError;
use super::json::{Decimal, Json, Object};
use super::path::Path;
use super::resource::Resource;

/// A type of resource with typed elements.
pub trait Typed: Sized {
    /// The name in `resourceType`.
    const NAME: &'static str;

    /// Reads a resource of this type.
    ///
    /// # Errors
    /// Another type of resource, or an element whose value is not of its type.
    fn from_resource(resource: Resource) -> Result<Self, FhirError>;

    /// Writes it, with all that was in it.
    fn into_resource(self) -> Resource;
}

/// A value of an element.
trait Element: Sized {
    /// Whether [`read`](Element::read) can take it; a list with something else stays among the other properties.
    fn fits(value: &Json) -> bool;
    fn read(value: Json, path: &Path<'_>) -> Result<Self, FhirError>;
    fn write(self) -> Json;
}

/// An element of a type: none, one, or several values.
trait Property: Sized {
    fn take(fields: &mut Object, name: &str, path: &Path<'_>) -> Result<Self, FhirError>;
    fn put(self, name: &str, fields: &mut Object);
}

fn wrong(path: &Path<'_>, expected: &'static str, found: &Json) -> FhirError {
    FhirError::Shape { path: path.to_string(), expected, found: found.kind() }
}

macro_rules! scalar {
    ($of:ty, $variant:ident, $expected:literal) => {
        impl Element for $of {
            fn fits(value: &Json) -> bool {
                matches!(value, Json::$variant(_))
            }

            fn read(value: Json, path: &Path<'_>) -> Result<Self, FhirError> {
                match value {
                    Json::$variant(inner) => Ok(inner),
                    other => Err(wrong(path, $expected, &other)),
                }
            }

            fn write(self) -> Json {
                Json::$variant(self)
            }
        }
    };
}

scalar!(String, String, "a string");
scalar!(bool, Bool, "a boolean");
scalar!(Decimal, Number, "a number");
scalar!(Object, Object, "an object");

impl<T: Element> Property for Option<T> {
    fn take(fields: &mut Object, name: &str, path: &Path<'_>) -> Result<Self, FhirError> {
        fields.remove(name).map(|value| T::read(value, &path.field(name))).transpose()
    }

    fn put(self, name: &str, fields: &mut Object) {
        if let Some(value) = self {
            fields.set(name, value.write());
        }
    }
}

impl<T: Element> Property for Vec<T> {
    fn take(fields: &mut Object, name: &str, path: &Path<'_>) -> Result<Self, FhirError> {
        let Some(value) = fields.get(name) else { return Ok(Self::new()) };
        let Json::Array(items) = value else { return Err(wrong(&path.field(name), "a list", value)) };
        // A list with null, which keeps a place for an extension, can only stay as it is.
        if items.is_empty() || items.contains(&Json::Null) {
            return Ok(Self::new());
        }
        if let Some((place, item)) = items.iter().enumerate().find(|(_, item)| !T::fits(item)) {
            return Err(wrong(&path.element(name, Some(place)), "a value of the type of this element", item));
        }
        let Some(Json::Array(items)) = fields.remove(name) else { return Ok(Self::new()) };
        let read = |(place, item)| T::read(item, &path.element(name, Some(place)));
        items.into_iter().enumerate().map(read).collect()
    }

    fn put(self, name: &str, fields: &mut Object) {
        if !self.is_empty() {
            fields.set(name, Json::Array(self.into_iter().map(T::write).collect()));
        }
    }
}

/// Types with named elements.
macro_rules! model {
    ($($(#[$doc:meta])* $of:ident $name:ident { $($field:ident $json:literal: $type:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name {
            $(#[doc = concat!("`", stringify!($name), ".", $json, "` of R4.")] pub $field: $type,)*
            /// Everything else that was in it, as it was.
            pub other: Object,
        }

        impl $name {
            fn read_fields(mut fields: Object, path: &Path<'_>) -> Result<Self, FhirError> {
                Ok(Self { $($field: Property::take(&mut fields, $json, path)?,)* other: fields })
            }

            fn write_fields(self, mut fields: Object) -> Object {
                $(Property::put(self.$field, $json, &mut fields);)*
                for (name, value) in self.other.into_fields() {
                    fields.set(&name, value);
                }
                fields
            }
        }

        model! { @$of $name }
    )+};
    (@element $name:ident) => {
        impl Element for $name {
            fn fits(value: &Json) -> bool {
                matches!(value, Json::Object(_))
            }

            fn read(value: Json, path: &Path<'_>) -> Result<Self, FhirError> {
                Self::read_fields(Object::read(value, path)?, path)
            }

            fn write(self) -> Json {
                Json::Object(self.write_fields(Object::new()))
            }
        }
    };
    (@resource $name:ident) => {
        impl Typed for $name {
            const NAME: &'static str = stringify!($name);

            fn from_resource(resource: Resource) -> Result<Self, FhirError> {
                if resource.resource_type() != Self::NAME {
                    let found = resource.resource_type().to_owned();
                    return Err(FhirError::WrongType { expected: Self::NAME, found });
                }
                let mut fields = resource.into_fields();
                fields.remove("resourceType");
                Self::read_fields(fields, &Path::root(Self::NAME))
            }

            fn into_resource(self) -> Resource {
                Resource::typed(Self::NAME, |fields| self.write_fields(fields))
            }
        }
    };
}

use model;
