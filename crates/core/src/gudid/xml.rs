//! GUDID releases: XML of any size, one record in memory at a time.

use std::io::{BufRead, Cursor, Read};
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::cut::{Cut, Cutter, RECORD_LIMIT};
use super::error::{GudidError, RecordFault, RefusedRecord};
use super::node::{CONTACTS, Node};
use super::record::GudidDevice;
use super::{Summary, parse};

/// The deepest nesting that is read; the schema of the releases has four.
const DEPTH_LIMIT: usize = 16;

/// Reads every `device` record of a GUDID XML file, at any depth and in any namespace, and gives each to `on`, until
/// that breaks off. A damaged record is given as a [`RefusedRecord`] and does no harm to its neighbours.
///
/// ```
/// use std::ops::ControlFlow;
/// let xml = "<data><device><brandName>Not closed</brandName></data>";
/// let summary = theriac_core::gudid::read_xml(xml.as_bytes(), |record| {
///     assert_eq!(record.unwrap_err().to_string(), "record 1, line 1 (byte 6): the file ends inside the record");
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!((summary.read, summary.refused), (1, 1));
/// # Ok::<(), theriac_core::gudid::GudidError>(())
/// ```
///
/// # Errors
/// When the reader fails, or the file as a whole is not acceptable: another encoding than UTF-8, or a DTD.
pub fn read_xml<R: BufRead>(
    reader: R,
    on: impl FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>,
) -> Result<Summary, GudidError> {
    read_entry(reader, None, RECORD_LIMIT, on)
}

/// As [`read_xml`], for an entry of a zip archive and with a limit on the size of records.
pub(super) fn read_entry<R: BufRead>(
    mut reader: R,
    entry: Option<&str>,
    limit: usize,
    mut on: impl FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>,
) -> Result<Summary, GudidError> {
    let mut head = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut head)?;
    refuse_wide_encodings(&head)?;
    let mut cutter = Cutter::new(Cursor::new(head).chain(reader), limit);
    let mut summary = Summary::default();
    while let Some(cut) = cutter.next()? {
        let record = device(&cut).map_err(|reason| RefusedRecord {
            entry: entry.map(str::to_owned),
            number: cut.number,
            di: visible_di(cut.bytes),
            position: Some(cut.position),
            reason,
        });
        summary.count(&record);
        if on(record).is_break() {
            summary.stopped = true;
            return Ok(summary);
        }
    }
    summary.truncated = cutter.truncated();
    Ok(summary)
}

/// UTF-16 and UTF-32 show themselves by their byte order mark or by the zeros beside the first `<`.
pub(super) fn refuse_wide_encodings(head: &[u8]) -> Result<(), GudidError> {
    let encoding = match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => "UTF-32",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => "UTF-16",
        _ => return Ok(()),
    };
    Err(GudidError::Encoding { encoding: encoding.to_owned() })
}

fn device(cut: &Cut<'_>) -> Result<GudidDevice, RecordFault> {
    if let Some(fault) = &cut.fault {
        return Err(fault.clone());
    }
    let text = std::str::from_utf8(cut.bytes).map_err(|e| RecordFault::NotUtf8 { offset: e.valid_up_to() })?;
    parse::device(&tree(text)?)
}

/// Parses one record, which begins with its start tag, without its contacts.
fn tree(record: &str) -> Result<Node, RecordFault> {
    let mut reader = Reader::from_str(record);
    let mut open: Vec<Node> = Vec::new();
    loop {
        match reader.read_event().map_err(not_well_formed)? {
            Event::Start(tag) => {
                check_attributes(&tag)?;
                if tag.local_name().as_ref() == CONTACTS {
                    reader.read_to_end(tag.name()).map_err(not_well_formed)?;
                } else if open.len() == DEPTH_LIMIT {
                    return Err(RecordFault::TooDeep { limit: DEPTH_LIMIT });
                } else {
                    open.push(Node::new(tag.local_name().as_ref()));
                }
            }
            Event::End(_) => {
                let Some(closed) = open.pop() else { return Err(RecordFault::NotOpened) };
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => return Ok(closed),
                }
            }
            // An empty element says as much as an absent one, except for the record itself.
            Event::Empty(tag) => {
                check_attributes(&tag)?;
                if open.is_empty() {
                    return Ok(Node::new(tag.local_name().as_ref()));
                }
            }
            Event::Text(text) => append(&mut open, &text.xml10_content()),
            Event::CData(text) => append(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => append(&mut open, &resolve(&reference)?),
            Event::DocType(_) => return Err(RecordFault::Declaration),
            Event::Eof => return Err(RecordFault::Truncated),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn append(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn check_attributes(tag: &BytesStart<'_>) -> Result<(), RecordFault> {
    tag.attributes().try_for_each(|attribute| attribute.map(drop)).map_err(|e| RecordFault::Xml(e.to_string()))
}

/// Character references and the five entities that XML itself declares (XML 1.0, section 4.6); no others.
fn resolve(reference: &BytesRef<'_>) -> Result<String, RecordFault> {
    if let Some(character) = reference.resolve_char_ref().map_err(not_well_formed)? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    resolve_xml_entity(&name).map(str::to_owned).ok_or_else(|| RecordFault::Entity(name.chars().take(40).collect()))
}

fn not_well_formed(error: quick_xml::Error) -> RecordFault {
    RecordFault::Xml(error.to_string())
}

/// The device identifier of a damaged record, as far as it can be seen.
fn visible_di(record: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&record[..record.len().min(64 << 10)]);
    let after = |mark: &str, end: char| {
        let (_, rest) = text.split_once(mark)?;
        let (di, _) = rest.split_once(end)?;
        let plain =
            !di.is_empty() && di.len() <= 40 && di.chars().all(|c| c.is_ascii_alphanumeric() || "-./+$%".contains(c));
        plain.then(|| di.to_owned())
    };
    after("deviceid=\"", '"').or_else(|| after("deviceId>", '<'))
}
