//! Narratives: one XHTML `div`, which JSON has as a string and XML as an element, the same characters in both.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::tree::is_xml_entity;
use super::{MAX_XML_DEPTH, XHTML, forbidden};

/// Where an event of a narrative leads.
pub(super) enum Step {
    Down,
    Along,
    Up,
}

/// Looks at one event inside a narrative.
pub(super) fn step(event: &Event<'_>) -> Result<Step, String> {
    match event {
        Event::Start(tag) => attributes(tag).map(|()| Step::Down),
        Event::Empty(tag) => attributes(tag).map(|()| Step::Along),
        Event::End(_) => Ok(Step::Up),
        Event::GeneralRef(reference) => {
            let name = reference.xml10_content();
            let known = if reference.is_char_ref() {
                let named = reference.resolve_char_ref().ok().flatten();
                named.is_some_and(|character| forbidden(character.encode_utf8(&mut [0; 4])).is_none())
            } else {
                is_xml_entity(&name)
            };
            match known {
                true => Ok(Step::Along),
                false => Err(format!("the narrative has the entity `&{name};`, unknown to XML: write the character")),
            }
        }
        Event::DocType(_) => Err("a document type declaration, which FHIR forbids: remove it".to_owned()),
        Event::Eof => Err("the narrative is not closed: it was cut off".to_owned()),
        _ => Ok(Step::Along),
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<(), String> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|fault| fault.to_string())?;
        let text = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|fault| fault.to_string())?;
        if forbidden(&text).is_some() {
            return Err(format!("the attribute `{}` has a character that XML does not have", attribute.key.0));
        }
    }
    Ok(())
}

/// Whether a text is a narrative by itself: one `div` in the namespace of XHTML, well formed, nothing around it.
pub(in crate::fhir) fn check(text: &str) -> Result<(), String> {
    if let Some(found) = forbidden(text) {
        return Err(format!("the narrative has the character U+{:04X}, which XML does not have", u32::from(found)));
    }
    let mut reader = NsReader::from_str(text);
    let (mut depth, mut seen) = (0, false);
    loop {
        let event = reader.read_event().map_err(|fault| format!("the narrative is not well formed: {fault}"))?;
        if depth == 0 {
            match &event {
                Event::Start(tag) | Event::Empty(tag) if !seen => {
                    root(&reader, tag)?;
                    seen = true;
                }
                Event::Eof if seen => return Ok(()),
                _ => return Err("a narrative is one `div` and nothing around it".to_owned()),
            }
        }
        match step(&event)? {
            Step::Down if depth == MAX_XML_DEPTH => {
                return Err(format!("the narrative is nested more than {MAX_XML_DEPTH} deep: flatten it"));
            }
            Step::Down => depth += 1,
            Step::Up => depth -= 1,
            Step::Along => {}
        }
        if let Event::Start(tag) | Event::Empty(tag) = &event
            && matches!(reader.resolver().resolve_element(tag.name()).0, ResolveResult::Unknown(_))
        {
            return Err(format!("`{}` has a prefix that the narrative does not declare", tag.name().0));
        }
    }
}

fn root(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> Result<(), String> {
    let (namespace, _) = reader.resolver().resolve_element(tag.name());
    match tag.name().0 == "div" && namespace == ResolveResult::Bound(Namespace(XHTML)) {
        true => Ok(()),
        false => Err(format!("a narrative is one `div` with xmlns=\"{XHTML}\" on itself")),
    }
}
