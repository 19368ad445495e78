//! What a record of a device is, and of which segments its file consists.

use alloy_primitives::{Address, B256, Bytes};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LogError, MAX_FILE, MAX_SEGMENT, MAX_SEGMENTS};
use crate::content::ContentAddress;
use crate::document::{Document, DocumentError};
use crate::envelope::{self, Identity, Key, Reader};
use crate::ids::ItemId;

/// The longest name of a file.
const MAX_NAME: usize = 255;

/// What is sealed for the readers of a record: type `deviceRecord`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// What the chain says of it, too.
    pub record: Record,
    /// The file.
    pub file: FileFacts,
    /// For whom everything is sealed, as its writer says.
    pub readers: Vec<Reader>,
    /// The parts of the file, in order.
    pub segments: Vec<Segment>,
}

/// Which record it is. Kind and severity are the words of the room's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Record {
    /// The chain.
    pub chain_id: u64,
    /// `MdsProfiles` on it.
    pub room: Address,
    /// The twin.
    pub item: ItemId,
    /// Who wrote it.
    pub writer: Address,
    /// The work order under which it was written, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// `document`, `log`, `alarm`, `photograph` or `report`.
    pub kind: String,
    /// First second of what it covers.
    pub from: Timestamp,
    /// Last second.
    pub until: Timestamp,
    /// Of an alarm (IEC 60601-1-8): `none`, `low`, `medium` or `high`.
    pub severity: String,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FileFacts {
    /// Its name, without folder.
    pub name: String,
    /// Its media type (RFC 6838).
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub sha256: B256,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Segment {
    /// Where it is stored, sealed.
    pub content: ContentAddress,
    /// Its bytes in the file.
    pub size: u32,
    /// SHA-256 of them.
    pub sha256: B256,
    /// What is sealed.
    pub packing: Packing,
}

/// How a segment is packed before it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Packing {
    /// As it is: it would not shrink.
    None,
    /// A Zstandard frame (RFC 8878).
    Zstd,
}

/// Whether the text can be a media type, which programs choose by what opens a file: visible ASCII on both sides of a slash.
fn is_media_type(text: &str) -> bool {
    let parts = text.split_once('/').is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
    parts && text.len() <= MAX_NAME && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Document for Manifest {
    const TYPE: &'static str = "deviceRecord";

    fn check(&self) -> Result<(), DocumentError> {
        let sizes = self.segments.iter().map(|segment| u64::from(segment.size));
        let name = &self.file.name;
        let named = !name.is_empty() && name.len() <= MAX_NAME && !name.contains(|c: char| c.is_control() || c == '/');
        let checks = [
            (named, "`file.name` is no name of a file"),
            (is_media_type(&self.file.media_type), "`file.mediaType` is none"),
            ((1..=MAX_FILE).contains(&self.file.size), "`file.size` is not between 1 byte and 1 GiB"),
            (self.segments.len() <= MAX_SEGMENTS, "there are too many segments"),
            (self.segments.iter().all(|part| (1..=MAX_SEGMENT).contains(&part.size)), "a segment has a wrong size"),
            (sizes.sum::<u64>() == self.file.size, "the sizes of the segments do not add up to that of the file"),
            (self.record.from <= self.record.until, "it ends before it begins"),
        ];
        match checks.into_iter().find(|(good, _)| !good) {
            Some((_, problem)) => {
                Err(DocumentError::Contradiction { document: Self::TYPE, problem: problem.to_owned() })
            }
            None => Ok(()),
        }
    }
}

/// What is stored and anchored of a record, type `sealedRecord`: the sealed manifest, and in clear where the segments are, so that
/// whoever keeps or copies records needs no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SealedRecord {
    /// Those that the manifest names, in order.
    pub segments: Vec<ContentAddress>,
    /// The age file in hexadecimal digits.
    pub manifest: Bytes,
}

impl Document for SealedRecord {
    const TYPE: &'static str = "sealedRecord";

    fn check(&self) -> Result<(), DocumentError> {
        match self.segments.len() <= MAX_SEGMENTS {
            true => Ok(()),
            false => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: "there are too many segments".to_owned(),
            }),
        }
    }
}

impl Manifest {
    /// Seals it for its readers: the bytes of a [`SealedRecord`].
    pub fn seal(&self) -> Result<Vec<u8>, LogError> {
        let manifest = envelope::seal_bytes(&self.canonical()?, &self.readers)?.bytes.into();
        Ok(SealedRecord { segments: self.addresses(), manifest }.canonical()?)
    }

    /// Opens the one in a [`SealedRecord`] with whichever of the identities fits.
    pub fn open(record: &[u8], identities: &[Identity]) -> Result<Self, LogError> {
        let record = SealedRecord::parse(record)?;
        let manifest = Self::parse(&envelope::open_bytes(&record.manifest, Key::Identities(identities))?.bytes)?;
        match manifest.addresses() == record.segments {
            true => Ok(manifest),
            false => Err(DocumentError::Contradiction {
                document: SealedRecord::TYPE,
                problem: "its segments are not those of its manifest".to_owned(),
            }
            .into()),
        }
    }

    fn addresses(&self) -> Vec<ContentAddress> {
        self.segments.iter().map(|segment| segment.content).collect()
    }

    /// In what it differs from what the chain says of the record; empty when it is the manifest of that record.
    pub fn differences(&self, told: &Record) -> Vec<&'static str> {
        let own = &self.record;
        let checks = [
            ((own.chain_id, own.room) == (told.chain_id, told.room), "chain or room"),
            (own.item == told.item, "device"),
            (own.writer == told.writer, "writer"),
            (own.order == told.order, "work order"),
            (own.kind == told.kind, "kind"),
            ((own.from, own.until) == (told.from, told.until), "period"),
            (own.severity == told.severity, "severity"),
        ];
        checks.into_iter().filter(|(same, _)| !same).map(|(_, what)| what).collect()
    }
}
