//! `theriac mds validate`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use theriac_core::fhir::{self, FhirError, Issue, Lines, Profile, Resource, Severity};

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
    /// Check the documents as one set, too: every reference leads to one of them (or to what --known names), parts contain each other,
    /// no two have one id.
    #[arg(long, conflicts_with = "profile")]
    together: bool,
    /// With --together: a reference to what is elsewhere, as Location/7; can be given several times.
    #[arg(long, value_name = "REFERENCE", requires = "together")]
    known: Vec<String>,
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
    /// Where it stands in the file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    message: String,
}

/// Checks the documents; exit code 1 unless all are valid.
pub(super) fn run(options: &Validate) -> Result<Answer, Failure> {
    let texts = options.files.iter().map(|file| files::read(file)).collect::<Result<Vec<_>, Failure>>()?;
    let parsed: Vec<Result<Resource, FhirError>> = texts.iter().map(|text| document::parse(text)).collect();
    let asked = options.profile.map(Profile::from);
    let mut issues = options.issues(&parsed, asked);
    let mut documents = Vec::new();
    for ((file, text), parsed) in options.files.iter().zip(&texts).zip(&parsed) {
        documents.push(match parsed {
            Ok(document) => checked(file, text, document, asked, issues.remove(0)),
            Err(error) => Checked::unreadable(file, error),
        });
    }
    let valid = documents.iter().all(|document| document.valid);
    let text: Vec<String> = documents.iter().map(Checked::text).collect();
    Ok(Answer::new(text.join("\n"), &Facts { valid, documents })?.good(valid))
}

impl Validate {
    /// Of each document that could be read.
    fn issues(&self, parsed: &[Result<Resource, FhirError>], asked: Option<Profile>) -> Vec<Vec<Issue>> {
        let readable: Vec<Resource> = parsed.iter().filter_map(|parsed| parsed.as_ref().ok().cloned()).collect();
        if !self.together {
            return readable
                .iter()
                .map(|document| {
                    asked.map_or_else(|| fhir::validate(document), |asked| fhir::validate_as(document, asked))
                })
                .collect();
        }
        let mut issues = vec![Vec::new(); readable.len()];
        for finding in fhir::validate_set(&readable, |reference| self.known.iter().any(|known| known == reference)) {
            issues[finding.resource].push(finding.issue);
        }
        issues
    }
}

fn checked(file: &Path, text: &[u8], document: &Resource, asked: Option<Profile>, issues: Vec<Issue>) -> Checked {
    let lines = Lines::of(text);
    let found = |issue: Issue| Found::of(issue, lines.as_ref());
    let mut findings: Vec<Found> = issues.into_iter().map(found).collect();
    let profiles = profiles(document, asked);
    if profiles.is_empty() {
        findings.push(Found::unclaimed());
    }
    let valid = findings.iter().all(|found| found.severity != "error");
    let resource_type = Some(document.resource_type().to_owned());
    Checked { file: file.to_owned(), valid, resource_type, profiles, findings }
}

/// The profiles that are known here, of those that the document claims and the one that was asked for.
fn profiles(document: &Resource, asked: Option<Profile>) -> Vec<String> {
    let mut found: Vec<Profile> = document.profiles().filter_map(Profile::of_url).collect();
    found.extend(asked.filter(|asked| !found.contains(asked)));
    found.into_iter().map(|profile| profile.url().to_owned()).collect()
}

impl Found {
    fn of(issue: Issue, lines: Option<&Lines<'_>>) -> Self {
        let severity = if issue.severity == Severity::Error { "error" } else { "warning" };
        let line = lines.map(|lines| lines.line(&issue.path));
        Self { severity, path: Some(issue.path), rule: issue.rule, line, message: issue.message }
    }

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
    fn unreadable(file: &Path, error: &FhirError) -> Self {
        let findings = vec![Found::unreadable(error)];
        Self { file: file.to_owned(), valid: false, resource_type: None, profiles: Vec::new(), findings }
    }

    fn text(&self) -> String {
        let word = if self.valid { "valid" } else { "NOT VALID" };
        let kind = self.resource_type.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
        let mut text = format!("{}{kind}: {word}", self.file.display());
        for found in &self.findings {
            // Who cannot be read says the line in its words.
            let place = found.path.as_deref().map(|path| match found.line {
                Some(line) => format!("line {line}, {path}: "),
                None => format!("{path}: "),
            });
            let place = place.unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  {}: {place}{} ({})", found.severity, found.message, found.rule);
        }
        text
    }
}
