//! What R4 (4.0.1) says of the shape of its types: names and order of elements, how often, of which type, from which
//! codes. Readers and writers of XML need it (XML has an order, and does not say what is a number or a list), and so
//! does [`validate`](super::validate()).
//!
//! The tables are written in the way of the specification: `name: how-often type -> targets in codes`, where `?` is
//! 0..1, `1` is 1..1, `*` is 0..*, `+` is 1..*, and `[…]` lists the types of an element that the specification writes
//! with `[x]`. A type has the elements of what it is based on first.

mod codes;
mod resources;
mod types;

/// A type of R4.
#[derive(Debug)]
pub(super) struct Type {
    /// The name of the specification; of a part of a resource the path without dots, as `DeviceUdiCarrier`.
    pub name: &'static str,
    /// Whose elements it has before its own.
    pub base: Option<&'static Type>,
    pub shape: Shape,
    pub fields: &'static [Field],
}

/// How a value of a type stands in JSON and XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Primitive(Primitive),
    /// An object; in XML, its `id` is an attribute.
    Element,
    /// An object that says its type.
    Resource,
}

/// The primitive types (R4, section 2.24.0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Primitive {
    Base64Binary,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    Uuid,
    Xhtml,
}

impl Primitive {
    /// Whether JSON writes it as a number.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt)
    }
}

/// An element of a type.
#[derive(Debug)]
pub(super) struct Field {
    /// Without the `[x]` of a choice.
    pub name: &'static str,
    pub required: bool,
    /// A list in JSON, repeated in XML.
    pub many: bool,
    pub kind: Kind,
    /// What a reference may point at; any resource where it is empty.
    pub targets: &'static [&'static str],
    /// The only codes that it may have.
    pub codes: Option<&'static CodeSet>,
}

/// The type of an element, or those it may choose from.
#[derive(Debug)]
pub(super) enum Kind {
    One(&'static Type),
    Choice(&'static [&'static Type]),
}

/// The codes of a required binding.
#[derive(Debug)]
pub(super) struct CodeSet {
    /// The last segment of the value set's address.
    pub name: &'static str,
    pub codes: &'static [&'static str],
}

macro_rules! how_often {
    (?) => {
        (false, false)
    };
    (1) => {
        (true, false)
    };
    (*) => {
        (false, true)
    };
    (+) => {
        (true, true)
    };
}

macro_rules! kind {
    ([$($choice:ident)+]) => { Kind::Choice(&[$(&$choice),+]) };
    ($one:ident) => { Kind::One(&$one) };
}

macro_rules! base {
    (element) => {
        (Shape::Element, &Element)
    };
    (backbone) => {
        (Shape::Element, &BackboneElement)
    };
    (plain) => {
        (Shape::Resource, &Resource)
    };
    (resource) => {
        (Shape::Resource, &DomainResource)
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($set:ident) => {
        Some(&$set)
    };
}

macro_rules! fields {
    ($($field:ident: $often:tt $kind:tt $(-> $($target:ident)|+)? $(in $set:ident)?;)*) => {
        &[$(Field {
            name: stringify!($field),
            required: how_often!($often).0,
            many: how_often!($often).1,
            kind: kind!($kind),
            targets: &[$($(stringify!($target)),+)?],
            codes: optional!($($set)?),
        }),*]
    };
}

macro_rules! schema {
    ($($of:ident $name:ident { $($fields:tt)* })+) => {
        $(#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
        pub(super) static $name: Type = Type {
            name: stringify!($name),
            base: Some(base!($of).1),
            shape: base!($of).0,
            fields: fields! { $($fields)* },
        };)+
    };
}

macro_rules! primitives {
    ($($name:ident: $primitive:ident),+ $(,)?) => {
        $(#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
        pub(super) static $name: Type = Type {
            name: stringify!($name),
            base: None,
            shape: Shape::Primitive(Primitive::$primitive),
            fields: &[],
        };)+
    };
}

use {base, fields, how_often, kind, optional, primitives, schema};

/// What every element has beside its `id`, which is an attribute in XML.
#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
pub(super) static Element: Type =
    Type { name: "Element", base: None, shape: Shape::Element, fields: fields! { extension: * Extension; } };

#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
static BackboneElement: Type = Type {
    name: "BackboneElement",
    base: Some(&Element),
    shape: Shape::Element,
    fields: fields! { modifierExtension: * Extension; },
};

/// Any resource, and what every one has.
#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
pub(super) static Resource: Type = Type {
    name: "Resource",
    base: None,
    shape: Shape::Resource,
    fields: fields! { id: ? id; meta: ? Meta; implicitRules: ? uri; language: ? code; },
};

#[allow(non_upper_case_globals, reason = "the name of the type in the specification")]
static DomainResource: Type = Type {
    name: "DomainResource",
    base: Some(&Resource),
    shape: Shape::Resource,
    fields: fields! {
        text: ? Narrative; contained: * Resource; extension: * Extension; modifierExtension: * Extension;
    },
};

use types::{Extension, Meta, Narrative, code, id, uri};

/// The resource type of a name, when it is known here.
pub(super) fn resource(name: &str) -> Option<&'static Type> {
    resources::ALL.iter().copied().find(|known| known.name == name)
}

impl Type {
    /// The elements in the order of the specification, those of its bases first.
    pub(super) fn fields(&'static self) -> impl Iterator<Item = &'static Field> {
        let bases = [self.base.and_then(|base| base.base), self.base, Some(self)];
        bases.into_iter().flatten().flat_map(|part| part.fields)
    }

    /// The element that a property of JSON or an element of XML stands for, with its type and place in the order:
    /// `valueQuantity` is the element `value[x]` with the type `Quantity`.
    pub(super) fn field(&'static self, name: &str) -> Option<(usize, &'static Field, &'static Type)> {
        self.fields().enumerate().find_map(|(place, field)| field.typed(name).map(|of| (place, field, of)))
    }

    pub(super) fn primitive(&self) -> Option<Primitive> {
        match self.shape {
            Shape::Primitive(primitive) => Some(primitive),
            Shape::Element | Shape::Resource => None,
        }
    }

    /// Whether a value may be of any resource type.
    pub(super) fn is_any_resource(&'static self) -> bool {
        std::ptr::eq(self, &Resource)
    }
}

impl Field {
    /// The type that a property of this name has, when this is its element.
    fn typed(&self, name: &str) -> Option<&'static Type> {
        match self.kind {
            Kind::One(of) => (self.name == name).then_some(of),
            Kind::Choice(types) => {
                let suffix = name.strip_prefix(self.name)?;
                types.iter().copied().find(|of| is_suffix(of.name, suffix))
            }
        }
    }
}

/// Whether `suffix` is the name of the type with its first letter large.
pub(super) fn is_suffix(of: &str, suffix: &str) -> bool {
    let (Some(first), Some(large)) = (of.as_bytes().first(), suffix.as_bytes().first()) else { return false };
    first.to_ascii_uppercase() == *large && of.as_bytes()[1..] == suffix.as_bytes()[1..]
}
