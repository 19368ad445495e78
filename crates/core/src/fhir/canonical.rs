//! FHIR's canonical JSON, and its digest: how our documents of FHIR are stored and what the chain knows them by.
//!
//! The method is `http://hl7.org/fhir/canonicalization/json` of R4 (4.0.1, JSON format, "Canonical JSON"), which says:
//! no white space between tokens, properties in alphabetical order. What it leaves open is settled here as RFC 8785
//! (JCS) does, which later releases of FHIR name:
//!
//! 1. Properties are ordered by the UTF-16 code units of their names, at every level; the order of lists stays.
//! 2. Numbers stay as they were written, digit for digit: 1.50 and 1.5 are different decimals in FHIR. This is where it
//!    differs from RFC 8785.
//! 3. Strings are written in UTF-8 with the shortest escapes: `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, and `\u00xx`
//!    for other control characters. Their content stays, also the white space in narratives and markdown: to fold it,
//!    as one may read the standard, would change what was said.
//! 4. Nothing is left out or added: narrative, `meta`, extensions, `null` in lists and unknown properties count.
//!
//! The digest is SHA-256 over these bytes.

use alloy_primitives::B256;
use sha2::{Digest, Sha256};

use super::json::{Json, Object};

/// The canonical bytes of a document.
pub fn canonical(document: &Json) -> Vec<u8> {
    let mut out = Vec::with_capacity(2048);
    value(document, &mut out);
    out
}

/// As [`canonical`], of an object.
pub(super) fn canonical_object(document: &Object) -> Vec<u8> {
    let mut out = Vec::with_capacity(2048);
    object(document, &mut out);
    out
}

/// SHA-256 of the canonical bytes.
pub fn digest(document: &Json) -> B256 {
    B256::new(Sha256::digest(canonical(document)).into())
}

/// As [`digest`], of an object.
pub(super) fn digest_object(document: &Object) -> B256 {
    B256::new(Sha256::digest(canonical_object(document)).into())
}

fn value(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(true) => out.extend_from_slice(b"true"),
        Json::Bool(false) => out.extend_from_slice(b"false"),
        Json::Number(number) => out.extend_from_slice(number.as_str().as_bytes()),
        Json::String(text) => string(text, out),
        Json::Array(items) => list(items, out),
        Json::Object(fields) => object(fields, out),
    }
}

fn list(items: &[Json], out: &mut Vec<u8>) {
    out.push(b'[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        value(item, out);
    }
    out.push(b']');
}

fn object(fields: &Object, out: &mut Vec<u8>) {
    let mut sorted: Vec<(&str, &Json)> = fields.iter().collect();
    sorted.sort_unstable_by(|(a, _), (b, _)| order(a, b));
    out.push(b'{');
    for (place, (name, field)) in sorted.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        string(name, out);
        out.push(b':');
        value(field, out);
    }
    out.push(b'}');
}

/// By UTF-16 code units, which is the order of the bytes unless a name has characters beyond ASCII.
fn order(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            8 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            control => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}
