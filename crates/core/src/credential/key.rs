//! The private key of a certificate, for one signature.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use super::ApplicationError;

/// A private key from a PKCS#8 PEM file: ECDSA on P-256 or P-384, Ed25519, or RSA of 2048 bits and more. It does not print.
pub struct CertificateKey(Kind);

enum Kind {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl std::fmt::Debug for CertificateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CertificateKey(secret)")
    }
}

impl CertificateKey {
    /// Reads the first private key of a PEM text.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ApplicationError> {
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|error| ApplicationError::BadKey(error.to_string()))?;
        let PrivateKeyDer::Pkcs8(pkcs8) = &der else {
            return Err(ApplicationError::BadKey(
                "it is not in PKCS#8 form; convert it with `openssl pkcs8 -topk8 -nocrypt`".to_owned(),
            ));
        };
        let document = pkcs8.secret_pkcs8_der();
        let random = SystemRandom::new();
        let ecdsa = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, document, &random).map(Kind::Ecdsa);
        ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .or_else(|_| ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING))
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map(Kind::Ed25519))
            .or_else(|_| RsaKeyPair::from_pkcs8(document).map(Kind::Rsa))
            .map(Self)
            .map_err(|_| {
                ApplicationError::BadKey(
                    "it is none of ECDSA P-256, ECDSA P-384, Ed25519, RSA of 2048 to 4096 bits".to_owned(),
                )
            })
    }

    /// Signs `message` as the certificate's algorithm does: ECDSA with SHA-256 (P-256) or SHA-384 (P-384), Ed25519, or RSA PKCS#1 v1.5 with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ApplicationError> {
        let random = SystemRandom::new();
        let failed = |_| ApplicationError::BadKey("it did not sign".to_owned());
        match &self.0 {
            Kind::Ecdsa(key) => Ok(key.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Kind::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}
