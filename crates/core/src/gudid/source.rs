//! Files as they are downloaded: a zip of XML files, an XML file or a JSON answer, told apart by their first bytes.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::cut::RECORD_LIMIT;
use super::error::{GudidError, RefusedRecord};
use super::record::GudidDevice;
use super::{Summary, json, xml};

/// Large enough that reading costs little, small beside the memory that one record may take.
const BUFFER: usize = 64 << 10;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A zip archive with XML files.
    Zip,
    /// One XML file.
    Xml,
    /// An AccessGUDID answer.
    Json,
}

/// A GUDID file, ready to be read.
pub struct Source<R> {
    reader: R,
    format: Format,
}

/// Opens a file and finds out its format.
///
/// # Errors
/// When it cannot be read or is none of the three formats.
pub fn open(path: &Path) -> Result<Source<BufReader<File>>, GudidError> {
    Source::new(BufReader::with_capacity(BUFFER, File::open(path)?))
}

impl<R: BufRead + Seek> Source<R> {
    /// Finds out the format and goes back to the start.
    ///
    /// # Errors
    /// When the reader fails or the first bytes are of none of the three formats.
    pub fn new(mut reader: R) -> Result<Self, GudidError> {
        let mut head = Vec::new();
        reader.by_ref().take(512).read_to_end(&mut head)?;
        reader.rewind()?;
        Ok(Source { reader, format: sniff(&head)? })
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Gives every record to `on` until that breaks off, see [`read_xml`](super::read_xml).
    ///
    /// # Errors
    /// When the file as a whole cannot be read on; the records given before it stand.
    pub fn read(
        self,
        on: impl FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>,
    ) -> Result<Summary, GudidError> {
        match self.format {
            Format::Zip => read_zip(self.reader, on),
            Format::Xml => xml::read_xml(self.reader, on),
            Format::Json => json::read_json(self.reader, on),
        }
    }
}

fn sniff(head: &[u8]) -> Result<Format, GudidError> {
    xml::refuse_wide_encodings(head)?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Format::Zip);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let found = match text {
        [b'<', ..] => return Ok(Format::Xml),
        [b'{' | b'[', ..] => return Ok(Format::Json),
        [] => "empty",
        [0x1f, 0x8b, ..] => "gzip; unpack it",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        _ => "neither zip, XML nor JSON",
    };
    Err(GudidError::UnknownFormat { found: found.to_owned() })
}

/// Reads the XML files of an archive in their order there. Sizes that it declares are not believed: the limit is on
/// what one record may take, so an entry that unpacks to terabytes costs time and no memory.
fn read_zip<R: Read + Seek>(
    reader: R,
    mut on: impl FnMut(Result<GudidDevice, RefusedRecord>) -> ControlFlow<()>,
) -> Result<Summary, GudidError> {
    let mut archive = ZipArchive::new(reader).map_err(GudidError::Zip)?;
    let mut total = Summary::default();
    let mut files = 0;
    for index in 0..archive.len() {
        let Some(name) = xml_entry(&archive, index)? else { continue };
        files += 1;
        let entry = archive.by_index(index).map_err(|error| entry_fault(&name, error))?;
        let part = xml::read_entry(BufReader::with_capacity(BUFFER, entry), Some(&name), RECORD_LIMIT, &mut on);
        total += part.map_err(|error| match error {
            GudidError::Io(source) => GudidError::ZipEntry { entry: name, source },
            other => other,
        })?;
        if total.stopped {
            break;
        }
    }
    if files == 0 {
        return Err(GudidError::NoXmlInZip);
    }
    Ok(total)
}

/// The name of an entry if it is an XML file, and no leftover of a Mac's archiver.
fn xml_entry<R: Read + Seek>(archive: &ZipArchive<R>, index: usize) -> Result<Option<String>, GudidError> {
    let Some(name) = archive.name_for_index(index) else { return Ok(None) };
    let name = name.map_err(GudidError::Zip)?;
    let is_xml = name.len() >= 4 && name.as_bytes()[name.len() - 4..].eq_ignore_ascii_case(b".xml");
    let leftover = name.split('/').any(|part| part == "__MACOSX" || part.starts_with("._"));
    Ok((is_xml && !leftover).then(|| name.into_owned()))
}

fn entry_fault(name: &str, error: ZipError) -> GudidError {
    let entry = name.to_owned();
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => GudidError::Encrypted { entry },
        ZipError::Io(source) => GudidError::ZipEntry { entry, source },
        other => GudidError::ZipEntry { entry, source: std::io::Error::other(other) },
    }
}
