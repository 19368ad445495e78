//! One version of a profile as a document.

use alloy::hex;
use alloy::primitives::{Address, B256, Signature};
use alloy::sol_types::SolStruct as _;
use jiff::Timestamp;
use theriac_core::content::ContentAddress;
use theriac_core::fhir::{DeviceStatus, Json, Object, OperatingMode, Resource, StatusReason, canonical, digest};
use theriac_core::ids::ItemId;

use super::MdsError;
use super::fields::{Fields, number, wrong};
use crate::eip712;
use crate::error::Result as ClientResult;
use crate::rooms::DeviceState;
use crate::signer::Signer;

const TYPE: &str = "mdsVersion";
const FORMAT: u32 = 1;

type Result<T> = std::result::Result<T, MdsError>;

/// A version that nobody has signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The chain.
    pub chain_id: u64,
    /// `MdsProfiles` on it.
    pub room: Address,
    /// The twin.
    pub item: ItemId,
    /// From 1.
    pub number: u32,
    /// The version before; none of the first.
    pub previous: Option<ContentAddress>,
    /// When it was written, by the author's clock.
    pub at: Timestamp,
    /// What the chain keeps of it.
    pub state: DeviceState,
    /// Salted commitment to the patient.
    pub patient: Option<B256>,
    /// Salted commitment to the place.
    pub location: Option<B256>,
    /// The FHIR document.
    pub body: Body,
    /// Who wrote it.
    pub author: Address,
}

/// The FHIR document of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// For everyone.
    Clear(Resource),
    /// For its readers ([`Inside`](super::Inside)).
    Sealed(Vec<u8>),
}

/// A version with its author's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedVersion {
    /// What was signed.
    pub version: Version,
    /// The signature over it.
    pub signature: Signature,
}

impl Version {
    /// SHA-256 of its canonical form.
    pub fn digest(&self) -> B256 {
        digest(&self.fields().into())
    }

    /// Signs it, as its author.
    pub async fn sign(self, signer: &Signer) -> ClientResult<SignedVersion> {
        let signature = signer.sign_typed(&self.typed(), &self.domain()).await?;
        Ok(SignedVersion { version: self, signature })
    }

    fn typed(&self) -> eip712::ProfileVersion {
        eip712::ProfileVersion {
            item: self.item.0,
            version: self.number,
            previous: self.previous.map(|previous| previous.digest).unwrap_or_default(),
            digest: self.digest(),
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
            ("version", number(self.number)),
            ("at", Json::from(self.at.to_string())),
            ("state", self.state_json().into()),
            ("author", Json::from(self.author.to_string())),
        ]);
        self.previous.iter().for_each(|previous| fields.set("previous", previous.to_string()));
        match &self.body {
            Body::Clear(resource) => fields.set("profile", resource.fields().clone()),
            Body::Sealed(bytes) => fields.set("sealed", hex::encode(bytes)),
        }
        fields
    }

    fn state_json(&self) -> Object {
        let state = &self.state;
        let mut object = Object::from([
            ("status", Json::from(state.status.code())),
            ("reasons", Json::Array(state.reasons.iter().map(|reason| Json::from(reason.code())).collect())),
            ("mode", Json::from(state.mode.code())),
            ("hours", number(state.hours)),
            ("cycles", number(state.cycles)),
        ]);
        for (name, commitment) in [("patient", self.patient), ("location", self.location)] {
            commitment.iter().for_each(|word| object.set(name, word.to_string()));
        }
        object
    }

    fn read(fields: &Object) -> Result<Self> {
        let of = Fields(fields);
        let state = Fields(fields.get("state").and_then(Json::as_object).ok_or_else(|| wrong("state"))?);
        let body = match (fields.get("profile"), fields.text("sealed")) {
            (Some(Json::Object(profile)), None) => Body::Clear(Resource::new(profile.clone())?),
            (None, Some(digits)) => Body::Sealed(hex::decode(digits).map_err(|_| wrong("sealed"))?),
            _ => return Err(MdsError::NotAVersion("it has not exactly one of `profile` and `sealed`".to_owned())),
        };
        let reasons = state.0.list("reasons").iter();
        Ok(Self {
            chain_id: of.number("chainId")?,
            room: of.parsed("room")?,
            item: of.parsed("item")?,
            number: of.number("version")?,
            previous: of.optional("previous")?,
            at: of.parsed("at")?,
            state: DeviceState {
                status: state.coded("status", DeviceStatus::of_code)?,
                reasons: reasons
                    .map(|reason| reason.as_str().and_then(StatusReason::of_code).ok_or_else(|| wrong("reasons")))
                    .collect::<Result<_>>()?,
                mode: state.coded("mode", OperatingMode::of_code)?,
                hours: state.number("hours")?,
                cycles: state.number("cycles")?,
            },
            patient: state.optional("patient")?,
            location: state.optional("location")?,
            body,
            author: of.parsed("author")?,
        })
    }
}

impl SignedVersion {
    /// The document's bytes, in canonical form.
    pub fn canonical(&self) -> Vec<u8> {
        let mut fields = self.version.fields();
        fields.set("signature", hex::encode_prefixed(self.signature.as_bytes()));
        canonical(&fields.into())
    }

    /// The same bytes, once they were read again: what is wrapped may be too large or too deep for a reader.
    pub fn readable(&self) -> Result<Vec<u8>> {
        let bytes = self.canonical();
        Self::parse(&bytes)?;
        Ok(bytes)
    }

    /// Reads a document and checks its form; the signature is checked by [`SignedVersion::is_signed_by_author`].
    ///
    /// # Errors
    /// Anything that is not exactly what [`SignedVersion::canonical`] writes: what is not signed has no place in it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Json::Object(fields) = Json::parse(bytes)? else {
            return Err(MdsError::NotAVersion("it is not an object".to_owned()));
        };
        let of = Fields(&fields);
        if fields.text("type") != Some(TYPE) || of.number::<u32>("v")? != FORMAT {
            return Err(MdsError::NotAVersion(format!("it is not of type `{TYPE}`, version {FORMAT}")));
        }
        let signature = of.parsed("signature")?;
        let signed = Self { version: Version::read(&fields)?, signature };
        match signed.canonical() == bytes {
            true => Ok(signed),
            false => Err(MdsError::NotAVersion("it has more in it, or another form, than what was signed".to_owned())),
        }
    }

    /// Whether the signature is that of the author it names, for the chain, the room and everything in it.
    pub fn is_signed_by_author(&self) -> bool {
        let hash = self.version.typed().eip712_signing_hash(&self.version.domain());
        self.signature.recover_address_from_prehash(&hash).is_ok_and(|signer| signer == self.version.author)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::Secret;

    fn signer() -> Signer {
        Signer::from_private_key(&Secret::new("01".repeat(32))).unwrap()
    }

    fn version() -> Version {
        let text = br#"{"resourceType":"Device","property":[{"valueQuantity":[{"value":1.50}]}]}"#;
        Version {
            chain_id: 31_337,
            room: [7; 20].into(),
            item: ItemId(B256::repeat_byte(1)),
            number: 2,
            previous: Some("ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".parse().unwrap()),
            at: "2026-06-30T09:30:00Z".parse().unwrap(),
            state: DeviceState {
                status: DeviceStatus::Active,
                reasons: vec![StatusReason::Standby],
                mode: OperatingMode::Normal,
                hours: 8_760,
                cycles: 156,
            },
            patient: None,
            location: Some(B256::repeat_byte(4)),
            body: Body::Clear(Resource::from_json(text).unwrap()),
            author: signer().address(),
        }
    }

    #[tokio::test]
    async fn a_version_comes_back_as_it_was_signed_to_the_last_digit() {
        for body in [version().body, Body::Sealed(vec![1, 2, 255])] {
            let signed = Version { body, ..version() }.sign(&signer()).await.unwrap();
            let bytes = signed.canonical();
            let again = SignedVersion::parse(&bytes).unwrap();
            assert!(again.is_signed_by_author());
            assert_eq!((again.canonical(), again.version.digest()), (bytes, signed.version.digest()));
        }
        let bytes = version().sign(&signer()).await.unwrap().canonical();
        assert!(String::from_utf8(bytes).unwrap().contains(r#""value":1.50"#));
    }

    #[tokio::test]
    async fn every_alteration_is_noticed() {
        let text = String::from_utf8(version().sign(&signer()).await.unwrap().canonical()).unwrap();
        let changes = [
            ("8760", "8761"),
            ("\"version\":2", "\"version\":3"),
            ("31337", "31338"),
            ("1.50", "1.5"),
            ("standby", "offline"),
            ("09:30:00Z", "09:31:00Z"),
            ("\"Device\"", "\"Patient\""),
        ];
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            let altered = SignedVersion::parse(text.replacen(from, to, 1).as_bytes()).unwrap();
            assert!(!altered.is_signed_by_author(), "{from}");
        }
        for (from, to) in
            [("{\"at\"", "{\"aa\":1,\"at\""), ("{\"at\"", "{ \"at\""), ("mdsVersion", "other"), ("\"Nml\"", "\"Xyz\"")]
        {
            let refused = SignedVersion::parse(text.replacen(from, to, 1).as_bytes());
            assert!(matches!(refused, Err(MdsError::NotAVersion(_))), "{from}");
        }
    }
}
