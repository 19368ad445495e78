//! Vital signs of the patient whom a device watches: one document for each span of time, in the content store.
//!
//! | field | what it is |
//! |---|---|
//! | `type`, `v` | `vitalSigns`, 1 |
//! | `chainId`, `room` | the chain, and `MdsProfiles` on it |
//! | `item`, `number` | the twin, and the number of the document, from 1 |
//! | `previous` | CID of the document before; absent in the first |
//! | `at` | when it was written, by the author's clock |
//! | `from`, `until` | what it covers, to the second |
//! | `patient` | the salted commitment that the chain has of the patient |
//! | `sealed` | an age file in hexadecimal digits: a FHIR Bundle of Observations, the salt and the readers |
//! | `author`, `signature` | who wrote it, and its signature (EIP-712, domain "Theriac MdsProfiles") over all of the above |
//!
//! The room keeps it as a record of kind `document`, so the device's chain of records holds its digest.

use alloy::hex;
use alloy::primitives::{Address, B256, Signature};
use alloy::sol_types::SolStruct as _;
use jiff::Timestamp;
use theriac_core::content::ContentAddress;
use theriac_core::fhir::{Json, Object, canonical, digest};
use theriac_core::ids::ItemId;

use super::MdsError;
use super::fields::{Fields, number, wrong};
use crate::eip712;
use crate::error::Result as ClientResult;
use crate::signer::Signer;

const TYPE: &str = "vitalSigns";
const FORMAT: u32 = 1;

type Result<T> = std::result::Result<T, MdsError>;

/// A document of vital signs that nobody has signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VitalSigns {
    /// The chain.
    pub chain_id: u64,
    /// `MdsProfiles` on it.
    pub room: Address,
    /// The twin.
    pub item: ItemId,
    /// From 1.
    pub number: u32,
    /// The document before; none of the first.
    pub previous: Option<ContentAddress>,
    /// When it was written, by the author's clock.
    pub at: Timestamp,
    /// When the first observation begins.
    pub from: Timestamp,
    /// When the last one ends.
    pub until: Timestamp,
    /// Salted commitment to the patient.
    pub patient: B256,
    /// The observations for their readers ([`Inside`](super::Inside)).
    pub sealed: Vec<u8>,
    /// Who wrote it.
    pub author: Address,
}

/// A document of vital signs with its author's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedVitalSigns {
    /// What was signed.
    pub signs: VitalSigns,
    /// The signature over it.
    pub signature: Signature,
}

impl VitalSigns {
    /// Signs it, as its author.
    pub async fn sign(self, signer: &Signer) -> ClientResult<SignedVitalSigns> {
        let signature = signer.sign_typed(&self.typed(), &self.domain()).await?;
        Ok(SignedVitalSigns { signs: self, signature })
    }

    fn typed(&self) -> eip712::VitalSigns {
        eip712::VitalSigns {
            item: self.item.0,
            number: self.number,
            previous: self.previous.map(|previous| previous.digest).unwrap_or_default(),
            digest: digest(&self.fields().into()),
        }
    }

    fn domain(&self) -> alloy::sol_types::Eip712Domain {
        eip712::domain(eip712::MDS_PROFILES, self.chain_id, self.room)
    }

    fn fields(&self) -> Object {
        let mut fields = Object::from([
            ("type", Json::from(TYPE)),
            ("v", number(FORMAT)),
            ("chainId", number(self.chain_id)),
            ("room", Json::from(self.room.to_string())),
            ("item", Json::from(self.item.to_string())),
            ("number", number(self.number)),
            ("at", Json::from(self.at.to_string())),
            ("from", Json::from(self.from.to_string())),
            ("until", Json::from(self.until.to_string())),
            ("patient", Json::from(self.patient.to_string())),
            ("sealed", Json::from(hex::encode(&self.sealed))),
            ("author", Json::from(self.author.to_string())),
        ]);
        self.previous.iter().for_each(|previous| fields.set("previous", previous.to_string()));
        fields
    }

    fn read(fields: &Object) -> Result<Self> {
        let of = Fields(fields);
        Ok(Self {
            chain_id: of.number("chainId")?,
            room: of.parsed("room")?,
            item: of.parsed("item")?,
            number: of.number("number")?,
            previous: of.optional("previous")?,
            at: of.parsed("at")?,
            from: of.parsed("from")?,
            until: of.parsed("until")?,
            patient: of.parsed("patient")?,
            sealed: hex::decode(fields.text("sealed").unwrap_or_default()).map_err(|_| wrong("sealed"))?,
            author: of.parsed("author")?,
        })
    }
}

impl SignedVitalSigns {
    /// The document's bytes, in canonical form.
    pub fn canonical(&self) -> Vec<u8> {
        let mut fields = self.signs.fields();
        fields.set("signature", hex::encode_prefixed(self.signature.as_bytes()));
        canonical(&fields.into())
    }

    /// The same bytes, once they were read again.
    pub fn readable(&self) -> Result<Vec<u8>> {
        let bytes = self.canonical();
        Self::parse(&bytes)?;
        Ok(bytes)
    }

    /// Whether the bytes say that they are such a document; other records are of the same kind.
    pub fn is_one(bytes: &[u8]) -> bool {
        matches!(Json::parse(bytes), Ok(Json::Object(fields)) if fields.text("type") == Some(TYPE))
    }

    /// Reads a document and checks its form; the signature is checked by [`SignedVitalSigns::is_signed_by_author`].
    ///
    /// # Errors
    /// Anything that is not exactly what [`SignedVitalSigns::canonical`] writes: what is not signed has no place in it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Json::Object(fields) = Json::parse(bytes)? else {
            return Err(MdsError::NotAVersion("it is not an object".to_owned()));
        };
        let of = Fields(&fields);
        if fields.text("type") != Some(TYPE) || of.number::<u32>("v")? != FORMAT {
            return Err(MdsError::NotAVersion(format!("it is not of type `{TYPE}`, version {FORMAT}")));
        }
        let signed = Self { signs: VitalSigns::read(&fields)?, signature: of.parsed("signature")? };
        match signed.canonical() == bytes {
            true => Ok(signed),
            false => Err(MdsError::NotAVersion("it has more in it, or another form, than what was signed".to_owned())),
        }
    }

    /// Whether the signature is that of the author it names, for the chain, the room and everything in it.
    pub fn is_signed_by_author(&self) -> bool {
        let hash = self.signs.typed().eip712_signing_hash(&self.signs.domain());
        self.signature.recover_address_from_prehash(&hash).is_ok_and(|signer| signer == self.signs.author)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::Secret;

    fn signer() -> Signer {
        Signer::from_private_key(&Secret::new("01".repeat(32))).unwrap()
    }

    fn signs() -> VitalSigns {
        VitalSigns {
            chain_id: 31_337,
            room: [7; 20].into(),
            item: ItemId(B256::repeat_byte(1)),
            number: 2,
            previous: Some("ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".parse().unwrap()),
            at: "2026-06-30T09:30:00Z".parse().unwrap(),
            from: "2026-06-30T09:00:00Z".parse().unwrap(),
            until: "2026-06-30T09:29:59Z".parse().unwrap(),
            patient: B256::repeat_byte(4),
            sealed: vec![1, 2, 255],
            author: signer().address(),
        }
    }

    #[tokio::test]
    async fn a_document_comes_back_as_it_was_signed() {
        for previous in [None, signs().previous] {
            let signed = VitalSigns { previous, ..signs() }.sign(&signer()).await.unwrap();
            let bytes = signed.readable().unwrap();
            let again = SignedVitalSigns::parse(&bytes).unwrap();
            assert!(again.is_signed_by_author() && SignedVitalSigns::is_one(&bytes));
            assert_eq!(again, signed);
        }
        assert!(!SignedVitalSigns::is_one(b"{\"type\":\"mdsVersion\"}") && !SignedVitalSigns::is_one(b"age"));
    }

    #[tokio::test]
    async fn every_alteration_is_noticed() {
        let text = String::from_utf8(signs().sign(&signer()).await.unwrap().canonical()).unwrap();
        let changes = [
            ("\"number\":2", "\"number\":3"),
            ("31337", "31338"),
            ("09:00:00Z", "09:01:00Z"),
            ("09:29:59Z", "09:29:58Z"),
            ("\"0102ff\"", "\"0102fe\""),
            ("0x0404", "0x0504"),
        ];
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            let altered = SignedVitalSigns::parse(text.replacen(from, to, 1).as_bytes()).unwrap();
            assert!(!altered.is_signed_by_author(), "{from}");
        }
        for (from, to) in [("{\"at\"", "{\"aa\":1,\"at\""), ("vitalSigns", "other"), ("\"0102ff\"", "\"0102f\"")] {
            let refused = SignedVitalSigns::parse(text.replacen(from, to, 1).as_bytes());
            assert!(matches!(refused, Err(MdsError::NotAVersion(_))), "{from}");
        }
    }
}
