//! The document of a lot: all its serials, in packing order.
//!
//! A lot can have a million items, so the document is written and read piece by piece: the serials are kept in place
//! (20 bytes each), and no copy of the JSON is ever in memory.
//!
//! ```text
//! {"agency":"GS1","count":2,"di":"10886704031390",…,"root":"0x…","serials":["A1","A2"],"tagKeys":["0x…",""],"type":"lot","v":1}
//! ```

mod read;

use std::io::{self, BufReader, Read, Write};

use alloy_primitives::{Address, B256};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DocumentError, VERSION, dates};
use crate::canonical::to_canonical_bytes;
use crate::content::{self, ContentAddress};
use crate::ids::{Agency, LotId, ModelId};
use crate::merkle::{Leaf, Leaves, LotTree};
use crate::serials::{CompactSerial, SerialList, leaves_of};

/// What a lot is, beside its serials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LotDetails {
    /// What a wallet shows as title of a token of this lot.
    pub name: String,
    /// What the product is, in words.
    pub description: String,
    /// A picture, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The body that issued the DI.
    pub agency: Agency,
    /// The primary DI of the model; a GTIN padded to 14 digits.
    pub di: String,
    /// The lot as it stands on the label; empty for products that carry only a serial.
    pub lot: String,
    /// The day of manufacture.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::optional")]
    pub made: Option<Date>,
    /// The last day of use.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "dates::optional")]
    pub expires: Option<Date>,
}

impl LotDetails {
    /// The id of the model.
    pub fn model(&self) -> ModelId {
        ModelId::new(self.agency, &self.di)
    }

    /// The id of the lot.
    pub fn id(&self) -> LotId {
        self.model().lot(&self.lot)
    }
}

/// A lot with all its serials.
///
/// Invariant: there is at least one serial; the tag keys are none, or as many as the serials and not all zero. That
/// no serial stands twice and that `root` is theirs, [`LotDocument::tree`] checks, since it costs the hashing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotDocument {
    details: LotDetails,
    root: B256,
    serials: Vec<CompactSerial>,
    tag_keys: Vec<Address>,
}

impl LotDocument {
    /// What stands as `"type"`.
    pub const TYPE: &'static str = "lot";

    /// The document of the items that a manufacturer listed, and their tree.
    pub fn new(details: LotDetails, list: SerialList) -> Result<(Self, LotTree), DocumentError> {
        let tree = LotTree::build(list.leaves);
        let document = Self::checked(details, tree.root(), list.serials.len(), list.serials, list.tag_keys)?;
        Ok((document, tree))
    }

    /// Keeps the invariant.
    fn checked(
        details: LotDetails,
        root: B256,
        count: usize,
        serials: Vec<CompactSerial>,
        tag_keys: Vec<Address>,
    ) -> Result<Self, DocumentError> {
        let contradiction = |problem| Err(DocumentError::Contradiction { document: Self::TYPE, problem });
        if serials.is_empty() {
            return Err(crate::merkle::MerkleError::Empty.into());
        }
        if count != serials.len() {
            return contradiction(format!("`count` is {count}, but `serials` has {}", serials.len()));
        }
        if !tag_keys.is_empty() && tag_keys.len() != count {
            return contradiction(format!("`tagKeys` has {} entries for {count} serials", tag_keys.len()));
        }
        if !tag_keys.is_empty() && tag_keys.iter().all(|key| key.is_zero()) {
            return contradiction("`tagKeys` names no tag: leave it out".to_owned());
        }
        if let (Some(made), Some(expires)) = (details.made, details.expires)
            && expires < made
        {
            return contradiction(format!("it expires on {expires}, before it was made on {made}"));
        }
        Ok(Self { details, root, serials, tag_keys })
    }

    /// What the lot is.
    pub fn details(&self) -> &LotDetails {
        &self.details
    }

    /// The root that `Catalog` should have.
    pub fn root(&self) -> B256 {
        self.root
    }

    /// How many items the lot has.
    pub fn count(&self) -> u32 {
        // `Leaves` allows no more; a document that was read with more has no tree.
        u32::try_from(self.serials.len()).unwrap_or(u32::MAX)
    }

    /// The serials by leaf index.
    pub fn serials(&self) -> &[CompactSerial] {
        &self.serials
    }

    /// The tag keys by leaf index; empty if no item has one.
    pub fn tag_keys(&self) -> &[Address] {
        &self.tag_keys
    }

    /// The leaf index of a serial.
    pub fn index_of(&self, serial: &str) -> Option<u32> {
        let serial: CompactSerial = serial.parse().ok()?;
        self.serials.iter().position(|other| *other == serial).and_then(|index| u32::try_from(index).ok())
    }

    /// The leaf at `index`.
    pub fn leaf(&self, index: u32) -> Option<Leaf> {
        let serial = self.serials.get(index as usize)?;
        let tag_key = self.tag_keys.get(index as usize).copied().unwrap_or_default();
        Some(Leaf { index, half: LotId::serial_half(serial.as_str()), tag_key })
    }

    /// Hashes the tree, and checks that no serial stands twice and that the root is the one that the document states.
    pub fn tree(&self) -> Result<LotTree, DocumentError> {
        let tree = LotTree::build(Leaves::new(leaves_of(&self.serials, &self.tag_keys))?);
        match tree.root() == self.root {
            true => Ok(tree),
            false => Err(DocumentError::Contradiction {
                document: Self::TYPE,
                problem: format!("`root` is {}, but the serials have {}: do not trust it", self.root, tree.root()),
            }),
        }
    }

    /// Reads a lot document, piece by piece.
    pub fn read(from: impl Read) -> Result<Self, DocumentError> {
        read::read(BufReader::with_capacity(1 << 16, from))
    }

    /// Writes the document as canonical JSON, piece by piece.
    pub fn write(&self, mut to: impl Write) -> Result<(), DocumentError> {
        #[derive(Serialize)]
        struct Head<'a> {
            count: usize,
            root: B256,
            #[serde(flatten)]
            details: &'a LotDetails,
        }
        // Names are sorted: all of the head stand before "serials", and that before "tagKeys", "type" and "v".
        let head = to_canonical_bytes(&Head { count: self.serials.len(), root: self.root, details: &self.details })?;
        to.write_all(&head[..head.len() - 1])?;
        write_array(&mut to, "serials", self.serials.iter().map(|serial| serial.as_str().into()))?;
        if !self.tag_keys.is_empty() {
            let text = |key: &Address| if key.is_zero() { String::new() } else { format!("{key:#x}") };
            write_array(&mut to, "tagKeys", self.tag_keys.iter().map(|key| text(key).into()))?;
        }
        write!(to, ",\"type\":\"{}\",\"v\":{VERSION}}}", Self::TYPE)?;
        to.flush()?;
        Ok(())
    }

    /// The document as canonical JSON, at once.
    pub fn canonical(&self) -> Result<Vec<u8>, DocumentError> {
        let mut bytes = Vec::with_capacity(16 * self.serials.len() + 48 * self.tag_keys.len() + 1024);
        self.write(&mut bytes)?;
        Ok(bytes)
    }

    /// Where the document is found, by its content.
    pub fn address(&self) -> Result<ContentAddress, DocumentError> {
        Ok(content::address(self.canonical()?.as_slice())?)
    }
}

/// `,"name":["…","…"]`, for strings of serials and addresses: of what JSON escapes they have only quotation marks.
fn write_array<'a>(
    to: &mut impl Write,
    name: &str,
    items: impl Iterator<Item = std::borrow::Cow<'a, str>>,
) -> io::Result<()> {
    write!(to, ",\"{name}\":")?;
    for (i, item) in items.enumerate() {
        to.write_all(if i == 0 { b"[\"" } else { b",\"" })?;
        match item.contains('"') {
            true => to.write_all(item.replace('"', "\\\"").as_bytes())?,
            false => to.write_all(item.as_bytes())?,
        }
        to.write_all(b"\"")?;
    }
    to.write_all(b"]")
}
