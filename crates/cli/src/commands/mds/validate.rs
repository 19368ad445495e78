//! `theriac mds validate`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use theriac_core::fhir::{self, FhirError, Issue, Profile, Resource, Severity};

use super::document;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::files;

/// Options of `theriac mds validate`.
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The documents.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check against this profile, too, whether the documents claim it (`meta.profile`) or not.
    #[arg(long)]
    profile: Option<ProfileName>,
}

/// What `--profile` takes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// The whole device.
    Mds,
    /// A part of it.
    Vmd,
    /// A group of metrics.
    Channel,
    /// A metric with numbers.
    NumericMetric,
    /// A metric with codes or text.
    EnumerationMetric,
    /// A metric with waveforms.
    SampleArrayMetric,
    /// An observation of one number.
    Numeric,
    /// An observation of several numbers.
    CompoundNumeric,
    /// An observation of a code or text.
    Enumeration,
    /// An observation of a piece of a waveform.
    SampleArray,
    /// The guide's patient.
    Patient,
    /// The guide's practitioner.
    Practitioner,
    /// R4's heart rate.
    HeartRate,
    /// R4's respiratory rate.
    RespiratoryRate,
    /// R4's blood pressure.
    BloodPressure,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Mds => Self::MdsDevice,
            ProfileName::Vmd => Self::VmdDevice,
            ProfileName::Channel => Self::ChannelDevice,
            ProfileName::NumericMetric => Self::NumericDeviceMetric,
            ProfileName::EnumerationMetric => Self::EnumerationDeviceMetric,
            ProfileName::SampleArrayMetric => Self::SampleArrayDeviceMetric,
            ProfileName::Numeric => Self::NumericObservation,
            ProfileName::CompoundNumeric => Self::CompoundNumericObservation,
            ProfileName::Enumeration => Self::EnumerationObservation,
            ProfileName::SampleArray => Self::SampleArrayObservation,
            ProfileName::Patient => Self::PocdPatient,
            ProfileName::Practitioner => Self::PocdPractitioner,
            ProfileName::HeartRate => Self::HeartRate,
            ProfileName::RespiratoryRate => Self::RespiratoryRate,
            ProfileName::BloodPressure => Self::BloodPressure,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    valid: bool,
    documents: Vec<Checked>,
}

/// What was found in one file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    file: PathBuf,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<String>,
    /// Profiles that it was checked against.
    profiles: Vec<String>,
    findings: Vec<Found>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    severity: &'static str,
    /// FHIRPath; none where the text cannot be read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    rule: &'static str,
    /// Where the text cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    message: String,
}

/// Checks the documents; exit code 1 unless all are valid.
pub(super) fn run(options: &Validate) -> Result<Answer, Failure> {
    let check = |file: &PathBuf| Ok(checked(file, &files::read(file)?, options.profile.map(Profile::from)));
    let documents = options.files.iter().map(check).collect::<Result<Vec<_>, Failure>>()?;
    let valid = documents.iter().all(|document| document.valid);
    let text: Vec<String> = documents.iter().map(Checked::text).collect();
    Ok(Answer::new(text.join("\n"), &Facts { valid, documents })?.good(valid))
}

fn checked(file: &Path, bytes: &[u8], profile: Option<Profile>) -> Checked {
    let file = file.to_owned();
    let document = match document::parse(bytes) {
        Ok(document) => document,
        Err(error) => {
            let findings = vec![Found::unreadable(&error)];
            return Checked { file, valid: false, resource_type: None, profiles: Vec::new(), findings };
        }
    };
    let issues = match profile {
        Some(profile) => fhir::validate_as(&document, profile),
        None => fhir::validate(&document),
    };
    let mut findings: Vec<Found> = issues.into_iter().map(Found::from).collect();
    let profiles = profiles(&document, profile);
    if profiles.is_empty() {
        findings.push(Found::unclaimed());
    }
    let valid = findings.iter().all(|found| found.severity != "error");
    Checked { file, valid, resource_type: Some(document.resource_type().to_owned()), profiles, findings }
}

/// The profiles that are known here, of those that the document claims and the one that was asked for.
fn profiles(document: &Resource, asked: Option<Profile>) -> Vec<String> {
    let mut found: Vec<Profile> = document.profiles().filter_map(Profile::of_url).collect();
    found.extend(asked.filter(|asked| !found.contains(asked)));
    found.into_iter().map(|profile| profile.url().to_owned()).collect()
}

impl From<Issue> for Found {
    fn from(issue: Issue) -> Self {
        let severity = if issue.severity == Severity::Error { "error" } else { "warning" };
        Self { severity, path: Some(issue.path), rule: issue.rule, line: None, message: issue.message }
    }
}

impl Found {
    fn unreadable(error: &FhirError) -> Self {
        let line = match error {
            FhirError::Json { line, .. } | FhirError::Xml { line, .. } => Some(*line),
            _ => None,
        };
        Self { severity: "error", path: None, rule: "structure", line, message: error.to_string() }
    }

    fn unclaimed() -> Self {
        let message = "the document claims no profile of the guide: only R4 was checked; give --profile".to_owned();
        Self { severity: "warning", path: None, rule: "profile", line: None, message }
    }
}

impl Checked {
    fn text(&self) -> String {
        let word = if self.valid { "valid" } else { "NOT VALID" };
        let kind = self.resource_type.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
        let mut text = format!("{}{kind}: {word}", self.file.display());
        for found in &self.findings {
            let path = found.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  {}: {path}{} ({})", found.severity, found.message, found.rule);
        }
        text
    }
}
