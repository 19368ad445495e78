//! The order in which the fields of an event stand in its pre-hash string (CBV 2.0, §8.9.2).

/// A field, and the order of what is in it.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

const fn leaf(name: &'static str) -> Field {
    Field { name, fields: &[] }
}

const fn node(name: &'static str, fields: &'static [Field]) -> Field {
    Field { name, fields }
}

const EPC: &[Field] = &[leaf("epc")];
const QUANTITY: &[Field] = &[node("quantityElement", &[leaf("epcClass"), leaf("quantity"), leaf("uom")])];
const ID: &[Field] = &[leaf("id")];

const SENSOR_METADATA: &[Field] = &[
    leaf("time"),
    leaf("startTime"),
    leaf("endTime"),
    leaf("deviceID"),
    leaf("deviceMetadata"),
    leaf("rawData"),
    leaf("dataProcessingMethod"),
    leaf("bizRules"),
];

const SENSOR_REPORT: &[Field] = &[
    leaf("type"),
    leaf("exception"),
    leaf("deviceID"),
    leaf("deviceMetadata"),
    leaf("rawData"),
    leaf("dataProcessingMethod"),
    leaf("time"),
    leaf("microorganism"),
    leaf("chemicalSubstance"),
    leaf("value"),
    leaf("component"),
    leaf("stringValue"),
    leaf("booleanValue"),
    leaf("hexBinaryValue"),
    leaf("uriValue"),
    leaf("minValue"),
    leaf("maxValue"),
    leaf("meanValue"),
    leaf("sDev"),
    leaf("percRank"),
    leaf("percValue"),
    leaf("uom"),
    leaf("coordinateReferenceSystem"),
];

/// The fields of all events. Business transactions, sources, destinations, ILMD and extensions come behind these, sorted.
pub(super) const EVENT: &[Field] = &[
    leaf("eventTime"),
    leaf("eventTimeZoneOffset"),
    leaf("certificationInfo"),
    leaf("parentID"),
    node("epcList", EPC),
    node("inputEPCList", EPC),
    node("childEPCs", EPC),
    node("quantityList", QUANTITY),
    node("childQuantityList", QUANTITY),
    node("inputQuantityList", QUANTITY),
    node("outputEPCList", EPC),
    node("outputQuantityList", QUANTITY),
    leaf("action"),
    leaf("transformationID"),
    leaf("bizStep"),
    leaf("disposition"),
    node("persistentDisposition", &[leaf("set"), leaf("unset")]),
    node("readPoint", ID),
    node("bizLocation", ID),
    node(
        "sensorElementList",
        &[node("sensorElement", &[node("sensorMetadata", SENSOR_METADATA), node("sensorReport", SENSOR_REPORT)])],
    ),
];
