//! Cuts device records out of a stream of XML, without trusting that any of them is well formed.
//!
//! The stream is read construct by construct: text, tag, comment, CDATA section, processing instruction. A record
//! runs from a start tag whose local name is `device` to the end tag of that name. Damage is kept inside one record
//! by three rules:
//!
//! - GUDID records do not nest, so a second start tag means that the first record lost its end;
//! - `<` cannot stand inside a tag (XML 1.0, section 3.1), so a tag ends there at the latest, whatever quotes are open;
//! - a comment, CDATA section or processing instruction that is not closed within the limit was none: reading goes
//!   on right behind its opening. It is remembered how far that was searched, so the work stays linear.
//!
//! Memory: one record, one construct and what was taken back of it, each at most the limit.

use std::io::BufRead;

use super::error::{GudidError, Position, RecordFault};
use super::rewind::Rewind;

/// The largest record that is read; the largest of the FDA's has some 100 kB.
pub(super) const RECORD_LIMIT: usize = 4 << 20;

/// Tags are read in pieces of this size, so that a `<` inside one costs little to go back to.
const TAG_PIECE: usize = 256;
/// Text is read in pieces of this size.
const TEXT_PIECE: usize = 64 << 10;

/// One record as it stands in the file.
pub(super) struct Cut<'a> {
    pub(super) number: u64,
    pub(super) position: Position,
    pub(super) bytes: &'a [u8],
    pub(super) fault: Option<RecordFault>,
}

/// What stands between two pieces of text.
enum Markup {
    Device,
    EmptyDevice,
    DeviceEnd,
    /// Any other construct.
    Other,
    Broken(RecordFault),
}

/// The constructs of XML 1.0, by how they open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment = 0,
    CData = 1,
    Instruction = 2,
    DocumentType,
    Declaration,
    Tag,
}

impl Kind {
    const OPENINGS: [(&'static [u8], Kind); 4] = [
        (b"<!--", Kind::Comment),
        (b"<![CDATA[", Kind::CData),
        (b"<?", Kind::Instruction),
        (b"<!DOCTYPE", Kind::DocumentType),
    ];

    /// The kind of construct that begins so, or none while it is open which.
    fn of(opening: &[u8]) -> Option<Kind> {
        if let Some((_, kind)) = Self::OPENINGS.iter().find(|(whole, _)| *whole == opening) {
            return Some(*kind);
        }
        if Self::OPENINGS.iter().any(|(whole, _)| whole.starts_with(opening)) {
            return None;
        }
        Some(if opening.starts_with(b"<!") { Kind::Declaration } else { Kind::Tag })
    }

    fn closing(self) -> &'static [u8] {
        match self {
            Kind::Comment => b"-->",
            Kind::CData => b"]]>",
            Kind::Instruction => b"?>",
            Kind::DocumentType | Kind::Declaration | Kind::Tag => b">",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Comment => "comment",
            Kind::CData => "CDATA section",
            Kind::Instruction => "processing instruction",
            Kind::DocumentType | Kind::Declaration => "declaration",
            Kind::Tag => "tag",
        }
    }
}

/// The open record.
struct Open {
    position: Position,
    bytes: Vec<u8>,
    fault: Option<RecordFault>,
}

/// See the head of the module.
pub(super) struct Cutter<R> {
    input: Rewind<R>,
    limit: usize,
    /// Records met so far.
    number: u64,
    text: Vec<u8>,
    construct: Vec<u8>,
    record: Open,
    /// Per comment, CDATA section and instruction: none that opens before this offset is closed before it.
    unclosed_before: [u64; 3],
    /// The end tag of a damaged record may follow.
    remainder: bool,
    root: Option<Vec<u8>>,
    root_closed: bool,
}

impl<R: BufRead> Cutter<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        let input = Rewind::new(input);
        let record = Open { position: input.position(), bytes: Vec::new(), fault: None };
        Cutter {
            input,
            limit,
            number: 0,
            text: Vec::new(),
            construct: Vec::new(),
            record,
            unclosed_before: [0; 3],
            remainder: false,
            root: None,
            root_closed: false,
        }
    }

    /// Whether the file ended before its root element did. Known once there are no more records.
    pub(super) fn truncated(&self) -> bool {
        self.root.is_some() && !self.root_closed
    }

    /// The next record, good or damaged.
    pub(super) fn next(&mut self) -> Result<Option<Cut<'_>>, GudidError> {
        loop {
            let Some(markup) = self.next_markup(false)? else { return Ok(None) };
            match markup {
                Markup::Device => {
                    self.open_record();
                    self.read_record()?;
                    self.remainder = self.record.fault.is_some();
                }
                Markup::EmptyDevice => self.open_record(),
                Markup::DeviceEnd if !self.remainder => {
                    self.open_record();
                    self.record.fault = Some(RecordFault::NotOpened);
                }
                Markup::DeviceEnd => {
                    self.remainder = false;
                    continue;
                }
                Markup::Other => {
                    self.outside()?;
                    continue;
                }
                Markup::Broken(_) => continue,
            }
            self.number += 1;
            let Open { position, bytes, fault } = &mut self.record;
            return Ok(Some(Cut { number: self.number, position: *position, bytes, fault: fault.take() }));
        }
    }

    fn open_record(&mut self) {
        let Position { offset, line } = self.input.position();
        let length = self.construct.len() as u64;
        let lines = self.construct.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.record.position = Position { offset: offset - length, line: line - lines };
        self.record.bytes.clear();
        self.record.fault = None;
        self.keep_construct();
    }

    /// Reads on to the end of the open record, or to where it must have ended.
    fn read_record(&mut self) -> Result<(), GudidError> {
        loop {
            let fault = match self.next_markup(true)? {
                None => RecordFault::Truncated,
                Some(Markup::Device | Markup::EmptyDevice) => {
                    self.input.unread(&self.construct);
                    RecordFault::NotClosed
                }
                Some(Markup::DeviceEnd) => {
                    self.keep_construct();
                    return Ok(());
                }
                Some(Markup::Other) => {
                    self.keep_construct();
                    continue;
                }
                Some(Markup::Broken(fault)) => {
                    self.keep_construct();
                    self.record.fault.get_or_insert(fault);
                    continue;
                }
            };
            self.record.fault.get_or_insert(fault);
            return Ok(());
        }
    }

    /// A construct outside records: the declaration's encoding, and the beginning and end of the root element.
    fn outside(&mut self) -> Result<(), GudidError> {
        let construct = &self.construct;
        if construct.starts_with(b"<?xml ") && self.root.is_none() && self.number == 0 {
            return check_encoding(construct);
        }
        let name = tag_name(construct);
        match &self.root {
            Some(root) if construct.starts_with(b"</") => self.root_closed |= name == root.as_slice(),
            None if self.number == 0 && !construct.starts_with(b"<!") && !construct.starts_with(b"<?") => {
                self.root_closed = construct.ends_with(b"/>");
                self.root = Some(name.to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    fn keep_construct(&mut self) {
        keep(&mut self.record, &self.construct, self.limit);
    }

    /// Reads text and the construct behind it into `self.construct`. Nothing at the end of the file.
    fn next_markup(&mut self, inside: bool) -> Result<Option<Markup>, GudidError> {
        loop {
            self.text.clear();
            if self.input.read_until(b'<', TEXT_PIECE, &mut self.text)? == 0 {
                return Ok(None);
            }
            let met = self.text.ends_with(b"<");
            if inside {
                let text = self.text.strip_suffix(b"<").unwrap_or(&self.text);
                keep(&mut self.record, text, self.limit);
            }
            if met {
                return self.read_construct(inside).map(Some);
            }
        }
    }

    /// Reads a construct whose `<` was just read.
    fn read_construct(&mut self, inside: bool) -> Result<Markup, GudidError> {
        let offset = self.input.position().offset - 1;
        self.construct.clear();
        self.construct.push(b'<');
        let kind = loop {
            if self.input.read_until(b'>', 1, &mut self.construct)? == 0 {
                return Ok(Markup::Broken(RecordFault::Truncated));
            }
            if let Some(kind) = Kind::of(&self.construct) {
                break kind;
            }
        };
        match kind {
            Kind::Tag => self.read_tag(),
            Kind::Comment | Kind::CData | Kind::Instruction => self.read_to_closing(kind, offset),
            Kind::DocumentType if !inside && self.number == 0 => Err(GudidError::DocumentType { offset }),
            Kind::DocumentType | Kind::Declaration => {
                // Its last byte may begin the next construct.
                let opening = 2;
                self.input.unread(&self.construct[opening..]);
                self.construct.truncate(opening);
                Ok(Markup::Broken(RecordFault::Declaration))
            }
        }
    }

    fn read_to_closing(&mut self, kind: Kind, offset: u64) -> Result<Markup, GudidError> {
        let opening = self.construct.len();
        let closing = kind.closing();
        let known = &mut self.unclosed_before[kind as usize];
        while offset >= *known {
            let most = self.limit.saturating_sub(self.construct.len());
            if self.input.read_until(b'>', most, &mut self.construct)? == 0 {
                *known = self.input.position().offset;
                break;
            }
            if self.construct[opening..].ends_with(closing) {
                return Ok(Markup::Other);
            }
        }
        self.input.unread(&self.construct[opening..]);
        self.construct.truncate(opening);
        Ok(Markup::Broken(RecordFault::Unclosed(kind.name())))
    }

    fn read_tag(&mut self) -> Result<Markup, GudidError> {
        let mut quote = None;
        let mut seen = 1;
        loop {
            if let Some(stray) = scan_tag(&self.construct[seen..], &mut quote) {
                self.input.unread(&self.construct[seen + stray..]);
                self.construct.truncate(seen + stray);
                return Ok(Markup::Broken(RecordFault::StrayMarkup));
            }
            seen = self.construct.len();
            if quote.is_none() && self.construct.ends_with(b">") {
                return Ok(self.classify());
            }
            let most = TAG_PIECE.min(self.limit.saturating_sub(seen));
            if self.input.read_until(b'>', most, &mut self.construct)? == 0 {
                let fault = if seen < self.limit {
                    RecordFault::Truncated
                } else {
                    RecordFault::TooLarge { limit: self.limit }
                };
                return Ok(Markup::Broken(fault));
            }
        }
    }

    fn classify(&self) -> Markup {
        let name = tag_name(&self.construct);
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        if local != b"device" {
            Markup::Other
        } else if self.construct.starts_with(b"</") {
            Markup::DeviceEnd
        } else if self.construct.ends_with(b"/>") {
            Markup::EmptyDevice
        } else {
            Markup::Device
        }
    }
}

/// Adds bytes to a record unless it grows too large; what it had before stays, for the identifier in it.
fn keep(record: &mut Open, bytes: &[u8], limit: usize) {
    if record.bytes.len() + bytes.len() > limit {
        record.fault.get_or_insert(RecordFault::TooLarge { limit });
    } else {
        record.bytes.extend_from_slice(bytes);
    }
}

/// Follows the quotes of a tag; gives the place of a `<`, which no tag may hold.
fn scan_tag(piece: &[u8], quote: &mut Option<u8>) -> Option<usize> {
    // Most tags have no attributes.
    if quote.is_none() && ![b'"', b'\'', b'<'].iter().any(|byte| piece.contains(byte)) {
        return None;
    }
    for (index, byte) in piece.iter().enumerate() {
        match (*byte, *quote) {
            (b'<', _) => return Some(index),
            (b'"' | b'\'', None) => *quote = Some(*byte),
            (byte, Some(open)) if byte == open => *quote = None,
            _ => {}
        }
    }
    None
}

/// The qualified name of a start or end tag.
fn tag_name(tag: &[u8]) -> &[u8] {
    let name = tag.strip_prefix(b"</").or_else(|| tag.strip_prefix(b"<")).unwrap_or(tag);
    let end = name.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'));
    &name[..end.unwrap_or(name.len())]
}

/// Refuses an XML declaration of another encoding. Without one, XML is UTF-8 (XML 1.0, section 4.3.3).
fn check_encoding(declaration: &[u8]) -> Result<(), GudidError> {
    let declaration = String::from_utf8_lossy(declaration);
    let Some((_, rest)) = declaration.split_once("encoding") else { return Ok(()) };
    let encoding = rest.split(['"', '\'']).nth(1).unwrap_or_default();
    if encoding.eq_ignore_ascii_case("utf-8") || encoding.eq_ignore_ascii_case("us-ascii") {
        return Ok(());
    }
    Err(GudidError::Encoding { encoding: encoding.to_owned() })
}
