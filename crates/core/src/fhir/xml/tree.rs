//! Reads the text of XML into elements as FHIR uses them: three attributes, no text but in narratives.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::{FHIR, MAX_XML_DEPTH, XHTML, forbidden, narrative};

/// What is wrong, and at which byte.
pub(in crate::fhir) type Fault = (usize, String);

/// An element of a resource.
#[derive(Debug, Default)]
pub(in crate::fhir) struct Node {
    pub name: String,
    /// Where its tag begins.
    pub at: usize,
    pub value: Option<String>,
    pub id: Option<String>,
    pub url: Option<String>,
    pub children: Vec<Node>,
    /// Of a `div` in the namespace of XHTML: the element as written.
    pub narrative: Option<String>,
}

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

pub(in crate::fhir) fn parse(text: &str) -> Result<Node, Fault> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        let at = offset(&reader);
        let event = reader.read_event().map_err(|fault| (error_offset(&reader), fault.to_string()))?;
        let closed = match event {
            Event::Start(tag) if open.len() == MAX_XML_DEPTH => {
                return Err((at, format!("`{}` stands more than {MAX_XML_DEPTH} deep, which none does", tag.name().0)));
            }
            Event::Start(tag) if is_xhtml(&reader, &tag) => Some(narrative_node(&mut reader, text, at, &tag)?),
            Event::Start(tag) => {
                open.push(node(&reader, &tag, at, open.is_empty())?);
                None
            }
            Event::Empty(tag) if is_xhtml(&reader, &tag) => {
                let raw = &text[at..offset(&reader)];
                narrative::check(raw).map_err(|reason| (at, reason))?;
                Some(Node { name: "div".to_owned(), at, narrative: Some(raw.to_owned()), ..Node::default() })
            }
            Event::Empty(tag) => Some(node(&reader, &tag, at, open.is_empty())?),
            Event::End(_) => open.pop(),
            Event::Eof if open.is_empty() => {
                return root.ok_or((at, "there is no element: send a resource".to_owned()));
            }
            other => {
                refuse(&other, at)?;
                None
            }
        };
        match (closed, open.last_mut()) {
            (Some(closed), Some(parent)) => parent.children.push(closed),
            (Some(_), None) if root.is_some() => {
                return Err((at, "a second root element: send one resource".to_owned()));
            }
            (Some(closed), None) => root = Some(closed),
            (None, _) => {}
        }
    }
}

/// Everything else than elements: fine when it says nothing.
fn refuse(event: &Event<'_>, at: usize) -> Result<(), Fault> {
    let text = |content: &str| match content.trim_matches([' ', '\t', '\r', '\n']) {
        "" => Ok(()),
        found => {
            let found: String = found.chars().take(40).collect();
            Err((at, format!("text `{found}` between elements: values stand in the attribute `value`")))
        }
    };
    match event {
        Event::Text(content) => text(&content.xml10_content()),
        Event::CData(content) => text(&content.xml10_content()),
        Event::GeneralRef(_) => text("&…;"),
        Event::DocType(_) => Err((at, "a document type declaration, which FHIR forbids: remove it".to_owned())),
        Event::Eof => Err((at, "the document ends before its last element is closed: it was cut off".to_owned())),
        Event::Decl(declaration) => match declaration.encoding() {
            Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => {
                Err((at, format!("the encoding {name}: write the file in UTF-8")))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn node(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>, at: usize, root: bool) -> Result<Node, Fault> {
    let (namespace, name) = reader.resolver().resolve_element(tag.name());
    if namespace != ResolveResult::Bound(Namespace(FHIR)) {
        return Err((at, format!("`{}` is not in the namespace {FHIR}: declare it on the root element", tag.name().0)));
    }
    let mut node = Node { name: name.as_ref().to_owned(), at, ..Node::default() };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|fault| (at, fault.to_string()))?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
        let place = match (namespace, local.as_ref()) {
            (ResolveResult::Unbound, "value") => &mut node.value,
            (ResolveResult::Unbound, "id") => &mut node.id,
            (ResolveResult::Unbound, "url") => &mut node.url,
            (ResolveResult::Bound(Namespace(XSI)), "schemaLocation") if root => continue,
            _ => return Err((at, format!("FHIR has no attribute `{}`: remove it", attribute.key.0))),
        };
        let text = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|fault| (at, fault.to_string()))?;
        if let Some(found) = forbidden(&text) {
            return Err((at, format!("the character U+{:04X}, which XML does not have: remove it", u32::from(found))));
        }
        *place = Some(text.into_owned());
    }
    Ok(node)
}

fn is_xhtml(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> bool {
    reader.resolver().resolve_element(tag.name()).0 == ResolveResult::Bound(Namespace(XHTML))
}

/// Reads to the end of a narrative, whose start tag has just been read.
fn narrative_node(reader: &mut NsReader<&[u8]>, text: &str, at: usize, tag: &BytesStart<'_>) -> Result<Node, Fault> {
    if tag.name().0 != "div" {
        return Err((at, "a narrative is one `div` that declares the namespace of XHTML itself".to_owned()));
    }
    let mut depth = 1;
    while depth > 0 {
        let at = offset(reader);
        let event = reader.read_event().map_err(|fault| (error_offset(reader), fault.to_string()))?;
        match narrative::step(&event).map_err(|reason| (at, reason))? {
            narrative::Step::Down if depth == MAX_XML_DEPTH => {
                return Err((at, format!("the narrative is nested more than {MAX_XML_DEPTH} deep: flatten it")));
            }
            narrative::Step::Down => depth += 1,
            narrative::Step::Up => depth -= 1,
            narrative::Step::Along => {}
        }
    }
    let raw = &text[at..offset(reader)];
    narrative::check(raw).map_err(|reason| (at, reason))?;
    Ok(Node { name: "div".to_owned(), at, narrative: Some(raw.to_owned()), ..Node::default() })
}

fn offset(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn error_offset(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.error_position()).unwrap_or(usize::MAX)
}

/// Whether XML itself declares an entity (XML 1.0, section 4.6).
pub(super) fn is_xml_entity(name: &str) -> bool {
    resolve_xml_entity(name).is_some()
}
