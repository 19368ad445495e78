//! One event, as EPCIS 2.0 §7.4 defines it.
//!
//! What is not of the standard stays in `extensions` of where it stood. Lists are optional and not only empty, since a list that
//! is written and has no elements is another text than none.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::Malformed;
use super::cbv::{BizStep, BizTransactionType, Disposition, ErrorReason, SourceDestType, Term};
use super::fields::Fields;
use super::time::{Offset, Time};

/// A URI: of an item (EPC or GS1 Digital Link), a class, a place, a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uri(String);

/// Text that is not a URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a URI: it begins with a scheme, as https: or urn:, and has no spaces")]
pub struct NotAUri(pub String);

impl Uri {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Uri {
    type Err = NotAUri;

    fn from_str(text: &str) -> Result<Self, NotAUri> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| NotAUri(text.to_owned()))?;
        let has_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        let visible = !rest.is_empty() && !rest.chars().any(|c| c.is_whitespace() || c.is_control());
        (has_scheme && visible).then(|| Self(text.to_owned())).ok_or_else(|| NotAUri(text.to_owned()))
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uri {
    type Error = NotAUri;

    fn try_from(text: String) -> Result<Self, NotAUri> {
        text.parse()
    }
}

impl From<Uri> for String {
    fn from(uri: Uri) -> Self {
        uri.0
    }
}

impl From<crate::gs1::DigitalLink> for Uri {
    fn from(link: crate::gs1::DigitalLink) -> Self {
        Self(link.to_string())
    }
}

/// Whether the things came into being, were there, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Action {
    /// They were created, or put together.
    Add,
    /// They were there, unchanged.
    Observe,
    /// They ended, or were taken apart.
    Delete,
}

/// So much of a class of things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quantity {
    /// The class: a product, or a lot of it.
    pub epc_class: Uri,
    /// How many, or how much; unknown where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Number>,
    /// The unit of measure (UN/ECE Recommendation 20); pieces where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uom: Option<String>,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which one.
    pub id: Uri,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

impl From<Uri> for Place {
    fn from(id: Uri) -> Self {
        Self { id, extensions: Map::new() }
    }
}

/// A business document that the event belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BizTransaction {
    /// What kind of document.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Term<BizTransactionType>>,
    /// Which one.
    #[serde(rename = "bizTransaction")]
    pub id: Uri,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// Who or where the things come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// In which quality.
    #[serde(rename = "type")]
    pub kind: Term<SourceDestType>,
    /// Who or where.
    #[serde(rename = "source")]
    pub id: Uri,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// Who or where the things go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// In which quality.
    #[serde(rename = "type")]
    pub kind: Term<SourceDestType>,
    /// Who or where.
    #[serde(rename = "destination")]
    pub id: Uri,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// Conditions that stay until they are taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistentDisposition {
    /// Conditions that begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<Vec<Term<Disposition>>>,
    /// Conditions that end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unset: Option<Vec<Term<Disposition>>>,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// That an earlier event, which this one repeats, was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDeclaration {
    /// When that was said.
    pub declaration_time: Time,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Term<ErrorReason>>,
    /// The events that are right.
    #[serde(rename = "correctiveEventIDs", default, skip_serializing_if = "Option::is_none")]
    pub corrective_event_ids: Option<Vec<Uri>>,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// What sensors measured; its times are times, everything else is as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SensorElement {
    /// Of all reports: which sensor, when, by which rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensor_metadata: Option<Map<String, Value>>,
    /// The values.
    pub sensor_report: Vec<Map<String, Value>>,
    /// What else stands here.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// Certificates that vouch for the event: one, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CertificationInfo {
    /// One.
    One(Uri),
    /// A list.
    Many(Vec<Uri>),
}

/// The type of an event, with what only this type has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Something happened to things, each on its own.
    Object {
        /// What it means for the things.
        action: Action,
        /// Items.
        epc_list: Option<Vec<Uri>>,
        /// Quantities of classes.
        quantity_list: Option<Vec<Quantity>>,
    },
    /// Things were put into a container, or taken out.
    Aggregation {
        /// What it means for the container.
        action: Action,
        /// The container.
        parent_id: Option<Uri>,
        /// The items in it.
        child_epcs: Option<Vec<Uri>>,
        /// The quantities in it.
        child_quantity_list: Option<Vec<Quantity>>,
    },
    /// Things began or ceased to belong to a business document.
    Transaction {
        /// What it means for the document.
        action: Action,
        /// The container of the things.
        parent_id: Option<Uri>,
        /// Items.
        epc_list: Option<Vec<Uri>>,
        /// Quantities of classes.
        quantity_list: Option<Vec<Quantity>>,
    },
    /// Things were used up, and others came out.
    Transformation {
        /// Items that went in.
        input_epc_list: Option<Vec<Uri>>,
        /// Quantities that went in.
        input_quantity_list: Option<Vec<Quantity>>,
        /// Items that came out.
        output_epc_list: Option<Vec<Uri>>,
        /// Quantities that came out.
        output_quantity_list: Option<Vec<Quantity>>,
        /// Joins events of one long transformation.
        transformation_id: Option<Uri>,
    },
    /// Things were fixed to one another or to a place, or taken off.
    Association {
        /// What it means for the connection.
        action: Action,
        /// What they are fixed to.
        parent_id: Uri,
        /// The items.
        child_epcs: Option<Vec<Uri>>,
        /// The quantities.
        child_quantity_list: Option<Vec<Quantity>>,
    },
    /// A type that users agreed on; its own fields are extensions.
    Extended {
        /// The type: a URI.
        event_type: Uri,
    },
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The type, and what happened to what.
    pub kind: EventKind,
    /// A context of its own, besides that of the document.
    pub context: Option<Value>,
    /// When it happened.
    pub event_time: Time,
    /// What the clocks there said.
    pub event_time_zone_offset: Offset,
    /// When a repository learnt of it.
    pub record_time: Option<Time>,
    /// Its name.
    pub event_id: Option<Uri>,
    /// Certificates that vouch for it.
    pub certification_info: Option<CertificationInfo>,
    /// That it was wrong.
    pub error_declaration: Option<ErrorDeclaration>,
    /// In which step of business.
    pub biz_step: Option<Term<BizStep>>,
    /// The condition of the things from now on.
    pub disposition: Option<Term<Disposition>>,
    /// Conditions that stay until they are taken back.
    pub persistent_disposition: Option<PersistentDisposition>,
    /// Where it happened.
    pub read_point: Option<Place>,
    /// Where the things are from now on.
    pub biz_location: Option<Place>,
    /// Documents that it belongs to.
    pub biz_transaction_list: Option<Vec<BizTransaction>>,
    /// Where the things come from.
    pub source_list: Option<Vec<Source>>,
    /// Where they go to.
    pub destination_list: Option<Vec<Destination>>,
    /// What sensors measured.
    pub sensor_element_list: Option<Vec<SensorElement>>,
    /// Master data of the items or the lot that the event brought into being.
    pub ilmd: Option<Map<String, Value>>,
    /// What else stands here.
    pub extensions: Map<String, Value>,
}

impl Event {
    /// An event of this kind at this time, with nothing else.
    pub fn new(kind: EventKind, at: impl Into<Time>, offset: Offset) -> Self {
        Self {
            kind,
            context: None,
            event_time: at.into(),
            event_time_zone_offset: offset,
            record_time: None,
            event_id: None,
            certification_info: None,
            error_declaration: None,
            biz_step: None,
            disposition: None,
            persistent_disposition: None,
            read_point: None,
            biz_location: None,
            biz_transaction_list: None,
            source_list: None,
            destination_list: None,
            sensor_element_list: None,
            ilmd: None,
            extensions: Map::new(),
        }
    }

    /// Reads an event that stands at `pointer` of its document.
    pub(super) fn read(value: Value, pointer: String) -> Result<Self, Malformed> {
        let mut fields = Fields::of(value, pointer)?;
        let kind = EventKind::read(&mut fields)?;
        let event = Self {
            kind,
            context: fields.take("@context")?,
            event_time: fields.need("eventTime")?,
            event_time_zone_offset: fields.need("eventTimeZoneOffset")?,
            record_time: fields.take("recordTime")?,
            event_id: fields.take("eventID")?,
            certification_info: fields.take("certificationInfo")?,
            error_declaration: fields.take("errorDeclaration")?,
            biz_step: fields.take("bizStep")?,
            disposition: fields.take("disposition")?,
            persistent_disposition: fields.take("persistentDisposition")?,
            read_point: fields.take("readPoint")?,
            biz_location: fields.take("bizLocation")?,
            biz_transaction_list: fields.take("bizTransactionList")?,
            source_list: fields.take("sourceList")?,
            destination_list: fields.take("destinationList")?,
            sensor_element_list: sensors(&mut fields)?,
            ilmd: fields.take("ilmd")?,
            extensions: fields.rest(),
        };
        Ok(event)
    }

    /// The event as JSON-LD, without a context unless it has one of its own.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut to = Writer(Map::new());
        to.put("@context", self.context.as_ref());
        self.kind.write_type(&mut to);
        to.put("eventID", self.event_id.as_ref());
        to.put("eventTime", Some(&self.event_time));
        to.put("eventTimeZoneOffset", Some(&self.event_time_zone_offset));
        to.put("recordTime", self.record_time.as_ref());
        to.put("errorDeclaration", self.error_declaration.as_ref());
        to.put("certificationInfo", self.certification_info.as_ref());
        self.kind.write(&mut to);
        to.put("bizStep", self.biz_step.as_ref());
        to.put("disposition", self.disposition.as_ref());
        to.put("persistentDisposition", self.persistent_disposition.as_ref());
        to.put("readPoint", self.read_point.as_ref());
        to.put("bizLocation", self.biz_location.as_ref());
        to.put("bizTransactionList", self.biz_transaction_list.as_ref());
        to.put("sourceList", self.source_list.as_ref());
        to.put("destinationList", self.destination_list.as_ref());
        to.put("sensorElementList", self.sensor_element_list.as_ref());
        to.put("ilmd", self.ilmd.as_ref());
        to.0.extend(self.extensions.clone());
        to.0
    }
}

impl EventKind {
    fn read(fields: &mut Fields) -> Result<Self, Malformed> {
        let event_type: String = fields.need("type")?;
        Ok(match event_type.as_str() {
            "ObjectEvent" => Self::Object {
                action: fields.need("action")?,
                epc_list: fields.take("epcList")?,
                quantity_list: fields.take("quantityList")?,
            },
            "AggregationEvent" => Self::Aggregation {
                action: fields.need("action")?,
                parent_id: fields.take("parentID")?,
                child_epcs: fields.take("childEPCs")?,
                child_quantity_list: fields.take("childQuantityList")?,
            },
            "TransactionEvent" => Self::Transaction {
                action: fields.need("action")?,
                parent_id: fields.take("parentID")?,
                epc_list: fields.take("epcList")?,
                quantity_list: fields.take("quantityList")?,
            },
            "TransformationEvent" => Self::Transformation {
                input_epc_list: fields.take("inputEPCList")?,
                input_quantity_list: fields.take("inputQuantityList")?,
                output_epc_list: fields.take("outputEPCList")?,
                output_quantity_list: fields.take("outputQuantityList")?,
                transformation_id: fields.take("transformationID")?,
            },
            "AssociationEvent" => Self::Association {
                action: fields.need("action")?,
                parent_id: fields.need("parentID")?,
                child_epcs: fields.take("childEPCs")?,
                child_quantity_list: fields.take("childQuantityList")?,
            },
            own => Self::Extended {
                event_type: own.parse().map_err(|_| {
                    let problem = format!(
                        "`{own}` is no type of event: use ObjectEvent, AggregationEvent, TransactionEvent, \
                         TransformationEvent, AssociationEvent, or the full URI of your own"
                    );
                    fields.malformed("type", problem)
                })?,
            },
        })
    }

    /// The type, as it stands in JSON.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Object { .. } => "ObjectEvent",
            Self::Aggregation { .. } => "AggregationEvent",
            Self::Transaction { .. } => "TransactionEvent",
            Self::Transformation { .. } => "TransformationEvent",
            Self::Association { .. } => "AssociationEvent",
            Self::Extended { event_type } => event_type.as_str(),
        }
    }

    fn write_type(&self, to: &mut Writer) {
        to.0.insert("type".to_owned(), self.type_name().into());
    }

    fn write(&self, to: &mut Writer) {
        match self {
            Self::Object { action, epc_list, quantity_list } => {
                to.put("epcList", epc_list.as_ref());
                to.put("quantityList", quantity_list.as_ref());
                to.put("action", Some(action));
            }
            Self::Aggregation { action, parent_id, child_epcs, child_quantity_list } => {
                to.put("parentID", parent_id.as_ref());
                to.put("childEPCs", child_epcs.as_ref());
                to.put("childQuantityList", child_quantity_list.as_ref());
                to.put("action", Some(action));
            }
            Self::Transaction { action, parent_id, epc_list, quantity_list } => {
                to.put("parentID", parent_id.as_ref());
                to.put("epcList", epc_list.as_ref());
                to.put("quantityList", quantity_list.as_ref());
                to.put("action", Some(action));
            }
            Self::Transformation {
                input_epc_list,
                input_quantity_list,
                output_epc_list,
                output_quantity_list,
                transformation_id,
            } => {
                to.put("inputEPCList", input_epc_list.as_ref());
                to.put("inputQuantityList", input_quantity_list.as_ref());
                to.put("outputEPCList", output_epc_list.as_ref());
                to.put("outputQuantityList", output_quantity_list.as_ref());
                to.put("transformationID", transformation_id.as_ref());
            }
            Self::Association { action, parent_id, child_epcs, child_quantity_list } => {
                to.put("parentID", Some(parent_id));
                to.put("childEPCs", child_epcs.as_ref());
                to.put("childQuantityList", child_quantity_list.as_ref());
                to.put("action", Some(action));
            }
            Self::Extended { .. } => {}
        }
    }
}

/// Sensor elements, with their times checked, since the hash reads them.
fn sensors(fields: &mut Fields) -> Result<Option<Vec<SensorElement>>, Malformed> {
    let elements: Option<Vec<SensorElement>> = fields.take("sensorElementList")?;
    for (index, element) in elements.iter().flatten().enumerate() {
        let metadata = element.sensor_metadata.iter().map(|metadata| ("sensorMetadata".to_owned(), metadata));
        let reports = element.sensor_report.iter().enumerate();
        let reports = reports.map(|(report, values)| (format!("sensorReport/{report}"), values));
        for (place, object) in metadata.chain(reports) {
            for name in ["time", "startTime", "endTime"] {
                let Some(value) = object.get(name) else { continue };
                checked::<Time>(value).map_err(|problem| {
                    fields.malformed(&format!("sensorElementList/{index}/{place}/{name}"), problem)
                })?;
            }
        }
    }
    Ok(elements)
}

fn checked<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// Writes fields in the order in which it gets them.
struct Writer(Map<String, Value>);

impl Writer {
    fn put(&mut self, name: &str, field: Option<&impl Serialize>) {
        // Everything in an event is text, numbers, lists and objects with names: it always has a form in JSON.
        if let Some(value) = field.and_then(|field| serde_json::to_value(field).ok()) {
            self.0.insert(name.to_owned(), value);
        }
    }
}
