//! Whether a file keeps to the JSON schema of EPCIS 2.0.
//!
//! `schema.json` states the JSON binding in our own words, since GS1 publishes its schema without a licence to hand it on; tests
//! hold both to one verdict on every document. Whoever has GS1's file can validate with that ([`Schema::parse`]). Formats
//! are asserted: without that, any word would pass as the URI of an own vocabulary.

use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde::Serialize;
use serde_json::Value;

use super::EpcisError;
use super::document::json;
use super::fields::{escape, kind};
use super::position::Positions;

static OWN: LazyLock<Result<Schema, EpcisError>> = LazyLock::new(|| Schema::parse(Schema::TEXT));

/// A JSON schema (draft 7) to validate with.
#[derive(Debug)]
pub struct Schema(Validator);

/// Where a file does not keep to the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Counted from 1.
    pub line: usize,
    /// Where it is in the file (RFC 6901).
    pub path: String,
    /// Which rule it breaks: where that is in the schema (RFC 6901).
    pub schema_path: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// Validates a file of events with our own statement of the schema.
pub fn validate(text: &str) -> Result<Vec<Finding>, EpcisError> {
    match &*OWN {
        Ok(schema) => schema.validate(text),
        Err(error) => Err(error.clone()),
    }
}

impl Schema {
    /// Our own statement of the schema of EPCIS 2.0.
    pub const TEXT: &'static str = include_str!("schema.json");

    /// Reads a schema.
    pub fn parse(text: &str) -> Result<Self, EpcisError> {
        let schema: Value = serde_json::from_str(text).map_err(|error| EpcisError::Schema(error.to_string()))?;
        let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema);
        validator.map(Self).map_err(|error| EpcisError::Schema(error.to_string()))
    }

    /// What is wrong in a file of events, from its top to its end; nothing where it keeps to the schema.
    pub fn validate(&self, text: &str) -> Result<Vec<Finding>, EpcisError> {
        let value = json(text)?;
        if self.0.is_valid(&value) {
            return Ok(Vec::new());
        }
        let positions = Positions::of(text);
        let mut findings: Vec<Finding> = self.0.iter_errors(&value).map(|error| finding(&error, &positions)).collect();
        findings
            .sort_by(|one, other| (one.line, &one.path, &one.problem).cmp(&(other.line, &other.path, &other.problem)));
        findings.dedup_by(|later, earlier| later.path == earlier.path && later.problem == earlier.problem);
        Ok(findings)
    }
}

fn finding(error: &ValidationError<'_>, positions: &Positions<'_>) -> Finding {
    let mut path = error.instance_path().to_string();
    // The field that is too much, not the object that it stands in.
    let field = match error.kind() {
        ValidationErrorKind::PropertyNames { error } => error.instance().as_str(),
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.first().map(String::as_str),
        _ => None,
    };
    if let Some(field) = field {
        path = format!("{path}/{}", escape(field));
    }
    Finding { line: positions.line(&path), path, schema_path: error.schema_path().to_string(), problem: problem(error) }
}

fn problem(error: &ValidationError<'_>) -> String {
    let instance = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { property } => format!("the field {property} is missing"),
        ValidationErrorKind::Format { format } if format == "uri" => {
            format!("{instance} is not a full URI: write one, as https://… or urn:…")
        }
        ValidationErrorKind::Format { format } if format == "date-time" => {
            format!("{instance} is not a time: write RFC 3339 with an offset, as 2026-01-31T08:00:00.000Z")
        }
        ValidationErrorKind::Type { .. } => format!("another type is wanted here, not {}", kind(instance)),
        ValidationErrorKind::PropertyNames { error } => format!(
            "the field {} cannot stand here: fields of your own have a prefix of the context or a full URI before their name",
            error.instance()
        ),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            format!("no fields but those of the standard can stand here: remove {}", quoted(unexpected))
        }
        ValidationErrorKind::Enum { options } => format!("{instance} is not one of {}", words(options)),
        ValidationErrorKind::Constant { expected_value } => {
            format!("{instance} cannot stand here: {expected_value} is wanted")
        }
        ValidationErrorKind::MinItems { limit } => format!("the list has fewer than {limit} elements"),
        ValidationErrorKind::UniqueItems => "something stands twice in the list: remove one".to_owned(),
        ValidationErrorKind::Pattern { pattern } => format!("{instance} is not written as wanted: {pattern}"),
        ValidationErrorKind::AnyOf { context } => any_of(instance, context),
        _ => error.to_string(),
    }
}

/// A word that is neither of the standard nor a URI, or something that could be right in several ways and is in none.
fn any_of(instance: &Value, ways: &[Vec<ValidationError<'_>>]) -> String {
    let standard = ways.iter().flatten().find_map(|error| match error.kind() {
        ValidationErrorKind::Enum { options } if instance.is_string() => Some(options),
        _ => None,
    });
    if let Some(options) = standard {
        return format!(
            "{instance} is no word of the standard and no full URI: use one of {}, or the full URI of your own",
            words(options)
        );
    }
    let mut ways: Vec<String> =
        ways.iter().map(|errors| errors.iter().map(problem).collect::<Vec<_>>().join(" and ")).collect();
    ways.dedup();
    format!("one of these must be mended: {}", ways.join("; or "))
}

fn words(options: &Value) -> String {
    let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    words.join(", ")
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
