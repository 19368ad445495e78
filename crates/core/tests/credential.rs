//! Applications signed by real certificates and a real wallet; everything that must be refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::collections::BTreeSet;

use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use alloy_primitives::{Address, B256};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, date_time_ymd,
};
use theriac_core::credential::{Application, ApplicationError, CertificateKey, TrustRoots, commitment, verify};

/// 2026-06-01 00:00:00 UTC.
const NOW: u64 = 1_780_272_000;
const CHAIN: u64 = 31337;
const PARTICIPANTS: Address = Address::repeat_byte(0x77);

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root_pem: String,
}

fn authority() -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, "Test Authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    let root_pem = params.self_signed(&key).unwrap().pem();
    Authority { issuer: Issuer::new(params, key), root_pem }
}

fn company() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, "Acme Implants");
    params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 97]), "LEIXG-5493001KJTIIGC8Y1R12");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

fn application(authority: &Authority, params: &CertificateParams, key: &KeyPair) -> (Application, PrivateKeySigner) {
    let certificate = params.signed_by(key, &authority.issuer).unwrap();
    let wallet = PrivateKeySigner::random();
    let roles = BTreeSet::from(["manufacturer".to_owned()]);
    let salt = B256::repeat_byte(5);
    let application =
        Application::draft(wallet.address(), CHAIN, PARTICIPANTS, roles, salt, NOW - 60, certificate.pem().as_bytes())
            .unwrap();
    (application, wallet)
}

fn signed(authority: &Authority, params: &CertificateParams, key: &KeyPair) -> Application {
    let (mut application, wallet) = application(authority, params, key);
    application.sign_with_certificate(&CertificateKey::from_pem(key.serialize_pem().as_bytes()).unwrap()).unwrap();
    application.set_wallet_signature(&wallet.sign_hash_sync(&application.wallet_hash().unwrap()).unwrap());
    application
}

fn check(authority: &Authority, application: &Application, now: u64) -> Result<B256, ApplicationError> {
    let roots = TrustRoots::from_pem(authority.root_pem.as_bytes()).unwrap();
    verify(application, CHAIN, PARTICIPANTS, &roots, now).map(|verified| verified.commitment)
}

#[test]
fn every_accepted_key_proves_its_company() {
    let authority = authority();
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let application = signed(&authority, &company(), &key);
        let again = Application::from_json(&application.to_json().unwrap()).unwrap();
        assert_eq!(again, application);
        let roots = TrustRoots::from_pem(authority.root_pem.as_bytes()).unwrap();
        let verified = verify(&again, CHAIN, PARTICIPANTS, &roots, NOW).unwrap();
        assert_eq!(verified.organisation.name, "Acme Implants");
        assert_eq!(verified.organisation.identifier, "LEIXG-5493001KJTIIGC8Y1R12");
        assert_eq!(
            verified.commitment,
            commitment(application.account, "LEIXG-5493001KJTIIGC8Y1R12", B256::repeat_byte(5))
        );
        assert_eq!(verified.certificate_until, 1_798_761_600);
    }
}

#[test]
fn two_accounts_of_one_company_share_nothing_on_chain() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let (first, second) = (signed(&authority, &company(), &key), signed(&authority, &company(), &key));
    assert_ne!(first.digest().unwrap(), second.digest().unwrap());
    assert_ne!(check(&authority, &first, NOW).unwrap(), check(&authority, &second, NOW).unwrap());
}

#[test]
fn a_stranger_root_a_late_or_an_early_date_is_refused() {
    let (ours, theirs) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let application = signed(&theirs, &company(), &key);
    assert!(matches!(
        check(&ours, &application, NOW),
        // Both authorities have one name, so the path is tried and its signature fails.
        Err(ApplicationError::BadCertificate(_) | ApplicationError::UntrustedRoot)
    ));

    let mut expired = company();
    expired.not_after = date_time_ymd(2026, 5, 1);
    assert!(matches!(check(&ours, &signed(&ours, &expired, &key), NOW), Err(ApplicationError::Expired)));
    let mut early = company();
    early.not_before = date_time_ymd(2026, 7, 1);
    assert!(matches!(check(&ours, &signed(&ours, &early, &key), NOW), Err(ApplicationError::NotYetValid)));

    let good = signed(&ours, &company(), &key);
    assert!(matches!(check(&ours, &good, NOW + 31 * 86_400), Err(ApplicationError::Stale(_))));
    assert!(matches!(check(&ours, &good, NOW - 86_400), Err(ApplicationError::Stale(_))));
}

#[test]
fn wrong_purposes_are_named() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let mut server = company();
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    assert!(matches!(
        check(&authority, &signed(&authority, &server, &key), NOW),
        Err(ApplicationError::WrongPurpose("clientAuth"))
    ));
    let mut encryption = company();
    encryption.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    assert!(matches!(
        check(&authority, &signed(&authority, &encryption, &key), NOW),
        Err(ApplicationError::WrongPurpose("digitalSignature"))
    ));
    let mut person = company();
    person.distinguished_name = rcgen::DistinguishedName::new();
    person.distinguished_name.push(DnType::CommonName, "Somebody");
    assert!(matches!(
        check(&authority, &signed(&authority, &person, &key), NOW),
        Err(ApplicationError::NoOrganisation)
    ));
}

#[test]
fn both_signatures_are_needed_and_cover_every_field() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let good = signed(&authority, &company(), &key);

    let mut other_roles = good.clone();
    other_roles.roles.insert("regulator".to_owned());
    assert!(matches!(check(&authority, &other_roles, NOW), Err(ApplicationError::CertificateSignature)));

    let (mut unsigned, wallet) = application(&authority, &company(), &key);
    unsigned.set_wallet_signature(&wallet.sign_hash_sync(&unsigned.wallet_hash().unwrap()).unwrap());
    assert!(matches!(check(&authority, &unsigned, NOW), Err(ApplicationError::CertificateSignature)));

    let (mut foreign, _) = application(&authority, &company(), &key);
    foreign.sign_with_certificate(&CertificateKey::from_pem(key.serialize_pem().as_bytes()).unwrap()).unwrap();
    assert!(matches!(check(&authority, &foreign, NOW), Err(ApplicationError::WalletSignature(_))));
    let thief = PrivateKeySigner::random();
    foreign.set_wallet_signature(&thief.sign_hash_sync(&foreign.wallet_hash().unwrap()).unwrap());
    assert!(matches!(check(&authority, &foreign, NOW), Err(ApplicationError::WalletSignature(_))));

    let roots = TrustRoots::from_pem(authority.root_pem.as_bytes()).unwrap();
    assert!(matches!(
        verify(&good, 1, PARTICIPANTS, &roots, NOW),
        Err(ApplicationError::Elsewhere { field: "chain", .. })
    ));
    assert!(matches!(verify(&good, CHAIN, Address::ZERO, &roots, NOW), Err(ApplicationError::Elsewhere { .. })));
}

#[test]
fn the_key_of_another_certificate_does_not_sign() {
    let (mut application, _) = application(&authority(), &company(), &KeyPair::generate().unwrap());
    let other = KeyPair::generate().unwrap().serialize_pem();
    let refused = application.sign_with_certificate(&CertificateKey::from_pem(other.as_bytes()).unwrap());
    assert!(matches!(refused, Err(ApplicationError::CertificateSignature)));
}

#[test]
fn unknown_fields_and_foreign_keys_are_refused() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let text = signed(&authority, &company(), &key).to_json().unwrap();
    let more = text.replacen('{', "{\"extra\":1,", 1);
    assert!(matches!(Application::from_json(&more), Err(ApplicationError::Malformed(_))));
    let other = text.replace("ParticipantApplication", "Order");
    assert!(matches!(Application::from_json(&other), Err(ApplicationError::Malformed(_))));
    assert!(matches!(CertificateKey::from_pem(b"nothing"), Err(ApplicationError::BadKey(_))));
    assert!(matches!(TrustRoots::from_pem(b"nothing"), Err(ApplicationError::NoCertificate)));
    assert_eq!(
        format!("{:?}", CertificateKey::from_pem(key.serialize_pem().as_bytes()).unwrap()),
        "CertificateKey(secret)"
    );
}
