//! Answers of the AccessGUDID web service (`devices/lookup`), which the National Library of Medicine runs.

use std::io::Read;
use std::ops::ControlFlow;

use serde_json::Value;

use super::error::{GudidError, RefusedRecord};
use super::node::Node;
use super::record::GudidDevice;
use super::{Summary, parse};

/// The most that is read of an answer; one device has some 4 kB.
const ANSWER_LIMIT: u64 = 16 << 20;

/// Reads the device, or the devices, of an AccessGUDID answer: `{"gudid": {"device": …}, "productCodes": […]}`, a
/// bare `{"device": …}`, or an array of these. The FDA's classification, which stands beside the device there, is
/// joined to its product codes.
///
/// # Errors
/// When the reader fails, the text is not JSON or too large, or it holds no device.
pub fn read_json<R: Read>(
    reader: R,
    mut on: impl FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>,
) -> Result<Summary, GudidError> {
    let mut text = Vec::new();
    reader.take(ANSWER_LIMIT + 1).read_to_end(&mut text)?;
    if text.len() as u64 > ANSWER_LIMIT {
        return Err(GudidError::JsonTooLarge { limit: ANSWER_LIMIT });
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let value: Value = serde_json::from_slice(text).map_err(GudidError::Json)?;
    let mut devices = Vec::new();
    for answer in one_or_many(&value) {
        collect_devices(answer, &mut devices);
    }
    if devices.is_empty() {
        let said = value.get("error").or_else(|| value.get("message")).and_then(Value::as_str).map(str::to_owned);
        return Err(GudidError::NoDevice { said });
    }
    let mut summary = Summary::default();
    for (number, node) in (1..).zip(&devices) {
        let record = parse::device(node).map_err(|reason| RefusedRecord {
            entry: None,
            number,
            di: node.list("identifiers", "identifier").find_map(|id| id.text_of("deviceId")).map(str::to_owned),
            position: None,
            reason,
        });
        summary.count(&record);
        if on(record).is_break() {
            summary.stopped = true;
            break;
        }
    }
    Ok(summary)
}

fn collect_devices(answer: &Value, devices: &mut Vec<Node>) {
    let gudid = answer.get("gudid").unwrap_or(answer);
    for device in gudid.get("device").into_iter().flat_map(one_or_many).filter(|device| device.is_object()) {
        let mut node = Node::from_json("device", device);
        if let Some(classes) = answer.get("productCodes") {
            node.children.extend(one_or_many(classes).map(|class| Node::from_json(parse::CLASSIFICATION, class)));
        }
        devices.push(node);
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        single => std::slice::from_ref(single).iter(),
    }
}
