//! The rules of R4 and of the profiles that a resource claims, as a list of issues.
//!
//! Each rule is looked at by itself, so one fault gives one issue and hides no other. What is not checked: whether a
//! code of a large code system exists, whether the XHTML of a narrative has only the elements that R4 allows, and
//! `dom-6` (a narrative is good practice).

mod base;
mod bindings;
mod extension;
mod invariants;
mod primitive;
mod profile;
mod set;

use std::fmt;

pub use set::{Finding, validate_set};

use super::json::{Json, Object};
use super::path::Path;
use super::pocd::{self, Profile, loinc};
use super::resource::Resource;

/// Something in a document that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Whether the document may not be used.
    pub severity: Severity,
    /// Where, in FHIRPath: `Device.extension[2].value`.
    pub path: String,
    /// Which rule: a key of the standard such as `pocd-dev-1` or `ext-1`, or a word for it.
    pub rule: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {} ({})", self.severity, self.path, self.message, self.rule)
    }
}

/// How bad an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A "should", or a code outside an extensible value set.
    Warning,
    /// The document breaks a "shall".
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Checks a resource against R4 and every profile of [`Profile`] that it claims in `meta.profile`.
///
/// A resource of a type that is not known here is checked as far as every resource goes, with a warning.
/// References are looked at one by one; whether they lead anywhere says [`validate_set`].
pub fn validate(resource: &Resource) -> Vec<Issue> {
    inspect(resource).issues
}

/// As [`validate`], and against one profile whether the resource claims it or not.
pub fn validate_as(resource: &Resource, profile: Profile) -> Vec<Issue> {
    let mut report = inspect(resource);
    if !resource.profiles().any(|url| url == profile.url()) {
        profile::check(resource, pocd::rules(profile), &mut report);
    }
    report.issues
}

fn inspect(resource: &Resource) -> Report<'_> {
    let mut report = Report::default();
    let root = Path::root(resource.resource_type());
    base::resource(resource.fields(), &root, &mut report);
    let mut profiles: Vec<Profile> = Vec::new();
    for (place, url) in resource.profiles().enumerate() {
        match Profile::of_url(url) {
            Some(profile) => profiles.push(profile),
            None if url.starts_with(pocd::GUIDE) => {
                let message = "the Point-of-Care Device guide has no such profile: correct the address";
                report.error(&root.field("meta").element("profile", Some(place)), "profile", message);
            }
            None => {}
        }
    }
    if let Some(vital) = vital_sign(resource).filter(|vital| !profiles.contains(vital)) {
        profiles.push(vital);
    }
    for profile in profiles {
        profile::check(resource, pocd::rules(profile), &mut report);
    }
    report
}

/// The profile that R4 requires of an observation with this code, claimed or not (R4, section 10.1.3.1).
fn vital_sign(resource: &Resource) -> Option<Profile> {
    match loinc::of(resource.fields()).filter(|_| resource.resource_type() == "Observation")? {
        "8867-4" => Some(Profile::HeartRate),
        "9279-1" => Some(Profile::RespiratoryRate),
        "85354-9" => Some(Profile::BloodPressure),
        _ => None,
    }
}

/// What has been found so far in one resource.
#[derive(Debug, Default)]
struct Report<'a> {
    issues: Vec<Issue>,
    /// The references of the resource, to be followed in a set.
    references: Vec<Pointer<'a>>,
}

/// A reference and where it stands.
#[derive(Debug)]
struct Pointer<'a> {
    path: String,
    reference: &'a str,
}

impl Report<'_> {
    fn error(&mut self, path: &Path<'_>, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Error, path, rule, message.into());
    }

    fn warning(&mut self, path: &Path<'_>, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Warning, path, rule, message.into());
    }

    fn add(&mut self, severity: Severity, path: &Path<'_>, rule: &'static str, message: String) {
        self.issues.push(Issue { severity, path: path.to_string(), rule, message });
    }
}

/// Text from a document, short enough for a message.
fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The codings of a `CodeableConcept`.
fn codings(concept: &Object) -> impl Iterator<Item = &Object> {
    concept.list("coding").iter().filter_map(Json::as_object)
}
