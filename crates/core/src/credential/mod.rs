//! How a company proves who it is before it takes part.
//!
//! An [`Application`] names the account, the roles and the contract that shall enrol it, and carries the company's X.509
//! certificate. It is signed twice over the same challenge: with the certificate's key (so the company is who it says) and with the
//! wallet (so the account is the company's). [`verify`] checks both signatures and the certificate's path to a trusted root
//! (RFC 5280), its validity and its purposes.
//!
//! On chain go only the digest of the whole application, and a commitment to the organisation under a salt of this account alone:
//! two accounts of one organisation cannot be linked by anyone who was not told.

mod application;
mod key;
mod path;

pub use application::{Application, ApplicationError, Organisation, TrustRoots, Verified, commitment, verify};
pub use key::CertificateKey;
