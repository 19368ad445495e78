//! What is sealed of a version that names a patient.

use alloy::primitives::B256;
use theriac_core::envelope::{self, Identity, Key, PublicKey, Reader};
use theriac_core::fhir::{Json, Object, Resource, canonical};

use super::MdsError;

/// The salts of a version's commitments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salts {
    /// Of the patient.
    pub patient: Option<B256>,
    /// Of the place.
    pub location: Option<B256>,
}

/// What stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The FHIR document.
    pub profile: Resource,
    /// With which its readers can check the commitments, and write the next version.
    pub salts: Salts,
    /// Who can open it: the next version is sealed for them, too.
    pub readers: Vec<Reader>,
}

impl Inside {
    /// Seals it for its readers.
    pub fn seal(&self) -> Result<Vec<u8>, MdsError> {
        let mut salts = Object::new();
        for (name, salt) in [("patient", self.salts.patient), ("location", self.salts.location)] {
            salt.iter().for_each(|salt| salts.set(name, salt.to_string()));
        }
        let readers = self.readers.iter().map(|reader| reader_json(reader).into()).collect();
        let whole = Object::from([
            ("profile", self.profile.fields().clone().into()),
            ("readers", Json::Array(readers)),
            ("salts", salts.into()),
        ]);
        Ok(envelope::seal_bytes(&canonical(&whole.into()), &self.readers)?.bytes)
    }

    /// Opens it with whichever of the identities fits.
    pub fn open(sealed: &[u8], identities: &[Identity]) -> Result<Self, MdsError> {
        let opened = envelope::open_bytes(sealed, Key::Identities(identities))?;
        let Json::Object(whole) = Json::parse(&opened.bytes)? else { return Err(wrong("what is sealed")) };
        let Some(Json::Object(profile)) = whole.get("profile") else { return Err(wrong("`profile` in it")) };
        let salt = |name: &str| -> Result<Option<B256>, MdsError> {
            let text = whole.get("salts").and_then(Json::as_object).and_then(|salts| salts.text(name));
            text.map(|text| text.parse().map_err(|_| wrong("a salt in it"))).transpose()
        };
        Ok(Self {
            profile: Resource::new(profile.clone())?,
            salts: Salts { patient: salt("patient")?, location: salt("location")? },
            readers: whole.list("readers").iter().map(reader).collect::<Result<_, _>>()?,
        })
    }
}

fn reader_json(reader: &Reader) -> Object {
    let mut object = Object::from([("key", Json::from(reader.key.to_string()))]);
    reader.account.iter().for_each(|account| object.set("account", account.to_string()));
    object
}

fn reader(json: &Json) -> Result<Reader, MdsError> {
    let field = |name: &str| json.as_object().and_then(|reader| reader.text(name));
    let key: PublicKey = field("key").ok_or_else(|| wrong("a reader in it"))?.parse()?;
    let account = field("account").map(|text| text.parse().map_err(|_| wrong("a reader in it"))).transpose()?;
    Ok(Reader { key, account })
}

fn wrong(what: &str) -> MdsError {
    MdsError::NotAVersion(format!("{what} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_get_back_what_was_sealed_and_others_nothing() {
        let (reader, stranger) = (Identity::generate(), Identity::generate());
        let text = br#"{"resourceType":"Device","patient":{"reference":"Patient/7"},"note":[{"text":"1.50"}]}"#;
        let inside = Inside {
            profile: Resource::from_json(text).unwrap(),
            salts: Salts { patient: Some(B256::repeat_byte(3)), location: None },
            readers: vec![Reader { key: reader.public().unwrap(), account: Some([9; 20].into()) }],
        };
        let sealed = inside.seal().unwrap();
        assert!(!sealed.windows(9).any(|part| part == b"Patient/7"));
        let opened = Inside::open(&sealed, &[reader]).unwrap();
        assert_eq!((opened.salts, &opened.readers), (inside.salts, &inside.readers));
        assert_eq!(opened.profile.digest(), inside.profile.digest());
        assert!(matches!(Inside::open(&sealed, &[stranger]), Err(MdsError::Envelope(_))));
    }
}
