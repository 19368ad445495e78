//! JSON, XML and the canonical form, on documents that nobody here wrote.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::fhir::{FhirError, Json, Resource, from_xml, to_xml};

/// The files of a folder of `THERIAC_DATA`; none when it is not there.
pub(super) fn data(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(root) = std::env::var_os("THERIAC_DATA").map(PathBuf::from) else { return Vec::new() };
    let mut files: Vec<_> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Elements, attributes and text of XML, without what does not count: an outside witness for round trips.
fn elements(text: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut seen = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let mut attributes: Vec<String> = tag
                    .attributes()
                    .map(|attribute| attribute.unwrap())
                    .map(|a| format!("{}={}", a.key.0, a.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap()))
                    .collect();
                attributes.sort();
                seen.push(format!("<{} {}", tag.name().0, attributes.join(" ")));
            }
            Event::End(tag) => seen.push(format!("/{}", tag.name().0)),
            Event::Text(text) if !text.trim().is_empty() => seen.push(text.trim().to_owned()),
            Event::GeneralRef(name) => seen.push(format!("&{}", name.into_inner())),
            Event::Eof => return seen,
            _ => {}
        }
    }
}

#[test]
fn examples_of_the_profile_go_to_json_and_back() {
    for (name, text) in data("pocd/examples") {
        let resource = from_xml(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let again = to_xml(&Resource::from_json(&resource.canonical()).unwrap()).unwrap();
        assert_eq!(elements(&again), elements(std::str::from_utf8(&text).unwrap()), "{name}");
        assert_eq!(from_xml(again.as_bytes()).unwrap(), resource, "{name}");
    }
}

#[test]
fn examples_of_the_standard_go_to_xml_and_back() {
    for (name, text) in data("fhir") {
        let resource = Resource::from_json(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let xml = to_xml(&resource).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let again = from_xml(xml.as_bytes()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(again.canonical(), resource.canonical(), "{name}");
    }
}
