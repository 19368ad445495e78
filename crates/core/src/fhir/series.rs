//! Vital signs of one patient over a time, as one document.

use jiff::Timestamp;
use uuid::Uuid;

use super::canonical::digest_object;
use super::json::{Json, Object};
use super::path::Path;
use super::resource::Resource;
use super::state::{PatientLink, StateError, link};
use super::validate::{Severity, validate};

/// Observations of one patient, in the order of their times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Whose they are.
    pub patient: PatientLink,
    /// When the first one begins, to the second.
    pub from: Timestamp,
    /// When the last one ends, to the second.
    pub until: Timestamp,
    /// All of them, as a Bundle of type `collection`.
    pub bundle: Resource,
}

/// Documents that are no series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// No observation at all.
    #[error("there is no Observation in it: give Observations, or Bundles of them")]
    Empty,
    /// Another resource.
    #[error("`{0}` is a {1}, and only Observations belong into a series: take it out")]
    NotAnObservation(String, String),
    /// An observation that breaks a rule.
    #[error("{path}: {message} ({rule})")]
    Invalid {
        /// Where, in FHIRPath.
        path: String,
        /// What is wrong.
        message: String,
        /// The rule.
        rule: &'static str,
    },
    /// An observation whose time is not known to the second.
    #[error(
        "`{0}`: its time is missing or less precise than a second with a zone: give effectiveDateTime or effectivePeriod"
    )]
    NoTime(String),
    /// Nobody's observation.
    #[error("`{0}`: it names no patient: give `subject`")]
    NoPatient(String),
    /// An observation of somebody else.
    #[error("`{0}` is of another patient than the observations before it: one series is of one patient")]
    OtherPatient(String),
    /// A patient that cannot be read.
    #[error(transparent)]
    Patient(#[from] StateError),
}

/// An observation and when it was.
struct Dated {
    /// Made of its digest (RFC 9562, version 8), since a Bundle wants each entry to have one.
    name: Uuid,
    from: Timestamp,
    until: Timestamp,
    patient: PatientLink,
    fields: Object,
}

impl Series {
    /// Of Observations, and of Bundles of them.
    pub fn of(documents: &[Resource]) -> Result<Self, SeriesError> {
        let mut all: Vec<Dated> = Vec::new();
        for document in documents {
            for (path, fields) in observations(document)? {
                let next = Dated::read(&path, fields)?;
                if all.last().is_some_and(|last| last.patient != next.patient) {
                    return Err(SeriesError::OtherPatient(path));
                }
                all.push(next);
            }
        }
        // In one order, whichever they came in; the same one twice is one.
        all.sort_by_key(|one| (one.from, one.until, one.name));
        all.dedup_by_key(|one| one.name);
        let Some(first) = all.first() else { return Err(SeriesError::Empty) };
        let (patient, from) = (first.patient.clone(), first.from);
        let until = all.iter().map(|one| one.until).max().unwrap_or(from);
        let entry = |one: Dated| {
            let name = one.name.urn().to_string();
            Json::from(Object::from([("fullUrl", Json::from(name)), ("resource", Json::from(one.fields))]))
        };
        let fields = Object::from([
            ("resourceType", Json::from("Bundle")),
            ("type", Json::from("collection")),
            ("entry", Json::Array(all.into_iter().map(entry).collect())),
        ]);
        let bundle = Resource::new(fields).map_err(|_| SeriesError::Empty)?;
        Ok(Self { patient, from, until, bundle })
    }

    /// How many observations there are.
    pub fn count(&self) -> usize {
        self.bundle.fields().list("entry").len()
    }
}

/// The observations in a document, with their paths.
fn observations(document: &Resource) -> Result<Vec<(String, Object)>, SeriesError> {
    if let Some(wrong) = validate(document).into_iter().find(|issue| issue.severity == Severity::Error) {
        return Err(SeriesError::Invalid { path: wrong.path, message: wrong.message, rule: wrong.rule });
    }
    let kind = |fields: &Object| fields.text("resourceType").unwrap_or_default().to_owned();
    let checked = |path: String, fields: &Object| match kind(fields).as_str() {
        "Observation" => Ok((path, fields.clone())),
        other => Err(SeriesError::NotAnObservation(path, other.to_owned())),
    };
    if document.resource_type() != "Bundle" {
        return Ok(vec![checked(document.resource_type().to_owned(), document.fields())?]);
    }
    let entries = document.fields().list("entry").iter().enumerate();
    entries
        .filter_map(|(place, entry)| {
            let resource = entry.as_object()?.get("resource")?.as_object()?;
            Some(checked(format!("Bundle.entry[{place}].resource"), resource))
        })
        .collect()
}

impl Dated {
    fn read(path: &str, fields: Object) -> Result<Self, SeriesError> {
        let Some(subject) = fields.get("subject") else { return Err(SeriesError::NoPatient(path.to_owned())) };
        let patient = link(subject, &Path::root("Observation").field("subject"))?;
        let time = |text: Option<&str>| text.and_then(second).ok_or_else(|| SeriesError::NoTime(path.to_owned()));
        let (from, until) = match fields.get("effectivePeriod").and_then(Json::as_object) {
            Some(period) => (time(period.text("start"))?, time(period.text("end"))?),
            None => {
                let at = time(fields.text("effectiveDateTime").or_else(|| fields.text("effectiveInstant")))?;
                (at, at)
            }
        };
        let name = digest_object(&fields);
        let name = uuid::Builder::from_custom_bytes(name.first_chunk().copied().unwrap_or_default()).into_uuid();
        Ok(Self { name, from, until, patient, fields })
    }
}

/// The second in which the time is; none for a day, a month or a year.
fn second(text: &str) -> Option<Timestamp> {
    let at: Timestamp = text.parse().ok()?;
    Timestamp::from_second(at.as_second()).ok()
}
