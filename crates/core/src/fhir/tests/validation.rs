use super::formats::data;
use crate::fhir::{Resource, from_xml, validate};

#[test]
fn examples_are_valid_as_intended() {
    for (name, text) in data("pocd/examples") {
        let resource = from_xml(&text).unwrap();
        let issues = validate(&resource);
        assert!(issues.is_empty(), "{name}: {issues:#?}");
    }
    for (name, text) in data("fhir") {
        let resource = Resource::from_json(&text).unwrap();
        for issue in validate(&resource) { println!("{name}: {issue}"); }
    }
}
