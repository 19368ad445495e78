//! How a node finds the value of a question on its FHIR server.

use std::fmt;

use jiff::Timestamp;
use theriac_core::fhir::model::{CodeableConcept, Device, Observation, Quantity, Typed as _, Value as Element};
use theriac_core::fhir::{Resource, UCUM};
use theriac_core::udi::{Di, Udi};

use super::subject::this_year;
use super::value::{Code, DIASTOLIC, SYSTOLIC, Value, rounded};
use super::{PatientName, Source, Subject};
use crate::fhir_server::{FhirServer, ResourceName, ServerError};
use crate::types::CodeSystem;

/// As many matches as a server may put into one page.
const PAGE: &str = "200";
/// How many metrics of a device are asked for at once: an address has an end.
const METRICS_AT_ONCE: usize = 40;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of whom or what.
    pub subject: &'a Subject,
    /// What.
    pub code: &'a Code,
    /// The unit of UCUM that it has to be in.
    pub unit: &'a str,
    /// Digits behind the point.
    pub decimals: u8,
    /// Not observed before; seconds since 1970.
    pub from: u64,
    /// When the question was asked.
    pub asked_at: u64,
    /// The chain's time: what is observed later cannot be answered with yet.
    pub now: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The value, rounded.
    pub value: Value,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Where it stands.
    pub source: Source,
}

/// Why there is no value. Names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoValue {
    /// The server has no such patient or device.
    #[error("the server has no such {0}")]
    NoSubject(&'static str),
    /// It has several.
    #[error("the server has {count} {what}s with this identifier, so nobody can say which is meant")]
    SeveralSubjects {
        /// How many.
        count: usize,
        /// Patients or devices.
        what: &'static str,
    },
    /// Nothing that fits.
    #[error("no observation fits: {0}")]
    Nothing(Passed),
    /// Two that contradict each other.
    #[error("there are different values of one second, so nobody can say which holds")]
    Contradiction,
}

/// Why no value was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// There is none.
    #[error(transparent)]
    None(#[from] NoValue),
    /// The server does not say.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Why observations were passed over: how many for which reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Of somebody or something else.
    pub other_subject: usize,
    /// Of another code.
    pub other_code: usize,
    /// Preliminary, cancelled, entered in error.
    pub not_final: usize,
    /// Without a time to the second.
    pub no_time: usize,
    /// Observed before what the question allows.
    pub too_old: usize,
    /// Observed in the future.
    pub in_future: usize,
    /// In another unit.
    pub other_unit: usize,
    /// Not one number: a waveform, a text, "less than", nothing.
    pub no_number: usize,
    /// Of a device question, but about a patient.
    pub of_patient: usize,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = [
            (self.other_subject, "of another subject"),
            (self.other_code, "of another code"),
            (self.not_final, "not final"),
            (self.no_time, "without an exact time"),
            (self.too_old, "too old"),
            (self.in_future, "in the future"),
            (self.other_unit, "in another unit"),
            (self.no_number, "without a single number"),
            (self.of_patient, "about a patient, whose values never go on chain in plain"),
        ];
        let told: Vec<String> =
            reasons.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect();
        f.write_str(if told.is_empty() { "there is none" } else { "" })?;
        f.write_str(&told.join(", "))
    }
}

/// Reads the value that is wanted.
pub async fn read(server: &FhirServer, wanted: &Wanted<'_>) -> Result<Reading, ReadingError> {
    let mut choice = Choice::new(server, wanted);
    match wanted.subject {
        Subject::Patient(name) => {
            let patient = find_patient(server, name).await?;
            choice.names = vec![patient.clone()];
            choice.look(&[("subject", &patient.to_string())]).await?;
        }
        Subject::Device { .. } => {
            let device = find_device(server, wanted.subject).await?;
            let metrics = metrics_of(server, &device).await?;
            choice.names = [vec![device.clone()], metrics].concat();
            choice.look(&[("subject", &device.to_string())]).await?;
            for some in choice.names.clone().chunks(METRICS_AT_ONCE) {
                let names: Vec<String> = some.iter().map(ToString::to_string).collect();
                choice.look(&[("device", &names.join(","))]).await?;
            }
        }
    }
    Ok(choice.chosen()?)
}

/// The patient, who has to be one only.
async fn find_patient(server: &FhirServer, name: &PatientName) -> Result<ResourceName, ReadingError> {
    match name {
        // Not read: that a token lets us see observations does not mean that it lets us see who the patient is.
        PatientName::Reference(reference) => Ok(reference.parse()?),
        PatientName::Identifier { system, value } => {
            let mut found = Vec::new();
            let token = format!("{system}|{value}");
            server
                .search("Patient", &[("identifier", &token), ("_count", PAGE)], |patient| found.push(patient))
                .await?;
            let has_it = |patient: &Resource| {
                let identifiers = patient.fields().list("identifier").iter().filter_map(|one| one.as_object());
                identifiers.into_iter().any(|one| {
                    one.text("value") == Some(value) && (system.is_empty() || one.text("system") == Some(system))
                })
            };
            found.retain(has_it);
            one_of(&found, "patient")
        }
    }
}

/// The device with the label's UDI.
async fn find_device(server: &FhirServer, subject: &Subject) -> Result<ResourceName, ReadingError> {
    let Some(udi) = subject.udi() else { return Err(NoValue::NoSubject("device").into()) };
    let mut found = Vec::new();
    let di = udi.di.to_string();
    server.search("Device", &[("udi-di", &di), ("_count", PAGE)], |device| found.push(device)).await?;
    found.retain(|device| Device::from_resource(device.clone()).is_ok_and(|device| is_item(&device, &udi)));
    one_of(&found, "device")
}

fn one_of(found: &[Resource], what: &'static str) -> Result<ResourceName, ReadingError> {
    match found {
        [one] => Ok(ResourceName::of(one)?),
        [] => Err(NoValue::NoSubject(what).into()),
        several => Err(NoValue::SeveralSubjects { count: several.len(), what }.into()),
    }
}

/// Whether a device is the one with this label: by a whole UDI that it has, else by device identifier and serial, and by its lot where it
/// says one.
fn is_item(device: &Device, udi: &Udi) -> bool {
    let carriers = &device.udi_carrier;
    let whole = carriers.iter().flat_map(|carrier| [&carrier.carrier_hrf, &carrier.carrier_aidc]).flatten();
    if whole.filter_map(|text| Udi::parse(text, this_year()).ok()?.item_id()).any(|id| Some(id) == udi.item_id()) {
        return true;
    }
    let agency = udi.di.agency();
    let is_di = |text: &String| Di::new(agency, text).is_ok_and(|di| di == udi.di);
    let same_di = carriers.iter().filter_map(|carrier| carrier.device_identifier.as_ref()).any(is_di);
    let same = |said: &Option<String>, label: Option<String>| match (said, label) {
        (Some(said), Some(label)) => *said == label,
        _ => false,
    };
    let serial = same(&device.serial_number, udi.serial.as_ref().map(ToString::to_string));
    let lot = device.lot_number.is_none() || same(&device.lot_number, udi.lot.as_ref().map(ToString::to_string));
    same_di && serial && lot
}

/// The metrics whose source the device is.
async fn metrics_of(server: &FhirServer, device: &ResourceName) -> Result<Vec<ResourceName>, ReadingError> {
    let mut metrics = Vec::new();
    let source = device.to_string();
    let parameters = [("source", source.as_str()), ("_count", PAGE)];
    server.search("DeviceMetric", &parameters, |metric| metrics.extend(ResourceName::of(&metric).ok())).await?;
    Ok(metrics)
}

/// What is the best observation so far.
struct Choice<'a> {
    server: &'a FhirServer,
    wanted: &'a Wanted<'a>,
    /// Of whom or what, or by what, an observation has to be.
    names: Vec<ResourceName>,
    best: Option<Reading>,
    contradicted: bool,
    passed: Passed,
    seen: std::collections::HashSet<String>,
}

/// Why an observation is passed over.
type Reason = fn(&mut Passed) -> &mut usize;

impl<'a> Choice<'a> {
    fn new(server: &'a FhirServer, wanted: &'a Wanted<'a>) -> Self {
        let (best, contradicted, passed) = (None, false, Passed::default());
        Self { server, wanted, names: Vec::new(), best, contradicted, passed, seen: Default::default() }
    }

    /// Looks through all observations of the code that fit what is asked for.
    async fn look(&mut self, of: &[(&str, &str)]) -> Result<(), ServerError> {
        let (code, from) = (self.wanted.code, self.wanted.from);
        let token = |code: &str| format!("{}|{code}", self.wanted.code.system_url());
        let mut codes = token(code.code());
        if code.is_of_panel() {
            codes = format!("{codes},{}", token(super::value::BLOOD_PRESSURE));
        }
        let from = i64::try_from(from).ok().and_then(|from| Timestamp::from_second(from).ok()).unwrap_or_default();
        let date = format!("ge{from}");
        let mut parameters = of.to_vec();
        parameters.extend([("code", codes.as_str()), ("date", &date), ("_sort", "-date"), ("_count", PAGE)]);
        let server = self.server;
        server.search("Observation", &parameters, |observation| self.consider(observation)).await
    }

    fn consider(&mut self, resource: Resource) {
        // An observation can come by two searches, or on two pages while others are added.
        if !self.seen.insert(resource.id().unwrap_or_default().to_owned()) {
            return;
        }
        match self.reading(resource) {
            Ok(reading) => self.weigh(reading),
            Err(reason) => *reason(&mut self.passed) += 1,
        }
    }

    /// The newest that was observed when the question was asked; else the first after that.
    fn weigh(&mut self, new: Reading) {
        let asked_at = self.wanted.asked_at;
        let rank = |reading: &Reading| {
            let second = reading.observed_at.as_second();
            let before = u64::try_from(second).is_ok_and(|second| second <= asked_at);
            (before, if before { second } else { -second })
        };
        let Some(best) = &self.best else {
            self.best = Some(new);
            return;
        };
        match rank(&new).cmp(&rank(best)) {
            std::cmp::Ordering::Greater => (self.best, self.contradicted) = (Some(new), false),
            std::cmp::Ordering::Equal => self.contradicted |= new.value != best.value,
            std::cmp::Ordering::Less => {}
        }
    }

    fn chosen(self) -> Result<Reading, NoValue> {
        match self.best {
            Some(_) if self.contradicted => Err(NoValue::Contradiction),
            Some(best) => Ok(best),
            None => Err(NoValue::Nothing(self.passed)),
        }
    }

    fn reading(&self, resource: Resource) -> Result<Reading, Reason> {
        let name = ResourceName::of(&resource).map_err(|_| (|passed| &mut passed.no_number) as Reason)?;
        let observation =
            Observation::from_resource(resource).map_err(|_| (|passed| &mut passed.no_number) as Reason)?;
        self.require_subject(&observation)?;
        if !matches!(observation.status.as_deref(), Some("final" | "amended" | "corrected")) {
            return Err(|passed| &mut passed.not_final);
        }
        let observed_at = time_of(&observation.effective).ok_or((|passed| &mut passed.no_time) as Reason)?;
        let second = u64::try_from(observed_at.as_second()).unwrap_or_default();
        if second < self.wanted.from {
            return Err(|passed| &mut passed.too_old);
        }
        if second > self.wanted.now {
            return Err(|passed| &mut passed.in_future);
        }
        let value = self.value_in(&observation)?;
        let version = observation.meta.and_then(|meta| meta.version_id);
        let source = Source { server: self.server.base(), observation: name.to_string(), version };
        Ok(Reading { value, observed_at, source })
    }

    /// A server that does not know a parameter may pass over it, and answer with what is of others.
    fn require_subject(&self, observation: &Observation) -> Result<(), Reason> {
        let reference = |named: &Option<theriac_core::fhir::model::Reference>| {
            named.as_ref().and_then(|named| named.reference.clone())
        };
        let names = |reference: &String| self.names.iter().any(|name| self.server.is_named(reference, name));
        let subject = reference(&observation.subject);
        match self.wanted.subject {
            Subject::Patient(_) if subject.as_ref().is_some_and(names) => Ok(()),
            Subject::Patient(_) => Err(|passed| &mut passed.other_subject),
            // What is measured of a patient is the patient's, whichever device measured it.
            Subject::Device { .. } if observation.subject.is_some() && !subject.as_ref().is_some_and(names) => {
                Err(|passed| &mut passed.of_patient)
            }
            Subject::Device { .. } => match subject.or_else(|| reference(&observation.device)) {
                Some(by) if names(&by) => Ok(()),
                _ => Err(|passed| &mut passed.other_subject),
            },
        }
    }

    fn value_in(&self, observation: &Observation) -> Result<Value, Reason> {
        let code = self.wanted.code;
        let part = |code: &str| {
            let of_code = |concept: &Option<CodeableConcept>| has(concept, CodeSystem::Loinc, code);
            let part = observation.component.iter().find(|part| of_code(&part.code));
            part.map(|part| self.number(&part.value)).unwrap_or(Err(|passed| &mut passed.no_number))
        };
        if code.is_panel() && has(&observation.code, code.system(), code.code()) {
            return Ok(Value::Pressure { systolic: part(SYSTOLIC)?, diastolic: part(DIASTOLIC)? });
        }
        if has(&observation.code, code.system(), code.code()) {
            return Ok(Value::Number(self.number(&observation.value)?));
        }
        match code.is_of_panel() && has(&observation.code, CodeSystem::Loinc, super::value::BLOOD_PRESSURE) {
            true => Ok(Value::Number(part(code.code())?)),
            false => Err(|passed| &mut passed.other_code),
        }
    }

    /// One number in the right unit. A piece of a waveform is none, and "less than 40" neither.
    fn number(&self, value: &Element) -> Result<i128, Reason> {
        let none: Reason = |passed| &mut passed.no_number;
        let Element::Quantity(Quantity { value: Some(number), comparator: None, system, code, .. }) = value else {
            return Err(none);
        };
        if (system.as_deref(), code.as_deref()) != (Some(UCUM), Some(self.wanted.unit)) {
            return Err(|passed| &mut passed.other_unit);
        }
        rounded(number, self.wanted.decimals).ok_or(none)
    }
}

fn has(concept: &Option<CodeableConcept>, system: CodeSystem, code: &str) -> bool {
    let Ok(wanted) = Code::new(system, code) else { return false };
    let codings = concept.iter().flat_map(|concept| &concept.coding);
    codings
        .into_iter()
        .any(|coding| coding.system.as_deref() == Some(wanted.system_url()) && coding.code.as_deref() == Some(code))
}

/// When something was observed: a point in time to the second, or the end of a period.
fn time_of(effective: &Element) -> Option<Timestamp> {
    let text = match effective {
        Element::DateTime(text) | Element::Instant(text) => text,
        Element::Period(period) => period.end.as_ref()?,
        _ => return None,
    };
    text.parse().ok()
}
