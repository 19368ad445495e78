//! The application document, its two signatures and their check.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, Signature, keccak256};
use alloy_sol_types::{Eip712Domain, SolStruct, SolValue, eip712_domain, sol};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CertificateKey, path};

/// Seconds that an application counts after it was made: long enough for a registrar's desk, too short for a lost laptop.
const LIFETIME: u64 = 30 * 24 * 60 * 60;
/// Seconds that the applicant's clock may be ahead of ours.
const CLOCK_SKEW: u64 = 5 * 60;

sol! {
    /// What the wallet signs (EIP-712).
    struct ParticipantApplication {
        address account;
        bytes32 challenge;
    }
}

/// Why an application is not good.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// The private key cannot be used.
    #[error("the certificate's private key cannot be used: {0}")]
    BadKey(String),
    /// No certificate in the file or document.
    #[error("there is no certificate: give a PEM file with the company's certificate first, then its intermediates")]
    NoCertificate,
    /// A certificate cannot be read, or its path is broken.
    #[error("the certificate is not acceptable: {0}")]
    BadCertificate(String),
    /// The path ends at a root that is not trusted here.
    #[error(
        "the certificate does not lead to a trusted root: add the issuing authority's root to the trusted roots if you trust it"
    )]
    UntrustedRoot,
    /// The validity has ended.
    #[error("the certificate has expired: apply again with a renewed one")]
    Expired,
    /// The validity has not begun.
    #[error("the certificate is not valid yet: apply again when it is")]
    NotYetValid,
    /// A purpose is missing.
    #[error("the certificate is not for this purpose: it lacks {0}")]
    WrongPurpose(&'static str),
    /// The subject names no organisation.
    #[error(
        "the certificate's subject has no organizationName (2.5.4.10): a personal certificate cannot enrol a company"
    )]
    NoOrganisation,
    /// Not signed by the certificate's key.
    #[error(
        "the challenge is not signed by the certificate's key: sign with the key of the first certificate in the chain"
    )]
    CertificateSignature,
    /// Not signed by the account's wallet.
    #[error("the challenge is not signed by the wallet of {0}")]
    WalletSignature(Address),
    /// Made for another chain or contract.
    #[error("the application is for {field} {given}, here it is {expected}")]
    Elsewhere {
        /// Which field differs.
        field: &'static str,
        /// What the application says.
        given: String,
        /// What holds here.
        expected: String,
    },
    /// Too old, or from the future.
    #[error("the application was made at {0}, which is over 30 days ago or in the future: apply again")]
    Stale(u64),
    /// The document is not an application.
    #[error("this is not an application: {0}")]
    Malformed(String),
}

/// An application of one account. Binary fields are hexadecimal with 0x; the certificates are DER, leaf first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// Always `ParticipantApplication`.
    #[serde(rename = "type")]
    kind: String,
    /// Always 1.
    v: u32,
    /// The account that applies.
    pub account: Address,
    /// Chain of the contract.
    pub chain_id: u64,
    /// The `Participants` contract that shall enrol it.
    pub participants: Address,
    /// Names of the roles, sorted.
    pub roles: BTreeSet<String>,
    /// Salt of the organisation commitment, of this account alone.
    pub salt: B256,
    /// Second at which it was made.
    pub made_at: u64,
    /// The certificate chain, leaf first.
    pub certificates: Vec<alloy_primitives::Bytes>,
    /// Signature of the certificate's key over the challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate_signature: Option<alloy_primitives::Bytes>,
    /// Signature of the wallet over [`Application::wallet_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wallet_signature: Option<alloy_primitives::Bytes>,
}

/// An organisation as its certificate names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// organizationName.
    pub name: String,
    /// organizationIdentifier (ETSI EN 319 412-1), else country and name.
    pub identifier: String,
}

/// The roots that a registrar trusts.
#[derive(Clone, Debug)]
pub struct TrustRoots(pub(super) Vec<CertificateDer<'static>>);

impl TrustRoots {
    /// Reads the certificates of a PEM text; at least one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ApplicationError> {
        certificates(pem).map(Self)
    }
}

/// What a good application proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// The organisation.
    pub organisation: Organisation,
    /// The commitment that goes on chain.
    pub commitment: B256,
    /// The digest of the application that goes on chain.
    pub credential: B256,
    /// Last second of the certificate's validity.
    pub certificate_until: u64,
}

impl Application {
    /// A new application that nobody has signed. `certificates` is a PEM text, leaf first; `salt` must be fresh and random.
    pub fn draft(
        account: Address,
        chain_id: u64,
        participants: Address,
        roles: BTreeSet<String>,
        salt: B256,
        made_at: u64,
        chain_pem: &[u8],
    ) -> Result<Self, ApplicationError> {
        let certificates = certificates(chain_pem)?.iter().map(|der| der.to_vec().into()).collect();
        Ok(Self {
            kind: "ParticipantApplication".to_owned(),
            v: 1,
            account,
            chain_id,
            participants,
            roles,
            salt,
            made_at,
            certificates,
            certificate_signature: None,
            wallet_signature: None,
        })
    }

    /// Reads an application; what is unknown is refused, since it would not be what was signed.
    pub fn from_json(text: &str) -> Result<Self, ApplicationError> {
        let application: Self =
            serde_json::from_str(text).map_err(|error| ApplicationError::Malformed(error.to_string()))?;
        if application.kind != "ParticipantApplication" || application.v != 1 {
            return Err(ApplicationError::Malformed(format!(
                "type is `{}` version {}, expected `ParticipantApplication` version 1",
                application.kind, application.v
            )));
        }
        Ok(application)
    }

    /// The whole document in canonical form (RFC 8785).
    pub fn to_json(&self) -> Result<String, ApplicationError> {
        serde_json_canonicalizer::to_string(self).map_err(|error| ApplicationError::Malformed(error.to_string()))
    }

    /// sha2-256 of the whole document: the credential digest that goes on chain.
    pub fn digest(&self) -> Result<B256, ApplicationError> {
        Ok(sha256(self.to_json()?.as_bytes()))
    }

    /// The bytes that the certificate's key signs: the document without signatures, in canonical form.
    pub fn challenge(&self) -> Result<Vec<u8>, ApplicationError> {
        let unsigned = Self { certificate_signature: None, wallet_signature: None, ..self.clone() };
        unsigned.to_json().map(String::into_bytes)
    }

    /// The EIP-712 hash that the wallet signs: domain "Theriac Participants" version 1 of the chain and contract.
    pub fn wallet_hash(&self) -> Result<B256, ApplicationError> {
        let domain: Eip712Domain = eip712_domain! {
            name: "Theriac Participants",
            version: "1",
            chain_id: self.chain_id,
            verifying_contract: self.participants,
        };
        let message = ParticipantApplication { account: self.account, challenge: sha256(&self.challenge()?) };
        Ok(message.eip712_signing_hash(&domain))
    }

    /// Signs with the certificate's key. The key of another certificate is refused here already, not at the registrar's desk.
    pub fn sign_with_certificate(&mut self, key: &CertificateKey) -> Result<(), ApplicationError> {
        let challenge = self.challenge()?;
        let signature = key.sign(&challenge)?;
        let leaf = self.certificates.first().ok_or(ApplicationError::NoCertificate)?;
        path::check_signature(&CertificateDer::from(leaf.as_ref()), &challenge, &signature)?;
        self.certificate_signature = Some(signature.into());
        Ok(())
    }

    /// Takes the wallet's signature over [`Application::wallet_hash`].
    pub fn set_wallet_signature(&mut self, signature: &Signature) {
        self.wallet_signature = Some(signature.as_bytes().to_vec().into());
    }
}

/// The salted commitment that links `account` to an organisation: keccak256(abi.encode(account, identifier, salt)).
pub fn commitment(account: Address, identifier: &str, salt: B256) -> B256 {
    keccak256((account, identifier, salt).abi_encode_params())
}

/// Checks an application against this chain, contract and time, and the roots that the registrar trusts.
pub fn verify(
    application: &Application,
    chain_id: u64,
    participants: Address,
    roots: &TrustRoots,
    now: u64,
) -> Result<Verified, ApplicationError> {
    check_place(application, chain_id, participants)?;
    if application.made_at > now + CLOCK_SKEW || application.made_at + LIFETIME < now {
        return Err(ApplicationError::Stale(application.made_at));
    }
    let chain: Vec<CertificateDer<'_>> =
        application.certificates.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
    path::check_path(&chain, roots, now)?;
    let leaf = chain.first().ok_or(ApplicationError::NoCertificate)?;
    let signature = application.certificate_signature.as_ref().ok_or(ApplicationError::CertificateSignature)?;
    path::check_signature(leaf, &application.challenge()?, signature)?;
    check_wallet(application)?;
    let (organisation, certificate_until) = path::subject(leaf)?;
    Ok(Verified {
        commitment: commitment(application.account, &organisation.identifier, application.salt),
        credential: application.digest()?,
        organisation,
        certificate_until,
    })
}

fn check_place(application: &Application, chain_id: u64, participants: Address) -> Result<(), ApplicationError> {
    let elsewhere =
        |field, given: String, expected: String| Err(ApplicationError::Elsewhere { field, given, expected });
    if application.chain_id != chain_id {
        return elsewhere("chain", application.chain_id.to_string(), chain_id.to_string());
    }
    if application.participants != participants {
        return elsewhere("the Participants contract", application.participants.to_string(), participants.to_string());
    }
    Ok(())
}

fn check_wallet(application: &Application) -> Result<(), ApplicationError> {
    let wrong = || ApplicationError::WalletSignature(application.account);
    let bytes = application.wallet_signature.as_ref().ok_or_else(wrong)?;
    let signature = Signature::try_from(bytes.as_ref()).map_err(|_| wrong())?;
    let signer = signature.recover_address_from_prehash(&application.wallet_hash()?).map_err(|_| wrong())?;
    if signer == application.account { Ok(()) } else { Err(wrong()) }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ApplicationError> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ApplicationError::BadCertificate(error.to_string()))?;
    if found.is_empty() { Err(ApplicationError::NoCertificate) } else { Ok(found) }
}

fn sha256(bytes: &[u8]) -> B256 {
    B256::from_slice(&Sha256::digest(bytes))
}
