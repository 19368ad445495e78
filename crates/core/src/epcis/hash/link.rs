//! Every way to write a GS1 key as a URI, made one: the canonical GS1 Digital Link at `id.gs1.org` of the finest key.
//!
//! EPC URIs (TDS 2.0, §6.3), EPC class and pattern URIs, and Digital Links are converted. What is none of these stays as it is.
//! The rules are those of the published generator, 1.9.3, also where they are narrow: a Digital Link that holds a
//! percent-encoded character stays as it is, and so do GRAIs of companies whose prefix has 12 digits.

use std::borrow::Cow;

use crate::gs1::check_digit;

const ORIGIN: &str = "https://id.gs1.org";

/// An application identifier as links have it.
struct Name {
    digits: &'static str,
    /// The word of Digital Link 1.0 for it.
    word: &'static str,
    /// Both as they stand in a path.
    digits_inside: &'static str,
    word_inside: &'static str,
}

macro_rules! names {
    ($($digits:literal $word:literal),+ $(,)?) => {
        [$(Name {
            digits: $digits,
            word: $word,
            digits_inside: concat!("/", $digits, "/"),
            word_inside: concat!("/", $word, "/"),
        }),+]
    };
}

/// Keys that begin a link, in the order in which they are looked for.
const KEYS: [Name; 14] = names![
    "00" "sscc", "01" "gtin", "253" "gdti", "255" "gcn", "401" "ginc", "402" "gsin", "414" "gln", "417" "party",
    "8003" "grai", "8004" "giai", "8006" "itip", "8010" "cpid", "8017" "gsrnp", "8018" "gsrn",
];

/// Qualifiers.
const QUALIFIERS: [Name; 3] = names!["22" "cpv", "10" "lot", "21" "ser"];

/// The canonical link of a URI that holds a GS1 key.
pub(super) fn canonical(uri: &str) -> Option<String> {
    if let Some(rest) = uri.strip_prefix("urn:epc:") {
        return epc(rest);
    }
    let rest = uri.strip_prefix("http")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix("://")?;
    digital_link(uri, rest)
}

/// An EPC, after `urn:epc:`.
fn epc(rest: &str) -> Option<String> {
    let (kind, scheme, body) = {
        let mut parts = rest.splitn(3, ':');
        (parts.next()?, parts.next()?, parts.next()?)
    };
    let path =
        match (kind, scheme) {
            ("id", "sgtin") => gtin(body, |serial| text(serial, 20).then(|| format!("/21/{}", encode(serial)))),
            ("id", "upui") => gtin(body, |serial| text(serial, 28).then(|| format!("/235/{}", encode(serial)))),
            ("class", "lgtin") => gtin(body, |lot| text(lot, 20).then(|| format!("/10/{}", encode(lot)))),
            ("idpat", "sgtin" | "upui") => gtin(body, |any| (any == "*").then(String::new)),
            ("id", "itip") => itip(body, |serial| text(serial, 20).then(|| format!("/21/{}", encode(serial)))),
            ("idpat", "itip") => itip(body, |any| (any == "*").then(String::new)),
            ("id", "sscc") => {
                let (prefix, reference) = digits(body, 17)?;
                let (extension, reference) = reference.split_at_checked(1)?;
                Some(format!("/00/{}", checked(&[extension, prefix, reference])?))
            }
            ("id", "gsin") => digits(body, 16)
                .and_then(|(prefix, reference)| Some(format!("/402/{}", checked(&[prefix, reference])?))),
            ("id", "gsrn") => digits(body, 17)
                .and_then(|(prefix, reference)| Some(format!("/8018/{}", checked(&[prefix, reference])?))),
            ("id", "gsrnp") => digits(body, 17)
                .and_then(|(prefix, reference)| Some(format!("/8017/{}", checked(&[prefix, reference])?))),
            ("id", "pgln") => digits(body, 12)
                .and_then(|(prefix, reference)| Some(format!("/417/{}", checked(&[prefix, reference])?))),
            ("id", "sgln") => twelve("414", body, |extension| match extension {
                "0" => Some(String::new()),
                _ => text(extension, 20).then(|| format!("/254/{}", encode(extension))),
            }),
            ("id", "gdti") => {
                twelve("253", body, |serial| (serial.is_empty() || text(serial, 19)).then(|| encode(serial)))
            }
            ("id", "sgcn") => twelve("255", body, |serial| number(serial, 12).then(|| serial.to_owned())),
            ("idpat", "gdti") => twelve("253", body, |any| (any == "*").then(String::new)),
            ("idpat", "sgcn") => twelve("255", body, |any| (any == "*").then(String::new)),
            ("id", "grai") => grai(body, |serial| text(serial, 16).then(|| encode(serial))),
            ("idpat", "grai") => grai(body, |any| (any == "*").then(String::new)),
            ("id", "giai") => free("8004", body),
            ("id", "ginc") => free("401", body),
            ("id", "cpi") => component(body, |serial| number(serial, 12).then(|| format!("/8011/{serial}"))),
            ("idpat", "cpi") => component(body, |any| (any == "*").then(String::new)),
            _ => None,
        }?;
    Some(format!("{ORIGIN}{path}"))
}

/// A company prefix of 6 to 12 digits, and what stands behind its dot.
fn prefixed(body: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = body.split_once('.')?;
    ((6..=12).contains(&prefix.len()) && all_digits(prefix)).then_some((prefix, rest))
}

/// A company prefix and a reference that have `total` digits together.
fn digits(body: &str, total: usize) -> Option<(&str, &str)> {
    let (prefix, reference) = prefixed(body)?;
    (prefix.len() + reference.len() == total && all_digits(reference)).then_some((prefix, reference))
}

/// A GTIN, split as EPCs split it, with more behind it.
fn trade_item(body: &str) -> Option<(String, &str)> {
    let (prefix, rest) = prefixed(body)?;
    let (reference, rest) = rest.split_at_checked(13 - prefix.len())?;
    let (indicator, reference) = reference.split_at_checked(1)?;
    Some((checked(&[indicator, prefix, reference])?, rest.strip_prefix('.')?))
}

fn gtin(body: &str, tail: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (gtin, rest) = trade_item(body)?;
    Some(format!("/01/{gtin}{}", tail(rest)?))
}

/// A GTIN, the number of a piece and how many there are.
fn itip(body: &str, tail: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (gtin, rest) = trade_item(body)?;
    let mut parts = rest.splitn(3, '.');
    let (piece, total) = (parts.next()?, parts.next()?);
    let two = |part: &str| part.len() == 2 && all_digits(part);
    (two(piece) && two(total)).then_some(())?;
    Some(format!("/8006/{gtin}{piece}{total}{}", tail(parts.next()?)?))
}

/// A prefix and a reference of 12 digits together, with more behind them.
fn twelve(key: &str, body: &str, tail: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (prefix, rest) = prefixed(body)?;
    let (reference, rest) = rest.split_at_checked(12 - prefix.len())?;
    Some(format!("/{key}/{}{}", checked(&[prefix, reference])?, tail(rest.strip_prefix('.')?)?))
}

fn grai(body: &str, tail: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (prefix, rest) = prefixed(body)?;
    let (reference, rest) = rest.split_at_checked(12 - prefix.len())?;
    (!reference.is_empty()).then_some(())?;
    Some(format!("/8003/{}{}", checked(&["0", prefix, reference])?, tail(rest.strip_prefix('.')?)?))
}

/// A prefix and a reference of any characters, 30 together.
fn free(key: &str, body: &str) -> Option<String> {
    let (prefix, reference) = prefixed(body)?;
    text(reference, 30 - prefix.len()).then(|| format!("/{key}/{prefix}{}", encode(reference)))
}

fn component(body: &str, tail: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (prefix, rest) = prefixed(body)?;
    let (reference, serial) = rest.rsplit_once('.')?;
    let fits = |first: u8, second: u8| match first {
        b'2' => matches!(second, b'3' | b'd' | b'f' | b'D' | b'F'),
        b'3' => second.is_ascii_digit(),
        b'4' => second != b'0',
        b'5' => second.is_ascii_digit() || matches!(second, b'A' | b'a'),
        _ => false,
    };
    let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'-';
    let length = characters(reference, fits, plain)?;
    (1..=30 - prefix.len()).contains(&length).then_some(())?;
    Some(format!("/8010/{prefix}{}{}", encode(reference), tail(serial)?))
}

/// The digits together, with their check digit.
fn checked(parts: &[&str]) -> Option<String> {
    let mut digits = parts.concat();
    let check = check_digit(&digits)?;
    digits.push(char::from(b'0' + check));
    Some(digits)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && all_digits(text)
}

/// Whether `text` holds 1 to `most` characters that a serial in an EPC may have.
fn text(text: &str, most: usize) -> bool {
    let fits = |first: u8, second: u8| match first {
        b'2' => !matches!(second, b'0' | b'3' | b'4'),
        b'3' => true,
        b'4' | b'6' => second != b'0',
        b'5' => second.is_ascii_digit() || matches!(second, b'A' | b'a' | b'F' | b'f'),
        b'7' => second.is_ascii_digit() || matches!(second, b'A' | b'a'),
        _ => false,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!')(*+,.:;=_-".contains(&byte);
    characters(text, fits, plain).is_some_and(|length| (1..=most).contains(&length))
}

/// How many characters `text` has, each percent-encoded one counted once; `None` where one is not allowed.
fn characters(text: &str, encoded: impl Fn(u8, u8) -> bool, plain: impl Fn(u8) -> bool) -> Option<usize> {
    let mut bytes = text.bytes();
    let mut count = 0;
    while let Some(byte) = bytes.next() {
        let allowed = match byte {
            b'%' => {
                let (first, second) = (bytes.next()?, bytes.next()?);
                second.is_ascii_hexdigit() && encoded(first, second)
            }
            _ => plain(byte),
        };
        allowed.then_some(())?;
        count += 1;
    }
    Some(count)
}

/// Percent-encodes what an EPC may hold as it is, and a link may not.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '!' | '(' | ')' | '*' | '+' | ',' | ':' => encoded.push_str(&format!("%{:02X}", u32::from(character))),
            _ => encoded.push(character),
        }
    }
    encoded
}

/// A Digital Link at any domain; `rest` stands behind `://`.
fn digital_link(uri: &str, rest: &str) -> Option<String> {
    holds_key(rest).then_some(())?;
    let mut address = Cow::Borrowed(uri.split('?').next().unwrap_or_default());
    for name in KEYS.iter().chain(&QUALIFIERS) {
        if address.contains(name.word_inside) {
            address = address.replace(name.word_inside, name.digits_inside).into();
        }
    }
    let own = address.strip_prefix(ORIGIN).filter(|path| begins_with_key(path));
    let path = match own {
        Some(path) => path,
        None => KEYS.iter().find_map(|key| address.find(key.digits_inside).map(|start| &address[start..]))?,
    };
    let path = finest(&padded(path));
    is_canonical(&path).then(|| format!("{ORIGIN}{path}"))
}

/// Whether a key with at least five characters, four digits first, stands somewhere before the query.
fn holds_key(rest: &str) -> bool {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    segments.windows(2).skip(1).any(|pair| {
        let value = &pair[1];
        KEYS.iter().any(|key| pair[0] == key.digits || pair[0] == key.word)
            && value.len() > 4
            && value.bytes().take(4).all(|byte| byte.is_ascii_digit())
    })
}

fn begins_with_key(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    let key = segments.next().unwrap_or_default();
    let value = segments.next().unwrap_or_default();
    KEYS.iter().any(|known| known.digits == key)
        && value.len() > 4
        && value.bytes().take(4).all(|byte| byte.is_ascii_digit())
}

/// GTINs of 8, 12 and 13 digits get 14.
fn padded(path: &str) -> Cow<'_, str> {
    let Some(value) = path.strip_prefix("/01/") else { return path.into() };
    let zeros = match value.bytes().take_while(u8::is_ascii_digit).count() {
        13 => "0",
        12 => "00",
        8..=11 => "000000",
        _ => return path.into(),
    };
    format!("/01/{zeros}{value}").into()
}

/// Leaves out the product variant, and the lot of what has a serial.
fn finest(path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').collect();
    let product = match segments.get(1) {
        Some(&"01") => 14,
        Some(&"8006") => 18,
        _ => return path.to_owned(),
    };
    let is_product = segments.get(2).is_some_and(|value| value.len() == product && all_digits(value));
    let behind: usize = segments.iter().skip(4).map(|segment| segment.len() + 1).sum();
    let plain = segments.iter().skip(3).all(|segment| segment.bytes().all(is_plain));
    let variant = segments.get(4).map_or(0, |value| value.len());
    let fits = if segments.len() == 5 { variant <= 20 } else { behind <= 21 };
    if is_product && plain && segments.get(3) == Some(&"22") && fits {
        segments.drain(3..5);
    }
    let lot_and_serial = segments.len() == 7 && segments[3] == "10" && segments[5] == "21";
    if is_product && lot_and_serial && [segments[4], segments[6]].iter().all(|value| plain_up_to(value, 20)) {
        segments.drain(3..5);
    }
    segments.join("/")
}

/// Characters that a link may hold as they are.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"\"'-.;<=>?_".contains(&byte)
}

fn plain_up_to(text: &str, most: usize) -> bool {
    text.len() <= most && text.bytes().all(is_plain)
}

/// Whether a path is that of a canonical link.
fn is_canonical(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    let exact = |value: &str, length: usize| value.len() == length && all_digits(value);
    // Digits, then up to `most` plain characters.
    let with_serial = |value: &str, length: usize, most: usize| {
        value.split_at_checked(length).is_some_and(|(key, serial)| all_digits(key) && plain_up_to(serial, most))
    };
    match segments.as_slice() {
        ["", "00" | "8017" | "8018", value] => exact(value, 18),
        ["", "01", value] => exact(value, 14),
        ["", "01", value, "10" | "21", serial] => exact(value, 14) && plain_up_to(serial, 20),
        ["", "01", value, "235", serial] => exact(value, 14) && plain_up_to(serial, 28),
        ["", "253", value] => with_serial(value, 13, 17),
        ["", "255", value] => (13..=25).contains(&value.len()) && all_digits(value),
        ["", "401" | "8004", value] => plain_up_to(value, 30),
        ["", "402", value] => exact(value, 17),
        ["", "414" | "417", value] => exact(value, 13),
        ["", "414", value, "254", extension] => exact(value, 13) && plain_up_to(extension, 20),
        ["", "8003", value] => with_serial(value, 14, 16),
        ["", "8006", value] => exact(value, 18),
        ["", "8006", value, "10" | "21", serial] => exact(value, 18) && plain_up_to(serial, 20),
        ["", "8010", value] => is_component(value),
        ["", "8010", value, "8011", serial] => is_component(value) && serial.len() <= 12 && all_digits(serial),
        _ => false,
    }
}

fn is_component(value: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b'#' | b'-');
    value.len() <= 30 && value.bytes().all(allowed)
}
