//! FHIR documents of files.

use std::path::Path;

use theriac_core::fhir::{self, FhirError, Issue, Profile, Resource, Severity};

use crate::failure::Failure;
use crate::files;

/// Reads JSON or XML, whichever it is.
pub(super) fn parse(bytes: &[u8]) -> Result<Resource, FhirError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') => fhir::from_xml(bytes),
        _ => Resource::from_json(text),
    }
}

/// The document of a file.
pub(super) fn read(path: &Path) -> Result<Resource, Failure> {
    parse(&files::read(path)?).map_err(|error| Failure::of(&error).at(path))
}

/// Refuses what is not an MdsDevice by the rules of the guide.
pub(super) fn require_mds(document: &Resource) -> Result<(), Failure> {
    let mut errors: Vec<Issue> = fhir::validate_as(document, Profile::MdsDevice);
    errors.retain(|issue| issue.severity == Severity::Error);
    if errors.is_empty() {
        return Ok(());
    }
    let lines: String = errors.iter().map(|issue| format!("\n  {issue}")).collect();
    Err(Failure::user(
        "InvalidFhir",
        format!("the document is not a valid MdsDevice:{lines}"),
        "correct it, and try it with `theriac mds validate --profile mds FILE`; nothing was stored",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_xml_are_told_apart() {
        let xml = b"\xef\xbb\xbf\n<Device xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/></Device>";
        let json = b" {\"resourceType\":\"Device\",\"id\":\"a\"}";
        assert_eq!(parse(xml).unwrap().canonical(), parse(json).unwrap().canonical());
        assert!(matches!(parse(b"<html>"), Err(FhirError::Xml { .. })));
        assert!(matches!(parse(b"{"), Err(FhirError::Json { line: 1, .. })));
    }
}
