//! A certificate's path to a trusted root, its purposes, and what it says of the organisation.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::ring as algorithms;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

use super::{ApplicationError, Organisation, TrustRoots};

/// Signatures that certificates of a path, and the challenge, may have.
const ACCEPTED: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
];

/// What [`super::CertificateKey`] signs with.
const CHALLENGE: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
];

/// Checks that `chain` (leaf first) leads to one of `roots` at `now`, may authenticate a client and sign.
pub(super) fn check_path(chain: &[CertificateDer<'_>], roots: &TrustRoots, now: u64) -> Result<(), ApplicationError> {
    let (leaf, intermediates) = chain.split_first().ok_or(ApplicationError::NoCertificate)?;
    let end_entity =
        EndEntityCert::try_from(leaf).map_err(|error| ApplicationError::BadCertificate(error.to_string()))?;
    let anchors = roots
        .0
        .iter()
        .map(anchor_from_trusted_cert)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ApplicationError::BadCertificate(format!("a trusted root: {error}")))?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(now));
    end_entity
        .verify_for_usage(ACCEPTED, &anchors, intermediates, time, KeyUsage::client_auth(), None, None)
        .map_err(|error| explain(&error))?;
    let certificate = parse(leaf)?;
    let usage = certificate.key_usage().map_err(|error| ApplicationError::BadCertificate(error.to_string()))?;
    match usage {
        Some(usage) if !usage.value.digital_signature() => Err(ApplicationError::WrongPurpose("digitalSignature")),
        _ => Ok(()),
    }
}

/// Checks the signature of the certificate's key over `message`.
pub(super) fn check_signature(
    leaf: &CertificateDer<'_>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), ApplicationError> {
    let end_entity =
        EndEntityCert::try_from(leaf).map_err(|error| ApplicationError::BadCertificate(error.to_string()))?;
    let signed = CHALLENGE.iter().any(|algorithm| end_entity.verify_signature(*algorithm, message, signature).is_ok());
    if signed { Ok(()) } else { Err(ApplicationError::CertificateSignature) }
}

/// What the certificate says of its subject, and the last second of its validity.
pub(super) fn subject(leaf: &CertificateDer<'_>) -> Result<(Organisation, u64), ApplicationError> {
    let certificate = parse(leaf)?;
    let name = certificate.subject();
    let until = certificate.validity().not_after.timestamp();
    let organisation = attribute(name, "2.5.4.10").ok_or(ApplicationError::NoOrganisation)?;
    // organizationIdentifier (ETSI EN 319 412-1 §5.1.4) is unique; a name within a country is the best there is without it.
    let identifier = attribute(name, "2.5.4.97").unwrap_or_else(|| {
        let country = attribute(name, "2.5.4.6").unwrap_or_else(|| "XX".to_owned());
        format!("{country}:{organisation}")
    });
    Ok((Organisation { name: organisation, identifier }, u64::try_from(until).unwrap_or(0)))
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, ApplicationError> {
    X509Certificate::from_der(der)
        .map(|(_, certificate)| certificate)
        .map_err(|error| ApplicationError::BadCertificate(error.to_string()))
}

fn attribute(name: &X509Name<'_>, oid: &str) -> Option<String> {
    name.iter_attributes()
        .find(|attribute| attribute.attr_type().to_id_string() == oid)
        .and_then(|attribute| attribute.as_str().ok())
        .map(str::to_owned)
}

fn explain(error: &webpki::Error) -> ApplicationError {
    match error {
        webpki::Error::CertExpired { .. } => ApplicationError::Expired,
        webpki::Error::CertNotValidYet { .. } => ApplicationError::NotYetValid,
        webpki::Error::UnknownIssuer => ApplicationError::UntrustedRoot,
        webpki::Error::RequiredEkuNotFoundContext(_) => ApplicationError::WrongPurpose("clientAuth"),
        other => ApplicationError::BadCertificate(other.to_string()),
    }
}
