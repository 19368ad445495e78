//! `Anchors`: what evidence exists about a subject?

use alloy::primitives::{Address, B256, Bytes, keccak256};
use alloy::sol_types::{SolStruct, SolValue};
use theriac_bindings::anchors::Anchors as abi;

use crate::call::Call;
use crate::eip712;
use crate::error::Result;
use crate::signer::Signer;
use crate::types::{Certificate, CertificateKind, Content, RecordKind, RevocationReason, seconds};

super::room!(
    /// What evidence exists about a subject?
    Anchors, anchors
);

/// What is kept of the newest certificate of one (subject, kind, issuer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CertificateState {
    /// The certificate document.
    pub document: Content,
    /// When it was issued or signed.
    pub issued_at: u64,
    /// First second of validity.
    pub valid_from: u64,
    /// Last second of validity.
    pub valid_until: u64,
    /// When it was revoked, zero when not.
    pub revoked_at: u64,
    /// Why.
    pub reason: RevocationReason,
}

impl CertificateState {
    /// Whether it is inside its validity at `now` and not revoked.
    pub fn is_valid_at(&self, now: u64) -> bool {
        self.issued_at != 0 && self.revoked_at == 0 && (self.valid_from..=self.valid_until).contains(&now)
    }
}

impl Anchors {
    /// Issues a certificate. Caller: its issuer, an active participant.
    pub fn issue(&self, certificate: &Certificate) -> Call<abi::issueCall> {
        self.call(abi::issueCall { certificate: certificate.into() })
    }

    /// Hands in a certificate that its issuer signed ([`Anchors::sign`]). Caller: anyone.
    pub fn submit(&self, certificate: &Certificate, signature: Bytes) -> Call<abi::submitCall> {
        self.call(abi::submitCall { certificate: certificate.into(), signature })
    }

    /// Signs a certificate after EIP-712, for [`Anchors::submit`].
    pub async fn sign(&self, certificate: &Certificate, signer: &Signer) -> Result<Bytes> {
        let domain = eip712::domain(eip712::ANCHORS, self.suite.deployment().chain_id, self.address());
        let signature = signer.sign_typed(&eip712::Certificate::from(certificate), &domain).await?;
        Ok(signature.as_bytes().to_vec().into())
    }

    /// The hash that [`Anchors::sign`] signs, without asking the chain; equal to the contract's `hashOf`.
    pub fn signing_hash(&self, certificate: &Certificate) -> B256 {
        let domain = eip712::domain(eip712::ANCHORS, self.suite.deployment().chain_id, self.address());
        eip712::Certificate::from(certificate).eip712_signing_hash(&domain)
    }

    /// Revokes all that the caller issued or signed for (subject, kind) until now.
    pub fn revoke(&self, subject: B256, kind: CertificateKind, reason: RevocationReason) -> Call<abi::revokeCall> {
        self.call(abi::revokeCall { subject, kind: kind.into(), reason: reason.into() })
    }

    /// Adds a record to the caller's chain about `subject`. Caller: an active participant.
    pub fn append(&self, subject: B256, kind: RecordKind, content: Content) -> Call<abi::appendCall> {
        self.call(abi::appendCall { subject, kind: kind.into(), content: content.into() })
    }

    /// The newest certificate of (subject, kind, issuer), valid or not.
    pub async fn certificate_of(
        &self,
        subject: B256,
        kind: CertificateKind,
        issuer: Address,
    ) -> Result<Option<CertificateState>> {
        let known = self.call(abi::certificateOfCall { subject, kind: kind.into(), issuer }).ask().await?;
        if known.digest.is_zero() && known.revokedAt.is_zero() {
            return Ok(None);
        }
        Ok(Some(CertificateState {
            document: Content { digest: known.digest, codec: known.codec },
            issued_at: known.issuedAt.to(),
            valid_from: known.validFrom.to(),
            valid_until: known.validUntil.to(),
            revoked_at: known.revokedAt.to(),
            reason: known.reason.try_into()?,
        }))
    }

    /// Whether that certificate is inside its validity and not revoked.
    pub async fn is_certified(&self, subject: B256, kind: CertificateKind, issuer: Address) -> Result<bool> {
        self.call(abi::isCertifiedCall { subject, kind: kind.into(), issuer }).ask().await
    }

    /// Head of the author's chain about `subject`, zero for none.
    pub async fn head_of(&self, subject: B256, author: Address) -> Result<B256> {
        self.call(abi::headOfCall { subject, author }).ask().await
    }

    /// The EIP-712 hash as the contract computes it.
    pub async fn hash_of(&self, certificate: &Certificate) -> Result<B256> {
        self.call(abi::hashOfCall { certificate: certificate.into() }).ask().await
    }

    /// The head after one more record, for those who rebuild a chain from its events.
    pub fn next_head(head: B256, kind: RecordKind, content: Content) -> B256 {
        keccak256(
            (
                head,
                alloy::primitives::U256::from(u8::from(kind)),
                content.digest,
                alloy::primitives::U256::from(content.codec),
            )
                .abi_encode(),
        )
    }
}

impl From<&Certificate> for abi::Certificate {
    fn from(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject,
            kind: certificate.kind.into(),
            issuer: certificate.issuer,
            digest: certificate.document.digest,
            codec: certificate.document.codec,
            issuedAt: seconds(certificate.issued_at),
            validFrom: seconds(certificate.valid_from),
            validUntil: seconds(certificate.valid_until),
        }
    }
}
