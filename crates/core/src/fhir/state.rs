//! What the chain keeps of a device in use, read from and written into its MDS document.
//!
//! Writing changes only what differs: a document into which its own state is written stays as it is, to the byte, and
//! so do all its other elements always.

use alloy_primitives::B256;

use super::json::{Decimal, Json, Object};
use super::path::Path;
use super::pocd::urls;
use super::resource::Resource;

/// The system of salted commitments that stand for a patient whose reference is nobody's business: a name that needs no registry.
pub const PATIENT_COMMITMENT: &str = "urn:uuid:4df08699-88f4-4baa-b325-00c02b6aad72";

/// The code system of the reasons of a device's status.
pub const STATUS_REASON: &str = "http://terminology.hl7.org/CodeSystem/device-status-reason";

/// The largest `unsignedInt`.
const MAX_COUNT: u32 = i32::MAX as u32;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$each])* $variant),+
        }

        impl $name {
            /// Every one, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code of the standard.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),+
                }
            }

            /// Of a code of the standard.
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

codes! {
    /// `Device.status`.
    DeviceStatus {
        /// The device is in use.
        Active = "active",
        /// It is not.
        Inactive = "inactive",
        /// The record is a mistake.
        EnteredInError = "entered-in-error",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

codes! {
    /// Why a device has its status (`Device.statusReason`).
    StatusReason {
        /// Connected and ready.
        Online = "online",
        /// Stopped for a while.
        Paused = "paused",
        /// Ready, but not at work.
        Standby = "standby",
        /// Not connected.
        Offline = "offline",
        /// Not ready yet.
        NotReady = "not-ready",
        /// Its transducer is not connected.
        TransducerDisconnected = "transduc-discon",
        /// Its hardware is not connected.
        HardwareDisconnected = "hw-discon",
        /// Switched off.
        Off = "off",
    }
}

impl StatusReason {
    /// Each once, in the order of the standard.
    pub fn in_order(reasons: &[Self]) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|reason| reasons.contains(reason)).collect()
    }
}

codes! {
    /// How the data of a device are meant (ISO/IEEE 11073-10201, `MDS::Operating-Mode`).
    OperatingMode {
        /// Of a patient.
        Normal = "Nml",
        /// Of nobody: a demonstration.
        Demonstration = "Dmo",
        /// Of an engineer's service.
        Service = "Srv",
        /// Of maintenance.
        Maintenance = "Mtn",
    }
}

/// How a document names the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatientLink {
    /// By a reference, as `Patient/7`.
    Reference(String),
    /// By an identifier that somebody gave the patient, such as a number of a medical record.
    Identifier {
        /// Whose identifiers these are.
        system: Option<String>,
        /// The identifier.
        value: String,
    },
    /// By a salted commitment.
    Commitment(B256),
}

/// The state of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MdsState {
    /// `Device.status`.
    pub status: Option<DeviceStatus>,
    /// The reasons with codes of the standard, each once, in the order of [`StatusReason::ALL`]. Written, they may stand in any
    /// order, and more than once.
    pub status_reasons: Vec<StatusReason>,
    /// The operating mode.
    pub mode: Option<OperatingMode>,
    /// Hours that it has run, at most 2^31 - 1.
    pub hours: Option<u32>,
    /// How often it has run, at most 2^31 - 1.
    pub cycles: Option<u32>,
    /// Whose it is for now.
    pub patient: Option<PatientLink>,
    /// The reference to who operates it.
    pub operator: Option<String>,
    /// The reference to where it is.
    pub location: Option<String>,
}

/// A document whose state cannot be read, or a state that no document can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another resource than a Device.
    #[error("this is a `{0}`, and only a Device has a state")]
    NotADevice(String),
    /// A value that the state cannot hold.
    #[error("`{path}`: {reason}")]
    Value {
        /// Where, in FHIRPath.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A count beyond the type of its element.
    #[error("{what} {count} is more than 2,147,483,647, which FHIR can write: correct it")]
    TooMany {
        /// `operating hours` or `operating cycles`.
        what: &'static str,
        /// The count.
        count: u32,
    },
}

impl MdsState {
    /// Reads the state of a Device.
    ///
    /// # Errors
    /// Two operating modes or counters, a code that the standard does not have, a reference without target.
    pub fn read(document: &Resource) -> Result<Self, StateError> {
        let device = device(document)?;
        let root = Path::root("Device");
        let operator = extension(device, urls::OPERATOR)?.map(|(place, found)| {
            let path = root.element("extension", Some(place));
            reference(found.get("valueReference"), &path.field("value"))
        });
        Ok(Self {
            status: device
                .get("status")
                .map(|status| code(status, &root.field("status"), DeviceStatus::of_code))
                .transpose()?,
            status_reasons: StatusReason::in_order(&reasons(device).collect::<Vec<_>>()),
            mode: mode(device)?,
            hours: count(device, urls::OPERATING_HOURS)?,
            cycles: count(device, urls::OPERATING_CYCLES)?,
            patient: device.get("patient").map(|patient| link(patient, &root.field("patient"))).transpose()?,
            operator: operator.transpose()?,
            location: device
                .get("location")
                .map(|found| reference(Some(found), &root.field("location")))
                .transpose()?,
        })
    }

    /// Writes the state into a Device; what the state says already stays as it is, and everything else, too.
    ///
    /// # Errors
    /// As [`read`](Self::read), and a count that FHIR cannot write.
    pub fn write(&self, document: &Resource) -> Result<Resource, StateError> {
        let before = Self::read(document)?;
        for (what, count) in [("operating hours", self.hours), ("operating cycles", self.cycles)] {
            if let Some(count) = count.filter(|count| *count > MAX_COUNT) {
                return Err(StateError::TooMany { what, count });
            }
        }
        let mut device = document.fields().clone();
        if self.status != before.status {
            set_or_remove(&mut device, "status", self.status.map(|status| Json::from(status.code())));
        }
        let reasons = StatusReason::in_order(&self.status_reasons);
        if reasons != before.status_reasons {
            set_reasons(&mut device, &reasons);
        }
        if self.mode != before.mode {
            let mode = self.mode.map(|mode| Json::from(mode.code()));
            set_extension(&mut device, urls::OPERATING_MODE, "valueCode", mode);
        }
        let number = |count: u32| Json::Number(Decimal::from(u64::from(count)));
        if self.hours != before.hours {
            set_extension(&mut device, urls::OPERATING_HOURS, "valueUnsignedInt", self.hours.map(number));
        }
        if self.cycles != before.cycles {
            set_extension(&mut device, urls::OPERATING_CYCLES, "valueUnsignedInt", self.cycles.map(number));
        }
        if self.operator != before.operator {
            set_extension(&mut device, urls::OPERATOR, "valueReference", self.operator.as_deref().map(referring));
        }
        if self.patient != before.patient {
            set_or_remove(&mut device, "patient", self.patient.as_ref().map(PatientLink::write));
        }
        if self.location != before.location {
            set_or_remove(&mut device, "location", self.location.as_deref().map(referring));
        }
        Resource::new(device)
            .map_err(|fault| StateError::Value { path: "Device".to_owned(), reason: fault.to_string() })
    }
}

impl PatientLink {
    fn write(&self) -> Json {
        match self {
            Self::Reference(reference) => referring(reference),
            Self::Identifier { system, value } => {
                let mut identifier = Object::new();
                system.iter().for_each(|system| identifier.set("system", system.as_str()));
                identifier.set("value", value.as_str());
                Object::from([("identifier", identifier.into())]).into()
            }
            Self::Commitment(commitment) => {
                let identifier = Object::from([
                    ("system", Json::from(PATIENT_COMMITMENT)),
                    ("value", Json::from(hex::encode(commitment.as_slice()))),
                ]);
                Object::from([("type", Json::from("Patient")), ("identifier", identifier.into())]).into()
            }
        }
    }
}

fn device(document: &Resource) -> Result<&Object, StateError> {
    match document.resource_type() {
        "Device" => Ok(document.fields()),
        other => Err(StateError::NotADevice(other.to_owned())),
    }
}

fn wrong<T>(path: &Path<'_>, reason: impl Into<String>) -> Result<T, StateError> {
    Err(StateError::Value { path: path.to_string(), reason: reason.into() })
}

/// The one extension with an address, and its place.
fn extension<'a>(device: &'a Object, url: &str) -> Result<Option<(usize, &'a Object)>, StateError> {
    let all = device.list("extension").iter().enumerate();
    let mut found =
        all.filter_map(|(place, one)| Some((place, one.as_object()?))).filter(|(_, one)| one.text("url") == Some(url));
    match (found.next(), found.next()) {
        (one, None) => Ok(one),
        (_, Some((place, _))) => {
            let root = Path::root("Device");
            wrong(&root.element("extension", Some(place)), format!("a second `{url}`: remove one of them"))
        }
    }
}

fn code<T>(value: &Json, path: &Path<'_>, of: impl Fn(&str) -> Option<T>) -> Result<T, StateError> {
    match value.as_str().and_then(of) {
        Some(known) => Ok(known),
        None => wrong(path, "this is no code of the standard: correct it"),
    }
}

fn mode(device: &Object) -> Result<Option<OperatingMode>, StateError> {
    let Some((place, found)) = extension(device, urls::OPERATING_MODE)? else { return Ok(None) };
    let root = Path::root("Device");
    let path = root.element("extension", Some(place));
    code(found.get("valueCode").unwrap_or(&Json::Null), &path.field("value"), OperatingMode::of_code).map(Some)
}

fn count(device: &Object, url: &str) -> Result<Option<u32>, StateError> {
    let Some((place, found)) = extension(device, url)? else { return Ok(None) };
    let count = match found.get("valueUnsignedInt") {
        Some(Json::Number(number)) => number.to_integer::<u32>().filter(|count| *count <= MAX_COUNT),
        _ => None,
    };
    if count.is_none() {
        let root = Path::root("Device");
        let path = root.element("extension", Some(place));
        return wrong(&path.field("value"), "a whole number from 0 to 2,147,483,647 is due: correct it");
    }
    Ok(count)
}

/// The reason that a concept gives with a code of the standard: its first one, as all codings of a concept mean the same.
fn reason(concept: &Json) -> Option<StatusReason> {
    let codings = concept.as_object()?.list("coding").iter().filter_map(Json::as_object);
    let mut own = codings.filter(|coding| coding.text("system") == Some(STATUS_REASON));
    own.find_map(|coding| StatusReason::of_code(coding.text("code")?))
}

fn reasons(device: &Object) -> impl Iterator<Item = StatusReason> {
    device.list("statusReason").iter().filter_map(reason)
}

fn reference(value: Option<&Json>, path: &Path<'_>) -> Result<String, StateError> {
    match value.and_then(|value| value.as_object()?.text("reference")) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => wrong(path, "a reference with its target is due: add `reference`"),
    }
}

/// How a reference names a patient.
pub(super) fn link(patient: &Json, path: &Path<'_>) -> Result<PatientLink, StateError> {
    let fields = patient.as_object();
    let identifier = fields.and_then(|patient| patient.get("identifier")?.as_object());
    let Some(identifier) = identifier.filter(|_| fields.is_some_and(|patient| patient.get("reference").is_none()))
    else {
        return reference(Some(patient), path).map(PatientLink::Reference);
    };
    let here = path.field("identifier");
    let Some(value) = identifier.text("value") else { return wrong(&here.field("value"), "it is missing: add it") };
    if identifier.text("system") != Some(PATIENT_COMMITMENT) {
        let system = identifier.text("system").map(str::to_owned);
        return Ok(PatientLink::Identifier { system, value: value.to_owned() });
    }
    let mut commitment = [0; 32];
    match hex::decode_to_slice(value, &mut commitment) {
        Ok(()) => Ok(PatientLink::Commitment(B256::new(commitment))),
        Err(_) => wrong(&here.field("value"), "a commitment has 64 hexadecimal digits: correct it"),
    }
}

fn referring(reference: &str) -> Json {
    Object::from([("reference", Json::from(reference))]).into()
}

fn set_or_remove(device: &mut Object, name: &str, value: Option<Json>) {
    match value {
        Some(value) => device.set(name, value),
        None => drop(device.remove(name)),
    }
}

/// Sets the value of an extension in its place, adds the extension, or removes it.
fn set_extension(device: &mut Object, url: &str, property: &str, value: Option<Json>) {
    let mut all = match device.get_mut("extension") {
        Some(Json::Array(all)) => std::mem::take(all),
        _ => Vec::new(),
    };
    let found = all.iter().position(|one| one.as_object().and_then(|one| one.text("url")) == Some(url));
    match (found, value) {
        (Some(place), Some(value)) => {
            if let Some(Json::Object(one)) = all.get_mut(place) {
                one.set(property, value);
            }
        }
        (Some(place), None) => drop(all.remove(place)),
        (None, Some(value)) => all.push(Object::from([("url", Json::from(url)), (property, value)]).into()),
        (None, None) => {}
    }
    set_or_remove(device, "extension", (!all.is_empty()).then_some(Json::Array(all)));
}

/// Sets the reasons with codes of the standard: concepts without such a code stay, and those that are still true; new ones come last.
fn set_reasons(device: &mut Object, wanted: &[StatusReason]) {
    let known: Vec<_> = reasons(device).collect();
    let mut all = device.list("statusReason").to_vec();
    all.retain(|concept| reason(concept).is_none_or(|reason| wanted.contains(&reason)));
    all.extend(wanted.iter().filter(|reason| !known.contains(reason)).map(|reason| {
        let coding = Object::from([("system", Json::from(STATUS_REASON)), ("code", Json::from(reason.code()))]);
        Json::from(Object::from([("coding", Json::Array(vec![coding.into()]))]))
    }));
    set_or_remove(device, "statusReason", (!all.is_empty()).then_some(Json::Array(all)));
}
