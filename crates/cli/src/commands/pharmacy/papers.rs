//! The small files that practitioners, patients and pharmacists exchange. Each says what it is, in which version, and for which
//! contract of which chain it was made; what is not known in it is refused. None holds a name or a key.

use std::path::Path;

use alloy_primitives::{Address, B128, B256, Bytes};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use theriac_client::types::Prescription;
use theriac_core::canonical;
use theriac_core::ids::{ModelId, UnitId};
use theriac_core::merkle::Leaf;

use super::room::Room;
use crate::failure::Failure;
use crate::files;

/// What a file holds.
pub(super) trait Content: Serialize + DeserializeOwned {
    /// Its `type`.
    const TYPE: &'static str;
    /// Where people get it from.
    const SOURCE: &'static str;
}

/// A file as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Paper<T> {
    #[serde(rename = "type")]
    kind: String,
    v: u32,
    chain_id: u64,
    /// The contract `Pharmacy`.
    room: Address,
    content: T,
}

/// What a practitioner prescribed; signed where it was not sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Prescribed {
    pub(super) prescription: Prescription,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<Bytes>,
}

/// That a practitioner approves another product.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Substitution {
    pub(super) prescription: Prescription,
    pub(super) model: ModelId,
    pub(super) signature: Bytes,
}

/// What a pharmacy wants to sell: the patient and a second pharmacist sign it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Request {
    pub(super) prescription: Prescription,
    pub(super) pharmacy: Address,
    pub(super) sales: Vec<RequestedSale>,
}

/// Packs of one unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RequestedSale {
    pub(super) unit: UnitId,
    /// In the order of the lot's tree.
    pub(super) packs: Vec<RequestedPack>,
    pub(super) nonce: u32,
}

/// One pack.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RequestedPack {
    pub(super) index: u32,
    pub(super) half: B128,
    pub(super) tag_key: Address,
}

/// The patient's signatures.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Collection {
    pub(super) prescription: B256,
    pub(super) pharmacy: Address,
    pub(super) sales: Vec<SignedSale>,
}

/// The second pharmacist's signatures.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Countersignature {
    pub(super) prescription: B256,
    pub(super) pharmacy: Address,
    pub(super) second: Address,
    pub(super) sales: Vec<SignedSale>,
}

/// The signature for the packs of one unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignedSale {
    pub(super) packs: B256,
    pub(super) nonce: u32,
    pub(super) signature: Bytes,
}

impl Content for Prescribed {
    const TYPE: &'static str = "prescription";
    const SOURCE: &'static str = "is it the file of `theriac pharmacy prescribe`?";
}

impl Content for Substitution {
    const TYPE: &'static str = "substitutionApproval";
    const SOURCE: &'static str = "is it the file of `theriac pharmacy approve-substitution --sign`?";
}

impl Content for Request {
    const TYPE: &'static str = "collectionRequest";
    const SOURCE: &'static str = "is it the file of `theriac pharmacy check --request`?";
}

impl Content for Collection {
    const TYPE: &'static str = "collection";
    const SOURCE: &'static str = "is it the file of `theriac pharmacy collect`?";
}

impl Content for Countersignature {
    const TYPE: &'static str = "countersignature";
    const SOURCE: &'static str = "is it the file of `theriac pharmacy countersign`?";
}

impl From<&Leaf> for RequestedPack {
    fn from(leaf: &Leaf) -> Self {
        Self { index: leaf.index, half: leaf.half, tag_key: leaf.tag_key }
    }
}

impl From<&RequestedPack> for Leaf {
    fn from(pack: &RequestedPack) -> Self {
        Self { index: pack.index, half: pack.half, tag_key: pack.tag_key }
    }
}

/// What kind of file it is, without reading further.
pub(super) fn kind_of(path: &Path) -> Result<String, Failure> {
    let text = files::read_text(path)?;
    let paper: Paper<IgnoredAny> =
        serde_json::from_str(&text).map_err(|error| wrong(path, format!("this is no paper: {error}"), NO_PAPER))?;
    Ok(paper.kind)
}

const NO_PAPER: &str = "give a file that a verb of `theriac pharmacy` made";

/// Reads a file of this kind, with the contract that it was made for.
pub(super) fn read<T: Content>(path: &Path) -> Result<(Room, T), Failure> {
    let text = files::read_text(path)?;
    parse(&text).map_err(|what| wrong(path, what, T::SOURCE))
}

fn parse<T: Content>(text: &str) -> Result<(Room, T), String> {
    let not = |error: serde_json::Error| format!("this is no {} of version 1: {error}", T::TYPE);
    let paper: Paper<IgnoredAny> = serde_json::from_str(text).map_err(not)?;
    if paper.kind != T::TYPE || paper.v != 1 {
        return Err(format!("this is a `{}` of version {}, not a `{}` of version 1", paper.kind, paper.v, T::TYPE));
    }
    let paper: Paper<T> = serde_json::from_str(text).map_err(not)?;
    Ok((Room { chain_id: paper.chain_id, address: paper.room }, paper.content))
}

/// Writes a file that is not there yet, in canonical form (RFC 8785).
pub(super) fn write<T: Content>(path: &Path, room: Room, content: &T) -> Result<(), Failure> {
    let paper = Paper { kind: T::TYPE.to_owned(), v: 1, chain_id: room.chain_id, room: room.address, content };
    let bytes = canonical::to_canonical_bytes(&paper).map_err(|error| Failure::of(&error))?;
    files::write_new(path, &bytes)
}

fn wrong(path: &Path, what: String, help: &str) -> Failure {
    Failure::user("NotThisPaper", what, help).at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Room {
        Room { chain_id: 31337, address: Address::repeat_byte(9) }
    }

    fn collection() -> Collection {
        let signed = SignedSale { packs: B256::repeat_byte(1), nonce: 2, signature: vec![3; 65].into() };
        Collection { prescription: B256::repeat_byte(4), pharmacy: Address::repeat_byte(5), sales: vec![signed] }
    }

    fn text() -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("collection.json");
        write(&path, room(), &collection()).unwrap();
        // A file that is there is never replaced.
        assert_eq!(write(&path, room(), &collection()).unwrap_err().code, "File");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_paper_is_read_as_it_was_written() {
        let (from, read) = parse::<Collection>(&text()).unwrap();
        assert_eq!((from, read.prescription, read.sales[0].nonce), (room(), collection().prescription, 2));
    }

    #[test]
    fn what_is_not_this_paper_is_refused_in_words() {
        let text = text();
        let refused = |text: &str| parse::<Collection>(text).unwrap_err();
        assert!(parse::<Countersignature>(&text).unwrap_err().contains("`collection`"));
        assert!(refused(&text.replace("\"v\":1", "\"v\":2")).contains("of version 2"));
        assert!(refused(&text.replace("\"nonce\"", "\"name\"")).contains("unknown field `name`"));
        assert!(refused(&text.replace("\"v\":1", "\"v\":1,\"patient\":\"Mary\"")).contains("unknown field `patient`"));
        assert!(refused(&text[..text.len() / 2]).contains("EOF"));
        assert!(refused("{}").contains("missing field"));
    }
}
