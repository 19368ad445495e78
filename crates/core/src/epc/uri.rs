//! EPC URIs: Pure Identity (§6) and Tag (§12).

use super::partition::{Cut, Kind};
use super::{Epc, EpcError, Filter, Identity, PrefixLength, Scheme, Tag};
use crate::gs1::percent::percent_decode;

pub(super) const PURE_IDENTITY: &str = "urn:epc:id:";
pub(super) const TAG: &str = "urn:epc:tag:";

/// Characters of a serial that stand escaped in a URI (appendix A).
const ESCAPED: &str = "\"%&/<>?";

pub(super) fn is_uri(text: &str) -> bool {
    text.starts_with("urn:")
}

pub(super) fn is_pure_identity(text: &str) -> bool {
    text.starts_with(PURE_IDENTITY)
}

/// What stands behind the scheme and the filter: prefix, reference, and the serial of what has one.
pub(super) fn body(epc: &Epc) -> String {
    let (identity, prefix) = (epc.identity(), epc.prefix());
    let kind = identity.kind();
    let cut = kind.cut(prefix, identity.payload());
    let (prefix_digits, reference_digits) = (usize::from(prefix.digits()), kind.reference_digits(prefix));
    // A GLN can be all prefix; its reference is then empty.
    let reference =
        if reference_digits == 0 { String::new() } else { format!("{:0>reference_digits$}", cut.reference) };
    let mut text = format!("{:0>prefix_digits$}.{reference}", cut.prefix);
    if kind != Kind::Sscc {
        text.push('.');
        text.push_str(&escape(identity.serial()));
    }
    text
}

pub(super) fn read_pure_identity(text: &str) -> Result<Epc, EpcError> {
    let (name, body) = behind(text, PURE_IDENTITY)?;
    let kind =
        Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| EpcError::unknown_scheme(text, name))?;
    read_body(text, kind, body)
}

pub(super) fn read_tag(text: &str) -> Result<Tag, EpcError> {
    let (name, rest) = behind(text, TAG)?;
    let scheme = Scheme::ALL
        .into_iter()
        .find(|scheme| scheme.name() == name)
        .ok_or_else(|| EpcError::unknown_scheme(text, name))?;
    let (filter, body) = rest.split_once('.').ok_or_else(|| EpcError::uri(text, "a part is missing"))?;
    let filter: Filter = filter.parse()?;
    Tag::new(read_body(text, scheme.kind(), body)?, scheme, filter)
}

/// The name of the scheme, and what stands behind it.
fn behind<'a>(text: &'a str, start: &str) -> Result<(&'a str, &'a str), EpcError> {
    let rest = text.strip_prefix(start).ok_or_else(|| EpcError::UnknownUri(text.to_owned()))?;
    rest.split_once(':').ok_or_else(|| EpcError::uri(text, "a `:` is missing behind the scheme"))
}

fn read_body(text: &str, kind: Kind, body: &str) -> Result<Epc, EpcError> {
    // A serial may hold points itself.
    let parts: Vec<&str> = body.splitn(if kind == Kind::Sscc { 2 } else { 3 }, '.').collect();
    let (prefix, reference, serial) = match (kind, &parts[..]) {
        (Kind::Sscc, [prefix, reference]) => (*prefix, *reference, ""),
        (Kind::Sgtin | Kind::Sgln, [prefix, reference, serial]) => (*prefix, *reference, *serial),
        _ => return Err(EpcError::uri(text, "a part is missing")),
    };
    for part in [prefix, reference] {
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(EpcError::uri(text, &format!("`{part}` has to be digits")));
        }
    }
    let length = u8::try_from(prefix.len()).ok().and_then(|digits| PrefixLength::new(digits).ok());
    let length = length.ok_or_else(|| EpcError::PrefixLength(format!("{} (of `{prefix}`)", prefix.len())))?;
    let expected = kind.reference_digits(length);
    if reference.len() != expected {
        let behind = format!("behind a company prefix of {length} digits stand {expected} more, not `{reference}`");
        return Err(EpcError::uri(text, &behind));
    }
    let cut = Cut { prefix: prefix.parse().unwrap_or_default(), reference: reference.parse().unwrap_or_default() };
    let payload = kind.join(length, cut).ok_or_else(|| EpcError::uri(text, "it has too many digits"))?;
    Epc::new(Identity::of_parts(kind, payload, &unescape(text, serial)?)?, length)
}

fn escape(serial: &str) -> String {
    let mut text = String::with_capacity(serial.len());
    for character in serial.chars() {
        match ESCAPED.contains(character) {
            true => text.push_str(&format!("%{:02X}", u32::from(character))),
            false => text.push(character),
        }
    }
    text
}

fn unescape(text: &str, serial: &str) -> Result<String, EpcError> {
    if let Some(character) = serial.chars().find(|character| *character != '%' && ESCAPED.contains(*character)) {
        let escaped = escape(&character.to_string());
        return Err(EpcError::uri(text, &format!("`{character}` in a serial is written {escaped}")));
    }
    Ok(percent_decode(serial)?)
}
