//! GS1 Digital Link URIs: a key in the path, its qualifiers behind it, everything else in the query (GS1 Digital Link
//! Standard: URI Syntax, release 1.4).
//!
//! `https://example.com/path/01/09506000134352/10/AB-1/21/S9?17=271231`
//!
//! Written are uncompressed links with numeric identifiers, a GTIN of 14 digits, and percent-encoding of everything
//! outside the unreserved characters of RFC 3986. Read are also the words that releases before 1.2 allowed in the path
//! (`/gtin/…/lot/…`), GTINs of 8, 12 and 13 digits, and `;` between query parameters. Compressed links, which
//! have a standard of their own, are refused.

use std::fmt;
use std::str::FromStr;

use super::ai::{Ai, ValueError};
use super::element_string::{Element, ElementStrings, Problem};
use super::gtin::{Gtin, KeyError};
use super::percent::{PercentError, percent_decode, percent_encode};

/// Keys that may begin the path, with the qualifiers that may follow in this order; a key may have several such lists.
const KEYS: &[(&str, &[&[&str]])] = &[
    ("00", &[&[]]),
    ("01", &[&["22", "10", "21"], &["235"]]),
    ("253", &[&[]]),
    ("255", &[&[]]),
    ("401", &[&[]]),
    ("402", &[&[]]),
    ("414", &[&["254"], &["7040"]]),
    ("415", &[&["8020"]]),
    ("417", &[&["7040"]]),
    ("8003", &[&[]]),
    ("8004", &[&["7040"]]),
    ("8006", &[&["22", "10", "21"]]),
    ("8010", &[&["8011"]]),
    ("8013", &[&[]]),
    ("8017", &[&["8019"]]),
    ("8018", &[&["8019"]]),
];

/// Words that releases 1.0 and 1.1 allowed in the path instead of identifiers.
const WORDS: &[(&str, &str)] = &[
    ("sscc", "00"),
    ("gtin", "01"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
    ("gdti", "253"),
    ("gcn", "255"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("gln", "414"),
    ("glnx", "254"),
    ("payTo", "415"),
    ("refno", "8020"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("cpsn", "8011"),
    ("gmn", "8013"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("srin", "8019"),
];

/// A GS1 Digital Link URI: where it is resolved, and what it identifies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DigitalLink {
    resolver: String,
    elements: ElementStrings,
    parameters: Vec<(String, String)>,
}

/// Text that is not a GS1 Digital Link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DigitalLinkError {
    /// Not a web address.
    #[error("`{0}` is not a web address: a GS1 Digital Link begins with https:// (or http://) and a domain")]
    NotWeb(String),
    /// A resolver that cannot stand before the path of a link.
    #[error("`{0}` is not a resolver: write https://, a domain and perhaps a path, without query or fragment")]
    Resolver(String),
    /// No key of GS1 in the path.
    #[error("the path `{0}` holds no GS1 key: it should hold one, as in /01/09506000134352")]
    NoKey(String),
    /// A compressed link.
    #[error(
        "`{0}` looks like a compressed GS1 Digital Link, which is not read here: use the full link, as in \
         /01/09506000134352/10/LOT"
    )]
    Compressed(String),
    /// An identifier in the path without a value behind it.
    #[error("`{0}` in the path has no value behind it")]
    NoValue(String),
    /// A part of the path that is no qualifier of the key.
    #[error("`{found}` cannot stand where it does: behind ({key}) come {allowed}, in this order")]
    Qualifier {
        /// What stands there.
        found: String,
        /// The key of the link.
        key: Ai,
        /// What may stand there.
        allowed: String,
    },
    /// A query parameter of digits that is no data attribute.
    #[error("`{0}` in the query is not a GS1 data attribute: keys and qualifiers belong in the path")]
    Attribute(String),
    /// A key or qualifier that a link cannot be made of.
    #[error("({ai}) {} cannot stand in this link: {why}", .ai.title())]
    CannotWrite {
        /// The identifier.
        ai: Ai,
        /// Why not.
        why: &'static str,
    },
    /// Nothing that a link could be made for.
    #[error("a GS1 Digital Link needs a key, as (01) GTIN or (00) SSCC; there is none")]
    NoKeyToWrite,
    /// Wrong percent-encoding.
    #[error(transparent)]
    PercentEncoding(#[from] PercentError),
    /// A GTIN that is wrong.
    #[error(transparent)]
    Gtin(#[from] KeyError),
    /// A value that its identifier does not allow.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// One identifier with two values.
    #[error(transparent)]
    Conflict(#[from] Problem),
}

impl DigitalLink {
    /// A link for `elements`, which must hold exactly one key, at `resolver`: scheme, domain and perhaps a path.
    pub fn new(resolver: &str, elements: ElementStrings) -> Result<Self, DigitalLinkError> {
        let bad = || DigitalLinkError::Resolver(resolver.to_owned());
        let (_, authority_and_path) = split_scheme(resolver).ok_or_else(bad)?;
        let domain = authority_and_path.split('/').next().unwrap_or_default();
        let visible = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '"' | '<' | '>' | '\\');
        if domain.is_empty() || !resolver.chars().all(visible) {
            return Err(bad());
        }
        // A trailing slash is the caller's way to say "nothing more", not an empty path segment.
        let link = Self { resolver: resolver.trim_end_matches('/').to_owned(), elements, parameters: Vec::new() };
        link.write()?;
        Ok(link)
    }

    /// Reads a link.
    pub fn parse(text: &str) -> Result<Self, DigitalLinkError> {
        let not_web = || DigitalLinkError::NotWeb(text.to_owned());
        let (scheme, rest) = split_scheme(text).ok_or_else(not_web)?;
        let address = rest.split('#').next().unwrap_or_default();
        let (host_and_path, query) = address.split_once('?').unwrap_or((address, ""));
        let (host, path) = host_and_path.split_once('/').unwrap_or((host_and_path, ""));
        if host.is_empty() || !host.chars().all(|character| character.is_ascii_graphic()) {
            return Err(not_web());
        }
        let (prefix, mut elements) = read_path(path)?;
        let parameters = read_query(query, &mut elements)?;
        let slash = if prefix.is_empty() { "" } else { "/" };
        Ok(Self { resolver: format!("{scheme}://{host}{slash}{prefix}"), elements, parameters })
    }

    /// Scheme, domain and the path before the key.
    pub fn resolver(&self) -> &str {
        &self.resolver
    }

    /// What the link identifies: the key, its qualifiers, then the attributes.
    pub fn elements(&self) -> &ElementStrings {
        &self.elements
    }

    /// Query parameters that are not application identifiers, as `linkType`, decoded.
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    fn write(&self) -> Result<String, DigitalLinkError> {
        let (key, qualifiers) = self.key_and_qualifiers()?;
        let mut path = String::new();
        for ai in std::iter::once(key).chain(qualifiers.iter().copied()) {
            if let Some(value) = self.elements.value(ai) {
                path.push_str(&format!("/{ai}/{}", percent_encode(value)));
            }
        }
        let attributes =
            self.elements.iter().filter(|element| element.ai() != key && !qualifiers.contains(&element.ai()));
        let mut query = Vec::new();
        for element in attributes {
            let ai = element.ai();
            if !ai.is_link_attribute() || is_key(ai) {
                let why = "it is neither the key, nor one of its qualifiers, nor a data attribute";
                return Err(DigitalLinkError::CannotWrite { ai, why });
            }
            query.push(format!("{ai}={}", percent_encode(element.value())));
        }
        query.extend(
            self.parameters.iter().map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value))),
        );
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(format!("{}{path}{mark}{}", self.resolver, query.join("&")))
    }

    /// The one key among the elements, and the list of qualifiers that fits the elements best.
    fn key_and_qualifiers(&self) -> Result<(Ai, Vec<Ai>), DigitalLinkError> {
        let mut keys = self.elements.iter().map(Element::ai).filter(|ai| is_key(*ai));
        let key = keys.next().ok_or(DigitalLinkError::NoKeyToWrite)?;
        if let Some(ai) = keys.next() {
            return Err(DigitalLinkError::CannotWrite { ai, why: "a link has one key, and there is another" });
        }
        let used = |list: &Vec<Ai>| list.iter().filter(|ai| self.elements.value(**ai).is_some()).count();
        Ok((key, qualifier_lists(key).into_iter().max_by_key(used).unwrap_or_default()))
    }
}

/// Scheme and what stands behind `://`, of a web address.
fn split_scheme(text: &str) -> Option<(&'static str, &str)> {
    ["https", "http"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        (start.eq_ignore_ascii_case(scheme)).then_some((scheme, rest.strip_prefix("://")?))
    })
}

/// Whether `text` is the beginning of a web address that may be a link.
pub(crate) fn is_web_address(text: &str) -> bool {
    split_scheme(text).is_some()
}

fn is_key(ai: Ai) -> bool {
    !qualifier_lists(ai).is_empty()
}

fn qualifier_lists(key: Ai) -> Vec<Vec<Ai>> {
    let digits = key.to_string();
    let lists = KEYS.iter().find(|(key, _)| *key == digits).map_or(&[][..], |(_, lists)| *lists);
    lists.iter().map(|list| list.iter().filter_map(|ai| ai.parse().ok()).collect()).collect()
}

/// The identifier that a part of the path names, by digits or by a word.
fn path_ai(segment: &str) -> Option<Ai> {
    let digits = WORDS.iter().find(|(word, _)| *word == segment).map_or(segment, |(_, digits)| digits);
    digits.parse().ok()
}

/// The path before the key, and the key with its qualifiers. Everything left of the key belongs to the resolver, so the
/// first part that reads as a key with only qualifiers behind it is taken.
fn read_path(path: &str) -> Result<(String, ElementStrings), DigitalLinkError> {
    let segments: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    let mut first_error = None;
    for start in 0..segments.len() {
        let Some(key) = path_ai(segments[start]).filter(|ai| is_key(*ai)) else { continue };
        match read_key(key, &segments[start..]) {
            Ok(elements) => return Ok((segments[..start].join("/"), elements)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| match segments.last() {
        Some(last) if looks_compressed(last) => DigitalLinkError::Compressed((*last).to_owned()),
        _ => DigitalLinkError::NoKey(format!("/{path}")),
    }))
}

/// Compressed links hold at least 10 characters of base64url, among them letters of both cases or digits; a word of a
/// path that is no link seldom does.
fn looks_compressed(segment: &str) -> bool {
    segment.len() >= 10
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && segment.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && segment.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn read_key(key: Ai, segments: &[&str]) -> Result<ElementStrings, DigitalLinkError> {
    let mut elements = ElementStrings::default();
    let mut lists = qualifier_lists(key);
    for (index, pair) in segments.chunks(2).enumerate() {
        let name = pair[0];
        let ai = if index == 0 { key } else { take_qualifier(key, name, &mut lists)? };
        let value = pair.get(1).filter(|value| !value.is_empty()).ok_or_else(|| no_value(name, index))?;
        let value = percent_decode(value)?;
        let value = if ai == Ai::GTIN { Gtin::new(&value)?.to_string() } else { value };
        elements.push(Element::new(ai, value)?)?;
    }
    Ok(elements)
}

/// A last segment without a value behind it is a compressed rest, or was cut off.
fn no_value(name: &str, index: usize) -> DigitalLinkError {
    if index > 0 && path_ai(name).is_none() && looks_compressed(name) {
        DigitalLinkError::Compressed(name.to_owned())
    } else {
        DigitalLinkError::NoValue(name.to_owned())
    }
}

/// Finds `name` in the lists of qualifiers that are still possible, and drops from them what may no longer follow.
fn take_qualifier(key: Ai, name: &str, lists: &mut Vec<Vec<Ai>>) -> Result<Ai, DigitalLinkError> {
    let ai = path_ai(name).filter(|ai| lists.iter().any(|list| list.contains(ai)));
    let Some(ai) = ai else {
        if path_ai(name).is_none() && looks_compressed(name) {
            return Err(DigitalLinkError::Compressed(name.to_owned()));
        }
        return Err(DigitalLinkError::Qualifier { found: name.to_owned(), key, allowed: allowed_behind(key) });
    };
    lists.retain_mut(|list| match list.iter().position(|candidate| *candidate == ai) {
        Some(place) => {
            list.drain(..=place);
            true
        }
        None => false,
    });
    Ok(ai)
}

fn allowed_behind(key: Ai) -> String {
    let list = |list: Vec<Ai>| list.iter().map(|ai| format!("({ai})")).collect::<Vec<_>>().join(" ");
    let lists: Vec<String> = qualifier_lists(key).into_iter().map(list).filter(|list| !list.is_empty()).collect();
    if lists.is_empty() { "no qualifiers".to_owned() } else { lists.join(", or ") }
}

/// Adds the data attributes of the query to `elements`, and returns the other parameters.
fn read_query(query: &str, elements: &mut ElementStrings) -> Result<Vec<(String, String)>, DigitalLinkError> {
    let mut others = Vec::new();
    for parameter in query.split(['&', ';']).filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (name, value) = (percent_decode(name)?, percent_decode(value)?);
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
            others.push((name, value));
            continue;
        }
        // Names of digits only are reserved for application identifiers.
        match name.parse::<Ai>() {
            Ok(ai) if ai.is_link_attribute() && !is_key(ai) => elements.push(Element::new(ai, value)?)?,
            _ => return Err(DigitalLinkError::Attribute(name)),
        }
    }
    Ok(others)
}

impl fmt::Display for DigitalLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both ways to make a link have made sure that it can be written.
        f.write_str(&self.write().map_err(|_| fmt::Error)?)
    }
}

impl FromStr for DigitalLink {
    type Err = DigitalLinkError;

    fn from_str(text: &str) -> Result<Self, DigitalLinkError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DigitalLink {
    type Error = DigitalLinkError;

    fn try_from(text: String) -> Result<Self, DigitalLinkError> {
        Self::parse(&text)
    }
}

impl From<DigitalLink> for String {
    fn from(link: DigitalLink) -> Self {
        link.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gs1::element_string::tests::any_elements;
    use crate::gs1::test_data::syntax_dictionary;

    fn bracketed(link: &str) -> String {
        DigitalLink::parse(link).unwrap().elements().to_bracketed()
    }

    fn error(link: &str) -> String {
        DigitalLink::parse(link).unwrap_err().to_string()
    }

    #[test]
    fn keys_are_those_of_the_syntax_dictionary() {
        let Some(dictionary) = syntax_dictionary() else { return };
        let theirs: Vec<(String, String)> = dictionary
            .iter()
            .flat_map(|entry| entry.attributes.iter().map(move |attribute| (entry.ais.clone(), attribute)))
            .filter_map(|(ai, attribute)| {
                Some((ai, attribute.strip_prefix("dlpkey")?.trim_start_matches('=').to_owned()))
            })
            .collect();
        let ours: Vec<(String, String)> = KEYS
            .iter()
            .map(|(key, lists)| {
                ((*key).to_owned(), lists.iter().map(|list| list.join(",")).collect::<Vec<_>>().join("|"))
            })
            .collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn reads_the_examples_of_the_standard() {
        // After the examples of the GS1 Digital Link Standard: URI Syntax.
        assert_eq!(bracketed("https://id.gs1.org/01/09506000134352"), "(01)09506000134352");
        assert_eq!(
            bracketed("https://example.com/01/9506000134352/10/ABC1/21/12345?17=180426"),
            "(01)09506000134352(10)ABC1(21)12345(17)180426"
        );
        assert_eq!(bracketed("https://id.gs1.org/01/09506000134352/22/2A"), "(01)09506000134352(22)2A");
        assert_eq!(bracketed("https://id.gs1.org/00/106141412345678908"), "(00)106141412345678908");
        assert_eq!(bracketed("https://id.gs1.org/414/9520123456788/254/32a%2Fb"), "(414)9520123456788(254)32a/b");
        assert_eq!(bracketed("http://example.org/gtin/614141123452/lot/L1/ser/2"), "(01)00614141123452(10)L1(21)2");
    }

    #[test]
    fn keeps_resolver_and_other_parameters() {
        let link =
            DigitalLink::parse("HTTPS://brand.example:8443/some/01/09506000134352?linkType=gs1:pip;17=271231#top");
        let link = link.unwrap();
        assert_eq!(link.resolver(), "https://brand.example:8443/some");
        assert_eq!(link.parameters(), [("linkType".into(), "gs1:pip".into())]);
        assert_eq!(link.elements().value(Ai::EXPIRY_DATE), Some("271231"));
        assert_eq!(link.to_string(), "https://brand.example:8443/some/01/09506000134352?17=271231&linkType=gs1%3Apip");
        assert_eq!(
            DigitalLink::parse("https://x.example/01/two/01/09506000134352/").unwrap().resolver(),
            "https://x.example/01/two"
        );
    }

    #[test]
    fn writes_path_in_order_and_encodes() {
        let elements = ElementStrings::parse("(21)S/9(17)271231(10)A+B%(01)09506000134352(240)x").unwrap();
        let link = DigitalLink::new("https://theriac.example/", elements).unwrap();
        assert_eq!(link.to_string(), "https://theriac.example/01/09506000134352/10/A%2BB%25/21/S%2F9?17=271231&240=x");
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(error("ftp://a/01/09506000134352").contains("is not a web address"));
        assert!(error("https:///01/09506000134352").contains("is not a web address"));
        assert_eq!(
            error("https://a.example/about/us"),
            "the path `/about/us` holds no GS1 key: it should hold one, as in /01/09506000134352"
        );
        assert!(error("https://a.example/01/09506000134353").contains("it should be 2"));
        assert_eq!(
            error("https://a.example/01/09506000134352/21/S/10/L"),
            "`10` cannot stand where it does: behind (01) come (22) (10) (21), or (235), in this order"
        );
        assert!(error("https://a.example/01/09506000134352/235/T/10/L").contains("`10` cannot stand where it does"));
        assert_eq!(error("https://a.example/01/09506000134352/10"), "`10` in the path has no value behind it");
        assert!(error("https://a.example/01/09506000134352?21=5").contains("belong in the path"));
        assert!(error("https://a.example/01/09506000134352?9999=5").contains("not a GS1 data attribute"));
        assert!(error("https://a.example/01/09506000134352/10/%C3%A9").contains("is not percent-encoded ASCII"));
        assert!(error("https://a.example/01/09506000134352/10/%+1").contains("is not percent-encoded ASCII"));
        assert!(error("https://a.example/01/09506000134352?17=270230").contains("not a day of the calendar"));
        assert!(error("https://a.example/01/09506000134352?17=270228&17=270227").contains("stands twice"));
    }

    #[test]
    fn refuses_compressed_links() {
        // Fully and partly compressed, from release 1.1 of the standard.
        for link in [
            "https://example.com/AQnYUc1gmiCNV4JGLh",
            "https://id.gs1.org/01/09506000134352/ARHKVAdpQg",
            "https://id.gs1.org/01/09506000134352/HHmiARHKVAdpQg",
        ] {
            assert!(error(link).contains("looks like a compressed GS1 Digital Link"), "{link}");
        }
    }

    #[test]
    fn refuses_to_write_what_is_no_link() {
        let refuse = |resolver: &str, elements: &str| {
            DigitalLink::new(resolver, ElementStrings::parse(elements).unwrap()).unwrap_err().to_string()
        };
        assert!(refuse("https://a.example", "(10)A").contains("needs a key"));
        assert!(refuse("https://a.example", "(01)09506000134352(00)106141412345678908").contains("there is another"));
        assert!(refuse("https://a.example", "(01)09506000134352(235)A(21)B").contains("cannot stand in this link"));
        for resolver in ["a.example", "https://", "https://a.example?x=1", "https://a b"] {
            assert!(refuse(resolver, "(01)09506000134352").contains("resolver"), "{resolver}");
        }
    }

    proptest! {
        #[test]
        fn links_round_trip(elements in any_elements(), resolver in "https?://[a-z]{1,9}\\.example(:[0-9]{2,4})?(/([a-z]{1,9}|01|10|gtin|09506000134352)){0,4}") {
            let link = DigitalLink::new(&resolver, elements.clone()).unwrap();
            let read = DigitalLink::parse(&link.to_string()).unwrap();
            prop_assert_eq!(read.resolver(), link.resolver());
            prop_assert_eq!(read.elements().iter().count(), elements.iter().count());
            for element in &elements {
                prop_assert_eq!(read.elements().value(element.ai()), Some(element.value()));
            }
            prop_assert_eq!(read.to_string(), link.to_string());
        }

        #[test]
        fn never_panics(text in ".*|https?://[a-z%]{0,5}(/[0-9a-zA-Z%_-]{0,15}){0,6}(\\?[0-9%=&;a-z]{0,20})?") {
            if let Ok(link) = DigitalLink::parse(&text) {
                // Display cannot fail on what was read.
                prop_assert!(DigitalLink::parse(&link.to_string()).is_ok());
            }
        }
    }
}
